import { escapeHtml } from '../../escape.ts';
import type { VerdictCounts } from '../tally.ts';
import { sumOf } from '../tally.ts';
import { numberInWords, shareInWords, VERDICT_KEYS } from '../words.ts';

/** Bars of the page: shapes with sizes of their own, since the page's policy allows no style but its own. */
export const PLOT_STYLE = `
:root { --deny: #a40e26; --bar: #0550ae; --track: #d8dee4; }
@media (prefers-color-scheme: dark) { :root { --deny: #ff7b72; --bar: #79c0ff; --track: #30363d; } }
.plot { display: block; width: 100%; height: 1rem; min-width: 5rem; border-radius: .2rem; background: var(--track); }
.share .plot { height: 2rem; }
rect.allow { fill: var(--allow); } rect.needs-approval { fill: var(--ask); } rect.deny { fill: var(--deny); } rect.count { fill: var(--bar); }
.figure { font-size: 2rem; font-weight: 700; margin: 0; line-height: 1.1; }
.share { margin: 1rem 0; }
.share p { margin: .25rem 0; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.bar { width: 45%; }
ul.key { list-style: none; padding: 0; margin: .5rem 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
ul.key svg { width: .9rem; height: .9rem; vertical-align: -.1rem; }
td.text { white-space: normal; }
th, td { overflow-wrap: anywhere; }
details { margin: .75rem 0; } summary { cursor: pointer; }
@media screen and (max-width: 60rem) {
  td.bar { display: block; flex: 1 1 100%; width: 100%; border: 0; padding: 0; }
  td.bar::before { content: none; }
  td.text { border: 0; padding: 0; flex: 1 1 100%; max-width: 100%; }
}
@media print { rect.allow { fill: #777; } rect.needs-approval { fill: #bbb; } rect.deny { fill: #000; } .plot { background: none; border: 1px solid #000; } }
`;

const NAMES = { allow: 'allowed', 'needs-approval': 'asked', deny: 'denied' } as const;

/** What the colours mean. */
export function keyHtml(): string {
  const items = VERDICT_KEYS.map(
    (verdict) =>
      `<li><svg viewBox="0 0 1 1" aria-hidden="true"><rect class="${verdict}" width="1" height="1"/></svg> ${NAMES[verdict]}</li>`,
  );
  return `<ul class="key">${items.join('')}</ul>`;
}

/** All verdicts of a group side by side, as shares of the whole. */
export function shareBar(counts: VerdictCounts): string {
  const all = sumOf(counts);
  let from = 0;
  const parts = VERDICT_KEYS.flatMap((verdict) => {
    const width = all === 0 ? 0 : (100 * counts[verdict]) / all;
    const x = from;
    from += width;
    return width === 0 ? [] : [`<rect class="${verdict}" x="${round(x)}" width="${round(width)}" height="10"/>`];
  });
  const told = VERDICT_KEYS.map((verdict) => `${shareInWords(counts[verdict], all)} ${NAMES[verdict]}`).join(', ');
  return `<svg class="plot" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(told)}">${parts.join('')}</svg>`;
}

/** One number beside the largest of its table. */
export function countBar(count: number, largest: number): string {
  const width = largest === 0 ? 0 : (100 * count) / largest;
  return `<svg class="plot" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="count" width="${round(width)}" height="10"/></svg>`;
}

export interface Column {
  readonly head: string;
  readonly kind: 'text' | 'number' | 'bar';
}

/** Cells are text to be escaped, numbers, or (for a bar) HTML already. The first column names the row. */
export function tableHtml(caption: string, columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string {
  const heads = columns.map(
    ({ head, kind }) => `<th scope="col" role="columnheader"${kind === 'number' ? ' class="number"' : ''}>${head}</th>`,
  );
  const body = rows.map(
    (cells) => `<tr role="row">${cells.map((cell, at) => cellHtml(cell, at, columns[at] as Column)).join('')}</tr>`,
  );
  return [
    '<table role="table">',
    `<caption>${caption}</caption>`,
    `<thead role="rowgroup"><tr role="row">${heads.join('')}</tr></thead>`,
    `<tbody role="rowgroup">\n${body.join('\n')}\n</tbody>`,
    '</table>',
  ].join('\n');
}

function cellHtml(cell: string | number, at: number, { head, kind }: Column): string {
  const shown = typeof cell === 'number' ? numberInWords(cell) : kind === 'bar' ? cell : escapeHtml(cell);
  if (at === 0) return `<th scope="row" role="rowheader">${shown}</th>`;
  return `<td role="cell" class="${kind}" data-operation="${head}">${shown}</td>`;
}

/** To two digits, so that no machine prints another number. */
function round(number: number): string {
  return String(Math.round(number * 100) / 100);
}
