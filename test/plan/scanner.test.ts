import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { JsonReader, MAX_DEPTH } from '../../src/plan/json.ts';
import { scanStructure } from '../../src/plan/scanner.ts';
import { Trickle } from './trickle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stories = join(root, 'fixtures', 'stories');

type Verdict = 'sure' | 'unsure' | 'refused';

/** What the scanner says of a text: `sure` = one value, every key once, every number a plain double. */
function scanned(text: string | Buffer, most = 1 << 20): Verdict {
  const structure = scanStructure(new Trickle(Buffer.from(text as string), most));
  if (structure === null) return 'refused';
  const pieces = [structure.rows, structure.objects].flatMap((list) =>
    [...Array(list.length).keys()].map((index) => list.get(index).sure),
  );
  return structure.members.every(({ sure }) => sure) && !pieces.includes(false) ? 'sure' : 'unsure';
}

/** What the byte parser says; `unsure` where it keeps a number's spelling apart. */
function read(text: string): 'accepted' | 'refused' {
  const reader = new JsonReader(Buffer.from(text, 'utf8'), 'plan.json');
  try {
    reader.check();
    return reader.peek() === -1 ? 'accepted' : 'refused';
  } catch (error) {
    if (error instanceof InlaneError) return 'refused';
    throw error;
  }
}

/** `sure` only of what the byte parser accepts; `refused` only of what it refuses, or of what is nested deeper than 500 levels. */
function agrees(text: string, most?: number): Verdict {
  const verdict = scanned(text, most);
  if (verdict === 'sure') expect(`${read(text)}: ${text}`).toBe(`accepted: ${text}`);
  if (verdict === 'refused') expect(`${read(text)}: ${text}`).toBe(`refused: ${text}`);
  return verdict;
}

/** A document around a text, so that it stands at the top, in a row and in an object of state. */
function around(text: string): string[] {
  return [
    `{"x":${text}}`,
    `{"resource_changes":[{"change":{"before":${text},"after":${text}}}]}`,
    `{"prior_state":{"values":{"root_module":{"resources":[{"values":${text}}],"child_modules":[{"resources":[${text}],"address":"m"}]}}}}`,
  ];
}

describe('the scanner of large plans', () => {
  test('accepts what JSON is, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 5 }),
        fc.constantFrom(undefined, 1, '\t'),
        fc.integer({ min: 1, max: 40 }),
        (json, indent, most) => {
          for (const text of around(JSON.stringify(JSON.parse(json), null, indent)))
            expect(agrees(text, most)).not.toBe('refused');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never takes a broken document for a sound one', () => {
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
      '-',
      '.',
      'e',
      '1',
      ' ',
      '\n',
      'null',
      'tru',
      '\u0001',
      '"a":1',
      '\\u00',
      '\\x',
      'é',
      '/',
    ];
    const base =
      '{"resource_changes":[{"address":"a","change":{"before":{"k":[1,-2.5,true,"x\\n\\u00e9"],"l":{}},"after":null}}],"y":{"a":1,"b":[false,null]}}';
    let refused = 0;
    fc.assert(
      fc.property(
        fc.nat(base.length),
        fc.nat(3),
        fc.constantFrom(...pieces),
        fc.integer({ min: 1, max: 30 }),
        (at, removed, piece, most) => {
          if (agrees(base.slice(0, at) + piece + base.slice(at + removed), most) === 'refused') refused += 1;
        },
      ),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  test('a key that stands twice is never sure', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '.', '_'), minLength: 0, maxLength: 3 });
    let doubled = 0;
    fc.assert(
      fc.property(fc.array(key, { maxLength: 12 }), fc.integer({ min: 1, max: 20 }), (keys, most) => {
        const object = `{${keys.map((name) => `${JSON.stringify(name)}:{"a":1,"b":2}`).join()}}`;
        for (const text of around(object)) {
          const verdict = agrees(text, most);
          if (new Set(keys).size < keys.length) {
            expect(verdict).not.toBe('sure');
            doubled += 1;
          } else expect(verdict).toBe('sure');
        }
      }),
      { numRuns: 400 },
    );
    expect(doubled).toBeGreaterThan(100);
    const many = [...Array(3000).keys()].map((number) => `"k${number}":0`);
    expect(scanned(`{${many.join()}}`)).toBe('sure');
    expect(scanned(`{${many.join()},"k1500":0}`)).toBe('unsure');
  });

  const cases: [text: string, verdict: Verdict][] = [
    ['{"a":1,"\\u0061":2}', 'unsure'],
    ['{"a":{"b":1,"b":2}}', 'unsure'],
    ['{"a":9007199254740993}', 'unsure'],
    ['{"a":1e3}', 'unsure'],
    ['{"a":-0}', 'unsure'],
    ['{"a":123456789012.25}', 'sure'],
    ['{"a":0123}', 'refused'],
    ['{"a":1.}', 'refused'],
    ['{"a":+1}', 'refused'],
    ['{"a":nul}', 'refused'],
    ['{"a":truex}', 'refused'],
    ['{"a":1,}', 'refused'],
    ['{"a":[1,]}', 'refused'],
    ['{"a":[1}}', 'refused'],
    ['{"a" 1}', 'refused'],
    ['{"a":1}}', 'refused'],
    ['{"a":1} {}', 'refused'],
    ['{"a":1', 'refused'],
    ['{"a":"x', 'refused'],
    ['{"a":"\\q"}', 'refused'],
    ['{"a":"\\u12g4"}', 'refused'],
    ['{"a":"\t"}', 'refused'],
    ['', 'refused'],
    [' {"a" : 1 , "b" : [ ] } \n', 'sure'],
  ];
  test.each(cases)('%j is %s', (text, verdict) => {
    for (const most of [1, 2, 3, 7, 1000]) expect(scanned(text, most)).toBe(verdict);
  });

  test('bytes that are no UTF-8, and characters that are cut', () => {
    const text = Buffer.from('{"a":"é€😀x"}');
    for (let most = 1; most < text.length; most += 1) expect(scanned(text, most)).toBe('sure');
    for (const broken of [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0xc0, 0x80]]) {
      const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(broken), Buffer.from('"}')]);
      for (const most of [1, 2, 100]) expect(scanned(bytes, most)).toBe('refused');
    }
  });

  test('deep nesting and long tokens end in a refusal at worst', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(scanned(nested(400))).toBe('sure');
    expect(scanned(nested(MAX_DEPTH + 1))).toBe('refused');
    expect(scanned(nested(200_000))).toBe('refused');
    expect(scanned(`{"a":"${'x'.repeat(3 << 20)}"}`)).toBe('sure');
    expect(scanned(`{"${'x'.repeat(2 << 20)}":1}`)).toBe('refused');
    expect(scanned(`{"a":${' '.repeat(3 << 20)}1}`)).toBe('sure');
  });

  test('the pieces of every story stand where they are, whatever the order of the sections', () => {
    let rows = 0;
    for (const name of readdirSync(stories)) {
      const plan = JSON.parse(readFileSync(join(stories, name, 'plan.json'), 'utf8'));
      for (const keys of [Object.keys(plan), Object.keys(plan).reverse()]) {
        const text = JSON.stringify(
          Object.fromEntries(keys.map((key) => [key, plan[key]])),
          null,
          keys === keys.toReversed() ? 2 : 0,
        );
        const structure = scanStructure(new Trickle(Buffer.from(text), 4099));
        if (structure === null) throw new Error(`${name} was refused`);
        const bytes = Buffer.from(text);
        const at = (start: number, end: number) => (start < 0 ? undefined : JSON.parse(bytes.toString('utf8', start, end)));
        const found = [...Array(structure.rows.length).keys()].map((index) => structure.rows.get(index));
        expect(found.map(({ start, end }) => at(start, end))).toEqual(plan.resource_changes ?? []);
        expect(found.map((piece) => [at(piece.firstStart, piece.firstEnd), at(piece.secondStart, piece.secondEnd)])).toEqual(
          (plan.resource_changes ?? []).map((row: { change: { before: unknown; after: unknown } }) => [
            row.change.before,
            row.change.after,
          ]),
        );
        expect(structure.members.map(({ key, value }) => [at(key.start, key.end), at(value.start, value.end)])).toEqual(
          keys.map((key) => [key, plan[key]]),
        );
        rows += found.length;
      }
    }
    expect(rows).toBeGreaterThan(500);
  });

  test('the module is what its source makes', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/scan/build.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
