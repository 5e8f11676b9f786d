import type { AttributeDefinition } from '../classify/attribute.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import type { FactState } from '../logic/fact.ts';
import { type Actor, actorState } from './actors.ts';
import { type Asked, comparedWith, sourceKeys } from './asked.ts';
import { bitsOf, type Cube, type CubeSpace } from './cube.ts';
import { KIND_VARIABLE, type Kind, kindState, textsOf } from './kinds.ts';
import { speeches } from './speech.ts';
import {
  ABSENT_CELL,
  attributeCells,
  type FactVariable,
  instantsOf,
  instantTexts,
  textCells,
  UNKNOWN_CELL,
  type ValueCell,
  valueCell,
} from './values.ts';

/** Where the value of a fact is found: its variable, and what each cell of that says under a ruleset. */
export interface Site {
  readonly variable: number;
  state(ruleset: number, cell: number): FactState;
}

/** The variables of plain facts, with the attributes' ties to their sources. */
export class FactBuilder {
  readonly variables: FactVariable[] = [];
  readonly sites = new Map<string, Site[]>();
  readonly #rulesets: readonly Ruleset[];
  readonly #asked: Asked;
  readonly #actors: readonly Actor[];
  readonly #kinds: readonly Kind[];
  readonly #times: readonly number[];
  readonly #first: number;
  readonly #tags: readonly string[];
  /** Facts of which one may have to say what the other does. */
  readonly #ties: Asked['pairs'];
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
    this.#ties = [...asked.pairs, ...this.#folded(), ...this.#passed()];
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
    return comparedWith(key, this.#ties);
  }

  /** Attributes of any value with the tags whose values they take as they are. */
  #passed(): (readonly [string, string])[] {
    const definitions = this.#rulesets
      .flatMap(({ attributes }) => [...attributes.values()])
      .filter(({ values }) => values === null);
    return definitions.flatMap((definition) =>
      definition.sources
        .filter(({ map }) => map === null)
        .flatMap((source) => sourceKeys(source, definition.carriers?.values() ?? []))
        .flatMap((source) => this.#tags.filter((tag) => this.#alike(tag, source)))
        .map((tag) => [definition.name, tag] as const),
    );
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
        for (const { map } of attributes.get(name)?.sources ?? []) for (const [, value] of map ?? []) literals.add(value);
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
      const { map } = source;
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
      const kinds = bitsOf(cubes.sizes[KIND_VARIABLE] ?? 0, (cell) => {
        const kind = this.#kinds[cell] as Kind;
        return kind.foldKey(a) === kind.foldKey(b);
      });
      return one.cells.map(
        (cell, i) =>
          new Map([
            [KIND_VARIABLE, kinds],
            [one.variable, bitsOf(one.cells.length, (c) => c === i)],
            [other.variable, bitsOf(other.cells.length, (c) => other.cells[c]?.spelled !== cell.spelled)],
          ]),
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
