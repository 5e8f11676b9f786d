import { describe, expect, it } from 'vitest';
import type { Grant } from '../../src/lanes/ruleset.ts';
import { OPERATIONS } from '../../src/logic/fact.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { bitsOf, type Cube, EVERYTHING, type Region } from '../../src/prove/cube.ts';
import { Space } from '../../src/prove/space.ts';
import { Verdicts } from '../../src/prove/verdicts.ts';
import { knowing } from './known-types.ts';
import { loadCase, rulesOf } from './load.ts';
import { inRegion, pointsOf } from './points.ts';

const TYPES_HERE = knowing(['db', 'role']);
const LANE = 'lanes: {l: {who: anyone, may: [{do: [update, destroy], class: database}]}}';

async function verdictsOf(body: string): Promise<Verdicts> {
  const ruleset = await rulesOf(body);
  return new Verdicts(new Space([ruleset], askedOf([ruleset]), TYPES_HERE), 0);
}

const only = (variable: number, size: number, holds: (cell: number) => boolean): Cube =>
  new Map([[variable, bitsOf(size, holds)]]);
const doing = (operation: string): Cube => only(Space.OPERATION, OPERATIONS.length, (cell) => OPERATIONS[cell] === operation);
const by = ({ space }: Verdicts, spelled: string): Cube =>
  only(Space.ACTOR, space.actors.length, (cell) => space.actors[cell]?.spelled === spelled);

/** Whether some possible change is in a region and in each of some cubes. */
function meets({ space }: Verdicts, region: Region, ...cubes: readonly Cube[]): boolean {
  const all = space.cubes.intersect([region, ...cubes.map((cube) => [cube])]);
  return all.some((cube) => space.cubes.find(cube, space.impossible) !== null);
}

describe('where rules deny, grant and ask', () => {
  it('rules that only watch have no part', async () => {
    const rules = await verdictsOf(`lanes: {l: {who: anyone, may: [{do: update}]}}
guards: [{id: g, deny: update, enforce: observe}, {id: r, require: {approval: {from: {team: dev}}}, do: update, enforce: observe}]
freezes: [{id: f, deny: update, until: "2027-01-01T00:00:00Z", enforce: observe}]
principals: {teams: {dev: [dana]}, people: {dana: {}}}`);
    expect([rules.denied, rules.obligations, rules.asked]).toEqual([[], [], []]);
    expect(rules.grants).toHaveLength(1);
  });

  it('a guard denies where it is true or unknown, a freeze while it lasts', async () => {
    const rules = await verdictsOf(`${LANE}
guards: [{id: g, deny: destroy, workspace: a}]
freezes: [{id: f, deny: update, from: "2026-12-01T00:00:00Z", until: "2027-01-01T00:00:00Z"}]`);
    expect(meets(rules, rules.denied, doing('destroy'))).toBe(true);
    expect(meets(rules, rules.denied, doing('create'))).toBe(false);
    const { times } = rules.space;
    const at = (day: string) => only(Space.TIME, times.length, (cell) => cell === rules.space.timeCell(Date.parse(`${day}Z`)));
    const frozen = ['2026-11-30T23:59:59', '2026-12-01T00:00:00', '2026-12-31T23:59:59', '2027-01-01T00:00:00'];
    expect(frozen.map((day) => meets(rules, rules.denied, doing('update'), at(day)))).toEqual([false, true, true, false]);
  });

  it.each<[string, number | null, number | null, readonly boolean[]]>([
    ['both ends open', null, null, [true, true, true, true, true]],
    ['from a bound on', 10, null, [false, true, true, true, true]],
    ['until a bound, without it', null, 20, [true, true, true, false, false]],
    ['between two', 10, 20, [false, true, true, false, false]],
  ])('half-open spans: %s', async (_, from, until, expected) => {
    const day = (n: number) => Date.UTC(2026, 0, n);
    const rules = await verdictsOf(
      `${LANE}\nfreezes: [{id: f, deny: update, from: "2026-01-10T00:00:00Z", until: "2026-01-20T00:00:00Z"}]`,
    );
    const region = rules.during({ from: from && day(from), until: until && day(until) });
    const { cubes } = rules.space;
    expect(expected.map((_holds, cell) => region.some((cube) => cubes.cells(cube, Space.TIME).includes(cell)))).toEqual(expected);
    expect(rules.during(null)).toEqual([EVERYTHING]);
  });

  it('a temporary grant holds while it lasts', async () => {
    const rules = await verdictsOf(`lanes: {l: {who: anyone, may: [{do: read}]}}
principals: {people: {dana: {}}}
grants: [{id: t, who: {id: dana}, may: {do: update}, from: "2026-01-10T00:00:00Z", until: "2026-01-11T00:00:00Z", reason: x}]`);
    const grant = rules.grants.find(({ kind }) => kind === 'grant') as Grant;
    const at = (cell: number) => only(Space.TIME, rules.space.times.length, (other) => other === cell);
    expect([0, 1, 2, 3, 4].map((cell) => meets(rules, rules.own(grant), at(cell)))).toEqual([false, true, true, false, false]);
    expect([0, 1, 2, 3, 4].map((cell) => meets(rules, rules.granted(grant, [at(cell)]), EVERYTHING))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(meets(rules, rules.own(grant), by(rules, 'dana'))).toBe(true);
    expect(meets(rules, rules.own(grant), by(rules, 'anonymous'))).toBe(false);
  });
});

describe('what caps a grant', () => {
  const org = (rest: object) => ({
    inlane: 1,
    level: 'org',
    lanes: { top: { who: 'anyone', may: [{ do: ['update', 'destroy'] }] } },
    ...rest,
  });
  const project = (rest: object) => ({
    inlane: 1,
    level: 'project',
    lanes: { low: { who: 'anyone', may: [{ do: ['update', 'destroy'] }] } },
    ...rest,
  });
  const NO_DESTROY = { ceilings: [{ id: 'c', may: [{ do: 'update' }] }] };

  it.each<[string, object, object, boolean, boolean]>([
    ['a ceiling above caps both', NO_DESTROY, {}, false, false],
    ['a ceiling below caps what stands below', {}, NO_DESTROY, true, false],
  ])('%s', async (_, above, below, top, low) => {
    const ruleset = await loadCase({ org: org(above), project: project(below) });
    const rules = new Verdicts(new Space([ruleset], askedOf([ruleset]), TYPES_HERE), 0);
    const destroys = (id: string) => {
      const grant = rules.grants.find((one) => one.id === id) as Grant;
      const whole = meets(rules, rules.granted(grant), doing('destroy'));
      expect(meets(rules, rules.granted(grant, [doing('destroy')]))).toBe(whole);
      return whole;
    };
    expect([destroys('top'), destroys('low')]).toEqual([top, low]);
  });

  it('a ceiling caps only those whom it covers', async () => {
    const rules = await verdictsOf(`${LANE}\nceilings: [{id: c, who: {kind: agent}, may: [{do: update}]}]`);
    const [grant] = rules.grants as [Grant];
    const may = (who: string, operation: string) => meets(rules, rules.granted(grant), by(rules, who), doing(operation));
    expect([may('agent:x', 'update'), may('agent:x', 'destroy')]).toEqual([true, false]);
    expect([may('x', 'update'), may('x', 'destroy')]).toEqual([true, true]);
    // Whoever may be an agent is capped as one.
    expect(may('anonymous', 'destroy')).toBe(false);
  });

  it('a tier caps agents of that tier, and agents without a known one at nothing', async () => {
    const rules = await verdictsOf(`${LANE}
principals:
  people: {dana: {}}
  agents: {small: {owner: dana, tier: T1}, large: {owner: dana, tier: T2}, none: {owner: dana}}
  tiers: {T1: [{do: update}], T2: [{do: [update, destroy]}]}`);
    const [grant] = rules.grants as [Grant];
    const may = (who: string) =>
      (['update', 'destroy'] as const).filter((operation) =>
        meets(rules, rules.granted(grant), by(rules, who), doing(operation)),
      );
    expect(may('agent:small')).toEqual(['update']);
    expect(may('agent:large')).toEqual(['update', 'destroy']);
    expect(may('agent:none')).toEqual([]);
    expect(may('agent:x')).toEqual([]);
    expect(may('dana')).toEqual(['update', 'destroy']);
    expect(may('ci:x')).toEqual(['update', 'destroy']);
    expect(may('anonymous')).toEqual([]);
    expect((await verdictsOf(LANE)).caps(grant)).toEqual([]);
  });

  it('a tier that is called unknown is not that of agents whose tier nobody knows', async () => {
    const tiers =
      'principals: {people: {dana: {}}, agents: {odd: {owner: dana, tier: unknown}}, tiers: {unknown: [{do: update}]}}';
    const loaded = await verdictsOf(`${LANE}\n${tiers}`);
    const [grant] = loaded.grants as [Grant];
    expect(meets(loaded, loaded.granted(grant), by(loaded, 'agent:x'))).toBe(false);
    expect(meets(loaded, loaded.granted(grant), by(loaded, 'anonymous'))).toBe(false);
  });

  it('the same cap is worked out once for each level', async () => {
    const rules = await verdictsOf(`${LANE}\nceilings: [{id: c, may: [{do: update}]}]`);
    const [grant] = rules.grants as [Grant];
    expect(rules.caps(grant)).toBe(rules.caps(grant));
    expect(rules.granted(grant)).toBe(rules.granted(grant));
  });
});

describe('a search for what is allowed', () => {
  it('finds a point of the part, outside of what denies, what is blocked and what cannot be', async () => {
    const rules = await verdictsOf(`${LANE}\nguards: [{id: g, deny: destroy}]`);
    const points = pointsOf(rules.space, 5000) ?? [];
    const found = rules.findAllowed([EVERYTHING], []);
    if (found === null) throw new Error('nothing found');
    expect(found.grant.id).toBe('l');
    const inside = points.filter((point) => inRegion(point, [found.cube]));
    expect(inside.length).toBeGreaterThan(0);
    for (const point of inside) expect(OPERATIONS[point[Space.OPERATION] as number]).toBe('update');
    expect(rules.findAllowed([doing('destroy')], [])).toBeNull();
    expect(rules.findAllowed([doing('create')], [])).toBeNull();
    expect(rules.findAllowed([EVERYTHING], [doing('update')])).toBeNull();
    expect(rules.findAllowed([], [])).toBeNull();
  });

  it('takes the first grant that lets it through', async () => {
    const rules = await verdictsOf(
      'lanes: {a: {who: {kind: agent}, may: [{do: destroy}]}, b: {who: anyone, may: [{do: [update, destroy]}]}}',
    );
    expect(rules.findAllowed([doing('destroy')], [])?.grant.id).toBe('a');
    expect(rules.findAllowed([doing('update')], [])?.grant.id).toBe('b');
  });

  it('what is asked for is where an approval is', async () => {
    const rules = await verdictsOf(`${LANE}
principals: {teams: {dev: [dana]}, people: {dana: {}}}
guards: [{id: r, require: {approval: {from: {team: dev}}}, do: destroy}, {id: s, require: {approval: {from: {team: dev}}}, do: move}]`);
    expect(rules.obligations.map(({ rule }) => rule.id)).toEqual(['r', 's']);
    const asked = OPERATIONS.filter((operation) => meets(rules, rules.asked, doing(operation)));
    expect([...asked].sort()).toEqual(['destroy', 'move']);
  });
});
