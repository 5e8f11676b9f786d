import { InlaneError, type Place, type Problem } from '../errors.ts';

const PLAIN = /^[ -_a-~]*$/;
const LONGEST = 80;

/** User input for a message: in backticks, on one line, cut after 80 characters. */
export function quoted(text: string): string {
  // Most texts are plain ASCII, and the classes of Unicode are slow to read, also where they are only named.
  if (text.length <= LONGEST && PLAIN.test(text)) return `\`${text}\``;
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  // Control, bidirectional and zero-width characters, and halves of surrogate pairs: a message stays one line and shows what is there.
  return `\`${shown.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`)}\``;
}

/** Everything wrong with the lane files, gathered so that one run shows all of it. */
export class Problems {
  readonly #list: Problem[] = [];
  /** Places that the compile step could not read; harmless when the schema has already complained, never otherwise. */
  readonly #gaps: Place[] = [];

  add(at: Place | null, message: string, hint: string | null = null): void {
    this.#list.push({ at, message, hint });
  }

  /** What stands here has the wrong shape, which the schema check reports. */
  gap(at: Place): void {
    this.#gaps.push(at);
  }

  /** Whether this file has a problem. */
  has(file: string): boolean {
    return this.#list.some((p) => p.at?.file === file);
  }

  /** Throws `lanes-invalid` with all problems, by file (in the given order), line and column. */
  raise(files: readonly string[]): void {
    for (const at of this.#gaps) if (!this.has(at.file)) this.add(at, 'this is not understood');
    if (this.#list.length === 0) return;
    const order = (p: Problem) => (p.at ? files.indexOf(p.at.file) : -1);
    const sorted = [...this.#list].sort(
      (a, b) =>
        order(a) - order(b) ||
        (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
        (a.at?.column ?? 0) - (b.at?.column ?? 0) ||
        compare(a, b),
    );
    const problems = sorted.filter((p, i) => i === 0 || !same(p, sorted[i - 1] as Problem));
    const first = problems[0] as Problem;
    const where = first.at ? `${first.at.file}:${first.at.line}:${first.at.column}: ` : '';
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    throw new InlaneError('lanes-invalid', `${where}${first.message}${more}`, first.hint ?? 'correct the lane file', problems);
  }
}

function compare(a: Problem, b: Problem): number {
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}

function same(a: Problem, b: Problem): boolean {
  return a.message === b.message && a.at?.file === b.at?.file && a.at?.line === b.at?.line && a.at?.column === b.at?.column;
}
