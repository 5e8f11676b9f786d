import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudFailure } from '../providers/cloud.ts';
import { InlaneError } from '../src/errors.ts';
import { scanTags } from '../src/reconcile.ts';
import { type RepairOptions, repairTags } from '../src/repair.ts';
import { REPAIR_FORMATS } from '../src/report/repair/formats.ts';
import type { RepairReport } from '../src/report/repair/model.ts';
import { valid } from './report/tag-schemas.ts';
import { type FakeCloud, fakeClient } from './scan/fake-cloud.ts';
import { VirtualClock } from './scan/virtual-clock.ts';
import { accountOf, arn, LANES, PROD, stateOf, table } from './states.ts';

/** The nightly job may put tags back; nobody else may touch production. */
const NIGHTLY = `${LANES.replace(
  'guards:',
  `  nightly:
    who: {kind: ci, id: nightly}
    may: [{do: [update, reclassify], changes: {only: ["tags.**"]}}]
  watcher:
    who: {kind: ci, id: watcher}
    may: [{do: update, changes: {only: ["tags.**"]}}]
guards:
  - {id: ask-first, require: {approval: {from: {team: developers}}}, do: [update, reclassify], who: {id: watched}}`,
)}`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-repair-'));
  writeFileSync(join(folder, 'inlane.yaml'), NIGHTLY);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const shared = (cloud: FakeCloud) => ({
  lanes: ['inlane.yaml'],
  cwd: folder,
  env: {},
  stdin: () => new Uint8Array(),
  now: '2026-11-20T12:00:00Z',
  clock: new VirtualClock(),
  random: () => 0.5,
  load: async (_: unknown, options: Parameters<typeof fakeClient>[1]) => fakeClient(cloud, options),
});

const NEVER_WRITES: Pick<FakeCloud, 'onWrite'> = {
  onWrite: () => {
    throw new Error('a dry run writes nothing');
  },
};

async function repair(cloud: FakeCloud, more: Partial<RepairOptions> = {}): Promise<RepairReport> {
  const { report } = await repairTags({
    states: ['a.json'],
    ...shared(cloud),
    as: 'ci:nightly',
    apply: true,
    allowWidening: false,
    maxChanges: 100,
    ...(more.apply === false || more.undo !== undefined ? {} : { journal: 'journal.jsonl' }),
    ...more,
  });
  return valid('repair', report);
}

async function findings(cloud: FakeCloud) {
  return (await scanTags({ states: ['a.json'], ...shared(cloud) })).report.findings;
}

function world(
  wanted: Record<string, Record<string, string> | null>,
  found: Record<string, Record<string, string> | null>,
  more: Partial<FakeCloud> = {},
): FakeCloud {
  writeFileSync(
    join(folder, 'a.json'),
    stateOf(...Object.entries(wanted).map(([name, tags]) => table(name[0] as string, name, tags))),
  );
  return {
    first: 'read',
    batch: 10,
    writeBatch: 3,
    objects: new Map(Object.entries(found).map(([name, tags]) => [arn(name[0] as string, name), tags])),
    ...more,
  };
}

const tagsOf = (cloud: FakeCloud, name: string) => cloud.objects.get(arn(name[0] as string, name));
const told = (report: RepairReport) => report.edits.map(({ address, fate, reason, set }) => [address, fate, reason, set]);

describe('a repair', () => {
  const lost = () =>
    world(
      { '1a': PROD, '1b': PROD, '2c': PROD },
      { '1a': { ...PROD }, '1b': { team: 'developers', other: 'kept' }, '2c': { ...PROD, environment: 'production' } },
    );

  it('is a dry run unless told otherwise: nothing is written', async () => {
    const cloud = { ...lost(), ...NEVER_WRITES };
    const report = await repair(cloud, { apply: false });
    expect(report).toMatchObject({ verdict: 'planned', exit: 1, apply: false });
    expect(told(report)).toEqual([
      ['aws_dynamodb_table.1b', 'planned', null, { environment: 'prod' }],
      ['aws_dynamodb_table.2c', 'planned', null, { environment: 'prod' }],
    ]);
  });

  it('puts back what was lost, leaves every other key as it is, and undoes exactly that', async () => {
    const cloud = lost();
    const before = structuredClone([...cloud.objects]);
    const report = await repair(cloud);
    expect(report).toMatchObject({ verdict: 'applied', exit: 0, summary: { edits: 2, done: 2 } });
    expect(report.edits.every(({ verified }) => verified === true)).toBe(true);
    expect(tagsOf(cloud, '1b')).toEqual({ ...PROD, other: 'kept' });
    expect(await findings(cloud)).toEqual([]);
    expect(await repair(cloud)).toMatchObject({ verdict: 'clean', exit: 0 });
    const dry = await repair({ ...cloud, ...NEVER_WRITES }, { apply: false, undo: 'journal.jsonl' });
    expect(dry).toMatchObject({ verdict: 'planned', undo: true, summary: { planned: 2 } });
    expect(await repair(cloud, { undo: 'journal.jsonl' })).toMatchObject({ verdict: 'applied', exit: 0, undo: true });
    expect([...cloud.objects]).toEqual(before);
    // Once more: there is nothing left to undo.
    expect(await repair(cloud, { undo: 'journal.jsonl' })).toMatchObject({ verdict: 'clean', exit: 0 });
  });

  it('undoing leaves alone what somebody has changed since', async () => {
    const cloud = lost();
    await repair(cloud);
    cloud.objects.set(arn('1', '1b'), { ...PROD, environment: 'development' });
    expect(told(await repair(cloud, { undo: 'journal.jsonl' }))).toEqual([
      ['aws_dynamodb_table.2c', 'done', null, { environment: 'production' }],
    ]);
    expect(tagsOf(cloud, '1b')).toMatchObject({ environment: 'development' });
  });

  it('undoing an object that no given state holds is told, and makes the run partial', async () => {
    const cloud = lost();
    await repair(cloud);
    writeFileSync(join(folder, 'a.json'), stateOf(table('1', '1b', PROD)));
    const report = await repair(cloud, { undo: 'journal.jsonl' });
    expect(report).toMatchObject({ verdict: 'undecided', exit: 2, summary: { done: 1 } });
    expect(report.unread).toMatchObject([
      { addresses: ['aws_dynamodb_table.2c'], why: 'it is in none of the states that were given' },
    ]);
  });

  it('writes nothing that the configuration does not write: that becomes an edit of the configuration', async () => {
    const cloud = { ...world({ '1a': { team: 'developers' } }, { '1a': { team: 'developers' } }), ...NEVER_WRITES };
    const report = await repair(cloud, { workspace: 'shop-prod' });
    expect(report).toMatchObject({ verdict: 'unfinished', exit: 1, edits: [] });
    expect(report.left).toMatchObject([{ key: 'environment', wanted: 'production', found: null }]);
    expect(report.left[0]?.fix?.insert).toContain('environment = "production"');
  });

  it('takes nothing off', async () => {
    const cloud = { ...world({ '1a': { environment: 'prod' } }, { '1a': PROD }), ...NEVER_WRITES };
    const report = await repair(cloud);
    expect(report.left).toMatchObject([{ key: 'team', wanted: null, found: 'developers', why: 'a repair takes nothing off' }]);
    expect(report.exit).toBe(1);
  });
});

describe('who may repair', () => {
  const cloud = () => world({ '1a': PROD }, { '1a': { team: 'developers' } });
  it.each([
    ['the nightly job, whose lane allows it', 'ci:nightly', 'done', null],
    [
      'a job whose lane knows only updates: a tag that carries an attribute is a reclassification',
      'ci:watcher',
      'refused',
      'lane',
    ],
    ['a developer, who has no lane for production', 'dana', 'refused', 'lane'],
    ['nobody in particular', undefined, 'refused', 'lane'],
  ] as const)('%s', async (_, as, fate, reason) => {
    const one = cloud();
    const report = await repair(fate === 'done' ? one : { ...one, ...NEVER_WRITES }, { as });
    expect(report.edits).toMatchObject([{ fate, reason }]);
    expect(report.exit).toBe(fate === 'done' ? 0 : 1);
    if (fate === 'refused') expect(report.edits[0]?.why).toContain('may not do this');
  });

  it('what wants an approval waits for it, and exit 3 says so', async () => {
    writeFileSync(join(folder, 'inlane.yaml'), NIGHTLY.replace('who: {id: watched}', 'who: {id: nightly}'));
    expect(await repair({ ...cloud(), ...NEVER_WRITES })).toMatchObject({
      verdict: 'needs-approval',
      exit: 3,
      edits: [{ reason: 'approval' }],
    });
  });
});

describe('a repair that gives somebody more', () => {
  // The table belongs to development; outside Terraform it was made production, which dana may not touch.
  const cloud = () => world({ '1a': { ...PROD, environment: 'dev' } }, { '1a': { ...PROD, environment: 'prod' } });
  it('is refused, and names who would gain what by which lane', async () => {
    const report = await repair({ ...cloud(), ...NEVER_WRITES });
    expect(report.edits).toMatchObject([{ fate: 'refused', reason: 'widening', widens: true }]);
    expect(report.edits[0]?.why).toContain('more access than now, to dana (update, destroy) by lane developer');
    expect(report.edits[0]?.rules).toContainEqual({
      kind: 'lane',
      id: 'developer',
      change: 'covers',
      operations: ['update', 'destroy'],
    });
  });
  it('is made with --allow-widening', async () => {
    const one = cloud();
    expect(await repair(one, { allowWidening: true })).toMatchObject({ verdict: 'applied', exit: 0 });
    expect(tagsOf(one, '1a')).toMatchObject({ environment: 'dev' });
  });
});

describe('limits', () => {
  it('more objects than the cap: none is written', async () => {
    const wanted = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`1${n}`, PROD]));
    const cloud = { ...world(wanted, Object.fromEntries(Object.keys(wanted).map((name) => [name, {}]))), ...NEVER_WRITES };
    const report = await repair(cloud, { maxChanges: 5 });
    expect(report).toMatchObject({ verdict: 'unfinished', exit: 1, summary: { edits: 6, 'not-tried': 6 } });
    expect(report.edits[0]?.why).toContain('6 objects would change, more than the cap of 5');
  });

  it('a key that drifts again after the last repair is a fight, for as long as it lasts', async () => {
    const cloud = world({ '1a': PROD, '1b': PROD }, { '1a': { team: 'developers' }, '1b': PROD });
    const undoIt = () => cloud.objects.set(arn('1', '1a'), { team: 'developers' });
    const night = () => repair(cloud, { history: 'history.jsonl' });
    expect(await night()).toMatchObject({ verdict: 'applied' });
    undoIt();
    for (let n = 0; n < 3; n += 1) {
      cloud.objects.set(arn('1', '1b'), n === 1 ? { environment: 'prod' } : PROD);
      const report = await night();
      expect(report).toMatchObject({ verdict: 'unfinished', exit: 1 });
      expect(report.edits.find(({ address }) => address.endsWith('1a'))).toMatchObject({ fate: 'refused', reason: 'fight' });
      // Others are repaired all the same.
      expect(report.summary.done).toBe(n === 1 ? 1 : 0);
    }
    // One night without it, and it is an ordinary drift again.
    cloud.objects.set(arn('1', '1a'), PROD);
    expect(await night()).toMatchObject({ verdict: 'clean' });
    undoIt();
    expect(await night()).toMatchObject({ verdict: 'applied' });
  });

  it.each([
    ['--apply without a journal', { journal: undefined }, '--apply needs a journal'],
    [
      '--undo with another journal',
      { undo: 'journal.jsonl', journal: 'other.jsonl' },
      '--undo goes on in the journal that it names',
    ],
    ['--undo of no journal', { undo: 'a.json' }, 'is no journal'],
    ['--undo of nothing', { undo: 'gone.jsonl' }, 'cannot be read'],
    ['a history that is none', { history: 'a.json' }, 'is no history'],
  ] as const)('%s is refused', async (_, more, words) => {
    const cloud = { ...world({ '1a': PROD }, { '1a': {} }), ...NEVER_WRITES };
    writeFileSync(join(folder, 'a.json'), `${readFileSync(join(folder, 'a.json'), 'utf8')}\n`);
    const run = repair(cloud, more);
    await expect(run).rejects.toBeInstanceOf(InlaneError);
    await expect(run).rejects.toThrow(words);
  });
});

it('10,000 edits with throttles, failing items and a revoked credential: every one has an end, and the counts add up', async () => {
  const names = Array.from({ length: 10_000 }, (_, n) => `${n % 5}t${n}`);
  let revoked = 0;
  let calls = 0;
  const cloud = world(
    Object.fromEntries(names.map((name) => [name, PROD])),
    Object.fromEntries(names.map((name) => [name, { team: 'developers' }])),
    {
      batch: 100,
      writeBatch: 20,
      onWrite: (edits) => {
        calls += 1;
        if (calls % 20 === 0) throw new CloudFailure('throttled', 'slow down', 'wait');
        if (edits[0]?.object.place.target.account === accountOf('3')) {
          revoked += 1;
          if (revoked > 30) throw new CloudFailure('credentials', 'the token was revoked', 'log in again');
        }
      },
      failsOn: ({ object }) =>
        Number(/t(\d+)$/.exec(object.place.id)?.[1]) % 50 === 7
          ? new CloudFailure('denied', 'not this one', 'allow it', { permission: 'fake:Write' })
          : null,
    },
  );
  const report = await repair(cloud, { maxChanges: 10_000 });
  const { edits, done, failed, 'not-tried': left, refused, planned } = report.summary;
  expect(edits).toBe(10_000);
  expect(done + failed + left).toBe(10_000);
  expect([refused, planned]).toEqual([0, 0]);
  // Account 3: 30 calls of 20 went through (12 of their items fail), the 31st fails as a whole, 1,380 are not tried.
  expect(left).toBe(2000 - 31 * 20);
  expect(failed).toBeGreaterThan(160);
  expect(report.exit).toBe(1);
  expect(report.edits.filter(({ fate }) => fate === 'failed').every(({ why }) => why !== null && why !== '')).toBe(true);
  const tagged = names.filter((name) => tagsOf(cloud, name)?.environment === 'prod').length;
  expect(tagged).toBe(done);
  // The next run mends what is left, once the credential is good again.
  const again = await repair({ ...cloud, onWrite: () => {}, failsOn: () => null }, { maxChanges: 10_000 });
  expect(again).toMatchObject({ verdict: 'applied', exit: 0, summary: { edits: 10_000 - done, done: 10_000 - done } });
}, 120_000);

describe('whatever the tags', () => {
  const value = fc.constantFrom('prod', 'dev', 'production', 'x');
  const tags = fc.dictionary(
    fc.constantFrom('environment', 'team', 'Environment', 'aws:x', 'other', '__proto__', 'constructor'),
    value,
    { noNullPrototype: true },
  );
  it('a repair removes no key and touches none that no attribute names, and its undo restores every one', async () => {
    let written = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(tags, tags), { minLength: 1, maxLength: 5 }), async (pairs) => {
        rmSync(join(folder, 'journal.jsonl'), { force: true });
        const names = pairs.map((_, n) => `1n${n}`);
        const cloud = world(
          Object.fromEntries(pairs.map(([wanted], n) => [names[n] as string, wanted])),
          Object.fromEntries(pairs.map(([, found], n) => [names[n] as string, { ...found }])),
        );
        const report = await repair(cloud, { allowWidening: true });
        pairs.forEach(([wanted, found], n) => {
          const now = tagsOf(cloud, names[n] as string) ?? {};
          for (const key of Object.keys(found)) expect(Object.hasOwn(now, key)).toBe(true);
          for (const key of Object.keys(now)) {
            if (key === 'environment' || key === 'team') expect([found[key], wanted[key]]).toContain(now[key]);
            else expect(now[key]).toBe(found[key]);
          }
          for (const key of ['environment', 'team']) if (Object.hasOwn(wanted, key)) expect(now[key]).toBe(wanted[key]);
        });
        written += report.summary.done;
        if (report.summary.done === 0) return;
        await repair(cloud, { undo: 'journal.jsonl', allowWidening: true });
        pairs.forEach(([, found], n) => {
          expect(tagsOf(cloud, names[n] as string)).toEqual({ ...found });
        });
      }),
      { numRuns: 60, seed: 11 },
    );
    expect(written).toBeGreaterThan(60);
  }, 60_000);
});

describe('what is not read', () => {
  it('is never written, and makes the repair partial', async () => {
    const cloud = { ...world({ '1a': PROD, '2b': PROD }, { '1a': {} }), ...NEVER_WRITES };
    const report = await repair({ ...cloud, onWrite: () => {} });
    expect(report).toMatchObject({ verdict: 'undecided', exit: 2, summary: { edits: 1, done: 1 } });
    expect(report.unread).toMatchObject([{ addresses: ['aws_dynamodb_table.2b'] }]);
    for (const [name, format] of REPAIR_FORMATS) {
      const text = (await format.load())(report, { width: 100, colour: false });
      expect(text, name).toContain('the cloud did not say');
    }
  });
});

describe('the published schema', () => {
  it('refuses what it does not know', async () => {
    const report = await repair(world({ '1a': PROD }, { '1a': { team: 'developers' } }));
    expect(report.edits.length).toBe(1);
    expect(() => valid('repair', { ...report, verdict: 'fine' })).toThrow();
    expect(() => valid('repair', { ...report, edits: [{ ...report.edits[0], fate: 'lost' }] })).toThrow();
  });
});
