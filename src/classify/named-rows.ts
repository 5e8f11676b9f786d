import type { CatalogRow, FullNames, Provider } from '../../providers/provider.ts';
import { parsePattern } from '../logic/path.ts';
import type { ResourceChange } from '../plan/model.ts';
import { Named } from '../plan/named.ts';
import { isList, member, type ObjectValue, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';
import { lookup } from './lookup.ts';

export type CatalogOf = (row: ResourceChange) => { readonly row: CatalogRow | null; readonly provider: Provider };

type Values = ObjectValue | Unknown | null;

/** Attributes whose value names the whole object wherever it stands. */
const GLOBAL_NAMES = ['arn', 'self_link', 'id', 'unique_id', 'resource_id', 'urn', 'fully_qualified_name'];

/** Some rows by what their objects go by on either side. Each look-up is built when it is first asked; answers are in the order of the rows. */
export class NamedRows {
  readonly #rows: readonly ResourceChange[];
  readonly #catalogOf: CatalogOf;
  #global: Named<ResourceChange> | null = null;
  #own: Named<ResourceChange> | null = null;
  #byKey: ReadonlyMap<FullNames, Named<ResourceChange>> | null = null;
  #places: ReadonlyMap<ResourceChange, number> | null = null;

  constructor(rows: readonly ResourceChange[], catalogOf: CatalogOf) {
    this.#rows = rows;
    this.#catalogOf = catalogOf;
  }

  /** Rows whose id, ARN or self link it is. */
  byGlobalName(text: string): readonly ResourceChange[] {
    this.#global ??= new Named(this.#rows.map((row) => [row, globalNames(row)]));
    return this.#global.get(text);
  }

  /** Rows whose object it names, as the catalog has its identity. */
  byName(text: string): readonly ResourceChange[] {
    return this.#named.get(text);
  }

  /** Rows whose name stands in the text as whole words. */
  mentionedIn(text: string): readonly ResourceChange[] {
    return this.#named.mentionedIn(text);
  }

  /** Rows that a full resource name (`//sqladmin.googleapis.com/...`) means: how it does is the provider's to say. */
  byFullName(text: string): readonly ResourceChange[] {
    this.#byKey ??= this.#keyed();
    const found: ResourceChange[] = [];
    for (const [names, byKey] of this.#byKey) {
      const key = names.keyOf(text);
      if (key === null) continue;
      for (const row of byKey.get(key)) if (isNamedBy(text, row, names)) found.push(row);
    }
    return this.#byKey.size > 1 ? this.#inOrder(found) : found;
  }

  /** Rows that a text means as a whole, by its global name or by its full one. */
  meantBy(text: string): readonly ResourceChange[] {
    return this.#inOrder([...this.byGlobalName(text), ...this.byFullName(text)]);
  }

  get #named(): Named<ResourceChange> {
    this.#own ??= new Named(this.#rows.map((row) => [row, namesOf(row, this.#catalogOf(row).row)]));
    return this.#own;
  }

  #keyed(): ReadonlyMap<FullNames, Named<ResourceChange>> {
    const keys = new Map<FullNames, [ResourceChange, Set<string>][]>();
    for (const row of this.#rows) {
      const names = this.#catalogOf(row).provider.fullNames;
      if (names === undefined) continue;
      const rows = keys.get(names) ?? [];
      keys.set(names, rows);
      rows.push([row, new Set(sidesOf(row).flatMap((values) => names.keysOf(row.type, values)))]);
    }
    return new Map([...keys].map(([names, rows]) => [names, new Named(rows)]));
  }

  #inOrder(rows: readonly ResourceChange[]): readonly ResourceChange[] {
    if (rows.length < 2) return rows;
    this.#places ??= new Map(this.#rows.map((row, place) => [row, place]));
    const places = this.#places;
    return [...new Set(rows)].sort((a, b) => (places.get(a) as number) - (places.get(b) as number));
  }
}

function sidesOf({ before, after }: ResourceChange): readonly ObjectValue[] {
  const sides = after === before ? [before] : [before, after];
  return sides.filter((values): values is ObjectValue => values !== null && values !== UNKNOWN);
}

function isNamedBy(text: string, row: ResourceChange, names: FullNames): boolean {
  return sidesOf(row).some((values) => names.isNamedBy(text, row.type, values));
}

/** The names that mean the object wherever they stand, on either side. */
function globalNames(row: ResourceChange): string[] {
  const names = new Set<string>();
  for (const values of sidesOf(row)) {
    for (const attribute of GLOBAL_NAMES) {
      const text = textOf(member(values, attribute) ?? null);
      if (text !== null) names.add(text);
    }
  }
  return [...names];
}

/** The names an object goes by: its catalog identity, on either side. */
function namesOf(row: ResourceChange, catalog: CatalogRow | null): string[] {
  return catalog?.identity === undefined ? [] : namesIn([row.before, row.after], catalog);
}

export function namesIn(sides: readonly Values[], catalog: CatalogRow | null): string[] {
  const names = new Set<string>();
  for (const attribute of catalog?.identity ?? []) {
    for (const values of sides) {
      const text = values === null ? null : singleValue(values, attribute);
      if (text !== null) names.add(text);
    }
  }
  return [...names];
}

/** The texts at an attribute: one, or those of a list; null for one that is not known. */
export function valuesAt(values: Values, attribute: string): (string | null)[] {
  if (values === null || values === UNKNOWN) return [];
  const state = lookup(values, parsePattern(attribute));
  if (state.kind === 'value') return isList(state.value) ? state.value.map(textOf) : [textOf(state.value)];
  if (state.kind === 'members') return [...[...state.members.keys()].map(textOf), ...(state.open === null ? [] : [null])];
  return [];
}

/** The one text at an attribute, or null. */
function singleValue(values: Values, attribute: string): string | null {
  const texts = valuesAt(values, attribute);
  return texts.length === 1 ? (texts[0] ?? null) : null;
}

function textOf(value: Value): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
