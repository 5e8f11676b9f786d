import { escapeText } from '../escape.ts';
import type { FormatOptions, Formatter } from '../formats.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportChange, ReportVerdict } from '../report.ts';
import { explainRows, nameList, names } from './block.ts';
import { showDiagnostics } from './diagnostics.ts';
import { allowedKey, groupRows, reasonKey } from './group.ts';
import { headline, lanesOf, rowWords, setWords, sourceOf, sums } from './headline.ts';
import { doesNothing } from './idle.ts';
import { Page, type Style, whole } from './layout.ts';
import { showPlanReasons, showSections } from './lists.ts';
import { count, operationWords, reasonWords } from './words.ts';

const COLOURS: Readonly<Record<ReportVerdict, Style>> = {
  allow: 'green',
  'needs-approval': 'yellow',
  deny: 'red',
  undecided: 'magenta',
};

/** What people read: the verdict first, then what is not allowed and why, then the rest in short. */
export const text: Formatter<string> = (report, options) => {
  const page = new Page(options.width, options.colour);
  if (report.format === 'inlane-report-set/1') {
    page.unwrapped(`${verdictWord(page, report.verdict)}  ${setWords(report)}`);
    for (const one of report.reports) {
      if (!options.quiet) page.gap();
      showReport(page, one, options);
    }
  } else showReport(page, report, options);
  return page.toString();
};

function verdictWord(page: Page, verdict: ReportVerdict): string {
  return page.paint(verdict.toUpperCase(), COLOURS[verdict], 'bold');
}

function showReport(page: Page, report: Report, options: FormatOptions): void {
  page.unwrapped(`${verdictWord(page, report.verdict)}  ${headline(report, options.view)}`);
  if (!options.quiet && report.verdict !== 'undecided') {
    if (options.view === 'row') showRow(page, report);
    else showPlan(page, report, options.changedOnly !== false);
  }
  if (options.diagnostics && report.diagnostics.length > 0) {
    page.gap();
    showDiagnostics(page, report.diagnostics);
  }
}

function showPlan(page: Page, report: Report, changedOnly: boolean): void {
  for (const line of sums(report)) page.line(2, line);
  showPlanReasons(page, report, verdictWord(page, 'deny'));
  for (const verdict of ['deny', 'needs-approval'] as const) {
    const rows = report.changes.filter((change) => change.verdict === verdict);
    for (const group of groupRows(rows, reasonKey)) {
      page.gap();
      showGroupHead(page, group, verdict);
      explainRows(page, group, false);
    }
  }
  showAllowed(
    page,
    report.changes.filter((change) => change.verdict === 'allow'),
    changedOnly,
  );
  showSections(page, report);
}

function showGroupHead(page: Page, group: readonly ReportChange[], verdict: ReportVerdict): void {
  const [first] = group;
  if (first === undefined) return;
  const word = verdictWord(page, verdict);
  if (group.length === 1) {
    const source = sourceOf(first);
    const at = source === null ? '' : ` ${whole(source)}`;
    page.line(0, `${word}  ${operationWords(first)} ${page.paint(whole(spellRow(first)), 'bold')}${at}`);
    return;
  }
  const byType = groupRows(group, (change) => change.type);
  const what = byType.length === 1 ? escapeText(first.type) : `of ${byType.length} types`;
  page.line(0, `${word}  ${group.length} x ${operationWords(first)} ${page.paint(what, 'bold')}`);
  for (const rows of byType.slice(0, 20))
    page.line(2, `${byType.length === 1 || rows.length === 1 ? '' : `${rows.length} x `}${names(rows)}`, 4);
  if (byType.length > 20) page.line(2, `and ${byType.length - 20} more types`);
  const places = [...new Set(group.flatMap(({ source }) => (source === null ? [] : [`${source.file}:${source.line}`])))];
  if (places.length > 0) page.line(2, `in ${nameList(places)}`, 4);
}

/** One line for all allowed rows that are alike. */
function showAllowed(page: Page, allowed: readonly ReportChange[], changedOnly: boolean): void {
  const shown = changedOnly ? allowed.filter((change) => !doesNothing(change)) : allowed;
  const hidden = allowed.length - shown.length;
  if (shown.length > 0 || hidden > 0) page.gap();
  for (const group of groupRows(shown, allowedKey)) {
    const [first] = group;
    if (first === undefined) continue;
    const what = group.length === 1 ? whole(spellRow(first)) : escapeText(first.type);
    const times = group.length === 1 ? '' : `${group.length} x `;
    page.line(0, `${times}${operationWords(first)} ${what}: ${page.paint('allow', 'green')}${lanesOf(first)}`);
    const observed = first.decisions.flatMap((d) => d.because.filter((reason) => reason.observed));
    for (const words of new Set(observed.map(reasonWords))) page.line(4, words);
  }
  if (hidden > 0) page.line(0, `${count(hidden, 'row')} without effect: allow (--no-changed-only lists them)`);
}

/** `explain`: one row with nothing left out. */
function showRow(page: Page, report: Report): void {
  for (const change of report.changes) {
    for (const line of rowWords(change)) page.line(2, line);
    page.gap();
    explainRows(page, [change], true);
  }
  showSections(page, report);
}
