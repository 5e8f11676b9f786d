import { describe, expect, test } from 'vitest';
import { formatPath, parsePattern } from '../../src/logic/path.ts';
import { pathText, providerSource, stripKeys } from '../../src/plan/address.ts';
import type { ResourceChange } from '../../src/plan/model.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { Sensitive, UNKNOWN } from '../../src/plan/value.ts';

type Raw = Record<string, unknown>;

const CHANGE = {
  actions: ['update'],
  before: { a: 1 },
  after: { a: 2 },
  after_unknown: {},
  before_sensitive: {},
  after_sensitive: {},
};
const row = (change: Raw | null = {}, more: Raw = {}): Raw => ({
  address: 'aws_x.y',
  mode: 'managed',
  type: 'aws_x',
  name: 'y',
  provider_name: 'registry.terraform.io/hashicorp/aws',
  change: change === null ? undefined : { ...CHANGE, ...change },
  ...more,
});

function read(sections: Raw): ResourceChange[] {
  return [
    ...parsePlan(
      Buffer.from(JSON.stringify({ format_version: '1.2', terraform_version: '1.9.0', planned_values: {}, ...sections })),
      'p',
    ).rows(),
  ];
}
function one(raw: unknown): ResourceChange {
  const rows = read({ resource_changes: [raw] });
  expect(rows).toHaveLength(1);
  return rows[0] as ResourceChange;
}

describe('faults', () => {
  const gone = { before: { a: 1 }, after: null };
  const born = { before: null, after: { a: 1 } };
  test.each<[string, unknown, RegExp | null]>([
    ['update', row(), null],
    ['create', row({ actions: ['create'], ...born }), null],
    ['create, after unknown as a whole', row({ actions: ['create'], before: null, after: undefined, after_unknown: true }), null],
    [
      'create of 0.12 without after',
      row({ actions: ['create'], before: null, after: undefined, after_unknown: { id: true } }),
      null,
    ],
    ['delete', row({ actions: ['delete'], ...gone }), null],
    ['delete without an after key', row({ actions: ['delete'], before: {}, after: undefined }), null],
    ['forget', row({ actions: ['forget'], ...gone }), null],
    ['replace', row({ actions: ['delete', 'create'] }), null],
    ['replace, created first', row({ actions: ['create', 'delete'] }), null],
    ['create, forget', row({ actions: ['create', 'forget'] }), null],
    ['forget, create', row({ actions: ['forget', 'create'] }), null],
    ['no-op', row({ actions: ['no-op'] }), null],
    ['no-op of a vanished object', row({ actions: ['no-op'], before: null, after: null }), null],
    ['read', row({ actions: ['read'], ...born }, { mode: 'data' }), null],
    ['open', row({ actions: ['open'], before: null, after: null }, { mode: 'ephemeral' }), null],
    ['no change', row(null), /no `change`/],
    ['change is a list', row({}, { change: [] }), /no `change`/],
    ['no actions', row({ actions: undefined }), /`actions` is no list/],
    ['empty actions', row({ actions: [] }), /`actions` is empty/],
    ['actions as text', row({ actions: 'update' }), /`actions` is no list/],
    ['unknown action', row({ actions: ['frobnicate'] }), /unknown actions `frobnicate`/],
    ['unknown combination', row({ actions: ['update', 'delete'] }), /unknown actions `update, delete`/],
    ['the same twice', row({ actions: ['delete', 'delete'] }), /unknown actions/],
    ['no-op and delete', row({ actions: ['no-op', 'delete'] }), /unknown actions/],
    ['an action that is no text', row({ actions: ['update', 7] }), /unknown actions/],
    ['read of a managed resource', row({ actions: ['read'], ...born }), /no data source/],
    ['open of a managed resource', row({ actions: ['open'] }), /not ephemeral/],
    ['trimmed', row({ after_unknown: undefined }), /without `after_unknown`/],
    ['trimmed to null', row({ after_unknown: null }), /without `after_unknown`/],
    ['create with a before side', row({ actions: ['create'] }), /with a `before` side/],
    ['create without after', row({ actions: ['create'], before: null, after: null }), /without a `after` side/],
    ['delete with an after side', row({ actions: ['delete'] }), /with a `after` side/],
    ['delete without before', row({ actions: ['delete'], before: null, after: null }), /without a `before` side/],
    ['update without before', row({ before: undefined }), /without a `before` side/],
    ['replace without before', row({ actions: ['delete', 'create'], before: null }), /without a `before` side/],
    ['no-op with one side', row({ actions: ['no-op'], before: null }), /one side only/],
    ['before is a list', row({ before: [1] }), /`before` is no object/],
    ['after is text', row({ after: 'x' }), /`after` is no object/],
    ['no address', row({}, { address: undefined }), /no `address`/],
    ['no type', row({}, { type: '' }), /no `type`/],
    ['no name', row({}, { name: 1 }), /no `name`/],
    ['no mode', row({}, { mode: undefined }), /no `mode`/],
    ['unknown mode', row({}, { mode: 'managed\u001b[0m' }), /unknown mode `managed\\u\{1b\}/],
    ['index is a list', row({}, { index: [] }), /`index`/],
    ['deposed is a number', row({}, { deposed: 7 }), /`deposed`/],
    ['replace_paths is text', row({ replace_paths: ['a'] }), /`replace_paths`/],
    ['text', 'aws_x.y', /no object/],
    ['null', null, /no object/],
    ['list', [], /no object/],
  ])('%s', (_, raw, fault) => {
    const { faults } = one(raw);
    if (fault === null) expect(faults).toEqual([]);
    else expect(faults.join('\n')).toMatch(fault);
  });

  test('rows in = rows out, whatever they are', () => {
    const rows = read({ resource_changes: [row(), null, 7, {}, row({}, { address: 'aws_x.z', name: 'z' })] });
    expect(rows.map((r) => r.address)).toEqual([
      'aws_x.y',
      'resource_changes[1]',
      'resource_changes[2]',
      'resource_changes[3]',
      'aws_x.z',
    ]);
    expect(rows.map((r) => r.index)).toEqual([0, 1, 2, 3, 4]);
    expect(rows.map((r) => r.faults.length > 0)).toEqual([false, true, true, true, false]);
  });

  test('an address twice is a fault of the second; a deposed object may repeat it', () => {
    const gone = { actions: ['delete'], before: {}, after: null };
    const rows = read({
      resource_changes: [row(), row(gone, { deposed: 'abcd1234' }), row(gone, { deposed: 'abcd1234' }), row()],
    });
    expect(rows.map((r) => r.faults)).toEqual([
      [],
      [],
      ['a second row of the same address'],
      ['a second row of the same address'],
    ]);
  });
});

describe('fields', () => {
  test('as the plan spells them', () => {
    const change = one(
      row(
        {
          actions: ['delete', 'create'],
          replace_paths: [['engine'], ['tags', 'a.b'], ['list', 0, 'x'], ['set', { k: 'v' }, 'y']],
          importing: { id: 'i-1' },
        },
        {
          address: 'module.m["k"].aws_x.y[0]',
          module_address: 'module.m["k"]',
          previous_address: 'aws_x.old',
          index: 0,
          action_reason: 'replace_because_cannot_update',
          deposed: '',
        },
      ),
    );
    expect(change).toMatchObject({
      address: 'module.m["k"].aws_x.y[0]',
      moduleAddress: 'module.m["k"]',
      previousAddress: 'aws_x.old',
      mode: 'managed',
      type: 'aws_x',
      name: 'y',
      key: 0,
      provider: 'hashicorp/aws',
      deposed: null,
      actions: ['delete', 'create'],
      reason: 'replace_because_cannot_update',
      replacePaths: ['engine', 'tags["a.b"]', 'list.0.x', 'set.*'],
      importing: { id: 'i-1', unknown: false },
      deferred: null,
      trigger: null,
      faults: [],
    });
  });

  test.each<[unknown, string | number | null]>([
    [undefined, null],
    [null, null],
    ['', ''],
    [0, 0],
    ['a.b["c"]', 'a.b["c"]'],
  ])('index %j', (index, key) => {
    expect(one(row({}, { index })).key).toBe(key);
  });

  test('importing in its forms', () => {
    expect(one(row({ importing: {} })).importing).toEqual({ id: null, unknown: false });
    expect(one(row({ importing: { unknown: true } })).importing).toEqual({ id: null, unknown: true });
    expect(one(row({ importing: { identity: { name: 'x' } } })).importing).toEqual({ id: null, unknown: false });
    expect(one(row()).importing).toBeNull();
  });

  test('deposed true of 0.12', () => {
    expect(one(row({ actions: ['delete'], after: null }, { deposed: true }))).toMatchObject({ deposed: 'true', faults: [] });
  });

  test('replace_paths end where a secret begins', () => {
    const change = one(
      row({
        before: { env: { KEY: 's' } },
        after: { env: { KEY: 't' } },
        before_sensitive: { env: true },
        after_sensitive: {},
        replace_paths: [['env', 'KEY']],
      }),
    );
    expect(change.replacePaths).toEqual(['env']);
  });

  test('rows can be read again and again', () => {
    const plan = parsePlan(
      Buffer.from(JSON.stringify({ format_version: '1.2', resource_changes: [row(), row({}, { address: 'aws_x.z' })] })),
      'p',
    );
    const rows = plan.rows();
    expect([...rows].map((r) => r.address)).toEqual([...rows].map((r) => r.address));
    expect([...rows]).toHaveLength(2);
    expect([...plan.rows()].flatMap((r) => r.faults)).toEqual([]);
  });

  test('no rows where the section is absent, null or empty', () => {
    for (const resource_changes of [undefined, null, []]) expect(read({ resource_changes })).toEqual([]);
  });
});

test('deferred changes and actions are rows, in the order of report.md', () => {
  const invocation = {
    address: 'module.m["a"].action.aws_lambda_invoke.notify[0]',
    type: 'aws_lambda_invoke',
    name: 'notify',
    config_values: { function_name: 'f', payload: 's3cret', later: null, half: { a: 1 } },
    config_sensitive: {},
    config_unknown: { half: { b: true }, wait: true },
    provider_name: 'registry.terraform.io/hashicorp/aws',
    lifecycle_action_trigger: {
      triggering_resource_address: 'aws_x.y',
      action_trigger_event: 'BeforeCreate',
      on_failure: 'ActionOnFailureHalt',
    },
  };
  const rows = read({
    deferred_action_invocations: [
      {
        reason: 'deferred_prereq',
        action_invocation: { ...invocation, lifecycle_action_trigger: undefined, invoke_action_trigger: {} },
      },
    ],
    action_invocations: [
      invocation,
      {
        ...invocation,
        lifecycle_action_trigger: { ...invocation.lifecycle_action_trigger, action_trigger_event: 'AfterUpdate' },
      },
    ],
    deferred_changes: [
      {
        reason: 'instance_count_unknown',
        resource_change: row({ actions: ['create'], before: null }, { address: 'aws_x.y[*]', index_unknown: true }),
      },
      { reason: 7 },
    ],
    resource_changes: [row()],
  });
  expect(rows.map((r) => [r.index, r.address, r.mode, r.deferred])).toEqual([
    [0, 'aws_x.y', 'managed', null],
    [1, 'aws_x.y[*]', 'managed', 'instance_count_unknown'],
    [2, 'deferred_changes[1]', 'managed', 'unknown'],
    [3, 'module.m["a"].action.aws_lambda_invoke.notify[0]', 'action', null],
    [4, 'module.m["a"].action.aws_lambda_invoke.notify[0]', 'action', null],
    [5, 'module.m["a"].action.aws_lambda_invoke.notify[0]', 'action', 'deferred_prereq'],
  ]);
  const action = rows[3] as ResourceChange;
  expect(action).toMatchObject({
    actions: [],
    faults: [],
    moduleAddress: 'module.m["a"]',
    key: 0,
    before: null,
    trigger: { kind: 'lifecycle', triggeredBy: 'aws_x.y', event: 'BeforeCreate' },
  });
  const after = action.after as Record<string, unknown>;
  expect(after.function_name).toBeInstanceOf(Sensitive);
  expect(after.payload).toBeInstanceOf(Sensitive);
  expect(after.later).toBeNull();
  expect(after.half).toBe(UNKNOWN);
  expect(after.wait).toBe(UNKNOWN);
  expect(rows[5]?.trigger).toEqual({ kind: 'invoke', triggeredBy: null, event: null });
  expect(rows[1]?.faults).toEqual([]);
  expect(rows[2]?.faults).toEqual(['the row is no object']);
});

test.each([
  ['registry.terraform.io/hashicorp/aws', 'hashicorp/aws'],
  ['registry.opentofu.org/hashicorp/google-beta', 'hashicorp/google-beta'],
  ['registry.terraform.io/-/aws', 'hashicorp/aws'],
  ['aws', 'hashicorp/aws'],
  ['aws.east', 'hashicorp/aws'],
  ['aws.east.west', 'hashicorp/aws.east.west'],
  ['.aws', 'hashicorp/.aws'],
  ['acme/aws.east', 'acme/aws.east'],
  ['hashicorp/aws', 'hashicorp/aws'],
  ['terraform.io/builtin/terraform', 'builtin/terraform'],
  ['terraform', 'builtin/terraform'],
  ['corp.example/hashicorp/aws', 'corp.example/hashicorp/aws'],
  ['registry.terraform.io.evil.example/hashicorp/aws', 'registry.terraform.io.evil.example/hashicorp/aws'],
  ['', ''],
])('provider %s is %s', (text, source) => {
  expect(providerSource(text)).toBe(source);
});

test.each([
  ['module.a["k.b[\\"x\\"]"].module.b[0]', 'module.a.module.b'],
  ['module.x[*]', 'module.x'],
  ['aws_x.y["]."]', 'aws_x.y'],
  ['aws_x.y["unclosed', 'aws_x.y'],
  ['', ''],
])('%s without keys is %s', (text, stripped) => {
  expect(stripKeys(text)).toBe(stripped);
});

test.each([[['a', 'b.c', '0']], [['*', '']], [['a"b']], [['a[0]']], [[]]])('paths are spelled as in logic: %j', (steps) => {
  expect(pathText(steps)).toBe(formatPath(steps));
  if (steps.length > 0) expect(parsePattern(pathText(steps)).steps).toEqual(steps);
});
