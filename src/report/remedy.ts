import type { AtomDecision, PlanDecision, Reason, RowDecision } from '../decide/decision.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Approval, Ruleset } from '../lanes/ruleset.ts';
import type { Finding } from '../tags/finding.ts';
import type { ReportSource } from './change.ts';
import { editRemedies, Written } from './edit.ts';
import { type GrantSpan, grantRemedy } from './grant.ts';
import type { Remedy } from './report.ts';

export interface RemedyContext {
  readonly ruleset: Ruleset;
  readonly principal: Principal;
  readonly forPrincipal: Principal | null;
  readonly span: GrantSpan;
  /** Where the row is written, where that was looked up. */
  readonly source?: ReportSource;
}

/** Ways out of a row's verdict: edits, then a grant, then whom to ask. None for an allowed row, at least one for any other. */
export function remediesOf(row: RowDecision, findings: readonly Finding[], context: RemedyContext): readonly Remedy[] {
  if (row.verdict === 'allow') return [];
  const principalOf = (decision: AtomDecision) =>
    decision.as !== null && context.forPrincipal !== null ? context.forPrincipal : context.principal;
  const remedies: Remedy[] = [...editRemedies(row, findings, context.ruleset, principalOf, new Written(context.source))];
  const grant = grantRemedy(row, context.ruleset, principalOf, context.span);
  if (grant) remedies.push(grant);
  for (const decision of row.decisions) remedies.push(...asksOf(decision, context.ruleset));
  if (row.verdict === 'deny' && !remedies.some((r) => r.kind === 'ask')) remedies.push(askKeeper(row, context.ruleset));
  return distinct(remedies);
}

/** Ways out of plan-level reasons. */
export function planRemediesOf(decision: Pick<PlanDecision, 'because'>, ruleset: Ruleset): readonly Remedy[] {
  const remedies = decision.because.flatMap((reason): Remedy[] => {
    if (reason.observed) return [];
    const asked = askAbout(reason);
    const text = PLAN_EDITS.get(reason.kind === 'plan' ? (reason.id ?? '') : reason.kind);
    const edit: Remedy[] = text === undefined ? [] : [{ kind: 'edit', text, file: null, line: null, insert: null }];
    return [...edit, ...(asked ? [asked] : [])];
  });
  const counts = decision.because.some((reason) => !reason.observed);
  if (counts && !remedies.some((r) => r.kind === 'ask')) remedies.push(keeper(keeperFile(ruleset), 'ask about it'));
  return distinct(remedies);
}

/** By kind of a plan-level reason, or by what is wrong with the plan. Code that ran while planning has no edit: it ran. */
const PLAN_EDITS: ReadonlyMap<string, string> = new Map([
  ['quota', 'split the change into plans that stay within the quota'],
  ['errored', 'mend what failed and plan again'],
  ['deferred', 'apply first what the deferred changes wait for, then plan again'],
  ['incomplete', 'plan again without `-target` or `-exclude`'],
  ['trimmed', 'give the plan whole: the saved plan file, or all of what `show -json` prints'],
]);

function asksOf(decision: AtomDecision, ruleset: Ruleset): readonly Remedy[] {
  if (decision.verdict === 'needs-approval') return decision.approvals.map((due) => askApproval(due.id, due.approval));
  if (decision.verdict === 'allow') return [];
  const asked: Remedy[] = [];
  for (const reason of decision.because) {
    const ask = reason.observed ? null : askAbout(reason);
    if (ask !== null) asked.push(ask);
  }
  if (asked.length > 0) return asked;
  return decision.nearest.flatMap((near): Remedy[] => {
    const ask = ruleset.grants.find((grant) => grant.id === near.id && grant.kind === near.kind && grant.ask !== null)?.ask;
    return ask ? [{ kind: 'ask', text: `ask about ${near.kind} ${near.id}`, who: ask }] : [];
  });
}

function askAbout(reason: Reason): Remedy | null {
  if (reason.kind === 'error') {
    return { kind: 'ask', text: 'report it: inlane failed on this row', who: 'the maintainers of inlane' };
  }
  return reason.ask === null
    ? null
    : { kind: 'ask', text: `ask about ${reason.id === null ? reason.kind : namedRule(reason)}`, who: reason.ask };
}

function askApproval(id: string, approval: Approval): Remedy {
  const times = approval.count === 1 ? 'an approval' : `${approval.count} approvals`;
  const not = approval.notBy.length > 0 ? `, not by the ${approval.notBy.join(' or ')}` : '';
  return { kind: 'ask', text: `get ${times} (${id})${not}`, who: whoApproves(approval.from) };
}

/** `team sre`, or the id of one person. */
export function whoApproves(from: Approval['from']): string {
  return from.team !== undefined ? `team ${from.team}` : (from.id ?? 'anyone');
}

/** Nobody is named: whoever keeps the file of the deciding rule, of the nearest lane, or of the organisation. */
function askKeeper(row: RowDecision, ruleset: Ruleset): Remedy {
  const denied = row.decisions.filter((d) => d.verdict === 'deny');
  const beyond = firstBeyondLanes(denied, ruleset);
  const text = beyond === undefined ? undefined : beyond.id === null ? 'ask about it' : `ask about ${namedRule(beyond)}`;
  const at = (beyond?.at ? [beyond] : denied.flatMap((d) => [...d.because, ...d.nearest])).find(
    (reason) => reason.at !== null,
  )?.at;
  return keeper(at?.file ?? keeperFile(ruleset), text);
}

function firstBeyondLanes(denied: readonly AtomDecision[], ruleset: Ruleset): Reason | undefined {
  for (const { because } of denied)
    for (const reason of because) if (!reason.observed && !isForLane(reason, ruleset)) return reason;
  return undefined;
}

/** Whether a lane could lift it: never a guard, a cap, a tag or a fault of the plan. */
function isForLane({ kind, id }: Reason, ruleset: Ruleset): boolean {
  return kind === 'no-lane' || (kind === 'unknown' && !ruleset.denies.some((rule) => rule.id === id));
}

function namedRule({ kind, id }: Reason): string {
  return kind === 'unknown' ? `rule ${id}` : kind === 'tag' ? `the required tags (${id})` : `${kind} ${id}`;
}

function keeperFile(ruleset: Ruleset): string | null {
  return ruleset.files.find((file) => file.level === 'org')?.path ?? ruleset.files[0]?.path ?? null;
}

function keeper(file: string | null, text = 'ask for a lane that allows it'): Remedy {
  return { kind: 'ask', text, who: file === null ? 'whoever keeps the lane files' : `whoever keeps ${file}` };
}

function distinct(remedies: readonly Remedy[]): readonly Remedy[] {
  // What says something else is something else.
  if (new Set(remedies.map(({ text }) => text)).size === remedies.length) return remedies;
  return [...new Map(remedies.map((remedy) => [JSON.stringify(remedy), remedy])).values()];
}
