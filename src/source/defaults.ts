import type { ConfigExpression, ProviderBlock, ResourceChange } from '../plan/model.ts';
import type { ConfigurationEdit, Finding } from '../tags/finding.ts';
import { literalText } from './body.ts';
import { editsOf, type FileEdit } from './edit.ts';
import type { Declaration } from './folder.ts';
import type { Step } from './nested.ts';
import type { ModuleTree, SourceModule } from './tree.ts';

/** What a provider block calls the tags that it gives to every resource; on AWS they stand in a block of their own. */
const DEFAULTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['hashicorp/aws', ['default_tags', 'tags']],
  ['hashicorp/google', ['default_labels']],
  ['hashicorp/google-beta', ['default_labels']],
]);

/** Where a provider block writes the tags that it gives to every resource; null where it writes none. */
export function defaultsAt(provider: ProviderBlock): {
  /** `provider.default_tags`: how a map of what the text says is keyed. */
  readonly path: string;
  readonly steps: readonly Step[];
  readonly argument: string;
  readonly expression: ConfigExpression;
} | null {
  const [outer, inner] = DEFAULTS.get(provider.source ?? '') ?? [];
  const expression = outer === undefined ? undefined : provider.expressions.get(outer);
  if (outer === undefined || expression === undefined) return null;
  const path = `provider.${outer}`;
  if (inner === undefined) return { path, steps: [], argument: outer, expression };
  const [only, ...more] = expression.kind === 'blocks' ? expression.blocks : [];
  const own = only?.get(inner);
  if (own === undefined || more.length > 0) return null;
  return { path, steps: [{ name: outer, index: 0, planned: [null] }], argument: inner, expression: own };
}

/** What findings want of the objects of each provider, by its key and by the tag's: the lines of all that name it. Read when first asked for. */
export class WantedDefaults {
  readonly #findings: readonly Finding[];
  readonly #rows: readonly ResourceChange[];
  #lines: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> | null = null;

  constructor(findings: readonly Finding[], rows: readonly ResourceChange[]) {
    this.#findings = findings;
    this.#rows = rows;
  }

  of(provider: string, key: string): ReadonlySet<string> {
    this.#lines ??= this.#read();
    return this.#lines.get(provider)?.get(key) ?? NO_LINES;
  }

  #read() {
    const providers = new Map<string, Set<string>>();
    for (const { address, block } of this.#rows) {
      if (!block?.provider) continue;
      const of = providers.get(address) ?? new Set();
      providers.set(address, of.add(block.provider.key));
    }
    const lines = new Map<string, Map<string, Set<string>>>();
    for (const { address, fix } of this.#findings) {
      const edit = fix?.edit;
      if (edit?.kind !== 'entry' || address === null) continue;
      for (const provider of providers.get(address) ?? []) {
        const keys = lines.get(provider) ?? new Map<string, Set<string>>();
        lines.set(provider, keys);
        keys.set(edit.key, (keys.get(edit.key) ?? new Set()).add(edit.line));
      }
    }
    return lines;
  }
}

const NO_LINES: ReadonlySet<string> = new Set();

/**
 * The tags of an object whose module was fetched, added to the defaults of its provider, which the stack itself writes. Null where another
 * object of that provider needs another value, or where the provider's block is not in the root module.
 */
export async function defaultsEdit(
  instances: readonly ResourceChange[],
  wanted: readonly ConfigurationEdit[],
  { defaults, tree }: { readonly defaults: WantedDefaults; readonly tree: ModuleTree },
): Promise<readonly FileEdit[] | null> {
  const provider = instances[0]?.block?.provider ?? null;
  const path = DEFAULTS.get(provider?.source ?? '');
  if (provider === null || instances.some(({ block }) => block?.provider?.key !== provider.key) || path === undefined)
    return null;
  const entries = wanted.filter((edit) => edit.kind === 'entry');
  if (entries.length < wanted.length || entries.some((edit) => edit.path.length > 1)) return null;
  const other = entries.some(({ key, line }) => [...defaults.of(provider.key, key)].some((one) => one !== line));
  const declared = other ? null : await providerDeclaration(provider, tree);
  if (declared === null) return null;
  const { declaration } = declared;
  const [outer, inner] = path;
  const { arguments: own, blocks } = declaration.block.body;
  const there = blocks.some(({ type }) => type === outer) || own.some(({ name }) => name === outer);
  if (inner !== undefined && !there) {
    const lines = entries.map(({ line }) => `    ${line}`).join('\n');
    return editsOf(declaration, [{ kind: 'inner', text: `${outer} {\n  ${inner} = {\n${lines}\n  }\n}` }]);
  }
  return editsOf(
    declaration,
    entries.map((edit) => ({ ...edit, path })),
  );
}

/** The one block of this provider and alias in the root module. */
export async function providerDeclaration(
  { key, alias }: ProviderBlock,
  tree: ModuleTree,
): Promise<{ readonly module: SourceModule; readonly declaration: Declaration } | null> {
  const root = await tree.module('');
  if (!('found' in root)) return null;
  const name = key.replace(/\..*$/s, '');
  const found = root.found.folder.every('provider').filter(({ file, block }) => {
    const own = block.body.arguments.find((one) => one.name === 'alias');
    const spelled = own === undefined ? null : literalText(file.text.slice(own.valueStart, own.valueEnd));
    return block.labels[0] === name && spelled === alias;
  });
  const [only] = found;
  if (only === undefined || found.length > 1 || key.includes(':')) return null;
  if ((await root.found.folder.confirm(only.file)) !== null) return null;
  return { module: root.found, declaration: { ...only, overrides: [] } };
}
