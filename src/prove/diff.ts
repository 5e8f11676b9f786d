import type { Verdict } from '../decide/decision.ts';
import type { Approval, Obligation, Ruleset } from '../lanes/ruleset.ts';
import { type Bits, bitsOf, type Cube, hasBit, Inconclusive, meet, type Region } from './cube.ts';
import { replayed } from './never.ts';
import { Space } from './space.ts';
import type { TypeKnowledge } from './types.ts';
import type { Verdicts } from './verdicts.ts';
import type { Witness } from './witness.ts';
import { replay } from './witness.ts';

export const DIFFERENCES = ['newly-allowed', 'within-approval', 'approval-weakened', 'newly-denied', 'newly-asked'] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

/** The first three give access that was not there before: `--no-new-access` fails on them. */
export const NEW_ACCESS: ReadonlySet<DifferenceKind> = new Set(['newly-allowed', 'within-approval', 'approval-weakened']);

/** Changes that the new rules decide otherwise than the old ones: one of them, and the widest region around it that is alike. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly witness: Witness;
  readonly before: Verdict;
  readonly after: Verdict;
  readonly region: Cube;
  /** For a weakened approval: which one. */
  readonly approval: { readonly id: string; readonly before: Approval; readonly after: Approval | null } | null;
}

/** Regions of one kind that are shown; that there are more is told. */
export const MOST_REGIONS = 8;

export interface Differences {
  readonly found: readonly Difference[];
  /** Kinds of which there are more than are shown. */
  readonly more: readonly DifferenceKind[];
}

/** Where a difference may lie: `seed` cubes, outside of `blocked`. */
interface Search {
  readonly kind: DifferenceKind;
  readonly seeds: Iterable<Cube>;
  readonly blocked: Region;
  readonly approval?: Obligation;
}

/**
 * What a change of rules newly allows, brings within reach of an approval, weakens, denies or asks for (lanes.md 6). Both sides
 * stand in one space; each witness was decided by the evaluator under both. Throws `Inconclusive`.
 */
export function differences(before: Verdicts, after: Verdicts, types: TypeKnowledge): Differences {
  const { space } = before;
  let found: readonly Difference[] = [];
  const more = new Set<DifferenceKind>();
  for (const search of searches(before, after)) {
    const seeds = [...search.seeds];
    const ofKind = (all: readonly Difference[]) => all.filter(({ kind }) => kind === search.kind);
    for (const seed of seeds) {
      while (!more.has(search.kind)) {
        const shown = ofKind(found).map(({ region }) => region);
        const cube = space.cubes.find(seed, [...search.blocked, ...space.impossible, ...shown]);
        if (cube === null) break;
        const region = tidy(widen(cube, seeds, search.blocked, space), space);
        const all = joined(found, witnessed(search, cube, region, before, after, types), space);
        if (ofKind(all).length > MOST_REGIONS) more.add(search.kind);
        else found = all;
      }
    }
  }
  return { found, more: [...more] };
}

/** With one more difference, or that of which it is a part told together with it: one grant of two operations is one difference. */
function joined(found: readonly Difference[], one: Difference, space: Space): readonly Difference[] {
  for (const other of found) {
    const alike = other.kind === one.kind && other.before === one.before && other.after === one.after;
    if (!alike || other.approval?.id !== one.approval?.id) continue;
    const region = united(other.region, one.region, space);
    if (region === null) continue;
    const rest = found.filter((difference) => difference !== other);
    return joined(rest, { ...other, region }, space);
  }
  return [...found, one];
}

/** The smallest cube around two, where it holds nothing else that a change can be; null where it does. */
function united(a: Cube, b: Cube, space: Space): Cube | null {
  const around = new Map(
    [...a].flatMap(([variable, bits]): [number, Bits][] => {
      const other = b.get(variable);
      return other === undefined ? [] : [[variable, bits.map((word, i) => word | (other[i] as number))]];
    }),
  );
  return space.cubes.find(around, [a, b, ...space.impossible]) === null ? tidy(around, space) : null;
}

function* searches(before: Verdicts, after: Verdicts): Generator<Search> {
  const granted = (verdicts: Verdicts): Region => verdicts.grants.flatMap((grant) => verdicts.granted(grant));
  const [old, now] = [granted(before), granted(after)];
  yield { kind: 'newly-allowed', seeds: now, blocked: [...after.denied, ...after.asked, ...old] };
  yield { kind: 'newly-allowed', seeds: common(now, before.denied), blocked: [...after.denied, ...after.asked] };
  yield { kind: 'within-approval', seeds: common(now, after.asked), blocked: [...after.denied, ...old] };
  yield { kind: 'within-approval', seeds: common(common(now, after.asked), before.denied), blocked: after.denied };
  for (const { rule, region } of before.obligations) {
    const strong = after.obligations
      .filter((other) => asStrong(other.rule, rule, before.ruleset, after.ruleset))
      .flatMap((o) => o.region);
    const seeds = common(common(region, now), old);
    yield { kind: 'approval-weakened', seeds, blocked: [...after.denied, ...before.denied, ...strong], approval: rule };
  }
  yield { kind: 'newly-denied', seeds: old, blocked: [...before.denied, ...now] };
  yield { kind: 'newly-denied', seeds: common(old, after.denied), blocked: before.denied };
  yield {
    kind: 'newly-asked',
    seeds: common(common(old, now), after.asked),
    blocked: [...before.denied, ...before.asked, ...after.denied],
  };
}

function* common(a: Iterable<Cube>, b: Region): Generator<Cube> {
  for (const one of a) {
    for (const other of b) {
      const both = meet(one, other);
      if (both !== null) yield both;
    }
  }
}

/** Whether one obligation asks for at least as much as another: no fewer approvals, from no other people, of no more of them. */
function asStrong(rule: Obligation, than: Obligation, before: Ruleset, after: Ruleset): boolean {
  const allowed = givers(rule.approval, after);
  const wanted = givers(than.approval, before);
  const sameSource = rule.approval.from.team === than.approval.from.team && rule.approval.from.id === than.approval.from.id;
  const narrow = allowed === null || wanted === null ? sameSource : allowed.every((id) => wanted.includes(id));
  return (
    narrow && rule.approval.count >= than.approval.count && than.approval.notBy.every((who) => rule.approval.notBy.includes(who))
  );
}

/** Who can give an approval; null where no registry says. */
function givers({ from }: Approval, { registry }: Ruleset): readonly string[] | null {
  if (from.id !== undefined) return [from.id];
  return registry.declared && from.team !== undefined ? (registry.teams.get(from.team) ?? []) : null;
}

/** The widest cube around one that still differs as a whole: within the seeds together, outside of what is blocked. */
function widen(cube: Cube, seeds: Region, blocked: Region, { cubes, impossible }: Space): Cube {
  const within = [...seeds, ...impossible];
  const differs = (wider: Cube): boolean =>
    blocked.every((other) => meet(wider, other) === null) && cubes.find(wider, within) === null;
  let wide = cube;
  for (const variable of cube.keys()) {
    const free = new Map(wide);
    free.delete(variable);
    if (differs(free)) wide = free;
    else {
      for (const bits of cubes.larger(wide, variable)) {
        const looser = new Map(wide).set(variable, bits(wide.get(variable) as Bits));
        if (differs(looser)) wide = looser;
      }
    }
  }
  return wide;
}

/** The same region told shortly: no cells that nothing in it can have, and no constraint that everything in it meets anyway. */
function tidy(region: Cube, { cubes, impossible }: Space): Cube {
  let tidied = region;
  for (const variable of region.keys()) {
    const free = new Map(tidied);
    free.delete(variable);
    const size = cubes.sizes[variable] ?? 0;
    const one = (cell: number): Bits => bitsOf(size, (other) => other === cell);
    const possible = bitsOf(size, (cell) => cubes.find(new Map(free).set(variable, one(cell)), impossible) !== null);
    const own = tidied.get(variable) as Bits;
    const kept = bitsOf(size, (cell) => hasBit(own, cell) && hasBit(possible, cell));
    tidied = kept.every((word, i) => word === possible[i]) ? free : new Map(tidied).set(variable, kept);
  }
  return tidied;
}

const WANTED: Readonly<Record<DifferenceKind, readonly [before: readonly Verdict[], after: readonly Verdict[]]>> = {
  'newly-allowed': [['deny'], ['allow']],
  'within-approval': [['deny'], ['needs-approval']],
  'approval-weakened': [['needs-approval'], ['allow', 'needs-approval']],
  'newly-denied': [['allow', 'needs-approval'], ['deny']],
  'newly-asked': [['allow'], ['needs-approval']],
};

function witnessed(
  search: Search,
  cube: Cube,
  region: Cube,
  before: Verdicts,
  after: Verdicts,
  types: TypeKnowledge,
): Difference {
  const [oldWanted, newWanted] = WANTED[search.kind];
  const asBefore = (candidate: Witness): Verdict => replay(asOf(before, candidate, cube), before.ruleset, types).verdict;
  const { witness, verdict } = replayed(after, cube, types, newWanted, search.kind, 1, (candidate) =>
    oldWanted.includes(asBefore(candidate)),
  );
  const old = asBefore(witness);
  return { kind: search.kind, witness, before: old, after: verdict, region, approval: weakened(search, after) };
}

function weakened({ kind, approval }: Search, after: Verdicts): Difference['approval'] {
  if (kind !== 'approval-weakened' || approval === undefined) return null;
  const now = after.ruleset.obligations.find(({ id }) => id === approval.id);
  return { id: approval.id, before: approval.approval, after: now?.approval ?? null };
}

/** The same change under the old rules: their registry, and where classes are spelled, by the names that they have there. */
function asOf(before: Verdicts, candidate: Witness, cube: Cube): Witness {
  const { space } = before;
  const spelled = new Map(candidate.test.with);
  const kind = space.kinds[space.cubes.first(cube, Space.KIND)];
  if (spelled.has('class')) spelled.set('class', [...(kind?.memberships[0]?.members.keys() ?? [])]);
  return { ...candidate, test: { ...candidate.test, with: spelled }, principal: actorOf(before, candidate) };
}

/** The same actor under the old registry. */
function actorOf(before: Verdicts, { test, hosted }: Witness): Witness['principal'] {
  const actor = before.space.actors.find((a) => a.spelled === test.as && (a.principals[0]?.assurance === 'host') === hosted);
  const principal = actor?.principals[0];
  if (principal === undefined) throw new Inconclusive(`\`${test.as}\` is nobody under the old rules`);
  return principal;
}
