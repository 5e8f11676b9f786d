import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { HtmlValidate } from 'html-validate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { gate } from '../../src/gate.ts';
import type { Report } from '../../src/report/report.ts';
import type { SimulationReport } from '../../src/report/simulation/simulated.ts';
import { closed } from '../report/schema.ts';
import { root } from '../stories.ts';
import { run } from './io.ts';

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-simulate-')));
const story = (name: string) => join(root, 'fixtures/stories', name, 'plan.json');
/** Verdicts for dana, as the stories' expectations, written by hand, have them. */
const PLANS = {
  'plans/a-create.json': ['aws-postgres-1-create-beside', 'allow'],
  'plans/b-remove.json': ['aws-postgres-wrong-remove-before-cutover', 'deny'],
  'plans/deep/c-queues.json': ['aws-thirty-queues-and-databases', 'allow'],
} as const;
const COMMON = '--as dana --now 2026-11-20T12:00:00Z';
/** As the rules of the stories, without the lane by which developers work. */
const LANES = readFileSync(join(root, 'fixtures/lanes/inlane.yaml'), 'utf8');
const NARROW = LANES.replace('who: {kind: human, team: developers}', 'who: {kind: human, team: dba}').replace(
  /^tests:[\s\S]*/m,
  '',
);

beforeAll(() => {
  mkdirSync(join(cwd, 'plans/deep'), { recursive: true });
  mkdirSync(join(cwd, 'plans/.terraform'), { recursive: true });
  mkdirSync(join(cwd, 'nothing'));
  for (const [name, [from]] of Object.entries(PLANS)) cpSync(story(from), join(cwd, name));
  writeFileSync(join(cwd, 'plans/README.md'), 'plans of last month');
  writeFileSync(join(cwd, 'plans/cut.json'), readFileSync(story('aws-postgres-1-create-beside'), 'utf8').slice(0, 5000));
  writeFileSync(join(cwd, 'plans/.terraform/hidden.json'), '{}');
  writeFileSync(join(cwd, 'inlane.yaml'), LANES);
  writeFileSync(join(cwd, 'narrow.yaml'), NARROW);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const inlane = (line: string, env: Readonly<Record<string, string>> = {}) => run(line.split(' '), { cwd, env, gate });
const told = async (line: string): Promise<SimulationReport> =>
  JSON.parse((await inlane(`${line} ${COMMON} --format json`)).stdout);

async function gated(name: string, lanes = 'inlane.yaml'): Promise<Report> {
  const options = { plans: [name], lanes: [lanes], as: 'dana', now: '2026-11-20T12:00:00Z', cwd };
  return (await gate({ ...options, env: {} })).reports[0] as Report;
}

describe('inlane simulate', () => {
  it('replays every plan below a folder, and names what is none', async () => {
    const report = await told('simulate plans --lanes inlane.yaml');
    expect(report).toMatchObject({ outcome: 'replayed', exit: 0, files: { found: 5, replayed: 3 } });
    expect(report.verdicts.map(({ plan, verdict }) => [plan, verdict])).toEqual(
      Object.entries(PLANS).map(([plan, [, verdict]]) => [plan, verdict]),
    );
    expect(report.not_replayed.map(({ file, code, named }) => [file, code, named])).toEqual([
      ['plans/README.md', 'plan-unreadable', false],
      ['plans/cut.json', 'plan-unreadable', false],
    ]);
    expect(report.plans).toEqual({ allow: 2, 'needs-approval': 0, deny: 1 });
    expect(report.without_human.plans).toBe(0.6667);
  });

  it('counts changes as the gate decides them, and not those that do nothing', async () => {
    const report = await told('simulate plans --lanes inlane.yaml');
    const rows = (await Promise.all(Object.keys(PLANS).map((name) => gated(name)))).flatMap(({ changes }) => changes);
    const doing = rows.filter(({ operations, verdict }) => operations.length > 0 || verdict !== 'allow');
    expect(doing.length).toBeLessThan(rows.length);
    const count = (verdict: string) => doing.filter((row) => row.verdict === verdict).length;
    expect(report.changes).toEqual({ allow: count('allow'), 'needs-approval': 0, deny: count('deny') });
    expect(report.changes.deny).toBe(1);
    const sum = (groups: SimulationReport['classes']) =>
      groups.reduce((all, one) => all + one.allow + one['needs-approval'] + one.deny, 0);
    expect(sum(report.classes)).toBe(doing.length);
    expect(sum(report.operations)).toBe(doing.reduce((all, row) => all + row.operations.length, 0));
    expect(report.classes.find(({ name }) => name === 'queue')).toEqual({
      name: 'queue',
      allow: 30,
      'needs-approval': 0,
      deny: 0,
    });
  });

  it('says which lane allowed what, and why the rest was not', async () => {
    const report = await told('simulate plans --lanes inlane.yaml');
    // Two nearest lanes and no guard: what is told is what was done to what.
    expect(report.reasons).toEqual([
      { verdict: 'deny', kind: 'no-lane', id: null, detail: 'destroy database', plans: 1, changes: 1 },
    ]);
    expect(report.lanes.map(({ id }) => id).sort()).toEqual(['database-migration', 'developer']);
    const byDeveloper = report.lanes.find(({ id }) => id === 'developer');
    expect(byDeveloper).toMatchObject({ kind: 'lane', changes: 60 });
  });

  it('compares with a baseline, plan by plan', async () => {
    const report = await told('simulate plans --lanes inlane.yaml --baseline narrow.yaml');
    expect(report.exit).toBe(0);
    expect(report.compared?.rules?.files.map(({ path }) => path)).toEqual(['narrow.yaml']);
    expect((await gated('plans/deep/c-queues.json', 'narrow.yaml')).verdict).toBe('deny');
    expect(report.compared?.moved_plans).toEqual([{ plan: 'plans/deep/c-queues.json', before: 'deny', after: 'allow' }]);
    expect(
      report.compared?.moved_changes.map(({ before, after, operations, class: own, changes }) => [
        before,
        after,
        operations,
        own,
        changes,
      ]),
    ).toEqual([
      ['deny', 'allow', ['create'], 'database', 30],
      ['deny', 'allow', ['create'], 'queue', 30],
    ]);
    expect(report.compared?.plans).toEqual({ allow: 1, 'needs-approval': 0, deny: 2 });
    const same = await told('simulate plans --lanes inlane.yaml --baseline inlane.yaml');
    expect(same.compared).toMatchObject({ moved_plans: [], moved_changes: [] });
  });

  it.each([
    ['simulate plans --lanes inlane.yaml', 0, 'REPLAYED  5 files: 3 plans, '],
    // A file that was named must be a plan; one in a folder need not.
    ['simulate plans/README.md plans --lanes inlane.yaml', 2, 'UNDECIDED  5 files: 3 plans, '],
    ['simulate plans/README.md --lanes inlane.yaml', 2, 'UNDECIDED  1 file: 0 plans, 0 changes'],
    ['simulate plans --lanes narrow.yaml --baseline inlane.yaml --no-new-access', 0, 'REPLAYED  '],
    ['simulate plans --lanes inlane.yaml --baseline narrow.yaml --no-new-access', 1, 'NEW ACCESS  '],
    ['simulate plans --lanes nothing.yaml', 2, 'UNDECIDED  '],
    ['simulate plans --lanes inlane.yaml --baseline nothing.yaml', 2, 'UNDECIDED  '],
    ['simulate nowhere --lanes inlane.yaml', 2, 'UNDECIDED  '],
    ['simulate nothing --lanes inlane.yaml', 2, 'UNDECIDED  '],
    ['simulate plans --lanes inlane.yaml --no-new-access', 2, 'UNDECIDED  '],
    ['simulate plans --baseline inlane.yaml --baseline-from main', 2, 'UNDECIDED  '],
  ])('%s exits %i', async (line, exit, says) => {
    const { exit: got, stdout, stderr } = await inlane(`${line} ${COMMON}`);
    expect({ exit: got, says: stdout.slice(0, says.length) }).toEqual({ exit, says });
    expect(stderr).toMatch(/^(error\[[a-z-]+\]: [^\n]+\n)?$/);
  });

  it('is not stopped by the variables of a pull request: nothing is decided by these rules', async () => {
    expect(await inlane(`simulate plans --lanes inlane.yaml ${COMMON}`, { GITHUB_EVENT_NAME: 'pull_request' })).toMatchObject({
      exit: 0,
    });
  });

  it('is the same twice, and as its published schema says', async () => {
    const schema = JSON.parse(readFileSync(join(root, 'src/report/simulation/simulated.schema.json'), 'utf8')) as object;
    const valid = new Ajv2020({ strict: false }).compile(closed(schema) as object);
    const line = `simulate plans --lanes inlane.yaml --baseline narrow.yaml ${COMMON} --format`;
    for (const format of ['text', 'json', 'markdown', 'html']) {
      const first = (await inlane(`${line} ${format}`)).stdout;
      expect((await inlane(`${line} ${format}`)).stdout).toBe(first);
      expect(first).not.toContain(cwd);
    }
    for (const one of [`${line} json`, 'simulate nowhere --format json']) {
      const report = JSON.parse((await inlane(one)).stdout) as SimulationReport;
      expect(valid(report) ? null : valid.errors).toBeNull();
      const { outcome: _, ...rest } = report;
      expect(valid(rest)).toBe(false);
    }
  });

  it('draws a bar on a terminal only, and takes it away', async () => {
    const out = { stdout: '', stderr: '' };
    const sink = (name: 'stdout' | 'stderr', terminal: boolean) => ({
      terminal,
      columns: null,
      write: async (text: string) => {
        out[name] += text;
      },
    });
    const given = { env: {}, cwd, stdin: () => new Uint8Array(), loadGate: async () => gate };
    const argv = `simulate plans --lanes inlane.yaml ${COMMON}`.split(' ');
    await main(argv, { ...given, stdout: sink('stdout', false), stderr: sink('stderr', true) });
    expect(out.stderr).toMatch(/^\r\[#{6}\.{24}\] 20 % of 5 files\r/);
    expect(out.stderr).toMatch(/\[#{30}\] 100 % of 5 files\r +\r$/);
    out.stderr = '';
    await main(argv, { ...given, stdout: sink('stdout', true), stderr: sink('stderr', false) });
    expect(out.stderr).toBe('');
  });

  it('writes one valid page, with a bar for every group and no style that its policy forbids', async () => {
    const { stdout } = await inlane(`simulate plans --lanes inlane.yaml --baseline narrow.yaml ${COMMON} --format html`);
    const validator = new HtmlValidate({
      extends: ['html-validate:recommended'],
      rules: { 'no-redundant-role': 'off', 'prefer-native-element': 'off', 'long-title': 'off', 'doctype-style': 'off' },
    });
    const report = await validator.validateString(stdout);
    expect(report.results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`))).toEqual([]);
    expect(stdout).not.toMatch(/ style=|<script src|https?:/);
    expect(stdout.match(/class="plot"/g)?.length).toBeGreaterThan(10);
    expect(stdout).toContain('66.7 %');
  });

  it('escapes what plans and their files are called', async () => {
    const hostile = 'plans/x<img src=x>|`@all`.json';
    const plan = readFileSync(story('aws-postgres-wrong-remove-before-cutover'), 'utf8').replaceAll(
      'orders_v14',
      'a\\u003cb\\u003e\\u202ec',
    );
    writeFileSync(join(cwd, hostile), plan);
    try {
      for (const format of ['text', 'json', 'markdown', 'html']) {
        const { stdout } = await inlane(`simulate plans --lanes narrow.yaml --baseline inlane.yaml ${COMMON} --format ${format}`);
        expect(stdout).not.toContain('\u202e');
        if (format === 'html') expect(stdout).not.toContain('<img');
        if (format === 'markdown') expect(stdout).not.toMatch(/(?<!\\)<img|[^\\;]@all/);
      }
    } finally {
      rmSync(join(cwd, hostile));
    }
  });
});
