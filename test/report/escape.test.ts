import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, escapeJson, escapeMarkdown, escapeText, escapeUncut, LONGEST_SHOWN, say } from '../../src/report/escape.ts';

/** Characters by their Unicode properties: a second source beside the table in escape.ts. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\u001b[31m',
        '\u202e',
        '\u200b',
        '\u2028',
        '\u0085',
        '\r\n',
        '\ud800',
        '##[error]',
        '##vso[task]',
        '::error::',
        ' ::warning file=x::',
        ':::set',
        '\u{e0041}',
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('escapeText', () => {
  it.each([
    ['\u001b[31mred', '\\u001b[31mred'],
    ['a\nb', 'a\\nb'],
    ['a\r\tb', 'a\\r\\tb'],
    ['\u202eevil', '\\u202eevil'],
    ['\u2066a\u2069', '\\u2066a\\u2069'],
    ['\u061c\u200e\u200f', '\\u061c\\u200e\\u200f'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['\u009b31m\u007f', '\\u009b31m\\u007f'],
    ['\ud800x', '\\ud800x'],
    ['no\u00a0break', 'no\\u00a0break'],
    ['\u{e0041}', '\\udb40\\udc41'],
    ['::error::x', '\\u003a:error::x'],
    ['a ::error file=b::x', 'a \\u003a:error file=b::x'],
    ['##[error]x', '#\\u0023[error]x'],
    ['x ##vso[task.setvariable]', 'x #\\u0023vso[task.setvariable]'],
    ['AWS::S3::Bucket ::/0 grün 日本語 😀', 'AWS::S3::Bucket ::/0 grün 日本語 😀'],
  ])('shows %j as %j', (text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it('cuts a long name and says how much', () => {
    expect(escapeText('x'.repeat(LONGEST_SHOWN))).toBe('x'.repeat(LONGEST_SHOWN));
    expect(escapeText('x'.repeat(10_240))).toBe(`${'x'.repeat(300)}... (9940 more characters)`);
    expect(escapeText(`${'x'.repeat(299)}😀${'y'.repeat(300)}`)).toBe(`${'x'.repeat(299)}... (302 more characters)`);
  });

  it('leaves nothing unseen and no log command, whatever comes in', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = escapeText(text);
        expect(shown).not.toMatch(INVISIBLE);
        expect(shown).not.toMatch(/##(\[|vso\[|teamcity\[)/);
        // Lines may be broken at blanks only: no piece may begin a command.
        for (const word of shown.split(' ')) expect(word).not.toMatch(/^::+[A-Za-z]/);
      }),
      { numRuns: 1000 },
    );
  });

  it('escapes what is put into a template and not the template', () => {
    expect(say`a\n${'b\nc'} ${3}`).toBe('a\nb\\nc 3');
  });
});

describe('escapeJson', () => {
  it('parses to the same value and shows nothing unseen', () => {
    fc.assert(
      fc.property(fc.dictionary(hostile, hostile), (value) => {
        const shown = escapeJson(JSON.stringify(value, null, 2));
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(shown.replaceAll('\n', '')).not.toMatch(INVISIBLE);
        expect(shown).not.toMatch(/##(\[|vso\[|teamcity\[)/);
        for (const line of shown.split('\n')) expect(line.trimStart()).not.toMatch(/^::/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('escapeUncut', () => {
  it('is the same without the cut', () => {
    expect(escapeUncut('x'.repeat(10_240))).toBe('x'.repeat(10_240));
    expect(escapeUncut('a\n::error::b')).toBe(escapeText('a\n::error::b'));
  });
});

describe('escapeHtml', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ["\" onload='x'", '&quot; onload=&#39;x&#39;'],
    ['a & b &amp; `c`', 'a &amp; b &amp;amp; &#96;c&#96;'],
    ['\u202eevil\n', '\\u202eevil\\n'],
    ['-->', '--&gt;'],
  ])('shows %j as %j', (text, shown) => {
    expect(escapeHtml(text)).toBe(shown);
  });

  it('says the same and opens nothing, whatever comes in', () => {
    const marks = fc.constantFrom('<', '>', '"', "'", '`', '&', '&lt;', '</td>', '<!--', ']]>', 'javascript:', '\u0000');
    fc.assert(
      fc.property(fc.array(fc.oneof(hostile, marks), { maxLength: 6 }), (parts) => {
        const text = parts.join('');
        const shown = escapeHtml(text);
        expect(shown).not.toMatch(/[<>"'`]/);
        expect(shown).not.toMatch(/&(?!(amp|lt|gt|quot|#39|#96);)/);
        expect(shown).not.toMatch(INVISIBLE);
        const back = shown.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => ENTITIES[name] ?? '');
        expect(back).toBe(escapeUncut(text));
      }),
      { numRuns: 1000 },
    );
  });
});

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`', '#32': ' ' };

describe('escapeMarkdown', () => {
  it.each([
    ['plain text, with-hyphens. And (brackets)', 'plain text, with-hyphens. And (brackets)'],
    ['a | b', 'a \\| b'],
    ['*a* _b_ `c` ~~d~~ $e$', '\\*a\\* \\_b\\_ \\`c\\` \\~\\~&#8203;d\\~\\~ \\$&#8203;e\\$'],
    ['[x](javascript:1)', '\\[x\\](javascript:1)'],
    ['![x](http://e)', '\\!\\[x\\](http:&#8203;//e)'],
    ['<img src=x>', '&lt;img src=x&gt;'],
    ['&#64;', '&amp;\\#&#8203;64;'],
    ['ask @root about #12 and !3', 'ask \\@&#8203;root about \\#&#8203;12 and \\!&#8203;3'],
    ['a@b.example www.example.com', 'a\\@&#8203;b.example www&#8203;.example.com'],
    [':tada: a::b', ':&#8203;tada: a::b'],
    ['# title', '\\# title'],
    ['- item', '\\- item'],
    ['+ item', '\\+ item'],
    ['1. item', '1\\. item'],
    ['12) item', '12\\) item'],
    ['    code', '&#32;   code'],
    ['\\', '\\\\'],
    ['\u202e|\n', '\\\\u202e\\|\\\\n'],
  ])('shows %j as %j', (text, shown) => {
    expect(escapeMarkdown(text)).toBe(shown);
  });

  it('says the same and means nothing, whatever comes in', () => {
    const marks = fc.constantFrom(
      '|',
      '`',
      '*',
      '_',
      '<',
      '[',
      '](',
      '![',
      '@a',
      '#1',
      '\\',
      '~',
      '$',
      '://',
      'www.',
      '&',
      '- ',
      '1. ',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(hostile, marks), { maxLength: 6 }), (parts) => {
        const text = parts.join('');
        const shown = escapeMarkdown(text);
        expect(shown).not.toMatch(INVISIBLE);
        const bare = shown.replace(/\\[\\`*_[\]|~$@#!%^.)+=-]/g, '').replace(/&(amp|lt|gt|#32|#8203);/g, '');
        expect(bare).not.toMatch(/[\\`*_[\]|~$<>@#!%^&]/);
        expect(shown).not.toMatch(/[@!~$%^][A-Za-z0-9_]|\\#[A-Za-z0-9_]|:\/\/|www\./i);
        expect(shown).not.toMatch(/^([-+=#>]|\d+[.)]|\s)./);
        const back = shown
          .replaceAll('&#8203;', '')
          .replace(/\\([\\`*_[\]|~$@#!%^.)+=-])/g, '$1')
          .replace(/&(amp|lt|gt|#32);/g, (_, name: string) => ENTITIES[name] ?? '');
        expect(back).toBe(escapeUncut(text));
      }),
      { numRuns: 1000 },
    );
  });
});
