import { decideFor } from '../decide/atom.ts';
import { deciderOf } from '../decide/decider.ts';
import type { AtomDecision } from '../decide/decision.ts';
import type { DecisionContext } from '../decide/view.ts';
import { resolvePrincipal, resolvePrincipalFor } from '../lanes/principal.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Deny, Grant, Obligation, Ruleset, RuleTest } from '../lanes/ruleset.ts';
import { parseInstant } from '../logic/matcher.ts';
import { SpelledChange } from './spelled.ts';
import type { TypeKnowledge } from './types.ts';

export type { TypeKnowledge } from './types.ts';

/**
 * The decision on an entry of `tests`, by the evaluator that gates plans. `now` in milliseconds stands in where the entry spells
 * none; null = not known, so that a test gives the same answer on every day.
 */
export function judgeExample(test: RuleTest, ruleset: Ruleset, types: TypeKnowledge, now: number | null): AtomDecision {
  const change = new SpelledChange(test, ruleset, types);
  return decideFor(change, ruleset, principalsOf(test, ruleset), contextOf(test, now)).decision;
}

/** Who acts, and for whom. */
export function principalsOf(test: RuleTest, ruleset: Ruleset): readonly [Principal, ...Principal[]] {
  const as = resolvePrincipal(test.as, {}, ruleset.registry);
  const on = test.for === null ? null : resolvePrincipalFor(test.for, {}, ruleset.registry);
  return on === null ? [as] : [as, on];
}

export function contextOf(test: RuleTest, now: number | null): DecisionContext {
  const text = (key: string): string | null => {
    const value = test.with.get(key);
    return typeof value === 'string' ? value : null;
  };
  const spelled = text('now');
  return {
    now: spelled === null ? now : parseInstant(spelled),
    repository: text('repository'),
    ref: text('ref'),
    event: text('event'),
  };
}

/** One entry of `tests` and what came of it. */
export interface ExampleResult {
  readonly test: RuleTest;
  readonly decision: AtomDecision;
  readonly passed: boolean;
}

/** Which rules some test touches: a grant that held, a guard, freeze or obligation that was not false. */
export interface Coverage {
  readonly touched: number;
  readonly untouched: readonly (Grant | Deny | Obligation)[];
}

/** Runs every entry of `tests`, and says which rules they touch. */
export function runExamples(
  ruleset: Ruleset,
  types: TypeKnowledge,
  now: number | null,
): { results: ExampleResult[]; coverage: Coverage } {
  const results = ruleset.tests.map((test) => {
    const decision = judgeExample(test, ruleset, types, now);
    return { test, decision, passed: decision.verdict === test.expect };
  });
  const touched = new Set<Grant | Deny | Obligation>();
  for (const test of ruleset.tests) {
    const change = new SpelledChange(test, ruleset, types);
    const context = contextOf(test, now);
    for (const principal of principalsOf(test, ruleset)) {
      const outcomes = deciderOf(ruleset, principal, context).outcomes(change);
      for (const { rule, own } of outcomes.grants) if (own === true) touched.add(rule);
      for (const { rule } of [...outcomes.denies, ...outcomes.obligations]) touched.add(rule);
    }
  }
  const rules = [...ruleset.grants, ...ruleset.denies, ...ruleset.obligations];
  return { results, coverage: { touched: touched.size, untouched: rules.filter((rule) => !touched.has(rule)) } };
}
