import { hash } from 'node:crypto';

/** The page around a report or a set of rules: one file without network; its policy allows its own style and script, and nothing else. */

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #fff; --panel: #f6f8fa; --line: #d0d7de;
  --allow: #116329; --allow-back: #dafbe1; --ask: #7d4e00; --ask-back: #fff8c5; --depends: #6639ba; --depends-back: #f3eaff;
  --no: #57606a; --no-back: transparent; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b3; --back: #0d1117; --panel: #161b22; --line: #3d444d;
  --allow: #7ee787; --allow-back: #12261e; --ask: #f2cc60; --ask-back: #2d2410; --depends: #d2a8ff; --depends-back: #231a35;
  --no: #9da7b3; --no-back: transparent; --link: #79c0ff; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; color: var(--text); background: var(--back);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--back); padding: .25rem .5rem; z-index: 2; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .5rem 0; list-style: none; }
.soft, .at { color: var(--soft); }
.at { font-size: .85rem; white-space: nowrap; }
.mark { border: 1px solid var(--soft); border-radius: .25rem; padding: 0 .3rem; font-size: .85rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; padding: .75rem; margin: 1rem 0; background: var(--panel);
  border: 1px solid var(--line); border-radius: .4rem; }
label { display: flex; flex-direction: column; font-size: .85rem; min-width: 9rem; flex: 1 1 9rem; }
input, select, button { font: inherit; padding: .3rem .5rem; color: inherit; background: var(--back); border: 1px solid var(--soft);
  border-radius: .3rem; min-height: 2.25rem; width: 100%; }
button { width: auto; cursor: pointer; }
output { flex: 1 1 100%; font-size: .85rem; color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 600; font-size: 1.05rem; padding: 1.5rem 0 .4rem; }
thead th { position: sticky; top: 0; background: var(--panel); z-index: 1; }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
th, td { overflow-wrap: break-word; }
tbody th { font-weight: 500; max-width: 24rem; }
tbody tr.first-cross > * { border-top: 3px double var(--soft); }
td { white-space: nowrap; }
td.allow { color: var(--allow); background: var(--allow-back); }
td.ask { color: var(--ask); background: var(--ask-back); font-weight: 600; }
td.depends { color: var(--depends); background: var(--depends-back); }
td.no { color: var(--no); background: var(--no-back); }
.sign { display: inline-block; width: 1.1em; font-weight: 700; }
.note { font-size: .8em; vertical-align: .15em; }
ul.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
ul.rules, ul.rules ul { padding-left: 1.2rem; margin: .25rem 0; }
ul.rules li { margin: .3rem 0; }
dl { margin: .1rem 0; display: grid; grid-template-columns: max-content 1fr; gap: 0 .6rem; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; }
ol.notes li { margin: .2rem 0; }
@media screen and (max-width: 60rem) {
  body { padding: .6rem; font-size: .95rem; }
  table, tbody, caption { display: block; }
  thead { position: absolute; left: -999rem; }
  tbody tr { display: flex; flex-wrap: wrap; gap: .25rem; padding: .5rem 0; border-top: 1px solid var(--line); }
  tbody th, td { border: 0; }
  tbody th { flex: 1 1 100%; max-width: none; padding: 0; font-weight: 600; }
  td { display: inline-block; border: 1px solid var(--line); border-radius: .3rem; padding: .05rem .4rem; }
  td::before { content: attr(data-operation) " "; color: var(--text); font-weight: 400; }
  .at { white-space: normal; }
  dl { display: block; } dd { margin-left: .8rem; }
}
@media print {
  :root { --text: #000; --soft: #333; --back: #fff; --panel: #fff; --line: #888; --allow: #000; --allow-back: #fff; --ask: #000;
    --ask-back: #fff; --depends: #000; --depends-back: #fff; --no: #333; --link: #000; }
  @page { size: landscape; margin: 12mm; }
  form, nav, .skip { display: none; }
  table { font-size: 8pt; } th, td { padding: .1rem .3rem; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  thead { display: table-header-group; } thead th { position: static; }
  tr, li { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
}
`;

function source(text: string): string {
  return `'sha256-${hash('sha256', text, 'base64')}'`;
}

/** Title and body are HTML already; the script is one of ours, and so is `more`, which goes behind the common style. */
export function htmlPage(title: string, body: string, script: string, more = ''): string {
  const style = STYLE + more;
  const policy = `default-src 'none'; style-src ${source(style)}; script-src ${source(script)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
<script>${script}</script>
</body>
</html>
`;
}
