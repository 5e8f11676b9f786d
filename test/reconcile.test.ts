import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudFailure } from '../providers/cloud.ts';
import { InlaneError } from '../src/errors.ts';
import { mergeShards } from '../src/merge/merge.ts';
import { planShards, type ScanOptions, scanTags } from '../src/reconcile.ts';
import { jsonChunks } from '../src/report/json.ts';
import { SCAN_FORMATS } from '../src/report/scan/formats.ts';
import type { ScanReport } from '../src/report/scan/model.ts';
import { valid } from './report/tag-schemas.ts';
import { type FakeCloud, fakeClient, item } from './scan/fake-cloud.ts';
import { VirtualClock } from './scan/virtual-clock.ts';
import { accountOf, arn, LANES, PROD, stateOf, table } from './states.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-reconcile-'));
  writeFileSync(join(folder, 'inlane.yaml'), LANES);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const password = {
  mode: 'managed',
  type: 'random_password',
  name: 'x',
  address: 'random_password.x',
  provider_name: 'registry.terraform.io/hashicorp/random',
  values: { result: 'hunter2' },
  sensitive_values: { result: true },
};
const namespace = {
  mode: 'managed',
  type: 'kubernetes_namespace',
  name: 'shop',
  address: 'kubernetes_namespace.shop',
  provider_name: 'registry.terraform.io/hashicorp/kubernetes',
  values: { id: 'shop', metadata: [{ name: 'shop', labels: { environment: 'prod' } }] },
  sensitive_values: {},
};
function put(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

async function scan(cloud: FakeCloud, states: readonly string[], more: Partial<ScanOptions> = {}) {
  const result = await scanTags({
    states,
    lanes: ['inlane.yaml'],
    cwd: folder,
    env: {},
    stdin: () => new Uint8Array(),
    now: '2026-11-20T12:00:00Z',
    clock: new VirtualClock(),
    random: () => 0.5,
    load: async (_, options) => fakeClient(cloud, options),
    ...more,
  });
  return { ...result, report: valid('scan', result.report) };
}

const cloudOf = (objects: Record<string, Record<string, string> | null>, more: Partial<FakeCloud> = {}): FakeCloud => ({
  first: 'read',
  batch: 2,
  objects: new Map(Object.entries(objects)),
  ...more,
});

describe('a scan', () => {
  it('counts every managed object once, and what it says adds up', async () => {
    const one = put('a.json', stateOf(table('1', 'a', PROD), table('1', 'b', PROD), table('1', 'c', null), password, namespace));
    const two = put('b.json', stateOf(table('2', 'd', PROD), table('2', 'e', PROD)));
    const cloud = cloudOf({
      [arn('1', 'a')]: PROD,
      [arn('1', 'b')]: { ...PROD, environment: 'dev' },
      [arn('1', 'c')]: {},
      [arn('2', 'd')]: null,
      [arn('2', 'e')]: { ...PROD, team: 'nobody' },
    });
    const { report } = await scan(cloud, [one, two]);
    expect(report.verdict).toBe('drift');
    expect(report.exit).toBe(1);
    const { objects, ...verdicts } = report.summary;
    expect(objects).toBe(7);
    expect(verdicts).toEqual({
      ok: 1,
      inherited: 0,
      drifted: 1,
      missing: 1,
      'extra-privileged': 1,
      'not-found': 1,
      unreadable: 0,
      'not-taggable': 0,
      'not-scanned': 1,
      'nothing-wanted': 1,
      'other-shards': 0,
      unmanaged: 0,
      orphans: 0,
    });
    expect(
      report.findings.map(({ verdict, address, key, wanted, found, in_configuration }) => [
        verdict,
        address,
        key,
        wanted,
        found,
        in_configuration,
      ]),
    ).toEqual([
      ['extra-privileged', 'aws_dynamodb_table.b', 'environment', 'prod', 'dev', true],
      // The state lacks it as well: the configuration does not write it, and nothing says which value it should have.
      ['missing', 'aws_dynamodb_table.c', 'environment', null, null, false],
      ['not-found', 'aws_dynamodb_table.d', null, null, null, null],
      ['drifted', 'aws_dynamodb_table.e', 'team', 'developers', 'nobody', true],
    ]);
  });

  it('tells which lanes gained and lost, decided by the evaluator on both sides', async () => {
    const one = put('a.json', stateOf(table('1', 'a', PROD), table('1', 'b', PROD)));
    const { report } = await scan(
      cloudOf({ [arn('1', 'a')]: { ...PROD, environment: 'dev' }, [arn('1', 'b')]: { ...PROD, environment: 'dev' } }),
      [one],
    );
    expect(report.access).toEqual([
      {
        message: expect.stringContaining('2 resources went from `environment=prod` to `environment=dev`'),
        tags: [{ key: 'environment', wanted: 'prod', found: 'dev' }],
        widens: true,
        rules: [
          { kind: 'guard', id: 'no-prod-drop', change: 'no-longer-covers', operations: ['destroy'] },
          { kind: 'lane', id: 'developer', change: 'covers', operations: ['update', 'destroy'] },
        ],
        verdicts: [
          { principal: 'dana', operation: 'update', before: 'deny', after: 'allow' },
          { principal: 'dana', operation: 'destroy', before: 'deny', after: 'allow' },
        ],
        objects: [
          { state: 'a.json', address: 'aws_dynamodb_table.a' },
          { state: 'a.json', address: 'aws_dynamodb_table.b' },
        ],
      },
    ]);
  });

  it('a lost tag cannot be decided, which grants nothing and denies', async () => {
    const one = put('a.json', stateOf(table('1', 'a', { ...PROD, environment: 'dev' })));
    const { report } = await scan(cloudOf({ [arn('1', 'a')]: { team: 'developers' } }), [one]);
    expect(report.findings[0]?.verdict).toBe('missing');
    expect(report.access[0]?.widens).toBe(false);
    expect(report.access[0]?.rules).toEqual([
      { kind: 'guard', id: 'no-prod-drop', change: 'undecided', operations: ['destroy'] },
      { kind: 'lane', id: 'developer', change: 'no-longer-covers', operations: ['update', 'destroy'] },
    ]);
  });

  it('a workspace gives the value of a required tag that the state lacks', async () => {
    const one = put('a.json', stateOf(table('1', 'a', null)));
    const { report } = await scan(cloudOf({ [arn('1', 'a')]: {} }), [one], { workspace: 'shop-prod' });
    expect(report.findings).toMatchObject([{ verdict: 'missing', wanted: 'production', in_configuration: false }]);
    expect(report.findings[0]?.fix).toContain('an apply would undo a repair');
  });

  it('a tag that somebody added is drift', async () => {
    const one = put('a.json', stateOf(table('1', 'a', { environment: 'prod' })));
    const { report } = await scan(cloudOf({ [arn('1', 'a')]: PROD }), [one]);
    expect(report.findings).toMatchObject([
      { verdict: 'drifted', key: 'team', wanted: null, found: 'developers', in_configuration: false },
    ]);
  });

  it('lists what is in no state, and whose nobody says', async () => {
    const one = put('a.json', stateOf(table('1', 'a', PROD)));
    const listed = [
      item(arn('1', 'a'), PROD),
      item('arn:x', { team: 'developers', secret: 'no' }),
      item('arn:y', {}, { createdAt: '2024-01-02T03:04:05Z', createdBy: 'erin' }),
      item('arn:z', {}, { managedBy: 'stack s' }),
    ];
    const { report } = await scan(cloudOf({ [arn('1', 'a')]: PROD }, { listed }), [one], { unmanaged: true });
    expect(report.verdict).toBe('clean');
    expect(
      report.unmanaged.map(({ id, orphan, tags, created_at, created_by }) => ({ id, orphan, tags, created_at, created_by })),
    ).toEqual([
      { id: 'arn:x', orphan: false, tags: { team: 'developers' }, created_at: null, created_by: null },
      { id: 'arn:y', orphan: true, tags: {}, created_at: '2024-01-02T03:04:05Z', created_by: 'erin' },
      { id: 'arn:z', orphan: false, tags: {}, created_at: null, created_by: null },
    ]);
    expect(report.summary).toMatchObject({ unmanaged: 3, orphans: 1 });
  });
});

describe('orphans', () => {
  const listed = [
    item('arn:1', {}, { createdAt: '2026-10-21T12:00:00Z', createdBy: 'erin' }),
    item('arn:2', {}, { createdAt: '2024-01-02T03:04:05Z', createdBy: 'erin' }),
    item('arn:young', {}, { createdAt: '2026-10-21T12:00:01Z', createdBy: 'erin' }),
    item('arn:tagged', { team: 'developers' }, { createdAt: '2024-01-02T03:04:05Z', createdBy: 'erin' }),
    item('arn:kept', {}, { createdAt: '2024-01-02T03:04:05Z', managedBy: 'stack s' }),
    item('arn:nobody', {}, { type: 'other', createdAt: '2020-01-02T03:04:05Z' }),
    item('arn:when', {}),
  ];
  const cloud = () => cloudOf({ [arn('1', 'a')]: PROD }, { listed: [item(arn('1', 'a'), PROD), ...listed] });
  const states = () => [put('a.json', stateOf(table('1', 'a', PROD)))];

  it('are told by account, type and owner, the oldest first; what nobody dated stands apart', async () => {
    const { report } = await scan(cloud(), states(), { unmanaged: true, olderThan: '30d' });
    const about = { cloud: 'aws', account: accountOf('1') };
    expect(report.orphans).toEqual({
      older_than: '30d',
      made_before: '2026-10-21T12:00:00Z',
      groups: [
        {
          ...about,
          ...{ type: 'fake', owner: 'developers', owner_from: 'tag', count: 1, oldest: '2024-01-02T03:04:05Z' },
          ids: ['arn:tagged'],
        },
        {
          ...about,
          ...{ type: 'fake', owner: 'erin', owner_from: 'creator', count: 2, oldest: '2024-01-02T03:04:05Z' },
          ids: ['arn:2', 'arn:1'],
        },
        {
          ...about,
          ...{ type: 'other', owner: null, owner_from: null, count: 1, oldest: '2020-01-02T03:04:05Z' },
          ids: ['arn:nobody'],
        },
      ],
      age_unknown: [{ ...about, type: 'fake', owner: null, owner_from: null, count: 1, oldest: null, ids: ['arn:when'] }],
    });
    for (const name of ['text', 'markdown', 'html']) {
      const text = (await SCAN_FORMATS.get(name)?.load())?.(report, { width: 1000, colour: false }) ?? '';
      expect(text.replaceAll('\\', ''), name).toContain(
        '4 orphans older than 30d (made before 2026-10-21T12:00:00Z), 1 of unknown age',
      );
      expect(text.replaceAll('\\', ''), name).toContain('erin (creator)');
    }
  });

  it('are told to whoever asks for them only', async () => {
    expect((await scan(cloud(), states(), { unmanaged: true })).report.orphans).toBeNull();
    await expect(scan(cloud(), states(), { olderThan: '30d' })).rejects.toThrow('what is in no state');
    for (const olderThan of ['30', '0d', 'd', '1w', '-1d', '1.5d', ''])
      await expect(scan(cloud(), states(), { unmanaged: true, olderThan })).rejects.toThrow('no duration');
  });
});

describe('shards', () => {
  const names = () =>
    ['1', '2', '3'].map((account) => put(`${account}.json`, stateOf(table(account, 'a', PROD), table(account, 'b', PROD))));
  const cloud = cloudOf(
    Object.fromEntries(
      ['1', '2', '3'].flatMap((account) => [
        [arn(account, 'a'), PROD],
        [arn(account, 'b'), { ...PROD, environment: 'dev' }],
      ]),
    ),
    { listed: [item('arn:x', {}, { createdAt: '2024-01-02T03:04:05Z' })] },
  );

  it.each([undefined, 2])('at most %s: looked at one by one and merged, they say what one scan says', async (shards) => {
    const more = { shards, unmanaged: true, olderThan: '30d' };
    const whole = (await scan(cloud, names(), more)).report;
    const plan = valid('shards', await planShards({ ...more, states: names(), ...base() }));
    expect(plan).toMatchObject({ exit: 0, objects: 6 });
    expect(plan.shards.length).toBe(shards ?? 3);
    const files: string[] = [];
    for (const { shard, objects } of plan.shards) {
      const { report, shard: lines } = await scan(cloud, names(), { ...more, shard });
      expect(report.shard).toBe(shard);
      expect(report.summary).toMatchObject({ objects: 6, 'other-shards': 6 - objects, 'extra-privileged': objects / 2 });
      const text = [...(lines?.() ?? [])].join('');
      for (const line of text.trimEnd().split('\n')) valid('shard', JSON.parse(line));
      files.push(put(`${shard}.jsonl`, text));
    }
    const merged = mergeShards(files.reverse(), folder);
    expect([...jsonChunks(merged.report)].join('')).toBe(`${JSON.stringify(whole, null, 2)}\n`);
    merged.close();
  });

  it('that nobody planned are refused, with the nearest name', async () => {
    await expect(scan(cloud, names(), { shard: 'aws-2' })).rejects.toMatchObject({
      message: 'no shard is called `aws-2`',
      hint: expect.stringContaining('--shards'),
    });
  });

  const base = () => ({
    lanes: ['inlane.yaml'],
    cwd: folder,
    env: {},
    stdin: () => new Uint8Array(),
    load: async (_: unknown, options: Parameters<typeof fakeClient>[1]) => fakeClient(cloud, options),
  });
});

describe('the published schema', () => {
  it('refuses what it does not know', async () => {
    const { report } = await scan(cloudOf({ [arn('1', 'a')]: {} }), [put('a.json', stateOf(table('1', 'a', PROD)))]);
    expect(report.findings.length).toBe(2);
    expect(() => valid('scan', { ...report, verdict: 'fine' })).toThrow();
    expect(() => valid('scan', { ...report, findings: [{ ...report.findings[0], verdict: 'lost' }] })).toThrow();
    expect(() => valid('shard', { kind: 'other' })).toThrow();
  });
});

describe('what was not read stands first, and makes the scan partial', () => {
  it('a denied account stops no other', async () => {
    const states = ['1', '2', '3'].map((account) => put(`${account}.json`, stateOf(table(account, 'a', PROD))));
    const cloud = cloudOf(
      { [arn('1', 'a')]: PROD, [arn('2', 'a')]: PROD, [arn('3', 'a')]: {} },
      {
        onOpen: ({ account }) => {
          if (account === accountOf('2'))
            throw new CloudFailure('denied', 'access denied', 'allow it', { permission: 'tag:GetResources' });
        },
      },
    );
    const { report } = await scan(cloud, states);
    expect(report).toMatchObject({ verdict: 'undecided', exit: 2, partial: true });
    expect(report.unread).toMatchObject([
      { what: 'objects', account: accountOf('2'), objects: 1, permission: 'tag:GetResources', hint: 'allow it' },
    ]);
    expect(report.findings.map(({ account, key }) => [account, key])).toEqual([
      [accountOf('3'), 'environment'],
      [accountOf('3'), 'team'],
    ]);
    expect(report.summary).toMatchObject({ ok: 1, missing: 1, unreadable: 1 });
    for (const [name, format] of SCAN_FORMATS) {
      const text = (await format.load())(report, { width: 100, colour: false });
      expect(text, name).toContain('tag:GetResources');
      if (name !== 'json')
        expect(text.indexOf('access denied'), name).toBeLessThan(text.lastIndexOf('environment') + (name === 'sarif' ? 1e6 : 0));
    }
  });

  it('a state that cannot be read stops no other', async () => {
    const good = put('a.json', stateOf(table('1', 'a', PROD)));
    const { report } = await scan(cloudOf({ [arn('1', 'a')]: PROD }), [put('bad.json', '{"format_version":'), 'gone.json', good]);
    expect(report).toMatchObject({ verdict: 'undecided', exit: 2, partial: true });
    expect(report.unread.map(({ what, state: path }) => [what, path])).toEqual([
      ['state', 'bad.json'],
      ['state', 'gone.json'],
    ]);
    expect(report.summary.ok).toBe(1);
  });

  it('a place that only the cloud could tell is unread with what the cloud said, not with advice about the state', async () => {
    const bucket = {
      mode: 'managed',
      type: 'aws_s3_bucket',
      name: 'b',
      address: 'aws_s3_bucket.b',
      provider_name: 'registry.terraform.io/hashicorp/aws',
      values: { arn: 'arn:aws:s3:::b', id: 'b', bucket: 'b', region: 'eu-central-1', tags: PROD, tags_all: PROD },
      sensitive_values: { tags: {}, tags_all: {} },
    };
    const settled = async () => {
      throw new CloudFailure('credentials', 'no credentials were found', 'log in', { permission: 'sts:GetCallerIdentity' });
    };
    const { report } = await scan(cloudOf({}), [put('a.json', stateOf(bucket))], {
      load: async (_, options) => ({ ...fakeClient(cloudOf({}), options), settled }),
    });
    expect(report).toMatchObject({ exit: 2, unread: [{ objects: 1, permission: 'sts:GetCallerIdentity', hint: 'log in' }] });
  });

  it('an object of which nothing is heard is unread, never missing', async () => {
    const one = put('a.json', stateOf(table('1', 'a', PROD), table('1', 'b', PROD)));
    const { report } = await scan(cloudOf({ [arn('1', 'a')]: PROD }), [one]);
    expect(report).toMatchObject({ exit: 2, partial: true, findings: [] });
    expect(report.unread).toMatchObject([{ objects: 1, addresses: ['aws_dynamodb_table.b'], why: 'the cloud did not say' }]);
  });

  it('a tag that the state hides is unread', async () => {
    const hidden = { ...table('1', 'a', PROD), sensitive_values: { tags: true, tags_all: true } };
    const { report } = await scan(cloudOf({ [arn('1', 'a')]: PROD }), [put('a.json', stateOf(hidden))]);
    expect(report).toMatchObject({ exit: 2, unread: [{ objects: 1 }] });
    expect(report.unread[0]?.why).toContain('does not show');
  });

  it('a scan that had nothing to ask for is undecided', async () => {
    const { report } = await scan(cloudOf({}), [put('a.json', stateOf(password, namespace))]);
    expect(report).toMatchObject({ verdict: 'undecided', exit: 2 });
    expect(report.diagnostics.map(({ code }) => code)).toContain('saw-nothing');
  });
});

describe('a scan is refused', () => {
  it.each([
    ['without states', [], {}, 'no state is given'],
    ['for a folder without states', ['empty'], {}, 'holds no state'],
    ['with an owner that is no attribute', ['a.json'], { owner: ['nobody'] }, '`nobody` is no attribute'],
    [
      'in a pull request that could rewrite the rules',
      ['a.json'],
      { env: { GITHUB_EVENT_NAME: 'pull_request', GITHUB_ACTIONS: 'true', CI: 'true' } },
      'rules',
    ],
  ] as const)('%s', async (_, states, more, words) => {
    mkdirSync(join(folder, 'empty'), { recursive: true });
    put('a.json', stateOf(table('1', 'a', PROD)));
    const run = scan(cloudOf({}), states, more);
    await expect(run).rejects.toBeInstanceOf(InlaneError);
    await expect(run).rejects.toThrow(words);
  });

  it('with a checkpoint of other states', async () => {
    const one = put('a.json', stateOf(table('1', 'a', PROD)));
    const cloud = cloudOf({ [arn('1', 'a')]: PROD });
    await scan(cloud, [one], { checkpoint: 'kept' });
    put('a.json', stateOf(table('1', 'b', PROD)));
    await expect(scan(cloud, [one], { checkpoint: 'kept' })).rejects.toThrow('belongs to a scan of other states');
  });
});

describe('the same scan', () => {
  const many = Array.from({ length: 40 }, (_, n) => table(String(n % 4), `t${n}`, PROD));
  const objects = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [arn(String(n % 4), `t${n}`), n % 5 === 0 ? {} : PROD]),
  );

  it('says the same, byte for byte, whatever the order of answers and the number of workers', async () => {
    const names = [put('a.json', stateOf(...many.slice(0, 20))), put('b.json', stateOf(...many.slice(20)))];
    const texts = new Set<string>();
    for (const [workers, targets] of [
      [1, 1],
      [8, 64],
      [3, 2],
    ]) {
      const { report } = await scan(cloudOf(objects, { batch: 3 }), names, { workers, targets });
      texts.add(JSON.stringify(report));
    }
    expect(texts.size).toBe(1);
  });

  it('killed and taken up again says the same, without asking again for what was done', async () => {
    const names = [put('a.json', stateOf(...many))];
    const whole = (await scan(cloudOf(objects), names)).report;
    let asked = 0;
    let total = 0;
    const dying = cloudOf(objects, {
      onRead: (batch) => {
        asked += batch.length;
        total += batch.length;
        if (asked > 12) throw new TypeError('killed');
      },
    });
    for (let run = 0; run < 12; run += 1) {
      asked = 0;
      await scan(dying, names, { checkpoint: 'kept', workers: 1, targets: 1 }).catch((error: unknown) =>
        expect(String(error)).toContain('killed'),
      );
    }
    asked = Number.NEGATIVE_INFINITY;
    const { report } = await scan(dying, names, { checkpoint: 'kept' });
    expect(JSON.stringify(report)).toBe(JSON.stringify(whole));
    expect(total).toBeLessThan(40 + 13 * 8);
    expect(readdirSync(join(folder, 'kept'))).toContain('manifest.json');
  });

  it('leaves nothing behind in the temporary folder', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('inlane-scan-'));
    await scan(cloudOf(objects), [put('a.json', stateOf(...many))]);
    await scan(cloudOf({}), ['gone.json']).catch(() => null);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('inlane-scan-'))).toEqual(before);
  });
});

describe('no format', () => {
  it('lets a secret of a state or hostile text through', async () => {
    const hostile = '</td><script>alert(1)</script>\u202e\u001b[31m::error::x';
    const evil = {
      ...table('1', 'a', { environment: 'prod', team: hostile }),
      address: `aws_dynamodb_table.a["${hostile}"]`,
      index: hostile,
    };
    const one = put('a.json', stateOf(evil, password));
    const listed = [item(arn('1', 'a'), {}), item(`arn:${hostile}`, { team: hostile }, { createdBy: hostile })];
    const { report } = await scan(cloudOf({ [arn('1', 'a')]: { environment: hostile } }, { listed }), [one], { unmanaged: true });
    for (const [name, format] of SCAN_FORMATS) {
      const text = (await format.load())(report as ScanReport, { width: 100, colour: false });
      expect(text, name).not.toContain('hunter2');
      expect(text, name).not.toContain('\u202e');
      expect(text, name).not.toContain('\u001b');
      if (name === 'html' || name === 'markdown' || name === 'junit') expect(text, name).not.toContain('<script>alert');
      expect(text, name).not.toMatch(/^\s*::error/m);
    }
  });
});
