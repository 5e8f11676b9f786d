import type { AtomicChange } from '../classify/model.ts';
import type { Principal } from '../lanes/registry.ts';
import { type Ceiling, type Deny, type Grant, LEVELS, type Obligation, type Ruleset, type Span } from '../lanes/ruleset.ts';
import { type Compiled, compile } from '../logic/compile.ts';
import { anyOf, type Condition, evaluate, looksAtTime, sameAsKeys } from '../logic/condition.ts';
import { type ChangeView, type Fact, known, OPERATIONS } from '../logic/fact.ts';
import { and, both, type Kleene, not, or } from '../logic/kleene.ts';
import type { Verdict } from './decision.ts';
import { type Candidate, type Indexable, RuleIndex } from './rule-index.ts';
import { type DecisionContext, personalFact, viewOf } from './view.ts';

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

/** A rule as one principal at one time sees it. */
interface Seen extends Indexable {
  readonly rule: Spanned;
  /** What hangs on the principal, the time and the run alone. */
  readonly personal: Kleene;
  /** Whether the rest asks for the principal, too: then it wants the whole view, else the change itself will do. */
  readonly mixed: boolean;
  /** The time had a say in `personal`, or has one in the rest. */
  readonly timed: Condition | null;
}

/** A rule that may hold for a change, and what is left to ask. */
interface Open<R> extends Omit<Seen, 'rule' | 'parts'> {
  readonly rule: R;
  readonly left: Condition;
  readonly rest: Compiled;
}

interface OpenRules {
  readonly denies: readonly Open<Deny>[];
  readonly grants: readonly Open<Grant>[];
  readonly obligations: readonly Open<Obligation>[];
}

/** What settles a verdict: rules that are enforced and that the principal is no bar to, one question for all of a kind. */
interface Settling {
  readonly denies: Compiled;
  /** By their level, as an index of `LEVELS`, since ceilings cap levels. */
  readonly grants: readonly { readonly level: number; readonly holds: Compiled }[];
  readonly obligations: Compiled;
}

/**
 * The rules as one principal at one time sees them, compiled once and indexed by operation, class and whatever else most of them
 * ask for: what cannot hold for a change is not looked at (lanes.md 4). Pure.
 */
export class Decider {
  readonly #principal: Principal;
  readonly #context: DecisionContext;
  readonly #rules: RuleIndex<Seen, Openings>;
  readonly #tier: Compiled;
  /** No ceiling and no tier caps anything. */
  readonly #plain: boolean;
  readonly #ceilings: readonly { readonly rule: Ceiling; readonly level: number; readonly value: Compiled }[];

  constructor(ruleset: Ruleset, principal: Principal, context: DecisionContext) {
    this.#principal = principal;
    this.#context = context;
    const person = personView(principal, context);
    const all: readonly Spanned[] = [...ruleset.denies, ...ruleset.grants, ...ruleset.obligations];
    const seen: Seen[] = [];
    for (const rule of all) {
      const one = seenBy(rule, person, context);
      if (one !== null) seen.push(one);
    }
    this.#rules = new RuleIndex(seen, (candidates) => new Openings(candidates));
    this.#tier = tierCap(ruleset, principal);
    this.#plain = ruleset.ceilings.length === 0 && ruleset.tiers === null;
    this.#ceilings = ruleset.ceilings
      .filter((rule) => rule.enforce)
      .map((rule) => {
        const covers = compile(rule.covers);
        const may = compile(rule.may);
        return { rule, level: LEVELS.indexOf(rule.level), value: (view: ChangeView) => or([not(covers(view)), may(view)]) };
      });
  }

  /** Every rule that may matter, with what became of it. */
  outcomes(atom: AtomicChange): RuleOutcomes {
    const asked: Asked = { atom, view: viewOf(atom, this.#principal, this.#context), timeSpoke: false };
    const open = this.#rules.of(atom);
    const grants = this.#grants(open.grants, asked);
    const denies = holding(open.denies, asked);
    const obligations = holding(open.obligations, asked);
    return { denies, grants, obligations, timeSpoke: asked.timeSpoke };
  }

  #grants(open: OpenRules['grants'], asked: Asked): readonly GrantOutcome[] {
    const { view } = asked;
    const caps = this.#ceilings.map(({ rule, level, value }) => ({ rule, level, value: value(view) }));
    const tier = this.#tier(view);
    return open.map((one): GrantOutcome => {
      const { rule } = one;
      const own = told(one, asked);
      if (own === false || (own === true && tier === true && caps.length === 0))
        return { rule, own, value: own, cappedBy: NOTHING, cappedByTier: false };
      const over = caps.filter(({ level }) => level <= LEVELS.indexOf(rule.level));
      return {
        rule,
        own,
        value: and([own, tier, ...over.map((cap) => cap.value)]),
        cappedBy: over.filter((cap) => cap.value !== true).map((cap) => cap.rule),
        cappedByTier: tier !== true,
      };
    });
  }

  /** The verdict alone, without reasons: what `decideAtom` concludes. */
  verdict(atom: AtomicChange): Verdict {
    const open = this.#rules.of(atom);
    // Most rules ask for the change alone; what stands for the whole view is made only where one asks for more.
    const view = this.#plain && !open.mixed ? atom : viewOf(atom, this.#principal, this.#context);
    const asked = open.mixed ? view : atom;
    const { denies, grants, obligations } = open.settling;
    if (denies(asked) !== false || this.#tier(view) !== true) return 'deny';
    const granted = grants.some(({ level, holds }) => holds(asked) === true && this.#holdsBelow(level, view));
    if (!granted) return 'deny';
    return obligations(asked) === false ? 'allow' : 'needs-approval';
  }

  /** Whether no ceiling caps a grant of this level. */
  #holdsBelow(level: number, view: ChangeView): boolean {
    return this.#ceilings.every((ceiling) => ceiling.level > level || ceiling.value(view) === true);
  }
}

/** A change that rules are asked of. */
interface Asked {
  readonly atom: AtomicChange;
  /** As the principal sees it. */
  readonly view: ChangeView;
  /** A rule about time spoke. */
  timeSpoke: boolean;
}

const NOTHING: readonly never[] = Object.freeze([]);

function told({ personal, rest, timed, mixed }: Open<unknown>, asked: Asked): Kleene {
  const value = both(personal, rest(mixed ? asked.view : asked.atom));
  if (timed !== null && evaluate(timed, atAnyTime(asked.view)) !== false) asked.timeSpoke = true;
  return value;
}

/** The rules that are not false. */
function holding<R>(rules: readonly Open<R>[], asked: Asked): readonly { readonly rule: R; readonly value: Kleene }[] {
  if (rules.length === 0) return NOTHING;
  return rules.map((one) => ({ rule: one.rule, value: told(one, asked) })).filter(({ value }) => value !== false);
}

/** Null where the principal can have nothing to do with the rule; what only the time makes false has still spoken. */
function seenBy(rule: Spanned, person: ChangeView, context: DecisionContext): Seen | null {
  const { all, own, rest, mixed, timed } = partsOf(rule);
  const span = 'span' in rule ? rule.span : null;
  let personal = within(span, context.now);
  for (const part of own) personal = and([personal, evaluate(part, person)]);
  const whole: Condition | null = timed || span !== null ? { op: 'all', of: all } : null;
  return personal === false && whole === null ? null : { rule, personal, parts: rest, mixed, timed: whole };
}

/** The rules that may hold for changes which are alike in what most rules ask for. */
class Openings implements OpenRules {
  readonly denies: readonly Open<Deny>[];
  readonly grants: readonly Open<Grant>[];
  readonly obligations: readonly Open<Obligation>[];
  /** One of them asks for the principal, too. */
  readonly mixed: boolean;
  #settling: Settling | null = null;

  constructor(candidates: readonly Candidate<Seen>[]) {
    const of = <R>(isOne: (rule: Spanned) => boolean): Open<R>[] =>
      candidates.flatMap(({ rule: { rule, personal, mixed, timed }, left, rest }) =>
        isOne(rule) ? [{ rule: rule as R, personal, mixed, timed, left, rest }] : [],
      );
    this.denies = of((rule) => rule.kind === 'freeze' || (rule.kind === 'guard' && !('approval' in rule)));
    this.grants = of((rule) => rule.kind === 'lane' || rule.kind === 'grant');
    this.obligations = of((rule) => 'approval' in rule);
    this.mixed = candidates.some(({ rule }) => rule.mixed);
  }

  /** Made when first asked for: decisions with reasons ask each rule. */
  get settling(): Settling {
    this.#settling ??= settlingOf(this);
    return this.#settling;
  }
}

function settlingOf({ denies, grants, obligations }: OpenRules): Settling {
  const mayBar = ({ rule, personal }: Open<Spanned>) => rule.enforce && personal !== false;
  const question = (open: readonly Open<Spanned>[]) => compile(anyOf(open.map(({ left }) => left)));
  const granting = grants.filter(({ rule, personal }) => rule.enforce && personal === true);
  return {
    denies: question(denies.filter(mayBar)),
    grants: LEVELS.flatMap((name, level) => {
      const own = granting.filter(({ rule }) => rule.level === name);
      return own.length === 0 ? [] : [{ level, holds: question(own) }];
    }),
    obligations: question(obligations.filter(mayBar)),
  };
}

type Spanned = Grant | Deny | Obligation;

/** A rule's conjuncts. */
interface Parts {
  readonly all: readonly Condition[];
  /** Those that hang on the principal and the run alone, and the others. */
  readonly own: readonly Condition[];
  readonly rest: readonly Condition[];
  /** The rest asks for the principal or the run, too. */
  readonly mixed: boolean;
  readonly timed: boolean;
}

const parted = new WeakMap<Spanned, Parts>();

function partsOf(rule: Spanned): Parts {
  let parts = parted.get(rule);
  if (parts === undefined) {
    const all = [...('who' in rule ? conjuncts(rule.who) : []), ...conjuncts(rule.when)];
    const own: Condition[] = [];
    const rest: Condition[] = [];
    let mixed = false;
    for (const part of all) {
      const asked = askedBy(part);
      if ((asked & CHANGE) === 0) own.push(part);
      else rest.push(part);
      if (asked === (CHANGE | PERSON)) mixed = true;
    }
    parts = { all, own, rest, mixed, timed: all.some(looksAtTime) };
    parted.set(rule, parts);
  }
  return parts;
}

function conjuncts(condition: Condition): readonly Condition[] {
  if (condition.op !== 'all') return [condition];
  return condition.of.some(({ op }) => op === 'all') ? condition.of.flatMap(conjuncts) : condition.of;
}

const CONTEXT = new Set(['now', 'repository', 'ref', 'event']);

function isPersonal(key: string): boolean {
  return key.startsWith('who.') || CONTEXT.has(key);
}

/** Bits: what hangs on the change, and what on the principal or the run. */
const CHANGE = 1;
const PERSON = 2;

/** What a condition asks for. */
function askedBy(condition: Condition): number {
  switch (condition.op) {
    case 'all':
    case 'any': {
      let asked = 0;
      for (const one of condition.of) asked |= askedBy(one);
      return asked;
    }
    case 'not':
      return askedBy(condition.of);
    case 'fact': {
      let asked = isPersonal(condition.key) ? PERSON : CHANGE;
      for (const key of sameAsKeys(condition.test)) asked |= isPersonal(key) ? PERSON : CHANGE;
      return asked;
    }
    default:
      return CHANGE;
  }
}

/** Half-open: from <= now < until. */
function within(span: Span | null, now: number | null): Kleene {
  if (span === null) return true;
  if (now === null) return span.from === null && span.until === null ? true : 'unknown';
  return (span.from === null || span.from <= now) && (span.until === null || now < span.until);
}

/** Only what hangs on the principal and the run, each fact made once; nothing of a change is asked. */
function personView(principal: Principal, context: DecisionContext): ChangeView {
  const facts = new Map<string, Fact>();
  return {
    operation: OPERATIONS[0],
    fact: (key) => {
      const fact = facts.get(key) ?? personalFact(key, principal, context);
      if (fact === null) throw new Error(`no fact of a principal: ${key}`);
      facts.set(key, fact);
      return fact;
    },
    changedPaths: () => [],
    successor: () => ({ value: 'unknown', why: null }),
  };
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

/**
 * A tier caps agents only; where tiers are declared, an agent without a known one is capped at nothing, and whoever is of no known
 * kind may be such an agent: unknown, which never grants (lanes.md 4).
 */
function tierCap(ruleset: Ruleset, principal: Principal): Compiled {
  if (ruleset.tiers === null || principal.kind === 'human' || principal.kind === 'ci') return () => true;
  if (principal.kind === 'unknown') return () => 'unknown';
  // `unknown` says that there is none known, whatever tiers are called.
  const tier = principal.tier === null || principal.tier === 'unknown' ? undefined : ruleset.tiers.get(principal.tier);
  return tier === undefined ? () => false : compile(tier);
}

/** Deciders by what they were made of: a run has one principal and one time. */
const kept = new WeakMap<Ruleset, WeakMap<Principal, WeakMap<DecisionContext, Decider>>>();

export function deciderOf(ruleset: Ruleset, principal: Principal, context: DecisionContext): Decider {
  return kept.get(ruleset)?.get(principal)?.get(context) ?? newDecider(ruleset, principal, context);
}

function newDecider(ruleset: Ruleset, principal: Principal, context: DecisionContext): Decider {
  const byPrincipal = kept.get(ruleset) ?? new WeakMap<Principal, WeakMap<DecisionContext, Decider>>();
  kept.set(ruleset, byPrincipal);
  const byContext = byPrincipal.get(principal) ?? new WeakMap<DecisionContext, Decider>();
  byPrincipal.set(principal, byContext);
  const decider = new Decider(ruleset, principal, context);
  byContext.set(context, decider);
  return decider;
}
