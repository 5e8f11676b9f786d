import { escapeText } from '../../escape.ts';
import { Page, type Style, whole } from '../../formats/layout.ts';
import { unreadReason, unreadSubject, whereWords } from '../../scan/words.ts';
import type { RepairFormatter } from '../formats.ts';
import type { Fate, RepairEdit, RepairReport } from '../model.ts';
import { fateWords, keyWords, repairHeadline } from '../words.ts';

const COLOURS: Readonly<Record<RepairReport['verdict'], Style>> = {
  clean: 'green',
  applied: 'green',
  planned: 'yellow',
  'needs-approval': 'yellow',
  unfinished: 'red',
  undecided: 'magenta',
};

/** The order in which fates are told: what needs somebody comes first. */
const ORDER: readonly Fate[] = ['failed', 'not-tried', 'refused', 'planned', 'done'];

/** What people read: the verdict, what was not read, each edit by its fate, then what is left to the configuration. */
export const repairText: RepairFormatter = (report, { width, colour }) => {
  const page = new Page(width, colour);
  page.unwrapped(
    `${page.paint(report.verdict.toUpperCase(), COLOURS[report.verdict], 'bold')}  ${escapeText(repairHeadline(report))}`,
  );
  if (report.unread.length > 0) {
    page.gap();
    page.unwrapped(page.paint('not read', 'magenta', 'bold'));
    for (const one of report.unread) page.line(2, `${escapeText(unreadSubject(one))}: ${escapeText(unreadReason(one))}`, 4);
  }
  for (const fate of ORDER) for (const edit of report.edits) if (edit.fate === fate) showEdit(page, edit);
  showLeft(page, report);
  if (!report.apply && report.summary.planned > 0) {
    page.gap();
    page.line(0, 'run it again with --apply --journal FILE to write this');
  }
  return page.toString();
};

function showEdit(page: Page, edit: RepairEdit): void {
  page.gap();
  page.line(0, `${whole(edit.address)} (${escapeText(whereWords(edit))}): ${escapeText(fateWords(edit))}`);
  for (const line of keyWords(edit)) page.line(2, escapeText(line));
  if (!edit.widens) return;
  for (const { kind, id, change, operations } of edit.rules)
    page.line(2, `${kind} ${escapeText(id)} ${change.replaceAll('-', ' ')} (${operations.join(', ')})`);
}

function showLeft(page: Page, { left }: RepairReport): void {
  for (const { address, key, why, fix, state } of left) {
    page.gap();
    page.line(0, `${whole(address)} (${whole(state)}): \`${escapeText(key)}\` is left alone: ${escapeText(why)}`);
    if (fix === null) continue;
    page.line(2, escapeText(fix.text));
    if (fix.insert !== null) page.block(4, fix.insert);
  }
}
