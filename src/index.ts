import { gate as gateLean } from './gate.ts';
import { plain } from './report/like.ts';
import type { GateOptions, GateResult } from './report/options.ts';

export { ERROR_CODES, type ErrorCode, InlaneError } from './errors.ts';
export type { GateOptions, GateResult } from './report/options.ts';
export type { Report, ReportSet } from './report/report.ts';

/** Decides plans (gate.ts). Reports are objects of their own, whatever rows of a large plan share. */
export async function gate(options: GateOptions): Promise<GateResult> {
  const { reports, exit } = await gateLean(options);
  return { reports: reports.map(plain), exit };
}
