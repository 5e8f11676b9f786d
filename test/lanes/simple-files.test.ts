import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problems } from '../../src/lanes/problems.ts';
import { readSimple } from '../../src/lanes/simple.ts';
import { readYaml } from '../../src/lanes/yaml.ts';
import { root } from '../stories.ts';

const FILE = 'inlane.yaml';
const RUNS = 1500;

/** Fails where the reader of simple files sees a tree that the parser of YAML does not, or where that has something to say. */
function compare(text: string): boolean {
  const simple = readSimple(text, FILE);
  if (simple === null) return false;
  const problems = new Problems();
  expect(readYaml(text, FILE, problems), JSON.stringify(text)).toEqual(simple);
  expect(() => problems.raise([FILE]), JSON.stringify(text)).not.toThrow();
  return true;
}

const texts = ['fixtures', 'docs', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$|lanes[/\\]example[/\\].*\.txt$/.test(name))
    .map((name) => readFileSync(join(root, folder, name), 'utf8')),
);

describe('a simple lane file', () => {
  it('is what those of this project are, and reads as the parser of YAML reads it', () => {
    const simple = texts.filter(compare);
    expect(simple.length).toBeGreaterThan(texts.length * 0.6);
    expect(compare(readFileSync(join(root, 'fixtures/lanes/inlane.yaml'), 'utf8'))).toBe(true);
  });

  it.each([
    'a: 1',
    'a: 1 # why\n',
    '# first\n\na:\n  # second\n  b: c\n\n  d: [e, "f g", \'h\', 1.5, true, x]\n',
    'a:\n- b\n- c: 1\n  d: 2\n-   e: {f: [], g: {}}\nh: {}\n',
    'a:\n  - b:\n    - c\n    d: 1\n',
    'a: b cd e  # f\nb: "c # d: e"\n"*-production": x.y/z\n',
    'who.team: a-b\n_x: 7d\nlong: grün\n',
    'a: b  \nc: d   # e\nf: [g  , h ]  \ni: "j"   # k',
    'a: b\u3000\nc: d\u1680\n',
    'a:\n- - b\n',
    `${'a'.repeat(1500)}: b\n`,
    `a: {${'b'.repeat(1100)}: c}\n`,
  ])('takes %j', (text) => expect(compare(text)).toBe(true));

  it.each([
    ['nothing', ''],
    ['only a comment', '# a\n'],
    ['a list at the top', '- a\n'],
    ['a value that is not there', 'a:\n'],
    ['a value that is not there, before another key', 'a:\nb: c\n'],
    ['a key twice', 'a: 1\na: 2\n'],
    ['a key twice in a flow map', 'x: {a: 1, "a": 2}\n'],
    ['a merge key', '"<<": {a: b}\n'],
    ['a key that is no text', 'true: a\n'],
    ['a key of a list', '[a]: b\n'],
    ['an old boolean', 'a: yes\n'],
    ['a date', 'a: 2026-11-20\n'],
    ['a number with a leading zero', 'a: 012\n'],
    ['a number beyond 2^53', 'a: 9007199254740993\n'],
    ['an anchor', 'a: &b c\n'],
    ['an alias', 'a: *b\n'],
    ['a tag', 'a: !b c\n'],
    ['a text block', 'a: |\n  b\n'],
    ['a text of two lines', 'a: b\n  c\n'],
    ['a quoted text of two lines', 'a: "b\n  c"\n'],
    ['an escape', 'a: "\\u0041"\n'],
    ['a quote in quotes', "a: 'b''c'\n"],
    ['a flow list of two lines', 'a: [b,\n  c]\n'],
    ['a comma at the end', 'a: [b,]\n'],
    ['a pair in a list', 'a: [b: c]\n'],
    ['a tab', 'a:\tb\n'],
    ['a carriage return', 'a: b\r\n'],
    ['a line separator', 'a: b\u2028c\n'],
    ['a character beyond the basic plane', 'a: "😀"\n'],
    ['the start of a document', '---\na: b\n'],
    ['a directive', '%YAML 1.2\n---\na: b\n'],
    ['a second document', 'a: b\n---\nc: d\n'],
    ['a key set back', '  a: b\n c: d\n'],
    ['a key set in', 'a: b\n c: d\n'],
    ['a colon in a value', 'a: b: c\n'],
    ['a value behind quotes', 'a: "b" c\n'],
    ['a comment that begins at once', 'a: "b"#c\n'],
    ['a dash with nothing behind it', 'a:\n-\n  b: c\n'],
    ['a bracket that stays open', 'a: [b\n'],
    ['deep nesting', `a: ${'['.repeat(40)}b${']'.repeat(40)}\n`],
  ])('leaves %s to the parser of YAML', (_, text) => expect(readSimple(text, FILE)).toBe(null));

  const bit = fc.constantFrom(
    ...'a b: {}[],"\'#-\n|>&*!%@`?~.<=0189_\\/\t\ré\u3000'.split(''),
    ...[
      'a: ',
      '- ',
      '\n  ',
      '\n- ',
      '\n',
      ': ',
      ' #',
      '---',
      '...',
      ', ',
      '"b"',
      "'c'",
      '{d: e}',
      '[f]',
      '\n    g: h',
      'true',
      'null',
      '1.0',
    ],
  );
  const edit = fc.record({
    at: fc.nat(),
    cut: fc.nat({ max: 6 }),
    put: fc.array(bit, { maxLength: 3 }).map((all) => all.join('')),
  });

  it('reads the same as the parser of YAML, or nothing, whatever is changed in it', () => {
    const some = texts.filter((text) => text.length < 3000 && readSimple(text, FILE) !== null);
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...some), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        const changed = edits.reduce((now, { at, cut, put }) => {
          const from = at % (now.length + 1);
          return now.slice(0, from) + put + now.slice(from + cut);
        }, text);
        if (compare(changed)) taken += 1;
      }),
      { numRuns: RUNS, seed: 4 },
    );
    expect(taken).toBeGreaterThan(RUNS / 10);
  });

  it('does so for texts that are made up', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 14 }), (bits) => {
        if (compare(`a: ${bits.join('')}`) || compare(bits.join(''))) taken += 1;
      }),
      { numRuns: RUNS, seed: 4 },
    );
    expect(taken).toBeGreaterThan(RUNS / 100);
  });
});
