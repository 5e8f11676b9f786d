import { escapeText, say } from '../escape.ts';
import { spellRow } from '../place.ts';
import type { Remedy, ReportChange, ReportDecision } from '../report.ts';
import { groupRows, runsOf } from './group.ts';
import { type Page, whole } from './layout.ts';
import { factWords, nearestWords, reasonLines, unknownWords } from './words.ts';

/** How much of each list the plan view shows; the row view shows all. */
const MOST = { names: 12, nearest: 2, facts: 8, remedies: 6, grants: 2 };

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
  const [row] = rows;
  if (row === undefined) return;
  const most = full ? { facts: Infinity, remedies: Infinity, grants: Infinity } : MOST;
  const decisions = full
    ? row.decisions
    : row.decisions.filter((d) => d.verdict !== 'allow' || d.because.some((r) => r.observed));
  const alike = groupRows(decisions, (d) =>
    JSON.stringify([d.operation, d.verdict, d.as, d.subject, d.note, d.because, d.unknown, d.nearest]),
  );
  for (const same of alike) explainDecision(page, same, rows, full);
  showFacts(page, full ? rows : rows.map(withoutTold), most.facts);
  showRemedies(page, rows, most);
}

function explainDecision(page: Page, same: readonly ReportDecision[], rows: readonly ReportChange[], full: boolean): void {
  const [decision] = same;
  const [row] = rows;
  if (decision === undefined || row === undefined) return;
  const index = row.decisions.indexOf(decision);
  const what = decisionWords(same, full);
  const reasons = reasonLines(decision.because);
  const [only] = reasons;
  if (reasons.length === 1 && only !== undefined) page.line(2, `${what}: ${only}`, 4);
  else page.line(2, full ? what : `${what}: ${decision.verdict}`);
  for (const line of [...(reasons.length === 1 ? [] : reasons), ...decision.unknown.map(unknownWords)]) page.line(4, line);
  for (const number of nearestShown(decision, full)) {
    const near = decision.nearest[number];
    if (near === undefined) continue;
    const alike = rows.flatMap((other) => other.decisions[index]?.nearest[number] ?? []);
    page.line(4, nearestWords(near, row.facts, decision, alike));
  }
}

/** Positions of the near misses to show. In the plan view one for another operation or kind of thing stands only where no nearer one does. */
function nearestShown(decision: ReportDecision, full: boolean): readonly number[] {
  const positions = [...decision.nearest.keys()];
  if (full) return positions;
  const fails = (position: number, ...keys: readonly string[]) =>
    decision.nearest[position]?.failed.some(({ fact }) => keys.includes(fact)) ? 1 : 0;
  const far = (position: number) => 2 * fails(position, 'do') + fails(position, 'class', 'type');
  const least = Math.min(...positions.map(far));
  // A lane would allow it already: one that is far away says nothing.
  if (least > 0 && decision.because.some(({ kind }) => kind === 'ceiling' || kind === 'tier')) return [];
  return positions.filter((position) => far(position) === least).slice(0, least === 0 ? MOST.nearest : 1);
}

/** `destroy`, `update (before and after)`, `destroy (deletion_protection true -> false), decided as dana`. */
function decisionWords(same: readonly ReportDecision[], full: boolean): string {
  const [decision] = same as readonly [ReportDecision];
  const sides = same.flatMap((d) => (d.side === null || d.operation === null ? [] : [d.side]));
  const twoSided = decision.operation === 'update' || decision.operation === 'move' || decision.operation === 'reclassify';
  const about = [
    ...(decision.subject === undefined ? [] : [`of ${whole(decision.subject)}`]),
    ...(decision.note === undefined ? [] : [escapeText(decision.note)]),
    ...((full || twoSided) && sides.length > 0 ? [sides.join(' and ')] : []),
  ];
  const as = decision.as === undefined ? '' : say`, decided as ${decision.as}`;
  return `${decision.operation ?? (isByTags(decision) ? 'tags' : 'row')}${about.length > 0 ? ` (${about.join('; ')})` : ''}${as}${full ? `: ${decision.verdict}` : ''}`;
}

function isByTags(decision: ReportDecision): boolean {
  return decision.because.every((reason) => reason.kind === 'tag');
}

/** Facts that all the rows share; those that differ are named only. */
function showFacts(page: Page, rows: readonly ReportChange[], most: number): void {
  const spelled = rows.map((row) => new Map(bothSides(row).map((fact) => [fact, true])));
  const [first] = spelled;
  if (first === undefined || first.size === 0) return;
  const shared = [...first.keys()].filter((fact) => spelled.every((own) => own.has(fact)));
  const mentioned = new Set(
    rows[0]?.decisions.flatMap((d) => [...d.unknown, ...d.nearest.flatMap((n) => n.failed)].map((f) => f.fact)),
  );
  const isMentioned = (fact: string) => [...mentioned].some((key) => fact.startsWith(`${escapeText(key)} `));
  const ordered = [...shared.filter(isMentioned), ...shared.filter((fact) => !isMentioned(fact))];
  page.line(2, 'facts');
  for (const fact of ordered.slice(0, most)) page.line(4, fact);
  const left = ordered.length - most;
  const differing = [...new Set(rows.flatMap((row) => row.facts.map((f) => f.key)))].filter(
    (key) => !shared.some((fact) => fact.startsWith(`${escapeText(key)} `)),
  );
  if (differing.length > 0) page.line(4, `different from row to row: ${differing.map(escapeText).join(', ')}`);
  if (left > 0) page.line(4, `and ${left} more (\`inlane explain\` shows all)`);
}

/** Without the unknown facts that the decisions have told already. */
function withoutTold(row: ReportChange): ReportChange {
  const told = new Set(row.decisions.flatMap((d) => d.unknown.map((unknown) => unknown.fact)));
  return { ...row, facts: row.facts.filter((fact) => !(fact.unknown && fact.value === null && told.has(fact.key))) };
}

/** Each fact in words, once where both sides are alike. */
function bothSides(row: ReportChange): readonly string[] {
  return groupRows(row.facts, factWords).map((same) => {
    const [fact] = same;
    if (fact === undefined) return '';
    const other = row.facts.some((f) => f.side !== fact.side);
    return same.length > 1 || !other ? factWords(fact) : `${factWords(fact)}, ${fact.side}`;
  });
}

function showRemedies(
  page: Page,
  rows: readonly ReportChange[],
  most: { readonly remedies: number; readonly grants: number },
): void {
  const remedies = rows.flatMap((row) => row.remedies.map((remedy) => ({ remedy, row })));
  const alike = groupRows(remedies, ({ remedy, row }) => JSON.stringify(named(remedy, row.address, '\u0000')));
  if (alike.length === 0) return;
  page.line(2, 'ways out');
  const distinct = alike.flatMap((same) =>
    same.slice(0, 1).map(({ remedy, row }) => (same.length > 1 ? named(remedy, row.address, 'ADDRESS') : remedy)),
  );
  listRemedies(page, distinct, most);
}

/** A remedy that names its row, with another name for it: one text stands for all the rows of a group. */
function named(remedy: Remedy, address: string, name: string): Remedy {
  return { ...remedy, text: remedy.text.replaceAll(address, name) };
}

export function listRemedies(
  page: Page,
  remedies: readonly Remedy[],
  most: { readonly remedies: number; readonly grants: number } = MOST,
): void {
  const edits = remedies.filter((remedy) => remedy.kind === 'edit');
  const asks = remedies.filter((remedy) => remedy.kind === 'ask');
  // Whom to ask is never what is left out.
  const room = Math.max(1, most.remedies - asks.length);
  for (const remedy of edits.slice(0, room)) {
    const where = remedy.file === null ? '' : ` (${whole(remedy.line === null ? remedy.file : `${remedy.file}:${remedy.line}`)})`;
    page.line(4, `- ${escapeText(remedy.text)}${where}${remedy.insert === null ? '' : ':'}`, 6);
    if (remedy.insert !== null) page.block(8, remedy.insert);
  }
  if (edits.length > room) page.line(4, `- and ${edits.length - room} more (\`inlane explain\` shows all)`, 6);
  for (const { text, who } of asks) page.line(4, `- ${escapeText(text)}: ${escapeText(who)}`, 6);
  const grants = remedies.filter((remedy) => remedy.kind === 'grant');
  if (grants[0] === undefined) return;
  page.line(4, `- ${escapeText(grants[0].text)}:`, 6);
  // Each is `grants:` and its entries; together they are one list.
  const entries = grants.slice(0, most.grants).map((grant) => grant.yaml.slice(grant.yaml.indexOf('\n') + 1));
  page.block(8, `grants:\n${entries.join('')}`);
  if (grants.length > most.grants) page.line(8, `and ${grants.length - most.grants} more like it (\`--format json\` has them)`);
}
