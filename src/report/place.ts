import { objectKey } from '../classify/address.ts';
import type { Place } from '../errors.ts';

/** `file:line:column`, the spelling of every place in a report. */
export function spellPlace(at: Place): string {
  return `${at.file}:${at.line}:${at.column}`;
}

/** How a row is spelled in lists. */
export function spellRow(row: { readonly address: string; readonly deposed?: string | null }): string {
  return objectKey(row.address, row.deposed ?? null);
}
