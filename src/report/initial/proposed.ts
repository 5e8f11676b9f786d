import type { CheckReport } from '../lanes/checked.ts';
import type { Report, ReportDiagnostic, ReportSummary, ReportVerdict } from '../report.ts';
import { type SimulationReason, Tally } from '../simulation/tally.ts';
import { TOOL } from '../tool.ts';

/** `inlane init`: what was proposed, and what the proposal does with the plans that it was made from. Keys in this order. */
export interface InitialReport {
  readonly format: 'inlane-init/1';
  readonly tool: typeof TOOL;
  readonly outcome: 'written' | 'shown' | 'undecided';
  readonly exit: 0 | 2;
  /** As the user would name it; null where nothing was proposed. */
  readonly file: string | null;
  /** The text of the lane file; empty where nothing was proposed. */
  readonly text: string;
  /** What stands for each attribute: its active sources, and those that wait to be confirmed. */
  readonly attributes: readonly InitialAttribute[];
  /** Ids in the file that nobody gave. */
  readonly placeholders: readonly string[];
  /** What `inlane lanes check` says of it; null where nothing was proposed. */
  readonly check: InitialCheck | null;
  /** What `inlane gate` says of each plan, for the first of the developers. */
  readonly gate: readonly InitialGate[];
  /** Commands to go on with. */
  readonly next: readonly string[];
  readonly diagnostics: readonly ReportDiagnostic[];
}

export interface InitialAttribute {
  readonly name: string;
  readonly sources: readonly { readonly from: string; readonly name: string | null; readonly active: boolean }[];
}

export interface InitialCheck {
  readonly outcome: CheckReport['outcome'];
  readonly tests: number;
  readonly never: number;
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
}

export interface InitialGate {
  readonly plan: string;
  readonly as: string;
  readonly verdict: ReportVerdict;
  readonly summary: ReportSummary;
  /** Why changes are not allowed outright, the most frequent first. */
  readonly reasons: readonly SimulationReason[];
}

export function initialCheck({ outcome, tests, never, lint }: CheckReport): InitialCheck {
  const warnings = lint.map(({ code, message, hint }) => ({ code, message, hint }));
  return { outcome, tests: tests.length, never: never.length, warnings };
}

export function initialGate(report: Report, as: string): InitialGate {
  const tally = new Tally();
  if (report.verdict !== 'undecided') tally.add(report);
  return { plan: report.plan?.path ?? '', as, verdict: report.verdict, summary: report.summary, reasons: tally.reasons };
}

/** Nothing could be proposed: only diagnostics. */
export function undecidedInitial(diagnostics: readonly ReportDiagnostic[]): InitialReport {
  return {
    format: 'inlane-init/1',
    tool: TOOL,
    outcome: 'undecided',
    exit: 2,
    file: null,
    text: '',
    attributes: [],
    placeholders: [],
    check: null,
    gate: [],
    next: [],
    diagnostics,
  };
}
