import type { Survivor } from '../lanes/ruleset.ts';
import type { SuccessorTest } from '../logic/fact.ts';
import type { Kleene } from '../logic/kleene.ts';
import { Inconclusive } from './cube.ts';

/** What survivors there are, as far as the rules can tell. `side: none`: nothing stood before, so none is asked for. */
export interface SuccessorCell {
  readonly side: 'none' | 'before';
  /** What the survivors share with the object, each survivor by itself; null = unknown. */
  readonly survivors: readonly Survivor[] | null;
}

const MOST_TESTS = 6;

/** A survivor that shares more answers what asks for less. */
export function answers({ same, anyType }: Survivor, test: SuccessorTest): boolean {
  return (same === null || test.same.every((key) => same.includes(key))) && (test.anyType || !anyType);
}

export function successorValue(cell: SuccessorCell, test: SuccessorTest): Kleene {
  if (cell.side === 'none') return false;
  if (cell.survivors === null) return 'unknown';
  return cell.survivors.some((survivor) => answers(survivor, test)) === (test.want === 'present');
}

/** One cell for each set of tests that some survivors answer, for an unknown answer, and for no before side. */
export function successorCells(tests: readonly SuccessorTest[]): SuccessorCell[] {
  const asked = [
    ...new Map(tests.map(({ same, anyType }) => [JSON.stringify([[...same].sort(), anyType]), { same, anyType }])).values(),
  ];
  if (asked.length > MOST_TESTS) throw new Inconclusive('too many different conditions on `successor`');
  const cells = new Map<string, SuccessorCell>();
  for (let mask = 0; mask < 1 << asked.length; mask += 1) {
    const survivors = asked.filter((_, i) => ((mask >> i) & 1) === 1);
    const key = asked.map((test) => survivors.some((s) => answers(s, { ...test, want: 'present' }))).join();
    if (!cells.has(key)) cells.set(key, { side: 'before', survivors });
  }
  return [...cells.values(), { side: 'before', survivors: null }, { side: 'none', survivors: null }];
}
