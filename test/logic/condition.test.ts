import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/logic/compile.ts';
import {
  type Condition,
  describeLeaf,
  evaluate,
  type Leaf,
  type LeafResult,
  looksAtTime,
  sameAsKeys,
} from '../../src/logic/condition.ts';
import type { ChangedPath, ChangeView, FactState } from '../../src/logic/fact.ts';
import type { Kleene } from '../../src/logic/kleene.ts';
import { type Matcher, match } from '../../src/logic/matcher.ts';
import { parsePattern } from '../../src/logic/path.ts';
import { UNKNOWN } from '../../src/plan/value.ts';
import { tries } from '../decide/random.ts';
import { change, changes, conditions, doing, equals, fact, ofTheChange } from '../decide/worlds.ts';

const not = (of: Condition): Condition => ({ op: 'not', of });
const all = (...of: readonly Condition[]): Condition => ({ op: 'all', of });
const any = (...of: readonly Condition[]): Condition => ({ op: 'any', of });
const is = (key: string, one: string): Condition => fact(key, equals(one));
const open = (why: string): FactState => ({ kind: 'unknown', why, path: null });
const text = (value: string): FactState => ({ kind: 'value', value });

/** Kleene's minimum and maximum over leaves, in numbers; leaves by their own meaning. */
function naive(condition: Condition, view: ChangeView): number {
  const number = (value: Kleene) => (value === true ? 2 : value === false ? 0 : 1);
  switch (condition.op) {
    case 'all':
      return Math.min(2, ...condition.of.map((one) => naive(one, view)));
    case 'any':
      return Math.max(0, ...condition.of.map((one) => naive(one, view)));
    case 'not':
      return 2 - naive(condition.of, view);
    case 'do':
      return condition.operations.has(view.operation) ? 2 : 0;
    case 'fact':
      return number(match(condition.test, view.fact(condition.key).state, (key) => view.fact(key).state));
    case 'successor':
      return number(view.successor(condition.test).value);
    case 'changes':
      return view.changedPaths().every(({ path: [first] }) => first === condition.text) ? 2 : 0;
  }
}

describe('a condition', () => {
  it('is the same evaluated, traced and compiled as by its leaves', () => {
    fc.assert(
      fc.property(conditions, fc.array(changes, { minLength: 1, maxLength: 3 }), (condition, views) => {
        for (const view of views) {
          const expected = ([false, 'unknown', true] as const)[naive(condition, view)];
          const trace: LeafResult[] = [];
          expect(evaluate(condition, view)).toBe(expected);
          expect(evaluate(condition, view, trace)).toBe(expected);
          expect(compile(condition)(view)).toBe(expected);
          expect(trace.length).toBe(leaves(condition));
        }
      }),
      tries(4000, 31),
    );
  });

  const leaves = (condition: Condition): number =>
    condition.op === 'all' || condition.op === 'any'
      ? condition.of.reduce((sum, one) => sum + leaves(one), 0)
      : condition.op === 'not'
        ? leaves(condition.of)
        : 1;

  it('of any length is the same compiled', () => {
    const leaf = fc.constantFrom('a', 'b', 'c').map((key) => is(key, 'x'));
    const states = fc.constantFrom(text('x'), text('y'), open('why'));
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 4 }), fc.boolean(), fc.tuple(states, states, states), (of, both, [a, b, c]) => {
        const condition: Condition = { op: both ? 'all' : 'any', of };
        const view = change('create', { a, b, c });
        expect(compile(condition)(view)).toBe(evaluate(condition, view));
        expect(compile(not(condition))(view)).toBe(evaluate(not(condition), view));
      }),
      tries(2000, 32),
    );
  });

  it('stops at what settles it, unless it is traced', () => {
    let asked = 0;
    const view = {
      ...change('create', {}),
      fact: (key: string) => {
        asked += 1;
        return { key, state: text('x'), sources: [] };
      },
    };
    const count = (condition: Condition, trace?: LeafResult[]) => {
      asked = 0;
      evaluate(condition, view, trace);
      const evaluated = asked;
      asked = 0;
      compile(condition)(view);
      return [evaluated, asked];
    };
    expect(count(all(is('a', 'no'), is('b', 'x'), is('c', 'x')))).toEqual([1, 1]);
    expect(count(all(is('a', 'no'), is('b', 'x')))).toEqual([1, 1]);
    expect(count(any(is('a', 'no'), is('b', 'x'), is('c', 'x')))).toEqual([2, 2]);
    expect(count(all(is('a', 'no'), any(is('b', 'x'), is('c', 'x'))), [])[0]).toBe(3);
  });

  it('of many alternatives is the same compiled, whichever of them ask for the same fact', () => {
    fc.assert(
      fc.property(fc.array(ofTheChange, { maxLength: 8 }), changes, (of, view) => {
        expect(compile(any(...of))(view)).toBe(([false, 'unknown', true] as const)[naive(any(...of), view)]);
      }),
      tries(2000, 33),
    );
  });

  const like = (pattern: string): Matcher => ({ is: 'glob', pattern });
  it.each<[string, Condition, readonly string[]]>([
    ['one of some texts', fact('a', { is: 'any', of: [equals('x'), equals('y')] }), ['x', 'y']],
    ['like one of some', fact('a', { is: 'any', of: [like('n*'), like('*z')] }), ['no', 'z', 'buz']],
    ['one, or like another', fact('a', { is: 'any', of: [equals('x'), like('n*')] }), ['x', 'no']],
    [
      'some, or like one of some',
      fact('a', { is: 'any', of: [like('n*'), equals('x'), like('*z'), equals('y')] }),
      ['x', 'y', 'no', 'z', 'buz'],
    ],
    ['asked for one by one', any(is('a', 'x'), is('b', 'x'), is('a', 'y')), ['x', 'y']],
    [
      'asked for one by one, in several ways',
      any(is('a', 'x'), fact('a', like('n*')), fact('a', { is: 'any', of: [equals('y'), like('*z')] })),
      ['x', 'y', 'no', 'z', 'buz'],
    ],
  ])('knows a text that is %s', (_, condition, expected) => {
    const held = ['x', 'y', 'no', 'z', 'buz', 'other'].filter(
      (value) => compile(condition)(change('create', { a: text(value), b: text('other') })) === true,
    );
    expect(held).toEqual(expected);
    expect(compile(condition)(change('create', { a: text('other'), b: text('other') }))).toBe(false);
  });

  it('looks once at a fact that several alternatives ask for texts of', () => {
    const looks = (...of: readonly Condition[]) => {
      const keys: string[] = [];
      const view = change('create', { a: text('x'), b: text('x') });
      compile(any(...of))({
        ...view,
        fact: (key) => {
          keys.push(key);
          return view.fact(key);
        },
      });
      return keys;
    };
    const some = fact('a', like('no*'));
    const several = fact('a', { is: 'any', of: [equals('m'), { is: 'glob', pattern: 'n*' }] });
    expect(looks(is('a', 'no'), is('b', 'no'), some, several, is('b', 'nor'))).toEqual(['a', 'b']);
    // What asks for more than a text is asked by itself.
    expect(looks(is('a', 'no'), fact('a', equals(3)), fact('a', { is: 'not', of: equals('x') }))).toEqual(['a', 'a', 'a']);
  });

  it('is compiled once', () => {
    const condition = all(is('a', 'x'));
    expect(compile(condition)).toBe(compile(condition));
    expect(compile(all(is('a', 'x')))).not.toBe(compile(condition));
  });
});

describe('the trace of a condition', () => {
  const trace = (condition: Condition, view: ChangeView) => {
    const found: LeafResult[] = [];
    evaluate(condition, view, found);
    return found;
  };
  it('has every leaf in order, negated under an odd number of nots', () => {
    const condition = all(is('a', 'x'), not(any(is('b', 'x'), not(is('c', 'x')))), doing(['create']));
    const view = change('create', { a: text('x'), b: text('y'), c: open('late') });
    expect(trace(condition, view).map(({ leaf, negated, value, why }) => [describeLeaf(leaf).fact, negated, value, why])).toEqual(
      [
        ['a', false, true, null],
        ['b', true, false, null],
        ['c', false, 'unknown', 'late'],
        ['do', false, true, null],
      ],
    );
    expect(trace(is('a', 'x'), view)[0]?.fact).toEqual(view.fact('a'));
    expect(trace(doing(['create']), view)[0]?.fact).toBeNull();
  });

  it.each<[string, Matcher, Record<string, FactState>, string]>([
    ['the fact is', equals('x'), { f: open('late') }, 'late'],
    [
      'it may have members that nobody sees',
      equals('x'),
      { f: { kind: 'members', members: new Map(), open: 'hidden' } },
      'hidden',
    ],
    ['it is absent', { is: 'not', of: equals('x') }, { f: { kind: 'absent' } }, 'absent, which proves nothing under `not`'],
    ['the other one is', { is: 'same_as', key: 'g' }, { f: text('x'), g: open('late') }, 'g: late'],
    [
      'the other one of several is',
      {
        is: 'any',
        of: [
          { is: 'same_as', key: 'h' },
          { is: 'not', of: { is: 'same_as', key: 'g' } },
        ],
      },
      { f: text('x'), h: text('y'), g: open('late') },
      'g: late',
    ],
    [
      'it is of another type',
      equals('x'),
      { f: { kind: 'value', value: 5 } },
      'its value cannot be compared with the rule (another type, sensitive, or beyond exact numbers)',
    ],
    [
      'a member is',
      equals('x'),
      { f: { kind: 'members', members: new Map([['x', 'unknown']]), open: null } },
      'its value cannot be compared with the rule (another type, sensitive, or beyond exact numbers)',
    ],
    [
      'its value is open and the other one known',
      { is: 'same_as', key: 'g' },
      { f: { kind: 'value', value: UNKNOWN }, g: text('x') },
      'its value cannot be compared with the rule (another type, sensitive, or beyond exact numbers)',
    ],
  ])('says why a fact is unknown: %s', (_, test, facts, why) => {
    expect(trace(fact('f', test), change('create', facts))).toMatchObject([{ value: 'unknown', why }]);
  });

  it('says of the survivor which one answers', () => {
    const successor: Condition = { op: 'successor', test: { want: 'present', same: [], anyType: false } };
    const view = change('destroy', {}, { value: true, why: 'a.b' });
    expect(trace(successor, view)).toMatchObject([{ value: true, fact: null, why: 'a.b' }]);
  });
});

describe('changes', () => {
  type Spelled = `${'' | '?'}${string}${'' | ' **'}`;
  /** `?` = may change, ` **` = what stands below may change too. */
  const paths = (each: readonly Spelled[]): readonly ChangedPath[] =>
    each.map((one) => ({
      path: one
        .replace(/^\?/, '')
        .replace(/ \*\*$/, '')
        .split('.'),
      maybe: one.startsWith('?'),
      subtree: one.endsWith(' **'),
    }));
  // lanes.md 4: `only` is false for a definite path outside, unknown for a maybe-path outside, else true; `any` and `none` alike.
  it.each<[readonly Spelled[], string, Kleene, Kleene]>([
    [[], 'size', true, false],
    [['size'], 'size', true, true],
    [['size', 'name'], 'size', false, true],
    [['name'], 'size', false, false],
    [['?size'], 'size', true, 'unknown'],
    [['?name'], 'size', 'unknown', false],
    [['size', '?name'], 'size', 'unknown', true],
    [['?name', 'size'], 'size', 'unknown', true],
    [['?size', 'size'], 'size', true, true],
    [['?name', 'other'], 'size', false, false],
    [['tags.a', 'tags.b.c'], 'tags.**', true, true],
    [['tags **'], 'tags.**', true, true],
    [['tags **'], 'tags', false, true],
    [['tags **'], 'tags.a', false, 'unknown'],
    [['?tags **'], 'tags.a', 'unknown', 'unknown'],
    [['?tags **'], 'tags.**', true, 'unknown'],
    [['?tags'], 'tags.a', 'unknown', 'unknown'],
    [['tags'], 'tags.a', false, false],
    [['?tags **'], 'size', 'unknown', false],
    [['?tags.a **', 'size'], 'size', 'unknown', true],
  ])('of %j against %s: only %s, any %s', (changed, pattern, only, some) => {
    const view = { ...change('update', {}), changedPaths: () => paths(changed) };
    const leaf = (how: 'only' | 'any' | 'none'): Condition => ({
      op: 'changes',
      how,
      paths: [parsePattern(pattern)],
      text: pattern,
    });
    const none = some === 'unknown' ? some : !some;
    for (const [how, expected] of [
      ['only', only],
      ['any', some],
      ['none', none],
    ] as const) {
      expect(evaluate(leaf(how), view)).toBe(expected);
      expect(compile(leaf(how))(view)).toBe(expected);
    }
  });

  it('say which path speaks', () => {
    const view = { ...change('update', {}), changedPaths: () => paths(['?name.x', 'size.y', 'type', '?last']) };
    const why = (how: 'only' | 'any' | 'none', ...patterns: readonly string[]) => {
      const trace: LeafResult[] = [];
      evaluate({ op: 'changes', how, paths: patterns.map(parsePattern), text: '' }, view, trace);
      return trace[0]?.why;
    };
    expect(why('only', 'type')).toBe('size.y');
    expect(why('only', 'type', 'size.**')).toBe('name.x may change');
    expect(why('only', '**')).toBeNull();
    expect(why('any', 'size.*')).toBe('size.y');
    expect(why('none', 'name.**')).toBe('name.x may change');
    expect(why('none', 'other', 'name.**')).toBe('name.x may change');
    expect(why('any', 'other')).toBeNull();
  });
});

describe('a condition in words and by what it asks', () => {
  it.each<[Leaf, string, string]>([
    [doing(['create', 'update']) as Leaf, 'do', 'create, update'],
    [is('class', 'a') as Leaf, 'class', 'a'],
    [{ op: 'changes', how: 'only', paths: [], text: 'tuning' }, 'changes', 'only tuning'],
    [{ op: 'successor', test: { want: 'absent', same: [], anyType: false } }, 'successor', 'absent'],
    [
      { op: 'successor', test: { want: 'present', same: ['service', 'name'], anyType: false } },
      'successor',
      'present with the same service, name',
    ],
  ])('%j', (leaf, key, wants) => {
    expect(describeLeaf(leaf)).toEqual({ fact: key, wants });
  });

  it('looks at the time where one of its leaves does', () => {
    const now = fact('now', { is: 'compare', lt: { instant: 0, text: '' } });
    for (const yes of [now, not(now), all(is('a', 'x'), now), any(is('a', 'x'), all(now))]) expect(looksAtTime(yes)).toBe(true);
    for (const no of [is('a', 'now'), doing(['create']), all(), any(not(is('a', 'x')))]) expect(looksAtTime(no)).toBe(false);
  });

  it('compares with the facts that `same_as` names, wherever that stands', () => {
    const sameAs = (key: string): Matcher => ({ is: 'same_as', key });
    expect(sameAsKeys(sameAs('a'))).toEqual(['a']);
    expect(sameAsKeys({ is: 'not', of: sameAs('a') })).toEqual(['a']);
    expect(sameAsKeys({ is: 'any', of: [sameAs('a'), equals('x'), { is: 'all', of: [sameAs('b')] }] })).toEqual(['a', 'b']);
    expect(sameAsKeys(equals('a'))).toEqual([]);
  });
});
