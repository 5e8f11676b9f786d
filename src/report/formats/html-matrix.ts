import { OPERATIONS } from '../../logic/fact.ts';
import { escapeHtml, escapeText } from '../escape.ts';
import type { Report, ReportChange, ReportVerdict } from '../report.ts';
import { groupRows } from './group.ts';
import { classOf, text, verdictHtml } from './html-parts.ts';
import { plain } from './layout.ts';
import { principalWords } from './words.ts';

const VERDICTS = ['deny', 'needs-approval', 'allow'] as const;

/**
 * What this plan does, by class and operation, and what was decided about it: a report holds decisions and no rules. What somebody may
 * do at all, `inlane lanes show --as` tells from the rules.
 */
export function matrixHtml(report: Report): string {
  const operations = OPERATIONS.filter((operation) => report.changes.some((change) => change.operations.includes(operation)));
  const doing = report.changes.filter((change) => change.operations.length > 0);
  if (operations.length === 0) return '<p>No change does anything.</p>';
  const heads = operations.map((name) => `<th scope="col" role="columnheader" data-operation="${name}">${name}</th>`);
  const rows = groupRows(doing, classNameOf)
    .map((own) => ({ name: classNameOf(own[0] as ReportChange), own }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, own }) => {
      const cells = operations.map((operation) => cellHtml(operation, own));
      return `<tr role="row"><th scope="row" role="rowheader">${text(escapeText(name === '' ? 'class not known' : name))}</th>${cells.join('')}</tr>`;
    });
  const who = plain(principalWords(report.principal));
  return [
    `<p class="soft">What was decided about the changes of this plan, for ${escapeHtml(who)}: how many of each class and operation. What ${report.principal?.for ? 'they' : 'this principal'} may do at all stands in the rules: <code>inlane lanes show --as WHO</code>.</p>`,
    '<table role="table">',
    '<caption>Decisions by class and operation</caption>',
    `<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">class</th>${heads.join('')}</tr></thead>`,
    `<tbody role="rowgroup">\n${rows.join('\n')}\n</tbody>`,
    '</table>',
  ].join('\n');
}

/** The most specific class; empty where none is known. */
function classNameOf(change: ReportChange): string {
  return change.classes[0] ?? '';
}

function cellHtml(operation: string, rows: readonly ReportChange[]): string {
  const verdicts = rows.flatMap((row) => verdictOf(row, operation) ?? []);
  const [worst] = VERDICTS.filter((verdict) => verdicts.includes(verdict));
  if (worst === undefined)
    return `<td role="cell" class="none" data-operation="${operation}"><span aria-hidden="true">-</span></td>`;
  const counts = VERDICTS.filter((verdict) => verdicts.includes(verdict)).map(
    (verdict) => `${verdicts.filter((one) => one === verdict).length} ${verdictHtml(verdict)}`,
  );
  return `<td role="cell" class="${classOf(worst)}" data-operation="${operation}">${counts.join('<br>')}</td>`;
}

/** The worst decision about that operation of the row; null where it does no such thing. A denial of the whole row counts for each. */
function verdictOf(row: ReportChange, operation: string): ReportVerdict | null {
  if (!row.operations.some((own) => own === operation)) return null;
  const own = row.decisions.filter((decision) => decision.operation === operation || decision.operation === null);
  return VERDICTS.find((verdict) => own.some((decision) => decision.verdict === verdict)) ?? row.verdict;
}
