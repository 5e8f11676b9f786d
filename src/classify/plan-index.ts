import { stripKeys } from '../plan/address.ts';
import { hasSide } from '../plan/later-row.ts';
import type { BlockAddress, DriftRow, PlanFile, PriorObject, ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import { objectKey } from './address.ts';
import { untouchedRow } from './identity.ts';
import { RowFinder } from './row-finder.ts';

/** Look-ups over all rows of one plan, built once: what one row has to know of the others. */
export interface PlanIndex {
  readonly plan: PlanFile;
  readonly rows: readonly ResourceChange[];
  /** Of these, those that do something or are odd, and among them those whose object leaves; in plan order. */
  readonly acting: readonly ResourceChange[];
  readonly leaving: readonly ResourceChange[];
  /** Whether every row has a name of its own. */
  readonly distinct: boolean;
  /** All objects that can be referred to: the rows, and stand-ins for objects of prior state that no row shows and none may touch. */
  readonly objects: readonly ResourceChange[];
  readonly byBlock: ReadonlyMap<BlockAddress, readonly ResourceChange[]>;
  readonly byType: ReadonlyMap<string, readonly ResourceChange[]>;
  /** Managed objects of a type, deposed ones aside, that rows delete or forget and do nothing else to. */
  endedOf(type: string): readonly ResourceChange[];
  readonly drift: ReadonlyMap<string, DriftRow>;
  /** What an object of prior state depends on, by its key; nothing where it is not in state. */
  dependsOn(key: string): readonly BlockAddress[];
  /** Managed prior objects that no row shows: a targeted or deferred plan leaves them out. */
  readonly unseen: readonly PriorObject[];
  /** The rows that they would have if nothing happened to them, in the same order. */
  readonly standIns: readonly ResourceChange[];
  /** Source addresses of the providers of all prior objects. */
  readonly priorProviders: ReadonlySet<string>;
}

export function indexPlan(plan: PlanFile): PlanIndex {
  const rows = [...plan.rows()];
  const byBlock = new Map<BlockAddress, ResourceChange[]>();
  const byType = new Map<string, ResourceChange[]>();
  const ended = new Map<string, ResourceChange[]>();
  const acting = rows.filter((row) => !isStill(row));
  const { unseen, priorProviders } = readPrior(plan, rows);
  const deferred = new Set(rows.filter((row) => row.deferred !== null).map((row) => stripKeys(row.address)));
  const standIns = unseen.map((object) => untouchedRow(object, plan));
  const untouched = deferred.size === 0 ? standIns : standIns.filter(({ address }) => !deferred.has(stripKeys(address)));
  const objects = untouched.length === 0 ? rows : [...rows, ...untouched];
  for (const row of objects) {
    if (row.block) append(byBlock, row.block.address, row);
    append(byType, row.type, row);
    if (onlyEnds(row)) append(ended, row.type, row);
  }
  let depending: Map<string, readonly BlockAddress[]> | null = null;
  return {
    plan,
    rows,
    acting,
    leaving: acting.filter(leaves),
    distinct: areDistinct(rows),
    objects,
    byBlock,
    byType,
    endedOf: (type) => ended.get(type) ?? NONE,
    drift: new Map(plan.drift.map((row) => [objectKey(row.address, row.deposed), row])),
    dependsOn(key) {
      depending ??= new Map([...plan.prior].map((object) => [objectKey(object.address, object.deposed), object.dependsOn]));
      return depending.get(key) ?? [];
    },
    unseen,
    standIns,
    priorProviders,
  };
}

const NONE: readonly ResourceChange[] = [];

/** Two rows of one name are a fault of the second, but for those that run an action. */
function areDistinct(rows: readonly ResourceChange[]): boolean {
  if (rows.every(({ faults, deposed, mode }) => faults.length === 0 && deposed === null && mode !== 'action')) return true;
  return new Set(rows.map(({ address, deposed }) => objectKey(address, deposed))).size === rows.length;
}

function readPrior(plan: PlanFile, rows: readonly ResourceChange[]): Pick<PlanIndex, 'unseen' | 'priorProviders'> {
  const priorProviders = new Set<string>();
  const left: PriorObject[] = [];
  const finder = new RowFinder(rows);
  for (const object of plan.prior) {
    priorProviders.add(object.provider);
    if (object.mode === 'managed' && !finder.finds(object)) left.push(object);
  }
  return { unseen: left.length === 0 ? left : withoutShown(left, rows), priorProviders };
}

/** The objects that no row shows, under its own address or the one before. */
function withoutShown(objects: readonly PriorObject[], rows: readonly ResourceChange[]): PriorObject[] {
  const unseen = new Set(objects.map(({ address, deposed }) => objectKey(address, deposed)));
  for (const { address, previousAddress, deposed } of rows) {
    unseen.delete(objectKey(address, deposed));
    if (previousAddress !== null) unseen.delete(objectKey(previousAddress, deposed));
  }
  return objects.filter(({ address, deposed }) => unseen.has(objectKey(address, deposed)));
}

/** Whether the row's object is in prior state. */
export function existed(row: ResourceChange): boolean {
  return row.mode === 'managed' && hasSide(row, 'before');
}

function onlyEnds({ mode, deposed, actions }: ResourceChange): boolean {
  return mode === 'managed' && deposed === null && actions.length === 1 && (actions[0] === 'delete' || actions[0] === 'forget');
}

/** Whether a row is a no-op of a current object, in which nothing is odd: such an object does not leave either. */
function isStill({ actions, deposed, faults }: ResourceChange): boolean {
  return actions.length === 1 && actions[0] === 'no-op' && deposed === null && faults.length === 0;
}

/** Whether the object that stood before is gone after: destroyed, replaced or dropped from state. */
export function leaves(row: ResourceChange): boolean {
  return row.actions.includes('delete') || row.actions.includes('forget') || row.deposed !== null || row.faults.length > 0;
}
