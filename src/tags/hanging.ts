import type { KnownChange } from '../classify/model.ts';
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
  #names: ReadonlySet<string> | null = null;
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
      for (const [type, rows] of this.#types()) {
        for (const path of new Set(rows.slice(0, 1).flatMap((other) => linkPaths(ended, other)))) {
          const texts = this.#textsOf(type, rows, path);
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

  #textsOf(type: string, rows: readonly KnownChange[], path: string): ReadonlyMap<string, KnownChange[]> {
    const key = `${type} ${path}`;
    let texts = this.#texts.get(key);
    if (texts === undefined) {
      texts = grouped(rows, ({ change }) => (change.before === null ? [] : textsAt(change.before, path)));
      this.#texts.set(key, texts);
    }
    return texts;
  }

  /** Every value is walked once, for the names of all objects that may end; any other name may stand anywhere. */
  #mentions(name: string): readonly KnownChange[] | undefined {
    if (this.#names === null) {
      const ending = this.#rows.filter(({ change }) =>
        change.actions.some((action) => action !== 'no-op' && action !== 'update'),
      );
      this.#names = new Set(ending.flatMap(({ change: { before } }) => (before === null ? [] : longNames(before))));
      const needles = new Needles(this.#names);
      this.#mentioning = grouped(this.#rows, ({ change: { before } }) => (before === null ? [] : needles.in(before)));
    }
    return this.#names.has(name) ? this.#mentioning.get(name) : this.#rows;
  }
}

function grouped<K>(rows: readonly KnownChange[], keysOf: (row: KnownChange) => Iterable<K>): Map<K, KnownChange[]> {
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
