import { createHash } from 'node:crypto';
import { type PlanDecision, type QuotaResult, type RowDecision, VERDICTS, type Verdict } from '../decide/decision.ts';
import { InlaneError } from '../errors.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import { spellInstant } from '../logic/matcher.ts';
import type { PlanFile, ResourceChange } from '../plan/model.ts';
import type { Finding } from '../tags/finding.ts';
import { type ReportSource, reportChange, reportReasons } from './change.ts';
import { diagnosticsOf, errorDiagnostics } from './diagnostic.ts';
import { fixPlace } from './edit.ts';
import { spellPlace, spellRow } from './place.ts';
import { planRemediesOf, remediesOf } from './remedy.ts';
import {
  exitOf,
  type Report,
  type ReportApproval,
  type ReportChange,
  type ReportDiagnostic,
  type ReportFinding,
  type ReportPrincipal,
  type ReportQuota,
  type ReportRules,
  type ReportSummary,
} from './report.ts';
import { TOOL } from './tool.ts';

export interface ReportInput {
  readonly plan: PlanFile;
  readonly decision: PlanDecision;
  readonly findings: readonly Finding[];
  readonly ruleset: Ruleset;
  readonly principal: Principal;
  readonly forPrincipal: Principal | null;
  /** Milliseconds since the epoch. Shown only when a rule about time spoke. */
  readonly now: number;
  /** True where `--now` gave it: then it is input, and a suggested grant may start there. */
  readonly nowGiven: boolean;
  readonly observe: boolean;
  /** Rows of the plan, where the caller counted them; else they are counted here by one more pass. */
  readonly rows?: number;
  /** Where rows are written, where that was looked up. */
  readonly sources?: ReadonlyMap<ResourceChange, ReportSource>;
  /** One diff of all edits. */
  readonly patch?: string | null;
  /** Of the run, besides those of the plan. */
  readonly diagnostics?: readonly ReportDiagnostic[];
}

const NOWHERE: ReportSource = { place: null, why: null };

const DAY = 86_400_000;

/**
 * What was decided about one plan, as the report says it. Pure: equal input, equal bytes. Throws `internal` when a row was
 * not decided or a verdict is milder than one below it: such a report must not be printed.
 */
export function buildReport(input: ReportInput): Report {
  const { plan, decision, ruleset, principal, forPrincipal } = input;
  const start = Math.floor(input.now / 1000) * 1000;
  const span = input.nowGiven || decision.timeSpoke ? { from: spellInstant(start), until: spellInstant(start + DAY) } : null;
  const byRow = findingsByRow(input.findings);
  const changes = decision.rows.map((row) =>
    reportChange(
      row,
      remediesOf(row, byRow.get(spellRow(row.classified.change)) ?? [], { ruleset, principal, forPrincipal, span }),
      input.sources?.get(row.classified.change) ?? NOWHERE,
    ),
  );
  const rows = input.rows ?? countRows(plan);
  assertWhole(rows, decision);
  const because = reportReasons(decision.because);
  return {
    format: 'inlane-report/1',
    tool: TOOL,
    verdict: decision.verdict,
    exit: exitOf(decision.verdict),
    observe: input.observe,
    principal: reportPrincipal(principal, forPrincipal),
    context: {},
    plan: {
      path: plan.path,
      sha256: plan.sha256,
      tool: plan.tool,
      version: plan.version,
      format_version: plan.formatVersion,
      rows,
      decided: changes.length,
      complete: plan.complete,
      errored: plan.errored,
    },
    rules: reportRules(ruleset),
    ...(decision.timeSpoke ? { now: spellInstant(input.now) } : {}),
    summary: summarise(changes),
    ...(because.length > 0 ? { because, remedies: planRemediesOf(decision, ruleset) } : {}),
    changes,
    findings: input.findings.map(reportFinding),
    ...(input.patch ? { patch: input.patch } : {}),
    quotas: decision.quotas.map(reportQuota),
    approvals: approvalsOf(decision.rows),
    ...(plan.drift.length > 0 ? { drift: plan.drift.map((row) => ({ address: spellRow(row), actions: row.actions })) } : {}),
    ...(plan.outputs.some((o) => !doesNothing(o.actions))
      ? { outputs: plan.outputs.filter((o) => !doesNothing(o.actions)).map(({ name, actions }) => ({ name, actions })) }
      : {}),
    diagnostics: [...(input.diagnostics ?? []), ...diagnosticsOf(plan, changes)],
  };
}

/** The entry of a plan that could not be decided. `path` as the user named it, where the error belongs to one plan. */
export function undecidedReport(
  error: InlaneError,
  known: { path?: string; principal?: Principal; forPrincipal?: Principal | null; ruleset?: Ruleset; observe?: boolean } = {},
): Report {
  const nothing = {
    sha256: null,
    tool: null,
    version: null,
    format_version: null,
    rows: null,
    decided: null,
    complete: null,
    errored: null,
  };
  return {
    format: 'inlane-report/1',
    tool: TOOL,
    verdict: 'undecided',
    exit: exitOf('undecided'),
    observe: known.observe ?? false,
    principal: known.principal ? reportPrincipal(known.principal, known.forPrincipal ?? null) : null,
    context: {},
    plan: known.path === undefined ? null : { path: known.path, ...nothing },
    rules: known.ruleset ? reportRules(known.ruleset) : null,
    summary: summarise([]),
    changes: [],
    findings: [],
    quotas: [],
    approvals: [],
    diagnostics: errorDiagnostics(error),
  };
}

/** How many rows of each verdict, and how many rows do each operation. */
export function summarise(changes: readonly ReportChange[]): ReportSummary {
  const operations = new Map<string, number>();
  for (const change of changes) {
    for (const operation of new Set(change.operations)) operations.set(operation, (operations.get(operation) ?? 0) + 1);
  }
  const count = (verdict: string) => changes.filter((change) => change.verdict === verdict).length;
  return {
    allow: count('allow'),
    'needs-approval': count('needs-approval'),
    deny: count('deny'),
    operations: sorted(operations),
  };
}

function assertWhole(rows: number, decision: PlanDecision): void {
  if (decision.rows.length !== rows) {
    throw new InlaneError(
      'internal',
      `${rows} rows in the plan, ${decision.rows.length} decided`,
      'this is a defect of inlane: report it',
    );
  }
  const milder = (verdict: Verdict, below: readonly Verdict[]) =>
    below.some((b) => VERDICTS.indexOf(b) > VERDICTS.indexOf(verdict));
  const quotas = decision.quotas.filter((quota) => quota.enforce).map((quota) => quota.verdict);
  if (
    milder(decision.verdict, [...decision.rows.map((row) => row.verdict), ...quotas]) ||
    decision.rows.some((row) =>
      milder(
        row.verdict,
        row.decisions.map((d) => d.verdict),
      ),
    )
  ) {
    throw new InlaneError('internal', 'a verdict is milder than one below it', 'this is a defect of inlane: report it');
  }
}

function countRows(plan: PlanFile): number {
  let rows = 0;
  for (const _ of plan.rows()) rows += 1;
  return rows;
}

function doesNothing(actions: readonly string[]): boolean {
  return actions.length === 1 && actions[0] === 'no-op';
}

function reportPrincipal(principal: Principal, forPrincipal: Principal | null): ReportPrincipal {
  const knownOrNull = <T>(value: T | 'unknown'): T | null => (value === 'unknown' ? null : value);
  return {
    id: principal.id,
    kind: knownOrNull(principal.kind),
    teams: knownOrNull(principal.teams),
    tier: knownOrNull(principal.tier),
    owner: knownOrNull(principal.owner),
    assurance: principal.assurance,
    for: forPrincipal?.id ?? null,
  };
}

/** The files that decided, with one digest of them all. */
export function reportRules(ruleset: Ruleset): ReportRules {
  const files = ruleset.files.map(({ path, level, sha256 }) => ({ path, level, sha256 }));
  return { sha256: createHash('sha256').update(JSON.stringify(files)).digest('hex'), files };
}

function findingsByRow(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const rows = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.address === null) continue;
    const row = spellRow({ address: finding.address, deposed: finding.deposed });
    const own = rows.get(row);
    if (own) own.push(finding);
    else rows.set(row, [finding]);
  }
  return rows;
}

function reportFinding(finding: Finding): ReportFinding {
  return {
    code: finding.code,
    severity: finding.severity,
    address: finding.address,
    ...(finding.deposed === null ? {} : { deposed: finding.deposed }),
    key: finding.key,
    message: finding.message,
    fix: finding.fix === null ? null : { text: finding.fix.text, ...fixPlace(finding.fix) },
    ...(finding.enforce ? {} : { observed: true as const }),
  };
}

function reportQuota(quota: QuotaResult): ReportQuota {
  return {
    id: quota.id,
    counted: sorted(quota.counted),
    limit: sorted(quota.limit),
    verdict: quota.verdict,
    ...(quota.enforce ? {} : { observed: true as const }),
  };
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Each obligation once, in the order of its first row, with the rows in plan order. */
function approvalsOf(rows: readonly RowDecision[]): readonly ReportApproval[] {
  const due = new Map<string, { approval: Omit<ReportApproval, 'rows'>; rows: Set<string> }>();
  for (const row of rows) {
    for (const { id, at, approval } of row.decisions.flatMap((decision) => decision.approvals)) {
      const key = `${id} ${spellPlace(at)}`;
      const { team, id: person } = approval.from;
      const from = { ...(team === undefined ? {} : { team }), ...(person === undefined ? {} : { id: person }) };
      const entry = due.get(key) ?? { approval: { id, from, count: approval.count, not_by: approval.notBy }, rows: new Set() };
      entry.rows.add(spellRow(row.classified.change));
      due.set(key, entry);
    }
  }
  return [...due.values()].map(({ approval, rows: addresses }) => ({ ...approval, rows: [...addresses] }));
}
