import { stripKeys } from '../plan/address.ts';
import type { ConfigBlock, Mode, ResourceChange } from '../plan/model.ts';
import { type Declaration, type ModuleFolder, namesIn, type Place, type Sought } from './folder.ts';
import type { ModuleTree, SourceModule } from './tree.ts';

/** Where a row is written: the file relative to the stack, and the 1-based line of the block's header. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** The block behind a row, in its module. */
export interface Located {
  readonly module: SourceModule;
  readonly declaration: Declaration;
}

/** Blocks of the configuration by mode. */
const BLOCK_TYPES: Readonly<Record<Mode, string>> = {
  managed: 'resource',
  data: 'data',
  ephemeral: 'ephemeral',
  action: 'action',
};

/** What Terraform itself reads in a block: the plan does not list it among the arguments. */
const META = new Set(['count', 'for_each', 'provider', 'depends_on', 'lifecycle', 'connection', 'provisioner', 'dynamic']);

const NOTHING: RowSource['arguments'] = new Map();

/** Where a row is written; `why` says why that is not established. */
export interface RowSource {
  readonly place: SourcePlace | null;
  readonly why: string | null;
  /** Arguments and inner blocks of its block by name, the first of each; those of an override outweigh. */
  readonly arguments: ReadonlyMap<string, SourcePlace>;
}

/** What its place hangs on: a block, or without one what the row is called but for its keys. One for all rows that are written there. */
export function whatIsLocated({ block, mode, type, name, moduleAddress }: ResourceChange): ConfigBlock | string {
  return block ?? JSON.stringify([mode, type, name, moduleAddress === null ? null : stripKeys(moduleAddress)]);
}

/** The place of a row's block; of what is gone from the configuration, the `removed` block that says so. */
export async function rowSource(change: ResourceChange, tree: ModuleTree): Promise<RowSource> {
  const block = change.block === null ? await removal(change, tree) : await locate(change.block, tree);
  if (!('found' in block)) return { place: null, why: block.why, arguments: NOTHING };
  const placeOf = ({ file, block: one }: Place): SourcePlace => ({ file: file.path, line: one.line });
  if (!('declaration' in block.found)) return { place: placeOf(block.found), why: null, arguments: NOTHING };
  const { declaration } = block.found;
  const found = new Map<string, SourcePlace>();
  for (const { file, block: one } of [...[...declaration.overrides].reverse(), declaration]) {
    const named = [
      ...one.body.arguments.map(({ name, line }) => [name, line] as const),
      ...one.body.blocks.map(({ type, line }) => [type, line] as const),
    ];
    for (const [name, line] of named) if (!found.has(name)) found.set(name, { file: file.path, line });
  }
  return { place: placeOf(declaration), why: null, arguments: found };
}

/** The text of a block of the plan's configuration. Nothing is claimed where the two do not agree. */
export async function locate(block: ConfigBlock, tree: ModuleTree): Promise<Sought<Located>> {
  const module = await tree.module(modulePath(block));
  if (!('found' in module)) return module;
  const declaration = await module.found.folder.declaration(BLOCK_TYPES[block.mode], [block.type, block.name]);
  if (!('found' in declaration)) return declaration;
  const why = difference(block, declaration.found);
  return why === null ? { found: { module: module.found, declaration: declaration.found } } : { why };
}

function modulePath({ address, mode, type, name }: ConfigBlock): string {
  const local = mode === 'managed' ? `${type}.${name}` : `${mode}.${type}.${name}`;
  return address.slice(0, Math.max(address.length - local.length - 1, 0));
}

/** What the plan's configuration says otherwise than the text; null = they agree. */
function difference(block: ConfigBlock, declaration: Declaration): string | null {
  const blocks = [declaration, ...declaration.overrides].map((place) => place.block);
  const at = `\`${declaration.file.path}:${declaration.block.line}\``;
  const repeated = blocks.some((one) => namesIn(one.body).some((name) => name === 'count' || name === 'for_each'));
  // The plan does not tell a repetition that refers to nothing, as `toset(["a"])`.
  if (block.repeated && !repeated) return `${at} differs from the plan in \`count\` or \`for_each\``;
  // Nor does it list the arguments of an action.
  if (block.mode === 'action') return null;
  const written = new Set(blocks.flatMap((one) => namesIn(one.body)).filter((name) => !META.has(name)));
  const planned = new Set(block.expressions.keys());
  const other = [...planned].find((name) => !written.has(name)) ?? [...written].find((name) => !planned.has(name));
  return other === undefined ? null : `${at} differs from the plan in \`${other}\``;
}

/** The `removed` block that covers a row, in its own module or in one around it. */
async function removal(change: ResourceChange, tree: ModuleTree): Promise<Sought<Place>> {
  const gone = { why: 'its block is gone from the configuration' };
  if (change.mode !== 'managed') return gone;
  const address = `${change.type}.${change.name}`;
  let path = change.moduleAddress === null ? '' : stripKeys(change.moduleAddress);
  let relative = address;
  for (;;) {
    const module = await tree.module(path);
    if ('found' in module) {
      const place = removalIn(module.found.folder, relative);
      if (place !== null) {
        const why = await module.found.folder.confirm(place.file);
        return why === null ? { found: place } : { why: `\`${place.file.path}\` cannot be followed: ${why}` };
      }
    }
    if (path === '') return gone;
    const at = path.lastIndexOf('module.');
    relative = `${path.slice(at)}.${relative}`;
    path = path.slice(0, Math.max(at - 1, 0));
  }
}

/** A `removed` block, and which of its folder it is. */
interface Removal {
  readonly order: number;
  readonly place: Place;
}

const removed = new WeakMap<ModuleFolder, ReadonlyMap<string, Removal>>();

/** The first of each `from` as it is written, without keys. In JSON it is quoted. */
function removalsOf(folder: ModuleFolder): ReadonlyMap<string, Removal> {
  const removals = new Map<string, Removal>();
  for (const [order, place] of folder.every('removed').entries()) {
    const from = place.block.body.arguments.find(({ name }) => name === 'from');
    if (from === undefined) continue;
    const written = place.file.text.slice(from.valueStart, from.valueEnd);
    const plain = stripKeys(written.replace(/^"(.*)"$/s, '$1').replace(/\s/g, ''));
    if (!removals.has(plain)) removals.set(plain, { order, place });
  }
  return removals;
}

/** Of the `removed` blocks of a folder the first that names the object of an address, or a module around it. */
function removalIn(folder: ModuleFolder, address: string): Place | null {
  const removals = removed.get(folder) ?? removalsOf(folder);
  removed.set(folder, removals);
  let first = removals.get(address);
  const steps = address.split('.');
  for (let at = 0; steps[at] === 'module'; at += 2) {
    const around = removals.get(steps.slice(0, at + 2).join('.'));
    if (around !== undefined && (first === undefined || around.order < first.order)) first = around;
  }
  return first?.place ?? null;
}
