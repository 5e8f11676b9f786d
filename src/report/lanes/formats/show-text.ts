import { escapeUncut } from '../../escape.ts';
import { Page, whole } from '../../formats/layout.ts';
import { type Item, number, outlineOf, totalsInWords } from '../outline.ts';
import type { Shown } from '../shown-model.ts';
import type { ShowFormatter } from './format.ts';
import { showMatrix } from './matrix-text.ts';

/** What people read: with a principal what it may do, else all the rules. */
export const showText: ShowFormatter = (shown, options) => {
  const page = new Page(options.width, options.colour);
  if (shown.matrix !== undefined) showMatrix(page, shown, shown.matrix, options.width);
  else showRules(page, shown);
  return page.toString();
};

function showRules(page: Page, shown: Shown): void {
  const at = shown.now === undefined ? '' : ` at ${shown.now}`;
  page.line(0, `${page.paint(`rules of ${number(shown.files.length, 'lane file')}`, 'bold')}${at}: ${totalsInWords(shown)}`);
  for (const section of outlineOf(shown)) {
    page.gap();
    page.line(0, `${page.paint(section.title.toLowerCase(), 'bold')}${section.lead === null ? '' : `: ${section.lead}`}`);
    for (const item of section.items) showItem(page, item, 2);
  }
}

function showItem(page: Page, item: Item, indent: number): void {
  const name =
    item.name === null ? '' : `${page.paint(whole(item.name), 'bold')}${item.marks.map((mark) => ` [${mark}]`).join('')}: `;
  const at = item.at === null ? '' : ` ${page.paint(`(${whole(item.at)})`, 'dim')}`;
  page.line(indent, `${name}${escapeUncut(item.words)}${at}`, indent + 2);
  for (const { label, text } of item.about) page.line(indent + 2, `${label}: ${escapeUncut(text)}`, indent + 4);
  for (const inner of item.items) showItem(page, inner, indent + 2);
}
