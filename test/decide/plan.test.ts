import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadClasses } from '../../providers/classes.ts';
import { classifyPlan } from '../../src/classify/classify.ts';
import type { PlanDecision } from '../../src/decide/decision.ts';
import { decidePlan } from '../../src/decide/plan.ts';
import { loadRuleset } from '../../src/lanes/load.ts';
import { resolvePrincipal, resolvePrincipalFor } from '../../src/lanes/principal.ts';
import { parsePlan } from '../../src/plan/read.ts';
import { contextOf, priorOf, type RowParts, row } from '../classify/planned.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inlane-decide-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const HEAD = `
inlane: 1
level: org
attributes:
  environment: {values: {production: [prod], development: []}, from: [{tag: environment}], tag: environment}
  service: {values: any, from: [{tag: service}], tag: service}
principals:
  teams: {developers: [dana], dba: [erin], sre: [sam]}
  people: {dana: {}, erin: {}, sam: {}}
  agents: {bot: {owner: dana, tier: T1, teams: []}, free: {owner: dana, teams: []}}
`;
const TIERS = '  tiers: {T1: [{do: create, environment: development}]}\n';
const ALL = 'lanes: {all: {who: anyone, may: [{do: [create, read, update, destroy, import, move, forget, reclassify, invoke]}]}}';

interface Case {
  readonly rules: string;
  readonly tiers?: boolean;
  readonly rows: readonly RowParts[];
  readonly plan?: Record<string, unknown>;
  readonly as?: string;
  readonly for?: string;
  readonly now?: string;
}

async function decide(c: Case): Promise<PlanDecision> {
  const file = join(folder, 'inlane.yaml');
  writeFileSync(file, HEAD + (c.tiers ? TIERS : '') + c.rules);
  const { ruleset } = await loadRuleset({ lanes: [file], stack: '.', cwd: folder, classNames: new Set(loadClasses().keys()) });
  const planned = c.rows.map((parts, i) => row({ name: `r${i}`, ...parts }));
  const text = JSON.stringify({
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: {},
    resource_changes: planned,
    configuration: { root_module: {} },
    prior_state: priorOf(planned),
    ...c.plan,
  });
  const catalog = { acme_db: { class: 'database', also: ['stateful'], identity: ['name'] } };
  const world = contextOf({ catalog });
  const classified = classifyPlan(parsePlan(new TextEncoder().encode(text), 'plan.json'), {
    ...world,
    attributes: ruleset.attributes,
    classes: ruleset.classes,
  });
  const rows = [...classified.rows()];
  const as = resolvePrincipal(c.as ?? 'dana', {}, ruleset.registry);
  const on = resolvePrincipalFor(c.for, {}, ruleset.registry);
  return decidePlan({
    plan: classified,
    rows,
    ruleset,
    principals: on === null ? [as] : [as, on],
    context: { now: Date.parse(c.now ?? '2026-11-20T12:00:00Z'), repository: null, ref: null, event: null },
    verdictsOfOthers: new Map(),
  });
}

/** The verdict, then the reasons of the first decision of the first row. */
async function verdict(c: Case): Promise<string> {
  const decision = await decide(c);
  const reasons = (decision.rows[0]?.decisions ?? []).flatMap((d) =>
    d.because.filter((r) => !r.observed || d.verdict === 'allow').map((r) => r.id ?? r.kind),
  );
  return [decision.verdict, ...new Set(reasons)].join(' ');
}

const tags = (environment: string) => ({ name: 'x', tags: { environment, service: 'orders' } });
const create = (environment: string): RowParts => ({ actions: ['create'], after: tags(environment) });
const destroy = (environment: string): RowParts => ({ actions: ['delete'], before: tags(environment) });

describe('decisions of a plan', () => {
  it.each<[string, Case, string]>([
    ['no lane: denied', { rules: 'lanes: {}', rows: [create('production')] }, 'deny no-lane'],
    ['a lane: allowed', { rules: ALL, rows: [create('production')] }, 'allow all'],
    [
      'a guard wins over every lane',
      { rules: `${ALL}\nguards: [{id: g, deny: create, environment: production}]`, rows: [create('production')] },
      'deny g',
    ],
    [
      'a guard for another environment',
      { rules: `${ALL}\nguards: [{id: g, deny: create, environment: production}]`, rows: [create('development')] },
      'allow all',
    ],
    [
      'a guard on an unknown fact denies',
      {
        rules: `${ALL}\nguards: [{id: g, deny: create, environment: production}]`,
        rows: [{ actions: ['create'], after: { name: 'x' }, afterUnknown: { tags: true } }],
      },
      'deny g',
    ],
    [
      'an untagged object is not "not production"',
      {
        rules: 'lanes: {l: {who: anyone, may: [{do: create, environment: {not: production}}]}}',
        rows: [{ actions: ['create'], after: { name: 'x', tags: {} } }],
      },
      'deny l',
    ],
    [
      'an approval',
      {
        rules: `${ALL}\nguards: [{id: r, require: {approval: {from: {team: sre}}}, do: destroy}]`,
        rows: [destroy('production')],
      },
      'needs-approval all r',
    ],
    [
      'an approval never helps where no lane grants',
      {
        rules: 'lanes: {}\nguards: [{id: r, require: {approval: {from: {team: sre}}}, do: destroy}]',
        rows: [destroy('production')],
      },
      'deny no-lane',
    ],
    [
      'an observed guard is told and has no effect',
      { rules: `${ALL}\nguards: [{id: g, deny: create, enforce: observe}]`, rows: [create('production')] },
      'allow all g',
    ],
    [
      'a ceiling caps a grant',
      { rules: `${ALL}\nceilings: [{id: c, may: [{do: read}]}]`, rows: [create('production')] },
      'deny c',
    ],
    [
      'a ceiling for others does not',
      { rules: `${ALL}\nceilings: [{id: c, who: {kind: agent}, may: [{do: read}]}]`, rows: [create('production')] },
      'allow all',
    ],
    [
      'all ceilings must hold',
      { rules: `${ALL}\nceilings: [{id: c, may: [{do: create}]}, {id: d, may: [{do: read}]}]`, rows: [create('production')] },
      'deny d',
    ],
  ])('%s', async (_, c, expected) => {
    expect(await verdict(c)).toBe(expected);
  });

  it.each<[string, Case, string]>([
    ['a tier caps an agent', { rules: ALL, tiers: true, as: 'agent:bot', rows: [create('production')] }, 'deny T1'],
    ['and allows what it holds', { rules: ALL, tiers: true, as: 'agent:bot', rows: [create('development')] }, 'allow all'],
    [
      'a tier grants nothing',
      { rules: 'lanes: {}', tiers: true, as: 'agent:bot', rows: [create('development')] },
      'deny no-lane',
    ],
    [
      'an agent without a tier is capped at nothing',
      { rules: ALL, tiers: true, as: 'agent:free', rows: [create('development')] },
      'deny tier',
    ],
    ['an unregistered agent too', { rules: ALL, tiers: true, as: 'agent:stranger', rows: [create('development')] }, 'deny tier'],
    ['without tiers agents are not capped', { rules: ALL, as: 'agent:stranger', rows: [create('production')] }, 'allow all'],
    ['people have no tier', { rules: ALL, tiers: true, rows: [create('production')] }, 'allow all'],
    [
      'nobody in particular may be an agent',
      { rules: ALL, tiers: true, as: 'anonymous', rows: [create('production')] },
      'deny all',
    ],
  ])('%s', async (_, c, expected) => {
    expect(await verdict(c)).toBe(expected);
  });

  const FREEZE = `${ALL}\nfreezes: [{id: f, deny: create, from: "2026-12-01T00:00:00Z", until: "2026-12-02T00:00:00Z"}]`;
  it.each([
    ['2026-11-30T23:59:59Z', 'allow'],
    ['2026-12-01T00:00:00Z', 'deny'],
    ['2026-12-01T23:59:59Z', 'deny'],
    ['2026-12-02T00:00:00Z', 'allow'],
  ])('a freeze is half-open: at %s %s', async (now, expected) => {
    const decision = await decide({ rules: FREEZE, rows: [create('production')], now });
    expect(decision.verdict).toBe(expected);
    expect(decision.timeSpoke).toBe(true);
    expect((await decide({ rules: FREEZE, rows: [destroy('production')], now })).timeSpoke).toBe(false);
  });

  const GRANT = `lanes: {}
limits: {max_grant: 7d}
grants: [{id: t, who: {id: dana}, may: {do: destroy}, from: "2026-11-20T08:00:00Z", until: "2026-11-22T08:00:00Z", reason: CHG-1}]`;
  it.each([
    ['2026-11-20T07:59:59Z', 'dana', 'deny'],
    ['2026-11-20T08:00:00Z', 'dana', 'allow'],
    ['2026-11-20T08:00:00Z', 'erin', 'deny'],
    ['2026-11-22T08:00:00Z', 'dana', 'deny'],
  ])('a temporary grant: at %s for %s %s', async (now, as, expected) => {
    expect((await decide({ rules: GRANT, rows: [destroy('production')], now, as })).verdict).toBe(expected);
  });

  it('whoever acts for a person is decided as that person too, and the stricter stands', async () => {
    const rules =
      'lanes: {bots: {who: {kind: agent}, may: [{do: create}]}, people: {who: {id: dana}, may: [{do: create, environment: development}]}}';
    const as = async (environment: string) =>
      (await decide({ rules, rows: [create(environment)], as: 'agent:bot', for: 'dana' })).rows[0];
    expect((await as('development'))?.verdict).toBe('allow');
    const denied = await as('production');
    expect(denied?.verdict).toBe('deny');
    expect(denied?.decisions[0]?.as).toBe('dana');
  });

  it('obligations combine, and the plan takes the worst of its rows', async () => {
    const rules = `${ALL}
guards:
  - {id: one, require: {approval: {from: {team: sre}, count: 1}}, do: destroy}
  - {id: two, require: {approval: {from: {team: dba}, count: 1, not_by: [author]}}, do: destroy, environment: production}`;
    const decision = await decide({ rules, rows: [destroy('production'), create('development'), destroy('development')] });
    expect(decision.rows.map((r) => r.verdict)).toEqual(['needs-approval', 'allow', 'needs-approval']);
    expect(decision.rows[0]?.decisions[0]?.approvals.map((a) => a.id)).toEqual(['one', 'two']);
    expect(decision.rows[2]?.decisions[0]?.approvals.map((a) => a.id)).toEqual(['one']);
    expect(decision.verdict).toBe('needs-approval');
  });

  describe('quotas', () => {
    const QUOTA = `${ALL}\nquotas: [{id: q, who: {kind: human}, per_plan: {destroy: 2, any: 4}}]`;
    const replace: RowParts = { actions: ['delete', 'create'], before: tags('production'), after: tags('production') };
    it('count distinct operations of rows; a replace is two', async () => {
      const counted = async (rows: RowParts[]) => {
        const decision = await decide({ rules: QUOTA, rows });
        return [decision.verdict, ...(decision.quotas[0]?.counted ?? [])].join(' ');
      };
      expect(await counted([destroy('production'), destroy('production')])).toBe('allow destroy,2 any,2');
      expect(await counted([replace, replace])).toBe('allow destroy,2 any,4');
      expect(await counted([replace, replace, create('production')])).toBe('deny destroy,2 any,5');
      expect(await counted([destroy('production'), destroy('production'), destroy('production')])).toBe('deny destroy,3 any,3');
    });
    it('deny the plan, not its rows', async () => {
      const decision = await decide({ rules: QUOTA, rows: [destroy('a'), destroy('a'), destroy('a')] });
      expect(decision.rows.map((r) => r.verdict)).toEqual(['allow', 'allow', 'allow']);
      expect(decision.because.map((r) => r.id)).toEqual(['q']);
    });
    it('count what is unknown', async () => {
      const rules = `${ALL}\nquotas: [{id: q, environment: production, per_plan: {create: 0}}]`;
      expect(
        (await decide({ rules, rows: [{ actions: ['create'], after: { name: 'x' }, afterUnknown: { tags: true } }] })).verdict,
      ).toBe('deny');
      expect((await decide({ rules, rows: [create('development')] })).verdict).toBe('allow');
    });
  });

  describe('partial plans', () => {
    const PARTIAL = (states: string) => `lanes: {all: {who: {team: developers}, partial: [${states}], may: [{do: create}]}}`;
    it.each<[string, Record<string, unknown>, string, string, string]>([
      ['errored', { errored: true, complete: false }, 'incomplete', 'dana', 'deny'],
      ['errored', { errored: true, complete: false }, 'errored', 'dana', 'allow'],
      ['incomplete', { complete: false }, 'errored', 'dana', 'deny'],
      ['incomplete', { complete: false }, 'incomplete', 'dana', 'allow'],
      ['incomplete, another principal', { complete: false }, 'incomplete', 'erin', 'deny'],
      ['complete absent is not false', {}, 'errored', 'dana', 'allow'],
    ])('%s with %j and partial [%s] for %s: %s', async (_, plan, states, as, expected) => {
      const rules = `${PARTIAL(states)}\n`.replace(
        'may: [{do: create}]}}',
        'may: [{do: create}]}, rest: {who: anyone, may: [{do: create}]}}',
      );
      const decision = await decide({ rules, plan, as, rows: [create('development')] });
      expect(decision.verdict).toBe(expected);
      expect(decision.rows[0]?.verdict).toBe('allow');
    });
    it('a deferred change denies the plan unless a lane lists it, and its facts are unknown', async () => {
      const deferred = {
        reason: 'instance_count_unknown',
        resource_change: row({ name: 'many', actions: ['create'], after: tags('development') }),
      };
      const plan = { deferred_changes: [deferred], complete: false };
      const rules = 'lanes: {all: {who: anyone, partial: [deferred], may: [{do: create, environment: development}]}}';
      const decision = await decide({ rules, plan, rows: [create('development')] });
      expect(decision.because).toEqual([]);
      expect(decision.rows.map((r) => r.verdict)).toEqual(['allow', 'deny']);
      const closed = await decide({ rules: rules.replace('partial: [deferred], ', ''), plan, rows: [] });
      expect(closed.because.map((r) => r.id)).toEqual(['deferred']);
    });
  });

  it('a row that cannot be read is denied whatever the lanes say', async () => {
    const decision = await decide({ rules: ALL, rows: [{ actions: ['explode'] }, { actions: [] }] });
    expect(decision.rows.map((r) => [r.verdict, r.decisions[0]?.because[0]?.kind])).toEqual([
      ['deny', 'plan'],
      ['deny', 'plan'],
    ]);
  });

  it('what throws while deciding denies the change, without its message', async () => {
    const decision = await decide({ rules: ALL, rows: [create('production')] });
    const classified = decision.rows[0]?.classified;
    if (!classified) throw new Error('no row');
    const broken = {
      ...classified,
      atoms: [
        {
          ...classified.atoms[0],
          operation: 'create' as const,
          side: 'after' as const,
          subject: null,
          because: null,
          fact: () => {
            throw new Error('PLANTED');
          },
          changedPaths: () => [],
          successor: () => ({ value: false as const, why: null }),
        },
      ],
    };
    const again = decidePlan({
      plan: {
        plan: { errored: false, complete: true, configuration: { present: true }, prior: [] } as never,
        ranAtPlan: [],
      },
      rows: [broken],
      ruleset: { ...(await emptyRules()) },
      principals: [resolvePrincipal('dana', {}, (await emptyRules()).registry)],
      context: { now: 0, repository: null, ref: null, event: null },
      verdictsOfOthers: new Map(),
    });
    expect(again.verdict).toBe('deny');
    expect(again.rows[0]?.decisions[0]?.because[0]?.kind).toBe('error');
    expect(JSON.stringify(again.rows[0]?.decisions)).not.toContain('PLANTED');
  });
});

async function emptyRules() {
  const file = join(folder, 'inlane.yaml');
  writeFileSync(file, `${HEAD}lanes: {l: {who: anyone, may: [{do: create, environment: production}]}}`);
  return (await loadRuleset({ lanes: [file], stack: '.', cwd: folder, classNames: new Set(loadClasses().keys()) })).ruleset;
}
