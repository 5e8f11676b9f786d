/**
 * Regions of the space of atomic changes as unions of cubes (policy-engines.md 7.2). A cube holds, per variable, the set of
 * cells that it admits, as bits; a variable that is not constrained is left out.
 */
export type Bits = Uint32Array;
export type Cube = ReadonlyMap<number, Bits>;
export type Region = readonly Cube[];

/** No constraint at all. */
export const EVERYTHING: Cube = new Map();

/** Thrown where a region needs more cubes, or a search more steps, than the budget: the question stays open. */
export class Inconclusive extends Error {
  override readonly name = 'Inconclusive';
}

export function emptyBits(size: number): Bits {
  return new Uint32Array((size + 31) >>> 5);
}

export function bitsOf(size: number, holds: (cell: number) => boolean): Bits {
  const bits = emptyBits(size);
  for (let cell = 0; cell < size; cell += 1) if (holds(cell)) setBit(bits, cell);
  return bits;
}

/** Those of some cells that something holds for. */
export function bitsAmong(cells: Bits, holds: (cell: number) => boolean): Bits {
  const bits = new Uint32Array(cells.length);
  for (let i = 0; i < cells.length; i += 1)
    for (let rest = cells[i] as number; rest !== 0; rest &= rest - 1) {
      const cell = 32 * i + 31 - Math.clz32(rest & -rest);
      if (holds(cell)) setBit(bits, cell);
    }
  return bits;
}

export function setBit(bits: Bits, cell: number): void {
  bits[cell >>> 5] = (bits[cell >>> 5] as number) | (1 << (cell & 31));
}

export function hasBit(bits: Bits, cell: number): boolean {
  return (((bits[cell >>> 5] as number) >>> (cell & 31)) & 1) === 1;
}

export function isEmpty(bits: Bits): boolean {
  for (let i = 0; i < bits.length; i += 1) if (bits[i] !== 0) return false;
  return true;
}

function both(a: Bits, b: Bits): Bits {
  const out = new Uint32Array(a.length);
  for (let i = 0; i < a.length; i += 1) out[i] = (a[i] as number) & (b[i] as number);
  return out;
}

function without(a: Bits, b: Bits): Bits {
  const out = new Uint32Array(a.length);
  for (let i = 0; i < a.length; i += 1) out[i] = (a[i] as number) & ~(b[i] as number);
  return out;
}

function touch(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i += 1) if (((a[i] as number) & (b[i] as number)) !== 0) return true;
  return false;
}

function within(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i += 1) if (((a[i] as number) & ~(b[i] as number)) !== 0) return false;
  return true;
}

/** The common part, null where there is none. */
export function meet(a: Cube, b: Cube): Cube | null {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const out = new Map(a);
  for (const [variable, bits] of b) {
    const own = out.get(variable);
    if (own === undefined) out.set(variable, bits);
    else {
      const common = both(own, bits);
      if (isEmpty(common)) return null;
      out.set(variable, common);
    }
  }
  return out;
}

/** Whether every point of `a` is in `b`. */
function contains(b: Cube, a: Cube): boolean {
  for (const [variable, bits] of b) {
    const own = a.get(variable);
    if (own === undefined || !within(own, bits)) return false;
  }
  return true;
}

function meets(a: Cube, b: Cube): boolean {
  for (const [variable, bits] of b) {
    const own = a.get(variable);
    if (own !== undefined && !touch(own, bits)) return false;
  }
  return true;
}

/** Where one cube must admit every value of a variable it does not name, these say how many there are. */
export class CubeSpace {
  readonly sizes: readonly number[];
  readonly #full: (Bits | undefined)[] = [];
  #steps = 0;
  readonly #budget: number;

  /** `budget`: steps of all searches together; beyond it they throw `Inconclusive`. */
  constructor(sizes: readonly number[], budget: number) {
    this.sizes = sizes;
    this.#budget = budget;
  }

  full(variable: number): Bits {
    const size = this.sizes[variable] ?? 0;
    this.#full[variable] ??= bitsOf(size, () => true);
    return this.#full[variable];
  }

  /** One constraint as a region: none where no cell is left, everything where all are. */
  constraint(variable: number, bits: Bits): Region {
    if (isEmpty(bits)) return [];
    return within(this.full(variable), bits) ? [EVERYTHING] : [new Map([[variable, bits]])];
  }

  /** The common part of several regions. Throws `Inconclusive` beyond `MOST_CUBES`. */
  intersect(regions: readonly Region[]): Region {
    let result: Region = [EVERYTHING];
    for (const region of [...regions].sort((a, b) => a.length - b.length)) {
      const next: Cube[] = [];
      for (const a of result) {
        for (const b of region) {
          const common = meet(a, b);
          if (common !== null) next.push(common);
        }
      }
      if (next.length > MOST_CUBES) throw new Inconclusive('too many combinations of conditions');
      // Looking for those that others hold is quadratic: worth it for some, not for very many.
      result = next.length > 64 && next.length <= 2000 ? maximal(next) : next;
      if (result.length === 0) return result;
    }
    return result;
  }

  /** A part of `cube` outside of all `blocked` cubes, or null where they cover it. Deterministic. */
  find(cube: Cube, blocked: Region): Cube | null {
    this.#steps += 1;
    if (this.#steps > this.#budget) throw new Inconclusive('the search takes too many steps');
    const near: Cube[] = [];
    let best: Cube | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const other of blocked) {
      if (!meets(cube, other)) continue;
      const open = this.#openings(cube, other);
      if (open === 0) return null;
      near.push(other);
      if (open < fewest) {
        fewest = open;
        best = other;
      }
    }
    if (best === null) return cube;
    // Disjoint sharp: what is outside of `best` in one variable, and inside of it in those before.
    let rest: Map<number, Bits> = new Map(cube);
    for (const [variable, bits] of best) {
      const own = rest.get(variable) ?? this.full(variable);
      const outside = without(own, bits);
      if (isEmpty(outside)) continue;
      const found = this.find(new Map(rest).set(variable, outside), near);
      if (found !== null) return found;
      rest = new Map(rest).set(variable, both(own, bits));
    }
    return null;
  }

  /** In how many variables `cube` sticks out of `other`. */
  #openings(cube: Cube, other: Cube): number {
    let count = 0;
    for (const [variable, bits] of other) if (!within(cube.get(variable) ?? this.full(variable), bits)) count += 1;
    return count;
  }

  /** For each cell that a cube does not admit in a variable: the way to admit it, too. */
  *larger(cube: Cube, variable: number): Generator<(own: Bits) => Bits> {
    const admitted = cube.get(variable) ?? this.full(variable);
    for (let cell = 0; cell < (this.sizes[variable] ?? 0); cell += 1) {
      if (hasBit(admitted, cell)) continue;
      yield (own) => {
        const more = own.slice();
        setBit(more, cell);
        return more;
      };
    }
  }

  /** The cells of a variable that some cube of a region admits; null = all of them. */
  admitted(region: Region, variable: number): Bits | null {
    const each = region.map((cube) => cube.get(variable));
    if (each.includes(undefined)) return null;
    const all = emptyBits(this.sizes[variable] ?? 0);
    for (const own of each as readonly Bits[])
      for (let i = 0; i < all.length; i += 1) all[i] = (all[i] as number) | (own[i] as number);
    return all;
  }

  /** The cells that a cube admits in a variable. */
  cells(cube: Cube, variable: number): number[] {
    const bits = cube.get(variable) ?? this.full(variable);
    return Array.from({ length: this.sizes[variable] ?? 0 }, (_, cell) => cell).filter((cell) => hasBit(bits, cell));
  }

  /** The first cell that a cube admits in a variable: cells are ordered from the plainest to the oddest. */
  first(cube: Cube, variable: number): number {
    const bits = cube.get(variable) ?? this.full(variable);
    for (let cell = 0; cell < (this.sizes[variable] ?? 0); cell += 1) if (hasBit(bits, cell)) return cell;
    throw new Error('a cube admits no cell');
  }
}

/** Cubes of one region at most. */
const MOST_CUBES = 20_000;

/** Without those that another one holds. */
function maximal(cubes: readonly Cube[]): Region {
  const bySize = [...cubes].sort((a, b) => a.size - b.size);
  const kept: Cube[] = [];
  for (const cube of bySize) if (!kept.some((other) => contains(other, cube))) kept.push(cube);
  return kept;
}
