import { escapeHtml, escapeText } from '../escape.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportChange } from '../report.ts';
import { explained } from './explained.ts';
import { allowedKey, groupRows, reasonKey } from './group.ts';
import { groupWords, lanesOf, sourceOf } from './headline.ts';
import { classOf, factsList, foldHtml, text, verdictHtml, waysList, whyHtml } from './html-parts.ts';
import { doesNothing } from './idle.ts';
import { whole } from './layout.ts';
import { count } from './words.ts';

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
  return [...groupRows(of('deny'), reasonKey), ...groupRows(of('needs-approval'), reasonKey), ...groupRows(allowed, allowedKey)]
    .map((rows) => groupHtml(rows, level))
    .concat(changedOnly ? [] : idleHtml(idle, level))
    .join('\n');
}

function groupHtml(rows: readonly ReportChange[], level: number): string {
  const [first] = rows as readonly [ReportChange];
  const { does, what } = groupWords(rows);
  const passed = first.verdict === 'allow' ? `<span class="soft">${text(lanesOf(first))}</span>` : '';
  const { decisions, facts, differing, remedies } = explained(rows, false);
  const name = `<span class="name">${text(what)}</span>`;
  return [
    `<article class="group ${classOf(first.verdict)}">`,
    `<h${level}>${verdictHtml(first.verdict)} ${text(does)} ${rows.length === 1 ? rowItem(first, 'span', name) : name}${passed}</h${level}>`,
    rows.length === 1 ? '' : rowsHtml(rows),
    whyHtml(decisions),
    first.verdict === 'allow' ? '' : foldHtml('facts', factsList(facts, differing), false),
    foldHtml('ways out', waysList(remedies), true),
    '</article>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function idleHtml(rows: readonly ReportChange[], level: number): string {
  if (rows.length === 0) return '';
  return [
    '<article class="group allow">',
    `<h${level}>${verdictHtml('allow')} ${count(rows.length, 'row')} without effect</h${level}>`,
    foldHtml('names', listHtml(rows), false),
    '</article>',
  ].join('\n');
}

function rowsHtml(rows: readonly ReportChange[]): string {
  return rows.length > MOST_OPEN ? foldHtml('names', listHtml(rows), false) : listHtml(rows);
}

function listHtml(rows: readonly ReportChange[]): string {
  return `<ul class="rows">${rows.map((row) => rowItem(row, 'li', text(whole(spellRow(row))))).join('\n')}</ul>`;
}

/** A row by its name, with what the filter looks at and where it stands. */
function rowItem(row: ReportChange, tag: 'li' | 'span', name: string): string {
  const source = sourceOf(row);
  const at = source === null ? '' : ` <span class="at">${text(whole(source))}</span>`;
  const before = row.previous_address === null ? '' : ` <span class="soft">before: ${text(whole(row.previous_address))}</span>`;
  const data = [
    ['text', `${spellRow(row)} ${row.type}`.toLowerCase()],
    ['verdict', row.verdict],
    ['operation', row.operations.join(' ')],
    ['class', row.classes.join(' ')],
  ].map(([key, value = '']) => ` data-${key}="${escapeHtml(value)}"`);
  return `<${tag}${data.join('')}>${name}${at}${before}</${tag}>`;
}

/** One row with nothing left out. */
export function rowHtml(change: ReportChange, level: number): string {
  const { decisions, facts, differing, remedies } = explained([change], true);
  const part = (title: string, body: string) => (body === '' ? '' : `<h${level}>${title}</h${level}>\n${body}`);
  return [part('Why', whyHtml(decisions)), part('Facts', factsList(facts, differing)), part('Ways out', waysList(remedies))]
    .filter((line) => line !== '')
    .join('\n');
}
