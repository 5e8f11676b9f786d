import type { ResourceChange } from '../plan/model.ts';
import { objectKey } from './address.ts';

/** Rows that are passed one by one before they are searched. */
const NEAR = 8;

/**
 * Finds rows by their keys, one after the other. Tools write rows and objects in the order of their addresses, so that the next one is
 * mostly near the last, and the keys of two rows are held at a time. Where rows are in another order some are not found.
 */
export class RowFinder {
  readonly #rows: readonly ResourceChange[];
  /** The first row that is no less than the last key; and the keys of that row and of the one before, '' at the begin, null at the end. */
  #at = 0;
  #before = '';
  #here: string | null;

  constructor(rows: readonly ResourceChange[]) {
    this.#rows = rows;
    this.#here = this.#keyOf(0);
  }

  finds(key: string): boolean {
    if (this.#before >= key) this.#search(key, 0, this.#at);
    for (let passed = 0; this.#here !== null && this.#here < key; passed += 1) {
      if (passed === NEAR) this.#search(key, this.#at, this.#rows.length);
      else this.#move(this.#at + 1, this.#here);
    }
    return this.#here === key;
  }

  /** Between two places, the first of which is less or the begin. */
  #search(key: string, from: number, to: number): void {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keyOf(middle) as string) < key) low = middle + 1;
      else high = middle;
    }
    this.#move(low, low === 0 ? '' : (this.#keyOf(low - 1) as string));
  }

  #move(at: number, before: string): void {
    this.#at = at;
    this.#before = before;
    this.#here = this.#keyOf(at);
  }

  #keyOf(at: number): string | null {
    const row = this.#rows[at];
    return row === undefined ? null : objectKey(row.address, row.deposed);
  }
}
