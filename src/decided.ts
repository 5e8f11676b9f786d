import { objectKey } from './classify/address.ts';
import { type ClassifiedPlan, classifyPlan } from './classify/classify.ts';
import type { ClassifyContext, PlaceOptions } from './classify/context.ts';
import type { ClassifiedChange } from './classify/model.ts';
import type { PlanIndex } from './classify/plan-index.ts';
import type { RanDecision, Reason, Verdict } from './decide/decision.ts';
import { PlanDecider } from './decide/plan.ts';
import type { DecisionContext } from './decide/view.ts';
import type { Principal } from './lanes/registry.ts';
import type { Ruleset } from './lanes/ruleset.ts';
import type { PlanFile, ResourceChange } from './plan/model.ts';
import { append } from './plan/multimap.ts';
import { ReportBuilder } from './report/build.ts';
import type { GateOptions } from './report/options.ts';
import type { Report, ReportDiagnostic } from './report/report.ts';
import type { SourceOptions } from './source/source.ts';
import type { Finding } from './tags/finding.ts';
import { tagJudge } from './tags/judge.ts';
import { findingKey, type Told, UNTOLD } from './told.ts';

/** What all plans of one run share. */
export interface Run {
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

/** What a plan's rows are decided on, whatever is known of its text. */
export interface Subject {
  readonly index: PlanIndex;
  readonly plan: PlanFile;
  readonly context: ClassifyContext;
  readonly run: Run;
}

/** What became of the rows of one plan. */
export interface Decided {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Rows whose place a report shows. */
  readonly shown: readonly ResourceChange[];
  /** `told`: where rows are written and findings are mended, which decides nothing. */
  report(told: Told): Report;
}

/** Classifies, judges, decides and reports one row after another: what was worked out for a row is not kept. */
export function decideRows({ index, plan, context, run }: Subject): Decided {
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
  const onDoubles = byRow(index.distinct ? NONE : findingsOfDoubles(index.rows, classified, judge));
  const findings: Finding[] = [];
  const { lines = 'all' } = options;
  const outOfLane: ResourceChange[] = [];
  const othersOf = (named: readonly Finding[]) => (named.length === 0 ? NONE : named.flatMap(denial));
  /** What the report names of a row beside its own findings, in their place or behind them. */
  const namedOf = (row: ClassifiedChange, own: readonly Finding[]) =>
    onDoubles.size === 0 ? own : (onDoubles.get(keyOf(row)) ?? own);
  const withRan = (row: ClassifiedChange, named: readonly Finding[]) => {
    const ran = onRan.size === 0 ? undefined : onRan.get(keyOf(row));
    return ran === undefined ? named : [...named, ...ran];
  };
  for (const row of classified.rows()) {
    const own = judge(row);
    if (own.length > 0) findings.push(...own);
    const named = namedOf(row, own);
    const decided = decider.row(row, othersOf(named));
    builder.add(decided, withRan(row, named));
    if (decided.verdict !== 'allow') outOfLane.push(row.change);
  }
  const decision = decider.finish();
  const place = (told: Told) => {
    const open = new Map<ResourceChange, number>();
    for (const [at, change] of index.rows.entries()) {
      const source = told.sources.get(change);
      if (!builder.isAllowed(at)) open.set(change, at);
      else if (source !== undefined) builder.place(at, source);
    }
    for (const row of classified.rows((change) => open.has(change))) {
      const named = namedOf(row, retold(judge(row), told));
      const at = open.get(row.change) as number;
      builder.tellAgain(at, decider.again(row, othersOf(named)), withRan(row, named), told.sources.get(row.change));
    }
  };
  const report = (told: Told) => {
    if (told !== UNTOLD) place(told);
    return builder.finish({
      plan,
      decision,
      findings: [...retold(findings, told), ...ranAtPlan],
      rows: index.rows.length,
      patch: told.patch,
      stack: run.source.inRepository,
      diagnostics: [...run.diagnostics, ...told.diagnostics],
    });
  };
  const shown = lines === 'all' ? index.rows : lines === 'out-of-lane' ? outOfLane : NONE;
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
