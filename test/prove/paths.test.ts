import { describe, expect, it } from 'vitest';
import { matchPath, type PathPattern, parsePattern } from '../../src/logic/path.ts';
import { pathCells } from '../../src/prove/paths.ts';
import { Seeded } from '../seeded.ts';

const patterns = (...texts: readonly string[]): PathPattern[] => texts.map(parsePattern);
const inside = (lists: readonly (readonly PathPattern[])[], path: readonly string[]) =>
  lists.map((list) => list.some((pattern) => matchPath(pattern, path)));

describe('path cells', () => {
  it('cover every way in which some path stands in the lists', () => {
    const words = ['a', 'b', '*', '**', 'size'];
    for (let seed = 0; seed < 300; seed += 1) {
      const random = new Seeded(seed);
      const pattern = () => Array.from({ length: 1 + random.below(3) }, () => random.pick(words)).join('.');
      const lists = Array.from({ length: 1 + random.below(3) }, () =>
        patterns(...Array.from({ length: 1 + random.below(2) }, pattern)),
      );
      const cells = pathCells(lists) ?? [];
      const covered = new Set(cells.map(({ within }) => within.join()));
      expect(covered.size).toBe(cells.length);
      for (const { path, within } of cells) expect(inside(lists, path)).toEqual(within);
      for (let i = 0; i < 200; i += 1) {
        const path = Array.from({ length: 1 + random.below(4) }, () => random.pick(['a', 'b', 'size', 'z']));
        if (covered.has(inside(lists, path).join())) continue;
        throw new Error(`${lists.flat().map((p) => p.text)}: nothing stands for ${path.join('.')}`);
      }
    }
  });

  it.each<[string, readonly (readonly string[])[], readonly string[]]>([
    ['one list: within and without', [['size']], ['true', 'false']],
    ['`**` holds everything', [['**']], ['true']],
    ['a list within another', [['tags.**'], ['tags.team']], ['true,false', 'true,true', 'false,false']],
    ['lists apart', [['size'], ['name']], ['true,false', 'false,true', 'false,false']],
    ['a quoted star is a name', [['["*"]'], ['*']], ['true,true', 'false,true', 'false,false']],
    ['a list without patterns', [[]], ['false']],
  ])('%s', (_, lists, expected) => {
    const cells = pathCells(lists.map((list) => patterns(...list))) ?? [];
    expect(cells.map(({ within }) => within.join()).sort()).toEqual([...expected].sort());
  });

  it('stand for paths that some name of a pattern is not taken for', () => {
    const [cell] = (pathCells([patterns('x.xx')]) ?? []).filter(({ within }) => !within[0]);
    expect(inside([patterns('x.xx')], cell?.path ?? [])).toEqual([false]);
  });

  it('gives up where the combinations are too many', () => {
    const lists = Array.from({ length: 18 }, (_, i) => patterns(`**.k${i}.**`));
    expect(pathCells(lists)).toBeNull();
  });
});
