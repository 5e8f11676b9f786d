import type { Answer, Fact, SuccessorTest } from '../logic/fact.ts';
import { not } from '../logic/kleene.ts';
import { hasSide } from '../plan/later-row.ts';
import type { ResourceChange } from '../plan/model.ts';
import { objectKey } from './address.ts';
import { mostSpecific } from './classes.ts';
import type { ClassifyContext } from './context.ts';
import { factLike, type Likeness, LikenessIndex, NOTHING_LIKE, namesLike, OPEN, SILENT } from './likeness.ts';
import type { PlannedObject } from './object.ts';
import { existed, leaves, type PlanIndex } from './plan-index.ts';

/** What the search needs to know of other rows. */
export interface SuccessorSearch {
  readonly index: PlanIndex;
  readonly context: ClassifyContext;
  object(row: ResourceChange, side: 'before' | 'after'): PlannedObject | null;
  /** The same, of which nothing is kept: for a look at every one of a type. */
  glance(row: ResourceChange, side: 'before' | 'after'): PlannedObject | null;
  parents(row: ResourceChange): readonly ResourceChange[];
  /** Whether an edit of this plan takes a protection off the row's object. */
  armed(row: ResourceChange): boolean;
  /** Answers for ended objects that are like each other in everything that is asked for. */
  readonly answers: Map<string, Answer>;
  /** Objects that stood before, by type and what is asked for, then by what they are like. */
  readonly kin: Map<string, LikenessIndex<Kin>>;
}

/** Objects that were like each other before, in plan order. */
interface Kin {
  readonly ended: ResourceChange[];
  readonly staying: ResourceChange[];
  /** Of those that stay, the ones that may stand in for others, by what they are like after; null = nobody asked. */
  after: LikenessIndex<ResourceChange[]> | null;
}

/**
 * Whether another object stands in for the one that `row` ends (lanes.md 3, `successor`). One survivor stands in for one
 * ended object: with fewer survivors than ended ones in a group, none of them has a successor.
 */
export function successor(row: ResourceChange, test: SuccessorTest, search: SuccessorSearch): Answer {
  if (!hasSide(row, 'before')) return { value: false, why: 'no object stands before' };
  const present = presence(row, test, search);
  return test.want === 'present' ? present : { value: not(present.value), why: present.why };
}

/** Ended objects that are like each other have the same answer, where each has an address of its own. */
function presence(row: ResourceChange, test: SuccessorTest, search: SuccessorSearch): Answer {
  const own = search.object(row, 'before');
  if (own === null) return { value: 'unknown', why: 'its facts are not known' };
  const likeness = likenessOf(own, test, search.context);
  if (row.deposed !== null || !search.index.distinct || !isEnded(row, search)) return findSuccessor(row, likeness, test, search);
  const key = JSON.stringify([test.anyType ? null : row.type, test.same, likeness]);
  let answer = search.answers.get(key);
  if (answer === undefined) {
    answer = findSuccessor(row, likeness, test, search);
    search.answers.set(key, answer);
  }
  return answer;
}

function findSuccessor(row: ResourceChange, likeness: Likeness, test: SuccessorTest, search: SuccessorSearch): Answer {
  const isOver = isEnded(row, search);
  const kin = kinOf(row, test, search);
  const own = existed(row) ? kin.at(likeness) : undefined;
  const [survivors, perhaps] = [new Tally(row), new Tally(row)];
  let [ended, endedPerhaps] = [1, 0];
  for (const { item, alike } of kin.near(likeness)) {
    const others = item.ended.length - (item === own && isOver ? 1 : 0);
    if (alike === true) ended += others;
    else endedPerhaps += others;
    item.after ??= afterOf(item.staying, test, search);
    const ownAfter = item === own && !isOver ? item.after.at(likenessAfter(row, test, search)) : undefined;
    for (const { item: rows, alike: after } of item.after.near(likeness))
      (alike === true && after === true ? survivors : perhaps).add(rows, rows === ownAfter, search.index.distinct);
  }
  if (survivors.count >= ended + endedPerhaps) return { value: true, why: survivors.names() };
  const wanted = ended === 1 ? 'nothing like it stays' : `${survivors.count} of ${ended} needed stay`;
  if (survivors.count + perhaps.count < ended) return { value: false, why: wanted };
  return { value: 'unknown', why: perhaps.count > 0 ? `cannot tell whether ${perhaps.names()} is alike` : wanted };
}

/** So many names are told, and how many more there are: a plan may hold thousands. */
const MOST_NAMES = 3;

/** Rows other than one, which may be many. */
class Tally {
  readonly #row: ResourceChange;
  readonly #lists: (readonly ResourceChange[])[] = [];
  count = 0;

  constructor(row: ResourceChange) {
    this.#row = row;
  }

  /** Rows in plan order. `own`: the one is among them. `distinct`: no other row has its address. */
  add(rows: readonly ResourceChange[], own: boolean, distinct: boolean): void {
    const { address, deposed } = this.#row;
    const others = distinct || deposed !== null ? rows : rows.filter((row) => row.address !== address);
    this.#lists.push(others);
    this.count += others.length - (own && others === rows ? 1 : 0);
  }

  /** The first in plan order. */
  names(): string {
    const first = this.#lists.flatMap((rows) => rows.slice(0, MOST_NAMES + 1)).filter((row) => row !== this.#row);
    const named = first.sort((a, b) => orderOf(a) - orderOf(b)).slice(0, MOST_NAMES);
    const more = this.count - named.length;
    const names = named.map(({ address, deposed }) => objectKey(address, deposed)).join(', ');
    return more === 0 ? names : `${names} and ${more} more`;
  }
}

/** Objects that no row shows come last. */
function orderOf({ index }: ResourceChange): number {
  return index < 0 ? Number.MAX_SAFE_INTEGER : index;
}

/** Every object that stood before, of the type of the row's or of any. */
function kinOf(row: ResourceChange, test: SuccessorTest, search: SuccessorSearch): LikenessIndex<Kin> {
  const key = JSON.stringify([test.anyType ? null : row.type, test.same]);
  let kin = search.kin.get(key);
  if (kin === undefined) {
    kin = new LikenessIndex();
    for (const other of test.anyType ? search.index.objects : (search.index.byType.get(row.type) ?? [])) {
      if (!existed(other)) continue;
      const object = search.glance(other, 'before');
      const like = kin.of(likenessOf(object, test, search.context), () => ({ ended: [], staying: [], after: null }));
      (isEnded(other, search) ? like.ended : like.staying).push(other);
    }
    search.kin.set(key, kin);
  }
  return kin;
}

/** Those that may stand in for another one, by what they are like after this plan. */
function afterOf(rows: readonly ResourceChange[], test: SuccessorTest, search: SuccessorSearch): LikenessIndex<ResourceChange[]> {
  const after = new LikenessIndex<ResourceChange[]>();
  for (const row of rows) if (mayStandIn(row, search)) after.of(likenessAfter(row, test, search), () => []).push(row);
  return after;
}

function likenessAfter(row: ResourceChange, test: SuccessorTest, search: SuccessorSearch): Likeness {
  return likenessOf(search.glance(row, 'after'), test, search.context);
}

/** Whether its object goes, or loses what protects it. */
function isEnded(row: ResourceChange, search: SuccessorSearch): boolean {
  return leaves(row) || search.armed(row);
}

/** The type or classes of an object, and what it says of the facts in which two must be alike. */
function likenessOf(object: PlannedObject | null, test: SuccessorTest, context: ClassifyContext): Likeness {
  const names = comparedBy(test, context);
  if (object === null) return [OPEN, ...names.map(() => OPEN)];
  const likeness = [test.anyType ? classesLike(object, context) : namesLike([object.identity.type])];
  for (const name of names) {
    const fact = object.fact(name);
    likeness.push(isSilent(fact) ? (test.same.includes(name) ? OPEN : SILENT) : factLike(fact));
  }
  return likeness;
}

function classesLike(object: PlannedObject, context: ClassifyContext): string {
  const classes = mostSpecific(object.classes, context);
  if (classes === null) return OPEN;
  return classes.length === 0 ? NOTHING_LIKE : namesLike(classes);
}

const compared = new WeakMap<SuccessorTest, { readonly context: ClassifyContext; readonly names: readonly string[] }>();

/** The facts in which two objects must be alike, each once: all declared attributes, and those that the test names. */
function comparedBy(test: SuccessorTest, context: ClassifyContext): readonly string[] {
  const known = compared.get(test);
  if (known?.context === context) return known.names;
  const names = [...new Set([...context.attributes.keys(), ...test.same])];
  compared.set(test, { context, names });
  return names;
}

function mayStandIn(row: ResourceChange, search: SuccessorSearch): boolean {
  if (!hasSide(row, 'after') || row.deferred !== null || row.deposed !== null) return false;
  return !search.parents(row).some((parent) => leaves(parent));
}

/** No source speaks at all, as opposed to one that speaks and is unknown. */
export function isSilent(fact: Fact): boolean {
  return fact.state.kind === 'unknown' && fact.sources.length === 0;
}
