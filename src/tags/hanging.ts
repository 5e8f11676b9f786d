import type { CatalogRow } from '../../providers/provider.ts';
import type { KnownChange } from '../classify/model.ts';
import type { Mentions } from '../plan/mentions.ts';
import type { ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import { mentions } from '../plan/words.ts';
import { LinkTexts } from './link-texts.ts';
import { isRepeated, linkPaths, longNames, shortNames, tagText, textsAt } from './links.ts';
import { Made } from './made.ts';
import { Referrers } from './referrers.ts';

/** Rows of one type whose attribute may hold the name of some object. */
interface Link {
  readonly rows: readonly ResourceChange[];
  readonly path: string;
  /** One for each type and path. */
  readonly key: string;
}

/**
 * Which rows of a plan may hang on an object that ends: by its full name anywhere, by a name in an attribute that holds such a
 * name, or by an expression. Everything is indexed once, when first asked for; whoever asks looks closer at what is found.
 */
export class Hanging {
  readonly #rows: readonly ResourceChange[];
  readonly #known: (row: ResourceChange) => KnownChange;
  #byType: ReadonlyMap<string, readonly ResourceChange[][]> | null = null;
  readonly #referrers: Referrers;
  readonly #mentions: Mentions;
  /** Whether the names of all objects that may end were looked for. */
  #searched = false;
  /** By the entry of the object that ends and its type. */
  readonly #links = new Map<CatalogRow | null, Map<string, readonly Link[]>>();
  readonly #texts = new Map<string, LinkTexts>();
  /** When `#texts` were read; see `Mentions.passes`. */
  #pass = 0;
  /** By type and by what they say as `tagText` reads it. */
  readonly #made = new Map<string, ReadonlyMap<string | null, Made>>();

  /** All rows of a plan, in its order, what is known of each and what they mention. */
  constructor(rows: readonly ResourceChange[], known: (row: ResourceChange) => KnownChange, mentions: Mentions) {
    this.#rows = rows;
    this.#referrers = new Referrers(rows);
    this.#known = known;
    this.#mentions = mentions;
  }

  /** Rows that may hang on the object that `ended` had before, in plan order; some of them do not. */
  on(ended: KnownChange): readonly KnownChange[] {
    const found = new Set<ResourceChange>();
    const add = (rows: Iterable<ResourceChange> | undefined) => {
      for (const row of rows ?? []) found.add(row);
    };
    // Which of several objects of a block an expression means is not told by it: those that hang on this one name it.
    if (!isRepeated(ended)) for (const rows of this.#referrers.to(ended.change)) add(rows);
    const object = ended.change.before;
    if (object !== null) {
      const long = longNames(object);
      const short = shortNames(ended, object);
      this.#seek([...long, ...short]);
      for (const name of long) add(this.#mentioning(name));
      const sought = ended.provider.fullNames === undefined && [...short].every((name) => this.#mentions.isSought(name));
      for (const link of this.#linksTo(ended))
        for (const rows of this.#textsOf(link, sought).naming(ended, object, short)) add(rows);
    }
    return [...found].sort((a, b) => a.index - b.index).map(this.#known);
  }

  /** Whether the object that a row had before mentions a full name of one that was asked for. */
  mentions(row: ResourceChange, name: string): boolean {
    if (!this.#mentions.isSought(name)) return row.before !== null && mentions(row.before, name);
    return this.#mentions.isBefore(name, this.#position(row));
  }

  /** Whether an expression of the block of `row` may mean the object of `other`. */
  refers(row: ResourceChange, other: ResourceChange): boolean {
    return this.#referrers.refers(row, other);
  }

  /** Whether rows that make an object of the type of `other`, which says the same tag as that did before, hang on the object that `row` makes. */
  isRemade(other: KnownChange, row: KnownChange): boolean {
    const { type } = other.change;
    let made = this.#made.get(type);
    if (made === undefined) {
      made = this.#madeOf(type);
      this.#made.set(type, made);
    }
    return made.get(tagText(other, 'before'))?.hangOn(row, this.#referrers) ?? false;
  }

  #madeOf(type: string): ReadonlyMap<string | null, Made> {
    const byText = new Map<string | null, KnownChange[]>();
    for (const row of (this.#types().get(type) ?? []).flat()) {
      if (!row.actions.includes('create')) continue;
      const known = this.#known(row);
      append(byText, tagText(known, 'after'), known);
    }
    return new Map([...byText].map(([text, rows]) => [text, new Made(rows)]));
  }

  /** Rows by type, those apart that differ in what else the catalog is asked for: rows that stand together have one entry of it. */
  #types(): ReadonlyMap<string, readonly ResourceChange[][]> {
    if (this.#byType !== null) return this.#byType;
    const types = new Map<string, ResourceChange[][]>();
    // By number here and below: iterators make an object for each of all rows.
    for (let at = 0; at < this.#rows.length; at += 1) {
      const row = this.#rows[at] as ResourceChange;
      const kinds = types.get(row.type);
      if (kinds === undefined) types.set(row.type, [[row]]);
      else kindOf(row, kinds).push(row);
    }
    this.#byType = types;
    return types;
  }

  /** The same for all objects of one type. */
  #linksTo(ended: KnownChange): readonly Link[] {
    const byType = this.#links.get(ended.row) ?? new Map<string, readonly Link[]>();
    this.#links.set(ended.row, byType);
    let links = byType.get(ended.change.type);
    if (links === undefined) {
      links = [...this.#types().values()].flat().flatMap((rows) => this.#linksIn(rows, ended));
      byType.set(ended.change.type, links);
    }
    return links;
  }

  #linksIn(rows: readonly ResourceChange[], ended: KnownChange): Link[] {
    const [first] = rows;
    if (first === undefined) return [];
    const { mode, provider, type } = first;
    const paths = new Set(linkPaths(ended, this.#known(first)));
    return [...paths].map((path) => ({ rows, path, key: `${mode} ${provider} ${type} ${path}` }));
  }

  /** `sought`: only names that were looked for are asked for, so that most rows need not be read. */
  #textsOf({ key, rows, path }: Link, sought: boolean): LinkTexts {
    if (this.#pass !== this.#mentions.passes) {
      this.#texts.clear();
      this.#pass = this.#mentions.passes;
    }
    const kept = `${sought} ${key}`;
    let texts = this.#texts.get(kept);
    if (texts === undefined) {
      texts = new LinkTexts(rows, (row) => {
        const { before } = !sought || this.#mayHold(row) ? row : NOTHING;
        return before === null ? [] : textsAt(before, path);
      });
      this.#texts.set(kept, texts);
    }
    return texts;
  }

  /** Rows that may hold a full name: one that was not looked for may stand anywhere. */
  #mentioning(name: string): Iterable<ResourceChange> {
    const rows = this.#rows;
    if (!this.#mentions.isSought(name)) return rows;
    return this.#mentions.before(name).map((position) => rows[position] as ResourceChange);
  }

  #mayHold(row: ResourceChange): boolean {
    return this.#mentions.holds(this.#position(row));
  }

  #position(row: ResourceChange): number {
    const { index } = row;
    return this.#rows[index] === row ? index : this.#rows.indexOf(row);
  }

  /**
   * Looks for the names of an object. Those of the others are mostly among what is likely to be asked for; where they are not, the names
   * of all objects that may end are looked for at once. Any other name may stand anywhere.
   */
  #seek(names: readonly string[]): void {
    if (this.#mentions.passes === 0) this.#mentions.seek(names);
    if (this.#searched || names.every((name) => this.#mentions.isSought(name))) return;
    this.#searched = true;
    const all = new Set<string>();
    for (const row of this.#rows) {
      if (row.actions.every((action) => action === 'no-op' || action === 'update')) continue;
      const { before } = row;
      if (before === null) continue;
      for (const name of longNames(before)) all.add(name);
      for (const name of shortNames(this.#known(row), before)) all.add(name);
    }
    this.#mentions.seek(all);
  }
}

const NOTHING = { before: null };

/** Of lists of rows of one type that one to which a row belongs, which is made where there is none. */
function kindOf({ mode, provider }: ResourceChange, kinds: ResourceChange[][]): ResourceChange[] {
  for (let at = 0; at < kinds.length; at += 1) {
    const kind = kinds[at] as ResourceChange[];
    if (kind[0]?.mode === mode && kind[0].provider === provider) return kind;
  }
  const kind: ResourceChange[] = [];
  kinds.push(kind);
  return kind;
}
