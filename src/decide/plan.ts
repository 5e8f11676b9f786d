import type { AtomicChange, ClassifiedChange } from '../classify/model.ts';
import { kindOfError } from '../errors.ts';
import type { Principal } from '../lanes/registry.ts';
import type { PartialState } from '../lanes/ruleset.ts';
import { evaluate } from '../logic/condition.ts';
import { unknown } from '../logic/fact.ts';
import { hasSide } from '../plan/later-row.ts';
import { decideFor } from './atom.ts';
import {
  type AtomDecision,
  type PlanDecision,
  type QuotaResult,
  type RanDecision,
  type Reason,
  type RowDecision,
  type Verdict,
  worse,
} from './decision.ts';
import type { DecideInput } from './input.ts';
import { type Made, Memo } from './memo.ts';
import { QuotaCounter } from './quota.ts';
import { personalFact } from './view.ts';

/** Decides every row of a plan, then what concerns the plan as a whole. */
export function decidePlan(input: DecideInput): PlanDecision {
  const decider = new PlanDecider(input);
  const rows = input.rows.map((row) => decider.row(row, input.verdictsOfOthers.get(row) ?? []));
  return { rows, ...decider.finish() };
}

/** Rows that are decided without looking whether one was alike: in a small plan few are. */
const FEW = 32;

/** Decides one row of a plan after another; what it keeps of them are counts, and what answers led to. */
export class PlanDecider {
  readonly #input: PlanInput;
  readonly #quotas: QuotaCounter;
  readonly #clock = { spoke: false };
  readonly #alike = new Memo<Concluded>();
  #concluded = 0;
  #worst: Verdict = 'allow';
  #deferred = false;
  #existed = false;
  /** Code that ran while the plan was made. */
  readonly ranAtPlan: readonly RanDecision[];

  constructor(input: PlanInput) {
    this.#input = input;
    this.#quotas = new QuotaCounter(input);
    this.ranAtPlan = decideRanAtPlan(input, this.#clock);
  }

  /** `others`: reasons of other judges that deny the row or would. */
  row(classified: ClassifiedChange, others: readonly Reason[]): RowDecision {
    const decided = decideRow(classified, others, (atoms) => this.#conclude(atoms));
    const { change } = classified;
    this.#worst = worse(this.#worst, decided.verdict);
    if (classified.atoms.length > 0) this.#quotas.add(classified);
    if (change.deferred !== null) this.#deferred = true;
    if (!this.#existed && change.mode === 'managed' && hasSide(change, 'before')) this.#existed = true;
    return decided;
  }

  /** The same decision once more, of a row that was decided: it counts for nothing. */
  again(classified: ClassifiedChange, others: readonly Reason[]): RowDecision {
    return decideRow(classified, others, (atoms) => this.#conclude(atoms));
  }

  #conclude(atoms: readonly AtomicChange[]): Made<Concluded> {
    const make = (asked: readonly AtomicChange[]) => concludeAll(asked, this.#input);
    this.#concluded += 1;
    const made = this.#concluded > FEW ? this.#alike.of(atoms, make) : { value: make(atoms), shared: false };
    if (made.value.timeSpoke) this.#clock.spoke = true;
    return made;
  }

  /** What concerns the plan as a whole, once every row is decided. */
  finish(): Omit<PlanDecision, 'rows'> {
    const quotas = this.#quotas.results();
    const because = [
      ...trimmedReasons(this.#input, this.#existed),
      ...partialReasons(this.#input, this.#deferred),
      ...this.ranAtPlan.flatMap((ran) => ran.because),
      ...quotaReasons(quotas),
    ];
    const planVerdict: Verdict = because.some((reason) => !reason.observed) ? 'deny' : 'allow';
    return {
      verdict: worst([planVerdict, this.#worst]),
      because,
      quotas,
      ranAtPlan: this.ranAtPlan,
      timeSpoke: this.#clock.spoke,
    };
  }
}

type PlanInput = Omit<DecideInput, 'rows' | 'verdictsOfOthers'>;

export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce(worse, 'allow');
}

const NONE: readonly never[] = Object.freeze([]);

/** What the atomic changes of a row came to. */
interface Concluded {
  readonly verdict: Verdict;
  readonly decisions: readonly AtomDecision[];
  readonly timeSpoke: boolean;
}

function decideRow(
  classified: ClassifiedChange,
  others: readonly Reason[],
  conclude: (atoms: readonly AtomicChange[]) => Made<Concluded>,
): RowDecision {
  const { atoms, faults, failure } = classified;
  const alone = faults.length + others.length === 0 && failure === null;
  // Most rows of a large plan do nothing.
  if (alone && atoms.length === 0) return { classified, verdict: 'allow', decisions: NONE };
  const { value: concluded, shared } = conclude(atoms);
  if (alone) return { classified, verdict: concluded.verdict, decisions: concluded.decisions, shared };
  const decisions: AtomDecision[] = [];
  if (failure !== null) decisions.push(denial([plainReason('error', failure)]));
  if (faults.length > 0) decisions.push(denial(faults.map((fault) => plainReason('plan', fault))));
  decisions.push(...concluded.decisions);
  if (others.length > 0) {
    const decision = denial(others);
    decisions.push(others.every((reason) => reason.observed) ? { ...decision, verdict: 'allow' } : decision);
  }
  return { classified, verdict: worst(decisions.map((decision) => decision.verdict)), decisions };
}

function concludeAll(atoms: readonly AtomicChange[], input: PlanInput): Concluded {
  const clock = { spoke: false };
  const decisions = atoms.map((atom) => decideForAll(atom, input, clock));
  return { verdict: worst(decisions.map((decision) => decision.verdict)), decisions, timeSpoke: clock.spoke };
}

/** Anything that throws while deciding denies the change, with the error as reason. */
function decideForAll(atom: AtomicChange, input: PlanInput, clock: { spoke: boolean }): AtomDecision {
  try {
    const { decision, timeSpoke } = decideFor(atom, input.ruleset, input.principals, input.context);
    if (timeSpoke) clock.spoke = true;
    return decision;
  } catch (error) {
    return { ...denial([plainReason('error', errorText(error))]), operation: atom.operation, side: atom.side };
  }
}

/** The message of an error without plan text: only our own messages are ours to show. */
export function errorText(error: unknown): string {
  return `${kindOfError(error)} while deciding`;
}

function denial(because: readonly Reason[]): AtomDecision {
  const nothing = { unknown: [], nearest: [], approvals: [], facts: [], note: null };
  return { operation: null, side: null, subject: null, as: null, verdict: 'deny', because, ...nothing };
}

function plainReason(kind: 'plan' | 'error', why: string): Reason {
  return { kind, id: null, at: null, why, ask: null, observed: false };
}

/** Errored, deferred and incomplete plans: denied as a whole unless a lane that covers the principal lists the state. */
function partialReasons(input: PlanInput, deferred: boolean): Reason[] {
  const { plan } = input.plan;
  const states: PartialState[] = [];
  if (plan.errored) states.push('errored');
  if (deferred) states.push('deferred');
  if (plan.complete === false && states.length === 0) states.push('incomplete');
  return states
    .filter((state) => !input.principals.every((who) => allowsPartial(state, who, input)))
    .map((state) => ({ ...plainReason('plan', PARTIAL_TEXT[state]), id: state }));
}

/**
 * A plan without the sections that every tool writes (plan-json.md 1, 4) was trimmed: provisioners, data sources that ran and
 * references stand in `configuration`, objects that no row shows in `prior_state`.
 */
function trimmedReasons({ plan: { plan } }: PlanInput, existed: boolean): Reason[] {
  const missing = [
    ...(plan.configuration.present ? [] : ['configuration']),
    ...(existed && plan.prior.length === 0 ? ['prior_state'] : []),
  ];
  return missing.map((section) => ({
    ...plainReason('plan', `the plan has no \`${section}\`: it was trimmed, so what hangs on its rows cannot be told`),
    id: 'trimmed',
  }));
}

const PARTIAL_TEXT: Record<PartialState, string> = {
  errored: 'planning failed half-way: the rows are not all there',
  deferred: 'changes are deferred to a later round: what they do is not known yet',
  incomplete: 'the plan says that it is not complete, as with -target',
};

function allowsPartial(state: PartialState, principal: Principal, input: PlanInput): boolean {
  const view = {
    operation: 'read' as const,
    fact: (key: string) => personalFact(key, principal, input.context) ?? unknown(key, 'not a fact of a whole plan'),
    changedPaths: () => [],
    successor: () => ({ value: 'unknown' as const, why: null }),
  };
  return input.ruleset.partial.some((grant) => grant.states.has(state) && evaluate(grant.who, view) === true);
}

/** Code that ran while the plan was made is decided too, though no row shows it. */
function decideRanAtPlan(input: PlanInput, clock: { spoke: boolean }): RanDecision[] {
  return input.plan.ranAtPlan.map(({ block, atom }) => {
    const { verdict, because } = decideForAll(atom, input, clock);
    return {
      address: block.address,
      verdict,
      because: verdict === 'allow' ? [] : because.map((reason) => ranReason(block.address, reason)),
    };
  });
}

function ranReason(address: string, reason: Reason): Reason {
  return { ...reason, why: `\`${address}\` ran while the plan was made${reason.why ? `: ${reason.why}` : ''}` };
}

function quotaReasons(quotas: readonly QuotaResult[]): Reason[] {
  return quotas
    .filter((quota) => quota.verdict === 'deny')
    .map((quota) => {
      const over = [...quota.limit].filter(([operation, limit]) => (quota.counted.get(operation) ?? 0) > limit);
      const why = over
        .map(
          ([operation, limit]) =>
            `${quota.counted.get(operation)} x ${operation === 'any' ? 'any operation' : operation}, at most ${limit} a plan`,
        )
        .join('; ');
      return { kind: 'quota' as const, id: quota.id, at: quota.at, why, ask: null, observed: !quota.enforce };
    });
}
