import { BLOCK, type Block, type Layout, Packing, packed } from './packed.ts';
import type { Source } from './source.ts';

/** Where a piece stands in the file, and up to two spans in it; -1 for one that is not there. `sure`: one native parse reads it. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly firstStart: number;
  readonly firstEnd: number;
  readonly secondStart: number;
  readonly secondEnd: number;
  readonly sure: boolean;
}

const NONE = 0xffffffff;

/** A span of a piece: where it begins and ends in the file. */
export interface PieceSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Words of an entry: the start in two, the length, two spans that count from the start, bits of which the lowest tells that it is sure,
 * and its head (heads.ts); of a row spans of its tags, its shape and bits about its tags, too, and some that say nothing.
 */
export const OBJECT_WORDS = 20;
export const ROW_WORDS = 28;
/** The start, and the members of a head that tell pieces apart: address, module and key. */
const OWN = [0, 8, 9, 13];
const SHARED = [10, 11, 12, 14, 15, 16, 17, 18, 19];
export const OBJECTS: Layout = { words: OBJECT_WORDS, own: OWN, shared: SHARED, narrow: [2, 3, 4, 5, 6, 7] };
export const ROWS: Layout = { words: ROW_WORDS, own: OWN, shared: SHARED, narrow: [2, 3, 4, 5, 6, 7, 20, 21, 22, 23, 24, 25] };
const TAGS = OBJECT_WORDS;
const TAGS_ALL = OBJECT_WORDS + 2;
const SHAPE = 24;
const PLAIN_TAGS = 25;

/** A long list of pieces in some words each, as the scanner writes them (scripts/scan/structure.as). */
export class Pieces {
  readonly #packing: Packing;
  readonly #blocks: Block[] = [];
  /** Those that are not packed yet. */
  #open: Uint32Array;
  length = 0;

  constructor(layout: Layout) {
    this.#packing = new Packing(layout);
    this.#open = new Uint32Array(BLOCK * layout.words);
  }

  /** Takes what some entries are made of. */
  add(entries: Uint32Array): void {
    const { words } = this.#packing.layout;
    for (let from = 0; from < entries.length; ) {
      const at = (this.length % BLOCK) * words;
      const part = entries.subarray(from, from + this.#open.length - at);
      this.#open.set(part, at);
      this.length += part.length / words;
      from += part.length;
      if (this.length % BLOCK === 0) this.#blocks.push(packed(this.#open, this.#packing, this.#blocks.length));
    }
  }

  /** Nothing more is added; before, nothing is told. */
  finish(): void {
    const left = (this.length % BLOCK) * this.#packing.layout.words;
    if (left > 0) this.#blocks.push(packed(this.#open.subarray(0, left), this.#packing, this.#blocks.length));
    this.#open = new Uint32Array(0);
    this.#packing.finish();
  }

  get(index: number): Piece {
    const start = this.startOf(index);
    return {
      start,
      end: start + this.lengthOf(index),
      firstStart: this.#place(start, index, 3),
      firstEnd: this.#place(start, index, 4),
      secondStart: this.#place(start, index, 5),
      secondEnd: this.#place(start, index, 6),
      sure: (this.word(index, 7) & 1) === 1,
    };
  }

  /** Where a side of a row stands; null for one that is not there. */
  side(index: number, side: 'before' | 'after'): PieceSpan | null {
    return this.span(index, this.startOf(index), side === 'before' ? 3 : 5);
  }

  /** A span of a piece that begins at `origin`: the words from `word` on; null for one that is not there. */
  span(index: number, origin: number, word: number): PieceSpan | null {
    const start = this.#place(origin, index, word);
    return start < 0 ? null : { start, end: this.#place(origin, index, word + 1) };
  }

  /** Where it begins in the file. */
  startOf(index: number): number {
    return this.#blockOf(index).start(index % BLOCK);
  }

  /** In bytes. */
  lengthOf(index: number): number {
    return this.word(index, 2);
  }

  word(index: number, word: number): number {
    return this.#blockOf(index).word(index % BLOCK, word);
  }

  #blockOf(index: number): Block {
    const block = this.#blocks[Math.floor(index / BLOCK)];
    if (block === undefined || index >= this.length) throw new RangeError('no such piece');
    return block;
  }

  #place(origin: number, index: number, word: number): number {
    const place = this.word(index, word);
    return place === NONE ? -1 : origin + place;
  }
}

/**
 * Which rows are spelled alike in all that their heads tell but address, module and key: such rows have one number. Null where not all is
 * told so, or the row has what few have.
 */
export class Shapes {
  readonly #rows: Pieces;

  constructor(rows: Pieces) {
    this.#rows = rows;
  }

  of(index: number): number | null {
    const shape = this.#rows.word(index, SHAPE);
    return shape === NONE ? null : shape;
  }
}

/** The tags on the before side of each row. */
export class RowTags {
  readonly #rows: Pieces;
  readonly #source: Source;

  constructor(rows: Pieces, source: Source) {
    this.#rows = rows;
    this.#source = source;
  }

  /** Where a member of that name stands; null where there is none. */
  span(index: number, name: 'tags' | 'tags_all'): PieceSpan | null {
    return this.#rows.span(index, this.#rows.startOf(index), name === 'tags' ? TAGS : TAGS_ALL);
  }

  /** Its JSON; undefined where there is none, null where it is not known to be ASCII without escapes. */
  text(index: number, name: 'tags' | 'tags_all'): string | undefined | null {
    const at = name === 'tags' ? TAGS : TAGS_ALL;
    const from = this.#rows.word(index, at);
    if (from === NONE) return undefined;
    if ((this.#rows.word(index, PLAIN_TAGS) & (name === 'tags' ? 1 : 2)) === 0) return null;
    const start = this.#rows.startOf(index);
    return this.#source.text(start + from, start + this.#rows.word(index, at + 1), 'latin1');
  }
}
