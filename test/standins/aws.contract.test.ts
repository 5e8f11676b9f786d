import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { IAM } from '@aws-sdk/client-iam';
import { ResourceExplorer2 } from '@aws-sdk/client-resource-explorer-2';
import { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import { STS } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { KEYS_AT_MOST, READ_BATCH, WRITE_BATCH } from '../../providers/aws/tagging.ts';
import { type StandIn, start } from './aws/stand-in.ts';
import { BOUNDS } from './aws/tagging.ts';
import type { Standing } from './aws/world.ts';

const ACCOUNT = '123456789012';
let standIn: StandIn;

// As the client does: clients that are made here would warn about Node 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

beforeEach(async () => {
  standIn = await start();
});

afterEach(() => standIn.close());

function config(region: string) {
  const { endpoint, credentials } = standIn.connection;
  return { region, endpoint, credentials, maxAttempts: 1 };
}

function put(arn: string, tags: Readonly<Record<string, string>> | null, more: Partial<Standing> = {}): void {
  const map = tags === null ? null : new Map(Object.entries(tags));
  standIn.world.put({ arn, type: 'ec2:instance', account: ACCOUNT, region: arn.split(':')[3] || 'global', tags: map, ...more });
}

/** The answer as the vendor prints it. */
function printed<T extends { $metadata?: unknown }>({ $metadata: _, ...answer }: T): Omit<T, '$metadata'> {
  return answer;
}

async function refused(promise: Promise<unknown>): Promise<{ name: string; status: number | undefined; message: string }> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason as { name: string; message: string; $metadata?: { httpStatusCode?: number } },
  );
  if (error === null) throw new Error('was not refused');
  return { name: error.name, status: error.$metadata?.httpStatusCode, message: error.message };
}

/** AWS CLI command reference, section "Examples" of each command, `resourcegroupstaggingapi`. */
describe('examples of the tagging API', () => {
  it('get-resources', async () => {
    put('arn:aws:inspector:us-west-2:123456789012:target/0-nvgVhaxX/template/0-7sbz2Kz0', { Environment: 'Production' });
    const answer = await new ResourceGroupsTaggingAPI(config('us-west-2')).getResources({ ResourcesPerPage: 100 });
    expect(answer.ResourceTagMappingList).toEqual([
      {
        ResourceARN: 'arn:aws:inspector:us-west-2:123456789012:target/0-nvgVhaxX/template/0-7sbz2Kz0',
        Tags: [{ Key: 'Environment', Value: 'Production' }],
      },
    ]);
    // API reference of GetResources: the token is empty when there is no more.
    expect(answer.PaginationToken).toBe('');
  });

  it('tag-resources and untag-resources', async () => {
    put('arn:aws:s3:::MyProductionBucket', null, { region: 'us-west-2' });
    const api = new ResourceGroupsTaggingAPI(config('us-west-2'));
    const ResourceARNList = ['arn:aws:s3:::MyProductionBucket'];
    const tagged = await api.tagResources({ ResourceARNList, Tags: { Environment: 'Production', CostCenter: '1234' } });
    expect(printed(tagged)).toEqual({ FailedResourcesMap: {} });
    expect(standIn.tagsOf('arn:aws:s3:::MyProductionBucket')).toEqual(
      new Map([
        ['Environment', 'Production'],
        ['CostCenter', '1234'],
      ]),
    );
    const untagged = await api.untagResources({ ResourceARNList, TagKeys: ['Environment', 'CostCenter'] });
    expect(printed(untagged)).toEqual({ FailedResourcesMap: {} });
    // API reference of UntagResources: removing again succeeds. What was tagged once is listed without tags (API reference of GetResources).
    expect(printed(await api.untagResources({ ResourceARNList, TagKeys: ['CostCenter'] }))).toEqual({ FailedResourcesMap: {} });
    expect((await api.getResources({ ResourceARNList })).ResourceTagMappingList).toEqual([
      { ResourceARN: ResourceARNList[0], Tags: [] },
    ]);
  });
});

/** API reference of the tagging API: GetResources, TagResources, FailureInfo, "Services that support". */
describe('documented behaviour of the tagging API', () => {
  const arn = `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-1`;
  const api = () => new ResourceGroupsTaggingAPI(config('us-west-2'));

  it('tells nothing of resources that were never tagged, of other regions, and of IAM and Auto Scaling', async () => {
    put(arn, null);
    put(`arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-2`, { a: 'b' });
    const role = `arn:aws:iam::${ACCOUNT}:role/r`;
    put(role, { a: 'b' });
    expect(
      (await api().getResources({ ResourceARNList: [arn, role, `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-2`] }))
        .ResourceTagMappingList,
    ).toEqual([]);
    expect(
      (await new ResourceGroupsTaggingAPI(config('us-east-1')).getResources({ ResourceARNList: [role] })).ResourceTagMappingList,
    ).toEqual([]);
  });

  it('takes no paging or filters beside a list of ARNs', async () => {
    const both = api().getResources({ ResourceARNList: [arn], ResourcesPerPage: 100 });
    expect(await refused(both)).toMatchObject({ name: 'InvalidParameterException', status: 400 });
  });

  it('holds page tokens for fifteen minutes', async () => {
    for (let at = 0; at < 3; at++) put(`${arn}${at}`, { a: 'b' });
    const first = await api().getResources({ ResourcesPerPage: 2 });
    expect(first.ResourceTagMappingList?.length).toBe(2);
    const second = await api().getResources({ ResourcesPerPage: 2, PaginationToken: first.PaginationToken });
    expect([second.ResourceTagMappingList?.length, second.PaginationToken]).toEqual([1, '']);
    standIn.faults.expiredPages = 1;
    const late = api().getResources({ ResourcesPerPage: 2, PaginationToken: first.PaginationToken });
    expect(await refused(late)).toMatchObject({ name: 'PaginationTokenExpiredException', status: 400 });
  });

  it('fails per ARN inside a good answer', async () => {
    const { FailedResourcesMap } = await api().tagResources({ ResourceARNList: [arn], Tags: { a: 'b' } });
    expect(FailedResourcesMap?.[arn]).toMatchObject({ ErrorCode: 'InvalidParameterException', StatusCode: 400 });
  });

  it('refuses tags of AWS', async () => {
    put(arn, {});
    expect(await refused(api().tagResources({ ResourceARNList: [arn], Tags: { 'aws:x': 'y' } }))).toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('lets fifteen reads of an account and region through at once, and five writes', async () => {
    put(arn, {});
    const reads = await Promise.all(
      Array.from({ length: 17 }, () =>
        api()
          .getResources({ ResourceARNList: [arn] })
          .then(
            () => 'ok',
            (e) => e.name,
          ),
      ),
    );
    expect(reads.filter((name) => name === 'ok').length).toBeGreaterThanOrEqual(15);
    expect(reads).toContain('ThrottledException');
    const elsewhere = new ResourceGroupsTaggingAPI(config('eu-west-1')).getResources({ ResourceARNList: [arn] });
    expect((await elsewhere).ResourceTagMappingList).toEqual([]);
    const write = () => api().tagResources({ ResourceARNList: [arn], Tags: { a: 'b' } });
    const writes = await Promise.all(
      Array.from({ length: 7 }, () =>
        write().then(
          () => 'ok',
          (e) => e.name,
        ),
      ),
    );
    expect(writes.filter((name) => name === 'ok').length).toBeGreaterThanOrEqual(5);
    expect(writes).toContain('ThrottledException');
  });
});

/** AWS CLI command reference, `resource-explorer-2`. */
describe('examples of Resource Explorer', () => {
  const api = () => new ResourceExplorer2(config('us-east-1'));
  const acl = `arn:aws:ec2:us-east-1:${ACCOUNT}:network-acl/acl-1a2b3c4d`;

  it('search: global resources of a service', async () => {
    const policy = `arn:aws:iam::${ACCOUNT}:policy/service-role/Some-Policy-For-A-Service-Role`;
    put(policy, {}, { type: 'iam:policy' });
    standIn.faults.explorer.types.add('iam:policy');
    const { Resources, ViewArn } = await api().search({ QueryString: 'service:iam' });
    expect(Resources).toMatchObject([
      { Arn: policy, OwningAccountId: ACCOUNT, Properties: [], Region: 'global', ResourceType: 'iam:policy', Service: 'iam' },
    ]);
    expect(ViewArn).toMatch(/^arn:aws:resource-explorer-2:us-east-1:123456789012:view\/[^/]+\/[^/]+$/);
  });

  it('search: tags are a property', async () => {
    put(acl, { Department: 'AppDevelopment', Environment: 'Production' }, { type: 'ec2:network-acl' });
    standIn.faults.explorer.types.add('ec2:network-acl');
    const { Resources } = await api().search({ QueryString: `id:${acl}` });
    expect(Resources).toMatchObject([
      {
        Arn: acl,
        Properties: [
          {
            Name: 'tags',
            Data: [
              { Key: 'Department', Value: 'AppDevelopment' },
              { Key: 'Environment', Value: 'Production' },
            ],
          },
        ],
        Region: 'us-east-1',
        ResourceType: 'ec2:network-acl',
      },
    ]);
  });

  it('get-view, get-default-view, get-index, list-supported-resource-types', async () => {
    standIn.faults.explorer.filter = 'service:ec2';
    const { ViewArn } = await api().getDefaultView({});
    const { View, Tags } = await api().getView({ ViewArn });
    expect(Tags).toEqual({});
    expect(View).toMatchObject({
      Filters: { FilterString: 'service:ec2' },
      IncludedProperties: [{ Name: 'tags' }],
      Owner: ACCOUNT,
      Scope: `arn:aws:iam::${ACCOUNT}:root`,
      ViewArn,
    });
    expect(await api().getIndex({})).toMatchObject({ State: 'ACTIVE', Type: 'LOCAL' });
    standIn.faults.explorer.types = new Set(['cloudfront:cache-policy']);
    const { ResourceTypes } = await new ResourceExplorer2(config('us-west-2')).listSupportedResourceTypes({});
    expect(ResourceTypes).toEqual([{ ResourceType: 'cloudfront:cache-policy', Service: 'cloudfront' }]);
  });

  it('list-resources goes past the thousand at which a search stops (API reference of both)', async () => {
    for (let at = 0; at < 1200; at++) put(`arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-${at}`, {});
    const all = async (
      next: (token?: string) => Promise<{ Resources?: unknown[] | undefined; NextToken?: string | undefined }>,
    ) => {
      let [count, token] = [0, undefined as string | undefined];
      do {
        const page = await next(token);
        count += page.Resources?.length ?? 0;
        token = page.NextToken;
      } while (token);
      return count;
    };
    const more = (token?: string) => ({ MaxResults: 500, ...(token ? { NextToken: token } : {}) });
    const Filters = { FilterString: 'region:us-east-1' };
    expect(await all((token) => api().listResources({ Filters, ...more(token) }))).toBe(1200);
    expect(await all((token) => new ResourceExplorer2(config('us-east-1')).search({ QueryString: '', ...more(token) }))).toBe(
      1000,
    );
  });

  it('the search finds exact ARNs, tags that are none, and no case (query syntax reference)', async () => {
    put(`arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-a`, {});
    put(`arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-ab`, { team: 'x' });
    const ids = async (QueryString: string) => (await api().search({ QueryString })).Resources?.map(({ Arn }) => Arn?.slice(-4));
    expect(await ids(`id:"arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-a"`)).toEqual(['/i-a']);
    expect(await ids('service:EC2 tag:none')).toEqual(['/i-a']);
    expect(await ids('region:us* -tag:none')).toEqual(['i-ab']);
  });
});

/** Examples of the service models of botocore (`examples-1.json`), which are those of the API references; the title is the example's. */
describe('examples of STS, IAM and Auto Scaling', () => {
  it('To get details about a calling IAM user / about a user federated with AssumeRole', async () => {
    const sts = new STS(config('us-east-1'));
    expect(await sts.getCallerIdentity({})).toMatchObject({
      Account: ACCOUNT,
      Arn: expect.stringMatching(/^arn:aws:iam::123456789012:user\//),
    });
    const { Credentials, AssumedRoleUser } = await sts.assumeRole({
      RoleArn: 'arn:aws:iam::123456789012:role/demo',
      RoleSessionName: 's',
    });
    expect(AssumedRoleUser?.Arn).toMatch(/^arn:aws:sts::123456789012:assumed-role\/demo\//);
    expect(Credentials?.Expiration).toBeInstanceOf(Date);
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const assumed = await new STS({ ...config('us-east-1'), credentials }).getCallerIdentity({});
    expect(assumed).toMatchObject({ Account: ACCOUNT, Arn: expect.stringMatching(/:assumed-role\/demo\//) });
    const forged = new STS({ ...config('us-east-1'), credentials: { ...credentials, sessionToken: 'x' } });
    expect(await refused(forged.getCallerIdentity({}))).toMatchObject({ name: 'InvalidClientTokenId', status: 403 });
  });

  it('To list the tags attached to an IAM role / user', async () => {
    put(`arn:aws:iam::${ACCOUNT}:role/taggedrole1`, { Dept: '12345', Team: 'Accounting' });
    put(`arn:aws:iam::${ACCOUNT}:user/anika`, { Dept: '12345', Team: 'Accounting' });
    const iam = new IAM(config('us-east-1'));
    const answer = {
      IsTruncated: false,
      Tags: [
        { Key: 'Dept', Value: '12345' },
        { Key: 'Team', Value: 'Accounting' },
      ],
    };
    expect(printed(await iam.listRoleTags({ RoleName: 'taggedrole1' }))).toEqual(answer);
    expect(printed(await iam.listUserTags({ UserName: 'anika' }))).toEqual(answer);
    expect(await refused(iam.listRoleTags({ RoleName: 'nobody' }))).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
  });

  it('To add a tag key and value to an IAM role / To remove a tag from an IAM role', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/taggedrole`;
    put(arn, {});
    const iam = new IAM(config('us-east-1'));
    const Tags = [
      { Key: 'Dept', Value: 'Accounting' },
      { Key: 'CostCenter', Value: '12345' },
    ];
    expect(printed(await iam.tagRole({ RoleName: 'taggedrole', Tags }))).toEqual({});
    expect(printed(await iam.untagRole({ RoleName: 'taggedrole', TagKeys: ['Dept'] }))).toEqual({});
    expect(standIn.tagsOf(arn)).toEqual(new Map([['CostCenter', '12345']]));
  });

  it('To describe an Auto Scaling group / To create or update tags / To delete a tag', async () => {
    const name = 'my-auto-scaling-group';
    const arn = `arn:aws:autoscaling:us-west-1:${ACCOUNT}:autoScalingGroup:12345678-1234-1234-1234-123456789012:autoScalingGroupName/${name}`;
    put(arn, {});
    const scaling = new AutoScaling(config('us-west-1'));
    const groups = async () =>
      (await scaling.describeAutoScalingGroups({ AutoScalingGroupNames: [name, 'none'] })).AutoScalingGroups;
    expect(await groups()).toMatchObject([
      { AutoScalingGroupARN: arn, AutoScalingGroupName: name, MinSize: 1, MaxSize: 5, Tags: [] },
    ]);
    const tag = (Key: string, Value: string) => ({
      Key,
      PropagateAtLaunch: true,
      ResourceId: name,
      ResourceType: 'auto-scaling-group',
      Value,
    });
    const Tags = [tag('Role', 'WebServer'), tag('Dept', 'Research')];
    expect(printed(await scaling.createOrUpdateTags({ Tags }))).toEqual({});
    // As DescribeTags of the same examples prints them.
    expect((await groups())?.[0]?.Tags).toEqual(Tags);
    const { PropagateAtLaunch: _, ...gone } = tag('Dept', 'Research');
    await scaling.deleteTags({ Tags: [gone] });
    expect((await groups())?.[0]?.Tags).toEqual([tag('Role', 'WebServer')]);
  });
});

/** Service models of botocore, which come with moto and the AWS CLI. */
function botocore(): string | null {
  try {
    const script = 'import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), "data"))';
    const folder = execFileSync('python3', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return existsSync(folder) ? folder : null;
  } catch {
    return null;
  }
}

const models = botocore();

if (process.env.INLANE_E2E === 'required') test('the service models are here', () => expect(models).not.toBeNull());

describe.skipIf(models === null)('bounds of the service models (needs botocore)', () => {
  type Shapes = Record<string, { max?: number; min?: number; error?: { code?: string } }>;
  const shapes = (service: string): Shapes => {
    const path = join(models ?? '', service, 'service-2.json');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
    return (JSON.parse(text) as { shapes: Shapes }).shapes;
  };

  it('are those of the stand-in and of the client', () => {
    const model = shapes('resourcegroupstaggingapi/2017-01-26');
    const bounds = ['ResourceARNListForGet', 'ResourceARNListForTagUntag', 'TagMap', 'TagKey', 'TagValue', 'ResourceARN'];
    const { getArns, writeArns, keys, key, value, arn } = BOUNDS;
    expect(bounds.map((name) => model[name]?.max)).toEqual([getArns, writeArns, keys, key, value, arn]);
    expect([READ_BATCH, WRITE_BATCH, KEYS_AT_MOST]).toEqual([getArns, writeArns, keys]);
    expect(model.TagKeyListForUntag?.max).toBe(keys);
    expect(shapes('resource-explorer-2/2022-07-28').ListResourcesInputMaxResultsInteger).toMatchObject({ min: 1, max: 1000 });
    expect(shapes('iam/2010-05-08').NoSuchEntityException?.error?.code).toBe('NoSuchEntity');
  });

  it('hold at the edge, and not beyond', async () => {
    const model = shapes('resourcegroupstaggingapi/2017-01-26');
    const api = new ResourceGroupsTaggingAPI(config('us-west-2'));
    const arns = (count: number) => Array.from({ length: count }, (_, at) => `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-${at}`);
    const most = model.ResourceARNListForGet?.max ?? 0;
    expect((await api.getResources({ ResourceARNList: arns(most) })).ResourceTagMappingList).toEqual([]);
    expect(await refused(api.getResources({ ResourceARNList: arns(most + 1) }))).toMatchObject({
      name: 'InvalidParameterException',
    });
    const write = model.ResourceARNListForTagUntag?.max ?? 0;
    expect(
      Object.keys((await api.tagResources({ ResourceARNList: arns(write), Tags: { a: 'b' } })).FailedResourcesMap ?? {}).length,
    ).toBe(write);
    const over = [
      api.tagResources({ ResourceARNList: arns(write + 1), Tags: { a: 'b' } }),
      api.tagResources({ ResourceARNList: arns(1), Tags: { ['k'.repeat((model.TagKey?.max ?? 0) + 1)]: 'b' } }),
      api.tagResources({ ResourceARNList: arns(1), Tags: { a: 'v'.repeat((model.TagValue?.max ?? 0) + 1) } }),
    ];
    for (const call of over) expect(await refused(call)).toMatchObject({ name: 'InvalidParameterException' });
  });
});
