import type { Operation } from '../../logic/fact.ts';
import type { Grid, GridBlock, GridCell, GridGroup } from './grid.ts';
import { ANSWERS, type Matrix, type MatrixPrincipal } from './shown-model.ts';
import { listInWords, spell } from './spelling.ts';

/** Parts of a grid in words. Not escaped. */

/** `dana (human; developers, orders)`, as a report spells principals. */
export function principalInWords({ id, kind, teams, tier, owner }: MatrixPrincipal): string {
  const about = [
    kind ?? 'kind unknown',
    ...(tier === null ? [] : [`tier ${spell(tier)}`]),
    teams === null ? 'teams unknown' : teams.length > 0 ? teams.map(spell).join(', ') : 'no team',
    ...(owner === null ? [] : [`owner ${spell(owner)}`]),
  ];
  return `${spell(id)} (${about.join('; ')})`;
}

/** `environment production`, `environment staging or development`; null where nothing is told apart. */
export function blockInWords(matrix: Matrix, block: GridBlock): string | null {
  if (block.values === null || matrix.attribute === null) return null;
  return `${spell(matrix.attribute)} ${listInWords(block.values.map(spell), 'or')}`;
}

/** `allow`, `ask 3`, `no`, `if 2`: the number is that of the note. */
export function cellInWords(cell: GridCell | null | undefined): string {
  if (!cell) return '-';
  if (cell.note === null) return cell.answer;
  return `${cell.answer === 'depends' ? 'if' : cell.answer} ${cell.note}`;
}

export const LEGEND = 'ask: once it is approved; if: it depends; a number is that of a note below';

/** So many classes alike stand as "every other class", at the end. */
const MANY = 6;

export interface NamedGroup {
  readonly group: GridGroup;
  readonly names: readonly string[];
}

/** What the rows are called; where many classes are alike, the most of them come last, as all others. */
export function namedGroups(block: GridBlock): readonly NamedGroup[] {
  const own = block.groups.filter((group) => !group.cross);
  const size = Math.max(0, ...own.map((group) => group.classes.length));
  const rest = size < MANY ? undefined : own.find((group) => group.classes.length === size);
  const ordered = [
    ...own.filter((group) => group !== rest),
    ...(rest ? [rest] : []),
    ...block.groups.filter((group) => group.cross),
  ];
  return ordered.map((group) => {
    if (group === rest) return { group, names: [own.length > 1 ? 'every other class' : 'every class'] };
    return { group, names: group.classes.map(spell) };
  });
}

export interface SameAnswer {
  readonly cell: GridCell | null;
  readonly operations: readonly Operation[];
}

/** Operations of a row by their answer, what is allowed first. */
export function byAnswer(group: GridGroup, operations: readonly Operation[], columns: readonly number[]): readonly SameAnswer[] {
  const found = new Map<string, { cell: GridCell | null; operations: Operation[] }>();
  for (const index of columns) {
    const operation = operations[index];
    if (operation === undefined) continue;
    const cell = group.cells[index] ?? null;
    const same = found.get(cellInWords(cell));
    if (same) same.operations.push(operation);
    else found.set(cellInWords(cell), { cell, operations: [operation] });
  }
  const rank = ({ cell }: SameAnswer) => (cell === null ? ANSWERS.length : ANSWERS.indexOf(cell.answer));
  return [...found.values()].sort((a, b) => rank(a) - rank(b));
}

/** Columns whose answer is the same for every class of the block, apart from those whose answers differ. */
export function splitColumns({ operations }: Grid, block: GridBlock): { same: readonly number[]; differing: readonly number[] } {
  const all = [...operations.keys()];
  const isSame = (index: number) => new Set(block.groups.map((group) => cellInWords(group.cells[index]))).size === 1;
  const same = block.groups.length > 1 ? all.filter(isSame) : [];
  return { same, differing: all.filter((index) => !same.includes(index)) };
}

/** `for every class, allow: read; no: forget, invoke`; null where no column is the same for all. */
export function sameForAll(grid: Grid, block: GridBlock, columns: readonly number[]): string | null {
  const [first] = block.groups;
  if (first === undefined || columns.length === 0) return null;
  const parts = byAnswer(first, grid.operations, columns).map(
    (same) => `${cellInWords(same.cell)}: ${same.operations.join(', ')}`,
  );
  return `for every class, ${parts.join('; ')}`;
}
