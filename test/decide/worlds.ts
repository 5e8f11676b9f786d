import fc from 'fast-check';
import type { AtomicChange } from '../../src/classify/model.ts';
import type { DecisionContext } from '../../src/decide/view.ts';
import { principalFact } from '../../src/lanes/principal.ts';
import type { Principal } from '../../src/lanes/registry.ts';
import {
  type Ceiling,
  type Deny,
  type Grant,
  LEVELS,
  type Obligation,
  type Ruleset,
  type Span,
} from '../../src/lanes/ruleset.ts';
import type { Condition } from '../../src/logic/condition.ts';
import type { Answer, ChangeView, Fact, FactState, Operation } from '../../src/logic/fact.ts';
import type { Literal, Matcher } from '../../src/logic/matcher.ts';
import { parsePattern } from '../../src/logic/path.ts';
import { ExactNumber, Sensitive, UNKNOWN, type Value } from '../../src/plan/value.ts';
import { agentOf, emptyRuleset, human } from './random.ts';

/** Worlds of facts in every state, and rules that ask for them in every form: what an index of rules could get wrong. */

/** Facts of a change; more than an index looks at. */
const KEYS = ['class', 'type', 'environment', 'tag.t', 'attr.x'] as const;
/** Texts that differ, some of which look like several of the others written together. */
const TEXTS = ['a', 'b', 'c', 'a\nb', '\n~b', '~b', ''] as const;
export const NOW = Date.parse('2026-11-20T12:00:00Z');

const text = fc.constantFrom<string>(...TEXTS);
const oddValue = fc.constantFrom<Value>(null, 3, true, UNKNOWN, new Sensitive('d', []), new ExactNumber('9007199254740993'), [
  'a',
]);
const anyValue = fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: oddValue });
const states: fc.Arbitrary<FactState> = fc.oneof(
  { weight: 4, arbitrary: anyValue.map((value): FactState => ({ kind: 'value', value })) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        members: fc.uniqueArray(fc.tuple(anyValue, fc.constantFrom<true | 'unknown'>(true, true, 'unknown')), {
          maxLength: 3,
          selector: ([value]) => value,
        }),
        open: fc.constantFrom(null, null, null, 'open'),
      })
      .map(({ members, open }): FactState => ({ kind: 'members', members: new Map(members), open })),
  },
  { weight: 1, arbitrary: fc.constant<FactState>({ kind: 'absent' }) },
  { weight: 1, arbitrary: fc.constant<FactState>({ kind: 'unknown', why: 'not known', path: null }) },
);

const DONE = ['create', 'update', 'destroy'] as const satisfies readonly Operation[];
const answers = fc.constantFrom<Answer>(
  { value: true, why: 'acme_db.new' },
  { value: false, why: null },
  { value: 'unknown', why: 'cannot be told' },
);

/** A change with these facts; nothing else about it is known. */
export function change(
  operation: Operation,
  facts: Readonly<Record<string, FactState>>,
  successor: Answer = { value: 'unknown', why: null },
): AtomicChange {
  return {
    operation,
    side: 'after',
    subject: null,
    because: null,
    fact: (key): Fact => ({ key, state: facts[key] ?? { kind: 'unknown', why: 'not known', path: null }, sources: [] }),
    changedPaths: () => [{ path: ['size'], maybe: false, subtree: false }],
    successor: () => successor,
  };
}

export const changes: fc.Arbitrary<AtomicChange> = fc
  .tuple(fc.constantFrom<Operation>(...DONE), fc.tuple(...KEYS.map(() => states)), answers)
  .map(([operation, each, successor]) =>
    change(operation, Object.fromEntries(KEYS.map((key, i) => [key, each[i] as FactState])), successor),
  );

export const equals = (value: Literal): Matcher => ({ is: 'equals', value });
const globs = fc.constantFrom('a*', '*', '*b', 'c').map((pattern): Matcher => ({ is: 'glob', pattern }));
const texts = fc.oneof(
  { weight: 3, arbitrary: text.map(equals) },
  { weight: 2, arbitrary: fc.array(text.map(equals), { minLength: 1, maxLength: 3 }).map((of): Matcher => ({ is: 'any', of })) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.oneof(text.map(equals), globs), { minLength: 1, maxLength: 3 })
      .map((of): Matcher => ({ is: 'any', of })),
  },
);
const matchers: fc.Arbitrary<Matcher> = fc.oneof(
  { weight: 6, arbitrary: texts },
  { weight: 1, arbitrary: texts.map((of): Matcher => ({ is: 'not', of })) },
  { weight: 1, arbitrary: globs },
  { weight: 1, arbitrary: fc.boolean().map((want): Matcher => ({ is: 'exists', want })) },
  { weight: 1, arbitrary: fc.constantFrom<Literal>(null, 3, true).map(equals) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(text.map(equals), fc.constantFrom<Literal>(null, 3).map(equals))
      .map((of): Matcher => ({ is: 'any', of })),
  },
  { weight: 1, arbitrary: fc.constantFrom('who.team', 'type', 'ref').map((key): Matcher => ({ is: 'same_as', key })) },
);
export const doing = (operations: readonly Operation[]): Condition => ({ op: 'do', operations: new Set(operations) });
export const fact = (key: string, test: Matcher): Condition => ({ op: 'fact', key, test });
const instant = (time: number) => ({ instant: time, text: new Date(time).toISOString() });
export const ofTheChange: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 3, arbitrary: fc.uniqueArray(fc.constantFrom<Operation>(...DONE), { minLength: 1 }).map(doing) },
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...KEYS), matchers).map(([key, test]) => fact(key, test)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<'present' | 'absent'>('present', 'absent')
      .map((want): Condition => ({ op: 'successor', test: { want, same: [], anyType: false } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('size', 'name')
      .map((name): Condition => ({ op: 'changes', how: 'only', paths: [parsePattern(name)], text: name })),
  },
);
const personal: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom('human', 'agent', 'ci').map((kind) => fact('who.kind', equals(kind))),
  fc.constantFrom('dana', 'bot').map((id) => fact('who.id', equals(id))),
  text.map((team) => fact('who.team', equals(team))),
  fc.constantFrom('T0', 'T1').map((tier) => fact('who.tier', { is: 'not', of: equals(tier) })),
  text.map((ref) => fact('ref', equals(ref))),
  fc
    .tuple(fc.constantFrom('lt', 'gte'), fc.constantFrom(NOW - 1, NOW, NOW + 1))
    .map(([name, time]) => fact('now', { is: 'compare', [name]: instant(time) })),
);

const nested: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 3, arbitrary: fc.oneof({ weight: 3, arbitrary: ofTheChange }, { weight: 1, arbitrary: personal }) },
    { weight: 1, arbitrary: fc.array(tie('condition'), { maxLength: 3 }).map((of): Condition => ({ op: 'all', of })) },
    { weight: 1, arbitrary: fc.array(tie('condition'), { maxLength: 2 }).map((of): Condition => ({ op: 'any', of })) },
    { weight: 1, arbitrary: tie('condition').map((of): Condition => ({ op: 'not', of })) },
  ),
})).condition;

/** Mostly what people write: a few conditions, all of which must hold. */
export const conditions: fc.Arbitrary<Condition> = fc
  .array(fc.oneof({ weight: 6, arbitrary: ofTheChange }, { weight: 1, arbitrary: personal }, { weight: 2, arbitrary: nested }), {
    maxLength: 3,
  })
  .map((of): Condition => ({ op: 'all', of }));
const whos: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Condition>({ op: 'all', of: [] }) },
  { weight: 2, arbitrary: personal },
);

const ends = fc.option(fc.constantFrom(NOW - 1, NOW, NOW + 1), { freq: 2 });
const spans: fc.Arbitrary<Span | null> = fc.option(fc.record({ from: ends, until: ends }), { freq: 2 });
const levels = fc.constantFrom(...LEVELS);
const enforced = fc.constantFrom(true, true, true, false);
const approval = { from: { team: 'sre' }, count: 1, notBy: [] } as const;

export const rulesets: fc.Arbitrary<Ruleset> = fc
  .record({
    grants: fc.array(fc.record({ who: whos, when: conditions, level: levels, span: spans, enforce: enforced }), { maxLength: 6 }),
    denies: fc.array(fc.record({ when: conditions, level: levels, span: spans, enforce: enforced }), { maxLength: 3 }),
    obligations: fc.array(fc.record({ when: conditions, level: levels, enforce: enforced }), { maxLength: 3 }),
    ceilings: fc.array(fc.record({ covers: whos, may: conditions, level: levels, enforce: enforced }), { maxLength: 2 }),
    tiers: fc.option(fc.record({ T0: conditions, T1: conditions })),
  })
  .map(({ grants, denies, obligations, ceilings, tiers }) => {
    let line = 0;
    const named = (id: string) => {
      line += 1;
      return { id: `${id}${line}`, at: { file: 'inlane.yaml', line, column: 1 }, why: null, ask: null };
    };
    return {
      ...emptyRuleset(),
      grants: grants.map((g): Grant => ({ ...named('g'), ...g, kind: g.span ? 'grant' : 'lane' })),
      denies: denies.map((d): Deny => ({ ...named('d'), ...d, kind: d.span ? 'freeze' : 'guard' })),
      obligations: obligations.map((o): Obligation => ({ ...named('o'), ...o, kind: 'guard', approval })),
      ceilings: ceilings.map((c): Ceiling => ({ ...named('c'), ...c, kind: 'ceiling' })),
      tiers: tiers === null ? null : new Map(Object.entries(tiers)),
    };
  });

export const principals = fc.constantFrom<Principal>(
  human,
  { ...human, teams: ['a', 'b'] },
  { ...human, id: 'ci', kind: 'ci', teams: 'unknown', tier: 'unknown' },
  { ...human, id: 'anonymous', kind: 'unknown', teams: 'unknown', tier: 'unknown', owner: 'unknown' },
  agentOf(null),
  agentOf('unknown'),
  agentOf('T0'),
  agentOf('T1'),
  agentOf('T9'),
);
export const contexts: fc.Arbitrary<DecisionContext> = fc.record({
  now: fc.constantFrom(NOW, NOW, null),
  repository: fc.constant(null),
  ref: fc.constantFrom('a', 'b', null),
  event: fc.constant(null),
});

/** The change as a principal sees it at a time, put together here once more; `anyTime` leaves the time open. */
export function seen(atom: AtomicChange, who: Principal, context: DecisionContext, anyTime = false): ChangeView {
  const unknown: FactState = { kind: 'unknown', why: '', path: null };
  const given = (value: string | null): FactState => (value === null ? unknown : { kind: 'value', value });
  const now = anyTime || context.now === null ? null : new Date(context.now).toISOString();
  return {
    operation: atom.operation,
    fact: (key) => {
      if (key.startsWith('who.')) return principalFact(who, key);
      if (key === 'now') return { key, state: given(now), sources: [] };
      if (key === 'repository' || key === 'ref' || key === 'event') return { key, state: given(context[key]), sources: [] };
      return atom.fact(key);
    },
    changedPaths: () => atom.changedPaths(),
    successor: (test) => atom.successor(test),
  };
}
