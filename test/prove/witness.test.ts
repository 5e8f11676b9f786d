import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/logic/fact.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { type Bits, bitsOf, type Cube } from '../../src/prove/cube.ts';
import { Space } from '../../src/prove/space.ts';
import { replay, shortened, type Witness, witnessOf } from '../../src/prove/witness.ts';
import { knowing, TYPES, type TypeName } from './known-types.ts';
import { rulesOf } from './load.ts';

const ALL = knowing(Object.keys(TYPES) as TypeName[]);
const LANE = (...conditions: readonly string[]) =>
  `lanes: {l: {who: anyone, may: [${conditions.map((condition) => `{do: update, ${condition}}`).join(', ')}]}}`;

async function spaceOf(...bodies: readonly string[]): Promise<Space> {
  const rulesets = await Promise.all(bodies.map(rulesOf));
  return new Space(rulesets, askedOf(rulesets), ALL);
}

type Fixed = Readonly<Record<string, (cell: number, space: Space) => boolean>>;

/** A cube that fixes some variables by name, a fact by how it is spelled. */
function fixed(space: Space, operation: string, more: Fixed = {}): Cube {
  const bits = (variable: number, holds: (cell: number) => boolean): [number, Bits] => [
    variable,
    bitsOf(space.cubes.sizes[variable] ?? 0, holds),
  ];
  return new Map([
    bits(Space.OPERATION, (cell) => OPERATIONS[cell] === operation),
    ...Object.entries(more).flatMap(([name, holds]) =>
      space.cubes.sizes.flatMap((_, variable) =>
        space.nameOf(variable) === name ? [bits(variable, (cell) => holds(cell, space))] : [],
      ),
    ),
  ]);
}

const told = (space: Space, cube: Cube, whole = false, ruleset = 0) => {
  const { test } = witnessOf(space, cube, 'deny', ruleset, ALL, whole);
  return { as: test.as, do: test.operation, type: test.type, with: Object.fromEntries(test.with), survivors: test.survivors };
};

describe('a witness of a cube', () => {
  it('is of each variable the first cell, and leaves out what the cube leaves open', async () => {
    const space = await spaceOf(LANE('tag.a: x', 'successor: {same: [name]}', 'changes: {only: [size]}', 'class: database'));
    expect(told(space, fixed(space, 'update'))).toEqual({
      as: 'agent:x',
      do: 'update',
      type: 'aws_db_instance',
      with: {},
      survivors: null,
    });
    const { test, hosted, principal } = witnessOf(space, fixed(space, 'update'), 'allow', 0, ALL);
    expect([test.expect, test.for, test.summary, hosted, principal.kind]).toEqual(['allow', null, null, false, 'agent']);
    expect([test.with.size, test.at]).toEqual([0, { file: '', line: 1, column: 1 }]);
  });

  it('spells what the cube fixes, and all else where it is to be whole', async () => {
    const space = await spaceOf(
      LANE('tag.a: x', 'successor: {same: [name]}', 'changes: {only: [size]}', 'now: {lt: "2026-01-01T00:00:00Z"}'),
    );
    const cube = fixed(space, 'update', { 'tag.a': (cell) => cell === 0, successor: (cell) => cell === 1 });
    expect(told(space, cube)).toMatchObject({ with: { 'tag.a': 'x' }, survivors: [{ same: ['name'], anyType: false }] });
    expect(told(space, fixed(space, 'update'), true)).toMatchObject({
      with: { 'tag.a': 'x', changes: [], now: '2025-12-31T23:00:00Z' },
      survivors: [],
    });
  });

  it('lists the paths that change, where one of them is fixed', async () => {
    const space = await spaceOf(LANE('changes: {only: [size]}'));
    const path = space.paths.findIndex(({ within }) => within[0]);
    const cube = new Map([...fixed(space, 'update'), [Space.FIRST_PATH + path, bitsOf(2, (cell) => cell === 1)] as const]);
    expect(told(space, cube).with).toEqual({ changes: ['size'] });
    const none = new Map([...fixed(space, 'update'), [Space.FIRST_PATH + path, bitsOf(2, (cell) => cell === 0)] as const]);
    expect(told(space, none).with).toEqual({ changes: [] });
  });

  it('lists each path by itself', async () => {
    const space = await spaceOf(LANE('changes: {only: [size]}', 'changes: {any: [name]}'));
    const names = space.paths.map(({ path }) => path.join('.'));
    const changing = (...wanted: readonly string[]): Cube =>
      new Map([
        ...fixed(space, 'update'),
        ...names.map((name, i) => [Space.FIRST_PATH + i, bitsOf(2, (cell) => cell === Number(wanted.includes(name)))] as const),
      ]);
    expect(names.length).toBe(3);
    for (const name of names) expect(told(space, changing(name)).with).toEqual({ changes: [name] });
    expect(told(space, changing(...names)).with).toEqual({ changes: names });
    const last = new Map([...fixed(space, 'update'), [Space.FIRST_PATH + 2, bitsOf(2, (cell) => cell === 1)] as const]);
    expect(told(space, last).with).toEqual({ changes: [names[2]] });
  });

  it('spells null where it is a value', async () => {
    const space = await spaceOf(LANE('attr.a: null', 'module: null', 'dependents: none'));
    const spelled = (key: string, wanted: unknown) => (cell: number) =>
      space.facts.find((fact) => fact.key === key)?.cells[cell]?.spelled === wanted;
    const update = (key: string, wanted: unknown) => told(space, fixed(space, 'update', { [key]: spelled(key, wanted) })).with;
    expect(update('attr.a', null)).toEqual({ 'attr.a': null });
    expect(update('module', null)).toEqual({ module: null });
    expect(update('dependents', 'none')).toEqual({ dependents: 'none' });
    expect(update('attr.a', undefined)).toEqual({});
  });

  it('spells a time only where there are several', async () => {
    const one = await spaceOf(LANE('class: database'));
    expect(told(one, fixed(one, 'update'), true).with).toEqual({});
  });

  it('spells the classes that hang on what changes, by the names of the ruleset', async () => {
    const named = (name: string) => `classes: {${name}: {types: [aws_s3_bucket]}}\n${LANE(`class: [access, ${name}]`)}`;
    const space = await spaceOf(named('mine'), named('yours'));
    const isBucket = (spell: boolean) => (cell: number) =>
      space.kinds[cell]?.type === 'aws_s3_bucket' &&
      space.kinds[cell]?.spellClass &&
      space.kinds[cell]?.memberships[0]?.members.has('access') === spell;
    const cube = fixed(space, 'update', { class: (cell) => isBucket(true)(cell) === true });
    expect(told(space, cube, false, 0).with.class).toEqual(expect.arrayContaining(['object-storage', 'access', 'mine']));
    expect(told(space, cube, false, 1).with.class).toEqual(expect.arrayContaining(['object-storage', 'access', 'yours']));
    expect(told(space, cube, false, 1).with.class).not.toContain('mine');
  });

  it('spells the classes where another mode of the type has others', async () => {
    const space = await spaceOf(LANE('class: [database, stateful]'));
    const managed = (cell: number) => space.kinds[cell]?.type === 'aws_db_instance' && space.kinds[cell]?.mode === 'managed';
    const data = (cell: number) => space.kinds[cell]?.type === 'aws_db_instance' && space.kinds[cell]?.mode === 'data';
    expect(told(space, fixed(space, 'update', { class: managed })).with).toEqual({});
    // Read, the type is a data source first.
    expect(told(space, fixed(space, 'read', { class: managed })).with).toEqual({ class: ['database', 'stateful'] });
    expect(told(space, fixed(space, 'read', { class: data })).with).toEqual({});
  });

  it('spells a provider that the type alone does not say', async () => {
    const space = await spaceOf(LANE('provider: {glob: "*-beta"}'));
    const from = (provider: string) => fixed(space, 'update', { class: (cell) => space.kinds[cell]?.provider === provider });
    expect(told(space, from('hashicorp/google-beta'))).toMatchObject({
      type: 'google_sql_database_instance',
      with: { provider: 'hashicorp/google-beta' },
    });
    expect(told(space, from('hashicorp/aws')).with).toEqual({});
  });

  it('says that nothing stood before, where both may be', async () => {
    const space = await spaceOf(LANE('successor: absent', 'dependents: {exists: false}'));
    const nothing = (cell: number) => space.successors[cell]?.side === 'none';
    const before = (cell: number) => space.successors[cell]?.survivors?.length === 0;
    const isNull = (cell: number) => space.facts.find(({ key }) => key === 'dependents')?.cells[cell]?.spelled === null;
    const dependents = (operation: string, more: Fixed) => told(space, fixed(space, operation, more)).with.dependents;
    expect(dependents('invoke', { successor: nothing })).toBeNull();
    expect(dependents('reclassify', { successor: nothing })).toBeNull();
    expect(dependents('create', { successor: nothing })).toBeUndefined();
    expect(dependents('invoke', { successor: before })).toBeUndefined();
    expect(dependents('invoke', {})).toBeUndefined();
    expect(dependents('invoke', { dependents: isNull })).toBeNull();
    expect(dependents('create', { dependents: isNull })).toBeUndefined();
  });

  it('makes an attribute unknown by a source that contradicts', async () => {
    const env = 'attributes: {environment: {values: [production, development], from: [{workspace: {"*-prod": production}}]}}';
    const space = await spaceOf(`${env}\n${LANE('environment: {not: production}', 'workspace: shop-prod')}`);
    const cellsOf = (key: string) => space.facts.find((fact) => fact.key === key)?.cells ?? [];
    const unknown = (cell: number) => cellsOf('environment')[cell]?.spelled === undefined;
    const prod = (cell: number) => cellsOf('workspace')[cell]?.spelled === 'shop-prod';
    const elsewhere = (cell: number) => cellsOf('workspace')[cell]?.spelled !== 'shop-prod';
    expect(told(space, fixed(space, 'update', { environment: unknown, workspace: prod })).with).toEqual({
      workspace: 'shop-prod',
      environment: 'development',
    });
    expect(told(space, fixed(space, 'update', { environment: unknown, workspace: elsewhere })).with).not.toHaveProperty(
      'environment',
    );
    expect(told(space, fixed(space, 'update', { workspace: prod })).with).toEqual({ workspace: 'shop-prod' });
    const production = (cell: number) => cellsOf('environment')[cell]?.spelled === 'production';
    expect(told(space, fixed(space, 'update', { environment: production, workspace: prod })).with).toEqual({
      environment: 'production',
      workspace: 'shop-prod',
    });
  });

  it('leaves an attribute to its sources, where rulesets define it otherwise', async () => {
    const env = (from: string) =>
      `attributes: {environment: {values: [production, development], from: [${from}]}}\n${LANE('environment: production')}`;
    const space = await spaceOf(env('{workspace: {"*-prod": production}}'), env('{account: {"1": production}}'));
    expect(Object.keys(told(space, fixed(space, 'update'), true).with).sort()).toEqual(['account', 'workspace']);
  });

  it('cannot make an attribute unknown that rulesets define otherwise, or that has one value', async () => {
    const env = (values: string, from: string) =>
      `attributes: {environment: {values: [${values}], from: [${from}]}}\n${LANE('environment: {not: production}', 'workspace: shop-prod')}`;
    const workspace = '{workspace: {"*-prod": production}}';
    const both = await spaceOf(
      env('production, development', workspace),
      env('production, development', `${workspace}, {account: {"1": production, "2": development}}`),
    );
    const says = (space: Space, key: string, wanted: unknown, nth = 0) => {
      const variable = space.facts.filter((fact) => fact.key === key)[nth];
      if (!variable) throw new Error(key);
      return [variable.variable, bitsOf(variable.cells.length, (cell) => variable.cells[cell]?.spelled === wanted)] as const;
    };
    const apart = new Map([
      ...fixed(both, 'update'),
      says(both, 'environment', undefined, 1),
      says(both, 'workspace', 'shop-prod'),
      says(both, 'account', '2'),
    ]);
    expect(told(both, apart, false, 1).with).toEqual({ workspace: 'shop-prod', account: '2' });
    const one = await spaceOf(env('production', workspace));
    const only = new Map([...fixed(one, 'update'), says(one, 'environment', undefined), says(one, 'workspace', 'shop-prod')]);
    expect(told(one, only).with).toEqual({ workspace: 'shop-prod' });
  });

  it('says whether the CI host vouches for somebody', async () => {
    const rules = 'lanes: {l: {who: {assurance: host}, may: [{do: update}]}}\nprincipals: {people: {dana: {github: "1"}}}';
    const space = await spaceOf(rules);
    const as = (assurance: string) =>
      witnessOf(
        space,
        fixed(space, 'update', { who: (cell) => space.actors[cell]?.principals[0]?.assurance === assurance }),
        'deny',
        0,
        ALL,
      );
    expect([as('host').hosted, as('asserted').hosted]).toEqual([true, false]);
    const [ruleset] = space.rulesets;
    if (!ruleset) throw new Error('no rules');
    expect([replay(as('host'), ruleset, ALL).verdict, replay(as('asserted'), ruleset, ALL).verdict]).toEqual(['allow', 'deny']);
  });
});

describe('a shorter witness', () => {
  const whole = (facts: Readonly<Record<string, string>>): Witness => ({
    test: {
      at: { file: '', line: 1, column: 1 },
      summary: null,
      as: 'anonymous',
      for: null,
      operation: 'destroy',
      type: 'aws_db_instance',
      with: new Map(Object.entries(facts)),
      survivors: [],
      expect: 'deny',
    },
    principal: { id: 'anonymous', kind: 'unknown', teams: 'unknown', tier: 'unknown', owner: 'unknown', assurance: 'none' },
    hosted: false,
  });

  it('lacks whatever is not needed, but declared attributes', () => {
    const witness = whole({ environment: 'production', 'tag.a': 'x', 'tag.b': 'y' });
    const needed = (one: Witness) => one.test.with.has('tag.b');
    const short = shortened(witness, new Map([['environment', null]]), needed);
    expect([...short.test.with.keys()]).toEqual(['environment', 'tag.b']);
    expect(short.test.survivors).toBeNull();
    expect(short.principal).toBe(witness.principal);
  });

  it('keeps survivors that are needed', () => {
    expect(shortened(whole({}), new Map(), (one) => one.test.survivors !== null).test.survivors).toEqual([]);
  });

  it('loses first what a reader cares least about', () => {
    const all = { workspace: 'a', 'tag.a': 'x', 'attr.a': 'x', dependents: 'none', replaces: 'no', changes: 'x', now: 'x' };
    // One fact is needed, whichever it is: what is left is what was asked for last.
    const asked: string[] = [];
    const short = shortened(whole(all), new Map(), (one) => {
      asked.push(Object.keys(all).find((key) => !one.test.with.has(key) && !asked.includes(key)) ?? '');
      return one.test.with.size > 0;
    });
    expect(asked.slice(0, 2).sort()).toEqual(['changes', 'now']);
    expect(asked.slice(2, 5).sort()).toEqual(['attr.a', 'dependents', 'replaces']);
    expect(asked.slice(5, 7).sort()).toEqual(['tag.a', 'workspace']);
    expect(short.test.with.size).toBe(1);
  });
});
