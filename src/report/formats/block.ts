import { spellRow } from '../place.ts';
import type { Remedy, ReportChange } from '../report.ts';
import { explained } from './explained.ts';
import { runsOf } from './group.ts';
import { type Page, whole } from './layout.ts';
import { type MostWays, waysOut } from './ways.ts';

/** How much of each list the plan view shows; the row view shows all. */
export const MOST = { names: 12, facts: 8, remedies: 6, grants: 2 };
const ALL = { facts: Infinity, remedies: Infinity, grants: Infinity };

export function names(
  rows: readonly { readonly address: string; readonly deposed?: string | null }[],
  most: number = MOST.names,
): string {
  return nameList(rows.map(spellRow), most);
}

export function nameList(addresses: readonly string[], most: number = MOST.names): string {
  const runs = runsOf(addresses);
  const shown = runs.slice(0, most).map(whole).join(', ');
  return runs.length > most ? `${shown} and ${runs.length - most} more` : shown;
}

/** Why, on what facts, and what to do, for rows that are decided alike. `full`: nothing left out, allowed decisions too. */
export function explainRows(page: Page, rows: readonly ReportChange[], full: boolean): void {
  const { decisions, facts, differing, remedies } = explained(rows, full);
  const most = full ? ALL : MOST;
  for (const { what, verdict, reasons, unknown, nearest } of decisions) {
    const [only] = reasons;
    const head = full ? `${what}: ${verdict}` : what;
    if (reasons.length === 1 && only !== undefined) page.line(2, `${head}: ${only}`, 4);
    else page.line(2, full ? head : `${what}: ${verdict}`);
    for (const line of [...(reasons.length === 1 ? [] : reasons), ...unknown, ...nearest]) page.line(4, line);
  }
  if (facts.length + differing.length > 0) page.line(2, 'facts');
  for (const fact of facts.slice(0, most.facts)) page.line(4, fact);
  if (differing.length > 0) page.line(4, `different from row to row: ${differing.join(', ')}`);
  if (facts.length > most.facts) page.line(4, `and ${facts.length - most.facts} more (\`inlane explain\` shows all)`);
  if (remedies.length === 0) return;
  page.line(2, 'ways out');
  listRemedies(page, remedies, most);
}

export function listRemedies(page: Page, remedies: readonly Remedy[], most: MostWays = MOST): void {
  const { edits, moreEdits, asks, grant } = waysOut(remedies, most);
  for (const { words, insert } of edits) {
    page.line(4, `- ${words}${insert === null ? '' : ':'}`, 6);
    if (insert !== null) page.block(8, insert);
  }
  if (moreEdits > 0) page.line(4, `- and ${moreEdits} more (\`inlane explain\` shows all)`, 6);
  for (const ask of asks) page.line(4, `- ${ask}`, 6);
  if (grant === null) return;
  page.line(4, `- ${grant.words}:`, 6);
  page.block(8, grant.yaml);
  if (grant.more > 0) page.line(8, `and ${grant.more} more like it (\`--format json\` has them)`);
}
