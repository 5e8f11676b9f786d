import type { CatalogRow } from '../../providers/provider.ts';
import { parsePattern } from '../logic/path.ts';
import type { ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import type { ObjectValue, Unknown } from '../plan/value.ts';
import { lookup } from './lookup.ts';
import type { ObjectView } from './model.ts';
import type { PlanIndex } from './plan-index.ts';

/** What is asked of the rows of a plan. */
interface DisguiseSearch {
  readonly index: PlanIndex;
  knowledge(row: ResourceChange): { readonly row: CatalogRow | null };
  sides(row: ResourceChange): { readonly before: ObjectView | null; readonly after: ObjectView | null };
}

/**
 * Rows that end an object which a row makes again elsewhere in the plan (tags.md 2, "recreation in disguise"): same type and identity by
 * the catalog, in the same place as far as both say where they are.
 */
export class Disguises {
  readonly #search: DisguiseSearch;
  /** Rows that end an object, by its type and what names it: a path and the text there, or that there is none. */
  readonly #ended = new Map<string, Map<string | null, ResourceChange[]>>();
  #last: { readonly created: ResourceChange; readonly ended: readonly ResourceChange[] } | null = null;

  constructor(search: DisguiseSearch) {
    this.#search = search;
  }

  /** Of most rows, which make nothing, none. */
  of(created: ResourceChange): readonly ResourceChange[] {
    if (created.actions.length !== 1 || created.actions[0] !== 'create') return NONE;
    if (this.#last?.created !== created) this.#last = { created, ended: this.#find(created) };
    return this.#last.ended;
  }

  #find(created: ResourceChange): readonly ResourceChange[] {
    const identity = this.#search.knowledge(created).row?.identity ?? [];
    return this.#candidates(created, identity).filter(
      (ended) =>
        ended.provider === created.provider &&
        sameIdentity(ended, created, identity) &&
        ['account', 'region', 'namespace'].every((place) => !differs(ended, created, place, this.#search)),
    );
  }

  /** Those which no name that is known tells apart, found by one such name: a plan may end and make thousands of a type. */
  #candidates(created: ResourceChange, identity: readonly string[]): readonly ResourceChange[] {
    const all = this.#search.index.endedOf(created.type);
    if (all.length === 0) return NONE;
    for (const path of identity) {
      const text = textAt(created.after, path);
      if (text === null) continue;
      const named = this.#named(created.type, path);
      const [equal, nameless] = [named.get(text) ?? NONE, named.get(null) ?? NONE];
      return nameless.length === 0 ? equal : [...equal, ...nameless].sort((a, b) => a.index - b.index);
    }
    return identity.some((path) => isGivenLater(created, path)) ? all : NONE;
  }

  #named(type: string, path: string): ReadonlyMap<string | null, readonly ResourceChange[]> {
    const key = JSON.stringify([type, path]);
    let named = this.#ended.get(key);
    if (named === undefined) {
      named = new Map();
      for (const ended of this.#search.index.endedOf(type)) append(named, textAt(ended.before, path), ended);
      this.#ended.set(key, named);
    }
    return named;
  }
}

const NONE: readonly ResourceChange[] = Object.freeze([]);

/** Every name that both sides know is equal, and at least one is, or may be once it is known. */
function sameIdentity(ended: ResourceChange, created: ResourceChange, identity: readonly string[]): boolean {
  let equal = false;
  for (const path of identity) {
    const [before, after] = [textAt(ended.before, path), textAt(created.after, path)];
    if (before === null) continue;
    if (after === null) {
      if (isGivenLater(created, path)) equal = true;
      continue;
    }
    if (before !== after) return false;
    equal = true;
  }
  return equal;
}

/** A name that somebody wrote and that is not known yet may be the old one; one that the provider makes up is new. */
function isGivenLater(created: ResourceChange, path: string): boolean {
  const state = lookup(created.after, parsePattern(path));
  if (state.kind !== 'unknown') return false;
  return created.block === null || created.block.expressions.has(path.split('.')[0] ?? path);
}

function textAt(values: ObjectValue | Unknown | null, path: string): string | null {
  const state = lookup(values, parsePattern(path));
  return state.kind === 'value' && typeof state.value === 'string' && state.value !== '' ? state.value : null;
}

function differs(ended: ResourceChange, created: ResourceChange, key: string, search: DisguiseSearch): boolean {
  const a = search.sides(ended).before?.fact(key).state;
  const b = search.sides(created).after?.fact(key).state;
  return a?.kind === 'value' && b?.kind === 'value' && a.value !== b.value;
}
