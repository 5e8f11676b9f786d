import type { Ruleset } from '../../lanes/ruleset.ts';
import type { EditFate } from '../../scan/apply.ts';
import type { JudgedEdit, Mended } from '../../scan/mend.ts';
import type { ReadSummary } from '../../scan/record.ts';
import type { LeftKey } from '../../tags/edits.ts';
import { reportRules } from '../build.ts';
import { spellPlace } from '../place.ts';
import type { ReportDiagnostic } from '../report.ts';
import { whereOf } from '../scan/findings.ts';
import type { Unread } from '../scan/model.ts';
import { TOOL } from '../tool.ts';
import { FATES, type Fate, type RepairEdit, type RepairLeft, type RepairOutcome, type RepairReport } from './model.ts';

/** How an edit ended before any cloud was asked: refused, or held back by the cap. */
export interface Refusal {
  readonly fate: 'refused' | 'not-tried';
  readonly reason: 'approval' | 'lane' | 'widening' | 'fight' | 'cap';
  readonly why: string;
}

export interface RepairInput {
  readonly mended: readonly Mended[];
  readonly refusals: ReadonlyMap<JudgedEdit, Refusal>;
  /** Null in a dry run. */
  readonly fates: ReadonlyMap<JudgedEdit['edit'], EditFate> | null;
  readonly undo: boolean;
  readonly read: ReadSummary;
  readonly unread: readonly Unread[];
  readonly ruleset: Ruleset;
  readonly principal: string | null;
  readonly diagnostics: readonly ReportDiagnostic[];
}

/** Pure. Throws where an edit has no fate. */
export function repairReport(input: RepairInput): RepairReport {
  const { mended, fates, undo, unread, ruleset, principal, diagnostics } = input;
  const edits = mended.flatMap((one) => (one.edit === null ? [] : [editOf(one.edit, input)]));
  const left = mended.flatMap((one) => one.left.map((key) => leftOf(one, key, input.read)));
  const counts = Object.fromEntries(FATES.map((fate) => [fate, edits.filter((edit) => edit.fate === fate).length]));
  const verdict = outcomeOf(edits, left, unread.length > 0);
  return {
    format: 'inlane-repair/1',
    tool: TOOL,
    verdict,
    exit: EXITS[verdict],
    apply: fates !== null,
    undo,
    partial: unread.length > 0,
    rules: reportRules(ruleset),
    principal,
    summary: { ...(counts as Record<Fate, number>), edits: edits.length, left: left.length },
    unread,
    edits,
    left,
    diagnostics,
  };
}

const EXITS = { clean: 0, planned: 1, applied: 0, 'needs-approval': 3, unfinished: 1, undecided: 2 } as const;

function outcomeOf(edits: readonly RepairEdit[], left: readonly RepairLeft[], partial: boolean): RepairOutcome {
  if (partial) return 'undecided';
  const open = edits.filter(({ fate }) => fate !== 'done' && fate !== 'planned');
  if (open.length > 0 && left.length === 0 && open.every(({ reason }) => reason === 'approval')) return 'needs-approval';
  if (open.length > 0 || left.length > 0) return 'unfinished';
  if (edits.length === 0) return 'clean';
  return edits.some(({ fate }) => fate === 'planned') ? 'planned' : 'applied';
}

function editOf(judged: JudgedEdit, { refusals, fates }: RepairInput): RepairEdit {
  const { edit, shift, widens } = judged;
  const { place, state, address, type, before, set } = edit;
  return {
    ...fateOf(judged, refusals, fates),
    ...whereOf(place.target),
    state,
    address,
    type,
    id: place.id,
    before,
    set,
    verified: verifiedOf(fates?.get(edit)),
    widens,
    rules: shift.rules,
    verdicts: shift.verdicts,
  };
}

function verifiedOf(fate: EditFate | undefined): boolean | null {
  return fate?.state === 'done' ? fate.verified : null;
}

function fateOf(
  judged: JudgedEdit,
  refusals: RepairInput['refusals'],
  fates: RepairInput['fates'],
): Pick<RepairEdit, 'fate' | 'why' | 'reason'> {
  const refusal = refusals.get(judged);
  if (refusal !== undefined) return { fate: refusal.fate, why: refusal.why, reason: refusal.reason };
  if (fates === null) return { fate: 'planned', why: null, reason: null };
  const fate = fates.get(judged.edit);
  if (fate === undefined) throw new Error('an edit has no fate');
  return fate.state === 'done' ? { fate: 'done', why: null, reason: null } : { fate: fate.state, why: fate.why, reason: 'cloud' };
}

function leftOf({ damage: { result } }: Mended, { key, wanted, found, why, fix }: LeftKey, read: ReadSummary): RepairLeft {
  const { state, address, place } = result;
  return {
    ...whereOf(place.target),
    state: read.states[state]?.path ?? '',
    address,
    key,
    wanted,
    found,
    why,
    fix: fix === null ? null : { text: fix.text, insert: fix.insert },
  };
}

/** Why the lanes do not let it be made, in one line. */
export function verdictWords({ verdict }: JudgedEdit, who: string): string {
  const rules = verdict.because
    .filter(({ observed }) => !observed)
    .map(({ kind, id, at, why }) => {
      const place = at === null ? '' : ` (${spellPlace(at)})`;
      if (kind === 'no-lane') return 'no lane allows it';
      return `${kind}${id === null ? '' : ` ${id}`}${place}${why === null ? '' : `: ${why}`}`;
    });
  const done = verdict.verdict === 'needs-approval' ? 'may do this only once it is approved' : 'may not do this';
  return `${who} ${done}: ${rules.join('; ')}`;
}

/** The report of a repair that could not be made at all. */
export function undecidedRepair(diagnostics: readonly ReportDiagnostic[], apply: boolean, undo: boolean): RepairReport {
  const none = Object.fromEntries(FATES.map((fate) => [fate, 0])) as Record<Fate, number>;
  return {
    format: 'inlane-repair/1',
    tool: TOOL,
    verdict: 'undecided',
    exit: 2,
    apply,
    undo,
    partial: true,
    rules: null,
    principal: null,
    summary: { ...none, edits: 0, left: 0 },
    unread: [],
    edits: [],
    left: [],
    diagnostics,
  };
}
