import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WordFilter } from '../../src/plan/word-filter.ts';

const TOKENS = /\\u[0-9a-fA-F]{4}|\\.|[A-Za-z0-9_.-]+|[^A-Za-z0-9_.-]/gs;

/** The words of a JSON text, token by token, whatever is beyond ASCII apart; null where an escape may hide a part of one. */
function wordsOf(json: string): Set<string> | null {
  const found = new Set<string>();
  for (const token of json.match(TOKENS) ?? []) {
    const code = token.startsWith('\\u') ? Number.parseInt(token.slice(2), 16) : -1;
    if (code >= 0x80 || code === 0x5c || (code >= 0 && /[\w.-]/.test(String.fromCharCode(code)))) return null;
    if (/^[\w.-]/.test(token)) found.add(token.replace(/\.+$/, ''));
  }
  return hidesWord(json) ? null : found;
}

/** Those next to a character beyond ASCII, to which they may belong. */
function besides(json: string): Set<string> {
  const tokens = json.match(TOKENS) ?? [];
  const isBeyond = (token: string | undefined) => token !== undefined && /^[^\0-\x7f]/.test(token);
  const found = tokens.filter((token, at) => /^[\w.-]/.test(token) && (isBeyond(tokens[at - 1]) || isBeyond(tokens[at + 1])));
  return new Set(found.map((word) => word.replace(/\.+$/, '')));
}

/** Whether an escaped backslash stands before a word: it may be half of another escape. */
function hidesWord(json: string): boolean {
  const tokens = json.match(/\\u[0-9a-fA-F]{4}|\\.|[^\\]/gs) ?? [];
  return tokens.some((token, at) => token === '\\\\' && /^[\w.-]/.test(tokens[at + 1] ?? ''));
}

/** The words at the places that the filter finds. */
function foundIn(filter: WordFilter, json: Buffer): Set<string> | null {
  const places = filter.in(json);
  if (places === null) return null;
  const found = new Set<string>();
  for (let at = 0; at < places.length; at += 2) found.add(json.toString('latin1', places[at], places[at + 1]));
  return found;
}

/** Some text in a string of JSON, the escapes in it as they are. */
const PARTS = [
  'a',
  'Z',
  '0',
  '9',
  '_',
  '-',
  '.',
  '..',
  ' ',
  '"',
  ':',
  '/',
  '@',
  '[',
  '`',
  '{',
  '\\n',
  '\\"',
  '\\\\ ',
  '\\/',
  '\\u0020',
];
const part = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...PARTS) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }).map((length) => 'orders-db_7.example'.repeat(3).slice(0, length)) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 70 }).map((length) => ' '.repeat(length)) },
);
const odd = fc.constantFrom('é', '\\u00e9', '\\u0061', '\\u005c', '\\u002D', '\\\\n');

describe('the filter of words', () => {
  test('finds the wanted words of a JSON text, wherever they stand, and gives up where an escape may hide one', () => {
    let found = 0;
    let hidden = 0;
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 20, maxLength: 60 }),
        fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.tuple(fc.nat(60), odd) }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(),
        (parts, more, shortest, pick) => {
          const json = more === null ? parts.join('') : [...parts.slice(0, more[0]), more[1], ...parts.slice(more[0])].join('');
          const words = wordsOf(json);
          const wanted = [...(words ?? [])].filter((word, at) => word.length >= shortest && (at + pick) % 3 > 0);
          const given = foundIn(new WordFilter([...wanted, 'never'.padEnd(shortest, '-')]), Buffer.from(json));
          if (words === null || given === null) {
            hidden += 1;
            expect(given, json).toBeNull();
            if (words !== null)
              expect(
                wanted.filter((word) => besides(json).has(word)),
                json,
              ).not.toEqual([]);
            return;
          }
          for (const word of besides(json)) expect(wanted.includes(word), `${word} in ${json}`).toBe(false);
          for (const word of wanted) expect(given.has(word), `${word} in ${json}`).toBe(true);
          for (const word of given) expect(words.has(word), `${word} in ${json}`).toBe(true);
          found += given.size;
        },
      ),
      { numRuns: 400, seed: 20261129 },
    );
    expect(found).toBeGreaterThan(700);
    expect(hidden).toBeGreaterThan(80);
  });

  test('tells words of every length and place, and leaves out dots at their end', () => {
    const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(4);
    for (let length = 1; length <= 130; length += 1) {
      const word = LETTERS.slice(0, length);
      const filter = new WordFilter([word]);
      const place = ' '.repeat((length * 7) % 64);
      for (const text of [word, `"${word}"`, `${word}...`, `\\n${word}\\n`, `x:${word}.\\t`])
        expect([...(foundIn(filter, Buffer.from(place + text)) ?? [])], text).toEqual([word]);
      for (const text of [`_${word}`, `${word}-`, `.${word}`, word.slice(1), `${word.slice(0, -1)}_`])
        expect([...(foundIn(filter, Buffer.from(place + text)) ?? [])], text).toEqual([]);
    }
  });

  test('tells all bytes apart', () => {
    for (let code = 0; code < 0x80; code += 1) {
      const c = String.fromCharCode(code);
      if (c === '\\') continue;
      const given = foundIn(new WordFilter(['ab']), Buffer.from(`ab${c}ab`));
      expect(given, c).toEqual(new Set(/[\w.-]/.test(c) ? [] : ['ab']));
    }
    expect(new WordFilter(['ab']).in(Buffer.from([0x61, 0x62, 0x80]))).toBeNull();
    expect(new WordFilter(['ab']).in(Buffer.alloc(2 << 20, 'x'))).toBeNull();
  });
});
