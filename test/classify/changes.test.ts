import { describe, expect, it } from 'vitest';
import type { CatalogRow } from '../../providers/provider.ts';
import { type RowParts, row, rowsOf } from './planned.ts';

const CATALOG: Record<string, CatalogRow> = {
  acme_db: { class: 'database', computed: ['endpoint'], optional_computed: ['zone'] },
};
const block = (expressions: Record<string, unknown>) => ({
  configuration: {
    root_module: {
      resources: [
        { address: 'acme_db.main', mode: 'managed', type: 'acme_db', name: 'main', provider_config_key: 'test', expressions },
      ],
    },
  },
});

/** Changed paths of the first atom; `?` = maybe, `/` = and what stands below. */
function paths(parts: RowParts, plan: Record<string, unknown> = {}): string[] {
  const atom = rowsOf({ rows: [row(parts)], catalog: CATALOG, plan })[0]?.atoms[0];
  return (atom?.changedPaths() ?? []).map((c) => `${c.path.join('.')}${c.subtree ? '/' : ''}${c.maybe ? '?' : ''}`).sort();
}

describe('changed paths', () => {
  const update = (before: Record<string, unknown>, after: Record<string, unknown>, more: Partial<RowParts> = {}) =>
    paths({ before, after, ...more });

  it.each<[string, string[], string[]]>([
    ['a scalar', update({ a: 1, b: 1 }, { a: 2, b: 1 }), ['a']],
    ['null to a value', update({ a: null }, { a: 'x' }), ['a']],
    ['null, {} and [] are alike', update({ a: null, b: {}, c: [] }, { a: [], b: null, c: {} }), []],
    ['false and 0 are set', update({ a: null, b: null }, { a: false, b: 0 }), ['a', 'b']],
    ['a map entry', update({ tags: { x: '1', y: '1' } }, { tags: { x: '1', y: '2' } }), ['tags.y']],
    ['an entry that goes', update({ tags: { x: '1' } }, { tags: {} }), ['tags.x']],
    ['lists compare by index', update({ l: ['a', 'b'] }, { l: ['b'] }), ['l.0', 'l.1']],
    ['a new block', update({ s: [] }, { s: [{ tier: 'x', zone: null }] }), ['s.0.tier']],
    ['a scalar that becomes a structure', update({ a: 'x' }, { a: { b: 1 } }), ['a', 'a.b']],
    ['keys of the prototype', update({ tags: JSON.parse('{"__proto__":"1"}') }, { tags: {} }), ['tags.__proto__']],
    ['mirrors do not count', update({ tags_all: { x: '1' } }, { tags_all: { x: '2' } }), []],
    ['integers beyond doubles compare by their text', update({ id: 1 }, { id: 2 }), ['id']],
    [
      'the same sensitive value',
      update({ p: 's' }, { p: 's' }, { change: { before_sensitive: { p: true }, after_sensitive: { p: true } } }),
      [],
    ],
    [
      'another sensitive value',
      update({ p: 's' }, { p: 't' }, { change: { before_sensitive: { p: true }, after_sensitive: { p: true } } }),
      ['p'],
    ],
    [
      'only the mask changed',
      update({ p: 's' }, { p: 's' }, { change: { before_sensitive: {}, after_sensitive: { p: true } } }),
      [],
    ],
    [
      'a sensitive map',
      update({ m: { a: '1' } }, { m: { a: '2' } }, { change: { before_sensitive: { m: true }, after_sensitive: { m: true } } }),
      ['m/'],
    ],
    ['an unknown value may change', update({ a: 'x' }, {}, { afterUnknown: { a: true } }), ['a?']],
    ['an unknown structure may change below', update({ s: [{ a: 1 }] }, {}, { afterUnknown: { s: true } }), ['s/?']],
    ['an unknown computed attribute does not', update({ endpoint: 'x' }, {}, { afterUnknown: { endpoint: true } }), []],
    ['a known computed attribute does', update({ endpoint: 'x' }, { endpoint: 'y' }), ['endpoint']],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('an unknown optional and computed value counts unless configuration leaves it out', () => {
    const parts = { before: { zone: 'a' }, after: {}, afterUnknown: { zone: true } };
    expect(paths(parts)).toEqual(['zone?']);
    expect(paths(parts, block({}))).toEqual([]);
    expect(paths(parts, block({ zone: { references: ['var.z'] } }))).toEqual(['zone?']);
  });

  it('a mirror that the configuration sets is no mirror', () => {
    const parts = { before: { tags_all: { x: '1' } }, after: { tags_all: { x: '2' } } };
    expect(paths(parts, block({ tags_all: {} }))).toEqual(['tags_all.x']);
  });

  it('create, destroy and import touch every path that their side sets', () => {
    const values = { name: 'x', size: 0, on: false, tags: { a: '1' }, list: [], nothing: null };
    expect(paths({ actions: ['create'], after: values, afterUnknown: { endpoint: true, other: true } })).toEqual([
      'name',
      'on',
      'other?',
      'size',
      'tags.a',
    ]);
    expect(paths({ actions: ['delete'], before: values })).toEqual(['name', 'on', 'size', 'tags.a']);
    expect(paths({ actions: ['no-op'], before: values, after: values, change: { importing: { id: 'x' } } })).toEqual([
      'name',
      'on',
      'size',
      'tags.a',
    ]);
  });
});
