import type { Json, JsonObject } from './json.ts';
import type { Carrier } from './later-row.ts';
import { around, type PieceReader, spanAt, textOf } from './piece-reader.ts';
import type { PieceSpan } from './pieces.ts';
import { RowHeads } from './row-heads.ts';
import type { Structure } from './scanner.ts';
import type { Source } from './source.ts';

/** A row without the values of its sides: whether there are any. */
export interface RowHead {
  readonly entry: Json;
  readonly before: boolean;
  readonly after: boolean;
}

/** The values of a row's sides, each parsed when asked for and as `JSON.parse` made it. */
export interface RowSides {
  readonly before: (() => JsonObject) | null;
  readonly after: (() => JsonObject) | null;
  /** Both are spelled alike. */
  readonly alike: boolean;
}

/** The rows of a plan that stays in its file, told by their index. */
export class StreamedRows {
  readonly #source: Source;
  readonly #structure: Structure;
  readonly #reader: PieceReader;
  readonly #heads: RowHeads;

  constructor(source: Source, structure: Structure, reader: PieceReader) {
    this.#source = source;
    this.#structure = structure;
    this.#reader = reader;
    this.#heads = new RowHeads(structure.heads, structure.shapes);
  }

  get length(): number {
    return this.#structure.rows.length;
  }

  /** Each parsed when it is asked for. */
  *[Symbol.iterator](): Generator<Json> {
    for (let index = 0; index < this.length; index += 1) yield this.whole(index);
  }

  whole(index: number): Json {
    return this.#reader.piece(this.#structure.rows, index, 'change', ['before', 'after']);
  }

  bytes(index: number): Buffer {
    const { rows } = this.#structure;
    const start = rows.startOf(index);
    return this.#source.read(start, start + rows.lengthOf(index));
  }

  /** A row without its sides, and whether they stand in the file as objects; null where it must be read as a whole. */
  head(index: number): RowHead | null {
    const { rows, heads } = this.#structure;
    const piece = rows.get(index);
    if (!piece.sure) return null;
    const entry = this.#heads.entry(index);
    if (entry !== null) return { entry, before: heads.hasSide(index, 'before'), after: heads.hasSide(index, 'after') };
    const bytes = this.bytes(index);
    const before = isObjectAt(bytes, piece.firstStart - piece.start, piece.firstStart);
    const after = isObjectAt(bytes, piece.secondStart - piece.start, piece.secondStart);
    return before === null || after === null ? null : { entry: around(bytes, piece), before, after };
  }

  /** The number of all rows that are spelled as this one but for their address, module and key (pieces.ts). */
  shape(index: number): number | null {
    return this.#structure.shapes.of(index);
  }

  /** Of a row that has a shape what others of it do not share; undefined where it is not there. */
  own(index: number, member: 'address' | 'module_address' | 'index'): Json | undefined {
    return this.#structure.heads.value(index, member);
  }

  /** What `change` of a row that has a head says besides its sides. */
  change(index: number): JsonObject {
    const told = this.#heads.change(index);
    if (told !== null) return told;
    const { entry } = this.head(index) as RowHead;
    return (entry as { readonly change: JsonObject }).change;
  }

  /** The sides of a row that has a head. */
  sides(index: number): RowSides {
    const { rows, heads } = this.#structure;
    const told = heads.isTold(index);
    const side = (name: 'before' | 'after') => {
      const span = told && !heads.hasSide(index, name) ? null : rows.side(index, name);
      if (span === null) return null;
      const { start, end } = span;
      if (!told && isObjectAt(this.#source.read(start, end), 0, start) !== true) return null;
      return () => this.#values(start, end) as JsonObject;
    };
    return { before: side('before'), after: side('after'), alike: this.isAlike(index) };
  }

  /** A side of a row that has a head and that side, as JSON. */
  side(index: number, side: 'before' | 'after'): Buffer {
    const span = this.#structure.rows.side(index, side) as PieceSpan;
    return this.#source.read(span.start, span.end);
  }

  /** Whether both sides of a row that has a head are there and spelled alike. */
  isAlike(index: number): boolean {
    const { rows, heads } = this.#structure;
    const told = heads.isTold(index) ? heads.isAlike(index) : null;
    if (told !== null) return told;
    const { start, end, firstStart, firstEnd, secondStart, secondEnd } = rows.get(index);
    const bytes = this.#source.read(start, end);
    const first = spanAt(bytes, start, firstStart, firstEnd);
    return first !== null && spanAt(bytes, start, secondStart, secondEnd)?.equals(first) === true;
  }

  /** A member of the before side by itself, as `JSON.parse` makes it. */
  carrier(index: number, name: Carrier): Json | undefined {
    const span = this.#structure.tags.span(index, name);
    return span === null ? undefined : this.#values(span.start, span.end);
  }

  /** The JSON of the same member; undefined where there is none, null where only parsing tells it. */
  carrierText(index: number, name: Carrier): string | undefined | null {
    return this.#structure.tags.text(index, name);
  }

  /** Whether a text stands in the bytes of some row. */
  someHolds(...texts: readonly string[]): boolean {
    for (let index = 0; index < this.length; index += 1) {
      const bytes = this.bytes(index);
      if (texts.some((text) => bytes.includes(text))) return true;
    }
    return false;
  }

  #values(from: number, to: number): Json {
    return JSON.parse(textOf(this.#source.read(from, to)));
  }
}

/** Whether an object stands there; false for null or nothing, null for anything else. */
function isObjectAt(bytes: Buffer, at: number, place: number): boolean | null {
  if (place < 0 || bytes[at] === 0x6e) return false;
  return bytes[at] === 0x7b ? true : null;
}
