import { isAscii } from 'node:buffer';
import { type Json, type JsonObject, MAX_DEPTH } from './json.ts';

/** Up to here one native parse is cheaper than reading byte by byte, in bytes; beyond, a plan is read member by member. */
export const LARGEST_WHOLE = 2 << 20;

/**
 * Behind a bracket, comma or colon a number as below; or a key with blanks before its colon. Where a text has none of it, not even
 * in its strings, it need not be looked at any closer.
 */
const MAYBE_ODD = /"\s+:|[[:,]\s*(?:-0|-?(?:[\d.]{16}|[\d.]+[eE]))/;

const STRINGS = /"[^"\\]*(?:\\.[^"\\]*)*"/gs;
/** A number that a double may not hold exactly, one with an exponent, or a negative zero. */
const ODD_NUMBER = /[\d.]{16}|\d[eE]|-0/;

/**
 * The whole document through `JSON.parse`, where that is sure to give what `JsonReader` gives: one object, no duplicate key,
 * no number but plain doubles, no nesting beyond `MAX_DEPTH`. Null in any doubt: then `JsonReader` decides and names the place.
 */
export function parseWhole(bytes: Buffer): JsonObject | null {
  if (bytes.length > LARGEST_WHOLE) return null;
  const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    // JSON.parse keeps the last of two equal keys, so the tree would have fewer of them than the text.
    const keys = strip(value, 0);
    return isPlain(text, keys) || keys === keysOf(text) ? (value as JsonObject) : null;
  } catch {
    // A syntax error, or nested too deep for somebody's stack.
    return null;
  }
}

/** Whether a text surely has no odd number and just so many keys, whatever stands in its strings. */
function isPlain(text: string, keys: number): boolean {
  // Behind `\\` a quote may end a key.
  if (MAYBE_ODD.test(text) || text.includes('\\\\":')) return false;
  // The quote of `":` ends a key; or it stands escaped in a string, or begins one. The last is told by a second colon, as in `::/0`;
  // with a single one there are too many.
  const colons = count(text, '":') - count(text, '\\":');
  return keys === (text.includes('"::') ? colons - count(text, '"::') + count(text, '\\"::') : colons);
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found += 1;
  return found;
}

/** How many keys a text has; null where it has an odd number. */
function keysOf(text: string): number | null {
  // With every string cut down to one quote, what is left are brackets, words, numbers, commas and a colon for each key.
  const skeleton = text.replace(STRINGS, '"');
  return ODD_NUMBER.test(skeleton) ? null : count(skeleton, ':');
}

/** Takes the prototype off every object and counts the keys. Throws beyond `MAX_DEPTH`. */
export function strip(value: object, depth = 0): number {
  if (depth >= MAX_DEPTH) throw new RangeError('too deep');
  let keys = 0;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      const item: Json = value[at];
      if (typeof item === 'object' && item !== null) keys += strip(item, depth + 1);
    }
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
