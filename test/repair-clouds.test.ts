import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudName } from '../providers/cloud.ts';
import { scanTags } from '../src/reconcile.ts';
import { type RepairOptions, repairTags } from '../src/repair.ts';
import type { RepairReport } from '../src/report/repair/model.ts';
import { keyed, named } from './load/names.ts';
import { type Account, accountsOf, type Kind, kindOf, standingOf, wantedOf } from './load/planted.ts';
import { type Scene, stage } from './load/scene.ts';
import { LANES, writeInputs } from './load/states.ts';
import { VirtualClock } from './scan/virtual-clock.ts';
import { Seeded } from './seeded.ts';

const NIGHTLY = LANES.replace(
  'guards:',
  '  nightly:\n    who: {kind: ci, id: nightly}\n    may: [{do: [update, reclassify], changes: {only: ["tags.**"]}}]\nguards:',
);
/** What a repair can mend; the rest is left to people. */
const MENDED: ReadonlySet<Kind> = new Set(['missing', 'changed', 'emptied', 'overruled']);

let folder: string;
let scene: Scene;
let clock: VirtualClock;
const accounts = accountsOf(400, 10);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-repair-clouds-'));
  writeInputs(folder, accounts);
  writeFileSync(join(folder, 'inlane.yaml'), NIGHTLY);
  clock = new VirtualClock();
  scene = await stage({ clock, accounts, seeded: new Seeded(7), faults: 0 });
});
afterEach(async () => {
  await scene.close();
  rmSync(folder, { recursive: true, force: true });
});

const shared = () => ({
  states: ['states'],
  lanes: ['inlane.yaml'],
  cwd: folder,
  env: {},
  stdin: () => new Uint8Array(),
  now: '2026-11-29T00:00:00Z',
  assumeRole: 'arn:{partition}:iam::{account}:role/inlane',
  clock,
  random: () => 0.5,
  load: scene.load,
});

async function repair(cloud: CloudName, more: Partial<RepairOptions> = {}): Promise<RepairReport> {
  const options = { apply: true, allowWidening: true, maxChanges: 1_000, as: 'ci:nightly', journal: 'journal.jsonl' };
  const { journal, ...rest } = { ...options, ...more };
  const written = rest.apply && rest.undo === undefined ? { journal } : {};
  return (await repairTags({ ...shared(), clouds: [cloud], ...rest, ...written })).report;
}

/** Everything of the cloud that should be mended, or is to be left as it is. */
function objects(cloud: CloudName, mended: boolean): (readonly [Account, number])[] {
  const own = accounts.filter(({ target }) => target.cloud === cloud);
  const all = own.flatMap((account) => [...Array(account.count).keys()].map((index) => [account, index] as const));
  return all.filter(([account, index]) => {
    const kind = kindOf(account, index);
    return kind !== 'gone' && (kind !== null && MENDED.has(kind)) === mended;
  });
}

const folded = (cloud: CloudName, tags: Record<string, string>) =>
  cloud === 'azure' ? Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value])) : tags;

/** The tags of all objects that were not made to be gone, spelled as they stand. */
const standing = (cloud: CloudName) =>
  [...objects(cloud, true), ...objects(cloud, false)].map(([account, index]) => [
    named(account, index).address,
    scene.tagsOf(account, index),
  ]);

function expectMended(cloud: CloudName, failed: ReadonlySet<string> = new Set()): void {
  for (const [account, index] of objects(cloud, true)) {
    const { address } = named(account, index);
    const tags = folded(cloud, scene.tagsOf(account, index));
    if (failed.has(address)) continue;
    // On Google the data class of the emptied holds by inheritance, and needs no binding.
    const wanted = keyed(account, wantedOf(account, index));
    const inherited = cloud === 'google' && kindOf(account, index) === 'emptied' ? Object.keys(keyed(account, { data: '' })) : [];
    for (const [key, value] of Object.entries(wanted)) if (!inherited.includes(key)) expect(tags[key], address).toBe(value);
  }
  for (const [account, index] of objects(cloud, false)) {
    const tags = keyed(account, standingOf(account, index) ?? {}, true);
    expect(scene.tagsOf(account, index), named(account, index).address).toEqual(tags);
  }
}

async function leftOver(cloud: CloudName): Promise<string[]> {
  const { report } = await scanTags({ ...shared(), clouds: [cloud] });
  expect(report.unread).toEqual([]);
  return report.findings.map(({ address }) => address);
}

describe.each(['aws', 'google', 'azure'] as const)('a repair of %s by its real SDK', (cloud) => {
  it('plans without writing, mends what can be mended, leaves the rest, and is undone to the letter', async () => {
    const before = standing(cloud);
    const mendable = objects(cloud, true).map(([account, index]) => named(account, index).address);
    expect(mendable.length).toBeGreaterThan(4);

    const dry = await repair(cloud, { apply: false });
    expect(dry).toMatchObject({ exit: 1, apply: false, unread: [] });
    expect(dry.edits.map(({ address, fate }) => [address, fate]).sort()).toEqual(mendable.map((one) => [one, 'planned']).sort());
    expect(scene.writes()).toEqual({ aws: 0, google: 0, azure: 0 });
    expect(standing(cloud)).toEqual(before);

    const done = await repair(cloud);
    expect(done.edits.map(({ fate, verified }) => [fate, verified])).toEqual(mendable.map(() => ['done', true]));
    expect(scene.writes()[cloud]).toBeGreaterThan(0);
    expectMended(cloud);

    const still = await leftOver(cloud);
    expect(still.filter((address) => mendable.includes(address))).toEqual([]);
    const writes = scene.writes();
    expect((await repair(cloud)).edits).toEqual([]);
    expect(scene.writes()).toEqual(writes);

    const undone = await repair(cloud, { undo: 'journal.jsonl' });
    expect(undone).toMatchObject({ verdict: 'applied', exit: 0, undo: true, summary: { done: mendable.length } });
    expect(standing(cloud)).toEqual(before);
  });

  it('gets through conflicts, answers that are lost and changes that take their time', async () => {
    const before = standing(cloud);
    trouble(cloud);
    const done = await repair(cloud);
    expect(done.edits.map(({ fate, why }) => [fate, why])).toEqual(done.edits.map(() => ['done', null]));
    expect(done.edits.length).toBeGreaterThan(4);
    expectMended(cloud);
    trouble(cloud);
    expect(await repair(cloud, { undo: 'journal.jsonl' })).toMatchObject({ verdict: 'applied', exit: 0 });
    expect(standing(cloud)).toEqual(before);
  });

  it('tells what one object refuses, does the others, and undoes only what was done', async () => {
    const before = standing(cloud);
    const [victim] = objects(cloud, true);
    if (victim === undefined) throw new Error('nothing is to be mended');
    const heal = refuseOne(cloud, victim);
    const done = await repair(cloud);
    expect(done).toMatchObject({ verdict: 'unfinished', exit: 1, summary: { failed: 1 } });
    const failed = done.edits.filter(({ fate }) => fate === 'failed');
    const address = failed[0]?.address ?? '';
    if (cloud !== 'google') expect(address).toBe(named(...victim).address);
    expect(failed[0]?.why).toBeTruthy();
    expect(done.edits.filter(({ fate }) => fate === 'done').length).toBe(done.edits.length - 1);
    expectMended(cloud, new Set([address]));
    expect(standing(cloud).find(([name]) => name === address)).toEqual(before.find(([name]) => name === address));
    heal();
    expect((await repair(cloud, { undo: 'journal.jsonl' })).exit).toBe(0);
    expect(standing(cloud)).toEqual(before);
  });
});

/** What passes if one tries again, as each cloud has it. */
function trouble(cloud: CloudName): void {
  const { aws, google, azure } = scene;
  if (cloud === 'aws') {
    const apis = /:(Tag|Untag)/;
    Object.assign(aws.faults, { apis, throttles: 2, retryAfter: 1, errors: 1, drops: 1 });
    const seen = new Set<string>();
    aws.faults.item = (api, arn) => {
      // Within a good answer, each ARN once.
      if (seen.has(api + arn)) return null;
      seen.add(api + arn);
      return { code: 'ThrottlingException', status: 429, message: 'Rate exceeded' };
    };
  } else if (cloud === 'google') {
    const [create, remove] = ['cloudresourcemanager.tagBindings.create', 'cloudresourcemanager.tagBindings.delete'];
    // ABORTED: somebody else changed the tags of the object meanwhile.
    for (const api of [create, remove]) google.faults.fail.set(api, { code: 10, times: 2, text: 'Concurrent change.' });
    google.faults.drop.set(create, 1);
    google.faults.polls = 3;
  } else {
    for (const { faults } of azure.values()) {
      const api = 'Microsoft.Resources/tags/write';
      const headers = { 'retry-after': '1' };
      faults.planned = [
        { api, times: 1, status: 429, code: 'TooManyRequests', headers },
        { api, times: 1, status: 503, code: 'ServiceUnavailable' },
        { api, times: 1, drop: 'half' },
      ];
      faults.lro = { polls: 3, by: 'location', retryAfter: 1 };
    }
  }
}

/** One object that cannot be written to; returns how it can again. */
function refuseOne(cloud: CloudName, [account, index]: readonly [Account, number]): () => void {
  const { id } = named(account, index);
  const { aws, google, azure } = scene;
  if (cloud === 'aws') {
    const refusal = { code: 'AccessDeniedException', status: 400, message: 'not authorized' };
    aws.faults.item = (_, arn) => (arn === id ? refusal : null);
    return () => {
      aws.faults.item = null;
    };
  }
  if (cloud === 'azure') {
    const locked = azure.get(account.target.account)?.faults.locked;
    locked?.add(id.toLowerCase());
    return () => void locked?.delete(id.toLowerCase());
  }
  // The first operation that is started ends with PERMISSION_DENIED, whichever object's it is.
  google.faults.operations.code = 7;
  google.faults.operations.times = 1;
  return () => {
    google.faults.operations.times = 0;
  };
}
