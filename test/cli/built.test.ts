import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'inlane-built-'));
const bin = join(folder, 'dist', 'inlane.js');
const lanes = join(root, 'fixtures/lanes/inlane.yaml');
const story = (name: string) => join(root, 'fixtures/stories', name, 'plan.json');

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--no-types', `--outdir=${join(folder, 'dist')}`]);
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without the variables of the pipeline that runs this test. */
const env = { PATH: process.env.PATH ?? '' };

function inlane(argv: readonly string[], input?: Buffer) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...argv], {
    cwd: root,
    env,
    encoding: 'utf8',
    ...(input ? { input } : {}),
  });
  return { exit: status, stdout, stderr };
}

describe('the bundled programme', () => {
  it('decides: verdict on standard output, exit code from the verdict', () => {
    const denied = inlane(['gate', story('aws-postgres-wrong-replace-in-place'), '--lanes', lanes, '--as', 'agent:db-upgrader']);
    expect(denied.exit).toBe(1);
    expect(denied.stdout).toMatch(/^DENY {2}/);
    const allowed = inlane(['gate', story('aws-postgres-4-remove-old'), '--lanes', lanes, '--as', 'agent:db-upgrader']);
    expect(allowed.exit).toBe(0);
    expect(allowed.stdout).toMatch(/^ALLOW {2}/);
  });

  it('reads standard input', () => {
    const { exit, stdout } = inlane(
      ['gate', '-', '--lanes', lanes, '--as', 'agent:db-upgrader', '--format', 'json'],
      readFileSync(story('aws-postgres-4-remove-old')),
    );
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'allow', plan: { path: '-' } });
  });

  it('exits 2 for usage, with one line on standard error', () => {
    const { exit, stdout, stderr } = inlane(['gate', '--nonsense']);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(/^error\[usage\]: [^\n]*\n$/);
  });

  it('exits 2 with an object for JSON when there is nothing to decide by', () => {
    const { exit, stdout } = inlane(['gate', 'no-such-plan.json', '--lanes', lanes, '--format', 'json']);
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'inlane-report/1', verdict: 'undecided', exit: 2 });
  });

  it('keeps its exit code when the reader goes away', async () => {
    const argv = [
      bin,
      'gate',
      story('aws-postgres-wrong-replace-in-place'),
      '--lanes',
      lanes,
      '--as',
      'dana',
      '--format',
      'json',
    ];
    const child = spawn(process.execPath, argv, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const exit = await new Promise((done) => child.on('close', done));
    expect(exit).toBe(1);
    expect(stderr).not.toMatch(/EPIPE|\n {4}at /);
  });

  it('works as a library', () => {
    const code = `import { gate } from ${JSON.stringify(join(folder, 'dist', 'index.js'))};
      const { exit } = await gate({ plans: [${JSON.stringify(story('aws-postgres-4-remove-old'))}], lanes: [${JSON.stringify(lanes)}], as: 'agent:db-upgrader' });
      console.log(exit);`;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, env, encoding: 'utf8' })).toBe('0\n');
  });
});
