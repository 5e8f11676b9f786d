import type { AttributeDefinition, ClassDefinition } from '../classify/attribute.ts';
import type { Place } from '../errors.ts';
import { OPERATIONS, type Operation } from '../logic/fact.ts';
import type { PathPattern } from '../logic/path.ts';
import { readAttributes } from './attributes.ts';
import type { LaneSource } from './cascade.ts';
import { ConditionCompiler, isOperation } from './condition.ts';
import { parsePath } from './matcher.ts';
import type { Names } from './names.ts';
import { suggest } from './nearest.ts';
import { entriesAt, type LaneNode, textAt, textsOf, valueAt } from './node.ts';
import { type DeclaredPrincipals, Defined, readPrincipals } from './principals.ts';
import { type Problems, quoted } from './problems.ts';
import { LEVELS } from './ruleset.ts';

/** Longest chain of groups within groups or classes upon classes. */
const LONGEST_CHAIN = 32;

interface Named<T> {
  /** Level it speaks at: files of higher levels do not see it, or a lower file could change what a higher rule says. */
  readonly speaks: number;
  readonly at: Place;
  readonly node: LaneNode;
  readonly value: T;
}

/** Everything that rules refer to by name. */
export class Definitions {
  readonly principals: DeclaredPrincipals;
  readonly attributes: ReadonlyMap<string, AttributeDefinition>;
  readonly classes: ReadonlyMap<string, ClassDefinition>;
  readonly defined: Defined;
  readonly #builtIn: ReadonlySet<string>;
  readonly #problems: Problems;
  readonly #paths = new Map<string, Named<readonly PathPattern[]>>();
  readonly #groups = new Map<string, Named<null>>();
  readonly #resolved = new Map<string, ReadonlySet<Operation>>();
  readonly #classes = new Map<string, Named<null>>();
  readonly #names = new Map<number, Names>();

  constructor(sources: readonly LaneSource[], builtIn: ReadonlySet<string>, problems: Problems) {
    this.#builtIn = builtIn;
    this.#problems = problems;
    this.defined = new Defined(problems);
    this.principals = readPrincipals(sources, this.defined, problems);
    for (const source of sources) this.#collect(source);
    const classes = new Set([...builtIn, ...[...this.#classes].filter(([, c]) => c.speaks === 0).map(([name]) => name)]);
    this.attributes = readAttributes(
      sources,
      { teams: [...this.principals.registry.teams.keys()], classes },
      this.defined,
      problems,
    );
    for (const [name, group] of this.#groups) this.#operationsOf(name, group, 0);
    this.classes = new Map([...this.#classes].map(([name, c]) => [name, this.#class(name, c)]));
  }

  get paths(): ReadonlyMap<string, readonly PathPattern[]> {
    return new Map([...this.#paths].map(([name, set]) => [name, set.value]));
  }

  get operations(): ReadonlyMap<string, ReadonlySet<Operation>> {
    return this.#resolved;
  }

  /** What a file that speaks at this level may name. */
  namesAt(speaks: number): Names {
    const kept = this.#names.get(speaks);
    if (kept) return kept;
    const seen = <T>(all: ReadonlyMap<string, Named<T>>) => [...all].filter(([, named]) => named.speaks <= speaks);
    const { registry, tiers } = this.principals;
    const names: Names = {
      attributes: new Map([...this.attributes].map(([name, a]) => [name, a.values])),
      classes: new Set([...this.#builtIn, ...seen(this.#classes).map(([name]) => name)]),
      paths: new Map(seen(this.#paths).map(([name, set]) => [name, set.value])),
      operations: new Map(seen(this.#groups).map(([name]) => [name, this.#resolved.get(name) ?? new Set<Operation>()])),
      teams: registry.declared ? new Set(registry.teams.keys()) : null,
      tiers: tiers ? new Set(tiers.keys()) : null,
    };
    this.#names.set(speaks, names);
    return names;
  }

  #collect({ root, speaks }: LaneSource): void {
    for (const { key, at, value } of entriesAt(root, 'paths')) {
      const patterns = textsOf(value).flatMap((t) => parsePath(t.text, t.at, this.#problems) ?? []);
      if (this.defined.add('path set', key, at)) this.#paths.set(key, { speaks, at, node: value, value: patterns });
    }
    for (const { key, at, value } of entriesAt(root, 'operations')) {
      if (isOperation(key) || key === 'any')
        this.#problems.add(at, `${quoted(key)} is a built-in operation`, 'choose another name for the group');
      else if (this.defined.add('operation group', key, at)) this.#groups.set(key, { speaks, at, node: value, value: null });
    }
    for (const { key, at, value } of entriesAt(root, 'classes')) {
      if (this.#builtIn.has(key))
        this.#problems.add(at, `class ${quoted(key)} is built in`, `choose another name; \`is_a: ${key}\` adds members to it`);
      else if (this.defined.add('class', key, at)) this.#classes.set(key, { speaks, at, node: value, value: null });
    }
  }

  #operationsOf(name: string, group: Named<null>, depth: number): ReadonlySet<Operation> {
    const done = this.#resolved.get(name);
    if (done) return done;
    const all = new Set<Operation>();
    if (depth > LONGEST_CHAIN) {
      this.#problems.add(group.at, `operation group ${quoted(name)} contains itself, or groups more than ${LONGEST_CHAIN} deep`);
      this.#resolved.set(name, all);
      return all;
    }
    for (const { text, at } of textsOf(group.node)) {
      const inner = this.#groups.get(text);
      if (isOperation(text)) all.add(text);
      else if (inner && inner.speaks <= group.speaks) for (const one of this.#operationsOf(text, inner, depth + 1)) all.add(one);
      else this.#problems.add(at, `unknown operation ${quoted(text)}`, suggest(text, [...OPERATIONS, ...this.#groups.keys()]));
    }
    if (!this.#resolved.has(name)) this.#resolved.set(name, all);
    return this.#resolved.get(name) ?? all;
  }

  #class(name: string, { speaks, at, node }: Named<null>): ClassDefinition {
    const key = (of: string) => (node.kind === 'map' ? node.entries.get(of) : undefined);
    const types = textsOf(valueAt(node, 'types')).map((t) => t.text);
    const isA = key('is_a');
    const refines = key('refines');
    const when = key('when');
    if (isA && speaks > 0)
      this.#problems.add(isA.at, '`is_a` stands at org level only', `this file speaks at level ${LEVELS[speaks] ?? ''}`);
    if (isA && !key('types')) this.#problems.add(isA.at, '`is_a` without `types`', 'list the types that join the class');
    const other = isA ?? key('types');
    if (refines && other)
      this.#problems.add(
        other.at,
        `${quoted(other.key)} together with \`refines\``,
        'a class has members of its own, or narrows another one',
      );
    if (refines && !when) this.#problems.add(refines.at, '`refines` without `when`', 'say which members belong to it');
    if (when && !refines) this.#problems.add(when.at, '`when` without `refines`', 'name the class that it narrows');
    if (!refines && !other && !when) this.#problems.add(at, `class ${quoted(name)} has neither \`types\` nor \`refines\``);
    const parent = this.#parent(name, speaks, refines?.value ?? isA?.value ?? null, isA !== undefined);
    const condition =
      when && new ConditionCompiler(this.namesAt(speaks), this.#problems).condition(when.value, undefined, 'object');
    return {
      name,
      at,
      settles: speaks === 0,
      types: refines ? [] : types,
      isA: isA && !refines ? parent : null,
      refines: refines && condition && parent !== null ? { class: parent, when: condition } : null,
    };
  }

  #parent(name: string, speaks: number, node: LaneNode | null, joins: boolean): string | null {
    const named = textsOf(node)[0];
    if (!named) return null;
    const names = this.namesAt(speaks).classes;
    if (!names.has(named.text)) {
      this.#problems.add(
        named.at,
        `unknown class ${quoted(named.text)}`,
        suggest(
          named.text,
          [...names].filter((n) => n !== name),
        ),
      );
      return null;
    }
    const target = this.#classes.get(named.text)?.node;
    if (joins && target && valueAt(target, 'refines')) {
      this.#problems.add(
        named.at,
        `class ${quoted(named.text)} is a refined one, which nothing joins`,
        'name the class that it refines',
      );
    }
    let at: string | null = named.text;
    for (let steps = 0; at !== null; steps += 1) {
      if (at === name || steps > LONGEST_CHAIN) {
        this.#problems.add(named.at, `class ${quoted(name)} stands upon itself, or on more than ${LONGEST_CHAIN} others`);
        return null;
      }
      const above: LaneNode | undefined = this.#classes.get(at)?.node;
      at = above ? (textAt(above, 'refines') ?? textAt(above, 'is_a')) : null;
    }
    return named.text;
  }
}
