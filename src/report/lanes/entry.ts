import type { RuleTest } from '../../lanes/ruleset.ts';
import type { Literal } from '../../logic/matcher.ts';
import { scalar } from '../grant.ts';

/** A test as one line of a lane file: what `tests:` takes, every text escaped as YAML wants it. */
export function testEntry(test: RuleTest): string {
  const facts = [...test.with].map(([key, value]) => `${scalar(key)}: ${literals(value)}`);
  if (test.survivors !== null) facts.push(`successor: ${survivorsText(test.survivors)}`);
  const parts = [
    `as: ${scalar(test.as)}`,
    ...(test.for === null ? [] : [`for: ${scalar(test.for)}`]),
    `do: ${test.operation}`,
    `type: ${scalar(test.type)}`,
    ...(facts.length > 0 ? [`with: {${facts.join(', ')}}`] : []),
    `expect: ${test.expect}`,
  ];
  return `- {${parts.join(', ')}}`;
}

function survivorsText(survivors: NonNullable<RuleTest['survivors']>): string {
  const told = survivors.map(({ same, anyType }) =>
    same === null || (same.length === 0 && !anyType)
      ? null
      : `{same: [${same.map(scalar).join(', ')}]${anyType ? ', type: any' : ''}}`,
  );
  if (told.length === 0) return 'absent';
  if (told.includes(null)) return 'present';
  return told.length === 1 ? (told[0] as string) : `[${told.join(', ')}]`;
}

function literals(value: Literal | readonly Literal[]): string {
  return value !== null && typeof value === 'object' ? `[${value.map(literal).join(', ')}]` : literal(value);
}

function literal(value: Literal): string {
  return typeof value === 'string' ? scalar(value) : String(value);
}
