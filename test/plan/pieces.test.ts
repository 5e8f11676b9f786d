import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK, FEW } from '../../src/plan/packed.ts';
import { OBJECTS, Pieces, ROWS } from '../../src/plan/pieces.ts';

/** Words that say nothing are not held. */
const SILENT = [26, 27];

/** Words as the scan writes them, some of them odd: none there, of a long piece, or beyond 4 GB. */
const word = fc.oneof(
  { weight: 30, arbitrary: fc.nat({ max: 3 }) },
  { weight: 5, arbitrary: fc.constantFrom(0xffff - 1, 0x8000_0001, 0xc000_0000, 0xffffffff) },
);
const odd = fc.constantFrom([], [], [1, 1], [2, 0xffff], [5, 0x1_0000], [24, 0xffff]);

test.each([
  ['rows', ROWS],
  ['objects', OBJECTS],
])('%s are told as they were added, whole blocks of them and the rest', (_, layout) => {
  const { words } = layout;
  const kind = fc.array(word, { minLength: words, maxLength: words });
  fc.assert(
    fc.property(
      fc.array(kind, { minLength: 1, maxLength: 8 }),
      fc.oneof(fc.integer({ min: 1, max: BLOCK + 10 }), fc.integer({ min: FEW * BLOCK - 10, max: (FEW + 2) * BLOCK + 10 })),
      fc.nat(),
      odd,
      fc.integer({ min: 1, max: 999 }),
      (kinds, count, at, [oddWord, value], portion) => {
        const entries = new Uint32Array(count * words);
        for (let index = 0; index < count; index += 1) {
          entries.set((kinds[(index * 7) % kinds.length] as number[]).toSpliced(0, 3, index, 0, 9), index * words);
        }
        if (oddWord !== undefined && oddWord < words) entries[(at % count) * words + oddWord] = value as number;
        const pieces = new Pieces(layout);
        for (let from = 0; from < count; from += portion) pieces.add(entries.slice(from * words, (from + portion) * words));
        pieces.finish();
        expect(pieces.length).toBe(count);
        for (const index of [0, at % count, count - 1])
          expect(pieces.startOf(index)).toBe(
            (entries[index * words] as number) + (entries[index * words + 1] as number) * 2 ** 32,
          );
        const told = entries.map((_, i) => pieces.word(Math.floor(i / words), i % words));
        const wanted = entries.map((one, i) => (SILENT.includes(i % words) ? (told[i] as number) : one));
        expect(Buffer.from(told.buffer).equals(Buffer.from(wanted.buffer))).toBe(true);
      },
    ),
    { numRuns: 60, seed: 20261129 },
  );
});
