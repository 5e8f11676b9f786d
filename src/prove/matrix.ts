import type { Principal } from '../lanes/registry.ts';
import { OPERATIONS, type Operation } from '../logic/fact.ts';
import { type Bits, bitsOf, type Cube, meet, type Region } from './cube.ts';
import { Space } from './space.ts';
import type { Verdicts } from './verdicts.ts';

export type Answer = 'allow' | 'ask' | 'no' | 'depends';

/** What one principal may do to one class, by operation and by value of one attribute. */
export interface MatrixAnswer {
  readonly class: string;
  readonly operation: Operation;
  readonly value: string;
  readonly answer: Answer;
  /** Rules that decide. */
  readonly by: readonly string[];
  /** Facts on which it depends, by name. */
  readonly on: readonly string[];
}

/**
 * What a principal may do, over every change with known facts: `allow`, `ask` and `no` hold whatever else is true, `depends`
 * hangs on more than class, operation and attribute. `value` "unknown": no source says it.
 */
export function* matrixOf(
  verdicts: Verdicts,
  {
    principal,
    classes,
    attribute,
    values,
    now,
  }: {
    readonly principal: Principal;
    /** The rules need not name them, but the space must know that they are asked for. */
    readonly classes: readonly string[];
    readonly attribute: string | null;
    readonly values: readonly string[];
    /** Milliseconds since the epoch. */
    readonly now: number;
  },
): Generator<MatrixAnswer> {
  const { space } = verdicts;
  const time = space.timeCell(now);
  const actor = space.actors.findIndex(({ principals }) => same(principals[0] as Principal, principal));
  if (actor < 0) throw new Error(`no such principal in the space: ${principal.id}`);
  const known = knownFacts(space, attribute);
  for (const name of classes) {
    const kinds = verdicts.regions.of({ op: 'fact', key: 'class', test: { is: 'equals', value: name } }, 'true');
    for (const operation of OPERATIONS) {
      for (const value of values) {
        const fixed = new Map<number, Bits>([
          ...known,
          [Space.OPERATION, bitsOf(OPERATIONS.length, (cell) => OPERATIONS[cell] === operation)],
          [Space.ACTOR, bitsOf(space.actors.length, (cell) => cell === actor)],
          [Space.TIME, bitsOf(space.times.length, (cell) => cell === time)],
          ...attributeBits(space, attribute, value),
        ]);
        const part = space.cubes.intersect([[fixed], kinds]);
        yield { class: name, operation, value, ...answerIn(part, verdicts) };
      }
    }
  }
}

function answerIn(part: Region, verdicts: Verdicts): Pick<MatrixAnswer, 'answer' | 'by' | 'on'> {
  const { space, denied, asked, grants } = verdicts;
  const { cubes, impossible } = space;
  const first = (region: Region, blocked: Region): Cube | null => {
    for (const cube of region) {
      const found = cubes.find(cube, [...impossible, ...blocked]);
      if (found !== null) return found;
    }
    return null;
  };
  const holding = grants
    .map((grant) => ({ grant, region: verdicts.granted(grant, part) }))
    .filter(({ region }) => region.length > 0);
  const granted = holding.flatMap(({ region }) => region);
  const allowed = first(granted, [...denied, ...asked]);
  const needs = cubes.intersect([granted, asked]);
  const asks = first(needs, denied);
  if (allowed === null && asks === null) return { answer: 'no', by: against(part, verdicts, true), on: [] };
  const refused = first(part, granted) ?? first(cubes.intersect([granted, denied]), []);
  const asking = verdicts.obligations
    .filter(({ region }) => cubes.intersect([granted, region]).length > 0)
    .map(({ rule }) => rule.id);
  const by = [...new Set([...holding.map(({ grant }) => grant.id), ...(asks === null ? [] : asking)])];
  if (refused === null && asks === null) return { answer: 'allow', by, on: [] };
  if (refused === null && allowed === null) return { answer: 'ask', by, on: [] };
  const on =
    allowed !== null
      ? decidingFacts(allowed, part, [...denied, ...asked], granted, space)
      : decidingFacts(asks as Cube, part, denied, needs, space);
  return { answer: 'depends', by: [...new Set([...by, ...against(granted, verdicts, false)])], on };
}

/** Guards and freezes that deny all of a region, or some of it. */
function against(region: Region, verdicts: Verdicts, all: boolean): string[] {
  const { ruleset, regions, space } = verdicts;
  const { cubes, impossible } = space;
  return ruleset.denies
    .filter((rule) => rule.enforce)
    .filter((rule) => {
      const own = cubes.intersect([region, regions.of(rule.when, 'not-false'), verdicts.during(rule.span)]);
      if (!all) return own.length > 0;
      return own.length > 0 && region.every((cube) => cubes.find(cube, [...own, ...impossible]) === null);
    })
    .map((rule) => rule.id);
}

/** The facts without which a region that is decided one way would not be decided so as a whole. */
function decidingFacts(found: Cube, part: Region, blocked: Region, within: Region, space: Space): string[] {
  const { cubes, impossible } = space;
  const names = new Set<string>();
  for (const variable of found.keys()) {
    for (const whole of part) {
      const bits = whole.get(variable);
      const freed = new Map(found);
      if (bits === undefined) freed.delete(variable);
      else freed.set(variable, bits);
      const same =
        blocked.every((other) => meet(freed, other) === null) && cubes.find(freed, [...within, ...impossible]) === null;
      if (!same) names.add(space.nameOf(variable));
    }
  }
  return [...names].sort();
}

/** Unknown and absent facts are left aside: they only ever deny. */
function knownFacts(space: Space, attribute: string | null): [number, Bits][] {
  const told = bitsOf(space.successors.length, (cell) => {
    const { side, survivors } = space.successors[cell] as (typeof space.successors)[number];
    return side === 'none' || survivors !== null;
  });
  const facts = space.facts
    .filter(({ key }) => key !== attribute)
    .map(({ variable, cells }): [number, Bits] => [
      variable,
      bitsOf(cells.length, (cell) => cells[cell]?.state.kind === 'value' || cells[cell]?.state.kind === 'members'),
    ]);
  return [...facts, [Space.SUCCESSOR, told]];
}

function attributeBits(space: Space, attribute: string | null, value: string): [number, Bits][] {
  return space.facts
    .filter(({ key }) => key === attribute)
    .map(({ variable, cells }) => [
      variable,
      bitsOf(cells.length, (cell) => (value === 'unknown' ? cells[cell]?.spelled === undefined : cells[cell]?.spelled === value)),
    ]);
}

function same(a: Principal, b: Principal): boolean {
  return a.id === b.id && a.kind === b.kind && a.assurance === b.assurance;
}
