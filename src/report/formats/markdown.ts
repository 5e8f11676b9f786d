import { escapeMarkdownHtml, escapeText } from '../escape.ts';
import type { FormatOptions, Formatter } from '../formats.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportChange, ReportDiagnostic } from '../report.ts';
import { type Budget, type Cuttable, fitted } from './budget.ts';
import { explained } from './explained.ts';
import { allowedKey, groupRows, reasonKey } from './group.ts';
import { groupWords, headline, lanesOf, rowWords, setWords, sourceOf, sums } from './headline.ts';
import { doesNothing } from './idle.ts';
import { plain, whole } from './layout.ts';
import { bullet, md, nameCell, wayLines, waysLines, whyLines } from './markdown-parts.ts';
import { sectionsOf } from './sections.ts';
import { count, reasonLines, reasonWords } from './words.ts';

/** Characters that a comment may have on GitHub. */
const COMMENT = 65_536;

/**
 * For a comment on a pull request or a job summary: the verdict, a table of what does not pass, and folds with the rest. Too long a
 * text loses rows that pass, then facts, then ways out, then rows, in this order, and says how many.
 */
export const markdown: Formatter = (report, options) =>
  fitted(
    (budget) => {
      if (report.format === 'inlane-report/1') return reportLines(report, options, budget, '##');
      const parts = report.reports.flatMap((one) => ['', ...reportLines(one, options, budget, '###')]);
      return [`## ${report.verdict.toUpperCase()}: ${md(setWords(report))}`, ...parts];
    },
    options.limit ?? COMMENT,
    `## ${report.verdict.toUpperCase()}`,
  );

function reportLines(report: Report, options: FormatOptions, budget: Budget, level: string): readonly string[] {
  const row = options.view === 'row';
  return [
    `${level} ${report.verdict.toUpperCase()}: ${md(headline(report, options.view))}`,
    ...graveLines(report, budget),
    ...(report.verdict === 'undecided' ? [] : row ? rowLines(report, budget) : planLines(report, options, budget)),
    ...sectionLines(report, budget),
    ...noteLines(report, budget),
    '',
    `<sub>${foot(report)}</sub>`,
  ];
}

function planLines(report: Report, options: FormatOptions, budget: Budget): readonly string[] {
  const groups = (['deny', 'needs-approval'] as const).flatMap((verdict) =>
    groupRows(
      report.changes.filter((change) => change.verdict === verdict),
      reasonKey,
    ),
  );
  const table = budget.take('row', groups);
  return [
    '',
    ...sums(report).map((line) => bullet(line)),
    ...planReasons(report),
    ...(groups.length > 0 ? ['', '| verdict | change | why |', '|---|---|---|', ...table.shown.map(tableRow)] : []),
    ...left(table.left, 'group of changes like these', 'groups of changes like these'),
    ...groupFolds(table.shown, budget),
    ...allowedFold(report, options.changedOnly !== false, budget),
  ];
}

function left(number: number, one: string, many: string): readonly string[] {
  return number > 0
    ? ['', `${number} more ${number === 1 ? one : many} left out here for length; \`--format json\` has all.`]
    : [];
}

function tableRow(group: readonly ReportChange[]): string {
  const [first] = group as readonly [ReportChange];
  const { does } = groupWords(group);
  const source = group.length === 1 ? sourceOf(first) : null;
  const change = `${md(does)} ${nameCell(group.map(spellRow))}${source === null ? '' : ` ${md(escapeText(source))}`}`;
  const why = explained(group, false).decisions.flatMap(({ what, reasons }) => reasons.map((reason) => md(`${what}: ${reason}`)));
  return `| **${first.verdict}** | ${change} | ${why.join('<br>')} |`;
}

/** What stands behind each line of the table. Folds that would be empty for want of room are counted in one sentence. */
function groupFolds(groups: readonly (readonly ReportChange[])[], budget: Budget): readonly string[] {
  const folds = groups.map((group) => groupFold(group, budget));
  const empty = folds.filter((lines) => lines.length === 0).length;
  const sorry = `Nearest lanes, facts and ways out of ${empty} of ${count(groups.length, 'line')} above are left out here for length; \`--format json\` has all.`;
  return [...folds.flat(), ...(empty > 0 ? ['', sorry] : [])];
}

function groupFold(group: readonly ReportChange[], budget: Budget): readonly string[] {
  const { decisions, facts, differing, remedies } = explained(group, false);
  const told = [
    ...facts.map((fact) => bullet(fact)),
    ...(differing.length > 0 ? [bullet(`different from row to row: ${differing.join(', ')}`)] : []),
  ];
  const shownFacts = budget.take('facts', [told]);
  const shownWays = budget.take('ways', [waysLines(remedies, false)]);
  if (shownFacts.left + shownWays.left === 2) return [];
  // The reasons alone stand in the table.
  const why = whyLines(decisions.filter(({ unknown, nearest }) => unknown.length + nearest.length > 0));
  const parts = [
    ...(shownFacts.left === 0 && why.length > 0 ? ['**why**', '', ...why, ''] : []),
    ...shownFacts.shown.flatMap((lines) => (lines.length > 0 ? ['**facts**', '', ...lines, ''] : [])),
    ...shownWays.shown.flatMap((lines) => (lines.length > 0 ? ['**ways out**', '', ...lines, ''] : [])),
    ...(shownFacts.left > 0 ? [`Nearest lanes and ${count(told.length, 'fact')} are left out here for length.`, ''] : []),
    ...(shownWays.left > 0 ? [`${count(remedies.length, 'way')} out left out here for length.`, ''] : []),
  ];
  const { does, what } = groupWords(group);
  return fold(`${does} ${what}`, parts);
}

function fold(words: string, lines: readonly string[]): readonly string[] {
  return [
    '',
    '<details>',
    `<summary>${escapeMarkdownHtml(plain(words))}</summary>`,
    '',
    ...lines,
    ...(lines.at(-1) === '' ? [] : ['']),
    '</details>',
  ];
}

function planReasons(report: Report): readonly string[] {
  if (report.because === undefined) return [];
  const ways = waysLines(report.remedies ?? [], true);
  return [
    '',
    '**the plan as a whole**',
    '',
    ...report.because.map((reason) => bullet(reasonWords(reason))),
    ...(ways.length > 0 ? ['', '**ways out**', '', ...ways] : []),
  ];
}

/** One line for all allowed rows that are alike; what an observed rule says of them stays in sight. */
function allowedFold(report: Report, changedOnly: boolean, budget: Budget): readonly string[] {
  const allowed = report.changes.filter((change) => change.verdict === 'allow');
  const shown = changedOnly ? allowed.filter((change) => !doesNothing(change)) : allowed;
  const hidden = allowed.length - shown.length;
  const groups = groupRows(shown, allowedKey).map((group) => {
    const [first] = group as readonly [ReportChange];
    const { does, what } = groupWords(group);
    const observed = first.decisions.flatMap((d) => d.because.filter((reason) => reason.observed));
    return [
      bullet(`${does} ${what}: allow${lanesOf(first)}`),
      ...[...new Set(reasonLines(observed))].map((line) => bullet(line, 1)),
    ];
  });
  const kept = budget.take('allowed', groups);
  const idle = hidden > 0 ? [bullet(`${count(hidden, 'row')} without effect: allow`)] : [];
  const lines = [...kept.shown.flat(), ...idle, ...left(kept.left, 'line', 'lines')];
  return lines.length === 0 ? [] : fold(`${count(allowed.length, 'row')} in lane`, lines);
}

/** `explain`: one row with nothing folded. */
function rowLines(report: Report, budget: Budget): readonly string[] {
  return report.changes.flatMap((change) => {
    const { decisions, facts, remedies } = explained([change], true);
    const kept = budget.take('facts', facts);
    const ways = budget.take('ways', [waysLines(remedies, true)]);
    const why = decisions.flatMap(({ what, verdict, reasons, unknown, nearest }) => [
      bullet(`${what}: ${verdict}`),
      ...[...reasons, ...unknown, ...nearest].map((line) => bullet(line, 1)),
    ]);
    return [
      '',
      ...rowWords(change).map((line) => bullet(line)),
      ...(why.length > 0 ? ['', '**why**', '', ...why] : []),
      ...(facts.length > 0
        ? ['', '**facts**', '', ...kept.shown.map((fact) => bullet(fact)), ...left(kept.left, 'fact', 'facts')]
        : []),
      ...ways.shown.flatMap((lines) => (lines.length > 0 ? ['', '**ways out**', '', ...lines] : [])),
      ...left(ways.left > 0 ? remedies.length : 0, 'way out', 'ways out'),
    ];
  });
}

function sectionLines(report: Report, budget: Budget): readonly string[] {
  return sectionsOf(report).flatMap(({ title, items }) => {
    const kind: Cuttable = title.endsWith('listed only') ? 'allowed' : 'row';
    const kept = budget.take(kind, items);
    const lines = kept.shown.flatMap(({ words, about, ways }) => [
      bullet(words),
      ...about.map((line) => bullet(line, 1)),
      ...ways.flatMap((way) => wayLines(way).map((line) => (line === '' ? '' : `  ${line}`))),
    ]);
    const more = left(kept.left, 'entry', 'entries');
    if (kind === 'allowed') return fold(title, [...lines, ...more]);
    return ['', `**${md(title)}**`, '', ...lines, ...more];
  });
}

/** Errors and warnings stand in sight. */
function graveLines({ diagnostics }: Report, budget: Budget): readonly string[] {
  const grave = diagnostics.filter(({ severity }) => severity !== 'note');
  const { shown, left: more } = budget.take('row', grave);
  return grave.length === 0 ? [] : ['', ...shown.map(diagnosticLine), ...left(more, 'diagnostic', 'diagnostics')];
}

function noteLines({ diagnostics }: Report, budget: Budget): readonly string[] {
  const notes = diagnostics.filter(({ severity }) => severity === 'note');
  const { shown, left: more } = budget.take('allowed', notes);
  return notes.length === 0
    ? []
    : fold(count(notes.length, 'note'), [...shown.map(diagnosticLine), ...left(more, 'note', 'notes')]);
}

function diagnosticLine({ code, severity, message, hint, at }: ReportDiagnostic): string {
  const place = at === undefined ? '' : ` ${whole(at)}`;
  const told = `${escapeText(message)}${hint === null ? '' : `; ${escapeText(hint)}`}`;
  return bullet(severity === 'note' ? told : `${severity} ${escapeText(code)}${place}: ${told}`);
}

function foot({ tool, plan, rules }: Report): string {
  const digest = (name: string, sha256: string | null | undefined) => (sha256 ? [`${name} sha256 ${sha256.slice(0, 12)}`] : []);
  return [`${tool.name} ${tool.version}`, ...digest('plan', plan?.sha256), ...digest('rules', rules?.sha256)].map(md).join(', ');
}
