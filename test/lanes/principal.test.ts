import { describe, expect, test } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import { principalFact, resolvePrincipal, resolvePrincipalFor } from '../../src/lanes/principal.ts';
import type { Registry } from '../../src/lanes/registry.ts';
import { loadText } from './folder.ts';

const { registry } = await loadText(`inlane: 1
level: org
principals:
  teams: {developers: [dana, erin], orders: [dana], empty: []}
  people: {dana: {github: "1234567", gitlab: "77"}, erin: {github: "2345678"}, sam: {}}
  agents: {upgrader: {owner: dana, tier: T2, teams: [orders]}, plain: {}}
  tiers: {T2: [{do: read}]}
`);
const NONE: Registry = { declared: false, teams: new Map(), people: new Map(), agents: new Map() };
const ANONYMOUS = ['anonymous', 'unknown', 'unknown', 'unknown', 'unknown', 'none'];

type Row = readonly [as: string | undefined, env: Record<string, string>, registry: Registry, expected: readonly unknown[]];
const ROWS: readonly Row[] = [
  ['dana', {}, registry, ['dana', 'human', ['developers', 'orders'], null, null, 'asserted']],
  ['sam', {}, registry, ['sam', 'human', [], null, null, 'asserted']],
  ['mallory', {}, registry, ['mallory', 'unknown', 'unknown', 'unknown', 'unknown', 'asserted']],
  ['mallory', {}, NONE, ['mallory', 'human', 'unknown', null, null, 'asserted']],
  ['upgrader', {}, registry, ['upgrader', 'unknown', 'unknown', 'unknown', 'unknown', 'asserted']],
  ['agent:upgrader', {}, registry, ['upgrader', 'agent', ['orders'], 'T2', 'dana', 'asserted']],
  ['agent:plain', {}, registry, ['plain', 'agent', [], null, null, 'asserted']],
  ['agent:stranger', {}, registry, ['stranger', 'agent', 'unknown', 'unknown', 'unknown', 'asserted']],
  ['agent:dana', {}, registry, ['dana', 'agent', 'unknown', 'unknown', 'unknown', 'asserted']],
  ['agent:x', {}, NONE, ['x', 'agent', 'unknown', 'unknown', 'unknown', 'asserted']],
  ['ci:deploy', {}, registry, ['deploy', 'ci', 'unknown', 'unknown', 'unknown', 'asserted']],
  ['ci:upgrader', {}, registry, ['upgrader', 'ci', 'unknown', 'unknown', 'unknown', 'asserted']],
  ['anonymous', {}, registry, ANONYMOUS],
  [
    'dana',
    { INLANE_AS: 'agent:upgrader', GITHUB_ACTOR_ID: '2345678' },
    registry,
    ['dana', 'human', ['developers', 'orders'], null, null, 'asserted'],
  ],
  [
    undefined,
    { INLANE_AS: 'agent:upgrader', GITHUB_ACTOR_ID: '2345678' },
    registry,
    ['upgrader', 'agent', ['orders'], 'T2', 'dana', 'asserted'],
  ],
  [undefined, { INLANE_AS: '', GITHUB_ACTOR_ID: '2345678' }, registry, ['erin', 'human', ['developers'], null, null, 'host']],
  [undefined, { GITLAB_USER_ID: '77' }, registry, ['dana', 'human', ['developers', 'orders'], null, null, 'host']],
  // The number counts, never the name, which can be renamed; and each host has its own numbers.
  [undefined, { GITHUB_ACTOR: 'dana' }, registry, ANONYMOUS],
  [undefined, { GITHUB_ACTOR_ID: '77' }, registry, ANONYMOUS],
  [undefined, { GITHUB_ACTOR_ID: '1234567' }, NONE, ANONYMOUS],
  [undefined, {}, registry, ANONYMOUS],
  [undefined, {}, NONE, ANONYMOUS],
];

test.each(ROWS)('%s with %o', (as, env, known, expected) => {
  const p = resolvePrincipal(as, env, known);
  expect([p.id, p.kind, p.teams, p.tier, p.owner, p.assurance]).toEqual(expected);
});

test.each([
  '',
  'agent:',
  'ci:',
  ':x',
  'agent:a b',
  'Agent:x',
  'human:dana',
  'robot:x',
  'agent:x:y',
  'a\nb',
  'a\u202eb',
  'x'.repeat(201),
])('bad spelling %j', (as) => {
  for (const resolve of [() => resolvePrincipal(as, {}, registry), () => resolvePrincipalFor(as, {}, registry)]) {
    try {
      resolve();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InlaneError);
      expect((error as InlaneError).code).toBe('usage');
      expect((error as InlaneError).message).not.toMatch(/[\n\u202e]/);
      expect((error as InlaneError).hint).not.toBeNull();
    }
  }
});

test('two hosts that name two people', () => {
  expect(() => resolvePrincipal(undefined, { GITHUB_ACTOR_ID: '2345678', GITLAB_USER_ID: '77' }, registry)).toThrow(
    /`erin`.*`dana`/,
  );
});

test('--for names a person', () => {
  expect(resolvePrincipalFor(undefined, {}, registry)).toBeNull();
  expect(resolvePrincipalFor('erin', {}, registry)).toMatchObject({ id: 'erin', kind: 'human', teams: ['developers'] });
  expect(resolvePrincipalFor(undefined, { INLANE_FOR: 'nobody' }, registry)).toMatchObject({ id: 'nobody', kind: 'unknown' });
  expect(() => resolvePrincipalFor('agent:upgrader', {}, registry)).toThrow(/is no person/);
});

describe('facts', () => {
  const fact = (as: string | undefined, key: string, known = registry) =>
    principalFact(resolvePrincipal(as, {}, known), `who.${key}`).state;
  test('of a person', () => {
    expect(fact('dana', 'kind')).toEqual({ kind: 'value', value: 'human' });
    expect(fact('dana', 'id')).toEqual({ kind: 'value', value: 'dana' });
    expect(fact('dana', 'assurance')).toEqual({ kind: 'value', value: 'asserted' });
    expect(fact('dana', 'team')).toEqual({
      kind: 'members',
      members: new Map([
        ['developers', true],
        ['orders', true],
      ]),
      open: null,
    });
    expect(fact('sam', 'team')).toEqual({ kind: 'members', members: new Map(), open: null });
    expect(fact('dana', 'tier')).toEqual({ kind: 'absent' });
    expect(fact('dana', 'owner')).toEqual({ kind: 'absent' });
  });
  test('of an agent', () => {
    expect(fact('agent:upgrader', 'tier')).toEqual({ kind: 'value', value: 'T2' });
    expect(fact('agent:upgrader', 'owner')).toEqual({ kind: 'value', value: 'dana' });
    expect(fact('agent:plain', 'tier')).toEqual({ kind: 'absent' });
    for (const key of ['team', 'tier', 'owner'])
      expect(fact('agent:stranger', key)).toMatchObject({ kind: 'unknown', why: expect.stringContaining('agent:stranger') });
  });
  test('of nobody known', () => {
    for (const key of ['kind', 'team', 'tier', 'owner']) {
      expect(fact(undefined, key)).toMatchObject({ kind: 'unknown', why: expect.stringContaining('--as') });
      expect(fact('mallory', key)).toMatchObject({ kind: 'unknown', why: expect.stringContaining('mallory') });
    }
    expect(fact(undefined, 'id')).toEqual({ kind: 'value', value: 'anonymous' });
    expect(fact(undefined, 'assurance')).toEqual({ kind: 'value', value: 'none' });
    expect(fact('mallory', 'team', NONE)).toMatchObject({ kind: 'unknown' });
  });
});

test('without `people` the members of teams are the people', async () => {
  const { registry: teamsOnly } = await loadText('inlane: 1\nlevel: org\nprincipals: {teams: {sre: [sam]}}\n');
  expect(resolvePrincipal('sam', {}, teamsOnly)).toMatchObject({ kind: 'human', teams: ['sre'] });
  expect(resolvePrincipal('dana', {}, teamsOnly)).toMatchObject({ kind: 'unknown' });
});
