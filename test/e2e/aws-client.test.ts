import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error plain modules of the recorder, without types
import { startMoto } from '../../fixtures/record/moto.mjs';
// @ts-expect-error
import { onPath } from '../../fixtures/record/process.mjs';
import { createClient } from '../../providers/aws/client.ts';
import type { CloudClient, CloudObject, CloudSession, TagEdit } from '../../providers/cloud.ts';
import { ACCOUNT, counted, object, target } from '../providers/aws-calls.ts';

const program = onPath('moto_server', process.env) as string | null;
const REGION = 'eu-central-1';
const OTHER = '210987654321';

if (process.env.INLANE_E2E === 'required') test('moto_server is on PATH', () => expect(program).not.toBeNull());

/** The client against moto, which somebody else wrote; what moto leaves out is the business of our own stand-in. */
describe.skipIf(program === null)('AWS by moto (needs moto_server)', () => {
  const calls = counted();
  let moto: { endpoint: string; stop(): Promise<void> };
  let client: CloudClient;
  let session: CloudSession;

  /** A request as the service's protocol has it; moto tells services apart by the signature's scope. */
  async function ask(service: string, headers: Record<string, string>, body: string, path = '/'): Promise<string> {
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIATEST/20261120/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    const answer = await fetch(`${moto.endpoint}${path}`, { method: 'POST', headers: { authorization, ...headers }, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${service}: ${text}`);
    return text;
  }

  const json = (service: string, action: string, body: object, version = '1.1') =>
    ask(service, { 'x-amz-target': action, 'content-type': `application/x-amz-json-${version}` }, JSON.stringify(body));
  const form = (service: string, Version: string, Action: string, fields: Record<string, string>) =>
    ask(
      service,
      { 'content-type': 'application/x-www-form-urlencoded' },
      new URLSearchParams({ Action, Version, ...fields }).toString(),
    );

  const arns = {
    table: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`,
    group: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/orders`,
    db: `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders`,
    function: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders`,
    role: `arn:aws:iam::${ACCOUNT}:role/worker`,
  };
  let scaling = '';
  const objects = (): CloudObject[] => [...Object.values(arns), scaling].map((arn) => object('any', arn, target(REGION)));

  beforeAll(async () => {
    moto = await startMoto(program);
    const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' }];
    const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }];
    const table = { TableName: 'orders', AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST' };
    await json('dynamodb', 'DynamoDB_20120810.CreateTable', { ...table, Tags: [{ Key: 'team', Value: 'payments' }] }, '1.0');
    await json('logs', 'Logs_20140328.CreateLogGroup', { logGroupName: '/aws/orders', tags: { team: 'payments' } });
    const db = { DBInstanceIdentifier: 'orders', DBInstanceClass: 'db.t4g.micro', Engine: 'postgres', AllocatedStorage: '20' };
    await form('rds', '2014-10-31', 'CreateDBInstance', { ...db, 'Tags.Tag.1.Key': 'team', 'Tags.Tag.1.Value': 'payments' });
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    const role = { RoleName: 'worker', AssumeRolePolicyDocument, 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'payments' };
    await form('iam', '2010-05-08', 'CreateRole', role);
    const code = { ImageUri: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/orders:1` };
    const lambda = { FunctionName: 'orders', PackageType: 'Image', Role: arns.role, Code: code, Tags: { team: 'payments' } };
    await ask('lambda', { 'content-type': 'application/json' }, JSON.stringify(lambda), '/2015-03-31/functions');
    await form('autoscaling', '2011-01-01', 'CreateLaunchConfiguration', {
      LaunchConfigurationName: 'api',
      ImageId: 'ami-1',
      InstanceType: 't3.micro',
    });
    await form('autoscaling', '2011-01-01', 'CreateAutoScalingGroup', {
      AutoScalingGroupName: 'api',
      LaunchConfigurationName: 'api',
      MinSize: '0',
      MaxSize: '0',
      DesiredCapacity: '0',
      'AvailabilityZones.member.1': `${REGION}a`,
      'Tags.member.1.Key': 'team',
      'Tags.member.1.Value': 'payments',
      'Tags.member.1.PropagateAtLaunch': 'true',
    });
    const described = await form('autoscaling', '2011-01-01', 'DescribeAutoScalingGroups', {});
    scaling = /<AutoScalingGroupARN>([^<]+)</.exec(described)?.[1] ?? '';
    const credentials = async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'secret' });
    const connection = { endpoint: moto.endpoint, credentials };
    client = createClient({ call: calls.call, assumeRole: 'arn:{partition}:iam::{account}:role/inlane', connection });
    session = await client.open(target(REGION));
  }, 120_000);

  afterAll(async () => {
    await client?.close();
    await moto?.stop();
  });

  async function tags(): Promise<(Record<string, string> | string)[]> {
    const answers = await session.read(objects());
    return answers.map((answer) => (answer.state === 'found' ? Object.fromEntries(answer.tags) : JSON.stringify(answer)));
  }

  test('reads what the services have been told', async () => {
    expect(await tags()).toEqual(objects().map(() => ({ team: 'payments' })));
  });

  test('writes, and takes away again where moto can', async () => {
    const set = new Map([['environment', 'production']]);
    const edits = objects().map((one): TagEdit => ({ object: one, set, unset: new Set() }));
    expect((await session.write(edits)).map(({ state }) => state)).toEqual(edits.map(() => 'done'));
    expect(await tags()).toEqual(objects().map(() => ({ team: 'payments', environment: 'production' })));
    const undo = [arns.db, arns.function, arns.role, scaling].map((arn): TagEdit => {
      return { object: object('any', arn, target(REGION)), set: new Map(), unset: new Set(['environment']) };
    });
    expect((await session.write(undo)).map(({ state }) => state)).toEqual(undo.map(() => 'done'));
    const [, , db, lambda, role, group] = await tags();
    expect([db, lambda, role, group]).toEqual(undo.map(() => ({ team: 'payments' })));
  });

  test('says of what is not there that it is gone, or that nothing confirms it', async () => {
    const missing = [arns.role, scaling, arns.table].map((arn) => object('any', `${arn}-none`, target(REGION)));
    const answers = await session.read(missing);
    expect(answers.map(({ state }) => state)).toEqual(['gone', 'gone', 'unread']);
    expect(answers[2]).toMatchObject({ failure: { kind: 'unconfirmed' } });
  });

  test('a type that moto does not tag fails alone', async () => {
    const queue = `arn:aws:sqs:${REGION}:${ACCOUNT}:orders`;
    const edits = [queue, arns.db].map((arn): TagEdit => {
      return { object: object('any', arn, target(REGION)), set: new Map([['a', 'b']]), unset: new Set() };
    });
    const answers = await session.write(edits);
    expect(answers.map(({ state }) => state)).toEqual(['failed', 'done']);
    expect(answers[0]).toMatchObject({ failure: { kind: 'refused' } });
  });

  test('another account is entered by its role, and holds nothing of this one', async () => {
    const other = await client.open(target(REGION, OTHER));
    const [answer] = await other.read([object('any', arns.role.replace(ACCOUNT, OTHER), target(REGION, OTHER))]);
    expect(answer).toEqual({ state: 'gone' });
    expect(calls.made).toContain('sts:AssumeRole');
  });
});
