import { describe, expect, it } from 'vitest';
import { type Actor, actorState, actorsOf } from '../../src/prove/actors.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { Inconclusive } from '../../src/prove/cube.ts';
import { rulesOf } from './load.ts';

const PEOPLE = `principals: {teams: {dev: [dana]}, people: {dana: {github: "1"}, sam: {}}, agents: {bot: {owner: dana, tier: T1}}, tiers: {T1: [{do: read}]}}`;
const LANE = (who: string) => `lanes: {l: {who: ${who}, may: [{do: update, class: database}]}}`;

async function actors(bodies: readonly string[], spelled: readonly string[] = []): Promise<readonly Actor[]> {
  const rulesets = await Promise.all(bodies.map(rulesOf));
  return actorsOf(rulesets, askedOf(rulesets, { actors: spelled }));
}

/** Each as `--as` spells it, with what kind of principal it is under each ruleset. */
const told = (all: readonly Actor[]) =>
  all.map(({ spelled, principals }) => `${spelled} ${principals.map(({ kind }) => kind).join(' ')}`);

describe('who may act', () => {
  it('everybody registered, one unregistered of each kind, and nobody known', async () => {
    expect(told(await actors([`${LANE('anyone')}\n${PEOPLE}`]))).toEqual([
      'dana human',
      'sam human',
      'agent:bot agent',
      'agent:x agent',
      'ci:x ci',
      'x unknown',
      'anonymous unknown',
    ]);
  });

  it('without a registry a bare name is a person', async () => {
    expect(told(await actors([LANE('anyone')]))).toEqual(['agent:x agent', 'ci:x ci', 'x human', 'anonymous unknown']);
  });

  it('those who are asked about stand first, once', async () => {
    const all = await actors([`${LANE('anyone')}\n${PEOPLE}`], ['ci:deploy', 'sam']);
    expect(all.map(({ spelled }) => spelled).slice(0, 3)).toEqual(['ci:deploy', 'sam', 'dana']);
    expect(all).toHaveLength(8);
  });

  it.each<[string, string, readonly string[]]>([
    ['an id that a rule names', '{id: erin}', ['agent:erin', 'ci:erin', 'erin', 'agent:x', 'ci:x', 'x']],
    ['an id that nobody can have', '{id: "a b"}', ['agent:x', 'ci:x', 'x']],
  ])('%s is an unregistered principal of each kind', async (_, who, expected) => {
    const all = (await actors([LANE(who)])).map(({ spelled }) => spelled);
    expect([...all].sort()).toEqual([...expected, 'anonymous'].sort());
  });

  it('of ids like a glob there is one, and one that is not', async () => {
    const ids = (await actors([LANE('{id: {glob: "ops-*"}}')])).map(({ spelled }) => spelled);
    for (const kind of ['agent:', 'ci:']) {
      const own = ids.filter((id) => id.startsWith(kind)).map((id) => id.slice(kind.length));
      expect(own.map((id) => id.startsWith('ops-')).sort()).toEqual([false, true]);
    }
  });

  it('members of a team are people, where no file lists people', async () => {
    const teams = 'principals: {teams: {dev: [dana, ghost]}, agents: {bot: {owner: dana}}}';
    const all = told(await actors([`${LANE('anyone')}\n${teams}`]));
    expect(all.slice(0, 3)).toEqual(['dana human', 'ghost human', 'agent:bot agent']);
  });

  it('an id that an attribute can say, where it is compared with ids', async () => {
    const rules = `attributes: {owner: {values: [erin], from: [{workspace: {"*": erin}}]}}
lanes: {l: {who: anyone, may: [{do: update, owner: {same_as: who.id}}]}}`;
    expect((await actors([rules])).map(({ spelled }) => spelled)).toContain('ci:erin');
  });

  it('of two rulesets, whoever stands in one of the registries, as each of them knows them', async () => {
    const other = 'principals: {people: {tess: {}}}';
    const all = told(await actors([`${LANE('anyone')}\n${PEOPLE}`, `${LANE('anyone')}\n${other}`]));
    expect(all).toContain('tess unknown human');
    expect(all).toContain('dana human unknown');
    expect(all).toContain('agent:bot agent agent');
  });

  it('a person whom the CI host knows by number acts with its word, too, where a rule asks for that', async () => {
    const assurances = (all: readonly Actor[], name: string) =>
      all.filter(({ spelled }) => spelled === name).map(({ principals }) => principals[0]?.assurance);
    const asking = await actors([`${LANE('{assurance: host}')}\n${PEOPLE}`]);
    expect(assurances(asking, 'dana')).toEqual(['asserted', 'host']);
    expect(assurances(asking, 'sam')).toEqual(['asserted']);
    expect(assurances(asking, 'anonymous')).toEqual(['none']);
    expect(assurances(await actors([`${LANE('anyone')}\n${PEOPLE}`]), 'dana')).toEqual(['asserted']);
    const compared = `lanes: {l: {who: anyone, may: [{do: update, attr.by: {same_as: who.assurance}}]}}\n${PEOPLE}`;
    expect(assurances(await actors([compared]), 'dana')).toEqual(['asserted', 'host']);
  });

  it('their facts are those of the evaluator, by ruleset', async () => {
    const [bot] = (await actors([`${LANE('anyone')}\n${PEOPLE}`, LANE('anyone')])).filter((a) => a.spelled === 'agent:bot');
    if (!bot) throw new Error('no bot');
    expect(actorState(bot, 0, 'who.tier')).toEqual({ kind: 'value', value: 'T1' });
    expect(actorState(bot, 0, 'who.owner')).toEqual({ kind: 'value', value: 'dana' });
    expect(actorState(bot, 1, 'who.tier').kind).toBe('unknown');
  });

  it('gives up where globs over ids double too often', async () => {
    const globs = Array.from({ length: 16 }, (_, i) => `{glob: "*${String.fromCharCode(97 + i)}${i}*"}`);
    await expect(actors([LANE(`{id: [${globs.join(', ')}]}`)])).rejects.toThrow(Inconclusive);
  });
});
