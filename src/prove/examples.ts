import { decideFor } from '../decide/atom.ts';
import type { AtomDecision } from '../decide/decision.ts';
import type { DecisionContext } from '../decide/view.ts';
import { resolvePrincipal, resolvePrincipalFor } from '../lanes/principal.ts';
import type { Principal } from '../lanes/registry.ts';
import type { RuleTest, Ruleset } from '../lanes/ruleset.ts';
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
