import type { Place } from '../errors.ts';
import type { LaneSource } from './cascade.ts';
import { suggest } from './nearest.ts';
import { entriesAt, type LaneNode, textAt, textsOf, valueAt } from './node.ts';
import { type Problems, quoted } from './problems.ts';
import type { Agent, Person, Registry } from './registry.ts';

/** The registry of all org files, with the tiers still as written. */
export interface DeclaredPrincipals {
  readonly registry: Registry;
  /** Null where no `tiers` are declared. */
  readonly tiers: ReadonlyMap<string, LaneNode> | null;
}

/** Remembers where each name was defined first; a second definition is a problem at the later key. */
export class Defined {
  readonly #first = new Map<string, Place>();
  readonly #problems: Problems;
  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** False for a second one. */
  add(kind: string, name: string, at: Place): boolean {
    const key = `${kind}\u0000${name}`;
    const first = this.#first.get(key);
    if (first === undefined) {
      this.#first.set(key, at);
      return true;
    }
    this.#problems.add(at, `${kind} ${quoted(name)} is defined twice`, `first at ${first.file}:${first.line}:${first.column}`);
    return false;
  }
}

/** Reads `principals` of the org files. */
export function readPrincipals(sources: readonly LaneSource[], defined: Defined, problems: Problems): DeclaredPrincipals {
  const sections = sources.flatMap((s) => (s.speaks === 0 ? (valueAt(s.root, 'principals') ?? []) : []));
  const teams = new Map<string, readonly string[]>();
  const people = new Map<string, Person>();
  const agents = new Map<string, Agent>();
  const tiers = new Map<string, LaneNode>();
  const owners = new Map<string, string>();
  for (const section of sections) {
    for (const { key, at, value } of entriesAt(section, 'teams'))
      if (defined.add('team', key, at))
        teams.set(
          key,
          textsOf(value).map((t) => t.text),
        );
    for (const { key, at, value } of entriesAt(section, 'tiers')) if (defined.add('tier', key, at)) tiers.set(key, value);
    for (const { key, at, value } of entriesAt(section, 'people')) {
      if (key === 'anonymous') problems.add(at, '`anonymous` is nobody in particular', 'choose another id');
      if (defined.add('principal', key, at)) people.set(key, { id: key, accounts: accounts(key, value, owners, problems) });
    }
    for (const { key, at, value } of entriesAt(section, 'agents'))
      if (defined.add('principal', key, at)) agents.set(key, agent(key, value));
  }
  const registry: Registry = { declared: sections.length > 0, teams, people, agents };
  const declaresTiers = sections.some((s) => valueAt(s, 'tiers') !== null);
  const result = { registry, tiers: declaresTiers ? tiers : null };
  const declaresPeople = sections.some((s) => valueAt(s, 'people') !== null);
  for (const section of sections) checkNames(section, result, declaresPeople, problems);
  return result;
}

function accounts(id: string, node: LaneNode, owners: Map<string, string>, problems: Problems): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const host of ['github', 'gitlab']) {
    const account = textAt(node, host);
    if (account === null) continue;
    found.set(host, account);
    const key = `${host}:${account}`;
    const other = owners.get(key);
    if (other !== undefined)
      problems.add(valueAt(node, host)?.at ?? node.at, `${host} account ${quoted(account)} is ${quoted(other)} already`);
    else owners.set(key, id);
  }
  return found;
}

function agent(id: string, node: LaneNode): Agent {
  const teams = textsOf(valueAt(node, 'teams')).map((t) => t.text);
  return { id, owner: textAt(node, 'owner'), tier: textAt(node, 'tier'), teams, purpose: textAt(node, 'purpose') };
}

/** Teams hold people; agents say themselves which teams they are in. Without `people`, the teams' members are the people. */
function checkNames(section: LaneNode, declared: DeclaredPrincipals, declaresPeople: boolean, problems: Problems): void {
  const { registry, tiers } = declared;
  const everybody = new Set([...registry.people.keys(), ...(declaresPeople ? [] : [...registry.teams.values()].flat())]);
  for (const team of entriesAt(section, 'teams')) {
    for (const { text, at } of textsOf(team.value)) {
      if (registry.agents.has(text))
        problems.add(at, `${quoted(text)} is an agent`, `name the team under \`agents.${text}.teams\``);
      else if (!everybody.has(text)) problems.add(at, `unknown person ${quoted(text)}`, suggest(text, everybody));
    }
  }
  for (const { value } of entriesAt(section, 'agents')) {
    for (const { text, at } of textsOf(valueAt(value, 'teams'))) {
      if (!registry.teams.has(text)) problems.add(at, `unknown team ${quoted(text)}`, suggest(text, registry.teams.keys()));
    }
    for (const { text, at } of textsOf(valueAt(value, 'owner'))) {
      if (everybody.size > 0 && !everybody.has(text))
        problems.add(at, `unknown person ${quoted(text)}`, suggest(text, everybody));
    }
    for (const { text, at } of textsOf(valueAt(value, 'tier'))) {
      if (tiers && !tiers.has(text)) problems.add(at, `unknown tier ${quoted(text)}`, suggest(text, tiers.keys()));
    }
  }
}
