import type { AtomDecision, PlanDecision, Reason, RowDecision } from '../decide/decision.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Approval, Ruleset } from '../lanes/ruleset.ts';
import type { Finding } from '../tags/finding.ts';
import { editRemedies } from './edit.ts';
import { type GrantSpan, grantRemedy } from './grant.ts';
import type { Remedy } from './report.ts';

export interface RemedyContext {
  readonly ruleset: Ruleset;
  readonly principal: Principal;
  readonly forPrincipal: Principal | null;
  readonly span: GrantSpan;
}

/** Ways out of a row's verdict: edits, then a grant, then whom to ask. None for an allowed row, at least one for any other. */
export function remediesOf(row: RowDecision, findings: readonly Finding[], context: RemedyContext): readonly Remedy[] {
  if (row.verdict === 'allow') return [];
  const principalOf = (decision: AtomDecision) =>
    decision.as !== null && context.forPrincipal !== null ? context.forPrincipal : context.principal;
  const remedies: Remedy[] = [...editRemedies(row, findings, context.ruleset, principalOf)];
  const grant = grantRemedy(row, context.ruleset, principalOf, context.span);
  if (grant) remedies.push(grant);
  remedies.push(...row.decisions.flatMap((d) => asksOf(d, context.ruleset)));
  if (row.verdict === 'deny' && !remedies.some((r) => r.kind === 'ask')) remedies.push(askKeeper(row, context.ruleset));
  return distinct(remedies);
}

/** Ways out of plan-level reasons. */
export function planRemediesOf(decision: PlanDecision, ruleset: Ruleset): readonly Remedy[] {
  const remedies = decision.because.flatMap((reason): Remedy[] => {
    if (reason.observed) return [];
    const asked = askAbout(reason);
    const text =
      reason.kind === 'quota'
        ? 'split the change into plans that stay within the quota'
        : 'make a plan that is whole: mend what failed, leave out `-target`, and apply first what deferred changes wait for';
    return [{ kind: 'edit', text, file: null, line: null, insert: null }, ...(asked ? [asked] : [])];
  });
  if (remedies.length > 0 && !remedies.some((r) => r.kind === 'ask')) remedies.push(keeper(keeperFile(ruleset), 'ask about it'));
  return distinct(remedies);
}

function asksOf(decision: AtomDecision, ruleset: Ruleset): readonly Remedy[] {
  if (decision.verdict === 'needs-approval') return decision.approvals.map((due) => askApproval(due.id, due.approval));
  if (decision.verdict === 'allow') return [];
  const asked = decision.because.flatMap((reason) => (reason.observed ? [] : [askAbout(reason)])).filter((ask) => ask !== null);
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
    : { kind: 'ask', text: `ask about ${reason.kind} ${reason.id ?? ''}`.trimEnd(), who: reason.ask };
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
  const at = denied.flatMap((d) => [...d.because, ...d.nearest]).find((reason) => reason.at !== null)?.at;
  return keeper(at?.file ?? keeperFile(ruleset));
}

function keeperFile(ruleset: Ruleset): string | null {
  return ruleset.files.find((file) => file.level === 'org')?.path ?? ruleset.files[0]?.path ?? null;
}

function keeper(file: string | null, text = 'ask for a lane that allows it'): Remedy {
  return { kind: 'ask', text, who: file === null ? 'whoever keeps the lane files' : `whoever keeps ${file}` };
}

function distinct(remedies: readonly Remedy[]): readonly Remedy[] {
  return [...new Map(remedies.map((remedy) => [JSON.stringify(remedy), remedy])).values()];
}
