import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { type Json, JsonReader, MAX_DEPTH } from '../../src/plan/json.ts';
import { ExactNumber } from '../../src/plan/value.ts';
import { hasDuplicates } from './json-oracle.ts';

function read(text: string): Json {
  const reader = new JsonReader(Buffer.from(text, 'utf8'), 'plan.json');
  const value = reader.value();
  if (reader.peek() !== -1) reader.fail('something follows');
  return value;
}

function checked(text: string): boolean {
  const reader = new JsonReader(Buffer.from(text, 'utf8'), 'plan.json');
  try {
    reader.check();
    return reader.peek() === -1;
  } catch (error) {
    if (error instanceof InlaneError) return false;
    throw error;
  }
}

/** As JSON.parse would have it: a prototype, doubles, no negative zero. */
function plain(value: Json): unknown {
  if (value instanceof ExactNumber) return Number(value.text) + 0;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) return Object.entries(value).map(([k, v]) => [k, plain(v)]);
  return value === 0 ? 0 : value;
}

function foreign(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(foreign);
  if (typeof value === 'object' && value !== null) return Object.entries(value).map(([k, v]) => [k, foreign(v)]);
  return value === 0 ? 0 : value;
}

describe('agreement with JSON.parse', () => {
  test('valid documents mean the same, whatever the white space', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const source = JSON.stringify(JSON.parse(text), null, indent);
        expect(plain(read(source))).toEqual(foreign(JSON.parse(source)));
        expect(checked(source)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('unicode strings, escaped and not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const source = JSON.stringify(text);
        expect(read(source)).toBe(JSON.parse(source));
        const escaped = `"${[...Array(text.length).keys()].map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
        expect(read(escaped)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('a document with one character changed, removed or added is accepted or refused alike', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '1', '-', '.', 'e', 't', 'n', ' ', '\n', '\u0001'),
        fc.boolean(),
        (text, at, char, keep) => {
          const place = at % text.length;
          const mutated = text.slice(0, place) + char + text.slice(keep ? place : place + 1);
          let expected: unknown;
          let valid = true;
          try {
            expected = JSON.parse(mutated);
          } catch {
            valid = false;
          }
          if (valid && hasDuplicates(mutated)) valid = false;
          expect(checked(mutated)).toBe(valid);
          if (valid) expect(plain(read(mutated))).toEqual(foreign(expected));
          else {
            refused += 1;
            expect(() => read(mutated)).toThrowError(InlaneError);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(200);
  });

  test('every prefix of a document is refused', () => {
    const text = '{"a":[1,-2.5e+3,true,null,"x\\u00e9\\n"],"b":{"c":false}}';
    expect(checked(text)).toBe(true);
    for (let end = 0; end < text.length; end += 1) {
      expect(checked(text.slice(0, end))).toBe(false);
      expect(() => read(text.slice(0, end))).toThrowError(InlaneError);
    }
  });
});

describe('numbers', () => {
  test.each([
    ['0', 0],
    ['-0', 0],
    ['1.0', 1],
    ['1e3', 1000],
    ['0.1', 0.1],
    ['-12.50', -12.5],
    ['9007199254740991', 9007199254740991],
    ['0e99999', 0],
    ['1E-7', 1e-7],
  ])('%s is a plain number', (text, value) => {
    expect(read(text)).toBe(value);
  });

  test.each([
    '9007199254740993',
    '9007199254740992',
    '1234567890123456789',
    '-9007199254740993',
    '1e400',
    '1e-400',
    '0.1000000000000000055511151231257827',
    '1e21',
    `1${'0'.repeat(500)}`,
    `1e-${'9'.repeat(1000)}`,
  ])('%.40s keeps its text', (text) => {
    const value = read(text);
    expect(value).toBeInstanceOf(ExactNumber);
    expect((value as ExactNumber).text).toBe(text);
  });

  test.each(['01', '-', '1.', '.5', '1e', '+1', '0x10', 'NaN', 'Infinity'])('%s is no number', (text) => {
    expect(() => read(text)).toThrowError(InlaneError);
  });
});

describe('what a plan must not do', () => {
  test('a key twice is an error at the second one, in any depth and spelling', () => {
    const text = '{\n "a": 1,\n "b": [{"k": 1, "\\u006b": 2}]\n}';
    try {
      read(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InlaneError);
      const problem = (error as InlaneError).problems[0];
      expect((error as InlaneError).code).toBe('plan-unreadable');
      expect(problem?.at).toEqual({ file: 'plan.json', line: 3, column: 17 });
      expect((error as InlaneError).message).toContain('byte 27');
    }
    expect(checked(text)).toBe(false);
  });

  test('keys of the prototype are keys like others', () => {
    const value = read('{"__proto__": {"polluted": true}, "constructor": 1, "": 2, "toString": 3}') as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', '', 'toString']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(() => read('{"__proto__": 1, "__proto__": 2}')).toThrowError(/twice/);
  });

  test('deep nesting is an error and not a crash', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const fits = `${open.repeat(MAX_DEPTH)}1${close.repeat(MAX_DEPTH)}`;
      expect(checked(fits)).toBe(true);
      expect(() => read(fits)).not.toThrow();
      const deep = `${open.repeat(200_000)}1${close.repeat(200_000)}`;
      expect(() => read(deep)).toThrowError(/nested deeper/);
      expect(checked(deep)).toBe(false);
    }
  });

  test('columns count characters, offsets count bytes', () => {
    try {
      read('{"ключ": x}');
      expect.unreachable();
    } catch (error) {
      expect((error as InlaneError).problems[0]?.at).toEqual({ file: 'plan.json', line: 1, column: 10 });
      expect((error as InlaneError).message).toContain('byte 13');
    }
  });

  test('messages never quote the text', () => {
    for (const text of ['{"hunter2": 1, "hunter2": 2}', '{"a": hunter2}', '"hunter2', '{"hunter2" 1}']) {
      expect(() => read(text)).toThrowError(InlaneError);
      try {
        read(text);
      } catch (error) {
        expect(JSON.stringify(error) + (error as Error).message).not.toContain('hunter2');
      }
    }
  });
});

test('spans hold exactly the values of the top level', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (object) => {
      const text = Buffer.from(JSON.stringify(object, null, 1));
      const spans = new JsonReader(text, 'x').spans();
      const expected = Object.entries(JSON.parse(text.toString()) as object);
      expect([...spans.keys()].sort()).toEqual(expected.map(([key]) => key).sort());
      for (const [key, value] of expected) {
        const span = spans.get(key);
        expect(JSON.parse(text.subarray(span?.start, span?.end).toString())).toEqual(value);
      }
    }),
  );
});
