import type { ObjectResult, ReadSummary, SweptTarget } from '../../scan/record.ts';
import { widens } from '../../tags/authority.ts';
import type { ScanVerdict } from '../../tags/drift.ts';
import type { ScanInput, ScanSummary, Unmanaged } from './model.ts';

/** Sums of objects by what became of them; a report's is the sum of its parts. */

export const NONE: ScanSummary = {
  objects: 0,
  ok: 0,
  inherited: 0,
  drifted: 0,
  missing: 0,
  'extra-privileged': 0,
  'not-found': 0,
  unreadable: 0,
  'not-taggable': 0,
  'not-scanned': 0,
  'nothing-wanted': 0,
  'other-shards': 0,
  unmanaged: 0,
  orphans: 0,
};

export const SUMMARY_KEYS = Object.keys(NONE) as readonly (keyof ScanSummary)[];

/** Keys in the order of the report. */
export function added(parts: readonly ScanSummary[]): ScanSummary {
  const sum = { ...NONE } as Record<keyof ScanSummary, number>;
  for (const part of parts) for (const key of SUMMARY_KEYS) sum[key] += part[key];
  return sum;
}

/** What the first pass counted: every object of every state, and those that no target is asked for. */
export function readCounts(read: ReadSummary): ScanSummary {
  return {
    ...NONE,
    objects: read.states.reduce((sum, { objects }) => sum + objects, 0),
    unreadable: read.unlocated.length,
    'not-taggable': read.notTaggable,
    'not-scanned': Object.values(read.notScanned).reduce((sum, number) => sum + number, 0),
    'nothing-wanted': read.nothingWanted,
  };
}

/** What one target adds to that. */
export function targetCounts(
  { looked, inherited, results, failures }: SweptTarget,
  unmanaged: readonly Unmanaged[],
  shiftOf: ScanInput['shiftOf'],
): ScanSummary {
  const counts = { ...NONE } as Record<keyof ScanSummary, number>;
  let inheritedToo = 0;
  for (const result of results) {
    counts[worstOf(result, shiftOf)] += 1;
    if (result.outcome.kind === 'read' && result.outcome.inherited > 0) inheritedToo += 1;
  }
  counts.inherited += inherited - inheritedToo;
  counts.ok += looked - results.length - (inherited - inheritedToo);
  for (const failure of failures) counts.unreadable += failure.objects;
  counts.unmanaged = unmanaged.length;
  counts.orphans = unmanaged.filter(({ orphan }) => orphan).length;
  return counts;
}

/** From the mildest to the worst: an object with several findings counts once, as its worst. */
const WORST: readonly ScanVerdict[] = [
  'ok',
  'inherited',
  'not-taggable',
  'missing',
  'drifted',
  'extra-privileged',
  'not-found',
  'unreadable',
];

function worstOf(result: ObjectResult, shiftOf: ScanInput['shiftOf']): ScanVerdict {
  const { outcome } = result;
  if (outcome.kind === 'unread') return 'unreadable';
  if (outcome.kind !== 'read') return outcome.kind;
  const shift = shiftOf(result);
  if (shift !== null && widens(shift)) return 'extra-privileged';
  return outcome.drifts.reduce<ScanVerdict>(
    (worst, { verdict }) => (WORST.indexOf(verdict) > WORST.indexOf(worst) ? verdict : worst),
    'ok',
  );
}
