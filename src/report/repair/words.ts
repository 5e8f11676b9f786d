import { count } from '../scan/words.ts';
import type { RepairEdit, RepairReport } from './model.ts';

/** Parts of a repair in words. None of it is escaped: each format does that for its own sink. */

/** What the whole repair says, behind its verdict. */
export function repairHeadline({ summary, apply, undo, partial }: RepairReport): string {
  const what = undo ? 'undo of a repair' : 'repair';
  const run = apply ? what : `dry run of ${undo ? 'an undo' : 'a repair'}, nothing was written`;
  const fates = (['done', 'planned', 'refused', 'failed', 'not-tried'] as const).flatMap((fate) =>
    summary[fate] > 0 ? [`${summary[fate]} ${fate === 'not-tried' ? 'not tried' : fate}`] : [],
  );
  const left = summary.left > 0 ? [`${count(summary.left, 'key')} left alone`] : [];
  const told = [...fates, ...left].join(', ');
  return `${partial ? 'PARTIAL, something was not read; ' : ''}${run}: ${told === '' ? 'nothing to mend' : `${count(summary.edits, 'edit')}, ${told}`}`;
}

/** `environment: (not there) -> production`. */
export function keyWords({ before, set }: RepairEdit): string[] {
  const value = (text: string | null | undefined) => (text === null || text === undefined ? '(not there)' : text);
  return Object.keys(set).map((key) => `${key}: ${value(before[key])} -> ${value(set[key])}`);
}

export function fateWords({ fate, why, verified }: RepairEdit): string {
  const seen = verified === false ? ', not seen there yet' : '';
  return `${fate === 'not-tried' ? 'not tried' : fate}${seen}${why === null ? '' : `: ${why}`}`;
}
