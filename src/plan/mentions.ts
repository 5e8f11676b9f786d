import { hasSide, LaterRow } from './later-row.ts';
import type { ResourceChange } from './model.ts';
import { Needles } from './needles.ts';
import { type ObjectValue, UNKNOWN } from './value.ts';

const NOBODY: readonly number[] = [];

/** Sides of a row, and how many numbers each row has for them. */
const BEFORE = 1;
const STAYING = 2;
const SIDES = 4;

/**
 * Which rows of a plan mention which texts as whole words (words.ts). All rows are looked through once for the texts that are likely to
 * be asked for, and once more for others. Rows are told by their position.
 */
export class Mentions {
  readonly #rows: readonly ResourceChange[];
  readonly #likely: () => Iterable<string>;
  readonly #sought = new Set<string>();
  /** By position, whether it mentions any. */
  readonly #holders: Uint8Array;
  /** By text, each row with its sides that mention it; one by itself, for most texts are mentioned by one. */
  readonly #found = new Map<string, number | number[]>();
  #passes = 0;

  constructor(rows: readonly ResourceChange[], likely: () => Iterable<string> = () => []) {
    this.#rows = rows;
    this.#holders = new Uint8Array(rows.length);
    this.#likely = likely;
  }

  /** Looks for texts; what is not looked for is not found below. */
  seek(texts: Iterable<string>): void {
    const fresh = new Set<string>();
    for (const text of texts) if (!this.#sought.has(text)) fresh.add(text);
    if (fresh.size === 0) return;
    if (this.#passes === 0) for (const text of this.#likely()) fresh.add(text);
    this.#passes += 1;
    for (const text of fresh) this.#sought.add(text);
    const needles = new Needles(fresh);
    for (let position = 0; position < this.#rows.length; position += 1) {
      const row = this.#rows[position] as ResourceChange;
      const before = hasSide(row, 'before') ? textsIn(row, 'before', needles) : NO_TEXTS;
      const staying = staysAlike(row) ? before : textsIn(row, 'after', needles);
      if (before.size === 0 && staying.size === 0) continue;
      this.#holders[position] = 1;
      for (const text of before) this.#add(text, position, staying.has(text) ? BEFORE | STAYING : BEFORE);
      for (const text of staying) if (!before.has(text)) this.#add(text, position, STAYING);
    }
  }

  /** Whether a text was looked for. */
  isSought(text: string): boolean {
    return this.#sought.has(text);
  }

  /** How often all rows were looked through: rows may hold more after each time. */
  get passes(): number {
    return this.#passes;
  }

  /** Whether a row mentions any text that was looked for, before or after. */
  holds(position: number): boolean {
    return this.#holders[position] === 1;
  }

  /** Rows whose before side mentions a text, in plan order. */
  before(text: string): readonly number[] {
    return this.#rowsOf(text, BEFORE);
  }

  /** Whether the before side of a row does. */
  isBefore(text: string, position: number): boolean {
    const found = this.#found.get(text);
    if (found === undefined) return false;
    const [alone, both] = [position * SIDES + BEFORE, position * SIDES + (BEFORE | STAYING)];
    if (typeof found === 'number') return found === alone || found === both;
    return isAmong(found, alone) || isAmong(found, both);
  }

  /** Rows that mention it after this plan: on the after side, or before where there is none. */
  staying(text: string): readonly number[] {
    return this.#rowsOf(text, STAYING);
  }

  #rowsOf(text: string, side: number): readonly number[] {
    const found = this.#found.get(text);
    if (found === undefined) return NOBODY;
    if (typeof found === 'number') return (found & side) === 0 ? NOBODY : [Math.floor(found / SIDES)];
    const rows: number[] = [];
    for (const one of found) if ((one & side) !== 0) rows.push(Math.floor(one / SIDES));
    return rows;
  }

  #add(text: string, position: number, sides: number): void {
    const one = position * SIDES + sides;
    const found = this.#found.get(text);
    if (found === undefined) this.#found.set(text, one);
    else if (typeof found === 'number') this.#found.set(text, [found, one]);
    else found.push(one);
  }
}

/** Whether a number stands in a list that goes upwards. */
function isAmong(sorted: readonly number[], wanted: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
}

const NO_TEXTS: ReadonlySet<string> = new Set();

/** Whether what stays after the plan is surely what there was before. */
function staysAlike(row: ResourceChange): boolean {
  return row instanceof LaterRow ? row.alike || !row.hasAfter : row.after === null;
}

function textsIn(row: ResourceChange, side: 'before' | 'after', needles: Needles): ReadonlySet<string> {
  if (row instanceof LaterRow) {
    const json = row.json(side);
    const told = needles.inJson(json ?? row.bytes());
    if (told?.size === 0) return told;
    // A masked value tells of the words in it what the value itself does, and masking it takes longer than looking for them.
    if (json !== null && (side === 'before' || row.isKnown))
      return told ?? needles.in(JSON.parse((row.json(side) as Buffer).toString('utf8')) as ObjectValue);
  }
  const values = row[side];
  return values === null || values === UNKNOWN ? NO_TEXTS : needles.in(values);
}
