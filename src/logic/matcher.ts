import { ExactNumber, Sensitive, UNKNOWN, type Value } from '../plan/value.ts';
import type { FactState } from './fact.ts';
import { matchGlob } from './glob.ts';
import type { Kleene } from './kleene.ts';

export type Literal = string | number | boolean | null;

/** A set of values, in the forms of lanes.md 2. */
export type Matcher =
  | { readonly is: 'equals'; readonly value: Literal }
  | { readonly is: 'any'; readonly of: readonly Matcher[] }
  | { readonly is: 'all'; readonly of: readonly Matcher[] }
  | { readonly is: 'not'; readonly of: Matcher }
  | { readonly is: 'glob'; readonly pattern: string }
  | { readonly is: 'exists'; readonly want: boolean }
  | { readonly is: 'compare'; readonly lt?: Bound; readonly lte?: Bound; readonly gt?: Bound; readonly gte?: Bound }
  | { readonly is: 'same_as'; readonly key: string };

/** A number, or an instant in milliseconds since the epoch with its spelling. */
export type Bound = number | { readonly instant: number; readonly text: string };

/** `void`: false because the fact is absent, so its negation proves nothing and is unknown (lanes.md 4). */
type Outcome = Kleene | 'void';

/** `other` answers `same_as`: the state of another fact. */
export function match(matcher: Matcher, state: FactState, other: (key: string) => FactState): Kleene {
  const outcome = test(matcher, state, other);
  return outcome === 'void' ? false : outcome;
}

function test(matcher: Matcher, state: FactState, other: (key: string) => FactState): Outcome {
  switch (matcher.is) {
    case 'any': {
      let result: Outcome = false;
      for (let at = 0; at < matcher.of.length; at += 1) {
        result = either(result, test(matcher.of[at] as Matcher, state, other));
        if (result === true) return true;
      }
      return result;
    }
    case 'all':
      return conjunction(matcher.of.map((m) => test(m, state, other)));
    case 'not': {
      const inner = test(matcher.of, state, other);
      return inner === 'void' || inner === 'unknown' ? 'unknown' : !inner;
    }
    case 'exists':
      return exists(state, matcher.want);
    case 'same_as':
      return sameAs(state, other(matcher.key));
    default:
      return onMembers(state, (value) => testValue(matcher, value));
  }
}

function exists(state: FactState, want: boolean): Outcome {
  if (state.kind === 'unknown') return 'unknown';
  if (state.kind === 'absent') return !want;
  if (state.kind === 'value') return state.value === UNKNOWN ? 'unknown' : (state.value !== null) === want;
  const members = [...state.members.values()];
  if (members.includes(true)) return want;
  return members.length > 0 || state.open !== null ? 'unknown' : !want;
}

function sameAs(state: FactState, with_: FactState): Outcome {
  // What is absent or null is equal to nothing, whatever the other is (lanes.md 4).
  if (state.kind === 'absent') return 'void';
  if (state.kind === 'value' && state.value === null) return with_.kind === 'absent' ? 'void' : false;
  if (state.kind === 'unknown' || with_.kind === 'unknown') return 'unknown';
  if (with_.kind === 'absent') return 'void';
  const wanted = memberList(with_);
  return disjunction([
    ...wanted.map(([value, sure]) => {
      if (value === null || value === UNKNOWN || typeof value === 'object') return value === null ? false : 'unknown';
      const found = onMembers(state, (own) => testValue({ is: 'equals', value: value as Literal }, own));
      return sure === true ? found : found === false ? false : ('unknown' as const);
    }),
    with_.kind === 'members' && with_.open !== null ? ('unknown' as const) : false,
  ]);
}

function memberList(state: FactState): (readonly [Value, true | 'unknown'])[] {
  if (state.kind === 'members') return [...state.members];
  return state.kind === 'value' ? [[state.value, true]] : [];
}

/** True when one member matches; a set is what `class`, `who.team` and wildcard paths hold. */
function onMembers(state: FactState, check: (value: Value) => Outcome): Outcome {
  switch (state.kind) {
    case 'value':
      return check(state.value);
    case 'absent':
      return 'void';
    case 'unknown':
      return 'unknown';
    case 'members': {
      let result: Outcome = state.open === null ? false : 'unknown';
      for (const [value, sure] of state.members) {
        const outcome = check(value);
        result = either(result, sure === true || outcome === false ? outcome : 'unknown');
        if (result === true) return true;
      }
      return result;
    }
  }
}

function testValue(matcher: Matcher, value: Value): Outcome {
  if (value === UNKNOWN || value instanceof Sensitive || value instanceof ExactNumber) return 'unknown';
  switch (matcher.is) {
    case 'equals':
      return equals(value, matcher.value);
    case 'glob':
      if (value === null) return false;
      return typeof value === 'string' ? matchGlob(matcher.pattern, value) : 'unknown';
    case 'compare':
      return compare(matcher, value);
    default:
      return 'unknown';
  }
}

/** No coercion: a value of another type than the rule's literal is unknown, never equal and never different. */
function equals(value: Value, literal: Literal): Outcome {
  if (value === null || literal === null) return value === literal;
  return typeof value === typeof literal ? value === literal : 'unknown';
}

function compare(matcher: Matcher & { is: 'compare' }, value: Value): Outcome {
  if (value === null) return false;
  const bounds = [
    [matcher.lt, (a: number, b: number) => a < b],
    [matcher.lte, (a: number, b: number) => a <= b],
    [matcher.gt, (a: number, b: number) => a > b],
    [matcher.gte, (a: number, b: number) => a >= b],
  ] as const;
  let result: Outcome = true;
  for (const [bound, holds] of bounds) {
    if (bound === undefined) continue;
    const own = typeof bound === 'number' ? (typeof value === 'number' ? value : null) : instantOf(value);
    if (own === null) return 'unknown';
    if (!holds(own, typeof bound === 'number' ? bound : bound.instant)) result = false;
  }
  return result;
}

function instantOf(value: Value): number | null {
  if (typeof value !== 'string') return null;
  return parseInstant(value);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch of an RFC 3339 instant with its zone, or null: a time without a zone is no instant. */
export function parseInstant(text: string): number | null {
  if (!INSTANT.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** RFC 3339 in UTC, without milliseconds where there are none. */
export function spellInstant(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

function disjunction(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce(either, false);
}

/** True before unknown before void before false. */
function either(a: Outcome, b: Outcome): Outcome {
  if (a === true || b === true) return true;
  if (a === 'unknown' || b === 'unknown') return 'unknown';
  return a === 'void' ? a : b;
}

function conjunction(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes(false)) return false;
  if (outcomes.includes('void')) return 'void';
  return outcomes.includes('unknown') ? 'unknown' : true;
}

/** The matcher in plain words, for messages: `not production`, `one of staging, development`. */
export function describe(matcher: Matcher): string {
  switch (matcher.is) {
    case 'equals':
      return String(matcher.value);
    case 'any':
      return matcher.of.length === 1 && matcher.of[0] ? describe(matcher.of[0]) : `one of ${matcher.of.map(describe).join(', ')}`;
    case 'all':
      return `all of ${matcher.of.map(describe).join(', ')}`;
    case 'not':
      return `not ${describe(matcher.of)}`;
    case 'glob':
      return `like ${matcher.pattern}`;
    case 'exists':
      return matcher.want ? 'present' : 'absent';
    case 'same_as':
      return `same as ${matcher.key}`;
    case 'compare':
      return (['lt', 'lte', 'gt', 'gte'] as const)
        .flatMap((name) => {
          const bound = matcher[name];
          if (bound === undefined) return [];
          return [`${{ lt: '<', lte: '<=', gt: '>', gte: '>=' }[name]} ${typeof bound === 'number' ? bound : bound.text}`];
        })
        .join(' and ');
  }
}
