import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parsePlan } from '../../src/plan/read.ts';
import { isSecretName } from '../../src/plan/secret-names.ts';
import { Sensitive, type Value } from '../../src/plan/value.ts';

const SECRET = 'hunter2';
type Raw = Record<string, unknown>;

function plan(sections: Raw) {
  return parsePlan(
    Buffer.from(JSON.stringify({ format_version: '1.2', terraform_version: '1.9.0', planned_values: {}, ...sections })),
    'p',
  );
}

/** Everything that a careless log line could show of a plan. */
function everything(sections: Raw): string {
  const file = plan(sections);
  const all = { file, rows: [...file.rows()] };
  const look = { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null } as const;
  return [
    inspect(all, look),
    inspect(file.configuration.blocks, look),
    JSON.stringify(all),
    JSON.stringify([...file.variables]),
    JSON.stringify([...file.configuration.blocks].map(([k, b]) => [k, [...b.expressions], [...(b.provider?.expressions ?? [])]])),
    ...all.rows.flatMap((r) => [String(r.faults), String(r.replacePaths)]),
  ].join('\n');
}

const change = (more: Raw): Raw => ({
  actions: ['update'],
  before: {},
  after: {},
  after_unknown: {},
  before_sensitive: {},
  after_sensitive: {},
  ...more,
});
const row = (c: Raw, more: Raw = {}): Raw => ({
  address: 'aws_x.y',
  mode: 'managed',
  type: 'aws_x',
  name: 'y',
  provider_name: 'aws',
  change: change(c),
  ...more,
});
const configuration = (more: Raw): Raw => ({ configuration: { root_module: {}, ...more } });

describe('a planted secret never comes through the door', () => {
  test.each<[string, Raw]>([
    ['planned_values', { planned_values: { outputs: { x: { value: SECRET } } } }],
    ['before', { resource_changes: [row({ before: { pw: SECRET }, before_sensitive: { pw: true } })] }],
    [
      'after, in a map with secret keys',
      { resource_changes: [row({ after: { m: { [SECRET]: SECRET } }, after_sensitive: { m: true } })] },
    ],
    ['after, in a list', { resource_changes: [row({ after: { l: ['a', SECRET] }, after_sensitive: { l: [false, true] } })] }],
    ['mask that does not fit', { resource_changes: [row({ after: { l: [SECRET] }, after_sensitive: { l: { x: true } } })] }],
    ['mask true for the whole side', { resource_changes: [row({ before: { a: SECRET }, before_sensitive: true })] }],
    ['mask that is text', { resource_changes: [row({ before: { a: SECRET }, before_sensitive: 'yes' })] }],
    ['side that is no object', { resource_changes: [row({ before: SECRET, after: [SECRET] })] }],
    [
      'replace_paths',
      {
        resource_changes: [
          row({
            before: { m: { [SECRET]: 1 } },
            before_sensitive: { m: true },
            replace_paths: [
              ['m', SECRET],
              ['s', { v: SECRET }],
            ],
          }),
        ],
      },
    ],
    [
      'generated_config and identity',
      { resource_changes: [row({ generated_config: SECRET, before_identity: { x: SECRET }, after_identity: { x: SECRET } })] },
    ],
    ['drift', { resource_drift: [row({ after: { pw: SECRET }, after_sensitive: { pw: true } })] }],
    [
      'deferred',
      { deferred_changes: [{ reason: 'x', resource_change: row({ after: { pw: SECRET }, after_sensitive: { pw: true } }) }] },
    ],
    [
      'action',
      {
        action_invocations: [
          {
            address: 'action.a.b',
            type: 'a',
            name: 'b',
            config_values: { x: SECRET, y: [{ z: SECRET }] },
            config_unknown: {},
            config_sensitive: {},
          },
        ],
      },
    ],
    ['outputs', { output_changes: { x: { actions: ['create'], before: null, after: SECRET, after_unknown: false } } }],
    [
      'check messages',
      {
        checks: [
          { address: { kind: 'check', to_display: 'check.a' }, status: 'fail', instances: [{ problems: [{ message: SECRET }] }] },
        ],
      },
    ],
    [
      'sensitive variable',
      { variables: { v: { value: SECRET } }, ...configuration({ root_module: { variables: { v: { sensitive: true } } } }) },
    ],
    [
      'ephemeral variable',
      {
        variables: { v: { value: [SECRET] } },
        ...configuration({ root_module: { variables: { v: { ephemeral: true, default: SECRET } } } }),
      },
    ],
    ['undeclared variable', { variables: { v: { value: SECRET } }, ...configuration({}) }],
    ['variable without configuration', { variables: { v: { value: { deep: SECRET } } } }],
    [
      'variable of that name',
      { variables: { db_password: { value: SECRET } }, ...configuration({ root_module: { variables: { db_password: {} } } }) },
    ],
    [
      'variable with such a member',
      { variables: { db: { value: { password: SECRET } } }, ...configuration({ root_module: { variables: { db: {} } } }) },
    ],
    ['terraform_data.store', { resource_changes: [row({ before: { store: { output: SECRET } } }, { type: 'terraform_data' })] }],
    [
      'prior state',
      {
        prior_state: {
          values: {
            root_module: {
              resources: [
                {
                  address: 'aws_x.y',
                  mode: 'managed',
                  type: 'aws_x',
                  name: 'y',
                  values: { pw: SECRET },
                  sensitive_values: { pw: true },
                },
              ],
            },
          },
        },
      },
    ],
    [
      'prior state with an odd mask',
      {
        prior_state: {
          values: { root_module: { resources: [{ address: 'a.b', values: { pw: SECRET }, sensitive_values: [true] }] } },
        },
      },
    ],
    [
      'prior state without masks',
      { prior_state: { values: { root_module: { resources: [{ address: 'a.b', values: { data: { x: SECRET } } }] } } } },
    ],
    [
      'prior state of terraform_data',
      {
        prior_state: {
          values: {
            root_module: {
              resources: [
                { address: 'a.b', type: 'terraform_data', values: { store: { output: SECRET } }, sensitive_values: {} },
              ],
            },
          },
        },
      },
    ],
    ['prior outputs', { prior_state: { values: { outputs: { x: { value: SECRET } }, root_module: {} } } }],
    [
      'resource constants, provisioners, defaults, outputs, module inputs',
      configuration({
        root_module: {
          resources: [
            {
              address: 'a.b',
              mode: 'managed',
              type: 'a',
              name: 'b',
              expressions: {
                pw: { constant_value: SECRET },
                block: [{ x: { constant_value: SECRET } }],
                single: { y: { constant_value: SECRET } },
              },
              provisioners: [{ type: 'local-exec', expressions: { command: { constant_value: SECRET } } }],
            },
          ],
          variables: { v: { default: SECRET } },
          outputs: { o: { expression: { constant_value: SECRET } } },
          module_calls: { m: { source: './m', expressions: { pw: { constant_value: SECRET } }, module: {} } },
        },
      }),
    ],
    [
      'provider constants',
      configuration({
        root_module: { resources: [{ address: 'a.b', mode: 'managed', type: 'a', name: 'b', provider_config_key: 'a' }] },
        provider_config: {
          a: {
            name: 'a',
            expressions: {
              password: { constant_value: SECRET },
              access_key: { constant_value: SECRET },
              assume_role: [
                { external_id: { constant_value: SECRET }, role_arn: { constant_value: 'arn:aws:iam::123456789012:role/x' } },
              ],
              default_tags: [{ tags: { constant_value: { password: SECRET } } }],
              region: { constant_value: `https://user:${SECRET}@example.com` },
            },
          },
        },
      }),
    ],
    [
      'provider constants by variable',
      {
        variables: { pw: { value: SECRET }, r: { value: SECRET } },
        ...configuration({
          root_module: {
            variables: { pw: { sensitive: true }, r: { sensitive: true } },
            resources: [{ address: 'a.b', mode: 'managed', type: 'a', name: 'b', provider_config_key: 'a' }],
          },
          provider_config: {
            a: { name: 'a', expressions: { password: { references: ['var.pw'] }, region: { references: ['var.r'] } } },
          },
        }),
      },
    ],
  ])('%s', (_, sections) => {
    expect(JSON.stringify(sections)).toContain(SECRET);
    expect(everything(sections)).not.toContain(SECRET);
  });

  test('but the value can still be compared and searched', () => {
    const [r] = [
      ...plan({
        resource_changes: [
          row({ before: { pw: 'a' }, after: { pw: 'a' }, before_sensitive: { pw: true }, after_sensitive: { pw: true } }),
        ],
      }).rows(),
    ];
    const before = r?.before?.pw as Sensitive;
    expect(before).toBeInstanceOf(Sensitive);
    const after = r?.after as Record<string, Value> | undefined;
    expect(after?.pw).toBeInstanceOf(Sensitive);
    expect((after?.pw as Sensitive | undefined)?.digest).toBe(before.digest);
  });
});

describe('plans without masks', () => {
  const old = (values: Raw, version = '0.13.7') => {
    const file = plan({
      format_version: '0.1',
      terraform_version: version,
      resource_changes: [{ ...row({}), change: { actions: ['update'], before: values, after: values, after_unknown: {} } }],
    });
    return { file, row: [...file.rows()][0] };
  };
  test('secret names are masked and a diagnostic says so', () => {
    const { file, row: r } = old({
      master_password: SECRET,
      name: 'db',
      env: [{ name: 'API_TOKEN', value: SECRET }],
      nested: { client_secret: [SECRET] },
      connection_string: null,
    });
    expect(inspect(r, { depth: Infinity })).not.toContain(SECRET);
    expect(r?.before?.name).toBe('db');
    expect(r?.before?.connection_string).toBeNull();
    expect(r?.faults).toEqual([]);
    expect(file.diagnostics.map((d) => d.code)).toEqual(['plan-without-masks']);
  });
  test('0.15.1 has masks, but not those of the schema; 0.15.2 has both', () => {
    const masked = (version: string) => {
      const file = plan({
        format_version: '0.1',
        terraform_version: version,
        resource_changes: [row({ before: { password: 'p', marked: 'm' }, before_sensitive: { marked: true } })],
      });
      const r = [...file.rows()][0];
      return [r?.before?.password instanceof Sensitive, r?.before?.marked instanceof Sensitive, file.diagnostics.length];
    };
    expect(masked('0.15.1')).toEqual([true, true, 1]);
    expect(masked('0.15.2')).toEqual([false, true, 0]);
  });
  test('prior state takes the mask of its row, or keeps what is harmless', () => {
    const resources = (address: string) => [
      { address, mode: 'managed', type: 'aws_x', name: 'y', values: { pw: SECRET, open: 'o', id: 'i', tags: { a: 'b' } } },
    ];
    const read = (address: string): Record<string, Value> => {
      const file = plan({
        format_version: '0.1',
        terraform_version: '0.15.5',
        resource_changes: [row({ before: { pw: SECRET }, before_sensitive: { pw: true } })],
        prior_state: { values: { root_module: { resources: resources(address) } } },
      });
      return [...file.prior][0]?.values as Record<string, Value>;
    };
    const known = read('aws_x.y');
    expect([known.pw instanceof Sensitive, known.open, known.id]).toEqual([true, 'o', 'i']);
    const stray = read('aws_x.z');
    expect([stray.pw instanceof Sensitive, stray.open instanceof Sensitive, stray.id]).toEqual([true, true, 'i']);
    expect(stray.tags).toEqual({ a: 'b' });
  });
});

test.each([
  ['password', true],
  ['MASTER_PASSWORD', true],
  ['primaryConnectionString', true],
  ['private_key_pem', true],
  ['api-key', true],
  ['auth_token', true],
  ['user_data', true],
  ['name', false],
  ['instance_class', false],
  ['tags', false],
  ['arn', false],
  ['kms_key_id', false],
])('%s is the name of a secret: %s', (name, secret) => {
  expect(isSecretName(name)).toBe(secret);
});
