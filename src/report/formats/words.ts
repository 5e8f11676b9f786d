import type { Operation } from '../../logic/fact.ts';
import { escapeText, say } from '../escape.ts';
import type { FactValue, Report, ReportChange, ReportDecision, ReportFact, ReportNearest, ReportReason } from '../report.ts';
import { whole } from './layout.ts';

/** Parts of a report in words, for every format that people read. All of it is escaped. */

/** `dana (human; developers)`, `agent db-upgrader (T2; orders; owner dana)`, `anonymous (unknown)`. */
export function principalWords(principal: Report['principal']): string {
  if (principal === null) return 'nobody in particular';
  const { kind, teams, tier, owner } = principal;
  const about = [
    kind === null ? 'kind unknown' : kind,
    ...(tier === null ? [] : [`tier ${tier}`]),
    ...(teams === null ? ['teams unknown'] : teams.length > 0 ? [teams.join(', ')] : ['no team']),
    ...(owner === null ? [] : [`owner ${owner}`]),
  ];
  const acting = principal.for === null ? '' : say`, acting for ${principal.for}`;
  return say`${principal.id} (${about.join('; ')})` + acting;
}

/** What the row does: `destroy + create`, `no-op`, `destroy (arming: deletion_protection true -> false) + update`. */
export function operationWords(change: ReportChange): string {
  if (change.operations.length === 0) return change.actions.map(escapeText).join(' + ') || 'nothing';
  return change.operations.map((operation) => [operation, ...hiddenRemoval(change, operation)].join(' ')).join(' + ');
}

/** Why a row that deletes nothing is a destroy or forget all the same: left unsaid, it reads as if the object went. */
export function hiddenRemoval(change: ReportChange, operation: Operation): readonly string[] {
  if (operation !== 'destroy' && operation !== 'forget') return [];
  const own = change.decisions.filter((decision) => decision.operation === operation);
  const notes = new Set(own.map(({ note, subject }) => (note === undefined ? null : aboutRemoval(note, subject))));
  return notes.has(null) ? [] : [...notes].map((note) => `(${note})`);
}

function aboutRemoval(note: string, subject: string | undefined): string {
  return subject === undefined ? escapeText(note) : `of ${whole(subject)}; ${escapeText(note)}`;
}

function at(place: string | null): string {
  return place === null ? '' : ` (${whole(place)})`;
}

/** `guard no-prod-drop (inlane.yaml:61:5): data outlives the instance`. */
export function reasonWords(reason: ReportReason): string {
  // What a rule that could not be decided is for would read as if it held.
  const told = reason.kind === 'unknown' && reason.id !== null ? null : reason.why;
  const why = told === null ? '' : say`: ${told}`;
  const named = reason.id === null ? reason.kind : say`${reason.kind} ${reason.id}`;
  return `${reason.observed ? 'would count if it were enforced: ' : ''}${sentence(reason, named)}${at(reason.at)}${why}`;
}

/** Reasons in words; rules that could not be decided stand in one line. */
export function reasonLines(reasons: readonly ReportReason[]): readonly string[] {
  const open = reasons.filter((reason) => reason.kind === 'unknown' && !reason.observed && reason.id !== null);
  if (open.length < 2) return reasons.map(reasonWords);
  const rules = open.map((reason) => `${whole(reason.id ?? '')}${at(reason.at)}`);
  return [...reasons.filter((reason) => !open.includes(reason)).map(reasonWords), `cannot be decided: ${rules.join(', ')}`];
}

function sentence(reason: ReportReason, named: string): string {
  switch (reason.kind) {
    case 'no-lane':
      return 'no lane allows it';
    case 'ceiling':
    case 'tier':
      return `a lane would, but ${named} does not allow it`;
    case 'unknown':
      return reason.id === null ? 'cannot be decided' : say`cannot be decided: ${reason.id}`;
    case 'tag':
      return reason.id === null ? 'tags' : escapeText(reason.id);
    case 'plan':
      return reason.id === null ? 'the plan does not establish it' : named;
    case 'error':
      return 'inlane failed on it';
    default:
      return named;
  }
}

/**
 * `nearest: lane developer (inlane.yaml:41:9) wants environment not production (found production [workspace shop-prod])`.
 * `alike`: the same near miss of other rows, whose classes may differ.
 */
export function nearestWords(
  near: ReportNearest,
  facts: readonly ReportFact[],
  decision: ReportDecision,
  alike: readonly ReportNearest[] = [near],
): string {
  const failed = near.failed.map(({ fact, wants }, index) => {
    const known = facts.find((f) => f.key === fact && f.side === decision.side && f.subject === decision.subject);
    const sources = known && fact !== 'class' && fact !== 'type' ? sourceWords(known) : '';
    const values = fact === 'do' ? [decision.operation] : [...new Set(alike.map((same) => same.failed[index]?.is ?? null))];
    const found = values.map((value) => (value === null ? 'nothing, or not known' : escapeText(value)));
    // Where a source is all that was found, once is enough.
    const from = sources === '' || found.some((value) => sources === `plan ${value}`) ? '' : ` [${sources}]`;
    return `${escapeText(fact)} ${escapeText(wants)} (found ${found.join('; or ')}${from})`;
  });
  const wants = failed.length > 0 ? ` wants ${failed.join(' and ')}` : ' does not match, on more than one fact';
  return `nearest: ${say`${near.kind} ${near.id}`}${at(near.at)}${wants}`;
}

export function unknownWords(unknown: ReportDecision['unknown'][number]): string {
  const path = unknown.path === null || unknown.path === unknown.fact ? '' : ` (${whole(unknown.path)})`;
  return `${escapeText(unknown.fact)} is unknown${path}: ${escapeText(unknown.why)}`;
}

/** `environment = production [tag environment, workspace shop-prod]`. */
export function factWords(fact: ReportFact): string {
  const sources = fact.sources.length > 0 ? ` [${sourceWords(fact)}]` : '';
  return `${factKeyWords(fact)} ${factValueWords(fact)}${sources}`;
}

/** Most values of one fact that are listed for rows in which it differs. */
const MOST_VALUES = 6;

/** One fact over several rows: `class (database, stateful; log)`, or as of one row where only its sources differ. */
export function factOverRows(facts: readonly ReportFact[]): { readonly words: string; readonly alike: boolean } {
  const distinct = (texts: readonly string[]) => [...new Set(texts)];
  const values = distinct(facts.map(factValueWords));
  const key = distinct(facts.map(factKeyWords)).join(', ');
  if (values.length === 1) return { words: `${key} ${values[0]} [${distinct(facts.map(sourceWords)).join('; ')}]`, alike: true };
  const told = values.map((words) => words.replace(/^= /, ''));
  const more = told.length > MOST_VALUES ? `; and ${told.length - MOST_VALUES} more` : '';
  return { words: `${key} (${told.slice(0, MOST_VALUES).join('; ')}${more})`, alike: false };
}

function factKeyWords({ key, subject }: ReportFact): string {
  return `${escapeText(key)}${subject === undefined ? '' : ` of ${whole(subject)}`}`;
}

function factValueWords(fact: ReportFact): string {
  if (fact.hidden !== undefined) return fact.hidden === 'sensitive' ? 'is sensitive, not shown' : 'is a whole object, not shown';
  const why = fact.why === undefined ? '' : say` (${fact.why})`;
  if (fact.unknown && (fact.value === null || (Array.isArray(fact.value) && fact.value.length === 0))) {
    const maybe = fact.maybe ? `, perhaps ${valueWords(fact.maybe)}` : '';
    return `is unknown${maybe}${why}`;
  }
  if (fact.absent) return 'is absent';
  const maybe = fact.maybe ? `, perhaps ${valueWords(fact.maybe)}` : fact.unknown ? ', perhaps more' : '';
  return `= ${valueWords(fact.value)}${maybe}${why}`;
}

function valueWords(value: FactValue): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueWords).join(', ');
  if (typeof value !== 'string') return String(value);
  // A blank at either end, or nothing at all, would not be seen.
  return value === '' || value.trim() !== value ? `"${escapeText(value)}"` : escapeText(value);
}

function sourceWords(fact: ReportFact): string {
  return fact.sources
    .map(({ from, name, value }) => {
      if (name === null) return value === null ? escapeText(from) : say`${from} ${value}`;
      return value === null || value === fact.value ? say`${from} ${name}` : `${say`${from} ${name}`} = ${valueWords(value)}`;
    })
    .join(', ');
}

/** `1 change`, `2 changes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
