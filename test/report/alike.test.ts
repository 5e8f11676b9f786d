import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Alike } from '../../src/report/alike.ts';

const leaf = fc.constantFrom<unknown>(null, 0, 1, 'a', 'b', true, [], ['a'], ['a', 'b'], {});
const part = fc.dictionary(fc.constantFrom('x', 'y', 'z', '__proto__'), fc.oneof(leaf, fc.record({ x: leaf }), fc.array(leaf)), {
  noNullPrototype: false,
});

test('what is told once is printed as it would be by itself', () => {
  let shared = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.array(part)), { minLength: 5 }), (parts) => {
      const alike = new Alike<object>();
      for (const one of parts) {
        const other = alike.of('kind', one);
        expect(JSON.stringify(other)).toBe(JSON.stringify(one));
        if (other !== one) shared += 1;
      }
    }),
    { numRuns: 500, seed: 20261129 },
  );
  expect(shared).toBeGreaterThan(50);
});
