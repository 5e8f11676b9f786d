import type { Verdict } from '../../decide/decision.ts';
import { spellRow } from '../place.ts';
import { REPORT_VERDICTS, type Report, type ReportChange, type ReportVerdict } from '../report.ts';

/** Plans that got another verdict under other rules. */
export interface MovedPlan {
  readonly plan: string;
  readonly before: ReportVerdict;
  readonly after: ReportVerdict;
}

/** Changes of one kind that got another verdict under other rules. */
export interface MovedChanges {
  readonly before: Verdict;
  readonly after: Verdict;
  readonly operations: readonly string[];
  /** Most specific class; null = not known. */
  readonly class: string | null;
  readonly changes: number;
  readonly plans: number;
  readonly example: { readonly plan: string; readonly address: string };
}

/** What other rules make of the same plans. */
export class Difference {
  readonly #plans: MovedPlan[] = [];
  readonly #changes = new Map<string, { -readonly [K in keyof MovedChanges]: MovedChanges[K] }>();

  /** Takes the reports on one plan under the rules of before and of after. */
  add(plan: string, before: Report, after: Report): void {
    if (before.verdict !== after.verdict) this.#plans.push({ plan, before: before.verdict, after: after.verdict });
    const seen = new Set<string>();
    for (const [index, change] of after.changes.entries()) {
      const was = before.changes[index];
      if (was === undefined || was.verdict === change.verdict) continue;
      const key = JSON.stringify([was.verdict, change.verdict, change.operations, change.classes[0] ?? null]);
      const entry = this.#changes.get(key) ?? fresh(plan, was, change);
      this.#changes.set(key, entry);
      entry.changes += 1;
      if (!seen.has(key)) entry.plans += 1;
      seen.add(key);
    }
  }

  get plans(): readonly MovedPlan[] {
    return this.#plans;
  }

  /** What becomes milder first, then the most frequent. */
  get changes(): readonly MovedChanges[] {
    return [...this.#changes]
      .sort(([a, x], [b, y]) => Number(isMilder(y)) - Number(isMilder(x)) || y.changes - x.changes || (a < b ? -1 : 1))
      .map(([, entry]) => ({ ...entry }));
  }
}

function fresh(plan: string, was: ReportChange, change: ReportChange) {
  return {
    before: was.verdict,
    after: change.verdict,
    operations: change.operations,
    class: change.classes[0] ?? null,
    changes: 0,
    plans: 0,
    example: { plan, address: spellRow(change) },
  };
}

/** Whether the later verdict lets more through. */
export function isMilder({ before, after }: { readonly before: ReportVerdict; readonly after: ReportVerdict }): boolean {
  return REPORT_VERDICTS.indexOf(after) < REPORT_VERDICTS.indexOf(before);
}
