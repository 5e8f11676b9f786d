import type { Condition } from '../../logic/condition.ts';
import type { Matcher } from '../../logic/matcher.ts';
import { conditionInWords, conjuncts } from './conditions.ts';
import { principalIs, valuesOf } from './facts.ts';
import { complement, factInWords, nameOf } from './matchers.ts';
import { listInWords, spell } from './spelling.ts';

/** Who acts, as the subject of a sentence, and whether its verb is in the plural. */
export interface SubjectWords {
  readonly words: string;
  readonly plural: boolean;
}

/** `humans of team developers`, `anyone who is not human`, `dana`. */
export function whoInWords(condition: Condition): string {
  return subjectOf(conjuncts(condition)).words;
}

const KINDS_IN_PLURAL = new Map([
  ['human', 'humans'],
  ['agent', 'agents'],
  ['ci', 'CI jobs'],
]);

/** The subject that all of these conditions describe. */
export function subjectOf(conditions: readonly Condition[]): SubjectWords {
  if (conditions.some((condition) => condition.op === 'any' && condition.of.length === 0))
    return { words: 'nobody', plural: false };
  const noun = nounOf(conditions);
  const qualifiers = conditions.filter((condition) => condition !== noun.from).map(qualifier);
  const [first] = qualifiers;
  if (first === undefined) return noun;
  const joined = qualifiers.length === 1 ? first : qualifiers.length === 2 ? qualifiers.join(' and ') : commas(qualifiers);
  return { words: `${noun.words} ${joined}`, plural: noun.plural };
}

function commas(parts: readonly string[]): string {
  return `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;
}

/** What the sentence is about: a kind of principal, else named ones, else anyone. */
function nounOf(conditions: readonly Condition[]): SubjectWords & { readonly from: Condition | null } {
  for (const key of ['who.kind', 'who.id']) {
    for (const condition of conditions) {
      const values = condition.op === 'fact' && condition.key === key ? valuesOf(condition.test) : null;
      if (values === null) continue;
      const names = values.map((value) => (key === 'who.kind' ? (KINDS_IN_PLURAL.get(value) ?? spell(value)) : spell(value)));
      return { words: listInWords(names, 'and'), plural: key === 'who.kind' || names.length > 1, from: condition };
    }
  }
  return { words: 'anyone', plural: false, from: null };
}

function qualifier(condition: Condition): string {
  if (condition.op !== 'fact' || !condition.key.startsWith('who.')) return forWhom(condition);
  const key = condition.key.slice(4);
  const { test } = condition;
  switch (key) {
    case 'kind':
    case 'id':
      return identityQualifier(key, test) ?? forWhom(condition);
    case 'team':
      return teamQualifier(test) ?? forWhom(condition);
    case 'tier':
      return prefixed('of tier', test) ?? whoseFact(key, test);
    case 'owner':
      return prefixed('owned by', test) ?? whoseFact(key, test);
    default:
      return prefixed(`with ${spell(key)}`, test) ?? whoseFact(key, test);
  }
}

function forWhom(condition: Condition): string {
  return `for whom this holds: ${conditionInWords(condition, 'their')}`;
}

function whoseFact(key: string, matcher: Matcher): string {
  return factInWords(`who.${key}`, matcher, 'their').replace(nameOf(`who.${key}`), `whose ${spell(key)}`);
}

function identityQualifier(key: 'kind' | 'id', matcher: Matcher): string | null {
  const values = valuesOf(matcher);
  if (matcher.is === 'not') {
    const predicate = principalIs(key, matcher);
    return predicate === null ? null : `who is ${predicate}`;
  }
  if (values !== null) return `with ${key} ${listInWords(values.map(spell), 'or')}`;
  return matcher.is === 'glob' ? `with ${key === 'id' ? 'an' : 'a'} ${key} like ${spell(matcher.pattern)}` : null;
}

function teamQualifier(matcher: Matcher): string | null {
  if (matcher.is === 'all') {
    const parts = matcher.of.map(teamQualifier);
    return parts.includes(null) || parts.length === 0 ? null : parts.join(' and ');
  }
  if (matcher.is === 'exists') return matcher.want ? 'with a team' : 'without a team';
  const values = valuesOf(matcher.is === 'not' ? matcher.of : matcher);
  if (values === null) return null;
  if (matcher.is !== 'not') return `of team ${listInWords(values.map(spell), 'or')}`;
  return values.length === 1 ? `not of team ${spell(values[0] ?? '')}` : `of none of the teams ${values.map(spell).join(', ')}`;
}

/** `of tier T1 or T2`, `not of tier T1`; null where the matcher takes a verb. */
function prefixed(start: string, matcher: Matcher): string | null {
  const about = { typed: false, whose: 'their' } as const;
  if (matcher.is === 'exists') return null;
  if (matcher.is !== 'not') {
    const words = complement(matcher, about);
    return words === null ? null : `${start} ${words}`;
  }
  const values = valuesOf(matcher.of);
  return values?.length === 1 ? `not ${start} ${spell(values[0] ?? '')}` : null;
}
