import { escapeJson } from './escape.ts';

/** An array that is made while it is read, as often as it is read: it need not fit into memory. */
export class Stream<T> {
  readonly #make: () => Iterable<T>;

  constructor(make: () => Iterable<T>) {
    this.#make = make;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#make()[Symbol.iterator]();
  }
}

/**
 * One of objects whose first member is a text. `kindOf` tells which of them mostly differ in that alone; null = as no other is.
 */
export class KindredStream<T> extends Stream<T> {
  readonly #kindOf: (element: T) => string | null;

  constructor(make: () => Iterable<T>, kindOf: (element: T) => string | null) {
    super(make);
    this.#kindOf = kindOf;
  }

  kindOf(element: T): string | null {
    return this.#kindOf(element);
  }
}

/** A value in which arrays may be streams. */
export type Streamed<T> = T extends readonly (infer E)[]
  ? T | Stream<Streamed<E>>
  : T extends object
    ? { readonly [K in keyof T]: Streamed<T[K]> }
    : T;

/** The value with every stream read into memory. */
export function collected<T>(value: Streamed<T>): T {
  return collect(value) as T;
}

function collect(value: unknown): unknown {
  if (!holdsStream(value)) return value;
  if (value instanceof Stream) return [...value].map(collect);
  return Object.fromEntries(Object.entries(value as object).map(([key, one]) => [key, collect(one)]));
}

/** In an object or right here; arrays that are in memory hold none. */
function holdsStream(value: unknown): boolean {
  if (value instanceof Stream) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const key in value) if (holdsStream((value as { readonly [key: string]: unknown })[key])) return true;
  return false;
}

/** Characters that are put together before they are handed on. */
const CHUNK = 1 << 16;
/** Elements of a stream that are spelled at once. */
const BATCH = 32;

/** A report as its JSON format prints it: `JSON.stringify` with an indent of 2, escaped, a line end behind it; piece by piece. */
export function* jsonChunks(value: unknown): Generator<string> {
  let chunk = '';
  for (const piece of pieces(value, 0)) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}\n`;
}

function* pieces(value: unknown, depth: number): Generator<string> {
  if (!holdsStream(value)) {
    yield depth === 0 ? escapeJson(JSON.stringify(value, null, 2)) : elementsText([value], depth).slice(indentAt(depth).length);
    return;
  }
  if (value instanceof Stream) {
    yield* value instanceof KindredStream ? kindredPieces(value, depth) : streamPieces(value, depth);
    return;
  }
  let before = '{';
  for (const [key, one] of Object.entries(value as object)) {
    if (one === undefined) continue;
    yield `${before}${indentAt(depth + 1)}${escapeJson(JSON.stringify(key))}: `;
    yield* pieces(one, depth + 1);
    before = ',';
  }
  yield `${indentAt(depth)}}`;
}

function* streamPieces(stream: Stream<unknown>, depth: number): Generator<string> {
  let before = '[';
  let batch: unknown[] = [];
  for (const element of stream) {
    const plain = !holdsStream(element);
    if (plain) batch.push(element);
    if (batch.length > 0 && (!plain || batch.length === BATCH)) {
      yield before + elementsText(batch, depth + 1);
      before = ',';
      batch = [];
    }
    if (plain) continue;
    yield before + indentAt(depth + 1);
    yield* pieces(element, depth + 1);
    before = ',';
  }
  if (batch.length > 0) yield before + elementsText(batch, depth + 1);
  yield batch.length === 0 && before === '[' ? '[]' : `${indentAt(depth)}]`;
}

interface Members {
  readonly [key: string]: unknown;
}

/** Only the first member is spelled of an element that is otherwise as the last one of its kind. */
function* kindredPieces(stream: KindredStream<Members>, depth: number): Generator<string> {
  const kinds = new Map<string, Kindred>();
  let text = '[';
  let before = '';
  for (const element of stream) {
    const kind = stream.kindOf(element);
    const last = kind === null ? undefined : kinds.get(kind);
    if (last?.isLike(element)) text += before + last.spell(element);
    else {
      const own = elementsText([element], depth + 1);
      if (kind !== null) kinds.set(kind, new Kindred(element, own, depth + 1));
      text += before + own;
    }
    before = ',';
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text + (before === '' ? ']' : `${indentAt(depth)}]`);
}

/** What elements of a kind have in common: all but their first member, a text. */
class Kindred {
  readonly #one: Members;
  readonly #keys: readonly string[];
  readonly #first: string;
  readonly #begin: string;
  readonly #rest: string;

  /** `text`: an element as it stands in a list so deep. */
  constructor(one: Members, text: string, depth: number) {
    this.#one = one;
    this.#keys = Object.keys(one);
    this.#first = this.#keys[0] ?? '';
    this.#begin = `${indentAt(depth)}{${indentAt(depth + 1)}${escapeJson(JSON.stringify(this.#first))}: `;
    this.#rest = text.slice(this.#begin.length + this.#spellFirst(one).length);
  }

  isLike(other: Members): boolean {
    let at = 0;
    for (const key in other) {
      if (key !== this.#keys[at]) return false;
      if (at > 0 && other[key] !== this.#one[key] && !isSameList(other[key], this.#one[key])) return false;
      at += 1;
    }
    return at === this.#keys.length;
  }

  spell(other: Members): string {
    return this.#begin + this.#spellFirst(other) + this.#rest;
  }

  #spellFirst(one: Members): string {
    return escapeJson(JSON.stringify(one[this.#first]));
  }
}

/** Whether both are lists of the same texts. */
function isSameList(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (typeof a[at] !== 'string' || a[at] !== b[at]) return false;
  return true;
}

function indentAt(depth: number): string {
  return `\n${'  '.repeat(depth)}`;
}

/** Values as they stand in a list so deep, each behind a line end and its indent, commas between. */
function elementsText(values: readonly unknown[], depth: number): string {
  // The list in so many others is spelled with the indent that is wanted; what stands around is cut off.
  let nested: unknown = values;
  for (let level = 1; level < depth; level += 1) nested = [nested];
  return escapeJson(JSON.stringify(nested, null, 2).slice(depth * (depth + 1) - 1, -depth * (depth + 1)));
}
