import { objectKey } from '../classify/address.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import { actorsOf, type Shift, shiftOf } from '../tags/authority.ts';
import type { ObjectResult, ReadSummary, SweptTarget } from './record.ts';
import { classified, type Run, rereadState } from './run.ts';

/** A result's object among those of all states. */
export const shiftKey = ({ state, address, deposed }: Pick<ObjectResult, 'state' | 'address' | 'deposed'>): string =>
  `${state}\0${objectKey(address, deposed)}`;

/** Third pass: the states with drift once more, each object decided as the state tags it and as it was found. */
export async function judge(targets: readonly SweptTarget[], read: ReadSummary, run: Run): Promise<ReadonlyMap<string, Shift>> {
  const byState = new Map<number, Map<string, ReadonlyMap<string, string | null>>>();
  for (const { results } of targets) {
    for (const { state, address, deposed, outcome } of results) {
      if (outcome.kind !== 'read' || outcome.drifts.length === 0) continue;
      const found = byState.get(state) ?? new Map<string, ReadonlyMap<string, string | null>>();
      found.set(objectKey(address, deposed), new Map(outcome.drifts.map((drift) => [drift.key, drift.found])));
      byState.set(state, found);
    }
  }
  const shifts = new Map<string, Shift>();
  const actors = actorsOf(run.ruleset);
  let done = 0;
  for (const [state, found] of byState) {
    const file = rereadState(state, read, run);
    const is = new Map([...(await classified(file, run, { found }))].map((row) => [keyOf(row), row]));
    for (const row of await classified(file, run, { only: found })) {
      const { address, deposed } = row.change;
      const shift = shiftOf(row, is.get(keyOf(row)) as ClassifiedChange, run.ruleset, actors, run.context);
      shifts.set(shiftKey({ state, address, deposed }), shift);
    }
    done += 1;
    run.options.onProgress?.({ phase: 'judging', done, total: byState.size });
  }
  return shifts;
}

const keyOf = ({ change: { address, deposed } }: ClassifiedChange): string => objectKey(address, deposed);
