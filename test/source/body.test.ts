// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL spells its interpolations like this
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHcl } from '../../src/hcl.ts';
import { type Block, literalText, readBody } from '../../src/source/body.ts';
import { readJsonBody } from '../../src/source/json-body.ts';
import { ScanError, scan } from '../../src/source/scan.ts';

const blocks = (text: string) => readBody(text).blocks.map(({ type, labels, line }) => `${[type, ...labels].join(' ')}:${line}`);

describe('blocks in native syntax', () => {
  it.each<[string, string, string[]]>([
    ['a comment of each kind', '# a "b" {\n// c "d" {\n/* e {\n f { */ x "y" "z" {\n}\n', ['x y z:4']],
    ['a comment within a text', 'x "a" {\n  k = "# no /* comment"\n}\ny "b" {}\n', ['x a:1', 'y b:4']],
    ['braces within a text', 'x "a" {\n  k = "}{"\n}\ny "b" {}\n', ['x a:1', 'y b:4']],
    ['a quote behind a backslash', 'x "a" {\n  k = "\\"}"\n}\ny "b" {}\n', ['x a:1', 'y b:4']],
    ['a backslash before the closing quote', 'x "a" {\n  k = "\\\\"\n}\ny "b" {}\n', ['x a:1', 'y b:4']],
    ['texts in an interpolation in a text', 'x "a" {\n  k = "${f("}", "${g("\\"")}")}"\n}\ny "b" {}\n', ['x a:1', 'y b:4']],
    ['an interpolation over several lines', 'x "a" {\n  k = "${\n  f(\n1)}"\n}\ny "b" {}\n', ['x a:1', 'y b:6']],
    ['an escaped interpolation', 'x "a" {\n  k = "$${" \n l = "%%{"\n}\ny "b" {}\n', ['x a:1', 'y b:5']],
    ['a dollar before an escape', 'x "a" {\n  k = "$$${"\n}\ny "b" {}\n', ['x a:1', 'y b:4']],
    ['a control sequence', 'x "a" {\n  k = "%{ if true }}%{ endif ~}"\n}\ny "b" {}\n', ['x a:1', 'y b:4']],
    ['a heredoc with a block in it', 'x "a" {\n  k = <<E\nx "b" {\n  EE\nE E\nE\n}\ny "c" {}\n', ['x a:1', 'y c:8']],
    ['an indented heredoc', 'x "a" {\n  k = <<-END\n    }\n\tEND\n}\ny "b" {}\n', ['x a:1', 'y b:6']],
    ['a heredoc that is an argument of a call', 'x "a" {\n  k = f(<<E\n}\nE\n  , 1)\n}\ny "b" {}\n', ['x a:1', 'y b:7']],
    ['a marker behind an interpolation', 'x "a" {\n  k = <<E\n${1}E\nE\n}\ny "b" {}\n', ['x a:1', 'y b:6']],
    ['a marker with a dash in it', 'x "a" {\n  k = <<A-B\nA\nA-B\n}\ny "b" {}\n', ['x a:1', 'y b:6']],
    ['line ends of Windows', 'x "a" {\r\n  k = <<E\r\n}\r\nE\r\n}\r\ny "b" {}\r\n', ['x a:1', 'y b:6']],
    ['a byte order mark', '\ufeffx "a" {}\n', ['x a:1']],
    ['an expression over several lines', 'x "a" {\n  k = [\n    {\n    a = 1 },\n  ]\n}\ny "b" {}\n', ['x a:1', 'y b:7']],
    ['comparisons and arrows', 'x "a" {\n  k = a == b ? { for x in y : x => x... } : c\n}\ny "b" {}\n', ['x a:1', 'y b:4']],
    ['labels without quotes', 'x a "b-c" {}\n', ['x a b-c:1']],
  ])('%s', async (_, text, expected) => {
    expect(blocks(text)).toEqual(expected);
    // The cases themselves are HCL.
    expect(await parseHcl(text)).toMatchObject({ ok: true });
  });

  it('arguments end where their value ends', () => {
    const text = 'x "a" {\n  k = [1, # one\n    2] # two\n  l = "m" /* n */\n  o { p = 1 }\n}\n';
    const { body } = readBody(text).blocks[0] as Block;
    expect(body.arguments.map((one) => [one.name, one.line, text.slice(one.valueStart, one.valueEnd)])).toEqual([
      ['k', 2, '[1, # one\n    2]'],
      ['l', 4, '"m"'],
    ]);
    expect(body.blocks.map(({ type, line }) => [type, line])).toEqual([['o', 5]]);
  });

  it.each([
    ['a text without an end', 'x "a {\n'],
    ['a heredoc without an end', 'k = <<E\n}\n'],
    ['a comment without an end', '/* x\n'],
    ['an interpolation without an end', 'k = "${ {"\n'],
    ['a block without an end', 'x "a" {\n'],
    ['a bracket without an end', 'k = [\n'],
    ['a value that is missing', 'k =\n'],
    ['a label with an interpolation', 'x "${a}" {}\n'],
    ['what is neither', '"a" = 1\n'],
    ['templates in one another', `k = ${'"${'.repeat(300)}`],
    ['blocks in one another', 'x {\n'.repeat(300)],
  ])('%s is refused', (_, text) => {
    expect(() => readBody(text)).toThrow(ScanError);
  });

  it('what a quoted text says', () => {
    expect(literalText('"a\\n\\t\\"\\\\\\u00e9\\U0001F600$${b}%%{c}"')).toBe('a\n\t"\\é😀${b}%{c}');
    expect(literalText('"a${b}"')).toBeNull();
    expect(literalText('"%{if a}b%{endif}"')).toBeNull();
    expect(literalText('"\\x"')).toBeNull();
    expect(literalText('"$ % $$"')).toBe('$ % $$');
  });

  it('never hangs and never takes more than it is given', () => {
    const piece = fc.constantFrom(
      '"',
      '${',
      '%{',
      '}',
      '{',
      '\n',
      '<<E\n',
      '\nE\n',
      'a',
      '=',
      '#',
      '/*',
      '*/',
      '\\',
      '$',
      ' ',
      '[',
      ')',
      '\r',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        try {
          const tokens = scan(text);
          expect(tokens.at(-1)).toMatchObject({ kind: 'end', end: text.length });
          for (const { start, line } of tokens) expect(line).toBe(text.slice(0, start).split('\n').length);
        } catch (error) {
          expect(error).toBeInstanceOf(ScanError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('whatever the parser takes, it sees the same names in the same order', async () => {
    const value = fc.constantFrom(
      '1',
      '"x"',
      '"}"',
      '"${a.b}{"',
      '<<E\nx "y" {\n${a}\nE',
      '<<-E\n  }\n  E',
      '{ a = 1 }',
      '[1, "]"]',
      'f("#", /* } */ x)',
      'a ? b : c',
    );
    const item: fc.Arbitrary<string> = fc.oneof(
      fc.tuple(fc.constantFrom('k', 'l', 'm-n'), value).map(([name, text]) => `${name} = ${text}\n`),
      fc.constantFrom('# }\n', '/* {\n */\n', '\n', '// "\n', 'inner {\n}\n', 'inner { q = "{" }\n'),
    );
    const block = fc
      .tuple(
        fc.constantFrom('x', 'y'),
        fc.constantFrom('a', 'b'),
        fc.uniqueArray(item, { selector: (text) => text.slice(0, 3), maxLength: 5 }),
      )
      .map(([type, label, items]) => `${type} "${label}" {\n${items.join('')}}\n`);
    await fc.assert(
      fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 4 }), async (list) => {
        const text = list.join('');
        const parsed = await parseHcl(text);
        expect(parsed.ok).toBe(true);
        let line = 1;
        const lines = list.map((one) => {
          const at = line;
          line += one.split('\n').length - 1;
          return at;
        });
        expect(readBody(text).blocks.map((one) => one.line)).toEqual(lines);
      }),
      { numRuns: 60 },
    );
  });
});

describe('blocks in JSON syntax', () => {
  const found = (text: string) =>
    readJsonBody(text).blocks.map(
      ({ type, labels, line, body }) => `${[type, ...labels].join(' ')}:${line} ${body.arguments.map((one) => one.name)}`,
    );

  it('stand at their last label', () => {
    expect(found('{\n"resource": {"t":\n{\n"a": {"k": 1,\n"//": 0, "l": {}},\n"b": [{"m": "}"}]}}}')).toEqual([
      'resource t a:4 k,l',
      'resource t b:6 m',
    ]);
  });

  it('stand in arrays at every level', () => {
    expect(found('[{"locals": [\n{"a": 1},\n{"b": 2}]},\n{"resource": [{"t": [{"a": {}}]}]}]')).toEqual([
      'locals:2 a',
      'locals:3 b',
      'resource t a:4 ',
    ]);
  });

  it('are none where it is something else', () => {
    expect(found('{"resource": 1, "unheard": {"a": {}}, "//": {"resource": {"t": {"a": {}}}}}')).toEqual([]);
    expect(() => readJsonBody('{"a":')).toThrow(ScanError);
    expect(() => readJsonBody('['.repeat(3000) + ']'.repeat(3000))).toThrow(ScanError);
  });
});
