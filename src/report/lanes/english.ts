import type { Approval, Ceiling, Deny, Grant, NeverRule, Obligation, PartialGrant, Quota, Span } from '../../lanes/ruleset.ts';
import type { Condition } from '../../logic/condition.ts';
import type { Operation } from '../../logic/fact.ts';
import { spellInstant } from '../../logic/matcher.ts';
import { actInWords, changeInWords, conjuncts, partsOf, whereInWords } from './conditions.ts';
import { type SubjectWords, subjectOf, whoInWords } from './principals.ts';
import { inOrder, listInWords, spell } from './spelling.ts';

/**
 * Rules in plain English: short, exact, nothing lost and nothing added. Pure. Each sentence begins with a small letter and has
 * no full stop. None is escaped yet: that is for the format which prints it.
 */

export { changeInWords, conditionInWords } from './conditions.ts';
export { type AttributeWords, attributeInWords, classInWords, requiredInWords } from './domain.ts';
export { matcherInWords } from './facts.ts';
export { whoInWords } from './principals.ts';

/** `humans of team developers may update databases where environment is production`. */
export function grantInWords(grant: Grant): string {
  return `${during(grant.span)}${whoInWords(grant.who)} ${mayInWords(grant)}`;
}

/** The same without its subject, for a list below it: `may update databases where ...`. */
export function mayInWords(grant: Grant): string {
  return `may ${changeInWords(grant.when, 'and', 'their')}`;
}

/** `nobody may destroy databases where environment is production, unless a successor exists`. */
export function denyInWords(deny: Deny): string {
  const parts = partsOf(deny.when, true);
  return `${during(deny.span)}${mayNot(subjectOf(parts.who))} ${actInWords(parts, 'or')}${whereInWords(parts.rest, 'their')}`;
}

/** `nobody may`, `nobody of team sre may`, `agents may not`. */
function mayNot({ words }: SubjectWords): string {
  return /^anyone\b/.test(words) ? `${words.replace(/^anyone/, 'nobody')} may` : `${words} may not`;
}

/** `anyone needs 1 approval of team sre, not by the author, to destroy databases`. */
export function obligationInWords(obligation: Obligation): string {
  const parts = partsOf(obligation.when, true);
  const subject = subjectOf(parts.who);
  const approval = approvalInWords(obligation.approval);
  const comma = obligation.approval.notBy.length > 0 ? ',' : '';
  const act = `${actInWords(parts, 'or')}${whereInWords(parts.rest, 'their')}`;
  return `${subject.words} ${subject.plural ? 'need' : 'needs'} ${approval}${comma} to ${act}`;
}

/** `1 approval of team sre, not by the author or the delegator`. */
export function approvalInWords({ count, from, notBy }: Approval): string {
  const source = from.team !== undefined ? `team ${spell(from.team)}` : from.id !== undefined ? spell(from.id) : 'anyone';
  const not =
    notBy.length > 0
      ? `, not by ${listInWords(
          notBy.map((who) => `the ${who}`),
          'or',
        )}`
      : '';
  return `${count} ${count === 1 ? 'approval' : 'approvals'} of ${source}${not}`;
}

/** `where account is 111122223333, agents may at most read anything; or create databases`. */
export function ceilingInWords({ covers, may }: Ceiling): string {
  const { who } = partsOf(covers, true);
  const rest = conjuncts(covers).filter((part) => !who.includes(part));
  const where = whereInWords(rest, 'their').replace(/^,? /, '');
  return `${where === '' ? '' : `${where}, `}${atMost(subjectOf(who).words, may)}`;
}

/** `agents of tier T1 may at most read anything`. */
export function tierInWords(tier: string, may: Condition): string {
  return atMost(`agents of tier ${spell(tier)}`, may);
}

function atMost(who: string, may: Condition): string {
  const alternatives = alternativesInWords(may);
  return alternatives.length === 0 ? `${who} may do nothing` : `${who} may at most ${alternatives.join('; or ')}`;
}

/** Each alternative of a `may` as a verb phrase. */
export function alternativesInWords(may: Condition): readonly string[] {
  return (may.op === 'any' ? may.of : [may]).map((one) => changeInWords(one));
}

const NOUNS: Readonly<Record<Operation, string>> = {
  create: 'create',
  read: 'read',
  update: 'update',
  destroy: 'destroy',
  import: 'import',
  move: 'move',
  forget: 'forget',
  invoke: 'invocation',
  reclassify: 'reclassification',
};

/** `agents may do at most 2 destroys and 100 operations in all per plan`. */
export function quotaInWords({ when, limits }: Quota): string {
  const parts = partsOf(when, true);
  const single = inOrder([...limits.keys()].filter((key) => key !== 'any'));
  const counts = [
    ...single.map((operation) => numbered(limits.get(operation) ?? 0, NOUNS[operation])),
    ...(limits.has('any') ? [`${numbered(limits.get('any') ?? 0, 'operation')} in all`] : []),
  ];
  const narrowed = parts.operations !== null || parts.kinds !== null || parts.rest.length > 0;
  const only = `, counting only changes that ${actInWords(parts, 'or')}${whereInWords(parts.rest, 'their')}`;
  return `${subjectOf(parts.who).words} may do at most ${listInWords(counts, 'and')} per plan${narrowed ? only : ''}`;
}

function numbered(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `plans of humans of team sre may pass although they are incomplete`. */
export function partialInWords({ who, states }: PartialGrant): string {
  const words = (['incomplete', 'deferred', 'errored'] as const).filter((state) => states.has(state));
  return `plans of ${whoInWords(who)} may pass although they are ${listInWords(words, 'or')}`;
}

/** `without an approval, agents can never destroy databases where environment is production`. */
export function neverInWords({ when, evenWithApproval }: NeverRule): string {
  const parts = partsOf(when, true);
  const { words } = subjectOf(parts.who);
  const who = /^anyone\b/.test(words) ? `${words.replace(/^anyone/, 'nobody')} can ever` : `${words} can never`;
  const start = evenWithApproval ? 'even with an approval' : 'without an approval';
  return `${start}, ${who} ${actInWords(parts, 'or')}${whereInWords(parts.rest, 'their')}`;
}

/** `from 2026-12-18T00:00:00Z until 2027-01-04T00:00:00Z`; the end does not belong to it. */
export function spanInWords({ from, until }: Span): string {
  if (from === null) return until === null ? 'at any time' : `until ${spellInstant(until)}`;
  return until === null ? `from ${spellInstant(from)} on` : `from ${spellInstant(from)} until ${spellInstant(until)}`;
}

function during(span: Span | null): string {
  return span === null ? '' : `${spanInWords(span)}, `;
}
