import type { ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';

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

/** The same among all rows of one block, of which there may be as many as rows that refer to them. */
export function closestOfBlock(row: ResourceChange, rows: readonly ResourceChange[]): readonly ResourceChange[] {
  const near = inModule(rows, row);
  const sameKey = withKeyOf(row, near);
  return sameKey.length > 0 ? sameKey : closestInstances(row, near);
}

/** Rows of one block that may be referred to, by the instance of their module or by their key. */
type By<K> = WeakMap<readonly ResourceChange[], ReadonlyMap<K, readonly ResourceChange[]>>;
const byModule: By<ResourceChange['moduleAddress']> = new WeakMap();
const byKey: By<ResourceChange['key']> = new WeakMap();

function groupedIn<K>(known: By<K>, rows: readonly ResourceChange[], of: (row: ResourceChange) => K) {
  let groups = known.get(rows);
  if (groups === undefined) {
    const made = new Map<K, ResourceChange[]>();
    for (const one of rows) if (mayBeMeant(one)) append(made, of(one), one);
    groups = made;
    known.set(rows, groups);
  }
  return groups;
}

/**
 * Of the rows of one block those in the very module instance of `row`, where there is another one: none can be closer. Else all.
 */
function inModule(rows: readonly ResourceChange[], row: ResourceChange): readonly ResourceChange[] {
  const module = row.moduleAddress;
  if (module === null || rows.length < MANY) return rows;
  const near = groupedIn(byModule, rows, (one) => one.moduleAddress).get(module) ?? [];
  return near.some((one) => one !== row) ? near : rows;
}

/** Of many rows of one block that are all as near to `row` those with its key; none where there are none, or few rows. */
function withKeyOf(row: ResourceChange, rows: readonly ResourceChange[]): readonly ResourceChange[] {
  if (row.key === null || rows.length < MANY) return NO_ROWS;
  const areAsNear = row.moduleAddress === null || groupedIn(byModule, rows, (one) => one.moduleAddress).size === 1;
  const same = areAsNear ? groupedIn(byKey, rows, (one) => one.key).get(row.key) : undefined;
  return same?.filter((one) => one !== row) ?? NO_ROWS;
}

/** From so many rows on looking through all of them for each other costs too much. */
const MANY = 8;
