import { expect, test } from 'vitest';
import { CARRIER_NAMES } from '../../providers/provider.ts';
import schema from '../../src/lanes/schema.json' with { type: 'json' };
import { formatPath, literalSteps } from '../../src/logic/path.ts';
import { EXAMPLE, EXAMPLE_SHOP, loadFiles } from './folder.ts';

const { ruleset, diagnostics } = await loadFiles({ 'inlane.yaml': EXAMPLE, 'shop/inlane.yaml': EXAMPLE_SHOP }, 'shop/api');

/** 1-based line of the first line that holds the text. */
const line = (text: string, of = EXAMPLE) => of.split('\n').findIndex((l) => l.includes(text)) + 1;
const is = (key: string, value: string) => ({ op: 'fact', key, test: { is: 'equals', value } });
const not = (key: string, value: string) => ({ op: 'fact', key, test: { is: 'not', of: { is: 'equals', value } } });
const oneOf = (key: string, ...values: string[]) => ({
  op: 'fact',
  key,
  test: { is: 'any', of: values.map((value) => ({ is: 'equals', value })) },
});
const does = (...operations: string[]) => ({ op: 'do', operations: new Set(operations) });
const SUCCESSOR = { op: 'successor', test: { want: 'present', same: ['service'], anyType: false } };
const MANAGE = ['create', 'read', 'update', 'destroy', 'import', 'move'];
const grant = (id: string, nth = 0) => ruleset.grants.filter((g) => g.id === id)[nth];

test('both files apply, org first', () => {
  expect(ruleset.files.map((f) => [f.path, f.level])).toEqual([
    ['inlane.yaml', 'org'],
    ['shop/inlane.yaml', 'project'],
  ]);
  expect(diagnostics).toEqual([]);
});

test('attributes: aliases, sources in order, carriers, required', () => {
  const environment = ruleset.attributes.get('environment');
  expect(Object.fromEntries(environment?.values ?? [])).toEqual({
    production: 'production',
    prod: 'production',
    live: 'production',
    staging: 'staging',
    stg: 'staging',
    development: 'development',
    dev: 'development',
  });
  expect(environment?.sources).toEqual([
    {
      from: 'stack',
      map: [
        ['stacks/prod/**', 'production'],
        ['stacks/dev/**', 'development'],
      ],
    },
    {
      from: 'workspace',
      map: [
        ['*-prod', 'production'],
        ['*-stg', 'staging'],
        ['dev-*', 'development'],
      ],
    },
    { from: 'account', map: [['111122223333', 'production']] },
    { from: 'tag', key: 'environment', carrier: true, map: null },
  ]);
  expect(environment?.carriers?.get('google')).toBe('123456789012/environment');
  expect(environment?.carriers?.get('snowflake')).toBeUndefined();
  expect(environment?.required).toEqual({ classes: null, on: new Set(['create', 'replace', 'import']), enforce: true });
  expect([...(ruleset.attributes.get('team')?.values?.keys() ?? [])].sort()).toEqual(['dba', 'developers', 'orders', 'sre']);
  expect(ruleset.attributes.get('team')?.carriers?.get('snowflake')).toBe('team');
  expect(ruleset.attributes.get('service')?.values).toBeNull();
  expect(ruleset.attributes.get('service')?.required).toBeNull();
  expect(ruleset.attributes.get('data')?.required).toEqual({
    classes: ['database', 'object-storage'],
    on: new Set(['create']),
    enforce: true,
  });
  expect(carriersOf(schema)).toEqual([...CARRIER_NAMES].sort());
});

test('classes, paths, operations', () => {
  expect(ruleset.classes.get('graph-database')).toMatchObject({ types: ['acme_graph_*'], isA: 'database', refines: null });
  expect(ruleset.classes.get('customer-database')).toMatchObject({
    types: [],
    isA: null,
    refines: { class: 'database', when: is('data', 'confidential') },
  });
  expect(ruleset.classes.get('paging')).toMatchObject({ types: ['pagerduty_*'], isA: null, refines: null });
  const disarming = ruleset.paths.get('disarming') ?? [];
  expect(disarming.map((p) => formatPath(literalSteps(p) ?? []))).toEqual(['deletion_protection', 'skip_final_snapshot']);
  expect(ruleset.operations.get('manage')).toEqual(new Set(MANAGE));
});

test('lanes', () => {
  expect(ruleset.grants.filter((g) => g.kind === 'lane').map((g) => g.id)).toEqual([
    ...['everyone', 'everyone', 'developer', 'developer', 'developer'],
    ...['database-migration', 'database-migration', 'database-migration', 'database-migration', 'dev-agent', 'shop-oncall'],
  ]);
  expect(grant('everyone')).toMatchObject({
    level: 'org',
    enforce: true,
    at: { file: 'inlane.yaml', line: line('class: helper'), column: 9 },
    who: { op: 'all', of: [] },
    when: { op: 'all', of: [does('create', 'update', 'destroy', 'move'), is('class', 'helper')] },
    span: null,
  });
  expect(grant('everyone', 1)?.when).toEqual({ op: 'all', of: [does('read'), not('class', 'code-execution')] });
  expect(grant('developer')?.who).toEqual({ op: 'all', of: [is('who.kind', 'human'), is('who.team', 'developers')] });
  expect(grant('developer')?.when).toEqual({
    op: 'all',
    of: [
      does(...MANAGE),
      oneOf('class', 'database', 'database-config', 'queue', 'topic', 'cache', 'app-config', 'secret'),
      not('environment', 'production'),
    ],
  });
  expect(grant('developer', 1)?.when).toEqual({
    op: 'all',
    of: [
      does('update'),
      oneOf('class', 'database', 'database-config'),
      is('environment', 'production'),
      { op: 'changes', how: 'only', paths: ruleset.paths.get('tuning'), text: 'tuning' },
    ],
  });
  expect(grant('database-migration', 3)?.when).toEqual({
    op: 'all',
    of: [
      does('destroy'),
      oneOf('class', 'database', 'database-config', 'database-user', 'secret', 'tagging'),
      is('environment', 'production'),
      { op: 'fact', key: 'team', test: { is: 'same_as', key: 'who.team' } },
      SUCCESSOR,
      is('dependents', 'none'),
    ],
  });
  expect(grant('database-migration')?.why).toBe('stand up a new instance, cut over, remove the old one; no ticket, no id');
});

test('guards, obligations, quotas, freezes', () => {
  expect(ruleset.denies.map((d) => [d.kind, d.id])).toEqual([
    ['guard', 'no-prod-drop'],
    ['guard', 'agents-no-access'],
    ['freeze', 'year-end'],
  ]);
  expect(ruleset.denies[0]).toMatchObject({
    at: { file: 'inlane.yaml', line: line('no-prod-drop'), column: 5 },
    why: 'data outlives the instance that holds it',
    ask: '#platform-db',
    when: {
      op: 'all',
      of: [does('destroy', 'forget'), is('class', 'stateful'), is('environment', 'production'), { op: 'not', of: SUCCESSOR }],
    },
    span: null,
  });
  expect(ruleset.denies[2]?.span).toEqual({ from: Date.UTC(2026, 11, 17, 23), until: Date.UTC(2027, 0, 3, 23) });
  expect(ruleset.obligations).toMatchObject([
    {
      id: 'prod-review',
      approval: { from: { team: 'sre' }, count: 1, notBy: ['author', 'delegator'] },
      when: { op: 'all', of: [does('destroy', 'import'), is('environment', 'production'), { op: 'not', of: SUCCESSOR }] },
    },
  ]);
  expect(ruleset.quotas).toMatchObject([
    {
      id: 'agent-blast',
      when: is('who.kind', 'agent'),
      limits: new Map([
        ['destroy', 2],
        ['any', 100],
      ] as const),
    },
  ]);
});

test('temporary grant, registry, tiers, never, tests', () => {
  expect(grant('mig-4711')).toMatchObject({
    kind: 'grant',
    why: 'CHG-4711',
    who: is('who.id', 'dana'),
    when: { op: 'all', of: [does('destroy'), is('class', 'database'), is('environment', 'staging')] },
    span: { from: Date.UTC(2026, 10, 20, 8), until: Date.UTC(2026, 10, 22, 8) },
  });
  expect(ruleset.registry.declared).toBe(true);
  expect(ruleset.registry.teams.get('orders')).toEqual(['dana']);
  expect(ruleset.registry.people.get('dana')?.accounts).toEqual(new Map([['github', '1234567']]));
  expect(ruleset.registry.agents.get('db-upgrader')).toEqual({
    id: 'db-upgrader',
    owner: 'dana',
    tier: 'T2',
    teams: ['orders'],
    purpose: 'database upgrades',
  });
  expect([...(ruleset.tiers?.keys() ?? [])]).toEqual(['T0', 'T1', 'T2']);
  expect(ruleset.tiers?.get('T1')).toEqual({
    op: 'any',
    of: [does('read'), { op: 'all', of: [does(...MANAGE), is('environment', 'development')] }],
  });
  expect(ruleset.never).toMatchObject([{ id: 'N1', evenWithApproval: false }]);
  expect(ruleset.tests.map((t) => [t.as, t.operation, t.type, t.expect])).toEqual([
    ['dana', 'create', 'aws_db_instance', 'allow'],
    ['dana', 'destroy', 'aws_db_instance', 'deny'],
  ]);
  expect(Object.fromEntries(ruleset.tests[1]?.with ?? [])).toEqual({
    workspace: 'shop-prod',
    'tag.team': 'orders',
    'tag.service': 'orders',
  });
  expect(ruleset.tests.map((t) => t.survivors)).toEqual([null, []]);
  expect(ruleset.observeAllowed).toBe(true);
});

test('the project file: its scope stands before every rule of it', () => {
  const oncall = EXAMPLE_SHOP.split('\n').find((l) => l.includes('shop-oncall')) ?? '';
  const scope = [is('account', '111122223333'), { op: 'fact', key: 'module', test: { is: 'glob', pattern: 'module.shop.**' } }];
  expect(grant('shop-oncall')).toMatchObject({
    level: 'project',
    at: { file: 'shop/inlane.yaml', line: line('shop-oncall', EXAMPLE_SHOP), column: oncall.indexOf('{do:') + 1 },
    when: { op: 'all', of: [...scope, does('update'), is('class', 'cache'), is('environment', 'production')] },
  });
  expect(ruleset.ceilings).toMatchObject([
    { id: 'no-network', level: 'project', covers: { op: 'all', of: scope }, may: not('class', 'network') },
    { id: 'agents-small', level: 'project', covers: { op: 'all', of: [...scope, is('who.kind', 'agent')] } },
  ]);
});

/** The provider names that the schema allows under `tag`. */
function carriersOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('azurerm' in node) return Object.keys(node).sort();
  return Object.values(node).flatMap(carriersOf);
}
