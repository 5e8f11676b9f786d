import { InlaneError } from '../errors.ts';
import { absent, type Fact, type FactSource, known, unknown } from '../logic/fact.ts';
import { append } from '../plan/multimap.ts';
import type { Value } from '../plan/value.ts';
import { suggest } from './nearest.ts';
import { quoted } from './problems.ts';
import type { Principal, PrincipalKind, Registry } from './registry.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const ANONYMOUS: Principal = {
  id: 'anonymous',
  kind: 'unknown',
  teams: 'unknown',
  tier: 'unknown',
  owner: 'unknown',
  assurance: 'none',
};

/** CI hosts that say who started the run by a number that cannot be renamed: variable to the key under `people`. */
const HOSTS = [
  ['GITHUB_ACTOR_ID', 'github'],
  ['GITLAB_USER_ID', 'gitlab'],
] as const;

const LONGEST_ID = 200;

interface Spelled {
  /** `bare`: a person, if the registry knows one. */
  readonly kind: 'agent' | 'ci' | 'bare';
  readonly id: string;
  readonly fault: { readonly message: string; readonly hint: string } | null;
}

/** `dana`, `agent:NAME` or `ci:NAME`; `fault` says what is wrong with any other spelling. */
export function parseWho(text: string): Spelled {
  const bad = (message: string, hint = 'write `NAME`, `agent:NAME` or `ci:NAME`'): Spelled => ({
    kind: 'bare',
    id: text,
    fault: { message, hint },
  });
  if (text === '') return bad('the principal is empty');
  const colon = text.indexOf(':');
  const kind = text.slice(0, Math.max(colon, 0));
  const id = text.slice(colon + 1);
  if (id === '') return bad(`${quoted(text)} names nobody`);
  if (id.length > LONGEST_ID || (!/^[!-9;-~]*$/.test(id) && /[\s:]|[\p{Cc}\p{Cf}]/u.test(id)))
    return bad(`${quoted(text)} is not the name of a principal`);
  if (colon < 0) return { kind: 'bare', id, fault: null };
  if (kind === 'agent' || kind === 'ci') return { kind, id, fault: null };
  if (kind === 'human' || kind === 'user')
    return bad(`unknown kind ${quoted(kind)} of principal`, `a person is spelled without a kind: ${quoted(id)}`);
  return bad(`unknown kind ${quoted(kind)} of principal`, suggest(kind, ['agent', 'ci']) ?? undefined);
}

/** Who acts: the option, then INLANE_AS, then the CI host's actor by its numeric id, then nobody known. Throws `usage` for a bad spelling. */
export function resolvePrincipal(as: string | undefined, env: Environment, registry: Registry): Principal {
  const spelled = as ?? (env.INLANE_AS || undefined);
  if (spelled !== undefined) return namedPrincipal(spelled, as === undefined ? 'INLANE_AS' : '--as', registry);
  return hostPrincipal(env, registry) ?? ANONYMOUS;
}

/** The person acted for (`--for`, then INLANE_FOR), or null. Only a person can be acted for. */
export function resolvePrincipalFor(given: string | undefined, env: Environment, registry: Registry): Principal | null {
  const spelled = given ?? (env.INLANE_FOR || undefined);
  if (spelled === undefined) return null;
  const option = given === undefined ? 'INLANE_FOR' : '--for';
  const principal = namedPrincipal(spelled, option, registry);
  if (principal.kind === 'agent' || principal.kind === 'ci') {
    throw new InlaneError(
      'usage',
      `${option}: ${quoted(spelled)} is no person`,
      'name the person that is acted for, without a kind',
    );
  }
  return principal;
}

function namedPrincipal(text: string, option: string, registry: Registry): Principal {
  const { kind, id, fault } = parseWho(text);
  if (fault) throw new InlaneError('usage', `${option}: ${fault.message}`, fault.hint);
  if (kind === 'bare') return id === ANONYMOUS.id ? ANONYMOUS : bare(id, 'asserted', registry);
  const agent = kind === 'agent' ? registry.agents.get(id) : undefined;
  if (agent) return { id, kind: 'agent', teams: agent.teams, tier: agent.tier, owner: agent.owner, assurance: 'asserted' };
  return { id, kind, teams: 'unknown', tier: 'unknown', owner: 'unknown', assurance: 'asserted' };
}

/** Without a registry a bare id is a person of whom nothing else is known; with one it must know them. */
function bare(id: string, assurance: Principal['assurance'], registry: Registry): Principal {
  if (!registry.declared) return { id, kind: 'human', teams: 'unknown', tier: null, owner: null, assurance };
  const teams = teamsIn(registry).get(id) ?? [];
  const isKnown = registry.people.has(id) || (teams.length > 0 && !registry.agents.has(id));
  if (!isKnown) return { id, kind: 'unknown', teams: 'unknown', tier: 'unknown', owner: 'unknown', assurance };
  return { id, kind: 'human', teams, tier: null, owner: null, assurance };
}

const teamsOfMembers = new WeakMap<Registry, ReadonlyMap<string, readonly string[]>>();

/** By member, in the order of the registry: an analysis asks for everybody. */
function teamsIn(registry: Registry): ReadonlyMap<string, readonly string[]> {
  let known = teamsOfMembers.get(registry);
  if (known === undefined) {
    const teams = new Map<string, string[]>();
    for (const [team, members] of registry.teams) for (const member of new Set(members)) append(teams, member, team);
    known = teams;
    teamsOfMembers.set(registry, known);
  }
  return known;
}

function hostPrincipal(env: Environment, registry: Registry): Principal | null {
  const found = HOSTS.flatMap(([variable, host]) => {
    const account = env[variable];
    if (!account) return [];
    return [...registry.people.values()]
      .filter((person) => person.accounts.get(host) === account)
      .map((person) => ({ variable, id: person.id }));
  });
  const first = found[0];
  if (!first) return null;
  const other = found.find((f) => f.id !== first.id);
  if (other) {
    throw new InlaneError(
      'usage',
      `${first.variable} is ${quoted(first.id)}, but ${other.variable} is ${quoted(other.id)}`,
      'say who acts with --as',
    );
  }
  return bare(first.id, 'host', registry);
}

/** Every row of a plan asks for the same few facts. */
const kept = new WeakMap<Principal, Map<string, Fact>>();

/** The principal's fact for a `who.*` key. Null tier and owner are absent; teams are a set, the empty one known. */
export function principalFact(principal: Principal, key: string): Fact {
  let facts = kept.get(principal);
  if (facts === undefined) {
    facts = new Map();
    kept.set(principal, facts);
  }
  let fact = facts.get(key);
  if (fact === undefined) {
    fact = newFact(principal, key);
    facts.set(key, fact);
  }
  return fact;
}

function newFact(principal: Principal, key: string): Fact {
  const sources: readonly FactSource[] = [{ from: SOURCES[principal.assurance], name: principal.id, value: null }];
  const why =
    principal === ANONYMOUS || principal.id === ANONYMOUS.id
      ? 'nobody said who acts (--as)'
      : `the registry does not know ${quoted(spelling(principal))}`;
  const one = (value: string | null | 'unknown', isUnknown: boolean): Fact => {
    if (isUnknown) return unknown(key, why, null, sources);
    return value === null ? absent(key, sources) : known(key, value, sources);
  };
  switch (key) {
    case 'who.id':
      return known(key, principal.id, sources);
    case 'who.kind':
      return one(principal.kind, principal.kind === 'unknown');
    case 'who.assurance':
      return known(key, principal.assurance, sources);
    case 'who.tier':
      return one(principal.tier, principal.tier === 'unknown');
    case 'who.owner':
      return one(principal.owner, principal.owner === 'unknown');
    case 'who.team': {
      if (principal.teams === 'unknown') return unknown(key, why, null, sources);
      const members = new Map<Value, true>(principal.teams.map((team) => [team, true]));
      return { key, state: { kind: 'members', members, open: null }, sources };
    }
    default:
      throw new InlaneError('internal', `no such fact of a principal: ${quoted(key)}`);
  }
}

const SOURCES: Readonly<Record<Principal['assurance'], string>> = { asserted: 'option', host: 'host', none: 'none' };

function spelling({ kind, id }: Principal): string {
  return ((kind: PrincipalKind | 'unknown') => (kind === 'agent' || kind === 'ci' ? `${kind}:${id}` : id))(kind);
}
