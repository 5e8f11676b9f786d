import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/logic/condition.ts';
import { askedOf, conditionsOf } from '../../src/prove/asked.ts';
import { EVERYTHING, Inconclusive, type Region } from '../../src/prove/cube.ts';
import { plainLeaves } from '../../src/prove/lint.ts';
import { Regions, type Want } from '../../src/prove/region.ts';
import { Space } from '../../src/prove/space.ts';
import { witnessOf } from '../../src/prove/witness.ts';
import { Seeded } from '../seeded.ts';
import { viewOfWitness } from './brute.ts';
import { knowing } from './known-types.ts';
import { rulesOf } from './load.ts';
import { cubeOf, inRegion, pointsOf } from './points.ts';

const TYPES_HERE = knowing(['db', 'role']);
const WANTS: readonly Want[] = ['true', 'false', 'not-true', 'not-false'];
const LANE = (...conditions: readonly string[]) =>
  `lanes: {l: {who: anyone, may: [${conditions.map((condition) => `{do: [update, destroy], ${condition}}`).join(', ')}]}}`;
const ENV = 'attributes: {environment: {values: [production, development], from: [{workspace: {"*-prod": production}}]}}';

async function looked(body: string) {
  const ruleset = await rulesOf(body);
  const space = new Space([ruleset], askedOf([ruleset]), TYPES_HERE);
  const regions = new Regions(space, 0);
  const points = pointsOf(space, 6000);
  if (points === null) throw new Error('a space that is too large to look at');
  const conditions = conditionsOf({ ...ruleset, classes: new Map() });
  return { ruleset, space, regions, points, conditions: [...new Set(conditions.flatMap((c) => [c, ...plainLeaves(c)]))] };
}

/** Rules of every form that a condition has, each against the evaluator at points of their space. */
const FORMS: readonly (readonly [string, string])[] = [
  ['literals and globs', LANE('workspace: [a, {glob: "p*"}]', 'workspace: {not: {glob: "*q"}}', 'workspace: {exists: true}')],
  ['tags that are absent', LANE('tag.a: {not: x}', 'tag.a: {exists: false}', 'tag.a: {any: [x, {not: y}]}')],
  ['all of several', LANE('attr.a: {all: [{gt: 3}, {lt: 6}, {not: 5}]}')],
  ['types that do not fit', LANE('attr.a: {not: 5}', 'attr.a: x')],
  ['attributes', `${ENV}\n${LANE('environment: {not: production}', 'environment: development')}`],
  ['one class', LANE('class: database', 'class: {not: identity}')],
  [
    'several classes',
    LANE('class: [database, identity]', 'class: {all: [database, stateful]}', 'class: {not: {all: [database, stateful]}}'),
  ],
  ['classes by a glob', LANE('class: {glob: "data*"}', 'class: {not: {glob: "iden*"}}', 'class: {exists: true}')],
  ['a class that is compared', LANE('tag.kind: {same_as: class}', 'class: {same_as: tag.kind}')],
  [
    'refined classes',
    `classes: {own: {refines: database, when: {tag.a: x}}, rare: {refines: own, when: {tag.b: y}}}\n${LANE('class: own', 'class: {not: rare}', 'class: [own, identity]', 'class: {all: [database, {not: own}]}')}`,
  ],
  [
    'refined classes by a glob, and whether there is one',
    `classes: {own: {refines: database, when: {tag.a: x}}}\n${LANE('class: {glob: "o*"}', 'class: {not: {glob: "*"}}', 'class: {exists: true}', 'class: {exists: false}')}`,
  ],
  ['a refinement by the type', `classes: {own: {refines: database, when: {type: {glob: "*_instance"}}}}\n${LANE('class: own')}`],
  [
    'facts that are compared',
    LANE('tag.a: {same_as: tag.b}', 'tag.a: {not: {same_as: tag.b}}', 'tag.a: {any: [z, {same_as: tag.b}]}'),
  ],
  ['a fact and who acts', `${LANE('tag.owner: {same_as: who.id}')}\nprincipals: {people: {dana: {}}}`],
  ['paths', LANE('changes: {only: [size, "tags.**"]}', 'changes: {any: [size]}', 'changes: {none: ["tags.*"]}')],
  [
    'successors',
    LANE('successor: {same: [name]}', 'successor: absent', 'unless: {successor: {same: [name, region], type: any}}'),
  ],
  [
    'dependents and replaces',
    LANE('dependents: none, replaces: true', 'dependents: {exists: false}', 'unless: {dependents: some}'),
  ],
  [
    'who',
    `lanes: {l: {who: {kind: [human, agent], team: {not: dev}}, may: [{do: update}]}}\nprincipals: {teams: {dev: [dana]}, people: {dana: {}, sam: {}}}`,
  ],
  ['times', LANE('now: {gte: "2026-01-01T00:00:00Z", lt: "2026-02-01T00:00:00Z"}', 'now: {not: {lt: "2026-01-01T00:00:00Z"}}')],
];

describe('regions of conditions', () => {
  it.each(FORMS)('%s', async (_, body) => {
    const { ruleset, space, regions, points, conditions } = await looked(body);
    const random = new Seeded(1);
    for (const point of points.length <= 250 ? points : Array.from({ length: 250 }, () => random.pick(points))) {
      const witness = witnessOf(space, cubeOf(point, space.cubes.sizes), 'deny', 0, TYPES_HERE, true);
      const view = viewOfWitness(witness, ruleset, TYPES_HERE);
      for (const condition of conditions) {
        const value = String(evaluate(condition, view));
        const expected = {
          true: value === 'true',
          false: value === 'false',
          'not-true': value !== 'true',
          'not-false': value !== 'false',
        };
        const found = Object.fromEntries(WANTS.map((want) => [want, inRegion(point, regions.of(condition, want))]));
        expect(found, `${JSON.stringify(condition)} at ${JSON.stringify([...witness.test.with])}`).toEqual(expected);
      }
    }
  });

  it.each(FORMS)('%s: within a part they are what both hold', async (_, body) => {
    const { space, points, conditions } = await looked(body);
    const random = new Seeded(2);
    const cube = (): Region[number] => {
      const whole = cubeOf(random.pick(points), space.cubes.sizes);
      const kept = random.some([...whole.keys()], 1 + random.below(3));
      return new Map([...whole].filter(([variable]) => kept.includes(variable)));
    };
    for (const condition of conditions) {
      for (const want of WANTS) {
        const known = new Regions(space, 0);
        for (const part of [[], [EVERYTHING], [cube()], [cube(), cube()]]) {
          const found = new Regions(space, 0).within(part, condition, want);
          const whole = known.of(condition, want);
          for (const region of [found, known.within(part, condition, want)])
            for (const point of Array.from({ length: 40 }, () => random.pick(points)))
              expect(inRegion(point, region)).toBe(inRegion(point, part) && inRegion(point, whole));
        }
      }
    }
  });

  it('looks no further where nothing is left', async () => {
    const { regions } = await looked(LANE('class: database'));
    const beyond = { op: 'fact', key: 'tag.nobody', test: { is: 'equals', value: 'x' } } as const;
    const nothing = { op: 'any', of: [] } as const;
    expect(regions.within([EVERYTHING], { op: 'all', of: [nothing, beyond] }, 'not-false')).toEqual([]);
    expect(() => regions.within([EVERYTHING], { op: 'all', of: [beyond] }, 'not-false')).toThrow('no such fact');
    expect(() => regions.of(beyond, 'true')).toThrow('no such fact in the space: tag.nobody');
    expect(() => regions.of({ op: 'fact', key: 'workspace', test: { is: 'same_as', key: 'tag.nobody' } }, 'true')).toThrow(
      'no such fact',
    );
  });

  it('gives up where another fact is compared with `class`, and some classes are refined', async () => {
    const refined = 'classes: {own: {refines: database, when: {tag.a: x}}}';
    for (const condition of ['tag.kind: {same_as: class}', 'class: {same_as: tag.kind}']) {
      const ruleset = await rulesOf(`${refined}\n${LANE(condition)}`);
      const space = new Space([ruleset], askedOf([ruleset]), TYPES_HERE);
      const [grant] = ruleset.grants;
      if (!grant) throw new Error('no grant');
      expect(() => new Regions(space, 0).of(grant.when, 'true')).toThrow(Inconclusive);
    }
  });
});
