import type { KnownChange } from '../classify/model.ts';
import type { Mentions } from '../plan/mentions.ts';
import type { BlockAddress } from '../plan/model.ts';
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
  #positions: ReadonlyMap<KnownChange, number> | null = null;
  readonly #mentions: Mentions;
  /** Names of objects that may end; null = not looked for yet. */
  #names: ReadonlySet<string> | null = null;
  readonly #texts = new Map<string, Map<string, KnownChange[]>>();

  /** All rows of a plan, in its order, and what they mention. */
  constructor(rows: Iterable<KnownChange>, mentions: Mentions) {
    this.#given = rows;
    this.#mentions = mentions;
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
      for (const name of longNames(object)) add(this.#mentioning(name));
      const short = shortNames(ended, object);
      const named = ended.provider.isNamedBy;
      const names = this.#soughtNames();
      const sought = named === undefined && [...short].every((name) => names.has(name));
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
      texts = grouped(rows, (row) => {
        const { before } = !short || this.#mayHold(row) ? row.change : NOTHING;
        return before === null ? [] : textsAt(before, path);
      });
      this.#texts.set(key, texts);
    }
    return texts;
  }

  /** Rows that may hold a full name: one that was not looked for may stand anywhere. */
  #mentioning(name: string): Iterable<KnownChange> {
    const rows = this.#rows;
    if (!this.#soughtNames().has(name)) return rows;
    return this.#mentions.before(name).map((position) => rows[position] as KnownChange);
  }

  #mayHold(row: KnownChange): boolean {
    this.#positions ??= new Map(this.#rows.map((one, position) => [one, position]));
    this.#soughtNames();
    return this.#mentions.mayHold(this.#positions.get(row) as number);
  }

  /** Names of objects that may end. A row that holds none of them is not read; any other name may stand anywhere. */
  #soughtNames(): ReadonlySet<string> {
    if (this.#names !== null) return this.#names;
    const ending = this.#rows.filter(({ change }) => change.actions.some((action) => action !== 'no-op' && action !== 'update'));
    const names = new Set<string>();
    for (const row of ending) {
      const { before } = row.change;
      if (before === null) continue;
      for (const name of longNames(before)) names.add(name);
      for (const name of shortNames(row, before)) names.add(name);
    }
    this.#mentions.seek(names);
    this.#names = names;
    return names;
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
