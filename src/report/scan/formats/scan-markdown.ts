import { escapeMarkdown } from '../../escape.ts';
import type { ScanFormatter } from '../formats.ts';
import {
  ageWords,
  byVerdict,
  count,
  headlineWords,
  ORPHAN_HEAD,
  orphanHeadline,
  orphanRows,
  unreadReason,
  unreadSubject,
  whereWords,
} from '../words.ts';

/** Rows of one table; a comment or summary has room for no more, and a count says how many are left out. */
const ROWS = 200;

/** For an issue, a comment or a job summary. */
export const scanMarkdown: ScanFormatter = (report) => {
  const lines = [`## inlane tags scan: ${report.verdict}`, '', `${escapeMarkdown(headlineWords(report))}.`, ''];
  if (report.unread.length > 0) {
    lines.push('### Not read', '');
    lines.push(
      ...table(
        ['what', 'why'],
        report.unread.map((one) => [unreadSubject(one), unreadReason(one)]),
      ),
    );
  }
  if (report.access.length > 0) {
    lines.push('### Access that changed', '');
    lines.push(...report.access.map(({ message, widens }) => `- ${widens ? '**wider:** ' : ''}${escapeMarkdown(message)}`), '');
  }
  if (report.findings.length > 0) {
    lines.push('### Findings', '');
    const rows = byVerdict(report.findings).map(({ verdict, address, state, message, fix, ...where }) => [
      verdict,
      address,
      message,
      whereWords(where),
      state,
      fix,
    ]);
    lines.push(...table(['verdict', 'object', 'finding', 'where', 'state', 'fix'], rows));
  }
  if (report.orphans !== null) {
    lines.push(`### ${escapeMarkdown(orphanHeadline(report.orphans))}`, '');
    lines.push(...table(ORPHAN_HEAD, orphanRows(report.orphans)));
  }
  if (report.unmanaged.length > 0) {
    lines.push(`### ${count(report.unmanaged.length, 'object')} in no state`, '');
    const rows = report.unmanaged.map((item) => [
      item.orphan ? 'yes' : 'no',
      item.type,
      item.id,
      whereWords(item),
      ageWords(item),
      Object.entries(item.tags)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    ]);
    lines.push(...table(['orphan', 'type', 'id', 'where', 'age', 'tags'], rows));
  }
  return `${lines.join('\n').trimEnd()}\n`;
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const more = rows.length > ROWS ? [`${rows.length - ROWS} more are left out here; the JSON report has all.`, ''] : [];
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.slice(0, ROWS).map(line), '', ...more];
}
