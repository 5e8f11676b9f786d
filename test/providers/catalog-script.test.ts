import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCatalogText } from '../../providers/catalog-file.ts';
import type { CatalogRow } from '../../providers/provider.ts';
import type { Cloud } from '../../scripts/catalog/clouds.ts';
import { readDecisions } from '../../scripts/catalog/decisions.ts';
import type { Facts } from '../../scripts/catalog/facts.ts';
import { inherited } from '../../scripts/catalog/inherit.ts';
import { mergeCatalog, undecided } from '../../scripts/catalog/merge.ts';
import { printCatalog } from '../../scripts/catalog/print.ts';

const folder = mkdtempSync(join(tmpdir(), 'inlane-decisions-'));
afterAll(() => rmSync(folder, { recursive: true }));

function decisions(...lines: string[]) {
  const path = join(folder, 'x.tsv');
  writeFileSync(path, lines.join('\n'));
  return readDecisions(path, 'x');
}

const CLOUD: Cloud = { name: 'x', providers: ['acme/x'], tables: ['x.tsv'], computedAs: '', fromFacts: () => ({}) };

function factsOf(...types: string[]): Facts {
  const nothing = { columns: new Map(), computed: ['arn', 'id'], optionalComputed: [], blockLike: [] };
  return { types: new Map(types.map((type) => [type, nothing])) };
}

describe('a data source without a line of its own', () => {
  const rows = new Map<string, CatalogRow>([
    ['x_queue', { class: 'queue' }],
    ['x_policy', { class: 'permission' }],
    ['x_index', { class: 'search' }],
    ['x_image', { class: 'snapshot' }],
    ['x_stack', { class: null }],
    ['data.x_zone', { class: 'dns' }],
  ]);
  it.each([
    ['x_queue', { class: 'queue', by: 'twin' }],
    ['x_queues', { class: 'queue', by: 'plural x_queue' }],
    ['x_policies', { class: 'permission', by: 'plural x_policy' }],
    ['x_indexes', { class: 'search', by: 'plural x_index' }],
    ['x_image_ids', { class: 'snapshot', by: 'plural x_image' }],
    ['x_zones', { class: 'dns', by: 'plural x_zone' }],
    ['x_stack', null],
    ['x_other', null],
  ])('%s', (name, wanted) => {
    expect(inherited(name, (type) => rows.get(type))).toEqual(wanted);
  });
});

describe('decisions', () => {
  it.each([
    ['x_a\tqueue\t-\trule', 'x:1: a rule has a `*` in its type, a hand-made line has none'],
    ['x_*\tqueue\t-\thand', 'x:1: a rule has a `*` in its type, a hand-made line has none'],
    ['x_a\t=\t-\trule', 'x:1: only one data source inherits, by rule'],
    ['data.x_a\t=\t-\thand', 'x:1: only one data source inherits, by rule'],
    ['data.x_*\t=\t-\trule', 'x:1: only one data source inherits, by rule'],
    ['x_a\tqueue\t-', 'x:1: expected type, class, also, by, settings'],
  ])('%j is no decision', (line, message) => {
    expect(() => decisions(line)).toThrow(message);
  });

  it('leave each row saying by which rule it was decided, and the rest undecided', () => {
    const facts = factsOf('x_queue', 'x_a_iam', 'x_b_iam', 'x_new', 'data.x_queue', 'data.x_queues', 'data.x_new');
    const file = mergeCatalog(CLOUD, decisions('x_queue\tqueue\tstateful\thand\tid=name', 'x_*_iam\tpermission\t-\trule'), facts);
    expect(file.managed.x_queue?.by).toBeUndefined();
    expect(file.managed.x_a_iam).toMatchObject({ class: 'permission', by: 'x_*_iam', also: ['access'] });
    expect(file.data.x_queue).toMatchObject({ class: 'queue', by: 'twin' });
    expect(file.data.x_queues).toMatchObject({ class: 'queue', by: 'plural x_queue' });
    expect(undecided(file, facts)).toEqual(['data.x_new', 'x_new']);
  });

  it('inherit where a line says so, from a type that has a class', () => {
    const cloud: Cloud = { ...CLOUD, tables: [] };
    const lines = decisions('x_queue\tqueue\t-\thand', 'data.x_queues\t=\t-\trule');
    expect(mergeCatalog(cloud, lines, factsOf()).data).toEqual({ x_queues: { class: 'queue', by: 'plural x_queue' } });
    expect(() => mergeCatalog(cloud, decisions('data.x_a\t=\t-\trule'), factsOf())).toThrow(
      'x:1: `data.x_a` finds no type to inherit from',
    );
  });
});

describe('the printed file', () => {
  const types = ['x_a', 'x_b', 'x_c', 'x_d', 'x_e', 'x_f'];
  const file = mergeCatalog(
    CLOUD,
    decisions('x_*\tqueue\t-\trule\tparent=project protects=deletion_protection:true'),
    factsOf(...types),
  );
  const text = printCatalog(file);

  it('holds what was merged, whatever it shares', () => {
    const { managed } = readCatalogText(text);
    expect(Object.fromEntries(managed)).toEqual(file.managed);
    expect(managed.get('x_a')?.computed).toEqual(['arn', 'id']);
  });

  it('says once what many types have, and is the same every time', () => {
    expect(text.split('deletion_protection').length).toBe(2);
    expect(text.split('\n').filter((line) => line.startsWith('    "x_')).length).toBe(types.length);
    expect(printCatalog(file)).toBe(text);
  });

  it('names a part by what it holds: another type changes no other line', () => {
    const more = mergeCatalog(
      CLOUD,
      decisions('x_*\tqueue\t-\trule\tparent=project protects=deletion_protection:true'),
      factsOf(...types, 'x_g'),
    );
    const before = new Set(text.split('\n').map((line) => line.replace(/,$/, '')));
    expect(
      printCatalog(more)
        .split('\n')
        .filter((line) => !before.has(line.replace(/,$/, ''))),
    ).toHaveLength(1);
  });
});
