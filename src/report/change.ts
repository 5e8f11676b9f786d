import type { AtomDecision, Reason, RowDecision } from '../decide/decision.ts';
import { comparePlaces } from '../errors.ts';
import type { Operation } from '../logic/fact.ts';
import { spellInstant } from '../logic/matcher.ts';
import { Alike } from './alike.ts';
import { reportFact } from './fact.ts';
import { spellPlace } from './place.ts';
import type { Remedy, ReportChange, ReportDecision, ReportFact, ReportReason } from './report.ts';

/** Where a row is written; `why` says why that is not established, where the configuration was looked at. */
export interface ReportSource {
  readonly place: WrittenAt | null;
  readonly why: string | null;
  /** Its arguments and inner blocks by name; absent = not looked up. */
  readonly arguments?: ReadonlyMap<string, WrittenAt>;
}

/** A file relative to the stack, and a 1-based line. */
export interface WrittenAt {
  readonly file: string;
  readonly line: number;
}

/** Facts that stand elsewhere in the report: the principal and the clock. */
function standsElsewhere(key: string): boolean {
  return key === 'who' || key.startsWith('who.') || key === 'now' || key === 'do';
}

/** One list for every row that has nothing to tell: nine of ten rows of a large plan. */
const NONE: readonly never[] = Object.freeze([]);

/** What rows of one plan share. */
export class SharedParts {
  readonly operations = new Alike<readonly Operation[]>();
  readonly paths = new Alike<readonly string[]>();
  readonly decisions = new Alike<readonly ReportDecision[]>();
  readonly facts = new Alike<ReportFact>();
  readonly factLists = new Alike<readonly ReportFact[]>();
  readonly remedies = new Alike<Remedy>();
}

/** Rows of one kind are likely to be told alike. */
export function kindOf({ verdict, classified: { change } }: RowDecision): string {
  return `${change.type} ${change.actions[0]} ${verdict}`;
}

export function reportChange(
  row: RowDecision,
  remedies: readonly Remedy[],
  source: ReportSource,
  shared: SharedParts,
): ReportChange {
  const { change, operations, classes } = row.classified;
  const kind = kindOf(row);
  const { decisions, facts } = row.decisions.length === 0 ? NOTHING : toldOf(row, kind, shared);
  const said: ReportChange = {
    address: change.address,
    deposed: change.deposed,
    previous_address: change.previousAddress,
    type: change.type,
    provider: change.provider,
    mode: change.mode,
    actions: change.actions,
    reason: change.reason,
    replace_paths: change.replacePaths.length === 0 ? change.replacePaths : shared.paths.of(kind, change.replacePaths),
    operations: operations.length === 0 ? NONE : shared.operations.of(kind, operations),
    classes,
    verdict: row.verdict,
    decisions,
    facts,
    source: written(source),
    remedies: remedies.length === 0 ? NONE : remedies,
  };
  return source.why === null ? said : placed(said, source);
}

/** The same row, written there. Its members in their order: they are printed as they stand. */
export function placed(change: ReportChange, source: ReportSource): ReportChange {
  return {
    address: change.address,
    deposed: change.deposed,
    previous_address: change.previous_address,
    type: change.type,
    provider: change.provider,
    mode: change.mode,
    actions: change.actions,
    reason: change.reason,
    replace_paths: change.replace_paths,
    operations: change.operations,
    classes: change.classes,
    verdict: change.verdict,
    decisions: change.decisions,
    facts: change.facts,
    source: written(source),
    ...(source.why === null ? {} : { source_why: source.why }),
    remedies: change.remedies,
  };
}

function written({ place }: ReportSource): ReportChange['source'] {
  return place === null ? null : { file: place.file, line: place.line };
}

type Told = Pick<ReportChange, 'decisions' | 'facts'>;

const NOTHING: Told = { decisions: NONE, facts: NONE };

/** What is told of decisions that many rows share. */
const toldOnce = new WeakMap<readonly AtomDecision[], Told>();

function toldOf({ decisions, shared: isShared }: RowDecision, kind: string, shared: SharedParts): Told {
  const known = toldOnce.get(decisions);
  if (known !== undefined) return known;
  const said: Told = {
    decisions: shared.decisions.of(kind, decisions.map(reportDecision)),
    facts: sharedFacts(kind, factsOf(decisions), shared),
  };
  if (isShared) toldOnce.set(decisions, said);
  return said;
}

function reportDecision(decision: AtomDecision): ReportDecision {
  const { operation, side, verdict, as, subject, note } = decision;
  const because = reportReasons(decision.because);
  const unknown = decision.unknown.length === 0 ? NONE : decision.unknown.map(({ fact, path, why }) => ({ fact, path, why }));
  const nearest = decision.nearest.length === 0 ? NONE : decision.nearest.map(reportNear);
  // Most have nothing optional, and an object that is put together takes ten times as long as one that is spelled out.
  if (as === null && subject === null && note === null) return { operation, side, verdict, because, unknown, nearest };
  return {
    operation,
    side,
    verdict,
    ...(as === null ? {} : { as }),
    ...(subject === null ? {} : { subject }),
    ...(note === null ? {} : { note }),
    because,
    unknown,
    nearest,
  };
}

function reportNear(near: AtomDecision['nearest'][number]): ReportDecision['nearest'][number] {
  return {
    kind: near.kind,
    id: near.id,
    at: spellPlace(near.at),
    failed: near.failed.map(({ fact, is, wants }) => ({ fact, is, wants })),
  };
}

/** Sorted by file and position; those without a place keep their order, after the others. */
export function reportReasons(reasons: readonly Reason[]): readonly ReportReason[] {
  if (reasons.length < 2) return reasons.map(reportReason);
  return reasons
    .toSorted((a, b) => (a.at && b.at ? comparePlaces(a.at, b.at) : Number(a.at === null) - Number(b.at === null)))
    .map(reportReason);
}

/** A rule is the same reason of many decisions. */
const told = new WeakMap<Reason, ReportReason>();

function reportReason(reason: Reason): ReportReason {
  if (reason.at === null) return newReason(reason);
  let known = told.get(reason);
  if (known === undefined) {
    known = newReason(reason);
    told.set(reason, known);
  }
  return known;
}

function newReason({ kind, id, at, why, ask, observed, until }: Reason): ReportReason {
  return {
    kind,
    id,
    at: at === null ? null : spellPlace(at),
    why,
    ask,
    ...(observed ? { observed: true as const } : {}),
    ...(until === undefined ? {} : { until: spellInstant(until) }),
  };
}

/** Every fact once per object, side and key: before first, then by key. */
function factsOf(decisions: readonly AtomDecision[]): ReportFact[] {
  const facts = new Map<string, ReportFact>();
  for (const { subject, facts: used } of decisions) {
    for (let at = 0; at < used.length; at += 1) {
      const { side, fact } = used[at] as AtomDecision['facts'][number];
      if (standsElsewhere(fact.key)) continue;
      const id = subject === null ? `${side} ${fact.key}` : JSON.stringify([subject, side, fact.key]);
      if (!facts.has(id)) facts.set(id, reportFact(side, fact, subject));
    }
  }
  return [...facts.values()].sort(compareFacts);
}

function sharedFacts(kind: string, facts: ReportFact[], shared: SharedParts): readonly ReportFact[] {
  const list = shared.factLists.of(kind, facts);
  if (list === facts) for (const [at, fact] of facts.entries()) facts[at] = shared.facts.of(fact.key, fact);
  return list;
}

function compareFacts(a: ReportFact, b: ReportFact): number {
  if (a.subject !== b.subject) return (a.subject ?? '') < (b.subject ?? '') ? -1 : 1;
  if (a.side !== b.side) return a.side === 'before' ? -1 : 1;
  return a.key === b.key ? 0 : a.key < b.key ? -1 : 1;
}
