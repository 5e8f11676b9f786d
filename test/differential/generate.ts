/** Random lane files with random `tests:` entries, from a seed. The words are few, so that rules and changes meet often. */

import { Seeded } from '../seeded.ts';
import type { Json, LaneDoc, Test, Tree, World } from './reference.ts';

// ---- randomness -------------------------------------------------------------------------------------------------------------

class Dice extends Seeded {
  /** Between `low` and `high` different ones, in random order. */
  few<T>(from: readonly T[], low: number, high: number): T[] {
    return this.some(from, this.between(low, Math.min(high, from.length)));
  }

  weighted<T>(table: readonly (readonly [number, T])[]): T {
    let at = this.next() * table.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of table) {
      at -= weight;
      if (at < 0) return value;
    }
    return (table[0] as readonly [number, T])[1];
  }
}

const times = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);

// ---- the world --------------------------------------------------------------------------------------------------------------

export const WORLD: World = {
  types: {
    aws_db_instance: { classes: ['database', 'stateful'], provider: 'hashicorp/aws' },
    aws_elasticache_cluster: { classes: ['cache'], provider: 'hashicorp/aws' },
    aws_iam_role: { classes: ['permission', 'access'], provider: 'hashicorp/aws' },
    aws_vpc: { classes: ['network', 'foundation'], provider: 'hashicorp/aws' },
    google_sql_database_instance: { classes: ['database', 'stateful'], provider: 'hashicorp/google' },
    google_redis_instance: { classes: ['cache'], provider: 'hashicorp/google-beta' },
    azurerm_key_vault: { classes: ['secret', 'stateful', 'access'], provider: 'hashicorp/azurerm' },
    kubernetes_deployment: { classes: ['workload'], provider: 'hashicorp/kubernetes' },
    snowflake_database: { classes: ['database', 'stateful'], provider: 'snowflakedb/snowflake' },
    random_password: { classes: ['helper'], provider: 'hashicorp/random' },
  },
  crossOf: {
    database: ['stateful'],
    cache: [],
    permission: ['access'],
    network: ['foundation'],
    secret: ['stateful'],
    workload: [],
    helper: [],
    stateful: [],
    access: [],
    foundation: [],
  },
};

const KNOWN_TYPES = Object.keys(WORLD.types);
const STRANGE_TYPES = ['acme_graph_node', 'acme_queue', 'mystery_box', 'pagerduty_team'];
const BUILT_IN = Object.keys(WORLD.crossOf);

const OPERATIONS = ['create', 'read', 'update', 'destroy', 'import', 'move', 'forget', 'invoke', 'reclassify'];

/** Values of a place by the environment that they usually speak of. */
const WORKSPACES = { production: ['shop-prod', 'prod'], staging: ['shop-stg', 'stg-2'], development: ['dev-1', 'shop-dev'] };
const ACCOUNTS = { production: ['111122223333'], staging: ['444455556666'], development: ['777788889999'] };
const MODULES = { production: ['module.live', 'module.live.module.db[0]'], staging: ['module.stg'], development: ['module.dev'] };
const TAG_VALUES = {
  production: ['production', 'prod', 'live'],
  staging: ['staging', 'stg'],
  development: ['development', 'dev'],
};
type Environment = keyof typeof WORKSPACES;
const ENVIRONMENTS: readonly Environment[] = ['production', 'staging', 'development'];

const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1'];
const NAMES = ['main', 'main-replica', 'old'];
const TEAMS = ['orders', 'sre', 'dba'];
const PEOPLE = ['dana', 'erin', 'sam'];
const SERVICES = ['orders', 'checkout'];
const DATA = ['confidential', 'internal', 'public'];
const TIERS = ['T0', 'T1', 'T2'];
const REASONS = ['replace_because_tainted', 'delete_because_no_resource_config'];
const INSTANTS = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '2026-03-01T00:00:00Z',
  '2026-03-01T00:00:00+02:00',
  '2026-06-01T12:00:00Z',
  '2026-12-31T23:59:59Z',
];
const PATTERNS = [
  'instance_class',
  'allocated_storage',
  'parameter.**',
  'settings.*.flags.**',
  'settings.**',
  'settings.0.*',
  'tags.*',
  '["a.b"].c',
  'x["y.z"]',
  'x["*"]',
  'x.**',
  '**.name',
  '**',
  'deletion_protection',
];
const PATHS = [
  'instance_class',
  'allocated_storage',
  'parameter',
  'parameter.0.value',
  'parameter.1.name',
  'settings.0.flags',
  'settings.0.flags.1.name',
  'settings.0.size',
  'tags.team',
  'tags["acme.io/team"]',
  '["a.b"].c',
  'a.b.c',
  'x["y.z"]',
  'x["*"]',
  'x.y.z',
  'deletion_protection',
];

export interface Generated {
  /** Path to document, the topmost first; the last one has the tests. */
  readonly files: readonly { readonly path: string; readonly doc: LaneDoc }[];
  readonly tests: readonly Test[];
}

/** JSON is YAML, and parses in one way only. */
export function textOf(generated: Generated, path: string): string | null {
  const file = generated.files.find((one) => one.path === path);
  if (!file) return null;
  const tests = generated.tests.map((test) => ({ ...test, expect: 'deny' }));
  return JSON.stringify({ inlane: 1, ...file.doc, ...(file === generated.files.at(-1) ? { tests } : {}) });
}

// ---- files ------------------------------------------------------------------------------------------------------------------

/** What rules may name. */
interface Words {
  readonly attributes: Record<string, readonly string[] | 'any'>;
  readonly teams: readonly string[] | null;
  readonly tiers: readonly string[] | null;
  readonly tagKeys: readonly string[];
  classes: string[];
  groups: string[];
  sets: string[];
  id: number;
  /** Files of level org so far. */
  org: number;
}

export function generate(seed: number, tests: number): Generated {
  const dice = new Dice(seed);
  const org: Record<string, Json> = { level: 'org' };
  const words = vocabulary(org, dice);
  names(org, words, dice);
  rules(org, words, dice);
  const files = [{ path: 'inlane.yaml', doc: org as unknown as LaneDoc }];

  const shapes: readonly (readonly [number, readonly string[]])[] = [
    [25, []],
    [27, ['project']],
    [10, ['org']],
    [8, ['project', 'project']],
    [20, ['project', 'environment']],
    [10, ['environment', 'component']],
  ];
  for (const level of dice.weighted(shapes)) {
    const doc: Record<string, Json> = { level };
    if (level === 'org') more(doc, words);
    if (level !== 'org' && dice.chance(0.7)) doc.scope = scope(words, dice);
    names(doc, words, dice);
    rules(doc, words, dice);
    files.push({ path: `below${files.length}.yaml`, doc: doc as unknown as LaneDoc });
  }
  return { files, tests: times(tests, () => testEntry(words, dice)) };
}

/** A second file of level org adds to the domain language and to the registry. */
function more(doc: Record<string, Json>, words: Words): void {
  doc.attributes = { exposure: { values: ['open', 'closed'], from: [{ attr: { engine: { '*sql': 'closed', '*': 'open' } } }] } };
  words.attributes.exposure = ['open', 'closed'];
  if (words.teams)
    doc.principals = { teams: { strangers: ['dana'] }, agents: { extra: { owner: 'erin', teams: ['strangers', 'sre'] } } };
}

function vocabulary(org: Record<string, Json>, dice: Dice): Words {
  const registry = dice.chance(0.85);
  const tiers = registry && dice.chance(0.6) ? TIERS : null;
  const agents: Record<string, Json> = {
    'db-upgrader': { owner: 'dana', ...(tiers ? { tier: dice.pick(tiers) } : {}), teams: dice.few(TEAMS, 0, 2) },
    helper: {
      ...(tiers && dice.chance(0.6) ? { tier: dice.pick(tiers) } : {}),
      ...(dice.chance(0.5) ? { teams: ['orders'] } : {}),
    },
  };

  const attributes: Record<string, Json> = {};
  const closed: Record<string, readonly string[] | 'any'> = { environment: ENVIRONMENTS };
  const { definition, tagKeys } = environmentAttribute(dice);
  attributes.environment = definition;
  if (registry && dice.chance(0.7)) {
    attributes.team = { values: { registry: 'teams' }, from: [{ tag: 'team' }], tag: 'team' };
    closed.team = TEAMS;
  }
  if (dice.chance(0.6)) {
    attributes.service = {
      values: 'any',
      from: dice.chance(0.7) ? [{ tag: 'service' }] : [{ tag: 'service' }, { name: { '*': 'orders' } }],
    };
    closed.service = 'any';
  }
  if (dice.chance(0.6)) {
    attributes.data = {
      values: DATA,
      from: [{ tag: 'data' }, { attr: { 'settings.0.tier': { 'gold*': 'confidential' } } }],
      tag: 'data',
    };
    closed.data = DATA;
  }
  org.attributes = attributes;

  // Without `people` the teams say who is known.
  const listed = dice.chance(0.8);
  const people = listed ? PEOPLE : [...PEOPLE, 'mallory'];
  if (registry) {
    org.principals = {
      teams: { orders: dice.few(people, 0, 2), sre: ['sam', ...(listed ? [] : ['dana', 'erin'])], dba: dice.few(people, 0, 1) },
      ...(listed ? { people: { dana: { github: '1' }, erin: {}, sam: {}, ...(dice.chance(0.5) ? { mallory: {} } : {}) } } : {}),
      agents,
    };
  }
  return {
    attributes: closed,
    teams: registry ? TEAMS : null,
    tiers,
    tagKeys: [...new Set([...tagKeys, 'team', 'service', 'data', 'note'])],
    classes: [...BUILT_IN],
    groups: [],
    sets: [],
    id: 0,
    org: 0,
  };
}

function globs(
  values: Readonly<Record<string, readonly string[]>>,
  patterns: Readonly<Record<Environment, readonly string[]>>,
  dice: Dice,
) {
  const map: Record<string, Json> = {};
  for (const environment of dice.few(ENVIRONMENTS, 1, 3)) {
    const spelled = dice.chance(0.05) ? dice.pick(ENVIRONMENTS) : environment;
    const pattern = dice.chance(0.5) ? dice.pick(patterns[environment]) : dice.pick(values[environment] as readonly string[]);
    map[pattern] = dice.chance(0.2) ? (dice.pick(TAG_VALUES[spelled].slice(0, 2)) as string) : spelled;
  }
  if (dice.chance(0.08)) map['*'] = dice.pick(ENVIRONMENTS);
  return map;
}

function environmentAttribute(dice: Dice): { definition: Tree; tagKeys: string[] } {
  const carriers = {
    aws: 'environment',
    ...(dice.chance(0.7) ? { google: '123456789012/environment' } : {}),
    ...(dice.chance(0.7) ? { azurerm: 'env' } : {}),
    ...(dice.chance(0.7) ? { kubernetes: 'acme.io/environment' } : {}),
    ...(dice.chance(0.5) ? { snowflake: 'ENVIRONMENT' } : {}),
  };
  const carrier: Json = dice.chance(0.7) ? carriers : 'environment';
  const tagGlobs = () => globs(TAG_VALUES, { production: ['p*', 'live'], staging: ['st*'], development: ['*dev*'] }, dice);
  const sources: (() => Json)[] = [
    () => ({
      workspace: globs(
        WORKSPACES,
        { production: ['*-prod', '*prod'], staging: ['*stg*'], development: ['dev-*', '*dev*'] },
        dice,
      ),
    }),
    () => ({ account: globs(ACCOUNTS, { production: ['1111*'], staging: ['4444*'], development: ['*9999'] }, dice) }),
    () => ({
      module: globs(
        MODULES,
        { production: ['module.live.**', 'module.live.*'], staging: ['module.stg*'], development: ['module.dev.**'] },
        dice,
      ),
    }),
    () => ({ tag: 'environment' }),
    () => ({ tag: { note: tagGlobs(), env: tagGlobs() } }),
    () => ({ tag: 'note' }),
    () => ({ tag: { note: { 'p*': 'production', 'd*': 'development', '*': 'staging' }, data: { public: 'development' } } }),
    () => ({ attr: { 'settings.0.tier': { 'g*': 'production' }, engine: { '*': 'production' } } }),
    () => ({ attr: { engine: { 'post*': 'production', mysql: 'development' } } }),
    () => ({ region: { 'us-*': 'development' } }),
    () => ({ name: { old: 'staging' } }),
    () => ({ address: { '*.main': 'production' } }),
    () => ({ provider: { 'hashicorp/google*': 'development' } }),
    () => ({ stack: { 'stacks/prod/**': 'production', 'stacks/*': 'development' } }),
    () => ({ namespace: { 'live*': 'production', '*': 'development' } }),
    () => ({ variable: { environment: { '*': 'production' } } }),
  ];
  const usual = sources.slice(0, 5);
  const from = [...dice.few(usual, 1, 3), ...(dice.chance(0.4) ? dice.few(sources.slice(5), 1, 2) : [])].map((make) => make());
  const values: Json = { production: dice.chance(0.8) ? ['prod', 'live'] : ['prod'], staging: ['stg'], development: ['dev'] };
  const tagKeys = ['environment', 'note', '123456789012/environment', 'env', 'acme.io/environment', 'ENVIRONMENT'];
  return {
    definition: { values, ...(dice.chance(0.9) ? { from } : {}), tag: carrier, ...(dice.chance(0.3) ? { required: true } : {}) },
    tagKeys,
  };
}

/** Classes, sets of paths and groups of operations; `is_a` at org level only. */
function names(doc: Record<string, Json>, words: Words, dice: Dice): void {
  const org = doc.level === 'org';
  const classes: Record<string, Json> = {};
  const fresh: string[] = [];
  for (let n = dice.between(0, org ? 4 : 2); n > 0; n--) {
    const name = `kind${words.id++}`;
    const types = dice.few(['acme_*', 'acme_graph_*', 'pagerduty_*', '*_queue', 'aws_db_*', 'google_*', 'mystery_box'], 1, 2);
    const plain = Object.keys(classes).filter((one) => !Object.hasOwn(classes[one] as Tree, 'refines'));
    const form = dice.weighted<string>([
      [3, 'own'],
      [org ? 4 : 0, 'is_a'],
      [5, 'refines'],
    ]);
    if (form === 'own') classes[name] = { types };
    else if (form === 'is_a')
      classes[name] = { is_a: plain.length > 0 && dice.chance(0.5) ? dice.pick(plain) : dice.pick(BUILT_IN), types };
    else classes[name] = { refines: dice.pick([...words.classes, ...fresh]), when: objectCondition(words, dice) };
    fresh.push(name);
  }
  if (fresh.length > 0) doc.classes = classes;
  words.classes.push(...fresh);

  const sets: Record<string, Json> = {};
  for (let n = dice.between(org ? 1 : 0, 2); n > 0; n--) sets[`set-of-paths-${words.id++}`] = dice.few(PATTERNS, 1, 6);
  if (Object.keys(sets).length > 0) doc.paths = sets;
  words.sets.push(...Object.keys(sets));

  const groups: Record<string, Json> = {};
  if (org && words.groups.length === 0) groups.manage = ['create', 'read', 'update', 'destroy', 'import', 'move'];
  if (dice.chance(0.4)) groups[`group${words.id++}`] = dice.few([...OPERATIONS, ...words.groups], 1, 4);
  if (Object.keys(groups).length > 0) doc.operations = groups;
  words.groups.push(...Object.keys(groups));
}

function rules(doc: Record<string, Json>, words: Words, dice: Dice): void {
  const id = (prefix: string) => `${prefix}${words.id++}`;
  const lanes: Record<string, Json> = {};
  for (let n = dice.between(doc.level === 'org' ? 1 : 0, 3); n > 0; n--) {
    const empty = doc.scope === undefined && dice.chance(0.03);
    lanes[id('lane')] = {
      who: dice.chance(0.45) ? 'anyone' : who(words, dice),
      ...(empty
        ? { partial: ['deferred'] }
        : { may: dice.chance(0.2) ? grant(words, dice) : times(dice.between(1, 4), () => grant(words, dice)) }),
    };
  }
  if (Object.keys(lanes).length > 0) doc.lanes = lanes;

  const observed = () => (dice.chance(0.1) ? { enforce: 'observe' } : {});
  const guards: Json[] = [];
  for (let n = dice.between(0, 2); n > 0; n--)
    guards.push({
      id: id('guard'),
      deny: operations(words, dice),
      ...(dice.chance(0.2) ? { who: who(words, dice) } : {}),
      ...condition(words, dice, 1, 3),
      ...observed(),
    });
  for (let n = dice.between(0, 3); n > 0; n--) {
    const from: Json = words.teams && dice.chance(0.7) ? { team: dice.pick(words.teams) } : { id: 'erin' };
    guards.push({
      id: id('approval'),
      require: { approval: { from } },
      ...(dice.chance(0.7) ? { do: operations(words, dice) } : {}),
      ...(dice.chance(0.25) ? { who: who(words, dice) } : {}),
      ...condition(words, dice, 0, 2),
      ...observed(),
    });
  }
  if (guards.length > 0) doc.guards = guards;

  if (dice.chance(0.3)) {
    const [from, until] = span(dice);
    const ends: Tree = dice.weighted<Tree>([
      [4, { from, until }],
      [1, { from }],
      [1, { until }],
    ]);
    doc.freezes = [{ id: id('freeze'), deny: operations(words, dice), ...condition(words, dice, 1, 2), ...ends, ...observed() }];
  }
  if (dice.chance(0.3)) {
    const [from, until] = span(dice);
    doc.grants = [
      {
        id: id('grant'),
        who: dice.chance(0.5) ? 'anyone' : who(words, dice),
        may: dice.chance(0.6) ? grant(words, dice) : [grant(words, dice), grant(words, dice)],
        from,
        until,
      },
    ];
  }
  if (dice.chance(0.35)) {
    doc.ceilings = times(dice.between(1, 2), () => ({
      id: id('ceiling'),
      ...(dice.chance(0.6) ? { who: who(words, dice) } : {}),
      may: dice.chance(0.03) ? [] : [cap(words, dice), ...(dice.chance(0.6) ? [cap(words, dice)] : [])],
    }));
  }
  if (dice.chance(0.1)) doc.quotas = [{ id: id('quota'), who: who(words, dice), per_plan: { any: 0 } }];
  if (dice.chance(0.1)) doc.never = [{ id: id('never'), do: operations(words, dice), ...condition(words, dice, 0, 2) }];
  if (words.tiers && doc.principals && doc.level === 'org' && words.org++ === 0) {
    const tiers: Record<string, Json> = {};
    for (const tier of words.tiers) {
      tiers[tier] = dice.chance(0.08) ? [] : times(dice.between(1, 3), () => cap(words, dice));
    }
    doc.principals = { ...(doc.principals as Tree), tiers };
  }
}

/** Two instants that are not the same and in order. */
function span(dice: Dice): [string, string] {
  for (;;) {
    const a = dice.pick(INSTANTS);
    const b = dice.pick(INSTANTS);
    if (Date.parse(a) < Date.parse(b)) return [a, b];
  }
}

// ---- conditions -------------------------------------------------------------------------------------------------------------

function operations(words: Words, dice: Dice): Json {
  const all = [...OPERATIONS, ...words.groups, ...words.groups];
  return dice.chance(0.35) ? dice.pick(all) : dice.few(all, 2, 4);
}

/** One line of `may`: wide enough that changes get in. */
function grant(words: Words, dice: Dice): Tree {
  const doing = dice.chance(0.15) ? {} : { do: dice.chance(0.45) ? 'manage' : operations(words, dice) };
  return nonEmpty({ ...doing, ...condition(words, dice, 0, 2) });
}

function cap(words: Words, dice: Dice): Tree {
  const doing = dice.chance(0.4) ? {} : { do: dice.chance(0.7) ? 'manage' : operations(words, dice) };
  return nonEmpty({ ...doing, ...condition(words, dice, 0, 1) });
}

const nonEmpty = (condition: Tree): Tree => (Object.keys(condition).length > 0 ? condition : { do: 'manage' });

function condition(words: Words, dice: Dice, low: number, high: number): Tree {
  const result: Record<string, Json> = {};
  for (let n = dice.between(low, high); n > 0; n--) {
    const [key, matcher] = conditionKey(words, dice);
    result[key] = matcher;
  }
  if (dice.chance(0.15)) {
    const unless: Record<string, Json> = {};
    for (let n = dice.between(1, 2); n > 0; n--) {
      const [key, matcher] = dice.chance(0.15) ? ['do', operations(words, dice)] : conditionKey(words, dice);
      unless[key as string] = matcher as Json;
    }
    result.unless = unless;
  }
  return result;
}

function conditionKey(words: Words, dice: Dice): [string, Json] {
  return dice.weighted<() => [string, Json]>([
    [20, () => objectKey(words, dice)],
    [6, () => ['class', classMatcher(words, dice)]],
    [5, () => ['changes', changes(words, dice)]],
    [4, () => ['successor', successor(words, dice)]],
    [
      2,
      () => ['dependents', matcherOf(['none', 'some'], words, dice, { ordered: false, same: [], glob: false, nullable: true })],
    ],
    [2, () => ['replaces', dice.pick<Json>([true, false, { not: true }, { exists: true }, [true, false]])]],
    [1, () => ['action_reason', matcherOf(REASONS, words, dice, { ordered: false, same: [], glob: true, nullable: true })]],
    [4, () => ['who', who(words, dice)]],
    [1, () => ['now', nowMatcher(dice)]],
    [
      1,
      () => [
        dice.pick(['repository', 'ref', 'event']),
        matcherOf(['acme/infra', 'main', 'push'], words, dice, { ordered: false, same: [], glob: true, nullable: false }),
      ],
    ],
  ])();
}

interface Form {
  readonly ordered: boolean;
  readonly same: readonly string[];
  readonly glob: boolean;
  readonly nullable: boolean;
}

/** A matcher over these values, in any of the forms. */
function matcherOf(values: readonly Json[], words: Words, dice: Dice, form: Form, depth = 0): Json {
  const again = () => matcherOf(values, words, dice, form, depth + 1);
  const value = (): Json => (form.nullable && dice.chance(0.06) ? null : dice.pick(values));
  const forms: (readonly [number, () => Json])[] = [
    [40, value],
    [14, () => dice.few(values, 1, 3)],
    [form.glob ? 9 : 0, () => ({ glob: globOf(String(dice.pick(values)), dice) })],
    [4, () => ({ exists: dice.chance(0.7) })],
    [form.same.length > 0 ? 10 : 0, () => ({ same_as: dice.pick(form.same) })],
    [form.ordered ? 20 : 0, () => bound(dice)],
  ];
  if (depth < 2) {
    forms.push(
      [18, () => ({ not: again() })],
      [3, () => ({ any: [again(), again()] })],
      [3, () => ({ all: [again(), again()] })],
      [3, () => [again(), value()]],
    );
  }
  return dice.weighted<() => Json>(forms)();
}

function globOf(value: string, dice: Dice): string {
  if (value === '') return '*';
  const at = dice.between(0, value.length);
  return dice.pick([
    `${value.slice(0, at)}*`,
    `*${value.slice(at)}`,
    `${value.slice(0, at)}*${value.slice(Math.min(at + 2, value.length))}`,
    `${value}.**`,
    '*',
    value,
  ]);
}

function bound(dice: Dice): Json {
  const operator = dice.pick(['lt', 'lte', 'gt', 'gte']);
  return { [operator]: dice.chance(0.75) ? dice.pick([1, 5, 10, 20.5]) : dice.pick(INSTANTS) };
}

function nowMatcher(dice: Dice): Json {
  const one = (): Json => ({ [dice.pick(['lt', 'lte', 'gt', 'gte'])]: dice.pick(INSTANTS) });
  return dice.weighted<() => Json>([
    [5, one],
    [2, () => ({ not: one() })],
    [2, () => ({ all: [one(), one()] })],
    [1, () => ({ any: [one(), one()] })],
    [1, () => ({ exists: true })],
  ])();
}

const TEXTS = ['name', 'address', 'module', 'region', 'account', 'workspace', 'type', 'provider'];

/** A condition on the object itself, which a refined class may have too. */
function objectKey(words: Words, dice: Dice, alone = false): [string, Json] {
  const others = [...TEXTS, 'tag.team', 'tag.note', 'attr.owner', 'attr.size', ...Object.keys(words.attributes)];
  const principals = alone ? [] : ['who.team', 'who.team', 'who.team', 'who.id', 'who.owner', 'who.tier', 'who.kind'];
  const text = (key: string, values: readonly string[], nullable = false): [string, Json] => [
    key,
    matcherOf(values, words, dice, { ordered: false, same: others.filter((other) => other !== key), glob: true, nullable }),
  ];
  return dice.weighted<() => [string, Json]>([
    [
      16,
      () => {
        const key = dice.chance(0.6) ? 'environment' : dice.pick(Object.keys(words.attributes));
        const values = words.attributes[key] as readonly string[] | 'any';
        const same = [...others, ...principals].filter((other) => other !== key);
        return [
          key,
          matcherOf(values === 'any' ? SERVICES : values, words, dice, { ordered: false, same, glob: true, nullable: false }),
        ];
      },
    ],
    [2, () => text('type', [...KNOWN_TYPES, ...STRANGE_TYPES])],
    [1, () => text('provider', ['hashicorp/aws', 'hashicorp/google', 'snowflakedb/snowflake'])],
    [1, () => text('name', NAMES)],
    [1, () => text('address', ['aws_db_instance.main', 'module.live.aws_vpc.old'])],
    [2, () => text('module', Object.values(MODULES).flat(), true)],
    [2, () => text('region', REGIONS)],
    [2, () => text('account', Object.values(ACCOUNTS).flat())],
    [2, () => text('workspace', Object.values(WORKSPACES).flat())],
    [
      4,
      () => {
        const key = dice.pick(words.tagKeys);
        const same = [...others, ...principals].filter((other) => other !== `tag.${key}`);
        return [
          `tag.${key}`,
          matcherOf([...TEAMS, 'production', 'prod'], words, dice, { ordered: false, same, glob: true, nullable: false }),
        ];
      },
    ],
    [
      4,
      () => {
        const [key, values] = dice.pick(ATTRS);
        const same = [...others, ...principals, 'attr.count', ...(alone ? [] : ['replaces'])].filter((other) => other !== key);
        return [key, matcherOf(values, words, dice, { ordered: key !== 'attr.engine', same, glob: true, nullable: true })];
      },
    ],
  ])();
}

const ATTRS: readonly (readonly [string, readonly Json[]])[] = [
  ['attr.size', [1, 5, 10, '5']],
  ['attr.count', [5, 10]],
  ['attr.engine', ['postgres', 'mysql']],
  ['attr.public', [true, false]],
  ['attr.created', [INSTANTS[2] as string]],
  ['attr.owner', ['dana', 'orders']],
  ['attr.settings.0.tier', ['gold', 'silver']],
  ['attr.zones', ['eu-west-1', 'us-east-1']],
];

function objectCondition(words: Words, dice: Dice): Tree {
  const result: Record<string, Json> = {};
  for (let n = dice.between(1, 2); n > 0; n--) {
    const [key, matcher] = objectKey(words, dice, true);
    result[key] = matcher;
  }
  return result;
}

function classMatcher(words: Words, dice: Dice): Json {
  const own = words.classes.slice(BUILT_IN.length);
  const values = [...BUILT_IN, ...own, ...own, ...own];
  return matcherOf(values, words, dice, { ordered: false, same: [], glob: true, nullable: false });
}

function changes(words: Words, dice: Dice): Json {
  const patterns = (): Json => {
    const all = [...PATTERNS, ...words.sets, ...words.sets, ...words.sets];
    return dice.chance(0.3) ? dice.pick(all) : dice.few(all, 2, 7);
  };
  const result: Record<string, Json> = {};
  for (const key of dice.weighted([
    [5, ['only']],
    [3, ['any']],
    [3, ['none']],
    [1, ['only', 'any']],
    [1, ['only', 'none']],
    [1, ['any', 'none']],
  ]))
    result[key] = patterns();
  return result;
}

function successor(words: Words, dice: Dice): Json {
  const attributes = Object.keys(words.attributes);
  return dice.weighted<() => Json>([
    [2, () => 'present'],
    [2, () => 'absent'],
    [4, () => ({ same: dice.few([...attributes, 'name', 'tag.team', 'attr.engine'], 1, 2) })],
    [1, () => ({ same: dice.pick(attributes) })],
    [1, () => ({ same: ['environment'], type: 'any' })],
    [1, () => ({ type: 'any' })],
  ])();
}

function who(words: Words, dice: Dice): Tree {
  const result: Record<string, Json> = {};
  const form: Form = { ordered: false, same: [], glob: true, nullable: false };
  for (
    let n = dice.weighted([
      [5, 1],
      [2, 2],
    ] as const);
    n > 0;
    n--
  ) {
    const key = dice.weighted<string>([
      [8, 'kind'],
      [2, 'id'],
      [4, 'team'],
      [2, 'tier'],
      [2, 'owner'],
      [1, 'assurance'],
    ]);
    const values: Readonly<Record<string, readonly string[]>> = {
      kind: ['human', 'agent', 'ci'],
      id: ['dana', 'erin', 'db-upgrader', 'deploy'],
      team: TEAMS,
      tier: TIERS,
      owner: PEOPLE,
      assurance: ['asserted', 'none'],
    };
    const same: Readonly<Record<string, readonly string[]>> = {
      team: ['tag.team', ...(words.attributes.team ? ['team'] : [])],
      owner: ['tag.note', 'attr.owner', 'who.id'],
      tier: ['tag.note', 'who.kind'],
      id: ['who.owner', 'attr.owner'],
    };
    // Without a registry no team and no tier has a name.
    const nameless = (key === 'team' && !words.teams) || (key === 'tier' && !words.tiers);
    if (nameless)
      result[key] = dice.pick<Json>([
        { exists: true },
        { exists: false },
        { not: { glob: 'T*' } },
        { glob: '*' },
        { same_as: 'tag.team' },
      ]);
    else result[key] = matcherOf(values[key] as readonly string[], words, dice, { ...form, same: same[key] ?? [] });
  }
  return result;
}

function scope(words: Words, dice: Dice): Tree {
  const result: Record<string, Json> = {};
  for (let n = dice.between(1, 2); n > 0; n--) {
    const [key, matcher] = dice.weighted<() => [string, Json]>([
      [3, () => ['account', dice.few(Object.values(ACCOUNTS).flat(), 1, 2)]],
      [3, () => ['workspace', { glob: dice.pick(['*prod*', 'shop-*', '*-*']) }]],
      [3, () => ['module', { glob: dice.pick(['module.live.**', 'module.*']) }]],
      [3, () => ['environment', dice.chance(0.6) ? dice.pick(ENVIRONMENTS) : { not: dice.pick(ENVIRONMENTS) }]],
      [3, () => objectKey(words, dice)],
      [1, () => conditionKey(words, dice)],
    ])();
    result[key] = matcher;
  }
  return result;
}

// ---- entries of `tests:` ------------------------------------------------------------------------------------------------------

function testEntry(words: Words, dice: Dice): Test {
  const actors = dice.weighted<readonly string[]>([
    [50, PEOPLE],
    [22, ['agent:db-upgrader', 'agent:helper', 'agent:db-upgrader', 'agent:helper', 'agent:extra']],
    [6, ['agent:ghost']],
    [8, ['ci:deploy']],
    [6, ['anonymous']],
    [4, ['zoe']],
    [2, ['db-upgrader']],
    [2, ['mallory']],
  ]);
  const type = dice.pick(dice.chance(0.85) ? KNOWN_TYPES : STRANGE_TYPES);
  const operation = dice.weighted<string>([
    [25, 'update'],
    [20, 'create'],
    [20, 'destroy'],
    [10, 'read'],
    [5, 'import'],
    [5, 'move'],
    [4, 'forget'],
    [3, 'invoke'],
    [4, 'reclassify'],
  ]);
  const facts = withFacts(words, dice);
  return {
    as: dice.pick(actors),
    ...(dice.chance(0.15) ? { for: dice.pick([...PEOPLE, ...PEOPLE, 'zoe', 'anonymous', 'mallory']) } : {}),
    do: operation,
    type,
    ...(Object.keys(facts).length > 0 || dice.chance(0.5) ? { with: facts } : {}),
  };
}

function withFacts(words: Words, dice: Dice): Tree {
  const facts: Record<string, Json> = {};
  /** How much of what can be said is said. */
  const share = dice.pick([0.97, 0.97, 0.85, 0.6, 0.25]);
  const target = dice.pick(ENVIRONMENTS);
  const near = () => (dice.chance(0.9) ? target : dice.pick(ENVIRONMENTS));
  const say = (key: string, value: () => Json, part = 1) => {
    if (dice.chance(share * part)) facts[key] = value();
  };
  const absent = (p: number, value: () => Json) => () => (dice.chance(p) ? null : value());

  const place = (value: () => string) => absent(0.02, value);
  say(
    'workspace',
    place(() => dice.pick([...WORKSPACES[near()], ...(dice.chance(0.1) ? ['default'] : [])])),
  );
  say(
    'account',
    place(() => dice.pick(ACCOUNTS[near()])),
  );
  say(
    'region',
    place(() => dice.pick(REGIONS)),
  );
  say(
    'module',
    absent(0.3, () => dice.pick(MODULES[near()])),
  );
  say(
    'name',
    place(() => dice.pick(NAMES)),
  );
  say('stack', () => dice.pick(['stacks/prod/db', 'stacks/prod', 'modules/x']));
  say('namespace', () => dice.pick(['live', 'test']), 0.8);
  say('address', () => dice.pick(['aws_db_instance.main', 'module.live.aws_vpc.old', 'x.main']));
  say('provider', () => dice.pick(['hashicorp/aws', 'hashicorp/google', 'snowflakedb/snowflake']), 0.08);
  for (const key of words.tagKeys) {
    if (key === 'team')
      say(
        'tag.team',
        absent(0.1, () => dice.pick([...TEAMS, ...TEAMS, 'strangers'])),
      );
    else if (key === 'service')
      say(
        'tag.service',
        absent(0.1, () => dice.pick(SERVICES)),
      );
    else if (key === 'data')
      say(
        'tag.data',
        absent(0.1, () => dice.pick([...DATA, 'secret'])),
      );
    else if (key === 'note')
      say(
        'tag.note',
        absent(0.1, () => dice.pick([...TAG_VALUES[near()], ...(dice.chance(0.1) ? ['dana', 'x'] : [])])),
        0.7,
      );
    else
      say(
        `tag.${key}`,
        absent(0.05, () => (dice.chance(0.07) ? 'elsewhere' : dice.pick(TAG_VALUES[near()]))),
        0.85,
      );
  }
  for (const [name, values] of Object.entries(words.attributes)) {
    const from = name === 'environment' ? [target, ...TAG_VALUES[near()].slice(0, 1)] : values === 'any' ? SERVICES : values;
    say(
      name,
      absent(0.1, () => dice.pick(from)),
      0.3,
    );
  }
  for (const [key, values] of ATTRS) {
    const strange = dice.chance(0.1);
    const list = key === 'attr.zones' && dice.chance(0.5);
    if (list) say(key, () => dice.few(values, 0, 2));
    else
      say(key, () =>
        strange ? dice.pick<Json>([null, null, true, 'text', 7, ['eu-west-1', 'b'], INSTANTS[1] as string]) : dice.pick(values),
      );
  }
  // What a source reads is text.
  for (const key of ['attr.engine', 'attr.settings.0.tier']) {
    if (facts[key] !== undefined && facts[key] !== null && typeof facts[key] !== 'string') facts[key] = 'text';
  }
  if (dice.chance(0.06)) facts.class = dice.chance(0.5) ? dice.pick(words.classes) : dice.few(words.classes, 1, 3);
  say('changes', () => (dice.chance(0.12) ? [] : dice.few(PATHS, 1, dice.pick([1, 2, 5]))), 0.95);
  say('successor', () => dice.pick(['present', 'absent']));
  say('dependents', () => dice.pick(['none', 'some']));
  say('replaces', () => dice.chance(0.5));
  say(
    'action_reason',
    absent(0.3, () => dice.pick(REASONS)),
  );
  say('now', () => dice.pick(INSTANTS));
  say('repository', () => 'acme/infra', 0.9);
  say('ref', () => dice.pick(['main', 'topic']), 0.9);
  say('event', () => 'push', 0.9);
  return facts;
}
