import type { Place } from '../errors.ts';
import type { Entry, LaneNode, ListNode, MapNode, ScalarNode } from './node.ts';
import { Problems } from './problems.ts';
import { plainScalar, plainValue } from './scalar.ts';

/** Any character that has no meaning of its own in YAML, wherever it stands; no tab, no carriage return, nothing unseen. */
const ORDINARY = /^[\n -~\u00a1-\u1fff\u2030-\ud7ff]*$/;
const DEEPEST = 16;
const LONGEST_KEY = 128;

const [LINE_END, SPACE, QUOTE, HASH, APOSTROPHE, COMMA] = [0x0a, 0x20, 0x22, 0x23, 0x27, 0x2c] as const;
const [DASH, COLON, LIST, LIST_END, MAP, MAP_END] = [0x2d, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d] as const;

/** The text says something in another way than the plain one. */
class Otherwise extends Error {}

/**
 * The tree of a lane file that is written in the plain way: block maps and lists, flow maps and lists on one line, words and text in
 * quotes on one line, comments. Null for every other text, and wherever something is wrong: then the parser of YAML decides
 * and names the place. It is four times as fast, which is what start-up is for; test/lanes/plain.test.ts compares the two.
 */
export function readPlain(text: string, file: string): MapNode | null {
  if (!ORDINARY.test(text)) return null;
  try {
    return new PlainReader(text, file).read();
  } catch (error) {
    if (error instanceof Otherwise) return null;
    throw error;
  }
}

/** Of ASCII, and `_`. */
function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

class PlainReader {
  readonly #text: string;
  readonly #file: string;
  /** Nothing is ever kept here: whoever has a problem leaves. */
  readonly #problems = new Problems();
  #at = 0;
  #line = 1;
  #lineStart = 0;
  /** Blanks before the line's first word; -1 at the end of the text. */
  #indent = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  read(): MapNode {
    this.#toContent();
    const root = this.#map(this.#indent, 0);
    return this.#indent < 0 ? root : this.#otherwise();
  }

  #otherwise(): never {
    throw new Otherwise();
  }

  #place(): Place {
    return { file: this.#file, line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  /** The unit at some offset; NaN beyond the end. */
  #code(at = this.#at): number {
    return this.#text.charCodeAt(at);
  }

  #ends(code: number): boolean {
    return code === LINE_END || Number.isNaN(code);
  }

  #blanks(): void {
    let at = this.#at;
    while (this.#text.charCodeAt(at) === SPACE) at += 1;
    this.#at = at;
  }

  /** From the start of a line to the first word of this or a later one. */
  #toContent(): void {
    for (;;) {
      this.#lineStart = this.#at;
      this.#blanks();
      const code = this.#code();
      if (code !== HASH && code !== LINE_END) {
        this.#indent = Number.isNaN(code) ? -1 : this.#at - this.#lineStart;
        return;
      }
      this.#pastLine();
    }
  }

  #pastLine(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
    this.#line += 1;
  }

  /** Behind a value nothing follows in its line but a comment, and no later line belongs to it. */
  #endLine(indent: number): void {
    if (!this.#ends(this.#code())) {
      if (this.#code() !== SPACE) this.#otherwise();
      this.#blanks();
      if (!this.#ends(this.#code()) && this.#code() !== HASH) this.#otherwise();
    }
    this.#pastLine();
    this.#toContent();
    if (this.#indent > indent) this.#otherwise();
  }

  #startsItem(): boolean {
    return this.#code() === DASH && this.#code(this.#at + 1) === SPACE;
  }

  /** A block map whose keys stand at this indentation. */
  #map(indent: number, depth: number): MapNode {
    if (depth > DEEPEST) this.#otherwise();
    const at = this.#place();
    const entries = new Map<string, Entry>();
    do {
      const keyAt = this.#place();
      const key = this.#key() ?? this.#otherwise();
      this.#add(entries, key, keyAt, this.#blockValue(indent, depth));
    } while (this.#indent === indent);
    return { kind: 'map', at, entries, whole: true };
  }

  #add(entries: Map<string, Entry>, key: string, at: Place, value: LaneNode): void {
    if (entries.has(key)) this.#otherwise();
    entries.set(key, { key, at, value });
  }

  /** What stands behind a key, in its line or below it. */
  #blockValue(indent: number, depth: number): LaneNode {
    this.#blanks();
    const code = this.#code();
    if (code !== HASH && !this.#ends(code)) {
      const value = this.#value(depth + 1, false);
      this.#endLine(indent);
      return value;
    }
    this.#pastLine();
    this.#toContent();
    if (this.#indent >= indent && this.#startsItem()) return this.#list(this.#indent, depth + 1);
    return this.#indent > indent ? this.#map(this.#indent, depth + 1) : this.#otherwise();
  }

  /** A block list whose dashes stand at this indentation. */
  #list(indent: number, depth: number): ListNode {
    if (depth > DEEPEST) this.#otherwise();
    const at = this.#place();
    const items: LaneNode[] = [];
    do {
      this.#at += 1;
      this.#blanks();
      const start = this.#at;
      const isMap = this.#key() !== null;
      this.#at = start;
      if (isMap) {
        items.push(this.#map(start - this.#lineStart, depth + 1));
        if (this.#indent > indent) this.#otherwise();
      } else {
        items.push(this.#value(depth + 1, false));
        this.#endLine(indent);
      }
    } while (this.#indent === indent && this.#startsItem());
    return { kind: 'list', at, items };
  }

  /** Reads a key and its colon; null, and nothing is read, where none begins here. */
  #key(): string | null {
    const start = this.#at;
    const first = this.#code();
    const quoted = first === QUOTE || first === APOSTROPHE;
    const key = quoted ? this.#quoted(first) : this.#word();
    const after = this.#code(this.#at + 1);
    if (key === '' || this.#code() !== COLON || (after !== SPACE && !this.#ends(after))) {
      this.#at = start;
      return null;
    }
    if (key.length > LONGEST_KEY || key === '<<' || (!quoted && typeof plainValue(key) !== 'string')) this.#otherwise();
    this.#at += 1;
    return key;
  }

  /** A letter or `_` and what follows of letters, digits, `_`, `.` and `-`; '' where none begins here. */
  #word(): string {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    if (isLetter(text.charCodeAt(at))) {
      at += 1;
      for (let code = text.charCodeAt(at); isLetter(code) || (code >= DASH && code <= 0x39 && code !== 0x2f); )
        code = text.charCodeAt(++at);
    }
    this.#at = at;
    return text.slice(start, at);
  }

  /** Text in quotes that means each of its characters. */
  #quoted(quote: number): string {
    const start = this.#at + 1;
    const end = this.#text.indexOf(quote === QUOTE ? '"' : "'", start);
    if (end < 0) this.#otherwise();
    const text = this.#text.slice(start, end);
    if (text.includes('\n') || text.includes('\\') || this.#code(end + 1) === quote) this.#otherwise();
    this.#at = end + 1;
    return text;
  }

  /** A value that begins and ends in this line. */
  #value(depth: number, inFlow: boolean): LaneNode {
    if (depth > DEEPEST) this.#otherwise();
    const at = this.#place();
    const first = this.#code();
    if (first === QUOTE || first === APOSTROPHE) {
      const source = this.#quoted(first);
      return { kind: 'scalar', at, value: source, source };
    }
    if (first === LIST) return this.#flowList(at, depth);
    if (first === MAP) return this.#flowMap(at, depth);
    return this.#scalar(at, inFlow);
  }

  /** Words without quotes that begin with a letter, a digit, `_`, `.` or `/`. */
  #scalar(at: Place, inFlow: boolean): ScalarNode {
    const text = this.#text;
    const start = this.#at;
    const first = text.charCodeAt(start);
    if (!isLetter(first) && !(first >= 0x2e && first <= 0x39)) this.#otherwise();
    let end = start;
    for (let next = start; ; next += 1) {
      const code = text.charCodeAt(next);
      if (isLetter(code)) {
        end = next + 1;
        continue;
      }
      if (this.#ends(code)) break;
      if (code === COMMA || code === LIST || code === LIST_END || code === MAP || code === MAP_END) {
        if (inFlow) break;
      } else if (code === COLON) {
        const after = text.charCodeAt(next + 1);
        if (after === SPACE || this.#ends(after) || inFlow) this.#otherwise();
      } else if (code === HASH && text.charCodeAt(next - 1) === SPACE) {
        if (inFlow) this.#otherwise();
        break;
      }
      if (code !== SPACE) end = next + 1;
    }
    this.#at = end;
    const node = plainScalar(text.slice(start, end), at, this.#problems);
    return node.kind === 'fault' ? this.#otherwise() : node;
  }

  #flowList(at: Place, depth: number): ListNode {
    const items: LaneNode[] = [];
    this.#flow(LIST_END, () => items.push(this.#value(depth + 1, true)));
    return { kind: 'list', at, items };
  }

  #flowMap(at: Place, depth: number): MapNode {
    const entries = new Map<string, Entry>();
    this.#flow(MAP_END, () => {
      const keyAt = this.#place();
      const key = this.#key() ?? this.#otherwise();
      this.#blanks();
      this.#add(entries, key, keyAt, this.#value(depth + 1, true));
    });
    return { kind: 'map', at, entries, whole: true };
  }

  /** From an opening bracket to behind the closing one. */
  #flow(end: number, read: () => void): void {
    this.#at += 1;
    this.#blanks();
    if (this.#code() === end) {
      this.#at += 1;
      return;
    }
    for (;;) {
      read();
      this.#blanks();
      const code = this.#code();
      this.#at += 1;
      if (code === end) return;
      if (code !== COMMA) this.#otherwise();
      this.#blanks();
    }
  }
}
