import type { CarrierName } from '../../providers/provider.ts';
import { baseClasses, type Membership } from '../classify/classes.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import type { FactState } from '../logic/fact.ts';
import { matchGlob } from '../logic/glob.ts';
import type { Kleene } from '../logic/kleene.ts';
import { type Matcher, match } from '../logic/matcher.ts';
import { type Asked, leavesOf, testsAround, valuesAround } from './asked.ts';
import { Inconclusive } from './cube.ts';
import { representatives } from './strings.ts';
import type { KnownType, Mode, TypeKnowledge } from './types.ts';

type CatalogType = KnownType & { readonly mode: Mode };

/** The variable of the kinds in every space. */
export const KIND_VARIABLE = 2;

/** A kind of resource: types that no rule tells apart, spoken for by one of them. */
export interface Kind {
  readonly type: string;
  /** `unlisted`: managed, and the catalogs have only a data source or an action of that name. `any`: they have nothing. */
  readonly mode: Mode | 'any' | 'unlisted';
  /** Null = not known. */
  readonly provider: string | null;
  readonly carrier: CarrierName | null;
  /** Tag keys as its cloud compares them. */
  foldKey(key: string): string;
  /** Classes by ruleset, before refinements. */
  readonly memberships: readonly Membership[];
  /** The classes must be spelled: they hang on what changes, or another mode of the type has others. */
  readonly spellClass: boolean;
  /** The provider must be spelled: the type alone says another one. */
  readonly spellProvider: boolean;
}

/** Types that speak for others, if they can: a reader knows them. */
const FAMILIAR = ['aws_db_instance', 'aws_s3_bucket', 'aws_sqs_queue', 'aws_sns_topic', 'aws_iam_role', 'aws_instance'];

/** Whose types a reader knows best, of those that come with inlane. */
const KNOWN_BEST = ['aws_', 'google_', 'azurerm_', 'kubernetes_'];

/** Every kind that the rules can tell apart: types of the catalogs, types that only the user names, and an unknown type. */
export function kindsOf(rulesets: readonly Ruleset[], asked: Asked, types: TypeKnowledge): Kind[] {
  const relevant = relevantClasses(rulesets, asked);
  const signature = signatureOf(rulesets, asked, relevant);
  const found = new Map<string, Kind>();
  const add = (kind: Kind): void => {
    const key = signature(kind);
    const known = found.get(key);
    if (known === undefined || rank(kind) < rank(known)) found.set(key, kind);
  };
  for (const entry of unlike(types.all(), rulesets, asked))
    for (const kind of catalogKinds(entry, rulesets, asked, relevant, types)) add(kind);
  for (const kind of strangeKinds(rulesets, asked, types)) add(kind);
  return [...found.values()].sort((a, b) => oddness(a) - oddness(b));
}

/**
 * The most familiar entry of those that are alike in everything that makes a kind: catalogs hold thousands of types, and rules tell
 * few apart.
 */
function unlike(all: Iterable<CatalogType>, rulesets: readonly Ruleset[], asked: Asked): readonly CatalogType[] {
  const named = asked.tests.get('type') ?? [];
  const globs = [...new Set(rulesets.flatMap(({ classes }) => [...classes.values()].flatMap(({ types }) => types)))];
  const compared = asked.pairs.flat().includes('type');
  const found = new Map<string, { readonly entry: CatalogType; readonly at: number }>();
  let at = 0;
  for (const entry of all) {
    const { type, mode, carrier, sources, row } = entry;
    const wraps = row.wraps === undefined ? '' : 'wraps';
    const triggers = `${row.access_by ? 'access' : ''}/${row.exposure_by ? 'exposure' : ''}`;
    const told = [...globs.map((glob) => matchGlob(glob, type)), ...outcomes(named, type), compared ? type : ''].join();
    const key = `${mode} ${carrier} ${sources.join()} ${row.class} ${row.also?.join() ?? ''} ${wraps} ${triggers} ${told}`;
    const known = found.get(key)?.entry;
    if (known === undefined || rank(entry) < rank(known)) found.set(key, { entry, at });
    at += 1;
  }
  // In the order of the catalogs, which decides between equally familiar ones.
  return [...found.values()].sort((a, b) => a.at - b.at).map(({ entry }) => entry);
}

/** From the most familiar type to the least; the shorter name of two; a managed type can do what an action can, and more. Below 1000. */
function rank({ type, mode }: Pick<Kind, 'type' | 'mode'>): number {
  const familiar = FAMILIAR.indexOf(type);
  const known = KNOWN_BEST.findIndex((prefix) => type.startsWith(prefix));
  const order = familiar >= 0 ? familiar : 100 * (known < 0 ? KNOWN_BEST.length + 1 : known + 1) + Math.min(type.length, 99);
  return order + (mode === 'actions' ? 600 : 0);
}

/** Plain kinds first, so that a witness is one if it can be. */
function oddness(kind: Kind): number {
  const { memberships, spellClass, mode } = kind;
  const open = memberships.some((m) => m.open !== null);
  return Number(open) * 8000 + Number(spellClass) * 4000 + Number(mode === 'data' || mode === 'actions') * 2000 + rank(kind);
}

function catalogKinds(
  entry: CatalogType,
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
  const sources = providerMatters(rulesets, asked) ? entry.sources : [entry.source];
  return extras.flatMap((names) =>
    sources.map((provider) => ({
      type,
      mode,
      provider,
      carrier,
      foldKey: (key: string) => entry.foldKey(key),
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
  const named = textsOf(testsAround('type', asked));
  for (const value of valuesAround('type', asked, rulesets)) named.literals.add(value);
  for (const ruleset of rulesets)
    for (const { types: globs } of ruleset.classes.values())
      for (const glob of globs) (glob.includes('*') ? named.globs : named.literals).add(glob);
  const stand = representatives([...named.globs], named.literals, 2);
  if (stand === null) throw new Inconclusive('too many combinations of globs over types');
  const isListed = (type: string): boolean =>
    (['read', 'invoke'] as const).some((operation) => types.find(type, operation) !== null);
  const providers = textsOf(testsAround('provider', asked));
  for (const value of valuesAround('provider', asked, rulesets)) providers.literals.add(value);
  for (const [glob] of providerMaps(rulesets)) (glob.includes('*') ? providers.globs : providers.literals).add(glob);
  const others = representatives([...providers.globs], providers.literals, 1);
  if (others === null) throw new Inconclusive('too many combinations of globs over providers');
  const sources: (string | null)[] = providerMatters(rulesets, asked) ? [null, ...providers.literals, ...others] : [null];
  const strange = [...named.literals, ...stand].filter((type) => type !== '' && types.find(type, 'create') === null);
  return strange.flatMap((type) =>
    sources.map((provider) => ({
      type,
      mode: isListed(type) ? ('unlisted' as const) : ('any' as const),
      provider,
      carrier: null,
      foldKey: (key: string) => key,
      memberships: rulesets.map((ruleset) => membershipOf(type, null, ruleset, types)),
      spellClass: false,
      spellProvider: provider !== null,
    })),
  );
}

/** What attributes say of providers. */
function providerMaps(rulesets: readonly Ruleset[]): readonly (readonly [glob: string, value: string])[] {
  return rulesets.flatMap(({ attributes }) =>
    [...attributes.values()].flatMap(({ sources }) =>
      sources.flatMap((source) => (source.from === 'provider' ? source.map : [])),
    ),
  );
}

/** Whether some rule can tell one provider of a type from another. */
function providerMatters(rulesets: readonly Ruleset[], { tests, pairs }: Asked): boolean {
  return tests.has('provider') || pairs.flat().includes('provider') || providerMaps(rulesets).length > 0;
}

/** Whether rulesets differ in which tag carries an attribute. */
function carriersDiffer(rulesets: readonly Ruleset[]): boolean {
  const texts = rulesets.map(({ attributes }) =>
    JSON.stringify([...attributes].map(([name, a]) => [name, a.carriers && [...a.carriers]])),
  );
  return new Set(texts).size > 1;
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
  const tagged = [...asked.tests.keys(), ...asked.pairs.flat()].some((key) => key.startsWith('tag.')) || carriersDiffer(rulesets);
  const compared = new Set(asked.pairs.flat());
  const saidByProvider = providerMaps(rulesets).length > 0;
  const typeTests = asked.tests.get('type') ?? [];
  const providerTests = asked.tests.get('provider') ?? [];
  return (kind) =>
    JSON.stringify([
      kind.memberships.map(({ members, open }) => [
        open !== null,
        [...members.keys()].filter((name) => relevant === null || relevant.has(name)).sort(),
      ]),
      kind.mode === 'data' || kind.mode === 'unlisted' ? kind.mode : null,
      outcomes(typeTests, kind.type).join(),
      outcomes(providerTests, kind.provider).join(),
      tagged ? kind.carrier : null,
      compared.has('type') ? kind.type : null,
      compared.has('provider') || saidByProvider ? kind.provider : null,
    ]);
}

function outcomes(tests: readonly Matcher[], value: string | null): Kleene[] {
  return tests.map((test) => match(test, value === null ? UNSEEN : { kind: 'value', value }, () => UNSEEN));
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

/** What a kind says of itself under a ruleset. */
export function kindState(kind: Kind, ruleset: number, key: 'class' | 'type' | 'provider'): FactState {
  if (key === 'class') {
    const { members, open } = kind.memberships[ruleset] as Kind['memberships'][number];
    return { kind: 'members', members, open };
  }
  const value = key === 'type' ? kind.type : kind.provider;
  return value === null ? { kind: 'unknown', why: 'not known', path: null } : { kind: 'value', value };
}
