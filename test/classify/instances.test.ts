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

  it('is the same for rows of modules that stand around theirs, beside them or in them', () => {
    const module = fc
      .array(fc.constantFrom('a', 'b', 'a["x"]', 'a["xy"]', 'a["z"]', 'a["é"]', 'a[1]', 'a[12]'), { maxLength: 3 })
      .map((steps) => (steps.length === 0 ? null : steps.map((step) => `module.${step}`).join('.')));
    const place = fc.tuple(instance, module).map(([row, moduleAddress]) => ({ ...row, moduleAddress }));
    let [several, few] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 8, maxLength: 24 }),
        fc.array(place, { minLength: 1, maxLength: 6 }),
        (rows, others) => {
          for (const row of [...others, ...rows.slice(0, 2)]) {
            const found = closestOfBlock(row, rows);
            expect(found).toEqual(closestInstances(row, rows));
            if (found.length > 1) several += 1;
            else few += 1;
          }
        },
      ),
      { numRuns: 1000 },
    );
    expect(several).toBeGreaterThan(500);
    expect(few).toBeGreaterThan(500);
  });

  it('is told of very many, too', () => {
    const rows = Array.from({ length: 200_000 }, (_, key) => ({ moduleAddress: null, key, mode: 'managed', deposed: null }));
    const all = rows as unknown as readonly ResourceChange[];
    const row = { ...rows[0], key: 'other' } as unknown as ResourceChange;
    expect(closestOfBlock(row, all)).toHaveLength(200_000);
    expect(closestOfBlock({ ...row, key: 7 }, all)).toEqual([rows[7]]);
  });

  it('is told by very many, too, of which each stands in a module instance of its own', () => {
    const of = (name: string) =>
      Array.from({ length: 50_000 }, (_, at) => ({
        moduleAddress: `module.unit[${at}]${name}`,
        key: null,
        mode: 'managed',
        deposed: null,
      }));
    const all = of('.module.store') as unknown as readonly ResourceChange[];
    const rows = of('') as unknown as readonly ResourceChange[];
    expect(rows.map((row) => closestOfBlock(row, all))).toEqual(all.map((one) => [one]));
  });
});
