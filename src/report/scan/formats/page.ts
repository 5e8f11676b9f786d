import { hash } from 'node:crypto';

/** The page around a tag scan: one file without network; the policy allows this style and this script, and nothing else. */

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #fff; --panel: #f6f8fa; --line: #d0d7de; --bad: #a40e26;
  --good: #116329; --odd: #6639ba; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b3; --back: #0d1117; --panel: #161b22; --line: #3d444d;
  --bad: #ff8182; --good: #7ee787; --odd: #d2a8ff; --link: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 1rem; color: var(--text); background: var(--back);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--back); padding: .25rem .5rem; z-index: 2; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .5rem 0; list-style: none; }
.soft { color: var(--soft); }
.verdict { text-transform: uppercase; border: 2px solid currentcolor; border-radius: .3rem; padding: 0 .4rem; }
.clean { color: var(--good); } .drift, .wider { color: var(--bad); } .undecided { color: var(--odd); }
ul.plain { padding-left: 1.2rem; } ul.plain li { margin: .3rem 0; }
.sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem; align-items: start; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0 .3rem; }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
thead th { background: var(--panel); white-space: nowrap; overflow-wrap: normal; }
td { overflow-wrap: break-word; }
td[data-label=Id], td[data-label=Object], td[data-label=State] { overflow-wrap: anywhere; min-width: 9rem; }
th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: left; }
th[aria-sort] button::after { content: " \\2193"; } th[aria-sort=ascending] button::after { content: " \\2191"; }
@media screen and (max-width: 60rem) {
  body { padding: .6rem; font-size: .95rem; }
  main table, main tbody, main caption { display: block; }
  thead tr { display: flex; flex-wrap: wrap; gap: .25rem .75rem; padding: .25rem 0; } thead { display: block; }
  thead th { border: 0; padding: 0; background: none; text-decoration: underline; }
  tbody tr { display: block; padding: .5rem 0; border-top: 1px solid var(--line); }
  td { display: block; border: 0; padding: .05rem 0; }
  td:not(:empty)::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media print {
  :root { --text: #000; --soft: #333; --back: #fff; --panel: #fff; --line: #888; --bad: #000; --good: #000; --odd: #000; --link: #000; }
  @page { size: landscape; margin: 12mm; }
  nav, .skip { display: none; } table { font-size: 8pt; } body { max-width: none; padding: 0; font-size: 9pt; }
  tr, li { break-inside: avoid; } h2, caption { break-after: avoid; }
}
`;

/** Makes the heads of the tables into buttons that sort. Without it the page says the same, in the order of the report. */
const SCRIPT = `
'use strict';
for (const table of document.querySelectorAll('table')) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((head, at) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const up = head.getAttribute('aria-sort') !== 'ascending';
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const text = (row) => row.cells[at].textContent;
      const compare = (a, b) => text(a).localeCompare(text(b), 'en', { numeric: true });
      body.append(...[...body.rows].sort((a, b) => (up ? compare(a, b) : compare(b, a))));
    });
  });
}
`;

function source(text: string): string {
  return `'sha256-${hash('sha256', text, 'base64')}'`;
}

/** Title and body are HTML already. */
export function scanPage(title: string, body: string): string {
  const policy = `default-src 'none'; style-src ${source(STYLE)}; script-src ${source(SCRIPT)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
<script>${SCRIPT}</script>
</body>
</html>
`;
}
