import { exitOf, type Report, worstOf } from '../../src/report/report.ts';
import { isTreeObject, listAt, type Tree } from './mutate.ts';
import { ROW_LISTS } from './mutate-plan.ts';

const ACTIONS = new Set([
  'no-op',
  'create',
  'read',
  'update',
  'delete',
  'forget',
  'open',
  'delete create',
  'create delete',
  'create forget',
  'forget create',
]);

/** What is wrong with a report whatever the plan was; empty = nothing. `plan` is null where its text was no JSON. */
export function unsound(report: Report, plan: Tree | null): string[] {
  const out: string[] = [];
  if (report.exit !== exitOf(report.verdict)) out.push(`exit ${report.exit} for ${report.verdict}`);
  if (report.diagnostics.some((d) => d.code === 'internal')) out.push('an internal error');
  for (const change of report.changes) {
    if (change.decisions.some((d) => d.because.some((b) => b.kind === 'error')))
      out.push(`${short(change.address)} failed inside`);
    const worst = change.decisions.length === 0 ? 'allow' : worstOf(change.decisions.map((d) => d.verdict));
    if (change.verdict !== worst) out.push(`${short(change.address)} is ${change.verdict}, its decisions say ${worst}`);
    if (change.operations.length > 0 && change.decisions.length === 0) out.push(`${short(change.address)} acts undecided`);
    for (const decision of change.decisions) {
      if (decision.because.length === 0) out.push(`${short(change.address)} has a verdict without a reason`);
      if (
        decision.verdict === 'allow' &&
        decision.operation !== null &&
        !decision.because.some((b) => b.kind === 'lane' || b.kind === 'grant')
      )
        out.push(`${short(change.address)} is allowed by nothing`);
    }
  }
  if (report.verdict === 'undecided') {
    if (!report.diagnostics.some((d) => d.severity === 'error')) out.push('undecided without a reason');
    return out;
  }
  const counted = report.plan;
  if (counted === null || counted.rows !== counted.decided || counted.rows !== report.changes.length) {
    out.push(`${counted?.rows} rows, ${counted?.decided} decided, ${report.changes.length} told`);
  }
  const verdicts = [
    ...report.changes.map((c) => c.verdict),
    ...((report.because ?? []).some((b) => !b.observed) ? (['deny'] as const) : []),
  ];
  const worst = verdicts.length === 0 ? 'allow' : worstOf(verdicts);
  if (report.verdict !== worst) out.push(`the plan is ${report.verdict}, its rows say ${worst}`);
  if (plan !== null) out.push(...unreadRows(report, plan));
  return out;
}

/** Rows of the plan against rows of the report, counted and judged without any code of ours. */
function unreadRows(report: Report, plan: Tree): string[] {
  const rows = ROW_LISTS.flatMap((list) => listAt(plan, list).map((row) => ({ list, row })));
  if (rows.length !== report.changes.length) return [`the plan has ${rows.length} rows, the report ${report.changes.length}`];
  return rows.flatMap(({ list, row }, i) => {
    const told = report.changes[i];
    if (list !== 'resource_changes' || told === undefined || told.verdict === 'deny') return [];
    const flaw = flawOf(row);
    return flaw === null ? [] : [`row ${i} has ${flaw} and is ${told.verdict}`];
  });
}

function flawOf(row: Tree): string | null {
  if (!isTreeObject(row)) return 'no members';
  if (typeof row.address !== 'string' || row.address === '') return 'no address';
  if (row.mode !== 'managed' && row.mode !== 'data' && row.mode !== 'ephemeral') return 'no mode';
  const { change } = row;
  if (!isTreeObject(change)) return 'no change';
  const { actions, before, after } = change;
  if (!Array.isArray(actions) || actions.some((a) => typeof a !== 'string') || !ACTIONS.has(actions.join(' ')))
    return 'unknown actions';
  if (isTreeObject(after) && (change.after_unknown === undefined || change.after_unknown === null)) return 'no after_unknown';
  const gone = (side: Tree | undefined) => side === undefined || side === null;
  if (actions.some((a) => a === 'delete' || a === 'forget' || a === 'update') && gone(before)) return 'nothing before';
  if (actions.length === 1 && actions[0] === 'create' && !gone(before)) return 'something before it is created';
  if (actions.length === 1 && (actions[0] === 'delete' || actions[0] === 'forget') && !gone(after))
    return 'something after its end';
  return null;
}

function short(address: string): string {
  return JSON.stringify(address.slice(0, 80));
}
