import { escapeJson } from '../escape.ts';
import type { Formatter } from '../formats.ts';
import type { Report, ReportSet } from '../report.ts';
import { doesNothing } from './idle.ts';

/** The report itself, indented by two. Safe to show in a terminal: what cannot be seen stands as `\u` escapes. */
export const json: Formatter = (report, options) =>
  `${escapeJson(JSON.stringify(options.changedOnly === true ? changedOnly(report) : report, null, 2))}\n`;

function changedOnly(report: Report | ReportSet): Report | ReportSet {
  if (report.format === 'inlane-report-set/1') return { ...report, reports: report.reports.map(withoutIdle) };
  return withoutIdle(report);
}

function withoutIdle(report: Report): Report {
  return { ...report, changes: report.changes.filter((change) => !doesNothing(change)) };
}
