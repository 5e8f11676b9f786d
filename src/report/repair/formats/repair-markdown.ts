import { escapeMarkdown } from '../../escape.ts';
import { unreadReason, unreadSubject, whereWords } from '../../scan/words.ts';
import type { RepairFormatter } from '../formats.ts';
import { fateWords, keyWords, repairHeadline } from '../words.ts';

/** Rows of one table; a comment or summary has room for no more, and a count says how many are left out. */
const ROWS = 200;

/** For an issue, a comment or a job summary. */
export const repairMarkdown: RepairFormatter = (report) => {
  const lines = [`## inlane tags repair: ${report.verdict}`, '', `${escapeMarkdown(repairHeadline(report))}.`, ''];
  const table = (title: string, head: readonly string[], rows: readonly (readonly string[])[]) => {
    if (rows.length === 0) return;
    const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
    lines.push(`### ${title}`, '', line(head), `|${' --- |'.repeat(head.length)}`, ...rows.slice(0, ROWS).map(line), '');
    if (rows.length > ROWS) lines.push(`${rows.length - ROWS} more are left out here; the JSON report has all.`, '');
  };
  table(
    'Not read',
    ['what', 'why'],
    report.unread.map((one) => [unreadSubject(one), unreadReason(one)]),
  );
  table(
    'Edits',
    ['object', 'where', 'edit', 'fate'],
    report.edits.map((edit) => [edit.address, whereWords(edit), keyWords(edit).join('; '), fateWords(edit)]),
  );
  table(
    'Left to the configuration, or alone',
    ['object', 'key', 'why', 'edit of the configuration'],
    report.left.map(({ address, key, why, fix }) => [address, key, why, fix?.text ?? '']),
  );
  return `${lines.join('\n').trimEnd()}\n`;
};
