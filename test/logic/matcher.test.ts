import { describe, expect, it } from 'vitest';
import type { FactState } from '../../src/logic/fact.ts';
import type { Kleene } from '../../src/logic/kleene.ts';
import { type Matcher, match, parseInstant } from '../../src/logic/matcher.ts';
import { ExactNumber, Sensitive, type Value } from '../../src/plan/value.ts';

const value = (v: Value): FactState => ({ kind: 'value', value: v });
const set = (members: readonly (readonly [string, true | 'unknown'])[], open: string | null = null): FactState => ({
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
];

describe('matchers', () => {
  it.each(TABLE)('%s', (_, matcher, state, expected, other) => {
    expect(match(matcher, state, () => other ?? UNKNOWN)).toBe(expected);
  });

  it('an instant needs its zone', () => {
    expect(parseInstant('2026-11-20T08:00:00Z')).toBe(Date.UTC(2026, 10, 20, 8));
    expect(parseInstant('2026-12-18T00:00:00+01:00')).toBe(Date.UTC(2026, 11, 17, 23));
    for (const text of ['2026-11-20', '2026-11-20T08:00:00', '20 Nov 2026', '2026-13-40T00:00:00Z'])
      expect(parseInstant(text)).toBeNull();
  });
});
