/** What the page of a report has besides the common style. */
export const STYLE = `
:root { --deny: #a40e26; --deny-back: #ffebe9; }
@media (prefers-color-scheme: dark) { :root { --deny: #ffa198; --deny-back: #30171a; } }
h1 { line-height: 1.4; }
.at, td { white-space: normal; }
th, td { overflow-wrap: anywhere; }
select { text-overflow: ellipsis; }
h4 { font-size: .95rem; margin: 1rem 0 .25rem; }
.verdict { display: inline-block; border: 1px solid currentColor; border-radius: .3rem; padding: 0 .4rem; font-weight: 600; white-space: nowrap; }
.verdict.allow { color: var(--allow); background: var(--allow-back); }
.verdict.ask { color: var(--ask); background: var(--ask-back); }
.verdict.deny { color: var(--deny); background: var(--deny-back); }
.verdict.depends { color: var(--depends); background: var(--depends-back); }
td .verdict { border: 0; padding: 0; background: none; }
td.deny { color: var(--deny); background: var(--deny-back); }
.group { border: 1px solid var(--line); border-left: .35rem solid var(--soft); border-radius: .4rem; padding: .1rem .75rem .5rem; margin: .75rem 0; }
.group.allow { border-left-color: var(--allow); } .group.ask { border-left-color: var(--ask); } .group.deny { border-left-color: var(--deny); }
.group h3, .group h4 { margin: .5rem 0 .25rem; font-weight: 500; }
.name, ul.rows, pre, code { font-family: ui-monospace, SFMono-Regular, Consolas, monospace; font-size: .9em; }
.name { font-weight: 600; }
ul.rows { list-style: none; padding: 0; margin: .25rem 0; }
ul.rows .at, ul.rows .soft { font-family: system-ui, sans-serif; }
details { margin: .25rem 0; }
summary { cursor: pointer; padding: .15rem 0; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: .3rem; padding: .5rem; margin: .3rem 0; overflow-x: auto; overflow-wrap: normal; }
#told { margin: .25rem 0; min-height: 1.5em; }
.plan { border-top: 3px double var(--line); margin-top: 2rem; }
dl { margin: .5rem 0; }
@media print {
  :root { --deny: #000; --deny-back: #fff; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .group { break-inside: auto; } .group h3, .group h4 { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  summary { list-style: none; }
}
`;

/** Hides rows, and groups none of whose rows is left. Without it the page says the same, only all at once. Opens all folds for paper. */
export const SCRIPT = `
'use strict';
const form = document.getElementById('filter'), told = document.getElementById('told');
if (form) {
  const fields = form.elements, groups = [...document.querySelectorAll('article.group')];
  const has = (words, word) => word === '' || words.split(' ').includes(word);
  const apply = () => {
    const sought = fields.text.value.trim().toLowerCase();
    let shown = 0, all = 0;
    for (const group of groups) {
      let own = 0;
      for (const row of group.querySelectorAll('[data-text]')) {
        const data = row.dataset;
        row.hidden = !(data.text.includes(sought) && has(data.verdict, fields.verdict.value) && has(data.operation, fields.operation.value) && has(data.class, fields.class.value));
        all += 1;
        if (!row.hidden) own += 1;
      }
      group.hidden = own === 0;
      shown += own;
    }
    told.textContent = shown === all ? '' : shown + ' of ' + all + ' rows shown';
  };
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('reset', () => setTimeout(apply));
  form.addEventListener('submit', (event) => event.preventDefault());
  apply();
}
let opened = [];
addEventListener('beforeprint', () => {
  opened = [...document.querySelectorAll('details:not([open])')];
  for (const fold of opened) fold.open = true;
});
addEventListener('afterprint', () => {
  for (const fold of opened) fold.open = false;
});
`;
