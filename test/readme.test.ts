import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadClasses } from '../providers/classes.ts';
import { loadRuleset } from '../src/lanes/load.ts';
import { root } from './stories.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts as Record<string, string>;

/** The first fenced block after a marker comment. */
function blockAfter(marker: string): string {
  const at = readme.indexOf(marker);
  if (at < 0) throw new Error(`README has no ${marker}`);
  const open = readme.indexOf('```', at);
  const start = readme.indexOf('\n', open) + 1;
  return readme.slice(start, readme.indexOf('```', start));
}

let folder: string;
let dist: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-readme-'));
  dist = join(folder, 'dist');
  execFileSync(process.execPath, ['scripts/build.mjs', '--no-types', `--outdir=${dist}`], { cwd: root, stdio: 'pipe' });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string): { stdout: string; status: number | null } {
  const [program, ...args] = command.split(' ');
  expect(program).toBe('node');
  const real = args.map((arg) => (arg === 'dist/inlane.cjs' ? join(dist, 'inlane.cjs') : arg));
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([k]) => !/^(INLANE_|GITHUB_|GITLAB_|CI)/.test(k))),
    INLANE_DEMO_DIST: dist,
  };
  const { stdout, status } = spawnSync(process.execPath, real, { cwd: root, encoding: 'utf8', env });
  return { stdout, status };
}

describe('README', () => {
  it('shows the table that the demo prints', () => {
    const { stdout, status } = run('node scripts/demo.mjs --table');
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(2).join('\n')).toBe(blockAfter('<!-- output: node scripts/demo.mjs --table -->'));
  }, 60_000);

  it('shows a real run', () => {
    const command = /```sh\n(node dist\/inlane\.cjs gate .*)\n```/.exec(readme)?.[1];
    if (!command) throw new Error('README shows no run');
    const { stdout, status } = run(command);
    expect(status).toBe(1);
    expect(stdout.trimEnd()).toBe(blockAfter('<!-- output -->').trimEnd());
  });

  it('shows every other run as it is', () => {
    const runs = [...readme.matchAll(/<!-- run, exit (\d) -->\n```sh\n(.*)\n```\n\n```\n([\s\S]*?)```/g)];
    expect(runs.map(([, , command]) => command?.split(' ').slice(2, 4).join(' '))).toEqual([
      'lanes check',
      'lanes diff',
      'lanes show',
    ]);
    for (const [, exit, command, output] of runs) {
      const { stdout, status } = run(command as string);
      expect(status, command).toBe(Number(exit));
      expect(stdout, command).toBe(output);
    }
  });

  it('names the schema where an editor finds it', () => {
    const path = /^# yaml-language-server: \$schema=node_modules\/inlane\/(.*)$/m.exec(readme)?.[1] as string;
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: readonly string[] };
    expect(files).toContain(path);
    expect(JSON.parse(readFileSync(join(root, path), 'utf8')).title).toBe('inlane lane file');
  });

  it('holds a lane file that loads', async () => {
    const file = join(folder, 'inlane.yaml');
    writeFileSync(file, blockAfter('<!-- lanes: checked by a test -->'));
    const { ruleset } = await loadRuleset({ lanes: [file], stack: '.', cwd: folder, classNames: new Set(loadClasses().keys()) });
    expect(ruleset.grants.length).toBe(2);
    expect(ruleset.denies.map((deny) => deny.id)).toEqual(['no-prod-drop']);
  });

  it('holds a library call that runs', () => {
    const project = join(folder, 'user');
    mkdirSync(join(project, 'node_modules', 'inlane'), { recursive: true });
    cpSync(join(root, 'package.json'), join(project, 'node_modules', 'inlane', 'package.json'));
    symlinkSync(dist, join(project, 'node_modules', 'inlane', 'dist'));
    cpSync(join(root, 'fixtures/lanes/inlane.yaml'), join(project, 'inlane.yaml'));
    cpSync(join(root, 'fixtures/stories/aws-postgres-2-cutover/plan.json'), join(project, 'plan.json'));
    writeFileSync(join(project, 'use.mjs'), blockAfter('<!-- library: run by a test -->'));
    const { stdout } = spawnSync(process.execPath, ['use.mjs'], {
      cwd: project,
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    expect(stdout).toMatch(/^[01] (allow|deny)\n$/);
  });

  it('names only scripts that exist', () => {
    const named = [...readme.matchAll(/npm run ([a-z-]+)/g)].map((match) => match[1] as string);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('gives every dependency a line, and no other', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const table = readme.slice(readme.indexOf('## Dependencies'), readme.indexOf('## Where things are'));
    const named = [...table.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string).sort();
    const types = ['@types/node'];
    expect(named).toEqual(
      [...Object.keys(dependencies), ...Object.keys(devDependencies)].filter((d) => !types.includes(d)).sort(),
    );
  });
});
