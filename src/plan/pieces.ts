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

const BLOCK = 4096;
const WORDS = 8;
const NONE = 0xffffffff;
const HIGH = 0x100000000;

/** A span of a piece: where it begins and ends in the file. */
export interface PieceSpan {
  readonly start: number;
  readonly end: number;
}

/** A long list of pieces in 32 bytes each. */
export class Pieces {
  readonly #blocks: Uint32Array[] = [];
  length = 0;

  add(start: number, end: number, a: number, b: number, c: number, d: number, sure: boolean): void {
    if (end - start >= NONE) throw new RangeError('a piece is larger than 4 GB');
    const at = (this.length % BLOCK) * WORDS;
    if (at === 0) this.#blocks.push(new Uint32Array(BLOCK * WORDS));
    const block = this.#blocks.at(-1) as Uint32Array;
    const inside = (place: number) => (place < 0 ? NONE : place - start);
    block.set(
      [start % HIGH, Math.floor(start / HIGH), end - start, inside(a), inside(b), inside(c), inside(d), sure ? 1 : 0],
      at,
    );
    this.length += 1;
  }

  get(index: number): Piece {
    const block = this.#blocks[Math.floor(index / BLOCK)];
    if (block === undefined || index >= this.length) throw new RangeError('no such piece');
    const at = (index % BLOCK) * WORDS;
    const word = (number: number) => block[at + number] as number;
    const start = word(0) + word(1) * HIGH;
    const place = (number: number) => (word(number) === NONE ? -1 : start + word(number));
    return {
      start,
      end: start + word(2),
      firstStart: place(3),
      firstEnd: place(4),
      secondStart: place(5),
      secondEnd: place(6),
      sure: word(7) === 1,
    };
  }
}

const SPAN_WORDS = 4;

/** Where the tags of each piece stand, in 16 bytes each. */
export class TagSpans {
  readonly #blocks: Uint32Array[] = [];
  #length = 0;

  /** Places in the file; -1 for what is not there. `origin`: where the piece begins. */
  add(origin: number, tagsFrom: number, tagsTo: number, allFrom: number, allTo: number): void {
    const at = (this.#length % BLOCK) * SPAN_WORDS;
    if (at === 0) this.#blocks.push(new Uint32Array(BLOCK * SPAN_WORDS));
    const inside = (place: number) => (place < 0 ? NONE : place - origin);
    (this.#blocks.at(-1) as Uint32Array).set([inside(tagsFrom), inside(tagsTo), inside(allFrom), inside(allTo)], at);
    this.#length += 1;
  }

  get(index: number, origin: number, name: 'tags' | 'tags_all'): PieceSpan | null {
    const at = (index % BLOCK) * SPAN_WORDS + (name === 'tags' ? 0 : 2);
    const block = this.#blocks[Math.floor(index / BLOCK)] as Uint32Array;
    const from = block[at] as number;
    return from === NONE ? null : { start: origin + from, end: origin + (block[at + 1] as number) };
  }
}
