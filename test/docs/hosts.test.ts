import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TOOL } from '../../src/report/tool.ts';
import { junitProblems } from '../report/formats/valid.ts';
import { root } from '../stories.ts';

const HOSTS = join(root, 'docs/hosts');
const RULES = `inlane: 1
level: org
attributes:
  environment: {values: [production, development], from: [{tag: environment}], tag: environment}
lanes:
  all: {who: anyone, may: [{do: [create, update, destroy, import, read, move]}]}
guards:
  - {id: no-drop, deny: [destroy, forget], class: stateful, why: data is lost, ask: "#platform"}
  - {id: review, require: {approval: {from: {team: sre}, count: 1}}, do: import, why: somebody else looks first}
principals:
  teams: {sre: [sam], developers: [dana]}
  people: {sam: {gitlab: "42"}, dana: {gitlab: "43"}}
`;
/** What a pull request might make of them. */
const LOOSE = RULES.replace(/guards:[\s\S]*(?=principals)/, '');

/** Exit code of the gate to a plan that gets it. */
const PLANS = new Map([
  [0, 'aws-sentence-1-dev-create'],
  [1, 'aws-postgres-wrong-replace-in-place'],
  [2, null],
  [3, 'aws-import'],
]);
const EXITS = [...PLANS.keys()];

let base: string;
let bin: string;
beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-hosts-')));
  bin = join(base, 'bin');
  mkdirSync(bin);
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--no-types', `--outdir=${join(base, 'dist')}`], {
    stdio: 'pipe',
  });
  const tool = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  tool('inlane', `exec '${process.execPath}' '${join(base, 'dist/inlane.cjs')}' "$@"`);
  // Stand-ins: a plan that is there already, and a record of what would have been done.
  tool('terraform', 'echo "terraform $*" >> "$RECORD"\nif [ "$1" = show ]; then cat "$PLAN"; fi');
  tool('npm', 'echo "npm $*" >> "$RECORD"');
}, 120_000);
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** The recipe of a page, as its host parses it. */
function recipe<T>(page: string): T {
  const text = readFileSync(join(HOSTS, `${page}.md`), 'utf8');
  const [, yaml] = /<!-- recipe -->\n```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  if (yaml === undefined) throw new Error(`${page} has no recipe`);
  return parse(yaml) as T;
}

interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly done: readonly string[];
  readonly file: (name: string) => string | null;
}

/** Runs lines of a page in a checkout whose rules have been loosened since `main`, which is fetched from a remote. */
async function run(argv: readonly [string, ...string[]], gateExit: number, env: Record<string, string> = {}): Promise<Ran> {
  const folder = mkdtempSync(join(base, 'run-'));
  const place = join(folder, 'checkout');
  const home = { PATH: process.env.PATH ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: existsSync(place) ? place : folder,
      env: home,
      stdio: 'pipe',
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main', 'origin');
  writeFileSync(join(folder, 'origin/inlane.yaml'), RULES);
  git('-C', 'origin', 'add', '.');
  git('-C', 'origin', 'commit', '-q', '-m', 'rules');
  git('clone', '-q', join(folder, 'origin'), place);
  git('checkout', '-q', '-b', 'topic');
  // On the default branch nothing is loosened.
  if (env.LOOSE !== 'no') writeFileSync(join(place, 'inlane.yaml'), LOOSE);
  git('commit', '-q', '--allow-empty', '-am', 'loosen');
  const story = PLANS.get(gateExit);
  const plan = join(place, 'plan.json');
  if (story) copyFileSync(join(root, 'fixtures/stories', story, 'plan.json'), plan);
  else writeFileSync(plan, '{"format_version": "1.2", "resource_changes": [');
  writeFileSync(join(place, 'tfplan'), '');
  const record = join(folder, 'record');
  writeFileSync(record, '');
  const given = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value.replace('$HERE', place).replace('$BASE', git('rev-parse', 'origin/main')),
    ]),
  );
  const child = spawn(argv[0], argv.slice(1), {
    cwd: place,
    env: { ...home, PATH: `${bin}:${process.env.PATH}`, PLAN: plan, RECORD: record, CI: 'true', ...given },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      out += chunk;
    });
  const exit = await new Promise<number | null>((done) => child.on('close', done));
  return {
    exit,
    out,
    done: readFileSync(record, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('terraform show')),
    file: (name) => (existsSync(join(place, name)) ? readFileSync(join(place, name), 'utf8') : null),
  };
}

const APPLY = 'terraform apply -input=false tfplan';

describe('every page', () => {
  const pages = readdirSync(HOSTS).map((name) => name.replace(/\.md$/, ''));

  it('has a recipe that a test below runs, says what was not tried, and how exit 3 becomes a wait', () => {
    expect(pages.sort()).toEqual([
      'atlantis',
      'azure-devops',
      'github-actions',
      'gitlab',
      'hcp-terraform',
      'pre-commit',
      'shell',
      'spacelift',
    ]);
    const tested = readFileSync(new URL(import.meta.url), 'utf8');
    for (const page of pages) {
      const text = readFileSync(join(HOSTS, `${page}.md`), 'utf8');
      expect(recipe(page)).toBeTruthy();
      expect(tested, page).toMatch(new RegExp(`'${page}'\\)`));
      if (page !== 'shell') expect(text, page).toMatch(/Not tried/);
      expect(text, page).toMatch(/\*\*Exit 3\*\*|`exit=3`/);
      // Where inlane comes from, in the version that this is.
      expect(text, page).toContain(`npm install --global inlane@${TOOL.version}`);
      expect(new Set(text.match(/inlane@\d+\.\d+\.\d+/g))).toEqual(new Set([`inlane@${TOOL.version}`]));
    }
  });
});

describe('GitHub Actions without the Action', () => {
  it.each(EXITS)('exit %i', async (exit) => {
    const { jobs } = recipe<{ jobs: { gate: { steps: { run: string; env: Record<string, string> }[] } } }>('github-actions');
    const [step] = jobs.gate.steps as [{ run: string; env: Record<string, string> }];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of a workflow
    expect(step.env).toEqual({ BASE: '${{ github.event.pull_request.base.sha }}' });
    const ran = await run(['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], exit, {
      BASE: '$BASE',
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF: 'refs/pull/1/merge',
      RUNNER_TEMP: '$HERE',
      GITHUB_OUTPUT: '$HERE/output',
      GITHUB_STEP_SUMMARY: '$HERE/summary',
    });
    expect(ran.exit === 0).toBe(exit === 0 || exit === 3);
    expect(ran.file('output')).toBe(`exit=${exit}\n`);
    expect(ran.file('summary')).toMatch(new RegExp(`^## ${['ALLOW', 'DENY', 'UNDECIDED', 'NEEDS-APPROVAL'][exit]}`));
    expect(ran.out).toMatch(/^::(error|warning|notice) /m);
  });
});

describe('GitLab', () => {
  interface Job {
    readonly script: readonly string[];
    readonly before_script?: readonly string[];
    readonly allow_failure?: { readonly exit_codes: readonly number[] };
    readonly artifacts?: { readonly reports: Readonly<Record<string, string>> };
  }
  const jobs = () => recipe<Record<'gate' | 'apply' | 'apply-approved', Job>>('gitlab');
  /** docs.gitlab.com: `allow_failure:exit_codes`. */
  const colour = ({ allow_failure: allowed }: Job, { exit }: Ran) =>
    exit === 0 ? 'green' : allowed?.exit_codes.includes(exit as number) ? 'amber' : 'red';
  const start = ({ before_script: before = [], script }: Job, exit: number, env: Record<string, string>) =>
    run(['bash', '-eo', 'pipefail', '-c', [...before, ...script].join('\n')], exit, {
      GITLAB_CI: 'true',
      GITLAB_USER_ID: '43',
      CI_DEFAULT_BRANCH: 'main',
      ...env,
    });
  const MERGE_REQUEST = {
    CI_PIPELINE_SOURCE: 'merge_request_event',
    CI_MERGE_REQUEST_IID: '7',
    CI_MERGE_REQUEST_ID: '70',
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
  };
  const BRANCH = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main', LOOSE: 'no' };

  it.each([
    [0, 'green'],
    [1, 'red'],
    [2, 'red'],
    [3, 'amber'],
  ] as const)('a merge request, exit %i: %s', async (exit, expected) => {
    const { gate } = jobs();
    const ran = await start(gate, exit, MERGE_REQUEST);
    expect([ran.exit, colour(gate, ran)]).toEqual([exit, expected]);
    expect(ran.done).toEqual(['npm install --global inlane@0.1.0']);
    const { junit, codequality } = gate.artifacts?.reports ?? {};
    expect(await junitProblems(new Map([['gate', ran.file(junit as string) as string]]))).toEqual([]);
    expect(JSON.parse(ran.file(codequality as string) as string).length > 0).toBe(exit !== 0);
    if (exit !== 2) expect(ran.out).toContain('for dana (human; developers)');
  });

  it.each([
    [0, 'green', true],
    [1, 'red', false],
    [2, 'red', false],
    [3, 'amber', false],
  ] as const)('apply, exit %i: %s', async (exit, expected, applied) => {
    const { apply, gate } = jobs();
    expect(colour(gate, await start(gate, exit, BRANCH))).toBe(expected);
    const ran = await start(apply, exit, BRANCH);
    expect([colour(apply, ran), ran.done.includes(APPLY)]).toEqual([expected, applied]);
  });

  it.each(EXITS)('the approved apply takes exit 3 and nothing else: %i', async (exit) => {
    const ran = await start(jobs()['apply-approved'], exit, BRANCH);
    expect([ran.exit === 0, ran.done.includes(APPLY)]).toEqual([exit === 3, exit === 3]);
  });
});

describe('GitLab, from job to job', () => {
  type Jobs = Record<
    string,
    {
      needs?: readonly string[];
      stage: string;
      image?: unknown;
      script: readonly string[];
      artifacts?: { paths?: readonly string[] };
    }
  >;
  const jobs = recipe<Jobs>('gitlab');

  it('each job needs the ones whose files it reads: no others are handed on', () => {
    const made = Object.entries(jobs).flatMap(([job, { artifacts }]) =>
      (artifacts?.paths ?? []).map((path) => [path, job] as const),
    );
    expect(made.map(([path]) => path)).toEqual(['plan.json', 'tfplan', '.terraform.lock.hcl']);
    for (const [name, { script, needs = [] }] of Object.entries(jobs)) {
      for (const [path, job] of made)
        if (job !== name && script.some((line) => line.split(' ').includes(path)))
          expect(needs, `${name} reads ${path}`).toContain(job);
    }
    expect(jobs.apply?.needs).toEqual(['plan', 'gate']);
  });

  it('each job has the tools that it calls', () => {
    for (const { script, image } of Object.values(jobs)) {
      expect(image).toBeDefined();
      // Providers are not handed on.
      const applies = script.some((line) => line.startsWith('terraform apply'));
      if (applies)
        expect(script.indexOf('terraform init -input=false')).toBeLessThan(
          script.findIndex((line) => line.startsWith('terraform apply')),
        );
      if (applies) expect(script).toContain('terraform init -input=false');
    }
  });
});

describe('Azure DevOps', () => {
  it.each([
    ['PullRequest', 0],
    ['PullRequest', 1],
    ['PullRequest', 2],
    ['PullRequest', 3],
    ['IndividualCI', 0],
    ['IndividualCI', 3],
  ] as const)('%s, exit %i', async (reason, exit) => {
    const { steps } = recipe<{ steps: readonly { bash?: string; inputs?: Record<string, unknown> }[] }>('azure-devops');
    const script = steps.find(({ bash }) => bash !== undefined)?.bash as string;
    const pull = { SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main', SYSTEM_PULLREQUEST_PULLREQUESTID: '7' };
    const ran = await run(['bash', '--noprofile', '--norc', '-c', script], exit, {
      TF_BUILD: 'True',
      BUILD_REASON: reason,
      ...(reason === 'PullRequest' ? pull : { LOOSE: 'no' }),
    });
    const commands = [...ran.out.matchAll(/^##vso\[([^\]]*)\](.*)$/gm)].map(([, command, value]) => [command, value]);
    expect(ran.exit).toBe(exit === 3 ? 0 : exit);
    expect(commands).toContainEqual(['task.setvariable variable=exit;isOutput=true', String(exit)]);
    expect(commands.some(([command]) => command === 'task.complete result=SucceededWithIssues;')).toBe(exit === 3);
    expect(commands.some(([command, value]) => command === 'task.uploadsummary' && value?.endsWith('/gate.md'))).toBe(true);
    expect(await junitProblems(new Map([['gate', ran.file('gate.xml') as string]]))).toEqual([]);
  });
});

describe('Atlantis', () => {
  interface Config {
    readonly workflows: {
      readonly inlane: Record<'policy_check' | 'apply', { readonly steps: readonly (string | { readonly run: string })[] }>;
    };
  }
  const script = (of: 'policy_check' | 'apply') =>
    recipe<Config>('atlantis')
      .workflows.inlane[of].steps.flatMap((step) => (typeof step === 'string' ? [] : [step.run]))
      .join('\n');
  const env = {
    SHOWFILE: '$HERE/plan.json',
    WORKSPACE: 'default',
    BASE_BRANCH_NAME: 'main',
    HEAD_BRANCH_NAME: 'topic',
    PULL_NUM: '7',
    USER_NAME: 'dana',
    ATLANTIS_TERRAFORM_VERSION: '1.11.4',
  };
  /** reference/plan-gates.md, 3e: how the output of a custom check is read. */
  const fails = (out: string) =>
    out.trim() === '' || /^\s*FAIL/m.test(out) || /[1-9]\d* failure/.test(out) || /failures": \[/.test(out);

  it.each([
    [0, 'passes'],
    [1, 'error'],
    [2, 'error'],
    [3, 'waits'],
  ] as const)('exit %i: %s', async (exit, expected) => {
    const ran = await run(['sh', '-c', script('policy_check')], exit, env);
    expect(ran.exit !== 0 ? 'error' : fails(ran.out) ? 'waits' : 'passes').toBe(expected);
    expect(fails(ran.out)).toBe(exit !== 0);
    if (exit === 0 || exit === 3) expect(ran.out.match(/^\d+ tests?, .*$/gm)).toHaveLength(1);
    else expect(ran.out).toContain(exit === 1 ? '## DENY' : '## UNDECIDED');
  });

  it.each(EXITS)('before the apply nothing lifts 1 and 2: exit %i', async (exit) => {
    expect((await run(['sh', '-c', script('apply')], exit, env)).exit === 0).toBe(exit === 0 || exit === 3);
  });
});

describe('Spacelift', () => {
  it.each(EXITS)('exit %i', async (exit) => {
    const hook = recipe<{ after_plan: readonly string[] }>('spacelift')
      .after_plan.join('\n')
      .replaceAll('spacelift.plan.json', 'plan.json');
    const ran = await run(['sh', '-c', hook], exit, { TF_VAR_spacelift_run_id: 'x', SPACELIFT: 'true' });
    expect(ran.exit === 0).toBe(exit !== 2);
    const report = JSON.parse(ran.file('inlane.custom.spacelift.json') as string);
    expect(report.verdict).toBe(['allow', 'deny', 'undecided', 'needs-approval'][exit]);
    // The policy speaks of each verdict that is no pass.
    const page = readFileSync(join(HOSTS, 'spacelift.md'), 'utf8');
    if (exit !== 0) expect(page).toContain(`${exit === 3 ? 'warn' : 'deny'}["`);
    if (exit !== 0) expect(page).toContain(`{ verdict == "${report.verdict}" }`);
  });
});

/** From PATH, or INLANE_OPA: `go install github.com/open-policy-agent/opa@v1.22.0` takes two minutes, so that no run requires it. */
const opa = process.env.INLANE_OPA ?? 'opa';

describe.skipIf(spawnSync(opa, ['version']).status !== 0)('the plan policy of Spacelift (needs opa, INLANE_OPA)', () => {
  const [, rego = ''] = /```rego\n([\s\S]*?)```/.exec(readFileSync(join(HOSTS, 'spacelift.md'), 'utf8')) ?? [];

  it.each([
    ['allow', { deny: [], warn: [] }],
    ['deny', { deny: ['out of lane'], warn: [] }],
    ['undecided', { deny: ['inlane could not decide'], warn: [] }],
    ['needs-approval', { deny: [], warn: ['in lane once approved'] }],
    [null, { deny: ['inlane has not decided this plan'], warn: [] }],
  ])('%s', (verdict, expected) => {
    const folder = mkdtempSync(join(base, 'rego-'));
    writeFileSync(join(folder, 'policy.rego'), rego);
    const custom = verdict === null ? {} : { inlane: { verdict } };
    writeFileSync(join(folder, 'input.json'), JSON.stringify({ third_party_metadata: { custom } }));
    // Spacelift reads policies as Rego v0 unless they say otherwise.
    const args = ['eval', '--v0-compatible', '--format=json', '--data', 'policy.rego', '--input', 'input.json', 'data.spacelift'];
    const { stdout, stderr } = spawnSync(opa, args, { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).result[0].expressions[0].value).toMatchObject(expected);
  });
});

describe('HCP Terraform', () => {
  it.each(EXITS)('exit %i', async (exit) => {
    const asked: string[] = [];
    const story = PLANS.get(exit);
    const server = createServer((request, response) => {
      asked.push(`${request.headers.authorization} ${request.url}`);
      if (!story) response.writeHead(404).end();
      else response.end(readFileSync(join(root, 'fixtures/stories', story, 'plan.json')));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const script = recipe<{ gate: { script: readonly string[] } }>('hcp-terraform').gate.script.join('\n');
    const ran = await run(['bash', '-eo', 'pipefail', '-c', script], exit, {
      TFE_ADDRESS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      TFE_TOKEN: 'hunter2',
      TFE_RUN_ID: 'run-1',
      TFE_WORKSPACE: 'orders-production',
    });
    await new Promise<void>((done) => server.close(() => done()));
    expect(asked).toEqual(['Bearer hunter2 /api/v2/runs/run-1/plan/json-output']);
    if (exit === 2) expect(ran.exit).not.toBe(0);
    else expect([ran.exit, ran.file('plan.json')]).toEqual([exit, null]);
    expect(ran.out).not.toContain('hunter2');
  });
});

describe('pre-commit', () => {
  const hooks = () =>
    recipe<{ repos: readonly { hooks: readonly { id: string; entry: string; files?: string }[] }[] }>('pre-commit').repos.flatMap(
      (repo) => repo.hooks,
    );
  /** As pre-commit splits an entry: shlex, whose rules for these characters are those of a shell. */
  const words = (entry: string) =>
    execFileSync('sh', ['-c', `for word in ${entry}; do printf '%s\\0' "$word"; done`], {
      encoding: 'utf8',
    });

  it.each(EXITS)('a push, exit %i', async (exit) => {
    const entry = hooks().find(({ id }) => id === 'inlane-plan')?.entry as string;
    const [, program] = /^sh -c '([^']*)'$/.exec(entry) ?? [];
    expect(program).toBeDefined();
    const ran = await run(['sh', '-c', program as string], exit, { PRE_COMMIT: '1' });
    expect(ran.exit).toBe(exit === 3 ? 0 : exit);
  });

  it('a push without a plan goes through', async () => {
    const entry = hooks().find(({ id }) => id === 'inlane-plan')?.entry as string;
    const [, program] = /^sh -c '([^']*)'$/.exec(entry) ?? [];
    const ran = await run(['sh', '-c', `rm tfplan; ${program}`], 1, { PRE_COMMIT: '1' });
    expect([ran.exit, ran.out]).toEqual([0, '']);
  });

  it('rules that are no rules stop the commit', async () => {
    const { entry, files } = hooks().find(({ id }) => id === 'inlane-rules') as { entry: string; files: string };
    expect(words(entry).split('\0')).toEqual(['inlane', 'lanes', 'check', '--strict', '']);
    expect(['inlane.yaml', 'stacks/prod/inlane.yaml'].every((file) => new RegExp(files).test(file))).toBe(true);
    expect(new RegExp(files).test('notinlane.yaml')).toBe(false);
    const ran = await run(['sh', '-c', `echo 'lanes: 1' > inlane.yaml; exec ${entry}`], 0);
    expect([ran.exit, ran.out.includes('inlane.yaml')]).toEqual([2, true]);
  });
});

describe('plain shell', () => {
  it.each(EXITS)('exit %i', async (exit) => {
    const { script } = recipe<{ script: string }>('shell');
    const ran = await run(['bash', '-eo', 'pipefail', '-c', script], exit, { LOOSE: 'no', CI: '' });
    expect(ran.exit).toBe(exit === 3 ? 0 : exit);
    expect(ran.done).toEqual(['terraform plan -input=false -out=tfplan', ...(exit === 0 ? [APPLY] : [])]);
    expect(JSON.parse(ran.file('gate.json') as string).exit).toBe(exit);
  });
});
