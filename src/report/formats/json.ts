import type { Formatter } from '../formats.ts';
import { jsonChunks, KindredStream, Stream } from '../json.ts';
import { LikeChange } from '../like.ts';
import type { Report, ReportChange } from '../report.ts';
import { doesNothing } from './idle.ts';

/** The report itself, indented by two. Safe to show in a terminal: what cannot be seen stands as `\u` escapes. */
export const json: Formatter<Iterable<string>> = (report, options) => {
  const shown = (one: Report) => changeByChange(options.changedOnly === true ? withoutIdle(one) : one);
  return jsonChunks(
    report.format === 'inlane-report-set/1' ? { ...report, reports: new Stream(() => report.reports.map(shown)) } : shown(report),
  );
};

function withoutIdle(report: Report): Report {
  return { ...report, changes: report.changes.filter((change) => !doesNothing(change)) };
}

/** Rows and findings are written one after the other: the text of a large plan is never held. Those that are told as another one differ in their address alone. */
function changeByChange(report: Report): object {
  const likeOf = (change: ReportChange) => (change instanceof LikeChange ? change.like : null);
  return { ...report, changes: new KindredStream(() => report.changes, likeOf), findings: new Stream(() => report.findings) };
}
