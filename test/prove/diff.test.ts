import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/logic/fact.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { type Cube, hasBit } from '../../src/prove/cube.ts';
import { DIFFERENCES, type Differences, differences, MOST_REGIONS, NEW_ACCESS } from '../../src/prove/diff.ts';
import { Space } from '../../src/prove/space.ts';
import { Verdicts } from '../../src/prove/verdicts.ts';
import { loadText } from '../lanes/folder.ts';
import { knowing } from './known-types.ts';

const TYPES = knowing(['db', 'role', 'helper']);

async function compare(before: string, after: string, types = TYPES): Promise<Differences & { readonly space: Space }> {
  const rulesets = [await loadText(`inlane: 1\nlevel: org\n${before}`), await loadText(`inlane: 1\nlevel: org\n${after}`)];
  const space = new Space(rulesets, askedOf(rulesets), types);
  return { space, ...differences(new Verdicts(space, 0), new Verdicts(space, 1), types) };
}

const kinds = async (before: string, after: string) => [...new Set((await compare(before, after)).found.map(({ kind }) => kind))];

const PEOPLE = (dev = 'dana, erin') =>
  `principals: {teams: {dev: [${dev}], sre: [sam], all: [dana, erin, sam]}, people: {dana: {}, erin: {}, sam: {}}}`;
/** Somebody whom a CI host can name, too. */
const HOSTED = 'principals: {people: {dana: {github: "1"}}}';
const LANE = (condition = '') => `lanes: {l: {who: anyone, may: [{do: [update, destroy], class: database${condition}}]}}`;
const ASKS = (approval: string, people = PEOPLE()) =>
  `${LANE()}\n${people}\nguards: [{id: g, require: {approval: {${approval}}}, do: destroy}]`;
const DENIES = (rest: string) => `${LANE()}\n${rest}`;

/** Those that a region names; none = any. */
const operations = (region: Cube) => {
  const bits = region.get(Space.OPERATION);
  return bits === undefined ? [] : OPERATIONS.filter((_, cell) => hasBit(bits, cell));
};

describe('differences of rules', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['the same', LANE(), LANE(), []],
    ['said otherwise', LANE(), LANE(', unless: {class: identity}'), []],
    ['one condition less', LANE(', tag.a: x'), LANE(), ['newly-allowed']],
    ['one condition more', LANE(), LANE(', tag.a: x'), ['newly-denied']],
    ['another condition', LANE(', tag.a: x'), LANE(', tag.a: y'), ['newly-allowed', 'newly-denied']],
    ['a guard less', DENIES('guards: [{id: g, deny: destroy}]'), LANE(), ['newly-allowed']],
    ['a guard more', LANE(), DENIES('guards: [{id: g, deny: destroy}]'), ['newly-denied']],
    ['a guard that only watches', LANE(), DENIES('guards: [{id: g, deny: destroy, enforce: observe}]'), []],
    [
      'a guard that watched',
      DENIES('guards: [{id: g, deny: destroy, enforce: observe}]'),
      DENIES('guards: [{id: g, deny: destroy}]'),
      ['newly-denied'],
    ],
    [
      'a guard less, and one on what nobody may do anyway',
      DENIES('guards: [{id: g, deny: destroy}, {id: h, deny: create}]'),
      LANE(),
      ['newly-allowed'],
    ],
    [
      'for those whom the host names, too',
      `lanes: {l: {who: {kind: human, assurance: asserted}, may: [{do: update, class: database}]}}\n${HOSTED}`,
      `lanes: {l: {who: {kind: human, assurance: [asserted, host]}, may: [{do: update, class: database}]}}\n${HOSTED}`,
      ['newly-allowed'],
    ],
    [
      'for those whom the host names alone',
      `lanes: {l: {who: {kind: human}, may: [{do: update, class: database}]}}\n${HOSTED}`,
      `lanes: {l: {who: {kind: human, assurance: host}, may: [{do: update, class: database}]}}\n${HOSTED}`,
      ['newly-denied'],
    ],
    ['a freeze', LANE(), DENIES('freezes: [{id: f, deny: destroy, until: "2027-01-01T00:00:00Z"}]'), ['newly-denied']],
    ['a ceiling', LANE(), DENIES('ceilings: [{id: c, may: [{do: update}]}]'), ['newly-denied']],
    ['a ceiling less', DENIES('ceilings: [{id: c, may: [{do: update}]}]'), LANE(), ['newly-allowed']],
    ['an approval instead of nothing', `${LANE()}\n${PEOPLE()}`, ASKS('from: {team: dev}'), ['newly-asked']],
    ['nothing instead of an approval', ASKS('from: {team: dev}'), `${LANE()}\n${PEOPLE()}`, ['approval-weakened']],
    [
      'an approval instead of a guard',
      DENIES('guards: [{id: g, deny: destroy}]'),
      ASKS('from: {team: dev}'),
      ['within-approval'],
    ],
    ['a guard instead of an approval', ASKS('from: {team: dev}'), DENIES('guards: [{id: g, deny: destroy}]'), ['newly-denied']],
    ['fewer approvals', ASKS('from: {team: dev}, count: 2'), ASKS('from: {team: dev}, count: 1'), ['approval-weakened']],
    ['more approvals', ASKS('from: {team: dev}, count: 1'), ASKS('from: {team: dev}, count: 2'), []],
    ['of a wider team', ASKS('from: {team: sre}'), ASKS('from: {team: all}'), ['approval-weakened']],
    ['of a narrower team', ASKS('from: {team: all}'), ASKS('from: {team: sre}'), []],
    ['of another team', ASKS('from: {team: sre}'), ASKS('from: {team: dev}'), ['approval-weakened']],
    ['of one person of the team', ASKS('from: {team: dev}'), ASKS('from: {id: dana}'), []],
    ['of another person', ASKS('from: {id: dana}'), ASKS('from: {id: erin}'), ['approval-weakened']],
    ['of a person outside of the team', ASKS('from: {team: dev}'), ASKS('from: {id: sam}'), ['approval-weakened']],
    ['of the team of that person', ASKS('from: {id: dana}'), ASKS('from: {team: dev}'), ['approval-weakened']],
    ['by the author, too', ASKS('from: {team: dev}, not_by: [author]'), ASKS('from: {team: dev}'), ['approval-weakened']],
    ['not by the author any more', ASKS('from: {team: dev}'), ASKS('from: {team: dev}, not_by: [author]'), []],
    [
      'never by the author',
      ASKS('from: {team: dev}, not_by: [author]'),
      ASKS('from: {team: dev}, not_by: [author], count: 2'),
      [],
    ],
    [
      'somebody joins the team',
      ASKS('from: {team: dev}'),
      ASKS('from: {team: dev}', PEOPLE('dana, erin, sam')),
      ['approval-weakened'],
    ],
    ['somebody leaves the team', ASKS('from: {team: dev}'), ASKS('from: {team: dev}', PEOPLE('dana')), []],
    ['the same team, and no registry', ASKS('from: {team: dev}', ''), ASKS('from: {team: dev}', ''), []],
    ['another team, and a registry', ASKS('from: {team: dev}', ''), ASKS('from: {team: all}'), ['approval-weakened']],
    ['another team, and no registry any more', ASKS('from: {team: dev}'), ASKS('from: {team: all}', ''), ['approval-weakened']],
    ['another team, and no registry', ASKS('from: {team: dev}', ''), ASKS('from: {team: all}', ''), ['approval-weakened']],
    [
      'a weak approval less, and a strong one stays',
      `${ASKS('from: {team: dev}, count: 2').replace(/\]$/, ', {id: h, require: {approval: {from: {team: dev}}}, do: destroy}]')}`,
      ASKS('from: {team: dev}, count: 2'),
      [],
    ],
    [
      'somebody joins a team that a lane is for',
      `lanes: {l: {who: {team: dev}, may: [{do: update, class: database}]}}\n${PEOPLE()}`,
      `lanes: {l: {who: {team: dev}, may: [{do: update, class: database}]}}\n${PEOPLE('dana, erin, sam')}`,
      ['newly-allowed'],
    ],
  ])('%s', async (_, before, after, expected) => {
    expect(await kinds(before, after)).toEqual(expected);
  });

  it('a weakened approval says which one, and what it was', async () => {
    const [found] = (await compare(ASKS('from: {team: dev}, count: 2'), ASKS('from: {team: dev}'))).found;
    expect(found?.approval).toMatchObject({ id: 'g', before: { count: 2 }, after: { count: 1 } });
    const [gone] = (await compare(ASKS('from: {team: dev}, count: 2'), `${LANE()}\n${PEOPLE()}`)).found;
    expect([gone?.approval?.after, gone?.before, gone?.after]).toEqual([null, 'needs-approval', 'allow']);
  });

  it('a region names nothing that it does not hang on', async () => {
    const { found } = await compare(LANE(', tag.a: x'), LANE());
    const told = found.map(({ region }) => region.size);
    expect(Math.min(...told)).toBeLessThanOrEqual(3);
  });

  it('one grant of several operations is one difference, with all of them', async () => {
    const { found } = await compare(
      'lanes: {l: {who: anyone, may: [{do: read}]}}',
      'lanes: {l: {who: anyone, may: [{do: read}, {do: [create, update, destroy], class: database}]}}',
    );
    expect(found.map(({ kind, region }) => [kind, operations(region)])).toEqual([
      ['newly-allowed', ['destroy', 'create', 'update']],
    ]);
    // The example is one change of them.
    expect(['create', 'update', 'destroy']).toContain(found[0]?.witness.test.operation);
  });

  it('and of several classes, as far as they are alike', async () => {
    const may = (...mays: readonly string[]) => `lanes: {l: {who: anyone, may: [{do: read}, ${mays.join(', ')}]}}`;
    const READ = 'lanes: {l: {who: anyone, may: [{do: read}]}}';
    const apart = await compare(READ, may('{do: [create, update], class: database}', '{do: update, class: identity}'));
    const regions = apart.found.map(({ region }) => operations(region).join(' '));
    expect(regions.sort()).toEqual(['create', 'update']);
    const other = await compare(READ, may('{do: create, class: database, tag.a: x}', '{do: update, class: database, tag.a: y}'));
    expect(other.found.map(({ region }) => operations(region).join(' ')).sort()).toEqual(['create', 'update']);
  });

  it('of two approvals that are weakened, each is one', async () => {
    const guards = (count: number) =>
      `${LANE()}\n${PEOPLE()}\nguards: [${['update', 'destroy']
        .map((operation) => `{id: ${operation}, require: {approval: {from: {team: all}, count: ${count}}}, do: ${operation}}`)
        .join(', ')}]`;
    const { found } = await compare(guards(2), guards(1));
    expect(found.map(({ approval }) => approval?.id).sort()).toEqual(['destroy', 'update']);
    const gone = await compare(
      ASKS('from: {team: all}').replace('do: destroy}]', 'do: [update, destroy]}]'),
      `${LANE()}\n${PEOPLE()}`,
    );
    expect(gone.found.map(({ region }) => operations(region))).toEqual([['destroy', 'update']]);
  });

  it('what a guard denied and what no lane granted before is one difference', async () => {
    const { found } = await compare(
      'lanes: {l: {who: anyone, may: [{do: create, class: database}]}}\nguards: [{id: g, deny: create}]',
      'lanes: {l: {who: anyone, may: [{do: [create, update], class: database}]}}',
    );
    expect(found.map(({ kind, region }) => [kind, operations(region)])).toEqual([['newly-allowed', ['create', 'update']]]);
  });

  it('what is told together leaves the others as they are', async () => {
    const { found } = await compare(
      'lanes: {l: {who: anyone, may: [{do: create, class: database}]}}\nguards: [{id: g, deny: create}]',
      'lanes: {l: {who: anyone, may: [{do: [create, update], class: database}, {do: read, class: identity, tag.a: x}]}}',
    );
    expect(found.map(({ region }) => operations(region).join(' ')).sort()).toEqual(['create update', 'read']);
  });

  it('what was allowed and what was asked for before are two', async () => {
    const { found } = await compare(
      ASKS('from: {team: dev}'),
      `${LANE().replace('[update, destroy]', 'destroy')}\n${PEOPLE()}\nguards: [{id: g, deny: destroy}]`,
    );
    expect(found.map(({ kind, before, region }) => [kind, before, operations(region)])).toEqual([
      ['newly-denied', 'allow', ['update']],
      ['newly-denied', 'needs-approval', ['destroy']],
    ]);
  });

  it('what comes within reach of an approval and what an approval is newly asked for are two', async () => {
    const { found } = await compare(
      `${LANE().replace('[update, destroy]', 'update')}\n${PEOPLE()}`,
      ASKS('from: {team: dev}').replace('do: destroy}]', 'do: [update, destroy]}]'),
    );
    expect(found.map(({ kind, region }) => [kind, operations(region)])).toEqual([
      ['within-approval', ['destroy']],
      ['newly-asked', ['update']],
    ]);
  });

  it('a region holds nothing that is decided as before', async () => {
    const { found } = await compare(
      'lanes: {l: {who: anyone, may: [{do: update, class: database}]}}',
      'lanes: {l: {who: anyone, may: [{do: [move, update, reclassify], class: database}]}}\nguards: [{id: g, deny: reclassify}]',
    );
    expect(found.map(({ kind, region }) => [kind, operations(region)])).toEqual([['newly-allowed', ['move']]]);
  });

  it('a region of very many names says that it holds no others', async () => {
    const names = Array.from({ length: 40 }, (_, number) => `n${number}`);
    const { found, space } = await compare(
      'lanes: {l: {who: anyone, may: [{do: read}]}}',
      `lanes: {l: {who: anyone, may: [{do: read}, {do: update, class: database, name: [${names.join(', ')}]}]}}`,
    );
    const name = space.facts.find(({ key }) => key === 'name');
    expect(found).toHaveLength(1);
    const bits = found[0]?.region.get(name?.variable ?? -1);
    const named = name?.cells.flatMap(({ state }, cell) =>
      bits !== undefined && hasBit(bits, cell) ? [state.kind === 'value' ? state.value : state.kind] : [],
    );
    expect(named?.sort()).toEqual(names.sort());
  });

  it('classes are those that a thing had under the old rules', async () => {
    const lane = 'lanes: {l: {who: anyone, may: [{do: update, class: [identity, exposure]}]}}';
    const { found } = await compare(
      lane,
      `${lane}\nclasses: {graph: {is_a: identity, types: [aws_s3_bucket]}}`,
      knowing(['db', 'bucket']),
    );
    const [first] = found;
    expect([found.length, first?.kind, first?.witness.test.type]).toEqual([1, 'newly-allowed', 'aws_s3_bucket']);
  });

  it('a weakened approval is told as it is now, among others', async () => {
    const guards = (...counts: readonly number[]) =>
      `${LANE()}\n${PEOPLE()}\nguards: [${['update', 'destroy']
        .map(
          (operation, i) => `{id: ${operation}, require: {approval: {from: {team: all}, count: ${counts[i]}}}, do: ${operation}}`,
        )
        .join(', ')}]`;
    const { found } = await compare(guards(1, 3), guards(1, 2));
    expect(found.map(({ approval }) => [approval?.id, approval?.before.count, approval?.after?.count])).toEqual([
      ['destroy', 3, 2],
    ]);
  });

  it('shows as many of each kind', async () => {
    const mays = (word: string) =>
      Array.from(
        { length: MOST_REGIONS - 2 },
        (_, i) => `{do: update, class: database, tag.${word}${i}: x, attr.${word}${i}: 1}`,
      );
    const { found, more } = await compare(
      `lanes: {l: {who: anyone, may: [${mays('old').join(', ')}]}}`,
      `lanes: {l: {who: anyone, may: [${mays('new').join(', ')}]}}`,
    );
    const of = (kind: string) => found.filter((one) => one.kind === kind).length;
    expect([of('newly-allowed'), of('newly-denied'), more]).toEqual([
      MOST_REGIONS,
      MOST_REGIONS,
      ['newly-allowed', 'newly-denied'],
    ]);
  });

  it('tells that there are more regions than it shows', async () => {
    const words = Array.from({ length: MOST_REGIONS + 3 }, (_, i) => `t${i}`);
    const mays = words.map((word) => `{do: update, class: database, tag.${word}: x, attr.${word}: 1}`).join(', ');
    const { found, more } = await compare(
      'lanes: {l: {who: anyone, may: [{do: read}]}}',
      `lanes: {l: {who: anyone, may: [{do: read}, ${mays}]}}`,
    );
    expect(found).toHaveLength(MOST_REGIONS);
    expect(more).toEqual(['newly-allowed']);
  });

  it('three kinds give access', () => {
    expect(DIFFERENCES.filter((kind) => NEW_ACCESS.has(kind))).toEqual(['newly-allowed', 'within-approval', 'approval-weakened']);
  });
});
