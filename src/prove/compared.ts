import { type Bits, bitsOf, type Cube, Inconclusive, isEmpty, type Region } from './cube.ts';

/** Combinations of cells that are looked at for one condition, at most. */
const MOST_COMBINATIONS = 400_000;

/**
 * Where several facts stand to each other as asked: `holds` is told the cell of each variable. Cell by cell of all but the largest,
 * whose cells stand together in one cube. Throws `Inconclusive` where that is too much to look at.
 */
export function comparedRegion(
  variables: readonly number[],
  sizes: readonly number[],
  holds: (cellOf: (variable: number) => number) => boolean,
): Region {
  const size = (variable: number): number => sizes[variable] ?? 0;
  const ordered = [...variables].sort((a, b) => size(a) - size(b));
  if (ordered.reduce((count, variable) => count * size(variable), 1) > MOST_COMBINATIONS)
    throw new Inconclusive('too many values are compared with each other');
  const last = ordered.pop() as number;
  const groups = new Map<string, { readonly bits: Bits; readonly points: (readonly number[])[] }>();
  for (const point of product(ordered.map(size))) {
    const cellOf = (variable: number, lastCell: number): number =>
      variable === last ? lastCell : (point[ordered.indexOf(variable)] as number);
    const bits = bitsOf(size(last), (lastCell) => holds((variable) => cellOf(variable, lastCell)));
    if (isEmpty(bits)) continue;
    const group = groups.get(bits.join()) ?? { bits, points: [] };
    group.points.push(point);
    groups.set(bits.join(), group);
  }
  return [...groups.values()].flatMap(({ bits, points }): Cube[] => {
    const [only] = ordered;
    // Of two variables, the cells of the smaller that go with the same ones of the larger stand together, too.
    if (ordered.length === 1 && only !== undefined) {
      const cells = bitsOf(size(only), (cell) => points.some(([own]) => own === cell));
      return [
        new Map([
          [only, cells],
          [last, bits],
        ]),
      ];
    }
    return points.map((point) => {
      const fixed = ordered.map((variable, i) => [variable, bitsOf(size(variable), (cell) => cell === point[i])] as const);
      return new Map([...fixed, [last, bits] as const]);
    });
  });
}

function* product(sizes: readonly number[]): Generator<number[]> {
  const [size, ...rest] = sizes;
  if (size === undefined) {
    yield [];
    return;
  }
  for (let cell = 0; cell < size; cell += 1) for (const tail of product(rest)) yield [cell, ...tail];
}
