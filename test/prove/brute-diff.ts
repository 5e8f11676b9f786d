import type { Verdict } from '../../src/decide/decision.ts';
import type { Approval, Ruleset } from '../../src/lanes/ruleset.ts';
import { Inconclusive } from '../../src/prove/cube.ts';
import { DIFFERENCES, type DifferenceKind, differences } from '../../src/prove/diff.ts';
import type { TypeKnowledge } from '../../src/prove/types.ts';
import { Verdicts } from '../../src/prove/verdicts.ts';
import { replay, type Witness, witnessOf } from '../../src/prove/witness.ts';
import { Seeded } from '../seeded.ts';
import { outside } from './brute.ts';
import { edited } from './edits.ts';
import { type Doc, generate, TOPICS } from './generate.ts';
import { knowing } from './known-types.ts';
import { loadCase } from './load.ts';
import { countedSpace, cubeOf, inCube, type Point } from './points.ts';

const TOPIC_NAMES = Object.keys(TOPICS);

export interface DiffTally {
  cases: number;
  /** Pairs without any difference. */
  same: number;
  inconclusive: number;
  tooLarge: number;
  points: number;
  wild: number;
  readonly kinds: Record<DifferenceKind, number>;
  readonly faults: string[];
}

export interface DiffOptions {
  readonly cases: number;
  readonly seed: number;
  /** Points of one space at most. */
  readonly most: number;
  readonly wild: number;
}

export function emptyDiffTally(): DiffTally {
  const kinds = Object.fromEntries(DIFFERENCES.map((kind) => [kind, 0])) as Record<DifferenceKind, number>;
  return { cases: 0, same: 0, inconclusive: 0, tooLarge: 0, points: 0, wild: 0, kinds, faults: [] };
}

/** Seeded rules and an edit of them against a look at every point of their joint space. */
export async function bruteDiffs({ cases, seed, most, wild }: DiffOptions): Promise<DiffTally> {
  const tally = emptyDiffTally();
  for (let run = 0; tally.cases < cases && run < cases * 20; run += 1) {
    const random = new Seeded(seed + run);
    const one = generate(random, 2, TOPIC_NAMES[run % TOPIC_NAMES.length] as string);
    const after = edited(one, random);
    const faults = await bruteDiff(one.org, after, knowing(one.types), { most, wild, random }, tally);
    tally.faults.push(...faults.map((fault) => `seed ${seed + run}: ${fault}`));
  }
  return tally;
}

export async function bruteDiff(
  before: Doc,
  after: Doc,
  types: TypeKnowledge,
  { most, wild, random }: { readonly most: number; readonly wild: number; readonly random: Seeded },
  tally: DiffTally,
): Promise<string[]> {
  const rulesets = [await loadCase({ org: before, project: null }), await loadCase({ org: after, project: null })];
  const counted = countedSpace(rulesets, types, most, tally);
  if (counted === null) return [];
  const { space, points } = counted;
  const [old, now] = [new Verdicts(space, 0), new Verdicts(space, 1)];
  const pointwise = new Map(points.map((point) => [point, kindsAt(point, old, now, types)]));
  const expected = new Set([...pointwise.values()].flat());
  for (const kind of expected) tally.kinds[kind] += 1;
  if (expected.size === 0) tally.same += 1;
  try {
    return [...compared(old, now, types, pointwise, expected), ...outside([old, now], types, points, random, wild, tally)];
  } catch (error) {
    if (!(error instanceof Inconclusive)) return [(error as Error).message];
    tally.inconclusive += 1;
    return [];
  }
}

function* compared(
  old: Verdicts,
  now: Verdicts,
  types: TypeKnowledge,
  pointwise: ReadonlyMap<Point, readonly DifferenceKind[]>,
  expected: ReadonlySet<DifferenceKind>,
): Generator<string> {
  const { found, more } = differences(old, now, types);
  const told = new Set(found.map(({ kind }) => kind));
  for (const kind of DIFFERENCES) {
    if (told.has(kind) === expected.has(kind)) continue;
    const where = [...pointwise].find(([, kinds]) => kinds.includes(kind));
    yield `${kind} is ${told.has(kind) ? '' : 'not '}reported${where ? ` ${spelled(old, now, where[0], types)}` : ''}`;
  }
  for (const { kind, region, witness, before, after } of found) {
    const verdicts = [old, now].map(({ ruleset }, r) => replayAs(witness, r, [old, now], ruleset, types).verdict);
    if (verdicts[0] !== before || verdicts[1] !== after)
      yield `${kind}: the witness is ${verdicts.join(' -> ')}, reported as ${before} -> ${after}`;
    for (const [point, kinds] of pointwise) {
      if (kinds.includes(kind) || !inCube(point, region)) continue;
      yield `${kind}: its region holds a point that does not differ so: ${spelled(old, now, point, types)}`;
      break;
    }
  }
  // Where nothing is left out, the regions together hold every point that differs.
  for (const kind of told) {
    if (more.includes(kind)) continue;
    const regions = found.filter((one) => one.kind === kind).map(({ region }) => region);
    const missed = [...pointwise].find(([point, kinds]) => kinds.includes(kind) && !regions.some((r) => inCube(point, r)));
    if (missed) yield `${kind}: no region holds ${spelled(old, now, missed[0], types)}`;
  }
}

/** How one change is decided otherwise: lanes.md 6, from the verdicts of the evaluator alone. */
function kindsAt(point: Point, old: Verdicts, now: Verdicts, types: TypeKnowledge): DifferenceKind[] {
  const [before, after] = [old, now].map((verdicts, r) => replay(witnessAt(verdicts, point, r, types), verdicts.ruleset, types));
  if (!before || !after) throw new Error('two rulesets');
  const pair = `${before.verdict} ${after.verdict}`;
  switch (pair) {
    case 'deny allow':
      return ['newly-allowed'];
    case 'deny needs-approval':
      return ['within-approval'];
    case 'allow deny':
    case 'needs-approval deny':
      return ['newly-denied'];
    case 'allow needs-approval':
      return ['newly-asked'];
    case 'needs-approval allow':
      return ['approval-weakened'];
    case 'needs-approval needs-approval': {
      const strong = before.approvals.every(({ approval }) =>
        after.approvals.some((other) => asStrong(other.approval, approval, now.ruleset, old.ruleset)),
      );
      return strong ? [] : ['approval-weakened'];
    }
    default:
      return [];
  }
}

/** No fewer, of no more people, not of the author where it was not; whom a team holds nobody knows without a registry. */
function asStrong(after: Approval, before: Approval, now: Ruleset, old: Ruleset): boolean {
  const givers = ({ from }: Approval, { registry }: Ruleset) =>
    from.id === undefined ? (registry.teams.get(from.team ?? '') ?? []) : [from.id];
  const known = (approval: Approval, { registry }: Ruleset) => registry.declared || approval.from.id !== undefined;
  const narrow =
    known(after, now) && known(before, old)
      ? givers(after, now).every((id) => givers(before, old).includes(id))
      : after.from.team === before.from.team && after.from.id === before.from.id;
  return narrow && after.count >= before.count && before.notBy.every((who) => after.notBy.includes(who));
}

function witnessAt({ space }: Verdicts, point: Point, ruleset: number, types: TypeKnowledge): Witness {
  return witnessOf(space, cubeOf(point, space.cubes.sizes), 'deny', ruleset, types, true);
}

function replayAs(witness: Witness, index: number, [old]: readonly [Verdicts, Verdicts], ruleset: Ruleset, types: TypeKnowledge) {
  const actor = old.space.actors.find(
    ({ spelled, principals }) => spelled === witness.test.as && (principals[1]?.assurance === 'host') === witness.hosted,
  );
  const principal = actor?.principals[index];
  if (!principal) throw new Error('nobody');
  return replay({ ...witness, principal }, ruleset, types);
}

function spelled(old: Verdicts, now: Verdicts, point: Point, types: TypeKnowledge): string {
  const { test } = witnessAt(now, point, 1, types);
  const verdicts: Verdict[] = [old, now].map((v, r) => replay(witnessAt(v, point, r, types), v.ruleset, types).verdict);
  return `${test.as} ${test.operation} ${test.type} ${JSON.stringify([...test.with])} ${JSON.stringify(test.survivors)}: ${verdicts.join(' -> ')}`;
}
