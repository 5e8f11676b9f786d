import { describe, expect, it } from 'vitest';
import { ACCOUNT, counted, object, target } from './aws-calls.ts';
import { db, failureOf, GROUP, ROLE, rejected, staged, tagsOf } from './aws-scene.ts';

const scene = staged();

describe('failures', () => {
  const opened = async () => (await scene.client().open(target())).read([object('aws_db_instance', db('a'))]);

  it('no credentials', async () => {
    const none = scene.client({
      credentials: async () => {
        throw Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
      },
    });
    expect(await rejected(none.open(target()))).toMatchObject({ kind: 'credentials', message: 'no AWS credentials were found' });
  });

  it('a key that AWS does not know, and one that has expired', async () => {
    expect(await rejected(scene.client({ key: 'AKIANOBODY' }).open(target()))).toMatchObject({
      kind: 'credentials',
      message: 'AWS does not accept the access key (InvalidClientTokenId)',
    });
    scene.standIn.faults.expired.add('AKIASTANDIN');
    expect(await rejected(scene.client().open(target()))).toMatchObject({
      kind: 'credentials',
      message: 'the AWS credentials have expired',
    });
  });

  it('a key that is taken away in the middle of a scan', async () => {
    const session = await scene.client().open(target());
    scene.standIn.faults.revoked.add('AKIASTANDIN');
    expect(await rejected(session.read([object('aws_db_instance', db('a'))]))).toMatchObject({ kind: 'credentials' });
    scene.standIn.faults.revoked.clear();
    scene.standIn.faults.expired.add('AKIASTANDIN');
    expect(await rejected(session.read([object('aws_db_instance', db('a'))]))).toMatchObject({
      kind: 'credentials',
      message: 'the AWS credentials have expired',
    });
  });

  it('a region that is not enabled knows no key, which is not the fault of the key', async () => {
    scene.standIn.faults.disabledRegions.add('eu-central-1');
    expect(await rejected(opened())).toMatchObject({
      kind: 'unknown-place',
      message: `region eu-central-1 is not enabled in account ${ACCOUNT}`,
    });
  });

  it('a permission that is lacking, by its name', async () => {
    scene.standIn.faults.denied.add('tag:GetResources').add('iam:ListRoleTags').add('autoscaling:DescribeAutoScalingGroups');
    scene.put(ROLE, {});
    scene.put(GROUP, {}, { region: 'eu-central-1' });
    scene.put(`arn:aws:iam::${ACCOUNT}:user/u`, { team: 'x' });
    const session = await scene.client().open(target());
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
    scene.put(db('a'), { team: 'x' });
    scene.calls = counted(1);
    scene.standIn.faults.apis = /GetResources/;
    scene.standIn.faults.throttles = 1;
    scene.standIn.faults.retryAfter = 7;
    expect(failureOf((await opened())[0])).toMatchObject({ kind: 'throttled', retryAfter: 7000 });
    expect(scene.standIn.calls().get('tag:GetResources')).toBe(1);
    expect(tagsOf((await opened())[0])).toEqual({ team: 'x' });
  });

  it.each<[string, () => unknown]>([
    ['errors of the service', () => Object.assign(scene.standIn.faults, { errors: 2 })],
    ['dropped connections', () => Object.assign(scene.standIn.faults, { drops: 2 })],
    ['throttles', () => Object.assign(scene.standIn.faults, { throttles: 2 })],
  ])('%s pass with further tries', async (_, break_) => {
    scene.put(db('a'), { team: 'x' });
    scene.put(ROLE, { team: 'y' });
    scene.put(GROUP, { team: 'z' }, { region: 'eu-central-1' });
    for (const [apis, arn] of [
      [/GetResources/, db('a')],
      [/ListRoleTags/, ROLE],
      [/DescribeAutoScalingGroups/, GROUP],
    ] as const) {
      scene.standIn.faults.apis = apis;
      break_();
      const session = await scene.client().open(target());
      expect((await session.read([object('any', arn)]))[0]?.state).toBe('found');
    }
  });

  it.each<[string, () => unknown]>([
    ['errors', () => Object.assign(scene.standIn.faults, { errors: 9 })],
    ['drops', () => Object.assign(scene.standIn.faults, { drops: 9 })],
  ])('%s that do not pass are an unread answer', async (_, break_) => {
    scene.standIn.faults.apis = /GetResources/;
    break_();
    const failure = failureOf((await opened())[0]);
    expect(failure.kind).toBe('transient');
    expect(failure.message).toMatch(/^AWS did not answer tag:GetResources in account 123456789012 in eu-central-1 \(\w+\)$/);
    expect(scene.standIn.calls().get('tag:GetResources')).toBe(5);
  });

  it('an answer that does not come is given up', async () => {
    scene.calls = counted(1);
    const session = await scene.client({ timeout: 60 }).open(target());
    scene.standIn.faults.slow = 400;
    expect(failureOf((await session.read([object('any', db('a'))]))[0])).toMatchObject({ kind: 'transient' });
  });

  it('a host that is not there', async () => {
    const away = scene.client({ endpoint: 'http://tagging.invalid' });
    expect(await rejected(away.open(target()))).toMatchObject({ kind: expect.stringMatching(/^(unknown-place|transient)$/) });
  });
});
