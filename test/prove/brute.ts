import type { Verdict } from '../../src/decide/decision.ts';
import { viewOf } from '../../src/decide/view.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';
import { type Condition, evaluate } from '../../src/logic/condition.ts';
import type { ChangeView } from '../../src/logic/fact.ts';
import { askedOf, conditionsOf } from '../../src/prove/asked.ts';
import { contextOf } from '../../src/prove/examples.ts';
import { plainLeaves } from '../../src/prove/lint.ts';
import { prove } from '../../src/prove/never.ts';
import type { Want } from '../../src/prove/region.ts';
import { SpelledChange } from '../../src/prove/spelled.ts';
import type { TypeKnowledge } from '../../src/prove/types.ts';
import { Verdicts } from '../../src/prove/verdicts.ts';
import { replay, type Witness, witnessOf } from '../../src/prove/witness.ts';
import { Seeded } from '../seeded.ts';
import { type Case, generate, TOPICS } from './generate.ts';
import { knowing } from './known-types.ts';
import { loadCase } from './load.ts';
import { countedSpace, cubeOf, inRegion, type Point } from './points.ts';
import { poolOf, Raw, WildChange } from './wild.ts';

const TOPIC_NAMES = Object.keys(TOPICS);

/** What came of many cases. `faults`: where prover and brute force disagree, each with the seed that makes it again. */
export interface Tally {
  cases: number;
  proved: number;
  refuted: number;
  inconclusive: number;
  /** Spaces that were too large to look at point by point. */
  tooLarge: number;
  points: number;
  /** Points at which regions were compared with the evaluator. */
  compared: number;
  /** Changes made without any regard to the space, that had to be found in it. */
  wild: number;
  /** How many cases speak about what. */
  readonly topics: Map<string, number>;
  readonly faults: string[];
}

export interface BruteOptions {
  readonly cases: number;
  readonly seed: number;
  /** Points of one space at most. */
  readonly most: number;
  /** Points of one space whose regions are compared. */
  readonly compare: number;
  readonly wild: number;
}

export function emptyTally(): Tally {
  return {
    cases: 0,
    proved: 0,
    refuted: 0,
    inconclusive: 0,
    tooLarge: 0,
    points: 0,
    compared: 0,
    wild: 0,
    topics: new Map(),
    faults: [],
  };
}

/** Seeded rules against a look at every point of their space: proofs, regions, spellings, and that nothing lies outside of the space. */
export async function bruteForce({ cases, seed, ...options }: BruteOptions): Promise<Tally> {
  const tally = emptyTally();
  for (let run = 0; tally.cases < cases && run < cases * 20; run += 1) {
    const own = seed + run;
    const random = new Seeded(own);
    const one = generate(random, 3, TOPIC_NAMES[run % TOPIC_NAMES.length] as string);
    const faults = await bruteCase(one, random, tally, options);
    tally.faults.push(...faults.map((fault) => `seed ${own}: ${fault}`));
  }
  return tally;
}

/** One case; says what is wrong with it. */
export async function bruteCase(
  one: Case,
  random: Seeded,
  tally: Tally,
  { most, compare, wild }: Pick<BruteOptions, 'most' | 'compare' | 'wild'>,
): Promise<string[]> {
  const ruleset = await loadCase(one);
  const types = knowing(one.types);
  const counted = countedSpace([ruleset], types, most, tally);
  if (counted === null) return [];
  const { space, points } = counted;
  const verdicts = new Verdicts(space, 0);
  const look = new Look(verdicts, types, points);
  for (const topic of one.topics) tally.topics.set(topic, (tally.topics.get(topic) ?? 0) + 1);
  const faults = [...look.proofs(tally)];
  faults.push(...look.regions(random, compare, tally));
  faults.push(...outside([verdicts], types, points, random, wild, tally));
  return faults;
}

class Look {
  readonly #verdicts: Verdicts;
  readonly #types: TypeKnowledge;
  readonly #points: readonly Point[];
  readonly #witnesses = new Map<Point, Witness>();

  constructor(verdicts: Verdicts, types: TypeKnowledge, points: readonly Point[]) {
    this.#verdicts = verdicts;
    this.#types = types;
    this.#points = points;
  }

  get #ruleset(): Ruleset {
    return this.#verdicts.ruleset;
  }

  #witness(point: Point): Witness {
    const kept = this.#witnesses.get(point);
    if (kept) return kept;
    const { space } = this.#verdicts;
    const witness = witnessOf(space, cubeOf(point, space.cubes.sizes), 'deny', 0, this.#types, true);
    this.#witnesses.set(point, witness);
    return witness;
  }

  #view(point: Point): ChangeView {
    return viewOfWitness(this.#witness(point), this.#ruleset, this.#types);
  }

  /** Each `never` against the verdict at every point where it is not false. */
  *proofs(tally: Tally): Generator<string> {
    const rules = this.#ruleset.never;
    const wanted = rules.map(({ evenWithApproval }): Verdict[] => (evenWithApproval ? ['allow', 'needs-approval'] : ['allow']));
    const hit: (Point | undefined)[] = rules.map(() => undefined);
    for (const point of this.#points) {
      const view = this.#view(point);
      const open = rules.flatMap((rule, i) => (hit[i] === undefined && evaluate(rule.when, view) !== false ? [i] : []));
      if (open.length === 0) continue;
      const { verdict } = replay(this.#witness(point), this.#ruleset, this.#types);
      for (const i of open) if (wanted[i]?.includes(verdict)) hit[i] = point;
    }
    for (const [i, rule] of rules.entries()) {
      const expected = hit[i] === undefined ? 'proved' : 'refuted';
      try {
        const { outcome } = prove(rule, this.#verdicts, this.#types);
        tally[outcome] += 1;
        if (outcome !== expected) yield `${rule.id} is ${outcome}, by brute force ${expected}${this.#told(hit[i])}`;
      } catch (error) {
        yield `${rule.id}: ${(error as Error).message} (by brute force ${expected})`;
      }
    }
  }

  /** Regions of every condition against the evaluator, at some points. */
  *regions(random: Seeded, count: number, tally: Tally): Generator<string> {
    const conditions = [...new Set(asked(this.#ruleset).flatMap((c): Condition[] => [c, ...plainLeaves(c)]))];
    const wants: readonly Want[] = ['true', 'false', 'not-true', 'not-false'];
    const regions = conditions.map((condition) => wants.map((want) => this.#verdicts.regions.of(condition, want)));
    const seen = new Set<string>();
    for (const point of this.#points.length <= count
      ? this.#points
      : Array.from({ length: count }, () => random.pick(this.#points))) {
      tally.compared += 1;
      const view = this.#view(point);
      const { verdict } = replay(this.#witness(point), this.#ruleset, this.#types);
      if (verdict !== this.#byRegions(point) && !seen.has('verdict')) {
        seen.add('verdict');
        yield `the regions say ${this.#byRegions(point)}, the evaluator ${verdict}${this.#told(point)}`;
      }
      for (const [i, condition] of conditions.entries()) {
        const value = evaluate(condition, view);
        for (const [w, want] of wants.entries()) {
          const expected = want.startsWith('not-') ? String(value) !== want.slice(4) : String(value) === want;
          const key = `${i} ${want}`;
          if (inRegion(point, regions[i]?.[w] ?? []) === expected || seen.has(key)) continue;
          seen.add(key);
          yield `${told(condition)} ${want}: the region says ${!expected}, the evaluator ${value}${this.#told(point)}`;
        }
      }
    }
  }

  /** The verdict of lanes.md 4, put together from regions. */
  #byRegions(point: Point): Verdict {
    const { denied, grants, asked: due } = this.#verdicts;
    if (inRegion(point, denied) || !grants.some((grant) => inRegion(point, this.#verdicts.granted(grant)))) return 'deny';
    return inRegion(point, due) ? 'needs-approval' : 'allow';
  }

  #told(point: Point | undefined): string {
    if (point === undefined) return '';
    const { test } = this.#witness(point);
    return ` at ${test.as} ${test.operation} ${test.type} ${JSON.stringify([...test.with])} survivors ${JSON.stringify(test.survivors)}`;
  }
}

/**
 * Changes that were made without regard to the space: each must be like one of its points in everything that the rules ask,
 * under every ruleset.
 */
export function* outside(
  all: readonly [Verdicts, ...Verdicts[]],
  types: TypeKnowledge,
  points: readonly Point[],
  random: Seeded,
  count: number,
  tally: { wild: number },
): Generator<string> {
  if (count === 0) return;
  const { space } = all[0];
  const rulesets = space.rulesets;
  const leaves = rulesets.map((ruleset) => [...new Set(asked(ruleset).flatMap(plainLeaves))]);
  const signature = (r: number, view: ChangeView, principal: Witness['principal'], now: number | null) => {
    const ruleset = rulesets[r] as Ruleset;
    return JSON.stringify([
      leaves[r]?.map((leaf) => evaluate(leaf, view)),
      [...ruleset.denies, ...ruleset.grants].map(
        ({ span }) => span && now !== null && (span.from ?? now) <= now && now < (span.until ?? now + 1),
      ),
      ruleset.tiers && [principal.kind, principal.tier],
    ]);
  };
  const inside = new Set(
    points.map((point) =>
      rulesets
        .map((ruleset, r) => {
          const witness = witnessOf(space, cubeOf(point, space.cubes.sizes), 'deny', r, types, true);
          const view = viewOfWitness(witness, ruleset, types);
          return signature(r, view, witness.principal, contextOf(witness.test, space.times[0] ?? 0).now);
        })
        .join(' '),
    ),
  );
  const pool = poolOf(rulesets, askedOf(rulesets));
  const registered = rulesets.flatMap(({ registry: { people, agents } }) => [
    ...people.keys(),
    ...[...agents.keys()].map((id) => `agent:${id}`),
  ]);
  for (let i = 0; i < count; i += 1) {
    const raw = new Raw(random, pool, types, registered);
    tally.wild += 1;
    const changes = rulesets.map((ruleset) => new WildChange(raw, ruleset, types));
    const views = changes.map((change) => viewOf(change, change.principal, raw.context));
    const own = changes.map((change, r) => signature(r, views[r] as ChangeView, change.principal, raw.context.now)).join(' ');
    if (inside.has(own)) continue;
    const values = views.map((view, r) => leaves[r]?.map((leaf) => `${told(leaf)}=${evaluate(leaf, view)}`).join(' '));
    yield `a change is in no point of the space: ${changes[0]?.told}: ${values.join(' | ')}`;
    return;
  }
}

export function viewOfWitness({ test, principal }: Witness, ruleset: Ruleset, types: TypeKnowledge): ChangeView {
  return viewOf(new SpelledChange(test, ruleset, types), principal, contextOf(test, null));
}

/** What refined classes ask for is seen by the object alone; `class` says what came of it. */
function asked(ruleset: Ruleset): Condition[] {
  return conditionsOf({ ...ruleset, classes: new Map() });
}

function told(condition: Condition): string {
  return JSON.stringify(condition, (_, value) =>
    value instanceof Set ? [...value] : typeof value === 'symbol' ? String(value) : value,
  );
}
