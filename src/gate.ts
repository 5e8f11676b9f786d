import { loadClasses } from '../providers/classes.ts';
import { sourcesOf } from '../providers/knowledge.ts';
import { objectKey } from './classify/address.ts';
import { type ClassifiedPlan, classifyPlan } from './classify/classify.ts';
import type { ClassifyContext, PlaceOptions } from './classify/context.ts';
import type { ClassifiedChange } from './classify/model.ts';
import { indexPlan, type PlanIndex } from './classify/plan-index.ts';
import type { RanDecision, Reason, Verdict } from './decide/decision.ts';
import { PlanDecider } from './decide/plan.ts';
import type { DecisionContext } from './decide/view.ts';
import { InlaneError, kindOfError } from './errors.ts';
import { type ReadRules, stackDirectory } from './lanes/cascade.ts';
import { resolvePrincipal, resolvePrincipalFor } from './lanes/principal.ts';
import type { Principal } from './lanes/registry.ts';
import { rulesOf } from './lanes/rules-of.ts';
import type { Ruleset } from './lanes/ruleset.ts';
import { requireTrustedRules } from './lanes/trust.ts';
import type { PlanFile, ResourceChange } from './plan/model.ts';
import { append } from './plan/multimap.ts';
import { readPlan } from './plan/read.ts';
import { ReportBuilder, undecidedReport } from './report/build.ts';
import { laneDiagnostic } from './report/diagnostic.ts';
import type { GateOptions, GateResult } from './report/options.ts';
import { processExit, type Report, type ReportDiagnostic } from './report/report.ts';
import { reportSet } from './report/set.ts';
import { contextOf, placesOf, readNow } from './run.ts';
import { holdsConfiguration } from './source/present.ts';
import type { PlanSource, SourceOptions } from './source/source.ts';
import type { Finding } from './tags/finding.ts';
import { tagJudge } from './tags/judge.ts';
import { findingKey, type Told, tellPlaces, UNTOLD } from './told.ts';

export type { GateOptions, GateResult } from './report/options.ts';

/**
 * The plan flow: read -> classify -> decide -> report, for one or several plans under one set of rules. A plan that cannot be
 * read is an undecided report beside the others; rules or options that are wrong throw InlaneError.
 */
export async function gate(options: GateOptions): Promise<GateResult> {
  const reports: Report[] = [];
  for await (const report of gateEach(options)) reports.push(report);
  const [only] = reports;
  if (only === undefined) throw new InlaneError('usage', 'no plan is given', 'name a plan file, or `-` for standard input');
  return { reports, exit: processExit(reports.length === 1 ? only : reportSet(reports)) };
}

/**
 * The same, one report after the other, so that many plans need not be held at once. `read`: where lane files are read from instead of
 * the working tree, for rules that no file holds yet.
 */
export async function* gateEach(options: GateOptions, read?: ReadRules): AsyncGenerator<Report, void, undefined> {
  const run = await prepare(options, read);
  for (const path of options.plans) yield gateOne(path, run);
}

/** What all plans of one run share. */
interface Run {
  readonly options: GateOptions;
  readonly ruleset: Ruleset;
  readonly principal: Principal;
  readonly forPrincipal: Principal | null;
  readonly places: PlaceOptions;
  /** Absolute folder of the stack. */
  readonly directory: string;
  readonly source: SourceOptions;
  readonly context: DecisionContext & { readonly now: number };
  readonly diagnostics: readonly ReportDiagnostic[];
}

async function prepare(options: GateOptions, read?: ReadRules): Promise<Run> {
  const env = options.env ?? {};
  const cwd = options.cwd ?? process.cwd();
  const stack = options.stack ?? '.';
  requireTrustedRules(env, { rulesFrom: options.rulesFrom, trustWorktree: options.trustWorktree ?? false });
  const classNames = new Set(loadClasses().keys());
  const { lanes, rulesFrom } = options;
  const { ruleset, diagnostics } = await rulesOf({ lanes, rulesFrom, stack, cwd, env, classNames, read });
  if (options.observe && !ruleset.observeAllowed) {
    throw new InlaneError('usage', 'the org lane file forbids --observe (`limits: {observe: false}`)', 'run without --observe');
  }
  const directory = stackDirectory(cwd, stack);
  const places = placesOf(options, cwd);
  return {
    options,
    ruleset,
    directory,
    source: { stack: directory, inRepository: places.stack, ...(env.TF_DATA_DIR ? { dataDir: env.TF_DATA_DIR } : {}) },
    principal: resolvePrincipal(options.as, env, ruleset.registry),
    forPrincipal: resolvePrincipalFor(options.for, env, ruleset.registry),
    places,
    context: {
      now: readNow(options.now),
      repository: options.repository ?? null,
      ref: options.ref ?? null,
      event: options.event ?? null,
    },
    diagnostics: diagnostics.map(laneDiagnostic),
  };
}

async function gateOne(path: string, run: Run): Promise<Report> {
  const { options, ruleset, principal, forPrincipal } = run;
  const observe = options.observe ?? false;
  let opened: PlanFile | null = null;
  try {
    const read = await readPlan(path, {
      ...(options.stdin ? { stdin: options.stdin } : {}),
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd ? { cwd: options.cwd } : {}),
    });
    opened = read;
    const report = await decide(read, run);
    read.assertUnchanged?.();
    return report;
  } catch (error) {
    if (!(error instanceof InlaneError)) options.onDefect?.(error);
    const reason = error instanceof InlaneError ? error : defect(error);
    return undecidedReport(reason, { path, principal, forPrincipal, ruleset, observe });
  } finally {
    opened?.close?.();
  }
}

/** What a plan's rows are decided on, whatever is known of its text. */
interface Subject {
  readonly index: PlanIndex;
  readonly plan: PlanFile;
  readonly context: ClassifyContext;
  readonly run: Run;
}

interface Decided {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Rows whose place a report shows. */
  readonly shown: readonly ResourceChange[];
  report(): Report;
}

/**
 * Row by row, once without the text of the configuration. Where lines are shown, or the text may show tags that the plan hides, the rows
 * are decided again with what it says: what was worked out for a row is never kept.
 */
async function decide(read: PlanFile, run: Run): Promise<Report> {
  const index = indexPlan(read);
  const plan: PlanFile = { ...read, rows: () => index.rows };
  const context = await contextOf(sourcesOf(plan, index.rows, index.priorProviders), run.ruleset, run.places);
  const subject = { index, plan, context, run };
  const first = decideRows(subject, UNTOLD);
  const source = await sourceFor(plan, index.rows, first, run);
  if (source === null) return first.report();
  // What is allowed without the text stays allowed with it.
  const written = first.verdict === 'allow' ? null : await source.written();
  const seen = written === null || written.size === 0 ? subject : { ...subject, context: { ...context, written } };
  const second = seen === subject ? first : decideRows(seen, UNTOLD);
  const told = await tellPlaces(source, second);
  return (told === UNTOLD ? second : decideRows(seen, told)).report();
}

function decideRows({ index, plan, context, run }: Subject, told: Told): Decided {
  const { options, ruleset, principal, forPrincipal } = run;
  const classified = classifyPlan(plan, context, index);
  const judge = tagJudge({
    rows: index.rows,
    known: (change) => {
      const { row, provider } = classified.knowledge(change);
      return { change, row, provider };
    },
    mentions: classified.mentions,
    attributes: ruleset.attributes,
    classified: classified.row,
  });
  const decider = new PlanDecider({
    plan: classified,
    ruleset,
    principals: forPrincipal === null ? [principal] : [principal, forPrincipal],
    context: run.context,
  });
  const builder = new ReportBuilder({
    ruleset,
    principal,
    forPrincipal,
    now: run.context.now,
    nowGiven: options.now !== undefined,
    observe: options.observe ?? false,
  });
  const ranAtPlan = decider.ranAtPlan.map(ranAtPlanFinding);
  const onRan = byRow(ranAtPlan);
  const onDoubles = byRow(findingsOfDoubles(index.rows, classified, judge));
  const findings: Finding[] = [];
  const shown: ResourceChange[] = [];
  for (const row of classified.rows()) {
    const own = retold(judge(row), told);
    if (own.length > 0) findings.push(...own);
    const named = onDoubles.size === 0 ? own : (onDoubles.get(keyOf(row)) ?? own);
    const ran = onRan.size === 0 ? NONE : (onRan.get(keyOf(row)) ?? NONE);
    const decided = decider.row(row, named.length === 0 ? NONE : named.flatMap(denial));
    builder.add(decided, ran.length === 0 ? named : [...named, ...ran], told.sources.get(row.change));
    if (showsLine(decided.verdict, run)) shown.push(row.change);
  }
  const decision = decider.finish();
  const report = () =>
    builder.finish({
      plan,
      decision,
      findings: [...findings, ...ranAtPlan],
      rows: index.rows.length,
      patch: told.patch,
      stack: run.source.inRepository,
      diagnostics: [...run.diagnostics, ...told.diagnostics],
    });
  return { verdict: decision.verdict, findings, shown, report };
}

/** What most rows of a large plan have of everything. */
const NONE: readonly never[] = Object.freeze([]);

function keyOf({ change }: ClassifiedChange): string {
  return objectKey(change.address, change.deposed);
}

/** Findings as the text of the configuration has them. */
function retold(findings: readonly Finding[], told: Told): readonly Finding[] {
  if (findings.length === 0 || told.findings.size === 0) return findings;
  return findings.map((finding) => told.findings.get(findingKey(finding)) ?? finding);
}

/** Findings of rows that have one name: each denies all of them. */
function findingsOfDoubles(
  rows: readonly ResourceChange[],
  classified: ClassifiedPlan,
  judge: (row: ClassifiedChange) => readonly Finding[],
): Finding[] {
  const seen = new Set<string>();
  const doubled = new Set<string>();
  for (const { address, deposed } of rows) {
    const key = objectKey(address, deposed);
    if (seen.has(key)) doubled.add(key);
    seen.add(key);
  }
  if (doubled.size === 0) return [];
  return rows
    .filter(({ address, deposed }) => doubled.has(objectKey(address, deposed)))
    .flatMap((row) => judge(classified.row(row)));
}

function byRow(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const rows = new Map<string, Finding[]>();
  for (const finding of findings)
    if (finding.address !== null) append(rows, objectKey(finding.address, finding.deposed), finding);
  return rows;
}

/** Whether a report shows where a row is written. */
function showsLine(verdict: Verdict, { options }: Run): boolean {
  const lines = options.lines ?? 'all';
  return lines === 'all' || (lines === 'out-of-lane' && verdict !== 'allow');
}

/** The text of the configuration, inside the plan or beside it: where lines of it are shown, or where it may show tags that the plan hides. */
async function sourceFor(
  plan: PlanFile,
  rows: readonly ResourceChange[],
  { verdict, shown }: Decided,
  run: Run,
): Promise<PlanSource | null> {
  if (run.options.source === false || (plan.archive === null && !holdsConfiguration(run.directory))) return null;
  if (verdict === 'allow' && shown.length === 0) return null;
  const { openSource } = await import('./source/source.ts');
  return openSource(plan, rows, run.source);
}

/** A defect's message may hold plan values, so only its kind is told. */
function defect(error: unknown): InlaneError {
  const kind = kindOfError(error);
  return new InlaneError(
    'internal',
    `${kind} while deciding; this is a defect of inlane`,
    'set INLANE_DEBUG=1 and report the stack',
  );
}

function ranAtPlanFinding({ address, verdict }: RanDecision): Finding {
  const message = `\`${address}\` runs code, and it ran while the plan was made: no row shows it`;
  const fix = { text: 'plan with someone who may `invoke` it, or take it out of the configuration', insert: null };
  const severity = verdict === 'allow' ? 'report' : 'deny';
  return { code: 'ran-at-plan', severity, address, deposed: null, key: null, message, fix, enforce: true };
}

/** A finding of severity deny denies the row it names (report.md). */
function denial(finding: Finding): Reason[] {
  if (finding.severity !== 'deny') return [];
  return [{ kind: 'tag', id: finding.code, at: null, why: finding.message, ask: null, observed: !finding.enforce }];
}
