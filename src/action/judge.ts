import { InlaneError } from '../errors.ts';
import { REPORT_VERDICTS, type Report, type ReportSet } from '../report/report.ts';
import { reportSet } from '../report/set.ts';
import type { ActionEvent } from './event.ts';
import type { Inputs } from './inputs.ts';
import type { ActionIo } from './io.ts';

/**
 * The gate, with what the event says where the step does not: rules from the base commit, and who acts by numeric id. Where several accounts
 * stand behind a run (somebody pushes to the pull request of another), it is judged as each of them, and the strictest result
 * stands: neither may lend the other what only one of them may do. Throws InlaneError as the gate does.
 */
export async function judge(inputs: Inputs, event: ActionEvent, io: ActionIo): Promise<Report | ReportSet> {
  const { gate: given } = inputs;
  if (event.hidden && given.rulesFrom === undefined && !given.trustWorktree) {
    throw new InlaneError(
      'rules-untrusted',
      `\`${io.env.GITHUB_EVENT_NAME}\` may have checked out a pull request, whose working tree may rewrite the rules that it is judged by`,
      'read them from a trusted commit with `rules-from`, or say `trust-worktree: true`',
    );
  }
  const rulesFrom = given.rulesFrom ?? (given.trustWorktree ? null : event.base);
  const options = {
    ...given,
    cwd: io.cwd,
    // Annotations and the comment show where a row is written that is not allowed.
    lines: 'out-of-lane' as const,
    ...(rulesFrom === null ? {} : { rulesFrom }),
    ...fallback('repository', given.repository ?? io.env.GITHUB_REPOSITORY),
    ...fallback('ref', given.ref ?? event.ref ?? undefined),
    ...fallback('event', given.event ?? io.env.GITHUB_EVENT_NAME),
  };
  const isNamed = given.as !== undefined || Boolean(io.env.INLANE_AS);
  const accounts = isNamed || event.accounts.length === 0 ? [io.env.GITHUB_ACTOR_ID] : event.accounts;
  // What the gate starts (git, terraform) has no use for the token.
  const { INPUT_TOKEN: _, ...env } = io.env;
  let worst: Report | ReportSet | null = null;
  for (const account of accounts) {
    const { reports } = await io.gate({ ...options, env: { ...env, GITHUB_ACTOR_ID: account } });
    const [first] = reports;
    if (first === undefined || reports.length !== given.plans.length)
      throw new InlaneError(
        'internal',
        `${given.plans.length} plans, ${reports.length} reports`,
        'this is a defect of inlane: report it',
      );
    const report = reports.length === 1 ? first : reportSet(reports);
    if (worst === null || REPORT_VERDICTS.indexOf(report.verdict) > REPORT_VERDICTS.indexOf(worst.verdict)) worst = report;
  }
  if (worst === null) throw new InlaneError('internal', 'nobody was judged', 'this is a defect of inlane: report it');
  return worst;
}

function fallback<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value ? { [key]: value } : {}) as { [P in K]?: string };
}
