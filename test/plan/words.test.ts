import { describe, expect, test } from 'vitest';
import { digestOf, hide } from '../../src/plan/hide.ts';
import { ExactNumber, UNKNOWN, type Value } from '../../src/plan/value.ts';
import { mentions, words } from '../../src/plan/words.ts';

const HOST = 'orders.abc123.eu-central-1.rds.amazonaws.com';
const ARN = 'arn:aws:rds:eu-central-1:123456789012:db:orders';

describe('whole words', () => {
  const cases: [text: string, needle: string, found: boolean][] = [
    [HOST, HOST, true],
    [`postgres://app:pw@${HOST}:5432/db`, HOST, true],
    [`see ${HOST}.`, HOST, true],
    [`${HOST}...`, HOST, true],
    [`x.${HOST}`, HOST, false],
    [`${HOST}-old`, HOST, false],
    [`my-${HOST}`, HOST, false],
    [`{"host":"${HOST}","n":1}`, HOST, true],
    [JSON.stringify(JSON.stringify({ host: HOST })), HOST, true],
    [JSON.stringify({ text: `first\n${HOST}\tlast` }), HOST, true],
    [JSON.stringify({ text: `\u0001${HOST}` }), HOST, true],
    [`"\\u0026${HOST}"`, HOST, true],
    [ARN, ARN, true],
    [`["${ARN}/*"]`, ARN, true],
    [`${ARN}2`, ARN, false],
    ['10.0.0.1,10.0.0.12', '10.0.0.1', true],
    ['10.0.0.12', '10.0.0.1', false],
    ['projects/p/instances/db', 'projects/p/instances/d', false],
    ['projects/p/instances/db', 'instances/db', true],
    ['anything', '', false],
    ['größe', 'gr', false],
  ];
  test.each(cases)('%j mentions %j: %j', (text, needle, found) => {
    expect(mentions(text, needle)).toBe(found);
    expect(mentions(hide(text), needle)).toBe(found);
    expect(mentions({ list: [null, { deep: text }] }, needle)).toBe(found);
    expect(mentions({ list: [null, hide({ deep: [text] })] }, needle)).toBe(found);
  });

  test('a run never crosses from one value into the next', () => {
    expect(mentions(['a', '/b'], 'a/b')).toBe(false);
    expect(mentions(hide(['a', '/b']), 'a/b')).toBe(false);
    expect(mentions(['a/b', 'c'], 'a/b')).toBe(true);
  });

  test('numbers, keys that hold a name, unknown values', () => {
    expect(mentions({ account: 123456789012 }, '123456789012')).toBe(true);
    expect(mentions({ id: new ExactNumber('1234567890123456789') }, '1234567890123456789')).toBe(true);
    expect(mentions({ hosts: { [HOST]: true } }, HOST)).toBe(true);
    expect(mentions({ endpoint: null }, 'endpoint')).toBe(false);
    expect(mentions(UNKNOWN, HOST)).toBe(false);
  });

  test('searching does not use the stack', () => {
    let deep: Value = HOST;
    for (let i = 0; i < 50_000; i += 1) deep = [deep];
    expect(mentions(deep, HOST)).toBe(true);
  });

  test('words of a text', () => {
    expect(words('a-b_c.d.. e')).toEqual(['a-b_c.d', '.', '.', ' ', 'e']);
    expect(words('...')).toEqual(['.', '.', '.']);
  });
});

describe('digests', () => {
  test('equal for equal values whatever the order of keys, and for a plain value and its mask', () => {
    expect(digestOf({ a: 1, b: [true, null] })).toBe(digestOf({ b: [true, null], a: 1 }));
    expect(hide({ a: 1, b: 'x' }).digest).toBe(digestOf({ b: 'x', a: 1 }));
    expect(digestOf({ a: hide('x') })).toBe(digestOf({ a: 'x' }));
    expect(digestOf(hide('x'))).toBe(digestOf('x'));
  });
  test.each<[Value, Value]>([
    ['1', 1],
    ['true', true],
    [null, ''],
    [[], {}],
    [['a', 'b'], ['ab']],
    [{ a: 'b' }, { b: 'a' }],
    [UNKNOWN, UNKNOWN],
  ])('%j differs from %j', (a, b) => {
    expect(digestOf(a)).not.toBe(digestOf(b));
  });
});
