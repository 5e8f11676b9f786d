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
  return Object.values(value).some(holdsStream);
}

/** Characters that are put together before they are handed on. */
const CHUNK = 1 << 14;

/** A report as its JSON format prints it: `JSON.stringify` with an indent of 2, escaped, a line end behind it; piece by piece. */
export function* jsonChunks(value: unknown): Generator<string> {
  let chunk = '';
  for (const piece of pieces(value, '')) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}\n`;
}

function* pieces(value: unknown, indent: string): Generator<string> {
  if (!holdsStream(value)) {
    // No string holds a raw line end: in JSON it is escaped.
    yield escapeJson(JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`));
    return;
  }
  const inner = `${indent}  `;
  let before = '';
  if (value instanceof Stream) {
    for (const element of value) {
      yield `${before === '' ? '[' : before}\n${inner}`;
      yield* pieces(element, inner);
      before = ',';
    }
    yield before === '' ? '[]' : `\n${indent}]`;
    return;
  }
  for (const [key, one] of Object.entries(value as object)) {
    if (one === undefined) continue;
    yield `${before === '' ? '{' : before}\n${inner}${escapeJson(JSON.stringify(key))}: `;
    yield* pieces(one, inner);
    before = ',';
  }
  yield `\n${indent}}`;
}
