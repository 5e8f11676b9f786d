import type { AttributeDefinition } from '../../src/classify/attribute.ts';
import { type Reading, readingOf, settle, speak } from '../../src/classify/attributes.ts';
import { baseClasses, refine, triggeredClasses } from '../../src/classify/classes.ts';
import type { AtomicChange } from '../../src/classify/model.ts';
import type { DecisionContext } from '../../src/decide/view.ts';
import { resolvePrincipal } from '../../src/lanes/principal.ts';
import type { Principal } from '../../src/lanes/registry.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import {
  type Answer,
  absent,
  type ChangedPath,
  type ChangeView,
  type Fact,
  type FactState,
  OPERATIONS,
  type Operation,
  type SuccessorTest,
  unknown,
} from '../../src/logic/fact.ts';
import type { Literal, Matcher } from '../../src/logic/matcher.ts';
import { isAnyStep, parsePattern } from '../../src/logic/path.ts';
import type { Value } from '../../src/plan/value.ts';
import type { Asked } from '../../src/prove/asked.ts';
import type { KnownType, TypeKnowledge } from '../../src/prove/types.ts';
import type { Seeded } from '../seeded.ts';

/** What an object does not know of itself. */
const NOT_OF_OBJECTS = /^(?:class|who\..*|now|repository|ref|event|replaces|dependents|action_reason)$/;

/** What facts may say: everything that the rules mention, and more. */
export interface Pool {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  readonly paths: readonly (readonly string[])[];
  readonly times: readonly number[];
  readonly ids: readonly string[];
}

export function poolOf(rulesets: readonly Ruleset[], asked: Asked): Pool {
  const texts = new Set<string>(['', 'x', 'other']);
  const numbers = new Set<number>([0, 1]);
  const times = new Set(asked.instants);
  const visit = (matcher: Matcher): void => {
    if (matcher.is === 'not') visit(matcher.of);
    else if (matcher.is === 'any' || matcher.is === 'all') matcher.of.forEach(visit);
    else if (matcher.is === 'glob') addGlob(matcher.pattern);
    else if (matcher.is === 'equals' && typeof matcher.value === 'string') texts.add(matcher.value);
    else if (matcher.is === 'equals' && typeof matcher.value === 'number') numbers.add(matcher.value);
    else if (matcher.is === 'compare')
      for (const bound of [matcher.lt, matcher.lte, matcher.gt, matcher.gte])
        if (typeof bound === 'number') numbers.add(bound);
        else if (bound) times.add(bound.instant);
  };
  const addGlob = (glob: string): void => {
    for (const filling of ['', 'q', 'long-one']) texts.add(glob.replaceAll('*', filling));
    if (glob.endsWith('.**')) texts.add(glob.slice(0, -3));
  };
  for (const matchers of asked.tests.values()) matchers.forEach(visit);
  for (const { attributes, classes, registry } of rulesets) {
    for (const { values, sources } of attributes.values()) {
      for (const text of values?.keys() ?? []) texts.add(text);
      for (const source of sources) for (const [glob] of source.map ?? []) addGlob(glob);
    }
    for (const { types } of classes.values()) types.forEach(addGlob);
    for (const id of [...registry.people.keys(), ...registry.agents.keys()]) texts.add(id);
    for (const team of registry.teams.keys()) texts.add(team);
  }
  for (const time of times) texts.add(new Date(time).toISOString()).add(new Date(time - 5000).toISOString());
  const paths = asked.changes
    .flat()
    .map(({ steps }) => steps.map((s) => (typeof s === 'string' ? s : isAnyStep(s) ? 'any' : 'deep')));
  const ids = [...texts].filter((text) => /^[a-z-]+$/.test(text));
  return {
    texts: [...texts],
    numbers: [...numbers].flatMap((n) => [n, n - 0.5, n + 2]),
    paths: [...paths, ['id'], ['x', 'y'], ...paths.map((path) => [...path, 'z'])],
    times: [...times, Date.UTC(2026, 0)].flatMap((time) => [time, time - 1, time + 1, time + 86_400_000]),
    ids,
  };
}

/** What is so of a change whatever the rules say of it. */
export class Raw {
  readonly operation: Operation;
  readonly type: string;
  readonly entry: KnownType | null;
  readonly provider: string;
  readonly paths: readonly ChangedPath[];
  /** What each survivor shares; null = unknown. */
  readonly survivors: readonly { readonly same: ReadonlySet<string>; readonly anyType: boolean }[] | null;
  readonly spelled: string;
  readonly context: DecisionContext;
  readonly #random: Seeded;
  readonly #pool: Pool;
  readonly #states = new Map<string, FactState>();
  readonly #readings = new Map<string, readonly Reading[]>();

  constructor(random: Seeded, pool: Pool, types: TypeKnowledge, registered: readonly string[]) {
    this.#random = random;
    this.#pool = pool;
    this.operation = random.pick(OPERATIONS);
    const dataOnly = (type: string) => types.find(type, 'create') === null && types.find(type, 'read') !== null;
    const all = [...new Set([...types.all()].map(({ type }) => type))].filter(
      (type) => !dataOnly(type) || this.operation === 'read' || this.operation === 'invoke',
    );
    const strange = () => (random.chance(0.5) ? `acme_${random.pick(['', 'thing', 'x'])}` : random.pick(pool.texts) || 'zz');
    this.type = all.length > 0 && random.chance(0.8) ? random.pick(all) : strange();
    this.entry = types.find(this.type, this.operation);
    this.provider = this.entry
      ? random.pick(this.entry.sources)
      : random.pick(['acme/acme', 'hashicorp/aws', 'corp/x-beta', 'hashicorp/gx']);
    const some = random.some(pool.paths, random.below(4));
    const needs = !['read', 'update', 'move', 'reclassify'].includes(this.operation);
    const chosen = some.length === 0 && needs ? random.some(pool.paths, 1) : some;
    this.paths = chosen.map((path) => ({ path, maybe: false, subtree: false }));
    this.survivors = random.chance(0.1)
      ? null
      : Array.from({ length: random.below(3) }, () => ({
          same: new Set(random.some(['service', 'name', 'team', 'environment'], random.below(5))),
          anyType: random.chance(0.4),
        }));
    const id = random.pick(pool.ids);
    const known = random.chance(0.6) && registered.length > 0;
    this.spelled = known ? random.pick(registered) : random.pick([`agent:${id}`, `ci:${id}`, id, 'anonymous']);
    const text = () => (random.chance(0.3) ? null : random.pick(pool.texts));
    this.context = { now: random.pick(pool.times), repository: text(), ref: text(), event: text() };
  }

  state(key: string): FactState {
    const name = key.startsWith('tag.') && this.entry ? `tag.${this.entry.foldKey(key.slice(4))}` : key;
    const kept = this.#states.get(name);
    if (kept) return kept;
    const state = this.#state(name);
    this.#states.set(name, state);
    return state;
  }

  #state(key: string): FactState {
    const random = this.#random;
    const text = (): FactState => ({ kind: 'value', value: random.pick(this.#pool.texts) });
    const open: FactState = { kind: 'unknown', why: 'wild', path: null };
    const fresh = this.operation === 'create' || this.operation === 'read';
    if (key.startsWith('tag.')) return random.chance(0.3) ? { kind: 'absent' } : text();
    if (key.startsWith('attr.')) return random.chance(0.15) ? open : this.#attr(key);
    switch (key) {
      case 'provider':
        return { kind: 'value', value: this.provider };
      case 'type':
        return { kind: 'value', value: this.type };
      case 'dependents':
        if (fresh) return { kind: 'value', value: null };
        return random.chance(0.2) ? open : { kind: 'value', value: random.pick(['none', 'some']) };
      case 'replaces':
        return { kind: 'value', value: this.operation !== 'read' && this.operation !== 'update' && random.chance(0.5) };
      case 'module':
      case 'action_reason':
        return random.chance(0.3) ? { kind: 'value', value: null } : text();
    }
    return random.chance(0.2) ? open : text();
  }

  #attr(key: string): FactState {
    const random = this.#random;
    const value = (): Literal =>
      random.pick<Literal>([
        random.pick(this.#pool.texts),
        random.pick(this.#pool.texts),
        random.pick(this.#pool.numbers),
        true,
        false,
        null,
      ]);
    if (!parsePattern(key.slice(5)).steps.some((step) => typeof step !== 'string')) return { kind: 'value', value: value() };
    const members = Array.from({ length: random.below(4) }, value);
    return { kind: 'members', members: new Map<Value, true>(members.map((v) => [v, true])), open: null };
  }

  /** What a source says that is no fact of its own, and what an unknown fact says: nothing, or that it is unknown. */
  reading(key: string): readonly Reading[] {
    const kept = this.#readings.get(key);
    if (kept) return kept;
    const own = key === 'stack' || key === 'namespace' || key.startsWith('variable.');
    const state: FactState = own && this.#random.chance(0.4) ? { kind: 'absent' } : this.state(key);
    const isOption = key === 'workspace' || own;
    const readings = state.kind === 'unknown' && isOption ? [] : readingOf(key, state);
    this.#readings.set(key, readings);
    return readings;
  }
}

/** A change with facts of its own, as a ruleset sees it: nothing of it comes from a space. */
export class WildChange implements AtomicChange {
  readonly operation: Operation;
  readonly side = 'after';
  readonly subject = null;
  readonly because = null;
  readonly #raw: Raw;
  readonly #ruleset: Ruleset;
  readonly #types: TypeKnowledge;

  constructor(raw: Raw, ruleset: Ruleset, types: TypeKnowledge) {
    this.operation = raw.operation;
    this.#raw = raw;
    this.#ruleset = ruleset;
    this.#types = types;
  }

  get principal(): Principal {
    return resolvePrincipal(this.#raw.spelled, {}, this.#ruleset.registry);
  }

  fact(key: string): Fact {
    if (key === 'class') return this.#classes();
    const attribute = this.#ruleset.attributes.get(key);
    if (attribute) return this.#attribute(attribute);
    const state = this.#raw.state(key);
    if (state.kind === 'absent') return absent(key);
    return state.kind === 'unknown' ? unknown(key, state.why) : { key, state, sources: [] };
  }

  changedPaths(): readonly ChangedPath[] {
    return this.#raw.paths;
  }

  successor({ want, same, anyType }: SuccessorTest): Answer {
    if (this.operation === 'create' || this.operation === 'read') return { value: false, why: null };
    const { survivors } = this.#raw;
    if (survivors === null) return { value: 'unknown', why: null };
    const found = survivors.some((s) => same.every((key) => s.same.has(key)) && (anyType || !s.anyType));
    return { value: found === (want === 'present'), why: null };
  }

  #attribute(definition: AttributeDefinition): Fact {
    const raw = this.#raw;
    const { carrier } = raw.entry ?? {};
    return settle(
      definition.name,
      speak(definition, {
        plain: (from) => raw.reading(from),
        variable: (name) => raw.reading(`variable.${name}`)[0] ?? null,
        attr: ({ path }) => raw.reading(`attr.${path.text}`),
        tag: (source) => {
          const key = source.carrier ? carrier && definition.carriers?.get(carrier) : source.key;
          return key ? raw.reading(`tag.${key}`) : [];
        },
      }),
    );
  }

  #classes(): Fact {
    const { type, entry, paths } = this.#raw;
    const row = entry?.row ?? null;
    const context = { classes: this.#ruleset.classes, builtin: this.#types.builtin };
    const base = baseClasses(type, row, row?.wraps === undefined ? undefined : null, context);
    const members = new Map(base.members);
    const added = triggeredClasses(
      row,
      () => paths,
      (p) => this.#raw.state(`attr.${p.text}`),
      this.operation !== 'update',
    );
    for (const [name, sure] of added) if (members.get(name) !== true) members.set(name, sure);
    const view: ChangeView = {
      operation: 'read',
      fact: (key) => (NOT_OF_OBJECTS.test(key) ? unknown(key, 'asked by a refinement') : this.fact(key)),
      changedPaths: () => [],
      successor: () => ({ value: 'unknown', why: null }),
    };
    const all = refine({ ...base, members }, view, context);
    return { key: 'class', state: { kind: 'members', members: all.members, open: all.open }, sources: [] };
  }

  get told(): string {
    const { type, spelled, paths, survivors, context } = this.#raw;
    return JSON.stringify({
      spelled,
      operation: this.operation,
      type,
      paths: paths.map(({ path }) => path.join('.')),
      survivors,
      context,
    });
  }
}
