import { escapeHtml } from '../../escape.ts';
import { htmlPage } from '../../formats/page.ts';
import { principalInWords } from '../grid-words.ts';
import { type Item, number, outlineOf, type Section, totalsInWords } from '../outline.ts';
import type { ShowFormatter } from './format.ts';
import { matrixHtml } from './matrix-html.ts';
import { SCRIPT } from './script.ts';

/** One page that stands alone: what a principal may do, where one is given, and all the rules. */
export const showHtml: ShowFormatter = (shown) => {
  const { matrix } = shown;
  const title =
    matrix === undefined
      ? `Rules of ${number(shown.files.length, 'lane file')}`
      : `What ${principalInWords(matrix.principal)} may do`;
  const sections = outlineOf(shown);
  const links = [...(matrix === undefined ? [] : ['Answers', 'Notes']), ...sections.map((section) => section.title)];
  const at = shown.now === undefined ? '' : ` At ${escapeHtml(shown.now)}.`;
  const body = [
    '<a class="skip" href="#main">Skip to the content</a>',
    '<header>',
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="soft">${escapeHtml(totalsInWords(shown))}.${at} ${escapeHtml(shown.tool.name)} ${escapeHtml(shown.tool.version)}</p>`,
    `<nav aria-label="Contents"><ul>${links.map((link) => `<li><a href="#${idOf(link)}">${link}</a></li>`).join('')}</ul></nav>`,
    '</header>',
    '<main id="main" tabindex="-1">',
    ...(matrix === undefined ? [] : [matrixHtml(shown, matrix)]),
    ...sections.map(sectionHtml),
    '</main>',
  ];
  return htmlPage(escapeHtml(title), body.join('\n'), SCRIPT);
};

/** Of our own headings only. */
function idOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}

function sectionHtml({ title, lead, items }: Section): string {
  const id = idOf(title);
  const about = lead === null ? '' : `\n<p class="soft">${escapeHtml(`${lead.charAt(0).toUpperCase()}${lead.slice(1)}.`)}</p>`;
  return `<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>${about}\n<ul class="rules">\n${items.map(itemHtml).join('\n')}\n</ul>\n</section>`;
}

function itemHtml(item: Item): string {
  const marks = item.marks.map((mark) => ` <span class="mark">${escapeHtml(mark)}</span>`).join('');
  const name = item.name === null ? '' : `<strong>${escapeHtml(item.name)}</strong>${marks}: `;
  const at = item.at === null ? '' : ` <span class="at">${escapeHtml(item.at)}</span>`;
  const about = item.about.map(({ label, text }) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>`).join('');
  const inner = item.items.length === 0 ? '' : `\n<ul>\n${item.items.map(itemHtml).join('\n')}\n</ul>`;
  return `<li>${name}${escapeHtml(item.words)}${at}${about === '' ? '' : `<dl>${about}</dl>`}${inner}</li>`;
}
