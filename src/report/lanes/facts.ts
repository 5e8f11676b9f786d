import type { Leaf } from '../../logic/condition.ts';
import type { SuccessorTest } from '../../logic/fact.ts';
import type { Matcher } from '../../logic/matcher.ts';
import { complement, factInWords, joined, nameOf, parenthesised, type Whose } from './matchers.ts';
import { inOrder, listInWords, spell } from './spelling.ts';

/** One leaf of a condition as a clause. Facts that English has words for get them; the others are named as in the rule. */
export function leafInWords(leaf: Leaf, whose: Whose): string {
  switch (leaf.op) {
    case 'do':
      return `the operation is ${listInWords(inOrder(leaf.operations), 'or') || 'none at all'}`;
    case 'changes':
      return changesInWords(leaf);
    case 'successor':
      return successorInWords(leaf.test);
    case 'fact':
      return matcherInWords(leaf.key, leaf.test, whose);
  }
}

/** What a rule wants of one fact, as a clause: `environment is not production`, `it is of class database or queue`. */
export function matcherInWords(key: string, matcher: Matcher, whose: Whose = "the principal's"): string {
  const special = fixedWords(key, matcher);
  if (special !== null) return special;
  if (key === 'class') return classClause(matcher, whose);
  if (key.startsWith('who.')) return principalClause(key.slice(4), matcher, whose);
  return factInWords(key, matcher, whose);
}

/** Values that stand for a whole clause; the negation of a truth value is the other one. */
function fixedWords(key: string, matcher: Matcher): string | null {
  const isNot = matcher.is === 'not';
  const inner = isNot ? matcher.of : matcher;
  if (inner.is !== 'equals') return null;
  const { value } = inner;
  if (key === 'replaces' && typeof value === 'boolean') {
    return value !== isNot ? 'it is part of a replace' : 'it is not part of a replace';
  }
  if (key === 'module' && value === null) return `it is ${isNot ? 'not ' : ''}in the root module`;
  if (isNot) return null;
  if (key === 'action_reason' && value === null) return 'Terraform gives no reason';
  if (key === 'dependents' && value === 'none') return 'nothing that stays refers to it';
  if (key === 'dependents' && value === 'some') return 'something that stays refers to it';
  return null;
}

function classClause(matcher: Matcher, whose: Whose): string {
  switch (matcher.is) {
    case 'not':
      return notOf(matcher.of, 'it is', 'class', 'classes', whose) ?? `not (${classClause(matcher.of, whose)})`;
    case 'any':
    case 'all':
      return ofSome(matcher, 'it is', 'class', whose) ?? joined(matcher, (of) => parenthesised(of, classClause(of, whose)));
    case 'exists':
      return matcher.want ? 'it has a class' : 'it has no class';
    case 'glob':
      return `it is of a class like ${spell(matcher.pattern)}`;
    default:
      return `it is of class ${complement(matcher, { typed: false, whose })}`;
  }
}

const KINDS = new Map([
  ['human', 'human'],
  ['agent', 'an agent'],
  ['ci', 'a CI job'],
]);

/** A fact of who acts, as a clause about the principal. */
function principalClause(key: string, matcher: Matcher, whose: Whose): string {
  if (key === 'team') return teamClause(matcher, whose);
  const predicate = key === 'kind' || key === 'id' ? principalIs(key, matcher) : null;
  if (predicate !== null) return `the principal is ${predicate}`;
  return factInWords(`who.${key}`, matcher, whose).replace(nameOf(`who.${key}`), `the principal's ${spell(key)}`);
}

/** `human`, `neither an agent nor a CI job`, `dana or erin`; null where it takes more words. */
export function principalIs(key: 'kind' | 'id', matcher: Matcher): string | null {
  const isNot = matcher.is === 'not';
  const values = valuesOf(isNot ? matcher.of : matcher);
  if (values === null) return null;
  const words = values.map((value) => (key === 'kind' ? (KINDS.get(value) ?? spell(value)) : spell(value)));
  if (!isNot) return listInWords(words, 'or');
  if (words.length === 1) return `not ${words[0]}`;
  return words.length === 2 ? `neither ${words.join(' nor ')}` : `none of ${words.join(', ')}`;
}

function teamClause(matcher: Matcher, whose: Whose): string {
  switch (matcher.is) {
    case 'not':
      return notOf(matcher.of, 'the principal is', 'team', 'teams', whose) ?? `not (${teamClause(matcher.of, whose)})`;
    case 'any':
    case 'all':
      return (
        ofSome(matcher, 'the principal is', 'team', whose) ?? joined(matcher, (of) => parenthesised(of, teamClause(of, whose)))
      );
    case 'exists':
      return matcher.want ? 'the principal has a team' : 'the principal has no team';
    case 'glob':
      return `the principal is of a team like ${spell(matcher.pattern)}`;
    default:
      return `the principal is of team ${complement(matcher, { typed: false, whose })}`;
  }
}

/** `it is of class a or b`. */
function ofSome(matcher: Matcher, start: string, noun: string, whose: Whose): string | null {
  if (matcher.is !== 'any' || matcher.of.some((of) => of.is !== 'equals')) return null;
  return `${start} of ${noun} ${complement(matcher, { typed: false, whose })}`;
}

/** `it is not of class a`, `it is of none of the classes a, b`. */
function notOf(matcher: Matcher, start: string, noun: string, nouns: string, whose: Whose): string | null {
  const values = valuesOf(matcher);
  if (values === null) {
    if (matcher.is === 'glob') return `${start} not of a ${noun} like ${spell(matcher.pattern)}`;
    return matcher.is === 'same_as' ? `${start} not of ${noun} ${complement(matcher, { typed: false, whose })}` : null;
  }
  if (values.length === 1) return `${start} not of ${noun} ${spell(values[0] ?? '')}`;
  return `${start} of none of the ${nouns} ${values.map(spell).join(', ')}`;
}

/** The texts that the matcher lists, where it is nothing but a list of texts. */
export function valuesOf(matcher: Matcher): readonly string[] | null {
  if (matcher.is === 'equals') return typeof matcher.value === 'string' ? [matcher.value] : null;
  if (matcher.is !== 'any' || matcher.of.length === 0) return null;
  const values = matcher.of.map((of) => (of.is === 'equals' && typeof of.value === 'string' ? of.value : null));
  return values.includes(null) ? null : (values as string[]);
}

/** A list of paths and names of path sets whose spelling leaves no doubt where each ends. */
const PATHS = /^[\w.*/:$-]+(, [\w.*/:$-]+)*$/;

function changesInWords({ how, text }: Leaf & { op: 'changes' }): string {
  const paths = PATHS.test(text) ? text.split(', ') : [JSON.stringify(text)];
  switch (how) {
    case 'only':
      return `it changes only ${listInWords(paths, 'and')}`;
    case 'any':
      return `it changes ${listInWords(paths, 'or')}`;
    case 'none':
      return paths.length === 1 ? `it does not change ${paths[0]}` : `it changes none of ${paths.join(', ')}`;
  }
}

function successorInWords({ want, same, anyType }: SuccessorTest): string {
  const type = anyType ? ' of any type' : '';
  const shared = same.length > 0 ? ` with the same ${listInWords(same.map(shareName), 'and')}` : '';
  return `${want === 'absent' ? 'no' : 'a'} successor${type}${shared} exists`;
}

function shareName(key: string): string {
  return nameOf(key).replace(/^its /, '');
}
