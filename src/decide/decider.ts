import type { AtomicChange } from '../classify/model.ts';
import type { Principal } from '../lanes/registry.ts';
import { type Ceiling, type Deny, type Grant, LEVELS, type Obligation, type Ruleset, type Span } from '../lanes/ruleset.ts';
import { type Compiled, compile } from '../logic/compile.ts';
import { type Condition, evaluate, looksAtTime, sameAsKeys } from '../logic/condition.ts';
import { type ChangeView, known, OPERATIONS, type Operation } from '../logic/fact.ts';
import { and, type Kleene, not, or } from '../logic/kleene.ts';
import type { Verdict } from './decision.ts';
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
interface Seen<R> {
  readonly rule: R;
  /** What hangs on the principal, the time and the run alone. */
  readonly personal: Kleene;
  /** What hangs on the change. */
  readonly rest: Compiled;
  /** Whether `rest` asks for the principal, too: then it wants the whole view, else the change itself will do. */
  readonly mixed: boolean;
  /** The time had a say in `personal`, or has one in `rest`. */
  readonly timed: Condition | null;
}

interface Indexed<R> extends Seen<R> {
  readonly needs: Needs;
}

/** Rules that may hold for an operation. */
interface Bucket<R> {
  readonly all: readonly Indexed<R>[];
  /** Those that ask for no class. */
  readonly always: readonly Indexed<R>[];
  /** Every class that one of them asks for. */
  readonly byClass: ReadonlySet<string>;
  /** Those that may hold for a set of these classes, kept when first asked for. */
  readonly byClasses: Map<string, readonly Indexed<R>[]>;
}

/**
 * The rules as one principal at one time sees them, compiled once and indexed by operation and class: what cannot hold for a
 * change is not looked at (lanes.md 4). Pure.
 */
export class Decider {
  readonly #principal: Principal;
  readonly #context: DecisionContext;
  readonly #denies: Index<Deny>;
  readonly #grants: Index<Grant>;
  readonly #obligations: Index<Obligation>;
  readonly #tier: Compiled;
  readonly #ceilings: readonly { readonly rule: Ceiling; readonly level: number; readonly value: Compiled }[];

  constructor(ruleset: Ruleset, principal: Principal, context: DecisionContext) {
    this.#principal = principal;
    this.#context = context;
    const person = personView(principal, context);
    this.#denies = new Index(
      ruleset.denies,
      (rule) => [rule.when],
      (rule) => rule.span,
      person,
      context,
    );
    this.#grants = new Index(
      ruleset.grants,
      (rule) => [rule.who, rule.when],
      (rule) => rule.span,
      person,
      context,
    );
    this.#obligations = new Index(
      ruleset.obligations,
      (rule) => [rule.when],
      () => null,
      person,
      context,
    );
    this.#tier = tierCap(ruleset, principal);
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
    const view = viewOf(atom, this.#principal, this.#context);
    let timeSpoke = false;
    const told = <R>({ personal, rest, timed, mixed }: Seen<R>): Kleene => {
      const value = and([personal, rest(mixed ? view : atom)]);
      if (timed !== null && evaluate(timed, atAnyTime(view)) !== false) timeSpoke = true;
      return value;
    };
    const caps = this.#ceilings.map(({ rule, level, value }) => ({ rule, level, value: value(view) }));
    const tier = this.#tier(view);
    const grants = this.#grants.of(atom).map((seen): GrantOutcome => {
      const { rule } = seen;
      const own = told(seen);
      if (own === false) return { rule, own, value: false, cappedBy: [], cappedByTier: false };
      const over = caps.filter(({ level }) => level <= LEVELS.indexOf(rule.level));
      return {
        rule,
        own,
        value: and([own, tier, ...over.map((cap) => cap.value)]),
        cappedBy: over.filter((cap) => cap.value !== true).map((cap) => cap.rule),
        cappedByTier: tier !== true,
      };
    });
    const holding = <R>(seen: readonly Seen<R>[]) =>
      seen.map((one) => ({ rule: one.rule, value: told(one) })).filter(({ value }) => value !== false);
    const denies = holding(this.#denies.of(atom));
    const obligations = holding(this.#obligations.of(atom));
    return { denies, grants, obligations, timeSpoke };
  }

  /** The verdict alone, without reasons: what `decideAtom` concludes. */
  verdict(atom: AtomicChange): Verdict {
    const view = viewOf(atom, this.#principal, this.#context);
    for (const { rule, personal, rest, mixed } of this.#denies.of(atom))
      if (rule.enforce && personal !== false && rest(mixed ? view : atom) !== false) return 'deny';
    if (!this.#granted(atom, view)) return 'deny';
    for (const { rule, personal, rest, mixed } of this.#obligations.of(atom))
      if (rule.enforce && personal !== false && rest(mixed ? view : atom) !== false) return 'needs-approval';
    return 'allow';
  }

  #granted(atom: AtomicChange, view: ChangeView): boolean {
    if (this.#tier(view) !== true) return false;
    for (const { rule, personal, rest, mixed } of this.#grants.of(atom)) {
      if (!rule.enforce || personal !== true || rest(mixed ? view : atom) !== true) continue;
      const level = LEVELS.indexOf(rule.level);
      if (this.#ceilings.every((ceiling) => ceiling.level > level || ceiling.value(view) === true)) return true;
    }
    return false;
  }
}

type Spanned = Grant | Deny | Obligation;

/** Rules of one kind by operation and class. */
class Index<R extends Spanned> {
  readonly #seen: readonly Indexed<R>[];
  readonly #buckets = new Map<Operation, Bucket<R>>();

  constructor(
    rules: readonly R[],
    conditions: (rule: R) => readonly Condition[],
    spanOf: (rule: R) => Span | null,
    person: ChangeView,
    context: DecisionContext,
  ) {
    this.#seen = rules.flatMap((rule) => {
      const parts = partsOf(rule, conditions);
      const span = spanOf(rule);
      const during = within(span, context.now);
      const personal = and([during, ...parts.personal.map((part) => compile(part)(person))]);
      const looks = span !== null || [...parts.personal, ...parts.rest].some(looksAtTime);
      const timed = looks ? parts.whole : null;
      // What is false for this principal at any time is never looked at again; what only the time makes false still has spoken.
      if (personal === false && timed === null) return [];
      const { together, mixed, needs } = parts;
      return [{ rule, personal, rest: compile(together), mixed, timed, needs }];
    });
  }

  /** The rules that may hold for a change, in order. */
  of(atom: AtomicChange): readonly Seen<R>[] {
    const bucket = this.#bucket(atom.operation);
    if (bucket.byClass.size === 0) return bucket.always;
    const { state } = atom.fact('class');
    if (state.kind !== 'members' || state.open !== null) return bucket.all;
    let key = '';
    for (const name of state.members.keys()) if (bucket.byClass.has(name as string)) key += `${String(name)}\n`;
    let found = bucket.byClasses.get(key);
    if (found === undefined) {
      const names = new Set(key.split('\n'));
      found = bucket.all.filter(({ needs }) => needs.classes === null || [...needs.classes].some((name) => names.has(name)));
      bucket.byClasses.set(key, found);
    }
    return found;
  }

  #bucket(operation: Operation): Bucket<R> {
    let bucket = this.#buckets.get(operation);
    if (bucket === undefined) {
      const all = this.#seen.filter(({ needs }) => needs.operations === null || needs.operations.has(operation));
      const always = all.filter(({ needs }) => needs.classes === null);
      bucket = { all, always, byClass: new Set(all.flatMap(({ needs }) => [...(needs.classes ?? [])])), byClasses: new Map() };
      this.#buckets.set(operation, bucket);
    }
    return bucket;
  }
}

/** What a change must have for a rule not to be false; null = anything. */
interface Needs {
  readonly operations: ReadonlySet<Operation> | null;
  readonly classes: ReadonlySet<string> | null;
}

interface Parts {
  readonly whole: Condition;
  readonly personal: readonly Condition[];
  readonly rest: readonly Condition[];
  /** The rest asks for the principal or the run, too. */
  readonly mixed: boolean;
  readonly together: Condition;
  readonly needs: Needs;
}

const parted = new WeakMap<Spanned, Parts>();

/** A rule's conjuncts, those apart that hang on the principal and the run alone. */
function partsOf<R extends Spanned>(rule: R, conditions: (rule: R) => readonly Condition[]): Parts {
  let parts = parted.get(rule);
  if (parts === undefined) {
    const all = conditions(rule).flatMap(conjuncts);
    const personal = all.filter((part) => factKeys(part)?.every(isPersonal));
    const rest = all.filter((part) => !personal.includes(part));
    const mixed = rest.some((part) => factKeys(part)?.some(isPersonal) ?? true);
    parts = { whole: { op: 'all', of: all }, personal, rest, mixed, together: { op: 'all', of: rest }, needs: needsOf(rest) };
    parted.set(rule, parts);
  }
  return parts;
}

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.op === 'all' ? condition.of.flatMap(conjuncts) : [condition];
}

const CONTEXT = new Set(['now', 'repository', 'ref', 'event']);

function isPersonal(key: string): boolean {
  return key.startsWith('who.') || CONTEXT.has(key);
}

/** The facts that a condition asks for; null where it asks for more than facts, or for nothing. */
function factKeys(condition: Condition): readonly string[] | null {
  switch (condition.op) {
    case 'all':
    case 'any': {
      const each = condition.of.map(factKeys);
      return each.length === 0 || each.includes(null) ? null : (each as string[][]).flat();
    }
    case 'not':
      return factKeys(condition.of);
    case 'fact':
      return [condition.key, ...sameAsKeys(condition.test)];
    default:
      return null;
  }
}

function needsOf(parts: readonly Condition[]): Needs {
  const operations = parts.flatMap((part) => (part.op === 'do' ? [part.operations] : []));
  const classes = parts.flatMap((part) => {
    if (part.op !== 'fact' || part.key !== 'class') return [];
    const each = part.test.is === 'any' ? part.test.of : [part.test];
    const names = each.map((one) => (one.is === 'equals' ? String(one.value) : null));
    return names.includes(null) ? [] : [new Set(names as string[])];
  });
  return { operations: operations[0] ?? null, classes: classes[0] ?? null };
}

/** Half-open: from <= now < until. */
function within(span: Span | null, now: number | null): Kleene {
  if (span === null) return true;
  if (now === null) return span.from === null && span.until === null ? true : 'unknown';
  return (span.from === null || span.from <= now) && (span.until === null || now < span.until);
}

/** Only what hangs on the principal and the run; nothing of a change is asked. */
function personView(principal: Principal, context: DecisionContext): ChangeView {
  return {
    operation: OPERATIONS[0],
    fact: (key) => {
      const fact = personalFact(key, principal, context);
      if (fact === null) throw new Error(`no fact of a principal: ${key}`);
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
  const tier = principal.tier === null ? undefined : ruleset.tiers.get(principal.tier);
  return tier === undefined ? () => false : compile(tier);
}

/** Deciders by what they were made of: a run has one principal and one time. */
const kept = new WeakMap<Ruleset, WeakMap<Principal, WeakMap<DecisionContext, Decider>>>();

export function deciderOf(ruleset: Ruleset, principal: Principal, context: DecisionContext): Decider {
  const byPrincipal = kept.get(ruleset) ?? new WeakMap<Principal, WeakMap<DecisionContext, Decider>>();
  kept.set(ruleset, byPrincipal);
  const byContext = byPrincipal.get(principal) ?? new WeakMap<DecisionContext, Decider>();
  byPrincipal.set(principal, byContext);
  const decider = byContext.get(context) ?? new Decider(ruleset, principal, context);
  byContext.set(context, decider);
  return decider;
}
