import { describe, expect, it } from 'vitest';
import type { CatalogRow } from '../../providers/provider.ts';
import { environment, type RowParts, row, rowsOf, service, type World } from './planned.ts';

const DB: CatalogRow = {
  class: 'database',
  also: ['stateful'],
  identity: ['name'],
  protects: [
    { attribute: 'deletion_protection', safe: true },
    { attribute: 'retention', safe: 1 },
    { attribute: 'deletion_policy', safe: ['PREVENT', 'DELETE'], forgets: 'ABANDON' },
  ],
  abandon: [{ attribute: 'deletion_policy', value: 'ABANDON' }],
};
const CATALOG: Record<string, CatalogRow> = {
  acme_db: DB,
  acme_lock: { class: 'lock', also: ['protection'], guards: 'target' },
  acme_tag: { class: 'tagging', also: ['access'], tagging: { object: 'target', key: 'key', value: 'value' } },
  acme_default: { class: 'network', destroy: 'forgets' },
};
const DATA: Record<string, CatalogRow> = { acme_lookup: { class: 'database' }, acme_exec: { class: 'code-execution' } };

const tagged = (more: Record<string, unknown>, environment_ = 'production') => ({
  name: 'main',
  id: 'db-1',
  tags: { environment: environment_, service: 'orders' },
  ...more,
});

function atoms(parts: RowParts, others: readonly unknown[] = [], more: Partial<World> = {}): string[] {
  const world = { rows: [row(parts), ...others], catalog: CATALOG, data: DATA, ...more };
  const first = rowsOf(world)[0];
  return (first?.atoms ?? []).map((a) => `${a.operation} ${a.side}${a.subject ? ` of ${a.subject}` : ''}`);
}

const RECLASSIFY = ['reclassify before', 'reclassify after'];
const UPDATE = ['update before', 'update after'];

// The table of lanes.md 4, line by line.
describe('operations of a plan row', () => {
  const table: readonly [string, RowParts, readonly string[]][] = [
    ['create', { actions: ['create'] }, ['create after']],
    ['update is judged on both sides', { before: tagged({ size: 1 }), after: tagged({ size: 2 }) }, UPDATE],
    ['delete', { actions: ['delete'] }, ['destroy before']],
    ['replace, destroy first', { actions: ['delete', 'create'] }, ['destroy before', 'create after']],
    ['replace, create first', { actions: ['create', 'delete'] }, ['destroy before', 'create after']],
    ['create + forget', { actions: ['create', 'forget'] }, ['forget before', 'create after']],
    ['forget + create (OpenTofu)', { actions: ['forget', 'create'] }, ['forget before', 'create after']],
    ['forget', { actions: ['forget'] }, ['forget before']],
    ['no-op', { actions: ['no-op'] }, []],
    ['a no-op that moves', { actions: ['no-op'], row: { previous_address: 'acme_db.old' } }, ['move before', 'move after']],
    ['a no-op that imports', { actions: ['no-op'], change: { importing: { id: 'x' } } }, ['import before']],
    [
      'import + update',
      { before: tagged({ size: 1 }), after: tagged({ size: 2 }), change: { importing: { id: 'x' } } },
      ['import before', ...UPDATE],
    ],
    [
      'import to be replaced',
      { actions: ['delete', 'create'], change: { importing: { id: 'x' } } },
      ['import before', 'destroy before', 'create after'],
    ],
    ['deposed delete', { actions: ['delete'], row: { deposed: 'deadbeef' } }, ['destroy before']],
    ['retagging is a reclassification', { before: tagged({}), after: tagged({}, 'development') }, [...UPDATE, ...RECLASSIFY]],
    [
      'an alias is the same value, but the tag differs',
      { before: tagged({}), after: tagged({}, 'prod') },
      [...UPDATE, ...RECLASSIFY],
    ],
    [
      'unknown tags may be a reclassification',
      { before: tagged({}), after: { name: 'main' }, afterUnknown: { tags: true } },
      [...UPDATE, ...RECLASSIFY],
    ],
    [
      'a replace that retags',
      { actions: ['delete', 'create'], before: tagged({}), after: tagged({}, 'development') },
      ['destroy before', 'create after', ...RECLASSIFY],
    ],
    [
      'protection off arms a destroy',
      { before: tagged({ deletion_protection: true }), after: tagged({ deletion_protection: false }) },
      [...UPDATE, 'destroy before'],
    ],
    [
      'protection on does not',
      { before: tagged({ deletion_protection: false }), after: tagged({ deletion_protection: true }) },
      UPDATE,
    ],
    [
      'protection unknown arms',
      { before: tagged({ deletion_protection: true }), after: tagged({}), afterUnknown: { deletion_protection: true } },
      [...UPDATE, 'destroy before'],
    ],
    [
      'retention shorter arms',
      { before: tagged({ retention: 14 }), after: tagged({ retention: 7 }) },
      [...UPDATE, 'destroy before'],
    ],
    ['retention longer does not', { before: tagged({ retention: 7 }), after: tagged({ retention: 14 }) }, UPDATE],
    [
      'PREVENT to DELETE arms',
      { before: tagged({ deletion_policy: 'PREVENT' }), after: tagged({ deletion_policy: 'DELETE' }) },
      [...UPDATE, 'destroy before'],
    ],
    [
      'towards ABANDON it is a forget',
      { before: tagged({ deletion_policy: 'DELETE' }), after: tagged({ deletion_policy: 'ABANDON' }) },
      [...UPDATE, 'forget before'],
    ],
    [
      'a delete that the provider abandons is a forget',
      { actions: ['delete'], before: tagged({ deletion_policy: 'ABANDON' }) },
      ['forget before'],
    ],
    ['a type whose destroy only forgets', { type: 'acme_default', actions: ['delete'] }, ['forget before']],
  ];
  it.each(table)('%s', (_, parts, expected) => {
    expect(atoms(parts)).toEqual(expected);
  });

  it('a data source is read; one that runs code is invoked too; an unknown one may', () => {
    const read = (type: string) => atoms({ type, actions: ['read'], row: { mode: 'data', address: `data.${type}.main` } });
    expect(read('acme_lookup')).toEqual(['read after']);
    expect(read('acme_exec')).toEqual(['read after', 'invoke after']);
    expect(read('acme_unheard_of')).toEqual(['read after', 'invoke after']);
  });

  it('a provisioner is an invocation when its block is created or destroyed, not when it is updated', () => {
    const configuration = {
      root_module: {
        resources: [
          {
            address: 'acme_db.main',
            mode: 'managed',
            type: 'acme_db',
            name: 'main',
            provider_config_key: 'test',
            provisioners: [{ type: 'local-exec' }],
          },
        ],
      },
    };
    expect(atoms({ actions: ['create'] }, [], { plan: { configuration } })).toEqual(['create after', 'invoke after']);
    expect(atoms({ actions: ['delete'] }, [], { plan: { configuration } })).toEqual(['destroy before', 'invoke before']);
    expect(atoms({ before: tagged({ size: 1 }), after: tagged({ size: 2 }) }, [], { plan: { configuration } })).toEqual(UPDATE);
  });

  it('removing a lock arms the destroy of what it guards; of what cannot be seen, an unknown destroy', () => {
    const database = row({ actions: ['no-op'], before: tagged({ id: '/dbs/1' }), after: tagged({ id: '/dbs/1' }) });
    const lock: RowParts = { type: 'acme_lock', actions: ['delete'], before: { target: '/dbs/1' } };
    expect(atoms(lock, [database])).toEqual(['destroy before', 'destroy before of acme_db.main']);
    expect(atoms(lock)).toEqual(['destroy before', 'destroy before']);
  });

  describe('a stand-alone tag resource', () => {
    const database = (actions: string[]) =>
      row({
        actions,
        before: { name: 'main', id: 'db-1' },
        ...(actions[0] === 'delete' ? {} : { after: { name: 'main', id: 'db-1' } }),
      });
    const tag = (actions: string[], key: string, before: string | null, after: string | null): RowParts => ({
      type: 'acme_tag',
      actions,
      before: before === null ? null : { target: 'db-1', key, value: before },
      after: after === null ? null : { target: 'db-1', key, value: after },
    });
    const RETAG = ['reclassify before of acme_db.main', 'reclassify after of acme_db.main'];
    it('that changes what an object carries reclassifies the object', () => {
      expect(atoms(tag(['update'], 'environment', 'production', 'development'), [database(['no-op'])]).slice(2)).toEqual(RETAG);
      expect(atoms(tag(['delete'], 'environment', 'production', null), [database(['no-op'])]).slice(1)).toEqual(RETAG);
      expect(atoms(tag(['create'], 'environment', null, 'production'), [database(['no-op'])]).slice(1)).toEqual(RETAG);
    });
    it('with a key that no attribute names does not', () => {
      expect(atoms(tag(['create'], 'Name', null, 'x'), [database(['no-op'])])).toEqual(['create after']);
    });
    it('of an object that the plan creates sets its first tags', () => {
      const created = row({ actions: ['create'], after: { name: 'main', id: 'db-1' } });
      expect(atoms(tag(['create'], 'environment', null, 'production'), [created])).toEqual(['create after']);
    });
    it('of an object that cannot be seen is an unknown reclassification', () => {
      expect(atoms(tag(['create'], 'environment', null, 'production')).slice(1)).toEqual(RECLASSIFY);
    });
  });

  it('a fault leaves no atom, and the row is not idle', () => {
    const [classified] = rowsOf({ rows: [row({ actions: ['explode'] })], catalog: CATALOG });
    expect(classified?.atoms).toEqual([]);
    expect(classified?.faults.length).toBeGreaterThan(0);
    expect(classified?.idle).toBe(false);
  });

  it('silent sources on both sides are no difference', () => {
    const plain = { before: { name: 'main', tags: null, size: 1 }, after: { name: 'main', tags: null, size: 2 } };
    expect(atoms(plain, [], { attributes: [environment, service] })).toEqual(UPDATE);
  });
});
