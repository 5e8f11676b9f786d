import type { ErrorCode } from '../../errors.ts';
import type { Report, ReportDiagnostic, ReportPrincipal, ReportRules, ReportVerdict } from '../report.ts';
import { TOOL } from '../tool.ts';
import { Difference, isMilder, type MovedChanges, type MovedPlan } from './difference.ts';
import { type SimulationGroup, type SimulationLane, type SimulationReason, Tally, type VerdictCounts } from './tally.ts';

/** `inlane simulate`: the one object that its formats print and its exit code comes from. Keys in this order, files in the order given. */
export interface SimulationReport {
  readonly format: 'inlane-simulation/1';
  readonly tool: typeof TOOL;
  /** `undecided`: nothing could be replayed, or not everything that was named. `newly-allowed`: under --no-new-access. */
  readonly outcome: 'replayed' | 'newly-allowed' | 'undecided';
  readonly exit: 0 | 1 | 2;
  readonly principal: ReportPrincipal | null;
  readonly rules: ReportRules | null;
  /** RFC 3339 in UTC; only when a rule about time was evaluated. */
  readonly now?: string;
  /** Files that were looked at, and those that could be replayed. */
  readonly files: { readonly found: number; readonly replayed: number };
  readonly plans: VerdictCounts;
  readonly changes: VerdictCounts;
  /** What needs nobody, out of 1: plans and changes that are allowed outright. Null where there are none. */
  readonly without_human: { readonly plans: number | null; readonly changes: number | null };
  readonly reasons: readonly SimulationReason[];
  readonly lanes: readonly SimulationLane[];
  readonly classes: readonly SimulationGroup[];
  readonly operations: readonly SimulationGroup[];
  /** Against other rules; null without --baseline. */
  readonly compared: Comparison | null;
  readonly verdicts: readonly SimulatedPlan[];
  readonly not_replayed: readonly NotReplayed[];
  readonly diagnostics: readonly ReportDiagnostic[];
}

export interface SimulatedPlan {
  readonly plan: string;
  readonly verdict: ReportVerdict;
  readonly rows: number;
}

export interface NotReplayed {
  readonly file: string;
  readonly code: ErrorCode | string;
  readonly message: string;
  /** The user named the file itself. */
  readonly named: boolean;
}

export interface Comparison {
  readonly rules: ReportRules | null;
  readonly plans: VerdictCounts;
  readonly changes: VerdictCounts;
  readonly moved_plans: readonly MovedPlan[];
  readonly moved_changes: readonly MovedChanges[];
}

/** Gathers what is told of a simulation, one plan after the other. */
export class Simulation {
  readonly #tally = new Tally();
  readonly #baseline: { readonly tally: Tally; readonly difference: Difference; rules: ReportRules | null } | null;
  readonly #noNewAccess: boolean;
  readonly #verdicts: SimulatedPlan[] = [];
  readonly #notReplayed: NotReplayed[] = [];
  readonly #warnings = new Map<string, ReportDiagnostic>();
  #found = 0;
  #first: Report | null = null;
  #now: string | undefined;

  constructor(options: { readonly compares: boolean; readonly noNewAccess: boolean }) {
    this.#baseline = options.compares ? { tally: new Tally(), difference: new Difference(), rules: null } : null;
    this.#noNewAccess = options.noNewAccess;
  }

  /** `before`: what the rules to be compared with say; null where there are none. */
  add(file: string, named: boolean, report: Report, before: Report | null): void {
    this.#found += 1;
    this.#first ??= report;
    for (const one of report.diagnostics) if (one.code === 'lanes') this.#warnings.set(JSON.stringify(one), one);
    if (this.#baseline !== null && before !== null) this.#baseline.rules ??= before.rules;
    const failed = report.verdict === 'undecided' ? report : before?.verdict === 'undecided' ? before : null;
    if (failed !== null) {
      const [error] = failed.diagnostics;
      this.#notReplayed.push({ file, code: error?.code ?? 'internal', message: error?.message ?? '', named });
      return;
    }
    this.#tally.add(report);
    this.#now ??= report.now;
    this.#verdicts.push({ plan: file, verdict: report.verdict, rows: report.changes.length });
    if (this.#baseline === null || before === null) return;
    this.#baseline.tally.add(before);
    this.#baseline.difference.add(file, before, report);
  }

  report(): SimulationReport {
    const { plans, changes, reasons, lanes, classes, operations } = this.#tally;
    const compared = this.#comparison();
    const undecided = this.#verdicts.length === 0 || this.#notReplayed.some(({ named, code }) => named || code === 'internal');
    const newly = compared !== null && (compared.moved_plans.some(isMilder) || compared.moved_changes.some(isMilder));
    const outcome = undecided ? 'undecided' : this.#noNewAccess && newly ? 'newly-allowed' : 'replayed';
    return {
      format: 'inlane-simulation/1',
      tool: TOOL,
      outcome,
      exit: EXITS[outcome],
      principal: this.#first?.principal ?? null,
      rules: this.#first?.rules ?? null,
      ...(this.#now === undefined ? {} : { now: this.#now }),
      files: { found: this.#found, replayed: this.#verdicts.length },
      plans,
      changes,
      without_human: { plans: shareOf(plans), changes: shareOf(changes) },
      reasons,
      lanes,
      classes,
      operations,
      compared,
      verdicts: this.#verdicts,
      not_replayed: this.#notReplayed,
      diagnostics: [...this.#warnings.values()],
    };
  }

  #comparison(): Comparison | null {
    if (this.#baseline === null) return null;
    const { tally, difference, rules } = this.#baseline;
    const { plans, changes } = tally;
    return { rules, plans, changes, moved_plans: difference.plans, moved_changes: difference.changes };
  }
}

const EXITS = { replayed: 0, 'newly-allowed': 1, undecided: 2 } as const;

/** Out of 1, to four digits. */
function shareOf(counts: VerdictCounts): number | null {
  const all = counts.allow + counts['needs-approval'] + counts.deny;
  return all === 0 ? null : Math.round((counts.allow / all) * 10_000) / 10_000;
}

/** Nothing could be replayed at all. */
export function undecidedSimulation(diagnostics: readonly ReportDiagnostic[]): SimulationReport {
  return { ...new Simulation({ compares: false, noNewAccess: false }).report(), diagnostics };
}
