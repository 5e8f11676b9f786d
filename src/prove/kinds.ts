import type { CarrierName } from '../../providers/provider.ts';
import { baseClasses, type Membership } from '../classify/classes.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import type { FactState } from '../logic/fact.ts';
import { type Matcher, match } from '../logic/matcher.ts';
import { type Asked, leavesOf } from './asked.ts';
import { Inconclusive } from './cube.ts';
import { representatives } from './strings.ts';
import type { KnownType, TypeKnowledge } from './types.ts';

/** A kind of resource: types that no rule tells apart, spoken for by one of them. */
export interface Kind {
  readonly type: string;
  readonly mode: 'managed' | 'data' | 'any';
  /** Null = not known. */
  readonly provider: string | null;
  readonly carrier: CarrierName | null;
  /** Classes by ruleset, before refinements. */
  readonly memberships: readonly Membership[];
  /** The classes must be spelled: they hang on what changes, or another mode of the type has others. */
  readonly spellClass: boolean;
  /** The provider must be spelled: the type alone says another one. */
  readonly spellProvider: boolean;
}

/** Types that speak for others, if they can: a reader knows them. */
const FAMILIAR = [
  'aws_db_instance',
  'aws_s3_bucket',
  'aws_sqs_queue',
  'aws_sns_topic',
  'aws_instance',
  'aws_lambda_function',
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_security_group',
  'aws_vpc',
  'aws_kms_key',
  'aws_secretsmanager_secret',
  'aws_ssm_parameter',
  'aws_dynamodb_table',
  'aws_lb',
  'aws_route53_record',
  'aws_cloudwatch_log_group',
  'google_sql_database_instance',
  'azurerm_postgresql_flexible_server',
  'random_id',
];

/** Every kind that the rules can tell apart: types of the catalogs, types that only the user names, and an unknown type. */
export function kindsOf(rulesets: readonly Ruleset[], asked: Asked, types: TypeKnowledge): Kind[] {
  const relevant = relevantClasses(rulesets, asked);
  const signature = signatureOf(rulesets, asked, relevant);
  const found = new Map<string, Kind>();
  const add = (kind: Kind): void => {
    const key = signature(kind);
    const known = found.get(key);
    if (known === undefined || rank(kind.type) < rank(known.type)) found.set(key, kind);
  };
  for (const entry of types.all()) for (const kind of catalogKinds(entry, rulesets, asked, relevant, types)) add(kind);
  for (const kind of strangeKinds(rulesets, asked, types)) add(kind);
  return [...found.values()].sort((a, b) => oddness(a) - oddness(b));
}

function rank(type: string): number {
  const at = FAMILIAR.indexOf(type);
  return at < 0 ? FAMILIAR.length : at;
}

/** Plain kinds first, so that a witness is one if it can be. */
function oddness({ type, memberships, spellClass, mode }: Kind): number {
  const open = memberships.some((m) => m.open !== null);
  return Number(open) * 8000 + Number(spellClass) * 4000 + Number(mode === 'data') * 2000 + rank(type);
}

function catalogKinds(
  entry: KnownType & { readonly mode: 'managed' | 'data' },
  rulesets: readonly Ruleset[],
  asked: Asked,
  relevant: Relevant,
  types: TypeKnowledge,
): Kind[] {
  const { row, type, mode, carrier } = entry;
  const bases = rulesets.map((ruleset) => membershipOf(type, row, ruleset, types));
  const extras: string[][] = [[]];
  for (const [name, triggers] of [
    ['access', row.access_by],
    ['exposure', row.exposure_by],
  ] as const)
    if (triggers && mode === 'managed' && (relevant === null || relevant.has(name)))
      extras.push(...extras.map((names) => [...names, name]));
  const hangsOnChanges = extras.length > 1;
  const askedProvider = asked.tests.has('provider');
  const sources = askedProvider ? entry.sources : [entry.source];
  return extras.flatMap((names) =>
    sources.map((provider) => ({
      type,
      mode,
      provider,
      carrier,
      memberships: bases.map((base) => withMembers(base, names)),
      spellClass: hangsOnChanges,
      spellProvider: provider !== entry.source,
    })),
  );
}

function membershipOf(type: string, row: KnownType['row'] | null, { classes }: Ruleset, { builtin }: TypeKnowledge): Membership {
  return baseClasses(type, row, row?.wraps === undefined ? undefined : null, { classes, builtin });
}

function withMembers(base: Membership, names: readonly string[]): Membership {
  if (names.every((name) => base.members.get(name) === true)) return base;
  return { ...base, members: new Map([...base.members, ...names.map((name) => [name, true] as const)]) };
}

/** Types of no catalog: one for each way in which globs of classes and conditions match, of each provider that a rule names. */
function strangeKinds(rulesets: readonly Ruleset[], asked: Asked, types: TypeKnowledge): Kind[] {
  const named = textsOf(asked.tests.get('type') ?? []);
  for (const ruleset of rulesets)
    for (const { types: globs } of ruleset.classes.values())
      for (const glob of globs) (glob.includes('*') ? named.globs : named.literals).add(glob);
  const stand = representatives([...named.globs], named.literals, 2);
  if (stand === null) throw new Inconclusive('too many combinations of globs over types');
  const unknownTo = (type: string): boolean =>
    type !== '' && types.find(type, 'create') === null && types.find(type, 'read') === null;
  const providers = textsOf(asked.tests.get('provider') ?? []);
  const others = representatives([...providers.globs], providers.literals, 1);
  if (others === null) throw new Inconclusive('too many combinations of globs over providers');
  const sources: (string | null)[] = asked.tests.has('provider') ? [null, ...providers.literals, ...others] : [null];
  return [...named.literals, ...stand].filter(unknownTo).flatMap((type) =>
    sources.map((provider) => ({
      type,
      mode: 'any' as const,
      provider,
      carrier: null,
      memberships: rulesets.map((ruleset) => membershipOf(type, null, ruleset, types)),
      spellClass: false,
      spellProvider: provider !== null,
    })),
  );
}

/** The literals and globs of matchers on a text. */
export function textsOf(matchers: readonly Matcher[]): { literals: Set<string>; globs: Set<string> } {
  const literals = new Set<string>();
  const globs = new Set<string>();
  for (const leaf of matchers.flatMap(leavesOf)) {
    if (leaf.is === 'equals' && typeof leaf.value === 'string') literals.add(leaf.value);
    else if (leaf.is === 'glob') (leaf.pattern.includes('*') ? globs : literals).add(leaf.pattern);
  }
  return { literals, globs };
}

/** What the rules can see of a kind, as text: equal texts are one kind. */
function signatureOf(rulesets: readonly Ruleset[], asked: Asked, relevant: Relevant): (kind: Kind) => string {
  const tagged = [...asked.tests.keys()].some((key) => key.startsWith('tag.'));
  const compared = new Set(asked.pairs.flat());
  const saidByProvider = rulesets.some(({ attributes }) =>
    [...attributes.values()].some(({ sources }) => sources.some(({ from }) => from === 'provider')),
  );
  const typeTests = asked.tests.get('type') ?? [];
  const providerTests = asked.tests.get('provider') ?? [];
  const outcomes = (tests: readonly Matcher[], value: string | null): string =>
    tests
      .map((test) => match(test, value === null ? UNSEEN : { kind: 'value', value }, () => UNSEEN))
      .map((outcome) => (outcome === 'unknown' ? 'u' : Number(outcome)))
      .join('');
  return (kind) =>
    JSON.stringify([
      kind.memberships.map(({ members, open }) => [
        open !== null,
        [...members.keys()].filter((name) => relevant === null || relevant.has(name)).sort(),
      ]),
      kind.mode === 'data',
      outcomes(typeTests, kind.type),
      outcomes(providerTests, kind.provider),
      tagged ? kind.carrier : null,
      compared.has('type') ? kind.type : null,
      compared.has('provider') || saidByProvider ? kind.provider : null,
    ]);
}

const UNSEEN: FactState = { kind: 'unknown', why: '', path: null };

/** Names that some matcher on `class` asks for, and what refined ones stand on; null = all of them. */
type Relevant = ReadonlySet<string> | null;

function relevantClasses(rulesets: readonly Ruleset[], asked: Asked): Relevant {
  const names = new Set<string>();
  for (const leaf of (asked.tests.get('class') ?? []).flatMap(leavesOf)) {
    if (leaf.is !== 'equals') return null;
    names.add(String(leaf.value));
  }
  for (const { classes } of rulesets) {
    for (const { refines } of classes.values()) if (refines) names.add(refines.class);
  }
  return asked.pairs.flat().includes('class') ? null : names;
}
