import { firstWhere } from '../plan/sorted.ts';
import type { Body } from './body.ts';
import { scan, type Token } from './scan.ts';

/** The text of a file that a diff changes; `syntax` as of a configuration file. */
export interface DiffedText {
  readonly text: string;
  readonly body: Body;
  readonly syntax: 'native' | 'json';
}

/** Which lines hold no text, number or constant (but the labels of a block) and no comment, and which at least no comment. */
interface Marks {
  readonly plain: readonly boolean[];
  readonly bare: readonly boolean[];
}

/** A text by its lines and tokens. */
export class TextLines {
  /** With their line ends. */
  readonly all: readonly string[];
  /** Offset of each. */
  readonly starts: readonly number[];
  readonly #file: DiffedText;
  #tokens: readonly Token[] | null = null;
  #strings: readonly (readonly [start: number, end: number])[] | null = null;
  #marks: Marks | null = null;

  constructor(file: DiffedText) {
    this.#file = file;
    this.all = splitLines(file.text);
    let offset = 0;
    this.starts = this.all.map((line) => {
      offset += line.length;
      return offset - line.length;
    });
  }

  /** The last line that begins at an offset or before, 0-based; 0 where there is none. */
  lineOf(offset: number): number {
    return Math.max(0, firstWhere(this.starts, (start) => start > offset) - 1);
  }

  isStart(offset: number): boolean {
    return this.starts[this.lineOf(offset)] === offset;
  }

  /** Those of native syntax that stand on some offset between two. */
  tokensIn(from: number, to: number): readonly Token[] {
    const tokens = this.#allTokens;
    const first = firstWhere(tokens, ({ end }) => end > from);
    return tokens.slice(
      first,
      firstWhere(tokens, ({ start }) => start >= to),
    );
  }

  get #allTokens(): readonly Token[] {
    this.#tokens ??= scan(this.#file.text);
    return this.#tokens;
  }

  /** Texts of JSON that stand on some offset between two, with their quotes. */
  stringsIn(from: number, to: number): readonly string[] {
    this.#strings ??= [...this.#file.text.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(({ index, 0: { length } }) => [
      index,
      index + length,
    ]);
    const found: string[] = [];
    for (let at = firstWhere(this.#strings, ([, end]) => end > from); at < this.#strings.length; at += 1) {
      const [start, end] = this.#strings[at] as readonly [number, number];
      if (start >= to) break;
      found.push(this.#file.text.slice(start, end));
    }
    return found;
  }

  get marks(): Marks {
    this.#marks ??= this.#file.syntax === 'json' ? jsonMarks(this.all) : nativeMarks(this.#file, this.all, this.#allTokens);
    return this.#marks;
  }
}

const read = new WeakMap<DiffedText, TextLines>();

/** Of one file they are read once, however many patches it gets. */
export function linesOf(file: DiffedText): TextLines {
  let lines = read.get(file);
  if (lines === undefined) {
    lines = new TextLines(file);
    read.set(file, lines);
  }
  return lines;
}

export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function nativeMarks({ text, body }: DiffedText, lines: readonly string[], tokens: readonly Token[]): Marks {
  const plain = new Array<boolean>(lines.length).fill(true);
  const covered = new Array<number>(lines.length).fill(0);
  const labels = new Set<number>();
  const heads = [body];
  for (let inner = heads.pop(); inner !== undefined; inner = heads.pop()) {
    for (const block of inner.blocks) {
      heads.push(block.body);
      for (let at = block.start; at < block.open; at += 1) labels.add(at);
    }
  }
  for (const { kind, start, end, line } of tokens) {
    const own = text.slice(start, end);
    if (kind === 'newline' || kind === 'end') continue;
    covered[line - 1] = (covered[line - 1] ?? 0) + own.replace(/\s/g, '').length;
    const value = kind === 'string' || kind === 'heredoc' || kind === 'number' || /^(?:true|false|null)$/.test(own);
    if (!value || labels.has(start)) continue;
    for (let at = line - 1; at < line + own.split('\n').length - 1; at += 1) plain[at] = false;
  }
  const bare = lines.map((line, at) => line.replace(/[\s\ufeff]/g, '').length === covered[at]);
  return { plain: bare.map((one, at) => one && plain[at] === true), bare };
}

/** A comment in JSON syntax is a member of the name `//`. */
function jsonMarks(lines: readonly string[]): Marks {
  return { plain: lines.map((line) => /^[\s{}[\],]*$/.test(line)), bare: lines.map((line) => !/"\/\/"\s*:/.test(line)) };
}
