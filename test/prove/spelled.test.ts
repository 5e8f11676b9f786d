import { describe, expect, it } from 'vitest';
import type { RuleTest } from '../../src/lanes/ruleset.ts';
import type { FactState } from '../../src/logic/fact.ts';
import { SpelledChange } from '../../src/prove/spelled.ts';
import { loadText } from '../lanes/folder.ts';
import { knowing, TYPES, type TypeName } from './known-types.ts';

const ALL = knowing(Object.keys(TYPES) as TypeName[]);
const RULES = `
attributes:
  environment:
    values: {production: [prod], development: []}
    from: [{workspace: {"*-prod": prod, "dev-*": development}}, {stack: {"stacks/prod/**": prod}}, {tag: environment}]
    tag: {aws: environment, google: env, azurerm: Environment}
  size: {values: [small, large], from: [{attr: {disk: {"1": small, "true": large}}}, {attr: {"disks.*": {"a*": small, "b*": large}}}]}
  track: {values: [stable, preview], from: [{provider: {"*-beta": preview, "hashicorp/*": stable}}]}
  region_kind: {values: [eu], from: [{variable: {region: {"eu-*": eu}}}]}
classes:
  precious: {refines: database, when: {tag.data: secret}}
  graph: {is_a: database, types: ["acme_graph"]}
lanes: {l: {who: anyone, may: [{do: read}]}}
`;

/** One entry of \`tests\` as its own fact, in short. */
async function change(operation: string, type: string, facts: string): Promise<SpelledChange> {
  const entry = `tests: [{as: anonymous, do: ${operation}, type: ${type}, with: {${facts}}, expect: deny}]`;
  const ruleset = await loadText(`inlane: 1\nlevel: org\n${RULES}${entry}`);
  return new SpelledChange(ruleset.tests[0] as RuleTest, ruleset, ALL);
}

function short(state: FactState): unknown {
  switch (state.kind) {
    case 'value':
      return state.value;
    case 'members':
      return `${[...state.members].map(([member, sure]) => (sure === true ? member : `${String(member)}?`)).join(' ')}${state.open === null ? '' : ' ...'}`;
    default:
      return state.kind;
  }
}

const DB = 'aws_db_instance';

describe('facts of a spelled change', () => {
  it.each<[fact: string, operation: string, type: string, facts: string, expected: unknown]>([
    // Left out: absent (tags), silent (sources), unknown (the rest).
    ['tag.team', 'update', DB, '', 'absent'],
    ['tag.team', 'update', DB, 'tag.team: x', 'x'],
    ['tag.team', 'update', DB, 'tag.team: null', 'absent'],
    ['attr.size', 'update', DB, '', 'unknown'],
    ['attr.size', 'update', DB, 'attr.size: 5', 5],
    ['attr.size', 'update', DB, 'attr.size: null', null],
    ['attr.size', 'update', DB, 'attr.size: true', true],
    ['attr.zones.*', 'update', DB, 'attr.zones.*: [a, 1]', 'a 1'],
    ['attr.zones.*', 'update', DB, 'attr.zones.*: []', ''],
    ['account', 'update', DB, '', 'unknown'],
    ['account', 'update', DB, 'account: "1"', '1'],
    ['module', 'update', DB, '', 'unknown'],
    ['module', 'update', DB, 'module: null', null],
    ['module', 'update', DB, 'module: module.shop', 'module.shop'],
    ['replaces', 'destroy', DB, '', 'unknown'],
    ['replaces', 'destroy', DB, 'replaces: true', true],
    ['action_reason', 'destroy', DB, 'action_reason: null', null],
    ['type', 'update', 'acme_x', '', 'acme_x'],
    ['provider', 'update', DB, '', 'hashicorp/aws'],
    ['provider', 'update', 'google_sql_database_instance', '', 'hashicorp/google'],
    ['provider', 'update', 'google_sql_database_instance', 'provider: hashicorp/google-beta', 'hashicorp/google-beta'],
    ['provider', 'update', 'acme_x', '', 'unknown'],
    // No before side.
    ['dependents', 'create', DB, '', null],
    ['dependents', 'read', DB, '', null],
    ['dependents', 'create', DB, 'dependents: some', null],
    ['dependents', 'destroy', DB, '', 'unknown'],
    ['dependents', 'destroy', DB, 'dependents: none', 'none'],
    // Attributes: every source that speaks must agree.
    ['environment', 'update', DB, '', 'unknown'],
    ['environment', 'update', DB, 'environment: prod', 'production'],
    ['environment', 'update', DB, 'workspace: shop-prod', 'production'],
    ['environment', 'update', DB, 'workspace: elsewhere', 'unknown'],
    ['environment', 'update', DB, 'workspace: shop-prod, tag.environment: prod', 'production'],
    ['environment', 'update', DB, 'workspace: shop-prod, tag.environment: development', 'unknown'],
    ['environment', 'update', DB, 'tag.environment: qa', 'unknown'],
    ['environment', 'update', DB, 'environment: production, workspace: dev-1', 'unknown'],
    ['environment', 'update', DB, 'stack: stacks/prod/shop', 'production'],
    ['region_kind', 'update', DB, 'variable.region: eu-1', 'eu'],
    ['size', 'update', DB, 'attr.disk: 1', 'small'],
    ['size', 'update', DB, 'attr.disk: true', 'large'],
    ['size', 'update', DB, 'attr.disk: null', 'unknown'],
    ['size', 'update', DB, 'attr.disks.*: [a1, a2]', 'small'],
    ['size', 'update', DB, 'attr.disks.*: [a1, b1]', 'unknown'],
    ['track', 'update', DB, '', 'stable'],
    ['track', 'update', 'google_sql_database_instance', 'provider: hashicorp/google-beta', 'preview'],
    ['track', 'update', 'acme_x', '', 'unknown'],
    // Carriers are each provider's own.
    ['environment', 'update', 'google_sql_database_instance', 'tag.env: prod', 'production'],
    ['environment', 'update', 'google_sql_database_instance', 'tag.environment: prod', 'unknown'],
    ['environment', 'update', 'random_id', 'tag.environment: prod', 'unknown'],
    // Azure folds tag keys, others do not.
    ['environment', 'update', 'azurerm_mssql_database', 'tag.ENVIRONMENT: prod', 'production'],
    ['tag.Team', 'update', 'azurerm_mssql_database', 'tag.team: x', 'x'],
    ['tag.Team', 'update', DB, 'tag.team: x', 'absent'],
    // Classes.
    ['class', 'update', DB, '', 'database stateful'],
    ['class', 'update', DB, 'tag.data: secret', 'database stateful precious'],
    ['class', 'read', DB, '', 'database'],
    ['class', 'update', 'acme_x', '', ' ...'],
    ['class', 'update', 'acme_x', 'tag.data: secret', 'precious? ...'],
    ['class', 'update', 'acme_graph', '', 'graph database stateful'],
    ['class', 'update', DB, 'class: identity', 'identity'],
    ['class', 'update', DB, 'class: [database, access]', 'database access'],
    ['class', 'update', 'aws_s3_bucket', 'changes: [policy]', 'object-storage stateful access'],
    ['class', 'update', 'aws_s3_bucket', 'changes: [policy.0.text]', 'object-storage stateful access'],
    ['class', 'update', 'aws_s3_bucket', 'changes: [size]', 'object-storage stateful'],
    ['class', 'update', 'aws_s3_bucket', '', 'object-storage stateful access? exposure?'],
    ['class', 'create', 'aws_s3_bucket', 'changes: [acl], attr.acl: private', 'object-storage stateful'],
    ['class', 'create', 'aws_s3_bucket', 'changes: [acl], attr.acl: public', 'object-storage stateful exposure'],
    ['class', 'update', 'aws_s3_bucket', 'changes: [acl], attr.acl: private', 'object-storage stateful exposure'],
  ])('%s of %s %s with {%s}', async (fact, operation, type, facts, expected) => {
    expect(short((await change(operation, type, facts)).fact(fact).state)).toEqual(expected);
  });

  it.each<[string, string, string, unknown]>([
    ['left out', 'destroy', '', ['unknown', 'unknown']],
    ['absent', 'destroy', 'successor: absent', [false, true]],
    ['present', 'destroy', 'successor: present', [true, false]],
    ['one that shares the service', 'destroy', 'successor: {same: [service]}', [true, false]],
    ['one that shares another fact', 'destroy', 'successor: {same: [name]}', [false, true]],
    ['one of another type', 'destroy', 'successor: {same: [service], type: any}', [false, true]],
    ['nothing stands before', 'create', 'successor: absent', [false, false]],
    ['nothing stands before what is read', 'read', 'successor: present', [false, false]],
  ])('successor, %s', async (_, operation, facts, expected) => {
    const spelled = await change(operation, DB, facts.replaceAll('service', 'account'));
    const asked = { same: ['account'], anyType: false };
    const value = (want: 'present' | 'absent') => spelled.successor({ ...asked, want }).value;
    expect([value('present'), value('absent')]).toEqual(expected);
  });

  it('an invocation has something before it, unless it says that there are no dependents to ask for', async () => {
    const ruleset = await loadText('inlane: 1\nlevel: org\nlanes: {l: {who: anyone, may: [{do: read}]}}');
    const invoked = (facts: ReadonlyMap<string, null>) => {
      const test = {
        as: 'anonymous',
        for: null,
        operation: 'invoke',
        type: DB,
        with: facts,
        survivors: [],
        expect: 'deny',
      } as const;
      return new SpelledChange({ ...test, at: { file: '', line: 1, column: 1 }, summary: null }, ruleset, ALL);
    };
    const absent = { want: 'absent', same: [], anyType: false } as const;
    const made = invoked(new Map([['dependents', null]]));
    expect([made.successor(absent).value, short(made.fact('dependents').state)]).toEqual([false, null]);
    expect(invoked(new Map()).successor(absent).value).toBe(true);
  });

  it('changes that are left out may be any, spelled ones are these', async () => {
    expect((await change('update', DB, '')).changedPaths()).toEqual([{ path: [], maybe: true, subtree: true }]);
    expect((await change('update', DB, 'changes: []')).changedPaths()).toEqual([]);
    expect((await change('update', DB, 'changes: [size, \'tags["a.b"]\']')).changedPaths()).toEqual([
      { path: ['size'], maybe: false, subtree: false },
      { path: ['tags', 'a.b'], maybe: false, subtree: false },
    ]);
  });

  it.each<[string, string]>([
    ['destroy', 'before'],
    ['forget', 'before'],
    ['create', 'after'],
    ['update', 'after'],
    ['move', 'after'],
  ])('%s is decided on the side %s', async (operation, side) => {
    expect((await change(operation, DB, '')).side).toBe(side);
  });

  it('what a type wraps is not known', async () => {
    expect(short((await change('update', 'kubernetes_manifest', '')).fact('class').state)).toBe(' ...');
  });
});
