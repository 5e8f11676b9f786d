import type { ClassifiedChange } from '../classify/model.ts';
import { parsePattern } from '../logic/path.ts';
import { isList, isObject, type ObjectValue, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';

/** The text at a literal path of one side, a block's only element included; null where it is not known text. */
export function textAt(values: ObjectValue | Unknown | null, path: string): string | null {
  let node: Value | undefined = values === null || values === UNKNOWN ? undefined : values;
  for (const step of parsePattern(path).steps) {
    if (isList(node)) node = node[typeof step === 'string' ? Number(step) : 0];
    else if (isObject(node)) {
      const key = String(step);
      if (Object.hasOwn(node, key)) node = node[key];
      else if (key !== '0') return null;
    } else return null;
  }
  return typeof node === 'string' && node !== '' ? node : null;
}

/**
 * Rows that end an object which `created` makes again elsewhere in the plan: same type and identity by the catalog, in the same
 * place as far as both say where they are. No row of the plan ties the two together.
 */
export function disguised(created: ClassifiedChange, ended: EndedRows): ClassifiedChange[] {
  const identity = created.row?.identity ?? [];
  if (identity.length === 0) return [];
  const { type, provider } = created.change;
  return (ended.get(type) ?? []).filter((row) => row.change.provider === provider && sameIdentity(row, created, identity));
}

/** Rows that end an object and make none, by type. */
export type EndedRows = ReadonlyMap<string, readonly ClassifiedChange[]>;

export function endedRows(rows: readonly ClassifiedChange[]): EndedRows {
  const ended = new Map<string, ClassifiedChange[]>();
  for (const row of rows) {
    const { actions, type, mode, deposed } = row.change;
    if (mode !== 'managed' || deposed !== null || !actions.includes('delete') || actions.includes('create')) continue;
    const list = ended.get(type);
    if (list) list.push(row);
    else ended.set(type, [row]);
  }
  return ended;
}

function sameIdentity(ended: ClassifiedChange, created: ClassifiedChange, identity: readonly string[]): boolean {
  let equal = false;
  for (const path of identity) {
    const before = textAt(ended.change.before, path);
    const after = textAt(created.change.after, path);
    if (before === null || after === null) continue;
    if (before !== after) return false;
    equal = true;
  }
  return equal && ['account', 'region', 'namespace'].every((place) => !differs(ended, created, place));
}

function differs(ended: ClassifiedChange, created: ClassifiedChange, key: string): boolean {
  const a = ended.before?.fact(key).state;
  const b = created.after?.fact(key).state;
  return a?.kind === 'value' && b?.kind === 'value' && a.value !== b.value;
}
