import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AtomicChange } from '../../src/classify/model.ts';
import { type Candidate, RuleIndex } from '../../src/decide/rule-index.ts';
import { type Condition, evaluate } from '../../src/logic/condition.ts';
import type { FactState, Operation } from '../../src/logic/fact.ts';
import type { Value } from '../../src/plan/value.ts';
import { tries } from './random.ts';
import { change, changes, conditions, doing, equals, fact } from './worlds.ts';

interface Rule {
  readonly parts: readonly Condition[];
}

const indexOf = (...rules: readonly (readonly Condition[])[]) =>
  new RuleIndex<Rule, readonly Candidate<Rule>[]>(
    rules.map((parts) => ({ parts })),
    (candidates) => candidates,
  );
const value = (one: Value): FactState => ({ kind: 'value', value: one });
const members = (...each: readonly (string | readonly [Value, true | 'unknown'])[]): FactState => ({
  kind: 'members',
  members: new Map(each.map((one) => (typeof one === 'string' ? [one, true] : one))),
  open: null,
});
const is = (key: string, ...of: readonly string[]): Condition =>
  fact(key, of.length === 1 ? equals(of[0] as string) : { is: 'any', of: of.map(equals) });

/** The same change, with the keys of the facts that it is asked for. */
function asking(atom: AtomicChange): { atom: AtomicChange; asked: Set<string> } {
  const asked = new Set<string>();
  return {
    asked,
    atom: {
      ...atom,
      fact: (key) => {
        asked.add(key);
        return atom.fact(key);
      },
    },
  };
}

describe('the index of rules', () => {
  it('loses no rule that is not false, in whatever state facts are and whatever was asked before', () => {
    const rule = fc.array(conditions, { maxLength: 1 }).map((of) => of.flatMap((one) => (one.op === 'all' ? one.of : [one])));
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), fc.array(changes, { minLength: 1, maxLength: 6 }), (rules, atoms) => {
        const index = indexOf(...rules);
        for (const atom of atoms) {
          const found = index.of(atom).map(({ rule: { parts }, rest }) => [rules.indexOf(parts as Condition[]), rest(atom)]);
          const whole = rules.map((of, at) => [at, evaluate({ op: 'all', of }, atom)] as const);
          expect(found.filter(([, left]) => left !== false)).toEqual(whole.filter(([, all]) => all !== false));
        }
      }),
      tries(1500, 21),
    );
  });

  const by = (index: RuleIndex<Rule, readonly Candidate<Rule>[]>, operation: Operation, facts: Record<string, FactState>) =>
    index.of(change(operation, facts)).map(({ rule }) => rule.parts);
  const A = [doing(['create', 'update']), is('class', 'a')];
  const B = [doing(['create']), is('class', 'b', 'c')];
  const C = [is('class', 'd'), is('type', 't')];

  it.each<[string, Operation, FactState, readonly (readonly Condition[])[]]>([
    ['rules for another operation', 'destroy', members('a', 'b', 'd'), [C]],
    ['rules for a class that it is not in', 'create', members('a'), [A]],
    ['nor in one of several', 'create', members('c', 'other'), [B]],
    ['any rule for a thing of no class at all', 'create', members(), []],
    ['any for a class that no rule names', 'create', members('other'), []],
    ['nothing that one of several classes brings', 'create', members('d', 'b'), [B, C]],
    ['what may be in a class', 'create', members(['a', 'unknown'], ['b', 'unknown']), [A, B]],
    ['anything where there may be more', 'create', { kind: 'members', members: new Map([['a', true]]), open: 'why' }, [A, B, C]],
    ['anything where a member is no text', 'create', members([3, true]), [A, B, C]],
    ['anything that is not known', 'create', { kind: 'unknown', why: '', path: null }, [A, B, C]],
    ['rules for what is absent', 'create', { kind: 'absent' }, []],
    ['by a single value as by a set of one', 'create', value('b'), [B]],
    ['for a single value that no rule names', 'create', value('other'), []],
    ['anything of another kind than text', 'create', value(3), [A, B, C]],
    ['null', 'create', value(null), [A, B, C]],
  ])('does not look at %s', (_, operation, state, expected) => {
    expect(by(indexOf(A, B, C), operation, { class: state, type: value('t') })).toEqual(expected);
  });

  it('finds the same whatever was asked before', () => {
    const states: readonly FactState[] = [
      members('a'),
      members('a', 'b'),
      members(['a', 'unknown']),
      members(['a', 'unknown'], 'b'),
      members(),
      members([3, true]),
      members('a', [3, true]),
      { kind: 'members', members: new Map(), open: 'why' },
      { kind: 'members', members: new Map([['a', true]]), open: 'why' },
      value('a'),
      value('other'),
      value(3),
      { kind: 'absent' },
      { kind: 'unknown', why: '', path: null },
    ];
    const told = (index: ReturnType<typeof indexOf>, state: FactState) => {
      const atom = change('create', { class: state, type: value('t') });
      return index.of(atom).map(({ rule, rest }) => [rule.parts, rest(atom)]);
    };
    for (const before of states)
      for (const state of states) {
        const index = indexOf(A, B, C);
        told(index, before);
        expect(told(index, state)).toEqual(told(indexOf(A, B, C), state));
      }
  });

  it('does not ask again for what is known to hold', () => {
    const rule = [doing(['create']), is('class', 'a'), is('class', 'b'), is('type', 't'), is('name', 'n'), is('type', 't', 'u')];
    const two = indexOf(rule, rule);
    const restAsks = (facts: Record<string, FactState>) => {
      const { atom, asked } = asking(change('create', { name: value('n'), ...facts }));
      const [{ rest } = { rest: () => false }] = two.of(atom);
      asked.clear();
      return [rest(atom), ...[...asked].sort()];
    };
    // Of conditions on the same fact only one is settled by the index.
    expect(restAsks({ class: members('a', 'b'), type: value('t') })).toEqual([true, 'class', 'type']);
    expect(restAsks({ class: members('a', ['b', 'unknown']), type: value('t') })).toEqual(['unknown', 'class', 'type']);
    const one = [doing(['create']), is('class', 'a'), is('type', 't')];
    const asks = (facts: Record<string, FactState>, rules = [one, one]) => {
      const { atom, asked } = asking(change('create', facts));
      const rest = indexOf(...rules).of(atom)[0]?.rest;
      asked.clear();
      return [rest?.(atom), ...[...asked].sort()];
    };
    expect(asks({ class: members('a'), type: value('t') })).toEqual([true]);
    expect(asks({ class: members(['a', 'unknown']), type: value('t') })).toEqual(['unknown', 'class']);
    expect(asks({ class: members(['b', 'unknown'], 'a'), type: value('t') })).toEqual([true]);
    expect(asks({ class: members('a'), type: { kind: 'unknown', why: '', path: null } })).toEqual(['unknown', 'type']);
    const either = [doing(['create']), is('class', 'a', 'b')];
    expect(asks({ class: members(['b', 'unknown'], 'a') }, [either, either])).toEqual([true]);
    expect(asks({ class: members(['b', 'unknown'], ['a', 'unknown']) }, [either, either])).toEqual(['unknown', 'class']);
    // What one rule alone asks for is not worth a look at every change.
    expect(asks({ class: members('a'), type: value('t') }, [one])).toEqual([true, 'class', 'type']);
  });

  it('does not ask again what the change does', () => {
    const { atom } = asking(change('create', {}));
    const [{ rest } = { rest: () => false }] = indexOf([doing(['create', 'update'])]).of(atom);
    const unasked = Object.defineProperty({ ...atom }, 'operation', {
      get: () => {
        throw new Error('asked');
      },
    });
    expect(rest(unasked)).toBe(true);
  });

  it('makes a list once for changes that are alike in what rules ask for', () => {
    const twice = indexOf(A, [...A], B, [...B]);
    const of = (operation: Operation, state: FactState) => twice.of(change(operation, { class: state }));
    const first = of('create', members('a', 'b'));
    expect(of('create', members('a', 'b'))).toBe(first);
    expect(of('create', members('a', 'no rule names it', 'b'))).toBe(first);
    expect(of('create', members('a', ['no rule names it', 'unknown'], 'b'))).toBe(first);
    expect(of('update', members('a', 'b'))).not.toBe(first);
    expect(of('create', members('a'))).toBe(of('create', value('a')));
    expect(of('create', members('x'))).toBe(of('create', { kind: 'absent' }));
    expect(of('create', value('x'))).toBe(of('create', members()));
    expect(of('create', members('a'))).not.toBe(of('create', members(['a', 'unknown'])));
    expect(of('create', value(3))).toBe(of('create', { kind: 'unknown', why: '', path: null }));
  });

  it('tells a text from several that look like it when written together', () => {
    const twice = (...each: readonly string[]) => indexOf(...[...each, ...each].map((text) => [is('class', text)]));
    const found = (i: RuleIndex<Rule, readonly Candidate<Rule>[]>, state: FactState) =>
      i.of(change('create', { class: state })).map(({ rule: { parts } }) => (parts[0] as { test: { value: string } }).test.value);
    for (const together of ['a\nb', 'a,b', 'a\n~b', '~b', '0', '0,1', '\0none', '\0open', '?', '']) {
      const texts = twice('a', 'b', together);
      for (const state of [members('a', 'b'), members('a', ['b', 'unknown']), members(['b', 'unknown']), members(), value(3)])
        found(texts, state);
      expect(found(texts, members(together))).toEqual([together, together]);
      expect(found(texts, members('a', 'b'))).toEqual(['a', 'b', 'a', 'b']);
    }
  });

  it('tells one of many texts from two whose numbers make up its own', () => {
    const many = Array.from({ length: 14 }, (_, number) => [is('class', `t${number}`)]);
    const twice = indexOf(...many, ...many);
    expect(twice.of(change('create', { class: members('t1', 't2') }))).toHaveLength(4);
    expect(twice.of(change('create', { class: members('t12') }))).toHaveLength(2);
  });

  it('tells texts apart that other rules name again between them', () => {
    const [a, b, again, c] = ['a', 'b', 'a', 'c'].map((text) => [is('class', text)]) as [
      Condition[],
      Condition[],
      Condition[],
      Condition[],
    ];
    const index = indexOf(a, b, again, c);
    expect(by(index, 'create', { class: members('a') })).toEqual([a, again]);
    expect(by(index, 'create', { class: members('c') })).toEqual([c]);
    expect(by(index, 'create', { class: members('b') })).toEqual([b]);
  });

  it('looks at three facts at most, those that most rules ask for, whatever order the rules have', () => {
    const ask = (...keys: readonly string[]) => keys.map((key) => is(key, 'x'));
    const rules = [ask('k5', 'k1', 'k2'), ask('k2', 'k4', 'k3'), ask('k4', 'k3', 'k2'), ask('k1', 'k5'), ask('k2', 'once')];
    const looked = (order: readonly (readonly Condition[])[]) => {
      const { atom, asked } = asking(change('create', {}));
      indexOf(...order).of(atom);
      return [...asked].sort();
    };
    // k2 four times, the others twice; of those the first by name.
    expect(looked(rules)).toEqual(['k1', 'k2', 'k3']);
    expect(looked([...rules].reverse())).toEqual(['k1', 'k2', 'k3']);
    expect(
      looked([[is('a', 'x'), fact('a', { is: 'not', of: equals('x') })], [fact('b', { is: 'glob', pattern: '*' })]]),
    ).toEqual([]);
  });

  it('looks up only facts that must be one of some texts', () => {
    const state = { class: value('x') };
    const through = (test: Parameters<typeof fact>[1]) =>
      by(indexOf([fact('class', test)], [fact('class', test)]), 'create', state);
    expect(through({ is: 'any', of: [equals('a'), equals('b')] })).toHaveLength(0);
    expect(through({ is: 'any', of: [equals('a'), equals(3)] })).toHaveLength(2);
    expect(through({ is: 'any', of: [equals('a'), { is: 'exists', want: true }] })).toHaveLength(2);
    expect(through({ is: 'all', of: [equals('a')] })).toHaveLength(2);
    expect(through({ is: 'not', of: equals('x') })).toHaveLength(2);
    expect(through(equals(null))).toHaveLength(2);
  });
});
