import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Condition, evaluate } from '../../../src/logic/condition.ts';
import { type ChangeView, type Fact, type FactState, OPERATIONS } from '../../../src/logic/fact.ts';
import { type Matcher, match } from '../../../src/logic/matcher.ts';
import { changeInWords, conditionInWords, matcherInWords } from '../../../src/report/lanes/english.ts';

/** Nothing lost, nothing added: two rules that read alike must mean the same wherever they are put to the test. */

const VALUES = ['x', 'y', 'or x', '1', 1, null, true] as const;
const leaf: fc.Arbitrary<Matcher> = fc.oneof(
  fc.constantFrom(...VALUES).map((value): Matcher => ({ is: 'equals', value })),
  fc.constantFrom('x', 'x*', '*').map((pattern): Matcher => ({ is: 'glob', pattern })),
  fc.boolean().map((want): Matcher => ({ is: 'exists', want })),
  fc.constantFrom<Matcher>({ is: 'compare', lt: 1 }, { is: 'compare', gte: 1 }, { is: 'compare', gte: 0, lt: 1 }),
  fc.constantFrom('who.team', 'tag.y').map((key): Matcher => ({ is: 'same_as', key })),
);
const { matcher } = fc.letrec<{ matcher: Matcher }>((tie) => ({
  matcher: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('matcher').map((of): Matcher => ({ is: 'not', of })),
    fc
      .record({
        is: fc.constantFrom('any' as const, 'all' as const),
        of: fc.array(tie('matcher'), { minLength: 1, maxLength: 3 }),
      })
      .map(({ is, of }): Matcher => ({ is, of })),
  ),
}));

const members = (...values: (string | number)[]): FactState => ({
  kind: 'members',
  members: new Map(values.map((value) => [value, true as const])),
  open: null,
});
const STATES: readonly FactState[] = [
  ...VALUES.map((value): FactState => ({ kind: 'value', value })),
  { kind: 'value', value: 'xz' },
  { kind: 'value', value: 0 },
  { kind: 'absent' },
  { kind: 'unknown', why: 'known after apply', path: null },
];
const SETS: readonly FactState[] = [members(), members('x'), members('y'), members('x', 'y'), members('xz', 1), members(0)];
const OTHERS: readonly FactState[] = [members('x'), members('y'), { kind: 'value', value: 'x' }, { kind: 'absent' }];

it.each([
  ['attr.size', STATES],
  ['tag.x', STATES.filter((state) => state.kind !== 'value' || typeof state.value === 'string')],
  ['attr.sizes.*', SETS],
  ['class', SETS],
  ['who.team', SETS],
  ['who.id', STATES.filter((state) => state.kind !== 'value' || typeof state.value === 'string')],
])('matchers on %s that read alike are alike', (key, states) => {
  const typed = key.startsWith('attr.');
  const seen = new Map<string, { meaning: string; matcher: Matcher }>();
  let again = 0;
  fc.assert(
    fc.property(matcher, (one) => {
      if (!typed && holdsOtherThanText(one)) return;
      const words = matcherInWords(key, one);
      const meaning = states.flatMap((state) => OTHERS.map((other) => String(match(one, state, () => other)))).join(' ');
      const before = seen.get(words);
      if (before) {
        again += 1;
        expect([words, before.matcher, before.meaning]).toEqual([
          words,
          before.meaning === meaning ? before.matcher : one,
          meaning,
        ]);
      } else seen.set(words, { meaning, matcher: one });
    }),
    { numRuns: 4000 },
  );
  expect(seen.size).toBeGreaterThan(300);
  expect(again).toBeGreaterThan(300);
});

/** Facts that are always text: the loader refuses other literals. */
function holdsOtherThanText(one: Matcher): boolean {
  if (one.is === 'equals') return typeof one.value !== 'string';
  if (one.is === 'not') return holdsOtherThanText(one.of);
  if (one.is === 'any' || one.is === 'all') return one.of.some(holdsOtherThanText);
  return one.is === 'compare';
}

const text = (key: string, value: string): Condition => ({ op: 'fact', key, test: { is: 'equals', value } });
const conditionLeaf: fc.Arbitrary<Condition> = fc.constantFrom<Condition>(
  text('name', 'a'),
  text('region', 'b'),
  text('class', 'database'),
  { op: 'fact', key: 'class', test: { is: 'not', of: { is: 'equals', value: 'queue' } } },
  text('who.kind', 'human'),
  { op: 'do', operations: new Set(['read']) },
  { op: 'do', operations: new Set(['read', 'move']) },
  { op: 'do', operations: new Set(OPERATIONS) },
  { op: 'successor', test: { want: 'present', same: [], anyType: false } },
  { op: 'successor', test: { want: 'absent', same: [], anyType: false } },
);
/** Few leaves and many connectives, so that different trees of the same leaves come up. */
const connectives: fc.Arbitrary<Condition> = fc.constantFrom<Condition>(text('name', 'a'), text('region', 'b'));
const conditions = (leaves: fc.Arbitrary<Condition>) =>
  fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: leaves, weight: 2 },
      tie('condition').map((of): Condition => ({ op: 'not', of })),
      fc
        .record({ op: fc.constantFrom('any' as const, 'all' as const), of: fc.array(tie('condition'), { maxLength: 3 }) })
        .map(({ op, of }): Condition => ({ op, of })),
    ),
  })).condition;

const VIEWS: readonly ChangeView[] = [['a', 'x'] as const, ['x', 'b'] as const, ['a', 'b'] as const, ['x', 'x'] as const].flatMap(
  ([name, region], index) =>
    (['read', 'move', 'destroy'] as const).flatMap((operation) =>
      [members('database'), members('queue'), members('database', 'queue')].flatMap((classes) =>
        [true, false, 'unknown' as const].map((successor): ChangeView => {
          const facts = new Map<string, FactState>([
            ['name', { kind: 'value', value: name }],
            ['region', { kind: 'value', value: region }],
            ['class', classes],
            ['who.kind', index % 2 === 0 ? { kind: 'value', value: 'human' } : { kind: 'unknown', why: 'anonymous', path: null }],
          ]);
          return {
            operation,
            fact: (key): Fact => ({ key, state: facts.get(key) ?? { kind: 'absent' }, sources: [] }),
            changedPaths: () => [],
            successor: ({ want }) => ({
              value: successor === 'unknown' ? 'unknown' : (want === 'present') === successor,
              why: null,
            }),
          };
        }),
      ),
    ),
);

it.each([
  ['conditions', conditions(conditionLeaf), (one: Condition) => conditionInWords(one)],
  ['changes', conditions(conditionLeaf), (one: Condition) => changeInWords(one)],
  ['trees', conditions(connectives), (one: Condition) => conditionInWords(one)],
])('%s that read alike are alike', (_, condition, say) => {
  const seen = new Map<string, { meaning: string; condition: Condition }>();
  let again = 0;
  fc.assert(
    fc.property(condition, (one) => {
      const words = say(one);
      const meaning = VIEWS.map((view) => String(evaluate(one, view))).join(' ');
      const before = seen.get(words);
      if (before) {
        again += 1;
        expect([words, before.condition, before.meaning]).toEqual([
          words,
          before.meaning === meaning ? before.condition : one,
          meaning,
        ]);
      } else seen.set(words, { meaning, condition: one });
    }),
    { numRuns: 8000 },
  );
  expect(seen.size).toBeGreaterThan(500);
  expect(again).toBeGreaterThan(500);
});
