import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APIS } from '../../providers/aws/apis.ts';
import { createClient } from '../../providers/aws/client.ts';
import { type CloudAnswer, type CloudClient, CloudFailure, type CloudTarget, type TagEdit } from '../../providers/cloud.ts';
import { type StandIn, type StandInOptions, start } from '../standins/aws/stand-in.ts';
import type { Standing } from '../standins/aws/world.ts';
import { ACCOUNT, type Calls, counted, object, target } from './aws-calls.ts';

let standIn: StandIn;
let calls: Calls;
const clients: CloudClient[] = [];

beforeEach(async () => {
  standIn = await start({ limits: false, accounts: ACCOUNTS });
  calls = counted();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await standIn.close();
});

const OTHER = '210987654321';
const ACCOUNTS = { AKIASTANDIN: ACCOUNT, AKIAOTHER: OTHER };

async function restart(options: StandInOptions): Promise<void> {
  await standIn.close();
  standIn = await start({ limits: false, accounts: ACCOUNTS, ...options });
}

function client(more: { assumeRole?: string; key?: string; timeout?: number; now?: () => number } = {}): CloudClient {
  const { assumeRole = null, key = 'AKIASTANDIN', ...connection } = more;
  const made = createClient({ call: calls.call, assumeRole, connection: { ...standIn.connectionOf(key), ...connection } });
  clients.push(made);
  return made;
}

function db(name: string): string {
  return `arn:aws:rds:eu-central-1:${ACCOUNT}:db:${name}`;
}

function put(arn: string, tags: Readonly<Record<string, string>> | null, more: Partial<Standing> = {}): string {
  const type = arn.includes(':iam:') ? 'iam:role' : 'rds:db';
  const map = tags === null ? null : new Map(Object.entries(tags));
  standIn.world.put({ arn, type, account: ACCOUNT, region: arn.split(':')[3] || 'global', tags: map, ...more });
  return arn;
}

function tagsOf(answer: CloudAnswer | undefined): Record<string, string> | string {
  return answer?.state === 'found' ? Object.fromEntries(answer.tags) : JSON.stringify(answer);
}

function failureOf(answer: { state: string; failure?: CloudFailure } | undefined): CloudFailure {
  if (answer?.failure instanceof CloudFailure) return answer.failure;
  throw new Error(`no failure: ${JSON.stringify(answer)}`);
}

async function rejected(promise: Promise<unknown>): Promise<CloudFailure> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof CloudFailure) return error;
  throw new Error(`no CloudFailure: ${String(error)}`);
}

function edit(id: string, set: Readonly<Record<string, string>>, unset: readonly string[] = [], detail = {}): TagEdit {
  return { object: object('aws_db_instance', id, target(), detail), set: new Map(Object.entries(set)), unset: new Set(unset) };
}

const GROUP = `arn:aws:autoscaling:eu-central-1:${ACCOUNT}:autoScalingGroup:12345678-1234-1234-1234-123456789012:autoScalingGroupName/api`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/service/worker`;

describe('reading', () => {
  it('asks for tagged resources by ARN, a hundred at once, and tells what manages them', async () => {
    const arns = Array.from({ length: 100 }, (_, index) => put(db(`d${index}`), { environment: 'production', n: `${index}` }));
    put(db('d7'), { environment: '', 'aws:cloudformation:stack-name': 'payments', 'aws:cloudformation:stack-id': 'x' });
    const session = await client().open(target());
    const answers = await session.read(arns.map((arn) => object('aws_db_instance', arn)));
    expect(answers.map((answer) => answer.state)).toEqual(arns.map(() => 'found'));
    expect(tagsOf(answers[99])).toEqual({ environment: 'production', n: '99' });
    expect(answers[7]).toMatchObject({ managedBy: 'CloudFormation stack payments' });
    expect(tagsOf(answers[7])).toMatchObject({ environment: '' });
    expect(Object.fromEntries(standIn.calls())).toEqual({ 'sts:GetCallerIdentity': 1, 'tag:GetResources': 1 });
    expect(session.batch).toBe(100);
  });

  it('answers a resource that stands in the batch twice twice', async () => {
    put(db('a'), { team: 'x' });
    const session = await client().open(target());
    const answers = await session.read([object('aws_db_instance', db('a')), object('aws_db_instance', db('a'))]);
    expect(answers.map(tagsOf)).toEqual([{ team: 'x' }, { team: 'x' }]);
  });

  it('reads IAM and Auto Scaling by their own APIs, all pages of them', async () => {
    const many = Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`k${index}`, `${index}`]));
    put(ROLE, many);
    put(GROUP, { environment: 'staging' }, { region: 'eu-central-1' });
    const kinds = [
      'user/u',
      'policy/p',
      'instance-profile/i',
      'oidc-provider/o.example',
      'saml-provider/s',
      'server-certificate/c',
      'mfa/m',
    ];
    const entities = kinds.map((kind) => put(`arn:aws:iam::${ACCOUNT}:${kind}`, { kind }));
    const session = await client().open(target());
    const objects = [ROLE, GROUP, ...entities, `arn:aws:iam::${ACCOUNT}:role/nobody`, `arn:aws:iam::${ACCOUNT}:group/g`].map(
      (arn) => object('any', arn),
    );
    const answers = await session.read([...objects, object('aws_autoscaling_group', GROUP.replace(/api$/, 'gone'))]);
    expect(tagsOf(answers[0])).toEqual(many);
    expect(tagsOf(answers[1])).toEqual({ environment: 'staging' });
    expect(answers.slice(2, 9).map(tagsOf)).toEqual(kinds.map((kind) => ({ kind })));
    expect(answers.slice(9).map(({ state }) => state)).toEqual(['gone', 'not-taggable', 'gone']);
    expect(standIn.calls().get('iam:ListRoleTags')).toBe(4);
    expect(standIn.calls().get('tag:GetResources')).toBeUndefined();
  });

  it('filters what was not asked for and follows pages, as moto has them', async () => {
    const crowd = Array.from({ length: 120 }, (_, index) => put(db(`d${index}`), { n: `${index}` }));
    standIn.faults.everything = true;
    standIn.faults.repeats = true;
    const session = await client().open(target());
    const answers = await session.read([crowd[0], crowd[60], crowd[119]].map((arn) => object('aws_db_instance', arn ?? '')));
    expect(answers.map(tagsOf)).toEqual([{ n: '0' }, { n: '60' }, { n: '119' }]);
    expect(standIn.calls().get('tag:GetResources')).toBe(3);
  });

  it('keeps an ARN that AWS does not take from costing the others their answer', async () => {
    put(db('a'), { team: 'x' });
    const session = await client().open(target());
    const answers = await session.read([db('a'), 'nonsense', db('a')].map((id) => object('aws_db_instance', id)));
    expect(answers.map(({ state }) => state)).toEqual(['found', 'unread', 'found']);
    expect(failureOf(answers[1])).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('InvalidParameterException'),
    });
  });
});

describe('absence', () => {
  const read = async (arn: string, detail = {}) => {
    const session = await client().open(target());
    const [answer] = await session.read([object('aws_db_instance', arn, target(), detail)]);
    return answer as CloudAnswer;
  };

  it('is no finding: Resource Explorer knows a resource that was never tagged', async () => {
    put(db('never'), null);
    expect(tagsOf(await read(db('never')))).toEqual({});
    expect(standIn.calls().get('resource-explorer-2:Search')).toBe(1);
  });

  it('is gone where a complete index that covers the type does not have it', async () => {
    expect(await read(db('gone'))).toEqual({ state: 'gone' });
    const index = ['GetDefaultView', 'GetView', 'Search', 'GetIndex', 'ListSupportedResourceTypes'];
    expect(index.map((name) => standIn.calls().get(`resource-explorer-2:${name}`))).toEqual([1, 1, 1, 1, 1]);
  });

  it.each<[string, () => unknown, string]>([
    [
      'no index',
      () => Object.assign(standIn.faults.explorer, { index: null }),
      'Resource Explorer has no default view in eu-central-1',
    ],
    [
      'no view',
      () => Object.assign(standIn.faults.explorer, { view: false }),
      'Resource Explorer has no default view in eu-central-1',
    ],
    ['an index that is being built', () => Object.assign(standIn.faults.explorer, { index: 'CREATING' }), 'is not complete yet'],
    ['a view that hides resources', () => Object.assign(standIn.faults.explorer, { filter: 'service:ec2' }), 'hides resources'],
    ['a type that is not indexed', () => standIn.faults.explorer.types.delete('rds:db'), 'does not index resources of its type'],
  ])('stays unconfirmed with %s', async (_, break_, why) => {
    break_();
    const failure = failureOf(await read(db('gone')));
    expect(failure.kind).toBe('unconfirmed');
    expect(failure.message).toContain(why);
    expect(failure.hint).not.toBe('');
  });

  it('stays unconfirmed where the account is a guess', async () => {
    const failure = failureOf(await read('arn:aws:s3:::somewhere', { account: 'guessed' }));
    expect(failure).toMatchObject({
      kind: 'unconfirmed',
      message: expect.stringContaining('nothing in the state tells its account'),
    });
  });

  it('stays unconfirmed where the index of another region would have it', async () => {
    const failure = failureOf(await read(`arn:aws:rds:eu-west-1:${ACCOUNT}:db:a`));
    expect(failure.message).toContain('the index in eu-central-1 may not hold it');
  });

  it('names the permission that is lacking', async () => {
    standIn.faults.denied.add('resource-explorer-2:Search');
    const failure = failureOf(await read(db('gone')));
    expect(failure).toMatchObject({ kind: 'unconfirmed', permission: 'resource-explorer-2:Search' });
  });

  it('says so when the view does not show the tags of what it knows', async () => {
    put(db('never'), null);
    standIn.faults.explorer.tags = false;
    expect(failureOf(await read(db('never')))).toMatchObject({ kind: 'unconfirmed', hint: 'let the default view include tags' });
  });

  it('searches for the ARN as a phrase, and takes nothing else for it', async () => {
    put(`${db('x')} OR *`, null);
    put(db('X'), null);
    expect(tagsOf(await read(`${db('x')} OR *`))).toEqual({});
    expect((await read(db('x'))).state).toBe('gone');
  });
});

describe('whose account', () => {
  it('is the caller’s where the target leaves it open', async () => {
    put('arn:aws:s3:::ledger', { team: 'x' }, { region: 'eu-central-1', type: 's3:bucket' });
    const open: CloudTarget = { ...target(), account: '' };
    const [answer] = await (await client().open(open)).read([object('aws_s3_bucket', 'arn:aws:s3:::ledger', open)]);
    expect(tagsOf(answer)).toEqual({ team: 'x' });
  });

  it('is filled in, in the target and in the ARN', async () => {
    const place = {
      target: { ...target(), account: '' },
      id: 'arn:aws:ec2:eu-central-1::natgateway/nat-1',
      detail: { account: 'guessed', hole: 'account' },
    };
    const settled = await client().settled?.(place);
    expect(settled).toEqual({
      target: target(),
      id: `arn:aws:ec2:eu-central-1:${ACCOUNT}:natgateway/nat-1`,
      detail: { account: 'guessed' },
    });
    const told = object('aws_db_instance', db('a')).place;
    expect(await client().settled?.(told)).toBe(told);
  });

  it('asks once who the caller is, for all targets', async () => {
    const one = client();
    await Promise.all([one.open(target()), one.open(target('eu-west-1')), one.open(target('us-east-1'))]);
    await one.open(target('us-east-2'));
    expect(Object.fromEntries(standIn.calls())).toEqual({ 'sts:GetCallerIdentity': 1 });
  });

  it('another account needs a role, which the failure names', async () => {
    expect(await rejected(client().open(target('eu-central-1', OTHER)))).toMatchObject({
      kind: 'denied',
      message: `the credentials are of account ${ACCOUNT}, not of ${OTHER}`,
      hint: expect.stringContaining('--assume-role'),
      permission: 'sts:AssumeRole',
    });
  });

  it('another account is read by its role, assumed once and verified', async () => {
    const arn = `arn:aws:rds:eu-central-1:${OTHER}:db:a`;
    put(arn, { team: 'y' }, { account: OTHER });
    const one = client({ assumeRole: 'arn:{partition}:iam::{account}:role/scan' });
    const session = await one.open(target('eu-central-1', OTHER));
    await one.open(target('eu-west-1', OTHER));
    expect(tagsOf((await session.read([object('aws_db_instance', arn, target('eu-central-1', OTHER))]))[0])).toEqual({
      team: 'y',
    });
    expect(Object.fromEntries(standIn.calls())).toEqual({
      'sts:GetCallerIdentity': 2,
      'sts:AssumeRole': 1,
      'tag:GetResources': 1,
    });
  });

  it('a role in a wrong account is no answer', async () => {
    const one = client({ assumeRole: 'arn:aws:iam::111111111111:role/scan' });
    const failure = await rejected(one.open(target('eu-central-1', OTHER)));
    expect(failure).toMatchObject({
      kind: 'denied',
      message: `the role of \`--assume-role\` is in account 111111111111, not in ${OTHER}`,
    });
  });

  it('a role that may not be assumed', async () => {
    await restart({ roles: [] });
    const one = client({ assumeRole: 'arn:aws:iam::{account}:role/scan' });
    const failure = await rejected(one.open(target('eu-central-1', OTHER)));
    expect(failure).toMatchObject({ kind: 'denied', permission: 'sts:AssumeRole' });
    expect(failure.message).toBe(`the role \`arn:aws:iam::${OTHER}:role/scan\` of \`--assume-role\` cannot be assumed`);
  });

  it('a role is assumed again before its credentials expire, and when they have', async () => {
    let now = Date.now();
    const sleep = async () => {};
    await restart({ clock: { now: () => now, sleep } });
    const arn = `arn:aws:rds:eu-central-1:${OTHER}:db:a`;
    put(arn, { team: 'y' }, { account: OTHER });
    const objects = [object('aws_db_instance', arn, target('eu-central-1', OTHER))];
    const session = await client({ assumeRole: 'arn:aws:iam::{account}:role/scan', now: () => now }).open(
      target('eu-central-1', OTHER),
    );
    now += 56 * 60_000;
    expect((await session.read(objects))[0]?.state).toBe('found');
    expect(standIn.calls().get('sts:AssumeRole')).toBe(2);
    standIn.faults.expired.add(`ASIA${OTHER}0001`);
    expect((await session.read(objects))[0]?.state).toBe('found');
    expect(standIn.calls().get('sts:AssumeRole')).toBe(3);
  });

  it('a partition that is none, and credentials of another', async () => {
    const one = client();
    expect(await rejected(one.open({ ...target(), partition: 'aws-moon' }))).toMatchObject({ kind: 'unknown-place' });
    const failure = await rejected(one.open({ ...target('cn-north-1'), partition: 'aws-cn' }));
    expect(failure).toMatchObject({ kind: 'credentials', message: 'the credentials are of partition aws, not of aws-cn' });
  });
});

describe('failures', () => {
  const opened = async () => (await client().open(target())).read([object('aws_db_instance', db('a'))]);

  it('no credentials', async () => {
    const none = createClient({
      call: calls.call,
      assumeRole: null,
      connection: {
        ...standIn.connection,
        credentials: async () => {
          throw Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
        },
      },
    });
    clients.push(none);
    expect(await rejected(none.open(target()))).toMatchObject({ kind: 'credentials', message: 'no AWS credentials were found' });
  });

  it('a key that AWS does not know, and one that has expired', async () => {
    expect(await rejected(client({ key: 'AKIANOBODY' }).open(target()))).toMatchObject({
      kind: 'credentials',
      message: 'AWS does not accept the access key (InvalidClientTokenId)',
    });
    standIn.faults.expired.add('AKIASTANDIN');
    expect(await rejected(client().open(target()))).toMatchObject({
      kind: 'credentials',
      message: 'the AWS credentials have expired',
    });
  });

  it('a key that is taken away in the middle of a scan', async () => {
    const session = await client().open(target());
    standIn.faults.revoked.add('AKIASTANDIN');
    expect(await rejected(session.read([object('aws_db_instance', db('a'))]))).toMatchObject({ kind: 'credentials' });
    standIn.faults.revoked.clear();
    standIn.faults.expired.add('AKIASTANDIN');
    expect(await rejected(session.read([object('aws_db_instance', db('a'))]))).toMatchObject({
      kind: 'credentials',
      message: 'the AWS credentials have expired',
    });
  });

  it('a region that is not enabled knows no key, which is not the fault of the key', async () => {
    standIn.faults.disabledRegions.add('eu-central-1');
    expect(await rejected(opened())).toMatchObject({
      kind: 'unknown-place',
      message: `region eu-central-1 is not enabled in account ${ACCOUNT}`,
    });
  });

  it('a permission that is lacking, by its name', async () => {
    standIn.faults.denied.add('tag:GetResources').add('iam:ListRoleTags').add('autoscaling:DescribeAutoScalingGroups');
    put(ROLE, {});
    put(GROUP, {}, { region: 'eu-central-1' });
    put(`arn:aws:iam::${ACCOUNT}:user/u`, { team: 'x' });
    const session = await client().open(target());
    const objects = [db('a'), ROLE, GROUP, `arn:aws:iam::${ACCOUNT}:user/u`].map((id) => object('any', id));
    const answers = await session.read(objects);
    const failures = answers.slice(0, 3).map((answer) => failureOf(answer));
    expect(failures.map(({ kind }) => kind)).toEqual(['denied', 'denied', 'denied']);
    expect(failures.map(({ permission }) => permission)).toEqual([
      'tag:GetResources',
      'iam:ListRoleTags',
      'autoscaling:DescribeAutoScalingGroups',
    ]);
    expect(failures[0]?.message).toBe(`account ${ACCOUNT} in eu-central-1 denies tag:GetResources`);
    expect(answers[3]?.state).toBe('found');
  });

  it('throttles are passed on with what AWS asks to wait, and never retried by the SDK', async () => {
    put(db('a'), { team: 'x' });
    calls = counted(1);
    standIn.faults.apis = /GetResources/;
    standIn.faults.throttles = 1;
    standIn.faults.retryAfter = 7;
    expect(failureOf((await opened())[0])).toMatchObject({ kind: 'throttled', retryAfter: 7000 });
    expect(standIn.calls().get('tag:GetResources')).toBe(1);
    expect(tagsOf((await opened())[0])).toEqual({ team: 'x' });
  });

  it.each<[string, () => unknown]>([
    ['errors of the service', () => Object.assign(standIn.faults, { errors: 2 })],
    ['dropped connections', () => Object.assign(standIn.faults, { drops: 2 })],
    ['throttles', () => Object.assign(standIn.faults, { throttles: 2 })],
  ])('%s pass with further tries', async (_, break_) => {
    put(db('a'), { team: 'x' });
    put(ROLE, { team: 'y' });
    put(GROUP, { team: 'z' }, { region: 'eu-central-1' });
    for (const [apis, arn] of [
      [/GetResources/, db('a')],
      [/ListRoleTags/, ROLE],
      [/DescribeAutoScalingGroups/, GROUP],
    ] as const) {
      standIn.faults.apis = apis;
      break_();
      const session = await client().open(target());
      expect((await session.read([object('any', arn)]))[0]?.state).toBe('found');
    }
  });

  it.each<[string, () => unknown]>([
    ['errors', () => Object.assign(standIn.faults, { errors: 9 })],
    ['drops', () => Object.assign(standIn.faults, { drops: 9 })],
  ])('%s that do not pass are an unread answer', async (_, break_) => {
    standIn.faults.apis = /GetResources/;
    break_();
    const failure = failureOf((await opened())[0]);
    expect(failure.kind).toBe('transient');
    expect(failure.message).toMatch(/^AWS did not answer tag:GetResources in account 123456789012 in eu-central-1 \(\w+\)$/);
    expect(standIn.calls().get('tag:GetResources')).toBe(5);
  });

  it('an answer that does not come is given up', async () => {
    calls = counted(1);
    const session = await client({ timeout: 60 }).open(target());
    standIn.faults.slow = 400;
    expect(failureOf((await session.read([object('any', db('a'))]))[0])).toMatchObject({ kind: 'transient' });
  });

  it('a host that is not there', async () => {
    const away = createClient({
      call: calls.call,
      assumeRole: null,
      connection: { ...standIn.connection, endpoint: 'http://tagging.invalid' },
    });
    clients.push(away);
    expect(await rejected(away.open(target()))).toMatchObject({ kind: expect.stringMatching(/^(unknown-place|transient)$/) });
  });
});

describe('inventory', () => {
  const all = async (where = target()) => {
    const session = await client().open(where);
    const pages = [];
    for await (const page of session.inventory()) pages.push(page);
    return pages;
  };

  it('pages through everything of the account and region, tags included', async () => {
    await restart({ crowd: crowd(2500) });
    const pages = await all();
    expect(pages.map((page) => page.length)).toEqual([1000, 1000, 500]);
    expect(pages[1]?.[0]).toEqual({
      id: db('c1000'),
      type: 'rds:db',
      region: 'eu-central-1',
      createdAt: null,
      createdBy: null,
      tags: new Map([['n', '1000']]),
      inherited: new Map(),
      managedBy: null,
    });
  });

  it('tells who made a resource where AWS does, and leaves other accounts and regions out', async () => {
    put(db('a'), { 'aws:createdBy': 'IAMUser:AIDA:ann', 'aws:ecs:serviceName': 'web' });
    put(`arn:aws:rds:eu-west-1:${ACCOUNT}:db:b`, {});
    put(`arn:aws:rds:eu-central-1:${OTHER}:db:b`, {}, { account: OTHER });
    const items = (await all()).flat();
    expect(items.map(({ id, createdBy, managedBy }) => [id, createdBy, managedBy])).toEqual([
      [db('a'), 'IAMUser:AIDA:ann', 'ECS service web'],
    ]);
  });

  it('holds global resources in the home region, with tags of IAM that the index lacks', async () => {
    put(ROLE, { team: 'x' });
    const items = (await all(target('us-east-1'))).flat();
    expect(items.map(({ id, region, tags }) => [id, region, Object.fromEntries(tags)])).toEqual([[ROLE, null, { team: 'x' }]]);
    expect((await all()).flat()).toEqual([]);
  });

  it('tells everything that it can, and then that something is missing', async () => {
    put(ROLE, { team: 'x' });
    put(`arn:aws:rds:us-east-1:${ACCOUNT}:db:a`, {});
    standIn.faults.denied.add('iam:ListRoleTags');
    const session = await client().open(target('us-east-1'));
    const seen: string[] = [];
    const walk = async () => {
      for await (const page of session.inventory()) seen.push(...page.map(({ id }) => id));
    };
    expect(await rejected(walk())).toMatchObject({ kind: 'denied', permission: 'iam:ListRoleTags' });
    expect(seen).toEqual([`arn:aws:rds:us-east-1:${ACCOUNT}:db:a`]);
  });

  it('begins again when a page token has expired, and passes overlapping pages on', async () => {
    await restart({ crowd: crowd(1500) });
    standIn.faults.expiredPages = 1;
    expect((await all()).map((page) => page.length)).toEqual([1000, 1000, 500]);
    standIn.faults.expiredPages = 9;
    expect(await rejected(all())).toMatchObject({ kind: 'refused' });
    standIn.faults.expiredPages = 0;
    standIn.faults.repeats = true;
    const items = (await all()).flat();
    expect(items.length).toBe(1501);
    expect(new Set(items.map(({ id }) => id)).size).toBe(1500);
  });

  it.each<[string, () => unknown, Partial<CloudFailure>]>([
    [
      'tags',
      () => Object.assign(standIn.faults.explorer, { tags: false }),
      { kind: 'refused', hint: 'let the default view include tags' },
    ],
    ['a view', () => Object.assign(standIn.faults.explorer, { view: false }), { kind: 'unknown-place' }],
    ['an index', () => Object.assign(standIn.faults.explorer, { index: null }), { kind: 'unknown-place' }],
    [
      'a permission',
      () => void standIn.faults.denied.add('resource-explorer-2:ListResources'),
      { kind: 'denied', permission: 'resource-explorer-2:ListResources' },
    ],
  ])('is none without %s', async (_, break_, failure) => {
    break_();
    expect(await rejected(all())).toMatchObject(failure);
  });
});

function crowd(count: number) {
  return {
    count,
    resource: (index: number): Standing => ({
      arn: db(`c${index}`),
      type: 'rds:db',
      account: ACCOUNT,
      region: 'eu-central-1',
      tags: new Map([['n', `${index}`]]),
    }),
    indexOf: (arn: string) => {
      const index = Number(/:db:c(\d+)$/.exec(arn)?.[1] ?? Number.NaN);
      return index < count ? index : null;
    },
  };
}

describe('writing', () => {
  it('gathers edits with one map into calls of twenty', async () => {
    const arns = Array.from({ length: 45 }, (_, index) => put(db(`d${index}`), { other: 'kept' }));
    const session = await client().open(target());
    const edits = arns.map((arn, index) => edit(arn, { environment: index < 41 ? 'production' : 'staging' }));
    expect((await session.write(edits)).map(({ state }) => state)).toEqual(arns.map(() => 'done'));
    expect(standIn.calls().get('tag:TagResources')).toBe(4);
    expect(Object.fromEntries(standIn.tagsOf(db('d40')) ?? [])).toEqual({ other: 'kept', environment: 'production' });
    expect(Object.fromEntries(standIn.tagsOf(db('d41')) ?? [])).toEqual({ other: 'kept', environment: 'staging' });
    expect(standIn.writes()).toBe(4);
  });

  it('takes keys away that a repair has added, where the rest was written', async () => {
    put(db('a'), { environment: 'production', team: 'x' });
    put(db('b'), { environment: 'production' });
    const session = await client().open(target());
    standIn.faults.item = (api, arn) =>
      api === 'tag:TagResources' && arn === db('b') ? { code: 'InvalidParameterException', status: 400, message: 'no' } : null;
    const answers = await session.write([
      edit(db('a'), { owner: 'o' }, ['environment']),
      edit(db('b'), { owner: 'o' }, ['environment']),
    ]);
    expect(answers.map(({ state }) => state)).toEqual(['done', 'failed']);
    expect(Object.fromEntries(standIn.tagsOf(db('a')) ?? [])).toEqual({ team: 'x', owner: 'o' });
    expect(Object.fromEntries(standIn.tagsOf(db('b')) ?? [])).toEqual({ environment: 'production' });
  });

  it('sends only those again that fail inside a good answer', async () => {
    const arns = ['a', 'b', 'c'].map((name) => put(db(name), {}));
    const sent: string[] = [];
    let left = 2;
    standIn.faults.item = (_, arn) => {
      sent.push(arn.slice(-1));
      if (arn !== db('b') || left === 0) return null;
      left -= 1;
      return { code: 'ThrottlingException', status: 400, message: 'Rate exceeded' };
    };
    const session = await client().open(target());
    expect((await session.write(arns.map((arn) => edit(arn, { team: 'x' })))).map(({ state }) => state)).toEqual([
      'done',
      'done',
      'done',
    ]);
    expect(sent.join('')).toBe('abcbb');
  });

  it.each([
    ['ThrottlingException', 400, 'throttled', 4],
    ['InternalServiceException', 500, 'transient', 4],
    ['InternalServiceException', 404, 'refused', 1],
    ['InvalidParameterException', 400, 'refused', 1],
  ])('gives up on %s with status %i as %s after %i tries', async (code, status, kind, tries) => {
    put(db('a'), {});
    put(db('b'), {});
    standIn.faults.item = (_, arn) => (arn === db('a') ? { code, status, message: 'Service not yet supported' } : null);
    const session = await client().open(target());
    const answers = await session.write([edit(db('a'), { team: 'x' }), edit(db('b'), { team: 'x' })]);
    expect(failureOf(answers[0])).toMatchObject({ kind, message: expect.stringContaining(`\`${db('a')}\` (${code})`) });
    expect(answers[1]?.state).toBe('done');
    expect(standIn.calls().get('tag:TagResources')).toBe(tries);
  });

  it('names the permission of the service that owns the resource', async () => {
    put(db('a'), {});
    standIn.faults.denied.add('rds:AddTagsToResource');
    const session = await client().open(target());
    const told = failureOf((await session.write([edit(db('a'), { team: 'x' })]))[0]);
    expect(told).toMatchObject({ kind: 'denied', permission: 'rds:AddTagsToResource' });
    standIn.faults.denied.clear();
    standIn.faults.item = () => ({ code: 'AccessDeniedException', status: 400, message: 'no' });
    const vm = put(`arn:aws:ec2:eu-central-1:${ACCOUNT}:instance/i-1`, {});
    const silent = await session.write([edit(vm, { team: 'x' }), edit(vm, {}, ['team'])]);
    expect(silent.map((answer) => failureOf(answer).permission)).toEqual(['ec2:CreateTags', 'ec2:DeleteTags']);
  });

  it('writes IAM and Auto Scaling by their own APIs', async () => {
    put(ROLE, { team: 'x' });
    put(GROUP, { team: 'x', owner: 'o' }, { region: 'eu-central-1', propagated: new Set(['team']) });
    const session = await client().open(target());
    const detail = { propagated: '["environment","owner"]' };
    const set = { environment: 'production', team: 'y', owner: 'p', cost: '1' };
    const answers = await session.write([edit(ROLE, { environment: 'production' }, ['team']), edit(GROUP, set, [], detail)]);
    expect(answers.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(Object.fromEntries(standIn.tagsOf(ROLE) ?? [])).toEqual({ environment: 'production' });
    expect(Object.fromEntries(standIn.tagsOf(GROUP) ?? [])).toEqual(set);
    expect([...(standIn.world.get(GROUP)?.propagated ?? [])].sort()).toEqual(['environment', 'team']);
    await session.write([edit(GROUP, {}, ['cost'])]);
    expect(standIn.tagsOf(GROUP)?.has('cost')).toBe(false);
    expect(standIn.calls().get('tag:TagResources')).toBeUndefined();
  });

  it('fails for what is not there, one by one', async () => {
    put(db('a'), {});
    const session = await client().open(target());
    const missing = [db('gone'), `arn:aws:iam::${ACCOUNT}:role/gone`, GROUP, `arn:aws:iam::${ACCOUNT}:group/g`];
    const answers = await session.write([...missing, db('a')].map((arn) => edit(arn, { team: 'x' })));
    expect(answers.map(({ state }) => state)).toEqual(['failed', 'failed', 'failed', 'failed', 'done']);
    expect(answers.slice(0, 4).map((answer) => failureOf(answer).kind)).toEqual(['refused', 'refused', 'refused', 'refused']);
  });

  it('never writes stacks or keys of AWS', async () => {
    const stack = put(`arn:aws:cloudformation:eu-central-1:${ACCOUNT}:stack/payments/1`, {});
    put(db('a'), {});
    const session = await client().open(target());
    const answers = await session.write([
      edit(stack, { team: 'x' }),
      edit(db('a'), { 'AWS:team': 'x' }),
      edit(db('a'), {}, ['aws:x']),
    ]);
    expect(answers.map((answer) => failureOf(answer).kind)).toEqual(['refused', 'refused', 'refused']);
    expect(standIn.stackUpdates).toBe(0);
    expect(standIn.writes()).toBe(0);
  });

  it('keeps an ARN that AWS does not take from costing the others their edit', async () => {
    put(db('a'), {});
    put(db('b'), {});
    const session = await client().open(target());
    const answers = await session.write([db('a'), 'arn:nonsense', db('b')].map((arn) => edit(arn, { team: 'x' })));
    expect(answers.map(({ state }) => state)).toEqual(['done', 'failed', 'done']);
  });

  it('keys are never more than keys', async () => {
    put(db('a'), {});
    const session = await client().open(target());
    const set = new Map([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect((await session.write([{ ...edit(db('a'), {}), set }])).map(({ state }) => state)).toEqual(['done']);
    expect(standIn.tagsOf(db('a'))).toEqual(set);
    expect((await session.read([object('any', db('a'))]))[0]).toMatchObject({ tags: set });
  });
});

describe('the default chain', () => {
  const variables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'] as const;
  const before = variables.map((name) => process.env[name]);
  afterEach(() => {
    for (const [index, name] of variables.entries()) {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    }
  });

  it('is walked once, whatever the number of regions', async () => {
    let asked = 0;
    const keeper = createServer((_, response) => {
      asked += 1;
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(JSON.stringify({ AccessKeyId: 'AKIASTANDIN', SecretAccessKey: 's', Token: 't', Expiration }));
    });
    await new Promise<void>((done) => keeper.listen(0, '127.0.0.1', done));
    for (const name of variables) delete process.env[name];
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${(keeper.address() as AddressInfo).port}/`;
    const { endpoint } = standIn.connection;
    const one = createClient({ call: calls.call, assumeRole: null, connection: { endpoint } });
    clients.push(one);
    for (const region of ['eu-central-1', 'eu-west-1', 'us-east-1']) {
      await (await one.open(target(region))).read([object('any', `arn:aws:rds:${region}:${ACCOUNT}:db:a`), object('any', ROLE)]);
    }
    keeper.close();
    expect(standIn.calls().get('tag:GetResources')).toBe(3);
    expect(asked).toBe(1);
  });
});

describe('calls', () => {
  it('reads make no writing call, whatever happens', async () => {
    put(ROLE, { team: 'x' });
    put(GROUP, { team: 'x' }, { region: 'eu-central-1' });
    put(db('a'), { team: 'x' });
    put(db('never'), null);
    const session = await client({ assumeRole: 'arn:aws:iam::{account}:role/scan' }).open(target());
    await session.read([ROLE, GROUP, db('a'), db('never'), db('gone')].map((id) => object('any', id)));
    for await (const page of session.inventory()) expect(page.length).toBeGreaterThan(0);
    expect(standIn.writes()).toBe(0);
    expect([...calls.apis].filter(({ writes }) => writes)).toEqual([]);
  });

  it('no message holds an id of a request, a token or a time', async () => {
    const session = await client({ assumeRole: 'arn:aws:iam::{account}:role/scan' }).open(target('eu-central-1', OTHER));
    standIn.faults.denied.add('tag:GetResources');
    const failure = failureOf((await session.read([object('any', db('a'))]))[0]);
    expect(`${failure.message} ${failure.hint}`).not.toMatch(/session-of|ASIA|\d{4}-\d\d-\d\dT|request id/i);
  });

  it('names only rows of its table', () => {
    expect(APIS.length).toBe(38);
    expect(new Set(APIS.map(({ name }) => name)).size).toBe(APIS.length);
    expect(client().apis).toBe(APIS);
  });
});
