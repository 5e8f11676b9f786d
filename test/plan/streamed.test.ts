import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { LaterRow } from '../../src/plan/later-row.ts';
import type { PlanFile, ResourceChange } from '../../src/plan/model.ts';
import { Needles } from '../../src/plan/needles.ts';
import { parsePlan, readPlan } from '../../src/plan/read.ts';
import { withShared } from './shared.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const ROW_KEYS =
  'index address previousAddress moduleAddress mode type name key provider deposed actions reason before after replacePaths importing deferred trigger faults block'.split(
    ' ',
  );

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
    const objects = [...prior].map((object) => ({ ...object, values: object.values }));
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
        if (needles.mayStandIn(rows[0] as ResourceChange)) return;
        expect([...found]).toEqual([]);
        ruledOut += 1;
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
