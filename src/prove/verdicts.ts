import type { Grant, Obligation, Ruleset, Span } from '../lanes/ruleset.ts';
import { LEVELS } from '../lanes/ruleset.ts';
import { bitsOf, type Cube, EVERYTHING, type Region } from './cube.ts';
import { Regions } from './region.ts';
import { Space } from './space.ts';

/** Where one ruleset denies, grants and asks (lanes.md 4), as regions of a space. Rules under `enforce: observe` have no part. */
export class Verdicts {
  readonly space: Space;
  readonly ruleset: Ruleset;
  readonly regions: Regions;
  readonly obligations: readonly { readonly rule: Obligation; readonly region: Region }[];
  readonly grants: readonly Grant[];
  readonly #index: number;
  readonly #caps = new Map<string, readonly Region[]>();
  readonly #granted = new Map<Grant, Region>();
  #denied: Region | null = null;

  constructor(space: Space, index: number) {
    this.space = space;
    this.#index = index;
    this.ruleset = space.rulesets[index] as Ruleset;
    this.regions = new Regions(space, index);
    this.obligations = this.ruleset.obligations
      .filter((rule) => rule.enforce)
      .map((rule) => ({ rule, region: this.regions.of(rule.when, 'not-false') }));
    this.grants = this.ruleset.grants.filter((grant) => grant.enforce);
  }

  /** Guards and freezes that are true or unknown. */
  get denied(): Region {
    this.#denied ??= this.ruleset.denies
      .filter((rule) => rule.enforce)
      .flatMap((rule) => this.space.cubes.intersect([this.regions.of(rule.when, 'not-false'), this.during(rule.span)]));
    return this.#denied;
  }

  /** Where a grant holds by itself, ceilings and tiers aside. */
  own(grant: Grant): Region {
    return this.space.cubes.intersect([
      this.regions.of(grant.who, 'true'),
      this.regions.of(grant.when, 'true'),
      this.during(grant.span),
    ]);
  }

  /** Where a grant holds within everything that caps it, and within `part`. */
  granted(grant: Grant, part: Region = [EVERYTHING]): Region {
    if (part.length === 1 && part[0] === EVERYTHING) {
      const kept = this.#granted.get(grant);
      if (kept) return kept;
      const region = this.space.cubes.intersect([this.own(grant), ...this.caps(grant)]);
      this.#granted.set(grant, region);
      return region;
    }
    // Narrow first: the product of all conditions and caps may be large where nobody looks. Whom a grant is for rules much out, but only
    // where it is asked of somebody.
    const ofSomebody = part.some((cube) => cube.has(Space.ACTOR));
    const narrow = (ofSomebody ? [grant.who, grant.when] : [grant.when, grant.who]).reduce(
      (rest, condition) => this.regions.within(rest, condition, 'true'),
      this.space.cubes.intersect([part, this.during(grant.span)]),
    );
    return narrow.length === 0 ? narrow : this.space.cubes.intersect([narrow, ...this.caps(grant)]);
  }

  /** What every ceiling above a grant, and the tiers, leave. */
  caps(grant: Grant): readonly Region[] {
    const kept = this.#caps.get(grant.level);
    if (kept) return kept;
    const ceilings = this.ruleset.ceilings
      .filter((ceiling) => ceiling.enforce && LEVELS.indexOf(ceiling.level) <= LEVELS.indexOf(grant.level))
      .map((ceiling) => [...this.regions.of(ceiling.covers, 'false'), ...this.regions.of(ceiling.may, 'true')]);
    const caps = [...ceilings, ...this.#tiers()];
    this.#caps.set(grant.level, caps);
    return caps;
  }

  during(span: Span | null): Region {
    if (span === null) return [EVERYTHING];
    const { from, until } = span;
    const { times } = this.space;
    const holds = (time: number): boolean => (from === null || from <= time) && (until === null || time < until);
    return this.space.cubes.constraint(
      Space.TIME,
      bitsOf(times.length, (cell) => holds(times[cell] as number)),
    );
  }

  /** A tier caps agents only; an agent without a known one, and whoever may be an agent, is capped at nothing. */
  #tiers(): Region[] {
    const { tiers } = this.ruleset;
    if (tiers === null) return [];
    const { actors, cubes } = this.space;
    const actorsLike = (holds: (actor: { kind: string; tier: string | null }) => boolean): Region =>
      cubes.constraint(
        Space.ACTOR,
        bitsOf(actors.length, (cell) => {
          const principal = actors[cell]?.principals[this.#index];
          return principal !== undefined && holds(principal);
        }),
      );
    const capped = [...tiers]
      .filter(([name]) => name !== 'unknown')
      .flatMap(([name, may]) =>
        cubes.intersect([actorsLike(({ kind, tier }) => kind === 'agent' && tier === name), this.regions.of(may, 'true')]),
      );
    return [[...actorsLike(({ kind }) => kind === 'human' || kind === 'ci'), ...capped]];
  }

  /** A point where some grant holds and nothing denies, within `part` and outside of `blocked`; null = there is none. */
  findAllowed(part: Region, blocked: Region): { cube: Cube; grant: Grant } | null {
    let out: Region | null = null;
    for (const grant of this.grants) {
      for (const cube of this.granted(grant, part)) {
        out ??= [...this.denied, ...this.space.impossible, ...blocked];
        const found = this.space.cubes.find(cube, out);
        if (found !== null) return { cube: found, grant };
      }
    }
    return null;
  }

  /** Where an approval is asked for. */
  get asked(): Region {
    return this.obligations.flatMap(({ region }) => region);
  }
}
