import { parsePattern } from '../logic/path.ts';
import type { ResourceChange } from '../plan/model.ts';
import type { ObjectValue, Unknown } from '../plan/value.ts';
import { lookup } from './lookup.ts';
import type { PlannedWorld } from './world.ts';

/**
 * Rows that end an object which `created` makes again elsewhere in the plan (tags.md 2, "recreation in disguise"): same type
 * and identity by the catalog, in the same place as far as both say where they are.
 */
export function disguised(created: ResourceChange, world: PlannedWorld): readonly ResourceChange[] {
  if (created.actions.length !== 1 || created.actions[0] !== 'create') return NONE;
  const identity = world.knowledge(created).row?.identity ?? [];
  if (identity.length === 0) return NONE;
  return world.index
    .endedOf(created.type)
    .filter(
      (ended) =>
        ended.provider === created.provider &&
        sameIdentity(ended, created, identity) &&
        ['account', 'region', 'namespace'].every((place) => !differs(ended, created, place, world)),
    );
}

const NONE: readonly ResourceChange[] = Object.freeze([]);

/** Every name that both sides know is equal, and at least one is, or may be once it is known. */
function sameIdentity(ended: ResourceChange, created: ResourceChange, identity: readonly string[]): boolean {
  let equal = false;
  for (const path of identity) {
    const [before, after] = [textAt(ended.before, path), textAt(created.after, path)];
    if (before === null) continue;
    if (after === null) {
      if (isGivenLater(created, path)) equal = true;
      continue;
    }
    if (before !== after) return false;
    equal = true;
  }
  return equal;
}

/** A name that somebody wrote and that is not known yet may be the old one; one that the provider makes up is new. */
function isGivenLater(created: ResourceChange, path: string): boolean {
  const state = lookup(created.after, parsePattern(path));
  if (state.kind !== 'unknown') return false;
  return created.block === null || created.block.expressions.has(path.split('.')[0] ?? path);
}

function textAt(values: ObjectValue | Unknown | null, path: string): string | null {
  const state = lookup(values, parsePattern(path));
  return state.kind === 'value' && typeof state.value === 'string' && state.value !== '' ? state.value : null;
}

function differs(ended: ResourceChange, created: ResourceChange, key: string, world: PlannedWorld): boolean {
  const a = world.sides(ended).before?.fact(key).state;
  const b = world.sides(created).after?.fact(key).state;
  return a?.kind === 'value' && b?.kind === 'value' && a.value !== b.value;
}
