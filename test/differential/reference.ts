/**
 * A naive evaluator of the lane language, written from lanes.md alone: plain objects as a YAML parse gives them, tables and
 * loops, nothing shared with `src`. It decides one entry of `tests:` so that the real evaluator can be compared with it.
 * Numbers in comments are sections of lanes.md.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Tree = { readonly [key: string]: Json };

export interface LaneDoc {
  readonly level: string;
  readonly scope?: Tree;
  readonly attributes?: Readonly<Record<string, Tree>>;
  readonly classes?: Readonly<Record<string, Tree>>;
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  readonly operations?: Readonly<Record<string, readonly string[]>>;
  readonly lanes?: Readonly<Record<string, Tree>>;
  readonly guards?: readonly Tree[];
  readonly freezes?: readonly Tree[];
  readonly grants?: readonly Tree[];
  readonly ceilings?: readonly Tree[];
  readonly principals?: Tree;
}

export interface Test {
  readonly as: string;
  readonly for?: string;
  readonly do: string;
  readonly type: string;
  readonly with?: Tree;
}

export interface World {
  readonly types: Readonly<Record<string, { readonly classes: readonly string[]; readonly provider: string }>>;
  /** Class to the cross-cutting classes that members added by `is_a` inherit; every built-in class is a key. */
  readonly crossOf: Readonly<Record<string, readonly string[]>>;
}

export interface Result {
  readonly verdict: 'allow' | 'needs-approval' | 'deny';
  readonly obligations: string[];
  /** D and G of section 4, as far as they were asked, for the statistics of a run. */
  readonly denied: Truth;
  readonly granted: Truth;
}

// ---- Kleene's logic -------------------------------------------------------------------------------------------------------

/** `void` is a false whose negation is unknown: equality with a fact that is absent. Outside matchers it is false. */
type Inner = 'true' | 'false' | 'unknown' | 'void';
export type Truth = 'true' | 'false' | 'unknown';

function and(values: readonly Inner[]): Inner {
  if (values.includes('false')) return 'false';
  if (values.includes('void')) return 'void';
  return values.includes('unknown') ? 'unknown' : 'true';
}

function or(values: readonly Inner[]): Inner {
  if (values.includes('true')) return 'true';
  if (values.includes('unknown')) return 'unknown';
  return values.includes('void') ? 'void' : 'false';
}

const NOT: Readonly<Record<Inner, Inner>> = { true: 'false', false: 'true', unknown: 'unknown', void: 'unknown' };

function truth(value: Inner): Truth {
  return value === 'void' ? 'false' : value;
}

const bool = (value: boolean): Inner => (value ? 'true' : 'false');

// ---- facts ----------------------------------------------------------------------------------------------------------------

type Fact =
  | { readonly is: 'known'; readonly value: string | number | boolean }
  /** "List-valued such as `who.team`: membership; an empty list is a known empty list." */
  | { readonly is: 'list'; readonly members: readonly (string | number | boolean)[] }
  | { readonly is: 'null' }
  | { readonly is: 'absent' }
  | { readonly is: 'unknown' }
  | { readonly is: 'class' };

const UNKNOWN: Fact = { is: 'unknown' };
const NULL: Fact = { is: 'null' };
const ABSENT: Fact = { is: 'absent' };

interface Principal {
  readonly kind: Fact;
  readonly id: Fact;
  readonly team: Fact;
  readonly tier: Fact;
  readonly owner: Fact;
  readonly assurance: Fact;
}

/** Everything about one decision. */
interface Case {
  readonly files: readonly LaneDoc[];
  readonly test: Test;
  readonly spelled: Tree;
  readonly world: World;
  readonly who: Principal;
}

const known = (value: string | number | boolean): Fact => ({ is: 'known', value });

function asTree(value: Json | undefined): Tree {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Tree) : {};
}

function asList(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

const asTexts = (value: Json | undefined): readonly string[] => asList(value).map(String);

/** 3: who. */
function principal(name: string, files: readonly LaneDoc[]): Principal {
  const assurance = known(name === 'anonymous' ? 'none' : 'asserted');
  const nobody: Principal = { kind: UNKNOWN, id: known(name), team: UNKNOWN, tier: UNKNOWN, owner: UNKNOWN, assurance };
  if (name === 'anonymous') return nobody;

  const registries = files.filter((file) => file.principals !== undefined).map((file) => asTree(file.principals));
  if (name.startsWith('ci:')) return { ...nobody, kind: known('ci'), id: known(name.slice('ci:'.length)) };
  if (name.startsWith('agent:')) {
    const id = name.slice('agent:'.length);
    for (const registry of registries) {
      const agents = asTree(registry.agents);
      if (!Object.hasOwn(agents, id)) continue;
      const agent = asTree(agents[id]);
      return {
        kind: known('agent'),
        id: known(id),
        team: { is: 'list', members: asTexts(agent.teams) },
        tier: typeof agent.tier === 'string' ? known(agent.tier) : ABSENT,
        owner: typeof agent.owner === 'string' ? known(agent.owner) : ABSENT,
        assurance,
      };
    }
    return { ...nobody, kind: known('agent'), id: known(id) };
  }

  if (registries.length === 0) return { ...nobody, kind: known('human'), tier: ABSENT, owner: ABSENT };
  const teams: string[] = [];
  let registered = false;
  for (const registry of registries) {
    if (Object.hasOwn(asTree(registry.people), name)) registered = true;
    for (const [team, members] of Object.entries(asTree(registry.teams))) if (asTexts(members).includes(name)) teams.push(team);
  }
  if (!registered && teams.length === 0) return nobody;
  return { kind: known('human'), id: known(name), team: { is: 'list', members: teams }, tier: ABSENT, owner: ABSENT, assurance };
}

/** The fact of a key of section 3 or of a declared attribute. */
function factOf(key: string, on: Case): Fact {
  const { spelled, test } = on;
  if (key.startsWith('who.')) return on.who[key.slice('who.'.length) as keyof Principal];
  if (key.startsWith('tag.')) {
    const value = spelled[key];
    return typeof value === 'string' ? known(value) : ABSENT;
  }
  if (key.startsWith('attr.')) return spelledFact(spelled[key]);
  switch (key) {
    case 'type':
      return known(test.type);
    case 'class':
      return { is: 'class' };
    case 'provider': {
      const provider = providerOf(on);
      return spelled.provider !== undefined ? spelledFact(spelled.provider) : provider === null ? UNKNOWN : known(provider);
    }
    case 'dependents':
      return hasBefore(on) ? spelledFact(spelled.dependents) : NULL;
    case 'module':
    case 'action_reason':
      return spelledFact(spelled[key]);
    case 'name':
    case 'address':
    case 'region':
    case 'account':
    case 'workspace':
    case 'replaces':
    case 'repository':
    case 'ref':
    case 'event':
    case 'now':
      // 3: none of these is ever null; a null says that nothing is known.
      return spelled[key] === null ? UNKNOWN : spelledFact(spelled[key]);
    default: {
      const value = attributeValue(key, on);
      return value === null ? UNKNOWN : known(value);
    }
  }
}

function spelledFact(value: Json | undefined): Fact {
  if (value === undefined) return UNKNOWN;
  if (value === null) return NULL;
  if (Array.isArray(value)) return { is: 'list', members: value as readonly string[] };
  return known(value as string | number | boolean);
}

/** The provider that has the type; null = a type in no catalog. */
function providerOf(on: Case): string | null {
  return on.world.types[on.test.type]?.provider ?? null;
}

/** `successor` and `dependents` are null where there is no before side. */
const hasBefore = (on: Case): boolean => on.test.do !== 'create' && on.test.do !== 'read';

// ---- declared attributes (2, Sources of an attribute) -----------------------------------------------------------------------

const CARRIERS: Readonly<Record<string, string>> = {
  'hashicorp/aws': 'aws',
  'hashicorp/google': 'google',
  'hashicorp/google-beta': 'google',
  'hashicorp/azurerm': 'azurerm',
  'hashicorp/kubernetes': 'kubernetes',
  'snowflakedb/snowflake': 'snowflake',
};

/** The value, or null where it is unknown. */
function attributeValue(name: string, on: Case): string | null {
  const definition = definitionOf(name, on.files);
  /** What every source that speaks says; null = it speaks and the value is unknown. */
  const said: (string | null)[] = [];
  const spelled = on.spelled[name];
  if (typeof spelled === 'string') said.push(canonical(spelled, definition, on));
  for (const source of asList(definition.from)) {
    for (const [kind, map] of Object.entries(asTree(source))) {
      for (const value of sourceSays(kind, map, definition, on)) said.push(canonical(value, definition, on));
    }
  }
  const first = said[0];
  if (first === undefined || first === null) return null;
  return said.every((value) => value === first) ? first : null;
}

function definitionOf(name: string, files: readonly LaneDoc[]): Tree {
  for (const file of files) if (file.attributes && Object.hasOwn(file.attributes, name)) return file.attributes[name] as Tree;
  throw new Error(`no attribute ${name}`);
}

/** What a source says, before aliases; nothing = silent. Each KEY of `attr` and `tag` has a glob map of its own. */
function sourceSays(kind: string, map: Json, definition: Tree, on: Case): string[] {
  if (kind === 'variable') return [];
  if (kind === 'tag' && typeof map === 'string') {
    const key = carrierKey(map, definition.tag, on);
    const value = key === null ? undefined : on.spelled[`tag.${key}`];
    return typeof value === 'string' ? [value] : [];
  }
  if (kind === 'tag' || kind === 'attr') {
    return Object.entries(asTree(map)).flatMap(([key, globs]) => firstMatch(on.spelled[`${kind}.${key}`], asTree(globs)));
  }
  const read = kind === 'provider' ? (on.spelled.provider ?? providerOf(on)) : on.spelled[kind];
  return firstMatch(read, asTree(map));
}

/** "In a glob map the first matching line speaks." */
function firstMatch(value: Json | undefined, globs: Tree): string[] {
  if (typeof value !== 'string') return [];
  for (const [pattern, result] of Object.entries(globs)) if (globMatches(pattern, value)) return [String(result)];
  return [];
}

/** The tag key that a scalar `tag:` source reads; null = no carrier on the provider of the type. */
function carrierKey(key: string, carrier: Json | undefined, on: Case): string | null {
  const perProvider = asTree(carrier);
  if (carrier !== key && !Object.values(perProvider).includes(key)) return key;
  const provider = CARRIERS[providerOf(on) ?? ''];
  if (provider === undefined) return null;
  const own = carrier === key ? key : perProvider[provider];
  return typeof own === 'string' ? own : null;
}

/** "A value outside the list after the map (aliases count as their value) ... the value is unknown." */
function canonical(value: string, definition: Tree, on: Case): string | null {
  const values = definition.values;
  if (values === 'any') return value;
  if (Array.isArray(values)) return values.includes(value) ? value : null;
  const map = asTree(values);
  if (map.registry === 'teams') {
    for (const file of on.files) if (Object.hasOwn(asTree(asTree(file.principals).teams), value)) return value;
    return null;
  }
  for (const [name, aliases] of Object.entries(map)) if (name === value || asTexts(aliases).includes(value)) return name;
  return null;
}

/** `*` = any run of any characters; `p.**` also matches `p` itself. */
function globMatches(pattern: string, text: string): boolean {
  if (pattern.endsWith('.**') && globMatches(pattern.slice(0, -3), text)) return true;
  if (pattern === '') return text === '';
  if (pattern[0] === '*') {
    for (let skip = 0; skip <= text.length; skip++) if (globMatches(pattern.slice(1), text.slice(skip))) return true;
    return false;
  }
  return text !== '' && pattern[0] === text[0] && globMatches(pattern.slice(1), text.slice(1));
}

// ---- classes ----------------------------------------------------------------------------------------------------------------

function userClass(name: string, on: Case): Tree | null {
  for (const file of on.files) if (file.classes && Object.hasOwn(file.classes, name)) return file.classes[name] as Tree;
  return null;
}

/** Is the changed object a member of this class? */
function memberOf(name: string, on: Case): Inner {
  const own = userClass(name, on);
  const spelled = on.spelled.class;
  if (spelled !== undefined && asTexts(spelled).includes(name)) return 'true';
  if (own && typeof own.refines === 'string') {
    const parent = memberOf(own.refines, on);
    // "`class` is unknown", whatever `when` says.
    if (parent === 'unknown' && classUnknown(on)) return 'unknown';
    return and([parent, ...Object.entries(asTree(own.when)).map(([key, m]) => holdsKey(key, m, on))]);
  }
  if (spelled !== undefined) return 'false';
  if (certainClasses(on).has(name)) return 'true';
  return classUnknown(on) ? 'unknown' : 'false';
}

/** The classes that the type has for sure, refined ones left out. */
function certainClasses(on: Case): Set<string> {
  const result = new Set<string>(on.world.types[on.test.type]?.classes ?? []);
  for (const file of on.files) {
    for (const [name, definition] of Object.entries(file.classes ?? {})) {
      if (!asTexts(definition.types).some((pattern) => globMatches(pattern, on.test.type))) continue;
      result.add(name);
      let parent = definition.is_a;
      while (typeof parent === 'string') {
        result.add(parent);
        for (const cross of on.world.crossOf[parent] ?? []) result.add(cross);
        parent = userClass(parent, on)?.is_a;
      }
    }
  }
  return result;
}

/** "Type in no catalog and in no class of the user"; a class of a file below org says only that membership. */
function classUnknown(on: Case): boolean {
  if (on.spelled.class !== undefined || on.world.types[on.test.type]) return false;
  for (const file of on.files) {
    if (file.level !== 'org') continue;
    for (const definition of Object.values(file.classes ?? {})) {
      if (asTexts(definition.types).some((pattern) => globMatches(pattern, on.test.type))) return false;
    }
  }
  return true;
}

function allClassNames(on: Case): string[] {
  return [...Object.keys(on.world.crossOf), ...on.files.flatMap((file) => Object.keys(file.classes ?? {}))];
}

// ---- matchers ---------------------------------------------------------------------------------------------------------------

function matches(matcher: Json, fact: Fact, on: Case): Inner {
  if (Array.isArray(matcher)) return or((matcher as readonly Json[]).map((one) => matches(one, fact, on)));
  if (matcher === null || typeof matcher !== 'object') return leaf((value) => equal(value, matcher as Scalar), matcher, fact, on);
  const parts: Inner[] = [];
  for (const [key, argument] of Object.entries(matcher as Tree)) {
    switch (key) {
      case 'not':
        // 4: "absent `tag.KEY`, null `who.*`: ... `exists` false, `not` unknown". What `exists` says of an absent fact is known, and so is
        // its negation; every other matcher is void there.
        parts.push(NOT[matches(argument, fact, on)]);
        break;
      case 'any':
        parts.push(or(asList(argument).map((one) => matches(one, fact, on))));
        break;
      case 'all':
        parts.push(and(asList(argument).map((one) => matches(one, fact, on))));
        break;
      case 'exists':
        parts.push(exists(argument === true, fact, on));
        break;
      case 'glob':
        parts.push(
          leaf((value) => (typeof value === 'string' ? bool(globMatches(String(argument), value)) : 'unknown'), '', fact, on),
        );
        break;
      case 'same_as':
        parts.push(sameAs(fact, String(argument), on));
        break;
      default:
        parts.push(leaf((value) => compare(key, value, argument as Scalar), '', fact, on));
    }
  }
  return and(parts);
}

type Scalar = string | number | boolean | null;

/** A test of one value, on whatever the fact is. */
function leaf(holds: (value: string | number | boolean) => Inner, matcher: Scalar, fact: Fact, on: Case): Inner {
  switch (fact.is) {
    case 'known':
      return holds(fact.value);
    case 'list':
      return or(fact.members.map(holds));
    case 'class':
      return or(allClassNames(on).map((name) => (holds(name) === 'false' ? 'false' : and([memberOf(name, on), holds(name)]))));
    case 'null':
      return bool(matcher === null);
    case 'absent':
      return 'void';
    case 'unknown':
      return 'unknown';
  }
}

function equal(value: string | number | boolean, wanted: Scalar): Inner {
  if (wanted === null) return 'false';
  return typeof value === typeof wanted ? bool(value === wanted) : 'unknown';
}

function exists(wanted: boolean, fact: Fact, on: Case): Inner {
  if (fact.is === 'unknown') return 'unknown';
  if (fact.is === 'class') {
    const some = or(allClassNames(on).map((name) => memberOf(name, on)));
    return wanted ? some : NOT[some];
  }
  // "A matcher is true when one member matches": of an empty list nothing exists.
  const there = fact.is === 'list' ? fact.members.length > 0 : fact.is !== 'null' && fact.is !== 'absent';
  return bool(there === wanted);
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/** A number, or an instant as milliseconds; null = neither. */
function ordered(value: Scalar): { readonly kind: 'number' | 'instant'; readonly at: number } | null {
  if (typeof value === 'number') return { kind: 'number', at: value };
  if (typeof value !== 'string' || !INSTANT.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : { kind: 'instant', at };
}

function compare(operator: string, value: string | number | boolean, bound: Scalar): Inner {
  const left = ordered(value);
  const right = ordered(bound);
  if (!left || !right || left.kind !== right.kind) return 'unknown';
  switch (operator) {
    case 'lt':
      return bool(left.at < right.at);
    case 'lte':
      return bool(left.at <= right.at);
    case 'gt':
      return bool(left.at > right.at);
    case 'gte':
      return bool(left.at >= right.at);
    default:
      throw new Error(`no matcher ${operator}`);
  }
}

function sameAs(fact: Fact, key: string, on: Case): Inner {
  const other = factOf(key, on);
  // 4: "null: equals false", "absent: positive matchers false", whatever the other fact is.
  if (fact.is === 'absent') return 'void';
  if (fact.is === 'null') return other.is === 'absent' ? 'void' : 'false';
  if (fact.is === 'unknown' || other.is === 'unknown') return 'unknown';
  if (other.is === 'absent') return 'void';
  if (other.is === 'null') return 'false';
  return leaf((left) => leaf((right) => equal(left, right), '', other, on), '', fact, on);
}

// ---- changes ----------------------------------------------------------------------------------------------------------------

type Step = { readonly text: string; readonly quoted: boolean };

/** `a.*.b["c.d"].**` as steps. */
function steps(path: string): Step[] {
  const result: Step[] = [];
  let rest = path;
  while (rest !== '') {
    if (rest.startsWith('.')) rest = rest.slice(1);
    if (rest.startsWith('["')) {
      const end = rest.indexOf('"]');
      result.push({ text: rest.slice(2, end), quoted: true });
      rest = rest.slice(end + 2);
    } else {
      let end = 0;
      while (end < rest.length && rest[end] !== '.' && rest[end] !== '[') end++;
      result.push({ text: rest.slice(0, end), quoted: false });
      rest = rest.slice(end);
    }
  }
  return result;
}

function pathMatches(pattern: readonly Step[], path: readonly Step[]): boolean {
  const [head, ...tail] = pattern;
  if (head === undefined) return path.length === 0;
  if (!head.quoted && head.text === '**') {
    for (let skip = 0; skip <= path.length; skip++) if (pathMatches(tail, path.slice(skip))) return true;
    return false;
  }
  const first = path[0];
  if (first === undefined) return false;
  return ((!head.quoted && head.text === '*') || head.text === first.text) && pathMatches(tail, path.slice(1));
}

const isEverything = (pattern: readonly Step[]): boolean => pattern.length === 1 && pattern[0]?.text === '**';

/** "A bare word in `changes` is a set of `paths` if one has that name, else an attribute." */
function patternsOf(names: Json | undefined, files: readonly LaneDoc[]): Step[][] {
  const result: Step[][] = [];
  for (const name of asTexts(names)) {
    const set = files.find((file) => file.paths && Object.hasOwn(file.paths, name))?.paths?.[name];
    for (const pattern of set ?? [name]) result.push(steps(pattern));
  }
  return result;
}

function changesHold(condition: Tree, on: Case): Inner {
  const spelled = on.spelled.changes;
  const parts: Inner[] = [];
  for (const [key, names] of Object.entries(condition)) {
    const patterns = patternsOf(names, on.files);
    const inside = (path: string) => patterns.some((pattern) => pathMatches(pattern, steps(path)));
    const paths = asTexts(spelled);
    // Left out: every path may change, and none of them can be outside of `**`.
    if (spelled === undefined) parts.push(key === 'only' && patterns.some(isEverything) ? 'true' : 'unknown');
    else if (key === 'only') parts.push(bool(paths.every(inside)));
    else if (key === 'any') parts.push(bool(paths.some(inside)));
    else parts.push(bool(!paths.some(inside)));
  }
  return and(parts);
}

// ---- conditions -------------------------------------------------------------------------------------------------------------

/** Keys of a rule that are not conditions. */
const WORDS = new Set([
  'id',
  'may',
  'require',
  'why',
  'ask',
  'summary',
  'from',
  'until',
  'reason',
  'enforce',
  'partial',
  'per_plan',
]);

function holds(condition: Tree, on: Case): Inner {
  return and(
    Object.entries(condition)
      .filter(([key]) => !WORDS.has(key))
      .map(([key, matcher]) => holdsKey(key, matcher, on)),
  );
}

function holdsKey(key: string, matcher: Json, on: Case): Inner {
  switch (key) {
    case 'do':
    case 'deny':
      return bool(asTexts(matcher).some((name) => operationIn(name, on)));
    case 'who':
      return whoHolds(matcher, on);
    case 'changes':
      return changesHold(asTree(matcher), on);
    case 'successor':
      return successorHolds(matcher, on);
    case 'unless':
      return NOT[truth(holds(asTree(matcher), on))];
    default:
      return truth(matches(matcher, factOf(key, on), on));
  }
}

function operationIn(name: string, on: Case): boolean {
  if (name === on.test.do) return true;
  for (const file of on.files) {
    if (file.operations && Object.hasOwn(file.operations, name)) {
      return (file.operations[name] ?? []).some((member) => operationIn(member, on));
    }
  }
  return false;
}

function whoHolds(who: Json, on: Case): Inner {
  if (who === 'anyone') return 'true';
  return and(Object.entries(asTree(who)).map(([key, matcher]) => truth(matches(matcher, factOf(`who.${key}`, on), on))));
}

function successorHolds(condition: Json, on: Case): Inner {
  if (!hasBefore(on)) return 'false';
  const spelled = on.spelled.successor;
  if (spelled === undefined) return 'unknown';
  return bool(spelled === (condition === 'absent' ? 'absent' : 'present'));
}

/** Half-open: from <= now < until. */
function within(rule: Tree, on: Case): Inner {
  if (rule.from === undefined && rule.until === undefined) return 'true';
  const now = on.spelled.now;
  if (typeof now !== 'string') return 'unknown';
  const at = Date.parse(now);
  if (typeof rule.from === 'string' && at < Date.parse(rule.from)) return 'false';
  if (typeof rule.until === 'string' && at >= Date.parse(rule.until)) return 'false';
  return 'true';
}

// ---- the decision (4) ---------------------------------------------------------------------------------------------------------

const LEVELS = ['org', 'project', 'environment', 'component'];

function alternatives(may: Json | undefined, on: Case): Inner {
  return or(asList(may).map((condition) => holds(asTree(condition), on)));
}

/** "Of the grant and every ceiling that covers it and, for an agent, its tier." */
function grantHolds(file: LaneDoc, rule: Tree, on: Case): Inner {
  const parts: Inner[] = [
    holds(file.scope ?? {}, on),
    whoHolds(rule.who ?? 'anyone', on),
    within(rule, on),
    alternatives(rule.may, on),
  ];
  for (const above of on.files) {
    if (LEVELS.indexOf(above.level) > LEVELS.indexOf(file.level)) continue;
    for (const ceiling of above.ceilings ?? []) {
      const covers = and([holds(above.scope ?? {}, on), whoHolds(ceiling.who ?? 'anyone', on)]);
      if (covers !== 'false') parts.push(alternatives(ceiling.may, on));
    }
  }
  parts.push(tierHolds(on));
  return and(parts);
}

function tierHolds(on: Case): Inner {
  const declared = on.files.map((file) => asTree(file.principals).tiers).filter((tiers) => tiers !== undefined);
  if (declared.length === 0) return 'true';
  const isAgent = matches('agent', on.who.kind, on);
  let capped: Inner = 'false';
  for (const tiers of declared) {
    for (const [tier, may] of Object.entries(asTree(tiers))) {
      if (on.who.tier.is === 'known' && on.who.tier.value === tier) capped = alternatives(may, on);
    }
  }
  // 4: "and, for an agent, its tier", by Kleene: where the kind is unknown, so is whether the cap applies.
  return or([NOT[isAgent], capped]);
}

function decide(on: Case): Result {
  const denials: Inner[] = [];
  const grants: Inner[] = [];
  const obligations: string[] = [];
  for (const file of on.files) {
    const scope = holds(file.scope ?? {}, on);
    for (const guard of file.guards ?? []) {
      if (guard.enforce === 'observe') continue;
      const value = and([scope, holds(guard, on)]);
      if (guard.require === undefined) denials.push(value);
      else if (value !== 'false') obligations.push(String(guard.id));
    }
    for (const freeze of file.freezes ?? []) {
      if (freeze.enforce !== 'observe') denials.push(and([scope, within(freeze, on), holds(freeze, on)]));
    }
    for (const rule of [...Object.values(file.lanes ?? {}), ...(file.grants ?? [])]) grants.push(grantHolds(file, rule, on));
  }
  const denied = truth(or(denials));
  const granted = truth(or(grants));
  if (denied !== 'false' || granted !== 'true') return { verdict: 'deny', obligations: [], denied, granted };
  return { verdict: obligations.length === 0 ? 'allow' : 'needs-approval', obligations: obligations.sort(), denied, granted };
}

export function reference(files: readonly LaneDoc[], test: Test, world: World): Result {
  const common = { files, test, spelled: test.with ?? {}, world };
  const first = decide({ ...common, who: principal(test.as, files) });
  if (test.for === undefined) return first;
  const second = decide({ ...common, who: principal(test.for, files) });
  if (first.verdict === 'deny') return first;
  if (second.verdict === 'deny') return second;
  const obligations = [...new Set([...first.obligations, ...second.obligations])].sort();
  return { ...first, verdict: obligations.length === 0 ? 'allow' : 'needs-approval', obligations };
}
