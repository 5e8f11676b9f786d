import { keyed } from './salt.ts';
import { ExactNumber, isList, isObject, Sensitive, UNKNOWN, type Value } from './value.ts';
import { hashedWords } from './words.ts';

/** Puts a value behind a mask: what is kept are its salted digest and its salted words. */
export function hide(value: Value): Sensitive {
  return new Sensitive(digestOf(value), hashedWords(value), isList(value) || isObject(value));
}

let unknowns = 0;

/**
 * Salted digest of a value: the same for equal values of this process whatever the order of keys, and the same for a plain value
 * and its masked twin. An unknown value equals nothing, itself included.
 */
export function digestOf(value: Value): string {
  if (value === UNKNOWN) {
    unknowns += 1;
    return keyed('unknown', String(unknowns));
  }
  if (value === null) return keyed('null', '');
  if (value instanceof Sensitive) return value.digest;
  if (value instanceof ExactNumber) return keyed('number', value.text);
  if (isList(value)) return keyed('list', value.map(digestOf).join(','));
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return keyed('object', keys.map((key) => `${keyed('key', key)}=${digestOf(value[key] as Value)}`).join(','));
  }
  return keyed(typeof value, String(value));
}

/** Whether anything in the value is known only after apply. */
export function hasUnknown(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}
