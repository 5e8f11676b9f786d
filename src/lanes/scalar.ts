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

/** Below it stand digits, signs and the dot: most scalars are words, which no pattern below fits. */
const WORD = ':';

/** What a scalar without quotes stands for. */
export function plainValue(source: string): string | number | boolean | null {
  const constant = CONSTANTS.get(source);
  if (constant !== undefined) return constant;
  if (source >= WORD) return source;
  // JavaScript reads these forms as YAML does.
  if (INTEGER.test(source) || FLOAT.test(source)) return Number(source);
  return NO_NUMBER.test(source) ? Number.NaN : source;
}

/** A scalar without quotes as a value; what other readers of YAML could take for something else is refused. */
export function plainScalar(source: string, at: Place, problems: Problems): ScalarNode | FaultNode {
  const value = plainValue(source);
  return isDoubtful(source, value, at, problems) ? { kind: 'fault', at } : { kind: 'scalar', at, value, source };
}

function isDoubtful(source: string, value: string | number | boolean | null, at: Place, problems: Problems): boolean {
  if (looksLikeTime(source)) problems.add(at, `${quoted(source)} is a date or time without quotes`, `write "${source}"`);
  else if (source.length <= 3 && OLD_BOOLEAN.test(source)) {
    const meant = /^(?:yes|on)$/i.test(source) ? 'true' : 'false';
    problems.add(
      at,
      `${quoted(source)} is text in YAML 1.2 and a boolean elsewhere`,
      `write \`${meant}\`, or "${source}" in quotes`,
    );
  } else if (typeof value !== 'number') return false;
  else if (!Number.isFinite(value)) problems.add(at, `${quoted(source)} is no number that a rule can compare`, 'write digits');
  else if (INTEGER.test(source) && !Number.isSafeInteger(value))
    problems.add(at, `${quoted(source)} is beyond 2^53`, `write "${source}" in quotes`);
  else if (LEADING_ZERO.test(source))
    problems.add(at, `${quoted(source)} has a leading zero`, `write "${source}" in quotes, or ${value}`);
  else return false;
  return true;
}

/** Whether text without quotes is a date or a time in YAML 1.1. */
export function looksLikeTime(source: string): boolean {
  return source < WORD && (DATE.test(source) || TIME.test(source));
}
