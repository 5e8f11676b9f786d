import type { BlockAddress, DriftRow, PlanFile, PriorObject, ResourceChange } from '../plan/model.ts';

/** Look-ups over all rows of one plan, built once: what one row has to know of the others. */
export interface PlanIndex {
  readonly plan: PlanFile;
  readonly rows: readonly ResourceChange[];
  /** Current (not deposed) rows by address. */
  readonly current: ReadonlyMap<string, ResourceChange>;
  readonly byBlock: ReadonlyMap<BlockAddress, readonly ResourceChange[]>;
  readonly byType: ReadonlyMap<string, readonly ResourceChange[]>;
  readonly drift: ReadonlyMap<string, DriftRow>;
  readonly prior: ReadonlyMap<string, PriorObject>;
  /** Managed prior objects that no row shows: a targeted or deferred plan leaves them out. */
  readonly unseen: readonly PriorObject[];
}

export function indexPlan(plan: PlanFile): PlanIndex {
  const rows = [...plan.rows()];
  const current = new Map<string, ResourceChange>();
  const byBlock = new Map<BlockAddress, ResourceChange[]>();
  const byType = new Map<string, ResourceChange[]>();
  const shown = new Set<string>();
  for (const row of rows) {
    shown.add(objectKey(row.address, row.deposed));
    if (row.previousAddress !== null) shown.add(objectKey(row.previousAddress, row.deposed));
    if (row.deposed === null && !current.has(row.address)) current.set(row.address, row);
    if (row.block) append(byBlock, row.block.address, row);
    append(byType, row.type, row);
  }
  const prior = new Map(plan.prior.map((object) => [objectKey(object.address, object.deposed), object]));
  return {
    plan,
    rows,
    current,
    byBlock,
    byType,
    drift: new Map(plan.drift.map((row) => [objectKey(row.address, row.deposed), row])),
    prior,
    unseen: plan.prior.filter((o) => o.mode === 'managed' && !shown.has(objectKey(o.address, o.deposed))),
  };
}

/** (address, deposed) is what is unique in a plan (plan-json.md 3). */
export function objectKey(address: string, deposed: string | null): string {
  return deposed === null ? address : `${address} (deposed ${deposed})`;
}

/** An address without its instance keys: how configuration and `depends_on` spell it. Keys may hold any character, quoted. */
export function withoutKeys(address: string): string {
  let out = '';
  let at = 0;
  while (at < address.length) {
    if (address[at] !== '[') {
      out += address[at];
      at += 1;
      continue;
    }
    let quoted = false;
    at += 1;
    while (at < address.length && (quoted || address[at] !== ']')) {
      if (quoted && address[at] === '\\') at += 1;
      else if (address[at] === '"') quoted = !quoted;
      at += 1;
    }
    at += 1;
  }
  return out;
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Whether the row's object is in prior state. */
export function existed(row: ResourceChange): boolean {
  return row.before !== null && row.mode === 'managed';
}

/** Whether the object that stood before is gone after: destroyed, replaced or dropped from state. */
export function leaves(row: ResourceChange): boolean {
  return row.actions.includes('delete') || row.actions.includes('forget') || row.deposed !== null || row.faults.length > 0;
}
