import { say } from '../escape.ts';
import type { FormatOptions } from '../formats.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportChange, ReportSet } from '../report.ts';
import { endings } from './endings.ts';
import { doesNothing } from './idle.ts';
import { whole } from './layout.ts';
import { count, operationWords, principalWords } from './words.ts';

/** `3 plans: 1 undecided, 2 allow`. */
export function setWords(set: ReportSet): string {
  const counts = (['undecided', 'deny', 'needs-approval', 'allow'] as const).flatMap((verdict) => {
    const number = set.reports.filter((report) => report.verdict === verdict).length;
    return number > 0 ? [`${number} ${verdict}`] : [];
  });
  return `${count(set.reports.length, 'plan')}: ${counts.join(', ')}`;
}

/** What stands behind the verdict: `plan.json: 2 of 23 changes out of lane for dana (human; developers)`. */
export function headline(report: Report, view: FormatOptions['view']): string {
  const path = report.plan === null ? '' : `${whole(report.plan.path)}: `;
  const observed = report.observe && report.verdict !== 'undecided' ? ' (observed only: exits 0)' : '';
  if (report.verdict === 'undecided') {
    const error = report.diagnostics.find((diagnostic) => diagnostic.severity === 'error');
    // The message stands among the diagnostics.
    return `${path}nothing was decided${error ? say` (${error.code})` : ''}`;
  }
  const who = ` for ${principalWords(report.principal)}`;
  const [row] = report.changes;
  if (view === 'row' && row !== undefined) {
    return `${path}${operationWords(row)} ${whole(spellRow(row))}${who}${observed}`;
  }
  return `${path}${countWords(report)}${who}${observed}`;
}

function countWords(report: Report): string {
  const all = report.changes.filter((change) => !doesNothing(change)).length;
  const approvals = report.summary['needs-approval'];
  const of = `of ${count(all, 'change')}`;
  switch (report.verdict) {
    case 'allow':
      return all === 0 ? 'changes nothing' : all === 1 ? 'the one change is in lane' : `all ${all} changes in lane`;
    case 'needs-approval':
      return `${all === 1 ? 'the one change' : `${approvals} ${of}`} in lane once approved,`;
    default: {
      const { deny } = report.summary;
      const plan = report.because?.some((reason) => !reason.observed) ? ' and the plan as a whole' : '';
      const what = deny === 0 ? 'out of lane as a whole' : `${deny} ${of}${plan} out of lane`;
      return `${what}${approvals > 0 ? `, ${approvals} ${deny === 0 ? `${of} ` : ''}in lane once approved,` : ''}`;
    }
  }
}

/** Rows in and rows decided, operations, rules, and the time where it counted. */
export function sums(report: Report): readonly string[] {
  const { plan, summary, rules, now } = report;
  const lines: string[] = [];
  if (plan !== null) {
    const verdicts = (['allow', 'needs-approval', 'deny'] as const).flatMap((v) =>
      summary[v] > 0 ? [`${summary[v]} ${v}`] : [],
    );
    const operations = Object.entries(summary.operations).map(([operation, number]) => `${number} ${operation}`);
    const parts = [verdicts.join(', '), operations.join(', ')].filter((part) => part !== '').join('; ');
    lines.push(`${count(plan.rows ?? 0, 'row')} in the plan, ${plan.decided ?? 0} decided${parts === '' ? '' : `: ${parts}`}`);
  }
  if (rules !== null) lines.push(`rules: ${rules.files.map((file) => whole(`${file.path} (${file.level})`)).join(', ')}`);
  if (now !== undefined) lines.push(say`decided as of ${now}`, ...endings(report, Date.parse(now)));
  return lines;
}

/** What a row is, in the view that leaves nothing out. */
export function rowWords(change: ReportChange): readonly string[] {
  const about = [
    say`${change.mode} ${change.type}`,
    say`provider ${change.provider}`,
    `actions ${change.actions.map((action) => say`${action}`).join(' + ') || 'none'}`,
    ...(change.reason === null ? [] : [say`${change.reason}`]),
  ];
  const source = sourceOf(change);
  return [
    about.join('; '),
    `classes: ${change.classes.length > 0 ? change.classes.map((name) => say`${name}`).join(', ') : 'not known'}`,
    ...(change.replace_paths.length > 0 ? [`replaced because of ${change.replace_paths.map(whole).join(', ')}`] : []),
    ...(change.previous_address === null ? [] : [`before: ${whole(change.previous_address)}`]),
    ...(source === null ? [] : [`in ${whole(source)}`]),
    ...(change.source_why === undefined ? [] : [say`its line is not known: ${change.source_why}`]),
    ...(change.decisions.length === 0 ? ['it does nothing, so there is nothing to decide'] : []),
  ];
}

/** What a group is called in short: `create aws_sqs_queue.jobs`, `30 x create aws_sqs_queue`, `4 x destroy of 3 types`. */
export function groupWords(rows: readonly ReportChange[]): { readonly does: string; readonly what: string } {
  const [first] = rows as readonly [ReportChange];
  const types = new Set(rows.map(({ type }) => type));
  const what = rows.length === 1 ? spellRow(first) : types.size === 1 ? first.type : `of ${types.size} types`;
  return { does: `${rows.length === 1 ? '' : `${rows.length} x `}${operationWords(first)}`, what: whole(what) };
}

/** `db.tf:12`; null where it was not established. */
export function sourceOf({ source }: ReportChange): string | null {
  return source === null ? null : `${source.file}:${source.line}`;
}

/** `, lane developer`: what let it pass. */
export function lanesOf(change: ReportChange): string {
  const ids = change.decisions.flatMap((d) =>
    d.because.filter((r) => !r.observed && r.id !== null).map((r) => say`${r.kind} ${r.id ?? ''}`),
  );
  return ids.length > 0 ? `, ${[...new Set(ids)].join(', ')}` : '';
}
