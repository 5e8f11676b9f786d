import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { showHtml } from '../../../src/report/lanes/formats/show-html.ts';
import { showJson } from '../../../src/report/lanes/formats/show-json.ts';
import { showMarkdown } from '../../../src/report/lanes/formats/show-markdown.ts';
import { showText } from '../../../src/report/lanes/formats/show-text.ts';
import { type Matrix, type Shown, shownRules } from '../../../src/report/lanes/shown.ts';
import { loadText } from '../../lanes/folder.ts';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const MARKER = 'HOSTILE';

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='x",
        '</style>',
        '</script>',
        '<!--',
        '](javascript:alert(1))',
        '![x](http://evil.example/y)',
        '| a | b |',
        '`x`',
        '@root',
        '#1',
        'https://evil.example',
        '\n# heading',
        '\r\n::error::x',
        ' ::error::x',
        '##[error]x',
        '\u001b[2J',
        '\u202e',
        '\u2028',
        ', or anything',
        ' where always',
      ),
    ),
    { maxLength: 4 },
  )
  .map((parts) => `${MARKER}${parts.join('')}`);

/** Lane files whose every free text is somebody else's. JSON strings are YAML strings. */
const shown: fc.Arbitrary<() => Promise<Shown>> = fc.tuple(hostile, hostile, hostile, hostile).map(([a, b, c, d]) => {
  const text = (value: string) =>
    JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const [value, why, ask, id] = [a, b, c, d].map(text) as [string, string, string, string];
  return async () => {
    const ruleset = await loadText(`inlane: 1
level: org
attributes: {environment: {values: [${value}, other], from: [{workspace: {${why}: ${value}}}], tag: ${id}}}
paths: {tuning: [size]}
lanes:
  ${id}:
    summary: ${why}
    ask: ${ask}
    who: {id: ${value}}
    may:
      - {environment: ${value}, workspace: {glob: ${why}}, "tag.${JSON.parse(id).replace(/["\\\n\r]/g, '')}": ${ask}}
guards:
  - {id: g, deny: create, unless: {account: ${value}}, why: ${why}, ask: ${ask}}
  - {id: h, require: {approval: {from: {id: dana}}}, name: [${value}, ${why}]}
`);
    const cells = [{ operation: 'read' as const, value: a, answer: 'depends' as const, by: [b, d], on: [c] }];
    const matrix: Matrix = {
      principal: { id: a, kind: 'human', teams: [b, c], tier: d, owner: a },
      attribute: 'environment',
      values: [a],
      operations: ['read'],
      rows: [{ class: d, cross: true, cells }],
    };
    return { ...shownRules(ruleset), matrix };
  };
});

const OPTIONS = { width: 100, colour: false };

describe('hostile text in ids, reasons, values and names', () => {
  const check = (format: (shown: Shown) => void) =>
    fc.assert(
      fc.asyncProperty(shown, async (load) => {
        let loaded: Shown;
        try {
          loaded = await load();
        } catch {
          // Some texts are no ids or keys that a lane file may have: refused where it is read.
          return;
        }
        seen += 1;
        format(loaded);
        const { matrix: _, ...rules } = loaded;
        format(rules);
      }),
      { numRuns: 60 },
    );
  let seen = 0;

  it('text: nothing unseen, no log command, no line of its own', async () => {
    await check((one) => {
      const text = showText(one, OPTIONS);
      expect(text).toContain(MARKER);
      expect(text.replaceAll('\n', '')).not.toMatch(UNSEEN);
      expect(text).not.toMatch(/##(\[|vso\[)|^\s*::|^#/m);
    });
    expect(seen).toBeGreaterThan(15);
  });

  it('markdown: no tag, image, link, mention or heading of its own', async () => {
    await check((one) => {
      const text = showMarkdown(one, OPTIONS);
      expect(text).toContain(MARKER);
      const bare = text
        .replace(/<\/?sub>/g, '')
        .replace(/&#?\w+;/g, '~')
        .replace(/\\[^\w\s]/g, '');
      expect(bare).not.toMatch(/[<>`[\]]|@\w|:\/\/|www\.|[^#\n ]#/);
      for (const line of text.split('\n').filter((found) => found.startsWith('#'))) expect(line).toMatch(/^#{1,2} [A-Zea]/);
      const tables = text.split('\n').filter((found) => found.startsWith('|'));
      for (const row of tables) expect(row.replace(/\\\|/g, '').split('|')).toHaveLength(4);
    });
  });

  it('html: no tag, attribute or entity of its own', async () => {
    const tags = new Set<string>();
    await check((one) => {
      const page = showHtml(one, OPTIONS);
      expect(page).toContain(MARKER);
      expect(page.replaceAll('\n', '')).not.toMatch(UNSEEN);
      expect([...page.matchAll(/<script/g)]).toHaveLength(1);
      for (const [, tag] of page.matchAll(/<([a-z0-9]+)/gi)) tags.add(tag ?? '');
      // Outside of quotes and tags nothing is left of what was put in but its words.
      for (const [tag] of page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '').matchAll(/<[^>]*>/g)) {
        expect(tag.replace(/"[^"]*"/g, '""')).toMatch(/^<\/?!?[a-z0-9]+( [a-z-]+(=""|\b))*>$/);
        expect(tag.replace(/"[^"]*"/g, '""')).not.toContain(MARKER);
      }
    });
    expect(tags.has('img')).toBe(false);
  });

  it('json: it parses, and nothing unseen stands in it', async () => {
    await check((one) => {
      const text = showJson(one, OPTIONS);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(one)));
      expect(text.replaceAll('\n', '')).not.toMatch(UNSEEN);
    });
  });
});
