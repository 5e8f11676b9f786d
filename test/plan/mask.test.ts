import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/plan/hide.ts';
import { type Json, JsonReader } from '../../src/plan/json.ts';
import { applyMasks } from '../../src/plan/mask.ts';
import { ExactNumber, Sensitive, UNKNOWN, type Value } from '../../src/plan/value.ts';

function json(text: string | undefined): Json | undefined {
  return text === undefined ? undefined : new JsonReader(Buffer.from(text), 'x').value();
}

/** `?` for unknown, `#` for sensitive, so that a table can be read. */
function show(value: Value | undefined): unknown {
  if (value === undefined) return 'nothing';
  if (value === UNKNOWN) return '?';
  if (value instanceof Sensitive) return '#';
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return value.map(show);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, show(v)]));
  return value;
}

type Case = [
  name: string,
  value: string | undefined,
  unknown: string | undefined,
  sensitive: string | undefined,
  expected: unknown,
];

describe('shapes of plan-json.md 3.4', () => {
  test.each<Case>([
    ['a wholly unknown attribute is absent from after', '{"a":1}', '{"id":true}', '{}', { a: 1, id: '?' }],
    ['a partly unknown map', '{"tags":{"Env":"p"}}', '{"tags":{"Owner":true}}', '{}', { tags: { Env: 'p', Owner: '?' } }],
    ['a partly unknown list holds null there', '{"l":["a",null]}', '{"l":[false,true]}', '{}', { l: ['a', '?'] }],
    [
      'residue says nothing',
      '{"t":{"a":"b"},"l":[1,2],"m":[{},{}]}',
      '{"t":{},"l":[false,false],"m":[{},{}]}',
      '{"t":{},"m":[{},{}]}',
      { t: { a: 'b' }, l: [1, 2], m: [{}, {}] },
    ],
    ['residue where there is nothing', '{"a":1}', '{"b":{},"c":[],"d":[{}]}', '{"b":{}}', { a: 1 }],
    ['false and null of 0.12', '{"a":1}', '{"a":false,"b":null}', undefined, { a: 1 }],
    ['the whole object unknown', undefined, 'true', 'true', '?'],
    [
      'after absent, mask an object (0.12)',
      undefined,
      '{"id":true,"n":{"x":true},"r":{}}',
      undefined,
      { id: '?', n: { x: '?' } },
    ],
    [
      'fixture: unknown and sensitive entries',
      '{"tags":{"Env":"p"}}',
      '{"tags":{"Owner":true}}',
      '{"tags":{"Env":true}}',
      { tags: { Env: '#', Owner: '?' } },
    ],
    ['fixture: the whole map sensitive, keys too', '{"tags":{"Env":"p"}}', '{}', '{"tags":true}', { tags: '#' }],
    ['fixture: sensitive and unknown', '{}', '{"pw":true}', '{"pw":true}', { pw: '?' }],
    ['null stays null under a mask', '{"pw":null}', '{}', '{"pw":true}', { pw: null }],
    ['sensitive whole with something unknown inside', '{"s":{"a":1}}', '{"s":{"b":true}}', '{"s":true}', { s: '?' }],
    ['a mask on a missing key', '{"a":1}', '{}', '{"b":true}', { a: 1 }],
    ['an unknown number of blocks', '{"a":1}', '{"block":true}', '{}', { a: 1, block: '?' }],
    ['blocks with unknown leaves', '{"b":[{"x":1},{}]}', '{"b":[{},{"y":true}]}', '{"b":[{},{}]}', { b: [{ x: 1 }, { y: '?' }] }],
    ['null with unknown below', '{"b":null}', '{"b":{"x":true}}', '{}', { b: { x: '?' } }],
    ['the prototype key', '{"__proto__":{"a":"s"}}', '{}', '{"__proto__":{"a":true}}', { ['__proto__']: { a: '#' } }],
  ])('%s', (_, value, unknown, sensitive, expected) => {
    expect(JSON.stringify(show(applyMasks(json(value), json(unknown), json(sensitive))))).toBe(JSON.stringify(expected));
  });
});

describe('masks that do not fit hide the whole node', () => {
  test.each<Case>([
    ['an unknown list longer than the value', '{"l":["a"]}', '{"l":[false,true]}', '{}', { l: ['a', '?'] }],
    ['a gap before an unknown element', '{"l":[]}', '{"l":[false,true]}', '{}', { l: ['?', '?'] }],
    ['an unknown list shorter', '{"l":["a","b"]}', '{"l":[true]}', '{}', { l: '?' }],
    ['a sensitive list shorter', '{"l":["a","b"]}', '{}', '{"l":[true]}', { l: '#' }],
    ['a sensitive list longer', '{"l":["a"]}', '{}', '{"l":[true,true]}', { l: ['#'] }],
    ['a sensitive list on an object', '{"o":{"a":1}}', '{}', '{"o":[true]}', { o: '#' }],
    ['a sensitive object on a list', '{"o":[1]}', '{}', '{"o":{"a":true}}', { o: '#' }],
    ['a sensitive object on a text', '{"o":"x"}', '{}', '{"o":{}}', { o: '#' }],
    ['an unknown object on a text', '{"o":"x"}', '{"o":{"a":true}}', '{}', { o: '?' }],
    ['an unknown list on an object', '{"o":{"a":1}}', '{"o":[true]}', '{}', { o: '?' }],
    ['misfit and unknown: unknown wins', '{"o":{"a":1}}', '{"o":{"b":true}}', '{"o":[true]}', { o: '?' }],
    ['a mask that is text', '{"o":"x","p":"y"}', '{"p":"true"}', '{"o":"true"}', { o: '#', p: '?' }],
    ['a mask that is a number', '{"o":"x"}', '{}', '{"o":1}', { o: '#' }],
  ])('%s', (_, value, unknown, sensitive, expected) => {
    expect(show(applyMasks(json(value), json(unknown), json(sensitive)))).toEqual(expected);
  });
});

test('a masked subtree can be compared with a plain one', () => {
  const masked = applyMasks(json('{"s":{"b":[1,2],"a":"x"}}'), json('{}'), json('{"s":true}')) as { s: Sensitive };
  expect(masked.s.digest).toBe(digestOf({ a: 'x', b: [1, 2] }));
  expect(masked.s.container).toBe(true);
  expect(masked.s.digest).not.toBe(digestOf({ a: 'y', b: [1, 2] }));
});
