import type { Condition, Leaf } from '../../logic/condition.ts';
import { OPERATIONS, type Operation } from '../../logic/fact.ts';
import type { Matcher } from '../../logic/matcher.ts';
import { leafInWords, valuesOf } from './facts.ts';
import type { Whose } from './matchers.ts';
import { classInPlural, inOrder, listInWords } from './spelling.ts';

/**
 * A whole condition as clauses: `environment is production and team is the principal's own team`. Not yet escaped for any
 * sink, but no value can pass for a clause: what could is in quotes.
 */
export function conditionInWords(condition: Condition, whose: Whose = "the principal's"): string {
  switch (condition.op) {
    case 'all': {
      const parts = conjuncts(condition);
      if (parts.length === 0) return 'always';
      return parts.length === 1 ? conditionInWords(parts[0] as Condition, whose) : together(parts, whose);
    }
    case 'any': {
      const [first] = condition.of;
      if (first === undefined) return 'never';
      return condition.of.length === 1
        ? conditionInWords(first, whose)
        : condition.of.map((of) => nested(of, whose)).join(', or ');
    }
    case 'not':
      if (condition.of.op === 'do') return negatedOperations(condition.of.operations);
      return `not (${conditionInWords(condition.of, whose)})`;
    default:
      return leafInWords(condition, whose);
  }
}

/** The parts of a conjunction, conjunctions within it taken apart. */
export function conjuncts(condition: Condition): readonly Condition[] {
  return condition.op === 'all' ? condition.of.flatMap(conjuncts) : [condition];
}

function nested(condition: Condition, whose: Whose): string {
  const words = conditionInWords(condition, whose);
  const composite = condition.op === 'any' ? condition.of.length > 1 : conjuncts(condition).length > 1;
  return composite ? `(${words})` : words;
}

function negatedOperations(operations: ReadonlySet<Operation>): string {
  const names = inOrder(operations);
  if (names.length < 2) return `the operation is not ${names[0] ?? 'none at all'}`;
  return `the operation is ${names.length === 2 ? `neither ${names.join(' nor ')}` : `none of ${names.join(', ')}`}`;
}

/** Several conditions that must all hold; those of `unless` come last. */
function together(parts: readonly Condition[], whose: Whose): string {
  const exceptions = parts.filter((part) => part.op === 'not' && part.of.op !== 'do');
  const clauses = parts.filter((part) => !exceptions.includes(part)).map((part) => nested(part, whose));
  if (clauses.length === 0) return clausesInWords(exceptions.map((part) => conditionInWords(part, whose)));
  return clausesInWords(clauses) + unlessInWords(exceptions, whose);
}

/** `A and B`; with commas where one of them holds an `or` or a list, so that nothing is read across. */
function clausesInWords(clauses: readonly string[]): string {
  if (clauses.length < 2) return clauses.join('');
  const simple = clauses.length === 2 && !clauses.some((clause) => / or |, /.test(clause));
  return simple ? clauses.join(' and ') : `${clauses.slice(0, -1).join(', ')}, and ${clauses.at(-1)}`;
}

function unlessInWords(exceptions: readonly Condition[], whose: Whose): string {
  const words = exceptions.map((not) => `unless ${not.op === 'not' ? exceptionInWords(not.of, whose) : nested(not, whose)}`);
  return words.length === 0 ? '' : `, ${words.join(', and ')}`;
}

/** Conditions of an `unless` stand open, alternatives and exceptions of its own in parentheses. */
function exceptionInWords(condition: Condition, whose: Whose): string {
  const isPlain = conjuncts(condition).every((part) => part.op !== 'not' && part.op !== 'any');
  return isPlain ? conditionInWords(condition, whose) : nested(condition, whose);
}

/** What stands behind a verb: the parts of a condition by the place they take in a sentence. */
export interface Parts {
  readonly operations: ReadonlySet<Operation> | null;
  readonly kinds: Matcher | null;
  /** About who acts. */
  readonly who: readonly Condition[];
  readonly rest: readonly Condition[];
}

/** `takeWho`: facts of the principal make the subject of the sentence, else they are conditions like any other. */
export function partsOf(condition: Condition, takeWho: boolean): Parts {
  let operations: ReadonlySet<Operation> | null = null;
  let kinds: Matcher | null = null;
  const who: Condition[] = [];
  const rest: Condition[] = [];
  for (const part of conjuncts(condition)) {
    if (part.op === 'do' && operations === null) operations = part.operations;
    else if (part.op === 'fact' && part.key === 'class' && kinds === null && kindsInWords(part.test, 'and') !== null)
      kinds = part.test;
    else if (takeWho && isAboutPrincipal(part)) who.push(part);
    else rest.push(part);
  }
  return { operations, kinds, who, rest };
}

function isAboutPrincipal(condition: Condition): condition is Leaf & { op: 'fact' } {
  return condition.op === 'fact' && condition.key.startsWith('who.');
}

/** A change as a verb phrase: `destroy or forget databases where environment is production, unless a successor exists`. */
export function changeInWords(condition: Condition, conjunction: 'and' | 'or' = 'and', whose: Whose = "the principal's"): string {
  if (condition.op === 'any' && condition.of.length === 0) return 'do nothing';
  return actInWords(partsOf(condition, false), conjunction) + whereInWords(partsOf(condition, false).rest, whose);
}

/** `destroy databases`: what is done to what. */
export function actInWords({ operations, kinds }: Parts, conjunction: 'and' | 'or'): string {
  const what = kinds === null ? null : kindsInWords(kinds, conjunction);
  if (operations !== null && operations.size < OPERATIONS.length) {
    return `${listInWords(inOrder(operations), conjunction) || 'do nothing to'} ${what ?? 'anything'}`;
  }
  if (what === null) return 'do anything';
  return `do anything to ${what.replace(/^anything but /, 'all but ')}`;
}

/** ` where A and B, unless C`, or nothing. */
export function whereInWords(conditions: readonly Condition[], whose: Whose): string {
  const exceptions = conditions.filter((part) => part.op === 'not' && part.of.op !== 'do');
  const clauses = conditions.filter((part) => !exceptions.includes(part)).map((part) => nested(part, whose));
  return (clauses.length > 0 ? ` where ${clausesInWords(clauses)}` : '') + unlessInWords(exceptions, whose);
}

/** `databases and queues`, `anything but networks`; null where a class is asked for in a form that takes a clause. */
function kindsInWords(matcher: Matcher, conjunction: 'and' | 'or'): string | null {
  const isNot = matcher.is === 'not';
  const values = valuesOf(isNot ? matcher.of : matcher);
  if (values === null) return null;
  const kinds = values.map(classInPlural);
  return isNot ? `anything but ${listInWords(kinds, 'and')}` : listInWords(kinds, conjunction);
}
