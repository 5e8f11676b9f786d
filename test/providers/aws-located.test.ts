import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { located } from '../../providers/aws/located.ts';
import { ARN_ATTRIBUTES, BUILT_ARNS, OUT_OF_REACH } from '../../providers/aws/located-types.ts';
import { aws } from '../../providers/aws/provider.ts';
import type { CloudPlace, PlaceHints } from '../../providers/cloud.ts';
import type { ObjectValue } from '../../src/plan/value.ts';
import { root } from '../stories.ts';
import { noRecordings, SHARED } from './recorded.ts';

const ACCOUNT = '123456789012';

function place(type: string, values: Record<string, unknown>, hints?: PlaceHints): CloudPlace {
  const found = located(type, values as ObjectValue, null, hints);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const flat = ({ id, target, detail }: CloudPlace) => [id, target.partition, target.account, target.region, detail];

describe('an ARN in the values', () => {
  it.each<[string, Record<string, unknown>, string, string, string, string]>([
    ['aws_db_instance', { arn: `arn:aws:rds:eu-central-1:${ACCOUNT}:db:a`, id: 'db-1' }, 'aws', ACCOUNT, 'eu-central-1', 'arn'],
    [
      'aws_db_snapshot',
      { db_snapshot_arn: `arn:aws:rds:eu-west-1:${ACCOUNT}:snapshot:a` },
      'aws',
      ACCOUNT,
      'eu-west-1',
      'db_snapshot_arn',
    ],
    ['aws_ecs_service', { id: `arn:aws:ecs:eu-west-1:${ACCOUNT}:service/c/s` }, 'aws', ACCOUNT, 'eu-west-1', 'id'],
    [
      'aws_cloudformation_stack',
      { id: `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/s/1` },
      'aws',
      ACCOUNT,
      'eu-west-1',
      'id',
    ],
    ['aws_iam_role', { arn: `arn:aws:iam::${ACCOUNT}:role/path/r` }, 'aws', ACCOUNT, 'us-east-1', 'arn'],
    ['aws_iam_role', { arn: `arn:aws-cn:iam::${ACCOUNT}:role/r` }, 'aws-cn', ACCOUNT, 'cn-north-1', 'arn'],
    ['aws_iam_role', { arn: `arn:aws-us-gov:iam::${ACCOUNT}:role/r` }, 'aws-us-gov', ACCOUNT, 'us-gov-west-1', 'arn'],
    [
      'aws_cloudfront_distribution',
      { arn: `arn:aws:cloudfront::${ACCOUNT}:distribution/E1` },
      'aws',
      ACCOUNT,
      'us-east-1',
      'arn',
    ],
    [
      'aws_cloudfront_distribution',
      { arn: `arn:aws-cn:cloudfront::${ACCOUNT}:distribution/E1` },
      'aws-cn',
      ACCOUNT,
      'cn-northwest-1',
      'arn',
    ],
    ['aws_wafv2_web_acl', { arn: `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/a/1` }, 'aws', ACCOUNT, 'us-east-1', 'arn'],
    [
      'aws_globalaccelerator_accelerator',
      { arn: `arn:aws:globalaccelerator::${ACCOUNT}:accelerator/1` },
      'aws',
      ACCOUNT,
      'us-west-2',
      'arn',
    ],
  ])('%s %o', (type, values, partition, account, region, attribute) => {
    expect(flat(place(type, values))).toEqual([values[attribute], partition, account, region, {}]);
  });

  it('ends as the tagging API spells it', () => {
    const arn = `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:/aws/rds`;
    expect(place('aws_cloudwatch_log_group', { arn: `${arn}:*` }).id).toBe(arn);
  });

  it('an Auto Scaling group has its name and what goes to its instances', () => {
    const arn = `arn:aws:autoscaling:eu-central-1:${ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/api`;
    const tag = [
      { key: 'environment', value: 'production', propagate_at_launch: true },
      { key: 'owner', value: 'x', propagate_at_launch: false },
    ];
    expect(place('aws_autoscaling_group', { arn, name: 'api', tag }).detail).toEqual({
      name: 'api',
      propagated: '["environment"]',
    });
  });
});

describe('an account that the ARN leaves out', () => {
  const bucket = { arn: 'arn:aws:s3:::ledger', id: 'ledger', region: 'eu-central-1' };

  it('comes from the identity, the owner, or the objects beside it', () => {
    expect(flat(place('aws_s3_bucket', bucket, { identity: { account_id: ACCOUNT, region: 'eu-central-1' } }))).toEqual([
      'arn:aws:s3:::ledger',
      'aws',
      ACCOUNT,
      'eu-central-1',
      {},
    ]);
    expect(place('aws_s3_bucket', bucket, { account: ACCOUNT }).target.account).toBe(ACCOUNT);
    const image = { arn: 'arn:aws:ec2:eu-central-1::image/ami-1', owner_id: ACCOUNT };
    expect(flat(place('aws_ami', image))).toEqual([image.arn, 'aws', ACCOUNT, 'eu-central-1', {}]);
  });

  it('is empty and called a guess where nothing tells it', () => {
    expect(flat(place('aws_s3_bucket', bucket))).toEqual([
      'arn:aws:s3:::ledger',
      'aws',
      '',
      'eu-central-1',
      { account: 'guessed' },
    ]);
    expect(place('aws_route53_zone', { arn: 'arn:aws:route53:::hostedzone/Z1' }).target).toMatchObject({
      account: '',
      region: 'us-east-1',
    });
    const api = place('aws_api_gateway_rest_api', { arn: 'arn:aws:apigateway:eu-west-1::/restapis/a' });
    expect(api.target).toMatchObject({ account: '', region: 'eu-west-1' });
    expect(place('aws_s3_bucket', bucket, { account: 'not an account' }).target.account).toBe('');
  });

  it.each<[string, Record<string, unknown>, PlaceHints, string]>([
    ['its own region first', { ...bucket, bucket_region: 'eu-west-1' }, {}, 'eu-west-1'],
    ['its host', { ...bucket, region: null, bucket_regional_domain_name: 'ledger.s3.eu-west-2.amazonaws.com' }, {}, 'eu-west-2'],
    [
      'its host in China',
      { ...bucket, region: null, bucket_regional_domain_name: 'a.s3.cn-north-1.amazonaws.com.cn' },
      {},
      'cn-north-1',
    ],
    ['the objects beside it', { arn: bucket.arn }, { region: 'eu-west-3' }, 'eu-west-3'],
  ])('the region of a bucket: %s', (_, values, hints, region) => {
    expect(place('aws_s3_bucket', values, hints).target.region).toBe(region);
  });
});

describe('an ARN that is put together', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['aws_nat_gateway', { id: 'nat-1' }, 'ec2:eu-central-1:123456789012:natgateway/nat-1'],
    ['aws_vpc_peering_connection', { id: 'pcx-1' }, 'ec2:eu-central-1:123456789012:vpc-peering-connection/pcx-1'],
    [
      'aws_ec2_transit_gateway_connect',
      { id: 'tgw-attach-1' },
      'ec2:eu-central-1:123456789012:transit-gateway-attachment/tgw-attach-1',
    ],
    ['aws_directory_service_directory', { id: 'd-1' }, 'ds:eu-central-1:123456789012:directory/d-1'],
    [
      'aws_directory_service_region',
      { id: 'd-1,eu-west-1', directory_id: 'd-1', region_name: 'eu-west-1' },
      'ds:eu-west-1:123456789012:directory/d-1',
    ],
    ['aws_workspaces_workspace', { id: 'ws-1' }, 'workspaces:eu-central-1:123456789012:workspace/ws-1'],
    ['aws_ssm_maintenance_window', { id: 'mw-1' }, 'ssm:eu-central-1:123456789012:maintenancewindow/mw-1'],
    ['aws_fis_experiment_template', { id: 'EXT1' }, 'fis:eu-central-1:123456789012:experiment-template/EXT1'],
    ['aws_cloudhsm_v2_cluster', { id: 'cluster-1' }, 'cloudhsm:eu-central-1:123456789012:cluster/cluster-1'],
  ])('%s', (type, values, rest) => {
    const found = place(type, { region: 'eu-central-1', ...values }, { account: ACCOUNT });
    expect(found.id).toBe(`arn:aws:${rest}`);
    expect(found.target.account).toBe(ACCOUNT);
  });

  it('has a hole for an account that nothing tells', () => {
    expect(flat(place('aws_nat_gateway', { id: 'nat-1', region: 'cn-north-1' }))).toEqual([
      'arn:aws-cn:ec2:cn-north-1::natgateway/nat-1',
      'aws-cn',
      '',
      'cn-north-1',
      { account: 'guessed', hole: 'account' },
    ]);
  });

  it('takes the region from a zone or the objects beside it', () => {
    expect(place('aws_nat_gateway', { id: 'nat-1', availability_zone: 'us-west-2-lax-1a' }).target.region).toBe('us-west-2');
    expect(place('aws_nat_gateway', { id: 'nat-1', availability_zone: 'eu-central-1b' }).target.region).toBe('eu-central-1');
    expect(place('aws_nat_gateway', { id: 'nat-1' }, { region: 'eu-north-1' }).target.region).toBe('eu-north-1');
  });
});

describe('a place that cannot be told', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['aws_ec2_tag', { id: 'rtb-1,team' }, '`aws_ec2_tag` has no ARN in its values'],
    ['aws_nat_gateway', { id: 'nat-1' }, 'nothing in its values tells the region of `nat-1`'],
    ['aws_nat_gateway', { region: 'eu-central-1' }, '`aws_nat_gateway` has neither an ARN nor `id` in its values'],
    ['aws_s3_bucket', { arn: 'arn:aws:s3:::b' }, 'nothing in its values tells the region of `arn:aws:s3:::b`'],
    [
      'aws_iam_policy',
      { arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      '`arn:aws:iam::aws:policy/ReadOnlyAccess` belongs to AWS itself, not to an account',
    ],
    [
      'aws_iam_role',
      { arn: `arn:aws-moon:iam::${ACCOUNT}:role/r` },
      `nothing in its values tells the region of \`arn:aws-moon:iam::${ACCOUNT}:role/r\``,
    ],
    [
      'aws_s3_object',
      { arn: 'arn:aws:s3:::b/k', region: 'eu-central-1' },
      'tags of single S3 objects are not scanned, those of their bucket are',
    ],
    ['aws_db_instance', { arn: 'arn:aws:rds' }, '`aws_db_instance` has no ARN in its values'],
  ])('%s %o', (type, values, why) => {
    expect(located(type, values as ObjectValue, null)).toBe(why);
  });
});

/** `values` and `identity` of every managed object of a state as `show -json` prints it. */
interface Stated {
  readonly type: string;
  readonly values: Record<string, unknown>;
  readonly identity?: ObjectValue;
}

function objectsOf(module: { resources?: (Stated & { mode: string })[]; child_modules?: unknown[] } | undefined): Stated[] {
  const own = (module?.resources ?? []).filter(({ mode, type }) => mode === 'managed' && type.startsWith('aws_'));
  return [...own, ...(module?.child_modules ?? []).flatMap((child) => objectsOf(child as never))];
}

const tagged = ({ type, values }: Stated) => 'tags_all' in values || type === 'aws_autoscaling_group';

function checkStates(stated: readonly Stated[]): Set<string> {
  const types = new Set<string>();
  for (const { type, values, identity } of stated.filter(tagged)) {
    const found = place(type, values, { identity: identity ?? null });
    types.add(type);
    const home = type.startsWith('aws_iam_') ? 'us-east-1' : 'eu-central-1';
    expect(found.target).toMatchObject({ partition: 'aws', region: values.region ?? home });
    // Recordings of the provider before 6 have no identity, and a bucket tells its account by nothing else.
    expect([ACCOUNT, '']).toContain(found.target.account);
    if (found.target.account === '') expect(type).toBe('aws_s3_bucket');
    expect(found.id).toBe(String(values.arn ?? values.id).replace(/:\*$/, ''));
  }
  return types;
}

describe('recorded states', () => {
  it('tell the place of everything with tags (plans of the project)', () => {
    const folder = join(root, 'fixtures', 'recorded', 'aws');
    const plans = readdirSync(folder).map((story) => JSON.parse(readFileSync(join(folder, story, 'plan.json'), 'utf8')));
    const types = checkStates(plans.flatMap((plan) => objectsOf(plan.prior_state?.values?.root_module)));
    expect(types.size).toBeGreaterThan(12);
  });

  it.skipIf(noRecordings)('tell the place of everything with tags (shared recordings)', () => {
    const folder = join(SHARED, 'recorded', 'aws');
    const files = readdirSync(folder).map((story) => join(folder, story, 'state.json'));
    const states = files.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')));
    const types = checkStates(states.flatMap((state) => objectsOf(state.values?.root_module)));
    expect(types.size).toBeGreaterThan(20);
  });
});

const facts = join(SHARED, 'facts');

function rows(file: string): Record<string, string>[] {
  const [head = '', ...lines] = readFileSync(join(facts, file), 'utf8').trimEnd().split('\n');
  const names = head.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, index) => [names[index] ?? '', cell])));
}

describe.skipIf(!existsSync(facts) && process.env.INLANE_E2E !== 'required')('every type with tags', () => {
  it('has its ARN where the table says, or one that is put together, or a reason', () => {
    const schema = new Map(rows('computed.tsv').map((row) => [row.type, row]));
    const types = rows('aws6.tsv').filter(({ mode, tag_attrs }) => mode === 'resource' && /\btags_all:/.test(tag_attrs ?? ''));
    expect(types.length).toBeGreaterThan(790);
    const attributes = (type: string) => {
      const row = schema.get(type);
      return `${row?.computed_only},${row?.optional_computed}`.split(/[, ]/);
    };
    // The id of these is their ARN (provider documentation, attribute `id`).
    const byId = new Set(['aws_cloudformation_stack', 'aws_serverlessapplicationrepository_cloudformation_stack']);
    const untold = types.flatMap(({ type = '' }) => {
      const names = attributes(type);
      const attribute = ARN_ATTRIBUTES.get(type);
      if (attribute !== undefined) return names.includes(attribute) ? [] : [`${type}: no ${attribute}`];
      return names.includes('arn') || BUILT_ARNS.has(type) || OUT_OF_REACH.has(type) || byId.has(type) ? [] : [type];
    });
    expect(untold).toEqual([]);
    const superfluous = [...BUILT_ARNS.keys()].filter((type) => attributes(type).includes('arn'));
    expect(superfluous).toEqual([]);
  });
});

it('belongs to the provider', () => {
  expect(aws.cloud).toBe('aws');
  expect(aws.located).toBe(located);
});
