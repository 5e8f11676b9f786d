import type { ReportDiagnostic } from '../report.ts';
import { TOOL } from '../tool.ts';

/** From the best to the worst. `note`: worth knowing; `problem`: a gate would end with 2. */
export const STATES = ['ok', 'note', 'warning', 'problem'] as const;
export type State = (typeof STATES)[number];

/** One thing that was looked at, in a line. */
export interface Examined {
  /** What it is about; several lines may share one. */
  readonly code: string;
  readonly state: State;
  readonly message: string;
  /** What to do; null where nothing is to be done. */
  readonly hint: string | null;
}

/** `inlane doctor`: keys in this order. */
export interface DoctorReport {
  readonly format: 'inlane-doctor/1';
  readonly tool: typeof TOOL;
  readonly outcome: 'well' | 'unwell' | 'undecided';
  readonly exit: 0 | 1 | 2;
  /** Warnings fail, too. */
  readonly strict: boolean;
  readonly lines: readonly Examined[];
  readonly diagnostics: readonly ReportDiagnostic[];
}

export function doctorReport(lines: readonly Examined[], strict: boolean): DoctorReport {
  const unwell = lines.some(({ state }) => state === 'problem' || (strict && state === 'warning'));
  const outcome = unwell ? 'unwell' : 'well';
  return { format: 'inlane-doctor/1', tool: TOOL, outcome, exit: unwell ? 1 : 0, strict, lines, diagnostics: [] };
}

/** Nothing could be looked at. */
export function undecidedDoctor(diagnostics: readonly ReportDiagnostic[], strict: boolean): DoctorReport {
  return { ...doctorReport([], strict), outcome: 'undecided', exit: 2, diagnostics };
}
