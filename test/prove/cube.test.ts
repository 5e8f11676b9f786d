import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bits,
  bitsAmong,
  bitsOf,
  type Cube,
  CubeSpace,
  EVERYTHING,
  hasBit,
  Inconclusive,
  meet,
  type Region,
} from '../../src/prove/cube.ts';
import { inCube, inRegion, type Point } from './points.ts';

/** One variable needs more than one word of bits. */
const SIZES = [2, 3, 34, 2];

function allPoints(sizes: readonly number[]): Point[] {
  return sizes.reduce<Point[]>(
    (points, size) => points.flatMap((point) => Array.from({ length: size }, (_, cell) => [...point, cell])),
    [[]],
  );
}

const POINTS = allPoints(SIZES);
const space = () => new CubeSpace(SIZES, 1_000_000);

/** Cells that some variables admit: never none, as in every cube that the code makes. */
const cubes: fc.Arbitrary<Cube> = fc
  .tuple(
    ...SIZES.map((size) =>
      fc.option(
        fc.subarray(
          Array.from({ length: size }, (_, i) => i),
          { minLength: 1 },
        ),
        { freq: 2 },
      ),
    ),
  )
  .map(
    (chosen) =>
      new Map(
        chosen.flatMap((cells, variable): [number, Bits][] =>
          cells === null ? [] : [[variable, bitsOf(SIZES[variable] ?? 0, (cell) => cells.includes(cell))]],
        ),
      ),
  );
const regions: fc.Arbitrary<Region> = fc.array(cubes, { maxLength: 6 });

describe('cells', () => {
  it('are asked only where somebody looks, in every bit of a word', () => {
    const cells = fc.subarray(Array.from({ length: 96 }, (_, cell) => cell));
    fc.assert(
      fc.property(cells, cells, (among, held) => {
        const asked: number[] = [];
        const bits = bitsAmong(
          bitsOf(96, (cell) => among.includes(cell)),
          (cell) => asked.push(cell) > 0 && held.includes(cell),
        );
        expect(asked).toEqual(among);
        expect(bits).toEqual(bitsOf(96, (cell) => among.includes(cell) && held.includes(cell)));
      }),
    );
  });
});
const points = (holds: (point: Point) => boolean) => POINTS.filter(holds);

describe('cubes against sets of points', () => {
  it('meet is what both hold', () => {
    fc.assert(
      fc.property(cubes, cubes, (a, b) => {
        const common = meet(a, b);
        const expected = points((p) => inCube(p, a) && inCube(p, b));
        expect(common === null ? [] : points((p) => inCube(p, common))).toEqual(expected);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('intersect is what all regions hold', () => {
    fc.assert(
      fc.property(fc.array(regions, { maxLength: 3 }), (all) => {
        const common = space().intersect(all);
        expect(points((p) => inRegion(p, common))).toEqual(points((p) => all.every((region) => inRegion(p, region))));
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('find gives a part of the cube outside of all others, if there is one', () => {
    let found = 0;
    fc.assert(
      fc.property(cubes, regions, (cube, blocked) => {
        const free = space().find(cube, blocked);
        const expected = points((p) => inCube(p, cube) && !inRegion(p, blocked));
        expect(free === null).toBe(expected.length === 0);
        if (free === null) return;
        found += 1;
        const own = points((p) => inCube(p, free));
        expect(own.length).toBeGreaterThan(0);
        for (const point of own) expect(inCube(point, cube) && !inRegion(point, blocked)).toBe(true);
      }),
      { numRuns: 500, seed: 3 },
    );
    expect(found).toBeGreaterThan(50);
    expect(found).toBeLessThan(500);
  });

  it('find sees that many cubes together cover one', () => {
    const parts = Array.from({ length: SIZES[2] ?? 0 }, (_, i): Cube => new Map([[2, bitsOf(34, (cell) => cell === i)]]));
    expect(space().find(new Map(), parts)).toBeNull();
    const free = space().find(new Map(), parts.slice(1));
    expect(free && points((p) => inCube(p, free))).toEqual(points((p) => p[2] === 0));
  });

  it('larger admits one cell more, each cell that was left out once', () => {
    fc.assert(
      fc.property(cubes, fc.integer({ min: 0, max: SIZES.length - 1 }), (cube, variable) => {
        const bits = cube.get(variable) ?? space().full(variable);
        const cells = (own: Bits) =>
          Array.from({ length: SIZES[variable] ?? 0 }, (_, i) => i).filter((cell) => hasBit(own, cell));
        const left = cells(space().full(variable)).filter((cell) => !hasBit(bits, cell));
        const added = [...space().larger(cube, variable)].map((more) => cells(more(bits)).filter((cell) => !hasBit(bits, cell)));
        expect(added.flat().sort((a, b) => a - b)).toEqual(left);
        expect(added.every((one) => one.length === 1)).toBe(true);
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it('a constraint without cells is nothing, with all of them everything', () => {
    expect(
      space().constraint(
        1,
        bitsOf(3, () => false),
      ),
    ).toEqual([]);
    expect(
      space().constraint(
        1,
        bitsOf(3, () => true),
      ),
    ).toEqual([new Map()]);
    expect(space().first(new Map([[2, bitsOf(34, (cell) => cell > 31)]]), 2)).toBe(32);
    expect(space().cells(new Map([[2, bitsOf(34, (cell) => cell > 31)]]), 2)).toEqual([32, 33]);
  });

  it('a search beyond its budget is no answer', () => {
    const parts = Array.from({ length: 34 }, (_, i): Cube => new Map([[2, bitsOf(34, (cell) => cell === i)]]));
    expect(() => new CubeSpace(SIZES, 10).find(new Map(), parts)).toThrow(Inconclusive);
  });

  it('a search takes as many steps as its budget, over all searches of a space together', () => {
    const parts = Array.from({ length: 3 }, (_, i): Cube => new Map([[1, bitsOf(3, (cell) => cell === i)]]));
    const covered = new CubeSpace(SIZES, 6);
    // The whole, then what is outside of each part but the last.
    expect(covered.find(new Map(), parts)).toBeNull();
    expect(covered.find(new Map(), parts)).toBeNull();
    expect(() => covered.find(new Map(), [])).toThrow(Inconclusive);
    expect(() => covered.find(new Map(), [])).toThrow('too many steps');
  });

  it('a region of more than 20,000 cubes is no answer', () => {
    const sizes = Array.from({ length: 401 }, () => 2);
    const one = bitsOf(2, (cell) => cell === 1);
    const some = (from: number, count: number): Region => Array.from({ length: count }, (_, i) => new Map([[from + i, one]]));
    const large = new CubeSpace(sizes, 10);
    expect(large.intersect([some(0, 100), some(200, 200)])).toHaveLength(20_000);
    expect(() => large.intersect([some(0, 100), some(200, 201)])).toThrow(Inconclusive);
    expect(() => large.intersect([some(0, 100), some(200, 201)])).toThrow('too many combinations');
  });

  it('of some cubes, those that another one holds are left out', () => {
    const sizes = Array.from({ length: 90 }, () => 2);
    const one = bitsOf(2, (cell) => cell === 1);
    const variables = Array.from({ length: 70 }, (_, i) => i);
    const plain: Region = variables.map((variable) => new Map([[variable, one]]));
    const large = new CubeSpace(sizes, 10);
    // Each cube of the first region, and each of them once more with a condition that adds nothing.
    const doubled: Region = [
      ...plain,
      ...variables.map(
        (variable) =>
          new Map([
            [variable, one],
            [80, one],
          ]),
      ),
    ];
    expect(large.intersect([doubled])).toHaveLength(70);
    expect(new Set(large.intersect([doubled]).map((cube) => [...cube.keys()].join()))).toEqual(new Set(variables.map(String)));
    // Few are left as they are, and many, too: to look for those would take longer than they cost.
    expect(large.intersect([doubled.slice(0, 32).concat(doubled.slice(70, 102))])).toHaveLength(64);
    expect(large.intersect([doubled.slice(0, 33).concat(doubled.slice(70, 102))])).toHaveLength(33);
    const many = new CubeSpace(
      Array.from({ length: 3000 }, () => 2),
      10,
    );
    const twice = (count: number): Region =>
      Array.from({ length: count }, (_, i): Cube[] => [
        new Map([[i, one]]),
        new Map([
          [i, one],
          [2999, one],
        ]),
      ]).flat();
    expect(many.intersect([twice(1000)])).toHaveLength(1000);
    expect(many.intersect([twice(1001)])).toHaveLength(2002);
  });

  it('the cells that a region admits are those of all its cubes, all where one leaves the variable open', () => {
    const cells = (bits: Bits | null) => bits && Array.from({ length: 34 }, (_, i) => i).filter((cell) => hasBit(bits, cell));
    const at = (...wanted: readonly number[]): Cube => new Map([[2, bitsOf(34, (cell) => wanted.includes(cell))]]);
    expect(cells(space().admitted([at(0, 3), at(3, 33)], 2))).toEqual([0, 3, 33]);
    expect(cells(space().admitted([], 2))).toEqual([]);
    expect(space().admitted([at(0), new Map()], 2)).toBeNull();
    expect(space().admitted([at(0)], 1)).toBeNull();
  });

  it('what holds everything meets everything', () => {
    const some: Cube = new Map([[2, bitsOf(34, (cell) => cell === 5)]]);
    expect(meet(EVERYTHING, some)).toEqual(some);
    expect(meet(some, EVERYTHING)).toEqual(some);
    expect(space().intersect([])).toEqual([EVERYTHING]);
    expect(space().intersect([[], [some]])).toEqual([]);
  });

  it('a cube that admits no cell of a variable is a defect', () => {
    expect(() => space().first(new Map([[1, bitsOf(3, () => false)]]), 1)).toThrow('admits no cell');
  });
});
