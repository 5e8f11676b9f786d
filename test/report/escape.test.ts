import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeJson, escapeText, LONGEST_SHOWN, say } from '../../src/report/escape.ts';

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
