import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { gate } from '../../src/gate.ts';
import { closed } from '../report/schema.ts';
import { root } from '../stories.ts';
import { run } from './io.ts';

const story = (name: string) => join(root, 'fixtures', name, 'plan.json');
const QUEUES = story('stories/aws-thirty-queues-and-databases');
const DROPPED = story('stories/aws-postgres-wrong-remove-before-cutover');

let cwd: string;
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-init-')));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** Puts files into the folder: text, or the path of one to copy. */
function folder(files: Readonly<Record<string, string | { readonly from: string }>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    if (typeof content === 'string') writeFileSync(join(cwd, name), content);
    else cpSync(content.from, join(cwd, name));
  }
}

const inlane = (line: string, env: Readonly<Record<string, string>> = {}) => run(line.split(' '), { cwd, env, gate });

/** With somebody at a terminal who types these lines. */
async function asked(line: string, lines: readonly string[]) {
  const out = { stdout: '', stderr: '' };
  const questions: string[] = [];
  const sink = (name: 'stdout' | 'stderr') => ({
    terminal: true,
    columns: 100,
    write: async (text: string) => {
      out[name] += text;
    },
  });
  const exit = await main(line.split(' '), {
    env: { USER: 'pat', NO_COLOR: '1' },
    cwd,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    stdin: () => new Uint8Array(),
    ask: async (question) => {
      questions.push(question);
      return lines[questions.length - 1] ?? null;
    },
    loadGate: async () => gate,
  });
  return {
    exit,
    questions,
    ...out,
    file: existsSync(join(cwd, 'inlane.yaml')) ? readFileSync(join(cwd, 'inlane.yaml'), 'utf8') : '',
  };
}

const read = (name = 'inlane.yaml') => readFileSync(join(cwd, name), 'utf8');

describe('inlane init writes a lane file', () => {
  const CASES: readonly (readonly [string, Readonly<Record<string, string | { readonly from: string }>>, string, string])[] = [
    ['queues-in-development', { 'plan.json': { from: QUEUES } }, 'init plan.json --yes --developers dana', 'ALLOW'],
    [
      'database-dropped',
      { 'plan.json': { from: DROPPED } },
      'init --yes --developers dana --approvers sam --approvers noor',
      'DENY',
    ],
    [
      'repository',
      {
        '.git/HEAD': 'ref: refs/heads/main\n',
        '.github/CODEOWNERS': '# who looks at it\n* @acme/platform @noor mail@example.com @sam\n',
        'stacks/prod/eu/main.tf': '',
        'stacks/dev/main.tf': '',
        'stacks/dev/terraform.tfstate.d/shop-dev/x': '',
        'modules/dev/main.tf': '',
        'stacks/dev/plan.json': { from: story('recorded/google/postgres-create') },
      },
      'init stacks/dev/plan.json --stack stacks/dev --yes --agents --developers dana',
      // The plan is one of production, and stands in a folder of development: nobody can tell.
      'NEEDS-APPROVAL',
    ],
  ];

  it.each(CASES)('%s', async (name, files, line, verdict) => {
    folder(files);
    const { exit, stdout, stderr } = await inlane(line);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(/^WROTE {2}inlane\.yaml: /);
    expect(stdout).toMatch(new RegExp(`^${verdict} {2}.*plan\\.json for dana`, 'm'));
    expect(stdout).not.toContain(cwd);
    const golden = join(root, 'fixtures/initial', `${name}.yaml`);
    if (process.env.INLANE_GOLDEN === 'write') writeFileSync(golden, read());
    expect(read()).toBe(readFileSync(golden, 'utf8'));
    // It is what `gate` finds by itself, and its own check passes.
    const stack = /--stack (\S+)/.exec(line)?.[1] ?? '.';
    const check = await inlane(`lanes check --stack ${stack}`);
    expect(check).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^PASSED {2}/) });
  });

  it('says the same of the plan as the gate does with it', async () => {
    folder({ 'plan.json': { from: DROPPED } });
    const { stdout } = await inlane('init plan.json --yes --developers dana --format json');
    const told = JSON.parse(stdout).gate[0];
    const gated = JSON.parse((await inlane('gate plan.json --as dana --format json')).stdout);
    expect(told).toMatchObject({ verdict: gated.verdict, summary: gated.summary });
    expect(gated.verdict).toBe('deny');
    // The database; what else changes in production waits.
    const denied = gated.changes.filter((change: { verdict: string }) => change.verdict === 'deny');
    expect(denied.map((change: { address: string }) => change.address)).toEqual(['aws_db_instance.orders_v14[0]']);
    expect(denied[0].decisions[0].because[0]).toMatchObject({ kind: 'guard', id: 'no-data-loss' });
  });

  it('as its published schema says', async () => {
    folder({ 'plan.json': { from: QUEUES } });
    const schema = JSON.parse(readFileSync(join(root, 'src/report/initial/proposed.schema.json'), 'utf8')) as object;
    const valid = new Ajv2020({ strict: false }).compile(closed(schema) as object);
    for (const line of ['init plan.json --yes --format json', 'init nothing.json --format json --yes --out x.yaml']) {
      const report = JSON.parse((await inlane(line)).stdout) as { outcome?: string };
      expect(valid(report) ? null : valid.errors).toBeNull();
      const { outcome: _, ...rest } = report;
      expect(valid(rest)).toBe(false);
    }
  });

  it('keeps secrets out', async () => {
    const plan = JSON.parse(readFileSync(QUEUES, 'utf8'));
    plan.variables = { ...plan.variables, environment: { value: 'hunter2prod' }, env: { value: 'hunter2-dev' } };
    plan.configuration.root_module.variables = { environment: { sensitive: true }, env: { sensitive: true } };
    plan.resource_changes[0].change.after.tags.team = 'hunter2team';
    plan.resource_changes[0].change.after.tags_all.team = 'hunter2team';
    plan.resource_changes[0].change.after_sensitive = { tags: { team: true }, tags_all: { team: true } };
    folder({ 'plan.json': JSON.stringify(plan) });
    const { exit, stdout } = await inlane('init plan.json --yes --format json');
    expect(exit).toBe(0);
    expect(`${stdout}${read()}`).not.toContain('hunter2');
  });

  it('from standard input, and gates it not again', async () => {
    const { exit, stdout } = await run(['init', '-', '--yes', '--format', 'json'], { cwd, stdin: readFileSync(QUEUES, 'utf8') });
    expect(exit).toBe(0);
    expect(JSON.parse(stdout).gate).toEqual([]);
    expect(read()).toContain('from standard input; nobody');
  });

  it('from a plan elsewhere without its path', async () => {
    await inlane(`init ${QUEUES} --yes`);
    expect(read()).not.toContain(dirname(QUEUES));
  });
});

describe('inlane init writes nothing', () => {
  it('over a lane file, here or above', async () => {
    folder({ 'plan.json': { from: QUEUES }, 'inlane.yaml': 'mine' });
    expect(await inlane('init plan.json --yes')).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/^error\[usage\]: `inlane\.yaml` is there already; nothing is written over/),
    });
    expect(read()).toBe('mine');
    folder({ '.git/HEAD': '', 'stack/plan.json': { from: QUEUES } });
    expect((await inlane('init stack/plan.json --stack stack --yes')).stderr).toContain('`inlane.yaml` is there already');
    expect(await inlane('init plan.json --yes --out plan.json')).toMatchObject({ exit: 2 });
    expect(await inlane('init plan.json --yes --out other.yaml')).toMatchObject({ exit: 0 });
    expect(read()).toBe('mine');
  });

  it('in a dry run, whose output is the file', async () => {
    folder({ 'plan.json': { from: QUEUES } });
    const { exit, stdout } = await inlane('init plan.json --yes --developers dana --dry-run');
    expect(exit).toBe(0);
    expect(stdout).toBe(readFileSync(join(root, 'fixtures/initial/queues-in-development.yaml'), 'utf8'));
    expect(existsSync(join(cwd, 'inlane.yaml'))).toBe(false);
  });

  it.each([
    ['init', 'no plan is given, and none stands in `.`'],
    ['init nothing.json --yes', 'nothing.json'],
    ['init text.json --yes', 'text.json'],
    ['init plan.json --yes --developers agent:x', '--developers: `agent:x` is no person'],
    ['init plan.json --yes --approvers anonymous', '--approvers: `anonymous` is nobody in particular'],
    ['init plan.json --yes --environment mars', '--environment: say one of production, staging'],
    ['init plan.json --yes --alone mars', '--alone: `mars` is none of production, staging, development'],
    ['init plan.json --yes --alone production', '--alone: production is where approvals are asked for'],
    ['init plan.json --yes --out nowhere/x.yaml', '`nowhere/x.yaml` cannot be written (ENOENT)'],
    ['init plan.json --yess', 'unknown option `--yess`; did you mean `--yes`?'],
    ['init plan.json --stack nowhere', '`nowhere` is not a directory'],
    ['init plan.json --format yaml', 'unknown format `yaml`; the formats are text, json'],
  ])('%s', async (line, says) => {
    if (line !== 'init') folder({ 'plan.json': { from: QUEUES }, 'text.json': 'Terraform will perform' });
    const { exit, stderr } = await inlane(line);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/^error\[[a-z-]+\]: [^\n]+\n$/);
    expect(stderr).toContain(says);
    expect(existsSync(join(cwd, 'inlane.yaml'))).toBe(false);
  });
});

describe('questions', () => {
  beforeEach(() => folder({ 'plan.json': { from: QUEUES } }));

  it('are at most five, and each line is taken', async () => {
    const { exit, questions, file } = await asked('init plan.json', ['dana, @erin', 'sam,noor', 'stagin', 'staging', 'y']);
    expect(exit).toBe(0);
    expect(questions.map((question) => question.split('\n').at(-1))).toEqual([
      'Who develops? Ids as `--as` will say them, separated by commas [pat] ',
      'Who approves changes of production? [nobody yet] ',
      'In which environments may developers do without an approval? (production, staging, development) [staging, development] ',
      'In which environments may developers do without an approval? (production, staging, development) [staging, development] ',
      'May AI agents change what developers may, where it is no production? [no] ',
    ]);
    // The slip was told before it was asked again.
    expect(questions[3]).toMatch(/^`stagin` is none of /);
    expect(file).toContain('developers: [dana, erin]');
    expect(file).toContain('approvers: [sam, noor]');
    expect(file).toContain('unless: {environment: staging}');
    expect(file).toContain('who: {kind: agent}');
  });

  it('take what stands where the line is empty, or nobody types any more', async () => {
    const { file, exit } = await asked('init plan.json', ['']);
    expect(exit).toBe(0);
    const { stdout } = await inlane('init plan.json --yes --dry-run', { USER: 'pat' });
    expect(file).toBe(stdout);
    expect(file).toContain('developers: [pat]');
    expect(file).toContain('Nobody is called approver-1 or approver-2');
  });

  it('are not asked with --yes, nor where an option has said it', async () => {
    expect((await asked('init plan.json --yes --dry-run', [])).questions).toEqual([]);
    const given = '--developers dana --approvers sam --alone staging --agents';
    expect((await asked(`init plan.json ${given} --dry-run`, [])).questions).toEqual([]);
  });

  it('ask what the plans are for where nothing says it', async () => {
    rmSync(join(cwd, 'plan.json'));
    const plan = JSON.parse(readFileSync(DROPPED, 'utf8').replaceAll('"environment"', '"kind_of_place"'));
    folder({ 'stack/plan.json': JSON.stringify(plan), '.git/HEAD': '' });
    const { questions, file } = await asked('init stack/plan.json --stack stack', ['', '', 'mars', 'dev', '']);
    expect(questions[2]).toContain('Which is it? It is kept for `stack`');
    expect(questions[3]).toMatch(/^say one of production, staging, test, development/);
    expect(file).toContain('- {stack: {stack: development}}');
  });
});
