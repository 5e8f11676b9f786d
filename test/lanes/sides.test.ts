import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { diffLanes } from '../../src/analyse.ts';
import { sideOf } from '../../src/lanes/sides.ts';
import { CLASS_NAMES, failure, folder } from './folder.ts';

const { path: base, done } = folder({});
const origin = join(base, 'origin');
const repo = join(base, 'repo');
const env = { PATH: process.env.PATH, HOME: base, GIT_CONFIG_NOSYSTEM: '1' };

const gitIn = (at: string, ...args: string[]) =>
  execFileSync('git', ['-C', at, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    env,
    encoding: 'utf8',
  }).trim();
const write = (name: string, text: string, at = repo) => {
  mkdirSync(dirname(join(at, name)), { recursive: true });
  writeFileSync(join(at, name), text);
};

const ORG = `inlane: 1
level: org
extends: [shared/lanes.yaml]
attributes: {environment: {values: [production, development], from: [{workspace: {"*-prod": production, "dev-*": development}}]}}
`;
const lane = (classes: string) => `inlane: 1
level: org
lanes: {everyone: {who: anyone, may: [{do: [create, update], class: [${classes}]}]}}
`;
const below = (level: string, more: string) => `inlane: 1\nlevel: ${level}\n${more}\n`;
/** Nothing but these classes: a guard, since a ceiling caps no grant of a file above. */
const cap = (id: string, classes: string) => `guards: [{id: ${id}, deny: [create, update], class: {not: [${classes}]}}]`;

beforeAll(() => {
  mkdirSync(origin);
  gitIn(origin, 'init', '-q', '-b', 'main');
  write('inlane.yaml', ORG, origin);
  write('shared/lanes.yaml', lane('database, queue'), origin);
  write('shop/inlane.yaml', below('project', cap('shop', 'database, queue')), origin);
  write('shop/cart/inlane.yaml', below('component', cap('cart', 'queue')), origin);
  write('old/inlane.yaml', below('project', cap('old', 'queue')), origin);
  gitIn(origin, 'add', '.');
  gitIn(origin, 'commit', '-q', '-m', 'rules');
  execFileSync('git', ['clone', '-q', origin, repo], { env });
});
afterAll(done);
afterEach(() => reset());

const reset = () => {
  gitIn(repo, 'reset', '-q', '--hard', 'origin/main');
  gitIn(repo, 'clean', '-qfdx');
};
const options = { env, classNames: CLASS_NAMES };
const side = (name: string, cwd = repo) => sideOf(name, { ...options, cwd });
const diff = (old: string, now: string, cwd = repo) => diffLanes({ old, new: now }, { cwd, env, noNewAccess: true });

/** Kind, classes and stacks of each difference. */
async function told(old: string, now: string, cwd = repo): Promise<string[]> {
  const { differences } = await diff(old, now, cwd);
  return [...new Set(differences.map((d) => `${d.kind} ${d.region.what} in ${d.stacks.map((s) => s || '.').join(' ')}`))].sort();
}

describe('a commit and the working tree', () => {
  test('are the same as long as nothing changes', async () => {
    expect(await diff('origin/main', '.')).toMatchObject({ exit: 0, compared: 4, differences: [], diagnostics: [] });
    for (const ref of ['HEAD', 'main', 'refs/remotes/origin/main', gitIn(repo, 'rev-parse', 'HEAD')])
      expect((await side(ref)).folders).toEqual(['', 'old', 'shop', 'shop/cart']);
    const { ruleset } = await (await side('origin/main')).load('shop/cart');
    expect(ruleset.files.map(({ path }) => path)).toEqual([
      'inlane.yaml',
      'shared/lanes.yaml',
      'shop/inlane.yaml',
      'shop/cart/inlane.yaml',
    ]);
  });

  test('differ where a file that others extend does, in every stack below', async () => {
    write('shared/lanes.yaml', lane('database, queue, cache'));
    // The guards of the lower files stand.
    expect(await told('origin/main', '.')).toEqual(['newly-allowed class cache in .']);
    write('shop/inlane.yaml', below('project', cap('shop', 'database, queue, cache')));
    expect(await told('origin/main', '.')).toEqual(['newly-allowed class cache in . shop']);
    write('shop/cart/inlane.yaml', below('component', cap('cart', 'database')));
    expect(await told('origin/main', '.')).toEqual([
      'newly-allowed class cache in . shop',
      'newly-allowed class database in shop/cart',
      'newly-denied class queue in shop/cart',
    ]);
  });

  test('a deleted file and an untracked one are seen', async () => {
    rmSync(join(repo, 'shop/cart/inlane.yaml'));
    expect(await told('origin/main', '.')).toEqual(['newly-allowed class database in shop/cart']);
    reset();
    write('billing/inlane.yaml', below('project', cap('billing', 'database')));
    expect(await told('origin/main', '.')).toEqual(['newly-denied class queue in billing']);
    expect((await diff('.', 'origin/main')).exit).toBe(1);
  });

  test('a stack whose folder is gone is compared by the rules that are left above it', async () => {
    rmSync(join(repo, 'old'), { recursive: true });
    expect(await told('origin/main', '.')).toEqual(['newly-allowed class database in old']);
    gitIn(repo, 'commit', '-q', '-am', 'without it');
    expect(await told('origin/main', 'HEAD')).toEqual(['newly-allowed class database in old']);
  });

  test('a symbolic link is followed in the working tree, as the gate does, and refused in a commit', async () => {
    write('shared/wide.txt', below('component', cap('cart', 'database, queue')));
    rmSync(join(repo, 'shop/cart/inlane.yaml'));
    symlinkSync('../../shared/wide.txt', join(repo, 'shop/cart/inlane.yaml'));
    expect(await told('origin/main', '.')).toEqual(['newly-allowed class database in shop/cart']);
    gitIn(repo, 'add', '.');
    gitIn(repo, 'commit', '-q', '-m', 'link');
    expect(await failure(diff('origin/main', 'HEAD'))).toMatchObject({
      code: 'io',
      message: '`shop/cart/inlane.yaml` is a symbolic link at `HEAD`',
    });
  });

  test('from a folder below the root: the whole commit, and of the working tree what is named', async () => {
    for (const name of ['origin/main', '..'])
      expect((await side(name, join(repo, 'shop'))).folders).toEqual(['', 'old', 'shop', 'shop/cart']);
    expect((await side('.', join(repo, 'shop'))).folders).toEqual(['', 'cart']);
  });
});

describe('what cannot be compared', () => {
  test('is told with the side that it stands on', async () => {
    write('shop/inlane.yaml', below('project', 'guard: []'));
    expect(await failure(diff('origin/main', '.'))).toMatchObject({
      code: 'lanes-invalid',
      message: 'shop/inlane.yaml:3:1: unknown key `guard`',
      problems: [{ at: { file: 'shop/inlane.yaml', line: 3, column: 1 } }],
    });
    expect((await failure(diff('origin/main', '../repo'))).problems[0]?.at?.file).toBe('../repo/shop/inlane.yaml');
    gitIn(repo, 'commit', '-q', '-am', 'broken');
    expect((await failure(diff('HEAD', 'origin/main'))).message).toBe('HEAD:shop/inlane.yaml:3:1: unknown key `guard`');
  });

  test('a lower file that is no lower is refused, as by the gate', async () => {
    write('shop/cart/inlane.yaml', below('project', 'lanes: {more: {who: anyone, may: [{do: destroy}]}}'));
    expect((await failure(diff('origin/main', '.'))).message).toBe(
      'shop/cart/inlane.yaml:2:8: level project below `shop/inlane.yaml` of level project',
    );
    reset();
    write('shop/cart/api/inlane.yml', below('component', ''));
    write('shop/cart/api/v1/inlane.yaml', below('component', ''));
    expect((await failure(diff('origin/main', '.'))).problems.map((p) => p.message)).toContain(
      '`inlane.yml` is not a name that is read',
    );
  });

  test('a repository within the folder stands by itself', async () => {
    write('vendor/other/inlane.yaml', lane('network'));
    mkdirSync(join(repo, 'vendor/other/.git'));
    expect((await side('.')).folders).toEqual(['', 'old', 'shop', 'shop/cart']);
    for (const skipped of ['node_modules', '.terraform/modules']) write(`${skipped}/x/inlane.yaml`, lane('network'));
    expect((await side('.')).folders).toEqual(['', 'old', 'shop', 'shop/cart']);
    rmSync(join(repo, 'vendor'), { recursive: true });
  });

  test('names that are nothing', async () => {
    expect(await failure(side('nowhere'))).toMatchObject({
      code: 'usage',
      message: '`nowhere` is no file, no folder and no commit',
      hint: 'check the name, or fetch it first',
    });
    expect(await failure(side('main..HEAD'))).toMatchObject({
      code: 'usage',
      message: '`main..HEAD` is no file, no folder and no commit',
    });
    expect(await failure(side('shared'))).toMatchObject({ code: 'lanes-missing', message: '`shared` holds no `inlane.yaml`' });
    gitIn(repo, 'checkout', '-q', '--orphan', 'bare');
    gitIn(repo, 'rm', '-rqf', '.');
    gitIn(repo, 'commit', '-q', '--allow-empty', '-m', 'nothing');
    expect(await failure(side('bare'))).toMatchObject({ code: 'lanes-missing', message: '`bare` holds no `inlane.yaml`' });
    gitIn(repo, 'checkout', '-qf', 'main');
  });

  test('outside of a repository there are no commits', async () => {
    const outside = realpathSync(base);
    expect(await failure(side('main', outside))).toMatchObject({
      code: 'usage',
      message: '`main` is no file and no folder',
      hint: expect.stringMatching(/git repository/),
    });
  });

  test('a commit that a shallow clone lacks', async () => {
    gitIn(origin, 'commit', '-q', '--allow-empty', '-m', 'later');
    const shallow = join(base, 'shallow');
    execFileSync('git', ['clone', '-q', '--depth=1', `file://${origin}`, shallow], { env });
    expect((await diff('origin/main', '.', shallow)).differences).toEqual([]);
    expect(await failure(side('HEAD~1', shallow))).toMatchObject({
      code: 'usage',
      message: '`HEAD~1` is no file, no folder and no commit',
      hint: expect.stringMatching(/^fetch it first/),
    });
  });
});
