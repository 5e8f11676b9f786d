import type { CloudTarget } from '../../../providers/cloud.ts';
import type { SweptTarget, UnmanagedItem } from '../../scan/record.ts';
import { accessPartsOf } from './access.ts';
import { findingsOf, whereOf } from './findings.ts';
import type { AccessPart, ScanFinding, ScanInput, ScanSummary, Unmanaged, Unread } from './model.ts';
import { targetCounts } from './summary.ts';
import { unreadOf } from './unread.ts';

/** One target's share of a report: a report is its parts one behind the other, whichever machine made them. */
export interface ScanPart {
  readonly counts: ScanSummary;
  readonly unread: readonly Unread[];
  readonly findings: readonly ScanFinding[];
  readonly access: readonly AccessPart[];
  readonly unmanaged: readonly Unmanaged[];
}

export function partOf(swept: SweptTarget, input: ScanInput): ScanPart {
  const unmanaged = swept.unmanaged.map((item) => unmanagedOf(item, swept.target, input.ownerKeys));
  return {
    counts: targetCounts(swept, unmanaged, input.shiftOf),
    unread: unreadOf(swept),
    findings: swept.results.flatMap((result) => findingsOf(result, swept, input)),
    access: accessPartsOf(swept, input),
    unmanaged,
  };
}

function unmanagedOf(item: UnmanagedItem, target: CloudTarget, ownerKeys: ReadonlySet<string>): Unmanaged {
  const { id, type, region, tags, createdAt, createdBy, managedBy } = item;
  const owner = Object.entries(tags).find(([key]) => ownerKeys.has(key))?.[1] ?? null;
  const where = { ...whereOf(target), region: region ?? target.region };
  const orphan = managedBy === null && owner === null;
  return { ...where, id, type, tags, owner, created_at: createdAt, created_by: createdBy, managed_by: managedBy, orphan };
}
