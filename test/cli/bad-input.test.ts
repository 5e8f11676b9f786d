import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHARED_OPTIONS, variableOf } from '../../src/cli/options.ts';
import { gate } from '../../src/gate.ts';
import type { Report } from '../../src/report/report.ts';
import { expectValid } from '../report/schema.ts';
import { type Run, run } from './io.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const plan = join(root, 'fixtures/stories/aws-moved/plan.json');
const address = 'aws_db_instance.ledger';

/** A repository of one commit, with a lane file in its root. */
const cwd = mkdtempSync(join(tmpdir(), 'inlane-bad-'));
let before: string[];

beforeAll(() => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], { cwd });
  git('init', '-q');
  cpSync(join(root, 'fixtures/lanes/inlane.yaml'), join(cwd, 'inlane.yaml'));
  writeFileSync(join(cwd, 'there.txt'), 'mine');
  writeFileSync(join(cwd, 'no-observe.yaml'), 'inlane: 1\nlevel: org\nlimits: {observe: false}\n');
  mkdirSync(join(cwd, 'folder'));
  git('add', '.');
  git('commit', '-q', '-m', 'rules');
  before = readdirSync(cwd).sort();
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

type Env = Readonly<Record<string, string>>;

/** Runs the command line as it is, but for its streams. */
async function inlane(argv: readonly string[], env: Env = {}): Promise<Run> {
  const result = await run(argv, { cwd, env: { PATH: process.env.PATH ?? '', ...env }, gate });
  const hide = (text: string) => text.replaceAll(plan, 'PLAN').replaceAll(JSON.stringify(plan).slice(1, -1), 'PLAN');
  return { ...result, stdout: hide(result.stdout), stderr: hide(result.stderr) };
}

/** One line: code, place if there is one, what is wrong, what to do. */
const LINE = /^error\[([a-z-]+)\](?: \S+)?: (.+?)(?:; (.+)|\?.*)\n$/;

/** What bad input gets: one line on standard error, exit 2, no path of this machine, and what stands there says what to do. */
async function expectRefused(argv: readonly string[], env: Env, says: readonly string[], code = 'usage'): Promise<void> {
  await expectRefusal(argv, env, says, code, (report) => {
    expectValid(report as Report);
    expect(report).toMatchObject({ format: 'inlane-report/1', verdict: 'undecided', exit: 2, changes: [] });
  });
}

/** As above, for a report of whatever kind; `expectReport` says what else must hold of one in JSON. */
async function expectRefusal(
  argv: readonly string[],
  env: Env,
  says: readonly string[],
  code: string,
  expectReport: (report: unknown) => void = () => {},
): Promise<void> {
  const { exit, stdout, stderr } = await inlane(argv, env);
  expect(stderr).toMatch(LINE);
  expect(stderr.split('\n')).toHaveLength(2);
  expect(LINE.exec(stderr)?.[1]).toBe(code);
  for (const words of says) expect(stderr).toContain(words);
  expect(exit).toBe(2);
  expect(stderr + stdout).not.toContain(cwd);
  expect(stderr + stdout).not.toContain(root);
  if (stdout.startsWith('{')) {
    const report: unknown = JSON.parse(stdout);
    expectReport(report);
    expect(report).toMatchObject({ exit: 2 });
    expect((report as Report).diagnostics[0]).toMatchObject({ code, severity: 'error' });
  } else expect(stdout).toMatch(/^(?:UNDECIDED {2}[^\n]*\n)?$/);
}

const COMMANDS = [
  ['gate', ['gate', plan]],
  ['explain', ['explain', address, plan]],
] as const;

/** Each way of asking for a report, with the streams that it leaves to the error. */
async function expectRefusedEverywhere(args: readonly string[], env: Env, says: readonly string[], code?: string): Promise<void> {
  for (const [, command] of COMMANDS) {
    await expectRefused([...command, ...args], env, says, code);
    if (args.includes('--format') || 'INLANE_FORMAT' in env) continue;
    await expectRefused([...command, '--format', 'json', ...args], env, says, code);
    const { stdout } = await inlane([...command, '--format', 'json', ...args], env);
    expect(JSON.parse(stdout).verdict).toBe('undecided');
  }
}

it('a sound call is decided here, so that what follows is refused for its own reason', async () => {
  for (const [, command] of COMMANDS) {
    const { exit, stdout } = await inlane([...command, '--as', 'dana', '--now', '2026-11-20T12:00:00Z']);
    expect({ exit, verdict: stdout.split(' ')[0] }).toEqual({ exit: 0, verdict: 'ALLOW' });
  }
});

describe('every option with a value', () => {
  const rows = SHARED_OPTIONS.filter((option) => option.value !== null);
  it.each(rows.map(({ name }) => name))('--%s without one, or with an empty one', async (name) => {
    for (const args of [[`--${name}`], [`--${name}`, ''], [`--${name}=`], [`--${name}`, '--observe']])
      await expectRefusedEverywhere(args, {}, [`\`--${name}`, 'lacks its value', 'inlane']);
  });

  it.each(rows.filter((option) => !option.repeatable).map(({ name }) => name))('--%s twice', async (name) => {
    await expectRefusedEverywhere([`--${name}`, 'x', `--${name}`, 'x'], {}, [`\`--${name}\` is given twice`, 'give it once']);
  });
});

describe('every flag', () => {
  const rows = SHARED_OPTIONS.filter((option) => option.value === null).map(({ name }) => name);
  it.each(rows)('--%s with a value', async (name) => {
    await expectRefusedEverywhere([`--${name}=yes`], {}, [`option \`--${name}\` takes no value`, 'leave it out']);
  });

  it.each(rows)('the variable of --%s that is neither yes nor no', async (name) => {
    for (const value of ['yes', 'True', '2', ' '])
      await expectRefusedEverywhere([], { [variableOf(name)]: value }, [
        `\`${variableOf(name)}\``,
        'set it to 1 (true) or 0 (false)',
      ]);
  });
});

/** Options, what the line must say, and its code where it is not `usage`. */
const OPTIONS: readonly (readonly [args: readonly string[], says: readonly string[], code?: string])[] = [
  [
    ['--as', 'agent:'],
    ['--as', '`agent:` names nobody', '`agent:NAME`'],
  ],
  [
    ['--as', ':dana'],
    ['--as', 'kind', '`agent`'],
  ],
  [
    ['--as', 'agnt:x'],
    ['unknown kind `agnt`', 'did you mean `agent`?'],
  ],
  [
    ['--as', 'AGENT:x'],
    ['unknown kind `AGENT`', 'did you mean `agent`?'],
  ],
  [
    ['--as', 'human:dana'],
    ['unknown kind `human`', 'a person is spelled without a kind: `dana`'],
  ],
  [
    ['--as', 'agent:a:b'],
    ['`agent:a:b` is not the name', '`agent:NAME`'],
  ],
  [
    ['--as', 'da na'],
    ['`da na` is not the name', 'write `NAME`'],
  ],
  [
    ['--as', ' '],
    ['is not the name', 'write `NAME`'],
  ],
  [
    ['--as', 'a\nerror[usage]: b'],
    ['`a\\u{a}error[usage]: b`', 'write `NAME`'],
  ],
  [
    ['--as', 'a\u202eb'],
    ['`a\\u{202e}b`', 'write `NAME`'],
  ],
  [
    ['--as', 'x'.repeat(300)],
    ['x…`', 'write `NAME`'],
  ],
  [
    ['--as', 'agent:x', '--for', 'agent:y'],
    ['--for', '`agent:y` is no person', 'without a kind'],
  ],
  [
    ['--for', 'ci:deploy'],
    ['`ci:deploy` is no person', 'without a kind'],
  ],
  [
    ['--for', 'team:sre'],
    ['unknown kind `team`', '`agent`'],
  ],
  [
    ['--for', 'da na'],
    ['--for', '`da na` is not the name', 'write `NAME`'],
  ],
  [['--lanes', 'nope.yaml'], ['no lane file at `nope.yaml`', 'check the path'], 'io'],
  [['--lanes', 'folder'], ['`folder`', 'check that it is a file'], 'io'],
  [['--lanes', 'there.txt/inlane.yaml'], ['no lane file at `there.txt/inlane.yaml`', 'check the path'], 'io'],
  [['--lanes', 'there.txt'], ['there.txt:1:1', 'a lane file is a map', 'inlane: 1'], 'lanes-invalid'],
  [['--lanes', 'inlane.yaml', '--lanes', 'nope.yaml'], ['no lane file at `nope.yaml`'], 'io'],
  [
    ['--stack', 'nope'],
    ['`nope` is not a directory', '--stack'],
  ],
  [
    ['--stack', 'there.txt'],
    ['`there.txt` is not a directory', '--stack'],
  ],
  [
    ['--stack', 'there.txt/x'],
    ['`there.txt/x` is not a directory', '--stack'],
  ],
  [
    ['--rules-from', 'nope'],
    ['no commit `nope`', 'fetch it first'],
  ],
  [
    ['--rules-from', 'HEAD~5'],
    ['no commit `HEAD~5`', 'fetch it first'],
  ],
  [
    ['--rules-from', '-x'],
    ['`-x` is no git reference', '`origin/main`'],
  ],
  [
    ['--rules-from', 'a..b'],
    ['`a..b` is no git reference', '`origin/main`'],
  ],
  [
    ['--rules-from', 'HEAD:inlane.yaml'],
    ['`HEAD:inlane.yaml` is no git reference', '`origin/main`'],
  ],
  [
    ['--rules-from', 'main x'],
    ['`main x` is no git reference', '`origin/main`'],
  ],
  [
    ['--rules-from', 'main\nx'],
    ['is no git reference', '`origin/main`'],
  ],
  [['--rules-from', 'HEAD^{tree}'], ['`HEAD^{tree}`']],
  [['--rules-from', 'HEAD', '--lanes', 'nope.yaml'], ['no lane file at `nope.yaml`', 'in the commit'], 'io'],
  [
    ['--rules-from', 'HEAD', '--lanes', '../outside.yaml'],
    ['`../outside.yaml` stands outside the repository', 'inside'],
  ],
  [
    ['--account', '='],
    ['`--account =`', '`--account PROVIDER=ID`'],
  ],
  [
    ['--account', '=1'],
    ['`--account =1` lacks', '`--account PROVIDER=ID`'],
  ],
  [
    ['--account', 'aws='],
    ['`--account aws=` lacks', '`--account PROVIDER=ID`'],
  ],
  [
    ['--account', 'aws=1=2'],
    ['`--account aws=1=2` is no account', '`--account PROVIDER=ID`'],
  ],
  [
    ['--account', ' '],
    ['is no account', '`--account PROVIDER=ID`'],
  ],
  [
    ['--account', '1 2'],
    ['`--account 1 2` is no account', '`--account PROVIDER=ID`'],
  ],
  [
    ['--account', '1', '--account', '2'],
    ['two accounts are given for every provider', 'give one'],
  ],
  [
    ['--account', 'aws=1', '--account', 'aws=2'],
    ['two accounts are given for `aws`', 'give one'],
  ],
  [
    ['--now', 'now'],
    ['`--now now` is no instant', 'with its zone'],
  ],
  [
    ['--now', '2026-11-20'],
    ['`--now 2026-11-20` is no instant', 'with its zone'],
  ],
  [
    ['--now', '2026-11-20T08:00:00'],
    ['is no instant', 'with its zone'],
  ],
  [
    ['--now', '2026-02-30T08:00:00Z'],
    ['is no instant', 'with its zone'],
  ],
  [
    ['--now', '1732089600'],
    ['is no instant', 'with its zone'],
  ],
  [
    ['--format', 'jsn'],
    ['unknown format `jsn`', 'did you mean `json`?', 'text, json'],
  ],
  [
    ['--format', 'JSON'],
    ['unknown format `JSON`', 'text, json'],
  ],
  [
    ['--format', 'yaml'],
    ['unknown format `yaml`', 'text, json'],
  ],
  [
    ['--format', 'text,json'],
    ['unknown format `text,json`', 'text, json'],
  ],
  [
    ['--format', '=x'],
    ['unknown format', 'text, json'],
  ],
  [
    ['--format', 'text='],
    ['`--format text=` names no file', '`--format NAME=FILE`'],
  ],
  [
    ['--format', 'text', '--format', 'text'],
    ['two formats for standard output', '`--format NAME=FILE`'],
  ],
  [
    ['--format', 'json', '--format', 'text'],
    ['two formats for standard output', '`--format NAME=FILE`'],
  ],
  [
    ['--format', 'json', '--format', 'jsn=x'],
    ['unknown format `jsn`', 'text, json'],
  ],
  [
    ['--format', 'json=a.json', '--format', 'text=./a.json'],
    ['two formats for `./a.json`', 'a file of its own'],
  ],
  [
    ['--format', 'json=there.txt'],
    ['`there.txt` is there already', 'nothing is written over'],
  ],
  [
    ['--format', 'text', '--format', 'json=there.txt'],
    ['`there.txt` is there already', 'nothing is written over'],
  ],
  [
    ['--format', 'json=folder'],
    ['`folder` is there already', 'nothing is written over'],
  ],
  [['--format', 'json=no/such/a.json'], ['`no/such/a.json` cannot be written (ENOENT)', 'name a new file'], 'io'],
  [['--format', 'json=there.txt/a.json'], ['`there.txt/a.json` cannot be written (ENOTDIR)', 'name a new file'], 'io'],
  [['--format', `json=${'x'.repeat(300)}`], ['cannot be written (ENAMETOOLONG)', 'name a new file'], 'io'],
  [
    ['--observe', '--lanes', 'no-observe.yaml'],
    ['forbids --observe', 'run without --observe'],
  ],
  [['--obsrve'], ['unknown option `--obsrve`', 'did you mean `--observe`?', '--help']],
  [['--no-observe'], ['unknown option `--no-observe`', '`--observe`', '--help']],
  [
    ['--format', 'json', '--fromat', 'x'],
    ['unknown option `--fromat`', 'did you mean `--format`?', '--help'],
  ],
  [['-f'], ['unknown option `-f`', '--help']],
];

describe('options', () => {
  it.each(OPTIONS.map(([args, says, code]) => ({ args, says, code })))('$args', ({ args, says, code }) =>
    expectRefusedEverywhere(args, {}, says, code),
  );
});

const VARIABLES: readonly (readonly [env: Env, says: readonly string[], code?: string])[] = [
  [{ INLANE_AS: 'agent:' }, ['INLANE_AS', '`agent:` names nobody', '`agent:NAME`']],
  [{ INLANE_AS: 'agnt:x' }, ['INLANE_AS', 'did you mean `agent`?']],
  [{ INLANE_FOR: 'agent:x' }, ['INLANE_FOR', '`agent:x` is no person', 'without a kind']],
  [{ INLANE_LANES: 'inlane.yaml,,b' }, ['`INLANE_LANES` has an empty entry', 'single commas']],
  [{ INLANE_LANES: 'inlane.yaml, nope.yaml' }, ['no lane file at `nope.yaml`', 'check the path'], 'io'],
  [{ INLANE_STACK: 'nope' }, ['`nope` is not a directory', '--stack']],
  [{ INLANE_RULES_FROM: 'nope' }, ['no commit `nope`', 'fetch it first']],
  [{ INLANE_ACCOUNT: 'aws=' }, ['`INLANE_ACCOUNT aws=` lacks', '`--account PROVIDER=ID`']],
  [{ INLANE_ACCOUNT: '1,,2' }, ['`INLANE_ACCOUNT` has an empty entry', 'single commas']],
  [{ INLANE_ACCOUNT: '1,2' }, ['two accounts are given', 'give one']],
  [{ INLANE_NOW: 'tomorrow' }, ['`INLANE_NOW tomorrow` is no instant', 'with its zone']],
  [{ INLANE_FORMAT: 'jsn' }, ['unknown format `jsn`', 'did you mean `json`?']],
  [{ INLANE_FORMAT: 'text,json' }, ['two formats for standard output', '`--format NAME=FILE`']],
  [{ INLANE_FORMAT: 'json,' }, ['`INLANE_FORMAT` has an empty entry', 'single commas']],
  [{ INLANE_FORMAT: 'json=there.txt' }, ['`there.txt` is there already', 'nothing is written over']],
  [{ GITHUB_EVENT_NAME: 'pull_request' }, ['`GITHUB_EVENT_NAME`', '--rules-from', '--trust-worktree'], 'rules-untrusted'],
  [{ GITHUB_EVENT_NAME: 'pull_request', INLANE_TRUST_WORKTREE: '0' }, ['--rules-from', '--trust-worktree'], 'rules-untrusted'],
];

describe('variables', () => {
  it.each(VARIABLES.map(([env, says, code]) => ({ env, says, code })))('$env', ({ env, says, code }) =>
    expectRefusedEverywhere([], env, says, code),
  );

  it('an option outweighs a bad one', async () => {
    const env = { INLANE_AS: 'agent:', INLANE_NOW: 'x', INLANE_STACK: 'nope', INLANE_FORMAT: 'jsn' };
    const { exit } = await inlane(
      ['gate', plan, '--as', 'dana', '--now', '2026-11-20T12:00:00Z', '--stack', '.', '--format', 'text'],
      env,
    );
    expect(exit).toBe(0);
  });
});

/** Options that take any text: their only bad input is none. */
const ANY_TEXT = ['workspace', 'repository', 'ref', 'event'];

it('no option and no variable was forgotten', () => {
  const valued = SHARED_OPTIONS.filter((option) => option.value !== null).map(({ name }) => name);
  const options = new Set(OPTIONS.flatMap(([args]) => args.filter((word) => word.startsWith('--')).map((word) => word.slice(2))));
  const variables = new Set(VARIABLES.flatMap(([env]) => Object.keys(env)));
  expect(valued.filter((name) => !options.has(name))).toEqual(ANY_TEXT);
  expect(valued.filter((name) => !variables.has(variableOf(name)))).toEqual(ANY_TEXT);
});

/** Whole command lines. */
const LINES: readonly (readonly [argv: readonly string[], says: readonly string[], code?: string])[] = [
  [[], ['no command is given', '`inlane --help`']],
  [
    ['gat', plan],
    ['unknown command `gat`', 'did you mean `gate`?', '`inlane --help`'],
  ],
  [
    ['Explain', plan],
    ['unknown command `Explain`', 'did you mean `explain`?'],
  ],
  [
    ['help', 'gat'],
    ['unknown command `gat`', 'did you mean `gate`?'],
  ],
  [['--nope'], ['unknown option `--nope`', '`inlane --help`']],
  [['gate'], ['no plan is given', 'terraform show -json', '`inlane gate plan.json`']],
  [
    ['gate', '--as', 'dana'],
    ['no plan is given', 'terraform show -json'],
  ],
  [
    ['gate', ''],
    ['the name of a plan is empty', '`-` for standard input'],
  ],
  [
    ['gate', '-', '-'],
    ['`-` is given twice', 'one plan'],
  ],
  [['gate', '/nonexistent/plan.json'], ['`/nonexistent/plan.json` does not exist', 'check the path'], 'io'],
  [['gate', '/'], ['`/` is a directory', 'name the plan file'], 'io'],
  [['gate', '-'], ['empty', 'exit code'], 'plan-wrong-file'],
  [['explain'], ['`ADDRESS` is missing', '--help']],
  [
    ['explain', ''],
    ['the address is empty', 'inlane gate'],
  ],
  [
    ['explain', '', plan],
    ['the address is empty', 'inlane gate'],
  ],
  [
    ['explain', address],
    ['no plan is given', '`inlane explain ADDRESS plan.json`'],
  ],
  [
    ['explain', address, plan, plan],
    ['too many arguments', '--help'],
  ],
  [['explain', address, '-'], ['empty'], 'plan-wrong-file'],
  [
    ['explain', 'aws_db_instance.ledgr', plan],
    ['no row `aws_db_instance.ledgr`', `did you mean \`${address}\`?`],
    'address-unknown',
  ],
  [['explain', 'nothing.like.it', plan], ['no row `nothing.like.it`', '`inlane gate` lists them'], 'address-unknown'],
];

describe('commands and plans', () => {
  it.each(LINES.map(([argv, says, code]) => ({ argv, says, code })))('$argv', async ({ argv, says, code }) => {
    await expectRefused(argv, {}, says, code);
    await expectRefused([...argv, '--format', 'json'], {}, argv.length === 0 ? [] : says.slice(0, 1), code);
  });
});

/** Lane files are looked at without a plan; OLD and NEW are the committed one and itself. */
const ANALYSES = [
  ['check', ['lanes', 'check'], ['lanes', 'stack', 'rules-from', 'now', 'format']],
  ['diff', ['lanes', 'diff', 'HEAD', 'inlane.yaml'], ['format']],
  ['show', ['lanes', 'show'], ['as', 'lanes', 'stack', 'rules-from', 'now', 'format']],
] as const;

/** No report has more than the one diagnostic. */
async function expectAnalysisRefused(argv: readonly string[], env: Env, says: readonly string[], code = 'usage'): Promise<void> {
  await expectRefusal(argv, env, says, code, (report) => {
    expect(report).toMatchObject({ exit: 2, diagnostics: [{ code, severity: 'error' }] });
  });
}

describe.each(ANALYSES.map(([name, argv, options]) => ({ name, argv, options })))('inlane lanes $name', ({ argv, options }) => {
  it('is decided where nothing is wrong', async () => {
    const { exit, stderr } = await inlane([...argv]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  });

  const valued = SHARED_OPTIONS.filter(({ name, value }) => value !== null && options.some((one) => one === name));
  it.each(valued.map(({ name }) => name))('--%s without a value, or with an empty one', async (name) => {
    for (const args of [[`--${name}`], [`--${name}`, ''], [`--${name}=`], [`--${name}`, '--help-me']])
      for (const format of [[], ['--format', 'json']])
        await expectAnalysisRefused([...argv, ...format, ...args], {}, [
          `\`--${name}`,
          'lacks its value',
          `inlane lanes ${argv[1]}`,
        ]);
  });

  it.each(valued.filter(({ repeatable }) => !repeatable).map(({ name }) => name))('--%s twice', async (name) => {
    await expectAnalysisRefused([...argv, `--${name}`, 'x', `--${name}`, 'x'], {}, [`\`--${name}\` is given twice`]);
  });

  /** What `gate` refuses of these options is refused here in the same words. */
  const rows = OPTIONS.filter(([args]) => {
    const named = args.filter((word) => /^--[a-z]/.test(word)).map((word) => word.slice(2));
    return named.length > 0 && named.every((name) => options.some((one) => one === name)) && !args.includes('json');
  });
  it.each(rows.map(([args, says, code]) => ({ args, says, code })))('$args', async ({ args, says, code }) => {
    const own = says.filter((words) => words !== 'text, json');
    await expectAnalysisRefused([...argv, ...args], {}, own, code);
    if (args.includes('--format')) return;
    await expectAnalysisRefused([...argv, ...args, '--format', 'json'], {}, own, code);
  });

  const variables = VARIABLES.filter(([env]) =>
    Object.keys(env).every((name) => options.some((one) => variableOf(one) === name) && !env[name]?.startsWith('json')),
  );
  it.each(variables.map(([env, says, code]) => ({ env, says, code })))('$env', async ({ env, says, code }) => {
    await expectAnalysisRefused(argv, env, says, code);
  });

  it('every option of it was tried', () => {
    const tried = new Set(rows.flatMap(([args]) => args.filter((word) => word.startsWith('--')).map((word) => word.slice(2))));
    expect(options.filter((name) => !tried.has(name))).toEqual([]);
    const set = new Set(variables.flatMap(([env]) => Object.keys(env)));
    expect(options.filter((name) => !set.has(variableOf(name)))).toEqual([]);
  });
});

describe('flags of inlane lanes', () => {
  it.each([
    ['strict', ['lanes', 'check']],
    ['no-new-access', ['lanes', 'diff', 'HEAD', 'inlane.yaml']],
  ])('--%s with a value, and its variable that is neither yes nor no', async (name, argv) => {
    await expectAnalysisRefused([...argv, `--${name}=yes`], {}, [`option \`--${name}\` takes no value`, 'leave it out']);
    for (const value of ['yes', 'True', '2', ' '])
      await expectAnalysisRefused(argv, { [variableOf(name)]: value }, [
        `\`${variableOf(name)}\``,
        'set it to 1 (true) or 0 (false)',
      ]);
  });

  it.each(['observe', 'trust-worktree', 'changed-only', 'quiet', 'workspace', 'for'])(
    '--%s belongs to other commands',
    async (name) => {
      for (const [, argv] of ANALYSES) await expectAnalysisRefused([...argv, `--${name}`], {}, [`unknown option \`--${name}\``]);
    },
  );
});

it('wrote nothing, and nothing over', () => {
  expect(readdirSync(cwd).sort()).toEqual(before);
  expect(readFileSync(join(cwd, 'there.txt'), 'utf8')).toBe('mine');
});
