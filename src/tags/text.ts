import { parsePattern } from '../logic/path.ts';
import { isList, isObject, member, type ObjectValue, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';

/** The text at a literal path of one side, a block's only element included; null where it is not known text. */
export function textAt(values: ObjectValue | Unknown | null, path: string): string | null {
  let node: Value | undefined = values === null || values === UNKNOWN ? undefined : values;
  for (const step of parsePattern(path).steps) {
    if (isList(node)) node = node[typeof step === 'string' ? Number(step) : 0];
    else if (isObject(node)) {
      const key = String(step);
      const inner: Value | undefined = member(node, key);
      if (inner !== undefined) node = inner;
      else if (key !== '0') return null;
    } else return null;
  }
  return typeof node === 'string' && node !== '' ? node : null;
}
