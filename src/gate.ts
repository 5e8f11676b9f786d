import { relative, sep } from 'node:path';
import { loadClasses } from '../providers/classes.ts';
import { loadCatalog, loadProvider } from '../providers/index.ts';
import type { Catalog, Provider } from '../providers/provider.ts';
import { objectKey } from './classify/address.ts';
import { type ClassifiedPlan, classifyPlan } from './classify/classify.ts';
import type { ClassifyContext, PlaceOptions } from './classify/context.ts';
import type { ClassifiedChange } from './classify/model.ts';
import { append } from './classify/multimap.ts';
import { indexPlan, type PlanIndex } from './classify/plan-index.ts';
import type { RanDecision, Reason } from './decide/decision.ts';
import { PlanDecider } from './decide/plan.ts';
import type { DecisionContext } from './decide/view.ts';
import { InlaneError, kindOfError } from './errors.ts';
import { repositoryRoot, stackDirectory } from './lanes/cascade.ts';
import { resolvePrincipal, resolvePrincipalFor } from './lanes/principal.ts';
import type { Principal } from './lanes/registry.ts';
import { rulesOf } from './lanes/rules-of.ts';
import type { Ruleset } from './lanes/ruleset.ts';
import { requireTrustedRules } from './lanes/trust.ts';
import { parseInstant } from './logic/matcher.ts';
import type { PlanFile, ResourceChange } from './plan/model.ts';
import { readPlan } from './plan/read.ts';
import { ReportBuilder, undecidedReport } from './report/build.ts';
import { laneDiagnostic } from './report/diagnostic.ts';
import type { GateOptions, GateResult } from './report/options.ts';
import { processExit, type Report, type ReportDiagnostic } from './report/report.ts';
import { reportSet } from './report/set.ts';
import type { Finding } from './tags/finding.ts';
import { tagJudge } from './tags/judge.ts';

export type { GateOptions, GateResult } from './report/options.ts';

/**
 * The plan flow: read -> classify -> decide -> report, for one or several plans under one set of rules. A plan that cannot be
 * read is an undecided report beside the others; rules or options that are wrong throw InlaneError.
 */
export async function gate(options: GateOptions): Promise<GateResult> {
  const run = await prepare(options);
  const reports: Report[] = [];
  for (const path of options.plans) reports.push(await gateOne(path, run));
  const [only] = reports;
  if (only === undefined) throw new InlaneError('usage', 'no plan is given', 'name a plan file, or `-` for standard input');
  return { reports, exit: processExit(reports.length === 1 ? only : reportSet(reports)) };
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

async function prepare(options: GateOptions): Promise<Run> {
  const env = options.env ?? {};
  const cwd = options.cwd ?? process.cwd();
  const stack = options.stack ?? '.';
  requireTrustedRules(env, { rulesFrom: options.rulesFrom, trustWorktree: options.trustWorktree ?? false });
  const classNames = new Set(loadClasses().keys());
  const { lanes, rulesFrom } = options;
  const { ruleset, diagnostics } = await rulesOf({ lanes, rulesFrom, stack, cwd, env, classNames });
  if (options.observe && !ruleset.observeAllowed) {
    throw new InlaneError('usage', 'the org lane file forbids --observe (`limits: {observe: false}`)', 'run without --observe');
  }
  return {
    options,
    ruleset,
    principal: resolvePrincipal(options.as, env, ruleset.registry),
    forPrincipal: resolvePrincipalFor(options.for, env, ruleset.registry),
    places: {
      workspace: options.workspace ?? null,
      stack: stackPath(cwd, stack),
      accounts: readAccounts(options.accounts ?? []),
    },
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

/** Row by row: what was worked out for one is let go before the next. */
async function decide(read: PlanFile, run: Run): Promise<Report> {
  const { options, ruleset, principal, forPrincipal } = run;
  const index = indexPlan(read);
  const plan: PlanFile = { ...read, rows: () => index.rows };
  const classified = classifyPlan(plan, await classifyContext(index, run), index);
  const judge = tagJudge({
    rows: {
      *[Symbol.iterator]() {
        for (const change of index.rows) yield { change, ...classified.knowledge(change) };
      },
    },
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
  for (const row of classified.rows()) {
    const own = judge(row);
    findings.push(...own);
    const key = objectKey(row.change.address, row.change.deposed);
    const named = onDoubles.get(key) ?? own;
    builder.add(decider.row(row, named.flatMap(denial)), [...named, ...(onRan.get(key) ?? [])]);
  }
  return builder.finish({
    plan,
    decision: decider.finish(),
    findings: [...findings, ...ranAtPlan],
    rows: index.rows.length,
    diagnostics: run.diagnostics,
  });
}

/** Findings of rows that have one name: each denies all of them. */
function findingsOfDoubles(
  rows: readonly ResourceChange[],
  classified: ClassifiedPlan,
  judge: (row: ClassifiedChange) => Finding[],
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

/** A defect's message may hold plan values, so only its kind is told. */
function defect(error: unknown): InlaneError {
  const kind = kindOfError(error);
  return new InlaneError(
    'internal',
    `${kind} while deciding; this is a defect of inlane`,
    'set INLANE_DEBUG=1 and report the stack',
  );
}

/** Loads what is known of the providers that the plan names, and of no other. */
async function classifyContext({ plan, rows, priorProviders }: PlanIndex, run: Run): Promise<ClassifyContext> {
  const { ruleset } = run;
  const sources = new Set<string>(priorProviders);
  for (const row of rows) sources.add(row.provider);
  for (const block of plan.configuration.blocks.values()) sources.add(block.provider?.source ?? '');
  const known = new Map<string, { provider: Provider; catalog: Catalog | null }>();
  for (const source of sources) {
    const real = ruleset.providers.get(source) ?? source;
    known.set(source, { provider: await loadProvider(real), catalog: loadCatalog(real) });
  }
  const nothing = { provider: await loadProvider(''), catalog: null };
  return {
    attributes: ruleset.attributes,
    classes: ruleset.classes,
    builtin: loadClasses(),
    knowledge: (source) => known.get(source) ?? nothing,
    options: run.places,
  };
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

/** The stack's path within the repository, `/`-separated; null outside of one. */
function stackPath(cwd: string, stack: string): string | null {
  const directory = stackDirectory(cwd, stack);
  const root = repositoryRoot(directory);
  return root === null ? null : relative(root, directory).split(sep).join('/');
}

function readAccounts(given: readonly string[]): ReadonlyMap<string, string> {
  const accounts = new Map<string, string>();
  for (const text of given) {
    const at = text.lastIndexOf('=');
    const provider = at < 0 ? '' : text.slice(0, at);
    const id = text.slice(at + 1);
    if (id === '' || (at >= 0 && provider === '')) {
      throw new InlaneError('usage', `\`${text}\` is no account`, 'write --account ID or --account PROVIDER=ID');
    }
    if (accounts.has(provider) && accounts.get(provider) !== id) {
      throw new InlaneError(
        'usage',
        `two accounts are given for ${provider === '' ? 'every provider' : `\`${provider}\``}`,
        'give one',
      );
    }
    accounts.set(provider, id);
  }
  return accounts;
}

function readNow(given: string | number | undefined): number {
  if (given === undefined) return Date.now();
  const time = typeof given === 'number' ? given : parseInstant(given);
  if (time === null || !Number.isFinite(time)) {
    throw new InlaneError('usage', `\`${given}\` is no instant`, 'write it with its zone, as in 2026-11-20T08:00:00Z');
  }
  return time;
}
