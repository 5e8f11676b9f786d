import { createHash } from 'node:crypto';
import { escapeJson } from '../escape.ts';
import type { Formatter } from '../formats.ts';
import { plain } from './layout.ts';
import { type Found, foundIn } from './sarif-results.ts';

/**
 * One problem as GitLab's merge request shows it (docs.gitlab.com, "Code Quality", report format): these fields, all of them required,
 * of the Code Climate format.
 */
interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const SEVERITY: Readonly<Record<Found['level'], Issue['severity']>> = { error: 'critical', warning: 'major', note: 'info' };

/**
 * Code quality report of GitLab: what is a result of the SARIF log is an issue here. A plan that was not decided is a blocker, since an
 * empty report says that all is well. Only the first of two alike fingerprints is shown, so they are counted.
 */
export const gitlab: Formatter<string> = (report) => {
  const reports = report.format === 'inlane-report-set/1' ? report.reports : [report];
  const seen = new Map<string, number>();
  const issues = reports.flatMap((one, index) =>
    foundIn(one, index, reports.length > 1).map((found) => {
      const identity = JSON.stringify(found.identity);
      const nth = (seen.get(identity) ?? 0) + 1;
      seen.set(identity, nth);
      return issueOf(found, `${identity}:${nth}`, one.verdict === 'undecided');
    }),
  );
  return `${escapeJson(JSON.stringify(issues, null, 2))}\n`;
};

function issueOf({ rule, level, text, locations }: Found, identity: string, undecided: boolean): Issue {
  const physical = locations[0]?.physicalLocation;
  return {
    description: plain(text),
    check_name: `inlane/${rule.id}`,
    fingerprint: createHash('sha256').update(identity).digest('hex'),
    severity: undecided ? 'blocker' : SEVERITY[level],
    location: {
      path: decodeURIComponent(physical?.artifactLocation?.uri ?? ''),
      lines: { begin: physical?.region?.startLine ?? 1 },
    },
  };
}
