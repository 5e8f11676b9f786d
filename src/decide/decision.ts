import type { ClassifiedChange } from '../classify/model.ts';
import type { Place } from '../errors.ts';
import type { Approval } from '../lanes/ruleset.ts';
import type { Fact, Operation, Side } from '../logic/fact.ts';

export type Verdict = 'allow' | 'needs-approval' | 'deny';

/** From the mildest to the worst. */
export const VERDICTS: readonly Verdict[] = ['allow', 'needs-approval', 'deny'];

/** That of the two which lets less through. */
export function worse(a: Verdict, b: Verdict): Verdict {
  return a === b || VERDICTS.indexOf(b) < VERDICTS.indexOf(a) ? a : b;
}

export type ReasonKind =
  | 'guard'
  | 'freeze'
  | 'lane'
  | 'grant'
  | 'no-lane'
  | 'ceiling'
  | 'tier'
  | 'quota'
  | 'unknown'
  | 'tag'
  | 'plan'
  | 'error';

export interface Reason {
  readonly kind: ReasonKind;
  /** Rule, lane, finding code or null. */
  readonly id: string | null;
  readonly at: Place | null;
  readonly why: string | null;
  readonly ask: string | null;
  /** True for a rule under `enforce: observe`: it "would" have done so. */
  readonly observed: boolean;
  /** When a temporary grant or a freeze ends, in milliseconds since the epoch. */
  readonly until?: number;
}

export interface UnknownFact {
  readonly fact: string;
  readonly path: string | null;
  readonly why: string;
}

/** A grant that covers the principal and the operation and failed only on these conditions. */
export interface NearMiss {
  readonly kind: 'lane' | 'grant';
  readonly id: string;
  readonly at: Place;
  readonly failed: readonly {
    readonly fact: string;
    readonly is: string | null;
    readonly wants: string;
    readonly source: string | null;
  }[];
}

/** The verdict on one atomic change. `operation` null: a denial by tag finding or plan fault, not by the lanes. */
export interface AtomDecision {
  readonly operation: Operation | null;
  readonly side: Side | null;
  readonly subject: string | null;
  /** Set when it was made for the person acted for (`--for`). */
  readonly as: string | null;
  readonly verdict: Verdict;
  readonly because: readonly Reason[];
  readonly unknown: readonly UnknownFact[];
  readonly nearest: readonly NearMiss[];
  readonly approvals: readonly DueApproval[];
  /** Every fact that a rule of this decision looked at, once per side and key. */
  readonly facts: readonly { readonly side: Side; readonly fact: Fact }[];
  /** A sentence of what this atom is when the row's action does not say so. */
  readonly note: string | null;
}

export interface DueApproval {
  readonly id: string;
  readonly at: Place;
  readonly approval: Approval;
}

export interface RowDecision {
  readonly classified: ClassifiedChange;
  readonly verdict: Verdict;
  readonly decisions: readonly AtomDecision[];
  /** Whether `decisions` is one list for all rows that are decided alike: then what is told of it need not be told anew. */
  readonly shared?: boolean;
}

export interface QuotaResult {
  readonly id: string;
  readonly at: Place;
  readonly counted: ReadonlyMap<string, number>;
  readonly limit: ReadonlyMap<string, number>;
  readonly verdict: Verdict;
  readonly enforce: boolean;
}

/** The verdict on code that ran while the plan was made, told as a finding (lanes.md 4, `ran-at-plan`). */
export interface RanDecision {
  readonly address: string;
  readonly verdict: Verdict;
  readonly because: readonly Reason[];
}

/** Everything decided about one plan. */
export interface PlanDecision {
  readonly rows: readonly RowDecision[];
  readonly verdict: Verdict;
  /** Plan-level reasons: errored, incomplete, deferred, quotas. */
  readonly because: readonly Reason[];
  readonly quotas: readonly QuotaResult[];
  readonly ranAtPlan: readonly RanDecision[];
  /** Whether a rule about time spoke; then the report shows `now`. */
  readonly timeSpoke: boolean;
}
