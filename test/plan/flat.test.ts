import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdsText, isFlat } from '../../src/plan/flat.ts';

describe('a look at JSON that is not parsed', () => {
  test.each([
    ['{"a":"b"}', 'a', true],
    ['{"a":"b","c":"d"}', 'c', true],
    ['{"a":1}', 'a', false],
    ['{"a":null}', 'a', false],
    ['{"a": "b"}', 'a', false],
    ['{"x":{"a":"b"}}', 'a', false],
    ['{"x":["a"],"a":"b"}', 'a', false],
    ['{"x":"\\"a\\":\\"b"}', 'a', false],
    ['{"a":"b",":":"c"}', ',', false],
    ['{"a":",",":":"c"}', ',', false],
    ['{"ba":"c"}', 'a', false],
    ['{"a":"","b":""}', 'a', true],
    ['{"":"b"}', '', false],
    ['null', 'a', false],
    ['["a"]', 'a', false],
    ['"a"', 'a', false],
  ])('%s %s', (json, key, held) => {
    JSON.parse(json);
    expect(holdsText(json, key)).toBe(held);
  });

  test('never finds a text that is not there', () => {
    const piece = fc.constantFrom('a', 'a', 'b', 'b', 'b', ':', ',', '"', '{', ' ', '1', '":"');
    const text = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(''));
    const value = fc.oneof(
      { weight: 9, arbitrary: text },
      fc.constantFrom('\\', 'a":"b', null, true, 1, {}, [], { a: 'b' }, ['a']),
    );
    let found = 0;
    fc.assert(
      fc.property(fc.dictionary(text, value, { maxKeys: 4, noNullPrototype: true }), text, (object, key) => {
        const json = JSON.stringify(object);
        if (isFlat(json)) expect(Object.values(object).filter((one) => typeof one === 'object' && one !== null)).toEqual([]);
        for (const asked of [key, ...Object.keys(object)]) {
          if (!holdsText(json, asked)) continue;
          expect(typeof (Object.hasOwn(object, asked) ? object[asked] : undefined), `${json} ${asked}`).toBe('string');
          found += 1;
        }
      }),
      { numRuns: 5_000 },
    );
    expect(found).toBeGreaterThan(200);
  });
});
