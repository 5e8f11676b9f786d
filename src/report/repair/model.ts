import type { RuleShift, VerdictShift } from '../../tags/authority.ts';
import type { ReportDiagnostic, ReportRules } from '../report.ts';
import type { Unread, Where } from '../scan/model.ts';

/**
 * `clean`: nothing to mend; `planned`: a dry run that would write; `applied`: everything was written; `unfinished`: something failed, was
 * refused or is left to people; `needs-approval`: all that is left waits for an approval; `undecided`: something was not read.
 */
export type RepairOutcome = 'clean' | 'planned' | 'applied' | 'needs-approval' | 'unfinished' | 'undecided';

/** How an edit ended: `planned` in a dry run; `refused` by the lanes, for want of an approval or of --allow-widening, or as a fight. */
export const FATES = ['done', 'planned', 'failed', 'refused', 'not-tried'] as const;
export type Fate = (typeof FATES)[number];

/** What a repair or its undoing did, or would do. Keys in this order. */
export interface RepairReport {
  readonly format: 'inlane-repair/1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly verdict: RepairOutcome;
  /** 0 clean or applied, 1 planned or unfinished, 2 undecided, 3 needs-approval. */
  readonly exit: 0 | 1 | 2 | 3;
  /** False: a dry run, in which nothing was written. */
  readonly apply: boolean;
  readonly undo: boolean;
  readonly partial: boolean;
  readonly rules: ReportRules | null;
  /** As `--as` spelled it. */
  readonly principal: string | null;
  /** Edits by fate, which add up to `edits`; keys that are left alone. */
  readonly summary: Readonly<Record<Fate, number>> & { readonly edits: number; readonly left: number };
  readonly unread: readonly Unread[];
  readonly edits: readonly RepairEdit[];
  readonly left: readonly RepairLeft[];
  readonly diagnostics: readonly ReportDiagnostic[];
}

export interface RepairEdit extends Where {
  readonly fate: Fate;
  /** Why it was refused, failed or not tried. */
  readonly why: string | null;
  readonly reason: 'lane' | 'approval' | 'widening' | 'fight' | 'cap' | 'cloud' | null;
  readonly state: string;
  readonly address: string;
  readonly type: string;
  readonly id: string;
  /** Null in `before`: the key was not there; in `set`: it is taken off (undo only). */
  readonly before: Readonly<Record<string, string | null>>;
  readonly set: Readonly<Record<string, string | null>>;
  /** Written, and seen there. Null where nothing was written. */
  readonly verified: boolean | null;
  readonly widens: boolean;
  readonly rules: readonly RuleShift[];
  readonly verdicts: readonly VerdictShift[];
}

/** A key that a repair does not touch. `fix`: the edit of the configuration that would mend it. */
export interface RepairLeft extends Where {
  readonly state: string;
  readonly address: string;
  readonly key: string;
  readonly wanted: string | null;
  readonly found: string | null;
  readonly why: string;
  readonly fix: { readonly text: string; readonly insert: string | null } | null;
}
