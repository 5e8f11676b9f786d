import type { Place } from '../errors.ts';

/** `file:line:column`, the spelling of every place in a report. */
export function spellPlace(at: Place): string {
  return `${at.file}:${at.line}:${at.column}`;
}

/** File, then position; code-unit order, so that no locale has a say. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** How a row is spelled in lists. */
export function spellRow(row: { readonly address: string; readonly deposed?: string | null }): string {
  return row.deposed === null || row.deposed === undefined ? row.address : `${row.address} (deposed ${row.deposed})`;
}
