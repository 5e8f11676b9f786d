import type { Matcher } from '../../logic/matcher.ts';
import { isAnyStep, isAnySteps, parsePattern } from '../../logic/path.ts';
import { listInWords, spell, spellLiteral, spellPath } from './spelling.ts';

/** Whose facts `same_as` means: in a sentence about principals `their`, elsewhere `the principal's`. */
export type Whose = 'their' | "the principal's";

/** What a matcher is asked about. `typed`: its values keep their type; `set`: it holds several, of which one must match. */
interface Subject {
  readonly name: string;
  readonly typed: boolean;
  readonly set: boolean;
  readonly whose: Whose;
}

/** A matcher on a fact, as a clause: `environment is not production`. */
export function factInWords(key: string, matcher: Matcher, whose: Whose): string {
  const subject = { name: nameOf(key), typed: key.startsWith('attr.'), set: isSet(key), whose };
  return subject.set ? setInWords(matcher, subject) : `${subject.name} ${predicate(matcher, subject)}`;
}

/** A fact as it stands in a sentence. */
export function nameOf(key: string): string {
  if (key.startsWith('tag.')) return `tag ${spell(key.slice(4))}`;
  if (key.startsWith('attr.')) return `its ${spellPath(key.slice(5))}`;
  if (key === 'now') return 'the time';
  if (key === 'action_reason') return "Terraform's reason";
  return spell(key);
}

function isSet(key: string): boolean {
  if (!key.startsWith('attr.')) return false;
  try {
    return parsePattern(key.slice(5)).steps.some((step) => isAnyStep(step) || isAnySteps(step));
  } catch {
    return false;
  }
}

function predicate(matcher: Matcher, subject: Subject): string {
  const simple = complement(matcher, subject);
  if (simple !== null) return `is ${simple}`;
  switch (matcher.is) {
    case 'not':
      return negated(matcher.of, subject);
    case 'any':
    case 'all':
      return joined(matcher, (of) => part(of, subject));
    default:
      return 'is not set';
  }
}

function negated(matcher: Matcher, subject: Subject): string {
  const alternatives = matcher.is === 'any' ? matcher.of.map((of) => complement(of, subject)) : [];
  if (alternatives.length > 1 && alternatives.every((of) => of !== null)) {
    return alternatives.length === 2 ? `is neither ${alternatives.join(' nor ')}` : `is none of ${alternatives.join(', ')}`;
  }
  const simple = isSpan(matcher) ? null : complement(matcher, subject);
  if (simple !== null) return `is not ${simple}`;
  const inner = predicate(matcher, subject);
  return `is not one that ${isComposite(matcher) || isSpan(matcher) ? `(${inner})` : inner}`;
}

/** What can stand after `is`; null where it takes a verb of its own. */
export function complement(matcher: Matcher, about: { readonly typed: boolean; readonly whose: Whose }): string | null {
  switch (matcher.is) {
    case 'equals':
      return spellLiteral(matcher.value, about.typed);
    case 'glob':
      return `like ${spell(matcher.pattern)}`;
    case 'same_as':
      if (matcher.key.startsWith('who.')) return `${about.whose} own ${spell(matcher.key.slice(4))}`;
      return `the same as ${nameOf(matcher.key)}`;
    case 'exists':
      return matcher.want ? 'set' : null;
    case 'compare':
      return boundsInWords(matcher);
    case 'any': {
      const all = matcher.of.map((of) => complement(of, about));
      if (all.includes(null) || all.length === 0) return null;
      return listInWords(
        all.map((text, index) => (all.length > 1 && isSpan(matcher.of[index]) ? `(${text})` : `${text}`)),
        'or',
      );
    }
    default:
      return null;
  }
}

function boundsInWords(matcher: Matcher & { is: 'compare' }): string {
  const words = {
    gt: ['more than', 'after'],
    gte: ['at least', 'at or after'],
    lt: ['less than', 'before'],
    lte: ['at most', 'at or before'],
  } as const;
  return (['gt', 'gte', 'lt', 'lte'] as const)
    .flatMap((name) => {
      const bound = matcher[name];
      if (bound === undefined) return [];
      return typeof bound === 'number' ? [`${words[name][0]} ${bound}`] : [`${words[name][1]} ${spell(bound.text)}`];
    })
    .join(' and ');
}

/** Both ends of a comparison: more than one word may follow `not`. */
function isSpan(matcher: Matcher | undefined): boolean {
  return (
    matcher?.is === 'compare' && [matcher.gt, matcher.gte, matcher.lt, matcher.lte].filter((b) => b !== undefined).length > 1
  );
}

function isComposite(matcher: Matcher): boolean {
  return (matcher.is === 'any' || matcher.is === 'all') && matcher.of.length > 1;
}

/** One of several predicates: `is (a or b)`, `(is a and is not b)`. */
function part(matcher: Matcher, subject: Subject): string {
  const simple = complement(matcher, subject);
  if (simple !== null) return isComposite(matcher) || isSpan(matcher) ? `is (${simple})` : `is ${simple}`;
  return isComposite(matcher) ? `(${predicate(matcher, subject)})` : predicate(matcher, subject);
}

/** What `say` makes of each, with `and` or `or` between. Composites among them stand in parentheses: no second reading is left. */
export function joined(matcher: Matcher & { is: 'any' | 'all' }, say: (of: Matcher) => string): string {
  if (matcher.of.length === 0) return matcher.is === 'any' ? 'is never right' : 'is always right';
  return matcher.of.map(say).join(matcher.is === 'any' ? ' or ' : ' and ');
}

/** One of several clauses. */
export function parenthesised(matcher: Matcher, clause: string): string {
  return isComposite(matcher) ? `(${clause})` : clause;
}

/** A fact with several values: one of them matches, or none does. */
function setInWords(matcher: Matcher, subject: Subject): string {
  const simple = complement(matcher, subject);
  if (simple !== null) return `one of ${subject.name} is ${simple}`;
  switch (matcher.is) {
    case 'not': {
      const inner = complement(matcher.of, subject);
      return inner === null ? `not (${setInWords(matcher.of, subject)})` : `none of ${subject.name} is ${inner}`;
    }
    case 'any':
    case 'all':
      return joined(matcher, (of) => parenthesised(of, setInWords(of, subject)));
    default:
      return `none of ${subject.name} is set`;
  }
}
