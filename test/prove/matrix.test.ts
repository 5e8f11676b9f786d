import { describe, expect, it } from 'vitest';
import { resolvePrincipal } from '../../src/lanes/principal.ts';
import { OPERATIONS } from '../../src/logic/fact.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { matrixOf } from '../../src/prove/matrix.ts';
import { Space } from '../../src/prove/space.ts';
import { Verdicts } from '../../src/prove/verdicts.ts';
import { replay, witnessOf } from '../../src/prove/witness.ts';
import { loadText } from '../lanes/folder.ts';
import { knowing } from './known-types.ts';
import { cubeOf, pointsOf } from './points.ts';

const RULES = `inlane: 1
level: org
attributes: {environment: {values: [production, development], from: [{workspace: {"*-prod": production}}]}}
classes: {precious: {refines: database, when: {tag.data: secret}}}
lanes:
  people: {who: {kind: human}, may: [{do: [create, update, destroy], class: database, environment: {not: production}}]}
  tuning: {who: {kind: human}, may: [{do: update, class: database, environment: production, changes: {only: size}}]}
  reading: {who: {kind: human}, may: [{do: read}]}
  helper: {who: {team: dev}, may: [{do: create, class: helper}, {do: invoke, class: helper, environment: development}]}
  bots: {who: {kind: agent}, may: [{do: [create, update], class: database}]}
guards:
  - {id: no-drop, deny: destroy, class: stateful, unless: {successor: {same: [name]}}}
  - {id: review, require: {approval: {from: {team: dev}}}, do: update, class: precious}
  - {id: small, require: {approval: {from: {team: dev}}}, do: update, environment: production}
freezes: [{id: winter, deny: create, class: database, from: "2026-12-01T00:00:00Z", until: "2027-01-01T00:00:00Z"}]
principals:
  teams: {dev: [dana]}
  people: {dana: {}}
  agents: {bot: {tier: T}}
  tiers: {T: [{do: read}, {do: create, class: database, tag.data: {not: secret}}]}
`;
const TYPES_HERE = knowing(['db', 'role', 'helper']);
const CLASSES = ['database', 'precious', 'helper', 'identity', 'stateful'];
const VALUES = ['production', 'development', 'unknown'];

async function matrix(as: string, now: string) {
  const ruleset = await loadText(RULES);
  const conditions = CLASSES.map((value) => ({ op: 'fact', key: 'class', test: { is: 'equals', value } }) as const);
  const space = new Space([ruleset], askedOf([ruleset], { conditions, actors: [as] }), TYPES_HERE);
  const verdicts = new Verdicts(space, 0);
  const principal = resolvePrincipal(as, {}, ruleset.registry);
  const query = { principal, classes: CLASSES, attribute: 'environment', values: VALUES, now: Date.parse(now) };
  return { space, verdicts, ruleset, answers: [...matrixOf(verdicts, query)] };
}

/** What every change with known facts is told, by class, operation and environment: lanes.md 6, `lanes show --as`. */
async function pointwise(as: string, now: string, { space, ruleset }: Awaited<ReturnType<typeof matrix>>) {
  const told = new Map<string, Set<string>>();
  const time = space.timeCell(Date.parse(now));
  for (const point of pointsOf(space, 200_000) ?? []) {
    if (space.actors[point[Space.ACTOR] as number]?.spelled !== as || point[Space.TIME] !== time) continue;
    const state = (variable: number, key: string) => {
      const fact = space.facts.find((f) => f.key === key && f.variable === variable);
      return fact?.cells[point[variable] as number]?.state;
    };
    const hidden = space.facts.some(({ variable, key }) => key !== 'environment' && state(variable, key)?.kind !== 'value');
    if (hidden) continue;
    const place = space.facts.flatMap(({ variable, key }) => (key === 'environment' ? [state(variable, key)] : []))[0];
    const value = place?.kind === 'value' ? String(place.value) : 'unknown';
    const kind = space.kinds[point[Space.KIND] as number];
    const secret = space.facts.some(({ variable, key }) => {
      const data = key === 'tag.data' ? state(variable, key) : null;
      return data?.kind === 'value' && data.value === 'secret';
    });
    const names = [...(kind?.memberships[0]?.members.keys() ?? [])];
    const { verdict } = replay(
      witnessOf(space, cubeOf(point, space.cubes.sizes), 'deny', 0, TYPES_HERE, true),
      ruleset,
      TYPES_HERE,
    );
    for (const name of secret && names.includes('database') ? [...names, 'precious'] : names) {
      const key = `${name} ${OPERATIONS[point[Space.OPERATION] as number]} ${value}`;
      told.set(key, (told.get(key) ?? new Set()).add(verdict));
    }
  }
  return told;
}

const ANSWERS: Readonly<Record<string, string>> = { allow: 'allow', 'needs-approval': 'ask', deny: 'no' };

describe('what a principal may do', () => {
  it.each([
    ['dana', '2026-06-01T00:00:00Z'],
    ['dana', '2026-12-01T00:00:00Z'],
    ['agent:bot', '2026-06-01T00:00:00Z'],
    ['anonymous', '2026-06-01T00:00:00Z'],
  ])('%s at %s: `allow`, `ask` and `no` hold whatever else is true', async (as, now) => {
    const told = await matrix(as, now);
    const points = await pointwise(as, now, told);
    const seen = new Set<string>();
    for (const { class: name, operation, value, answer } of told.answers) {
      const verdicts = points.get(`${name} ${operation} ${value}`) ?? new Set(['deny']);
      const [only] = verdicts;
      seen.add(answer);
      expect(answer, `${name} ${operation} ${value}: ${[...verdicts]}`).toBe(
        verdicts.size === 1 ? ANSWERS[only as string] : 'depends',
      );
    }
    expect(told.answers).toHaveLength(CLASSES.length * OPERATIONS.length * VALUES.length);
    if (as === 'dana' && now.startsWith('2026-06')) expect(seen).toEqual(new Set(['allow', 'ask', 'no', 'depends']));
  });

  it.each<[string, string, string, string, string]>([
    ['dana', 'database', 'create', 'development', 'allow'],
    ['dana', 'database', 'create', 'production', 'no'],
    ['dana', 'database', 'create', 'unknown', 'no'],
    ['dana', 'database', 'destroy', 'development', 'depends'],
    ['dana', 'precious', 'update', 'development', 'ask'],
    ['dana', 'database', 'update', 'production', 'depends'],
    ['dana', 'helper', 'create', 'unknown', 'allow'],
    ['dana', 'helper', 'invoke', 'unknown', 'no'],
    ['agent:bot', 'database', 'create', 'production', 'depends'],
    ['agent:bot', 'precious', 'create', 'production', 'no'],
    ['agent:bot', 'database', 'update', 'production', 'no'],
    ['anonymous', 'database', 'read', 'production', 'no'],
  ])('%s: %s %s in %s: %s', async (as, name, operation, value, expected) => {
    const { answers } = await matrix(as, '2026-06-01T00:00:00Z');
    const found = answers.find((a) => a.class === name && a.operation === operation && a.value === value);
    expect(found?.answer).toBe(expected);
  });

  it('says which rules decide, and on which facts it depends', async () => {
    const { answers } = await matrix('dana', '2026-06-01T00:00:00Z');
    const at = (name: string, operation: string, value: string) =>
      answers.find((a) => a.class === name && a.operation === operation && a.value === value);
    expect(at('database', 'destroy', 'development')).toMatchObject({ by: ['people', 'no-drop'], on: ['successor'] });
    expect(at('database', 'update', 'production')).toMatchObject({ on: ['changes'] });
    expect(at('precious', 'update', 'development')).toMatchObject({ answer: 'ask', by: ['people', 'review'], on: [] });
  });

  const SIZES = `
attributes: {size: {values: [s, m], from: [{tag: size}]}}
lanes:
  team:
    who: {team: dev}
    may:
      - {do: [create, move], class: database, size: s}
      - {do: [create, move], class: database, size: m}
      - {do: destroy, class: database, successor: present}
      - {do: destroy, class: database, successor: absent}
      - {do: [update, import], class: database}
      - {do: read, class: database, tag.z: x, tag.a: y}
  hosted: {who: {assurance: host}, may: [{do: invoke, class: database}]}
  people: {who: {kind: human}, may: [{do: reclassify, class: database}]}
guards:
  - {id: ask, require: {approval: {from: {team: dev}}}, do: update, size: s}
  - {id: stop, deny: update, class: database, size: s}
  - {id: none, deny: import, class: database}
  - {id: watched, deny: import, class: database, enforce: observe}
  - {id: some, deny: [forget, import], class: database, tag.z: x}
  - {id: small, deny: move, size: s}
principals: {teams: {dev: [dana]}, people: {dana: {github: "1"}, erin: {}}}
`;

  async function sizes(as: string) {
    const ruleset = await loadText(`inlane: 1\nlevel: org\n${SIZES}`);
    const names = ['database', 'queue'];
    const conditions = names.map((value) => ({ op: 'fact', key: 'class', test: { is: 'equals', value } }) as const);
    const space = new Space([ruleset], askedOf([ruleset], { conditions, actors: [as] }), TYPES_HERE);
    const principal = resolvePrincipal(as, {}, ruleset.registry);
    const query = { classes: names, attribute: null, values: ['any'], now: 0 };
    const ask = (who = principal) => [...matrixOf(new Verdicts(space, 0), { ...query, principal: who })];
    return { ask, principal };
  }

  it.each<[string, string, string, readonly string[], readonly string[]]>([
    // Whatever size it is, some grant holds; and so whether there is a successor or none: unknown facts are left aside.
    ['database', 'create', 'allow', ['team'], []],
    ['database', 'destroy', 'allow', ['team'], []],
    // What is asked for is denied everywhere.
    ['database', 'update', 'depends', ['team', 'stop'], ['size']],
    // A guard that denies some of it alone, or only watches, does not decide.
    ['database', 'import', 'no', ['none'], []],
    ['database', 'forget', 'no', [], []],
    ['database', 'move', 'depends', ['team', 'small'], ['size']],
    ['database', 'read', 'depends', ['team'], ['tag.a', 'tag.z']],
    // No type is of it.
    ['queue', 'update', 'no', [], []],
  ])('%s: %s: %s, by %j, on %j', async (name, operation, answer, by, on) => {
    const found = (await sizes('dana')).ask().find((a) => a.class === name && a.operation === operation);
    expect({ ...found, by: [...(found?.by ?? ['nothing'])].sort() }).toEqual({
      class: name,
      operation,
      value: 'any',
      answer,
      by: [...by].sort(),
      on,
    });
  });

  it.each<[string, string, string]>([
    ['dana', 'create', 'allow'],
    ['erin', 'create', 'no'],
    ['erin', 'reclassify', 'allow'],
    ['ci:dana', 'reclassify', 'no'],
    // The host may have named her, but that is not what is asked.
    ['dana', 'invoke', 'no'],
  ])('%s is told from others of that name or kind: %s: %s', async (as, operation, answer) => {
    const found = (await sizes(as)).ask().find((a) => a.class === 'database' && a.operation === operation);
    expect(found?.answer).toBe(answer);
  });

  it('a principal that the space does not know is a defect', async () => {
    const { ask, principal } = await sizes('dana');
    expect(() => ask({ ...principal, id: 'zoe' })).toThrow('no such principal in the space: zoe');
  });
});
