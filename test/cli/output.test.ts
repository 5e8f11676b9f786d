import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { run, standInGate } from './io.ts';

const cwd = mkdtempSync(join(tmpdir(), 'inlane-cli-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('exit codes', () => {
  it.each([
    [['gate', 'allow.json'], 0],
    [['gate', 'deny.json'], 1],
    [['gate', 'allow.json', 'deny.json'], 1],
    [['gate', 'deny.json', '--observe'], 0],
    [['explain', 'aws_db_instance.main', 'deny.json'], 1],
    [['explain', 'aws_sqs_queue.jobs', 'allow.json'], 0],
    [['explain', 'aws_sqs_queue.job', 'allow.json'], 2],
  ])('%j exits %i', async (argv, exit) => {
    expect((await run(argv)).exit).toBe(exit);
  });

  it('a failure is 2, on both streams, observed or not', async () => {
    const gate = async () => {
      throw new InlaneError('lanes-missing', 'no lane file found', '`inlane init` writes one');
    };
    const plain = await run(['gate', 'x', '--observe'], { gate });
    expect(plain).toMatchObject({
      exit: 2,
      stdout: 'UNDECIDED  x: nothing was decided (lanes-missing)\n',
      stderr: 'error[lanes-missing]: no lane file found; `inlane init` writes one\n',
    });
    const machine = await run(['gate', 'x', 'y', '--format', 'json'], { gate });
    expect(JSON.parse(machine.stdout)).toMatchObject({
      format: 'inlane-report-set/1',
      verdict: 'undecided',
      exit: 2,
      reports: [{ plan: { path: 'x' } }, { plan: { path: 'y' } }],
    });
  });

  it('a defect is 2, and its message stays in', async () => {
    const gate = async () => {
      throw new TypeError('cannot read swordfish\n    at swordfish (file:///x.ts:1:1)');
    };
    for (const env of [{}, { INLANE_DEBUG: '1' }]) {
      const { exit, stdout, stderr } = await run(['gate', 'x', '--format', 'json'], { gate, env: env as Record<string, string> });
      expect(exit).toBe(2);
      expect(stderr).toContain('error[internal]: inlane failed (TypeError)');
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'undecided' });
      expect(stderr + stdout).not.toContain('cannot read');
    }
  });

  it('a plan without its report is 2', async () => {
    const gate = async (options: Parameters<typeof standInGate>[0]) => {
      const { reports, exit } = await standInGate(options);
      return { reports: reports.slice(1), exit };
    };
    expect((await run(['gate', 'allow.json', 'allow2.json'], { gate })).exit).toBe(2);
    expect((await run(['gate', 'allow.json'], { gate })).exit).toBe(2);
  });

  it('a report that cannot be printed is 2', async () => {
    const write = async () => {
      throw new InlaneError('io', 'standard output cannot be written (ENOSPC)', 'see where it leads');
    };
    expect((await run(['gate', 'allow.json'], { write })).exit).toBe(2);
  });
});

describe('files', () => {
  it('writes each format to its file, and only what was asked for to standard output', async () => {
    const { exit, stdout } = await run(
      ['gate', 'deny.json', '--format', 'text', '--format', 'json=a.json', '--format', 'text=a.txt'],
      { cwd },
    );
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^DENY {2}deny\.json: /);
    expect(JSON.parse(readFileSync(join(cwd, 'a.json'), 'utf8'))).toMatchObject({ verdict: 'deny', exit: 1 });
    expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe(stdout);
    expect((await run(['gate', 'deny.json', '--format', 'json=b.json'], { cwd })).stdout).toBe('');
  });

  it('writes nothing over, not even through a dangling link', async () => {
    writeFileSync(join(cwd, 'there.json'), 'mine');
    symlinkSync(join(cwd, 'nowhere'), join(cwd, 'link.json'));
    for (const file of ['there.json', 'link.json']) {
      const { exit, stderr, asked } = await run(['gate', 'allow.json', '--format', `json=${file}`], { cwd });
      expect({ exit, stderr, asked }).toEqual({
        exit: 2,
        stderr: `error[usage]: \`${file}\` is there already; remove it first: nothing is written over\n`,
        asked: null,
      });
    }
    expect(readFileSync(join(cwd, 'there.json'), 'utf8')).toBe('mine');
    expect(existsSync(join(cwd, 'nowhere'))).toBe(false);
  });

  it('creates no folder, and fails when a file cannot be written', async () => {
    const { exit, stdout, stderr } = await run(['gate', 'allow.json', '--format', 'text', '--format', 'json=no/such/a.json'], {
      cwd,
    });
    expect(exit).toBe(2);
    expect(stderr).toMatch(/^error\[io\]: `no\/such\/a\.json` cannot be written \(ENOENT\)/);
    expect(stdout).toBe('');
    expect(existsSync(join(cwd, 'no'))).toBe(false);
  });

  it('takes one file once', async () => {
    const { stderr } = await run(['gate', 'allow.json', '--format', 'json=c.json', '--format', 'text=./c.json'], { cwd });
    expect(stderr).toContain('two formats for `./c.json`');
  });
});

describe('streams', () => {
  it('quiet leaves the first line', async () => {
    expect((await run(['gate', 'deny.json', '--quiet'])).stdout).toBe(
      'DENY  deny.json: 1 of 1 change out of lane for dana (human; developers)\n',
    );
  });

  it.each([
    [{}, false, false],
    [{}, true, true],
    [{ NO_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ CI: 'true', GITHUB_ACTIONS: 'true', COLORTERM: 'truecolor' }, false, false],
  ])('%j on a terminal %s: colours %s', async (env, terminal, coloured) => {
    const { stdout } = await run(['gate', 'deny.json'], { env: env as Record<string, string>, terminal });
    expect(stdout.includes('\u001b[')).toBe(coloured);
  });

  it('never colours JSON or a file', async () => {
    const { stdout } = await run(['gate', 'deny.json', '--format', 'json', '--format', 'text=d.txt'], {
      env: { FORCE_COLOR: '1' },
      cwd,
    });
    expect(stdout).not.toContain('\u001b');
    expect(readFileSync(join(cwd, 'd.txt'), 'utf8')).not.toContain('\u001b');
  });
});
