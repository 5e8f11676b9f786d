import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { RowMember } from '../../src/plan/heads.ts';
import type { PriorObject } from '../../src/plan/model.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { scanStructure } from '../../src/plan/scanner.ts';
import { MemorySource } from '../../src/plan/source.ts';
import { Trickle } from './trickle.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

const IN_ROW = ['address', 'module_address', 'mode', 'type', 'name', 'index', 'provider_name', 'action_reason'] as const;
const IN_CHANGE = ['actions', 'after_unknown', 'before_sensitive', 'after_sensitive'] as const;
const NOTED = [
  ['previous_address', null],
  ['deposed', null],
  ['importing', 'change'],
  ['replace_paths', 'change'],
] as const;

interface Row {
  readonly [key: string]: unknown;
  readonly change: { readonly [key: string]: unknown };
}

/** What is told of every row of a plan; null for one of which not all is told. */
function heads(text: string, most = 1 << 20) {
  const bytes = Buffer.from(text);
  const structure = scanStructure(new Trickle(bytes, most));
  if (structure === null) throw new Error('refused');
  return [...Array(structure.rows.length).keys()].map((index) => {
    const { heads: told } = structure;
    if (!told.isTold(index)) return null;
    const members = [...IN_ROW, ...IN_CHANGE];
    return {
      values: members.map((member) => told.value(index, member)),
      sides: [told.hasSide(index, 'before'), told.hasSide(index, 'after')],
      noted: NOTED.map(([member]) => told.has(index, member)),
      common: told.isCommon(index),
      alike: told.isAlike(index),
    };
  });
}

/** The same by JSON.parse, for rows without doubt. */
function expected(row: Row) {
  const values = [...IN_ROW.map((member) => row[member]), ...IN_CHANGE.map((member) => row.change[member])];
  const noted = NOTED.map(([member, inner]) => (inner === null ? member in row : member in row.change));
  const { before, after } = row.change;
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  const alike = 'before' in row.change && 'after' in row.change && JSON.stringify(before) === JSON.stringify(after);
  const sides = [isObject(before), isObject(after)];
  return { values, sides, noted, common: !noted.includes(true), alike };
}

function planOf(...rows: readonly unknown[]): string {
  return JSON.stringify({ resource_changes: rows });
}

const ROW = {
  address: 'module.a["x"].b.c',
  previous_address: 'b.d',
  module_address: 'module.a["x"]',
  mode: 'managed',
  type: 'b',
  name: 'größe',
  index: 3,
  provider_name: 'registry.terraform.io/hashicorp/aws',
  deposed: 'abcd',
  change: {
    actions: ['delete', 'create'],
    before: { a: 'text of some length, longer than sixteen bytes', tags: null },
    after: { a: 'text of some length, longer than sixteen bytes', tags: null },
    after_unknown: { id: true },
    before_sensitive: { '€': [true] },
    after_sensitive: {},
    importing: { id: 'x' },
    replace_paths: [['a']],
  },
  action_reason: 'replace_because_tainted',
};

describe('heads of rows from the scan', () => {
  test('say what JSON.parse says: every recorded row', () => {
    const seen = { told: 0, alike: 0, unlike: 0, noted: 0, reason: 0 };
    for (const name of readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).sort()) {
      const path = join(fixtures, name);
      if (!/plan.*\.json$/.test(name) || !statSync(path).isFile() || statSync(path).size > 300_000) continue;
      let rows: unknown;
      let text: string;
      try {
        const plan: { resource_changes?: unknown } = JSON.parse(readFileSync(path, 'utf8'));
        rows = plan.resource_changes;
        text = JSON.stringify(plan);
      } catch {
        continue;
      }
      if (!Array.isArray(rows)) continue;
      for (const [index, told] of heads(text).entries()) {
        if (told === null) continue;
        const wanted = expected(rows[index]);
        expect(told, `${name} ${index}`).toEqual(wanted);
        seen.told += 1;
        seen[told.alike ? 'alike' : 'unlike'] += 1;
        if (!told.common) seen.noted += 1;
        if (rows[index].action_reason) seen.reason += 1;
      }
    }
    expect(seen.told).toBeGreaterThan(1000);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  });

  test('are the same wherever a block ends, but whether sides are alike may not be known', () => {
    const other = {
      ...ROW,
      change: { ...ROW.change, after: { a: 'text of some length, longer than sixteen byte!', tags: null } },
    };
    const shorter = { ...ROW, change: { ...ROW.change, after: {} } };
    const text = planOf(ROW, other, shorter);
    const wanted = [ROW, other, shorter].map((row) => expected(row));
    expect(heads(text)).toEqual(wanted);
    let unknown = 0;
    for (let most = 1; most < Buffer.byteLength(text); most += 1) {
      for (const [index, told] of heads(text, most).entries()) {
        if (told?.alike === null) unknown += 1;
        expect({ ...told, alike: wanted[index]?.alike }, `${most}`).toEqual(wanted[index]);
        expect([null, wanted[index]?.alike]).toContain(told?.alike);
        if (index === 2) expect(told?.alike).toBe(false);
      }
    }
    expect(unknown).toBeGreaterThan(100);
  });

  test('are the same whatever the order of members and the white space', () => {
    const turned = Object.fromEntries(Object.entries(ROW).reverse());
    const change = Object.fromEntries(Object.entries(ROW.change).reverse());
    for (const indent of [0, 1, '\t']) {
      const text = JSON.stringify({ resource_changes: [{ ...turned, change }, ROW] }, null, indent);
      expect(heads(text)).toEqual([expected(ROW), expected(ROW)]);
    }
  });

  test('sides that differ in one byte are not alike, wherever it stands', () => {
    for (let length = 0; length < 70; length += 1) {
      const row = (before: string, after: string) => ({ change: { before: { a: before }, after: { a: after } } });
      const value = 'x'.repeat(length);
      const rows = [...Array(length).keys()].map((at) => row(value, `${value.slice(0, at)}y${value.slice(at + 1)}`));
      const told = heads(planOf(row(value, value), ...rows, row(value, `${value}x`)));
      expect(told.map((head) => head?.alike)).toEqual([true, ...Array(length + 1).fill(false)]);
    }
  });

  test('are not told where a row must be looked at as a whole', () => {
    const long = 'x'.repeat(40_000);
    const odd: string[] = [
      '1',
      'null',
      '{}',
      '[{"change":{}}]',
      '{"change":null}',
      '{"change":[]}',
      '{"change":{"before":1}}',
      '{"change":{"after":[]}}',
      '{"change":{"after":true}}',
      '{"change":{},"change":{}}',
      '{"change":{},"x":{"a":1,"a":2}}',
      '{"change":{},"ch\\u0061nge":{}}',
      '{"change":{},"index":1e3}',
      '{"change":{},"index":12345678901234567890}',
      `{"change":{},"address":"${long}"}`,
      `{"change":{"x":"${long}${long}"},"address":"a"}`,
      `{"change":{"after_unknown":{"x":"${long}"}}}`,
    ];
    for (const row of odd) expect(heads(`{"resource_changes":[${row}]}`), row.slice(0, 80)).toEqual([null]);
    const sound = '{"change":{"before":null,"x":[{"change":1},{"address":2}]},"y":{"address":1,"mode":2},"type":"t"}';
    expect(heads(`{"resource_changes":[${[...odd, sound].join()}]}`).at(-1)).toEqual(expected(JSON.parse(sound)));
  });

  test('are the same whether their texts are kept once or are too many or too long for that', () => {
    const name = (index: number) => `n${index % 25_000}`;
    const rows = [...Array(30_000).keys()].map((index) => `{"name":"${name(index)}","type":"t","change":{}}`);
    const text = Buffer.from(`{"resource_changes":[${rows}]}`);
    const structure = scanStructure(new MemorySource(text));
    if (structure === null) throw new Error('refused');
    // What is kept outlives the next scan.
    heads(planOf(ROW));
    const { heads: told, shapes } = structure;
    let kept = 0;
    for (let index = 0; index < rows.length; index += 1) {
      expect(told.value(index, 'name')).toBe(name(index));
      if (shapes.of(index) !== null) kept += 1;
    }
    expect(shapes.of(25_001)).toBe(shapes.of(1));
    expect(kept).toBeGreaterThan(8000);
    expect(kept).toBeLessThan(20_000);
    const lengths = [...Array(70).keys(), 1021, 1022, 1023, 1024, 1025, 5000];
    const long = lengths.flatMap((length) => ['a', 'b'].map((end) => ({ name: `${'x'.repeat(length)}${end}`, change: {} })));
    const many = [...Array(1200).keys()].map((index) => ({ type: `${index}`.padEnd(1000, 'é'.repeat(400)), change: {} }));
    const all = [...long, ...long, ...many];
    expect(heads(planOf(...all)).map((head) => head?.values)).toEqual(all.map((row) => expected(row).values));
  });

  test('a member that is there but no text is told as it is', () => {
    const values: unknown[] = [null, 0, 12.5, true, '', 'a', '"', '\\', '\u007f', 'é', [], {}, [null], { a: [{}] }];
    for (const [at, member] of IN_ROW.entries()) {
      const rows = values.map((value) => ({ [member]: value, change: {} }));
      expect(heads(planOf(...rows)).map((head) => head?.values[at])).toEqual(values);
    }
    const member: RowMember = 'after_unknown';
    const bytes = Buffer.from('{"resource_changes":[{"change":{"after_unknown":{"__proto__":{"a":1}}}}]}');
    const structure = scanStructure(new MemorySource(bytes));
    const value = structure?.heads.value(0, member) as object;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(['__proto__']);
  });
});

describe('shapes of rows', () => {
  /** Of each row its shape and the JSON of its tags. */
  function shapesOf(text: string, most = 1 << 20) {
    const structure = scanStructure(new Trickle(Buffer.from(text), most));
    if (structure === null) throw new Error('refused');
    const { rows, shapes, tags } = structure;
    return [...Array(rows.length).keys()].map((index) => ({
      shape: shapes.of(index),
      tags: tags.text(index, 'tags'),
      all: tags.text(index, 'tags_all'),
    }));
  }

  const SAME = (({ previous_address: _, deposed: __, ...row }) => {
    const { importing: ___, replace_paths: ____, ...change } = row.change;
    return { ...row, change };
  })(ROW);
  const OWN = [
    { address: 'x.y' },
    { module_address: 'module.z' },
    { module_address: null },
    { index: 'é' },
    { index: undefined },
  ];
  const OTHER = [
    { mode: 'data' },
    { type: 'c' },
    { name: 'b' },
    { name: undefined },
    { provider_name: 'registry.opentofu.org/hashicorp/aws' },
    { action_reason: 'replace_by_request' },
    { change: { ...SAME.change, actions: ['create', 'delete'] } },
    { change: { ...SAME.change, after_unknown: {} } },
    { change: { ...SAME.change, before_sensitive: {} } },
    { change: { ...SAME.change, after_sensitive: false } },
    { change: { ...SAME.change, before: null } },
    { change: { ...SAME.change, after: { a: 1 } } },
    { change: { ...SAME.change, before: { a: 1 }, after: { a: 1 } }, type: 'd' },
  ];

  test('are one number for rows that differ in nothing but their address, module and key', () => {
    const rows = [SAME, ...OWN.map((own) => ({ ...SAME, ...own }))];
    const [first, ...others] = shapesOf(planOf(...rows));
    expect(first?.shape).toBeTypeOf('number');
    expect(others.map(({ shape }) => shape)).toEqual(others.map(() => first?.shape));
    const all = shapesOf(planOf(SAME, ...OTHER.map((other) => ({ ...SAME, ...other })), SAME)).map(({ shape }) => shape);
    expect(new Set(all.slice(0, -1)).size).toBe(OTHER.length + 1);
    expect(all.at(-1)).toBe(all[0]);
  });

  test('are none for rows that have what few have, or of which not all is told', () => {
    const few = [{ previous_address: 'b.d' }, { deposed: null }, { change: { ...SAME.change, importing: null } }];
    const more = [{ change: { ...SAME.change, replace_paths: [] } }, { name: 'x'.repeat(2000) }, { change: [] }];
    const odd = [...few, ...more, { change: { ...SAME.change, before: 1 } }, { change: { ...SAME.change, after: [] } }];
    const rows = odd.map((own) => ({ ...SAME, ...own }));
    expect(shapesOf(planOf(...rows, null)).map(({ shape }) => shape)).toEqual([...rows.map(() => null), null]);
    const twice = `{"resource_changes":[${JSON.stringify(SAME).replace('"mode"', '"mode":"managed","mode"')}]}`;
    expect(shapesOf(twice)[0]?.shape).toBeNull();
  });

  test('and tags are the same or not known wherever a block ends', () => {
    const tagged = { ...SAME, change: { ...SAME.change, before: { tags: { a: 'b' }, tags_all: { é: '' } } } };
    const escaped = { ...tagged, change: { ...SAME.change, before: { tags: { a: 'b\n' }, tags_all: null } } };
    const text = planOf(tagged, SAME, escaped, tagged);
    const whole = shapesOf(text);
    expect(whole.map(({ tags, all }) => [tags, all])).toEqual([
      ['{"a":"b"}', null],
      ['null', undefined],
      [null, 'null'],
      ['{"a":"b"}', null],
    ]);
    for (let most = 1; most < Buffer.byteLength(text); most += 1) {
      const cut = shapesOf(text, most);
      expect(cut[0]?.shape === cut[3]?.shape || cut[0]?.shape === null || cut[3]?.shape === null).toBe(true);
      expect(cut[1]?.shape === null || cut[1]?.shape !== cut[0]?.shape).toBe(true);
      for (const [index, told] of cut.entries())
        for (const name of ['tags', 'all'] as const) expect([null, whole[index]?.[name]]).toContain(told[name]);
    }
  });
});

describe('objects of the prior state from the scan', () => {
  const OBJECT = {
    address: 'a.b["é"]',
    mode: 'data',
    type: 'a',
    name: 'b',
    index: 'é',
    provider_name: 'registry.opentofu.org/hashicorp/aws',
    schema_version: 1,
    deposed_key: 'abcd1234',
    sensitive_values: { secret: true },
    values: { id: 'x', secret: 'hidden', tags: { a: 'b' } },
    depends_on: ['a.c', 1, 'module.d'],
  };
  const KEYS = 'address deposed mode type name key moduleAddress provider dependsOn values'.split(' ');
  const told = (objects: readonly string[], wholeUpTo: number) => {
    const module = `{"address":"module.m","resources":[${objects}]}`;
    const state = `{"format_version":"1.0","values":{"root_module":{"resources":[],"child_modules":[${module}]}}}`;
    const plan = `{"format_version":"1.2","terraform_version":"1.9.0","resource_changes":[],"prior_state":${state}}`;
    const { prior } = parsePlan(Buffer.from(plan), 'plan.json', '', wholeUpTo);
    const list = [...prior].map((object) => KEYS.map((key) => object[key as keyof PriorObject]));
    expect(prior.length).toBe(list.length);
    return list;
  };

  test('are what they are when the plan is parsed at once, whatever they hold', () => {
    const odd: unknown[] = [null, 0, 1.5, true, '', '\\', [], {}, ['x'], { a: 1 }];
    const changed = Object.keys(OBJECT).flatMap((key) => [
      ...odd.map((value) => ({ ...OBJECT, [key]: value })),
      Object.fromEntries(Object.entries(OBJECT).filter(([other]) => other !== key)),
    ]);
    const spelled = [OBJECT, ...changed].map((object) => JSON.stringify(object));
    const turned = JSON.stringify(Object.fromEntries(Object.entries(OBJECT).reverse()), null, 1);
    const wide = [
      { ...OBJECT, name: 'x'.repeat(40_000) },
      { id: { x: 'y'.repeat(70_000) }, ...OBJECT },
    ].map((object) => JSON.stringify(object));
    const numbers = ['1e2', '-0', '12345678901234567890'].map((index) =>
      JSON.stringify(OBJECT).replace('"index":"é"', `"index":${index}`),
    );
    const objects = [...spelled, turned, ...wide, ...numbers, '1', 'null', '[{}]', '"x"', '{}'];
    const whole = told(objects, Number.POSITIVE_INFINITY);
    expect(whole.length).toBe(objects.length - 4);
    expect(whole[0]?.slice(0, 9)).toEqual([
      'a.b["é"]',
      'abcd1234',
      'data',
      'a',
      'b',
      'é',
      'module.m',
      'hashicorp/aws',
      ['a.c', 'module.d'],
    ]);
    expect(told(objects, 0)).toEqual(whole);
  });
});
