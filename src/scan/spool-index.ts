import type { SpooledObject, SpoolReader } from './spool.ts';

/**
 * Finds a target's objects by the inventory's name. Memory holds a hash and a place for each (24 bytes, whatever their names), and the
 * line in the spool says whether it is the one.
 */
export class SpoolIndex {
  readonly #reader: SpoolReader;
  /** In ascending order, with the number of each. */
  readonly #hashes: Float64Array;
  readonly #numbers: Uint32Array;
  readonly #places: Float64Array;
  readonly #lengths: Uint32Array;

  constructor(reader: SpoolReader) {
    const { count } = reader;
    const hashes = new Float64Array(count);
    const places = new Float64Array(count);
    const lengths = new Uint32Array(count);
    for (const { n, at, length, object } of reader.objects()) {
      hashes[n] = hashOf(object.place.id);
      places[n] = at;
      lengths[n] = length;
    }
    this.#reader = reader;
    this.#numbers = Uint32Array.from(hashes.keys()).sort((a, b) => (hashes[a] as number) - (hashes[b] as number) || a - b);
    this.#hashes = Float64Array.from(this.#numbers, (n) => hashes[n] as number);
    this.#places = places;
    this.#lengths = lengths;
  }

  /** Every object of this name, in the order of their numbers. */
  find(id: string): { readonly n: number; readonly object: SpooledObject }[] {
    const hash = hashOf(id);
    const found: { n: number; object: SpooledObject }[] = [];
    for (let at = this.#firstOf(hash); this.#hashes[at] === hash; at += 1) {
      const n = this.#numbers[at] as number;
      const object = this.#reader.objectAt(this.#places[n] as number, this.#lengths[n] as number);
      if (object.place.id === id) found.push({ n, object });
    }
    return found;
  }

  #firstOf(hash: number): number {
    let [low, high] = [0, this.#hashes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#hashes[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** 53 bits of two FNV-1a runs: equal hashes of different names cost a look at the spool, no more. */
function hashOf(text: string): number {
  let [high, low] = [0x811c9dc5, 0x01000193];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b);
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}

/** Numbers below a bound, a bit each. */
export class Marks {
  readonly #bits: Uint8Array;
  #size = 0;

  constructor(bound: number, given: Iterable<number>) {
    this.#bits = new Uint8Array(Math.ceil(bound / 8));
    for (const n of given) this.add(n);
  }

  get size(): number {
    return this.#size;
  }

  has(n: number): boolean {
    return ((this.#bits[n >> 3] ?? 0) & (1 << (n & 7))) !== 0;
  }

  add(n: number): void {
    if (this.has(n)) return;
    this.#bits[n >> 3] = (this.#bits[n >> 3] ?? 0) | (1 << (n & 7));
    this.#size += 1;
  }
}
