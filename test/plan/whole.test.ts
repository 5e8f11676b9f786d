import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { isJsonObject, type Json, JsonReader, MAX_DEPTH } from '../../src/plan/json.ts';
import { ExactNumber } from '../../src/plan/value.ts';
import { LARGEST_WHOLE, parseWhole } from '../../src/plan/whole.ts';

const stories = fileURLToPath(new URL('../../fixtures/stories', import.meta.url));
const plans = readdirSync(stories).map((name) => join(stories, name, 'plan.json'));

/** What the byte parser reads, or null where it refuses. */
function bytewise(bytes: Buffer): Json | null {
  const reader = new JsonReader(bytes, 'plan.json');
  try {
    const value = reader.value();
    return reader.peek() === -1 ? value : null;
  } catch (error) {
    if (error instanceof InlaneError) return null;
    throw error;
  }
}

/** Whether both are the same values in objects without a prototype; key order does not count, negative zero does. */
function same(a: Json, b: Json): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item: Json, i) => same(item, b[i] as Json));
  if (!isJsonObject(a)) return !(a instanceof ExactNumber) && Object.is(a, b);
  if (!isJsonObject(b) || Object.getPrototypeOf(a) !== null || Object.getPrototypeOf(b) !== null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key] as Json, b[key] as Json))
  );
}

/** The whole parse may pass a document on, never read it otherwise. True where it read it. */
function agrees(text: string): boolean {
  const bytes = Buffer.from(text, 'utf8');
  const whole = parseWhole(bytes);
  if (whole === null) return false;
  const wanted = bytewise(bytes);
  expect(wanted).not.toBeNull();
  expect(same(wanted as Json, whole)).toBe(true);
  return true;
}

describe('a plan parsed whole', () => {
  it('is what the byte parser reads, for every recorded story', () => {
    const read = plans.filter((path) => agrees(readFileSync(path, 'utf8')));
    // Were all of them passed on, nothing would have been compared.
    expect(read.length).toBeGreaterThan(plans.length * 0.9);
  });

  it('never differs for a document with a piece changed, removed, doubled or added', () => {
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
      '1e5',
      '12345678901234567',
      '"a":1,',
      '"a" :1,',
      '"a\\\\":1,"a\\\\":2,',
      '\\":',
      '":',
      '"":"::/0",',
      '"\\":":"\\"::",',
      '": 1e5 ,":2,',
      '"__proto__":{},',
      ' ',
      '\u0001',
      'é',
    ];
    const object = fc.object({
      maxDepth: 4,
      values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(0.25)],
    });
    let read = 0;
    fc.assert(
      fc.property(object, fc.nat(), fc.nat(12), fc.constantFrom(...pieces), (object, at, length, piece) => {
        const text = JSON.stringify(object);
        const place = at % text.length;
        const end = place + length;
        for (const mutated of [
          text,
          text.slice(0, place) + piece + text.slice(place),
          text.slice(0, place) + piece + text.slice(place + 1),
          text.slice(0, end) + text.slice(place),
        ]) {
          if (agrees(mutated)) read += 1;
        }
      }),
      { numRuns: 1500 },
    );
    expect(read).toBeGreaterThan(1500);
  });

  it('never differs for a recorded plan with a piece of it doubled or moved', () => {
    const text = readFileSync(join(stories, 'aws-deposed/plan.json'), 'utf8');
    const keys = [...text.matchAll(/"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[\w.]+),/g)];
    expect(keys.length).toBeGreaterThan(200);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (from, to) => {
        const member = keys[from % keys.length]?.[0] ?? '';
        const at = keys[to % keys.length]?.index ?? 0;
        agrees(text.slice(0, at) + member + text.slice(at));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['a key twice', '{"a":1,"b":{"c":1,"c":1}}'],
    ['a key twice that ends in a backslash', '{"a\\\\":1,"b":"\\":","a\\\\":1}'],
    ['a key twice, with blanks before a colon', '{"a" :1,"a" \n:1,"b":":"}'],
    ['a key twice, beside a text with two colons', '{"a":"::","a":"\\"::"}'],
    ['an exponent behind blanks', '{"a": [\n 1e4]}'],
    ['a key twice, spelled differently', '{"a":1,"\\u0061":1}'],
    ['`__proto__` twice', '{"__proto__":1,"__proto__":2}'],
    ['an integer beyond 2^53', '{"a":9007199254740993}'],
    ['an integer of 16 digits', '{"a":9007199254740992}'],
    ['more digits than a double holds', '{"a":0.12345678901234567}'],
    ['an exponent', '{"a":1e400}'],
    ['a negative zero', '{"a":-0}'],
    ['a second document', '{"a":1}{"a":1}'],
    ['a list', '[{"a":1}]'],
    ['nothing', ''],
    ['a cut document', '{"a":'],
    ['nesting beyond the limit', `{"a":${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}}`],
    ['nesting far beyond the limit', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
  ])('passes on %s', (_, text) => {
    expect(parseWhole(Buffer.from(text))).toBeNull();
  });

  it('reads nesting up to the limit', () => {
    const text = `{"a":${'['.repeat(MAX_DEPTH - 1)}${']'.repeat(MAX_DEPTH - 1)}}`;
    expect(agrees(text)).toBe(true);
  });

  it('reads texts that look like keys, numbers and quotes as the texts they are', () => {
    for (const value of [':', '":', '\\":', '{"a":1,"a":1}', '12345678901234567', '1e400', '\\', '\\\\"', '-0', '::/0']) {
      expect(agrees(JSON.stringify({ [value]: value, list: [value] }, null, 2))).toBe(true);
    }
  });

  it('keeps `__proto__` and `constructor` as keys like any other', () => {
    const whole = parseWhole(Buffer.from('{"__proto__":{"polluted":true},"constructor":1}'));
    expect(Object.getPrototypeOf(whole)).toBeNull();
    expect(Object.keys(whole ?? {})).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('leaves what is large to the reader that goes member by member', () => {
    expect(parseWhole(Buffer.from(`{"a":"${'x'.repeat(LARGEST_WHOLE)}"}`))).toBeNull();
  });
});
