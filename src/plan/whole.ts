import { type Json, type JsonObject, MAX_DEPTH } from './json.ts';

/** Up to here one native parse is cheaper than reading byte by byte, in bytes; beyond, a plan is read member by member. */
export const LARGEST_WHOLE = 2 << 20;

const STRINGS = /"[^"\\]*(?:\\.[^"\\]*)*"/gs;
/** A number that a double may not hold exactly, one with an exponent, or a negative zero. */
const ODD_NUMBER = /[\d.]{16}|\d[eE]|-0/;

/**
 * The whole document through `JSON.parse`, where that is sure to give what `JsonReader` gives: one object, no duplicate key,
 * no number but plain doubles, no nesting beyond `MAX_DEPTH`. Null in any doubt: then `JsonReader` decides and names the place.
 */
export function parseWhole(bytes: Buffer): JsonObject | null {
  if (bytes.length > LARGEST_WHOLE) return null;
  const text = bytes.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    // With every string cut down to one quote, what is left are brackets, words, numbers, commas and a colon for each key.
    const skeleton = text.replace(STRINGS, '"');
    if (ODD_NUMBER.test(skeleton)) return null;
    const keys = strip(value, 0);
    // JSON.parse keeps the last of two equal keys, so the tree would have fewer of them than the text.
    return keys === skeleton.split(':').length - 1 ? (value as JsonObject) : null;
  } catch {
    // A syntax error, or nested too deep for somebody's stack.
    return null;
  }
}

/** Takes the prototype off every object and counts the keys. Throws beyond `MAX_DEPTH`. */
export function strip(value: object, depth = 0): number {
  if (depth >= MAX_DEPTH) throw new RangeError('too deep');
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) if (typeof item === 'object' && item !== null) keys += strip(item, depth + 1);
    return keys;
  }
  Object.setPrototypeOf(value, null);
  for (const key in value) {
    keys += 1;
    const item = (value as JsonObject)[key];
    if (typeof item === 'object' && item !== null) keys += strip(item, depth + 1);
  }
  return keys;
}
