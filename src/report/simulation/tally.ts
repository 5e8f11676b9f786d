import type { Verdict } from '../../decide/decision.ts';
import type { Report, ReportChange, ReportReason } from '../report.ts';

/** How often each verdict was given. */
export interface VerdictCounts {
  readonly allow: number;
  readonly 'needs-approval': number;
  readonly deny: number;
}

/** Why changes were not allowed, in a form that can be counted. */
export interface SimulationReason {
  readonly verdict: 'needs-approval' | 'deny';
  /** As in `because` of a report. */
  readonly kind: ReportReason['kind'];
  /** Rule, finding or state of a plan; null where there is none, and of `unknown`, whose facts say more than the rules that asked. */
  readonly id: string | null;
  /** Of `no-lane` what was done to what; of `unknown` the facts that were not known. */
  readonly detail: string | null;
  readonly plans: number;
  readonly changes: number;
}

/** A lane or temporary grant, and what it let through. */
export interface SimulationLane {
  readonly kind: 'lane' | 'grant';
  readonly id: string;
  readonly plans: number;
  readonly changes: number;
}

export interface SimulationGroup extends VerdictCounts {
  readonly name: string;
}

/** Sums over many reports; plans are taken one at a time, so that none need be kept. */
export class Tally {
  readonly #plans = new Map<Verdict, number>();
  readonly #changes = new Map<Verdict, number>();
  readonly #reasons = new Map<string, Counter & Pick<SimulationReason, 'verdict' | 'kind' | 'id' | 'detail'>>();
  readonly #lanes = new Map<string, Counter & Pick<SimulationLane, 'kind' | 'id'>>();
  readonly #classes = new Map<string, Map<Verdict, number>>();
  readonly #operations = new Map<string, Map<Verdict, number>>();

  /** Takes a report that was decided. */
  add(report: Report): void {
    const { verdict } = report;
    if (verdict === 'undecided') throw new Error('an undecided report is no verdict to count');
    increase(this.#plans, verdict);
    const reasons = new Set<string>();
    const lanes = new Set<string>();
    for (const reason of report.because ?? []) if (!reason.observed) this.#reason('deny', reason, null, 0, reasons);
    for (const change of report.changes) this.#change(change, reasons, lanes);
    for (const key of reasons) (this.#reasons.get(key) as Counter).plans += 1;
    for (const key of lanes) (this.#lanes.get(key) as Counter).plans += 1;
  }

  #change(change: ReportChange, reasons: Set<string>, lanes: Set<string>): void {
    const { verdict } = change;
    // A row that does nothing is no change, and would only make the share look better.
    if (change.operations.length === 0 && verdict === 'allow') return;
    increase(this.#changes, verdict);
    increaseIn(this.#classes, change.classes[0] ?? 'not known', verdict);
    for (const operation of change.operations) increaseIn(this.#operations, operation, verdict);
    const own = new Set<string>();
    const ownLanes = new Set<string>();
    for (const decision of change.decisions) {
      for (const reason of decision.because) {
        if (reason.observed) continue;
        const grants = reason.kind === 'lane' || reason.kind === 'grant';
        if (decision.verdict !== 'allow') {
          // That a lane holds is no reason to ask.
          if (!grants) this.#reason(decision.verdict, reason, detailOf(reason, decision, change), 1, reasons, own);
        } else if (verdict === 'allow' && grants) this.#lane(reason, lanes, ownLanes);
      }
    }
  }

  /** `counted`: what this change has been counted under already. */
  #reason(
    verdict: SimulationReason['verdict'],
    { kind, id }: ReportReason,
    detail: string | null,
    changes: 0 | 1,
    ofPlan: Set<string>,
    counted: Set<string> = new Set(),
  ): void {
    const rule = kind === 'unknown' ? null : id;
    const key = JSON.stringify([verdict, kind, rule, detail]);
    const entry = this.#reasons.get(key) ?? { verdict, kind, id: rule, detail, plans: 0, changes: 0 };
    this.#reasons.set(key, entry);
    ofPlan.add(key);
    if (!counted.has(key)) entry.changes += changes;
    counted.add(key);
  }

  #lane({ kind, id }: ReportReason, ofPlan: Set<string>, counted: Set<string>): void {
    const key = JSON.stringify([kind, id]);
    const entry = this.#lanes.get(key) ?? { kind: kind === 'grant' ? kind : 'lane', id: id ?? '', plans: 0, changes: 0 };
    this.#lanes.set(key, entry);
    ofPlan.add(key);
    if (!counted.has(key)) entry.changes += 1;
    counted.add(key);
  }

  get plans(): VerdictCounts {
    return countsOf(this.#plans);
  }

  get changes(): VerdictCounts {
    return countsOf(this.#changes);
  }

  /** The most frequent first. */
  get reasons(): readonly SimulationReason[] {
    return [...this.#reasons].sort(byFrequency).map(([, reason]) => ({ ...reason }));
  }

  get lanes(): readonly SimulationLane[] {
    return [...this.#lanes].sort(byFrequency).map(([, lane]) => ({ ...lane }));
  }

  get classes(): readonly SimulationGroup[] {
    return groupsOf(this.#classes);
  }

  get operations(): readonly SimulationGroup[] {
    return groupsOf(this.#operations);
  }
}

interface Counter {
  plans: number;
  changes: number;
}

function detailOf(
  { kind }: ReportReason,
  { unknown, operation }: ReportChange['decisions'][number],
  change: ReportChange,
): string | null {
  if (kind === 'no-lane') return `${operation ?? 'change'} ${change.classes[0] ?? 'of a kind that is not known'}`;
  if (kind === 'unknown') return [...new Set(unknown.map(({ fact }) => fact))].sort().join(', ') || null;
  return null;
}

function increase<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function increaseIn(groups: Map<string, Map<Verdict, number>>, name: string, verdict: Verdict): void {
  const counts = groups.get(name) ?? new Map<Verdict, number>();
  groups.set(name, counts);
  increase(counts, verdict);
}

function countsOf(counts: ReadonlyMap<Verdict, number>): VerdictCounts {
  return {
    allow: counts.get('allow') ?? 0,
    'needs-approval': counts.get('needs-approval') ?? 0,
    deny: counts.get('deny') ?? 0,
  };
}

/** All verdicts together. */
export function sumOf(counts: VerdictCounts): number {
  return counts.allow + counts['needs-approval'] + counts.deny;
}

function byFrequency([a, x]: [string, Counter], [b, y]: [string, Counter]): number {
  return y.changes - x.changes || y.plans - x.plans || (a < b ? -1 : 1);
}

function groupsOf(groups: ReadonlyMap<string, ReadonlyMap<Verdict, number>>): readonly SimulationGroup[] {
  return [...groups]
    .map(([name, counts]) => ({ name, ...countsOf(counts) }))
    .sort((a, b) => sumOf(b) - sumOf(a) || (a.name < b.name ? -1 : 1));
}
