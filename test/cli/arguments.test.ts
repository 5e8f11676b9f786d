import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { everyCommand, programOf } from '../../src/cli/commands.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { SHARED_OPTIONS, variableOf } from '../../src/cli/options.ts';
import { run } from './io.ts';

describe('usage errors', () => {
  it.each([
    [[], 'no command is given; `inlane --help` lists them'],
    [['gat', 'x'], 'unknown command `gat`; did you mean `gate`? `inlane --help` lists them'],
    [['gate', 'x', '--fromat', 'json'], 'unknown option `--fromat`; did you mean `--format`? `inlane gate --help` lists them'],
    [['gate', 'x', '--obsrve=1'], 'unknown option `--obsrve`; did you mean `--observe`? `inlane gate --help` lists them'],
    [
      ['gate'],
      'no plan is given; make one with `terraform plan -out=tfplan` and `terraform show -json tfplan > plan.json`, then `inlane gate plan.json`',
    ],
    [['gate', '-', '-'], '`-` is given twice; standard input holds one plan'],
    [['gate', ''], 'the name of a plan is empty; give a file, or `-` for standard input'],
    [['explain'], '`ADDRESS` is missing; `inlane explain --help` shows an example'],
    [['explain', 'a.b', 'c', 'd'], 'too many arguments; `inlane explain --help` shows an example'],
    [['gate', 'x', '--as'], 'option `--as <WHO>` lacks its value; `inlane gate --help` shows an example'],
    [['gate', 'x', '--as', '--observe'], 'option `--as` lacks its value; see `inlane gate --help`'],
    [['gate', 'x', '--as='], 'option `--as` lacks its value; see `inlane gate --help`'],
    [['gate', 'x', '--as', 'a', '--as', 'b'], 'option `--as` is given twice; give it once'],
    [
      ['gate', 'x', '--format', 'jsn'],
      'unknown format `jsn`; did you mean `json`? the formats are text, json, markdown, sarif, junit, github, gitlab, html',
    ],
    [['gate', 'x', '--format', 'text='], '`--format text=` names no file; write `--format NAME` or `--format NAME=FILE`'],
    [
      ['gate', 'x', '--format', 'text', '--format', 'text'],
      'two formats for standard output; write one of them to a file of its own: `--format NAME=FILE`',
    ],
    [
      ['gate', 'x', '--account', '=1'],
      '`--account =1` lacks a provider or an id; write `--account ID` or `--account PROVIDER=ID`',
    ],
    [
      ['gate', 'x', '--account', 'aws='],
      '`--account aws=` lacks a provider or an id; write `--account ID` or `--account PROVIDER=ID`',
    ],
  ])('%j', async (argv, line) => {
    const { exit, stdout, stderr, asked } = await run(argv);
    expect(stderr).toBe(`error[usage]: ${line}\n`);
    expect({ exit, stdout, asked }).toEqual({ exit: 2, stdout: '', asked: null });
  });

  it.each([
    '2026-11-20',
    '2026-11-20T08:00:00',
    '2026-11-20T08:00Z',
    '2026-11-20 08:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T08:00:60Z',
    '2026-11-20T08:00:00+25:00',
    'tomorrow',
    '1763625600000',
  ])('--now %s is no instant', async (now) => {
    const { exit, stderr } = await run(['gate', 'x', '--now', now]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/^error\[usage\]: `--now .*` is no instant; /);
  });

  it('stay one line, whatever the arguments hold', async () => {
    const { stderr } = await run(['gate\n::error::x\u001b[31m']);
    expect(stderr).toMatch(
      /^error\[usage\]: unknown command `gate\\n::error::x\\u001b\[31m`; nearest known: `gate`[`a-z, ]+; `inlane --help` lists them\n$/,
    );
  });

  it('are an object on standard output for who asked for JSON', async () => {
    for (const [argv, env] of [
      [['gate', '--format', 'json'], {}],
      [['gate', '--format=json', '--nonsense'], {}],
      [['gat'], { INLANE_FORMAT: 'json' }],
    ] as const) {
      const { exit, stdout, stderr } = await run(argv, { env });
      expect(JSON.parse(stdout)).toMatchObject({ format: 'inlane-report/1', verdict: 'undecided', exit: 2 });
      expect(stderr).toMatch(/^error\[usage\]/);
      expect(exit).toBe(2);
    }
  });
});

describe('options', () => {
  it('reach the plan flow', async () => {
    const { asked, exit } = await run(
      `gate a.json b.json --as agent:x --for dana --lanes l1 --lanes l2 --stack s --rules-from main --trust-worktree --workspace w
       --account 1 --account aws=2 --repository r --ref f --event push --now 2026-11-20T09:00:00+01:00 --observe`.split(/\s+/),
    );
    expect(exit).toBe(0);
    const { env: _, stdin: __, onDefect: ___, ...rest } = asked ?? {};
    expect(rest).toEqual({
      plans: ['a.json', 'b.json'],
      as: 'agent:x',
      for: 'dana',
      lanes: ['l1', 'l2'],
      stack: 's',
      rulesFrom: 'main',
      trustWorktree: true,
      workspace: 'w',
      accounts: ['1', 'aws=2'],
      repository: 'r',
      ref: 'f',
      event: 'push',
      now: Date.UTC(2026, 10, 20, 8),
      observe: true,
      lines: 'out-of-lane',
      cwd: '/nowhere',
    });
  });

  it('can each be given as a variable, which an option outweighs', async () => {
    const values: Record<string, string> = { now: '2026-11-20T08:00:00Z', format: 'json', lanes: 'l1, l2', account: '1,aws=2' };
    const env = Object.fromEntries(
      SHARED_OPTIONS.map(({ name, value }) => [variableOf(name), values[name] ?? (value === null ? '1' : `v-${name}`)]),
    );
    expect(Object.keys(env)).toContain('INLANE_RULES_FROM');
    const { asked, stdout } = await run(['gate', 'x', '--as', 'dana'], { env });
    expect(asked).toMatchObject({
      as: 'dana',
      // Read by the plan flow, which names the variable in its errors.
      env: { INLANE_FOR: 'v-for' },
      lanes: ['l1', 'l2'],
      accounts: ['1', 'aws=2'],
      stack: 'v-stack',
      rulesFrom: 'v-rules-from',
      trustWorktree: true,
      workspace: 'v-workspace',
      repository: 'v-repository',
      ref: 'v-ref',
      event: 'v-event',
      now: Date.UTC(2026, 10, 20, 8),
      observe: true,
    });
    expect(JSON.parse(stdout).format).toBe('inlane-report/1');
  });

  it('leaves unset what is empty, and takes 0 for no', async () => {
    const { asked } = await run(['gate', 'x'], { env: { INLANE_AS: '', INLANE_TRUST_WORKTREE: '0', INLANE_OBSERVE: 'false' } });
    expect(asked).not.toHaveProperty('as');
    expect(asked).toMatchObject({ trustWorktree: false, observe: false });
  });

  it.each([
    [{ INLANE_OBSERVE: 'yes' }, '`INLANE_OBSERVE` is `yes`'],
    [{ INLANE_LANES: 'a,,b' }, '`INLANE_LANES` has an empty entry'],
  ])('refuses %j', async (env, message) => {
    const { exit, stderr } = await run(['gate', 'x'], { env: env as Record<string, string> });
    expect(exit).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('help', () => {
  it.each([[['--help']], [['gate', '--help']], [['explain', '--help']], [['help', 'gate']]])(
    '%j has an example and exits 0',
    async (argv) => {
      const { exit, stdout, stderr } = await run(argv);
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
      expect(stdout).toMatch(/Example:\n {2}\S/);
    },
  );

  it('of every command has an example and says what its exit codes mean', async () => {
    const commands = everyCommand(await programOf(undefined, {} as CliIo, () => {}));
    const paths = commands.map((command) => {
      const words: string[] = [];
      for (let at: Command | null = command; at?.parent; at = at.parent) words.unshift(at.name());
      return words;
    });
    expect(paths.length).toBeGreaterThanOrEqual(18);
    for (const path of paths) {
      const { exit, stdout } = await run([...path, '--help']);
      expect(exit).toBe(0);
      expect(stdout, path.join(' ')).toMatch(/\nExit codes: 0 [\s\S]*\b2 [\s\S]*\n\nExample:\n {2}\S/);
      // The example is of this command.
      expect(stdout.slice(stdout.indexOf('Example:')), path.join(' ')).toContain(['inlane', ...path].join(' '));
    }
  });

  it('names every option with its variable', async () => {
    const { stdout } = await run(['gate', '--help']);
    for (const { name } of SHARED_OPTIONS)
      expect(stdout.replace(/\s+/g, ' ')).toMatch(new RegExp(`--${name} .*${variableOf(name)}`));
  });

  it('prints the version', async () => {
    expect(await run(['--version'])).toMatchObject({ exit: 0, stdout: '0.1.0\n' });
    // By commander, which is not asked for it alone.
    expect(await run(['--version', 'gate'])).toMatchObject({ exit: 0, stdout: '0.1.0\n' });
  });
});
