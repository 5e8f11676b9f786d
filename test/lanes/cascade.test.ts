import { expect, test } from 'vitest';
import { loadRuleset } from '../../src/lanes/load.ts';
import { CLASS_NAMES, failure, folder, loadFiles } from './folder.ts';

const at = (level: string, rest = '') => `inlane: 1\nlevel: ${level}\n${rest}`;
const lane = (name: string) => `lanes: {${name}: {who: anyone, may: [{do: read}]}}\n`;
const places = async (promise: Promise<unknown>) => {
  const error = await failure(promise);
  expect(error.code).toBe('lanes-invalid');
  return error.problems.map((p) => `${p.at?.file}:${p.at?.line}:${p.at?.column} ${p.message}`);
};

test('every file from the stack up to the directory that holds .git, and none above', async () => {
  const { path, done } = folder({
    'inlane.yaml': 'not even: [a lane file',
    'repo/.git/HEAD': 'x',
    'repo/inlane.yaml': at('org', lane('a')),
    'repo/shop/inlane.yaml': at('project', lane('b')),
    'repo/shop/api/prod/inlane.yaml': at('component', lane('c')),
  });
  try {
    const load = (stack: string) => loadRuleset({ stack, cwd: path, classNames: CLASS_NAMES });
    const { ruleset } = await load('repo/shop/api/prod');
    expect(ruleset.files.map((f) => `${f.level} ${f.path}`)).toEqual([
      'org repo/inlane.yaml',
      'project repo/shop/inlane.yaml',
      'component repo/shop/api/prod/inlane.yaml',
    ]);
    expect(ruleset.grants.map((g) => [g.id, g.level])).toEqual([
      ['a', 'org'],
      ['b', 'project'],
      ['c', 'component'],
    ]);
    expect((await load('repo/shop')).ruleset.files).toHaveLength(2);
  } finally {
    done();
  }
});

test('without .git only the stack directory, with a warning', async () => {
  const { path, done } = folder({ 'inlane.yaml': at('org'), 'sub/inlane.yaml': at('org', lane('own')) });
  try {
    const { ruleset, diagnostics } = await loadRuleset({ stack: 'sub', cwd: path, classNames: CLASS_NAMES });
    expect(ruleset.files.map((f) => f.path)).toEqual(['sub/inlane.yaml']);
    expect(diagnostics).toMatchObject([{ at: null, message: expect.stringMatching(/no git repository/) }]);
  } finally {
    done();
  }
});

test('no lane file at all', async () => {
  const error = await failure(loadFiles({}, 'a/b'));
  expect(error).toMatchObject({ code: 'lanes-missing', hint: expect.stringContaining('`inlane init`') });
});

test('a stack that is no directory', async () => {
  const { path, done } = folder({ '.git/HEAD': 'x', 'inlane.yaml': at('org'), 'main.tf': '' });
  try {
    for (const stack of ['nowhere', 'main.tf'])
      expect(await failure(loadRuleset({ stack, cwd: path, classNames: CLASS_NAMES }))).toMatchObject({ code: 'usage' });
  } finally {
    done();
  }
});

test('inlane.yml is not passed over in silence', async () => {
  expect(await places(loadFiles({ 'inlane.yaml': at('org'), 'sub/inlane.yml': at('project') }, 'sub'))).toEqual([
    'sub/inlane.yml:1:1 `inlane.yml` is not a name that is read',
  ]);
  expect(await places(loadFiles({ 'inlane.yml': at('org') }))).toEqual([
    'inlane.yml:1:1 `inlane.yml` is not a name that is read',
  ]);
});

test('levels descend strictly', async () => {
  expect(
    await places(
      loadFiles({ 'inlane.yaml': at('org'), 'a/inlane.yaml': at('environment'), 'a/b/inlane.yaml': at('environment') }, 'a/b'),
    ),
  ).toEqual(['a/b/inlane.yaml:2:8 level environment below `a/inlane.yaml` of level environment']);
  expect(
    await places(
      loadFiles({ 'inlane.yaml': at('org'), 'a/inlane.yaml': at('component'), 'a/b/inlane.yaml': at('project') }, 'a/b'),
    ),
  ).toEqual(['a/b/inlane.yaml:2:8 level project below `a/inlane.yaml` of level component']);
});

test('the topmost file, found or extended, is of level org', async () => {
  expect(await places(loadFiles({ 'inlane.yaml': at('project') }))).toEqual([
    'inlane.yaml:2:8 the topmost lane file must be of level org',
  ]);
  const { ruleset } = await loadFiles({
    'inlane.yaml': at('project', 'extends: [shared/org.yaml]\n'),
    'shared/org.yaml': at('org', lane('a')),
  });
  expect(ruleset.files.map((f) => f.path)).toEqual(['shared/org.yaml', 'inlane.yaml']);
  // A nested checkout holds its own .git: the org file above it is out of sight, so it must not pass.
  const nested = { 'inlane.yaml': at('org'), 'vendor/.git/HEAD': 'x', 'vendor/inlane.yaml': at('project') };
  expect(await places(loadFiles(nested, 'vendor'))).toEqual([
    'vendor/inlane.yaml:2:8 the topmost lane file must be of level org',
  ]);
});

test('extends: the same or a higher level, relative to the file, each file once', async () => {
  expect(await places(loadFiles({ 'inlane.yaml': at('org', 'extends: [low.yaml]\n'), 'low.yaml': at('project') }))).toEqual([
    'inlane.yaml:3:11 `low.yaml` is of level project, which is below org',
  ]);
  const { ruleset } = await loadFiles({
    'inlane.yaml': at('org', 'extends: [shared/a.yaml, shared/b.yaml]\n'),
    'shared/a.yaml': at('org', `extends: [b.yaml]\n${lane('a')}`),
    'shared/b.yaml': at('org', `extends: [a.yaml, ../inlane.yaml]\n${lane('b')}`),
  });
  expect(ruleset.files.map((f) => f.path)).toEqual(['inlane.yaml', 'shared/a.yaml', 'shared/b.yaml']);
  expect(ruleset.grants.map((g) => g.id)).toEqual(['a', 'b']);
});

test('a file that only lower files extend speaks at their level', async () => {
  const files = (own: string) => ({
    'inlane.yaml': at('org', 'ceilings: [{id: cap, may: [{do: read}]}]\n'),
    'shop/inlane.yaml': at('project', 'extends: [../mine.yaml]\n'),
    'mine.yaml': at('org', own),
  });
  const { ruleset } = await loadFiles(files(lane('a')), 'shop');
  expect(ruleset.grants.map((g) => [g.id, g.level])).toEqual([['a', 'project']]);
  expect(await places(loadFiles(files('principals: {teams: {t: []}}\nlimits: {observe: true}\n'), 'shop'))).toEqual([
    'mine.yaml:3:1 `principals` stands at org level only',
    'mine.yaml:4:1 `limits` stands at org level only',
  ]);
  expect(await places(loadFiles(files('classes: {c: {is_a: helper, types: ["aws_db_*"]}}\n'), 'shop'))).toEqual([
    'mine.yaml:3:15 `is_a` stands at org level only',
  ]);
});

test('org-only sections below org', async () => {
  const below = (rest: string) => loadFiles({ 'inlane.yaml': at('org'), 'a/inlane.yaml': at('project', rest) }, 'a');
  for (const section of [
    'attributes: {e: {values: [a]}}',
    'principals: {teams: {}}',
    'limits: {observe: true}',
    'providers: {"a.example/b/c": hashicorp/aws}',
  ]) {
    expect(await places(below(`${section}\n`))).toEqual([
      `a/inlane.yaml:3:1 \`${section.split(':')[0]}\` stands at org level only`,
    ]);
  }
  await expect(
    below('classes: {c: {types: [x]}}\noperations: {o: [read]}\npaths: {p: [x]}\nscope: {account: "1"}\n'),
  ).resolves.toBeDefined();
});

test('a name defined twice is an error in the lower file', async () => {
  const twice = (section: string, column: number, said: string) =>
    loadFiles({ 'inlane.yaml': at('org', section), 'a/inlane.yaml': at('project', section) }, 'a').then(
      () => expect.unreachable(),
      (error) =>
        expect(error.problems.map((p: { at: object; message: string }) => [p.at, p.message])).toEqual([
          [{ file: 'a/inlane.yaml', line: 3, column }, `${said} is defined twice`],
        ]),
    );
  await twice('classes: {c: {types: [x]}}\n', 11, 'class `c`');
  await twice('operations: {o: [read]}\n', 14, 'operation group `o`');
  await twice('paths: {p: [x]}\n', 9, 'path set `p`');
  await twice(lane('l'), 9, 'lane `l`');
  await twice('guards: [{id: g, deny: read}]\n', 11, 'guard `g`');
  await twice('quotas: [{id: q, per_plan: {any: 1}}]\n', 11, 'quota `q`');
  await twice('ceilings: [{id: c, may: []}]\n', 13, 'ceiling `c`');
  await twice('freezes: [{id: f, deny: read, until: "2026-01-01T00:00:00Z"}]\n', 12, 'freeze `f`');
  await twice(
    'grants: [{id: t, who: anyone, may: {do: read}, from: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:00Z"}]\n',
    11,
    'grant `t`',
  );
  await twice('never: [{id: n, do: read}]\n', 10, 'never `n`');
  // Per kind: a guard and a quota may share an id.
  await expect(
    loadFiles({ 'inlane.yaml': at('org', 'guards: [{id: x, deny: read}]\nquotas: [{id: x, per_plan: {any: 1}}]\n') }),
  ).resolves.toBeDefined();
});

test('a file does not see names of lower files, so that they cannot change what it says', async () => {
  const org = at('org', 'lanes: {l: {who: anyone, may: [{do: update, changes: {only: wide}}]}}\n');
  const { ruleset } = await loadFiles({ 'inlane.yaml': org, 'a/inlane.yaml': at('project', 'paths: {wide: ["**"]}\n') }, 'a');
  const when = ruleset.grants[0]?.when;
  expect(when).toMatchObject({ of: [{}, { op: 'changes', paths: [{ text: 'wide' }] }] });
  const grouped = {
    'inlane.yaml': at('org', 'lanes: {l: {who: anyone, may: [{do: mine}]}}\n'),
    'a/inlane.yaml': at('project', 'operations: {mine: [destroy]}\n'),
  };
  expect(await places(loadFiles(grouped, 'a'))).toEqual(['inlane.yaml:3:37 unknown operation `mine`']);
});

test('files given by --lanes: only these and what they extend, in any order', async () => {
  const files = {
    'inlane.yaml': at('org', lane('root')),
    'x/org.yaml': at('org', lane('a')),
    'x/low.yaml': at('component', lane('b')),
  };
  for (const lanes of [
    ['x/org.yaml', 'x/low.yaml'],
    ['x/low.yaml', 'x/org.yaml', './x/low.yaml'],
  ]) {
    const { ruleset } = await loadFiles(files, '.', lanes);
    expect(ruleset.files.map((f) => f.path)).toEqual(['x/org.yaml', 'x/low.yaml']);
    expect(ruleset.grants.map((g) => g.id)).toEqual(['a', 'b']);
  }
  expect(await places(loadFiles(files, '.', ['x/low.yaml']))).toEqual([
    'x/low.yaml:2:8 the topmost lane file must be of level org',
  ]);
  expect(await failure(loadFiles(files, '.', ['x/none.yaml']))).toMatchObject({
    code: 'io',
    message: 'no lane file at `x/none.yaml`',
  });
  expect(await failure(loadFiles(files, '.', ['x']))).toMatchObject({ code: 'io' });
});

test('problems of several files come in the order of the cascade', async () => {
  const files = {
    'inlane.yaml': at('org', 'guards: [{id: g, deny: reed}]\n'),
    'a/inlane.yaml': at('project', 'guards: [{id: h, deny: reed}]\n'),
  };
  expect((await places(loadFiles(files, 'a'))).map((p) => p.split(' ')[0])).toEqual(['inlane.yaml:3:24', 'a/inlane.yaml:3:24']);
});

test('a grant as long as limits.max_grant passes; enforce: observe, limits.observe, mirrors', async () => {
  const { ruleset } = await loadFiles({
    'inlane.yaml': at(
      'org',
      `limits: {max_grant: 2d, observe: false}
providers: {"corp.example/x/aws": registry.opentofu.org/hashicorp/aws}
grants: [{id: t, who: anyone, may: [{do: read}, {do: create}], from: "2026-11-20T08:00:00Z", until: "2026-11-22T09:00:00+01:00"}]
guards: [{id: g, deny: destroy, enforce: observe}]
attributes: {e: {values: [a], tag: e, required: {enforce: observe}}}
`,
    ),
  });
  expect(ruleset.grants.map((g) => g.id)).toEqual(['t', 't']);
  expect(ruleset.observeAllowed).toBe(false);
  expect(ruleset.providers).toEqual(new Map([['corp.example/x/aws', 'hashicorp/aws']]));
  expect(ruleset.denies[0]?.enforce).toBe(false);
  expect(ruleset.attributes.get('e')?.required?.enforce).toBe(false);
  expect(ruleset.tiers).toBeNull();
  expect(ruleset.registry.declared).toBe(false);
});

test('partial of a lane, not in a scoped file', async () => {
  const partial = 'lanes: {l: {who: {kind: human}, partial: [incomplete, errored]}}\n';
  const { ruleset } = await loadFiles({ 'inlane.yaml': at('org', partial) });
  expect(ruleset.partial).toMatchObject([{ lane: 'l', states: new Set(['incomplete', 'errored']) }]);
  expect(
    await places(
      loadFiles({ 'inlane.yaml': at('org'), 'a/inlane.yaml': at('project', `scope: {account: "1"}\n${partial}`) }, 'a'),
    ),
  ).toEqual(['a/inlane.yaml:4:33 `partial` in a file with a `scope`']);
});

test('matchers and reserved spellings', async () => {
  const guard = async (body: string) =>
    (
      await loadFiles({
        'inlane.yaml': at(
          'org',
          `attributes: {e: {values: {production: [prod]}, tag: e}}\nguards: [{id: g, deny: read, ${body}}]\n`,
        ),
      })
    ).ruleset.denies[0]?.when;
  const fact = async (body: string) => ((await guard(body)) as unknown as { of: unknown[] }).of[1];
  expect(await fact('e: prod')).toEqual({ op: 'fact', key: 'e', test: { is: 'equals', value: 'production' } });
  expect(await fact('module: null')).toEqual({ op: 'fact', key: 'module', test: { is: 'equals', value: null } });
  expect(await fact('attr.size: {gt: 5, lte: 10}')).toEqual({
    op: 'fact',
    key: 'attr.size',
    test: { is: 'compare', gt: 5, lte: 10 },
  });
  expect(await fact('now: {gte: "2026-01-01T00:00:00Z"}')).toMatchObject({ test: { gte: { instant: Date.UTC(2026, 0, 1) } } });
  expect(await fact('type: {all: [{glob: "aws_*"}, {not: {any: [a, b]}}]}')).toMatchObject({
    test: { is: 'all', of: [{ is: 'glob' }, { is: 'not', of: { is: 'any' } }] },
  });
  expect(await fact('"tag.a.b/c": {exists: false}')).toEqual({
    op: 'fact',
    key: 'tag.a.b/c',
    test: { is: 'exists', want: false },
  });
  expect(await fact('"attr.labels[\\"a.b\\"]": x')).toMatchObject({ key: 'attr.labels["a.b"]' });
  expect(await fact('successor: {same: [e, tag.x], type: any}')).toEqual({
    op: 'successor',
    test: { want: 'present', same: ['e', 'tag.x'], anyType: true },
  });
  expect(await fact('successor: absent')).toEqual({ op: 'successor', test: { want: 'absent', same: [], anyType: false } });
  expect(await fact('who: {owner: {same_as: tag.owner}}')).toEqual({
    op: 'fact',
    key: 'who.owner',
    test: { is: 'same_as', key: 'tag.owner' },
  });
  expect(await guard('who: anyone')).toEqual({ op: 'do', operations: new Set(['read']) });
});
