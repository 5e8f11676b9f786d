import type { Operation } from '../../logic/fact.ts';
import { cut } from '../escape.ts';
import { nameOf } from './matchers.ts';
import { shortPlace } from './outline.ts';
import type { Matrix, MatrixAnswer, MatrixCell, MatrixRow, Shown } from './shown-model.ts';
import { spell } from './spelling.ts';

/** A matrix as it is printed: one block of rows for the values that are alike, cells that point at notes. Not escaped. */
export interface Grid {
  readonly operations: readonly Operation[];
  readonly blocks: readonly GridBlock[];
  readonly notes: readonly GridNote[];
}

export interface GridBlock {
  /** Null where no attribute tells values apart. */
  readonly values: readonly string[] | null;
  readonly groups: readonly GridGroup[];
}

/** Classes for which every cell is the same. */
export interface GridGroup {
  readonly classes: readonly string[];
  readonly cross: boolean;
  /** In the order of the operations; null where nothing is said. */
  readonly cells: readonly (GridCell | null)[];
}

export interface GridCell {
  readonly answer: MatrixAnswer;
  readonly note: number | null;
}

export interface GridNote {
  readonly number: number;
  readonly answer: MatrixAnswer;
  readonly words: string;
}

/** `grouped`: equal rows together. `allowed`: notes say by which lane something is allowed, too. */
export function gridOf(shown: Shown, matrix: Matrix, options: { readonly grouped: boolean; readonly allowed: boolean }): Grid {
  const notes = new Notes(shown, options.allowed);
  const columns = matrix.attribute === null ? matrix.values.slice(0, 1) : matrix.values;
  const blocks = new Map<string, { values: string[]; groups: readonly GridGroup[] }>();
  for (const value of columns) {
    const groups = groupsOf(matrix, value, notes, options.grouped);
    const key = options.grouped ? JSON.stringify(groups) : value;
    const same = blocks.get(key);
    if (same) same.values.push(value);
    else blocks.set(key, { values: [value], groups });
  }
  return {
    operations: matrix.operations,
    blocks: [...blocks.values()].map(({ values, groups }) => ({ values: matrix.attribute === null ? null : values, groups })),
    notes: notes.all,
  };
}

function groupsOf(matrix: Matrix, value: string, notes: Notes, grouped: boolean): readonly GridGroup[] {
  const groups = new Map<string, { classes: string[]; cross: boolean; cells: readonly (GridCell | null)[] }>();
  for (const row of matrix.rows) {
    const cells = matrix.operations.map((operation) => {
      const cell = cellOf(row, operation, value);
      return cell === undefined ? null : { answer: cell.answer, note: notes.of(cell) };
    });
    const key = grouped ? JSON.stringify([row.cross, cells]) : row.class;
    const same = groups.get(key);
    if (same) same.classes.push(row.class);
    else groups.set(key, { classes: [row.class], cross: row.cross, cells });
  }
  return [...groups.values()].sort((a, b) => Number(a.cross) - Number(b.cross));
}

function cellOf(row: MatrixRow, operation: Operation, value: string): MatrixCell | undefined {
  return row.cells.find((cell) => cell.operation === operation && cell.value === value);
}

/** Reasons, each numbered once. */
class Notes {
  readonly #numbers = new Map<string, GridNote>();
  readonly #places: ReadonlyMap<string, string>;
  readonly #allowed: boolean;

  constructor(shown: Shown, allowed: boolean) {
    const rules = [...shown.rules, ...shown.quotas];
    this.#places = new Map(rules.toReversed().map((rule) => [rule.id, shortPlace(rule.at)]));
    this.#allowed = allowed;
  }

  get all(): readonly GridNote[] {
    return [...this.#numbers.values()];
  }

  /** Null where there is nothing to say beyond the answer. */
  of({ answer, by, on }: MatrixCell): number | null {
    if (by.length + on.length === 0 || (answer === 'allow' && !this.#allowed)) return null;
    const key = JSON.stringify([answer, by, on]);
    const known = this.#numbers.get(key);
    if (known) return known.number;
    const note = { number: this.#numbers.size + 1, answer, words: this.#words(answer, by, on) };
    this.#numbers.set(key, note);
    return note.number;
  }

  #words(answer: MatrixAnswer, by: readonly string[], on: readonly string[]): string {
    const rules = by.map((id) => {
      const at = this.#places.get(id);
      return at === undefined ? spell(id) : `${spell(id)} (${at})`;
    });
    const facts = on.length > 0 ? `depends on ${on.map(dependency).join(', ')}` : '';
    const label = { allow: 'allowed by', ask: 'rules:', depends: 'rules:', no: 'rules against it:' }[answer];
    const decided = rules.length > 0 ? `${label} ${rules.join(', ')}` : '';
    return [facts, decided].filter((part) => part !== '').join('; ');
  }
}

const DEPENDENCIES = new Map([
  ['changes', 'what changes'],
  ['successor', 'a successor'],
  ['who', 'who acts'],
  ['replaces', 'whether it is part of a replace'],
]);

/** A fact by its key, or words as they come: no key of a rule may pass for words. */
function dependency(fact: string): string {
  return DEPENDENCIES.get(fact) ?? (/^(tag|attr)\.|^(now|action_reason)$/.test(fact) ? nameOf(fact) : cut(fact));
}
