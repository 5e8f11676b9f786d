import { objectKey } from '../classify/address.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import type { Principal } from '../lanes/registry.ts';
import { actorsOf, type Shift, shiftOf, widens } from '../tags/authority.ts';
import type { TagDrift } from '../tags/drift.ts';
import { decideEdit, type EditVerdict, type LeftKey, mendingOf } from '../tags/edits.ts';
import type { JournalEdit } from './journal.ts';
import type { ObjectResult, ReadSummary } from './record.ts';
import { classified, type Run, rereadState } from './run.ts';

/** What is wrong with one object, as a scan or a journal says it. */
export interface Damage {
  readonly result: Pick<ObjectResult, 'state' | 'address' | 'deposed' | 'type' | 'place'>;
  readonly drifts: readonly TagDrift[];
  readonly managedBy: string | null;
  /** For undoing: keys as they were, null = take it off; a repair works them out from the drifts. */
  readonly restore: ReadonlyMap<string, string | null> | null;
}

/** An edit with the judgement on it. */
export interface JudgedEdit {
  readonly edit: JournalEdit;
  readonly verdict: EditVerdict;
  /** Which access it would change. */
  readonly shift: Shift;
  readonly widens: boolean;
}

/** What can be done about one object: an edit, or none where every key is left alone. */
export interface Mended {
  readonly damage: Damage;
  readonly edit: JudgedEdit | null;
  readonly left: readonly LeftKey[];
}

/** Works out each object's edit and judges it, state by state: each state is read once and let go. */
export async function mend(
  damages: readonly Damage[],
  read: ReadSummary,
  run: Run,
  principals: readonly [Principal, ...Principal[]],
): Promise<readonly Mended[]> {
  const byState = new Map<number, Damage[]>();
  for (const damage of damages) {
    const group = byState.get(damage.result.state);
    if (group === undefined) byState.set(damage.result.state, [damage]);
    else group.push(damage);
  }
  const mended: Mended[] = [];
  for (const [state, group] of byState) mended.push(...(await mendState(state, group, read, run, principals)));
  return mended;
}

async function mendState(
  state: number,
  damages: readonly Damage[],
  read: ReadSummary,
  run: Run,
  principals: readonly [Principal, ...Principal[]],
): Promise<Mended[]> {
  const file = rereadState(state, read, run);
  const found = new Map(
    damages.map(({ result, drifts }) => [keyOf(result), new Map(drifts.map((drift) => [drift.key, drift.found] as const))]),
  );
  const now = byKey(await classified(file, run, { found }));
  const plans = damages.map((damage) => {
    const row = now.get(keyOf(damage.result)) as ClassifiedChange;
    const mending = mendingOf(row, damage.drifts, damage.managedBy);
    const set: ReadonlyMap<string, string | null> = damage.restore ?? mending.set;
    const before = new Map(damage.drifts.flatMap(({ key, own }) => (set.has(key) ? [[key, own] as const] : [])));
    return { damage, row, set, before, left: damage.restore === null ? mending.left : [] };
  });
  const then = byKey(
    await classified(file, run, {
      found: new Map(plans.map(({ damage, set }) => [keyOf(damage.result), overlaid(found, damage, set)])),
    }),
  );
  const actors = actorsOf(run.ruleset);
  const path = read.states[state]?.path ?? '';
  return plans.map(({ damage, row, set, before, left }): Mended => {
    if (set.size === 0) return { damage, edit: null, left };
    const after = then.get(keyOf(damage.result)) as ClassifiedChange;
    const { type, place, address } = damage.result;
    const shift = shiftOf(row, after, run.ruleset, actors, run.context);
    const verdict = decideEdit(row, after, [...set.keys()], run.ruleset, principals, run.context);
    const edit = {
      type,
      place,
      state: path,
      address: objectKey(address, damage.result.deposed),
      before: Object.fromEntries(before),
      set: Object.fromEntries(set),
    };
    return { damage, edit: { edit, verdict, shift, widens: widens(shift) }, left };
  });
}

const keyOf = ({ address, deposed }: Pick<ObjectResult, 'address' | 'deposed'>): string => objectKey(address, deposed);

function byKey(rows: Iterable<ClassifiedChange>): ReadonlyMap<string, ClassifiedChange> {
  return new Map([...rows].map((row) => [keyOf(row.change), row]));
}

function overlaid(
  found: ReadonlyMap<string, ReadonlyMap<string, string | null>>,
  damage: Damage,
  set: ReadonlyMap<string, string | null>,
): ReadonlyMap<string, string | null> {
  return new Map([...(found.get(keyOf(damage.result)) ?? []), ...set]);
}
