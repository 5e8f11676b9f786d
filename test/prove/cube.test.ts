import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bits, bitsOf, type Cube, CubeSpace, hasBit, Inconclusive, meet, type Region } from '../../src/prove/cube.ts';
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
});
