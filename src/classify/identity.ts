import { stripKeys } from '../plan/address.ts';
import { LaterRow } from '../plan/later-row.ts';
import type { PlanFile, PriorObject, ResourceChange } from '../plan/model.ts';
import { standingSides } from '../plan/state-prior.ts';
import { UNKNOWN } from '../plan/value.ts';
import { resourceAddress } from './address.ts';

/** What identifies one side of a row: the row itself, for the before side of `move` what stood at its previous address. */
export type ObjectIdentity = Pick<ResourceChange, 'address' | 'moduleAddress' | 'type' | 'name'>;

/** A moved object's before side stands at its previous address, which may be of another type. */
export function previousIdentity(row: ResourceChange): ObjectIdentity {
  if (row.previousAddress === null) return row;
  const plain = resourceAddress(row.previousAddress);
  return { address: row.previousAddress, moduleAddress: plain.module, type: plain.type, name: plain.name };
}

/** A row that the plan does not have, for an object that it only mentions. */
export function syntheticRow(
  parts: Pick<ResourceChange, 'address' | 'type' | 'name' | 'mode' | 'provider' | 'before' | 'after' | 'block'>,
): ResourceChange {
  // Member by member: there may be as many as objects in a large state, and joining two objects costs V8 seventy times as much.
  return {
    index: -1,
    address: parts.address,
    previousAddress: null,
    moduleAddress: null,
    mode: parts.mode,
    type: parts.type,
    name: parts.name,
    key: null,
    provider: parts.provider,
    deposed: null,
    actions: NONE,
    reason: null,
    before: parts.before,
    after: parts.after,
    replacePaths: NONE,
    importing: null,
    deferred: null,
    trigger: null,
    faults: NONE,
    block: parts.block,
  };
}

const NONE: readonly string[] = Object.freeze([]);

export function priorRow(object: PriorObject, like: ResourceChange): ResourceChange {
  const { address, type, name, mode, provider } = object;
  const row = syntheticRow({ address, type, name, mode, provider, before: object.values, after: UNKNOWN, block: like.block });
  return { ...row, moduleAddress: object.moduleAddress, key: object.key };
}

/** An object of prior state that this plan does not touch, as the no-op row it would have. */
export function untouchedRow(object: PriorObject, plan: PlanFile, index = -1): ResourceChange {
  const { address, type, name, mode, provider, moduleAddress, key, deposed } = object;
  const block = plan.configuration.blocks.get(stripKeys(address)) ?? null;
  const synthetic = syntheticRow({ address, type, name, mode, provider, before: null, after: null, block });
  const row = { ...synthetic, index, moduleAddress, key, deposed, actions: NO_OP };
  const later = standingSides(object);
  if (later !== null) return LaterRow.of(row, later);
  const { values } = object;
  return { ...row, before: values, after: values };
}

const NO_OP: readonly string[] = Object.freeze(['no-op']);
