import { InlaneError } from '../errors.ts';
import { summarise } from './build.ts';
import { nearestAddress } from './nearest-address.ts';
import { spellRow } from './place.ts';
import { exitOf, type Report, worstOf } from './report.ts';

/**
 * The report with one row, and that row's verdict (`explain`). The row is named as in lists: `ADDRESS`, or
 * `ADDRESS (deposed KEY)`. An undecided report stays as it is. Throws `address-unknown`.
 */
export function reportOfRow(report: Report, address: string): Report {
  if (report.verdict === 'undecided') return report;
  const named = report.changes.filter((change) => spellRow(change) === address);
  const loose = named.length > 0 ? named : report.changes.filter((change) => change.address === address);
  if (new Set(loose.map(spellRow)).size > 1) {
    throw new InlaneError('address-unknown', `\`${address}\` names several rows`, `say which: ${spelled(loose.map(spellRow))}`);
  }
  if (loose.length === 0) throw unknownAddress(report, address);
  const verdict = worstOf(loose.map((change) => change.verdict));
  const row = spellRow(loose[0] as (typeof loose)[number]);
  const { because: _, remedies: __, drift: ___, outputs: ____, ...rest } = report;
  return {
    ...rest,
    verdict,
    exit: exitOf(verdict),
    summary: summarise(loose),
    changes: loose,
    findings: report.findings.filter(
      (f) => f.address !== null && spellRow({ address: f.address, deposed: f.deposed ?? null }) === row,
    ),
    quotas: [],
    approvals: report.approvals.filter((a) => a.rows.includes(row)).map((a) => ({ ...a, rows: [row] })),
    diagnostics:
      report.verdict === verdict
        ? report.diagnostics
        : [
            ...report.diagnostics,
            {
              code: 'plan-verdict',
              severity: 'note',
              message: `the plan as a whole: ${report.verdict}`,
              hint: '`inlane gate` decides the plan',
            },
          ],
  };
}

function unknownAddress(report: Report, address: string): InlaneError {
  const rows = [...new Set(report.changes.map(spellRow))];
  const moved = report.changes.find((change) => change.previous_address === address);
  const close = moved ? spellRow(moved) : nearestAddress(address, rows);
  const hint =
    rows.length === 0
      ? 'the plan has no rows'
      : close === null
        ? `the plan has ${rows.length} rows; \`inlane gate\` lists them`
        : `did you mean \`${close}\`?`;
  return new InlaneError('address-unknown', `the plan has no row \`${address}\``, hint);
}

function spelled(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `\`${name}\``).join(' or ');
}
