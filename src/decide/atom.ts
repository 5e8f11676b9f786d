import type { AtomicChange } from '../classify/model.ts';
import { comparePlaces, type Place } from '../errors.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset, Span } from '../lanes/ruleset.ts';
import type { Condition } from '../logic/condition.ts';
import type { ChangeView, Fact } from '../logic/fact.ts';
import { deciderOf, type RuleOutcomes } from './decider.ts';
import { type AtomDecision, type DueApproval, type Reason, type ReasonKind, VERDICTS, type Verdict } from './decision.ts';
import { factsOf, nearMisses, traceOf, unknownFacts } from './explain.ts';
import { type DecisionContext, viewOf } from './view.ts';

interface Judged {
  readonly decision: AtomDecision;
  readonly timeSpoke: boolean;
}

interface Named {
  readonly id: string;
  readonly at: Place;
  readonly why: string | null;
  readonly ask: string | null;
  readonly enforce: boolean;
  readonly span?: Span | null;
}

/**
 * The verdict on one atomic change (lanes.md 4): D = guards' denies and active freezes; G = grants within their ceilings and
 * tier; R = obligations that are not false. D true or unknown, or G false or unknown: deny. Else allow, with R: needs-approval.
 */
export function decideAtom(atom: AtomicChange, ruleset: Ruleset, principal: Principal, context: DecisionContext): Judged {
  const view = viewOf(atom, principal, context);
  const outcomes = deciderOf(ruleset, principal, context).outcomes(atom);
  return { decision: conclude(atom, view, outcomes, ruleset, context.now), timeSpoke: outcomes.timeSpoke };
}

/** The verdict for everybody concerned: who acts, and whom they act for; the stricter result stands (lanes.md 4). */
export function decideFor(
  atom: AtomicChange,
  ruleset: Ruleset,
  principals: readonly [Principal, ...Principal[]],
  context: DecisionContext,
): Judged {
  const judged = decideAtom(atom, ruleset, principals[0], context);
  if (principals.length === 1) return judged;
  let { decision, timeSpoke } = judged;
  for (const principal of principals.slice(1)) {
    const other = decideAtom(atom, ruleset, principal, context);
    timeSpoke ||= other.timeSpoke;
    decision = stricter(decision, { ...other.decision, as: principal.id });
  }
  return { decision, timeSpoke };
}

function stricter(own: AtomDecision, other: AtomDecision): AtomDecision {
  if (VERDICTS.indexOf(other.verdict) > VERDICTS.indexOf(own.verdict)) return other;
  if (own.verdict !== 'needs-approval' || other.verdict !== 'needs-approval') return own;
  const known = new Set(own.approvals.map((approval) => approval.id));
  const more = other.approvals.filter((approval) => !known.has(approval.id));
  return {
    ...own,
    approvals: [...own.approvals, ...more],
    because: [...own.because, ...other.because.filter((r) => more.some((a) => a.id === r.id))],
  };
}

/** Makes a decision of what was asked for it. */
type Tell = (
  verdict: Verdict,
  because: readonly Reason[],
  asked: readonly Condition[],
  more?: Partial<Pick<AtomDecision, 'unknown' | 'nearest' | 'approvals'>>,
) => AtomDecision;

const NONE: readonly never[] = Object.freeze([]);

/** Rules that would have had a say. */
function observedReasons({ denies, obligations }: RuleOutcomes): readonly Reason[] {
  if (denies.length === 0 && obligations.length === 0) return NONE;
  return [...denies, ...obligations].filter(({ rule }) => !rule.enforce).map(({ rule }) => reason(rule.kind, rule));
}

function conclude(
  atom: AtomicChange,
  view: ChangeView,
  outcomes: RuleOutcomes,
  ruleset: Ruleset,
  now: number | null,
): AtomDecision {
  const denies = outcomes.denies.filter(({ rule }) => rule.enforce);
  const observed = observedReasons(outcomes);
  const tell: Tell = (verdict, because, asked, more) => {
    const trace = traceOf(asked, view);
    return {
      operation: atom.operation,
      side: atom.side,
      subject: atom.subject,
      as: null,
      verdict,
      because: sorted(observed.length === 0 ? because : [...because, ...observed]),
      unknown: more?.unknown ?? (verdict === 'allow' ? NONE : unknownFacts(trace)),
      nearest: more?.nearest ?? NONE,
      approvals: more?.approvals ?? NONE,
      note: atom.because,
      facts: withKind(verdict, factsOf(trace), view).map((fact) => ({ side: atom.side, fact })),
    };
  };

  const certain = denies.filter(({ value }) => value === true);
  if (certain.length > 0) {
    const asked = certain.map(({ rule }) => rule.when);
    return tell(
      'deny',
      certain.map(({ rule }) => reason(rule.kind, rule)),
      asked,
      { unknown: NONE },
    );
  }
  if (denies.length > 0) {
    return tell(
      'deny',
      denies.map(({ rule }) => reason('unknown', rule)),
      denies.map(({ rule }) => rule.when),
    );
  }

  const granting = outcomes.grants.filter(({ value, rule }) => value === true && rule.enforce);
  if (granting.length === 0) return refuse(outcomes, view, ruleset, now, tell);

  const lanes = granting.map(({ rule }) => reason(rule.kind, rule));
  const asked = granting.map(({ rule }) => rule.when);
  const due = outcomes.obligations.filter(({ rule }) => rule.enforce);
  if (due.length === 0) return tell('allow', lanes, asked);
  const approvals = due.map(({ rule }): DueApproval => ({ id: rule.id, at: rule.at, approval: rule.approval }));
  const conditions = due.map(({ rule }) => rule.when);
  return tell('needs-approval', [...due.map(({ rule }) => reason('guard', rule)), ...lanes], conditions, { approvals });
}

/** What kind of thing it is stands with everything that is not simply allowed, though no rule that decided asked for it. */
function withKind(verdict: Verdict, facts: readonly Fact[], view: ChangeView): readonly Fact[] {
  return verdict === 'allow' || facts.some(({ key }) => key === 'class') ? facts : [...facts, view.fact('class')];
}

function refuse(outcomes: RuleOutcomes, view: ChangeView, ruleset: Ruleset, now: number | null, tell: Tell): AtomDecision {
  const grants = outcomes.grants.filter(({ rule }) => rule.enforce);
  const undecided = grants.filter(({ value }) => value === 'unknown');
  const nearest = nearMisses(ruleset.grants, view, now);
  if (undecided.length > 0) {
    const caps = undecided.flatMap(({ cappedBy }) => cappedBy).flatMap((ceiling) => [ceiling.covers, ceiling.may]);
    const tierCap = ruleset.tiers === null ? [] : [IS_AGENT, ruleset.tiers.get(tierOf(view) ?? '') ?? []].flat();
    const asked = [...undecided.flatMap(({ rule }) => [rule.who, rule.when]), ...caps, ...tierCap];
    return tell(
      'deny',
      undecided.map(({ rule }) => reason('unknown', rule)),
      asked,
      { nearest },
    );
  }
  const held = grants.filter(({ own }) => own === true);
  const ceilings = new Map(held.flatMap(({ cappedBy }) => cappedBy).map((ceiling) => [ceiling.id, ceiling]));
  const capped = [...ceilings.values()].map((ceiling) => reason('ceiling', ceiling));
  const tier: Reason[] = held.some(({ cappedByTier }) => cappedByTier) ? [{ ...NO_RULE, kind: 'tier', id: tierOf(view) }] : [];
  const because = [...capped, ...tier];
  const asked = [...held.map(({ rule }) => rule.when), ...[...ceilings.values()].map((ceiling) => ceiling.may)];
  if (because.length > 0) return tell('deny', because, asked, { nearest });
  return tell('deny', [{ ...NO_RULE, kind: 'no-lane' }], nearestConditions(nearest, ruleset), { nearest });
}

/** The facts to show where no lane matched: those that the nearest grants asked for. */
function nearestConditions(nearest: AtomDecision['nearest'], ruleset: Ruleset): Condition[] {
  const places = new Set(nearest.map(({ at }) => `${at.file}:${at.line}:${at.column}`));
  return ruleset.grants.filter(({ at }) => places.has(`${at.file}:${at.line}:${at.column}`)).map((grant) => grant.when);
}

/** What decides whether a tier caps at all. */
const IS_AGENT: Condition = { op: 'fact', key: 'who.kind', test: { is: 'equals', value: 'agent' } };

const NO_RULE = { id: null, at: null, why: null, ask: null, observed: false } as const;

function tierOf(view: ChangeView): string | null {
  const { state } = view.fact('who.tier');
  return state.kind === 'value' && typeof state.value === 'string' ? state.value : null;
}

/** Each rule is the reason of many decisions, and the same for all. */
const reasons = new WeakMap<Named, Map<ReasonKind, Reason>>();

function reason(kind: ReasonKind, rule: Named): Reason {
  return reasons.get(rule)?.get(kind) ?? newReason(kind, rule);
}

function newReason(kind: ReasonKind, rule: Named): Reason {
  const { id, at, why, ask, enforce, span } = rule;
  const made = { kind, id, at, why, ask, observed: !enforce, ...(span?.until == null ? {} : { until: span.until }) };
  const ofRule = reasons.get(rule) ?? new Map<ReasonKind, Reason>();
  reasons.set(rule, ofRule);
  ofRule.set(kind, made);
  return made;
}

/** By file and position, rules without a place last. */
function sorted(reasons: readonly Reason[]): readonly Reason[] {
  if (reasons.length < 2) return reasons;
  return [...reasons].sort((a, b) => {
    const [x, y] = [a.at, b.at];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return comparePlaces(x, y);
  });
}
