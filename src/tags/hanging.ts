import type { KnownChange } from '../classify/model.ts';
import { hasSide } from '../plan/later-row.ts';
import type { BlockAddress } from '../plan/model.ts';
import { Needles } from '../plan/needles.ts';
import { blocksNamedBy, linkPaths, longNames, shortNames, textsAt } from './links.ts';

/**
 * Which rows of a plan may hang on an object that ends: by its full name anywhere, by a name in an attribute that holds such a
 * name, or by an expression. Everything is indexed once, when first asked for; whoever asks looks closer at what is found.
 */
export class Hanging {
  readonly #given: Iterable<KnownChange>;
  #all: readonly KnownChange[] | null = null;
  #byType: Map<string, KnownChange[]> | null = null;
  #byBlock: Map<BlockAddress, KnownChange[]> | null = null;
  #names: ReadonlySet<string> = new Set();
  #found: ReadonlySet<KnownChange> | null = null;
  #mentioning: ReadonlyMap<string, readonly KnownChange[]> = new Map();
  readonly #texts = new Map<string, Map<string, KnownChange[]>>();

  /** All rows of a plan, in its order. */
  constructor(rows: Iterable<KnownChange>) {
    this.#given = rows;
  }

  get #rows(): readonly KnownChange[] {
    this.#all ??= [...this.#given];
    return this.#all;
  }

  /** Rows that may hang on the object that `ended` had before, in plan order; some of them do not. */
  on(ended: KnownChange): readonly KnownChange[] {
    const found = new Set<KnownChange>();
    const add = (rows: Iterable<KnownChange> | undefined) => {
      for (const row of rows ?? []) found.add(row);
    };
    if (ended.change.block !== null) add(this.#blocks().get(ended.change.block.address));
    const object = ended.change.before;
    if (object !== null) {
      for (const name of longNames(object)) add(this.#mentions(name));
      const short = shortNames(ended, object);
      const named = ended.provider.isNamedBy;
      this.#candidates();
      const sought = named === undefined && [...short].every((name) => this.#names.has(name));
      for (const [type, rows] of this.#types()) {
        for (const path of new Set(rows.slice(0, 1).flatMap((other) => linkPaths(ended, other)))) {
          const texts = this.#textsOf(type, rows, path, sought);
          for (const name of short) add(texts.get(name));
          if (named) for (const [text, others] of texts) if (named(text, ended.change.type, object)) add(others);
        }
      }
    }
    return [...found].sort((a, b) => a.change.index - b.change.index);
  }

  /** Every row of a type. */
  ofType(type: string): readonly KnownChange[] {
    return [...this.#types().values()].filter(([first]) => first?.change.type === type).flat();
  }

  /** By what the catalog is asked for: rows under one key have one entry of it. */
  #types(): ReadonlyMap<string, KnownChange[]> {
    this.#byType ??= grouped(this.#rows, ({ change }) => [`${change.mode} ${change.provider} ${change.type}`]);
    return this.#byType;
  }

  #blocks(): ReadonlyMap<BlockAddress, KnownChange[]> {
    this.#byBlock ??= grouped(this.#rows, ({ change }) => (change.block === null ? [] : blocksNamedBy(change.block)));
    return this.#byBlock;
  }

  /** `short`: only names that were looked for are asked for, so that most rows need not be read. */
  #textsOf(type: string, rows: readonly KnownChange[], path: string, short: boolean): ReadonlyMap<string, KnownChange[]> {
    const key = `${short} ${type} ${path}`;
    let texts = this.#texts.get(key);
    if (texts === undefined) {
      const may = short ? this.#candidates() : null;
      texts = grouped(rows, (row) => {
        const { before } = may === null || may.has(row) ? row.change : NOTHING;
        return before === null ? [] : textsAt(before, path);
      });
      this.#texts.set(key, texts);
    }
    return texts;
  }

  #mentions(name: string): readonly KnownChange[] | undefined {
    this.#candidates();
    return this.#names.has(name) ? this.#mentioning.get(name) : this.#rows;
  }

  /** Rows that may hold a name of an object that may end. Every other row is not read; any other name may stand anywhere. */
  #candidates(): ReadonlySet<KnownChange> {
    if (this.#found !== null) return this.#found;
    const ending = this.#rows.filter(({ change }) => change.actions.some((action) => action !== 'no-op' && action !== 'update'));
    const names = new Set<string>();
    for (const row of ending) {
      const { before } = row.change;
      if (before === null) continue;
      for (const name of longNames(before)) names.add(name);
      for (const name of shortNames(row, before)) names.add(name);
    }
    this.#names = names;
    const needles = new Needles(this.#names);
    this.#found = new Set(this.#rows.filter(({ change }) => hasSide(change, 'before') && needles.mayStandIn(change)));
    this.#mentioning = grouped(this.#found, ({ change: { before } }) => (before === null ? [] : needles.in(before)));
    return this.#found;
  }
}

const NOTHING = { before: null };

function grouped<K>(rows: Iterable<KnownChange>, keysOf: (row: KnownChange) => Iterable<K>): Map<K, KnownChange[]> {
  const groups = new Map<K, KnownChange[]>();
  for (const row of rows) {
    for (const key of keysOf(row)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else if (group.at(-1) !== row) group.push(row);
    }
  }
  return groups;
}
