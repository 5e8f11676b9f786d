import { providerSource } from './address.ts';
import { isJsonObject, type Json } from './json.ts';
import type { DriftRow } from './model.ts';
import { type MaskTrust, readSides } from './side.ts';

/** `resource_drift`: what changed outside since the last apply (plan-json.md 4). An entry that cannot be read has no sides. */
export function readDrift(entries: Iterable<Json>, trust: MaskTrust): DriftRow[] {
  const rows: DriftRow[] = [];
  for (const entry of entries) {
    const row = isJsonObject(entry) ? entry : Object.create(null);
    const type = textOf(row.type);
    const change = isJsonObject(row.change) ? row.change : Object.create(null);
    const sides = readSides(change, type, trust);
    const actions = Array.isArray(change.actions) ? (change.actions as readonly Json[]) : [];
    rows.push({
      address: textOf(row.address) || `resource_drift[${rows.length}]`,
      deposed: textOf(row.deposed) || null,
      type,
      provider: providerSource(textOf(row.provider_name)),
      actions: actions.filter((action): action is string => typeof action === 'string'),
      before: sides.before,
      after: sides.after,
    });
  }
  return rows;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
