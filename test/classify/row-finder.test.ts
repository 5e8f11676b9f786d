import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowFinder } from '../../src/classify/row-finder.ts';
import type { PriorObject, ResourceChange } from '../../src/plan/model.ts';

const named = fc.record({
  moduleAddress: fc.constantFrom(null, 'module.a', 'module.b[0]'),
  address: fc.nat({ max: 9 }).map((number) => `a.b${number}`),
  deposed: fc.constantFrom(null, null, null, 'k'),
});

test('objects are found that a row of their module shows, and no others', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(named, { minLength: 10 }), fc.array(named, { minLength: 10 }), fc.boolean(), (rows, objects, sorted) => {
      const spell = (one: (typeof rows)[number]) => JSON.stringify([one.moduleAddress, one.address, one.deposed]);
      if (sorted) for (const list of [rows, objects]) list.sort((a, b) => (spell(a) < spell(b) ? -1 : 1));
      const finder = new RowFinder(rows as unknown as ResourceChange[]);
      const shown = new Set(rows.map(spell));
      for (const object of objects) {
        expect(finder.finds(object as unknown as PriorObject)).toBe(shown.has(spell(object)));
        if (shown.has(spell(object))) found += 1;
      }
    }),
    { numRuns: 300, seed: 20261129 },
  );
  expect(found).toBeGreaterThan(1000);
});
