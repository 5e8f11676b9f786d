import { describe, expect, it } from 'vitest';
import type { CatalogRow } from '../../providers/provider.ts';
import type { SuccessorTest } from '../../src/logic/fact.ts';
import { type RowParts, row, rowsOf } from './planned.ts';

const CATALOG: Record<string, CatalogRow> = {
  acme_db: {
    class: 'database',
    also: ['stateful'],
    identity: ['name'],
    protects: [{ attribute: 'deletion_protection', safe: true }],
  },
  acme_db2: { class: 'database', also: ['stateful'], identity: ['name'] },
  acme_user: {
    class: 'database-user',
    parent: 'instance',
    identity: ['name'],
    refers: [{ attribute: 'instance', type: 'acme_db' }],
  },
  acme_app: { class: 'workload', identity: ['name'], refers: [{ attribute: 'db_name', type: 'acme_db' }] },
};
const SAME: SuccessorTest = { want: 'present', same: ['service'], anyType: false };

const db = (
  name: string,
  actions: readonly string[],
  more: Partial<RowParts> = {},
  tags: Record<string, unknown> = { environment: 'production', service: 'orders' },
): Record<string, unknown> => {
  const values = { name, arn: `arn:acme:db:${name}`, endpoint: `${name}.db.example.com`, tags };
  const gone = actions.length === 1 && (actions[0] === 'delete' || actions[0] === 'forget');
  return row({
    name,
    actions,
    before: actions[0] === 'create' && actions.length === 1 ? null : values,
    after: gone ? null : values,
    ...more,
  });
};

function successorOf(rows: readonly unknown[], test = SAME) {
  const first = rowsOf({ rows, catalog: CATALOG })[0];
  return first?.atoms[0]?.successor(test).value;
}

describe('successor', () => {
  const old = db('v14', ['delete']);
  it('another database of the same service that stays', () => {
    expect(successorOf([old, db('v16', ['no-op'])])).toBe(true);
    expect(successorOf([old, db('v16', ['update'])])).toBe(true);
  });
  it('one that is only created now holds nothing yet', () => {
    expect(successorOf([old, db('v16', ['create'])])).toBe(false);
  });
  it.each([[['delete']], [['forget']], [['delete', 'create']], [['create', 'forget']]])(
    'one that goes by %s is none',
    (actions) => {
      expect(successorOf([old, db('v16', actions)])).toBe(false);
    },
  );
  it('another service, another environment, another type is none', () => {
    expect(successorOf([old, db('v16', ['no-op'], {}, { environment: 'production', service: 'carts' })])).toBe(false);
    expect(successorOf([old, db('v16', ['no-op'], {}, { environment: 'development', service: 'orders' })])).toBe(false);
    expect(successorOf([old, db('v16', ['no-op'], { type: 'acme_db2' })])).toBe(false);
  });
  it('another type of the same classes will do where the rule says so', () => {
    expect(successorOf([old, db('v16', ['no-op'], { type: 'acme_db2' })], { ...SAME, anyType: true })).toBe(true);
    expect(successorOf([old, db('v16', ['no-op'], { type: 'acme_app' })], { ...SAME, anyType: true })).toBe(false);
  });
  it('one survivor stands in for one destroyed object', () => {
    expect(successorOf([old, db('v15', ['delete']), db('v16', ['no-op'])])).toBe(false);
    expect(successorOf([old, db('v15', ['delete']), db('v16', ['no-op']), db('v17', ['no-op'])])).toBe(true);
    expect(
      successorOf([old, db('x', ['delete'], {}, { environment: 'production', service: 'carts' }), db('v16', ['no-op'])]),
    ).toBe(true);
  });
  it('an armed object counts as ended and is no survivor', () => {
    const armed = row({
      name: 'v16',
      before: { name: 'v16', deletion_protection: true, tags: { environment: 'production', service: 'orders' } },
      after: { name: 'v16', deletion_protection: false, tags: { environment: 'production', service: 'orders' } },
    });
    expect(successorOf([old, armed])).toBe(false);
    expect(successorOf([old, armed, db('v17', ['no-op'])])).toBe(false);
  });
  it('one whose service changes does not hold this before and after', () => {
    const moved = row({
      name: 'v16',
      before: { name: 'v16', tags: { environment: 'production', service: 'orders' } },
      after: { name: 'v16', tags: { environment: 'production', service: 'carts' } },
    });
    expect(successorOf([old, moved])).toBe(false);
  });
  it('unknown facts make it unknown', () => {
    const hidden = row({
      name: 'v16',
      before: { name: 'v16', tags: { environment: 'production', service: 'orders' } },
      after: { name: 'v16' },
      afterUnknown: { tags: true },
    });
    expect(successorOf([old, hidden])).toBe('unknown');
    expect(successorOf([db('v14', ['delete'], {}, { environment: 'production' }), db('v16', ['no-op'])])).toBe('unknown');
  });
  it('declared attributes that are silent on both are equal; a `same` fact must be known', () => {
    const bare = { service: 'orders' };
    expect(successorOf([db('v14', ['delete'], {}, bare), db('v16', ['no-op'], {}, bare)])).toBe(true);
    const silent = { environment: 'production' };
    expect(successorOf([db('v14', ['delete'], {}, silent), db('v16', ['no-op'], {}, silent)])).toBe('unknown');
  });
  it('a deposed object is survived by the current one at its address', () => {
    expect(successorOf([db('main', ['delete'], { row: { deposed: 'deadbeef' } }), db('main', ['no-op'])])).toBe(true);
  });
  it('a child of a destroyed object is no survivor', () => {
    const user = (name: string, instance: string, actions: string[]) =>
      row({
        type: 'acme_user',
        name,
        actions,
        before: { name, instance },
        after: actions[0] === 'delete' ? null : { name, instance },
      });
    const rows = (second: unknown) => [user('a', 'v14', ['delete']), second, db('v14', ['delete']), db('v16', ['no-op'])];
    expect(successorOf(rows(user('b', 'v16', ['no-op'])))).toBe(true);
    expect(successorOf(rows(user('b', 'v14', ['no-op'])))).toBe(false);
  });
  it('absent is its negation, and where nothing stands before both are false', () => {
    expect(successorOf([old], { ...SAME, want: 'absent' })).toBe(true);
    const created = [db('v14', ['create']), db('v16', ['no-op'])];
    expect(successorOf(created)).toBe(false);
    expect(successorOf(created, { ...SAME, want: 'absent' })).toBe(false);
  });
});

function dependentsOf(rows: readonly unknown[], plan: Record<string, unknown> = {}) {
  const state = rowsOf({ rows, catalog: CATALOG, plan })[0]?.atoms[0]?.fact('dependents').state;
  return state?.kind === 'value' ? state.value : state?.kind;
}

const block = (type: string, name: string, expressions: Record<string, unknown> = {}) => ({
  address: `${type}.${name}`,
  mode: 'managed',
  type,
  name,
  provider_config_key: 'test',
  expressions,
});
const withBlocks = (...resources: unknown[]) => ({ configuration: { root_module: { resources } } });
const APP = block('acme_app', 'main');

describe('dependents', () => {
  const old = db('v14', ['delete']);
  const app = (values: Record<string, unknown>, more: Partial<RowParts> = {}) =>
    row({ type: 'acme_app', actions: ['no-op'], before: { name: 'api', ...values }, after: { name: 'api', ...values }, ...more });

  it('none, when what stays names another one', () => {
    expect(dependentsOf([old, app({ env: 'host=v16.db.example.com' })], withBlocks(APP))).toBe('none');
  });
  it.each([
    ['an endpoint within a string', { env: 'postgres://u@v14.db.example.com:5432/orders' }],
    ['an ARN within JSON text', { env: '{"db":"arn:acme:db:v14"}' }],
    ['deep in a list', { containers: [{ env: [{ value: 'v14.db.example.com' }] }] }],
    ['its name in an attribute that refers to its type', { db_name: 'v14' }],
  ])('some, by value: %s', (_, values) => {
    expect(dependentsOf([old, app(values)], withBlocks(APP))).toBe('some');
  });
  it.each([
    ['a longer host name', { env: 'xv14.db.example.com' }],
    ['a name in an attribute that refers to nothing', { label: 'v14' }],
  ])('none: %s', (_, values) => {
    expect(dependentsOf([old, app(values)], withBlocks(APP))).toBe('none');
  });
  it('sensitive values are searched too', () => {
    const secret = app(
      { dsn: 'host=v14.db.example.com' },
      { change: { after_sensitive: { dsn: true }, before_sensitive: { dsn: true } } },
    );
    expect(dependentsOf([old, secret], withBlocks(APP))).toBe('some');
  });
  it('what goes in the same plan does not count; what is forgotten lives on', () => {
    expect(dependentsOf([old, app({ db_name: 'v14' }, { actions: ['delete'], after: null })])).toBe('none');
    expect(dependentsOf([old, app({ db_name: 'v14' }, { actions: ['forget'], after: null })])).toBe('some');
  });
  it('what is cut over in the same plan counts by its new value', () => {
    expect(
      dependentsOf(
        [old, app({}, { actions: ['update'], before: { db_name: 'v14' }, after: { db_name: 'v16' } })],
        withBlocks(APP),
      ),
    ).toBe('none');
  });
  it('by reference in configuration, when the whole block goes', () => {
    const configuration = withBlocks(
      block('acme_db', 'v14'),
      block('acme_app', 'main', { dsn: { references: ['acme_db.v14.endpoint', 'acme_db.v14'] } }),
    );
    const replaced = db('v14', ['delete', 'create']);
    expect(dependentsOf([replaced, app({ dsn: 'hidden' })], configuration)).toBe('some');
  });
  it('where only some instances go, references prove nothing and values count', () => {
    const configuration = withBlocks(
      { ...block('acme_db', 'v14'), count_expression: { constant_value: 2 } },
      block('acme_app', 'main', { dsn: { references: ['acme_db.v14'] } }),
    );
    const kept = db('v14-0', ['no-op'], { row: { address: 'acme_db.v14[0]', name: 'v14', index: 0 } });
    const gone = (more: string) => db(more, ['delete'], { row: { address: 'acme_db.v14[1]', name: 'v14', index: 1 } });
    expect(dependentsOf([gone('v14-1'), kept, app({ dsn: 'v14-0.db.example.com' })], configuration)).toBe('none');
    expect(dependentsOf([gone('v14-1'), kept, app({ dsn: 'v14-1.db.example.com' })], configuration)).toBe('some');
  });
  it('without configuration: by depends_on in prior state, else unknown values are unknown', () => {
    const state = (dependsOn: string[]) => ({
      prior_state: {
        format_version: '1.0',
        values: {
          root_module: {
            resources: [
              {
                address: 'acme_app.main',
                mode: 'managed',
                type: 'acme_app',
                name: 'main',
                provider_name: 'registry.terraform.io/acme/test',
                values: {},
                sensitive_values: {},
                depends_on: dependsOn,
              },
            ],
          },
        },
      },
    });
    expect(dependentsOf([old, app({})], state(['acme_db.v14']))).toBe('some');
    expect(dependentsOf([old, app({})], state(['acme_db.v16']))).toBe('none');
    expect(dependentsOf([old, app({}, { actions: ['update'], afterUnknown: { env: true } })], state([]))).toBe('unknown');
    expect(dependentsOf([old, app({}, { actions: ['update'], afterUnknown: { env: true } })], withBlocks(APP))).toBe('none');
  });
  it('objects of prior state that no row shows stay', () => {
    const unseen = (values: Record<string, unknown>) => ({
      prior_state: {
        format_version: '1.0',
        values: {
          root_module: {
            resources: [
              {
                address: 'acme_app.other',
                mode: 'managed',
                type: 'acme_app',
                name: 'other',
                provider_name: 'registry.terraform.io/acme/test',
                values,
                sensitive_values: {},
              },
            ],
          },
        },
      },
    });
    expect(dependentsOf([old], unseen({ env: 'v14.db.example.com' }))).toBe('some');
    expect(dependentsOf([old], unseen({ env: 'other' }))).toBe('none');
  });
  it('null where nothing stands before', () => {
    expect(dependentsOf([db('v16', ['create'])])).toBeNull();
  });
});

describe('facts of children', () => {
  const child = (more: Record<string, unknown> = {}) =>
    row({ type: 'acme_user', actions: ['create'], after: { name: 'u', instance: 'v14', ...more } });
  const factOf = (rows: readonly unknown[], plan: Record<string, unknown> = {}) =>
    rowsOf({ rows, catalog: CATALOG, plan })[0]?.atoms[0]?.fact('environment');

  it('an untaggable object takes what no source says from its parent, by value', () => {
    const fact = factOf([child(), db('v14', ['no-op'])]);
    expect(fact?.state).toEqual({ kind: 'value', value: 'production' });
    expect(fact?.sources).toEqual([{ from: 'parent', name: 'acme_db.v14 tag environment', value: 'production' }]);
  });
  it('or by reference in configuration', () => {
    const plan = withBlocks(
      block('acme_db', 'v14'),
      block('acme_user', 'main', { instance: { references: ['acme_db.v14.name', 'acme_db.v14'] } }),
    );
    const hidden = row({ type: 'acme_user', actions: ['create'], after: { name: 'u' }, afterUnknown: { instance: true } });
    expect(factOf([hidden, db('v14', ['create'])], plan)?.state).toEqual({ kind: 'value', value: 'production' });
  });
  it('a taggable object never does', () => {
    expect(factOf([child({ tags: null }), db('v14', ['no-op'])])?.state.kind).toBe('unknown');
  });
  it('a parent that is not in the plan says nothing', () => {
    expect(factOf([child(), db('v16', ['no-op'])])?.state.kind).toBe('unknown');
  });
});
