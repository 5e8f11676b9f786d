import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestInstances, closestOfBlock } from '../../src/classify/instances.ts';
import type { ResourceChange } from '../../src/plan/model.ts';

const instance = fc.record({
  moduleAddress: fc.constantFrom('module.a["x"]', 'module.a["xy"]', 'module.a["z"]'),
  key: fc.constantFrom<string | number | null>('x', 'y', '1', 1, 2, null),
  mode: fc.constantFrom('managed', 'managed', 'managed', 'data'),
  deposed: fc.constantFrom(null, null, null, 'ab'),
}) as unknown as fc.Arbitrary<ResourceChange>;

describe('which instances of a block a row refers to', () => {
  it('is the same however many there are', () => {
    let several = 0;
    let few = 0;
    fc.assert(
      fc.property(fc.array(instance, { maxLength: 24 }), fc.boolean(), instance, fc.nat(30), (all, root, other, at) => {
        // The rows of one block stand in instances of one module, or all in the root.
        const rows = root ? all.map((row) => ({ ...row, moduleAddress: null })) : all;
        const row = rows[at] ?? other;
        const found = closestOfBlock(row, rows);
        expect(found).toEqual(closestInstances(row, rows));
        expect(closestOfBlock(row, rows)).toEqual(found);
        if (found.length > 1) several += 1;
        else few += 1;
      }),
      { numRuns: 1000, seed: 20261129 },
    );
    expect([several > 100, few > 100]).toEqual([true, true]);
  });

  it('is told of very many, too', () => {
    const rows = Array.from({ length: 200_000 }, (_, key) => ({ moduleAddress: null, key, mode: 'managed', deposed: null }));
    const all = rows as unknown as readonly ResourceChange[];
    const row = { ...rows[0], key: 'other' } as unknown as ResourceChange;
    expect(closestOfBlock(row, all)).toHaveLength(200_000);
    expect(closestOfBlock({ ...row, key: 7 }, all)).toEqual([rows[7]]);
  });
});
