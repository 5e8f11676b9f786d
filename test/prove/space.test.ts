import { describe, expect, it } from 'vitest';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import { OPERATIONS } from '../../src/logic/fact.ts';
import type { Literal } from '../../src/logic/matcher.ts';
import { parsePattern } from '../../src/logic/path.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { type Bits, bitsOf, Inconclusive } from '../../src/prove/cube.ts';
import { Space } from '../../src/prove/space.ts';
import { knowing, TYPES, type TypeName } from './known-types.ts';
import { rulesOf } from './load.ts';

/** Without the one that is as open as an unknown type. */
const ALL = knowing((Object.keys(TYPES) as TypeName[]).filter((name) => name !== 'manifest'));

async function spaceOf(...bodies: readonly string[]): Promise<Space> {
  const rulesets: Ruleset[] = await Promise.all(bodies.map(rulesOf));
  return new Space(rulesets, askedOf(rulesets), ALL);
}

/** How a fact is spelled: `undefined` = left out (unknown, or an absent tag). */
type Spelled = Literal | readonly Literal[] | undefined;

interface Some {
  readonly do?: string;
  readonly type?: string;
  readonly mode?: string;
  /** Of an object that stands before; `null` = there is none. */
  readonly survivors?: 'unknown' | 'none' | 'some' | null;
  readonly paths?: readonly boolean[];
  readonly facts?: readonly (readonly [key: string, spelled: Spelled])[];
}

/** Whether some change is like this. A fact that stands twice is that of the first ruleset, then of the second. */
function canBe(space: Space, some: Some): boolean {
  const cube = new Map<number, Bits>();
  const set = (variable: number, holds: (cell: number) => boolean): void => {
    const bits = bitsOf(space.cubes.sizes[variable] ?? 0, holds);
    if (!bits.some((word) => word !== 0)) throw new Error(`no such cell of ${space.nameOf(variable)}`);
    cube.set(variable, bits);
  };
  if (some.do) set(Space.OPERATION, (cell) => OPERATIONS[cell] === some.do);
  if (some.type ?? some.mode)
    set(Space.KIND, (cell) => {
      const kind = space.kinds[cell];
      return (some.type === undefined || kind?.type === some.type) && (some.mode === undefined || kind?.mode === some.mode);
    });
  if (some.survivors !== undefined)
    set(Space.SUCCESSOR, (cell) => {
      const { side, survivors } = space.successors[cell] as Space['successors'][number];
      if (some.survivors === null) return side === 'none';
      if (side === 'none') return false;
      return some.survivors === 'unknown'
        ? survivors === null
        : survivors !== null && survivors.length > 0 === (some.survivors === 'some');
    });
  some.paths?.forEach((changes, i) => {
    set(Space.FIRST_PATH + i, (cell) => cell === Number(changes));
  });
  const seen = new Map<string, number>();
  for (const [key, spelled] of some.facts ?? []) {
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    const variable = space.facts.filter((fact) => fact.key === key)[nth];
    if (variable === undefined) throw new Error(`no fact ${key}`);
    set(variable.variable, (cell) => variable.cells[cell]?.spelled === spelled);
  }
  return space.cubes.find(cube, space.impossible) !== null;
}

const LANE = (...conditions: readonly string[]) =>
  `lanes: {l: {who: anyone, may: [${conditions.map((condition) => `{do: update, ${condition}}`).join(', ')}]}}`;

describe('what no change is', () => {
  const RULES = LANE('successor: {same: [name]}', 'dependents: none', 'replaces: true', 'type: external', 'class: database');

  it.each<[boolean, string, Some]>([
    [true, 'a create of what did not stand before', { do: 'create', survivors: null, facts: [['dependents', null]] }],
    [false, 'a create with a survivor', { do: 'create', survivors: 'some' }],
    [false, 'a read of which nobody knows what survives', { do: 'read', survivors: 'unknown' }],
    [false, 'a create that others depend on', { do: 'create', facts: [['dependents', 'some']] }],
    [false, 'a create of which nobody knows what depends on it', { do: 'create', facts: [['dependents', undefined]] }],
    [false, 'a destroy of nothing', { do: 'destroy', survivors: null }],
    [false, 'a move of what has no dependents to speak of', { do: 'move', facts: [['dependents', null]] }],
    [true, 'a destroy without survivors', { do: 'destroy', survivors: 'none', facts: [['dependents', 'some']] }],
    [true, 'a destroy of which nothing is known', { do: 'destroy', survivors: 'unknown', facts: [['dependents', undefined]] }],
    [true, 'an invocation with something before it', { do: 'invoke', survivors: 'some', facts: [['dependents', 'none']] }],
    [true, 'an invocation with nothing before it', { do: 'invoke', survivors: null, facts: [['dependents', null]] }],
    [
      false,
      'an invocation with survivors and nothing before it',
      { do: 'invoke', survivors: 'some', facts: [['dependents', null]] },
    ],
    [
      false,
      'an invocation with dependents and nothing before it',
      { do: 'invoke', survivors: null, facts: [['dependents', 'none']] },
    ],
    [true, 'the new half of a disguised replace', { do: 'reclassify', survivors: null, facts: [['dependents', null]] }],
    [false, 'an update that replaces', { do: 'update', facts: [['replaces', true]] }],
    [false, 'a read that replaces', { do: 'read', facts: [['replaces', true]] }],
    [true, 'a create that replaces', { do: 'create', facts: [['replaces', true]] }],
    [true, 'an update that does not', { do: 'update', facts: [['replaces', false]] }],
    [true, 'an update of which that is not known', { do: 'update', facts: [['replaces', undefined]] }],
    [true, 'a data source that is read', { do: 'read', mode: 'data' }],
    [true, 'a data source that is invoked', { do: 'invoke', mode: 'data' }],
    [false, 'a data source that is updated', { do: 'update', mode: 'data' }],
    [true, 'a managed object that is read', { do: 'read', mode: 'managed' }],
    [true, 'a managed object of a type that only data sources have', { do: 'destroy', type: 'external', mode: 'unlisted' }],
    [false, 'a read of such an object', { do: 'read', type: 'external', mode: 'unlisted' }],
    [true, 'an unknown type, read', { do: 'read', mode: 'any' }],
    [true, 'an unknown type, destroyed', { do: 'destroy', mode: 'any' }],
  ])('%s: %s', async (expected, _, some) => {
    expect(canBe(await spaceOf(RULES), some)).toBe(expected);
  });

  it('an action is invoked, and nothing else', async () => {
    const action = {
      ...ALL,
      *all() {
        for (const entry of ALL.all()) yield entry;
        for (const entry of ALL.all()) if (entry.type === 'external') yield { ...entry, mode: 'actions' as const };
      },
    };
    const ruleset = await rulesOf(LANE('class: code-execution'));
    const actions = new Space([ruleset], askedOf([ruleset]), {
      ...action,
      all: () => [...action.all()].filter(({ mode }) => mode !== 'data'),
    });
    expect(actions.kinds.some(({ mode }) => mode === 'actions')).toBe(true);
    expect(canBe(actions, { do: 'invoke', mode: 'actions' })).toBe(true);
    for (const operation of ['read', 'update', 'destroy']) expect(canBe(actions, { do: operation, mode: 'actions' })).toBe(false);
  });

  it.each<[boolean, string]>([
    [false, 'create'],
    [false, 'destroy'],
    [false, 'forget'],
    [false, 'import'],
    [false, 'invoke'],
    [true, 'update'],
    [true, 'move'],
    [true, 'read'],
    [true, 'reclassify'],
  ])('%s: a %s of no path', async (expected, operation) => {
    const space = await spaceOf(LANE('changes: {only: [size]}'));
    expect(canBe(space, { do: operation, paths: [false, false] })).toBe(expected);
    expect(canBe(space, { do: operation, paths: [true, false] })).toBe(true);
  });
});

const ENV = (...from: readonly string[]) =>
  `attributes: {environment: {values: {production: [prod], development: []}, from: [${from.join(', ')}]}}`;
const WORKSPACE = '{workspace: {"*-prod": prod, "dev-*": development}}';

describe('an attribute and its sources', () => {
  const RULES = `${ENV(WORKSPACE)}\n${LANE('environment: production', 'workspace: shop-prod', 'workspace: elsewhere', 'workspace: dev-1')}`;

  it.each<[boolean, Spelled, Spelled]>([
    [true, 'production', 'shop-prod'],
    [false, 'development', 'shop-prod'],
    [true, 'development', 'dev-1'],
    [false, 'production', 'dev-1'],
    // Another source may contradict, and may speak where this one is silent: no rule asks what it says.
    [true, undefined, 'shop-prod'],
    [true, 'production', 'elsewhere'],
    [true, undefined, 'elsewhere'],
    [true, 'production', undefined],
  ])('%s: environment %s in workspace %s', async (expected, environment, workspace) => {
    const facts = [
      ['environment', environment],
      ['workspace', workspace],
    ] as const;
    expect(canBe(await spaceOf(RULES), { facts })).toBe(expected);
  });

  it('a value that is none of its values makes it unknown', async () => {
    const space = await spaceOf(
      `attributes: {environment: {values: [production], from: [{tag: stage}], tag: {aws: other}}}\n${LANE('environment: production', 'tag.stage: qa', 'tag.stage: production')}`,
    );
    expect(
      canBe(space, {
        facts: [
          ['environment', 'production'],
          ['tag.stage', 'qa'],
        ],
      }),
    ).toBe(false);
    expect(
      canBe(space, {
        facts: [
          ['environment', undefined],
          ['tag.stage', 'qa'],
        ],
      }),
    ).toBe(true);
    expect(
      canBe(space, {
        facts: [
          ['environment', 'production'],
          ['tag.stage', 'production'],
        ],
      }),
    ).toBe(true);
    expect(
      canBe(space, {
        facts: [
          ['environment', 'production'],
          ['tag.stage', undefined],
        ],
      }),
    ).toBe(true);
  });

  it('the tag that carries it is that of the provider', async () => {
    const space = await spaceOf(
      `attributes: {environment: {values: [production, development], from: [{tag: environment}], tag: {aws: environment, google: env}}}\n${LANE('environment: production', 'tag.environment: development', 'tag.env: development', 'class: database')}`,
    );
    const says = (type: string, tag: string) =>
      canBe(space, {
        type,
        facts: [
          ['environment', 'production'],
          [tag, 'development'],
        ],
      });
    expect(says('aws_db_instance', 'tag.environment')).toBe(false);
    expect(says('aws_db_instance', 'tag.env')).toBe(true);
    expect(says('google_sql_database_instance', 'tag.env')).toBe(false);
    expect(says('google_sql_database_instance', 'tag.environment')).toBe(true);
    expect(says('random_id', 'tag.environment')).toBe(true);
  });

  it('a provider may be a source', async () => {
    const space = await spaceOf(
      `attributes: {track: {values: [stable, preview], from: [{provider: {"*-beta": preview, "hashicorp/*": stable}}]}}\n${LANE('track: stable', 'type: aws_db_instance')}`,
    );
    expect(canBe(space, { type: 'aws_db_instance', facts: [['track', 'stable']] })).toBe(true);
    expect(canBe(space, { type: 'aws_db_instance', facts: [['track', 'preview']] })).toBe(false);
  });

  it('variables and planned attributes are sources, numbers by their text', async () => {
    const space = await spaceOf(
      `${ENV('{variable: {stage: {"p*": prod}}}', '{attr: {size: {"7": development}}}')}\n${LANE('environment: production', 'attr.size: {gt: 5}')}`,
    );
    expect(
      canBe(space, {
        facts: [
          ['environment', 'production'],
          ['attr.size', 7],
        ],
      }),
    ).toBe(false);
    expect(
      canBe(space, {
        facts: [
          ['environment', 'development'],
          ['attr.size', 7],
        ],
      }),
    ).toBe(true);
    expect(
      canBe(space, {
        facts: [
          ['environment', 'production'],
          ['attr.size', 6],
        ],
      }),
    ).toBe(true);
  });
});

describe('sources that say several things, or hang on the cloud', () => {
  it('several values of one source that differ make the attribute unknown', async () => {
    const space = await spaceOf(
      `attributes: {size: {values: [small, large], from: [{attr: {"zones.*": {"a*": small, "b*": large}}}]}}\n${LANE('size: small', 'attr.zones.*: [a1, b1]')}`,
    );
    const fact = space.facts.find(({ key }) => key === 'attr.zones.*');
    const zones = (...wanted: readonly string[]) =>
      fact?.cells.map(({ spelled }) => spelled).find((s) => JSON.stringify(s) === JSON.stringify(wanted));
    const can = (size: Spelled, ...wanted: readonly string[]) =>
      canBe(space, {
        facts: [
          ['size', size],
          ['attr.zones.*', zones(...wanted)],
        ],
      });
    expect([can('small', 'a1', 'b1'), can('large', 'a1', 'b1'), can(undefined, 'a1', 'b1')]).toEqual([false, false, true]);
    expect([can('small', 'a1'), can('large', 'a1')]).toEqual([true, false]);
    expect([can('small'), can('large', 'b1')]).toEqual([true, true]);
  });

  it('a carrier of all clouds is another tag only where the cloud tells keys apart', async () => {
    const space = await spaceOf(
      `attributes: {environment: {values: [production, development], from: [{tag: environment}], tag: environment}}\n${LANE('environment: production', 'tag.Environment: development', 'class: database')}`,
    );
    const can = (type: string) =>
      canBe(space, {
        type,
        facts: [
          ['environment', 'production'],
          ['tag.Environment', 'development'],
        ],
      });
    expect([can('aws_db_instance'), can('azurerm_mssql_database')]).toEqual([true, false]);
  });

  it('a variable speaks where it alone tells two rulesets apart', async () => {
    const rules = (value: string) =>
      `attributes: {environment: {values: [production, development], from: [{variable: {stage: {live: ${value}}}}]}}\n${LANE('environment: production')}`;
    const space = await spaceOf(rules('production'), rules('development'));
    const can = (before: Spelled, after: Spelled, stage: Spelled) =>
      canBe(space, {
        facts: [
          ['environment', before],
          ['environment', after],
          ['variable.stage', stage],
        ],
      });
    expect(can('production', 'development', 'live')).toBe(true);
    expect(can('production', 'production', 'live')).toBe(false);
    expect(can(undefined, undefined, undefined)).toBe(true);
    expect(can('production', undefined, undefined)).toBe(false);
    expect(can(undefined, 'development', 'live')).toBe(false);
  });

  it('a source that rulesets map otherwise, beside one that is silent', async () => {
    const rules = (value: string) =>
      `${ENV(`{workspace: {main: ${value}}}`, '{account: {"1": development}}')}\n${LANE('environment: production')}`;
    const space = await spaceOf(rules('prod'), rules('development'));
    const can = (before: Spelled, after: Spelled, workspace: Spelled, account: Spelled) =>
      canBe(space, {
        facts: [
          ['environment', before],
          ['environment', after],
          ['workspace', workspace],
          ['account', account],
        ],
      });
    expect(can('production', 'development', 'main', undefined)).toBe(true);
    expect(can(undefined, 'development', 'main', '1')).toBe(true);
    expect(can('production', 'development', 'main', '1')).toBe(false);
    expect(can('development', 'development', undefined, '1')).toBe(true);
    expect(can('development', undefined, undefined, '1')).toBe(false);
  });
});

describe('an attribute that two rulesets define otherwise', () => {
  const CONDITION = LANE('environment: production', 'workspace: [shop-prod, dev-1]', 'account: "1"');
  const BOTH = [`${ENV(WORKSPACE)}\n${CONDITION}`, `${ENV(WORKSPACE, '{account: {"1": prod}}')}\n${CONDITION}`] as const;

  it.each<[boolean, string, Spelled, Spelled, Spelled, Spelled]>([
    // before, after, workspace, account
    [true, 'both hear the workspace', 'production', 'production', 'shop-prod', undefined],
    [true, 'the new one hears the account, too', 'production', 'production', 'shop-prod', '1'],
    [false, 'the new one cannot leave the only voice unheard', 'production', undefined, 'shop-prod', '1'],
    [false, 'nor can the old one', undefined, 'production', 'shop-prod', undefined],
    [true, 'sources that disagree are unknown', 'development', undefined, 'dev-1', '1'],
    [false, 'and not one of them', 'development', 'production', 'dev-1', '1'],
    [true, 'only the new one hears the account', undefined, 'production', undefined, '1'],
    [false, 'the old one does not', 'production', 'production', undefined, '1'],
    [false, 'nobody speaks, and a value is heard', undefined, 'production', undefined, undefined],
    [true, 'nobody speaks', undefined, undefined, undefined, undefined],
  ])('%s: %s', async (expected, _, before, after, workspace, account) => {
    const space = await spaceOf(...BOTH);
    const facts = [
      ['environment', before],
      ['environment', after],
      ['workspace', workspace],
      ['account', account],
    ] as const;
    expect(canBe(space, { facts })).toBe(expected);
  });

  it('stands for each by itself, and a test cannot spell it', async () => {
    const space = await spaceOf(...BOTH);
    expect(space.facts.filter(({ key }) => key === 'environment').map(({ derived }) => derived)).toEqual([true, true]);
    expect(space.facts.filter(({ key }) => key === 'workspace').map(({ derived }) => derived)).toEqual([false]);
    expect(space.site('environment', 0)?.variable).not.toBe(space.site('environment', 1)?.variable);
  });

  it('one that both define alike stands once', async () => {
    const space = await spaceOf(BOTH[0], BOTH[0]);
    expect(space.facts.filter(({ key }) => key === 'environment').map(({ derived }) => derived)).toEqual([false]);
    expect(space.site('environment', 0)?.variable).toBe(space.site('environment', 1)?.variable);
  });
});

describe('tags that a cloud takes for one', () => {
  const TAGS = LANE('tag.Owner: dana', 'tag.owner: sam', 'class: database');
  it.each<[boolean, string, Spelled, Spelled]>([
    [false, 'azurerm_mssql_database', 'dana', 'sam'],
    [false, 'azurerm_mssql_database', 'dana', undefined],
    [true, 'azurerm_mssql_database', 'dana', 'dana'],
    [true, 'azurerm_mssql_database', undefined, undefined],
    [true, 'aws_db_instance', 'dana', 'sam'],
    [true, 'aws_db_instance', 'dana', undefined],
  ])('%s: %s with Owner %s and owner %s', async (expected, type, one, other) => {
    const facts = [
      ['tag.Owner', one],
      ['tag.owner', other],
    ] as const;
    expect(canBe(await spaceOf(TAGS), { type, facts })).toBe(expected);
  });
});

describe('cells of a fact', () => {
  const cells = async (key: string, ...conditions: readonly string[]) => {
    const space = await spaceOf(LANE(...conditions));
    return space.facts
      .find((fact) => fact.key === key)
      ?.cells.map(({ spelled, state }) => (spelled === undefined ? state.kind : spelled));
  };
  it.each<[string, string, readonly unknown[]]>([
    ['tag.a', 'tag.a: b', ['b', 'x', 'absent']],
    ['workspace', 'workspace: b', ['b', 'x', 'unknown']],
    ['module', 'module: b', ['b', 'x', null, 'unknown']],
    ['action_reason', 'action_reason: b', ['b', 'x', null, 'unknown']],
    ['replaces', 'replaces: true', [false, true, 'unknown']],
    ['dependents', 'dependents: none', ['none', 'some', null, 'unknown']],
    ['attr.a', 'attr.a: b', ['b', 'x', true, false, 1, null, 'unknown']],
  ])('%s', async (key, condition, expected) => {
    expect(await cells(key, condition)).toEqual(expected);
  });

  const RIVALS =
    'attributes: {environment: {values: {production: [prod, live], development: []}, from: [{workspace: {"*-prod": prod, main: live}}, {account: {"1": production}}, {tag: stage}], tag: {aws: other}}, open: {values: any, from: [{region: {"eu-*": europe}}, {tag: open}], tag: {aws: open, google: o}}}';
  it.each<[string, string, string, readonly unknown[]]>([
    ['a closed attribute: its values, and unknown', RIVALS, 'environment', ['production', 'development', 'unknown']],
    [
      'an open attribute: what is asked, what its sources give it, any other',
      RIVALS,
      'open',
      ['asked', 'europe', 'x', 'unknown'],
    ],
    [
      'a source that an asked attribute reads, by its globs and names',
      RIVALS,
      'workspace',
      ['here', 'main', '-prod', '-', 'unknown'],
    ],
    ['another one', RIVALS, 'account', ['2', '1', 'x', 'unknown']],
    [
      'a tag whose value is taken as it is, by every spelling',
      RIVALS,
      'tag.stage',
      ['qa', 'production', 'prod', 'live', 'development', 'x', 'absent'],
    ],
    ['a fact that no asked attribute reads', RIVALS, 'name', ['b', 'x', 'unknown']],
    [
      'where no rule asks for the attribute, its source stands for itself',
      RIVALS.replace('environment:', 'other:'),
      'workspace',
      ['here', 'x', 'unknown'],
    ],
  ])('%s', async (_, attributes, key, expected) => {
    const rules = `${attributes}\n${LANE(...(attributes.includes('other: {values: {') ? [] : ['environment: production', 'environment: [production, development]']), 'open: asked', 'workspace: here', 'account: "2"', 'tag.stage: qa', 'name: b')}`;
    const fact = (await spaceOf(rules)).facts.find((one) => one.key === key);
    const told = fact?.cells.map(({ spelled, state }) => (spelled === undefined ? state.kind : spelled));
    expect(new Set(told)).toEqual(new Set(expected));
    expect(told).toHaveLength(expected.length);
  });

  it('tags that no cloud here takes for one stand for themselves', async () => {
    const ruleset = await rulesOf(LANE('tag.Owner: dana', 'tag.owner: sam', 'class: database'));
    const cellsOf = (names: readonly TypeName[]) => {
      const space = new Space([ruleset], askedOf([ruleset]), knowing(names));
      return space.facts.find(({ key }) => key === 'tag.Owner')?.cells.map(({ spelled }) => spelled);
    };
    expect(cellsOf(['db'])).toEqual(['dana', 'x', undefined]);
    expect(new Set(cellsOf(['db', 'azure']))).toEqual(new Set(['dana', 'sam', 'x', 'y', undefined]));
  });

  it('a tag and the attribute of any value that takes it as it is have the same values', async () => {
    const service =
      'attributes: {service: {values: any, from: [{tag: service}], tag: {aws: service}}, other: {values: any, from: [{tag: {kind: {"a*": b}}}]}}';
    const space = await spaceOf(
      `${service}\n${LANE('service: shop', 'tag.service: {glob: "bank*"}', 'other: {exists: true}', 'tag.kind: c')}`,
    );
    const told = (key: string) =>
      space.facts.find((fact) => fact.key === key)?.cells.flatMap(({ spelled }) => (spelled === undefined ? [] : [spelled]));
    expect(told('service')).toEqual(told('tag.service'));
    expect(told('service')).toContain('shop');
    // Through a map it takes nothing as it is.
    expect(told('other')).not.toContain('c');
    expect(new Set(told('tag.kind'))).toEqual(new Set(['c', 'a', 'x']));
  });

  it.each<[string, string, string, string]>([
    [
      'values',
      '{values: [production, development], from: [{workspace: {"*": production}}]}',
      '{values: [production], from: [{workspace: {"*": production}}]}',
      'workspace',
    ],
    [
      'sources',
      '{values: [production], from: [{workspace: {"*": production}}]}',
      '{values: [production], from: [{account: {"*": production}}]}',
      'account',
    ],
    [
      'carriers',
      '{values: [production], from: [{tag: env}], tag: {aws: env}}',
      '{values: [production], from: [{tag: env}], tag: {google: env}}',
      'tag.env',
    ],
    ['whether there is one', '{values: [production], from: [{workspace: {"*": production}}]}', '', 'workspace'],
  ])('rulesets define an attribute otherwise by its %s: then its sources stand for themselves', async (_, one, other, source) => {
    const rules = (definition: string) =>
      definition === ''
        ? LANE('class: database')
        : `attributes: {environment: ${definition}}\n${LANE('environment: production')}`;
    const space = await spaceOf(rules(one), rules(other));
    expect(space.facts.filter(({ key }) => key === 'environment').every(({ derived }) => derived)).toBe(true);
    expect(space.facts.map(({ key }) => key)).toContain(source);
    const alike = await spaceOf(rules(one), rules(one));
    expect(alike.facts.map(({ key, derived }) => `${key} ${derived}`)).toEqual(['environment false']);
  });

  it('one that is compared with who, class, provider, or a type has what they can say', async () => {
    const people = 'principals: {teams: {dev: [dana]}, people: {dana: {}}, agents: {bot: {owner: dana}}}';
    const told = async (condition: string) =>
      (await spaceOf(`${LANE(condition, 'class: database')}\n${people}`)).facts
        .find(({ key }) => key === 'tag.a')
        ?.cells.map(({ spelled }) => spelled);
    expect(await told('tag.a: {same_as: who.team}')).toContain('dev');
    expect(await told('tag.a: {same_as: who.owner}')).toContain('dana');
    expect(await told('tag.a: {same_as: who.kind}')).toEqual(expect.arrayContaining(['human', 'agent', 'ci']));
    expect(await told('tag.a: {same_as: class}')).toEqual(expect.arrayContaining(['database', 'stateful', 'identity']));
    expect(await told('tag.a: {same_as: provider}')).toEqual(expect.arrayContaining(['hashicorp/aws', 'hashicorp/google-beta']));
    // Compared with none of them it has none of that: one more text than there are facts to be equal to.
    expect(await told('tag.a: {same_as: tag.b}')).toEqual(['x', 'y', undefined]);
    expect(await told('tag.a: x')).toEqual(['x', 'y', undefined]);
  });

  it('two that are compared have cells enough to be equal or different in every way', async () => {
    const a = await cells('tag.a', 'tag.a: {same_as: tag.b}');
    expect(a).toHaveLength(3);
    expect(await cells('tag.b', 'tag.a: {same_as: tag.b}')).toEqual(a);
    expect(await cells('tag.c', 'tag.a: {same_as: tag.b}', 'tag.b: {same_as: tag.c}')).toHaveLength(4);
  });

  it('one that is compared with the principal has the ids of all', async () => {
    const rules = `${LANE('tag.owner: {same_as: who.id}')}\nprincipals: {people: {dana: {}}}`;
    const space = await spaceOf(rules);
    expect(space.facts.find(({ key }) => key === 'tag.owner')?.cells.map(({ spelled }) => spelled)).toContain('dana');
  });

  it('one that is compared with a type, with a time, with dependents', async () => {
    expect(await cells('tag.kind', 'tag.kind: {same_as: type}', 'class: database')).toContain('aws_db_instance');
    expect(await cells('tag.rest', 'tag.rest: {same_as: dependents}')).toEqual(expect.arrayContaining(['none', 'some']));
    const time = await cells('attr.at', 'attr.at: {same_as: now}', 'now: {lt: "2026-01-01T00:00:00Z"}');
    expect(time).toContain('2026-01-01T00:00:00.000Z');
  });
});

describe('a space', () => {
  const RULES = `${ENV(WORKSPACE)}
lanes: {l: {who: anyone, may: [{do: update, environment: production, changes: {only: [size]}}]}}
freezes: [{id: f, deny: update, from: "2026-12-01T00:00:00Z", until: "2027-01-01T00:00:00Z"}]`;

  it('finds a fact where it stands', async () => {
    const space = await spaceOf(RULES);
    expect(space.site('who.kind', 0)?.variable).toBe(Space.ACTOR);
    for (const key of ['class', 'type', 'provider']) expect(space.site(key, 0)?.variable).toBe(Space.KIND);
    expect(space.site('now', 0)?.variable).toBe(Space.TIME);
    expect(space.site('environment', 0)?.variable).toBe(space.facts.find(({ key }) => key === 'environment')?.variable);
    expect(space.site('tag.nobody', 0)).toBeNull();
  });

  it('says what it is there', async () => {
    const space = await spaceOf(RULES);
    const kind = space.kinds.findIndex(({ type }) => type === 'aws_db_instance');
    expect(space.site('type', 0)?.state(0, kind)).toEqual({ kind: 'value', value: 'aws_db_instance' });
    expect(space.site('now', 0)?.state(0, 1)).toEqual({ kind: 'value', value: '2026-12-01T00:00:00.000Z' });
    const anonymous = space.actors.findIndex(({ spelled }) => spelled === 'anonymous');
    expect(space.site('who.kind', 0)?.state(0, anonymous).kind).toBe('unknown');
  });

  it('names its variables as rules do', async () => {
    const space = await spaceOf(RULES);
    const names = space.cubes.sizes.map((_, variable) => space.nameOf(variable));
    expect(names.slice(0, 5)).toEqual(['do', 'who', 'class', 'now', 'successor']);
    expect(names.slice(5, 5 + space.paths.length)).toEqual(['changes', 'changes']);
    expect(names).toContain('environment');
  });

  it('has times before, at, between and after all bounds', async () => {
    const space = await spaceOf(RULES);
    const [from, until] = [Date.UTC(2026, 11, 1), Date.UTC(2027, 0, 1)];
    expect(space.times).toEqual([from - 3_600_000, from, from + 3_600_000, until, until + 3_600_000]);
    const at = (time: number) => space.timeCell(time);
    expect([at(0), at(from - 1), at(from), at(from + 1), at(until - 1), at(until), at(until + 1)]).toEqual([0, 0, 1, 2, 2, 3, 4]);
  });

  it('has one time where no rule asks for it, and bounds of `now` where one does', async () => {
    const space = await spaceOf(LANE('class: database'));
    expect(space.times).toHaveLength(1);
    expect(space.timeCell(0)).toBe(0);
    const asking = await spaceOf(LANE('now: {gte: "2026-01-01T00:00:00Z"}'));
    expect(asking.times[1]).toBe(Date.UTC(2026, 0, 1));
  });

  it('knows the variables of paths within a list and outside of it', async () => {
    const space = await spaceOf(LANE('changes: {only: [size]}', 'changes: {any: [size, name]}', 'changes: {none: [size]}'));
    const told = (texts: readonly string[], within: boolean) =>
      space
        .pathVariables(texts.map(parsePattern), within)
        .map((variable) => space.paths[variable - Space.FIRST_PATH]?.path.join('.'));
    expect(space.paths).toHaveLength(3);
    expect(told(['size'], true)).toEqual(['size']);
    expect(told(['size'], false)).toEqual(['name', 'x']);
    expect(told(['size', 'name'], true)).toEqual(['size', 'name']);
    expect(told(['size', 'name'], false)).toEqual(['x']);
  });

  it('has no paths where no rule asks what changes', async () => {
    expect((await spaceOf(LANE('class: database'))).paths).toEqual([]);
  });

  it('gives up on too many combinations of paths', async () => {
    const paths = Array.from({ length: 18 }, (_, i) => `changes: {any: ["**.k${i}.**"]}`);
    await expect(spaceOf(LANE(...paths))).rejects.toThrow(Inconclusive);
  });
});
