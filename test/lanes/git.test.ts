import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rulesFromCommit } from '../../src/lanes/git.ts';
import { loadRuleset } from '../../src/lanes/load.ts';
import { CLASS_NAMES, failure, folder } from './folder.ts';

const { path: base, done } = folder({});
const repo = join(base, 'repo');
const env = { PATH: process.env.PATH, HOME: base, GIT_CONFIG_NOSYSTEM: '1' };
const git = (...args: string[]) =>
  execFileSync('git', ['-C', repo, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    env,
    encoding: 'utf8',
  }).trim();
const write = (name: string, text: string) => {
  mkdirSync(dirname(join(repo, name)), { recursive: true });
  writeFileSync(join(repo, name), text);
};
const rules = (level: string, name: string, more = '') =>
  `inlane: 1\nlevel: ${level}\n${more}lanes: {${name}: {who: anyone, may: [{do: read}]}}\n`;
const load = async (
  ref: string,
  more: { cwd?: string; stack?: string; lanes?: string[]; env?: Record<string, string | undefined> } = {},
) => {
  const options = { ref, stack: more.stack ?? 'shop', cwd: more.cwd ?? repo, env: more.env ?? env };
  const { read, unread } = await rulesFromCommit(options);
  return loadRuleset({ ...options, classNames: CLASS_NAMES, read, unread, ...(more.lanes ? { lanes: more.lanes } : {}) });
};

beforeAll(() => {
  mkdirSync(repo);
  git('init', '-q', '-b', 'main');
  write('inlane.yaml', rules('org', 'committed', 'extends: [shared/org.yaml]\n'));
  write('shared/org.yaml', rules('org', 'shared'));
  write('shop/inlane.yaml', rules('project', 'shop'));
  write('shop/main.tf', '');
  git('add', '.');
  git('commit', '-q', '-m', 'rules');
  git('tag', 'good');
  // What a pull request might do: loosen a file, drop one, add one.
  write('inlane.yaml', rules('org', 'loosened'));
  write('shared/org.yaml', rules('org', 'loosened-too'));
  rmSync(join(repo, 'shop/inlane.yaml'));
  write('untracked.yaml', rules('org', 'untracked'));
});
afterAll(done);

test('lane files and what they extend come from the commit', async () => {
  for (const ref of ['main', 'good', 'HEAD', 'refs/heads/main', git('rev-parse', 'HEAD')]) {
    const { ruleset } = await load(ref);
    expect(ruleset.grants.map((g) => [g.id, g.at.file])).toEqual([
      ['committed', 'inlane.yaml'],
      ['shared', 'shared/org.yaml'],
      ['shop', 'shop/inlane.yaml'],
    ]);
  }
  expect((await load('main', { lanes: ['inlane.yaml'] })).ruleset.grants.map((g) => g.id)).toEqual(['committed', 'shared']);
});

test('variables that point git elsewhere have no effect', async () => {
  const { ruleset } = await load('main', {
    env: { ...env, GIT_DIR: '/nonexistent', GIT_WORK_TREE: '/', GIT_OBJECT_DIRECTORY: '/nonexistent' },
  });
  expect(ruleset.grants).toHaveLength(3);
});

test('a replaced object is not read', async () => {
  const evil = execFileSync('git', ['-C', repo, 'hash-object', '-w', '--stdin'], {
    env,
    encoding: 'utf8',
    input: rules('org', 'evil'),
  }).trim();
  git('replace', git('rev-parse', 'main:inlane.yaml'), evil);
  try {
    expect((await load('main')).ruleset.grants.map((g) => g.id)).toContain('committed');
  } finally {
    git('replace', '-d', git('--no-replace-objects', 'rev-parse', 'main:inlane.yaml'));
  }
});

test.each([
  '',
  '-h',
  '--output=owned',
  '--upload-pack=touch owned',
  '^main',
  'main..good',
  'main:inlane.yaml',
  'main good',
  'a\nb',
  ':/rules',
  'main*',
])('reference %j is refused before git sees it', async (ref) => {
  expect(await failure(load(ref))).toMatchObject({ code: 'usage', message: expect.stringMatching(/is no git reference/) });
  expect(existsSync(join(repo, 'owned'))).toBe(false);
});

test('an unknown reference', async () => {
  expect(await failure(load('nowhere'))).toMatchObject({ code: 'usage', message: 'no commit `nowhere` in this repository' });
  expect(await failure(load(git('rev-parse', 'main:inlane.yaml')))).toMatchObject({ code: 'usage' });
});

describe('a lane file that the commit lacks', () => {
  const removed = (...names: string[]) => {
    for (const name of names) rmSync(join(repo, name), { recursive: true, force: true });
  };

  test('and git does not track is an error: it would be rules lost in silence', async () => {
    write('shop/cart/inlane.yaml', rules('component', 'cart'));
    try {
      expect(await failure(load('main', { stack: 'shop/cart' }))).toMatchObject({
        code: 'lanes-missing',
        message: '`shop/cart/inlane.yaml` is untracked, so that it would not apply: the rules are read from `main`',
        hint: 'commit it and let it be merged, or take it away',
      });
      // Not on the way to this stack.
      expect((await load('main')).diagnostics).toEqual([]);
      // Named files are all there is.
      expect((await load('main', { stack: 'shop/cart', lanes: ['inlane.yaml'] })).diagnostics).toEqual([]);
    } finally {
      removed('shop/cart');
    }
  });

  test('an ignored one is untracked, too, and so are a dangling link and a link to a file', async () => {
    mkdirSync(join(repo, 'shop/cart'), { recursive: true });
    write('.git/info/exclude', 'cart\n');
    const file = join(repo, 'shop/cart/inlane.yaml');
    try {
      for (const make of [
        () => write('shop/cart/inlane.yaml', rules('component', 'cart')),
        () => symlinkSync('/nonexistent', file),
        () => symlinkSync('../../untracked.yaml', file),
      ]) {
        make();
        expect(await failure(load('main', { stack: 'shop/cart' }))).toMatchObject({ code: 'lanes-missing' });
        rmSync(file);
      }
    } finally {
      write('.git/info/exclude', '');
      removed('shop/cart');
    }
  });

  test('and a pull request adds is a warning, whether it is committed or staged', async () => {
    write('shop/cart/inlane.yaml', rules('component', 'cart'));
    const warning = {
      message: '`shop/cart/inlane.yaml` is not in `good`, so it does not apply',
      at: null,
      hint: 'it will once it is merged',
    };
    git('add', 'shop/cart/inlane.yaml');
    const staged = await load('good', { stack: 'shop/cart' });
    expect(staged.diagnostics).toEqual([warning]);
    expect(staged.ruleset.grants.map((g) => g.id)).toEqual(['committed', 'shared', 'shop']);
    git('commit', '-q', '-m', 'a lower file', 'shop/cart/inlane.yaml');
    try {
      expect((await load('good', { stack: 'shop/cart' })).diagnostics).toEqual([warning]);
      const merged = await load('HEAD', { stack: 'shop/cart' });
      expect(merged.diagnostics).toEqual([]);
      expect(merged.ruleset.grants.map((g) => g.id)).toEqual(['committed', 'shared', 'shop', 'cart']);
      // Taken away again in the working tree: the commit still rules.
      rmSync(join(repo, 'shop/cart/inlane.yaml'));
      expect((await load('HEAD', { stack: 'shop/cart' })).ruleset.grants).toHaveLength(4);
    } finally {
      git('reset', '-q', 'good');
      removed('shop/cart');
    }
  });

  test('from a folder below the root, and in a linked working tree', async () => {
    const linked = join(base, 'linked');
    git('worktree', 'add', '-q', '--detach', linked, 'good');
    try {
      mkdirSync(join(linked, 'shop/cart'));
      writeFileSync(join(linked, 'shop/cart/inlane.yaml'), rules('component', 'cart'));
      expect(await failure(load('good', { cwd: join(linked, 'shop'), stack: 'cart' }))).toMatchObject({
        code: 'lanes-missing',
        message: '`cart/inlane.yaml` is untracked, so that it would not apply: the rules are read from `good`',
      });
    } finally {
      git('worktree', 'remove', '--force', linked);
    }
  });
});

test('a reference that a shallow clone lacks', async () => {
  const clone = join(base, 'clone');
  git('commit', '-q', '--allow-empty', '-m', 'later');
  execFileSync('git', ['clone', '-q', '--depth=1', `file://${repo}`, clone], { env });
  expect((await failure(load('origin/next', { cwd: clone }))).hint).toBe(
    'fetch it first, for example `git fetch --depth=1 origin next:refs/remotes/origin/next`',
  );
  const error = await failure(load('good', { cwd: clone }));
  expect(error).toMatchObject({
    code: 'usage',
    message: 'no commit `good` in this shallow clone',
    hint: expect.stringContaining('git fetch'),
  });
});

test('an untracked file, a symbolic link, a directory, a path outside', async () => {
  expect(await failure(load('main', { lanes: ['untracked.yaml'] }))).toMatchObject({
    code: 'io',
    hint: expect.stringMatching(/must stand in the commit/),
  });
  expect(await failure(load('main', { lanes: ['shared'] }))).toMatchObject({
    code: 'io',
    message: expect.stringMatching(/is no file at/),
  });
  expect(await failure(load('main', { lanes: ['../inlane.yaml'] }))).toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/outside the repository/),
  });
  symlinkSync('../untracked.yaml', join(repo, 'shop/inlane.yaml'));
  git('add', 'shop/inlane.yaml');
  git('commit', '-q', '-m', 'link');
  expect(await failure(load('HEAD'))).toMatchObject({ code: 'io', message: expect.stringMatching(/symbolic link/) });
});

test('no git, no repository', async () => {
  expect(await failure(load('main', { env: { PATH: join(base, 'empty') } }))).toMatchObject({
    code: 'io',
    message: 'cannot run `git`',
  });
  mkdirSync(join(base, 'bare'));
  expect(await failure(load('main', { cwd: join(base, 'bare'), stack: '.' }))).toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/in no git repository/),
  });
});
