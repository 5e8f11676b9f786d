import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeenRows } from '../../src/plan/seen-rows.ts';

const row = fc.record({
  address: fc.constantFrom(
    '',
    'a.b',
    'a.b[0]',
    'a.b["k.module.l.m"]',
    'b.c',
    'module.a.a.b',
    'module.a.a.c',
    'module.a.module.b["x.y"].c.d',
    'z',
  ),
  deposed: fc.constantFrom(null, null, null, 'k', 'l'),
});

test('rows are known again in whatever order they come', () => {
  let again = 0;
  let apart = 0;
  fc.assert(
    fc.property(fc.array(row), fc.boolean(), (rows, sorted) => {
      const nameOf = (one: (typeof rows)[number]) => JSON.stringify(one);
      if (sorted) rows.sort((a, b) => (a.address === b.address ? 0 : a.address < b.address ? -1 : 1));
      const seen = new SeenRows();
      const names = new Set<string>();
      for (const one of rows) {
        const wanted = names.has(nameOf(one));
        expect(seen.has(one.address, one.deposed)).toBe(wanted);
        seen.add(one, one.address);
        names.add(nameOf(one));
        if (wanted) again += 1;
      }
      if (sorted && names.size === rows.length && rows.length > 2) apart += 1;
    }),
    { numRuns: 500, seed: 20261129 },
  );
  expect(again).toBeGreaterThan(200);
  expect(apart).toBeGreaterThan(20);
});
