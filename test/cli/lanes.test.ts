import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECK_FORMATS, DIFF_FORMATS, SHOW_FORMATS } from '../../src/report/lanes/formats.ts';
import type { ReportDiagnostic } from '../../src/report/report.ts';
import { type Run, run } from './io.ts';

const ORG = `inlane: 1
level: org
attributes: {environment: {values: [production, development], from: [{account: {"1": production, "2": development}}]}}
lanes:
  developer: {who: {kind: human, team: developers}, may: [{do: [create, update], class: database, environment: development}]}
principals: {teams: {developers: [dana], sre: [sam]}, people: {dana: {}, sam: {}}}
never:
  - {id: N1, do: destroy, class: database}
tests:
  - {as: dana, do: create, type: aws_db_instance, with: {account: "2"}, expect: allow}
`;
const PROJECT = 'inlane: 1\nlevel: project\nguards:\n  - {id: no-update, deny: update, class: database}\n';

/** A repository of one commit. */
const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-lanes-')));
let before: string[];

beforeAll(() => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], { cwd });
  const write = (name: string, text: string | Uint8Array) => writeFileSync(join(cwd, name), text);
  for (const name of ['shop', 'folder', 'stack']) mkdirSync(join(cwd, name));
  write('inlane.yaml', ORG);
  write('shop/inlane.yaml', PROJECT);
  write('wide.yaml', ORG.replace('class: database,', 'class: [database, queue],'));
  write('failing.yaml', ORG.replace('expect: allow', 'expect: deny'));
  write('refuted.yaml', ORG.replace('id: N1, do: destroy', 'id: N1, do: create'));
  write('broken.yaml', ORG.replace('[create, update]', '[create, updat]'));
  write('binary.yaml', Uint8Array.of(0, 1, 2, 0xff, 0xfe));
  write('there.txt', 'mine');
  write('folder/notes.txt', '');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'rules');
  before = readdirSync(cwd).sort();
});
afterAll(() => {
  // Nothing was written that a test has not read and taken away.
  expect(readdirSync(cwd).sort()).toEqual(before);
  expect(readFileSync(join(cwd, 'there.txt'), 'utf8')).toBe('mine');
  rmSync(cwd, { recursive: true, force: true });
});

async function inlane(line: string | readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const argv = typeof line === 'string' ? line.split(' ') : line;
  return run(argv, { cwd, env: { PATH: process.env.PATH ?? '', ...env } });
}

/** First line of standard output, code on standard error. */
async function told(line: string | readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { exit, stdout, stderr } = await inlane(line, env);
  return { exit, says: stdout.split('\n')[0], error: /^error\[([a-z-]+)\]/.exec(stderr)?.[1] ?? null };
}

describe('inlane lanes check', () => {
  it.each([
    ['lanes check', { exit: 0, says: 'PASSED  inlane.yaml: 1 of 1 test passes, 1 of 1 `never` proved, 1 of 1 rule tested' }],
    ['lanes check --lanes failing.yaml', { exit: 1, says: 'FAILED  failing.yaml: 0 of 1 test passes' }],
    ['lanes check --lanes refuted.yaml', { exit: 1, says: 'FAILED  refuted.yaml: 1 of 1 test passes, 0 of 1 `never` proved' }],
    ['lanes check --stack shop', { exit: 0, says: 'PASSED  inlane.yaml, shop/inlane.yaml: ' }],
    // The guard of the project is touched by no test.
    ['lanes check --stack shop --strict', { exit: 1, says: 'FAILED  inlane.yaml, shop/inlane.yaml: ' }],
    ['lanes check --strict', { exit: 0, says: 'PASSED  inlane.yaml: ' }],
    ['lanes check --rules-from main --stack stack', { exit: 0, says: 'PASSED  inlane.yaml: ' }],
    ['lanes check --lanes inlane.yaml --lanes shop/inlane.yaml', { exit: 0, says: 'PASSED  inlane.yaml, shop/inlane.yaml: ' }],
    ['lanes check --lanes broken.yaml', { exit: 2, says: 'UNDECIDED  the rules cannot be read', error: 'lanes-invalid' }],
    ['lanes check --lanes binary.yaml', { exit: 2, says: 'UNDECIDED  the rules cannot be read', error: 'lanes-invalid' }],
    ['lanes check --lanes folder', { exit: 2, says: 'UNDECIDED  the rules cannot be read', error: 'io' }],
    ['lanes check --lanes nope.yaml', { exit: 2, says: 'UNDECIDED  the rules cannot be read', error: 'io' }],
    ['lanes check --stack nope', { exit: 2, says: 'UNDECIDED  the rules cannot be read', error: 'usage' }],
    ['lanes check --rules-from nope', { exit: 2, says: 'UNDECIDED  the rules cannot be read', error: 'usage' }],
    ['lanes check --now tomorrow', { exit: 2, says: 'UNDECIDED  the rules cannot be read', error: 'usage' }],
  ])('%s', async (line, { exit, says, error = null }: { exit: number; says: string; error?: string | null }) => {
    const found = await told(line);
    expect(found).toMatchObject({ exit, error });
    expect(found.says?.startsWith(says), found.says).toBe(true);
  });

  it('reads variables, which an option outweighs', async () => {
    const env = { INLANE_LANES: 'inlane.yaml, shop/inlane.yaml', INLANE_STRICT: '1', INLANE_NOW: '2026-11-20T12:00:00Z' };
    expect(await told('lanes check', env)).toMatchObject({ exit: 1, error: null });
    expect(await told('lanes check', { ...env, INLANE_STRICT: 'false' })).toMatchObject({ exit: 0 });
    expect(await told('lanes check --lanes failing.yaml', { INLANE_LANES: 'nope.yaml' })).toMatchObject({ exit: 1 });
    expect(await told('lanes check', { INLANE_STACK: 'shop' })).toMatchObject({
      says: expect.stringContaining('shop/inlane.yaml'),
    });
    expect(await told('lanes check --stack .', { INLANE_RULES_FROM: 'nope' })).toMatchObject({ exit: 2, error: 'usage' });
    expect(await told('lanes check', { INLANE_NOW: 'x' })).toMatchObject({ exit: 2, error: 'usage' });
    expect(await told('lanes check', { INLANE_STRICT: 'yes' })).toMatchObject({ exit: 2, error: 'usage' });
    expect(JSON.parse((await inlane('lanes check', { INLANE_FORMAT: 'json' })).stdout).format).toBe('inlane-check/1');
  });

  it('is not stopped by the variables of a pull request: nothing is decided by these rules', async () => {
    expect(await told('lanes check', { GITHUB_EVENT_NAME: 'pull_request' })).toMatchObject({ exit: 0, error: null });
  });

  it('tells of a lower file that the commit does not have yet, and refuses an untracked one', async () => {
    const file = join(cwd, 'stack/inlane.yaml');
    const git = (...args: string[]) => execFileSync('git', args, { cwd });
    writeFileSync(file, PROJECT);
    try {
      const refused = await inlane('lanes check --rules-from main --stack stack');
      expect(refused).toMatchObject({ exit: 2, stdout: 'UNDECIDED  the rules cannot be read\n' });
      expect(refused.stderr).toBe(
        'error[lanes-missing]: `stack/inlane.yaml` is untracked, so that it would not apply: the rules are read from `main`; commit it and let it be merged, or take it away\n',
      );
      git('add', 'stack/inlane.yaml');
      const warned = await inlane('lanes check --rules-from main --stack stack --strict');
      expect(warned).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^PASSED {2}inlane\.yaml: /) });
      expect(warned.stderr).toBe(
        'warning[lanes]: `stack/inlane.yaml` is not in `main`, so it does not apply; it will once it is merged\n',
      );
    } finally {
      git('rm', '-q', '--cached', '--ignore-unmatch', 'stack/inlane.yaml');
      rmSync(file);
    }
  });

  it('says on standard error what went wrong, and in a report of any format', async () => {
    for (const [format, holds] of [
      ['text', 'UNDECIDED'],
      ['json', '"outcome": "undecided"'],
      ['junit', 'errors="1"'],
      ['github', '::error file=broken.yaml,line=5,col='],
    ] as const) {
      const { exit, stdout, stderr } = await inlane(`lanes check --lanes broken.yaml --format ${format}`);
      expect(exit).toBe(2);
      const column = (ORG.split('\n')[4] as string).indexOf('update]') + 1;
      expect(stderr).toBe(
        `error[lanes-invalid] broken.yaml:5:${column}: unknown operation \`updat\`; did you mean \`update\`?\n`,
      );
      expect(stdout).toContain(holds);
    }
  });
});

describe('inlane lanes diff', () => {
  it.each([
    ['lanes diff inlane.yaml inlane.yaml', { exit: 0, says: 'SAME  inlane.yaml -> inlane.yaml: ' }],
    ['lanes diff inlane.yaml wide.yaml', { exit: 0, says: 'DIFFERENT  inlane.yaml -> wide.yaml: ' }],
    ['lanes diff inlane.yaml wide.yaml --no-new-access', { exit: 1, says: 'NEW ACCESS  inlane.yaml -> wide.yaml: ' }],
    ['lanes diff --no-new-access wide.yaml inlane.yaml', { exit: 0, says: 'NO NEW ACCESS  wide.yaml -> inlane.yaml: ' }],
    ['lanes diff inlane.yaml inlane.yaml --no-new-access', { exit: 0, says: 'SAME  ' }],
    ['lanes diff main .', { exit: 0, says: 'SAME  main -> ., 2 stacks: ' }],
    ['lanes diff HEAD inlane.yaml', { exit: 0, says: 'DIFFERENT  HEAD -> inlane.yaml, 2 stacks: ' }],
    ['lanes diff nope inlane.yaml', { exit: 2, says: 'UNDECIDED  nope -> inlane.yaml: the rules', error: 'usage' }],
    ['lanes diff inlane.yaml nope', { exit: 2, says: 'UNDECIDED  inlane.yaml -> nope: the rules', error: 'usage' }],
    ['lanes diff folder .', { exit: 2, says: 'UNDECIDED  folder -> .: the rules', error: 'lanes-missing' }],
    ['lanes diff . folder', { exit: 2, says: 'UNDECIDED  . -> folder: the rules', error: 'lanes-missing' }],
    ['lanes diff binary.yaml .', { exit: 2, says: 'UNDECIDED  binary.yaml -> .: the rules', error: 'lanes-invalid' }],
    ['lanes diff inlane.yaml shop/inlane.yaml', { exit: 2, says: 'UNDECIDED  ', error: 'lanes-invalid' }],
    ['lanes diff broken.yaml broken.yaml --no-new-access', { exit: 2, says: 'UNDECIDED  ', error: 'lanes-invalid' }],
    ['lanes diff -- -x .', { exit: 2, says: 'UNDECIDED  -x -> .: the rules', error: 'usage' }],
  ])('%s', async (line, { exit, says, error = null }: { exit: number; says: string; error?: string | null }) => {
    const found = await told(line);
    expect(found).toMatchObject({ exit, error });
    expect(found.says?.startsWith(says), found.says).toBe(true);
  });

  it('takes --no-new-access from its variable', async () => {
    for (const [value, exit] of [
      ['1', 1],
      ['true', 1],
      ['0', 0],
      ['false', 0],
      ['', 0],
    ] as const)
      expect(await told('lanes diff inlane.yaml wide.yaml', { INLANE_NO_NEW_ACCESS: value })).toMatchObject({ exit });
    const { stdout } = await inlane('lanes diff inlane.yaml wide.yaml --no-new-access --format json', {
      INLANE_NO_NEW_ACCESS: '0',
    });
    expect(JSON.parse(stdout)).toMatchObject({ exit: 1, no_new_access: true });
    expect(await told('lanes diff inlane.yaml wide.yaml', { INLANE_NO_NEW_ACCESS: 'yes' })).toMatchObject({
      exit: 2,
      error: 'usage',
    });
  });
});

describe('inlane lanes show', () => {
  it.each([
    ['lanes show', { exit: 0, says: 'rules of 1 lane file: 2 people, 0 agents, 2 teams, no tiers; 1 in-file test' }],
    ['lanes show --stack shop', { exit: 0, says: 'rules of 2 lane files: ' }],
    ['lanes show --rules-from HEAD --stack shop', { exit: 0, says: 'rules of 2 lane files: ' }],
    ['lanes show --now 2026-11-20T12:00:00Z', { exit: 0, says: 'rules of 1 lane file at 2026-11-20T12:00:00Z: ' }],
    [
      'lanes show --as dana --now 2026-11-20T13:00:00+01:00',
      { exit: 0, says: 'what dana (human; developers) may do at 2026-11-20T12:00:00Z' },
    ],
    ['lanes show --as agent:', { exit: 2, says: '', error: 'usage' }],
    ['lanes show --now 2026-11-20', { exit: 2, says: '', error: 'usage' }],
    ['lanes show --lanes broken.yaml', { exit: 2, says: '', error: 'lanes-invalid' }],
    ['lanes show --lanes folder', { exit: 2, says: '', error: 'io' }],
  ])('%s', async (line, { exit, says, error = null }: { exit: number; says: string; error?: string | null }) => {
    const found = await told(line);
    expect(found).toMatchObject({ exit, error });
    expect(found.says?.startsWith(says), found.says).toBe(true);
  });

  it('reads who from INLANE_AS, and not from the CI host', async () => {
    const env = { INLANE_AS: 'dana', INLANE_NOW: '2026-11-20T12:00:00Z' };
    expect((await told('lanes show', env)).says).toMatch(/^what dana/);
    expect((await told('lanes show --as sam', env)).says).toMatch(/^what sam/);
    expect((await told('lanes show', { GITHUB_ACTOR_ID: '1', GITHUB_EVENT_NAME: 'pull_request' })).says).toMatch(/^rules of/);
  });

  it('is a page by itself in html', async () => {
    const { exit, stdout } = await inlane('lanes show --as dana --now 2026-11-20T12:00:00Z --format html');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(stdout).toMatch(/<\/html>\n$/);
    expect(stdout).toContain('<h1>What dana (human; developers) may do</h1>');
    expect(stdout).not.toMatch(/(?:src|href)="(?!#)/);
    for (const tag of ['table', 'tbody', 'tr', 'section', 'ul', 'form'])
      expect(stdout.match(new RegExp(`<${tag}[ >]`, 'g'))?.length, tag).toBe(stdout.match(new RegExp(`</${tag}>`, 'g'))?.length);
  });

  it('is an object on standard output where it could not be told', async () => {
    const { stdout } = await inlane('lanes show --lanes broken.yaml --format json');
    expect(JSON.parse(stdout)).toMatchObject({ format: 'inlane-report/1', verdict: 'undecided', exit: 2 });
  });
});

describe('every format', () => {
  const commands = [
    ['lanes check', CHECK_FORMATS],
    ['lanes diff inlane.yaml wide.yaml', DIFF_FORMATS],
    ['lanes show', SHOW_FORMATS],
  ] as const;

  it.each(commands.map(([line, table]) => ({ line, names: [...table.keys()] })))(
    '$line: $names on standard output and in files',
    async ({ line, names }) => {
      const argv = [...line.split(' '), '--format', 'text', ...names.flatMap((name) => ['--format', `${name}=out-${name}`])];
      const { exit, stdout, stderr } = await inlane(argv);
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
      for (const name of names) {
        const file = join(cwd, `out-${name}`);
        const single = await inlane([...line.split(' '), '--format', name]);
        expect(single).toMatchObject({ exit: 0, stderr: '' });
        expect(readFileSync(file, 'utf8')).toBe(single.stdout);
        if (name === 'text') expect(single.stdout).toBe(stdout);
        // Same input, same bytes; and no file is written over.
        expect((await inlane([...line.split(' '), `--format=${name}=out-${name}`])).exit).toBe(2);
        rmSync(file);
      }
    },
  );

  it.each(commands.map(([line]) => line))(
    '%s: a file that is there is left alone, before anything is looked at',
    async (line) => {
      const { exit, stdout, stderr } = await inlane([...line.split(' '), '--format', 'json=there.txt']);
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
      expect(stderr).toBe('error[usage]: `there.txt` is there already; remove it first: nothing is written over\n');
    },
  );

  it('junit is well-formed, and counts what it holds', async () => {
    for (const lanes of ['inlane.yaml', 'failing.yaml', 'refuted.yaml', 'broken.yaml']) {
      const { stdout } = await inlane(`lanes check --lanes ${lanes} --format junit`);
      expectJunit(stdout);
    }
    for (const name of readdirSync(new URL('../../fixtures/golden', import.meta.url))) {
      const folder = new URL(`../../fixtures/golden/${name}/`, import.meta.url);
      if (!readdirSync(folder).includes('expected.xml')) continue;
      const text = readFileSync(new URL('expected.xml', folder), 'utf8');
      // Reports of plans are checked by the schema of Jenkins, in test/report.
      if (text.includes('name="inlane lanes check"')) expectJunit(text);
    }
  });
});

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
}

const ATTRIBUTE = /\s+([a-z]+)="([^"<]*)"/y;
const REFERENCE = /&(?!(?:amp|lt|gt|quot|#39);)/;

/** As much of XML as the reports use, strictly: one root, tags that match, attributes once, references that are known. */
function parseXml(text: string): Element {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  expect(text.startsWith(declaration)).toBe(true);
  expect(text).not.toMatch(REFERENCE);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML 1.0 cannot hold
  expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  const root: Element = { name: '', attributes: new Map(), children: [], text: '' };
  const open: Element[] = [root];
  const tags = /<(\/?)([a-z]+)((?:\s+[a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  tags.lastIndex = declaration.length;
  let end = declaration.length;
  for (let found = tags.exec(text); found !== null; found = tags.exec(text)) {
    end = tags.lastIndex;
    const [, closing, name = '', attributes = '', single, data] = found;
    const current = open.at(-1) as Element;
    if (data !== undefined) current.text += data;
    else if (closing) {
      expect(name).toBe(current.name);
      open.pop();
    } else {
      const all = new Map<string, string>();
      ATTRIBUTE.lastIndex = 0;
      for (let one = ATTRIBUTE.exec(attributes); one !== null; one = ATTRIBUTE.exec(attributes)) {
        expect(all.has(one[1] as string)).toBe(false);
        all.set(one[1] as string, one[2] as string);
      }
      const element: Element = { name, attributes: all, children: [], text: '' };
      current.children.push(element);
      if (!single) open.push(element);
    }
  }
  expect(end).toBe(text.length);
  expect(open).toHaveLength(1);
  expect(root.children).toHaveLength(1);
  return root.children[0] as Element;
}

/** The JUnit schema that Jenkins publishes, as far as we use it: nesting, attributes that must be there, counts that add up. */
function expectJunit(text: string): void {
  const suites = parseXml(text);
  expect(suites.name).toBe('testsuites');
  const number = (element: Element, name: string): number => {
    expect(element.attributes.get(name)).toMatch(/^\d+$/);
    return Number(element.attributes.get(name));
  };
  const totals = { tests: 0, failures: 0, errors: 0 };
  for (const suite of suites.children) {
    expect(suite.name).toBe('testsuite');
    expect([...suite.attributes.keys()]).toEqual(['name', 'tests', 'failures', 'errors']);
    const names = suite.children.map(({ attributes }) => attributes.get('name'));
    expect(new Set(names).size).toBe(names.length);
    for (const one of suite.children) {
      expect(one.name).toBe('testcase');
      expect([...one.attributes.keys()]).toEqual(['classname', 'name']);
      expect(one.attributes.get('name')).not.toBe('');
      expect(one.children.length).toBeLessThanOrEqual(1);
      for (const { name, attributes, children } of one.children) {
        expect(['failure', 'error']).toContain(name);
        expect([...attributes.keys()]).toEqual(['message']);
        expect(children).toEqual([]);
      }
    }
    const kinds = suite.children.flatMap(({ children }) => children.map(({ name }) => name));
    const counted = {
      tests: suite.children.length,
      failures: kinds.filter((kind) => kind === 'failure').length,
      errors: kinds.filter((kind) => kind === 'error').length,
    };
    for (const [name, count] of Object.entries(counted)) {
      expect(number(suite, name)).toBe(count);
      totals[name as keyof typeof totals] += count;
    }
  }
  for (const [name, count] of Object.entries(totals)) expect(number(suites, name)).toBe(count);
}

describe('words', () => {
  it.each([
    ['lanes', '`lanes` lacks its command; `inlane lanes --help` lists them'],
    ['lanes chekc', 'unknown command `lanes chekc`; did you mean `check`? `inlane lanes --help` lists them'],
    ['lanes dif a b', 'unknown command `lanes dif`; did you mean `diff`? `inlane lanes --help` lists them'],
    ['lane check', 'unknown command `lane`; did you mean `lanes` or `gate`? `inlane --help` lists them'],
    [
      'lanes check --strct',
      'unknown option `--strct`; did you mean `--strict` or `--stack`? `inlane lanes check --help` lists them',
    ],
    [
      'lanes diff a b --no-new-acces',
      'unknown option `--no-new-acces`; did you mean `--no-new-access`? `inlane lanes diff --help` lists them',
    ],
    [
      'lanes diff a b --new-access',
      'unknown option `--new-access`; did you mean `--no-new-access`? `inlane lanes diff --help` lists them',
    ],
    [
      'lanes diff a b --no-new-access=1',
      'option `--no-new-access` takes no value; write `--no-new-access` by itself, or leave it out',
    ],
    ['lanes show --as', 'option `--as <WHO>` lacks its value; `inlane lanes show --help` shows an example'],
    ['lanes show --as --now', 'option `--as` lacks its value; see `inlane lanes show --help`'],
    [
      'lanes show --workspace x',
      'unknown option `--workspace`; nearest known: `--format`, `--stack`, `--as`; `inlane lanes show --help` lists them',
    ],
    ['lanes check x', 'too many arguments; `inlane lanes check --help` shows an example'],
    ['lanes diff', '`OLD` is missing; `inlane lanes diff --help` shows an example'],
    ['lanes diff inlane.yaml', '`NEW` is missing; `inlane lanes diff --help` shows an example'],
    ['lanes diff a b c', 'too many arguments; `inlane lanes diff --help` shows an example'],
    [
      'lanes diff a b --format markdwn',
      'unknown format `markdwn`; did you mean `markdown`? the formats are text, json, markdown',
    ],
    ['lanes check --format html', 'unknown format `html`; the formats are text, json, junit, github'],
  ])('%s', async (line, says) => {
    expect(await inlane(line)).toMatchObject({ exit: 2, stdout: '', stderr: `error[usage]: ${says}\n` });
  });

  it.each([
    [['lanes', 'diff', '', 'inlane.yaml'], '`OLD` is empty; name a lane file, a folder or a commit'],
    [['lanes', 'diff', 'inlane.yaml', ''], '`NEW` is empty; name a lane file, a folder or a commit'],
  ])('%j', async (argv, says) => {
    const { exit, stderr } = await inlane(argv);
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: `error[usage]: ${says}\n` });
  });

  it.each(['lanes --help', 'lanes check --help', 'lanes diff --help', 'lanes show --help', 'help lanes'])('%s', async (line) => {
    const { exit, stdout, stderr } = await inlane(line);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: inlane lanes/);
    if (line.startsWith('lanes ') && line !== 'lanes --help') {
      expect(stdout).toMatch(/Exit codes: 0 /);
      expect(stdout).toMatch(/Example:\n {2}inlane lanes /);
      for (const [, option] of stdout.matchAll(/^ {2}--([a-z-]+)/gm))
        if (option !== 'help')
          expect(stdout.replace(/\s+/g, ' ')).toContain(`[INLANE_${option?.toUpperCase().replaceAll('-', '_')}]`);
    }
  });

  it('a warning of the reader stands in the report and on standard error', async () => {
    const outside = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-outside-')));
    try {
      writeFileSync(join(outside, 'inlane.yaml'), ORG);
      const { exit, stdout, stderr } = await run(['lanes', 'check', '--format', 'json'], { cwd: outside });
      expect(exit).toBe(0);
      expect(stderr).toBe(
        'warning[lanes]: `.` is in no git repository, so only its own `inlane.yaml` is read; name the lane files with --lanes\n',
      );
      expect((JSON.parse(stdout) as { diagnostics: ReportDiagnostic[] }).diagnostics).toMatchObject([{ severity: 'warning' }]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });
});
