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
    expect(at('precious', 'update', 'development')).toMatchObject({ answer: 'ask', by: ['people', 'review'] });
  });
});
