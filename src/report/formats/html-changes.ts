import { escapeHtml, escapeText } from '../escape.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportChange } from '../report.ts';
import { explained } from './explained.ts';
import { allowedKey, groupRows, reasonKey } from './group.ts';
import { lanesOf, sourceOf } from './headline.ts';
import { classOf, factsHtml, text, verdictHtml, waysHtml, whyHtml } from './html-parts.ts';
import { doesNothing } from './idle.ts';
import { operationWords } from './words.ts';

/** Rows of a group that stand in sight; more of them are folded. */
const MOST_OPEN = 12;

/** Fields for the script; without it the form stays hidden, and all is shown. */
export function filterHtml(reports: readonly Report[]): string {
  const changes = reports.flatMap((report) => report.changes);
  if (changes.length === 0) return '';
  const verdicts = (['deny', 'needs-approval', 'allow'] as const).filter((v) => changes.some((c) => c.verdict === v));
  const operations = [...new Set(changes.flatMap((change) => change.operations))].sort();
  const classes = [...new Set(changes.flatMap((change) => change.classes))].sort();
  return [
    '<form id="filter" hidden aria-label="Filter the changes">',
    '<label>address or type<input type="search" name="text" autocomplete="off"></label>',
    select('verdict', verdicts),
    select('operation', operations),
    select('class', classes),
    '<button type="reset">Show all</button>',
    '</form>',
    '<p id="told" role="status" class="soft"></p>',
  ].join('');
}

function select(name: string, values: readonly string[]): string {
  const options = values.map((value) => `<option value="${escapeHtml(value)}">${text(escapeText(value))}</option>`);
  return `<label>${name}<select name="${name}"><option value="">any</option>${options.join('')}</select></label>`;
}

/** Rows in groups that are decided alike, the gravest first; what does nothing comes last. */
export function changesHtml(report: Report, changedOnly: boolean, level: number): string {
  const of = (verdict: ReportChange['verdict']) => report.changes.filter((change) => change.verdict === verdict);
  const allowed = of('allow').filter((change) => !doesNothing(change));
  const idle = report.changes.filter(doesNothing);
  return [
    ...groupRows(of('deny'), reasonKey),
    ...groupRows(of('needs-approval'), reasonKey),
    ...groupRows(allowed, allowedKey),
    ...(changedOnly ? [] : groupRows(idle, allowedKey)),
  ]
    .map((rows) => groupHtml(rows, level))
    .join('\n');
}

function groupHtml(rows: readonly ReportChange[], level: number): string {
  const [first] = rows as readonly [ReportChange];
  const types = new Set(rows.map((row) => row.type));
  const what = rows.length === 1 ? spellRow(first) : types.size === 1 ? first.type : `of ${types.size} types`;
  const times = rows.length === 1 ? '' : `${rows.length} x `;
  const passed = first.verdict === 'allow' ? `<span class="soft">${text(lanesOf(first))}</span>` : '';
  const { decisions, facts, differing, remedies } = explained(rows, false);
  return [
    `<article class="group ${classOf(first.verdict)}">`,
    `<h${level}>${verdictHtml(first.verdict)} ${times}${text(operationWords(first))} <span class="name">${text(escapeText(what))}</span>${passed}</h${level}>`,
    rowsHtml(rows),
    whyHtml(decisions),
    first.verdict === 'allow' ? '' : factsHtml(facts, differing, false),
    waysHtml(remedies),
    '</article>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** The rows by name, for the filter too: a group of one has its name in the heading, yet not its place. */
function rowsHtml(rows: readonly ReportChange[]): string {
  const items = rows.map((row) => {
    const source = sourceOf(row);
    const at = source === null ? '' : ` <span class="at">${text(escapeText(source))}</span>`;
    const before =
      row.previous_address === null ? '' : ` <span class="soft">before: ${text(escapeText(row.previous_address))}</span>`;
    const sought = `${spellRow(row)} ${row.type}`.toLowerCase();
    const data = `data-text="${escapeHtml(sought)}" data-verdict="${row.verdict}" data-operation="${row.operations.join(' ')}" data-class="${escapeHtml(row.classes.join(' '))}"`;
    return `<li ${data}>${text(escapeText(spellRow(row)))}${at}${before}</li>`;
  });
  const list = `<ul class="rows">${items.join('\n')}</ul>`;
  return rows.length > MOST_OPEN ? `<details><summary>${rows.length} rows</summary>${list}</details>` : list;
}

/** One row with nothing left out. */
export function rowHtml(change: ReportChange, level: number): string {
  const { decisions, facts, differing, remedies } = explained([change], true);
  const part = (title: string, body: string) => (body === '' ? '' : `<h${level}>${title}</h${level}>\n${body}`);
  return [part('Why', whyHtml(decisions)), part('Facts', factsHtml(facts, differing, true)), part('Ways out', waysHtml(remedies))]
    .filter((line) => line !== '')
    .join('\n');
}
