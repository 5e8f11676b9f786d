import { escapeText, say } from '../escape.ts';
import type { FormatOptions, Formatter } from '../formats.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportChange, ReportSet, ReportVerdict } from '../report.ts';
import { explainRows, nameList, names } from './block.ts';
import { showDiagnostics } from './diagnostics.ts';
import { endings } from './endings.ts';
import { allowedKey, groupRows, reasonKey } from './group.ts';
import { doesNothing } from './idle.ts';
import { Page, type Style, whole } from './layout.ts';
import { showApprovals, showFindings, showPlanReasons, showQuotas, showUndecidedRows } from './lists.ts';
import { count, operationWords, principalWords, reasonWords } from './words.ts';

const COLOURS: Readonly<Record<ReportVerdict, Style>> = {
  allow: 'green',
  'needs-approval': 'yellow',
  deny: 'red',
  undecided: 'magenta',
};

/** What people read: the verdict first, then what is not allowed and why, then the rest in short. */
export const text: Formatter = (report, options) => {
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

function setWords(set: ReportSet): string {
  const counts = (['undecided', 'deny', 'needs-approval', 'allow'] as const).flatMap((verdict) => {
    const number = set.reports.filter((report) => report.verdict === verdict).length;
    return number > 0 ? [`${number} ${verdict}`] : [];
  });
  return `${count(set.reports.length, 'plan')}: ${counts.join(', ')}`;
}

function showReport(page: Page, report: Report, options: FormatOptions): void {
  page.unwrapped(`${verdictWord(page, report.verdict)}  ${headline(report, options)}`);
  if (!options.quiet && report.verdict !== 'undecided') {
    if (options.view === 'row') showRow(page, report);
    else showPlan(page, report, options.changedOnly !== false);
  }
  if (options.diagnostics && report.diagnostics.length > 0) {
    page.gap();
    showDiagnostics(page, report.diagnostics);
  }
}

function headline(report: Report, options: FormatOptions): string {
  const path = report.plan === null ? '' : `${whole(report.plan.path)}: `;
  const observed = report.observe && report.verdict !== 'undecided' ? ' (observed only: exits 0)' : '';
  if (report.verdict === 'undecided') {
    const error = report.diagnostics.find((diagnostic) => diagnostic.severity === 'error');
    // The message goes to standard error with the other diagnostics.
    return `${path}nothing was decided${error ? say` (${error.code})` : ''}`;
  }
  const who = ` for ${principalWords(report.principal)}`;
  const [row] = report.changes;
  if (options.view === 'row' && row !== undefined) {
    return `${path}${operationWords(row)} ${whole(spellRow(row))}${who}${observed}`;
  }
  return `${path}${countWords(report)}${who}${observed}`;
}

function countWords(report: Report): string {
  const all = report.changes.filter((change) => !doesNothing(change)).length;
  const approvals = report.summary['needs-approval'];
  const of = `of ${count(all, 'change')}`;
  switch (report.verdict) {
    case 'allow':
      return all === 0 ? 'changes nothing' : all === 1 ? 'the one change is in lane' : `all ${all} changes in lane`;
    case 'needs-approval':
      return `${all === 1 ? 'the one change' : `${approvals} ${of}`} in lane once approved,`;
    default: {
      const { deny } = report.summary;
      const plan = report.because?.some((reason) => !reason.observed) ? ' and the plan as a whole' : '';
      const what = deny === 0 ? 'out of lane as a whole' : `${deny} ${of}${plan} out of lane`;
      return `${what}${approvals > 0 ? `, ${approvals} ${deny === 0 ? `${of} ` : ''}in lane once approved,` : ''}`;
    }
  }
}

function showPlan(page: Page, report: Report, changedOnly: boolean): void {
  showSums(page, report);
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
  showFindings(page, report);
  showApprovals(page, report);
  showQuotas(page, report);
  showUndecidedRows(page, report);
}

/** Rows in and rows decided, operations, rules. */
function showSums(page: Page, report: Report): void {
  const { plan, summary, rules } = report;
  if (plan !== null) {
    const verdicts = (['allow', 'needs-approval', 'deny'] as const).flatMap((v) =>
      summary[v] > 0 ? [`${summary[v]} ${v}`] : [],
    );
    const operations = Object.entries(summary.operations).map(([operation, number]) => `${number} ${operation}`);
    const sums = [verdicts.join(', '), operations.join(', ')].filter((part) => part !== '').join('; ');
    page.line(2, `${count(plan.rows ?? 0, 'row')} in the plan, ${plan.decided ?? 0} decided${sums === '' ? '' : `: ${sums}`}`);
  }
  if (rules !== null) page.line(2, `rules: ${rules.files.map((file) => whole(`${file.path} (${file.level})`)).join(', ')}`);
  if (report.now === undefined) return;
  page.line(2, say`decided as of ${report.now}`);
  for (const line of endings(report, Date.parse(report.now))) page.line(2, line);
}

function showGroupHead(page: Page, group: readonly ReportChange[], verdict: ReportVerdict): void {
  const [first] = group;
  if (first === undefined) return;
  const word = verdictWord(page, verdict);
  if (group.length === 1) {
    const source = first.source === null ? '' : ` ${whole(`${first.source.file}:${first.source.line}`)}`;
    page.line(0, `${word}  ${operationWords(first)} ${page.paint(whole(spellRow(first)), 'bold')}${source}`);
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

/** `, lane developer`: what let it pass. */
function lanesOf(change: ReportChange): string {
  const ids = change.decisions.flatMap((d) =>
    d.because.filter((r) => !r.observed && r.id !== null).map((r) => say`${r.kind} ${r.id ?? ''}`),
  );
  return ids.length > 0 ? `, ${[...new Set(ids)].join(', ')}` : '';
}

/** `explain`: one row with nothing left out. */
function showRow(page: Page, report: Report): void {
  for (const change of report.changes) {
    const about = [
      say`${change.mode} ${change.type}`,
      say`provider ${change.provider}`,
      `actions ${change.actions.map(escapeText).join(' + ') || 'none'}`,
      ...(change.reason === null ? [] : [escapeText(change.reason)]),
    ];
    page.line(2, about.join('; '));
    page.line(2, `classes: ${change.classes.length > 0 ? change.classes.map(escapeText).join(', ') : 'not known'}`);
    if (change.replace_paths.length > 0) page.line(2, `replaced because of ${change.replace_paths.map(whole).join(', ')}`);
    if (change.previous_address !== null) page.line(2, `before: ${whole(change.previous_address)}`);
    if (change.source !== null) page.line(2, `in ${whole(`${change.source.file}:${change.source.line}`)}`);
    if (change.source_why !== undefined) page.line(2, `its line is not known: ${escapeText(change.source_why)}`);
    if (change.decisions.length === 0) page.line(2, 'it does nothing, so there is nothing to decide');
    page.gap();
    explainRows(page, [change], true);
  }
  showFindings(page, report);
  showApprovals(page, report);
}
