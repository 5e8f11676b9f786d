/** What the page of a scan has besides the common style, and its script. */

export const STYLE = `
:root { --bad: #a40e26; --good: #116329; --odd: #6639ba; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8182; --good: #7ee787; --odd: #d2a8ff; } }
body { max-width: 84rem; }
.verdict { text-transform: uppercase; border: 2px solid currentcolor; border-radius: .3rem; padding: 0 .4rem; }
.clean { color: var(--good); } .drift, .wider { color: var(--bad); } .undecided { color: var(--odd); }
ul.plain { padding-left: 1.2rem; } ul.plain li { margin: .3rem 0; }
.sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem; align-items: start; }
caption { padding: .5rem 0 .3rem; font-size: .95rem; }
thead th { white-space: nowrap; overflow-wrap: normal; position: static; }
td { white-space: normal; }
td[data-label=Id], td[data-label=Object], td[data-label=State] { overflow-wrap: anywhere; min-width: 9rem; }
th button { width: auto; min-height: 0; font-weight: 600; background: none; border: 0; padding: 0; text-align: left; }
th[aria-sort] button::after { content: " \\2193"; } th[aria-sort=ascending] button::after { content: " \\2191"; }
@media screen and (max-width: 60rem) {
  thead { display: block; position: static; }
  thead tr { display: flex; flex-wrap: wrap; gap: .25rem .75rem; padding: .25rem 0; }
  thead th { border: 0; padding: 0; background: none; text-decoration: underline; }
  tbody tr { display: block; }
  td { display: block; border: 0; padding: .05rem 0; overflow-wrap: anywhere; }
  td::before { content: none; }
  td:not(:empty)::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media print { :root { --bad: #000; --good: #000; --odd: #000; } }
`;

/** Makes the heads of the tables into buttons that sort. Without it the page says the same, in the order of the report. */
export const SCRIPT = `
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
