import type { PriorObject, ResourceChange } from '../plan/model.ts';
import { UNKNOWN } from '../plan/value.ts';
import type { ObjectIdentity } from './object.ts';
import { withoutKeys } from './plan-index.ts';

/** The object as it is called after the plan. */
export function identityOf(row: ResourceChange): ObjectIdentity {
  return { address: row.address, module: row.moduleAddress, type: row.type, name: row.name };
}

/** A moved object's before side stands at its previous address, which may be of another type. */
export function previousIdentity(row: ResourceChange, current: ObjectIdentity): ObjectIdentity {
  if (row.previousAddress === null) return current;
  const plain = splitAddress(row.previousAddress);
  return { address: row.previousAddress, module: plain.module, type: plain.type, name: plain.name };
}

/** Splits an address at its last two steps outside brackets: module path (with keys), type, name. */
function splitAddress(address: string): { module: string | null; type: string; name: string } {
  const dots: number[] = [];
  let quoted = false;
  let depth = 0;
  for (let at = 0; at < address.length; at += 1) {
    const c = address[at];
    if (quoted && c === '\\') at += 1;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === '[') depth += 1;
    else if (!quoted && c === ']') depth -= 1;
    else if (!quoted && depth === 0 && c === '.') dots.push(at);
  }
  const name = dots[dots.length - 1] ?? -1;
  const type = dots[dots.length - 2] ?? -1;
  return {
    module: type < 0 ? null : address.slice(0, type),
    type: address.slice(type + 1, name),
    name: withoutKeys(address.slice(name + 1)),
  };
}

/** A row that the plan does not have, for an object that it only mentions. */
export function syntheticRow(
  parts: Pick<ResourceChange, 'address' | 'type' | 'name' | 'mode' | 'provider' | 'before' | 'after' | 'block'>,
): ResourceChange {
  const rest = { index: -1, previousAddress: null, moduleAddress: null, key: null, deposed: null, actions: [], reason: null };
  return { ...rest, replacePaths: [], importing: null, deferred: null, trigger: null, faults: [], ...parts };
}

export function priorRow(object: PriorObject, like: ResourceChange): ResourceChange {
  const { address, type, name, mode, provider } = object;
  const row = syntheticRow({ address, type, name, mode, provider, before: object.values, after: UNKNOWN, block: like.block });
  return { ...row, moduleAddress: object.moduleAddress, key: object.key };
}
