import type { Principal } from '../lanes/registry.ts';
import type { Ceiling, Deny, Grant, Obligation, Ruleset, Span } from '../lanes/ruleset.ts';
import { LEVELS } from '../lanes/ruleset.ts';
import { type Condition, evaluate, looksAtTime } from '../logic/condition.ts';
import type { ChangeView } from '../logic/fact.ts';
import { known } from '../logic/fact.ts';
import { and, type Kleene, not, or } from '../logic/kleene.ts';

/** How every rule that may matter came out on one atomic change. Order is that of the ruleset. */
export interface RuleOutcomes {
  readonly denies: readonly { readonly rule: Deny; readonly value: Kleene }[];
  readonly grants: readonly GrantOutcome[];
  readonly obligations: readonly { readonly rule: Obligation; readonly value: Kleene }[];
  /** Whether a rule about time spoke: all its other conditions were not false. */
  readonly timeSpoke: boolean;
}

export interface GrantOutcome {
  readonly rule: Grant;
  /** The grant by itself. */
  readonly own: Kleene;
  /** With every ceiling and the tier that cap it: what counts. */
  readonly value: Kleene;
  readonly cappedBy: readonly Ceiling[];
  readonly cappedByTier: boolean;
}

/** Evaluates every rule on one atomic change (lanes.md 4). */
export function evaluateRules(ruleset: Ruleset, view: ChangeView, principal: Principal, now: number | null): RuleOutcomes {
  let timeSpoke = false;
  const timed = (condition: Condition, span: Span | null): Kleene => {
    const rest = evaluate(condition, view);
    if (span === null && !looksAtTime(condition)) return rest;
    if (looksAtTime(condition) ? evaluate(condition, atAnyTime(view)) !== false : rest !== false) timeSpoke = true;
    return and([rest, within(span, now)]);
  };
  const denies = ruleset.denies.map((rule) => ({ rule, value: timed(rule.when, rule.span) })).filter((o) => o.value !== false);
  const tier = tierCap(ruleset, view, principal);
  const caps = ruleset.ceilings
    .filter((ceiling) => ceiling.enforce)
    .map((ceiling) => ({ ceiling, value: or([not(evaluate(ceiling.covers, view)), evaluate(ceiling.may, view)]) }));
  const grants = ruleset.grants.map((rule): GrantOutcome => {
    const own = timed({ op: 'all', of: [rule.who, rule.when] }, rule.span);
    if (own === false) return { rule, own, value: false, cappedBy: [], cappedByTier: false };
    const over = caps.filter(({ ceiling }) => LEVELS.indexOf(ceiling.level) <= LEVELS.indexOf(rule.level));
    return {
      rule,
      own,
      value: and([own, tier, ...over.map((cap) => cap.value)]),
      cappedBy: over.filter((cap) => cap.value !== true).map((cap) => cap.ceiling),
      cappedByTier: tier !== true,
    };
  });
  const obligations = ruleset.obligations
    .map((rule) => ({ rule, value: timed(rule.when, null) }))
    .filter((o) => o.value !== false);
  return { denies, grants, obligations, timeSpoke };
}

/** Half-open: from <= now < until. */
function within(span: Span | null, now: number | null): Kleene {
  if (span === null) return true;
  if (now === null) return span.from === null && span.until === null ? true : 'unknown';
  return (span.from === null || span.from <= now) && (span.until === null || now < span.until);
}

/** The same change with the time left open, to tell whether only the time made a rule false. */
function atAnyTime(view: ChangeView): ChangeView {
  return {
    operation: view.operation,
    fact: (key) =>
      key === 'now' ? { ...known('now', null), state: { kind: 'unknown', why: 'any time', path: null } } : view.fact(key),
    changedPaths: () => view.changedPaths(),
    successor: (test) => view.successor(test),
  };
}

/** A tier caps agents only; where tiers are declared, an agent without a known one is capped at nothing. */
function tierCap(ruleset: Ruleset, view: ChangeView, principal: Principal): Kleene {
  if (ruleset.tiers === null || principal.kind !== 'agent') return true;
  const tier = principal.tier === null ? undefined : ruleset.tiers.get(principal.tier);
  return tier === undefined ? false : evaluate(tier, view);
}
