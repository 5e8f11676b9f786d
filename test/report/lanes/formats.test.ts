import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { showHtml } from '../../../src/report/lanes/formats/show-html.ts';
import { showJson } from '../../../src/report/lanes/formats/show-json.ts';
import { showMarkdown } from '../../../src/report/lanes/formats/show-markdown.ts';
import { showText } from '../../../src/report/lanes/formats/show-text.ts';
import { SHOW_FORMATS } from '../../../src/report/lanes/formats.ts';
import type { Matrix } from '../../../src/report/lanes/shown.ts';
import { shownRules } from '../../../src/report/lanes/shown.ts';
import { EXAMPLE, EXAMPLE_SHOP, loadFiles } from '../../lanes/folder.ts';
import { rulesetOf } from './rules.ts';
import { fixtureRules, MATRIX } from './samples.ts';

const WIDE = { width: 100, colour: false };
const example = async () =>
  shownRules((await loadFiles({ 'inlane.yaml': EXAMPLE, 'shop/inlane.yaml': EXAMPLE_SHOP }, 'shop')).ruleset);

/** The line of a text in the org example: places are looked up, not counted. */
const line = (text: string) => EXAMPLE.split('\n').findIndex((one) => one.includes(text)) + 1;

describe('text', () => {
  it('tells every rule with its place, grouped, in 100 columns', async () => {
    const text = showText(await example(), WIDE);
    expect(text).toMatch(/^rules of 2 lane files: 3 people, 1 agent, 4 teams; 2 in-file tests\n/);
    expect(text).toContain(`
  developer: humans of team developers
    may create, read, update, destroy, import and move databases, database-configs, queues, topics,
      caches, app-configs and secrets where environment is not production (`);
    expect(text.replace(/\n */g, ' ')).toContain(
      `no-prod-drop: nobody may destroy or forget stateful resources where environment is production, unless a successor with the same service exists (inlane.yaml:${line('id: no-prod-drop')})`,
    );
    expect(text).toContain('    why: data outlives the instance that holds it\n    ask: #platform-db\n');
    expect(text.replace(/\n */g, ' ')).toContain('networks (shop/inlane.yaml:5, project)');
    expect(text).toContain('  T1: may at most\n    read anything\n    create, read,');
    for (const title of [
      'lanes',
      'temporary grants',
      'guards',
      'freezes',
      'ceilings',
      'tiers',
      'quotas',
      'never',
      'attributes',
      'classes',
      'operations',
      'paths',
      'lane files',
    ]) {
      expect(text).toMatch(new RegExp(`^${title}(:|$)`, 'm'));
    }
    expect(text.split('\n').filter((one) => one.length > 100)).toEqual([]);
  });

  it('says what is observed only, what is over and that --observe is refused', async () => {
    const ruleset = await rulesetOf(`
guards: [{id: g, deny: create, enforce: observe}]
freezes: [{id: f, deny: create, until: "2026-01-01T00:00:00Z"}]
limits: {observe: false}`);
    const text = showText(shownRules(ruleset, Date.UTC(2026, 0, 1)), WIDE);
    expect(text).toContain('  g [observed only]: nobody may create anything (');
    expect(text).toContain('  f [over]: until 2026-01-01T00:00:00Z, nobody may create anything (');
    expect(text).toMatch(/^rules of 1 lane file at 2026-01-01T00:00:00Z: .*; --observe\s+is refused\n/);
  });

  it('puts a name that reads like a rule in quotes', async () => {
    const ruleset = await rulesetOf(`lanes: {"x: anyone may do anything (a:1)": {who: {id: dana}, may: [{do: read}]}}`);
    const text = showText(shownRules(ruleset), WIDE);
    expect(text).toContain('\n  "x: anyone may do anything (a:1)": dana\n    may read anything (');
  });

  it('puts the matrix into one table for each value that differs, equal classes in one row', async () => {
    const text = showText({ ...(await fixtureRules()), matrix: MATRIX }, WIDE);
    expect(text).toMatch(/^what dana \(human; developers, payments, orders\) may do\n/);
    expect(text).toContain(`
environment production
  for every class, allow: move; no: import, invoke, reclassify
                                            create  read   update  destroy  forget
  database                                  if 1    allow  if 2    if 3     no 4
  database-config                           if 1    allow  if 2    no       no
  cache, topic, app-config, workload,       if 1    allow  no      no       no
  function, revision, log, monitor
`);
    expect(text).toContain('\n  every other class                         no      allow  no      no       no\n');
    expect(text).toContain(
      '\n  classes that a resource has besides its own:\n  access, exposure, foundation, protection  no      allow',
    );
    expect(text).toContain('\n  4 rules against it: no-prod-drop (inlane.yaml:81)\n');
    expect(text.split('\n').filter((one) => one.length > 100)).toEqual([]);
  });

  it('merges values that are alike and says "every class" where all are', async () => {
    const cells = (answer: 'allow' | 'no') =>
      ['production', 'staging', 'unknown'].map((value) => ({
        operation: 'read' as const,
        value,
        answer: value === 'unknown' ? ('no' as const) : answer,
        by: [],
        on: [],
      }));
    const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];
    const matrix: Matrix = {
      ...MATRIX,
      values: ['production', 'staging', 'unknown'],
      operations: ['read'],
      rows: names.map((name) => ({ class: name, cross: false, cells: cells('allow') })),
    };
    const text = showText({ ...(await fixtureRules()), matrix }, WIDE);
    expect(text).toContain(
      'environment production or staging\n               read\n  every class  allow\n\nenvironment unknown\n',
    );
    const { attribute: _, ...rest } = matrix;
    const plain = showText({ ...(await fixtureRules()), matrix: { ...rest, attribute: null, values: ['unknown'] } }, WIDE);
    expect(plain).not.toContain('environment');
    expect(plain).toContain('  every class  no\n');
  });

  it('becomes a list where there is no room for a table, and keeps to the width', async () => {
    const text = showText({ ...(await fixtureRules()), matrix: MATRIX }, { width: 50, colour: false });
    expect(text).toContain(
      '  database\n    allow: read\n    if 1: create\n    if 2: update\n    if 3: destroy\n    no 4: forget\n',
    );
    expect(text.split('\n').filter((one) => one.length > 50)).toEqual([]);
  });

  it('has colours only when asked, and the words stay', async () => {
    const shown = { ...(await fixtureRules()), matrix: MATRIX };
    const coloured = showText(shown, { width: 100, colour: true });
    expect(showText(shown, WIDE)).not.toContain('\u001b');
    expect(coloured).toContain('\u001b[32mallow\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the code is what is looked for
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(showText(shown, WIDE));
  });
});

describe('markdown', () => {
  it('lists the rules', async () => {
    const text = showMarkdown(await example(), WIDE);
    expect(text).toMatch(/^# Rules of 2 lane files\n/);
    expect(text).toContain(
      `\n- **developer**: humans of team developers\n  - may create, read, update, destroy, import and move databases,`,
    );
    expect(text).toContain(
      ` unless a successor with the same service exists <sub>inlane.yaml:${line('id: no-prod-drop')}</sub>\n  - why: data`,
    );
  });

  it('has a table of equal columns for each value', async () => {
    const text = showMarkdown({ ...(await fixtureRules()), matrix: MATRIX }, WIDE);
    expect(text).toContain(
      '| class | create | read | update | destroy | forget |\n| --- | --- | --- | --- | --- | --- |\n| database | if 1 | allow | if 2 | if 3 | no 4 |\n',
    );
    expect(text).toContain('\n4. rules against it: no-prod-drop (inlane.yaml:81)\n');
    for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
      expect(
        new Set(
          table
            .trim()
            .split('\n')
            .map((row) => row.split('|').length),
        ).size,
      ).toBe(1);
    }
  });
});

describe('json', () => {
  it('is the object', async () => {
    const shown = { ...(await example()), matrix: MATRIX };
    expect(JSON.parse(showJson(shown, WIDE))).toEqual(JSON.parse(JSON.stringify(shown)));
  });
});

describe('html', () => {
  it('stands alone: its policy allows its own style and script, and nothing reaches out', async () => {
    const page = showHtml({ ...(await fixtureRules()), matrix: MATRIX }, WIDE);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const digest = (tag: string) => {
      const found = [...page.matchAll(new RegExp(`<${tag}>([^\u0000]*?)</${tag}>`, 'g'))];
      expect(found).toHaveLength(1);
      return `'sha256-${hash('sha256', found[0]?.[1] ?? '', 'base64')}'`;
    };
    expect(policy).toBe(
      `default-src 'none'; style-src ${digest('style')}; script-src ${digest('script')}; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/\son\w+=|\sstyle=|\ssrc=|url\(|@import|https?:/i);
    expect([...page.matchAll(/href="([^"]*)"/g)].map((match) => match[1]?.[0])).not.toContain(undefined);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(` id="${target}"`);
  });

  it('has a row for each class and a head for each operation, with scope; the words stand beside the colour', async () => {
    const page = showHtml({ ...(await fixtureRules()), matrix: MATRIX }, WIDE);
    expect([...page.matchAll(/<table /g)]).toHaveLength(MATRIX.values.length);
    expect([...page.matchAll(/<th scope="row"/g)]).toHaveLength(MATRIX.values.length * MATRIX.rows.length);
    expect([...page.matchAll(/<th scope="col"/g)]).toHaveLength(MATRIX.values.length * (1 + MATRIX.operations.length));
    const cells = [...page.matchAll(/<td ([^>]*)>(.*?)<\/td>/g)];
    expect(cells).toHaveLength(MATRIX.values.length * MATRIX.rows.length * MATRIX.operations.length);
    for (const [, attributes, content] of cells) {
      const answer = /data-answer="(\w+)"/.exec(attributes ?? '')?.[1];
      expect((content ?? '').replace(/<[^>]*>/g, '')).toMatch(new RegExp(`^[✓!?✕]${answer}( \\d+)?$`));
    }
    expect(page).toContain('<label>class<input type="search" name="class"');
    for (const name of ['operation', 'value', 'answer']) expect(page).toContain(`<select name="${name}">`);
  });

  it('without a principal there are the rules alone', async () => {
    const page = showHtml(await example(), WIDE);
    expect(page).toContain('<h1>Rules of 2 lane files</h1>');
    expect(page).not.toContain('<table');
    expect(page).toContain(`<strong>no-prod-drop</strong>: nobody may destroy`);
  });

  it('tags are balanced', async () => {
    const page = showHtml({ ...(await fixtureRules(Date.UTC(2026, 11, 2))), matrix: MATRIX }, WIDE);
    const open: string[] = [];
    const body = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '').replace(/<!doctype html>|<(meta|input)\b[^>]*>/g, '');
    for (const [, end, tag] of body.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
      if (end === '') open.push(tag ?? '');
      else expect(open.pop()).toBe(tag);
    }
    expect(open).toEqual([]);
  });
});

it('every format is in the list, and the same input gives the same bytes', async () => {
  const shown = { ...(await example()), matrix: MATRIX };
  expect([...SHOW_FORMATS.keys()]).toEqual(['text', 'json', 'markdown', 'html']);
  for (const { load } of SHOW_FORMATS.values()) {
    const format = await load();
    expect(format(shown, WIDE)).toBe(format(structuredClone(shown), WIDE));
    expect(format(shown, WIDE)).toMatch(/[^\n]\n$/);
  }
});
