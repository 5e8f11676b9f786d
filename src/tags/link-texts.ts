import type { FullNames } from '../../providers/provider.ts';
import type { KnownChange } from '../classify/model.ts';
import type { ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import type { ObjectValue } from '../plan/value.ts';

const NO_ROWS: readonly ResourceChange[] = [];

/** Rows by the texts that they hold in an attribute which may name some object. */
export class LinkTexts {
  readonly #rows: ReadonlyMap<string, readonly ResourceChange[]>;
  /** The texts by what they share with whom they name. */
  readonly #byKey = new Map<FullNames, ReadonlyMap<string, readonly string[]>>();

  constructor(rows: Iterable<ResourceChange>, textsOf: (row: ResourceChange) => Iterable<string>) {
    this.#rows = grouped(rows, textsOf);
  }

  /** Rows that name an object of the type of `known` with these values, in lists: by one of its short names or in full. */
  *naming({ change: { type }, provider }: KnownChange, values: ObjectValue, short: Iterable<string>) {
    for (const name of short) yield this.#rows.get(name) ?? NO_ROWS;
    const { fullNames } = provider;
    if (fullNames === undefined) return;
    const byKey = this.#keyed(fullNames);
    for (const key of byKey.size === 0 ? [] : fullNames.keysOf(type, values))
      for (const text of byKey.get(key) ?? []) if (fullNames.isNamedBy(text, type, values)) yield this.#rows.get(text) ?? NO_ROWS;
  }

  #keyed(names: FullNames): ReadonlyMap<string, readonly string[]> {
    const known = this.#byKey.get(names);
    if (known !== undefined) return known;
    const byKey = new Map<string, string[]>();
    for (const text of this.#rows.keys()) {
      const key = names.keyOf(text);
      if (key !== null) append(byKey, key, text);
    }
    this.#byKey.set(names, byKey);
    return byKey;
  }
}

function grouped<K>(rows: Iterable<ResourceChange>, keysOf: (row: ResourceChange) => Iterable<K>): Map<K, ResourceChange[]> {
  const groups = new Map<K, ResourceChange[]>();
  for (const row of rows) {
    for (const key of keysOf(row)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else if (group.at(-1) !== row) group.push(row);
    }
  }
  return groups;
}
