import { InlaneError } from '../errors.ts';
import { exactly } from './number.ts';
import { placeOf } from './place.ts';
import { ExactNumber } from './value.ts';

/** What the parser makes: plan values before the masks were laid on them. Objects have no prototype. */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Deepest nesting accepted. Code behind the door may recurse over values because of this bound. */
export const MAX_DEPTH = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CACHED_LENGTH = 40;
const CACHE_MASK = 0xfff;

/** Some bytes of a JSON text, [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A JSON parser over UTF-8 bytes (RFC 8259): exact numbers, no duplicate keys, a place for every error.
 * It reads one value at a time from `at`, so a big file need not become one object or one string.
 * Errors never quote the text: it may be a secret.
 */
export class JsonReader {
  readonly bytes: Buffer;
  readonly end: number;
  readonly name: string;
  at: number;
  #cache: (string | undefined)[] = [];
  #keySets: Set<string>[] = [];
  // Outcome of the last #scanString.
  #stringEnd = 0;
  #escaped = false;
  #ascii = true;
  #hash = 0;

  /** `name` is how messages call the file. */
  constructor(bytes: Buffer, name: string, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.name = name;
    this.at = start;
    this.end = end;
  }

  /** The next byte that is no white space, or -1 at the end. */
  peek(): number {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end) {
      const c = bytes[at] as number;
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break;
      at += 1;
    }
    this.at = at;
    return at < end ? (bytes[at] as number) : -1;
  }

  /** Reads one value. */
  value(depth = 0): Json {
    const c = this.peek();
    switch (c) {
      case QUOTE:
        return this.string();
      case 0x7b:
        return this.#object(depth);
      case 0x5b:
        return this.#array(depth);
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        return this.#number(c);
    }
  }

  /** Reads one value and keeps nothing: syntax, depth and duplicate keys are checked. */
  check(depth = 0): void {
    const c = this.peek();
    if (c === QUOTE) {
      this.#scanString();
      if (this.#escaped) this.string();
      else this.at = this.#stringEnd + 1;
    } else if (c === 0x7b) {
      if (depth >= MAX_DEPTH) this.#tooDeep();
      let keys = this.#keySets[depth];
      if (keys === undefined) this.#keySets[depth] = keys = new Set();
      keys.clear();
      for (const at of this.#members()) {
        const key = this.string();
        if (keys.has(key)) this.#duplicate(at);
        keys.add(key);
        this.#colon();
        this.check(depth + 1);
      }
    } else if (c === 0x5b) {
      if (depth >= MAX_DEPTH) this.#tooDeep();
      for (const _ of this.elements()) this.check(depth + 1);
    } else this.value(depth);
  }

  /** Steps over one value by its brackets and quotes alone; whoever uses the span must still parse it. */
  skip(): Span {
    const first = this.peek();
    const start = this.at;
    if (first === QUOTE) {
      this.#scanString();
      this.at = this.#stringEnd + 1;
      return { start, end: this.at };
    }
    if (first !== 0x7b && first !== 0x5b) {
      this.value();
      return { start, end: this.at };
    }
    const { bytes, end } = this;
    let depth = 0;
    let at = start;
    while (at < end) {
      const c = bytes[at] as number;
      if (c === QUOTE) {
        at += 1;
        while (at < end) {
          const s = bytes[at] as number;
          if (s === QUOTE) break;
          at += s === BACKSLASH ? 2 : 1;
        }
      } else if (c === 0x7b || c === 0x5b) depth += 1;
      else if (c === 0x7d || c === 0x5d) {
        depth -= 1;
        if (depth === 0) {
          this.at = at + 1;
          return { start, end: at + 1 };
        }
      }
      at += 1;
    }
    this.at = end;
    return this.fail('the file ends in the middle of a value');
  }

  /** Yields before each element of the array at `at`; the caller must read that element. */
  *elements(): Generator<number> {
    this.at += 1;
    if (this.peek() === 0x5d) {
      this.at += 1;
      return;
    }
    for (let count = 0; ; count += 1) {
      yield count;
      const c = this.peek();
      this.at += 1;
      if (c === 0x5d) return;
      if (c !== 0x2c) this.#unexpected(c, 'a comma or `]`');
    }
  }

  /** The members of the object at `at`, their values stepped over. Twice the same key is an error. */
  spans(): Map<string, Span> {
    const found = new Map<string, Span>();
    for (const at of this.#members()) {
      const key = this.string();
      if (found.has(key)) this.#duplicate(at);
      this.#colon();
      found.set(key, this.skip());
    }
    return found;
  }

  string(): string {
    this.#scanString();
    const start = this.at + 1;
    const stop = this.#stringEnd;
    this.at = stop + 1;
    if (this.#escaped) return this.#unescape(start, stop);
    if (!this.#ascii) return this.bytes.toString('utf8', start, stop);
    const length = stop - start;
    if (length > CACHED_LENGTH) return this.bytes.toString('latin1', start, stop);
    const slot = this.#hash & CACHE_MASK;
    const kept = this.#cache[slot];
    if (kept !== undefined && kept.length === length) {
      let i = 0;
      while (i < length && kept.charCodeAt(i) === this.bytes[start + i]) i += 1;
      if (i === length) return kept;
    }
    const text = this.bytes.toString('latin1', start, stop);
    this.#cache[slot] = text;
    return text;
  }

  /** Throws `plan-unreadable` with the place. */
  fail(what: string, at: number = this.at): never {
    const { line, column } = placeOf(this.bytes, at);
    throw new InlaneError(
      'plan-unreadable',
      `\`${this.name}\` cannot be read at byte ${at} (line ${line}, column ${column}): ${what}`,
      'make the file again: `terraform show -json tfplan > plan.json` (or `tofu show -json`), and check that the command succeeded',
      [{ message: what, at: { file: this.name, line, column }, hint: null }],
    );
  }

  *#members(): Generator<number> {
    this.at += 1;
    if (this.peek() === 0x7d) {
      this.at += 1;
      return;
    }
    for (;;) {
      const c = this.peek();
      if (c !== QUOTE) this.#unexpected(c, 'a key in quotes');
      yield this.at;
      const next = this.peek();
      this.at += 1;
      if (next === 0x7d) return;
      if (next !== 0x2c) this.#unexpected(next, 'a comma or `}`');
    }
  }

  #colon(): void {
    const c = this.peek();
    this.at += 1;
    if (c !== 0x3a) this.#unexpected(c, 'a colon');
  }

  #object(depth: number): JsonObject {
    if (depth >= MAX_DEPTH) this.#tooDeep();
    const object: { [key: string]: Json } = Object.create(null);
    this.at += 1;
    if (this.peek() === 0x7d) {
      this.at += 1;
      return object;
    }
    for (;;) {
      const c = this.peek();
      if (c !== QUOTE) this.#unexpected(c, 'a key in quotes');
      const at = this.at;
      const key = this.string();
      if (key in object) this.#duplicate(at);
      this.#colon();
      object[key] = this.value(depth + 1);
      const next = this.peek();
      this.at += 1;
      if (next === 0x2c) continue;
      if (next === 0x7d) return object;
      this.#unexpected(next, 'a comma or `}`');
    }
  }

  #array(depth: number): readonly Json[] {
    if (depth >= MAX_DEPTH) this.#tooDeep();
    const list: Json[] = [];
    this.at += 1;
    if (this.peek() === 0x5d) {
      this.at += 1;
      return list;
    }
    for (;;) {
      list.push(this.value(depth + 1));
      const next = this.peek();
      this.at += 1;
      if (next === 0x2c) continue;
      if (next === 0x5d) return list;
      this.#unexpected(next, 'a comma or `]`');
    }
  }

  #word<T extends boolean | null>(word: string, value: T): T {
    for (let i = 0; i < word.length; i += 1) {
      if (this.at + i >= this.end) this.fail('the file ends in the middle of a value', this.end);
      if (this.bytes[this.at + i] !== word.charCodeAt(i)) this.fail('a value was expected here');
    }
    this.at += word.length;
    return value;
  }

  #number(first: number): number | ExactNumber {
    if (first !== 0x2d && !(first >= 0x30 && first <= 0x39)) {
      this.at += 1;
      this.#unexpected(first, 'a value');
    }
    const { bytes } = this;
    const start = this.at;
    let at = start;
    if (first === 0x2d) at += 1;
    const digits = (): number => {
      const from = at;
      let c = bytes[at];
      while (at < this.end && c !== undefined && c >= 0x30 && c <= 0x39) c = bytes[++at];
      if (at === from) this.fail(at >= this.end ? 'the file ends in the middle of a number' : 'a digit was expected here', at);
      return at - from;
    };
    const leadingZero = bytes[at] === 0x30;
    const whole = digits();
    if (leadingZero && whole > 1) this.fail('a number may not start with a zero', start);
    let plain = true;
    if (at < this.end && bytes[at] === 0x2e) {
      plain = false;
      at += 1;
      digits();
    }
    if (at < this.end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
      plain = false;
      at += 1;
      if (at < this.end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at += 1;
      digits();
    }
    this.at = at;
    if (plain && whole <= 15) {
      let n = 0;
      for (let i = first === 0x2d ? start + 1 : start; i < at; i += 1) n = n * 10 + ((bytes[i] as number) - 0x30);
      return first === 0x2d && n !== 0 ? -n : n;
    }
    return exactly(bytes.toString('latin1', start, at));
  }

  #scanString(): void {
    const { bytes, end } = this;
    let at = this.at + 1;
    let escaped = false;
    let seen = 0;
    let hash = 0;
    for (;;) {
      if (at >= end) this.fail('the file ends in the middle of a string', end);
      const c = bytes[at] as number;
      if (c === QUOTE) break;
      if (c < 0x20) this.fail('a control character stands in a string', at);
      if (c === BACKSLASH) {
        escaped = true;
        at += 2;
        continue;
      }
      seen |= c;
      hash = (Math.imul(hash, 31) + c) | 0;
      at += 1;
    }
    this.#stringEnd = at;
    this.#escaped = escaped;
    this.#ascii = seen < 0x80;
    this.#hash = hash ^ (hash >>> 13);
  }

  #unescape(start: number, stop: number): string {
    const { bytes } = this;
    let text = '';
    let from = start;
    let at = start;
    while (at < stop) {
      if (bytes[at] !== BACKSLASH) {
        at += 1;
        continue;
      }
      text += bytes.toString('utf8', from, at);
      const c = bytes[at + 1] as number;
      const plain = PLAIN_ESCAPES.get(c);
      if (plain !== undefined) {
        text += plain;
        at += 2;
      } else if (c === 0x75) {
        const hex = bytes.toString('latin1', at + 2, Math.min(at + 6, stop));
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail('four hexadecimal digits were expected after `\\u`', at);
        text += String.fromCharCode(Number.parseInt(hex, 16));
        at += 6;
      } else this.fail('an unknown escape stands in a string', at);
      from = at;
    }
    return text + bytes.toString('utf8', from, stop);
  }

  #unexpected(c: number, wanted: string): never {
    if (c === -1) this.fail(`the file ends where ${wanted} was expected`, this.end);
    this.fail(`${wanted} was expected here`, wanted === 'a key in quotes' ? this.at : this.at - 1);
  }

  #duplicate(at: number): never {
    this.fail('a key stands twice in one object', at);
  }

  #tooDeep(): never {
    this.fail(`values are nested deeper than ${MAX_DEPTH} levels`);
  }
}

const PLAIN_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x22, '"'],
  [0x5c, '\\'],
  [0x2f, '/'],
  [0x62, '\b'],
  [0x66, '\f'],
  [0x6e, '\n'],
  [0x72, '\r'],
  [0x74, '\t'],
]);
