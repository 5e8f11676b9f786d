import type { Answer, Fact, SuccessorTest } from '../logic/fact.ts';
import { and, type Kleene, not } from '../logic/kleene.ts';
import { hasSide } from '../plan/later-row.ts';
import type { ResourceChange } from '../plan/model.ts';
import { objectKey } from './address.ts';
import { mostSpecific } from './classes.ts';
import type { ClassifyContext } from './context.ts';
import { type Like, type Likeness, Likes, plainValue } from './likes.ts';
import type { PlannedObject } from './object.ts';
import { existed, leaves, type PlanIndex } from './plan-index.ts';

/** What the search needs to know of other rows. */
export interface SuccessorSearch {
  readonly index: PlanIndex;
  readonly context: ClassifyContext;
  object(row: ResourceChange, side: 'before' | 'after'): PlannedObject | null;
  /** The object that a row had before, of which nothing is kept: for a look at every one of a type. */
  glance(row: ResourceChange): PlannedObject | null;
  parents(row: ResourceChange): readonly ResourceChange[];
  /** Whether an edit of this plan takes a protection off the row's object. */
  armed(row: ResourceChange): boolean;
  /** Answers for groups of ended objects that are alike in everything that is asked for. */
  readonly groups: Map<string, Answer>;
  /** Objects that may stand in or end as well, by type and what is asked for. */
  readonly likes: Map<string, Likes>;
}

/**
 * Whether another object stands in for the one that `row` ends (lanes.md 3, `successor`). One survivor stands in for one
 * ended object: with fewer survivors than ended ones in a group, none of them has a successor.
 */
export function successor(row: ResourceChange, test: SuccessorTest, search: SuccessorSearch): Answer {
  if (!hasSide(row, 'before')) return { value: false, why: 'no object stands before' };
  const group = groupOf(row, test, search);
  const present = (group === null ? undefined : search.groups.get(group)) ?? findSuccessor(row, test, search);
  if (group !== null) search.groups.set(group, present);
  return test.want === 'present' ? present : { value: not(present.value), why: present.why };
}

/** Ended objects with the same facts have the same answer; null where they cannot be told alike, or the object is deposed. */
function groupOf(row: ResourceChange, test: SuccessorTest, search: SuccessorSearch): string | null {
  const own = search.object(row, 'before');
  if (own === null || row.deposed !== null || !(leaves(row) || search.armed(row))) return null;
  const kind = test.anyType ? mostSpecific(own.classes, search.context) : [own.identity.type];
  const states = comparedBy(test, search.context).map((key) => {
    const fact = own.fact(key);
    if (isSilent(fact) && !test.same.includes(key)) return [];
    // Whatever an unknown fact is compared with, the answer is unknown.
    if (fact.state.kind === 'unknown' || fact.state.kind === 'absent') return ['unknown'];
    const plain = fact.state.kind === 'value' && (fact.state.value === null || typeof fact.state.value !== 'object');
    return plain && fact.state.kind === 'value' ? [typeof fact.state.value, String(fact.state.value)] : null;
  });
  return kind === null || states.includes(null) ? null : JSON.stringify([test.same, test.anyType, kind, states]);
}

function findSuccessor(row: ResourceChange, test: SuccessorTest, search: SuccessorSearch): Answer {
  const own = search.object(row, 'before');
  if (own === null) return { value: 'unknown', why: 'its facts are not known' };
  const survivors: string[] = [];
  const perhaps: string[] = [];
  let ended = 1;
  let endedPerhaps = 0;
  for (const { row: other, certain } of candidatesFor(row, own, test, search)) {
    if (other === row) continue;
    const alike = certain ? true : likeness(own, other, 'before', test, search);
    if (alike === false) continue;
    if (leaves(other) || search.armed(other)) {
      if (alike === true) ended += 1;
      else endedPerhaps += 1;
      continue;
    }
    if (!mayStandIn(row, other, search)) continue;
    const holds = and([alike, likeness(own, other, 'after', test, search)]);
    if (holds === true) survivors.push(objectKey(other.address, other.deposed));
    else if (holds === 'unknown') perhaps.push(objectKey(other.address, other.deposed));
  }
  if (survivors.length >= ended + endedPerhaps) return { value: true, why: survivors.join(', ') };
  const wanted = ended === 1 ? 'nothing like it stays' : `${survivors.length} of ${ended} needed stay`;
  if (survivors.length + perhaps.length < ended) return { value: false, why: wanted };
  return { value: 'unknown', why: perhaps.length > 0 ? `cannot tell whether ${perhaps.join(', ')} is alike` : wanted };
}

/** Every object that stood before and is not certain to be another kind of thing, in plan order. */
function candidatesFor(row: ResourceChange, own: PlannedObject, test: SuccessorTest, search: SuccessorSearch): readonly Like[] {
  const key = JSON.stringify([test.anyType ? null : row.type, test.same]);
  let likes = search.likes.get(key);
  if (likes === undefined) {
    const all = test.anyType ? search.index.objects : (search.index.byType.get(row.type) ?? []);
    likes = new Likes(
      all.filter(existed).map((other) => {
        const object = search.glance(other);
        return [other, object === null ? null : likenessOf(object, test, search.context)] as const;
      }),
    );
    search.likes.set(key, likes);
  }
  return likes.of(likenessOf(own, test, search.context));
}

/** What `likeness` compares, where each of it is plain. */
function likenessOf(object: PlannedObject, test: SuccessorTest, context: ClassifyContext): Likeness {
  const kind = test.anyType ? mostSpecific(object.classes, context) : [object.identity.type];
  if (kind === null || kind.length === 0) return null;
  const parts: (string | null)[] = [kind.join('\n')];
  for (const name of comparedBy(test, context)) {
    const fact = object.fact(name);
    const silent = isSilent(fact) && !test.same.includes(name);
    const value = silent ? null : plainValue(fact);
    if (value === undefined) return null;
    parts.push(value);
  }
  return parts;
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

function mayStandIn(row: ResourceChange, other: ResourceChange, search: SuccessorSearch): boolean {
  if (!hasSide(other, 'after') || other.deferred !== null || other.deposed !== null) return false;
  if (other.address === row.address && row.deposed === null) return false;
  return !search.parents(other).some((parent) => leaves(parent));
}

/** Whether `other` is alike on one side: type or classes, declared attributes, and the `same` facts. */
function likeness(
  own: PlannedObject,
  other: ResourceChange,
  side: 'before' | 'after',
  test: SuccessorTest,
  search: SuccessorSearch,
): Kleene {
  const object = search.object(other, side);
  if (object === null) return 'unknown';
  const checks: Kleene[] = [test.anyType ? sameClasses(own, object, search.context) : object.identity.type === own.identity.type];
  if (checks[0] === false) return false;
  for (const name of search.context.attributes.keys()) {
    if (!test.same.includes(name)) checks.push(equalAttribute(own.fact(name), object.fact(name)));
  }
  for (const key of test.same) checks.push(equalKnown(own.fact(key), object.fact(key)));
  return and(checks);
}

function sameClasses(a: PlannedObject, b: PlannedObject, context: ClassifyContext): Kleene {
  const own = mostSpecific(a.classes, context);
  const other = mostSpecific(b.classes, context);
  if (own === null || other === null) return 'unknown';
  return own.length > 0 && own.join('\n') === other.join('\n');
}

function equalAttribute(a: Fact, b: Fact): Kleene {
  if (isSilent(a) && isSilent(b)) return true;
  return equalKnown(a, b);
}

function equalKnown(a: Fact, b: Fact): Kleene {
  if (a.state.kind === 'members' && b.state.kind === 'members') return sameMembers(a, b);
  if (a.state.kind !== 'value' || b.state.kind !== 'value') return 'unknown';
  const [x, y] = [a.state.value, b.state.value];
  if (typeof x === 'object' && x !== null) return 'unknown';
  return x === y;
}

function sameMembers(a: Fact, b: Fact): Kleene {
  if (a.state.kind !== 'members' || b.state.kind !== 'members') return 'unknown';
  if (a.state.open !== null || b.state.open !== null) return 'unknown';
  const names = (fact: Fact) =>
    fact.state.kind === 'members' ? [...fact.state.members.keys()].map(String).sort().join('\n') : '';
  if ([...a.state.members.values(), ...b.state.members.values()].includes('unknown')) return 'unknown';
  return names(a) === names(b);
}

/** No source speaks at all, as opposed to one that speaks and is unknown. */
export function isSilent(fact: Fact): boolean {
  return fact.state.kind === 'unknown' && fact.sources.length === 0;
}
