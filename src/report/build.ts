import { hash } from 'node:crypto';
import { type PlanDecision, type QuotaResult, type RowDecision, type Verdict, worse } from '../decide/decision.ts';
import { InlaneError } from '../errors.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import { spellInstant } from '../logic/matcher.ts';
import type { PlanFile, ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import type { Finding } from '../tags/finding.ts';
import { kindOf, placed, type ReportSource, reportChange, reportReasons, SharedParts } from './change.ts';
import { diagnosticsOf, errorDiagnostics } from './diagnostic.ts';
import { fixPlace } from './edit.ts';
import type { GrantSpan } from './grant.ts';
import { LikeChange, LikeChanges } from './like.ts';
import { spellPlace, spellRow } from './place.ts';
import { planRemediesOf, remediesOf } from './remedy.ts';
import {
  exitOf,
  type Remedy,
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

/** What all plans of one run share. */
export interface ReportRun {
  readonly ruleset: Ruleset;
  readonly principal: Principal;
  readonly forPrincipal: Principal | null;
  /** Milliseconds since the epoch. Shown only when a rule about time spoke. */
  readonly now: number;
  /** True where `--now` gave it: then it is input, and a suggested grant may start there. */
  readonly nowGiven: boolean;
  readonly observe: boolean;
}

/** What concerns a plan as a whole, once its rows are decided. */
export interface ReportEnd {
  readonly plan: PlanFile;
  readonly decision: Omit<PlanDecision, 'rows'>;
  /** Findings that name no row. */
  readonly findings: readonly Finding[];
  /** Rows of the plan, where the caller counted them; else they are counted here by one more pass. */
  readonly rows?: number | undefined;
  /** One diff of all edits. */
  readonly patch?: string | null | undefined;
  /** Path of the stack within its repository, null or '' where it has none. */
  readonly stack?: string | null;
  /** Of the run, besides those of the plan. */
  readonly diagnostics?: readonly ReportDiagnostic[] | undefined;
}

export interface ReportInput extends ReportRun, ReportEnd {
  readonly decision: PlanDecision;
  /** Where rows are written, where that was looked up. */
  readonly sources?: ReadonlyMap<ResourceChange, ReportSource>;
}

const NONE: readonly Remedy[] = Object.freeze([]);

const NOWHERE: ReportSource = { place: null, why: null };

const DAY = 86_400_000;

/**
 * What was decided about one plan, as the report says it. Pure: equal input, equal bytes. Throws `internal` when a row was
 * not decided or a verdict is milder than one below it: such a report must not be printed.
 */
export function buildReport(input: ReportInput): Report {
  const builder = new ReportBuilder(input);
  const byRow = findingsByRow(input.findings);
  for (const row of input.decision.rows) {
    const { change } = row.classified;
    builder.add(row, byRow.get(spellRow(change)) ?? [], input.sources?.get(change) ?? NOWHERE);
  }
  return builder.finish({ ...input, findings: input.findings });
}

/** Takes one decided row after another and keeps what the report says of it. */
export class ReportBuilder {
  readonly #run: ReportRun;
  readonly #changes: ReportChange[] = [];
  readonly #sums = new Sums();
  readonly #approvals = new Approvals();
  readonly #shared = new SharedParts();
  readonly #likes = new LikeChanges();
  /** Ways out of rows that are spelled otherwise if a rule about time speaks. */
  readonly #timed = new Map<number, readonly Remedy[]>();
  #worst: Verdict = 'allow';
  #dependents = false;
  #milder = false;

  constructor(run: ReportRun) {
    this.#run = run;
  }

  /** `findings`: those that name the row. `source`: where it is written, where that was looked up. */
  add(row: RowDecision, findings: readonly Finding[], source: ReportSource = NOWHERE): void {
    const tell = () => this.#told(this.#changes.length, row, findings, source);
    const change = source === NOWHERE ? this.#likes.of(row, tell) : tell();
    this.#changes.push(change);
    this.#sums.add(change);
    this.#worst = worse(this.#worst, row.verdict);
    // Most rows of a large plan do nothing.
    if (row.decisions.length === 0) return;
    this.#approvals.add(row);
    if (row.decisions.some((decision) => worse(row.verdict, decision.verdict) !== row.verdict)) this.#milder = true;
    if (!this.#dependents && change.facts.some((fact) => fact.key === 'dependents')) this.#dependents = true;
  }

  /** Whether the row that was added as the `at`th has no ways out, so that its place is all that `place` has to say of it. */
  isAllowed(at: number): boolean {
    return this.#changes[at]?.verdict === 'allow';
  }

  /** Says of a row where it is written, once that was looked up. */
  place(at: number, source: ReportSource): void {
    const change = this.#changes[at] as ReportChange;
    this.#changes[at] = change instanceof LikeChange ? this.#likes.placed(change, source) : placed(change, source);
  }

  /** Says a row anew that was decided as before: what findings are mended by, and ways out, hang on where it is written. */
  tellAgain(at: number, row: RowDecision, findings: readonly Finding[], source: ReportSource = NOWHERE): void {
    this.#timed.delete(at);
    this.#changes[at] = this.#told(at, row, findings, source);
  }

  #told(at: number, row: RowDecision, findings: readonly Finding[], source: ReportSource): ReportChange {
    const remedies = row.verdict === 'allow' ? NONE : this.#remedies(at, row, findings, source);
    return reportChange(row, remedies, source, this.#shared);
  }

  /** Ways out of a row that is not allowed. */
  #remedies(at: number, row: RowDecision, findings: readonly Finding[], source: ReportSource): readonly Remedy[] {
    const { ruleset, principal, forPrincipal, nowGiven } = this.#run;
    const kind = kindOf(row);
    const of = (span: GrantSpan) =>
      remediesOf(row, findings, { ruleset, principal, forPrincipal, span, source }).map((remedy) =>
        this.#shared.remedies.of(kind, remedy),
      );
    const remedies = of(nowGiven ? this.#span() : null);
    if (!nowGiven && remedies.some((remedy) => remedy.kind === 'grant')) this.#timed.set(at, of(this.#span()));
    return remedies;
  }

  finish({ plan, decision, findings, rows = countRows(plan), patch = null, stack = null, diagnostics = [] }: ReportEnd): Report {
    const { ruleset, principal, forPrincipal, now, observe } = this.#run;
    const changes = this.#changes;
    if (decision.timeSpoke)
      for (const [at, remedies] of this.#timed) changes[at] = { ...(changes[at] as ReportChange), remedies };
    this.#assertWhole(rows, decision);
    const because = reportReasons(decision.because);
    return {
      format: 'inlane-report/1',
      tool: TOOL,
      verdict: decision.verdict,
      exit: exitOf(decision.verdict),
      observe,
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
      ...(stack && changes.some(({ source }) => source !== null) ? { stack } : {}),
      ...(decision.timeSpoke ? { now: spellInstant(now) } : {}),
      summary: this.#sums.summary(),
      ...(because.length > 0 ? { because, remedies: planRemediesOf(decision, ruleset) } : {}),
      changes,
      findings: findings.map(reportFinding),
      ...(patch ? { patch } : {}),
      quotas: decision.quotas.map(reportQuota),
      approvals: this.#approvals.list(),
      ...(plan.drift.length > 0 ? { drift: plan.drift.map((row) => ({ address: spellRow(row), actions: row.actions })) } : {}),
      ...(plan.outputs.some((o) => !doesNothing(o.actions))
        ? { outputs: plan.outputs.filter((o) => !doesNothing(o.actions)).map(({ name, actions }) => ({ name, actions })) }
        : {}),
      diagnostics: [...diagnostics, ...diagnosticsOf(plan, { changes: changes.length, dependents: this.#dependents })],
    };
  }

  #span(): GrantSpan {
    const start = Math.floor(this.#run.now / 1000) * 1000;
    return { from: spellInstant(start), until: spellInstant(start + DAY) };
  }

  #assertWhole(rows: number, decision: ReportEnd['decision']): void {
    if (this.#changes.length !== rows) {
      throw new InlaneError(
        'internal',
        `${rows} rows in the plan, ${this.#changes.length} decided`,
        'this is a defect of inlane: report it',
      );
    }
    const below = [this.#worst, ...decision.quotas.filter((quota) => quota.enforce).map((quota) => quota.verdict)];
    if (this.#milder || below.some((verdict) => worse(decision.verdict, verdict) !== decision.verdict)) {
      throw new InlaneError('internal', 'a verdict is milder than one below it', 'this is a defect of inlane: report it');
    }
  }
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
  const sums = new Sums();
  for (const change of changes) sums.add(change);
  return sums.summary();
}

class Sums {
  readonly #verdicts: Record<Verdict, number> = { allow: 0, 'needs-approval': 0, deny: 0 };
  readonly #operations = new Map<string, number>();

  add({ verdict, operations }: ReportChange): void {
    this.#verdicts[verdict] += 1;
    if (operations.length === 0) return;
    for (const operation of new Set(operations)) this.#operations.set(operation, (this.#operations.get(operation) ?? 0) + 1);
  }

  summary(): ReportSummary {
    return { ...this.#verdicts, operations: sorted(this.#operations) };
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
  return { sha256: hash('sha256', JSON.stringify(files), 'hex'), files };
}

function findingsByRow(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const rows = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.address === null) continue;
    append(rows, spellRow({ address: finding.address, deposed: finding.deposed }), finding);
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
class Approvals {
  readonly #due = new Map<string, { approval: Omit<ReportApproval, 'rows'>; rows: Set<string> }>();

  add(row: RowDecision): void {
    for (const { approvals } of row.decisions) {
      for (const { id, at, approval } of approvals) {
        const key = `${id} ${spellPlace(at)}`;
        const { team, id: person } = approval.from;
        const from = { ...(team === undefined ? {} : { team }), ...(person === undefined ? {} : { id: person }) };
        const approved = { id, from, count: approval.count, not_by: approval.notBy };
        const entry = this.#due.get(key) ?? { approval: approved, rows: new Set() };
        entry.rows.add(spellRow(row.classified.change));
        this.#due.set(key, entry);
      }
    }
  }

  list(): readonly ReportApproval[] {
    return [...this.#due.values()].map(({ approval, rows }) => ({ ...approval, rows: [...rows] }));
  }
}
