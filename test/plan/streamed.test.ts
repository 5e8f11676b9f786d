import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { LaterRow } from '../../src/plan/later-row.ts';
import type { PlanFile, PriorObject, ResourceChange } from '../../src/plan/model.ts';
import { Needles } from '../../src/plan/needles.ts';
import { parsePlan, readPlan } from '../../src/plan/read.ts';
import type { ObjectValue } from '../../src/plan/value.ts';
import { withShared } from './shared.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const ROW_KEYS =
  'index address previousAddress moduleAddress mode type name key provider deposed actions reason before after replacePaths importing deferred trigger faults block'.split(
    ' ',
  );
const OBJECT_KEYS = 'address deposed mode type name key moduleAddress provider values dependsOn'.split(' ');

function plansBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /plan.*\.json$/.test(path) && statSync(path).isFile())
    .sort();
}

/** Everything a plan says, the same for equal plans; or how it is refused. */
function told(read: () => PlanFile): unknown {
  try {
    const { rows, prior, close: _, assertUnchanged: __, ...rest } = read();
    const rowOf = (row: ResourceChange) => Object.fromEntries(ROW_KEYS.map((key) => [key, row[key as keyof ResourceChange]]));
    const objectOf = (object: PriorObject) =>
      Object.fromEntries(OBJECT_KEYS.map((key) => [key, object[key as keyof PriorObject]]));
    const objects = [...prior].map(objectOf);
    return { ...rest, rows: [...rows()].map(rowOf), prior: objects, length: prior.length };
  } catch (error) {
    if (error instanceof InlaneError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
}

/** Reads some bytes in both ways; true where the plan was read piece by piece. */
function agrees(bytes: Buffer, name: string): boolean {
  const whole = told(() => parsePlan(bytes, 'plan.json', '', Number.POSITIVE_INFINITY));
  const pieces = told(() => parsePlan(bytes, 'plan.json', '', 0));
  expect(pieces, name).toEqual(whole);
  return 'rows' in (pieces as object);
}

describe('a plan that is read piece by piece', () => {
  test('says what it says when it is read at once: every fixture', () => {
    const paths = plansBelow(fixtures).filter((path) => statSync(path).size < 250_000);
    const read = paths.filter((path) => agrees(readFileSync(path), path));
    expect(read.length).toBeGreaterThan(150);
  }, 60_000);

  test('keeps the values of rows in the file until they are asked for', () => {
    const bytes = readFileSync(join(fixtures, 'stories/aws-postgres-2-cutover/plan.json'));
    const rows = [...parsePlan(bytes, 'plan.json', '', 0).rows()];
    expect(rows.filter((row) => row instanceof LaterRow).length).toBeGreaterThan(rows.length / 2);
  });

  test('gives the members of a side one by one as it gives them all', () => {
    const paths = plansBelow(fixtures).filter((path) => statSync(path).size < 100_000);
    let asked = 0;
    for (const path of paths) {
      const bytes = readFileSync(path);
      let whole: readonly ResourceChange[];
      try {
        whole = [...parsePlan(bytes, path, '', Number.POSITIVE_INFINITY).rows()];
      } catch {
        continue;
      }
      for (const [at, row] of [...parsePlan(bytes, path, '', 0).rows()].entries()) {
        for (const side of ['before', 'after'] as const) {
          const wanted = whole[at]?.[side];
          const given = row[side];
          if (typeof wanted !== 'object' || wanted === null || typeof given !== 'object' || given === null) {
            expect(given).toBe(wanted);
            continue;
          }
          // `tags` first: on a row without a change they are read without the rest.
          for (const key of ['tags', 'tags_all', 'constructor', '__proto__', 'toString', ...Object.keys(wanted).reverse()]) {
            expect(given[key], `${path} ${row.address} ${side} ${key}`).toEqual(wanted[key]);
            expect(Object.hasOwn(given, key)).toBe(Object.hasOwn(wanted, key));
            expect(key in given).toBe(key in wanted);
            asked += 1;
          }
          expect(Object.keys(given)).toEqual(Object.keys(wanted));
        }
      }
    }
    expect(asked).toBeGreaterThan(5_000);
  }, 60_000);

  test('masks the tags of a row without a change as they are masked whole', () => {
    const [NAME, SHAPES] = ['aws_s3_bucket', [undefined, null, {}, { a: 'b' }, { a: 'b', c: 1 }, ['x'], 'text', { a: ['x'] }]];
    const masks = [undefined, null, false, true, {}, [], { tags: {} }, { tags: true }, { tags: false }, { tags: { a: true } }];
    const more = [
      { tags: [true] },
      { tags_all: {} },
      { tags_all: { a: true } },
      { id: true },
      { tags: { a: [] } },
      { tags: null },
    ];
    const unknowns = [
      {},
      {},
      {},
      undefined,
      null,
      { tags: {} },
      { tags: true },
      { tags: { b: true } },
      { tags_all: { a: false } },
    ];
    const shape = fc.constantFrom(...SHAPES);
    const mask = fc.constantFrom(...masks, ...more);
    const base = { format_version: '1.2', terraform_version: '1.9.0', planned_values: {}, configuration: { root_module: {} } };
    let told = 0;
    fc.assert(
      fc.property(
        shape,
        shape,
        mask,
        mask,
        fc.boolean(),
        fc.constantFrom(...unknowns),
        (tags, all, own, other, same, unknown) => {
          const values = { id: 'b', tags, nested: { tags: { a: 'no' }, tags_all: null }, tags_all: all };
          const masked = { before_sensitive: own, after_sensitive: same ? own : other, after_unknown: unknown };
          const change = { actions: ['no-op'], before: values, after: values, ...masked };
          const named = { mode: 'managed', type: NAME, name: 'b', provider_name: 'registry.terraform.io/hashicorp/aws' };
          const plan = { ...base, resource_changes: [{ address: `${NAME}.b`, ...named, change }] };
          const bytes = Buffer.from(JSON.stringify(plan));
          const [whole] = parsePlan(bytes, 'p', '', Number.POSITIVE_INFINITY).rows();
          for (const keys of [['tags', 'tags_all', 'id'], ['tags_all'], ['nested', 'tags'], ['id']]) {
            const [row] = parsePlan(bytes, 'p', '', 0).rows();
            for (const side of ['before', 'after'] as const) {
              const [given, wanted] = [row?.[side], whole?.[side]];
              if (typeof given !== 'object' || given === null) expect(given).toBe(wanted);
              else for (const key of keys) expect(given[key]).toEqual((wanted as ObjectValue)[key]);
              told += 1;
            }
          }
          agrees(bytes, JSON.stringify(plan));
        },
      ),
      { numRuns: 700 },
    );
    expect(told).toBeGreaterThan(5_000);
  }, 60_000);

  test('never reads a changed document in another way', () => {
    const pieces = [
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '1e5',
      '-0',
      '12345678901234567890',
      'null',
      '"a":1,',
      '"change":{},',
      '"address":"a",',
      '"values":{},',
      '"resources":[],',
      '"before":null,',
      '\\u0061',
      'é',
      '\u0000',
    ];
    const base = readFileSync(join(fixtures, 'recorded/aws/import-by-identity/plan.json'), 'utf8');
    let read = 0;
    fc.assert(
      fc.property(fc.nat(base.length), fc.nat(4), fc.constantFrom(...pieces), (at, removed, piece) => {
        if (agrees(Buffer.from(base.slice(0, at) + piece + base.slice(at + removed)), `${at} ${removed} ${piece}`)) read += 1;
      }),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(20);
  }, 60_000);

  test('knows its sections and members however their keys are spelled', () => {
    const plan = JSON.stringify(JSON.parse(readFileSync(join(fixtures, 'recorded/aws/postgres-cutover/plan.json'), 'utf8')));
    const keys = [...new Set(plan.match(/"[a-z_]+"(?=:)/g))];
    expect(keys.length).toBeGreaterThan(100);
    let read = 0;
    for (const key of keys) {
      const escaped = `"\\u00${key.charCodeAt(1).toString(16)}${key.slice(2)}`;
      // Everywhere, and where it stands first.
      for (const text of [plan.replaceAll(`${key}:`, `${escaped}:`), plan.replace(`${key}:`, `${escaped}:`)])
        if (agrees(Buffer.from(text), key)) read += 1;
    }
    expect(read).toBe(2 * keys.length);
  }, 60_000);

  test('is the same whatever the order of its sections and the white space', () => {
    const plan = JSON.parse(readFileSync(join(fixtures, 'recorded/aws/postgres-cutover/plan.json'), 'utf8'));
    const whole = told(() => parsePlan(Buffer.from(JSON.stringify(plan)), 'plan.json', ''));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Object.keys(plan), { minLength: Object.keys(plan).length }),
        fc.constantFrom(0, 1, '\t'),
        (keys, indent) => {
          const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, plan[key]])), null, indent);
          expect(told(() => parsePlan(Buffer.from(text), 'plan.json', '', 0))).toEqual(whole);
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe('a large file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inlane-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('that changes while it is read is refused', async () => {
    const path = join(folder, 'plan.json');
    writeFileSync(path, readFileSync(join(fixtures, 'stories/aws-postgres-2-cutover/plan.json')));
    const plan = await readPlan(path, { wholeUpTo: 0 });
    plan.assertUnchanged?.();
    utimesSync(path, 1, 1);
    expect(() => plan.assertUnchanged?.()).toThrowError(/changed while it was read/);
    plan.close?.();
  });
});

describe('words that are looked for in the bytes of a row', () => {
  const HOSTS = [
    'db.orders.example',
    'arn:aws:rds:eu:1:db:orders',
    'orders',
    '/orders/db',
    'größe',
    '1234',
    'a',
    '::',
    'x\\y',
    'tab\tbed',
  ];
  const text = fc.oneof(
    fc.constantFrom(...HOSTS),
    fc
      .tuple(
        fc.constantFrom('', 'x', ' ', '"', '<', '\\', '\n', 'é', '.', '-', '\\u003c'),
        fc.constantFrom(...HOSTS),
        fc.constantFrom('', '.', 'x', ' ', '>', '\\', '2'),
      )
      .map((parts) => parts.join('')),
    fc.constantFrom(...HOSTS).map((host) => JSON.stringify({ host, nested: JSON.stringify([host, '\n']) })),
    fc.string({ maxLength: 8 }),
  );

  test('are found wherever the values mention them, in the open or behind a mask', () => {
    let ruledOut = 0;
    fc.assert(
      fc.property(text, fc.constantFrom(...HOSTS), fc.boolean(), fc.boolean(), (value, host, secret, escaped) => {
        const row = {
          address: 'a.b',
          mode: 'managed',
          type: 'a',
          name: 'b',
          provider_name: 'registry.terraform.io/hashicorp/aws',
          change: {
            actions: ['no-op'],
            before: { k: value },
            after: { k: value },
            after_unknown: {},
            before_sensitive: secret ? { k: true } : {},
            after_sensitive: secret ? { k: true } : {},
          },
        };
        let json = JSON.stringify({ format_version: '1.2', terraform_version: '1.9.0', resource_changes: [row] });
        if (escaped)
          json = json
            .replace(/[<>&:/é]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
            .replaceAll('"\\u003a', '":');
        let rows: ResourceChange[];
        try {
          rows = [...parsePlan(Buffer.from(json), 'plan.json', '', 0).rows()];
        } catch {
          return;
        }
        const needles = new Needles([host, 'never.there']);
        const found = needles.in(rows[0]?.before ?? null);
        const one = rows[0];
        const told = one instanceof LaterRow ? needles.inJson(one.bytes()) : null;
        if (told === null) return;
        expect([...told]).toEqual([...found]);
        if (told.size === 0) ruledOut += 1;
      }),
      { numRuns: 800 },
    );
    expect(ruledOut).toBeGreaterThan(80);
  });
});

withShared('corpus', 'the two readers on plans of others', (folder) => {
  test('agree on every file', () => {
    const files = readdirSync(join(folder, 'files'));
    let read = 0;
    for (const name of files) {
      const bytes = readFileSync(join(folder, 'files', name));
      if (agrees(bytes, name)) read += 1;
    }
    expect(files.length).toBeGreaterThanOrEqual(811);
    expect(read).toBeGreaterThan(700);
  }, 120_000);
});
