import { escapeMarkdown } from '../../escape.ts';
import { type Grid, type GridBlock, gridOf } from '../grid.ts';
import { blockInWords, cellInWords, LEGEND, namedGroups, principalInWords, sameForAll, splitColumns } from '../grid-words.ts';
import { type Item, number, outlineOf, totalsInWords } from '../outline.ts';
import type { Matrix, Shown } from '../shown-model.ts';
import type { ShowFormatter } from './format.ts';

/** For a pull request or a wiki: with a principal what it may do, else all the rules. */
export const showMarkdown: ShowFormatter = (shown) => {
  const lines = shown.matrix === undefined ? rulesLines(shown) : matrixLines(shown, shown.matrix);
  return `${lines.join('\n')}\n`;
};

function rulesLines(shown: Shown): readonly string[] {
  const at = shown.now === undefined ? '' : ` at ${shown.now}`;
  const sections = outlineOf(shown).flatMap(({ title, lead, items }) => [
    '',
    `## ${title}`,
    ...(lead === null ? [] : ['', sentence(lead)]),
    '',
    ...items.flatMap((item) => itemLines(item, 0)),
  ]);
  return [`# Rules of ${number(shown.files.length, 'lane file')}${at}`, '', escapeMarkdown(totalsInWords(shown)), ...sections];
}

/** Words of our own as a sentence. */
function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function itemLines(item: Item, depth: number): readonly string[] {
  const marks = item.marks.map((mark) => ` (${escapeMarkdown(mark)})`).join('');
  const name = item.name === null ? '' : `**${escapeMarkdown(item.name)}**${marks}: `;
  const at = item.at === null ? '' : ` <sub>${escapeMarkdown(item.at)}</sub>`;
  const indent = '  '.repeat(depth);
  return [
    `${indent}- ${name}${escapeMarkdown(item.words)}${at}`,
    ...item.about.map(({ label, text }) => `${indent}  - ${label}: ${escapeMarkdown(text)}`),
    ...item.items.flatMap((inner) => itemLines(inner, depth + 1)),
  ];
}

function matrixLines(shown: Shown, matrix: Matrix): readonly string[] {
  const grid = gridOf(shown, matrix, { grouped: true, allowed: false });
  const at = shown.now === undefined ? '' : ` at ${shown.now}`;
  const notes = grid.notes.map(({ number, words }) => `${number}. ${escapeMarkdown(words)}`);
  return [
    `# What ${escapeMarkdown(principalInWords(matrix.principal))} may do${at}`,
    '',
    sentence(LEGEND),
    ...grid.blocks.flatMap((block) => blockLines(grid, block, matrix)),
    ...(notes.length > 0 ? ['', '## Notes', '', ...notes] : []),
  ];
}

function blockLines(grid: Grid, block: GridBlock, matrix: Matrix): readonly string[] {
  const title = blockInWords(matrix, block);
  const { same, differing } = splitColumns(grid, block);
  const all = sameForAll(grid, block, same);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = namedGroups(block).map(({ group, names }) => {
    const classes = names.map(escapeMarkdown).join(', ') + (group.cross ? ' (besides its own class)' : '');
    return row([classes, ...differing.map((index) => cellInWords(group.cells[index]))]);
  });
  const heads = ['class', ...differing.map((index) => grid.operations[index] ?? '')];
  return [
    ...(title === null ? [] : ['', `## ${escapeMarkdown(title)}`]),
    ...(all === null ? [] : ['', sentence(all)]),
    ...(differing.length === 0 ? [] : ['', row(heads), row(heads.map(() => '---')), ...rows]),
  ];
}
