import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { applyMasks, isEmptyMask } from './mask.ts';
import { conceal, hideByName } from './secret-names.ts';
import { isObject, type ObjectValue, UNKNOWN, type Unknown, type Value } from './value.ts';

/** Both sides of a `change` behind the door. */
export interface Sides {
  readonly before: ObjectValue | null;
  readonly after: ObjectValue | Unknown | null;
  readonly faults: readonly string[];
}

/** How sure the masks of this plan are (plan-json.md 1): before Terraform 0.15.2 sensitive attributes of a schema were not marked. */
export interface MaskTrust {
  readonly marksSchema: boolean;
}

/** Masks `before` and `after` of a change object; `type` is the resource type. */
export function readSides(change: JsonObject, type: string, trust: MaskTrust): Sides {
  const faults: string[] = [];
  const before = sideOf('before', change.before, undefined, change.before_sensitive, type, trust, faults);
  const given = change.after;
  const unknown = 'after_unknown' in change && change.after_unknown !== null ? change.after_unknown : undefined;
  const trimmed = unknown === undefined && given !== null && given !== undefined;
  if (trimmed) faults.push('an after side without `after_unknown`: the plan was trimmed, nothing tells what is unknown');
  // A row without a change spells both sides alike, and they were parsed once: one mask does for both.
  if (given === change.before && !trimmed && isJsonObject(given) && isEmptyMask(unknown)) {
    if (sameMask(change.before_sensitive, change.after_sensitive))
      return { before: before === UNKNOWN ? null : before, after: before, faults };
  }
  // Other rows look at this one too: what may be unknown is no proof that nothing refers to them.
  const after = sideOf('after', given, trimmed || unknown, change.after_sensitive, type, trust, faults);
  return { before: before === UNKNOWN ? null : before, after, faults };
}

function sideOf(
  side: 'before' | 'after',
  given: Json | undefined,
  unknown: Json | undefined,
  sensitive: Json | undefined,
  type: string,
  trust: MaskTrust,
  faults: string[],
): ObjectValue | Unknown | null {
  if (given !== undefined && given !== null && !isJsonObject(given)) {
    faults.push(`\`${side}\` is no object`);
    return null;
  }
  // The root is taken member by member: an object whose mask is `true` as a whole still is an object with members.
  const marked = sensitive === true || isMisfit(sensitive) ? everyMember(given) : sensitive;
  let value = applyMasks(given, unknown, marked);
  if (value === undefined || value === null) return null;
  if (value === UNKNOWN) return UNKNOWN;
  if (isBlind(sensitive, trust)) value = hideByName(value);
  if (!isObject(value)) {
    faults.push(`\`${side}\` is no object`);
    return null;
  }
  return type === 'terraform_data' ? withoutStore(value) : value;
}

/** Whether a side has no masks to go by. */
export function isBlind(sensitive: Json | undefined, trust: MaskTrust): boolean {
  return sensitive === undefined || sensitive === null || !trust.marksSchema;
}

/** Whether two masks are spelled alike, keys in one order. */
export function sameMask(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item: Json, i) => sameMask(item, b[i]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return keys.length === others.length && keys.every((key, i) => key === others[i] && sameMask(a[key], b[key]));
}

/** A root mask that is neither an object nor false or null cannot be read; then every member is masked. */
export function isMisfit(mask: Json | undefined): boolean {
  return mask !== undefined && mask !== null && mask !== false && !isJsonObject(mask);
}

export function everyMember(given: Json | undefined): Json | undefined {
  if (!isJsonObject(given)) return undefined;
  const mask: { [key: string]: Json } = Object.create(null);
  for (const key of Object.keys(given)) mask[key] = true;
  return mask;
}

/** `store` of terraform_data (1.16) holds ephemeral and sensitive values in clear (recorded.md 24). */
function withoutStore(value: ObjectValue): ObjectValue {
  if (!Object.hasOwn(value, 'store') || value.store === null) return value;
  const out: { [key: string]: Value } = Object.create(null);
  for (const key of Object.keys(value)) out[key] = key === 'store' ? conceal(value[key] as Value) : (value[key] as Value);
  return out;
}

/** An action's configuration: every argument is masked wholly, whatever its mask says (recorded.md 24). */
export function readActionConfig(values: Json | undefined, unknown: Json | undefined): ObjectValue | null {
  const merged = applyMasks(values ?? null, unknown, undefined);
  if (!isObject(merged)) return null;
  const out: { [key: string]: Value } = Object.create(null);
  for (const key of Object.keys(merged)) out[key] = conceal(merged[key] as Value);
  return out;
}
