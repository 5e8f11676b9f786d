/** Which words of an entry are held how; those that are nowhere say nothing. */
export interface Layout {
  /** Words of an entry. */
  readonly words: number;
  /** What hardly an entry shares with another. The first is the lower half of the start, the word behind it the upper. */
  readonly own: readonly number[];
  /** What many entries have in common. */
  readonly shared: readonly number[];
  /** What fits into 16 bits where an entry is not long: places in it, and some bits. */
  readonly narrow: readonly number[];
}

/** Entries that are packed at once. */
export const BLOCK = 1024;
/** A place that is not there; and the same in 16 bits. */
const NONE = 0xffffffff;
const NARROW_NONE = 0xffff;

/** Where a word of an entry is held: its place among the own, the shared or the narrow ones. */
const SHARED = 32;
const NARROW = 64;
const HIGH = 96;
const NOWHERE = 97;

/** Tells how entries are packed, and holds what they share. */
export class Packing {
  readonly layout: Layout;
  /** Where each word is held. */
  readonly places: Uint8Array;
  #shared = new Uint32Array(1 << 10);
  #count = 0;
  /** By a hash of what is shared, where it stands. */
  #known = new Map<number, number>();

  constructor(layout: Layout) {
    this.layout = layout;
    this.places = new Uint8Array(layout.words).fill(NOWHERE);
    for (const [at, word] of layout.own.entries()) this.places[word] = at;
    for (const [at, word] of layout.shared.entries()) this.places[word] = SHARED + at;
    for (const [at, word] of layout.narrow.entries()) this.places[word] = NARROW + at;
    this.places[(layout.own[0] as number) + 1] = HIGH;
  }

  shared(at: number): number {
    return this.#shared[at] as number;
  }

  /** Where what an entry shares is held, which begins at `from`. */
  share(entries: Uint32Array, from: number): number {
    const { shared } = this.layout;
    let hash = 0;
    for (let i = 0; i < shared.length; i += 1)
      hash = Math.imul(hash ^ (entries[from + (shared[i] as number)] as number), 0x9e3779b1);
    const known = this.#known.get(hash);
    if (known !== undefined && this.#isAt(known, entries, from)) return known;
    const at = this.#count;
    if (at + shared.length > this.#shared.length) {
      const larger = new Uint32Array(this.#shared.length * 2);
      larger.set(this.#shared);
      this.#shared = larger;
    }
    for (let i = 0; i < shared.length; i += 1) this.#shared[at + i] = entries[from + (shared[i] as number)] as number;
    this.#count += shared.length;
    if (known === undefined) this.#known.set(hash, at);
    return at;
  }

  #isAt(at: number, entries: Uint32Array, from: number): boolean {
    const { shared } = this.layout;
    for (let i = 0; i < shared.length; i += 1) if (this.#shared[at + i] !== entries[from + (shared[i] as number)]) return false;
    return true;
  }

  /** Nothing more is packed. */
  finish(): void {
    this.#known = new Map();
    this.#shared = this.#shared.slice(0, this.#count);
  }
}

/** Some entries. */
export interface Block {
  /** Where one begins in the file. */
  start(at: number): number;
  word(at: number, word: number): number;
}

const UPPER = 0x100000000;

/** Entries as they are. */
class WholeBlock implements Block {
  readonly #entries: Uint32Array;
  readonly #layout: Layout;

  constructor(entries: Uint32Array, layout: Layout) {
    this.#entries = entries.slice();
    this.#layout = layout;
  }

  start(at: number): number {
    const low = this.#layout.own[0] as number;
    return this.word(at, low) + this.word(at, low + 1) * UPPER;
  }

  word(at: number, word: number): number {
    return this.#entries[at * this.#layout.words + word] as number;
  }
}

class PackedBlock implements Block {
  readonly #packing: Packing;
  readonly #places: Uint8Array;
  readonly #high: number;
  /** The own words of each entry, and where its shared ones are. */
  readonly #wide: Uint32Array;
  readonly #wides: number;
  readonly #narrow: Uint16Array;
  readonly #narrows: number;

  constructor(entries: Uint32Array, packing: Packing) {
    const { words, own, narrow } = packing.layout;
    const count = entries.length / words;
    this.#packing = packing;
    this.#places = packing.places;
    this.#high = entries[(own[0] as number) + 1] as number;
    this.#wides = own.length + 1;
    this.#wide = new Uint32Array(count * this.#wides);
    this.#narrows = narrow.length;
    this.#narrow = new Uint16Array(count * this.#narrows);
    let [toWide, toNarrow] = [0, 0];
    for (let from = 0; from < entries.length; from += words) {
      for (let i = 0; i < own.length; i += 1) this.#wide[toWide++] = entries[from + (own[i] as number)] as number;
      this.#wide[toWide++] = packing.share(entries, from);
      for (let i = 0; i < narrow.length; i += 1) this.#narrow[toNarrow++] = entries[from + (narrow[i] as number)] as number;
    }
  }

  start(at: number): number {
    return (this.#wide[at * this.#wides] as number) + this.#high * UPPER;
  }

  word(at: number, word: number): number {
    const place = this.#places[word] as number;
    if (place >= NARROW) {
      if (place >= HIGH) return place === HIGH ? this.#high : 0;
      const narrow = this.#narrow[at * this.#narrows + place - NARROW] as number;
      return narrow === NARROW_NONE ? NONE : narrow;
    }
    const wide = at * this.#wides;
    if (place < SHARED) return this.#wide[wide + place] as number;
    return this.#packing.shared((this.#wide[wide + this.#wides - 1] as number) + place - SHARED);
  }
}

/** So many blocks are not worth packing. */
export const FEW = 8;

/** Packs entries, which may be overwritten afterwards; `before`: how many blocks there are already. */
export function packed(entries: Uint32Array, packing: Packing, before: number): Block {
  const { words, own, narrow } = packing.layout;
  if (before < FEW) return new WholeBlock(entries, packing.layout);
  const high = (own[0] as number) + 1;
  // One may be long, or they stand on both sides of 4 GB.
  for (let from = 0; from < entries.length; from += words) {
    if (entries[from + high] !== entries[high]) return new WholeBlock(entries, packing.layout);
    for (let i = 0; i < narrow.length; i += 1) {
      const word = entries[from + (narrow[i] as number)] as number;
      if (word >= NARROW_NONE && word !== NONE) return new WholeBlock(entries, packing.layout);
    }
  }
  return new PackedBlock(entries, packing);
}
