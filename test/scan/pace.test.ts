import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CloudApi, CloudFailure, type CloudTarget } from '../../providers/cloud.ts';
import { Pace } from '../../src/scan/pace.ts';
import { VirtualClock } from './virtual-clock.ts';

const target = (account = '1', region: string | null = 'eu'): CloudTarget => ({
  cloud: 'aws',
  partition: 'aws',
  account,
  region,
});
const api = (calls: number, per: number, of: CloudApi['limit']['of'] = 'target', pool?: string): CloudApi => ({
  name: `api-${calls}-${per}`,
  permissions: [],
  limit: { calls, per, of, ...(pool === undefined ? {} : { pool }) },
  writes: false,
  source: 'assumed',
});

describe('pace', () => {
  it('never sends more than the limit within any window, whatever calls when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 }),
        async (calls, waits) => {
          const clock = new VirtualClock();
          const pace = new Pace(clock, () => 0.5);
          const sent: number[] = [];
          const limited = api(calls, 1000);
          await Promise.all(
            waits.map(async (wait) => {
              await clock.sleep(wait);
              await pace.call(limited, target(), async () => sent.push(clock.now()));
            }),
          );
          expect(sent.length).toBe(waits.length);
          // A server's bucket that holds one second's calls and refills at the documented rate never runs dry.
          let [level, at] = [calls, 0];
          for (const time of sent.sort((a, b) => a - b)) {
            level = Math.min(calls, level + ((time - at) * calls) / 1000);
            at = time;
            level -= 1;
            expect(level).toBeGreaterThanOrEqual(-1e-9);
          }
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  it('never sends more than the limit within a window of the documented length, burst included', async () => {
    // 15 in 5 seconds, as Resource Graph counts them: from the first query on, afresh when the time is up.
    const clock = new VirtualClock();
    const pace = new Pace(clock, () => 0.5);
    const sent: number[] = [];
    const limited = api(15, 5000);
    const ask = () => pace.call(limited, target(), async () => sent.push(clock.now()));
    await Promise.all(Array.from({ length: 40 }, ask));
    await clock.sleep(60_000);
    await Promise.all(Array.from({ length: 40 }, ask));
    for (const [at, time] of sent.entries()) expect((sent[at + 15] ?? Number.POSITIVE_INFINITY) - time).toBeGreaterThan(5000);
    expect(30 / (((sent[30] ?? 0) - (sent[0] ?? 0)) * (15 / 5000))).toBeGreaterThanOrEqual(0.95);
  });

  it('uses at least 95 % of the limit when there is enough to do', async () => {
    const clock = new VirtualClock();
    const pace = new Pace(clock, () => 0.5);
    const limited = api(15, 1000);
    await Promise.all(Array.from({ length: 1500 }, () => pace.call(limited, target(), async () => null)));
    expect(1500 / ((clock.now() / 1000) * 15)).toBeGreaterThanOrEqual(0.95);
  });

  it('counts per target, account or caller, and shares a pool', async () => {
    const took = async (of: CloudApi['limit']['of'], pools: readonly (string | undefined)[]) => {
      const clock = new VirtualClock();
      const pace = new Pace(clock, () => 0);
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          pace.call(
            { ...api(10, 1000, of, pools[n % pools.length]), name: `api-${n % pools.length}` },
            target(String(n % 2), n % 4 < 2 ? 'eu' : 'us'),
            async () => null,
          ),
        ),
      );
      return Math.round(clock.now() / 100) / 10;
    };
    // 40 calls at 10 a second, less the burst of the bucket: over four targets, two accounts, one caller.
    expect(await took('target', [undefined])).toBeLessThan(1);
    expect(await took('account', [undefined])).toBeCloseTo(1.9, 0);
    expect(await took('caller', [undefined])).toBeCloseTo(3.9, 0);
    // Two APIs that share a pool take as long as one; without, half as long.
    expect(await took('caller', ['p', 'p'])).toBeCloseTo(3.9, 0);
    expect(await took('caller', [undefined, undefined])).toBeCloseTo(1.9, 0);
  });

  it('waits at least as long as the cloud asks, and backs off further each time', async () => {
    const clock = new VirtualClock();
    const pace = new Pace(clock, () => 1);
    const times: number[] = [];
    const answer = await pace.call(api(1000, 1000), target(), async () => {
      times.push(clock.now());
      if (times.length <= 3)
        throw new CloudFailure('throttled', 'slow down', 'wait', { retryAfter: times.length === 1 ? 5000 : null });
      return 'done';
    });
    expect(answer).toBe('done');
    const gaps = times.slice(1).map((time, at) => time - (times[at] as number));
    expect(gaps[0]).toBeGreaterThanOrEqual(5000);
    expect(gaps[2]).toBeGreaterThan(gaps[1] as number);
    expect(pace.counts.get('api-1000-1000')).toEqual({ calls: 4, throttled: 3 });
  });

  it('gives up after eight attempts, and at once on what trying again does not help', async () => {
    for (const [kind, attempts] of [
      ['transient', 8],
      ['throttled', 8],
      ['denied', 1],
      ['credentials', 1],
      ['unknown-place', 1],
      ['refused', 1],
      ['unconfirmed', 1],
    ] as const) {
      let calls = 0;
      const failing = new Pace(new VirtualClock(), () => 0.5).call(api(1000, 1000), target(), async () => {
        calls += 1;
        throw new CloudFailure(kind, 'no', 'see');
      });
      await expect(failing).rejects.toMatchObject({ kind });
      expect(calls, kind).toBe(attempts);
    }
  });

  it('lets a defect through untouched', async () => {
    const defect = new TypeError('swordfish');
    await expect(
      new Pace(new VirtualClock()).call(api(1, 1), target(), async () => {
        throw defect;
      }),
    ).rejects.toBe(defect);
  });

  it('a throttle holds everybody of the pool: a limit cut to a quarter does not end in a storm', async () => {
    const clock = new VirtualClock();
    const pace = new Pace(clock, () => 0.5);
    // A server whose true limit is a quarter of the documented one for the first ten seconds.
    let [level, at] = [5, 0];
    const send = async () => {
      const rate = clock.now() < 10_000 ? 5 : 20;
      level = Math.min(5, level + ((clock.now() - at) * rate) / 1000);
      at = clock.now();
      if (level < 1) throw new CloudFailure('throttled', 'slow down', 'wait', { retryAfter: 1000 });
      level -= 1;
    };
    let left = 1000;
    const worker = async () => {
      for (; left > 0; ) {
        left -= 1;
        await pace.call(api(20, 1000), target(), send);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const { calls, throttled } = pace.counts.get('api-20-1000') as { calls: number; throttled: number };
    expect(calls - throttled).toBe(1000);
    expect(throttled / calls).toBeLessThan(0.1);
  });
});
