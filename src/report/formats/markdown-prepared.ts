import { escapeText } from '../escape.ts';
import type { FormatOptions } from '../formats.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportChange, ReportDiagnostic } from '../report.ts';
import { explained } from './explained.ts';
import { allowedKey, groupRows, reasonKey } from './group.ts';
import { groupWords, headline, lanesOf, rowWords, sourceOf, sums } from './headline.ts';
import { doesNothing } from './idle.ts';
import { plain, whole } from './layout.ts';
import { bullet, md, nameCell, wayLines, waysLines, whyLines } from './markdown-parts.ts';
import { sectionsOf } from './sections.ts';
import { count, reasonLines, reasonWords } from './words.ts';

/** One report in lines of Markdown, before it is known how many of them there is room for. */
export interface Prepared {
  readonly title: string;
  /** Errors and warnings. */
  readonly grave: readonly string[];
  readonly about: readonly string[];
  /** What does not pass, a line of the table each. */
  readonly groups: readonly PreparedGroup[];
  /** Rows that pass, as many entries as lines; null where there is none. */
  readonly allowed: { readonly summary: string; readonly entries: readonly Lines[]; readonly idle: Lines } | null;
  readonly row: readonly PreparedRow[];
  readonly sections: readonly { readonly title: string; readonly listedOnly: boolean; readonly entries: readonly Lines[] }[];
  readonly notes: readonly string[];
  readonly foot: string;
}

export type Lines = readonly string[];

export interface PreparedGroup {
  readonly line: string;
  /** Words, not escaped for Markdown. */
  readonly summary: string;
  /** Nearest lanes and what is unknown: the reasons stand in the table. */
  readonly why: Lines;
  readonly facts: Lines;
  readonly ways: Lines;
  readonly numberOfWays: number;
}

/** A row in full (`explain`). */
export interface PreparedRow extends Pick<PreparedGroup, 'why' | 'facts' | 'ways' | 'numberOfWays'> {
  readonly about: Lines;
}

export function prepared(report: Report, options: FormatOptions): Prepared {
  const decided = report.verdict !== 'undecided';
  const row = options.view === 'row';
  const of = (severities: readonly ReportDiagnostic['severity'][]) =>
    report.diagnostics.filter(({ severity }) => severities.includes(severity)).map(diagnosticLine);
  return {
    title: `${report.verdict.toUpperCase()}: ${md(headline(report, options.view))}`,
    grave: of(['error', 'warning']),
    about: decided && !row ? [...sums(report).map((line) => bullet(line)), ...planReasons(report)] : [],
    groups: decided && !row ? deniedGroups(report) : [],
    allowed: decided && !row ? allowedRows(report, options.changedOnly !== false) : null,
    row: row ? report.changes.map(fullRow) : [],
    sections: sectionsOf(report).map(({ title, items }) => ({
      title,
      listedOnly: title.endsWith('listed only'),
      entries: items.map(({ words, about, ways }) => [
        bullet(words),
        ...about.map((line) => bullet(line, 1)),
        ...ways.flatMap((way) => wayLines(way).map((line) => (line === '' ? '' : `  ${line}`))),
      ]),
    })),
    notes: of(['note']),
    foot: foot(report),
  };
}

function planReasons(report: Report): Lines {
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

function deniedGroups(report: Report): readonly PreparedGroup[] {
  return (['deny', 'needs-approval'] as const).flatMap((verdict) =>
    groupRows(
      report.changes.filter((change) => change.verdict === verdict),
      reasonKey,
    ).map(preparedGroup),
  );
}

function preparedGroup(group: readonly ReportChange[]): PreparedGroup {
  const [first] = group as readonly [ReportChange];
  const { does, what } = groupWords(group);
  const { decisions, facts, differing, remedies } = explained(group, false);
  const source = group.length === 1 ? sourceOf(first) : null;
  const change = `${md(does)} ${nameCell(group.map(spellRow))}${source === null ? '' : ` ${md(escapeText(source))}`}`;
  const reasons = decisions.flatMap((decision) => decision.reasons.map((reason) => md(`${decision.what}: ${reason}`)));
  return {
    line: `| **${first.verdict}** | ${change} | ${reasons.join('<br>')} |`,
    summary: plain(`${does} ${what}`),
    why: whyLines(decisions.filter(({ unknown, nearest }) => unknown.length + nearest.length > 0)),
    facts: [...facts, ...(differing.length > 0 ? [`different from row to row: ${differing.join(', ')}`] : [])].map((fact) =>
      bullet(fact),
    ),
    ways: waysLines(remedies, false),
    numberOfWays: remedies.length,
  };
}

/** One line for all allowed rows that are alike; what an observed rule says of them stands below it. */
function allowedRows(report: Report, changedOnly: boolean): Prepared['allowed'] {
  const allowed = report.changes.filter((change) => change.verdict === 'allow');
  if (allowed.length === 0) return null;
  const shown = changedOnly ? allowed.filter((change) => !doesNothing(change)) : allowed;
  const hidden = allowed.length - shown.length;
  const entries = groupRows(shown, allowedKey).map((group) => {
    const [first] = group as readonly [ReportChange];
    const { does, what } = groupWords(group);
    const observed = first.decisions.flatMap((d) => d.because.filter((reason) => reason.observed));
    return [
      bullet(`${does} ${what}: allow${lanesOf(first)}`),
      ...[...new Set(reasonLines(observed))].map((line) => bullet(line, 1)),
    ];
  });
  const idle = hidden > 0 ? [bullet(`${count(hidden, 'row')} without effect: allow`)] : [];
  return { summary: `${count(allowed.length, 'row')} in lane`, entries, idle };
}

function fullRow(change: ReportChange): PreparedRow {
  const { decisions, facts, remedies } = explained([change], true);
  return {
    about: rowWords(change).map((line) => bullet(line)),
    why: decisions.flatMap(({ what, verdict, reasons, unknown, nearest }) => [
      bullet(`${what}: ${verdict}`),
      ...[...reasons, ...unknown, ...nearest].map((line) => bullet(line, 1)),
    ]),
    facts: facts.map((fact) => bullet(fact)),
    ways: waysLines(remedies, true),
    numberOfWays: remedies.length,
  };
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
