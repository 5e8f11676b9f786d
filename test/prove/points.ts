import type { Ruleset } from '../../src/lanes/ruleset.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { bitsOf, type Cube, hasBit, Inconclusive, type Region } from '../../src/prove/cube.ts';
import { Space } from '../../src/prove/space.ts';
import type { TypeKnowledge } from '../../src/prove/types.ts';

/** One cell of each variable. */
export type Point = readonly number[];

export function inCube(point: Point, cube: Cube): boolean {
  for (const [variable, bits] of cube) if (!hasBit(bits, point[variable] as number)) return false;
  return true;
}

export function inRegion(point: Point, region: Region): boolean {
  return region.some((cube) => inCube(point, cube));
}

export function cubeOf(point: Point, sizes: readonly number[]): Cube {
  return new Map(point.map((cell, variable) => [variable, bitsOf(sizes[variable] as number, (other) => other === cell)]));
}

/** Every point that is not impossible; null where there are more than `most`. */
export function pointsOf({ cubes: { sizes }, impossible }: Space, most: number): Point[] | null {
  const due = sizes.map((_, variable) => impossible.filter((cube) => Math.max(...cube.keys()) === variable));
  const found: Point[] = [];
  const visit = (point: readonly number[]): boolean => {
    const variable = point.length;
    if (variable === sizes.length) {
      found.push(point);
      return found.length <= most;
    }
    for (let cell = 0; cell < (sizes[variable] as number); cell += 1) {
      const longer = [...point, cell];
      if (due[variable]?.some((cube) => inCube(longer, cube))) continue;
      if (!visit(longer)) return false;
    }
    return true;
  };
  return visit([]) ? found : null;
}

/** The space of some rules and each of its points, counted; null, and counted so, where it has too many or none is found. */
export function countedSpace(
  rulesets: readonly Ruleset[],
  types: TypeKnowledge,
  most: number,
  tally: { cases: number; inconclusive: number; tooLarge: number; points: number },
): { readonly space: Space; readonly points: readonly Point[] } | null {
  let space: Space;
  try {
    space = new Space(rulesets, askedOf(rulesets), types);
  } catch (error) {
    if (!(error instanceof Inconclusive)) throw error;
    tally.inconclusive += 1;
    return null;
  }
  const points = pointsOf(space, most);
  if (points === null) {
    tally.tooLarge += 1;
    return null;
  }
  tally.cases += 1;
  tally.points += points.length;
  return { space, points };
}
