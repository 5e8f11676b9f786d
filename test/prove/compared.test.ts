import { describe, expect, it } from 'vitest';
import { comparedRegion } from '../../src/prove/compared.ts';
import { Inconclusive } from '../../src/prove/cube.ts';
import { inRegion } from './points.ts';

/** Every combination of cells. */
function points(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>((all, size) => all.flatMap((p) => Array.from({ length: size }, (_, c) => [...p, c])), [[]]);
}

describe('where facts stand to each other', () => {
  it.each<[string, readonly number[], readonly number[], (...cells: readonly number[]) => boolean, number]>([
    ['equal', [0, 1], [3, 5], (a = 0, b = 0) => a === b, 3],
    ['different', [0, 1], [3, 5], (a = 0, b = 0) => a !== b, 3],
    ['the larger one first', [0, 1], [5, 3], (a = 0, b = 0) => a === b, 3],
    ['one of them alone', [0, 1], [3, 5], (a = 0) => a === 1, 1],
    ['nowhere', [0, 1], [3, 5], () => false, 0],
    ['everywhere', [0, 1], [3, 5], () => true, 1],
    ['cells that go with the same ones stand in one cube', [0, 1], [4, 40], (a = 0, b = 0) => a < 2 === b > 33, 2],
    ['three of them', [0, 1, 2], [2, 3, 4], (a = 0, b = 0, c = 0) => a === b && b === c, 2],
    ['three, of which two are alike', [0, 1, 2], [2, 3, 4], (a = 0, b = 0) => a === b, 2],
    ['others stand between', [2, 0], [2, 9, 3], (a = 0, b = 0) => a === b, 2],
  ])('%s', (_, variables, sizes, holds, cubes) => {
    const region = comparedRegion(variables, sizes, (cellOf) => holds(...variables.map(cellOf)));
    expect(region).toHaveLength(cubes);
    for (const point of points(sizes))
      expect(inRegion(point, region), point.join()).toBe(holds(...variables.map((variable) => point[variable] as number)));
  });

  it('gives up on more than 400,000 combinations', () => {
    let asked = 0;
    const count = () => {
      asked += 1;
      return false;
    };
    expect(comparedRegion([0, 1], [400, 1000], count)).toEqual([]);
    expect(asked).toBe(400_000);
    expect(() => comparedRegion([0, 1], [400, 1001], count)).toThrow(Inconclusive);
    expect(() => comparedRegion([0, 1, 2], [100, 100, 41], count)).toThrow('too many values');
  });
});
