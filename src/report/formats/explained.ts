import { escapeText, say } from '../escape.ts';
import type { Remedy, ReportChange, ReportDecision, ReportVerdict } from '../report.ts';
import { groupRows } from './group.ts';
import { whole } from './layout.ts';
import { factOverRows, factWords, nearestWords, reasonLines, unknownWords } from './words.ts';

/** Why rows are decided as they are, in words: each format that people read lays it out in its own way. */
export interface Explained {
  readonly decisions: readonly ExplainedDecision[];
  /** Facts that all the rows share, those that the decisions speak of first. */
  readonly facts: readonly string[];
  /** Facts that are not the same on all the rows, each with what it is on them. */
  readonly differing: readonly string[];
  /** Ways out; a text that names its row says ADDRESS where it stands for several. */
  readonly remedies: readonly Remedy[];
}

export interface ExplainedDecision {
  /** `destroy`, `update (before and after)`, `destroy (deletion_protection true -> false), decided as dana`. */
  readonly what: string;
  readonly verdict: ReportVerdict;
  readonly reasons: readonly string[];
  readonly unknown: readonly string[];
  readonly nearest: readonly string[];
}

/** Near misses that the plan view shows of one decision. */
const MOST_NEAREST = 2;

/** Rows that are decided alike. `full`: nothing left out, allowed decisions too; else what is needed to understand the verdict. */
export function explained(rows: readonly ReportChange[], full: boolean): Explained {
  const [row] = rows;
  if (row === undefined) return { decisions: [], facts: [], differing: [], remedies: [] };
  const decisions = full
    ? row.decisions
    : row.decisions.filter((d) => d.verdict !== 'allow' || d.because.some((r) => r.observed));
  const alike = groupRows(decisions, (d) =>
    JSON.stringify([d.operation, d.verdict, d.as, d.subject, d.note, d.because, d.unknown, d.nearest]),
  );
  return {
    decisions: alike.flatMap((same) => explainedDecision(same, rows, full)),
    ...sharedFacts(full ? rows : rows.map(withoutTold)),
    remedies: sharedRemedies(rows),
  };
}

function explainedDecision(
  same: readonly ReportDecision[],
  rows: readonly ReportChange[],
  full: boolean,
): readonly ExplainedDecision[] {
  const [decision] = same;
  const [row] = rows;
  if (decision === undefined || row === undefined) return [];
  const index = row.decisions.indexOf(decision);
  const nearest = nearestShown(decision, full).flatMap((number) => {
    const near = decision.nearest[number];
    const alike = rows.flatMap((other) => other.decisions[index]?.nearest[number] ?? []);
    return near === undefined ? [] : [nearestWords(near, row.facts, decision, alike)];
  });
  return [
    {
      what: decisionWords(same, full),
      verdict: decision.verdict,
      reasons: reasonLines(decision.because),
      unknown: decision.unknown.map(unknownWords),
      nearest,
    },
  ];
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
  return positions.filter((position) => far(position) === least).slice(0, least === 0 ? MOST_NEAREST : 1);
}

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
  return `${decision.operation ?? (isByTags(decision) ? 'tags' : 'row')}${about.length > 0 ? ` (${about.join('; ')})` : ''}${as}`;
}

function isByTags(decision: ReportDecision): boolean {
  return decision.because.every((reason) => reason.kind === 'tag');
}

type RowFacts = Pick<ReportChange, 'decisions' | 'facts'>;

function sharedFacts(rows: readonly RowFacts[]): Pick<Explained, 'facts' | 'differing'> {
  const spelled = rows.map((row) => new Map(bothSides(row).map((fact) => [fact, true])));
  const [first] = spelled;
  if (first === undefined || first.size === 0) return { facts: [], differing: [] };
  const shared = [...first.keys()].filter((fact) => spelled.every((own) => own.has(fact)));
  const mentioned = new Set(
    rows[0]?.decisions.flatMap((d) => [...d.unknown, ...d.nearest.flatMap((n) => n.failed)].map((f) => f.fact)),
  );
  const isMentioned = (fact: string) => [...mentioned].some((key) => fact.startsWith(`${escapeText(key)} `));
  const parted = [...new Set(rows.flatMap((row) => row.facts.map((f) => f.key)))]
    .filter((key) => !shared.some((fact) => fact.startsWith(`${escapeText(key)} `)))
    .map((key) => {
      const perRow = rows.map((row) => row.facts.filter((fact) => fact.key === key));
      const { words, alike } = factOverRows(perRow.flat());
      const everywhere = perRow.every((own) => own.length > 0);
      return { words: alike && !everywhere ? `${words} on some` : words, alike: alike && everywhere };
    });
  const facts = [...shared, ...parted.flatMap(({ words, alike }) => (alike ? [words] : []))];
  return {
    facts: [...facts.filter(isMentioned), ...facts.filter((fact) => !isMentioned(fact))],
    differing: parted.flatMap(({ words, alike }) => (alike ? [] : [words])),
  };
}

/** Without the unknown facts that the decisions have told already. */
function withoutTold({ decisions, facts }: ReportChange): RowFacts {
  const told = new Set(decisions.flatMap((d) => d.unknown.map((unknown) => unknown.fact)));
  return { decisions, facts: facts.filter((fact) => !(fact.unknown && fact.value === null && told.has(fact.key))) };
}

/** Each fact in words, once where both sides are alike. */
function bothSides(row: RowFacts): readonly string[] {
  return groupRows(row.facts, factWords).map((same) => {
    const [fact] = same;
    if (fact === undefined) return '';
    const other = row.facts.some((f) => f.side !== fact.side);
    return same.length > 1 || !other ? factWords(fact) : `${factWords(fact)}, ${fact.side}`;
  });
}

function sharedRemedies(rows: readonly ReportChange[]): readonly Remedy[] {
  const remedies = rows.flatMap((row) => row.remedies.map((remedy) => ({ remedy, row })));
  const alike = groupRows(remedies, ({ remedy, row }) => JSON.stringify(named(placeless(remedy), row.address, '\u0000')));
  return alike.flatMap((same) => same.slice(0, 1).map(({ remedy, row }) => sharedRemedy(remedy, row, same)));
}

/** One for all of them: without its row's address where there are several, and without a place where theirs differ. */
function sharedRemedy(remedy: Remedy, row: ReportChange, same: readonly { readonly remedy: Remedy }[]): Remedy {
  if (same.length === 1) return remedy;
  const places = new Set(same.map((one) => (one.remedy.kind === 'edit' ? `${one.remedy.file}:${one.remedy.line}` : '')));
  return named(places.size > 1 ? placeless(remedy) : remedy, row.address, 'ADDRESS');
}

/** An edit that is told in words alone, without its place. */
function placeless(remedy: Remedy): Remedy {
  return remedy.kind === 'edit' && remedy.insert === null ? { ...remedy, file: null, line: null } : remedy;
}

/** A remedy that names its row, with another name for it: one text stands for all the rows of a group. */
function named(remedy: Remedy, address: string, name: string): Remedy {
  return { ...remedy, text: remedy.text.replaceAll(address, name) };
}
