import { isAscii } from 'node:buffer';
import { InlaneError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject, JsonReader } from './json.ts';
import type { Piece, Pieces } from './pieces.ts';
import type { Source } from './source.ts';
import { strip } from './whole.ts';

/** Reads parts of a plan that stays in its file. `name`: how messages call it; `plainly`: tells what is wrong with it as of the whole file. */
export class PieceReader {
  readonly #source: Source;
  readonly #name: string;
  readonly #plainly: () => never;

  constructor(source: Source, name: string, plainly: () => never) {
    this.#source = source;
    this.#name = name;
    this.#plainly = plainly;
  }

  /** `sure`: one native parse reads it. */
  value(from: number, to: number, sure: boolean): Json {
    const bytes = this.#source.read(from, to);
    return sure ? parseBytes(bytes) : this.#slowly(bytes, (reader) => reader.value());
  }

  /** Throws where something is wrong with what stands there. */
  check(from: number, to: number): void {
    this.#slowly(this.#source.read(from, to), (reader) => reader.check());
  }

  /**
   * A piece with its two large values parsed by themselves: where they are spelled alike, as in every row without a change, once.
   * `inner`: the member that holds them; null = the piece itself.
   */
  piece(pieces: Pieces, index: number, inner: string | null, [one, other]: readonly [string, string?]): Json {
    const piece = pieces.get(index);
    if (!piece.sure) return this.value(piece.start, piece.end, false);
    const bytes = this.#source.read(piece.start, piece.end);
    const whole = around(bytes, piece);
    const holder = inner === null || !isJsonObject(whole) ? whole : whole[inner];
    if (!isJsonObject(holder)) return whole;
    const target = holder as { [key: string]: Json };
    const first = spanAt(bytes, piece.start, piece.firstStart, piece.firstEnd);
    const second = spanAt(bytes, piece.start, piece.secondStart, piece.secondEnd);
    if (first !== null) target[one] = parseBytes(first);
    if (second !== null && other !== undefined) {
      const alike = first?.equals(second) === true;
      target[other] = alike ? (target[one] as Json) : parseBytes(second);
    }
    return whole;
  }

  #slowly<T>(bytes: Buffer, how: (reader: JsonReader) => T): T {
    const reader = new JsonReader(bytes, this.#name);
    try {
      return how(reader);
    } catch (error) {
      if (error instanceof InlaneError) this.#plainly();
      throw error;
    }
  }
}

/** Bytes of a piece between two places in the file; null where there are none. `origin`: where the piece begins. */
export function spanAt(bytes: Buffer, origin: number, start: number, end: number): Buffer | null {
  return start < 0 ? null : bytes.subarray(start - origin, end - origin);
}

/** A piece without doubt, with `null` for its large values. */
export function around(bytes: Buffer, piece: Piece): Json {
  const { start, firstStart, firstEnd, secondStart, secondEnd } = piece;
  const swapped = secondStart >= 0 && secondStart < firstStart;
  const spans = swapped ? [secondStart, secondEnd, firstStart, firstEnd] : [firstStart, firstEnd, secondStart, secondEnd];
  let text = '';
  let at = 0;
  for (let i = 0; i < spans.length; i += 2) {
    if ((spans[i] as number) < 0) continue;
    text += `${textOf(bytes.subarray(at, (spans[i] as number) - start))}null`;
    at = (spans[i + 1] as number) - start;
  }
  return parse(text + textOf(bytes.subarray(at)));
}

/** The text of UTF-8 bytes; most plans are ASCII, of which a byte is a character. */
export function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

/** A value without doubt. */
function parseBytes(bytes: Buffer): Json {
  return parse(textOf(bytes));
}

/** One native parse of a text that is known to be JSON without doubt; its objects have no prototype. */
export function parse(text: string): Json {
  const value: Json | JsonObject = JSON.parse(text);
  if (typeof value === 'object' && value !== null) strip(value);
  return value;
}
