import { escapeHtml, escapeText } from '../escape.ts';
import type { Remedy, ReportVerdict } from '../report.ts';
import type { ExplainedDecision } from './explained.ts';
import { plain } from './layout.ts';
import { type WaysOut, waysOut } from './ways.ts';

/** A sign beside each word, so that colour is never alone. */
const SIGNS: Readonly<Record<ReportVerdict, string>> = { allow: '✓', 'needs-approval': '!', deny: '✕', undecided: '?' };
/** Classes of the style, which are those of a matrix of answers. */
const CLASSES: Readonly<Record<ReportVerdict, string>> = {
  allow: 'allow',
  'needs-approval': 'ask',
  deny: 'deny',
  undecided: 'depends',
};

/** Words of ours and of the plan. */
export function text(words: string): string {
  return escapeHtml(plain(words));
}

export function classOf(verdict: ReportVerdict): string {
  return CLASSES[verdict];
}

export function verdictHtml(verdict: ReportVerdict): string {
  return `<span class="verdict ${CLASSES[verdict]}"><span class="sign" aria-hidden="true">${SIGNS[verdict]}</span>${verdict}</span>`;
}

export function bullets(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<ul class="rules">${lines.map((line) => `<li>${text(line)}</li>`).join('\n')}</ul>`;
}

/** Why: each decision with its reasons, what is unknown, and the nearest lanes. */
export function whyHtml(decisions: readonly ExplainedDecision[]): string {
  if (decisions.length === 0) return '';
  const entries = decisions.map(({ what, verdict, reasons, unknown, nearest }) => {
    const below = bullets([...(reasons.length === 1 ? [] : reasons), ...unknown, ...nearest]);
    const reason = reasons.length === 1 ? `: ${text(reasons[0] ?? '')}` : '';
    return `<li>${verdictHtml(verdict)} <strong>${text(what)}</strong>${reason}${below}</li>`;
  });
  return `<ul class="rules why">${entries.join('\n')}</ul>`;
}

/** Ways out: code to be copied stands in boxes. Empty where there is none. */
export function waysList(ways: readonly Remedy[] | Pick<WaysOut, 'edits' | 'asks' | 'grant'>): string {
  const { edits, asks, grant } = 'edits' in ways ? ways : waysOut(ways, { remedies: Infinity, grants: Infinity });
  const entries = [
    ...edits.map(({ words, insert }) => `<li>${text(words)}${insert === null ? '' : `:${code(insert)}`}</li>`),
    ...asks.map((ask) => `<li>${text(ask)}</li>`),
    ...(grant === null ? [] : [`<li>${text(grant.words)}:${code(grant.yaml)}</li>`]),
  ];
  return entries.length === 0 ? '' : `<ul class="rules">${entries.join('\n')}</ul>`;
}

/** A part that can be folded away; nothing where it is empty. */
export function foldHtml(title: string, body: string, open: boolean): string {
  return body === '' ? '' : `<details${open ? ' open' : ''}><summary>${title}</summary>${body}</details>`;
}

/** Lines as they stand, to be copied. A keyboard can scroll it. */
function code(block: string): string {
  const lines = block.replace(/\n$/, '').split('\n');
  return `<pre tabindex="0"><code>${lines.map((line) => escapeHtml(escapeText(line))).join('\n')}</code></pre>`;
}

export function factsList(facts: readonly string[], differing: readonly string[]): string {
  return bullets([...facts, ...(differing.length > 0 ? [`different from row to row: ${differing.join(', ')}`] : [])]);
}
