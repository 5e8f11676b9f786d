import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { InlaneError } from '../../src/errors.ts';
import { editDistance, suggest } from '../../src/lanes/nearest.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import { EXAMPLE, loadText } from './folder.ts';

/** A value without what order does not decide: places, hashes, and the sequence of members. */
function meaning(value: unknown): unknown {
  if (value instanceof Map) return ['map', [...value].map(([k, v]) => JSON.stringify([k, meaning(v)])).sort()];
  if (value instanceof Set) return ['set', [...value].map((v) => JSON.stringify(meaning(v))).sort()];
  if (Array.isArray(value)) return value.map((v) => JSON.stringify(meaning(v))).sort();
  if (typeof value !== 'object' || value === null) return value ?? null;
  // `text` of a `changes` is for messages; `steps` hold symbols, which the pattern's own text stands for.
  const entries = Object.entries(value).filter(
    ([key]) => !['at', 'sha256', 'steps'].includes(key) && !(key === 'text' && 'how' in value),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, v]) => [key, meaning(v)]));
}

/** Shuffles keys and list items everywhere, except where order speaks: glob maps (the first matching line). */
function shuffle(node: unknown, order: () => number, key = ''): unknown {
  const mixed = <T>(list: T[]) =>
    list
      .map((item) => [order(), item] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, item]) => item);
  if (Array.isArray(node)) return mixed(node.map((item) => shuffle(item, order, key)));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([k, v]) => [k, shuffle(v, order, k)] as const);
  return Object.fromEntries(['stack', 'workspace', 'account'].includes(key) ? entries : mixed(entries));
}

const original = await loadText(EXAMPLE);

test('the order of keys, rules and list items means nothing', async () => {
  const expected = JSON.stringify(meaning(original));
  expect(expected.length).toBeGreaterThan(5000);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 50, maxLength: 50 }), async (numbers) => {
      let at = 0;
      const order = () => (numbers[at++ % numbers.length] ?? 0) * ((at % 7) + 1);
      const ruleset: Ruleset = await loadText(JSON.stringify(shuffle(parse(EXAMPLE), order)));
      expect(JSON.stringify(meaning(ruleset))).toBe(expected);
    }),
    { numRuns: 40 },
  );
});

test('a changed word is noticed by the comparison above', async () => {
  const other = await loadText(EXAMPLE.replace('count: 1', 'count: 2'));
  expect(JSON.stringify(meaning(other))).not.toBe(JSON.stringify(meaning(original)));
});

async function loadsOrRefuses(text: string | Uint8Array): Promise<void> {
  try {
    await loadText(text);
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(InlaneError);
    const { code, message, problems } = error as InlaneError;
    expect(code).toBe('lanes-invalid');
    expect(problems.length).toBeGreaterThan(0);
    for (const text of [message, ...problems.flatMap((p) => [p.message, p.hint ?? ''])]) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(text).not.toMatch(/is not understood$/);
    }
    for (const { at } of problems) expect(at === null || (at.line >= 1 && at.column >= 1)).toBe(true);
  }
}

test('the example with characters changed loads or is refused, never anything else', async () => {
  const noise = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '-',
    '&a ',
    '*a',
    '!',
    '|',
    '>',
    '"',
    "'",
    '#',
    '\t',
    '\n',
    '\r',
    ' ',
    '%',
    '@',
    '`',
    '?',
    '\u0000',
    '\u202e',
    '💥',
    '~',
    '<<: ',
    '1',
    'not',
    'null',
    '__proto__: x\n',
    'constructor',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(EXAMPLE.length), fc.nat(6), noise), { minLength: 1, maxLength: 4 }),
      async (edits) => {
        let text = EXAMPLE;
        for (const [at, cut, insert] of edits) text = text.slice(0, at) + insert + text.slice(at + cut);
        await loadsOrRefuses(text);
      },
    ),
    { numRuns: 200 },
  );
});

test('names of Object.prototype and odd keys anywhere', async () => {
  const word = fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    '\u202e',
    'x',
    '$ref',
    'database',
    'environment',
  );
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      word,
      fc.constantFrom(1, null, true),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.array(fc.tuple(word, tie('node')), { maxLength: 3 }),
    ),
  })).node;
  const flow = (node: unknown): string => {
    if (!Array.isArray(node)) return JSON.stringify(node);
    if (node.every((n) => Array.isArray(n) && n.length === 2 && typeof n[0] === 'string'))
      return `{${node.map(([k, v]) => `${JSON.stringify(k)}: ${flow(v)}`).join(', ')}}`;
    return `[${node.map(flow).join(', ')}]`;
  };
  const section = fc.constantFrom(
    'attributes',
    'classes',
    'paths',
    'operations',
    'lanes',
    'guards',
    'quotas',
    'freezes',
    'grants',
    'ceilings',
    'limits',
    'providers',
    'principals',
    'never',
    'tests',
    'scope',
    'extends',
  );
  await fc.assert(
    fc.asyncProperty(section, word, tree, async (name, key, node) => {
      await loadsOrRefuses(`inlane: 1\nlevel: org\n${name}: ${flow(node)}\n`);
      await loadsOrRefuses(`inlane: 1\nlevel: org\n${name}: {${JSON.stringify(key)}: ${flow(node)}}\n`);
      await loadsOrRefuses(`inlane: 1\nlevel: org\n${name}: [{id: a, ${JSON.stringify(key)}: ${flow(node)}}]\n`);
    }),
    { numRuns: 150 },
  );
});

test('bytes', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), loadsOrRefuses), { numRuns: 150 });
  await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 100 }), loadsOrRefuses), { numRuns: 150 });
});

test('aliases that would multiply are refused without being followed', async () => {
  const levels = Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`);
  await expect(loadText(`a0: &a0 x\n${levels.join('\n')}\n`)).rejects.toMatchObject({ code: 'lanes-invalid' });
});

test('edit distance', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('destory', 'destroy')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
  expect(suggest('databse', ['queue', 'database', 'database-user'])).toBe('did you mean `database`?');
  expect(suggest('zzzzzz', ['a', 'b'])).toBe('known: `a`, `b`');
  expect(suggest('x', [])).toBeNull();
});
