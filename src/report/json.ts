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

/** One of objects, of which some are told as another one but for their first member, a text. */
export class KindredStream<T> extends Stream<T> {
  readonly #likeOf: (element: T) => T | null;

  /** `likeOf`: that other one, the same object for all that are like it; null where an element is told by itself. */
  constructor(make: () => Iterable<T>, likeOf: (element: T) => T | null) {
    super(make);
    this.#likeOf = likeOf;
  }

  likeOf(element: T): T | null {
    return this.#likeOf(element);
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

/** Texts that are held of what others are like. */
const MOST_KINDRED = 512;

function* kindredPieces(stream: KindredStream<Members>, depth: number): Generator<string> {
  let known = new Map<Members, Kindred>();
  let text = '[';
  let before = '';
  for (const element of stream) {
    const like = stream.likeOf(element);
    let kindred = like === null ? undefined : known.get(like);
    if (like !== null && kindred === undefined) {
      kindred = new Kindred(like, depth + 1);
      if (known.size === MOST_KINDRED) known = new Map();
      known.set(like, kindred);
    }
    text += before + (kindred === undefined ? elementsText([element], depth + 1) : kindred.spell(element));
    before = ',';
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text + (before === '' ? ']' : `${indentAt(depth)}]`);
}

/** Spells what is like an element: all but the first member is spelled once. */
class Kindred {
  readonly #first: string;
  readonly #begin: string;
  readonly #rest: string;

  /** `depth`: how deep in lists they stand. */
  constructor(one: Members, depth: number) {
    this.#first = Object.keys(one)[0] ?? '';
    this.#begin = `${indentAt(depth)}{${indentAt(depth + 1)}${escapeJson(JSON.stringify(this.#first))}: `;
    this.#rest = elementsText([one], depth).slice(this.#begin.length + this.#spellFirst(one).length);
  }

  spell(other: Members): string {
    return this.#begin + this.#spellFirst(other) + this.#rest;
  }

  #spellFirst(one: Members): string {
    return escapeJson(JSON.stringify(one[this.#first]));
  }
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
