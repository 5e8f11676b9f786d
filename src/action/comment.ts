import { REPORT_VERDICTS, type ReportVerdict, worstOf } from '../report/report.ts';

/** Bytes of UTF-8 that a comment may have: GitHub counts 65,536 characters. */
export const COMMENT = 65_536;

/** First line of the comment: by it the comment is found again. */
export const MARKER = '<!-- inlane:comment -->';
const END = '<!-- inlane:end -->';

/** One run's part of the comment. */
export interface Section {
  readonly key: string;
  readonly verdict: ReportVerdict;
  /** Number of the run and of its attempt, both counted up by GitHub: an older run never writes over a newer one. */
  readonly run: number;
  readonly attempt: number;
  /** Markdown. */
  readonly body: string;
}

const SECTION = new RegExp(
  `^<!-- inlane:section ([\\w-]*) (${REPORT_VERDICTS.join('|')}) (\\d{1,15}) (\\d{1,6}) -->\\n([\\s\\S]*?)\\n${END}$`,
  'gm',
);

/** The parts of a comment of ours. What is none is left out. */
export function readComment(body: string): readonly Section[] {
  return [...body.replaceAll('\r\n', '\n').matchAll(SECTION)].map(([, key = '', verdict, run, attempt, text = '']) => ({
    key: Buffer.from(key, 'base64url').toString('utf8'),
    verdict: verdict as ReportVerdict,
    run: Number(run),
    attempt: Number(attempt),
    body: text,
  }));
}

/** Of each key the newest part, in the order of the keys. */
export function mergeSections(sections: readonly Section[]): readonly Section[] {
  const newest = new Map<string, Section>();
  for (const section of sections) {
    const other = newest.get(section.key);
    if (other === undefined || !isNewer(other, section)) newest.set(section.key, section);
  }
  return [...newest.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

export function isNewer(a: Section, b: Section): boolean {
  return a.run > b.run || (a.run === b.run && a.attempt > b.attempt);
}

/** The whole comment; parts that have no room keep their first lines, which hold the verdict. Null where not even these fit. */
export function commentOf(sections: readonly Section[]): string | null {
  const share = Math.floor((COMMENT - 1024) / Math.max(1, sections.length)) - 256;
  for (const longest of [Number.POSITIVE_INFINITY, share, share >> 1, share >> 2, 0]) {
    const body = [MARKER, ...headLines(sections), ...sections.flatMap((section) => sectionLines(section, longest)), ''].join(
      '\n',
    );
    if (Buffer.byteLength(body) <= COMMENT) return body;
  }
  return null;
}

function headLines(sections: readonly Section[]): readonly string[] {
  if (sections.length < 2) return [];
  const counts = [...REPORT_VERDICTS].reverse().flatMap((verdict) => {
    const number = sections.filter((section) => section.verdict === verdict).length;
    return number > 0 ? [`${number} ${verdict}`] : [];
  });
  const worst = worstOf(sections.map(({ verdict }) => verdict)).toUpperCase();
  return [`# ${worst}: ${sections.length} stacks, ${counts.join(', ')}`, ''];
}

function sectionLines({ key, verdict, run, attempt, body }: Section, longest: number): readonly string[] {
  const name = Buffer.from(key, 'utf8').toString('base64url');
  // No text of a plan may end its part or begin another.
  const inert = body.replaceAll('<!-- inlane:', '<!-- inlane :').trimEnd();
  const kept =
    Buffer.byteLength(inert) <= longest
      ? inert
      : `${firstLines(inert)}\n\nThe rest has no room here: the summary of the run has it.`;
  return [`<!-- inlane:section ${name} ${verdict} ${run} ${attempt} -->`, kept, END];
}

/** What is above the heading's own text, and the heading. */
function firstLines(body: string): string {
  const lines = body.split('\n');
  const heading = lines.findIndex((line) => line.startsWith('## '));
  return lines
    .slice(0, heading < 0 ? 1 : heading + 1)
    .map((line) => (line.length > 400 ? `${line.slice(0, 400)}...` : line))
    .join('\n');
}
