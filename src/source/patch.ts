import { type DiffedText, linesOf, splitLines } from './lines.ts';

/** A change of a text: what stands from `start` to `end` becomes `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lines of a file that an edit changes. 0-based; `after` takes the place of the `count` lines from `at`. */
interface LineEdit {
  readonly at: number;
  readonly count: number;
  readonly after: readonly string[];
}

const CONTEXT = 3;

/** What one hunk adds, for people: its 1-based line in the old file and the added lines without common indentation. */
export interface Added {
  readonly line: number;
  readonly text: string;
}

/** Of edits that do not overlap, in any order. */
export function addedBy(file: DiffedText, edits: readonly TextEdit[]): readonly Added[] {
  return lineEdits(file, edits).map(({ at, after }) => ({ line: at + 1, text: dedent(after) }));
}

/**
 * A unified diff of one file, for `git apply` and `patch -p1`; null where it has no name, or one that cannot be written in a diff. Around the edits stand
 * only lines without any value or comment, for those may be secrets; and the line behind an edit, without which git looks for the edit at the
 * end of the file, where `mayShow` allows it by its offsets.
 */
export function unifiedDiff(
  path: string | null,
  file: DiffedText,
  edits: readonly TextEdit[],
  mayShow: (from: number, to: number) => boolean,
): string | null {
  if (path === null || !/^[\w./@+=, -]+$/.test(path) || path.split('/').includes('..')) return null;
  const { all: lines, starts, marks } = linesOf(file);
  const { plain, bare } = marks;
  const shown = (at: number) => {
    const from = starts[at] as number;
    return bare[at] === true && mayShow(from, from + (lines[at] as string).replace(/\r?\n$/, '').length);
  };
  const out = [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`];
  let shift = 0;
  for (const hunk of hunksOf(lineEdits(file, edits), plain, shown, lines.length)) {
    const added = hunk.edits.reduce((sum, edit) => sum + edit.after.length - edit.count, 0);
    const count = hunk.end - hunk.start;
    out.push(`@@ -${range(hunk.start, count)} +${range(hunk.start + shift, count + added)} @@`);
    let at = hunk.start;
    const keep = (until: number) => {
      for (; at < until; at += 1) out.push(...spelled(' ', lines[at] as string));
    };
    for (const edit of hunk.edits) {
      keep(edit.at);
      for (; at < edit.at + edit.count; at += 1) out.push(...spelled('-', lines[at] as string));
      out.push(...edit.after.flatMap((line) => spelled('+', line)));
    }
    keep(hunk.end);
    shift += added;
  }
  return `${out.join('\n')}\n`;
}

/** A range of no lines names the line in front of it. */
function range(start: number, count: number): string {
  const at = count === 0 ? start : start + 1;
  return count === 1 ? `${at}` : `${at},${count}`;
}

function spelled(sign: string, line: string): string[] {
  return line.endsWith('\n') ? [`${sign}${line.slice(0, -1)}`] : [`${sign}${line}`, '\\ No newline at end of file'];
}

function lineEdits(file: DiffedText, edits: readonly TextEdit[]): LineEdit[] {
  const { text } = file;
  const read = linesOf(file);
  const { all: lines, starts } = read;
  const found: { at: number; count: number; edits: TextEdit[] }[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    const between =
      edit.start === edit.end && edit.text.endsWith('\n') && (read.isStart(edit.start) || edit.start === text.length);
    const whole = between && (edit.start < text.length || text.endsWith('\n') || text === '');
    const at = whole ? (edit.start === text.length ? lines.length : read.lineOf(edit.start)) : read.lineOf(edit.start);
    const count = whole ? 0 : Math.min(read.lineOf(edit.end) - at + 1, lines.length - at);
    const last = found.at(-1);
    if (last !== undefined && at < last.at + last.count) {
      last.count = Math.max(last.at + last.count, at + count) - last.at;
      last.edits.push(edit);
    } else found.push({ at, count, edits: [edit] });
  }
  return found.map(({ at, count, edits: own }) => {
    const start = at < lines.length ? (starts[at] as number) : text.length;
    const end = at + count < lines.length ? (starts[at + count] as number) : count === 0 ? start : text.length;
    let after = '';
    let from = start;
    for (const edit of own) {
      after += text.slice(from, edit.start) + edit.text;
      from = edit.end;
    }
    return { at, count, after: splitLines(after + text.slice(from, end)) };
  });
}

interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly edits: readonly LineEdit[];
}

function hunksOf(edits: readonly LineEdit[], plain: readonly boolean[], shown: (line: number) => boolean, lines: number): Hunk[] {
  const hunks: { start: number; end: number; edits: LineEdit[] }[] = [];
  for (const edit of edits) {
    const last = hunks.at(-1);
    let start = edit.at;
    while (start > 0 && edit.at - start < CONTEXT && plain[start - 1] && start > (last?.end ?? 0)) start -= 1;
    let end = edit.at + edit.count;
    const stop = end + CONTEXT;
    while (end < lines && end < stop && plain[end]) end += 1;
    if (end === edit.at + edit.count && end < lines && shown(end)) end += 1;
    if (last !== undefined && start <= last.end) {
      // The lines between are context of the one before.
      last.end = Math.max(last.end, end);
      last.edits.push(edit);
    } else hunks.push({ start, end, edits: [edit] });
  }
  return hunks.map((hunk, index) => ({ ...hunk, end: Math.min(hunk.end, hunks[index + 1]?.start ?? lines) }));
}

function dedent(lines: readonly string[]): string {
  const own = lines
    .map((line) => line.replace(/\r?\n$/, ''))
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
    .split('\n');
  const indents = own.filter((line) => line.trim() !== '').map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  const least = Math.min(...indents);
  return own.map((line) => line.slice(least)).join('\n');
}
