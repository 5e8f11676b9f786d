import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doctor } from '../../src/doctor.ts';
import type { DoctorReport, Examined } from '../../src/report/doctor/examined.ts';
import { closed } from '../report/schema.ts';
import { root } from '../stories.ts';
import { run } from './io.ts';

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-doctor-')));
const outside = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-doctor-outside-')));
/** A PATH with a git that is real, and a terraform that only says its version. */
const bin = join(cwd, 'bin');
const PLAN = join(root, 'fixtures/stories/aws-postgres-4-remove-old/plan.json');
const LANES = `inlane: 1
level: org
attributes: {environment: {values: [production, development], from: [{workspace: {"*-prod": production}}, {account: {"1": production}}]}}
lanes: {developer: {who: {kind: human, team: developers}, may: [{do: create, class: queue, environment: development}]}}
principals: {teams: {developers: [dana]}}
`;

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], { cwd, stdio: 'pipe' });

function tool(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
}

beforeAll(() => {
  tool(bin, 'terraform', 'echo "Terraform v1.11.4"; echo "on linux_amd64"');
  tool(join(cwd, 'mute'), 'tofu', 'exit 3');
  writeFileSync(join(cwd, 'inlane.yaml'), LANES);
  mkdirSync(join(cwd, 'stack'));
  mkdirSync(join(cwd, 'empty'));
  writeFileSync(join(cwd, 'stack/main.tf'), '');
  cpSync(PLAN, join(cwd, 'stack/plan.json'));
  utimesSync(join(cwd, 'stack/main.tf'), 1000, 1000);
  utimesSync(join(cwd, 'stack/plan.json'), 2000, 2000);
  git('init', '-q', '-b', 'main');
  git('add', 'inlane.yaml');
  git('commit', '-q', '-m', 'rules');
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
  rmSync(outside, { recursive: true, force: true });
});

type Env = Readonly<Record<string, string>>;
const ENV: Env = { PATH: `${bin}:${process.env.PATH ?? ''}` };

async function lines(options: Partial<Parameters<typeof doctor>[0]> = {}, env: Env = {}): Promise<readonly Examined[]> {
  const variables = ['INLANE_AS', 'INLANE_WORKSPACE', 'INLANE_LANES'];
  const given = { plans: [], strict: false, cwd, env: { ...ENV, ...env }, node: '20.19.0', variables };
  return (await doctor({ ...given, ...options })).lines;
}

const of = (all: readonly Examined[], code: string) =>
  all.filter((line) => line.code === code).map(({ state, message }) => `${state}: ${message}`);

describe('what inlane doctor finds', () => {
  it('a stack where all is well', async () => {
    const all = await lines({ stack: 'stack' }, { INLANE_AS: 'dana', INLANE_WORKSPACE: 'shop-prod' });
    expect(all.filter(({ state }) => state === 'problem' || state === 'warning')).toEqual([]);
    expect(of(all, 'node')).toEqual(['ok: node 20.19.0']);
    expect(of(all, 'terraform')).toContain('ok: terraform 1.11.4');
    expect(of(all, 'git')).toEqual([expect.stringMatching(/^ok: git \d+\.\d+\.\d+/)]);
    expect(of(all, 'plan')).toEqual([expect.stringMatching(/^ok: `stack\/plan\.json`: \d+ rows of terraform /)]);
    expect(of(all, 'lanes')).toEqual(['ok: `inlane.yaml` (org): 1 lanes, 0 guards and freezes, 0 tests']);
    expect(of(all, 'lanes-commit')).toEqual(['ok: the lane files are as the last commit has them']);
  });

  it('a Node that is too old', async () => {
    for (const [node, state] of [
      ['20.18.3', 'problem'],
      ['18.20.0', 'problem'],
      ['20.19.0', 'ok'],
      ['22.1.0', 'ok'],
    ] as const)
      expect((await lines({ node })).find(({ code }) => code === 'node')?.state).toBe(state);
  });

  it('tools that are not there, or say nothing', async () => {
    expect(of(await lines({}, { PATH: '/nowhere' }), 'terraform')).toEqual(['note: neither terraform nor tofu is on PATH']);
    expect(of(await lines({}, { PATH: '/nowhere' }), 'git')).toEqual(['warning: git is not on PATH']);
    expect(of(await lines({}, { INLANE_TERRAFORM: '/nowhere/terraform' }), 'terraform')).toEqual([
      'problem: INLANE_TERRAFORM is `/nowhere/terraform`, which is no program',
    ]);
    const mute = { INLANE_TERRAFORM: join(cwd, 'mute/tofu') };
    expect(of(await lines({}, mute), 'terraform')).toEqual(['warning: `tofu` does not say its version']);
  });

  it('a plan that is older than what it was made from', async () => {
    utimesSync(join(cwd, 'stack/main.tf'), 3000, 3000);
    const all = await lines({ stack: 'stack' });
    utimesSync(join(cwd, 'stack/main.tf'), 1000, 1000);
    expect(of(all, 'plan-age')).toEqual(['warning: `stack/plan.json` is older than `main.tf`']);
    expect(of(await lines({ stack: 'stack' }), 'plan-age')).toEqual([]);
  });

  it('plans that are not there, cannot be read, or are in git', async () => {
    expect(of(await lines({ stack: 'empty' }), 'plan')).toEqual(['note: no plan stands in `empty`']);
    expect(of(await lines({ plans: ['nothing.json'] }), 'plan')).toEqual([expect.stringMatching(/^problem: .*nothing\.json/)]);
    expect(of(await lines({ plans: ['inlane.yaml'] }), 'plan')).toEqual([expect.stringMatching(/^problem: /)]);
    git('add', '-f', 'stack/plan.json');
    expect(of(await lines({ stack: 'stack' }), 'plan-tracked')).toEqual(['warning: `stack/plan.json` is tracked by git']);
    git('rm', '-q', '--cached', 'stack/plan.json');
    const trimmed = JSON.parse(readFileSync(PLAN, 'utf8'));
    delete trimmed.configuration;
    writeFileSync(join(cwd, 'empty/plan.json'), JSON.stringify(trimmed));
    expect(of(await lines({ stack: 'empty' }), 'plan')).toEqual([
      'warning: `empty/plan.json`: the plan was trimmed: it has no `configuration`',
    ]);
    rmSync(join(cwd, 'empty/plan.json'));
  });

  it('rules that are wrong, missing or not committed', async () => {
    writeFileSync(join(cwd, 'inlane.yaml'), `${LANES}x: 1\n`);
    expect(of(await lines(), 'lanes')).toEqual(['problem: inlane.yaml:6:1: unknown key `x`']);
    writeFileSync(join(cwd, 'inlane.yaml'), `${LANES}# changed\n`);
    expect(of(await lines(), 'lanes-commit')).toEqual(['warning: `inlane.yaml` differs from the last commit']);
    writeFileSync(join(cwd, 'inlane.yaml'), LANES);
    writeFileSync(join(cwd, 'other.yaml'), LANES);
    expect(of(await lines({ lanes: ['other.yaml'] }), 'lanes-commit')).toEqual(['warning: `other.yaml` is in no commit']);
    rmSync(join(cwd, 'other.yaml'));
    const away = await lines({ cwd: outside });
    expect(of(away, 'lanes')).toEqual(['problem: no `inlane.yaml` from `.` upward']);
    expect(of(away, 'repository')).toEqual(['warning: this is in no git repository']);
    expect(of(away, 'lanes-commit')).toEqual([]);
  });

  it('a shallow clone', async () => {
    const clone = join(outside, 'clone');
    git('commit', '-q', '--allow-empty', '-m', 'second');
    execFileSync('git', ['clone', '-q', '--depth=1', `file://${cwd}`, clone], { stdio: 'pipe' });
    expect(of(await lines({ cwd: clone }), 'repository')).toEqual(['warning: this clone is shallow']);
    rmSync(clone, { recursive: true });
  });

  it('what a pipeline must be told', async () => {
    const bare = await lines();
    expect(of(bare, 'workspace')).toEqual(['note: `environment` hangs on the workspace, which a plan does not say']);
    expect(of(bare, 'who')).toEqual(['note: nobody is named who acts']);
    expect(of(bare, 'registry')).toEqual(['note: nobody under `people` has an account of a CI host']);
    expect(of(bare, 'pull-request')).toEqual(['note: in a pull request inlane asks where the rules come from']);
    const pull = { GITHUB_EVENT_NAME: 'pull_request' };
    expect(of(await lines({}, pull), 'pull-request')).toEqual([
      expect.stringMatching(/^problem: `GITHUB_EVENT_NAME` shows a pull request/),
    ]);
    for (const said of [{ INLANE_RULES_FROM: 'origin/main' }, { INLANE_TRUST_WORKTREE: '1' }])
      expect(of(await lines({}, { ...pull, ...said }), 'pull-request')).toEqual([expect.stringMatching(/^ok: /)]);
    expect(of(await lines({}, { ...pull, INLANE_TRUST_WORKTREE: '0' }), 'pull-request')).toEqual([
      expect.stringMatching(/^problem: /),
    ]);
  });

  it('variables by their names, and never what they hold', async () => {
    const env = {
      AWS_SECRET_ACCESS_KEY: 'hunter2',
      TF_TOKEN_app_terraform_io: 'hunter2',
      INLANE_LANE: 'hunter2',
      INLANE_AS: 'dana',
    };
    const all = await lines({}, env);
    expect(of(all, 'credentials')).toEqual(['note: set and not used: AWS_SECRET_ACCESS_KEY, TF_TOKEN_app_terraform_io']);
    expect(all.filter(({ code }) => code === 'variable')).toEqual([
      {
        code: 'variable',
        state: 'warning',
        message: '`INLANE_LANE` is read by nothing',
        hint: 'did you mean `INLANE_LANES` or `INLANE_AS`?',
      },
      { code: 'variable', state: 'note', message: 'set here: INLANE_AS', hint: 'a pipeline must set them, too' },
    ]);
    expect(JSON.stringify(all)).not.toContain('hunter2');
    expect(of(await lines({}, { AWS_PROFILE: '' }), 'credentials')).toEqual(['ok: no credentials are set, and none are needed']);
  });
});

describe('inlane doctor', () => {
  const inlane = (line: string, env: Env = {}) => run(line.split(' '), { cwd, env: { ...ENV, ...env } });

  it('prints one line each, and exits by the worst', async () => {
    const well = await inlane('doctor --stack stack');
    expect(well).toMatchObject({ exit: 0, stderr: '' });
    expect(well.stdout).toMatch(/\n\nWELL {2}\d+ ok, \d+ note\n$/);
    for (const line of well.stdout.trimEnd().split('\n').slice(0, -2)) expect(line).toMatch(/^(ok|note|warning|PROBLEM) +\S/);
    expect(well.stdout).not.toContain(cwd);
    expect(await inlane('doctor --stack stack', { GITHUB_EVENT_NAME: 'pull_request' })).toMatchObject({ exit: 1 });
    expect(await inlane('doctor --stack stack', { INLANE_LANE: 'x' })).toMatchObject({ exit: 0 });
    expect(await inlane('doctor --stack stack --strict', { INLANE_LANE: 'x' })).toMatchObject({ exit: 1 });
    expect(await inlane('doctor --stack nowhere')).toMatchObject({
      exit: 2,
      stdout: 'UNDECIDED  nothing could be looked at\n',
      stderr: expect.stringMatching(/^error\[usage\]: `nowhere` is not a directory/),
    });
  });

  it('knows every variable that some option has', async () => {
    const { stdout } = await inlane('doctor', {
      INLANE_BASELINE: 'x',
      INLANE_DRY_RUN: '1',
      INLANE_RULES_FROM: '',
      INLANE_DEBUG: '1',
    });
    expect(stdout).toContain('set here: INLANE_BASELINE, INLANE_DEBUG, INLANE_DRY_RUN');
    expect(stdout).not.toContain('is read by nothing');
  });

  it('is as its published schema says, and twice the same', async () => {
    const schema = JSON.parse(readFileSync(join(root, 'src/report/doctor/examined.schema.json'), 'utf8')) as object;
    const valid = new Ajv2020({ strict: false }).compile(closed(schema) as object);
    const first = await inlane('doctor --stack stack --format json');
    expect((await inlane('doctor --stack stack --format json')).stdout).toBe(first.stdout);
    for (const { stdout } of [first, await inlane('doctor --stack nowhere --format json')]) {
      const report = JSON.parse(stdout) as DoctorReport;
      expect(valid(report) ? null : valid.errors).toBeNull();
      const { outcome: _, ...rest } = report;
      expect(valid(rest)).toBe(false);
    }
  });
});
