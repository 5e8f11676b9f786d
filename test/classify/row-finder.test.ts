import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowFinder } from '../../src/classify/row-finder.ts';
import type { ResourceChange } from '../../src/plan/model.ts';

const key = fc.nat({ max: 60 }).map((number) => `a.b${String(number).padStart(2, '0')}`);
const rowsOf = (keys: readonly string[]) => keys.map((address) => ({ address, deposed: null }) as ResourceChange);

test('rows that go upwards are all found, whatever order they are asked for in', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.uniqueArray(key, { minLength: 20 }), fc.array(key, { minLength: 20 }), (keys, asked) => {
      const rows = rowsOf(keys.toSorted());
      for (const order of [asked, asked.toSorted()]) {
        const finder = new RowFinder(rows);
        for (const one of order) {
          expect(finder.finds(one)).toBe(keys.includes(one));
          if (keys.includes(one)) found += 1;
        }
      }
    }),
    { numRuns: 300, seed: 20261129 },
  );
  expect(found).toBeGreaterThan(1000);
});

test('of rows in another order none is found that is not there', () => {
  fc.assert(
    fc.property(fc.array(key), fc.array(key), (keys, asked) => {
      const finder = new RowFinder(rowsOf(keys));
      for (const one of asked) if (finder.finds(one)) expect(keys).toContain(one);
    }),
    { numRuns: 300, seed: 20261129 },
  );
});
