import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { APIS } from '../../providers/aws/apis.ts';
import type { CloudAnswer, CloudTarget } from '../../providers/cloud.ts';
import { root } from '../stories.ts';
import { ACCOUNT, object, target } from './aws-calls.ts';
import { db, failureOf, GROUP, OTHER, ROLE, rejected, staged, tagsOf } from './aws-scene.ts';

const scene = staged();

describe('reading', () => {
  it('asks for tagged resources by ARN, a hundred at once, and tells what manages them', async () => {
    const arns = Array.from({ length: 100 }, (_, index) =>
      scene.put(db(`d${index}`), { environment: 'production', n: `${index}` }),
    );
    scene.put(db('d7'), { environment: '', 'aws:cloudformation:stack-name': 'payments', 'aws:cloudformation:stack-id': 'x' });
    const session = await scene.client().open(target());
    const answers = await session.read(arns.map((arn) => object('aws_db_instance', arn)));
    expect(answers.map((answer) => answer.state)).toEqual(arns.map(() => 'found'));
    expect(tagsOf(answers[99])).toEqual({ environment: 'production', n: '99' });
    expect(answers[7]).toMatchObject({ managedBy: 'CloudFormation stack payments' });
    expect(tagsOf(answers[7])).toMatchObject({ environment: '' });
    expect(Object.fromEntries(scene.standIn.calls())).toEqual({ 'sts:GetCallerIdentity': 1, 'tag:GetResources': 1 });
    expect(session.batch).toBe(100);
  });

  it('answers a resource that stands in the batch twice twice', async () => {
    scene.put(db('a'), { team: 'x' });
    const session = await scene.client().open(target());
    const answers = await session.read([object('aws_db_instance', db('a')), object('aws_db_instance', db('a'))]);
    expect(answers.map(tagsOf)).toEqual([{ team: 'x' }, { team: 'x' }]);
  });

  it('reads IAM and Auto Scaling by their own APIs, all pages of them', async () => {
    const many = Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`k${index}`, `${index}`]));
    scene.put(ROLE, many);
    scene.put(GROUP, { environment: 'staging' }, { region: 'eu-central-1' });
    const kinds = [
      'user/u',
      'policy/p',
      'instance-profile/i',
      'oidc-provider/o.example',
      'saml-provider/s',
      'server-certificate/c',
      'mfa/m',
    ];
    const entities = kinds.map((kind) => scene.put(`arn:aws:iam::${ACCOUNT}:${kind}`, { kind }));
    const session = await scene.client().open(target());
    const objects = [ROLE, GROUP, ...entities, `arn:aws:iam::${ACCOUNT}:role/nobody`, `arn:aws:iam::${ACCOUNT}:group/g`].map(
      (arn) => object('any', arn),
    );
    const answers = await session.read([...objects, object('aws_autoscaling_group', GROUP.replace(/api$/, 'gone'))]);
    expect(tagsOf(answers[0])).toEqual(many);
    expect(tagsOf(answers[1])).toEqual({ environment: 'staging' });
    expect(answers.slice(2, 9).map(tagsOf)).toEqual(kinds.map((kind) => ({ kind })));
    expect(answers.slice(9).map(({ state }) => state)).toEqual(['gone', 'not-taggable', 'gone']);
    expect(scene.standIn.calls().get('iam:ListRoleTags')).toBe(4);
    expect(scene.standIn.calls().get('tag:GetResources')).toBeUndefined();
  });

  it('filters what was not asked for and follows pages, as moto has them', async () => {
    const crowd = Array.from({ length: 120 }, (_, index) => scene.put(db(`d${index}`), { n: `${index}` }));
    scene.standIn.faults.everything = true;
    scene.standIn.faults.repeats = true;
    const session = await scene.client().open(target());
    const answers = await session.read([crowd[0], crowd[60], crowd[119]].map((arn) => object('aws_db_instance', arn ?? '')));
    expect(answers.map(tagsOf)).toEqual([{ n: '0' }, { n: '60' }, { n: '119' }]);
    expect(scene.standIn.calls().get('tag:GetResources')).toBe(3);
  });

  it('keeps an ARN that AWS does not take from costing the others their answer', async () => {
    scene.put(db('a'), { team: 'x' });
    const session = await scene.client().open(target());
    const answers = await session.read([db('a'), 'nonsense', db('a')].map((id) => object('aws_db_instance', id)));
    expect(answers.map(({ state }) => state)).toEqual(['found', 'unread', 'found']);
    expect(failureOf(answers[1])).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('InvalidParameterException'),
    });
  });
});

describe('absence', () => {
  const TABLE = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/orders`;
  const read = async (arn: string, detail = {}) => {
    const session = await scene.client().open(target());
    const [answer] = await session.read([object('aws_db_instance', arn, target(), detail)]);
    return answer as CloudAnswer;
  };

  it('is no finding: Resource Explorer knows a resource that was never tagged', async () => {
    scene.put(db('never'), null);
    expect(tagsOf(await read(db('never')))).toEqual({});
    expect(scene.standIn.calls().get('resource-explorer-2:Search')).toBe(1);
  });

  it('is gone where a complete index that covers the type, and whose search finds things, does not have it', async () => {
    scene.put(db('other'), { team: 'x' });
    expect(await read(db('gone'))).toEqual({ state: 'gone' });
    const index = ['GetDefaultView', 'GetView', 'Search', 'GetIndex', 'ListResources', 'ListSupportedResourceTypes'];
    expect(index.map((name) => scene.standIn.calls().get(`resource-explorer-2:${name}`))).toEqual([1, 1, 2, 1, 1, 1]);
  });

  it.each<[string, () => unknown, string]>([
    [
      'no index',
      () => Object.assign(scene.standIn.faults.explorer, { index: null }),
      'Resource Explorer has no default view in eu-central-1',
    ],
    [
      'no view',
      () => Object.assign(scene.standIn.faults.explorer, { view: false }),
      'Resource Explorer has no default view in eu-central-1',
    ],
    [
      'an index that is being built',
      () => Object.assign(scene.standIn.faults.explorer, { index: 'CREATING' }),
      'is not complete yet',
    ],
    [
      'a view that hides resources',
      () => Object.assign(scene.standIn.faults.explorer, { filter: 'service:ec2' }),
      'hides resources',
    ],
    [
      'a type that is not indexed',
      () => scene.standIn.faults.explorer.types.delete('rds:db'),
      'does not index resources of its type',
    ],
    [
      'a search that finds nothing',
      () => Object.assign(scene.standIn.faults.explorer, { blind: true }),
      'does not find what the index holds',
    ],
    ['an index that holds nothing', () => scene.standIn.faults.explorer.missed.add(TABLE), 'holds nothing'],
  ])('stays unconfirmed with %s', async (_, break_, why) => {
    scene.put(TABLE, { team: 'x' }, { type: 'dynamodb:table' });
    break_();
    const failure = failureOf(await read(db('gone')));
    expect(failure.kind).toBe('unconfirmed');
    expect(failure.message).toContain(why);
    expect(failure.hint).not.toBe('');
  });

  it('stays unconfirmed where the ARN holds what may mean something to a search', async () => {
    scene.put(TABLE, { team: 'x' }, { type: 'dynamodb:table' });
    expect(failureOf(await read(db('go*')))).toMatchObject({ kind: 'unconfirmed' });
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
    scene.standIn.faults.denied.add('resource-explorer-2:Search');
    const failure = failureOf(await read(db('gone')));
    expect(failure).toMatchObject({ kind: 'unconfirmed', permission: 'resource-explorer-2:Search' });
  });

  it('says so when the view does not show the tags of what it knows', async () => {
    scene.put(db('never'), null);
    scene.standIn.faults.explorer.tags = false;
    expect(failureOf(await read(db('never')))).toMatchObject({ kind: 'unconfirmed', hint: 'let the default view include tags' });
  });

  it('searches for the ARN as a phrase, and takes nothing else for it', async () => {
    scene.put(`${db('x')} OR *`, null);
    scene.put(db('X'), null);
    expect(tagsOf(await read(`${db('x')} OR *`))).toEqual({});
    expect((await read(db('x'))).state).toBe('gone');
  });
});

describe('whose account', () => {
  it('is the caller’s where the target leaves it open', async () => {
    scene.put('arn:aws:s3:::ledger', { team: 'x' }, { region: 'eu-central-1', type: 's3:bucket' });
    const open: CloudTarget = { ...target(), account: '' };
    const [answer] = await (await scene.client().open(open)).read([object('aws_s3_bucket', 'arn:aws:s3:::ledger', open)]);
    expect(tagsOf(answer)).toEqual({ team: 'x' });
  });

  it('is filled in, in the target and in the ARN', async () => {
    const place = {
      target: { ...target(), account: '' },
      id: 'arn:aws:ec2:eu-central-1::natgateway/nat-1',
      detail: { account: 'guessed', hole: 'account' },
    };
    const settled = await scene.client().settled?.(place);
    expect(settled).toEqual({
      target: target(),
      id: `arn:aws:ec2:eu-central-1:${ACCOUNT}:natgateway/nat-1`,
      detail: { account: 'guessed' },
    });
    const told = object('aws_db_instance', db('a')).place;
    expect(await scene.client().settled?.(told)).toBe(told);
  });

  it('asks once who the caller is, for all targets', async () => {
    const one = scene.client();
    await Promise.all([one.open(target()), one.open(target('eu-west-1')), one.open(target('us-east-1'))]);
    await one.open(target('us-east-2'));
    expect(Object.fromEntries(scene.standIn.calls())).toEqual({ 'sts:GetCallerIdentity': 1 });
  });

  it('another account needs a role, which the failure names', async () => {
    expect(await rejected(scene.client().open(target('eu-central-1', OTHER)))).toMatchObject({
      kind: 'denied',
      message: `the credentials are of account ${ACCOUNT}, not of ${OTHER}`,
      hint: expect.stringContaining('--assume-role'),
      permission: 'sts:AssumeRole',
    });
  });

  it('another account is read by its role, assumed once and verified', async () => {
    const arn = `arn:aws:rds:eu-central-1:${OTHER}:db:a`;
    scene.put(arn, { team: 'y' }, { account: OTHER });
    const one = scene.client({ assumeRole: 'arn:{partition}:iam::{account}:role/scan' });
    const session = await one.open(target('eu-central-1', OTHER));
    await one.open(target('eu-west-1', OTHER));
    expect(tagsOf((await session.read([object('aws_db_instance', arn, target('eu-central-1', OTHER))]))[0])).toEqual({
      team: 'y',
    });
    expect(Object.fromEntries(scene.standIn.calls())).toEqual({
      'sts:GetCallerIdentity': 2,
      'sts:AssumeRole': 1,
      'tag:GetResources': 1,
    });
  });

  it('a role in a wrong account is no answer', async () => {
    const one = scene.client({ assumeRole: 'arn:aws:iam::111111111111:role/scan' });
    const failure = await rejected(one.open(target('eu-central-1', OTHER)));
    expect(failure).toMatchObject({
      kind: 'denied',
      message: `the role of \`--assume-role\` is in account 111111111111, not in ${OTHER}`,
    });
  });

  it('a role that may not be assumed', async () => {
    await scene.restart({ roles: [] });
    const one = scene.client({ assumeRole: 'arn:aws:iam::{account}:role/scan' });
    const failure = await rejected(one.open(target('eu-central-1', OTHER)));
    expect(failure).toMatchObject({ kind: 'denied', permission: 'sts:AssumeRole' });
    expect(failure.message).toBe(`the role \`arn:aws:iam::${OTHER}:role/scan\` of \`--assume-role\` cannot be assumed`);
  });

  it('a role is assumed again before its credentials expire, and when they have', async () => {
    let now = Date.now();
    const sleep = async () => {};
    await scene.restart({ clock: { now: () => now, sleep } });
    const arn = `arn:aws:rds:eu-central-1:${OTHER}:db:a`;
    scene.put(arn, { team: 'y' }, { account: OTHER });
    const objects = [object('aws_db_instance', arn, target('eu-central-1', OTHER))];
    const session = await scene
      .client({ assumeRole: 'arn:aws:iam::{account}:role/scan', now: () => now })
      .open(target('eu-central-1', OTHER));
    now += 56 * 60_000;
    expect((await session.read(objects))[0]?.state).toBe('found');
    expect(scene.standIn.calls().get('sts:AssumeRole')).toBe(2);
    scene.standIn.faults.expired.add(`ASIA${OTHER}0001`);
    expect((await session.read(objects))[0]?.state).toBe('found');
    expect(scene.standIn.calls().get('sts:AssumeRole')).toBe(3);
  });

  it('a partition that is none, and credentials of another', async () => {
    const one = scene.client();
    expect(await rejected(one.open({ ...target(), partition: 'aws-moon' }))).toMatchObject({ kind: 'unknown-place' });
    const failure = await rejected(one.open({ ...target('cn-north-1'), partition: 'aws-cn' }));
    expect(failure).toMatchObject({ kind: 'credentials', message: 'the credentials are of partition aws, not of aws-cn' });
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
    const one = scene.client({ credentials: null });
    for (const region of ['eu-central-1', 'eu-west-1', 'us-east-1']) {
      await (await one.open(target(region))).read([object('any', `arn:aws:rds:${region}:${ACCOUNT}:db:a`), object('any', ROLE)]);
    }
    keeper.close();
    expect(scene.standIn.calls().get('tag:GetResources')).toBe(3);
    expect(asked).toBe(1);
  });
});

describe('calls', () => {
  it('reads make no writing call, whatever happens', async () => {
    scene.put(ROLE, { team: 'x' });
    scene.put(GROUP, { team: 'x' }, { region: 'eu-central-1' });
    scene.put(db('a'), { team: 'x' });
    scene.put(db('never'), null);
    const session = await scene.client({ assumeRole: 'arn:aws:iam::{account}:role/scan' }).open(target());
    await session.read([ROLE, GROUP, db('a'), db('never'), db('gone')].map((id) => object('any', id)));
    for await (const page of session.inventory()) expect(page.length).toBeGreaterThan(0);
    expect(scene.standIn.writes()).toBe(0);
    expect([...scene.calls.apis].filter(({ writes }) => writes)).toEqual([]);
  });

  it('no message holds an id of a request, a token or a time', async () => {
    const session = await scene.client({ assumeRole: 'arn:aws:iam::{account}:role/scan' }).open(target('eu-central-1', OTHER));
    scene.standIn.faults.denied.add('tag:GetResources');
    const failure = failureOf((await session.read([object('any', db('a'))]))[0]);
    expect(`${failure.message} ${failure.hint}`).not.toMatch(/session-of|ASIA|\d{4}-\d\d-\d\dT|request id/i);
  });

  it('loads an SDK only when it is asked for, and none while nothing is', () => {
    const folder = join(root, 'providers', 'aws');
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    const lines = sources.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
    const mentions = lines.filter((line) => line.includes("'@aws-sdk/"));
    expect(mentions.length).toBeGreaterThan(10);
    expect(mentions.filter((line) => !line.startsWith('import type ') && !line.includes('await import('))).toEqual([]);
  });

  it('keeps the SDK from writing about Node 20, unless it was told to', () => {
    const name = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
    process.env[name] = 'false';
    scene.client();
    expect(process.env[name]).toBe('false');
    delete process.env[name];
    scene.client();
    expect(process.env[name]).toBe('true');
  });

  it('names only rows of its table', () => {
    expect(APIS.length).toBe(38);
    expect(new Set(APIS.map(({ name }) => name)).size).toBe(APIS.length);
    expect(scene.client().apis).toBe(APIS);
  });
});
