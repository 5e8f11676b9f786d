import type { Literal } from './document.ts';

/** Facts that an object has by itself, so that a class can be narrowed by them. */
export const isObjectFact = (key: string): boolean => OBJECT_FACTS.has(key) || key.startsWith('tag.') || key.startsWith('attr.');
const OBJECT_FACTS: ReadonlySet<string> = new Set([
  'environment',
  'team',
  'service',
  'data',
  'type',
  'name',
  'address',
  'module',
  'region',
  'account',
  'workspace',
  'provider',
]);

/** One fact as rules and entries may spell it. */
export interface FactSpec {
  readonly key: string;
  /** What rules compare with. */
  readonly values: readonly Literal[];
  readonly globs?: readonly string[];
  readonly numbers?: readonly number[];
  readonly instants?: readonly string[];
  /** Another fact that it may be the same as. */
  readonly same?: string;
  /** Whether it has one value, of which `exists` can be asked. */
  readonly plain?: boolean;
  /** What entries say besides `values`; null: it may be null or absent. */
  readonly others?: readonly Literal[];
}

export const INSTANTS = [
  '2026-01-01T00:00:00Z',
  '2026-06-01T10:00:00Z',
  // The same instant as the one above.
  '2026-06-01T12:00:00+02:00',
  '2026-06-01T10:00:00.001Z',
  '2026-11-20T08:00:00-05:00',
  '2026-12-31T23:59:59.999Z',
];
export const CLASSES = ['database', 'queue', 'network', 'cache', 'stateful', 'access', 'database-config'];
/** On top of the built-in ones; what they narrow them by is made up per document. */
export const REFINED = { 'narrow-database': 'database', 'narrower-database': 'narrow-database' };
/** The attribute paths that changes of this world are made of, and a named set of them. */
export const PATHS = ['size', 'settings', 'settings.mode', 'tags.a'];
export const PATH_SETS = { tuning: ['size', 'settings.**'] };
export const TEAMS = ['orders', 'billing', 'sre'];
export const PEOPLE = ['dana', 'erin', 'sam'];
export const TIERS = ['T0', 'T1', 'T2'];
const LARGEST = Number.MAX_SAFE_INTEGER;

const text = (key: string, values: readonly Literal[], globs: readonly string[], others: readonly Literal[] = ['elsewhere']) => ({
  key,
  values,
  globs,
  others,
  plain: true,
});

export const FACTS: readonly FactSpec[] = [
  text('environment', ['production', 'prod', 'staging', 'stg', 'development'], ['prod*', '*ment', 'st*g', '*'], ['live', 'dev']),
  { ...text('team', TEAMS, ['or*', '*i*'], []), same: 'who.team' },
  text('service', ['shop', 'pay', 'a*b', 'ünï "q" \\'], ['s*', '*y', 'a*b'], ['axb', 'other']),
  text('data', ['confidential', 'internal', 'public'], ['*al', 'p*'], []),
  {
    key: 'class',
    values: [...CLASSES, ...Object.keys(REFINED), ...Object.keys(REFINED)],
    globs: ['data*', '*config', 'ne*', 'narrow*'],
  },
  text('type', ['acme_db', 'acme_db_replica', 'acme_queue'], ['acme_*', '*_db', 'acme_*_*'], []),
  text('name', ['primary', 'replica-1'], ['*-1', 'pri*']),
  text(
    'address',
    ['acme_db.primary', 'module.shop.acme_db.primary'],
    ['module.shop.**', '*.primary'],
    ['acme_db.x', 'module.shop'],
  ),
  text(
    'module',
    ['module.shop', 'module.shop.module.db', null],
    ['module.shop.**', 'module.*'],
    ['module.shopping', 'module.shop[0]', null],
  ),
  text('region', ['eu-west-1', 'us-east-1'], ['eu-*']),
  text('account', ['111122223333', '444455556666'], ['1111*'], ['777788889999']),
  text('workspace', ['shop-prod', 'shop-dev'], ['*-prod', 'shop-*', 's*-*d', 'shop-*-dev']),
  text('provider', ['hashicorp/aws', 'acme/acme'], ['hashicorp/*'], ['other/other']),
  text('repository', ['acme/shop', 'acme/pay'], ['acme/*']),
  text('ref', ['refs/heads/main', 'refs/heads/x'], ['refs/heads/*'], ['refs/tags/v1']),
  text('event', ['push', 'pull_request'], ['pull_*'], ['schedule']),
  text('action_reason', ['replace_because_tainted', 'delete_because_count_index', null], ['replace_*'], ['other', null]),
  { key: 'replaces', values: [true, false], plain: true },
  { key: 'dependents', values: ['none', 'some'], plain: true },
  { key: 'now', values: [], instants: INSTANTS },
  { key: 'successor', values: ['present', 'absent'] },
  { key: 'changes', values: [] },
  { ...text('tag.owner', ['dana', 'erin'], ['d*'], ['nobody', null]), same: 'who.id' },
  { ...text('tag.team', TEAMS, ['*s'], ['nobody', null]), same: 'who.team' },
  text('tag.acme.io/tier', ['gold', 'free'], ['g*', '*'], ['silver', null]),
  text('attr.engine', ['mysql', 'postgres', null], ['my*', '*q*', 'my*ysql'], ['oracle', null, 5]),
  { ...text('attr.size', [0, 10, -5, LARGEST], [], [11, 9, null, 'ten']), numbers: [0, 10, 100, -5, LARGEST, -LARGEST] },
  text('attr.public', [true, false], [], [null, 'true']),
  { ...text('attr.settings.0.mode', ['on', 1, true, null], ['o*'], ['off', 2, false, null]), numbers: [1, 2] },
];

export const WHO: readonly FactSpec[] = [
  { key: 'kind', values: ['human', 'agent', 'ci'], globs: ['*'] },
  { key: 'id', values: [...PEOPLE, 'bot', 'stranger'], globs: ['*a*', 's*'], plain: true },
  { key: 'team', values: TEAMS, globs: ['*r*'], same: 'team' },
  { key: 'tier', values: TIERS, globs: ['T*'], plain: true },
  { key: 'owner', values: PEOPLE, globs: ['*a*'], plain: true },
];
