import { describe, expect, it } from 'vitest';
import type { FactState } from '../../src/logic/fact.ts';
import type { Kleene } from '../../src/logic/kleene.ts';
import { describe as inWords, type Matcher, match, parseInstant, spellInstant } from '../../src/logic/matcher.ts';
import { ExactNumber, UNKNOWN as OPEN, Sensitive, type Value } from '../../src/plan/value.ts';

const value = (v: Value): FactState => ({ kind: 'value', value: v });
const set = (members: readonly (readonly [Value, true | 'unknown'])[], open: string | null = null): FactState => ({
  kind: 'members',
  members: new Map(members),
  open,
});
const ABSENT: FactState = { kind: 'absent' };
const UNKNOWN: FactState = { kind: 'unknown', why: 'known only after apply', path: null };
const is = (v: string | number | boolean | null): Matcher => ({ is: 'equals', value: v });
const not = (of: Matcher): Matcher => ({ is: 'not', of });
const exists = (want: boolean): Matcher => ({ is: 'exists', want });
const sameAs: Matcher = { is: 'same_as', key: 'other' };

// Every expected value is read off lanes.md sections 2 and 4.
const TABLE: readonly [string, Matcher, FactState, Kleene, FactState?][] = [
  ['a known value equals', is('production'), value('production'), true],
  ['another value does not', is('production'), value('staging'), false],
  ['not of a known value', not(is('production')), value('staging'), true],
  ['unknown equals is unknown', is('production'), UNKNOWN, 'unknown'],
  ['unknown not is unknown', not(is('production')), UNKNOWN, 'unknown'],
  ['unknown exists is unknown', exists(true), UNKNOWN, 'unknown'],
  ['a null attribute equals false', is('x'), value(null), false],
  ['a null attribute is not x', not(is('x')), value(null), true],
  ['a null attribute does not exist', exists(true), value(null), false],
  ['a null attribute is asserted absent', exists(false), value(null), true],
  ['a null attribute compares false', { is: 'compare', gt: 1 }, value(null), false],
  ['an absent tag matches nothing', is('x'), ABSENT, false],
  ['an absent tag under not is unknown', not(is('x')), ABSENT, 'unknown'],
  ['an absent tag under not not is unknown', not(not(is('x'))), ABSENT, 'unknown'],
  ['an absent tag under not any is unknown', not({ is: 'any', of: [is('x'), is('y')] }), ABSENT, 'unknown'],
  ['an absent tag does not exist', exists(true), ABSENT, false],
  ['an absent tag is asserted absent', exists(false), ABSENT, true],
  ['not exists of an absent tag is known', not(exists(true)), ABSENT, true],
  ['a type mismatch is unknown', is('5'), value(5), 'unknown'],
  ['a type mismatch under not is unknown', not(is('5')), value(5), 'unknown'],
  ['a boolean equals a boolean', is(false), value(false), true],
  ['a glob on a number is unknown', { is: 'glob', pattern: '5*' }, value(5), 'unknown'],
  ['an integer beyond 2^53 is unknown', is(1), value(new ExactNumber('8689751187354199493')), 'unknown'],
  ['a sensitive value is unknown', is('x'), value(new Sensitive('d', [])), 'unknown'],
  ['any is a disjunction', { is: 'any', of: [is('a'), is('b')] }, value('b'), true],
  ['all is a conjunction', { is: 'all', of: [not(is('a')), not(is('b'))] }, value('c'), true],
  ['bounds are inclusive or not as named', { is: 'compare', gte: 5, lt: 6 }, value(5), true],
  ['an upper bound excludes', { is: 'compare', lt: 5 }, value(5), false],
  [
    'class: one member matches',
    is('database'),
    set([
      ['database', true],
      ['stateful', true],
    ]),
    true,
  ],
  [
    'class: not when one does is false',
    not(is('stateful')),
    set([
      ['database', true],
      ['stateful', true],
    ]),
    false,
  ],
  ['class: not when none does is true', not(is('queue')), set([['database', true]]), true],
  [
    'class: an unknown membership is unknown',
    is('customer-database'),
    set([
      ['database', true],
      ['customer-database', 'unknown'],
    ]),
    'unknown',
  ],
  [
    'class: its parent stays known',
    is('database'),
    set([
      ['database', true],
      ['customer-database', 'unknown'],
    ]),
    true,
  ],
  ['class unknown: nothing is known', is('database'), set([], 'in no catalog'), 'unknown'],
  ['class unknown: not is unknown', not(is('database')), set([], 'in no catalog'), 'unknown'],
  ['same_as equal', sameAs, value('orders'), true, value('orders')],
  ['same_as different', sameAs, value('orders'), false, value('payments')],
  [
    'same_as a list is membership',
    sameAs,
    value('orders'),
    true,
    set([
      ['payments', true],
      ['orders', true],
    ]),
  ],
  ['same_as an empty list is known false', sameAs, value('orders'), false, set([])],
  ['not same_as an empty list is known true', not(sameAs), value('orders'), true, set([])],
  ['same_as an unknown fact', sameAs, value('orders'), 'unknown', UNKNOWN],
  ['same_as with an unknown own value', sameAs, UNKNOWN, 'unknown', value('orders')],
  ['same_as an absent fact matches nothing', sameAs, value('orders'), false, ABSENT],
  ['not same_as an absent fact is unknown', not(sameAs), value('orders'), 'unknown', ABSENT],
  ['an absent own fact is the same as nothing', sameAs, ABSENT, false, value('orders')],
  ['not same_as with an absent own fact is unknown', not(sameAs), ABSENT, 'unknown', value('orders')],
  ['an absent own fact against an unknown one', sameAs, ABSENT, false, UNKNOWN],
  ['null is the same as nothing', sameAs, value(null), false, value('orders')],
  ['null is not the same as null', sameAs, value(null), false, value(null)],
  ['null against an unknown fact', sameAs, value(null), false, UNKNOWN],
  ['not same_as with a null own value is true', not(sameAs), value(null), true, value('orders')],
  ['not same_as with null against an absent fact is unknown', not(sameAs), value(null), 'unknown', ABSENT],
  ['same_as a null fact', sameAs, value('orders'), false, value(null)],
  ['same_as with both unknown', sameAs, UNKNOWN, 'unknown', UNKNOWN],
  ['same_as an unknown fact with an absent one', sameAs, UNKNOWN, 'unknown', ABSENT],
  ['same_as an open value', sameAs, value('orders'), 'unknown', value(OPEN)],
  ['same_as a sensitive value', sameAs, value('orders'), 'unknown', value(new Sensitive('d', []))],
  ['same_as of a sensitive value', sameAs, value(new Sensitive('d', [])), 'unknown', value('orders')],
  ['same_as of an open value', sameAs, value(OPEN), 'unknown', value('orders')],
  ['same_as a number of another type', sameAs, value('5'), 'unknown', value(5)],
  ['same_as a list with an unknown member that is it', sameAs, value('orders'), 'unknown', set([['orders', 'unknown']])],
  ['same_as a list with an unknown member that is not', sameAs, value('orders'), false, set([['payments', 'unknown']])],
  ['same_as a list that may hold more', sameAs, value('orders'), 'unknown', set([['payments', true]], 'more')],
  ['same_as a list that holds it and may hold more', sameAs, value('orders'), true, set([['orders', true]], 'more')],
  [
    'same_as of a set with one in common',
    sameAs,
    set([
      ['a', true],
      ['b', true],
    ]),
    true,
    set([['b', true]]),
  ],
  ['same_as of a set with none in common', sameAs, set([['a', true]]), false, set([['b', true]])],
  ['an empty set is the same as nothing', sameAs, set([]), false, value('a')],
  ['same_as of a list is not compared', sameAs, value(['a']), 'unknown', value(['a'])],
  ['same_as a list value is not compared', sameAs, value('a'), 'unknown', value(['a'])],
  ['null among others is the same as nothing', sameAs, set([[null, true]]), false, set([[null, true]])],
  ['an open value may be null', is(null), value(OPEN), 'unknown'],
  ['a sensitive value may be null', is(null), value(new Sensitive('d', [])), 'unknown'],
  ['an integer beyond 2^53 is not compared with null', is(null), value(new ExactNumber('9007199254740993')), 'unknown'],
  ['an open value equals is unknown', is('x'), value(OPEN), 'unknown'],
  ['an open value exists is unknown', exists(true), value(OPEN), 'unknown'],
  ['an open value is not asserted absent', exists(false), value(OPEN), 'unknown'],
  ['a value exists', exists(true), value('x'), true],
  ['a value is not asserted absent', exists(false), value('x'), false],
  ['false exists', exists(true), value(false), true],
  ['a sensitive value exists', exists(true), value(new Sensitive('d', [])), true],
  [
    'a set exists by a sure member',
    exists(true),
    set([
      ['a', 'unknown'],
      ['b', true],
    ]),
    true,
  ],
  ['a set is not asserted absent with a sure member', exists(false), set([['b', true]], 'more'), false],
  ['a set of unknown members may exist', exists(true), set([['a', 'unknown']]), 'unknown'],
  ['an empty set does not exist', exists(true), set([]), false],
  ['an empty set is asserted absent', exists(false), set([]), true],
  ['an open set may exist', exists(true), set([], 'more'), 'unknown'],
  ['null equals null', is(null), value(null), true],
  ['a value does not equal null', is(null), value('x'), false],
  ['a number equals itself', is(5), value(5), true],
  ['a number does not equal another', is(5), value(6), false],
  ['a glob on null is false', { is: 'glob', pattern: '*' }, value(null), false],
  ['a glob on a text', { is: 'glob', pattern: 'a*' }, value('abc'), true],
  ['a glob on a sensitive value is unknown', { is: 'glob', pattern: '*' }, value(new Sensitive('d', [])), 'unknown'],
  ['a glob on a member', { is: 'glob', pattern: 'data*' }, set([['database', true]]), true],
  ['gt excludes its bound', { is: 'compare', gt: 5 }, value(5), false],
  ['gt holds above', { is: 'compare', gt: 5 }, value(6), true],
  ['lt holds below', { is: 'compare', lt: 5 }, value(4), true],
  ['lte includes its bound', { is: 'compare', lte: 5 }, value(5), true],
  ['lte excludes above', { is: 'compare', lte: 5 }, value(6), false],
  ['gte excludes below', { is: 'compare', gte: 5 }, value(4), false],
  ['every bound must hold', { is: 'compare', gt: 1, lte: 5 }, value(1), false],
  ['a text is no number', { is: 'compare', lt: 5 }, value('4'), 'unknown'],
  ['an integer beyond 2^53 is not compared', { is: 'compare', gt: 5 }, value(new ExactNumber('9007199254740993')), 'unknown'],
  ['an instant before', { is: 'compare', lt: { instant: 1000, text: '' } }, value('1970-01-01T00:00:00Z'), true],
  ['an instant at', { is: 'compare', lt: { instant: 1000, text: '' } }, value('1970-01-01T00:00:01Z'), false],
  ['an instant in another zone', { is: 'compare', lt: { instant: 1000, text: '' } }, value('1970-01-01T01:00:00+01:00'), true],
  ['a number is no instant', { is: 'compare', lt: { instant: 1000, text: '' } }, value(5), 'unknown'],
  [
    'a text without a zone is no instant',
    { is: 'compare', lt: { instant: 1000, text: '' } },
    value('1970-01-01T00:00:00'),
    'unknown',
  ],
  ['none of any is false', { is: 'any', of: [is('a'), is('b')] }, value('c'), false],
  ['any with one unknown', { is: 'any', of: [is('a'), is(5)] }, value('c'), 'unknown'],
  ['any with one that holds', { is: 'any', of: [is(5), is('c')] }, value('c'), true],
  ['one of all is false', { is: 'all', of: [is('a'), is(5)] }, value('c'), false],
  ['all with one unknown', { is: 'all', of: [is('c'), is(5)] }, value('c'), 'unknown'],
  ['all of an absent fact', { is: 'all', of: [is('a'), exists(false)] }, ABSENT, false],
  ['not all of an absent fact is unknown', not({ is: 'all', of: [is('a'), exists(false)] }), ABSENT, 'unknown'],
  ['not all of an absent fact with a false one is true', not({ is: 'all', of: [is('a'), exists(true)] }), ABSENT, true],
  ['not any of an absent fact with a true one is false', not({ is: 'any', of: [is('a'), exists(false)] }), ABSENT, false],
  ['not any of an absent fact with a false one is unknown', not({ is: 'any', of: [is('a'), exists(true)] }), ABSENT, 'unknown'],
  ['all of an absent fact with an unknown one is false', { is: 'all', of: [is('a'), not(is('b'))] }, ABSENT, false],
  ['class open: what is seen holds', is('database'), set([['database', true]], 'more'), true],
  ['class open: what is not seen may', is('queue'), set([['database', true]], 'more'), 'unknown'],
  ['a member that is not sure and not it', is('queue'), set([['database', 'unknown']]), false],
  ['a member of another type', is('queue'), set([[5, true]]), 'unknown'],
];

describe('matchers', () => {
  it.each(TABLE)('%s', (_, matcher, state, expected, other) => {
    expect(match(matcher, state, () => other ?? UNKNOWN)).toBe(expected);
  });

  it.each<[Matcher, string]>([
    [is('production'), 'production'],
    [is(null), 'null'],
    [is(5), '5'],
    [{ is: 'any', of: [is('a')] }, 'a'],
    [{ is: 'any', of: [is('a'), not(is('b'))] }, 'one of a, not b'],
    [{ is: 'any', of: [] }, 'one of '],
    [{ is: 'all', of: [is('a'), { is: 'glob', pattern: 'b*' }] }, 'all of a, like b*'],
    [exists(true), 'present'],
    [exists(false), 'absent'],
    [sameAs, 'same as other'],
    [{ is: 'compare', lt: 1, lte: 2, gt: 3, gte: 4 }, '< 1 and <= 2 and > 3 and >= 4'],
    [{ is: 'compare', lt: { instant: 0, text: '1970-01-01T01:00:00+01:00' } }, '< 1970-01-01T01:00:00+01:00'],
  ])('%j in words: %s', (matcher, words) => {
    expect(inWords(matcher)).toBe(words);
  });

  it('an instant is spelled in UTC, without milliseconds where there are none', () => {
    expect(spellInstant(Date.UTC(2026, 10, 20, 8))).toBe('2026-11-20T08:00:00Z');
    expect(spellInstant(Date.UTC(2026, 10, 20, 8, 0, 0, 5))).toBe('2026-11-20T08:00:00.005Z');
  });

  it('an instant needs its zone', () => {
    expect(parseInstant('2026-11-20T08:00Z')).toBe(Date.UTC(2026, 10, 20, 8));
    expect(parseInstant('2026-11-20T08:00:00.5Z')).toBe(Date.UTC(2026, 10, 20, 8, 0, 0, 500));
    expect(parseInstant('2026-11-20T08:00:00.125-02:30')).toBe(Date.UTC(2026, 10, 20, 10, 30, 0, 125));
    for (const text of [
      ' 2026-11-20T08:00:00Z',
      '2026-11-20T08:00:00Z ',
      '2026-11-20T08:00:00.Z',
      '2026-11-20T08:00:0Z',
      '12026-11-20T08:00:00Z',
    ])
      expect(parseInstant(text)).toBeNull();
    expect(parseInstant('2026-11-20T08:00:00Z')).toBe(Date.UTC(2026, 10, 20, 8));
    expect(parseInstant('2026-12-18T00:00:00+01:00')).toBe(Date.UTC(2026, 11, 17, 23));
    for (const text of ['2026-11-20', '2026-11-20T08:00:00', '20 Nov 2026', '2026-13-40T00:00:00Z'])
      expect(parseInstant(text)).toBeNull();
  });
});
