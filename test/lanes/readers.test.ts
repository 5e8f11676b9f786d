import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import type { LaneNode } from '../../src/lanes/node.ts';
import { Problems } from '../../src/lanes/problems.ts';
import { readSimple } from '../../src/lanes/simple.ts';
import { readYaml } from '../../src/lanes/yaml.ts';
import { root } from '../stories.ts';
import { secondReading } from './second-reader.ts';

const FILE = 'inlane.yaml';

function ourReading(text: string): { readonly tree: LaneNode | null; readonly messages: readonly string[] } {
  const problems = new Problems();
  const tree = readYaml(text, FILE, problems);
  try {
    problems.raise([FILE]);
  } catch (error) {
    if (!(error instanceof InlaneError)) throw error;
    return { tree, messages: error.problems.map(({ message }) => message) };
  }
  return { tree, messages: [] };
}

/** Where the parser that the gate has keeps to YAML 1.2 and the other does not: what it says, and the shortest case. */
const STRICTER: readonly (readonly [message: RegExp, text: string])[] = [
  [/the stream contains non-printable characters$/, 'a: b\u0001'],
  [/null byte is not allowed in input$/, 'a: b\0'],
  [/expected valid JSON character$/, 'a: "\u0001"'],
  // A closing bracket in the column of its key; a tab before a bracket.
  [/deficient indentation$/, 'a: {\n}\n'],
  [/end of the stream or a document separator is expected$/, '? a\n- b\n'],
  [/bad indentation of a (mapping|sequence) entry$/, '? "a"{'],
  [/directives end mark is expected$/, 'a: b\n...\n%YAML 1.2\n'],
  [/duplication of %YAML directive$/, '%YAML 1.2\n%YAML 1.2\n---\na: b\n'],
  [/can not read a block mapping entry; a multiline key may not be an implicit key$/, 'a:\nb\n : c\n'],
  [/expected ':' after a mapping key$/, 'a: b\n"c"\n : d\n'],
  [/a whitespace character is expected after the key-value separator within a block mapping$/, '? "a":b\n'],
  [/a line break is expected$/, '? | >\n'],
  [/unexpected end of the stream within a (single|double) quoted scalar$/, "a: 'b''"],
  [/missed comma between flow collection entries$|unexpected end of the stream within a flow collection$/, ' ---\n['],
  [/tag name cannot contain such characters: .*$/, 'a: !<{x> b'],
  // Marks of a document behind blanks, which are text to the other.
  [/a document does not start with this$/, ' ---\n- a'],
];

/** As a file of this text is decoded: without a byte order mark before it, and without halves of surrogate pairs. */
const decoded = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text));

/**
 * How the two parsers take a text. Fails where they see different things in it, where ours takes what the other refuses, and where the
 * reader of simple files takes it otherwise.
 */
function compare(given: string): 'both' | 'stricter' | 'neither' {
  const text = decoded(given);
  const ours = ourReading(text);
  const tree = readSimple(text, FILE);
  if (tree !== null) expect(ours, JSON.stringify(text)).toEqual({ tree, messages: [] });
  const second = secondReading(text, FILE);
  // A lane file is a map; what else there may be in a file of one scalar is nobody's rule.
  if (ours.tree?.kind === 'scalar') return 'neither';
  if (ours.messages.length === 0) {
    expect(second, JSON.stringify(text)).toEqual({ tree: ours.tree });
    return 'both';
  }
  if ('refused' in second) return 'neither';
  for (const message of ours.messages.filter((one) => one.startsWith('not valid YAML: ')))
    expect(
      STRICTER.some(([known]) => known.test(message)),
      `${JSON.stringify(text)}: ${message}`,
    ).toBe(true);
  return 'stricter';
}

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => join(root, folder, name));
}

/** Every YAML of the project, lane files and others: whole files, and the blocks of the documentation. */
const texts = [
  ...[
    ...filesIn('fixtures', /\.ya?ml$/),
    ...filesIn('test', /\.ya?ml$|lanes[/\\]example[/\\].*\.txt$/),
    ...filesIn('docs', /\.ya?ml$/),
  ].map((file) => readFileSync(file, 'latin1')),
  ...[...filesIn('docs', /\.md$/), join(root, 'README.md')].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block),
  ),
];

describe('two parsers of YAML', () => {
  it('see the same in every YAML file of the project', () => {
    const seen = texts.map(compare);
    expect(texts.length).toBeGreaterThan(250);
    expect(texts.filter((text) => readSimple(decoded(text), FILE) !== null).length).toBeGreaterThan(230);
    expect(seen.filter((how) => how === 'both').length).toBeGreaterThan(240);
  });

  it.each(STRICTER)('differ where ours says %s', (message, text) => {
    expect(ourReading(text).messages).toEqual([expect.stringMatching(message)]);
    expect(secondReading(text, FILE)).toHaveProperty('tree');
  });

  const counted = (run: (seen: Map<string, number>) => void) => {
    const seen = new Map<string, number>();
    run(seen);
    return (how: string) => seen.get(how) ?? 0;
  };

  it('see the same in pieces of these files with something changed', () => {
    // biome-ignore format: one list
    const noise = ['', ' ', '  ', '\n', '\n  ', '\n\n', '\t', ':', ': ', '- ', '-', '{', '}', '[', ']', ',', ', ', '"', "'", '#', ' #',
      ' # x\n', '|\n', '|', '>', '>-\n  ', '|2+\n', '&a ', '*a', '!t ', '%', '---\n', '...\n', '\n---\n', '\\', '\r', '\r\n', '?', '\n? ', '~', '1',
      '0x1f', '0o17', '1e3', '.inf', '.5', '1e999', 'null', 'True', 'yes', '2026-01-01', '\0', '\u0001', '\u0085', '\u00a0', '\u2028', '\ufeff', '💥',
      '@', '`', '<<: ', '"\\x41"', '"\\u12"', '"a\n b"', "'a\n\n  b'", 'a\n  b', '[a: b]', '{a}', '{a: }', '[? a]', '{"a":1}', '- - a', '-\n',
      '%YAML 1.2\n---\n', '"a": ', ' : ', '::', '=', '?a', ':a', '-a', '|-\n   x\n  y\n'];
    const edit = fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...noise));
    const of = counted((seen) => {
      fc.assert(
        fc.property(
          fc.constantFrom(...texts),
          fc.nat(),
          fc.integer({ min: 1, max: 12 }),
          fc.array(edit, { maxLength: 4 }),
          (text, from, count, edits) => {
            const lines = text.split('\n');
            const first = from % lines.length;
            let piece = `${lines.slice(first, first + count).join('\n')}\n`;
            for (const [at, cut, insert] of edits) {
              const place = at % (piece.length + 1);
              piece = piece.slice(0, place) + insert + piece.slice(place + cut);
            }
            const how = compare(piece);
            seen.set(how, (seen.get(how) ?? 0) + 1);
          },
        ),
        { numRuns: 1500, seed: 4 },
      );
    });
    expect(of('both')).toBeGreaterThan(300);
    expect(of('stricter')).toBeGreaterThan(30);
  });

  it('see the same in short texts of marks and words', () => {
    // biome-ignore format: one list
    const words = ['a', 'b', '1', ' ', '  ', '\n', '\n ', '\n  ', '\n   ', ': ', ':', '- ', '-', '? ', '{', '}', '[', ']', ',', '"', "'", '#', ' #', '|', '>',
      '|-\n', '>+\n', '|1\n', '|2\n', '\t', '"a"', "'b'", '\r\n', '\\', '---\n', '\n...\n', '%YAML 1.2\n', '\u0085', 'é', ': |\n', ': >\n', '- |\n',
      '\n- ', '\n- "x"', '\n- [a]', '\na: ', '\nb:\n', '\n  c: ', 'a:\n- '];
    const text = fc.tuple(fc.constantFrom('', 'a:', '- '), fc.array(fc.constantFrom(...words), { minLength: 2, maxLength: 14 }));
    const of = counted((seen) => {
      fc.assert(
        fc.property(text, ([start, rest]) => {
          const how = compare(start + rest.join(''));
          seen.set(how, (seen.get(how) ?? 0) + 1);
        }),
        { numRuns: 8000, seed: 4 },
      );
    });
    expect(of('both')).toBeGreaterThan(300);
    expect(of('stricter')).toBeGreaterThan(30);
  });
});
