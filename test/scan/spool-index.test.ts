import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudTarget } from '../../providers/cloud.ts';
import { SpoolReader, SpoolWriter } from '../../src/scan/spool.ts';
import { Marks, SpoolIndex } from '../../src/scan/spool-index.ts';

const TARGET: CloudTarget = { cloud: 'aws', partition: 'aws', account: '1', region: 'eu' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-index-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function withIndex(ids: readonly string[], look: (index: SpoolIndex) => void): void {
  const own = mkdtempSync(join(folder, 'spool-'));
  const writer = new SpoolWriter(own);
  for (const [n, id] of ids.entries()) {
    const place = { target: TARGET, id, detail: {} };
    writer.add({ state: 0, address: `a.b[${n}]`, deposed: null, type: 'a', classes: [], place, tags: [] });
  }
  const [target] = writer.finish();
  if (target === undefined) throw new Error('nothing was spooled');
  const reader = new SpoolReader(own, target);
  try {
    look(new SpoolIndex(reader));
  } finally {
    reader.close();
  }
}

describe('the index of a spool', () => {
  it('finds every object of a name, those of several states too, and nothing else', () => {
    const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('__proto__', 'arn:é', ''));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 40 }), fc.array(name, { maxLength: 10 }), (ids, others) => {
        withIndex(ids, (index) => {
          for (const id of [...ids, ...others]) {
            const expected = ids.flatMap((one, n) => (one === id ? [n] : []));
            expect(index.find(id).map(({ n }) => n)).toEqual(expected);
            for (const { n, object } of index.find(id)) expect([object.place.id, object.address]).toEqual([id, `a.b[${n}]`]);
          }
        });
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('keeps thousands of alike names apart', () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => `arn:aws:sqs:eu-central-1:1:n-${n}`);
    withIndex(ids, (index) => {
      for (let n = 0; n < ids.length; n += 97) expect(index.find(ids[n] as string).map((one) => one.n)).toEqual([n]);
      expect(index.find('arn:aws:sqs:eu-central-1:1:n-20000')).toEqual([]);
    });
  });
});

describe('marks', () => {
  it('hold numbers as a set does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200 })), fc.array(fc.integer({ min: 0, max: 200 })), (given, added) => {
        const marks = new Marks(201, given);
        const set = new Set(given);
        for (const n of added) {
          marks.add(n);
          set.add(n);
        }
        expect(marks.size).toBe(set.size);
        for (let n = 0; n <= 200; n += 1) expect(marks.has(n)).toBe(set.has(n));
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
