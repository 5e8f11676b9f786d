import type { Fact } from '../logic/fact.ts';
import { append } from '../plan/multimap.ts';

/**
 * What an object says of each of some facts. Two that are spelled alike say the same, two that begin alike and go on otherwise say something
 * else, and of any others it cannot be told. `OPEN` says nothing that can be compared, not even with itself.
 */
export type Likeness = readonly string[];

export const OPEN = '?';
/** Nothing speaks of it. */
export const SILENT = '-';
/** Begin what is compared by its text: a plain value or a name, and a set of names. */
const VALUE = 'v';
const MEMBERS = 'm';

/** As the first of a likeness: something that is like nothing, itself included. */
export const NOTHING_LIKE = VALUE;

export function namesLike(names: readonly string[]): string {
  return `${VALUE}${names.join('\n')}`;
}

/** What a fact says that is not silent. */
export function factLike({ state }: Fact): string {
  if (state.kind === 'members') {
    const { members, open } = state;
    if (open !== null || [...members.values()].includes('unknown')) return OPEN;
    return `${MEMBERS}${[...members.keys()].map(String).sort().join('\n')}`;
  }
  if (state.kind !== 'value') return OPEN;
  const { value } = state;
  if (value !== null && (typeof value === 'object' || typeof value === 'symbol')) return OPEN;
  return `${VALUE}${typeof value} ${value}`;
}

/** What is found beside something: whether it is like it, where it is not certain to be another thing. */
export interface Like<T> {
  readonly item: T;
  readonly alike: true | 'unknown';
}

/** Things of which the same facts can be compared, by what they are like as JSON: there may be as many as rows. */
interface Pattern<T> {
  readonly items: Map<string, T>;
  /** By some of the facts, then by what is said of them. */
  readonly parts: Map<string, ReadonlyMap<string, readonly T[]>>;
}

/** Things by what they are like, so that those which certainly differ from another one are not looked at. */
export class LikenessIndex<T> {
  readonly #patterns = new Map<string, Pattern<T>>();

  /** The thing of exactly this likeness, which is made where there is none; nothing may be added once it was asked what is near. */
  of(likeness: Likeness, make: () => T): T {
    const pattern = patternOf(likeness);
    let known = this.#patterns.get(pattern);
    if (known === undefined) {
      known = { items: new Map(), parts: new Map() };
      this.#patterns.set(pattern, known);
    }
    const key = JSON.stringify(likeness);
    let item = known.items.get(key);
    if (item === undefined) {
      item = make();
      known.items.set(key, item);
    }
    return item;
  }

  /** That thing, or undefined. */
  at(likeness: Likeness): T | undefined {
    return this.#patterns.get(patternOf(likeness))?.items.get(JSON.stringify(likeness));
  }

  /** Everything that is not certain to differ. */
  near(likeness: Likeness): readonly Like<T>[] {
    const found: Like<T>[] = [];
    const own = patternOf(likeness);
    for (const [pattern, known] of this.#patterns) {
      if (likeness[0] === NOTHING_LIKE && pattern[0] !== OPEN) continue;
      if (own === pattern && !own.includes(OPEN)) {
        const item = known.items.get(JSON.stringify(likeness));
        if (item !== undefined) found.push({ item, alike: true });
        continue;
      }
      const compared = comparedIn(own, pattern);
      for (const item of partOf(known, compared).get(spell(likeness, compared)) ?? []) found.push({ item, alike: 'unknown' });
    }
    return found;
  }
}

function partOf<T>({ items, parts }: Pattern<T>, compared: readonly number[]): ReadonlyMap<string, readonly T[]> {
  const name = compared.join(' ');
  let part = parts.get(name);
  if (part === undefined) {
    const made = new Map<string, T[]>();
    for (const [key, item] of items) append(made, spell(JSON.parse(key) as Likeness, compared), item);
    part = made;
    parts.set(name, part);
  }
  return part;
}

function spell(likeness: Likeness, compared: readonly number[]): string {
  return JSON.stringify(compared.map((at) => likeness[at]));
}

/** For each fact how it is compared. */
function patternOf(likeness: Likeness): string {
  let pattern = '';
  for (let at = 0; at < likeness.length; at += 1) pattern += (likeness[at] as string)[0];
  return pattern;
}

/** The facts of which both say something that tells them apart. */
function comparedIn(own: string, other: string): number[] {
  const compared: number[] = [];
  for (let at = 0; at < own.length; at += 1)
    if (own[at] === other[at] && (own[at] === VALUE || own[at] === MEMBERS)) compared.push(at);
  return compared;
}
