import { loadClasses } from '../providers/classes.ts';
import { sourcesOf } from '../providers/knowledge.ts';
import { objectKey } from './classify/address.ts';
import { classifyPlan } from './classify/classify.ts';
import type { PlaceOptions } from './classify/context.ts';
import type { ClassifiedChange } from './classify/model.ts';
import type { RanDecision, Reason } from './decide/decision.ts';
import { decidePlan } from './decide/plan.ts';
import type { DecisionContext } from './decide/view.ts';
import { InlaneError, kindOfError } from './errors.ts';
import type { ReadRules } from './lanes/cascade.ts';
import { resolvePrincipal, resolvePrincipalFor } from './lanes/principal.ts';
import type { Principal } from './lanes/registry.ts';
import { rulesOf } from './lanes/rules-of.ts';
import type { Ruleset } from './lanes/ruleset.ts';
import { requireTrustedRules } from './lanes/trust.ts';
import type { PlanFile, ResourceChange } from './plan/model.ts';
import { readPlan } from './plan/read.ts';
import { buildReport, undecidedReport } from './report/build.ts';
import { laneDiagnostic } from './report/diagnostic.ts';
import type { GateOptions, GateResult } from './report/options.ts';
import { processExit, type Report, type ReportDiagnostic } from './report/report.ts';
import { reportSet } from './report/set.ts';
import { contextOf, placesOf, readNow } from './run.ts';
import type { Finding } from './tags/finding.ts';
import { judgeTags } from './tags/judge.ts';

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
  return {
    options,
    ruleset,
    principal: resolvePrincipal(options.as, env, ruleset.registry),
    forPrincipal: resolvePrincipalFor(options.for, env, ruleset.registry),
    places: placesOf(options, cwd),
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
  try {
    const read = await readPlan(path, {
      ...(options.stdin ? { stdin: options.stdin } : {}),
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd ? { cwd: options.cwd } : {}),
    });
    const rows = [...read.rows()];
    const plan: PlanFile = { ...read, rows: () => rows };
    const classified = classifyPlan(plan, await contextOf(sourcesOf(plan, rows), ruleset, run.places));
    const changes = [...classified.rows()];
    const findings = judgeTags({ rows: changes, attributes: ruleset.attributes });
    const decision = decidePlan({
      plan: classified,
      rows: changes,
      ruleset,
      principals: forPrincipal === null ? [principal] : [principal, forPrincipal],
      context: run.context,
      verdictsOfOthers: denialsByTag(changes, findings),
    });
    return buildReport({
      plan,
      decision,
      findings: [...findings, ...decision.ranAtPlan.map(ranAtPlanFinding)],
      ruleset,
      principal,
      forPrincipal,
      now: run.context.now,
      nowGiven: options.now !== undefined,
      observe,
      rows: rows.length,
      diagnostics: run.diagnostics,
    });
  } catch (error) {
    if (!(error instanceof InlaneError)) options.onDefect?.(error);
    const reason = error instanceof InlaneError ? error : defect(error);
    return undecidedReport(reason, { path, principal, forPrincipal, ruleset, observe });
  }
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
function denialsByTag(
  rows: readonly ClassifiedChange[],
  findings: readonly Finding[],
): ReadonlyMap<ClassifiedChange, readonly Reason[]> {
  const byRow = new Map<string, Reason[]>();
  for (const finding of findings) {
    if (finding.severity !== 'deny' || finding.address === null) continue;
    const reason: Reason = {
      kind: 'tag',
      id: finding.code,
      at: null,
      why: finding.message,
      ask: null,
      observed: !finding.enforce,
    };
    const key = objectKey(finding.address, finding.deposed);
    byRow.set(key, [...(byRow.get(key) ?? []), reason]);
  }
  return new Map(
    rows.flatMap((row) => {
      const reasons = byRow.get(objectKey(row.change.address, row.change.deposed));
      return reasons ? [[row, reasons] as const] : [];
    }),
  );
}
