import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AtomicChange } from '../../src/classify/model.ts';
import { decideAtom } from '../../src/decide/atom.ts';
import type { AtomDecision } from '../../src/decide/decision.ts';
import { Memo } from '../../src/decide/memo.ts';
import type { Answer, Fact, FactState } from '../../src/logic/fact.ts';
import { tries } from './random.ts';
import { change, changes, contexts, principals, rulesets } from './worlds.ts';

const value = (text: unknown): FactState => ({ kind: 'value', value: text as string });
/** Makes what a change says of these keys, and counts how often. */
function telling(...keys: readonly string[]) {
  const told = { times: 0 };
  const make = (atoms: readonly AtomicChange[]) => {
    told.times += 1;
    return atoms.map((atom) => keys.map((key) => atom.fact(key)));
  };
  return { told, make };
}

describe('what is kept of decisions', () => {
  it('is what would have been decided anew, whatever was decided before', () => {
    let shared = 0;
    fc.assert(
      fc.property(
        rulesets,
        principals,
        contexts,
        fc.array(fc.array(changes, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 12 }),
        (rules, who, context, rows) => {
          const memo = new Memo<readonly AtomDecision[]>();
          const decide = (atoms: readonly AtomicChange[]) => atoms.map((atom) => decideAtom(atom, rules, who, context).decision);
          const before = new Set<unknown>();
          for (const atoms of [...rows, ...rows]) {
            const made = memo.of(atoms, decide);
            expect(made.value).toEqual(decide(atoms));
            if (before.has(made.value)) {
              expect(made.shared).toBe(true);
              shared += 1;
            }
            before.add(made.value);
          }
        },
      ),
      tries(400, 31),
    );
    expect(shared).toBeGreaterThan(100);
  });

  it('is one for changes that answer alike, whatever else they might say', () => {
    const memo = new Memo<unknown>();
    const { told, make } = telling('type', 'name');
    const of = (name: string, other: string) =>
      memo.of([change('create', { type: value('a'), name: value(name), other: value(other) })], make);
    const first = of('x', '1');
    expect(of('x', '2')).toBe(first);
    expect(first.shared).toBe(true);
    expect(told.times).toBe(1);
    expect(of('y', '1')).not.toBe(first);
    expect(memo.of([change('destroy', { type: value('a'), name: value('x') })], make).value).toEqual(first.value);
    expect(told.times).toBe(3);
  });

  it.each([
    ['null and a text', value(null), value('null')],
    ['a number and a text', value(1), value('1')],
    ['no number of JSON and null', value(Number.POSITIVE_INFINITY), value(null)],
    ['absent and null', { kind: 'absent' }, value(null)],
    ['a set and a text', { kind: 'members', members: new Map([['a', true]]), open: null }, value('a')],
    [
      'a member that is sure and one that may be',
      { kind: 'members', members: new Map([['a', true]]), open: null },
      { kind: 'members', members: new Map([['a', 'unknown']]), open: null },
    ],
    [
      'unknown for one reason and for another',
      { kind: 'unknown', why: 'a', path: null },
      { kind: 'unknown', why: 'b', path: null },
    ],
  ] as readonly (readonly [string, FactState, FactState])[])('tells %s apart', (_, one, other) => {
    const memo = new Memo<readonly (readonly Fact[])[]>();
    const { make } = telling('x');
    for (const x of [one, other, one, other]) expect(memo.of([change('create', { x })], make).value[0]?.[0]?.state).toEqual(x);
  });

  it('tells sources and successors apart', () => {
    const memo = new Memo<unknown>();
    const from = (name: string): AtomicChange => ({
      ...change('create', {}),
      fact: (key) => ({ key, state: value('x'), sources: [{ from: 'tag', name, value: 'x' }] }),
    });
    const { make } = telling('x');
    expect(memo.of([from('a')], make).value).not.toEqual(memo.of([from('b')], make).value);
    const test = { want: 'present', same: [], anyType: false } as const;
    const successors = new Memo<Answer>();
    const ask = ([atom]: readonly AtomicChange[]) => (atom as AtomicChange).successor(test);
    const answers: Answer[] = [
      { value: true, why: 'a' },
      { value: true, why: 'b' },
      { value: false, why: null },
    ];
    for (const answer of [...answers, ...answers])
      expect(successors.of([change('destroy', {}, answer)], ask).value).toEqual(answer);
  });

  it('is nothing where the row alone tells, where paths were asked for, where a fact is no plain value, and where one cannot be told', () => {
    const cases: readonly (readonly [AtomicChange, (atoms: readonly AtomicChange[]) => unknown])[] = [
      [{ ...change('create', {}), subject: 'acme_db.a' }, telling('x').make],
      [{ ...change('create', {}), because: 'arming' }, telling('x').make],
      [change('update', {}), ([atom]) => [(atom as AtomicChange).changedPaths()]],
      [change('create', { x: value(['a']) }), telling('x').make],
      [
        {
          ...change('create', {}),
          fact: () => {
            throw new Error('broken');
          },
        },
        ([atom]) => {
          try {
            return [(atom as AtomicChange).fact('x')];
          } catch {
            return ['denied'];
          }
        },
      ],
    ];
    for (const [atom, make] of cases) {
      const memo = new Memo<unknown>();
      expect([memo.of([atom], make).shared, memo.of([atom], make).shared]).toEqual([false, false]);
    }
  });

  it('leaves what throws to whoever decides', () => {
    const memo = new Memo<unknown>();
    const broken: AtomicChange = {
      ...change('create', {}),
      fact: () => {
        throw new Error('broken');
      },
    };
    const { make } = telling('x');
    const guarded = (atoms: readonly AtomicChange[]) => {
      try {
        return make(atoms);
      } catch {
        return 'denied';
      }
    };
    expect(memo.of([change('create', { x: value('a') })], guarded).shared).toBe(true);
    expect(memo.of([broken], guarded)).toEqual({ value: 'denied', shared: false });
  });

  it('is no more once much was asked for, though nothing of it is kept', () => {
    const memo = new Memo<unknown>();
    const make = ([atom]: readonly AtomicChange[]) => [
      ['x', 'y', 'z'].map((key) => (atom as AtomicChange).fact(key)),
      atom?.changedPaths(),
    ];
    for (let at = 0; at < 5_000; at += 1) {
      const facts = { x: value(at % 60), y: value(Math.floor(at / 60) % 60), z: value(at) };
      expect(memo.of([change('create', facts)], make).shared).toBe(false);
    }
    const one = change('destroy', { x: value('a') });
    expect(memo.of([one], telling('x').make).shared).toBe(false);
    expect(new Memo<unknown>().of([one], telling('x').make).shared).toBe(true);
  });

  it('is little, however many answers there are', () => {
    const memo = new Memo<unknown>();
    const { make } = telling('x');
    const of = (at: number) => memo.of([change('create', { x: value(`x${at}`) })], make).shared;
    const kept = Array.from({ length: 1000 }, (_, at) => of(at)).filter((shared) => shared).length;
    expect(kept).toBe(64);
    expect([of(0), of(999)]).toEqual([true, false]);
  });
});
