import { escapeUncut } from '../../escape.ts';
import type { Page, Style } from '../../formats/layout.ts';
import { type Grid, type GridBlock, type GridCell, gridOf } from '../grid.ts';
import {
  blockInWords,
  byAnswer,
  cellInWords,
  LEGEND,
  type NamedGroup,
  namedGroups,
  principalInWords,
  sameForAll,
  splitColumns,
} from '../grid-words.ts';
import type { Matrix, MatrixAnswer, Shown } from '../shown-model.ts';

const COLOURS: Readonly<Record<MatrixAnswer, Style>> = { allow: 'green', ask: 'yellow', depends: 'magenta', no: 'red' };
/** Columns for the classes: fewer, and they would be hard to find; more, and answers would stand too far away. */
const NAMES = { fewest: 18, most: 40 };

/** What one principal may do: a table for each value of the attribute, classes that are alike in one row. */
export function showMatrix(page: Page, shown: Shown, matrix: Matrix, width: number): void {
  const grid = gridOf(shown, matrix, { grouped: true, allowed: false });
  const at = shown.now === undefined ? '' : ` at ${shown.now}`;
  page.line(0, page.paint(escapeUncut(`what ${principalInWords(matrix.principal)} may do${at}`), 'bold'));
  page.line(0, page.paint(LEGEND, 'dim'));
  for (const block of grid.blocks) {
    page.gap();
    const title = blockInWords(matrix, block);
    if (title !== null) page.line(0, page.paint(escapeUncut(title), 'bold'));
    showBlock(page, grid, block, width);
  }
  if (grid.notes.length > 0) showNotes(page, grid);
}

function showBlock(page: Page, grid: Grid, block: GridBlock, width: number): void {
  const { same, differing } = splitColumns(grid, block);
  const all = sameForAll(grid, block, same);
  if (all !== null) page.line(2, all, 4);
  if (differing.length === 0) return;
  const widths = differing.map((index) => {
    const words = block.groups.map((group) => cellInWords(group.cells[index]).length);
    return Math.max(grid.operations[index]?.length ?? 0, ...words);
  });
  const room = width - 2 - widths.reduce((all, one) => all + one + 2, 0);
  if (room < NAMES.fewest) showList(page, grid, block, differing);
  else showTable(page, grid, block, { columns: differing, widths, room });
}

interface Table {
  /** Indexes of the operations. */
  readonly columns: readonly number[];
  readonly widths: readonly number[];
  /** Columns left for the classes. */
  readonly room: number;
}

function showTable(page: Page, grid: Grid, block: GridBlock, { columns, widths, room }: Table): void {
  const rows = escapedGroups(block);
  const longest = Math.max(
    ...rows.flatMap(({ names }) => names.map((name, index) => columnsOf(name) + Number(index < names.length - 1))),
  );
  const total = Math.max(...rows.map(({ names }) => columnsOf(names.join(', '))));
  const column = Math.min(room, Math.max(Math.min(total, NAMES.most), longest));
  const heads = columns.map((index, at) => (grid.operations[index] ?? '').padEnd(widths[at] ?? 0));
  page.unwrapped(`  ${' '.repeat(column)}  ${heads.join('  ')}`);
  let cross = false;
  for (const { group, names } of rows) {
    if (group.cross && !cross) page.line(2, 'classes that a resource has besides its own:');
    cross = group.cross;
    const [first = '', ...more] = wrapNames(names, column);
    const cells = columns.map((index, at) => {
      const cell = group.cells[index] ?? null;
      return paintCell(page, cell) + ' '.repeat(Math.max(0, (widths[at] ?? 0) - cellInWords(cell).length));
    });
    page.unwrapped(`  ${first}${' '.repeat(Math.max(0, column - columnsOf(first)))}  ${cells.join('  ')}`);
    for (const line of more) page.unwrapped(`  ${line}`);
  }
}

/** Where there is no room for a table: each group of classes, then its operations by answer. */
function showList(page: Page, grid: Grid, block: GridBlock, columns: readonly number[]): void {
  for (const { group, names } of escapedGroups(block)) {
    page.line(2, `${names.join(', ')}${group.cross ? ' (besides its own class)' : ''}`, 4);
    for (const same of byAnswer(group, grid.operations, columns)) {
      page.line(4, `${paintCell(page, same.cell)}: ${same.operations.join(', ')}`, 6);
    }
  }
}

function showNotes(page: Page, grid: Grid): void {
  page.gap();
  page.line(0, page.paint('notes', 'bold'));
  const digits = String(grid.notes.length).length;
  for (const { number, words } of grid.notes) {
    const blank = ' '.repeat(digits - String(number).length);
    page.line(2 + blank.length, `${number} ${escapeUncut(words)}`, 3 + digits);
  }
}

function escapedGroups(block: GridBlock): readonly NamedGroup[] {
  return namedGroups(block).map(({ group, names }) => ({ group, names: names.map(escapeUncut) }));
}

function wrapNames(names: readonly string[], column: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const [index, name] of names.entries()) {
    const word = index < names.length - 1 ? `${name},` : name;
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > column) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}

function columnsOf(text: string): number {
  return [...text].length;
}

function paintCell(page: Page, cell: GridCell | null): string {
  const words = cellInWords(cell);
  return cell === null ? words : page.paint(words, COLOURS[cell.answer]);
}
