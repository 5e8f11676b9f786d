import { performance } from 'node:perf_hooks';
import type { CloudName } from '../../providers/cloud.ts';
import { scanTags } from '../../src/reconcile.ts';
import type { ScanReport } from '../../src/report/scan/model.ts';
import { VirtualClock } from '../scan/virtual-clock.ts';
import { Seeded } from '../seeded.ts';
import { Meter, type Use } from './meter.ts';
import { groupOf, keyed, named, reportedId } from './names.ts';
import { type Account, accountsOf, expectedOf, isInherited } from './planted.ts';
import { stage } from './scene.ts';
import { writeInputs } from './states.ts';

export interface LoadOptions {
  /** Over all twenty accounts. */
  readonly objects: number;
  /** Every so many of an account's objects one is not as wanted. */
  readonly every: number;
  /** Share of the calls that go wrong on purpose. */
  readonly faults: number;
  readonly seed: number;
  /** Empty; states and lanes are written there. */
  readonly folder: string;
}

export interface LoadFigures {
  readonly objects: number;
  readonly verdict: ScanReport['verdict'];
  readonly unread: readonly string[];
  /** What was planted, and how it was told. */
  readonly planted: number;
  readonly missed: readonly string[];
  readonly twice: readonly string[];
  readonly extra: readonly string[];
  /** Objects that hold a tag by inheritance alone: as planted, as counted. */
  readonly inherited: readonly [number, number];
  readonly writes: Readonly<Record<CloudName, number>>;
  readonly calls: number;
  /** Throttled by a limit, not on purpose. */
  readonly throttled: number;
  /** Calls that were struck on purpose. */
  readonly struck: number;
  readonly byApi: Readonly<Record<string, readonly [calls: number, throttled: number]>>;
  readonly uses: readonly Use[];
  readonly virtualSeconds: number;
  readonly seconds: number;
}

/** One scan of many objects over twenty accounts on three clouds, compared with what was planted in them. */
export async function load({ objects, every, faults, seed, folder }: LoadOptions): Promise<LoadFigures> {
  const accounts = accountsOf(objects, every);
  writeInputs(folder, accounts);
  const clock = new VirtualClock();
  const seeded = new Seeded(seed);
  const scene = await stage({ clock, accounts, seeded, faults });
  const meter = new Meter(clock);
  const began = performance.now();
  try {
    const { report, calls } = await scanTags({
      states: ['states'],
      lanes: ['inlane.yaml'],
      cwd: folder,
      env: {},
      stdin: () => new Uint8Array(),
      now: '2026-11-29T00:00:00Z',
      assumeRole: 'arn:{partition}:iam::{account}:role/inlane',
      unmanaged: true,
      clock,
      random: () => seeded.next(),
      load: (name, options) => scene.load(name, { ...options, call: meter.over(options.call) }),
    });
    const counts = [...calls.values()];
    const throttled = counts.reduce((sum, count) => sum + count.throttled, 0);
    return {
      objects: report.summary.objects,
      verdict: report.verdict,
      unread: report.unread.map(({ what, why, objects: some, addresses }) => `${what} ${some} ${addresses[0] ?? ''} ${why}`),
      ...compared(report, accounts),
      writes: scene.writes(),
      calls: counts.reduce((sum, count) => sum + count.calls, 0),
      // One that was struck while another's connection was cut under it is not seen as a throttle.
      throttled: Math.max(0, throttled - scene.struck.throttles),
      struck: scene.struck.all,
      byApi: Object.fromEntries([...calls].map(([api, count]) => [api, [count.calls, count.throttled] as const])),
      uses: meter.uses(),
      virtualSeconds: clock.now() / 1000,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await scene.close();
  }
}

type Compared = Pick<LoadFigures, 'planted' | 'missed' | 'twice' | 'extra' | 'inherited'>;

function compared(report: ScanReport, accounts: readonly Account[]): Compared {
  const planted = new Set<string>();
  let inherited = 0;
  for (const account of accounts) {
    for (let index = 0; index < account.count; index += 1) {
      if (isInherited(account, index)) inherited += 1;
      for (const { verdict, attribute, wanted, found } of expectedOf(account, index)) {
        const key = attribute === null ? null : (Object.keys(keyed(account, { [attribute]: '' }))[0] ?? null);
        const { address } = named(account, index);
        planted.add(JSON.stringify([verdict, address, reportedId(account, index), key, wanted, found]));
      }
    }
    for (const id of strangersOf(account)) planted.add(JSON.stringify(['unmanaged', id]));
  }
  // Whether a drift gave access is the business of other tests: here it is a drift.
  const told = [
    ...report.findings.map(({ verdict, address, id, key, wanted, found }) => {
      const plain = verdict === 'extra-privileged' ? (found === null ? 'missing' : 'drifted') : verdict;
      return JSON.stringify([plain, address, id, key, wanted, found]);
    }),
    ...report.unmanaged.map(({ id }) => JSON.stringify(['unmanaged', id])),
  ];
  const once = new Set(told);
  return {
    planted: planted.size,
    missed: [...planted].filter((one) => !once.has(one)),
    twice: told.filter((one, at) => told.indexOf(one) !== at),
    extra: [...once].filter((one) => !planted.has(one)),
    inherited: [inherited, report.summary.inherited],
  };
}

/** Ids of what stands in the account and in no state, its containers included. */
function strangersOf(account: Account): string[] {
  const { target, count, extra } = account;
  const some = Array.from({ length: extra }, (_, at) => reportedId(account, count + at));
  if (target.cloud === 'google') return [...some, `//cloudresourcemanager.googleapis.com/projects/${target.account}`];
  if (target.cloud === 'azure') return [...some, `/subscriptions/${target.account}`, groupOf(account).toLowerCase()];
  return some;
}
