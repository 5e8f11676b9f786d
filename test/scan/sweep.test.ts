import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudFailure, type CloudTarget } from '../../providers/cloud.ts';
import { TargetLog } from '../../src/scan/checkpoint.ts';
import { Pace } from '../../src/scan/pace.ts';
import type { ScanRecord } from '../../src/scan/record.ts';
import { type SpooledObject, SpoolWriter } from '../../src/scan/spool.ts';
import { sweep } from '../../src/scan/sweep.ts';
import { type FakeCloud, fakeClient, item } from './fake-cloud.ts';
import { VirtualClock } from './virtual-clock.ts';

const TARGET: CloudTarget = { cloud: 'aws', partition: 'aws', account: '1', region: 'eu' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-sweep-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function wanted(n: number, value = 'prod'): SpooledObject {
  return {
    state: 0,
    address: `a.b[${n}]`,
    deposed: null,
    type: 'a',
    classes: ['database'],
    place: { target: TARGET, id: `id-${n}`, detail: {} },
    tags: [{ attribute: 'environment', key: 'environment', from: 'state', value, why: null }],
  };
}

function spool(count: number) {
  const writer = new SpoolWriter(folder);
  for (let n = 0; n < count; n += 1) writer.add(wanted(n));
  const [target] = writer.finish();
  if (target === undefined) throw new Error('nothing was spooled');
  return target;
}

async function run(cloud: FakeCloud, count: number, unmanaged = false, path = join(folder, 'log')) {
  const target = spool(count);
  return rerun(cloud, target, unmanaged, path);
}

async function rerun(cloud: FakeCloud, target: ReturnType<typeof spool>, unmanaged = false, path = join(folder, 'log')) {
  const log = new TargetLog(path);
  let looked = 0;
  await sweep(target, {
    folder,
    client: fakeClient(cloud, { call: new Pace(new VirtualClock(), () => 0.5).call }),
    log,
    workers: 3,
    unmanaged,
    keys: new Set(['environment']),
    onLooked: (objects) => {
      looked += objects;
    },
  });
  return { records: log.records(), looked, target };
}

function told(records: readonly ScanRecord[]) {
  const numbers = records.flatMap((record) => (record.kind === 'looked' ? record.objects : []));
  expect(new Set(numbers).size, 'nothing is looked at twice').toBe(numbers.length);
  return {
    looked: numbers.length,
    results: records
      .flatMap((record) => (record.kind === 'looked' ? record.results : []))
      .map(
        ({ address, outcome }) =>
          `${address} ${outcome.kind === 'read' ? outcome.drifts.map((d) => d.verdict).join() : outcome.kind}`,
      )
      .sort(),
    unmanaged: records.flatMap((record) => (record.kind === 'unmanaged' ? record.items.map(({ id }) => id) : [])).sort(),
    failed: records.flatMap((record) => (record.kind === 'failed' ? [`${record.what} ${record.objects} ${record.why}`] : [])),
  };
}

/** 25 objects as wanted, but for one of another value, one without, one gone, one of which nothing is heard. */
function world(first: FakeCloud['first'], more: Partial<FakeCloud> = {}): FakeCloud {
  const objects = new Map<string, Readonly<Record<string, string>> | null>(
    Array.from({ length: 25 }, (_, n) => [`id-${n}`, { environment: 'prod' }]),
  );
  objects.set('id-3', { environment: 'dev' });
  objects.set('id-7', {});
  objects.set('id-11', null);
  objects.delete('id-13');
  return { first, batch: 4, objects, ...more };
}
const EXPECTED = ['a.b[11] not-found', 'a.b[13] unread', 'a.b[3] drifted', 'a.b[7] missing'];

describe.each(['read', 'inventory'] as const)('a target whose client begins with %s', (first) => {
  it('tells what is not as wanted, each object once', async () => {
    const { records, looked } = await run(world(first), 25);
    expect(told(records)).toEqual({ looked: 25, results: EXPECTED, unmanaged: [], failed: [] });
    expect(looked).toBe(25);
  });

  it('lists what is in no state only when asked, each once though pages overlap', async () => {
    const others = [item('x-1', { environment: 'dev', other: 'kept out' }), item('x-1', {}), item('x-2', {})];
    const cloud = world(first);
    const listed = [...[...cloud.objects].flatMap(([id, tags]) => (tags === null ? [] : [item(id, tags)])), ...others];
    const { records, target } = await run({ ...cloud, listed: [...listed, ...listed] }, 25, true);
    expect(told(records)).toMatchObject({ looked: 25, results: EXPECTED, unmanaged: ['x-1', 'x-2'] });
    const items = records.flatMap((record) => (record.kind === 'unmanaged' ? record.items : []));
    expect(items.find(({ id }) => id === 'x-1')?.tags).toEqual({ environment: 'dev' });
    const without = await rerun({ ...cloud, listed }, target, false, join(folder, 'other'));
    expect(told(without.records).unmanaged).toEqual([]);
  });

  it('a target that lets nobody in is one failure, with all its objects counted', async () => {
    const denied = new CloudFailure('denied', 'access denied', 'allow it', { permission: 'fake:Read' });
    const { records, looked } = await run(
      world(first, {
        onOpen: () => {
          throw denied;
        },
      }),
      25,
    );
    expect(told(records)).toEqual({ looked: 0, results: [], unmanaged: [], failed: ['objects 25 access denied'] });
    expect(looked).toBe(25);
  });

  it('permission revoked half way: what was read stands, the rest is counted', async () => {
    let calls = 0;
    const revoked = () => {
      calls += 1;
      if (calls > 2) throw new CloudFailure('credentials', 'the token was revoked', 'log in again');
    };
    const { records } = await run(world(first, { onRead: revoked, onPage: revoked }), 25);
    const { looked, failed } = told(records);
    expect(looked).toBeGreaterThan(0);
    expect(failed).toEqual([`objects ${25 - looked} the token was revoked`]);
  });

  it('a killed run goes on: nothing is asked twice that was written down, and the result is the same', async () => {
    const whole = await run(world(first), 25);
    const expected = told(whole.records);
    const text = readFileSync(join(folder, 'log'), 'utf8');
    // Cut at every 7th byte, which is within a line most of the time.
    for (let size = 0; size < text.length; size += 7) {
      const path = join(folder, `cut-${size}`);
      writeFileSync(path, text);
      truncateSync(path, size);
      const again = await rerun(world(first), whole.target, false, path);
      expect(told(again.records)).toEqual(expected);
    }
  });

  it('what has ended is not asked again', async () => {
    const { target } = await run(world(first), 25);
    const again = await rerun(
      world(first, {
        onOpen: () => {
          throw new Error('nobody asks');
        },
      }),
      target,
    );
    expect(told(again.records).looked).toBe(25);
  });

  it('what failed is tried again by the next run', async () => {
    const throttled = () => {
      throw new CloudFailure('denied', 'access denied', 'allow it');
    };
    const { target } = await run(world(first, { onOpen: throttled }), 25);
    expect(told((await rerun(world(first), target)).records)).toEqual({
      looked: 25,
      results: EXPECTED,
      unmanaged: [],
      failed: [],
    });
  });

  it('a defect of a client is thrown, not told as a finding', async () => {
    const defect = () => {
      throw new TypeError('swordfish');
    };
    await expect(run(world(first, { onRead: defect }), 25)).rejects.toThrow('swordfish');
  });
});

describe('an inventory', () => {
  it('that is stale settles nothing: what it shows otherwise than wanted is read by name', async () => {
    const cloud = world('inventory');
    const listed = [...cloud.objects.keys()].map((id) => item(id, { environment: id === 'id-5' ? 'old' : 'prod' }));
    // It shows 3, 7 and 11 as wanted; only what it shows otherwise, or not at all, is read.
    const read: string[] = [];
    const { records } = await run(
      { ...cloud, listed, onRead: (objects) => read.push(...objects.map(({ place }) => place.id)) },
      25,
    );
    expect(read.sort()).toEqual(['id-13', 'id-5']);
    expect(told(records).results).toEqual(['a.b[13] unread']);
  });

  it('that may not be read leaves its objects to be read by name', async () => {
    const denied = () => {
      throw new CloudFailure('denied', 'no inventory', 'allow it', { permission: 'fake:List' });
    };
    const { records, target } = await run(world('inventory', { onPage: denied }), 25, true);
    expect(told(records)).toMatchObject({ looked: 25, results: EXPECTED, failed: ['inventory 0 no inventory'] });
    const quiet = await rerun(world('inventory', { onPage: denied }), target, false, join(folder, 'quiet'));
    expect(told(quiet.records)).toMatchObject({ looked: 25, results: EXPECTED, failed: [] });
  });

  it('tells what holds only by inheritance', async () => {
    const cloud = world('inventory', { inherited: { 'id-7': { environment: 'prod' } } });
    const { records } = await run(cloud, 25);
    expect(told(records).results).toEqual(EXPECTED.filter((line) => !line.startsWith('a.b[7]')));
    expect(records.reduce((sum, record) => sum + (record.kind === 'looked' ? record.inherited : 0), 0)).toBe(1);
  });
});
