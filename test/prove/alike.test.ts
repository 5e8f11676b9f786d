import { describe, expect, it } from 'vitest';
import { loadClasses } from '../../providers/classes.ts';
import type { CarrierName, CatalogRow } from '../../providers/provider.ts';
import { baseClasses } from '../../src/classify/classes.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import type { FactState } from '../../src/logic/fact.ts';
import { match } from '../../src/logic/matcher.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { Inconclusive } from '../../src/prove/cube.ts';
import { type Kind, kindState, kindsOf } from '../../src/prove/kinds.ts';
import type { KnownType, Mode, TypeKnowledge } from '../../src/prove/types.ts';
import { rulesOf } from './load.ts';

interface Entry {
  readonly type: string;
  readonly mode: Mode;
  readonly sources: readonly [string, ...string[]];
  readonly carrier: CarrierName | null;
  readonly row: CatalogRow;
}

const of = (type: string, row: CatalogRow, more: Partial<Entry> = {}): Entry => ({
  type,
  row,
  mode: 'managed',
  sources: ['hashicorp/aws'],
  carrier: 'aws',
  ...more,
});
const GOOGLE = { sources: ['hashicorp/google', 'hashicorp/google-beta'], carrier: 'google' } as const;
const OTHER = { sources: ['acme/acme'], carrier: null } as const;

/** Types that are alike in all but one thing. */
const WORLD: readonly Entry[] = [
  of('zeta_database', { class: 'database', also: ['stateful'] }, OTHER),
  of(
    'kubernetes_database',
    { class: 'database', also: ['stateful'] },
    { sources: ['hashicorp/kubernetes'], carrier: 'kubernetes' },
  ),
  of('azurerm_database', { class: 'database', also: ['stateful'] }, { sources: ['hashicorp/azurerm'], carrier: 'azurerm' }),
  of('google_database', { class: 'database', also: ['stateful'] }, GOOGLE),
  of('aws_longer_database', { class: 'database', also: ['stateful'] }),
  of('aws_db_instance', { class: 'database', also: ['stateful'] }),
  of('aws_short_db', { class: 'database', also: ['stateful'] }),
  of('aws_queue_b', { class: 'queue' }),
  of('aws_queue_a', { class: 'queue' }),
  of('aws_topic_long', { class: 'topic' }),
  of('aws_topic', { class: 'topic' }),
  of('aws_bare_db', { class: 'database' }),
  of('aws_open_db', { class: 'database', also: ['stateful'], exposure_by: [{ attribute: 'acl' }] }),
  of('aws_wide_db', { class: 'database', also: ['stateful'], access_by: [{ attribute: 'policy' }] }),
  of('aws_both_db', {
    class: 'database',
    also: ['stateful'],
    access_by: [{ attribute: 'policy' }],
    exposure_by: [{ attribute: 'acl' }],
  }),
  of('aws_shown_db', { class: 'database', also: ['stateful', 'exposure'], exposure_by: [{ attribute: 'acl' }] }),
  of('aws_manifest', { class: null, wraps: 'kind' }),
  of('aws_db_instance', { class: 'database', access_by: [{ attribute: 'policy' }] }, { mode: 'data' }),
  of('aws_only_data', { class: 'code-execution' }, { mode: 'data' }),
  of('aws_run', { class: 'code-execution' }, { mode: 'actions' }),
  of('aws_ran', { class: 'code-execution' }),
];

const known = ({ type, sources, carrier, row }: Entry): KnownType => ({
  type,
  source: sources[0],
  sources,
  row,
  carrier,
  foldKey: (key) => (carrier === 'azurerm' ? key.toLowerCase() : key),
});
const TYPES: TypeKnowledge = {
  find(type, operation) {
    const modes =
      operation === 'read' ? ['data', 'managed'] : operation === 'invoke' ? ['actions', 'data', 'managed'] : ['managed'];
    for (const mode of modes) {
      const entry = WORLD.find((e) => e.type === type && e.mode === mode);
      if (entry) return known(entry);
    }
    return null;
  },
  *all() {
    for (const entry of WORLD) yield { ...known(entry), mode: entry.mode };
  },
  builtin: loadClasses(),
};

/** Types of no catalog that a plan may hold. */
const STRANGE = [
  'aws_new_instance',
  'aws_queue_new',
  'acme_graph',
  'acme_graph_big',
  'acme_other',
  'aws_new',
  'zz',
  'google_new_instance',
  'aws_only_data',
];

const LANE = (...conditions: readonly string[]) =>
  `lanes: {l: {who: anyone, may: [${conditions.map((condition) => `{do: update, ${condition}}`).join(', ')}]}}`;
const UNSEEN: FactState = { kind: 'unknown', why: '', path: null };

async function looked(...bodies: readonly string[]) {
  const rulesets: Ruleset[] = await Promise.all(bodies.map(rulesOf));
  const asked = askedOf(rulesets);
  const tagged = [...asked.tests.keys()].some((key) => key.startsWith('tag.'));
  const askedAs = (key: 'class' | 'type' | 'provider', state: FactState) =>
    (asked.tests.get(key) ?? []).map((test) => String(match(test, state, () => UNSEEN))).join();
  /** What the rules can see of an object of a type, in text. */
  const told = (mode: string, classes: readonly FactState[], type: string, provider: string | null, carrier: string | null) => {
    const value = (text: string | null): FactState => (text === null ? UNSEEN : { kind: 'value', value: text });
    const kind = mode === 'data' || mode === 'unlisted' ? mode : 'managed';
    return [
      kind,
      ...classes.map((state) => askedAs('class', state)),
      askedAs('type', value(type)),
      askedAs('provider', value(provider)),
      tagged ? carrier : '',
    ].join(' | ');
  };
  const kinds = kindsOf(rulesets, asked, TYPES);
  const ofKind = (kind: Kind) =>
    told(
      kind.mode,
      rulesets.map((_, r) => kindState(kind, r, 'class')),
      kind.type,
      kind.provider,
      kind.carrier,
    );
  const classesOf = (type: string, row: CatalogRow | null, more: readonly string[]): FactState[] =>
    rulesets.map(({ classes }) => {
      const base = baseClasses(type, row, row?.wraps === undefined ? undefined : null, { classes, builtin: TYPES.builtin });
      return {
        kind: 'members',
        members: new Map([...base.members, ...more.map((name) => [name, true] as const)]),
        open: base.open,
      };
    });
  const extras = ({ mode, row }: Entry): string[][] => {
    if (mode !== 'managed') return [[]];
    const access = row.access_by ? [[], ['access']] : [[]];
    return access.flatMap((names) => (row.exposure_by ? [names, [...names, 'exposure']] : [names]));
  };
  const providers = ['hashicorp/aws', 'corp/x-beta', 'hashicorp/google-beta', 'elsewhere/y', null];
  const possible = new Set([
    ...WORLD.flatMap((entry) =>
      extras(entry).flatMap((more) =>
        entry.sources.map((source) =>
          told(entry.mode, classesOf(entry.type, entry.row, more), entry.type, source, entry.carrier),
        ),
      ),
    ),
    ...STRANGE.flatMap((type) =>
      providers.map((provider) =>
        told(TYPES.find(type, 'read') ? 'unlisted' : 'any', classesOf(type, null, []), type, provider, null),
      ),
    ),
  ]);
  return { kinds, ofKind, possible };
}

describe('kinds stand for all types', () => {
  it.each<[string, readonly string[]]>([
    ['by class', [LANE('class: database', 'class: {not: stateful}')]],
    ['by classes that hang on what changes', [LANE('class: access', 'class: [exposure, queue]')]],
    ['by one of them', [LANE('class: {all: [database, exposure]}')]],
    ['by a glob over classes', [LANE('class: {glob: "e*"}', 'class: {not: {glob: "data*"}}')]],
    ['by type', [LANE('class: database', 'type: [aws_short_db, google_database]')]],
    ['by a glob over types', [LANE('type: {glob: "*_instance"}', 'type: {not: {glob: "aws_*"}}', 'class: stateful')]],
    ['by provider', [LANE('class: database', 'provider: {glob: "*-beta"}')]],
    ['by one provider', [LANE('provider: hashicorp/aws', 'provider: {not: hashicorp/google}')]],
    ['by tag, that each cloud carries its own way', [LANE('class: database', 'tag.a: x')]],
    [
      'by classes of the user',
      [
        `classes: {graph: {is_a: database, types: ["acme_graph*", aws_queue_a]}, odd: {types: [aws_only_data]}}\n${LANE('class: graph', 'class: database', 'class: odd')}`,
      ],
    ],
    ['by a class that is narrowed', [`classes: {own: {refines: database, when: {tag.a: x}}}\n${LANE('class: own')}`]],
    [
      'by rulesets whose classes differ',
      [
        `classes: {mine: {types: ["aws_queue_*"]}}\n${LANE('class: mine')}`,
        `classes: {mine: {types: [aws_queue_b, "acme_*"]}}\n${LANE('class: mine')}`,
      ],
    ],
    ['by who they are read by', [LANE('class: code-execution')]],
  ])('%s', async (_, bodies) => {
    const { kinds, ofKind, possible } = await looked(...bodies);
    const found = kinds.map(ofKind);
    // What has a data source of its name is like an unknown type in everything but being read.
    const isFound = (told: string) => found.includes(told) || found.includes(told.replace(/^unlisted/, 'managed'));
    expect([...possible].filter((told) => !isFound(told))).toEqual([]);
    expect(found.filter((told) => !possible.has(told))).toEqual([]);
  });

  it('and only for those that are alike', async () => {
    const { kinds } = await looked(LANE('class: database'));
    // Databases, others, a data source that is a database, one that is none, unknown managed ones with and without a data source.
    expect(kinds.map(({ type, mode }) => `${mode} ${type}`)).toEqual([
      'managed aws_db_instance',
      'managed aws_ran',
      'data aws_db_instance',
      'data aws_only_data',
      'managed aws_manifest',
    ]);
  });
});

describe('what a kind says of itself', () => {
  it('is its type, its provider, unknown where it has none, and how its cloud compares tag keys', async () => {
    const { kinds } = await looked(LANE('class: database, provider: [hashicorp/google-beta, corp/x], tag.A: b', 'type: acme_x'));
    const state = (kind: Kind | undefined, key: 'type' | 'provider') => kind && kindState(kind, 0, key);
    const beta = kinds.find(({ type, provider }) => type === 'google_database' && provider === 'hashicorp/google-beta');
    expect(state(beta, 'type')).toEqual({ kind: 'value', value: 'google_database' });
    expect(state(beta, 'provider')).toEqual({ kind: 'value', value: 'hashicorp/google-beta' });
    expect(beta?.spellProvider).toBe(true);
    const strange = kinds.filter(({ type }) => type === 'acme_x');
    const told = strange.map((kind) => [kind.provider, kind.spellProvider, state(kind, 'provider')?.kind]);
    expect(told).toContainEqual([null, false, 'unknown']);
    // Two providers that one condition names are alike.
    expect(told.filter(([provider]) => provider !== null && /beta|corp/.test(String(provider)))).toEqual([
      ['hashicorp/google-beta', true, 'value'],
    ]);
    expect(told).toHaveLength(3);
    const folds = (carrier: string) => kinds.find((kind) => kind.carrier === carrier)?.foldKey('Env');
    expect([folds('azurerm'), folds('aws'), strange[0]?.foldKey('Env')]).toEqual(['env', 'Env', 'Env']);
  });

  it('where rulesets differ in which tag carries an attribute, clouds are told apart, and else not', async () => {
    const rules = (carriers: string) =>
      `attributes: {environment: {values: [production], from: [{tag: env}], tag: {${carriers}}}}\n${LANE('environment: production, class: database')}`;
    const clouds = async (...all: readonly string[]) => {
      const { kinds } = await looked(...all.map(rules));
      return new Set(kinds.flatMap(({ carrier, memberships: [own] }) => (own?.members.has('database') ? [carrier] : [])));
    };
    expect(await clouds('aws: env', 'aws: env, google: env')).toEqual(new Set(['aws', 'google', 'azurerm', 'kubernetes', null]));
    expect(await clouds('aws: env', 'aws: env')).toEqual(new Set(['aws']));
  });
});

describe('the type that speaks for others', () => {
  const speaks = async (without: readonly string[], condition = 'class: database, type: {not: [aws_bare_db]}') => {
    const ruleset = await rulesOf(LANE(condition));
    const some: TypeKnowledge = { ...TYPES, all: () => [...TYPES.all()].filter(({ type }) => !without.includes(type)) };
    const found = kindsOf([ruleset], askedOf([ruleset]), some).find(
      ({ mode, memberships: [own] }) => mode === 'managed' && own?.members.has('database') && own.members.size === 2,
    );
    return found?.type;
  };
  it('is a familiar one, then the shortest of the best known cloud', async () => {
    const gone: string[] = ['aws_open_db', 'aws_wide_db', 'aws_both_db', 'aws_shown_db', 'aws_bare_db'];
    for (const expected of [
      'aws_db_instance',
      'aws_short_db',
      'aws_longer_database',
      'google_database',
      'azurerm_database',
      'kubernetes_database',
      'zeta_database',
    ]) {
      expect(await speaks(gone)).toBe(expected);
      gone.push(expected);
    }
  });

  it('of two alike the first of the catalog', async () => {
    const { kinds } = await looked(LANE('class: queue', 'class: topic'));
    const names = kinds.map(({ type }) => type);
    expect(names).toContain('aws_queue_b');
    expect(names).not.toContain('aws_queue_a');
    expect(names).toContain('aws_topic');
  });

  it('a managed one before an action', async () => {
    const { kinds } = await looked(LANE('class: code-execution'));
    expect(
      kinds.filter(({ memberships: [own] }) => own?.members.has('code-execution')).map(({ type, mode }) => `${mode} ${type}`),
    ).toEqual(['managed aws_ran', 'data aws_only_data']);
  });

  it('plain kinds stand first, then data sources, then what hangs on changes, then what is open', async () => {
    const { kinds } = await looked(LANE('class: [database, exposure]'));
    const odd = kinds.map(({ mode, spellClass, memberships: [own] }) =>
      own?.open !== null ? 3 : spellClass ? 2 : mode === 'data' ? 1 : 0,
    );
    expect(odd).toEqual([...odd].sort());
    expect(new Set(odd)).toEqual(new Set([0, 1, 2, 3]));
  });

  it('gives up on too many globs over types or providers', async () => {
    const globs = Array.from({ length: 16 }, (_, i) => `{glob: "*${String.fromCharCode(97 + i)}${i}*"}`).join(', ');
    await expect(looked(LANE(`type: [${globs}]`))).rejects.toThrow('over types');
    await expect(looked(LANE(`provider: [${globs}]`))).rejects.toThrow('over providers');
    await expect(looked(LANE(`provider: [${globs}]`))).rejects.toThrow(Inconclusive);
  });
});
