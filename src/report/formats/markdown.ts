import { escapeMarkdownHtml } from '../escape.ts';
import type { Formatter } from '../formats.ts';
import { type Budget, fitted } from './budget.ts';
import { setWords } from './headline.ts';
import { plain } from './layout.ts';
import { md } from './markdown-parts.ts';
import { type Lines, type Prepared, type PreparedGroup, prepared } from './markdown-prepared.ts';
import { count } from './words.ts';

/** Characters that a comment may have on GitHub. */
const COMMENT = 65_536;

/**
 * For a comment on a pull request or a job summary: the verdict, a table of what does not pass, and folds with the rest. Too long a
 * text loses rows that pass, then facts, then ways out, then rows, in this order, and says how many.
 */
export const markdown: Formatter<string> = (report, options) => {
  const word = report.verdict.toUpperCase();
  const parts = (report.format === 'inlane-report-set/1' ? report.reports : [report]).map((one) => prepared(one, options));
  const set = report.format === 'inlane-report-set/1' ? [`## ${word}: ${md(setWords(report))}`] : [];
  const level = set.length > 0 ? '###' : '##';
  return fitted(
    (budget) => [...set, ...parts.flatMap((one) => ['', ...reportLines(one, budget, level)])],
    options.limit ?? COMMENT,
    `## ${word}`,
  );
};

function reportLines(report: Prepared, budget: Budget, level: string): Lines {
  const grave = budget.take('row', report.grave);
  const groups = budget.take('row', report.groups);
  return [
    `${level} ${report.title}`,
    ...(report.grave.length > 0 ? ['', ...grave.shown, ...left(grave.left, 'diagnostic', 'diagnostics')] : []),
    '',
    ...report.about,
    ...(report.groups.length > 0
      ? ['', '| verdict | change | why |', '|---|---|---|', ...groups.shown.map(({ line }) => line)]
      : []),
    ...left(groups.left, 'group of changes like these', 'groups of changes like these'),
    ...groupFolds(groups.shown, budget),
    ...allowedFold(report.allowed, budget),
    ...report.row.flatMap((row) => rowLines(row, budget)),
    ...report.sections.flatMap((section) => sectionLines(section, budget)),
    ...noteFold(report.notes, budget),
    '',
    `<sub>${report.foot}</sub>`,
  ];
}

function left(number: number, one: string, many: string): Lines {
  return number > 0
    ? ['', `${number} more ${number === 1 ? one : many} left out here for length; \`--format json\` has all.`]
    : [];
}

/** What stands behind each line of the table. Folds that would be empty for want of room are counted in one sentence. */
function groupFolds(groups: readonly PreparedGroup[], budget: Budget): Lines {
  const folds = groups.map((group) => groupFold(group, budget));
  const empty = folds.filter((lines) => lines.length === 0).length;
  const sorry = `Nearest lanes, facts and ways out of ${empty} of ${count(groups.length, 'line')} above are left out here for length; \`--format json\` has all.`;
  return [...folds.flat(), ...(empty > 0 ? ['', sorry] : [])];
}

function groupFold({ summary, why, facts, ways, numberOfWays }: PreparedGroup, budget: Budget): Lines {
  const shownFacts = budget.take('facts', [facts]);
  const shownWays = budget.take('ways', [ways]);
  if (shownFacts.left + shownWays.left === 2) return [];
  return fold(summary, [
    ...(shownFacts.left === 0 ? part('why', why) : []),
    ...shownFacts.shown.flatMap((lines) => part('facts', lines)),
    ...shownWays.shown.flatMap((lines) => part('ways out', lines)),
    ...(shownFacts.left > 0 ? [`Nearest lanes and ${count(facts.length, 'fact')} are left out here for length.`, ''] : []),
    ...(shownWays.left > 0 ? [`${count(numberOfWays, 'way')} out left out here for length.`, ''] : []),
  ]);
}

function part(title: string, lines: Lines): Lines {
  return lines.length === 0 ? [] : ['', `**${title}**`, '', ...lines, ''];
}

function fold(words: string, lines: Lines): Lines {
  return ['', '<details>', `<summary>${escapeMarkdownHtml(plain(words))}</summary>`, '', ...lines, '', '</details>'];
}

function allowedFold(allowed: Prepared['allowed'], budget: Budget): Lines {
  if (allowed === null) return [];
  const kept = budget.take('allowed', allowed.entries);
  return fold(allowed.summary, [...kept.shown.flat(), ...allowed.idle, ...left(kept.left, 'line', 'lines')]);
}

/** `explain`: one row with nothing folded. */
function rowLines({ about, why, facts, ways, numberOfWays }: Prepared['row'][number], budget: Budget): Lines {
  const shownFacts = budget.take('facts', facts);
  const shownWays = budget.take('ways', [ways]);
  return [
    '',
    ...about,
    ...part('why', why),
    ...part('facts', shownFacts.shown),
    ...left(shownFacts.left, 'fact', 'facts'),
    ...shownWays.shown.flatMap((lines) => part('ways out', lines)),
    ...left(shownWays.left > 0 ? numberOfWays : 0, 'way out', 'ways out'),
  ];
}

function sectionLines({ title, listedOnly, entries }: Prepared['sections'][number], budget: Budget): Lines {
  const kept = budget.take(listedOnly ? 'allowed' : 'row', entries);
  const lines = [...kept.shown.flat(), ...left(kept.left, 'entry', 'entries')];
  return listedOnly ? fold(title, lines) : part(md(title), lines);
}

function noteFold(notes: Lines, budget: Budget): Lines {
  const kept = budget.take('allowed', notes);
  return notes.length === 0 ? [] : fold(count(notes.length, 'note'), [...kept.shown, ...left(kept.left, 'note', 'notes')]);
}
