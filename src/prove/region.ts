import type { Ruleset } from '../lanes/ruleset.ts';
import { type Condition, type Leaf, sameAsKeys } from '../logic/condition.ts';
import { OPERATIONS } from '../logic/fact.ts';
import { matchGlob } from '../logic/glob.ts';
import type { Kleene } from '../logic/kleene.ts';
import { type Matcher, match } from '../logic/matcher.ts';
import { comparedRegion } from './compared.ts';
import { bitsAmong, bitsOf, EVERYTHING, Inconclusive, type Region } from './cube.ts';
import type { Site } from './facts.ts';
import { Space } from './space.ts';
import { successorValue } from './survivors.ts';

/** A Kleene value, or not that value. */
export type Want = 'true' | 'false' | 'not-true' | 'not-false';

const OPPOSITE: Readonly<Record<Want, Want>> = {
  true: 'false',
  false: 'true',
  'not-true': 'not-false',
  'not-false': 'not-true',
};

/** Where in a space the conditions of one ruleset have a value: leaves are asked of the evaluator's own matchers, cell by cell. */
export class Regions {
  readonly #space: Space;
  readonly #index: number;
  readonly #ruleset: Ruleset;
  readonly #refined: readonly string[];
  readonly #known: Readonly<Record<Want, Map<Condition, Region>>> = {
    true: new Map(),
    false: new Map(),
    'not-true': new Map(),
    'not-false': new Map(),
  };
  readonly #looked = new Map<string, Region>();

  constructor(space: Space, index: number) {
    this.#space = space;
    this.#index = index;
    this.#ruleset = space.rulesets[index] as Ruleset;
    this.#refined = [...this.#ruleset.classes.values()].filter(({ refines }) => refines !== null).map(({ name }) => name);
  }

  of(condition: Condition, want: Want): Region {
    const kept = this.#known[want].get(condition);
    if (kept) return kept;
    const region = this.#compute(condition, want);
    this.#known[want].set(condition, region);
    return region;
  }

  /**
   * The part of a region where a condition has a value. A conjunction is looked at piece by piece, plain pieces first: what already
   * is outside is not asked for more.
   */
  within(part: Region, condition: Condition, want: Want): Region {
    if (part.length === 0) return part;
    if (condition.op === 'not') return this.within(part, condition.of, OPPOSITE[want]);
    if (condition.op === 'all' && isPositive(want)) {
      const pieces = condition.of.map((piece) => ({ piece, effort: this.#effort(piece) })).sort((a, b) => a.effort - b.effort);
      return pieces.reduce((rest, { piece }) => this.within(rest, piece, want), part);
    }
    const isPlain = condition.op === 'fact' && condition.key !== 'class' && !this.#known[want].has(condition);
    return this.#space.cubes.intersect([part, isPlain ? this.#fact(condition, want, part) : this.of(condition, want)]);
  }

  /** How many cells there are to look at before a condition's region is known; many where that is not plain. */
  #effort(condition: Condition): number {
    switch (condition.op) {
      case 'not':
        return this.#effort(condition.of);
      case 'do':
        return OPERATIONS.length;
      case 'fact':
        return this.#space.cubes.sizes[this.#space.site(condition.key, this.#index)?.variable ?? -1] ?? Number.MAX_VALUE;
      default:
        return Number.MAX_VALUE;
    }
  }

  #compute(condition: Condition, want: Want): Region {
    switch (condition.op) {
      case 'not':
        return this.of(condition.of, OPPOSITE[want]);
      case 'all':
      case 'any': {
        const parts = condition.of.map((part) => this.of(part, want));
        const together = (condition.op === 'all') === isPositive(want);
        return together ? this.#space.cubes.intersect(parts) : parts.flat();
      }
      case 'changes':
        return this.#changes(condition, isPositive(want));
      case 'do':
        return this.#bits(
          Space.OPERATION,
          (cell) => condition.operations.has(OPERATIONS[cell] as (typeof OPERATIONS)[number]),
          want,
        );
      case 'successor':
        return this.#values(
          Space.SUCCESSOR,
          this.#space.successors.map((cell) => successorValue(cell, condition.test)),
          want,
        );
      case 'fact':
        return condition.key === 'class' ? this.#class(condition.test, want) : this.#fact(condition, want);
    }
  }

  #bits(variable: number, holds: (cell: number) => boolean, want: Want): Region {
    const size = this.#space.cubes.sizes[variable] ?? 0;
    const wanted = isPositive(want);
    return this.#space.cubes.constraint(
      variable,
      bitsOf(size, (cell) => holds(cell) === wanted),
    );
  }

  #values(variable: number, values: readonly Kleene[], want: Want): Region {
    return this.#space.cubes.constraint(
      variable,
      bitsOf(values.length, (cell) => is(values[cell] as Kleene, want)),
    );
  }

  #changes({ how, paths }: Leaf & { op: 'changes' }, holds: boolean): Region {
    const looked = this.#space.pathVariables(paths, how !== 'only');
    const some: Region = looked.map((variable) => new Map([[variable, CHANGES]]));
    const none: Region = [new Map(looked.map((variable) => [variable, STAYS]))];
    return (how === 'any') === holds ? some : none;
  }

  /** `part`: where somebody looks; cells that are outside need not be asked. */
  #fact(leaf: Leaf & { op: 'fact' }, want: Want, part: Region = [EVERYTHING]): Region {
    const { key, test } = leaf;
    const site = this.#space.site(key, this.#index);
    if (site === null) throw new Error(`no such fact in the space: ${key}`);
    const { cubes } = this.#space;
    const others = [...new Set(sameAsKeys(test))].map((other) => ({ key: other, site: this.#otherSite(other) }));
    if (others.every((other) => other.site.variable === site.variable)) {
      const outcome = (cell: number): Kleene =>
        match(test, site.state(this.#index, cell), (k) => stateOf(others, k, this.#index, () => cell));
      const admitted = cubes.admitted(part, site.variable);
      const holds = (cell: number) => is(outcome(cell), want);
      if (admitted !== null) return cubes.constraint(site.variable, bitsAmong(admitted, holds));
      const size = cubes.sizes[site.variable] ?? 0;
      return this.#once(`${want} ${key} ${JSON.stringify(test)}`, () => cubes.constraint(site.variable, bitsOf(size, holds)));
    }
    const variables = [...new Set([site.variable, ...others.map((o) => o.site.variable)])];
    return comparedRegion(variables, cubes.sizes, (cellOf) =>
      is(
        match(test, site.state(this.#index, cellOf(site.variable)), (k) => stateOf(others, k, this.#index, cellOf)),
        want,
      ),
    );
  }

  /** Many rules ask the same of a fact. */
  #once(text: string, look: () => Region): Region {
    const kept = this.#looked.get(text);
    if (kept) return kept;
    const region = look();
    this.#looked.set(text, region);
    return region;
  }

  /** Where a fact stands that another is compared with. */
  #otherSite(key: string): Site {
    const site = this.#space.site(key, this.#index);
    if (site === null) throw new Error(`no such fact in the space: ${key}`);
    if (key === 'class' && this.#refined.length > 0)
      throw new Inconclusive('another fact is compared with `class`, and some classes are refined');
    return site;
  }

  /** Refined classes hang on more than the kind: they are taken apart into their parent and what narrows it. */
  #class(test: Matcher, want: Want): Region {
    switch (test.is) {
      case 'not':
        return this.#class(test.of, OPPOSITE[want]);
      case 'any':
      case 'all': {
        const parts = test.of.map((part) => this.#class(part, want));
        const together = (test.is === 'all') === isPositive(want);
        return together ? this.#space.cubes.intersect(parts) : parts.flat();
      }
      case 'same_as':
        if (this.#refined.length > 0)
          throw new Inconclusive('`class` is compared with another fact, and some classes are refined');
        return this.#fact({ op: 'fact', key: 'class', test }, want);
      case 'exists':
        // A refined class adds nothing to whether there is one: its parent is there already.
        return this.#fact({ op: 'fact', key: 'class', test }, want);
      default: {
        const named = this.#refined.filter((name) =>
          test.is === 'equals' ? test.value === name : test.is === 'glob' && matchGlob(test.pattern, name),
        );
        // The classes of the type itself say where those of unknown types are unknown.
        const parts = [this.#fact({ op: 'fact', key: 'class', test }, want), ...named.map((name) => this.#member(name, want))];
        return isPositive(want) ? parts.flat() : this.#space.cubes.intersect(parts);
      }
    }
  }

  /** Membership of a refined class as `refine` of classify gives it, of a type whose classes are known. */
  #member(name: string, want: Want): Region {
    const refines = this.#ruleset.classes.get(name)?.refines;
    if (!refines) return this.#fact({ op: 'fact', key: 'class', test: { is: 'equals', value: name } }, want);
    const parts = [this.#member(refines.class, want), this.of(refines.when, want)];
    return isPositive(want) ? this.#space.cubes.intersect(parts) : parts.flat();
  }
}

const STAYS = bitsOf(2, (cell) => cell === 0);
const CHANGES = bitsOf(2, (cell) => cell === 1);

function isPositive(want: Want): boolean {
  return want === 'true' || want === 'not-false';
}

function is(value: Kleene, want: Want): boolean {
  switch (want) {
    case 'true':
      return value === true;
    case 'false':
      return value === false;
    case 'not-true':
      return value !== true;
    case 'not-false':
      return value !== false;
  }
}

function stateOf(
  sites: readonly { readonly key: string; readonly site: Site }[],
  key: string,
  ruleset: number,
  cellOf: (variable: number) => number,
) {
  const site = sites.find((s) => s.key === key)?.site;
  if (!site) throw new Error(`no such fact in the space: ${key}`);
  return site.state(ruleset, cellOf(site.variable));
}
