import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { InlaneError } from '../../src/errors.ts';

import type { LaneNode } from '../../src/lanes/node.ts';
import { Problems } from '../../src/lanes/problems.ts';
import { readSimple } from '../../src/lanes/simple.ts';
import { readYaml } from '../../src/lanes/yaml.ts';
import { laneFile } from '../cedar/bench.ts';
import { tries } from '../decide/random.ts';

const FILE = 'inlane.yaml';

/** What the parser of all YAML makes of a text; null where it finds anything wrong with it. */
function parsed(text: string): LaneNode | null {
  const problems = new Problems();
  const tree = readYaml(text, FILE, problems);
  try {
    problems.raise([FILE]);
    return tree;
  } catch (error) {
    if (error instanceof InlaneError) return null;
    throw error;
  }
}

// biome-ignore format: one list
const odd = ['07', '1.5', '-1', 'true', 'yes', '~', '2026-01-01', '12:30', 'a: b', ' :', ':', '::', '#', ' #', "'it''s'", '"\\n"', '[', ']', '{', '}',
  ', ', ',', '- ', '-', '? ', '|', '>', '&a ', '*a', '!t ', '%', '@', '`', '<<: ', '"<<": ', '---', '...', '.5', 'é', '\u00a0', '\u0085', '\u2028', 'a  b',
  "a'b", 'k: ', '"k": ', 'k k: ', 'true: ', '1: ', 'k:', '"": ', '=', '0x1f', '0o7', '1e3', '.inf', '+1', '1_000', '\t', '\r', '\r\n', '?a', '-a', 'a!',
  'x,y', 'x]', 'x}', '\\', '💥', '\ufeff', '\n', '\n ', '\n  '];
const scalars = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a', '7d', '12', 'null', 'two words', 'a/b', '../x', 'a:b', '"x"', "'y z'", '"a: b # c"'),
  },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
const keys = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c', 'who.team', '"q k"', "'s'", 'x*', 'tag.a/b') },
  { weight: 1, arbitrary: fc.constantFrom('true', '1', 'é', 'k k', '<<', '"<<"', '-a', '', 'y#', '2026-01-01', '"a"b', "o'k") },
);
const { inline } = fc.letrec<{ inline: string }>((tie) => {
  const commas = fc.constantFrom(', ', ', ', ',', ' , ', ',\n  ');
  const pair = fc.tuple(keys, fc.constantFrom(': ', ': ', ':  ', ':', ' : '), tie('inline')).map((parts) => parts.join(''));
  const joined = (each: fc.Arbitrary<string>) =>
    fc.tuple(fc.array(each, { maxLength: 3 }), commas).map(([all, comma]) => all.join(comma));
  return {
    inline: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      scalars,
      fc.tuple(joined(tie('inline')), fc.constantFrom('', '', ' ', ',')).map(([all, end]) => `[${all}${end}]`),
      joined(pair).map((all) => `{${all}}`),
    ),
  };
});
const ends = fc.constantFrom('', '', '', '', ' ', '  # c', '#c', '\n', '\n# c', '\n     # c d', '\n  ');
const moved = (lines: readonly string[], by: number) => lines.map((line) => ' '.repeat(by) + line);
/** Lines of values, keys and items, most of them where they belong. */
const { block } = fc.letrec<{ block: string[] }>((tie) => {
  const colons = fc.constantFrom(':', ':', ':', ':', ': ', ' :');
  const entry = fc
    .tuple(keys, colons, ends, tie('block'), fc.constantFrom(0, 1, 2, 2, 2, 3))
    .map(([key, colon, end, [first = '', ...rest], by]) =>
      rest.length === 0 && by < 3 ? [`${key}${colon} ${first}`] : [key + colon + end, ...moved([first, ...rest], by)],
    );
  const item = fc
    .tuple(fc.constantFrom(1, 1, 2), tie('block'))
    .map(([by, [first = '', ...rest]]) => [`-${' '.repeat(by)}${first}`, ...moved(rest, by + 1)]);
  return {
    block: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.tuple(inline, ends).map(([value, end]) => [value + end]),
      fc.array(entry, { minLength: 1, maxLength: 3 }).map((all) => all.flat()),
      fc.array(item, { minLength: 1, maxLength: 3 }).map((all) => all.flat()),
    ),
  };
});
const edits = fc.oneof(
  fc.constant([]),
  fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...odd)), { minLength: 1, maxLength: 2 }),
);
const texts = fc.tuple(block, edits, fc.constantFrom('\n', '')).map(([lines, changes, end]) => {
  let text = ['p: 1', 'r:', ...moved(lines, 2), `z: q${end}`].join('\n');
  for (const [at, cut, insert] of changes) {
    const place = at % (text.length + 1);
    text = text.slice(0, place) + insert + text.slice(place + cut);
  }
  return text;
});

describe('the reader of simple lane files', () => {
  it('takes nothing otherwise than the parser of all YAML, and nothing that is refused', () => {
    const run = tries(20_000, 41);
    let taken = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const tree = readSimple(text, FILE);
        if (tree === null) return;
        taken += 1;
        expect(tree, JSON.stringify(text)).toEqual(parsed(text));
      }),
      run,
    );
    expect(taken).toBeGreaterThan(run.numRuns / 10);
  });

  it('reads a file of many rules', () => {
    const text = stringify(laneFile(100));
    expect(readSimple(text, FILE)).toEqual(parsed(text));
    expect(readSimple(text.slice(0, -1), FILE)).toEqual(parsed(text));
  });

  it.each<[string, string]>([
    ['a list that stands in the column of its key', 'a:\n- b\n- c: d\n  e: f\ng: h\n'],
    ['brackets within brackets', 'a: [b, {c: d, "e": [f, 1]}, []] # g\nh: {}\n'],
    ['comments and empty lines anywhere between', '# a\n\n  # b\nc: # d\n\n# e\n  f: g  # h\n   # i\n  j: k\n'],
    ['paths, dates in quotes, times as words', 'a: [../b/c.yaml, ./d, /e/**, "2026-01-01", 7d]\n'],
    ['words of other languages', "a: é\nb: 'ü — ö'\n"],
    ['a first line that is indented', '  a: b\n  c: d\n'],
  ])('reads %s', (_, text) => {
    const tree = readSimple(text, FILE);
    expect(tree).not.toBeNull();
    expect(tree).toEqual(parsed(text));
  });

  it.each<[string, string]>([
    ['what goes on in the next line', 'a: b\n  c\n'],
    ['text blocks', 'a: |\n  b\n'],
    ['anchors, aliases and tags', 'a: &b c\n'],
    ['escapes', 'a: "\\x41"\n'],
    ['a quote within quotes', "a: 'it''s'\n"],
    ['nothing at all', 'a:\nb: c\n'],
    ['a key that stands twice', 'a: b\na: c\n'],
    ['a key twice in brackets', 'a: {b: c, b: d}\n'],
    ['merge keys', 'a: {"<<": b}\n'],
    ['a date', 'a: 2026-01-01\n'],
    ['a word that is a boolean elsewhere', 'a: yes\n'],
    ['tabs', 'a: b\t\n'],
    ['carriage returns', 'a: b\r\n'],
    ['marks of documents', 'a: b\n---\nc: d\n'],
    ['a key that is no text', 'a: b\ntrue: c\n'],
    ['a dash that is no item', 'a:\n  -b\n'],
    ['a word further right than the one above', 'a:\n  - b\n    c: d\n'],
    ['a key further right than the one above', 'a:\n  b: c\n   d: e\n'],
    ['nothing between brackets and commas', 'a: {b: [, c: d}\n'],
    ['more depth than rules have, in brackets', `a: ${'['.repeat(40)}${']'.repeat(40)}\n`],
    ['in braces', `a: ${'{b: '.repeat(40)}c${'}'.repeat(40)}\n`],
    ['in more lists than a stack holds', `a:\n  ${'- '.repeat(200_000)}b\n`],
    ['in lists', `a:\n  ${'- '.repeat(40)}b\n`],
    ['in maps', Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth)}a:${depth < 39 ? '' : ' b'}\n`).join('')],
    ['a file that is no map', '- a\n'],
    ['an empty file', ''],
  ])('leaves %s to the parser', (_, text) => {
    expect(readSimple(text, FILE)).toBeNull();
  });
});
