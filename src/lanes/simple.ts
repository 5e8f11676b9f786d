import type { Place } from '../errors.ts';
import type { Entry, LaneNode, ListNode, MapNode } from './node.ts';
import { Problems } from './problems.ts';
import { plainScalar, plainValue } from './scalar.ts';

// Most lane files are words and quoted texts in lists and maps, each on one line, and need no parser of all YAML, which takes several
// times as long. What is read here is what that parser reads, places included; whatever it could refuse or take for something else, this
// reader leaves to it (test/lanes/readers.test.ts, simple.test.ts and simple-files.test.ts compare them).

/** Deeper than rules are written, and far from what the parser takes. */
const DEEPEST = 12;

/** Tabs and other controls, line breaks but one, marks of byte order, private and surrogate characters. */
const ODD = /[^\n -~\u00a0-\u2027\u202a-\ud7ff]/;
/** Up to its colon; merge keys are refused, in quotes, too. */
const KEY = /(?:[A-Za-z_][^ \n,[\]{}#:"']*|"[^"\\\n<]+"|'[^'\n<]+')(?=:[ \n])/y;
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'/y;
/** Starts as a word or a path; ends before a comment, `: ` and the line's end, in brackets before brackets and commas, too. */
const PLAIN = /(?:[\w\u00a1-\ud7ff]|\.{0,2}\/)(?:[^ \n#:]|:(?=[^ \n])| +(?=[^ \n#:]))*/y;
const PLAIN_IN_BRACKETS = /(?:[\w\u00a1-\ud7ff]|\.{0,2}\/)(?:[^ \n,[\]{}#:]|:(?=\w)| +(?=[^ \n,[\]{}#:]))*/y;
/** What ends a line, lines that say nothing, and blanks before the next word. */
const LINE_ENDS = /(?: +(?:#.*)?)?\n(?: *(?:#.*)?\n)* */y;

/** The tree of a lane file, or null where the parser has to read it. */
export function readSimple(text: string, file: string): MapNode | null {
  return ODD.test(text) ? null : new SimpleReader(`\n${text}\n`, file).read();
}

/** Each method moves over what it reads, and gives up with null or false: then nothing of the text has been read. */
class SimpleReader {
  readonly #text: string;
  readonly #file: string;
  readonly #doubts = new Problems();
  #at = 0;
  /** The text starts with the end of a line before the first. */
  #line = 0;
  /** Offset of the first character of the line. */
  #start = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  read(): MapNode | null {
    const root = this.#endsLine() ? this.#block(0) : null;
    // A word further right than it should be ends all blocks before the text does.
    return root?.kind === 'map' && this.#isOver ? root : null;
  }

  /** What goes on over lines in this column; stands at the first word behind it, on a line of its own. */
  #block(depth: number): LaneNode | null {
    if (depth > DEEPEST) return null;
    const at = this.#place;
    if (this.#isItem) {
      const items: LaneNode[] = [];
      do {
        this.#at += 1;
        this.#skipBlanks();
        const item = this.#block(depth + 1);
        if (item === null) return null;
        items.push(item);
      } while (this.#column === at.column && this.#isItem);
      return { kind: 'list', at, items };
    }
    let key = this.#key();
    if (key === null) return this.#lastOfLine(this.#inline(at, PLAIN, depth));
    const entries = new Map<string, Entry>();
    for (let keyAt = at; ; keyAt = this.#place, key = this.#key()) {
      if (key === null || entries.has(key)) return null;
      const value = this.#valueIn(at.column, depth + 1);
      if (value === null) return null;
      entries.set(key, { key, at: keyAt, value });
      if (this.#column !== at.column || this.#isOver) break;
    }
    return { kind: 'map', at, entries, whole: true };
  }

  /** The value of a key that stands in this column: on its line, or further right on lines below, a list there in the same column, too. */
  #valueIn(column: number, depth: number): LaneNode | null {
    if (this.#endsLine()) return this.#column > column || (this.#column === column && this.#isItem) ? this.#block(depth) : null;
    this.#skipBlanks();
    return this.#lastOfLine(this.#inline(this.#place, PLAIN, depth));
  }

  #inline(at: Place, plain: RegExp, depth: number): LaneNode | null {
    if (depth > DEEPEST) return null;
    switch (this.#text[this.#at]) {
      case '[':
        return this.#listInBrackets(at, depth);
      case '{':
        return this.#mapInBrackets(at, depth);
      case '"':
      case "'": {
        const value = this.#taken(QUOTED)?.slice(1, -1);
        return value === undefined ? null : { kind: 'scalar', at, value, source: value };
      }
    }
    const source = this.#taken(plain);
    const node = source === null ? null : plainScalar(source, at, this.#doubts);
    return node?.kind === 'scalar' ? node : null;
  }

  #listInBrackets(at: Place, depth: number): ListNode | null {
    const items: LaneNode[] = [];
    this.#at += 1;
    while (!this.#passes(']')) {
      if (items.length > 0 && !this.#passes(',')) return null;
      this.#skipBlanks();
      const item = this.#inline(this.#place, PLAIN_IN_BRACKETS, depth + 1);
      if (item === null) return null;
      items.push(item);
      this.#skipBlanks();
    }
    return { kind: 'list', at, items };
  }

  #mapInBrackets(at: Place, depth: number): MapNode | null {
    const entries = new Map<string, Entry>();
    this.#at += 1;
    while (!this.#passes('}')) {
      if (entries.size > 0 && !this.#passes(',')) return null;
      this.#skipBlanks();
      const keyAt = this.#place;
      const key = this.#key();
      if (key === null || entries.has(key)) return null;
      this.#skipBlanks();
      const value = this.#inline(this.#place, PLAIN_IN_BRACKETS, depth + 1);
      if (value === null) return null;
      entries.set(key, { key, at: keyAt, value });
      this.#skipBlanks();
    }
    return { kind: 'map', at, entries, whole: true };
  }

  /** A key; stands behind its colon. */
  #key(): string | null {
    const source = this.#taken(KEY);
    if (source === null || typeof plainValue(source) !== 'string') return null;
    this.#at += 1;
    return source.startsWith('"') || source.startsWith("'") ? source.slice(1, -1) : source;
  }

  /** The node, where nothing stands between it and the end of its line. */
  #lastOfLine(node: LaneNode | null): LaneNode | null {
    return node !== null && this.#endsLine() ? node : null;
  }

  /** Moves to the next word below, where nothing else stands on this line. */
  #endsLine(): boolean {
    LINE_ENDS.lastIndex = this.#at;
    if (!LINE_ENDS.test(this.#text)) return false;
    const end = LINE_ENDS.lastIndex;
    for (let line = this.#text.indexOf('\n', this.#at); line >= 0 && line < end; line = this.#text.indexOf('\n', line + 1)) {
      this.#line += 1;
      this.#start = line + 1;
    }
    this.#at = end;
    return true;
  }

  #taken(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return null;
    const from = this.#at;
    this.#at = pattern.lastIndex;
    return this.#text.slice(from, this.#at);
  }

  #passes(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  get #isItem(): boolean {
    return this.#text[this.#at] === '-' && this.#text[this.#at + 1] === ' ';
  }

  get #isOver(): boolean {
    return this.#at === this.#text.length;
  }

  get #column(): number {
    return this.#at - this.#start + 1;
  }

  get #place(): Place {
    return { file: this.#file, line: this.#line, column: this.#column };
  }
}
