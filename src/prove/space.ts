import type { AttributeDefinition } from '../classify/attribute.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import { type FactState, OPERATIONS } from '../logic/fact.ts';
import { parseInstant } from '../logic/matcher.ts';
import type { PathPattern } from '../logic/path.ts';
import { type Actor, actorState, actorsOf } from './actors.ts';
import { type Asked, comparedWith, leavesOf, sourceKeys } from './asked.ts';
import { bitsOf, type Cube, CubeSpace, Inconclusive, type Region } from './cube.ts';
import { type Kind, kindsOf, textsOf } from './kinds.ts';
import { type PathCell, pathCells } from './paths.ts';
import { speeches } from './speech.ts';
import { type SuccessorCell, successorCells } from './survivors.ts';
import type { TypeKnowledge } from './types.ts';
import {
  ABSENT_CELL,
  around,
  attributeCells,
  instantsOf,
  instantTexts,
  textCells,
  UNKNOWN_CELL,
  type ValueCell,
  valueCell,
} from './values.ts';

/** Steps of all searches over one space. */
const BUDGET = 2_000_000;

/** Where the value of a fact is found: its variable, and what each cell of that says under a ruleset. */
export interface Site {
  readonly variable: number;
  state(ruleset: number, cell: number): FactState;
}

/** A fact with values of its own. `rulesets`: for which it stands, where definitions of an attribute differ. */
export interface FactVariable {
  readonly variable: number;
  readonly key: string;
  readonly cells: readonly ValueCell[];
  /** Said by its sources alone: a test cannot spell it. */
  readonly derived: boolean;
}

/**
 * All atomic changes that some rulesets can tell apart, as points of a finite space: one variable for what hangs together
 * (operation; principal; type with classes and provider; time; successor), one for each other fact, one per sort of path.
 */
export class Space {
  readonly rulesets: readonly Ruleset[];
  readonly actors: readonly Actor[];
  readonly kinds: readonly Kind[];
  /** Milliseconds since the epoch. */
  readonly times: readonly number[];
  readonly successors: readonly SuccessorCell[];
  readonly paths: readonly PathCell[];
  readonly facts: readonly FactVariable[];
  readonly cubes: CubeSpace;
  /** Combinations of cells that no change has. */
  readonly impossible: Region;
  readonly #sites = new Map<string, readonly Site[]>();
  readonly #lists: readonly (readonly PathPattern[])[];

  static readonly OPERATION = 0;
  static readonly ACTOR = 1;
  static readonly KIND = 2;
  static readonly TIME = 3;
  static readonly SUCCESSOR = 4;
  static readonly FIRST_PATH = 5;

  constructor(rulesets: readonly Ruleset[], asked: Asked, types: TypeKnowledge) {
    this.rulesets = rulesets;
    this.actors = actorsOf(rulesets, asked);
    this.kinds = kindsOf(rulesets, asked, types);
    this.times = timesOf(asked);
    this.successors = successorCells(asked.successors);
    this.#lists = distinct(asked.changes);
    this.paths = pathsOf(this.#lists);
    const first = Space.FIRST_PATH + this.paths.length;
    const facts = new FactBuilder(rulesets, asked, this.actors, this.kinds, this.times, first);
    this.facts = facts.variables;
    this.cubes = new CubeSpace(
      [
        OPERATIONS.length,
        this.actors.length,
        this.kinds.length,
        this.times.length,
        this.successors.length,
        ...this.paths.map(() => 2),
        ...this.facts.map(({ cells }) => cells.length),
      ],
      BUDGET,
    );
    for (const [key, sites] of facts.sites) this.#sites.set(key, sites);
    this.impossible = [...this.#ofOperations(), ...facts.impossible(this.cubes)];
  }

  /** Where a fact stands for a ruleset; null = it is none that these rules ask for. */
  site(key: string, ruleset: number): Site | null {
    if (key.startsWith('who.'))
      return { variable: Space.ACTOR, state: (r, cell) => actorState(this.actors[cell] as Actor, r, key) };
    switch (key) {
      case 'class':
      case 'type':
      case 'provider':
        return { variable: Space.KIND, state: (r, cell) => kindState(this.kinds[cell] as Kind, r, key) };
      case 'now':
        return {
          variable: Space.TIME,
          state: (_, cell) => ({ kind: 'value', value: new Date(this.times[cell] as number).toISOString() }),
        };
      default:
        return this.#sites.get(key)?.[ruleset] ?? null;
    }
  }

  /** The cell of a time: bounds stand at odd places, what lies between them at even ones. */
  timeCell(time: number): number {
    if (this.times.length === 1) return 0;
    const bounds = this.times.filter((_, cell) => cell % 2 === 1);
    const after = bounds.filter((bound) => bound < time).length;
    return bounds[after] === time ? after * 2 + 1 : after * 2;
  }

  /** What a variable stands for, as rules name it. */
  nameOf(variable: number): string {
    switch (variable) {
      case Space.OPERATION:
        return 'do';
      case Space.ACTOR:
        return 'who';
      case Space.KIND:
        return 'class';
      case Space.TIME:
        return 'now';
      case Space.SUCCESSOR:
        return 'successor';
      default:
        return this.facts.find((fact) => fact.variable === variable)?.key ?? 'changes';
    }
  }

  /** The variables of the paths that some list of `changes` holds, or does not hold. */
  pathVariables(list: readonly PathPattern[], within: boolean): number[] {
    const at = this.#lists.findIndex((other) => textOf(other) === textOf(list));
    return this.paths.flatMap((path, i) => (path.within[at] === within ? [Space.FIRST_PATH + i] : []));
  }

  /** Facts that some operations cannot have. */
  #ofOperations(): Cube[] {
    const operations = (names: readonly string[]) => bitsOf(OPERATIONS.length, (cell) => names.includes(OPERATIONS[cell] ?? ''));
    const others = (names: readonly string[]) => bitsOf(OPERATIONS.length, (cell) => !names.includes(OPERATIONS[cell] ?? ''));
    const fact = (key: string, holds: (cell: ValueCell) => boolean): [number, ReturnType<typeof bitsOf>][] =>
      this.facts
        .filter((f) => f.key === key)
        .map((f) => [f.variable, bitsOf(f.cells.length, (cell) => holds(f.cells[cell] as ValueCell))]);
    const fresh = ['create', 'read'];
    const noSide = (holds: boolean) =>
      bitsOf(this.successors.length, (cell) => (this.successors[cell]?.side === 'none') === holds);
    const mode = (name: Kind['mode']) => bitsOf(this.kinds.length, (cell) => this.kinds[cell]?.mode === name);
    const impossible: Cube[] = [
      cube([Space.OPERATION, operations(fresh)], [Space.SUCCESSOR, noSide(false)]),
      cube([Space.OPERATION, others([...fresh, 'invoke'])], [Space.SUCCESSOR, noSide(true)]),
      cube([Space.OPERATION, others(['read', 'invoke'])], [Space.KIND, mode('data')]),
      cube([Space.OPERATION, others(['invoke'])], [Space.KIND, mode('actions')]),
      cube([Space.OPERATION, operations(['read', 'invoke'])], [Space.KIND, mode('unlisted')]),
      ...fact('dependents', (cell) => cell.spelled !== null).map((bits) => cube([Space.OPERATION, operations(fresh)], bits)),
      ...fact('dependents', (cell) => cell.spelled === null).map((bits) =>
        cube([Space.OPERATION, others([...fresh, 'invoke'])], bits),
      ),
      // A provisioner of an object that is created has nothing before it.
      ...fact('dependents', (cell) => cell.spelled !== null).map((bits) =>
        cube([Space.OPERATION, operations(['invoke'])], bits, [Space.SUCCESSOR, noSide(true)]),
      ),
      ...fact('dependents', (cell) => cell.spelled === null).map((bits) =>
        cube([Space.OPERATION, operations(['invoke'])], bits, [Space.SUCCESSOR, noSide(false)]),
      ),
      ...fact('replaces', (cell) => cell.spelled === true).map((bits) =>
        cube([Space.OPERATION, operations(['read', 'update'])], bits),
      ),
    ];
    if (this.paths.length > 0) {
      // What is created or ends has paths, so that `only` never holds of nothing.
      const nothing = this.paths.map((_, i): [number, ReturnType<typeof bitsOf>] => [
        Space.FIRST_PATH + i,
        bitsOf(2, (c) => c === 0),
      ]);
      impossible.push(cube([Space.OPERATION, operations(['create', 'destroy', 'forget', 'import', 'invoke'])], ...nothing));
    }
    return impossible.filter((c) => [...c.values()].every((bits) => bits.some((word) => word !== 0)));
  }
}

export function cube(...parts: readonly (readonly [number, ReturnType<typeof bitsOf>])[]): Cube {
  return new Map(parts);
}

function timesOf({ tests, instants }: Asked): number[] {
  const all = new Set(instants);
  for (const leaf of (tests.get('now') ?? []).flatMap(leavesOf)) {
    if (leaf.is !== 'compare') continue;
    for (const bound of [leaf.lt, leaf.lte, leaf.gt, leaf.gte]) if (typeof bound === 'object') all.add(bound.instant);
  }
  const times = around(all, 3_600_000);
  return times.length > 0 ? times : [parseInstant('2026-01-01T00:00:00Z') ?? 0];
}

function distinct(lists: readonly (readonly PathPattern[])[]): (readonly PathPattern[])[] {
  return [...new Map(lists.map((list) => [textOf(list), list])).values()];
}

function textOf(list: readonly PathPattern[]): string {
  return list.map(({ text }) => text).join('\n');
}

function pathsOf(lists: readonly (readonly PathPattern[])[]): readonly PathCell[] {
  if (lists.length === 0) return [];
  const cells = pathCells(lists);
  if (cells === null) throw new Inconclusive('too many combinations of attribute paths');
  return cells;
}

function kindState(kind: Kind, ruleset: number, key: 'class' | 'type' | 'provider'): FactState {
  if (key === 'class') {
    const { members, open } = kind.memberships[ruleset] as Kind['memberships'][number];
    return { kind: 'members', members, open };
  }
  const value = key === 'type' ? kind.type : kind.provider;
  return value === null ? { kind: 'unknown', why: 'not known', path: null } : { kind: 'value', value };
}

/** The variables of plain facts, with the attributes' ties to their sources. */
class FactBuilder {
  readonly variables: FactVariable[] = [];
  readonly sites = new Map<string, Site[]>();
  readonly #rulesets: readonly Ruleset[];
  readonly #asked: Asked;
  readonly #actors: readonly Actor[];
  readonly #kinds: readonly Kind[];
  readonly #times: readonly number[];
  readonly #first: number;
  readonly #tags: readonly string[];
  /** Attributes whose definition is the same everywhere, and those that differ. */
  readonly #derived = new Set<string>();

  constructor(
    rulesets: readonly Ruleset[],
    asked: Asked,
    actors: readonly Actor[],
    kinds: readonly Kind[],
    times: readonly number[],
    first: number,
  ) {
    this.#rulesets = rulesets;
    this.#asked = asked;
    this.#actors = actors;
    this.#kinds = kinds;
    this.#times = times;
    this.#first = first;
    const declared = new Set(rulesets.flatMap(({ attributes }) => [...attributes.keys()]));
    const keys = new Set(
      [...asked.tests.keys(), ...asked.pairs.flat()].filter((key) => !PLACED.has(key) && !key.startsWith('who.')),
    );
    for (const key of declared) {
      if (!keys.has(key) || new Set(rulesets.map((r) => definitionText(r.attributes.get(key)))).size < 2) continue;
      this.#derived.add(key);
      for (const { attributes } of rulesets) for (const source of this.#sourcesOf(attributes.get(key))) keys.add(source);
    }
    keys.delete('provider');
    this.#tags = [...keys].filter((key) => key.startsWith('tag.'));
    for (const key of [...keys].sort()) {
      if (!declared.has(key)) this.#add(key, this.#cells(key), false);
      else if (!this.#derived.has(key)) this.#add(key, this.#attributeCells(key, rulesets), false);
      else
        this.sites.set(
          key,
          rulesets.map((ruleset) => this.#variable(key, this.#attributeCells(key, [ruleset]), true)),
        );
    }
  }

  #add(key: string, cells: readonly ValueCell[], derived: boolean): void {
    const site = this.#variable(key, cells, derived);
    this.sites.set(
      key,
      this.#rulesets.map(() => site),
    );
  }

  #variable(key: string, cells: readonly ValueCell[], derived: boolean): Site {
    const variable = this.#first + this.variables.length;
    this.variables.push({ variable, key, cells, derived });
    return { variable, state: (_, cell) => (cells[cell] as ValueCell).state };
  }

  #sourcesOf(definition: AttributeDefinition | undefined): string[] {
    return (definition?.sources ?? []).flatMap((source) => sourceKeys(source, definition?.carriers?.values() ?? []));
  }

  #attributeCells(key: string, rulesets: readonly Ruleset[]): ValueCell[] {
    const definitions = rulesets.flatMap(({ attributes }) => attributes.get(key) ?? []);
    const closed = definitions.every(({ values }) => values !== null);
    const values = new Set(definitions.flatMap(({ values: of }) => [...(of?.values() ?? [])]));
    if (closed && definitions.length > 0) return [...[...values].map(valueCell), UNKNOWN_CELL];
    const texts = this.#texts(key);
    return [...textCells(texts.literals, texts.globs, this.#copies(key)), UNKNOWN_CELL];
  }

  #cells(key: string): ValueCell[] {
    if (key === 'replaces') return [valueCell(false), valueCell(true), UNKNOWN_CELL];
    if (key === 'dependents') return [valueCell('none'), valueCell('some'), valueCell(null), UNKNOWN_CELL];
    const texts = this.#texts(key);
    const copies = this.#copies(key);
    const compared = [...this.#compared(key)].flatMap((name) => this.#asked.tests.get(name) ?? []);
    if (key.startsWith('attr.')) return attributeCells(key, compared, texts, copies);
    const cells = textCells(texts.literals, texts.globs, copies);
    if (key.startsWith('tag.')) return [...cells, ABSENT_CELL];
    if (key === 'module' || key === 'action_reason') return [...cells, valueCell(null), UNKNOWN_CELL];
    return [...cells, UNKNOWN_CELL];
  }

  /** Facts that `same_as` compares, the key's own and through others, and tags that some cloud takes for one. */
  #compared(key: string): Set<string> {
    return comparedWith(key, [...this.#asked.pairs, ...this.#folded()]);
  }

  /** Pairs of tags that some cloud takes for one. */
  #folded(): (readonly [string, string])[] {
    return this.#tags.flatMap((a) => this.#tags.flatMap((b) => (a < b && this.#alike(a, b) ? [[a, b] as const] : [])));
  }

  #alike(a: string, b: string): boolean {
    return a === b || (a.startsWith('tag.') && this.#kinds.some((kind) => kind.foldKey(a) === kind.foldKey(b)));
  }

  /** With so many copies of each string, compared facts can be equal or different in every combination. */
  #copies(key: string): number {
    return this.#compared(key).size;
  }

  #texts(key: string): { literals: Set<string>; globs: Set<string> } {
    const literals = new Set<string>();
    const globs = new Set<string>();
    const compared = this.#compared(key);
    for (const name of compared) {
      const tests = this.#asked.tests.get(name) ?? [];
      const own = textsOf(tests);
      if (compared.size > 1) for (const text of instantTexts(instantsOf(tests), compared.size)) literals.add(text);
      for (const text of own.literals) literals.add(text);
      for (const glob of own.globs) globs.add(glob);
      for (const text of this.#said(name)) literals.add(text);
      for (const { attributes } of this.#rulesets)
        for (const d of attributes.values()) this.#fromSource(d, name, literals, globs);
    }
    return { literals, globs };
  }

  /** What a fact with cells of its own can say. */
  #said(key: string): string[] {
    const states: FactState[] = [];
    const everybody = this.#rulesets.flatMap((_, r) => this.#actors.map((actor) => ({ actor, r })));
    if (key.startsWith('who.')) states.push(...everybody.map(({ actor, r }) => actorState(actor, r, key)));
    if (key === 'type' || key === 'provider' || key === 'class')
      states.push(...this.#rulesets.flatMap((_, r) => this.#kinds.map((kind) => kindState(kind, r, key))));
    if (key === 'dependents') states.push(valueCell('none').state, valueCell('some').state);
    if (key === 'now') states.push(...this.#times.map((time) => valueCell(new Date(time).toISOString()).state));
    const values = this.#rulesets.flatMap(({ attributes }) => [...(attributes.get(key)?.values?.values() ?? [])]);
    return [...values, ...states.flatMap(textsIn)];
  }

  /** Globs and values of an attribute that reads this fact. */
  #fromSource(definition: AttributeDefinition, key: string, literals: Set<string>, globs: Set<string>): void {
    if (!this.#asked.tests.has(definition.name) && !this.#asked.pairs.flat().includes(definition.name)) return;
    for (const source of definition.sources) {
      if (!sourceKeys(source, definition.carriers?.values() ?? []).some((own) => this.#alike(own, key))) continue;
      const map = source.from === 'tag' ? source.map : source.map;
      for (const [glob] of map ?? []) (glob.includes('*') ? globs : literals).add(glob);
      if (map === null) for (const spelling of definition.values?.keys() ?? []) literals.add(spelling);
    }
  }

  /** An attribute says what its sources say, or is unknown; what other sources may say stays open unless it is derived. */
  impossible(cubes: CubeSpace): Cube[] {
    return [...this.#folds(cubes), ...this.#ofAttributes(cubes)];
  }

  /** Where a cloud takes two tags for one, they say the same. */
  #folds(cubes: CubeSpace): Cube[] {
    return this.#folded().flatMap(([a, b]) => {
      const [one, other] = [a, b].map((key) => this.variables.find((v) => v.key === key));
      if (!one || !other) return [];
      const kinds = bitsOf(cubes.sizes[Space.KIND] ?? 0, (cell) => {
        const kind = this.#kinds[cell] as Kind;
        return kind.foldKey(a) === kind.foldKey(b);
      });
      return one.cells.map((cell, i) =>
        cube(
          [Space.KIND, kinds],
          [one.variable, bitsOf(one.cells.length, (c) => c === i)],
          [other.variable, bitsOf(other.cells.length, (c) => other.cells[c]?.spelled !== cell.spelled)],
        ),
      );
    });
  }

  #ofAttributes(cubes: CubeSpace): Cube[] {
    return [...this.sites].flatMap(([key, sites]) =>
      this.#rulesets.flatMap((ruleset, r) => {
        const definition = ruleset.attributes.get(key);
        const variable = this.variables.find((v) => v.variable === sites[r]?.variable);
        if (!definition || !variable || (r > 0 && sites[r] === sites[0])) return [];
        return speeches(definition, variable, this.variables, this.#kinds, cubes);
      }),
    );
  }
}

/** Facts that stand in a variable of what hangs together. */
const PLACED = new Set(['class', 'type', 'now']);

function textsIn(state: FactState): string[] {
  if (state.kind === 'value') return typeof state.value === 'string' ? [state.value] : [];
  return state.kind === 'members' ? [...state.members.keys()].filter((value) => typeof value === 'string') : [];
}

function definitionText(definition: AttributeDefinition | undefined): string {
  if (definition === undefined) return '';
  const { values, sources, carriers } = definition;
  return JSON.stringify([values && [...values], sources, carriers && [...carriers]]);
}
