import { escapeText } from '../escape.ts';
import type { Formatter } from '../formats.ts';
import type { Report, ReportChange, ReportDiagnostic, ReportFinding } from '../report.ts';
import { type AnnotationPlace, annotation } from './annotation.ts';
import { MOST, nameList, names } from './block.ts';
import { type Explained, explained } from './explained.ts';
import { groupRows, reasonKey } from './group.ts';
import { headline, setWords, sourceOf } from './headline.ts';
import { plain } from './layout.ts';
import { inRepository } from './repository.ts';
import { waysOut } from './ways.ts';
import { count, operationWords, reasonWords } from './words.ts';

type AnnotationLevel = 'error' | 'warning' | 'notice';

/** So many of each level GitHub shows of one step; what is beyond it drops without a word. */
const MOST_SHOWN = 10;

interface Annotation {
  readonly level: AnnotationLevel;
  readonly title: string;
  readonly at: AnnotationPlace;
  readonly message: string;
}

/**
 * Workflow commands: what is out of lane as errors, what waits for an approval as warnings, the verdict as a notice. Rows that are
 * decided alike at one place are one annotation. Of each level no more than GitHub shows; the last one then counts the rest.
 */
export const github: Formatter<string> = (report, { view }) => {
  const reports = report.format === 'inlane-report-set/1' ? report.reports : [report];
  const verdicts: Annotation[] = [
    ...(report.format === 'inlane-report-set/1' ? [verdict(report.verdict, setWords(report))] : []),
    ...reports.map((one) => verdict(one.verdict, headline(one, view))),
  ];
  const all = [...reports.flatMap(annotationsOf), ...verdicts.filter(({ level }) => level === 'error')];
  const lines = [
    ...shown('error', all),
    ...shown('warning', all),
    ...shown('notice', [...verdicts.filter(({ level }) => level === 'notice'), ...all]),
  ];
  return lines.map(({ level, title, at, message }) => `${annotation(level, title, at, message)}\n`).join('');
};

function shown(level: AnnotationLevel, all: readonly Annotation[]): readonly Annotation[] {
  const own = all.filter((one) => one.level === level);
  if (own.length <= MOST_SHOWN) return own;
  const kept = own.slice(0, MOST_SHOWN - 1);
  const message = `${own.length - kept.length} more ${level}s are not annotated, since GitHub shows ${MOST_SHOWN} of a step; \`--format text\` and \`--format json\` hold all`;
  return [...kept, { level, title: `and ${own.length - kept.length} more`, at: null, message }];
}

/** An undecided plan is an error of its own; any other verdict is told beside what led to it. */
function verdict(word: Report['verdict'], message: string): Annotation {
  return { level: word === 'undecided' ? 'error' : 'notice', title: word.toUpperCase(), at: null, message: plain(message) };
}

function annotationsOf(report: Report): readonly Annotation[] {
  return [
    ...report.diagnostics.filter(({ severity }) => severity !== 'note').map(diagnostic),
    ...planReasons(report),
    ...(['deny', 'needs-approval'] as const).flatMap((word) => {
      const rows = report.changes.filter((change) => change.verdict === word);
      return groupRows(rows, (row) => `${sourceOf(row)} ${reasonKey(row)}`).map((same) => rowsAlike(report, same, word));
    }),
    ...observed(report),
    ...findings(report),
  ];
}

function diagnostic({ code, severity, message, hint, at }: ReportDiagnostic): Annotation {
  const level = severity === 'error' ? 'error' : 'warning';
  return { level, title: code, at: at ?? null, message: escapeText(message) + (hint === null ? '' : `; ${escapeText(hint)}`) };
}

function planReasons({ because = [], remedies = [] }: Report): readonly Annotation[] {
  const counts = because.filter((reason) => !reason.observed);
  if (counts.length === 0) return [];
  const message = [...counts.map(reasonWords), ...waysLines(remedies)].map(plain).join('\n');
  return [{ level: 'error', title: 'the plan as a whole', at: null, message }];
}

function rowsAlike(report: Report, rows: readonly ReportChange[], word: 'deny' | 'needs-approval'): Annotation {
  const [first] = rows as readonly [ReportChange];
  const times = rows.length === 1 ? '' : `${rows.length} x `;
  const told = explained(rows, false);
  const message = [`${times}${operationWords(first)} ${names(rows)}`, ...decisionLines(told), ...waysLines(told.remedies)];
  return {
    level: word === 'deny' ? 'error' : 'warning',
    title: word === 'deny' ? 'out of lane' : 'in lane once approved',
    at: placeIn(report, sourceOf(first)),
    message: message.map(plain).join('\n'),
  };
}

function decisionLines({ decisions }: Explained): readonly string[] {
  return decisions.flatMap(({ what, verdict: word, reasons, unknown, nearest }) => [
    reasons.length === 1 ? `${what}: ${reasons[0]}` : [`${what}: ${word}`, ...reasons].join('\n'),
    ...unknown,
    ...nearest,
  ]);
}

/** Without what is to be copied: an annotation is read in a margin. */
function waysLines(remedies: Explained['remedies']): readonly string[] {
  const { edits, asks } = waysOut(remedies, MOST);
  return [...edits.map(({ words }) => words), ...asks].map((way) => `- ${way}`);
}

/** What rules that are observed only would have done to rows that pass; required tags are told as findings. */
function observed({ changes }: Report): readonly Annotation[] {
  const told = changes
    .filter(({ verdict: word }) => word === 'allow')
    .flatMap((row) =>
      row.decisions.flatMap(({ because }) =>
        because.filter((r) => r.observed && r.kind !== 'tag').map((reason) => ({ row, reason })),
      ),
    );
  return groupRows(told, ({ reason }) => JSON.stringify(reason)).map((same) => {
    const [{ reason }] = same as readonly [(typeof told)[number]];
    const message = `${plain(reasonWords(reason))}: ${plain(names([...new Set(same.map(({ row }) => row))]))}`;
    return { level: 'notice', title: 'observed only', at: reason.at, message };
  });
}

/** A finding that denies its row is told there. */
function findings(report: Report): readonly Annotation[] {
  const own = report.findings.filter(
    (f) =>
      f.severity !== 'deny' ||
      f.observed ||
      !report.changes.some(({ address, verdict: word }) => address === f.address && word === 'deny'),
  );
  return groupRows(own, (f) => JSON.stringify([f.code, f.severity, f.key, f.observed, place(f)])).map((same) => {
    const [finding] = same as readonly [ReportFinding];
    const rows = same.flatMap(({ address }) => (address === null ? [] : [address]));
    const more = same.length > 1 ? ` (${count(same.length, 'finding')}: ${plain(nameList(rows))})` : '';
    const fix = finding.fix === null ? '' : `\n- ${escapeText(finding.fix.text)}`;
    const message = `${escapeText(finding.message)}${more}${fix}`;
    return { level: levelOf(finding), title: finding.code, at: placeIn(report, place(finding)), message };
  });
}

function levelOf({ severity, observed: only }: ReportFinding): AnnotationLevel {
  return only || severity === 'report' ? 'notice' : severity === 'deny' ? 'error' : 'warning';
}

function placeIn(report: Report, at: string | null): AnnotationPlace {
  return at === null ? null : inRepository(report, at);
}

function place({ fix }: ReportFinding): string | null {
  return fix === null || fix.file === null || fix.line === null ? null : `${fix.file}:${fix.line}`;
}
