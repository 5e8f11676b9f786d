import { splitAddress } from '../plan/address.ts';
import type { ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import type { Value } from '../plan/value.ts';
import { type Argument, literalText } from './body.ts';
import { DEEPEST, type Reading, readingOf, type Scope } from './evaluate.ts';
import type { Declaration, ModuleFolder, Place } from './folder.ts';
import { evaluateIn } from './json-value.ts';
import { argumentOf, type SourceModule } from './tree.ts';

/** What names mean in one block of one module instance. */
export class BlockScope implements Scope {
  readonly #module: SourceModule;
  readonly #around: Scope | null;
  readonly #variables: ReadonlyMap<string, Value>;
  readonly #block: Declaration | null;
  readonly #key: string | null;
  readonly #depth: number;
  /** Locals and variables of the module instance that were asked for; null also while one is worked out, which then leads into itself. */
  readonly #known: Map<string, Reading | null>;

  /** `around` = where the module is called, null for the root; `key` is the instance key of the block, as an address spells it. */
  constructor(
    module: SourceModule,
    around: Scope | null,
    variables: ReadonlyMap<string, Value>,
    block: Declaration | null,
    key: string | null,
    depth = 0,
    known = new Map<string, Reading | null>(),
  ) {
    this.#module = module;
    this.#around = around;
    this.#variables = variables;
    this.#block = block;
    this.#key = key;
    this.#depth = depth;
    this.#known = known;
  }

  async resolve(root: string, name: string): Promise<Reading | null> {
    if (this.#depth > DEEPEST) return null;
    switch (root) {
      case 'local':
        return this.#once(`local.${name}`, () => this.#local(name));
      case 'var':
        return this.#once(`var.${name}`, () => this.#variable(name));
      case 'each':
        return this.#each(name);
      case 'count':
        return name === 'index' && this.#key !== null && /^\d+$/.test(this.#key) ? { kind: 'text', text: this.#key } : null;
      default:
        return null;
    }
  }

  /** Names that are named twice by what is named twice, and so on, are not worked out twice each time. */
  async #once(name: string, read: () => Promise<Reading | null>): Promise<Reading | null> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#known.set(name, null);
    const reading = await read();
    this.#known.set(name, reading);
    return reading;
  }

  /** The same names without those of the block: what stands in `locals` knows no `each`. */
  get #plain(): BlockScope {
    return new BlockScope(this.#module, this.#around, this.#variables, null, null, this.#depth + 1, this.#known);
  }

  async #local(name: string): Promise<Reading | null> {
    const found = localsOf(this.#module.folder).get(name) ?? [];
    const [only] = found;
    return only === undefined || found.length > 1 ? null : this.#written(only, only.argument, this.#plain);
  }

  async #variable(name: string): Promise<Reading | null> {
    const { call, folder } = this.#module;
    const declared = await folder.declaration('variable', [name]);
    if (!('found' in declared)) return null;
    const reading = await this.#given(name, call, declared.found);
    return reading !== null && keeps(argumentOf(declared.found, 'type'), reading) ? reading : null;
  }

  async #given(name: string, call: Declaration | null, declared: Declaration): Promise<Reading | null> {
    if (call === null) {
      const value = this.#variables.get(name);
      return value === undefined ? null : readingOf(value, `var.${name}`);
    }
    const given = argumentOf(call, name);
    if (given !== null) return this.#around === null ? null : this.#written(given, given.argument, this.#around);
    const value = argumentOf(declared, 'default');
    if (value === null) return null;
    const { valueStart, valueEnd } = value.argument;
    // In JSON syntax a default is no template: what looks like one stands for itself.
    if (value.file.syntax === 'json' && /[$%]\{/.test(value.file.text.slice(valueStart, valueEnd))) return null;
    return this.#written(value, value.argument, NOTHING);
  }

  async #each(name: string): Promise<Reading | null> {
    const key = this.#key === null ? null : quotedKey(this.#key);
    if (key === null) return null;
    if (name === 'key') return { kind: 'text', text: key };
    const given = name !== 'value' || this.#block === null ? null : argumentOf(this.#block, 'for_each');
    if (given === null) return null;
    const all = await this.#written(given, given.argument, this.#plain);
    return all?.kind === 'map' ? (all.entries.get(key) ?? null) : null;
  }

  /** Only of files that the parser reads alike. */
  async #written(
    { file }: Place,
    { valueStart, valueEnd }: { readonly valueStart: number; readonly valueEnd: number },
    scope: Scope,
  ): Promise<Reading | null> {
    if ((await this.#module.folder.confirm(file)) !== null) return null;
    return evaluateIn(file, valueStart, valueEnd, scope, this.#depth);
  }
}

/** Whether a type leaves a value as it is: an object type drops what it does not name, a number is spelled anew. */
function keeps(type: ReturnType<typeof argumentOf>, reading: Reading): boolean {
  if (type === null) return true;
  const { file, argument } = type;
  const written = file.text.slice(argument.valueStart, argument.valueEnd).replace(/\s/g, '');
  const spelled = file.syntax === 'json' ? written.replace(/^"(.*)"$/, '$1') : written;
  return reading.kind === 'map' ? /^(?:any|map\((?:any|string)\))$/.test(spelled) : /^(?:any|string)$/.test(spelled);
}

type WrittenLocal = Place & { readonly argument: Argument };

const locals = new WeakMap<ModuleFolder, ReadonlyMap<string, readonly WrittenLocal[]>>();

/** By name, where it is written: more than once = nobody knows which. */
function localsOf(folder: ModuleFolder): ReadonlyMap<string, readonly WrittenLocal[]> {
  let found = locals.get(folder);
  if (found === undefined) {
    const written = new Map<string, WrittenLocal[]>();
    for (const place of folder.every('locals'))
      for (const argument of place.block.body.arguments) append(written, argument.name, { ...place, argument });
    found = written;
    locals.set(folder, found);
  }
  return found;
}

const NOTHING: Scope = { resolve: async () => null };

/** `"a"` -> `a`; null for a number. Addresses quote as HCL does. */
function quotedKey(key: string): string | null {
  return key.startsWith('"') ? literalText(key) : null;
}

/** What names mean in a block of the root module that stands for nothing else. */
export function rootScope(root: SourceModule, variables: ReadonlyMap<string, Value>): Scope {
  return new BlockScope(root, null, variables, null, null);
}

/** What names mean in the block of a row: every module around it with the key of its instance. */
export function scopeOf(
  change: ResourceChange,
  module: SourceModule,
  declaration: Declaration,
  variables: ReadonlyMap<string, Value>,
): Scope {
  const keys = change.moduleAddress === null ? [] : splitAddress(change.moduleAddress).filter((_, index) => index % 2 === 1);
  const own = splitAddress(change.address).at(-1)?.key ?? null;
  const chain: SourceModule[] = [];
  for (let at: SourceModule | null = module; at !== null; at = at.parent) chain.unshift(at);
  let scope: Scope | null = null;
  for (const [index, at] of chain.entries()) {
    const inner = chain[index + 1];
    const block = inner === undefined ? declaration : inner.call;
    scope = new BlockScope(at, scope, variables, block, inner === undefined ? own : (keys[index]?.key ?? null));
  }
  return scope as Scope;
}
