import { describe, expect, it } from 'vitest';
import { shownMatrix, shownRules } from '../../../src/report/lanes/shown.ts';
import { EXAMPLE, EXAMPLE_SHOP, loadFiles } from '../../lanes/folder.ts';
import { rulesetOf } from './rules.ts';
import { fixtureRules, MATRIX } from './samples.ts';
import { expectShown, isShown } from './schema.ts';

describe('the object', () => {
  it('of the example in lanes.md 2 and the file below it', async () => {
    const { ruleset } = await loadFiles({ 'inlane.yaml': EXAMPLE, 'shop/inlane.yaml': EXAMPLE_SHOP }, 'shop');
    const shown = shownRules(ruleset, Date.UTC(2026, 10, 20, 8));
    expectShown(shown);
    expect(shown).toMatchObject({
      format: 'inlane-lanes/1',
      tool: { name: 'inlane' },
      now: '2026-11-20T08:00:00Z',
      files: [
        { path: expect.stringMatching(/inlane\.yaml$/), level: 'org', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        { path: expect.stringMatching(/shop\/inlane\.yaml$/), level: 'project' },
      ],
      principals: { declared: true, people: 3, agents: 1, teams: 4 },
      tests: 2,
      observe_allowed: true,
    });
    const byKind = (kind: string) => shown.rules.filter((rule) => rule.kind === kind).map((rule) => rule.id);
    expect([...new Set(byKind('lane'))]).toEqual(['everyone', 'developer', 'database-migration', 'dev-agent', 'shop-oncall']);
    expect(byKind('lane')).toHaveLength(11);
    expect(byKind('guard')).toEqual(['no-prod-drop', 'agents-no-access']);
    expect(byKind('approval')).toEqual(['prod-review']);
    expect(byKind('freeze')).toEqual(['year-end']);
    expect(byKind('grant')).toEqual(['mig-4711']);
    expect(byKind('ceiling')).toEqual(['no-network', 'agents-small']);
    expect(shown.quotas).toMatchObject([{ id: 'agent-blast', limits: { destroy: 2, any: 100 } }]);
    expect(shown.never).toMatchObject([{ id: 'N1', even_with_approval: false }]);
    expect(shown.tiers?.map((tier) => [tier.name, tier.may.length])).toEqual([
      ['T0', 1],
      ['T1', 2],
      ['T2', 3],
    ]);
    expect(shown.attributes[0]).toMatchObject({
      name: 'environment',
      values: [
        { value: 'production', aliases: ['prod', 'live'] },
        { value: 'staging', aliases: ['stg'] },
        { value: 'development', aliases: ['dev'] },
      ],
      carriers: { aws: 'environment', google: '123456789012/environment' },
      required: { classes: null, on: ['create', 'replace', 'import'], enforce: true },
    });
    expect(shown.attributes[0]?.sources[3]).toEqual({ from: 'tag', name: 'environment', map: null });
    expect(shown.attributes[2]?.values).toBeNull();
    expect(shown.rules.find((rule) => rule.id === 'prod-review')).toMatchObject({
      at: expect.stringMatching(/inlane\.yaml:\d+:\d+$/),
      level: 'org',
      enforce: true,
      approval: { from: { team: 'sre' }, count: 1, not_by: ['author', 'delegator'] },
    });
    expect(shown.rules.find((rule) => rule.id === 'no-network')).toMatchObject({ level: 'project' });
  });

  it('rules that are observed only, plans that may pass, mirrors and the rest', async () => {
    const ruleset = await rulesetOf(`
lanes: {ops: {who: {team: sre}, partial: [incomplete]}, all: {who: anyone, partial: [errored], may: {do: read}}}
guards: [{id: g, deny: create, enforce: observe, why: because, ask: "#ops"}]
limits: {observe: false}
providers: {"corp.example/x/aws": hashicorp/aws}`);
    const shown = shownRules(ruleset);
    expectShown(shown);
    expect(shown.now).toBeUndefined();
    expect(shown.observe_allowed).toBe(false);
    expect(shown.providers).toEqual([{ mirror: 'corp.example/x/aws', provider: 'hashicorp/aws' }]);
    expect(shown.rules.map(({ kind, id, level, enforce, why, ask }) => [kind, id, level, enforce, why, ask])).toEqual([
      ['lane', 'all', 'org', true, null, null],
      ['partial', 'ops', null, true, null, null],
      ['partial', 'all', 'org', true, null, null],
      ['guard', 'g', 'org', false, 'because', '#ops'],
    ]);
    expect(shown.classes).toMatchObject([
      { name: 'graph-database', types: ['acme_graph_*'], is_a: 'database', refines: null, when: null },
      { name: 'customer-database', types: [], is_a: null, refines: 'database', when: 'data is confidential' },
      { name: 'paging', types: ['pagerduty_*', 'oncall_rota'], is_a: null, refines: null },
    ]);
  });

  it('spans say where they stand; both ends are half-open', async () => {
    const from = Date.UTC(2026, 11, 1, 8);
    const until = Date.UTC(2026, 11, 3, 8);
    const state = async (now?: number) => (await fixtureRules(now)).rules.find((rule) => rule.id === 'mig-4711')?.span;
    expect(await state()).toEqual({ from: '2026-12-01T08:00:00Z', until: '2026-12-03T08:00:00Z' });
    expect(await Promise.all([from - 1, from, until - 1, until].map(async (now) => (await state(now))?.state))).toEqual([
      'upcoming',
      'active',
      'active',
      'over',
    ]);
  });

  it('with a matrix; and what is not one is refused', async () => {
    const shown = { ...(await fixtureRules()), matrix: MATRIX };
    expectShown(shown);
    expect(isShown({ ...shown, matrix: { ...MATRIX, attribute: 3 } })).toBe(false);
    expect(isShown({ ...shown, format: 'inlane-lanes/2' })).toBe(false);
    expect(isShown({ ...shown, rules: [{ kind: 'lane' }] })).toBe(false);
  });
});

it('answers in any order become rows', () => {
  const cell = { operation: 'read', value: 'unknown', answer: 'allow', by: ['x'], on: [] } as const;
  const principal = { id: 'bot', kind: 'unknown', teams: 'unknown', tier: 'unknown', owner: null, assurance: 'none' } as const;
  const matrix = shownMatrix(
    principal,
    [
      { class: 'queue', ...cell },
      { class: 'stateful', ...cell, operation: 'create' },
      { class: 'queue', ...cell, operation: 'create', answer: 'no', by: [] },
    ],
    { attribute: null, values: ['unknown'], isCross: (name) => name === 'stateful' },
  );
  expect(matrix).toEqual({
    principal: { id: 'bot', kind: null, teams: null, tier: null, owner: null },
    attribute: null,
    values: ['unknown'],
    operations: ['create', 'read'],
    rows: [
      { class: 'queue', cross: false, cells: [cell, { ...cell, operation: 'create', answer: 'no', by: [] }] },
      { class: 'stateful', cross: true, cells: [{ ...cell, operation: 'create' }] },
    ],
  });
});
