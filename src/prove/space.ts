import type { Ruleset } from '../lanes/ruleset.ts';
import { OPERATIONS } from '../logic/fact.ts';
import { parseInstant } from '../logic/matcher.ts';
import type { PathPattern } from '../logic/path.ts';
import { type Actor, actorState, actorsOf } from './actors.ts';
import { type Asked, leavesOf } from './asked.ts';
import { bitsOf, type Cube, CubeSpace, Inconclusive, type Region } from './cube.ts';
import { FactBuilder, type Site } from './facts.ts';
import { KIND_VARIABLE, type Kind, kindState, kindsOf } from './kinds.ts';
import { type PathCell, pathCells } from './paths.ts';
import { PERHAPS_BEFORE } from './spelled.ts';
import { type SuccessorCell, successorCells } from './survivors.ts';
import type { TypeKnowledge } from './types.ts';
import { around, type FactVariable, type ValueCell } from './values.ts';

/** Steps of all searches over one space. */
const BUDGET = 2_000_000;

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
  static readonly KIND = KIND_VARIABLE;
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
      cube([Space.OPERATION, others([...fresh, ...PERHAPS_BEFORE])], [Space.SUCCESSOR, noSide(true)]),
      cube([Space.OPERATION, others(['read', 'invoke'])], [Space.KIND, mode('data')]),
      cube([Space.OPERATION, others(['invoke'])], [Space.KIND, mode('actions')]),
      cube([Space.OPERATION, operations(['read', 'invoke'])], [Space.KIND, mode('unlisted')]),
      ...fact('dependents', (cell) => cell.spelled !== null).map((bits) => cube([Space.OPERATION, operations(fresh)], bits)),
      ...fact('dependents', (cell) => cell.spelled === null).map((bits) =>
        cube([Space.OPERATION, others([...fresh, ...PERHAPS_BEFORE])], bits),
      ),
      // Both, or neither.
      ...fact('dependents', (cell) => cell.spelled !== null).map((bits) =>
        cube([Space.OPERATION, operations(PERHAPS_BEFORE)], bits, [Space.SUCCESSOR, noSide(true)]),
      ),
      ...fact('dependents', (cell) => cell.spelled === null).map((bits) =>
        cube([Space.OPERATION, operations(PERHAPS_BEFORE)], bits, [Space.SUCCESSOR, noSide(false)]),
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
