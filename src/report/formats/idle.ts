import type { ReportChange } from '../report.ts';

/** What `--changed-only` hides: a row that does nothing and is allowed to. A no-op that its tags deny is shown. */
export function doesNothing(change: ReportChange): boolean {
  return change.operations.length === 0 && change.verdict === 'allow';
}
