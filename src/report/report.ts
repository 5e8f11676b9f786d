import type { ReasonKind, Verdict } from '../decide/decision.ts';
import type { PrincipalKind } from '../lanes/registry.ts';
import type { Level } from '../lanes/ruleset.ts';
import type { Operation, Side } from '../logic/fact.ts';
import type { Mode } from '../plan/model.ts';

/** A plan's verdict; `undecided` is "could not decide", which outranks deny. */
export type ReportVerdict = Verdict | 'undecided';

/** From the mildest to the worst. */
export const REPORT_VERDICTS: readonly ReportVerdict[] = ['allow', 'needs-approval', 'deny', 'undecided'];

export type ExitCode = 0 | 1 | 2 | 3;

/** The exit code of product.md: a function of the verdict and of nothing else. */
export function exitOf(verdict: ReportVerdict): ExitCode {
  switch (verdict) {
    case 'allow':
      return 0;
    case 'needs-approval':
      return 3;
    case 'deny':
      return 1;
    case 'undecided':
      return 2;
  }
}

/** The worst of them; `undecided` for none at all, since a run that saw nothing decided nothing. */
export function worstOf(verdicts: readonly ReportVerdict[]): ReportVerdict {
  if (verdicts.length === 0) return 'undecided';
  return verdicts.reduce((a, b) => (REPORT_VERDICTS.indexOf(b) > REPORT_VERDICTS.indexOf(a) ? b : a));
}

/**
 * The one object that every format prints and every exit code comes from (report.md). Keys stand in this order, arrays in
 * plan order. Optional keys are there only when they have something to say.
 */
export interface Report {
  readonly format: 'inlane-report/1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly verdict: ReportVerdict;
  readonly exit: ExitCode;
  readonly observe: boolean;
  /** Null only where nothing could be decided. */
  readonly principal: ReportPrincipal | null;
  /** Reserved; always empty. */
  readonly context: Readonly<Record<string, never>>;
  /** Null where not even the plan's name is known. */
  readonly plan: ReportPlan | null;
  readonly rules: ReportRules | null;
  /** Path of the stack within its repository, where lines are shown and it is not the root: files of rows and fixes are relative to it. */
  readonly stack?: string;
  /** RFC 3339 in UTC; only when a rule about time was evaluated. */
  readonly now?: string;
  readonly summary: ReportSummary;
  /** Plan-level reasons, and the ways out of them. */
  readonly because?: readonly ReportReason[];
  readonly remedies?: readonly Remedy[];
  readonly changes: readonly ReportChange[];
  readonly findings: readonly ReportFinding[];
  /** A unified diff that makes every edit of the findings that can be made, for `git apply`. */
  readonly patch?: string;
  readonly quotas: readonly ReportQuota[];
  readonly approvals: readonly ReportApproval[];
  /** Rows of `resource_drift` and output changes: listed, not decided. */
  readonly drift?: readonly { readonly address: string; readonly actions: readonly string[] }[];
  readonly outputs?: readonly { readonly name: string; readonly actions: readonly string[] }[];
  readonly diagnostics: readonly ReportDiagnostic[];
}

/** Several plans in one call. */
export interface ReportSet {
  readonly format: 'inlane-report-set/1';
  readonly verdict: ReportVerdict;
  readonly exit: ExitCode;
  readonly reports: readonly Report[];
}

/** Null in `kind`, `teams`, `tier` and `owner` is "unknown" or "has none"; `kind` null is always unknown. */
export interface ReportPrincipal {
  readonly id: string;
  readonly kind: PrincipalKind | null;
  readonly teams: readonly string[] | null;
  readonly tier: string | null;
  readonly owner: string | null;
  readonly assurance: 'asserted' | 'host' | 'none';
  /** Id of the person acted for. */
  readonly for: string | null;
}

/** All but `path` are null in an undecided report. */
export interface ReportPlan {
  readonly path: string;
  readonly sha256: string | null;
  readonly tool: 'terraform' | 'opentofu' | null;
  readonly version: string | null;
  readonly format_version: string | null;
  readonly rows: number | null;
  readonly decided: number | null;
  readonly complete: boolean | null;
  readonly errored: boolean | null;
}

export interface ReportRules {
  /** Hex digest over level, path and digest of every file, in order. */
  readonly sha256: string;
  readonly files: readonly { readonly path: string; readonly level: Level; readonly sha256: string }[];
}

export interface ReportSummary {
  readonly allow: number;
  readonly 'needs-approval': number;
  readonly deny: number;
  /** Operation to the number of rows that do it, sorted by name. */
  readonly operations: Readonly<Partial<Record<Operation, number>>>;
}

export interface ReportChange {
  readonly address: string;
  readonly deposed: string | null;
  readonly previous_address: string | null;
  readonly type: string;
  readonly provider: string;
  readonly mode: Mode;
  readonly actions: readonly string[];
  readonly reason: string | null;
  readonly replace_paths: readonly string[];
  readonly operations: readonly Operation[];
  readonly classes: readonly string[];
  readonly verdict: Verdict;
  readonly decisions: readonly ReportDecision[];
  readonly facts: readonly ReportFact[];
  /** The block of the row: its file relative to the stack, 1-based line. Null where not established. */
  readonly source: { readonly file: string; readonly line: number } | null;
  /** Why it is not established, where there is configuration to look at. */
  readonly source_why?: string | undefined;
  readonly remedies: readonly Remedy[];
}

export interface ReportDecision {
  readonly operation: Operation | null;
  readonly side: Side | null;
  readonly verdict: Verdict;
  /** Made for the person acted for. */
  readonly as?: string;
  /** The object it stands on when that is not the row's own. */
  readonly subject?: string;
  /** What it is when the row's action does not say so: `deletion_protection true -> false`. */
  readonly note?: string;
  readonly because: readonly ReportReason[];
  readonly unknown: readonly { readonly fact: string; readonly path: string | null; readonly why: string }[];
  readonly nearest: readonly ReportNearest[];
}

export interface ReportReason {
  readonly kind: ReasonKind;
  readonly id: string | null;
  /** `file:line:column`. */
  readonly at: string | null;
  readonly why: string | null;
  readonly ask: string | null;
  /** A rule under `enforce: observe`: it would have done so. */
  readonly observed?: true;
  /** When a temporary grant or a freeze ends: RFC 3339 in UTC. */
  readonly until?: string;
}

export interface ReportNearest {
  readonly kind: 'lane' | 'grant';
  readonly id: string;
  readonly at: string;
  readonly failed: readonly { readonly fact: string; readonly is: string | null; readonly wants: string }[];
}

export type FactValue = null | boolean | number | string | readonly FactValue[];

export interface ReportFact {
  readonly key: string;
  readonly side: Side;
  readonly value: FactValue;
  readonly unknown?: true;
  /** What makes it unknown, and the plan path that does. */
  readonly why?: string;
  readonly path?: string;
  /** Members of a set that may or may not be in it. */
  readonly maybe?: readonly FactValue[];
  /** An absent tag, or a property that the principal has not: null that proves nothing. */
  readonly absent?: true;
  /** Why a known value is not shown. */
  readonly hidden?: 'sensitive' | 'composite';
  /** The object it is a fact of when that is not the row's own. */
  readonly subject?: string;
  readonly sources: readonly { readonly from: string; readonly name: string | null; readonly value: string | null }[];
}

/** A way out. `insert` is text to add to a file in front of `line`, `patch` a unified diff that does it, `yaml` a ready entry for a lane file. */
export type Remedy =
  | {
      readonly kind: 'edit';
      readonly text: string;
      readonly file: string | null;
      readonly line: number | null;
      readonly insert: string | null;
      readonly patch?: string;
    }
  | { readonly kind: 'grant'; readonly text: string; readonly yaml: string }
  | { readonly kind: 'ask'; readonly text: string; readonly who: string };

export interface ReportFinding {
  readonly code: string;
  readonly severity: 'deny' | 'warn' | 'report';
  readonly address: string | null;
  readonly deposed?: string;
  readonly key: string | null;
  readonly message: string;
  readonly fix: {
    readonly text: string;
    readonly file: string | null;
    readonly line: number | null;
    readonly insert: string | null;
    /** A unified diff of what the row's block lacks, for `git apply`. */
    readonly patch?: string;
  } | null;
  readonly observed?: true;
}

export interface ReportQuota {
  readonly id: string;
  readonly counted: Readonly<Record<string, number>>;
  readonly limit: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
  readonly observed?: true;
}

export interface ReportApproval {
  readonly id: string;
  readonly from: { readonly team?: string; readonly id?: string };
  readonly count: number;
  readonly not_by: readonly ('author' | 'delegator')[];
  /** Addresses; a deposed object is `ADDRESS (deposed KEY)`. */
  readonly rows: readonly string[];
}

export interface ReportDiagnostic {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly hint: string | null;
  /** `file:line:column` of a lane file. */
  readonly at?: string;
}

/** What the process exits with: the verdict's code, or 0 where the run only observes. Never hides a 2. */
export function processExit(report: Report | ReportSet): ExitCode {
  const reports = report.format === 'inlane-report-set/1' ? report.reports : [report];
  const observed = reports.length > 0 && reports.every((one) => one.observe);
  return observed && report.exit !== 2 ? 0 : report.exit;
}
