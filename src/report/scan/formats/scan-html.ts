import { escapeHtml } from '../../escape.ts';
import { htmlPage } from '../../formats/page.ts';
import type { ScanFormatter } from '../formats.ts';
import type { ScanReport } from '../model.ts';
import { ageWords, byVerdict, count, headlineWords, unreadReason, unreadSubject, whereWords } from '../words.ts';
import { SCRIPT, STYLE } from './scan-static.ts';

/** One page that stands alone: what was not read, access that changed, drift by account, class and owner, every finding, what is in no state. */
export const scanHtml: ScanFormatter = (report) => {
  const sections = [unread(report), access(report), sums(report), findings(report), unmanaged(report)].filter(
    (section) => section !== null,
  );
  const links = sections.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`).join('');
  const body = [
    '<a class="skip" href="#main">Skip to the content</a>',
    '<header>',
    `<h1><span class="verdict ${report.verdict}">${report.verdict}</span> Tag scan</h1>`,
    `<p class="soft">${escapeHtml(headlineWords(report))}. ${escapeHtml(report.tool.name)} ${escapeHtml(report.tool.version)}</p>`,
    sections.length === 0 ? '' : `<nav aria-label="Contents"><ul>${links}</ul></nav>`,
    '</header>',
    '<main id="main" tabindex="-1">',
    ...sections.map(
      ({ id, title, html }) => `<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${html}\n</section>`,
    ),
    sections.length === 0 ? '<p>Every tag is as wanted.</p>' : '',
    '</main>',
  ];
  return htmlPage('Tag scan', body.join('\n'), SCRIPT, STYLE);
};

interface Section {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

function unread({ unread: all }: ScanReport): Section | null {
  if (all.length === 0) return null;
  const rows = all.map((one) => [
    unreadSubject(one),
    unreadReason(one),
    `${one.addresses.join(', ')}${one.addresses.length > 0 && one.objects > one.addresses.length ? ', ...' : ''}`,
  ]);
  return { id: 'not-read', title: 'Not read', html: table('Not read', ['What', 'Why', 'Objects'], rows) };
}

function access({ access: all }: ScanReport): Section | null {
  if (all.length === 0) return null;
  const items = all.map(({ message, widens, objects }) => {
    const mark = widens ? '<strong class="wider">wider</strong> ' : '';
    const more =
      objects.length === 1
        ? ''
        : `<details><summary>${count(objects.length, 'object')}</summary><ul>${objects.map(({ state, address }) => `<li>${escapeHtml(address)} <span class="soft">${escapeHtml(state)}</span></li>`).join('')}</ul></details>`;
    return `<li>${mark}${escapeHtml(message)}${more}</li>`;
  });
  return { id: 'access', title: 'Access that changed', html: `<ul class="plain">${items.join('\n')}</ul>` };
}

/** How many findings each account, class and owner has. */
function sums({ findings: all }: ScanReport): Section | null {
  if (all.length === 0) return null;
  const tables = [
    sumTable(
      'By account',
      'Account',
      all.map((finding) => [whereWords({ ...finding, region: null })]),
    ),
    sumTable(
      'By class',
      'Class',
      all.map(({ classes }) => (classes.length > 0 ? classes : ['no class'])),
    ),
    sumTable(
      'By owner',
      'Owner',
      all.map(({ owner }) => [owner ?? 'nobody']),
    ),
  ];
  return { id: 'sums', title: 'Drift by account, class and owner', html: `<div class="sums">${tables.join('\n')}</div>` };
}

function sumTable(caption: string, head: string, names: readonly (readonly string[])[]): string {
  const counts = new Map<string, number>();
  for (const name of names.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const rows = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return table(
    caption,
    [head, 'Findings'],
    rows.map(([name, number]) => [name, String(number)]),
  );
}

function findings({ findings: all }: ScanReport): Section | null {
  if (all.length === 0) return null;
  const rows = byVerdict(all).map((finding) => [
    finding.verdict,
    finding.address,
    finding.message,
    whereWords(finding),
    finding.classes.join(', '),
    finding.owner ?? '',
    finding.state,
    finding.managed_by === null ? finding.fix : `written by ${finding.managed_by}: never repaired from here`,
  ]);
  const head = ['Verdict', 'Object', 'Finding', 'Where', 'Class', 'Owner', 'State', 'Fix'];
  return { id: 'findings', title: count(all.length, 'finding'), html: table('Findings', head, rows) };
}

function unmanaged({ unmanaged: all }: ScanReport): Section | null {
  if (all.length === 0) return null;
  const rows = all.map((item) => [
    item.orphan ? 'orphan' : '',
    item.type,
    item.id,
    whereWords(item),
    ageWords(item),
    Object.entries(item.tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(', '),
    item.managed_by ?? '',
  ]);
  const head = ['Orphan', 'Type', 'Id', 'Where', 'Age', 'Tags', 'Made by'];
  return { id: 'unmanaged', title: `${count(all.length, 'object')} in no state`, html: table('In no state', head, rows) };
}

/** A caption and a head whose cells a script makes into buttons that sort. */
function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]) =>
    row.map((cell, at) => `<td data-label="${escapeHtml(head[at] ?? '')}">${escapeHtml(cell)}</td>`).join('');
  return [
    `<table><caption>${caption}</caption>`,
    `<thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody></table>`,
  ].join('\n');
}
