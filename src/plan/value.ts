/** A leaf that is known only after apply. */
export const UNKNOWN: unique symbol = Symbol('known after apply');
export type Unknown = typeof UNKNOWN;

/**
 * A sensitive value, masked at the door. The text is gone: `digest` (salted per process, never printed) tells whether
 * two values are equal, `tokens` (salted likewise) whether another object's address occurs in it as a whole word.
 */
export class Sensitive {
  readonly digest: string;
  readonly tokens: readonly string[];
  /** Whether a list or an object stands behind the mask. */
  readonly container: boolean;
  constructor(digest: string, tokens: readonly string[], container = false) {
    this.digest = digest;
    this.tokens = tokens;
    this.container = container;
  }
  toJSON(): string {
    return '(sensitive)';
  }
  toString(): string {
    return '(sensitive)';
  }
}

/** A number that a double cannot hold exactly; `text` is the JSON source. Conditions on it are unknown. */
export class ExactNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): string {
    return this.text;
  }
}

export type Scalar = null | boolean | number | string | ExactNumber | Sensitive | Unknown;
export type Value = Scalar | ListValue | ObjectValue;
export type ListValue = readonly Value[];
/** Null-prototype object: keys are whatever the plan holds, `__proto__` included. */
export interface ObjectValue {
  readonly [key: string]: Value;
}

export function isObject(value: Value | undefined): value is ObjectValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Sensitive) &&
    !(value instanceof ExactNumber)
  );
}

export function isList(value: Value | undefined): value is ListValue {
  return Array.isArray(value);
}

/** The member of an object value, or undefined; never the prototype's. */
export function member(value: Value | undefined, key: string): Value | undefined {
  if (value === undefined || value !== last) {
    if (!isObject(value)) return undefined;
    last = value;
    isBare = Object.getPrototypeOf(value) === null;
  }
  const found = last[key];
  // What has no prototype holds nothing but its own; asking a row of a large plan for a descriptor is slow.
  return found === undefined || isBare || Object.hasOwn(last, key) ? found : undefined;
}

/** The object that was asked last, and whether it had no prototype: many are asked for several members, and what one is takes longer. */
let last: ObjectValue = Object.create(null);
let isBare = true;

/** Asks an object that is read member by member (later-side.ts) for all of its members at once. */
export const WHOLE: unique symbol = Symbol('all members');

/** The same value, to walk over. */
export function wholeOf<V extends Value>(value: V): V {
  return isObject(value) ? ((value as { readonly [WHOLE]?: V })[WHOLE] ?? value) : value;
}

/** Asks such an object for the names of its members, and for some that it may turn out not to have. */
export const NAMES: unique symbol = Symbol('names of members');

/** Names among which are those of all members: cheaper than asking for many members of which few are there. */
export function namesOfMembers(value: ObjectValue): Iterable<string> {
  return (value as { readonly [NAMES]?: Iterable<string> })[NAMES] ?? Object.keys(value);
}
