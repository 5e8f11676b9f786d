import { escapeText, say } from '../escape.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportFinding } from '../report.ts';
import { listRemedies, nameList } from './block.ts';
import { groupRows } from './group.ts';
import { type Page, whole } from './layout.ts';
import { count, reasonWords } from './words.ts';

/** Reasons that are the plan's and no row's. */
export function showPlanReasons(page: Page, report: Report, word: string): void {
  if (report.because === undefined) return;
  page.gap();
  page.line(0, report.because.every((reason) => reason.observed) ? 'the plan as a whole' : `${word}  the plan as a whole`);
  for (const reason of report.because) page.line(2, reasonWords(reason));
  if (report.remedies === undefined || report.remedies.length === 0) return;
  page.line(2, 'ways out');
  listRemedies(page, report.remedies);
}

export function showFindings(page: Page, report: Report): void {
  if (report.findings.length === 0) return;
  page.gap();
  page.line(0, 'findings');
  const own = (finding: ReportFinding) =>
    finding.address === null ? finding.message : finding.message.replaceAll(finding.address, '\u0000');
  for (const same of groupRows(report.findings, (f) => JSON.stringify([f.code, f.severity, f.key, own(f), f.observed]))) {
    const [finding] = same;
    if (finding === undefined) continue;
    const rows = same.flatMap((f) => (f.address === null ? [] : [spellRow({ address: f.address, deposed: f.deposed ?? null })]));
    const times = same.length > 1 ? `${same.length} x ` : '';
    const severity = finding.observed ? `would ${finding.severity} if it were enforced` : finding.severity;
    const on = rows.length > 0 ? `: ${nameList(rows)}` : '';
    page.line(2, `${times}${escapeText(finding.code)} (${severity})${on}`, 4);
    page.line(
      4,
      escapeText(finding.message) +
        (same.length > 1 && rows[0] && finding.message.includes(finding.address ?? '') ? ' (and the others alike)' : ''),
      4,
    );
    // What denies a row stands among that row's ways out.
    const isTold = (f: ReportFinding) => f.severity === 'deny' && report.changes.some((change) => change.address === f.address);
    const fixes = same.flatMap((f) => (f.fix && !isTold(f) ? [{ text: f.fix.text, address: f.address ?? '' }] : []));
    for (const alike of groupRows(fixes, (fix) => generalised(fix.text, fix.address))) {
      const [fix] = alike as readonly [(typeof fixes)[number]];
      const text = alike.length > 1 ? generalised(fix.text, fix.address) : fix.text;
      page.line(4, `- ${escapeText(text)}`, 6);
    }
  }
}

export function showApprovals(page: Page, report: Report): void {
  if (report.approvals.length === 0) return;
  page.gap();
  page.line(0, 'approvals due');
  for (const approval of report.approvals) {
    const from = approval.from.team === undefined ? (approval.from.id ?? 'anyone') : `team ${approval.from.team}`;
    const not = approval.not_by.length > 0 ? `, not by the ${approval.not_by.join(' or ')}` : '';
    page.line(2, `${say`${approval.id}: ${approval.count} from ${from}`}${not}: ${nameList(approval.rows)}`, 4);
  }
}

export function showQuotas(page: Page, report: Report): void {
  if (report.quotas.length === 0) return;
  page.gap();
  page.line(0, 'quotas');
  for (const quota of report.quotas) {
    const counts = Object.entries(quota.limit).map(([what, limit]) => say`${what} ${quota.counted[what] ?? 0} of ${limit}`);
    page.line(
      2,
      `${escapeText(quota.id)}: ${counts.join(', ')}: ${quota.observed ? `would be ${quota.verdict}` : quota.verdict}`,
      4,
    );
  }
}

/** A text that names its row, for all rows of a group. */
function generalised(text: string, address: string): string {
  return address === '' ? text : text.replaceAll(address, 'ADDRESS');
}

/** Drift and output changes: nothing is decided about them. */
export function showUndecidedRows(page: Page, report: Report): void {
  if (report.drift !== undefined) {
    page.gap();
    page.line(0, `${count(report.drift.length, 'change')} made outside, listed only`);
    for (const same of groupRows(report.drift, (d) => d.actions.join(' '))) {
      page.line(2, `${escapeText(same[0]?.actions.join(' + ') ?? '')}: ${nameList(same.map((d) => d.address))}`, 4);
    }
  }
  if (report.outputs !== undefined) {
    page.gap();
    page.line(0, `${count(report.outputs.length, 'output change')}, listed only`);
    for (const same of groupRows(report.outputs, (o) => o.actions.join(' '))) {
      page.line(2, `${escapeText(same[0]?.actions.join(' + ') ?? '')}: ${same.map((o) => whole(o.name)).join(', ')}`, 4);
    }
  }
}
