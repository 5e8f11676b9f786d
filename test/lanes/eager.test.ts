import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Parser } from 'yaml';

interface Eager {
  Parser: new () => { parse(text: string): unknown[] };
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'inlane-eager-'));
const FILES = ['parse/lexer.js', 'parse/parser.js'];
let eager: Eager;

beforeAll(async () => {
  const rewrite = (await import(pathToFileURL(join(root, 'scripts/yaml-eager.mjs')).href)) as { eager(path: string): string };
  const source = join(root, 'node_modules/yaml/browser/dist');
  cpSync(source, folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const file of FILES) writeFileSync(join(folder, file), rewrite.eager(join(source, file)));
  eager = (await import(pathToFileURL(join(folder, 'parse/parser.js')).href)) as Eager;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Tokens, or the error, of either parser. */
function outcome(parse: () => Iterable<unknown>): unknown {
  try {
    return JSON.parse(JSON.stringify([...parse()]));
  } catch (error) {
    return `${error}`;
  }
}

function agree(text: string): void {
  expect(outcome(() => new eager.Parser().parse(text))).toEqual(outcome(() => new Parser().parse(text)));
}

const lanes = readFileSync(join(root, 'fixtures/lanes/inlane.yaml'), 'utf8');

describe('the lexer and parser of yaml as the programme has them', () => {
  it('have no generator left', () => {
    for (const file of FILES) {
      const code = readFileSync(join(folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      expect(code).not.toMatch(/\byield\b|^ {4}\*\w/m);
      expect(code).toMatch(/this\.tokens\.push/);
    }
  });

  it('give the tokens of yaml itself for the lane file', () => agree(lanes));

  it.each([
    [
      '',
      'a: 1',
      '- a\n- b: {c: [d, "e", \'f\']}\n',
      'a: |\n  text\n  more\nb: >-\n  folded\n\n  text\n',
      '---\na: 1\n---\nb: 2\n...\n',
    ],
    [
      '%YAML 1.2\n---\na: 1\n',
      '%YAML 1.1 # comment\n%TAG ! x\n--- a',
      '&a a: *a\n',
      '!!str a: !t b\n',
      '? a\n: b\n',
      '? [a, b]\n: {c}\n',
    ],
    [
      'a: [1, 2\nb: 3',
      '{a: 1, b',
      '"open',
      "'open",
      'a:\n\tb: 1',
      '- - - a\n  - b\n',
      '\ufeffa: 1\r\nb: 2\r\n',
      'a: b: c',
      ']',
      '}',
      '@a',
      '`a',
    ],
    [
      '# comment\na: 1 # comment\n\n\n# end',
      'a: {b: 1,\n  # inside\n  c: 2}\n',
      '[\n\n a,\n# x\n b ]',
      'a:\n- b\n-\n  c: d\n',
      '<<: {a: 1}\n',
    ],
  ])('and for odd ones', (...texts) => {
    for (const text of texts) agree(text);
  });

  it('and for the lane file with a piece changed, removed or added', () => {
    const pieces = [
      '',
      ' ',
      '\n',
      '\t',
      ':',
      ': ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      ' #',
      '|\n',
      '>',
      '&a ',
      '*a',
      '!t ',
      '%',
      '---\n',
      '...\n',
      '\\',
      '\r',
    ];
    fc.assert(
      fc.property(fc.nat(lanes.length - 1), fc.nat(60), fc.nat(4), fc.constantFrom(...pieces), (at, length, gone, piece) => {
        const text = lanes.slice(Math.max(0, at - 200), at + length);
        const place = Math.min(at, 200);
        agree(text.slice(0, place) + piece + text.slice(place + gone));
      }),
      { numRuns: 800 },
    );
  });
});
