import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Needles } from '../../src/plan/needles.ts';
import { Sensitive, type Value } from '../../src/plan/value.ts';
import { hashedWords, mentions } from '../../src/plan/words.ts';

const TEXTS = [
  'orders',
  'orders-db',
  'orders.example',
  'db.orders.example:5432',
  'arn:aws:rds:eu-west-1:1234:db:orders-db',
  '/subscriptions/1234/orders',
  'orders/',
  'a/orders/a',
  'projects/p/orders@v2',
  'see orders now',
  'x-1./orders',
  'null: orders',
  'n:orders',
  '1234',
  '5432',
  '12/34',
];
/** Bytes do not tell of these. */
const ODD = ['.orders', 'orders.', 'true', 'null', 'ordérs', 'or"ders'];
const AROUND = [
  '',
  ' ',
  '.',
  '..',
  '-',
  '_',
  'x',
  '9',
  '"',
  '\\',
  ':',
  '/',
  '\n',
  '\t',
  '\u0001',
  '&',
  '<',
  'é',
  '–',
  '😀',
  '\\n',
  '\\u003a',
  ',',
  ':n',
];

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS, ...ODD) },
  { weight: 5, arbitrary: fc.constantFrom(...AROUND) },
  { weight: 1, arbitrary: fc.constantFrom(...TEXTS).map((text) => text.slice(1)) },
);
const hostile = fc.array(piece, { maxLength: 4 }).map((all) => all.join(''));
/** Of others bytes may tell nothing. */
const plain = fc
  .array(
    piece.filter((text) => !/[^\n\t -~é–]|\\/.test(text)),
    { maxLength: 4 },
  )
  .map((all) => all.join(''));

function objectsOf(text: fc.Arbitrary<string>, nested: (one: string) => string): fc.Arbitrary<Value> {
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { weight: 4, arbitrary: text },
      { weight: 1, arbitrary: fc.constantFrom<Value>(null, true, false, 0, 1234, -5, 1.5, 5432) },
      { weight: 1, arbitrary: text.map(nested) },
      { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.dictionary(text, tie('value'), { maxKeys: 3, noNullPrototype: true }) },
    ),
  }));
  return fc.dictionary(fc.oneof(fc.constantFrom('k', 'name'), text), value, { maxKeys: 3, noNullPrototype: true });
}

const object = fc.oneof(
  { weight: 4, arbitrary: objectsOf(plain, (one) => `{"k":"${one.replaceAll(/["\n\t]/g, '')}"}`) },
  { weight: 1, arbitrary: objectsOf(hostile, (one) => JSON.stringify({ [one]: one, deep: JSON.stringify([one]) })) },
);

/** The same value, spelled in several ways. */
function spelled(one: Value, how: number): string {
  const plain = JSON.stringify(one, null, how % 3 === 0 ? 1 : undefined);
  const json = how % 4 === 0 ? plain.replace(/: ?(?:1234|5432)(?=[,}\]])/g, (number) => `${number}.0`) : plain;
  if (how % 5 === 0) return json.replaceAll('/', '\\/');
  if (how % 7 === 0) return json.replace(/(?<=[a-z0-9.]):(?=[a-z0-9])/g, '\\u003a');
  if (how % 11 < 4) return json.replace(/[&<>]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  return how % 2 === 0 ? json.replaceAll('":', '" :') : json;
}

describe('texts that are looked for in JSON', () => {
  test.each([1, 2, 3])('are told by its bytes as by its values, or not at all (%d)', (seed) => {
    const seen = { told: 0, found: 0, none: 0, open: 0 };
    fc.assert(
      fc.property(
        object,
        fc.tuple(fc.subarray(TEXTS, { minLength: 1 }), fc.subarray(ODD), fc.nat(9)),
        fc.nat(100),
        (one, [texts, odd, some], how) => {
          const wanted = some === 0 ? [...texts, ...odd] : texts;
          const json = spelled(one, how);
          const expected = wanted.filter((needle) => mentions(JSON.parse(json) as Value, needle));
          const needles = new Needles(wanted);
          expect([...needles.in(JSON.parse(json) as Value)].sort(), json).toEqual(expected.sort());
          const told = needles.inJson(Buffer.from(json));
          if (told === null) {
            seen.open += 1;
            return;
          }
          expect([...told].sort(), json).toEqual(expected);
          seen.told += 1;
          seen.found += told.size;
          if (told.size === 0) seen.none += 1;
        },
      ),
      { numRuns: 500, seed },
    );
    expect(seen.found).toBeGreaterThan(40);
    expect(seen.none).toBeGreaterThan(100);
    expect(seen.open).toBeGreaterThan(100);
  });

  /** Texts that differ in what may be a number alone, or is short: all of them hang on the word that they share. */
  const ALIKE = [
    ...Array.from({ length: 12 }, (_, at) => `orders/-${at}`),
    ...Array.from({ length: 12 }, (_, at) => `-${at}/orders/${at}`),
    ...Array.from({ length: 4 }, (_, at) => `a${at}:orders:orders:${at}`),
    'orders',
  ];
  const alike = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...ALIKE) },
      { weight: 4, arbitrary: fc.constantFrom('/', ':', ' ', '-1', '1', 'orders', '.', 'é', '–', '\u003c', '\n', '"', '') },
    ),
    { maxLength: 6 },
  );

  test.each([1, 2])('and so are very many that have a word in common (%d)', (seed) => {
    const seen = { told: 0, found: 0, open: 0 };
    const texts = fc.subarray(ALIKE, { minLength: 17 });
    fc.assert(
      fc.property(alike, alike, texts, fc.boolean(), fc.nat(100), (one, other, wanted, odd, how) => {
        const all = odd ? [...wanted, 'orders/é'] : wanted;
        const object: Value = { k: one.join(''), [other.join('')]: [other.join('')] };
        const json = spelled(object, how);
        const expected = all.filter((needle) => mentions(object, needle)).sort();
        const needles = new Needles(all);
        expect([...needles.in(object)].sort(), json).toEqual(expected);
        const secret: Value = { k: new Sensitive('', hashedWords(object)) };
        expect([...needles.in(secret)].sort(), json).toEqual(all.filter((needle) => mentions(secret, needle)).sort());
        const told = needles.inJson(Buffer.from(json));
        if (told !== null) expect([...told].sort(), json).toEqual(expected);
        seen.told += told === null ? 0 : 1;
        seen.open += told === null ? 1 : 0;
        seen.found += told?.size ?? 0;
      }),
      { numRuns: 250, seed },
    );
    expect(seen.told).toBeGreaterThan(20);
    expect(seen.found).toBeGreaterThan(20);
    expect(seen.open).toBeGreaterThan(20);
  });

  const cases: [json: string, needle: string, told: boolean | null][] = [
    ['{"k":"orders-db"}', 'orders-db', true],
    ['{"k":"orders-db."}', 'orders-db', true],
    ['{"k":"orders-db.x"}', 'orders-db', false],
    ['{"k":"\\norders-db\\n"}', 'orders-db', true],
    ['{"k":"\\norders-db:db\\n"}', 'orders-db:db', true],
    ['{"k":"norders-db:db"}', 'orders-db:db', false],
    ['{"k":"a:b:zzzz.."}', 'a:b:zzzz', true],
    ['{"k":"zzzz:b.."}', 'zzzz:b', true],
    ['{"k":"zzzz:b..c"}', 'zzzz:b', false],
    // A key is the name of an attribute, unless it is odd.
    ['{"orders-db":1}', 'orders-db', null],
    ['{"orders-db" \n : 1}', 'orders-db', null],
    ['{"k":["orders-db",":"]}', 'orders-db', true],
    ['{"a:orders-db/c":1}', 'orders-db/c', true],
    ['{"k":"{\\"orders-db\\":1}"}', 'orders-db', true],
    ['{"k\\"orders-db\\"":1}', 'orders-db', null],
    // What other escapes hide only the value tells.
    ['{"k":"orders\\/db"}', 'orders/db', null],
    ['{"k":"orders\\u002fdb"}', 'orders/db', null],
    ['{"k":"orders\\\\/db"}', 'orders/db', null],
    ['{"k":"orders\\\\:db"}', 'orders:db', null],
    ['{"k":"other\\u002fdb"}', 'orders/db', false],
    ['{"k":"\\u006frders-db"}', 'orders-db', null],
    // Those of HTML, as Go writes them, hide nothing.
    ['{"k":"\\u003corders-db\\u003e"}', 'orders-db', true],
    ['{"k":"\\u0026a:orders-db\\u003e"}', 'a:orders-db', true],
    ['{"k":"\\u003c:orders-db"}', 'c:orders-db', false],
    ['{"k":"\\u003c:orders-db"}', '3c:orders-db', false],
    ['{"k":"\\u003c:orders-db"}', '003c:orders-db', false],
    ['{"k":"\\u003c:orders-db"}', 'u003c:orders-db', false],
    ['{"k":"u003ca:orders-db"}', 'a:orders-db', false],
    // Beyond ASCII a character may be a letter.
    ['{"k":"é orders-db ü"}', 'orders-db', true],
    ['{"k":"éorders-db"}', 'orders-db', null],
    ['{"k":"orders-dbé"}', 'orders-db', null],
    ['{"k":"orders-db..é"}', 'orders-db', null],
    ['{"k":"é.orders-db"}', 'orders-db', false],
    ['{"k":"–a:orders-db"}', 'a:orders-db', null],
    ['{"k":"orders-db:a.–"}', 'orders-db:a', null],
    ['{"k":"–/orders-db"}', '/orders-db', true],
    ['{"k":"grördersß"}', 'rders', null],
    ['{"k":"grörder-sß"}', 'orders', false],
    ['{"k":true}', 'true', null],
    ['{"k":17}', '17', true],
    ['{"k":"17"}', '17', true],
    ['{"k":-17}', '17', false],
    ['{"k":1.17}', '17', false],
    ['{"k":17.5}', '17', false],
    // The same number, and a text that is another.
    ['{"k":17.0}', '17', null],
    ['{"k":[ 17.00 ]}', '17', null],
    ['{"k":"17.0"}', '17', false],
    ['{"17":1}', '17', null],
    ['{"k":17,"n":{}}', '17', true],
    ['{"k":1.5}', '1.5', null],
    ['{"k":"7/17"}', '7/17', null],
    ['{"k":"12345678901234567890"}', '12345678901234567890', true],
    ['{"k":17}', 'orders-17', false],
  ];
  test.each(cases)('%s and %s: %j', (json, needle, told) => {
    const found = new Needles([needle]).inJson(Buffer.from(json));
    expect(found === null ? null : found.has(needle)).toBe(told);
    if (told !== null) expect(mentions(JSON.parse(json) as Value, needle)).toBe(told);
  });
});
