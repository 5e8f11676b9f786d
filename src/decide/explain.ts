import { sourceText } from '../classify/attributes.ts';
import type { Grant } from '../lanes/ruleset.ts';
import { type Condition, describeLeaf, evaluate, type LeafResult, sameAsKeys } from '../logic/condition.ts';
import { type ChangeView, type Fact, known, type Operation, unknown } from '../logic/fact.ts';
import { spellInstant } from '../logic/matcher.ts';
import { ExactNumber, Sensitive, UNKNOWN, type Value } from '../plan/value.ts';
import type { NearMiss, UnknownFact } from './decision.ts';

/** Most near misses that are shown of one atomic change. */
const MOST_NEAR = 3;
/** How far away a lane for another operation is, in conditions that are not met. */
const OTHER_OPERATION = 16;

/** Every leaf of some conditions, visited for the explanation. */
export function traceOf(conditions: readonly Condition[], view: ChangeView): readonly LeafResult[] {
  const trace: LeafResult[] = [];
  for (const condition of conditions) evaluate(condition, view, trace);
  return trace;
}

/** What made conditions unknown, each fact once. */
export function unknownFacts(trace: readonly LeafResult[]): readonly UnknownFact[] {
  const found = new Map<string, UnknownFact>();
  for (const result of trace) {
    if (result.value !== 'unknown') continue;
    const fact = describeLeaf(result.leaf).fact;
    const path = result.fact?.state.kind === 'unknown' ? result.fact.state.path : null;
    const why = result.why ?? 'unknown';
    found.set(`${fact}\0${why}`, { fact, path, why });
  }
  return [...found.values()];
}

/** The facts that some conditions looked at, each key once. */
export function factsOf(trace: readonly LeafResult[]): readonly Fact[] {
  const found = new Map<string, Fact>();
  for (const result of trace) {
    if (result.fact) found.set(result.fact.key, result.fact);
    else if (result.leaf.op === 'successor') found.set('successor', successorFact(result.leaf.test.want, result));
  }
  return [...found.values()];
}

/** The answer to a successor condition as a fact; its source names the survivor. */
function successorFact(want: 'present' | 'absent', { value, why }: LeafResult): Fact {
  if (value === 'unknown') return unknown('successor', why ?? 'cannot be told');
  const present = value === (want === 'present');
  return known('successor', present ? 'present' : 'absent', [{ from: 'plan', name: why, value: null }]);
}

/** The grants that came nearest: of those whose lane may cover the principal, the ones with the fewest conditions not met. */
export function nearMisses(grants: readonly Grant[], view: ChangeView, now: number | null): readonly NearMiss[] {
  const covering = grants.filter((grant) => evaluate(grant.who, view) !== false);
  const own = missesOf(
    covering.filter(({ when }) => isFor(when, view.operation)),
    view,
    now,
  );
  // One for another operation is farther away than all of these.
  const enough = own.length >= MOST_NEAR && own.slice(0, MOST_NEAR).every(({ weight }) => weight < OTHER_OPERATION);
  return (enough ? own : missesOf(covering, view, now)).slice(0, MOST_NEAR).map(({ grant, failed, outside }) => ({
    kind: grant.kind,
    id: grant.id,
    at: grant.at,
    failed: [...failed.map((result) => tellFailed(result, view)), ...outside],
  }));
}

interface Miss {
  readonly grant: Grant;
  readonly failed: readonly LeafResult[];
  readonly outside: NearMiss['failed'];
  readonly weight: number;
}

/** Grants that do not hold, the nearest first. */
function missesOf(grants: readonly Grant[], view: ChangeView, now: number | null): Miss[] {
  return grants
    .map((grant) => ({ grant, failed: unmet(traceOf([grant.when], view)), outside: outsideOf(grant, now) }))
    .filter(({ failed, outside }) => failed.length > 0 || outside.length > 0)
    .map((miss) => ({ ...miss, weight: weightOf(miss.failed) + miss.outside.length }))
    .sort((a, b) => a.weight - b.weight);
}

/** False where a condition is for certain about other operations. */
function isFor(condition: Condition, operation: Operation): boolean {
  if (condition.op === 'do') return condition.operations.has(operation);
  return condition.op !== 'all' || condition.of.every((part) => part.op !== 'do' || part.operations.has(operation));
}

/** A temporary grant that is over, or has not begun. */
function outsideOf({ span }: Grant, now: number | null): NearMiss['failed'] {
  if (span === null || now === null) return [];
  const told = (wants: string) => [{ fact: 'now', is: spellInstant(now), wants, source: null }];
  if (span.until !== null && span.until <= now) return told(`before ${spellInstant(span.until)}`);
  return span.from !== null && now < span.from ? told(`from ${spellInstant(span.from)} on`) : [];
}

/** A lane for another operation is farthest away, then one for another kind of thing, then one for another shape of the same change. */
function weightOf(failed: readonly LeafResult[]): number {
  return failed.reduce((sum, { leaf }) => {
    if (leaf.op === 'do') return sum + OTHER_OPERATION;
    if (leaf.op !== 'fact') return sum + 1;
    if (leaf.key === 'class' || leaf.key === 'type') return sum + 6;
    return sum + (leaf.key.startsWith('attr.') || leaf.key === 'replaces' ? 2 : 1);
  }, 0);
}

function unmet(trace: readonly LeafResult[]): LeafResult[] {
  return trace.filter((result) => (result.negated ? result.value !== false : result.value !== true));
}

function tellFailed(result: LeafResult, view: ChangeView): NearMiss['failed'][number] {
  const { fact, wants } = describeLeaf(result.leaf);
  const source = result.fact?.sources[0];
  const others = result.leaf.op === 'fact' ? sameAsKeys(result.leaf.test).map((key) => view.fact(key)) : [];
  // What it is compared with is no fact of the change: nobody could look it up.
  const compared = others.map((other) => `, ${others.length > 1 ? other.key : 'which'} is ${tellState(other) ?? 'not known'}`);
  return {
    fact,
    is: result.fact ? tellState(result.fact) : result.leaf.op === 'do' ? view.operation : result.why,
    wants: `${result.negated ? 'not ' : ''}${wants}${compared.join('')}`,
    source: source ? sourceText(source) : null,
  };
}

/** A fact's value for people; null = unknown. Only facts that a rule asks for get here, and sensitive ones never as text. */
function tellState(fact: Fact): string | null {
  switch (fact.state.kind) {
    case 'unknown':
      return null;
    case 'absent':
      return 'absent';
    case 'members': {
      const names = [...fact.state.members.keys()].map(tellValue);
      return names.length > 0 ? names.join(', ') : 'none';
    }
    case 'value':
      return tellValue(fact.state.value);
  }
}

function tellValue(value: Value): string {
  if (value === UNKNOWN) return '(known after apply)';
  if (value instanceof Sensitive) return '(sensitive)';
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'object' && value !== null ? '(a structure)' : String(value);
}
