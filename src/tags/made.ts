import type { CatalogRow } from '../../providers/provider.ts';
import type { KnownChange } from '../classify/model.ts';
import type { ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import { UNKNOWN } from '../plan/value.ts';
import { LinkTexts } from './link-texts.ts';
import { linkPaths, shortNames, textsAt } from './links.ts';
import type { Referrers } from './referrers.ts';

/** Rows that make objects of one type which say the same, by what they hang on. */
export class Made {
  readonly #rows: ReadonlySet<ResourceChange>;
  /** Rows of one catalog entry hold names in the same attributes. */
  readonly #byEntry = new Map<CatalogRow | null, KnownChange[]>();
  readonly #texts = new Map<CatalogRow | null, Map<string, LinkTexts>>();

  constructor(rows: readonly KnownChange[]) {
    this.#rows = new Set(rows.map(({ change }) => change));
    for (const known of rows) append(this.#byEntry, known.row, known);
  }

  /** Whether one of them hangs on the object that `row` makes: by reference, or by a name that both sides of the plan know. */
  hangOn(row: KnownChange, referrers: Referrers): boolean {
    return this.#refer(row.change, referrers) || this.#name(row);
  }

  #refer(row: ResourceChange, referrers: Referrers): boolean {
    for (const rows of referrers.to(row)) {
      // The shorter of the two is looked through.
      if (rows.length <= this.#rows.size) {
        if (rows.some((one) => this.#rows.has(one))) return true;
      } else {
        for (const one of this.#rows) if (referrers.refers(one, row)) return true;
      }
    }
    return false;
  }

  #name(row: KnownChange): boolean {
    const object = row.change.after;
    if (object === null || object === UNKNOWN) return false;
    const short = shortNames(row, object);
    for (const [entry, made] of this.#byEntry)
      for (const path of new Set(linkPaths(row, made[0] as KnownChange)))
        for (const rows of this.#textsAt(path, entry, made).naming(row, object, short)) if (rows.length > 0) return true;
    return false;
  }

  #textsAt(path: string, entry: CatalogRow | null, made: readonly KnownChange[]): LinkTexts {
    const byPath = this.#texts.get(entry) ?? new Map<string, LinkTexts>();
    this.#texts.set(entry, byPath);
    let texts = byPath.get(path);
    if (texts === undefined) {
      const changes = made.map(({ change }) => change);
      texts = new LinkTexts(changes, ({ after }) => (after === null || after === UNKNOWN ? [] : textsAt(after, path)));
      byPath.set(path, texts);
    }
    return texts;
  }
}
