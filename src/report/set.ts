import { exitOf, type Report, type ReportSet, worstOf } from './report.ts';

/** Several plans in one object: the worst of all, and undecided outranks deny. */
export function reportSet(reports: readonly Report[]): ReportSet {
  const verdict = worstOf(reports.map((report) => report.verdict));
  return { format: 'inlane-report-set/1', verdict, exit: exitOf(verdict), reports };
}
