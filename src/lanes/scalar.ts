import type { Place } from '../errors.ts';
import type { FaultNode, ScalarNode } from './node.ts';
import { type Problems, quoted } from './problems.ts';

const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt\s]|$)/;
const TIME = /^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;
const OLD_BOOLEAN = /^(?:yes|no|on|off)$/i;
const LEADING_ZERO = /^[-+]?0\d+$/;

// Plain scalars of the core schema (YAML 1.2.2, section 10.3.2). Our own, since js-yaml takes a number beyond all bounds for text.
const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['', null],
  ['~', null],
  ...(['null', 'Null', 'NULL'] as const).map((word) => [word, null] as const),
  ...(['true', 'True', 'TRUE'] as const).map((word) => [word, true] as const),
  ...(['false', 'False', 'FALSE'] as const).map((word) => [word, false] as const),
]);
const INTEGER = /^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const NO_NUMBER = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** What a scalar without quotes stands for. */
export function plainValue(source: string): string | number | boolean | null {
  const constant = CONSTANTS.get(source);
  if (constant !== undefined) return constant;
  // Most are words, which begin with no digit, sign or dot.
  if (source > ':' || (!INTEGER.test(source) && !FLOAT.test(source))) {
    return NO_NUMBER.test(source) ? Number.NaN : source;
  }
  // JavaScript reads all of these forms as YAML does.
  return Number(source);
}

/** A scalar without quotes as a value; what other readers of YAML could take for something else is refused. */
export function plainScalar(source: string, at: Place, problems: Problems): ScalarNode | FaultNode {
  const bad = (message: string, hint: string): FaultNode => {
    problems.add(at, message, hint);
    return { kind: 'fault', at };
  };
  if (looksLikeTime(source)) return bad(`${quoted(source)} is a date or time without quotes`, `write "${source}"`);
  if (OLD_BOOLEAN.test(source)) {
    const meant = /^(?:yes|on)$/i.test(source) ? 'true' : 'false';
    return bad(`${quoted(source)} is text in YAML 1.2 and a boolean elsewhere`, `write \`${meant}\`, or "${source}" in quotes`);
  }
  const value = plainValue(source);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return bad(`${quoted(source)} is no number that a rule can compare`, 'write digits');
    if (INTEGER.test(source) && !Number.isSafeInteger(value))
      return bad(`${quoted(source)} is beyond 2^53`, `write "${source}" in quotes`);
    if (LEADING_ZERO.test(source)) return bad(`${quoted(source)} has a leading zero`, `write "${source}" in quotes, or ${value}`);
  }
  return { kind: 'scalar', at, value, source };
}

/** Whether text without quotes is a date or a time in YAML 1.1. */
export function looksLikeTime(source: string): boolean {
  return DATE.test(source) || TIME.test(source);
}
