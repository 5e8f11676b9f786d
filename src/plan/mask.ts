import { hide } from './hide.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { UNKNOWN, type Value } from './value.ts';
import { strip } from './whole.ts';

export { digestOf } from './hide.ts';

/** A mask of the plan (`after_unknown`, `*_sensitive`): true marks everything below; undefined where the plan has none. */
export type Mask = Json | undefined;

/**
 * Lays the masks of plan-json.md 3.4 on one value. Unknown wins over sensitive, null stays null, and a mask whose shape does not
 * fit marks the whole node: a value is never shown because its mask could not be read.
 * A key that only `unknown` knows appears as UNKNOWN. Returns undefined where there is nothing at all.
 */
export function applyMasks(value: Json | undefined, unknown: Mask, sensitive: Mask): Value | undefined {
  // Most members have no mask, or an empty one.
  if (isSilent(unknown, value) && isSilent(sensitive, value)) return value;
  if (marks(unknown)) return UNKNOWN;
  const nestedUnknown = nests(unknown) ? unknown : undefined;
  if (marks(sensitive)) {
    if (nestedUnknown !== undefined && speaks(nestedUnknown)) return UNKNOWN;
    return value === undefined || value === null ? value : hide(value);
  }
  const nestedSensitive = nests(sensitive) ? sensitive : undefined;
  if (nestedUnknown === undefined && nestedSensitive === undefined) return value;
  if (value === undefined || value === null) {
    return nestedUnknown !== undefined && speaks(nestedUnknown) ? onlyUnknown(nestedUnknown) : value;
  }
  const shape = shapeOf(value);
  if (nestedUnknown !== undefined && shapeOf(nestedUnknown) !== shape) return UNKNOWN;
  if (nestedSensitive !== undefined && shapeOf(nestedSensitive) !== shape) return misfit(value, nestedUnknown);
  if (Array.isArray(value)) return maskList(value, nestedUnknown, nestedSensitive);
  return maskObject(value as { readonly [key: string]: Json }, nestedUnknown, nestedSensitive);
}

/** Whether there is no mask, or it is an object without members, as the value is an object: then it says nothing of it. */
function isSilent(mask: Mask, value: Json | undefined): boolean {
  if (mask === undefined || mask === false) return true;
  return isJsonObject(value) && isEmptyMask(mask);
}

/** The object itself where the masks change nothing in it. */
function maskObject(value: { readonly [key: string]: Json }, unknown: Mask, sensitive: Mask): Value {
  let out: { [key: string]: Value } | null = null;
  const put = (key: string, masked: Value | undefined) => {
    if (masked === value[key]) return;
    out ??= copyOf(value);
    out[key] = masked as Value;
  };
  const unknowns = isJsonObject(unknown) ? unknown : NO_MASK;
  const secrets = isJsonObject(sensitive) ? sensitive : NO_MASK;
  for (const key in secrets) if (key in value) put(key, applyMasks(value[key], unknowns[key], secrets[key]));
  for (const key in unknowns) {
    if (key in value) {
      if (!(key in secrets)) put(key, applyMasks(value[key], unknowns[key], undefined));
    } else {
      const added = applyMasks(undefined, unknowns[key], secrets[key]);
      if (added !== undefined) put(key, added);
    }
  }
  return out ?? value;
}

const NO_MASK: { readonly [key: string]: Json } = Object.freeze(Object.create(null));

function copyOf(value: { readonly [key: string]: Value }): { [key: string]: Value } {
  return Object.setPrototypeOf({ ...value }, null);
}

function maskList(value: readonly Json[], unknown: Mask, sensitive: Mask): Value {
  const unknowns = Array.isArray(unknown) ? (unknown as readonly Json[]) : undefined;
  const secrets = Array.isArray(sensitive) ? (sensitive as readonly Json[]) : undefined;
  if (unknowns !== undefined && unknowns.length < value.length) return UNKNOWN;
  if (secrets !== undefined && secrets.length < value.length) return misfit(value, unknown);
  let length = value.length;
  for (let i = value.length; unknowns !== undefined && i < unknowns.length; i += 1) if (speaks(unknowns[i])) length = i + 1;
  let same = length === value.length;
  const out: Value[] = [];
  for (let i = 0; i < length; i += 1) {
    // A gap between what is known and what is unknown cannot be read, so it is unknown too.
    const item = applyMasks(value[i], unknowns?.[i], secrets?.[i]);
    if (item !== value[i]) same = false;
    out.push(item === undefined ? UNKNOWN : item);
  }
  return same ? value : out;
}

function misfit(value: Json, unknown: Mask): Value {
  return speaks(unknown) ? UNKNOWN : hide(value);
}

/** The value of a node that is known by its unknown mask alone. */
function onlyUnknown(mask: Mask): Value {
  if (marks(mask)) return UNKNOWN;
  if (Array.isArray(mask)) return mask.map((item: Json) => (speaks(item) ? onlyUnknown(item) : null));
  const out: { [key: string]: Value } = Object.create(null);
  if (isJsonObject(mask)) for (const key of Object.keys(mask)) if (speaks(mask[key])) out[key] = onlyUnknown(mask[key]);
  return out;
}

/** Marks the node itself: true, or anything that is no mask at all. */
function marks(mask: Mask): boolean {
  return mask !== undefined && mask !== false && mask !== null && !nests(mask);
}

function nests(mask: Mask): boolean {
  return Array.isArray(mask) || isJsonObject(mask);
}

/** Whether a mask marks anything: `{}` and `[false, {}]` are residue and say nothing. */
export function speaks(mask: Mask): boolean {
  if (Array.isArray(mask)) return mask.some(speaks);
  if (isJsonObject(mask)) return Object.values(mask).some(speaks);
  return marks(mask);
}

/** An object without members, which says nothing of any. */
export function isEmptyMask(mask: Mask): boolean {
  if (!isJsonObject(mask)) return false;
  for (const _ in mask) return false;
  return true;
}

/** Whether a mask of what is unknown says nothing of the members that an object has, as `JSON.parse` made it; it may say that there are others. */
export function leavesMembers(values: JsonObject, unknown: Mask): boolean {
  if (!isJsonObject(unknown)) return !marks(unknown) && !nests(unknown);
  for (const key in unknown) {
    if (unknown[key] === false || !Object.hasOwn(values, key)) continue;
    const value = values[key] as Json;
    if (typeof value === 'object' && value !== null) strip(value);
    if (applyMasks(value, unknown[key], undefined) !== value) return false;
  }
  return true;
}

function shapeOf(value: Json): 'list' | 'object' | 'scalar' {
  if (Array.isArray(value)) return 'list';
  return isJsonObject(value) ? 'object' : 'scalar';
}
