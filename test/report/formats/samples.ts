import { buildReport } from '../../../src/report/build.ts';
import type { FormatOptions } from '../../../src/report/formats.ts';
import type { Remedy, Report, ReportChange } from '../../../src/report/report.ts';
import * as s from '../samples.ts';

export const PLAN: FormatOptions = {
  view: 'plan',
  colour: false,
  width: 100,
  changedOnly: null,
  quiet: false,
  diagnostics: false,
};

/** Rows as the report has them, each of a type of its own, so that none is like another. */
export function deniedKinds(
  number: number,
  over: (index: number) => Partial<ReportChange> = () => ({}),
): readonly ReportChange[] {
  const [row] = buildReport(s.input([s.deniedQueue('jobs')])).changes as readonly [ReportChange];
  return Array.from({ length: number }, (_, index) => {
    const type = `acme_kind_${index}`;
    const decisions = row.decisions.map((d) => ({ ...d, note: `note ${index}` }));
    return { ...row, address: `${type}.main`, type, decisions, ...over(index) };
  });
}

export function reportOf(changes: readonly ReportChange[], over: Partial<Report> = {}): Report {
  const base = buildReport(s.input([s.deniedReplace(), s.allowedQueue('q')]));
  const count = (verdict: string) => changes.filter((change) => change.verdict === verdict).length;
  return {
    ...base,
    changes,
    summary: { ...base.summary, allow: count('allow'), deny: count('deny'), 'needs-approval': count('needs-approval') },
    ...over,
  };
}

/** A report of one denied row, with a place in a file, an edit to insert, a grant and whom to ask. */
export function located(line = 12): Report {
  const [row] = buildReport(s.input([s.deniedReplace()])).changes as readonly [ReportChange];
  const remedies: readonly Remedy[] = [
    { kind: 'edit', text: 'say who owns it', file: 'db.tf', line: line + 3, insert: '  tags = {\n    team = "orders"\n  }\n' },
    { kind: 'grant', text: 'a temporary grant, for a lane file', yaml: 'grants:\n  - id: tmp\n    who: {kind: human}\n' },
    { kind: 'ask', text: 'ask about guard no-prod-drop', who: '#platform-db' },
  ];
  return reportOf([{ ...row, source: { file: 'db.tf', line }, remedies }]);
}
