/** The plain object that YAML gives for a lane file or a part of it. */
export type Node = Literal | readonly Node[] | NodeMap;
export type NodeMap = { readonly [key: string]: Node };
export type Literal = string | number | boolean | null;

/** One entry of `tests`, without what it expects. */
export interface Entry {
  readonly as: string;
  readonly for?: string;
  readonly do: string;
  readonly type: string;
  readonly with: { readonly [fact: string]: Literal | readonly string[] };
}

export function isMap(node: Node | undefined): node is NodeMap {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

export function mapOf(node: Node | undefined): NodeMap {
  return isMap(node) ? node : {};
}

/** A list, or the one thing that stands where a list may. */
export function listOf(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return Array.isArray(node) ? node : [node as Literal | NodeMap];
}

/** What the names in an org file mean, read from lanes.md and not from the product. */
export class Names {
  readonly teams: ReadonlyMap<string, readonly string[]>;
  readonly people: ReadonlySet<string>;
  readonly agents: ReadonlyMap<string, NodeMap>;
  readonly tiers: ReadonlyMap<string, Node> | null;
  /** Attribute to spelling to value; null = open. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, string> | null>;
  /** Refined classes: name to what it narrows and the condition. */
  readonly refined: ReadonlyMap<string, { readonly parent: string; readonly when: NodeMap }>;
  readonly #operations: NodeMap;
  readonly #paths: NodeMap;

  constructor(document: NodeMap) {
    const principals = mapOf(document.principals);
    const entries = (node: Node | undefined) => Object.entries(mapOf(node));
    this.teams = new Map(entries(principals.teams).map(([team, members]) => [team, listOf(members) as string[]]));
    this.people = new Set(entries(principals.people).map(([id]) => id));
    this.agents = new Map(entries(principals.agents).map(([id, agent]) => [id, mapOf(agent)]));
    this.tiers = principals.tiers === undefined ? null : new Map(entries(principals.tiers));
    this.attributes = new Map(entries(document.attributes).map(([name, a]) => [name, this.#spellings(mapOf(a).values)]));
    this.refined = new Map(
      entries(document.classes).map(([name, c]) => [name, { parent: mapOf(c).refines as string, when: mapOf(mapOf(c).when) }]),
    );
    this.#operations = mapOf(document.operations);
    this.#paths = mapOf(document.paths);
  }

  #spellings(values: Node | undefined): ReadonlyMap<string, string> | null {
    if (values === 'any' || values === undefined) return null;
    if (Array.isArray(values)) return new Map(values.map((value) => [value as string, value as string]));
    if (mapOf(values).registry === 'teams') return new Map([...this.teams.keys()].map((team) => [team, team]));
    return new Map(
      Object.entries(mapOf(values)).flatMap(([value, aliases]) =>
        [value, ...(listOf(aliases) as string[])].map((spelling): [string, string] => [spelling, value]),
      ),
    );
  }

  /** The value that a spelling of a fact means: aliases of a declared attribute count as their value. */
  meaning<T extends Literal>(key: string, spelled: T): T {
    return (this.attributes.get(key)?.get(spelled as string) as T | undefined) ?? spelled;
  }

  /** Operations and groups, written out. */
  operations(node: Node): readonly string[] {
    const all = listOf(node).flatMap((name) => {
      const group = this.#operations[name as string];
      return group === undefined ? [name as string] : this.operations(group);
    });
    return [...new Set(all)];
  }

  /** Which of these paths a list of literal paths, of paths that end in `.**` and of named sets holds. */
  paths(node: Node, among: readonly string[]): readonly string[] {
    const patterns = listOf(node).flatMap((name) => listOf(this.#paths[name as string] ?? name) as string[]);
    const covers = (pattern: string, path: string) => {
      const stem = pattern.endsWith('.**') ? pattern.slice(0, -3) : null;
      return path === (stem ?? pattern) || (stem !== null && path.startsWith(`${stem}.`));
    };
    return among.filter((path) => patterns.some((pattern) => covers(pattern, path)));
  }

  /** What the registry says of a principal, by fact; a fact left out is unknown, null is "has none". */
  principal(spelled: string): ReadonlyMap<string, Literal | readonly string[]> {
    const colon = spelled.indexOf(':');
    const id = spelled.slice(colon + 1);
    const known = new Map<string, Literal | readonly string[]>([
      ['who.id', id],
      ['who.assurance', id === 'anonymous' ? 'none' : 'asserted'],
    ]);
    if (colon > 0) {
      const kind = spelled.slice(0, colon);
      known.set('who.kind', kind);
      const agent = kind === 'agent' ? this.agents.get(id) : undefined;
      if (!agent) return known;
      known.set('who.team', listOf(agent.teams) as string[]);
      known.set('who.tier', (agent.tier as string | undefined) ?? null);
      return known.set('who.owner', (agent.owner as string | undefined) ?? null);
    }
    if (!this.people.has(id)) return known;
    const teams = [...this.teams].filter(([, members]) => members.includes(id)).map(([team]) => team);
    return known.set('who.kind', 'human').set('who.team', teams).set('who.tier', null).set('who.owner', null);
  }
}
