import type { Seeded } from '../seeded.ts';
import type { Entry, Literal, Names, Node, NodeMap } from './document.ts';
import { completionCount, factsOf, hasBefore, type Mentions, openFacts } from './facts.ts';
import {
  CLASSES,
  FACTS,
  type FactSpec,
  INSTANTS,
  isObjectFact,
  PATH_SETS,
  PATHS,
  PEOPLE,
  REFINED,
  TEAMS,
  TIERS,
  WHO,
} from './pool.ts';

const OPERATIONS = ['create', 'update', 'destroy', 'read', 'move', 'import', 'forget', 'reclassify', 'invoke'];
const GROUPS = {
  manage: ['create', 'read', 'update', 'destroy', 'import', 'move'],
  remove: ['destroy', 'forget'],
  everything: ['manage', 'remove', 'reclassify', 'invoke'],
};
/** More ways to fill in what an entry leaves open would take too long. */
const MOST_COMPLETIONS = 40;
const REGISTERED = [...PEOPLE, 'agent:bot', 'agent:scout', 'agent:loner'];
/**
 * Whom the registry does not know. Those without a kind are left out where there are tiers: a person or nobody in
 * particular has no tier (test/decide), though Kleene's logic would ask what an agent in their place may do.
 */
const STRANGERS = ['agent:stranger', 'ci:deploy', 'walter', 'anonymous'];

/** Lane files on the ground that Cedar shares, as the objects that YAML gives. */
export class FilesMaker {
  readonly #random: Seeded;
  /** The few facts that these files' rules look at, so that entries meet them. */
  readonly #facts: readonly FactSpec[];

  constructor(random: Seeded) {
    this.#random = random;
    this.#facts = random.some(FACTS, random.between(3, 6));
  }

  /** The org file, and sometimes files further down. */
  make(): NodeMap[] {
    const r = this.#random;
    const lower = r.chance(0.4) ? r.some(LEVELS, r.pick([1, 2, 2])).sort(byLevel) : [];
    return [this.#org(), ...lower.map((level) => this.#below(level))];
  }

  #org(): NodeMap {
    const r = this.#random;
    const tiers = r.chance(0.4) ? { tiers: Object.fromEntries(TIERS.map((tier) => [tier, this.#may(0.3)])) } : {};
    return {
      inlane: 1,
      level: 'org',
      attributes: {
        environment: { values: { production: ['prod', 'live'], staging: ['stg'], development: ['dev'] } },
        team: { values: { registry: 'teams' } },
        service: { values: 'any' },
        data: { values: ['confidential', 'internal', 'public'] },
      },
      classes: Object.fromEntries(Object.entries(REFINED).map(([name, refines]) => [name, { refines, when: this.#narrowing() }])),
      operations: GROUPS,
      paths: PATH_SETS,
      principals: {
        teams: { orders: ['dana'], billing: ['dana', 'erin'], sre: [] },
        people: { dana: {}, erin: {}, sam: {} },
        agents: {
          bot: { owner: 'dana', tier: r.pick(TIERS), teams: r.some(TEAMS, r.between(0, 2)) },
          scout: { tier: r.pick(TIERS) },
          loner: { owner: 'erin', teams: ['sre'] },
        },
        ...tiers,
      },
      ...this.#rules('', 2),
    };
  }

  #below(level: string): NodeMap {
    const scope = this.#random.chance(0.7) ? { scope: this.#matchers(1) } : {};
    return { inlane: 1, level, ...scope, ...this.#rules(`${level}-`, 0) };
  }

  #rules(prefix: string, lanes: number): NodeMap {
    const r = this.#random;
    const many = <T>(least: number, most: number, make: (id: string) => T): T[] =>
      Array.from({ length: r.between(least, most) }, (_, at) => make(`${prefix}${at}`));
    const bans = many(0, 2, (id) => ({ id: `ban-${id}`, ...this.#guard(), deny: this.#operations() }));
    const reviews = many(Math.min(lanes, 1), 2, (id) => ({
      id: `review-${id}`,
      ...this.#guard(),
      ...REQUIRE,
      ...this.#sometimesDo(),
    }));
    const sections = {
      lanes: Object.fromEntries(
        many(lanes, lanes + 2, (id): [string, Node] => [`lane-${id}`, { who: this.#who(0.5), may: this.#may(0.75) }]),
      ),
      guards: [...bans, ...reviews],
      freezes: many(0, 1, (id) => ({ id: `freeze-${id}`, ...this.#guard(), deny: this.#operations(), ...this.#span(0.7) })),
      grants: many(0, 1, (id) => ({ id: `grant-${id}`, who: this.#who(0.3), may: this.#may(0.6), ...this.#span(1) })),
      ceilings: many(0, lanes > 0 ? 1 : 2, (id) => ({
        id: `ceiling-${id}`,
        ...(r.chance(0.6) ? { who: this.#who(0) } : {}),
        may: [this.#condition(1, 0.5), ...this.#may(0.5)],
      })),
    };
    return Object.fromEntries(Object.entries(sections).filter(([, rules]) => Object.keys(rules).length > 0));
  }

  /** What a class is narrowed by: the object's own facts alone. */
  #narrowing(): NodeMap {
    const own = this.#facts.filter(({ key }) => isObjectFact(key));
    const facts = this.#random.some(own.length > 0 ? own : FACTS.slice(0, 1), 1);
    return Object.fromEntries(facts.map((fact) => [fact.key, this.#matcher(withoutSame(fact), 1)]));
  }

  #guard(): NodeMap {
    const r = this.#random;
    return {
      ...(r.chance(0.3) ? { who: this.#who(0) } : {}),
      ...this.#matchers(r.between(1, 2)),
      ...(r.chance(0.4) ? { unless: this.#condition(r.between(1, 2), 0.2) } : {}),
      ...(r.chance(0.06) ? { enforce: 'observe' } : {}),
    };
  }

  #sometimesDo(): NodeMap {
    return this.#random.chance(0.5) ? { do: this.#operations() } : {};
  }

  #span(both: number): NodeMap {
    const at = this.#random.between(0, 2);
    const span = { from: INSTANTS[at] as string, until: INSTANTS[at + this.#random.between(2, 3)] as string };
    if (this.#random.chance(both)) return span;
    return this.#random.chance(0.5) ? { from: span.from } : { until: span.until };
  }

  /** `open`: how likely an alternative asks of nothing but the operation. */
  #may(open: number): NodeMap[] {
    const r = this.#random;
    return Array.from({ length: r.between(1, 3) }, () =>
      this.#condition(r.chance(open) ? r.between(0, 1) : r.between(1, 3), 0.85),
    );
  }

  #condition(facts: number, withDo: number): NodeMap {
    const r = this.#random;
    const condition = {
      ...(r.chance(withDo) ? { do: this.#operations() } : {}),
      ...this.#matchers(facts),
      ...(r.chance(0.05) ? { who: this.#who(0) } : {}),
    };
    return Object.keys(condition).length > 0 ? condition : { do: 'everything' };
  }

  #matchers(count: number): NodeMap {
    return Object.fromEntries(this.#random.some(this.#facts, count).map((fact) => [fact.key, this.#matcher(fact, 2)]));
  }

  #operations(): Node {
    const r = this.#random;
    if (r.chance(0.4)) return r.pick(['everything', 'manage', 'everything']);
    return r.chance(0.3) ? r.pick(OPERATIONS) : r.some([...OPERATIONS, 'remove'], r.between(2, 5));
  }

  #who(anyone: number): Node {
    const r = this.#random;
    if (r.chance(anyone)) return 'anyone';
    return Object.fromEntries(r.some(WHO, r.chance(0.75) ? 1 : 2).map((fact) => [fact.key, this.#matcher(fact, 2)]));
  }

  #matcher(fact: FactSpec, depth: number): Node {
    const r = this.#random;
    if (fact.key === 'changes') return this.#changes();
    if (fact.key === 'successor')
      return r.pick<Node>(['present', 'absent', { same: ['service'] }, { same: ['name'], type: 'any' }]);
    const forms: (() => Node | null)[] = [
      () => (fact.values.length > 0 ? r.pick(fact.values) : null),
      () => (fact.values.length > 0 ? r.pick(fact.values) : null),
      () => (fact.values.length > 0 ? r.some(fact.values, r.between(1, 3)) : null),
      () => (fact.globs?.length ? { glob: r.pick(fact.globs) } : null),
      () => (fact.plain && r.chance(0.5) ? { exists: r.chance(0.6) } : null),
      () => (fact.same && r.chance(0.7) ? { same_as: fact.same } : null),
      () => comparison(r, fact.numbers ?? fact.instants ?? []),
      () => comparison(r, fact.numbers ?? fact.instants ?? []),
      () => (depth > 0 ? { not: this.#matcher(fact, depth - 1) } : null),
      () => (depth > 0 ? { not: this.#matcher(fact, depth - 1) } : null),
      () => (depth > 0 && r.chance(0.5) ? this.#several(fact, depth - 1) : null),
    ];
    for (;;) {
      const matcher = r.pick(forms)();
      if (matcher !== null) return matcher;
    }
  }

  #changes(): NodeMap {
    const r = this.#random;
    const listed = () => r.some([...PATHS, 'tuning', 'settings.**', 'tags.**'], r.between(1, 3));
    return Object.fromEntries(r.some(['only', 'any', 'none'], r.chance(0.8) ? 1 : 2).map((how) => [how, listed()]));
  }

  #several(fact: FactSpec, depth: number): Node {
    const of = Array.from({ length: this.#random.between(1, 3) }, () => this.#matcher(fact, depth));
    return this.#random.pick<Node>([{ any: of }, { all: of }, of]);
  }
}

const withoutSame = ({ same, ...fact }: FactSpec): FactSpec => fact;
const LEVELS = ['project', 'environment', 'component'];
const byLevel = (a: string, b: string) => LEVELS.indexOf(a) - LEVELS.indexOf(b);
const REQUIRE = { require: { approval: { from: { team: 'sre' } } } };

function comparison(r: Seeded, bounds: readonly (number | string)[]): Node | null {
  if (bounds.length === 0) return null;
  const low: NodeMap = { [r.pick(['gt', 'gte'])]: r.pick(bounds) };
  const high: NodeMap = { [r.pick(['lt', 'lte'])]: r.pick(bounds) };
  return r.pick<NodeMap>([low, high, { ...low, ...high }]);
}

/** Changes for one set of lane files. */
export class EntryMaker {
  readonly #random: Seeded;
  readonly #facts: readonly FactSpec[];
  readonly #names: Names;
  readonly #mentions: Mentions;

  constructor(random: Seeded, names: Names, mentions: Mentions) {
    this.#random = random;
    const mentioned = new Set(mentions.keys);
    this.#facts = FACTS.filter(({ key }) => mentioned.has(key));
    this.#names = names;
    this.#mentions = mentions;
  }

  /** `partial`: how likely it is that facts are left out. */
  make(partial: number): Entry {
    const r = this.#random;
    const leaves = r.chance(partial);
    const operation = r.chance(0.6) ? r.pick(['create', 'update', 'destroy']) : r.pick(OPERATIONS);
    const { dependents, successor, ...spelled } = this.#spell();
    const related = { ...(dependents === undefined ? {} : { dependents }), ...(successor === undefined ? {} : { successor }) };
    const as =
      leaves && r.chance(0.2)
        ? r.pick(this.#names.tiers ? STRANGERS.filter((id) => id.includes(':')) : STRANGERS)
        : r.pick(REGISTERED);
    const entry: Entry = {
      as,
      ...(r.chance(0.08) ? { for: r.pick(PEOPLE) } : {}),
      do: operation,
      type: r.pick(['acme_db', 'acme_db_replica', 'acme_queue', 'acme_db_']),
      with: hasBefore(operation) ? { ...spelled, ...related } : spelled,
    };
    if (!leaves) return this.#fits(entry) ? entry : { ...entry, as: 'dana' };
    const dropped = r.some(this.#facts.map((f) => f.key).filter(mayBeOpen), r.between(1, 3));
    for (;;) {
      const facts = Object.entries(entry.with).filter(([key]) => !dropped.includes(key));
      const left: Entry = { ...entry, with: Object.fromEntries(facts) };
      if (this.#fits(left)) return left;
      if (dropped.pop() === undefined) return { ...entry, as: 'dana' };
    }
  }

  #fits(entry: Entry): boolean {
    const facts = factsOf(entry, entry.as, this.#names, this.#mentions);
    return completionCount(openFacts(facts, this.#names, this.#mentions)) <= MOST_COMPLETIONS;
  }

  #spell(): Entry['with'] {
    const r = this.#random;
    const spelled: Record<string, Literal | string[]> = {};
    for (const { key, values, others = [] } of this.#facts) {
      if (key === 'class') spelled.class = r.some(CLASSES, r.between(1, 3));
      else if (key === 'changes') spelled.changes = r.some(PATHS, r.between(1, 3));
      else if (key === 'now') spelled.now = r.pick(INSTANTS);
      else if (key !== 'type') {
        const value = r.pick(others.length > 0 && r.chance(0.35) ? others : values);
        if (!(key.startsWith('tag.') && value === null && r.chance(0.5))) spelled[key] = value as Literal;
      }
    }
    return spelled;
  }
}

/** Classes have no end of completions, a type is always there with its provider, and a tag left out is absent. */
function mayBeOpen(key: string): boolean {
  return key !== 'class' && key !== 'type' && key !== 'provider' && !key.startsWith('tag.');
}
