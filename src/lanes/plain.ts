import type { Place } from '../errors.ts';
import type { Entry, LaneNode, ListNode, MapNode, ScalarNode } from './node.ts';
import { Problems } from './problems.ts';
import { plainScalar, plainValue } from './scalar.ts';

/** No character that means the same nowhere: no tab, no carriage return, nothing unseen. */
const ORDINARY = /^[\n -~\u00a1-\u1fff\u2030-\ud7ff]*$/;
const DEEPEST = 16;
const LONGEST_KEY = 128;

// Patterns for one place of the text each; a loop over its characters would take longer than to compile them.
/** A word or text in quotes, before a colon. */
const KEY = /(?:[A-Za-z_][\w.-]*|"[^"\\\n]*"|'[^'\n]*')(?=:(?:[ \n]|$))/y;
/** Text in quotes that means each of its characters. */
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'(?!')/y;
/** Words without quotes, up to a comment, to a colon behind which a value would begin, or to the end of the line. */
const WORDS = /[\w./](?:[^\n:#]|:(?=[^ \n])|(?<=[^ ])#)*/y;
/** The same between brackets, where commas and brackets end it, and every colon does. */
const WORDS_IN_FLOW = /[\w./](?:[^\n:#,[\]{}]|(?<=[^ ])#)*/y;
const BLANKS = / */y;
/** What may stand behind a value in its line, the line end included. */
const END = /(?: +#[^\n]*| *)(?:\n|$)/y;
/** Empty lines and comments, then the indentation of a line that says something. */
const NOTHING = /(?: *(?:#[^\n]*)?\n)* *(?:#[^\n]*$)?/y;

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

  /** What a pattern finds here, and steps over it; null, and no step, where it finds nothing. */
  #take(pattern: RegExp): string | null {
    const start = this.#at;
    pattern.lastIndex = start;
    if (!pattern.test(this.#text)) return null;
    this.#at = pattern.lastIndex;
    return this.#text.slice(start, this.#at);
  }

  /** The character here; '' at the end. */
  #next(): string {
    return this.#text.charAt(this.#at);
  }

  /** From the start of a line to the first word of this or a later one. */
  #toContent(): void {
    const start = this.#at;
    this.#take(NOTHING);
    this.#lineStart = start;
    for (let end = this.#text.indexOf('\n', start); end >= 0 && end < this.#at; end = this.#text.indexOf('\n', end + 1)) {
      this.#line += 1;
      this.#lineStart = end + 1;
    }
    this.#indent = this.#at === this.#text.length ? -1 : this.#at - this.#lineStart;
  }

  /** Behind a value nothing follows in its line but a comment, and no later line belongs to it. */
  #endLine(indent: number): void {
    if (this.#take(END) === null) this.#otherwise();
    this.#line += 1;
    this.#toContent();
    if (this.#indent > indent) this.#otherwise();
  }

  #startsItem(): boolean {
    return this.#text.startsWith('- ', this.#at);
  }

  /** A block map whose keys stand at this indentation. */
  #map(indent: number, depth: number): MapNode {
    if (depth > DEEPEST) this.#otherwise();
    const at = this.#place();
    const entries = new Map<string, Entry>();
    do {
      const keyAt = this.#place();
      this.#add(entries, this.#key() ?? this.#otherwise(), keyAt, this.#blockValue(indent, depth));
    } while (this.#indent === indent);
    return { kind: 'map', at, entries, whole: true };
  }

  #add(entries: Map<string, Entry>, key: string, at: Place, value: LaneNode): void {
    if (entries.has(key)) this.#otherwise();
    entries.set(key, { key, at, value });
  }

  /** What stands behind a key, in its line or below it. */
  #blockValue(indent: number, depth: number): LaneNode {
    const start = this.#at;
    if (this.#take(END) === null) {
      this.#take(BLANKS);
      const value = this.#value(depth + 1, false);
      this.#endLine(indent);
      return value;
    }
    if (this.#at > start) this.#line += 1;
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
      this.#take(BLANKS);
      const start = this.#at;
      const isMap = this.#take(KEY) !== null;
      this.#at = start;
      items.push(isMap ? this.#map(start - this.#lineStart, depth + 1) : this.#value(depth + 1, false));
      if (!isMap) this.#endLine(indent);
      else if (this.#indent > indent) this.#otherwise();
    } while (this.#indent === indent && this.#startsItem());
    return { kind: 'list', at, items };
  }

  /** Reads a key and its colon; null where none begins here. */
  #key(): string | null {
    const source = this.#take(KEY);
    if (source === null) return null;
    const isQuoted = source.startsWith('"') || source.startsWith("'");
    const key = isQuoted ? source.slice(1, -1) : source;
    if (key.length > LONGEST_KEY || key === '<<' || (!isQuoted && typeof plainValue(key) !== 'string')) this.#otherwise();
    this.#at += 1;
    return key;
  }

  /** A value that begins and ends in this line. */
  #value(depth: number, inFlow: boolean): LaneNode {
    if (depth > DEEPEST) this.#otherwise();
    const at = this.#place();
    const first = this.#next();
    if (first === '[') return this.#flowList(at, depth);
    if (first === '{') return this.#flowMap(at, depth);
    if (first !== '"' && first !== "'") return this.#scalar(at, inFlow);
    const value = (this.#take(QUOTED) ?? this.#otherwise()).slice(1, -1);
    return { kind: 'scalar', at, value, source: value };
  }

  /** Words without quotes. */
  #scalar(at: Place, inFlow: boolean): ScalarNode {
    const words = this.#take(inFlow ? WORDS_IN_FLOW : WORDS) ?? this.#otherwise();
    let length = words.length;
    while (words.charAt(length - 1) === ' ') length -= 1;
    // Blanks before a comment are part of what ends the line.
    this.#at -= words.length - length;
    const node = plainScalar(words.slice(0, length), at, this.#problems);
    return node.kind === 'fault' ? this.#otherwise() : node;
  }

  #flowList(at: Place, depth: number): ListNode {
    const items: LaneNode[] = [];
    this.#flow(']', () => items.push(this.#value(depth + 1, true)));
    return { kind: 'list', at, items };
  }

  #flowMap(at: Place, depth: number): MapNode {
    const entries = new Map<string, Entry>();
    this.#flow('}', () => {
      const keyAt = this.#place();
      const key = this.#key() ?? this.#otherwise();
      this.#take(BLANKS);
      this.#add(entries, key, keyAt, this.#value(depth + 1, true));
    });
    return { kind: 'map', at, entries, whole: true };
  }

  /** From an opening bracket to behind the closing one. */
  #flow(end: string, read: () => void): void {
    this.#at += 1;
    this.#take(BLANKS);
    if (this.#next() === end) {
      this.#at += 1;
      return;
    }
    for (;;) {
      read();
      this.#take(BLANKS);
      const sign = this.#next();
      this.#at += 1;
      if (sign === end) return;
      if (sign !== ',') this.#otherwise();
      this.#take(BLANKS);
    }
  }
}
