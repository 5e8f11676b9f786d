import { loadClasses } from '../providers/classes.ts';
import { sourcesOf } from '../providers/knowledge.ts';
import { indexPlan } from './classify/plan-index.ts';
import { type Decided, decideRows, type Run } from './decided.ts';
import { InlaneError, kindOfError } from './errors.ts';
import { type ReadRules, stackDirectory } from './lanes/cascade.ts';
import { resolvePrincipal, resolvePrincipalFor } from './lanes/principal.ts';
import { rulesOf } from './lanes/rules-of.ts';
import { requireTrustedRules } from './lanes/trust.ts';
import type { PlanFile, ResourceChange } from './plan/model.ts';
import { readPlan } from './plan/read.ts';
import { undecidedReport } from './report/build.ts';
import { laneDiagnostic } from './report/diagnostic.ts';
import type { GateOptions, GateResult } from './report/options.ts';
import { processExit, type Report } from './report/report.ts';
import { reportSet } from './report/set.ts';
import { contextOf, placesOf, readNow } from './run.ts';
import { holdsConfiguration } from './source/present.ts';
import type { PlanSource } from './source/source.ts';
import { tellPlaces, UNTOLD } from './told.ts';

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

/**
 * Row by row, once without the text of the configuration. Where the text may show tags that the plan hides, the rows are decided again with
 * what it says: what was worked out for a row is never kept.
 */
async function decide(read: PlanFile, run: Run): Promise<Report> {
  const index = indexPlan(read);
  const plan: PlanFile = { ...read, rows: () => index.rows };
  const context = await contextOf(sourcesOf(plan, index.rows, index.priorProviders), run.ruleset, run.places);
  const subject = { index, plan, context, run };
  const first = decideRows(subject);
  const source = await sourceFor(plan, index.rows, first, run);
  if (source === null) return first.report(UNTOLD);
  // What is allowed without the text stays allowed with it.
  const written = first.verdict === 'allow' ? null : await source.written();
  const seen = written === null || written.size === 0 ? subject : { ...subject, context: { ...context, written } };
  const second = seen === subject ? first : decideRows(seen);
  return second.report(await tellPlaces(source, second));
}

/** The text of the configuration, inside the plan or beside it: where lines of it are shown, or where it may show tags that the plan hides. */
async function sourceFor(
  plan: PlanFile,
  rows: readonly ResourceChange[],
  { verdict, shown }: Decided,
  run: Run,
): Promise<PlanSource | null> {
  if (run.options.source === false || (verdict === 'allow' && shown.length === 0)) return null;
  if (plan.archive === null && !holdsConfiguration(run.directory)) return null;
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
