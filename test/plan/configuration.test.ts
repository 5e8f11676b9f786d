import { describe, expect, test } from 'vitest';
import type { ConfigBlock, ConfigExpression, PlanFile } from '../../src/plan/model.ts';
import { parsePlan } from '../../src/plan/read.ts';

type Raw = Record<string, unknown>;
const refs = (...references: string[]): Raw => ({ references });
const block = (type: string, name: string, more: Raw = {}): Raw => ({
  address: `${type}.${name}`,
  mode: 'managed',
  type,
  name,
  provider_config_key: 'aws',
  ...more,
});

function plan(configuration: Raw, more: Raw = {}): PlanFile {
  return parsePlan(Buffer.from(JSON.stringify({ format_version: '1.2', planned_values: {}, configuration, ...more })), 'p');
}
function blockOf(file: PlanFile, address: string): ConfigBlock {
  const found = file.configuration.blocks.get(address);
  if (found === undefined) throw new Error(`no ${address} among ${[...file.configuration.blocks.keys()].join()}`);
  return found;
}
const targets = (b: ConfigBlock, name: string) => {
  const expression = b.expressions.get(name) as ConfigExpression;
  return expression.kind === 'references' ? expression.targets.map((t) => `${t.block}|${t.attribute}`) : expression.kind;
};

describe('references', () => {
  const file = plan({
    root_module: {
      resources: [
        block('aws_db_instance', 'main'),
        block('aws_subnet', 'all', { for_each_expression: refs('var.zones') }),
        {
          address: 'data.aws_secretsmanager_secret_version.pw',
          mode: 'data',
          type: 'aws_secretsmanager_secret_version',
          name: 'pw',
        },
        block('aws_route53_record', 'db', {
          expressions: {
            records: refs('aws_db_instance.main.endpoint', 'aws_db_instance.main'),
            whole: refs('aws_db_instance.main'),
            local: refs('local.host'),
            absent: refs('aws_db_instance.other.id', 'aws_db_instance.other'),
            fixed: { constant_value: 'x' },
            computed: {},
            keyed: refs('aws_subnet.all["a.b"].id', 'aws_subnet.all["a.b"]', 'aws_subnet.all'),
            data: refs('data.aws_secretsmanager_secret_version.pw.secret_string', 'data.aws_secretsmanager_secret_version.pw'),
            through: refs('module.db.endpoint', 'module.db'),
            all: refs('module.db'),
            alias: [{ name: refs('aws_db_instance.main.address', 'aws_db_instance.main') }, { name: { constant_value: 'y' } }],
            timeouts: { create: { constant_value: '30m' } },
          },
        }),
        block('aws_x', 'each', {
          for_each_expression: refs('aws_subnet.all'),
          expressions: { subnet: refs('each.value.id', 'each.value') },
        }),
        block('aws_x', 'counted', { count_expression: refs('aws_db_instance.main.id', 'aws_db_instance.main') }),
        block('aws_x', 'waits', { depends_on: ['aws_db_instance.main', 'module.db'] }),
        block('aws_x', 'runs', {
          provisioners: [
            { type: 'local-exec', expressions: { command: refs('aws_db_instance.main.address', 'aws_db_instance.main') } },
            { type: 'file' },
          ],
        }),
      ],
      module_calls: {
        db: {
          expressions: { subnet: refs('aws_subnet.all'), name: { constant_value: 'n' } },
          count_expression: refs('aws_x.counted.id', 'aws_x.counted'),
          depends_on: ['aws_route53_record.db'],
          module: {
            outputs: {
              endpoint: { expression: refs('module.inner.host', 'module.inner') },
              subnet: { expression: refs('var.subnet') },
            },
            resources: [block('aws_rds_cluster', 'c', { expressions: { subnet: refs('var.subnet'), name: refs('var.name') } })],
            module_calls: {
              inner: {
                expressions: { subnet: refs('var.subnet') },
                module: {
                  outputs: { host: { expression: refs('aws_rds_instance.i.endpoint', 'aws_rds_instance.i') } },
                  resources: [block('aws_rds_instance', 'i', { expressions: { subnet: refs('var.subnet') } })],
                },
              },
            },
          },
        },
      },
    },
  });
  const record = blockOf(file, 'aws_route53_record.db');

  test.each<[string, unknown]>([
    ['records', ['aws_db_instance.main|endpoint']],
    ['whole', ['aws_db_instance.main|null']],
    ['local', []],
    ['absent', []],
    ['fixed', 'constant'],
    ['computed', 'opaque'],
    ['keyed', ['aws_subnet.all|id']],
    ['data', ['data.aws_secretsmanager_secret_version.pw|secret_string']],
    ['through', ['module.db.module.inner.aws_rds_instance.i|endpoint']],
    ['all', ['aws_subnet.all|null', 'module.db.module.inner.aws_rds_instance.i|endpoint']],
    ['alias', 'blocks'],
    ['timeouts', 'blocks'],
  ])('%s', (name, expected) => {
    expect(targets(record, name)).toEqual(expected);
  });

  test('through inputs, two modules deep', () => {
    expect(targets(blockOf(file, 'module.db.aws_rds_cluster.c'), 'subnet')).toEqual(['aws_subnet.all|null']);
    expect(targets(blockOf(file, 'module.db.aws_rds_cluster.c'), 'name')).toEqual([]);
    expect(targets(blockOf(file, 'module.db.module.inner.aws_rds_instance.i'), 'subnet')).toEqual(['aws_subnet.all|null']);
    expect(targets(blockOf(file, 'aws_x.each'), 'subnet')).toEqual(['aws_subnet.all|null']);
  });

  test('refersTo holds count, for_each, depends_on, provisioners, nested blocks and what the calls around wait for', () => {
    const refersTo = (address: string) => [...blockOf(file, address).refersTo].sort();
    expect(refersTo('aws_x.counted')).toEqual(['aws_db_instance.main']);
    expect(refersTo('aws_x.each')).toEqual(['aws_subnet.all']);
    expect(refersTo('aws_x.waits')).toEqual([
      'aws_db_instance.main',
      'module.db.aws_rds_cluster.c',
      'module.db.module.inner.aws_rds_instance.i',
    ]);
    expect(refersTo('aws_x.runs')).toEqual(['aws_db_instance.main']);
    expect(refersTo('module.db.module.inner.aws_rds_instance.i')).toEqual([
      'aws_route53_record.db',
      'aws_subnet.all',
      'aws_x.counted',
    ]);
    expect(blockOf(file, 'aws_x.runs').provisioners).toEqual(['local-exec', 'file']);
    expect(blockOf(file, 'aws_x.each').repeated).toBe(true);
    expect(record.repeated).toBe(false);
  });

  test('constants of resource blocks are dropped', () => {
    expect(record.expressions.get('fixed')).toEqual({ kind: 'constant', value: undefined });
  });
});

test('cycles between modules end', () => {
  const call = (input: string): Raw => ({
    expressions: { in: refs(input) },
    module: {
      outputs: { out: { expression: refs('var.in') } },
      resources: [block('aws_x', 'x', { expressions: { a: refs('var.in') } })],
    },
  });
  const file = plan({ root_module: { module_calls: { a: call('module.b.out'), b: call('module.a.out') } } });
  expect(targets(blockOf(file, 'module.a.aws_x.x'), 'a')).toEqual([]);
});

test('a long chain of modules does not use the stack', () => {
  const calls: Raw = {};
  for (let i = 0; i < 5000; i += 1) {
    calls[`m${i}`] = {
      expressions: { in: i === 0 ? refs('aws_x.first') : refs(`module.m${i - 1}.out`) },
      module: { outputs: { out: { expression: refs('var.in') } } },
    };
  }
  const file = plan({
    root_module: {
      resources: [
        block('aws_x', 'first'),
        block('aws_x', 'last', { expressions: { a: refs('module.m4999.out', 'module.m4999') } }),
      ],
      module_calls: calls,
    },
  });
  expect(targets(blockOf(file, 'aws_x.last'), 'a')).toEqual(['aws_x.first|null']);
});

describe('rows and their blocks', () => {
  const row = (address: string, module_address: string | undefined, mode: string, type: string, name: string): Raw => ({
    address,
    module_address,
    mode,
    type,
    name,
    change: { actions: ['no-op'], before: {}, after: {}, after_unknown: {} },
  });
  const file = plan(
    {
      root_module: {
        resources: [
          block('aws_x', 'y', { count_expression: {} }),
          { mode: 'data', type: 'aws_x', name: 'y', address: 'data.aws_x.y' },
          { mode: 'ephemeral', type: 'aws_x', name: 'y', address: 'ephemeral.aws_x.y' },
        ],
        actions: [{ address: 'action.aws_x.y', type: 'aws_x', name: 'y' }],
        module_calls: { a: { module: { module_calls: { b: { module: { resources: [block('aws_x', 'y')] } } } } } },
      },
    },
    {
      resource_changes: [
        row('aws_x.y[0]', undefined, 'managed', 'aws_x', 'y'),
        row('data.aws_x.y', undefined, 'data', 'aws_x', 'y'),
        row('ephemeral.aws_x.y', undefined, 'ephemeral', 'aws_x', 'y'),
        row('module.a["k.["].module.b[0].aws_x.y', 'module.a["k.["].module.b[0]', 'managed', 'aws_x', 'y'),
        row('module.a[*].module.b.aws_x.y[*]', 'module.a[*].module.b', 'managed', 'aws_x', 'y'),
        row('aws_x.gone', undefined, 'managed', 'aws_x', 'gone'),
      ],
      action_invocations: [{ address: 'action.aws_x.y', type: 'aws_x', name: 'y' }],
    },
  );
  test('instance keys are stripped', () => {
    expect([...file.rows()].map((r) => r.block?.address ?? null)).toEqual([
      'aws_x.y',
      'data.aws_x.y',
      'ephemeral.aws_x.y',
      'module.a.module.b.aws_x.y',
      'module.a.module.b.aws_x.y',
      null,
      'action.aws_x.y',
    ]);
  });
});

describe('provider blocks', () => {
  const file = plan(
    {
      provider_config: {
        aws: {
          name: 'aws',
          full_name: 'registry.terraform.io/hashicorp/aws',
          expressions: {
            region: refs('var.region'),
            profile: { constant_value: 'admin' },
            allowed_account_ids: { constant_value: ['111122223333'] },
            default_tags: [{ tags: { constant_value: { team: 'a' } } }, { tags: refs('var.tags') }],
            assume_role: [
              { role_arn: { constant_value: 'arn:aws:iam::111122223333:role/x' }, external_id: { constant_value: 'e' } },
            ],
          },
        },
        'aws.west': {
          name: 'aws',
          alias: 'west',
          expressions: { region: refs('var.region', 'local.x'), project: refs('var.nested.x', 'var.nested') },
        },
        'module.a:aws': { name: 'aws', module_address: 'module.a', expressions: { region: refs('var.region') } },
        azurerm: {
          name: 'azurerm',
          expressions: { features: [{ key_vault: [{ purge_soft_delete_on_destroy: { constant_value: false } }] }] },
        },
      },
      root_module: {
        variables: { region: {}, tags: {}, nested: {} },
        resources: [
          block('aws_x', 'default'),
          block('aws_x', 'west', { provider_config_key: 'aws.west' }),
          block('aws_x', 'none', { provider_config_key: 'google' }),
          block('azurerm_x', 'y', { provider_config_key: 'azurerm' }),
        ],
        module_calls: {
          a: {
            expressions: { region: { constant_value: 'x' } },
            module: {
              resources: [block('aws_x', 'in', { provider_config_key: 'a:aws' })],
              module_calls: { b: { module: { resources: [block('aws_x', 'deep', { provider_config_key: 'b:aws' })] } } },
            },
          },
          c: {
            module: {
              resources: [
                block('aws_x', 'in', { provider_config_key: 'c:aws' }),
                block('aws_x', 'odd', { provider_config_key: 'module.c:aws.other' }),
              ],
            },
          },
        },
      },
    },
    { variables: { region: { value: 'eu-central-1' }, tags: { value: { team: 'b' } }, nested: { value: { x: 'p' } } } },
  );
  const providerOf = (address: string) => blockOf(file, address).provider;

  test('keys fall back through the modules around (before 1.2)', () => {
    expect(providerOf('aws_x.default')?.key).toBe('aws');
    expect(providerOf('aws_x.west')).toMatchObject({ key: 'aws.west', alias: 'west', name: 'aws', source: null });
    expect(providerOf('aws_x.none')).toBeNull();
    expect(providerOf('module.a.aws_x.in')?.key).toBe('module.a:aws');
    expect(providerOf('module.a.module.b.aws_x.deep')?.key).toBe('module.a:aws');
    expect(providerOf('module.c.aws_x.in')?.key).toBe('aws');
    expect(providerOf('module.c.aws_x.odd')).toBeNull();
    expect(file.configuration.providers.map((p) => p.key)).toEqual(['aws', 'aws.west', 'module.a:aws', 'azurerm']);
  });

  test('constants of place and tags are kept, the rest dropped; a root variable alone is its value', () => {
    const aws = providerOf('aws_x.default');
    expect(aws?.source).toBe('hashicorp/aws');
    const get = (name: string) => aws?.expressions.get(name);
    expect(get('region')).toEqual({ kind: 'constant', value: 'eu-central-1' });
    expect(get('profile')).toEqual({ kind: 'constant', value: undefined });
    expect(get('allowed_account_ids')).toEqual({ kind: 'constant', value: ['111122223333'] });
    const tags = get('default_tags');
    expect(tags?.kind === 'blocks' ? tags.blocks.map((b) => ({ ...(b.get('tags') as { value: object }).value })) : null).toEqual([
      { team: 'a' },
      { team: 'b' },
    ]);
    const role = get('assume_role');
    expect(role?.kind === 'blocks' ? [...(role.blocks[0] ?? [])] : null).toEqual([
      ['role_arn', { kind: 'constant', value: 'arn:aws:iam::111122223333:role/x' }],
      ['external_id', { kind: 'constant', value: undefined }],
    ]);
  });

  test('several references, an attribute of a variable, and variables of a module stay references', () => {
    expect(providerOf('aws_x.west')?.expressions.get('region')?.kind).toBe('references');
    expect(providerOf('aws_x.west')?.expressions.get('project')?.kind).toBe('references');
    expect(providerOf('module.a.aws_x.in')?.expressions.get('region')?.kind).toBe('references');
  });
});

test('a plan without configuration says so', () => {
  const file = parsePlan(Buffer.from('{"format_version":"1.2","planned_values":{}}'), 'p');
  expect(file.configuration).toMatchObject({ present: false, providers: [] });
});
