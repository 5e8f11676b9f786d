import { posix } from 'node:path';
import type { ConfigBlock, ResourceChange } from '../../src/plan/model.ts';
import type { ConfigurationFiles } from '../../src/source/files.ts';
import { rowSource, type SourcePlace } from '../../src/source/locate.ts';
import { ModuleTree } from '../../src/source/tree.ts';

/** Configuration files as a table; `modules` is the manifest of `init`. */
export function inMemory(
  files: Readonly<Record<string, string>>,
  modules?: Readonly<Record<string, string>>,
): ConfigurationFiles {
  return {
    list: (folder) => {
      const own = Object.keys(files).filter((path) => posix.dirname(path) === posix.join(folder, '.'));
      return own.length === 0 ? null : own.map((path) => posix.basename(path)).sort();
    },
    read: (path) => files[path] ?? null,
    manifest: () =>
      modules === undefined ? null : JSON.stringify({ Modules: Object.entries(modules).map(([Key, Dir]) => ({ Key, Dir })) }),
  };
}

export function treeOf(
  files: Readonly<Record<string, string>>,
  options: { modules?: Record<string, string>; tofu?: boolean; sources?: Record<string, string> } = {},
): ModuleTree {
  const { modules, tofu = false, sources = {} } = options;
  return new ModuleTree(inMemory(files, modules), { tofu, sources: new Map(Object.entries(sources)) });
}

/** A block of a plan's configuration with these arguments. */
export function block(address: string, names: readonly string[] = [], more: Partial<ConfigBlock> = {}): ConfigBlock {
  const steps = address.split('.');
  return {
    address,
    mode: 'managed',
    type: steps.at(-2) ?? '',
    name: steps.at(-1) ?? '',
    repeated: false,
    expressions: new Map(names.map((name) => [name, { kind: 'opaque' }])),
    refersTo: new Set(),
    provisioners: [],
    provider: null,
    ...more,
  };
}

export function change(of: ConfigBlock | null, more: Partial<ResourceChange> = {}): ResourceChange {
  const address = of?.address ?? more.address ?? '';
  const steps = address.split('.');
  return {
    index: 0,
    address,
    previousAddress: null,
    moduleAddress: steps.length > 2 ? steps.slice(0, -2).join('.') : null,
    mode: 'managed',
    type: steps.at(-2) ?? '',
    name: steps.at(-1) ?? '',
    key: null,
    provider: 'hashicorp/aws',
    deposed: null,
    actions: ['create'],
    reason: null,
    before: null,
    after: Object.create(null),
    replacePaths: [],
    importing: null,
    deferred: null,
    trigger: null,
    faults: [],
    block: of,
    ...more,
  };
}

/** Where a row is written, or why that is not established. */
export async function placeOf(row: ResourceChange, tree: ModuleTree): Promise<{ found: SourcePlace } | { why: string | null }> {
  const { place, why } = await rowSource(row, tree);
  return place === null ? { why } : { found: place };
}
