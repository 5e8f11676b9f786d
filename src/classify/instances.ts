import type { ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import { firstWhere } from '../plan/sorted.ts';

const NO_ROWS: readonly ResourceChange[] = [];

/** Of several instances of a referred block, those in the same module instance, then those with the same key. */
export function closestInstances(row: ResourceChange, all: readonly ResourceChange[]): readonly ResourceChange[] {
  const rows = all.filter((one) => one !== row && mayBeMeant(one));
  if (rows.length <= 1) return rows;
  const shared = rows.map((one) => sharedModule(row.moduleAddress, one.moduleAddress));
  const longest = shared.reduce((most, one) => Math.max(most, one), 0);
  const near = rows.filter((_, at) => shared[at] === longest);
  if (near.length <= 1) return near;
  const sameKey = near.filter((r) => r.key !== null && r.key === row.key);
  return sameKey.length > 0 ? sameKey : near;
}

function sharedModule(a: string | null, b: string | null): number {
  if (a === null || b === null) return 0;
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i += 1;
  return i;
}

function mayBeMeant({ mode, deposed }: ResourceChange): boolean {
  return mode === 'managed' && deposed === null;
}

/** The same among all rows of some blocks, of which there may be as many as rows that refer to them: rows to which the same are closest get one list. */
export function closestOfBlock(row: ResourceChange, rows: readonly ResourceChange[]): readonly ResourceChange[] {
  return rows.length < MANY ? closestInstances(row, rows) : instancesOf(rows).closestTo(row);
}

/**
 * What the addresses of the module instances begin with that are closest to `row`, of those in which rows of some block stand: an
 * expression can mean no object of that block in another one. Empty = it may mean any of them.
 */
export function closestModules(row: ResourceChange, rows: readonly ResourceChange[]): string {
  return instancesOf(rows).modulesClosestTo(row.moduleAddress ?? ROOT);
}

function instancesOf(rows: readonly ResourceChange[]): Instances {
  let instances = known.get(rows);
  if (instances === undefined) {
    instances = new Instances(rows);
    known.set(rows, instances);
  }
  return instances;
}

/** From so many rows on looking through all of them for each other costs too much. */
const MANY = 8;

const known = new WeakMap<readonly ResourceChange[], Instances>();

/** Rows that are all as near. */
interface Near {
  readonly rows: readonly ResourceChange[];
  /** By their own keys; null = nobody asked. */
  byKey: ReadonlyMap<ResourceChange['key'], readonly ResourceChange[]> | null;
}

/** Rows that may be meant, by the instance of their module. */
class Instances {
  readonly #rows: readonly ResourceChange[];
  readonly #blocks: ReadonlySet<ResourceChange['block']>;
  /** Null = nobody asked. */
  #places: ReadonlyMap<ResourceChange, number> | null = null;
  readonly #byModule = new Map<string, ResourceChange[]>();
  /** Module instances in the order of their texts: those that share the most with another one stand beside it. */
  readonly #modules: readonly string[];
  /** By what all of them have in common. */
  readonly #near = new Map<string, Near>();

  constructor(rows: readonly ResourceChange[]) {
    this.#rows = rows.filter(mayBeMeant);
    this.#blocks = new Set(this.#rows.map((row) => row.block));
    for (const row of this.#rows) append(this.#byModule, row.moduleAddress ?? ROOT, row);
    this.#modules = [...this.#byModule.keys()].sort();
  }

  closestTo(row: ResourceChange): readonly ResourceChange[] {
    const module = row.moduleAddress ?? ROOT;
    // What refers to other instances of its own block is hardly ever met.
    if (this.#blocks.has(row.block) && this.#placesOfRows().has(row)) {
      const { rows } = this.#within(module);
      return closestInstances(row, rows.length > 1 ? rows : this.#rows);
    }
    const near = this.#within(this.modulesClosestTo(module));
    if (row.key === null || near.rows.length < 2) return near.rows;
    near.byKey ??= groupedByKey(near.rows);
    return near.byKey.get(row.key) ?? near.rows;
  }

  modulesClosestTo(module: string): string {
    if (this.#byModule.has(module)) return module;
    const at = this.#firstFrom(module);
    const [before = ROOT, after = ROOT] = [this.#modules[at - 1], this.#modules[at]];
    return module.slice(0, Math.max(sharedModule(module, before), sharedModule(module, after)));
  }

  /** Rows of the module instances whose text starts so. */
  #within(start: string): Near {
    let near = this.#near.get(start);
    if (near === undefined) {
      near = { rows: this.#startingWith(start), byKey: null };
      this.#near.set(start, near);
    }
    return near;
  }

  #startingWith(start: string): readonly ResourceChange[] {
    if (start === ROOT) return this.#rows;
    const groups: (readonly ResourceChange[])[] = [];
    for (let at = this.#firstFrom(start); this.#modules[at]?.startsWith(start); at += 1)
      groups.push(this.#byModule.get(this.#modules[at] as string) ?? NO_ROWS);
    const [only = NO_ROWS] = groups;
    if (groups.length < 2) return only;
    const places = this.#placesOfRows();
    return groups.flat().sort((a, b) => (places.get(a) as number) - (places.get(b) as number));
  }

  #placesOfRows(): ReadonlyMap<ResourceChange, number> {
    this.#places ??= new Map(this.#rows.map((row, place) => [row, place]));
    return this.#places;
  }

  /** The place of the first module instance that is not before a text. */
  #firstFrom(text: string): number {
    return firstWhere(this.#modules, (module) => module >= text);
  }
}

/** Stands for no module. */
const ROOT = '';

function groupedByKey(rows: readonly ResourceChange[]): ReadonlyMap<ResourceChange['key'], readonly ResourceChange[]> {
  const groups = new Map<ResourceChange['key'], ResourceChange[]>();
  for (const row of rows) append(groups, row.key, row);
  return groups;
}
