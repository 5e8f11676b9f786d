import type { ResourceChange } from '../plan/model.ts';
import { firstWhere } from '../plan/sorted.ts';
import type { TextEdit } from './patch.ts';

/** Edits of one file, in its order, with the rows whose values may stand around them. */
export class MergedEdits {
  readonly #edits: TextEdit[] = [];
  readonly #rows: ResourceChange[] = [];

  get edits(): readonly TextEdit[] {
    return this.#edits;
  }

  get rows(): readonly ResourceChange[] {
    return this.#rows;
  }

  /** Adds edits that do not overlap. Those that several findings ask for are made once; of two that touch and differ, the second has to wait. */
  add(edits: readonly TextEdit[], rows: readonly ResourceChange[]): void {
    const added = edits.filter((edit) => !this.#has(edit));
    if (added.some((edit) => this.#touches(edit))) return;
    for (const edit of added)
      this.#edits.splice(
        firstWhere(this.#edits, ({ start }) => start > edit.start),
        0,
        edit,
      );
    for (const row of rows) this.#rows.push(row);
  }

  #has({ start, end, text }: TextEdit): boolean {
    for (let at = firstWhere(this.#edits, (other) => other.start >= start); this.#edits[at]?.start === start; at += 1) {
      const other = this.#edits[at] as TextEdit;
      if (other.end === end && other.text === text) return true;
    }
    return false;
  }

  /** Those that are there do not overlap, so that their ends are in order as well. */
  #touches({ start, end }: TextEdit): boolean {
    const next = this.#edits[firstWhere(this.#edits, (other) => other.end >= start)];
    return next !== undefined && next.start <= end;
  }
}
