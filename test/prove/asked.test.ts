import { describe, expect, it } from 'vitest';
import type { AttributeSource } from '../../src/classify/attribute.ts';
import type { Matcher } from '../../src/logic/matcher.ts';
import { parsePattern } from '../../src/logic/path.ts';
import { askedOf, comparedWith, conditionsOf, leavesOf, sourceKeys, testsAround, valuesAround } from '../../src/prove/asked.ts';
import { plainLeaves } from '../../src/prove/lint.ts';
import { rulesOf } from './load.ts';

const RULES = `
attributes:
  environment: {values: {production: [prod], development: []}, from: [{workspace: {"*": production}}]}
classes: {precious: {refines: database, when: {tag.refined: x}}}
lanes: {l: {who: {id: {glob: "lane-who*"}}, may: [{do: update, tag.lane: x}]}}
guards:
  - {id: g, deny: update, tag.guard: x, unless: {tag.unless: x, successor: {same: [name]}}}
  - {id: r, require: {approval: {from: {team: dev}}}, do: update, tag.asks: x, changes: {only: [size]}}
freezes: [{id: f, deny: update, from: "2026-12-01T00:00:00Z", until: "2027-01-01T00:00:00Z"}, {id: e, deny: update, until: "2028-01-01T00:00:00Z"}]
grants: [{id: t, who: {id: dana}, may: {do: update}, from: "2026-02-01T00:00:00Z", until: "2026-02-02T00:00:00Z", reason: x}]
ceilings: [{id: c, who: {kind: agent}, may: [{tag.capped: x}]}]
principals: {teams: {dev: [dana]}, people: {dana: {}}, tiers: {T1: [{do: read, tag.tier: x}]}}
never: [{id: N, do: update, tag.never: {any: [x, {not: y}]}, environment: {same_as: tag.place}}]
`;

const matchers = (...all: readonly Matcher[]) => all;
const equals = (value: string): Matcher => ({ is: 'equals', value });

describe('what rules ask', () => {
  it('holds the conditions of everything that has some', async () => {
    const keys = conditionsOf(await rulesOf(RULES))
      .flatMap(plainLeaves)
      .flatMap((leaf) => (leaf.op === 'fact' ? [leaf.key] : []));
    expect(new Set(keys.filter((key) => key.startsWith('tag.')))).toEqual(
      new Set(['lane', 'guard', 'unless', 'asks', 'capped', 'tier', 'never', 'refined'].map((name) => `tag.${name}`)),
    );
    expect(keys).toContain('who.id');
    expect(keys).toContain('who.kind');
  });

  it('is gathered by fact, with paths, survivors, comparisons and instants', async () => {
    const ruleset = await rulesOf(RULES);
    const asked = askedOf([ruleset]);
    expect(asked.tests.get('tag.lane')).toEqual([equals('x')]);
    expect(asked.tests.get('tag.never')).toHaveLength(1);
    expect(asked.tests.get('who.id')).toEqual([{ is: 'glob', pattern: 'lane-who*' }, equals('dana')]);
    expect(asked.pairs).toEqual([['environment', 'tag.place']]);
    expect(asked.changes.map((list) => list.map(({ text }) => text))).toEqual([['size']]);
    expect(asked.successors).toEqual([{ want: 'present', same: ['name'], anyType: false }]);
    expect([...asked.instants].sort()).toEqual(
      ['2026-02-01', '2026-02-02', '2026-12-01', '2027-01-01', '2028-01-01'].map((day) => Date.parse(`${day}T00:00:00Z`)),
    );
    expect(asked.actors).toEqual([]);
  });

  it('holds what all of several rulesets ask, and what somebody asks besides', async () => {
    const rulesets = [await rulesOf(RULES), await rulesOf('lanes: {l: {who: anyone, may: [{do: update, tag.lane: y}]}}')];
    const condition = { op: 'not', of: { op: 'fact', key: 'tag.more', test: equals('z') } } as const;
    const asked = askedOf(rulesets, { conditions: [condition], actors: ['dana'] });
    expect(asked.tests.get('tag.lane')).toEqual([equals('x'), equals('y')]);
    expect(asked.tests.get('tag.more')).toEqual([equals('z')]);
    expect(asked.actors).toEqual(['dana']);
  });
});

describe('facts that are compared', () => {
  const PAIRS = [
    ['a', 'b'],
    ['c', 'b'],
    ['d', 'e'],
  ] as const;

  it.each<[string, readonly string[]]>([
    ['a', ['a', 'b', 'c']],
    ['b', ['a', 'b', 'c']],
    ['c', ['a', 'b', 'c']],
    ['e', ['d', 'e']],
    ['f', ['f']],
  ])('%s is compared with %j, directly or through others', (key, expected) => {
    expect([...comparedWith(key, PAIRS)].sort()).toEqual(expected);
  });

  it('whose matchers count for each of them, as do the values of attributes', async () => {
    const ruleset = await rulesOf(RULES);
    const asked = askedOf([ruleset]);
    const more = { ...asked, tests: new Map([...asked.tests, ['tag.place', matchers(equals('here'))]]) };
    expect(testsAround('environment', more)).toEqual(expect.arrayContaining([equals('here')]));
    expect(testsAround('tag.lane', more)).toEqual([equals('x')]);
    expect(testsAround('nothing', more)).toEqual([]);
    expect(new Set(valuesAround('tag.place', asked, [ruleset]))).toEqual(new Set(['production', 'development']));
    expect(valuesAround('tag.lane', asked, [ruleset])).toEqual([]);
  });
});

it('leaves of a matcher stand without `not`, `any` and `all`', () => {
  const nested: Matcher = {
    is: 'not',
    of: { is: 'any', of: [equals('a'), { is: 'all', of: [equals('b'), { is: 'exists', want: true }] }] },
  };
  expect(leavesOf(nested)).toEqual([equals('a'), equals('b'), { is: 'exists', want: true }]);
  expect(leavesOf(equals('a'))).toEqual([equals('a')]);
});

describe('the fact that a source of an attribute reads', () => {
  const MAP = [] as const;
  it.each<[string, AttributeSource, readonly string[]]>([
    ['a plain one', { from: 'workspace', map: MAP }, ['workspace']],
    ['a variable', { from: 'variable', name: 'stage', map: MAP }, ['variable.stage']],
    ['a planned attribute', { from: 'attr', path: parsePattern('a.*.b'), map: MAP }, ['attr.a.*.b']],
    ['a tag of its own', { from: 'tag', key: 'stage', carrier: false, map: null }, ['tag.stage']],
    ['the carrier of each provider, once', { from: 'tag', key: 'stage', carrier: true, map: null }, ['tag.env', 'tag.acme/env']],
  ])('%s', (_, source, expected) => {
    expect(sourceKeys(source, ['env', 'acme/env', 'env'])).toEqual(expected);
  });
});
