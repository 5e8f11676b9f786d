import { describe, expect, it } from 'vitest';
import { matchGlob } from '../../src/logic/glob.ts';
import { representatives } from '../../src/prove/strings.ts';
import { Seeded } from '../seeded.ts';

const membership = (globs: readonly string[], text: string) => globs.map((glob) => Number(matchGlob(glob, text))).join('');

/** Short texts over a few letters: literals and globs of them meet often. */
const text = (random: Seeded, letters: string, most: number) =>
  Array.from({ length: random.below(most + 1) }, () => random.pick([...letters])).join('');

describe('representatives', () => {
  it('cover every way in which some string matches the globs', () => {
    let combinations = 0;
    for (let seed = 0; seed < 300; seed += 1) {
      const random = new Seeded(seed);
      const globs = Array.from({ length: 1 + random.below(4) }, () => text(random, 'ab.**', 4)).filter((glob) =>
        glob.includes('*'),
      );
      const literals = new Set(Array.from({ length: random.below(4) }, () => text(random, 'ab', 3)));
      const found = representatives(globs, literals, 1);
      expect(found, globs.join(' ')).not.toBeNull();
      const covered = new Set((found ?? []).map((one) => membership(globs, one)));
      for (let i = 0; i < 300; i += 1) {
        const other = text(random, 'ab.zx', 6);
        if (literals.has(other)) continue;
        combinations += 1;
        if (covered.has(membership(globs, other))) continue;
        throw new Error(`${globs.join(' ')} without ${[...literals].join(' ')}: nothing stands for ${JSON.stringify(other)}`);
      }
    }
    expect(combinations).toBeGreaterThan(10_000);
  });

  it('are no literals, and as many different ones as were asked for', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const random = new Seeded(seed);
      const globs = Array.from({ length: 1 + random.below(3) }, () => text(random, 'ab*', 3)).filter((glob) =>
        glob.includes('*'),
      );
      const literals = new Set(Array.from({ length: random.below(5) }, () => text(random, 'abx', 2)));
      const copies = 1 + random.below(3);
      const found = representatives(globs, literals, copies) ?? [];
      expect(new Set(found).size).toBe(found.length);
      for (const one of found) expect(literals).not.toContain(one);
      const perWay = new Map<string, Set<string>>();
      for (let i = 0; i < 500; i += 1) {
        const other = text(random, 'abxyz', 4);
        if (other === '' || literals.has(other)) continue;
        const way = membership(globs, other);
        perWay.set(way, (perWay.get(way) ?? new Set()).add(other));
      }
      for (const [way, texts] of perWay) {
        const own = found.filter((one) => one !== '' && membership(globs, one) === way);
        expect(own.length, `${globs.join(' ')}: ${way}`).toBeGreaterThanOrEqual(Math.min(copies, texts.size));
      }
    }
  });

  it.each<[string, readonly string[], readonly string[], string, boolean]>([
    ['a glob that ends in `.**` is matched without what follows, too', ['p.**'], [], '1', true],
    ['by more than that', ['p.**'], ['p', 'p.'], '1', true],
    ['nothing is left of a glob that is all listed', ['', '*'], [''], '01', true],
    ['two globs that exclude each other', ['a*', 'b*'], [], '11', false],
    ['two globs that can both match', ['a*', '*b'], [], '11', true],
    ['neither', ['a*', '*b'], [], '00', true],
    ['a glob within another', ['a*', 'ab*'], [], '01', false],
    ['everything matches `*`', ['*'], [], '0', false],
  ])('%s: %j without %j', (_, globs, literals, way, possible) => {
    const found = representatives(globs, new Set(literals), 1) ?? [];
    expect(found.some((one) => membership(globs, one) === way)).toBe(possible);
  });

  it('finds the shortest string', () => {
    expect(representatives(['*-prod'], new Set(), 1)).toEqual(expect.arrayContaining(['-prod']));
    expect(representatives(['p.**'], new Set(), 1)).toEqual(expect.arrayContaining(['p']));
  });

  it('gives up where globs double the combinations too often', () => {
    const middles = Array.from({ length: 16 }, (_, i) => `*${String.fromCharCode(97 + i)}${i}*`);
    expect(representatives(middles, new Set(), 1)).toBeNull();
    expect(representatives(middles.slice(0, 6), new Set(), 1)).toHaveLength(64);
  });
});
