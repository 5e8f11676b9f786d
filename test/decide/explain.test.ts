import { describe, expect, it } from 'vitest';
import { factsOf, nearMisses, traceOf, unknownFacts } from '../../src/decide/explain.ts';
import type { Grant } from '../../src/lanes/ruleset.ts';
import { ALWAYS, type Condition, NEVER } from '../../src/logic/condition.ts';
import type { Answer, Fact, FactState } from '../../src/logic/fact.ts';
import type { Matcher } from '../../src/logic/matcher.ts';
import { ExactNumber, Sensitive, UNKNOWN, type Value } from '../../src/plan/value.ts';
import { change, doing, equals, fact, NOW } from './worlds.ts';

const value = (one: Value): FactState => ({ kind: 'value', value: one });
const unknown = (why: string, path: string | null = null): FactState => ({ kind: 'unknown', why, path });
const is = (key: string, one: string): Condition => fact(key, equals(one));
const not = (of: Condition): Condition => ({ op: 'not', of });
const all = (...of: readonly Condition[]): Condition => ({ op: 'all', of });
const any = (...of: readonly Condition[]): Condition => ({ op: 'any', of });
const successor = (want: 'present' | 'absent'): Condition => ({ op: 'successor', test: { want, same: [], anyType: false } });

let line = 0;
function grant(id: string, when: Condition, more: Partial<Grant> = {}): Grant {
  line += 1;
  const at = { file: 'inlane.yaml', line, column: 9 };
  return { kind: 'lane', id, at, level: 'org', why: null, ask: null, enforce: true, who: ALWAYS, when, span: null, ...more };
}

describe('what made a condition unknown', () => {
  const told = (condition: Condition, facts: Record<string, FactState>, answer?: Answer) =>
    unknownFacts(traceOf([condition], change('create', facts, answer)));

  it('is every fact that could not be told, each once for each reason, with the path that is open', () => {
    const condition = all(is('class', 'a'), not(is('class', 'b')), is('environment', 'x'), is('type', 't'), any(is('name', 'n')));
    expect(
      told(condition, {
        class: unknown('in no catalog'),
        environment: unknown('known only after apply', 'tags.environment'),
        type: value('t'),
        name: value('other'),
      }),
    ).toEqual([
      { fact: 'class', path: null, why: 'in no catalog' },
      { fact: 'environment', path: 'tags.environment', why: 'known only after apply' },
    ]);
  });

  it('says why of a fact that is there and does not settle it', () => {
    const open: FactState = { kind: 'members', members: new Map(), open: 'more may come' };
    expect(told(is('class', 'a'), { class: open })).toEqual([{ fact: 'class', path: null, why: 'more may come' }]);
    expect(told(successor('present'), {}, { value: 'unknown', why: 'cannot be told' })).toEqual([
      { fact: 'successor', path: null, why: 'cannot be told' },
    ]);
    expect(told(successor('present'), {}, { value: 'unknown', why: null })).toEqual([
      { fact: 'successor', path: null, why: 'unknown' },
    ]);
  });

  it('is told for both reasons where one fact has two', () => {
    const absent: FactState = { kind: 'absent' };
    const one = traceOf([fact('tag.t', { is: 'not', of: equals('a') })], change('create', { 'tag.t': absent }));
    const two = traceOf([is('tag.t', 'a')], change('create', { 'tag.t': unknown('known only after apply') }));
    expect(unknownFacts([...one, ...two, ...one]).map(({ why }) => why)).toEqual([
      'absent, which proves nothing under `not`',
      'known only after apply',
    ]);
  });
});

describe('the facts that a decision looked at', () => {
  const used = (condition: Condition, facts: Record<string, FactState>, answer?: Answer): readonly Fact[] =>
    factsOf(traceOf([condition], change('create', facts, answer)));

  it('are all of them, whatever the others say, each key once', () => {
    const condition = all(is('class', 'a'), is('type', 't'), any(doing(['create']), not(is('type', 'u'))));
    expect(used(condition, { class: value('x'), type: value('t') }).map(({ key }) => key)).toEqual(['class', 'type']);
  });

  it('hold the survivor that answers, under the name of the condition', () => {
    const survivor = (want: 'present' | 'absent', answer: Answer) => used(successor(want), {}, answer)[0];
    const from = (name: string | null) => [{ from: 'plan', name, value: null }];
    const fact = (state: FactState, sources: Fact['sources']) => ({ key: 'successor', state, sources });
    expect(survivor('present', { value: true, why: 'a.b' })).toEqual(fact(value('present'), from('a.b')));
    expect(survivor('present', { value: false, why: null })).toEqual(fact(value('absent'), from(null)));
    expect(survivor('absent', { value: true, why: null })).toEqual(fact(value('absent'), from(null)));
    expect(survivor('absent', { value: false, why: 'a.b' })).toEqual(fact(value('present'), from('a.b')));
    expect(survivor('absent', { value: 'unknown', why: 'two candidates' })).toEqual(fact(unknown('two candidates'), []));
    expect(survivor('absent', { value: 'unknown', why: null })).toEqual(fact(unknown('cannot be told'), []));
  });
});

describe('the nearest grants', () => {
  const near = (grants: readonly Grant[], facts: Record<string, FactState>, now: number | null = NOW, answer?: Answer) =>
    nearMisses(grants, change('create', facts, answer), now);
  const first = (when: Condition, facts: Record<string, FactState>, answer?: Answer) =>
    near([grant('l', when)], facts, NOW, answer)[0]?.failed;

  it('are those whose lane may cover the principal and of which something failed', () => {
    const facts = { 'who.id': value('dana'), 'who.kind': unknown('not known'), class: value('a') };
    const grants = [
      grant('others', is('class', 'b'), { who: is('who.id', 'erin') }),
      grant('own', is('class', 'b'), { who: is('who.id', 'dana') }),
      grant('perhaps', is('class', 'b'), { who: is('who.kind', 'human'), kind: 'grant' }),
      grant('holds', is('class', 'a')),
    ];
    expect(near(grants, facts)).toEqual([
      { kind: 'lane', id: 'own', at: grants[1]?.at, failed: [{ fact: 'class', is: 'a', wants: 'b', source: null }] },
      { kind: 'grant', id: 'perhaps', at: grants[2]?.at, failed: [{ fact: 'class', is: 'a', wants: 'b', source: null }] },
    ]);
  });

  it('show exactly the conditions that failed, with what speaks for it', () => {
    const atom = {
      ...change('create', {}),
      fact: (key: string): Fact => ({
        key,
        state: value(key === 'environment' ? 'production' : 'a'),
        sources: [
          { from: 'workspace', name: 'shop-prod', value: 'shop-prod' },
          { from: 'tag', name: 'environment', value: 'production' },
        ],
      }),
    };
    const when = all(is('class', 'a'), fact('environment', { is: 'not', of: equals('production') }), not(is('type', 'b')));
    expect(nearMisses([grant('l', when)], atom, NOW)[0]?.failed).toEqual([
      { fact: 'environment', is: 'production', wants: 'not production', source: 'workspace shop-prod' },
    ]);
  });

  it('say what a fact is compared with, and what that is', () => {
    const same = (key: string): Condition => fact('team', { is: 'same_as', key });
    const teams: FactState = { kind: 'members', members: new Map([['dba', true]]), open: null };
    const wants = (condition: Condition, facts: Record<string, FactState>) => first(condition, facts)?.map((one) => one.wants);
    const team = value('payments');
    expect(wants(same('who.team'), { team, 'who.team': teams })).toEqual(['same as who.team, which is dba']);
    expect(wants(same('who.team'), { team, 'who.team': unknown('nobody said who acts') })).toEqual([
      'same as who.team, which is not known',
    ]);
    expect(wants(not(same('name')), { team, name: team })).toEqual(['not same as name, which is payments']);
    const either = fact('team', {
      is: 'any',
      of: [
        { is: 'same_as', key: 'name' },
        { is: 'same_as', key: 'who.id' },
      ],
    });
    expect(wants(either, { team, name: value('shop'), 'who.id': value('dana') })).toEqual([
      'one of same as name, same as who.id, name is shop, who.id is dana',
    ]);
    expect(wants(same('attr.key'), { team, 'attr.key': value(new Sensitive('x', [])) })).toEqual([
      'same as attr.key, which is (sensitive)',
    ]);
  });

  it('of a negated condition show what must not be', () => {
    const facts = { type: value('t'), class: value('a') };
    expect(first(not(is('type', 't')), facts)).toEqual([{ fact: 'type', is: 't', wants: 'not t', source: null }]);
    expect(first(not(not(is('type', 'u'))), facts)).toEqual([{ fact: 'type', is: 't', wants: 'u', source: null }]);
    expect(first(not(any(is('type', 't'), is('class', 'b'))), facts)).toHaveLength(1);
    expect(first(not(is('type', 'u')), facts)).toBeUndefined();
    expect(first(not(is('type', 'u')), { type: unknown('not known') })).toEqual([
      { fact: 'type', is: null, wants: 'not u', source: null },
    ]);
  });

  it('of other conditions say what the change does', () => {
    expect(first(doing(['destroy', 'update']), {})).toEqual([
      { fact: 'do', is: 'create', wants: 'destroy, update', source: null },
    ]);
    expect(first(successor('present'), {}, { value: false, why: 'none like it' })).toEqual([
      { fact: 'successor', is: 'none like it', wants: 'present', source: null },
    ]);
  });

  it.each<[string, FactState, string | null]>([
    ['not known', unknown('not known'), null],
    ['absent', { kind: 'absent' }, 'absent'],
    ['a text', value('t'), 't'],
    ['a number', value(5), '5'],
    ['null', value(null), 'null'],
    ['beyond exact numbers', value(new ExactNumber('9007199254740993')), '9007199254740993'],
    ['sensitive', value(new Sensitive('digest', ['token'])), '(sensitive)'],
    ['open', value(UNKNOWN), '(known after apply)'],
    ['a list', value(['secret']), '(a structure)'],
    ['no member', { kind: 'members', members: new Map(), open: null }, 'none'],
    [
      'members',
      {
        kind: 'members',
        members: new Map<Value, true>([
          ['a', true],
          [new Sensitive('digest', []), true],
          [null, true],
        ]),
        open: null,
      },
      'a, (sensitive), null',
    ],
  ])('spell a fact that is %s', (_, state, expected) => {
    const wants: Matcher = { is: 'all', of: [equals('x'), equals('y')] };
    expect(first(fact('f', wants), { f: state })).toEqual([{ fact: 'f', is: expected, wants: 'all of x, y', source: null }]);
  });

  it('of a temporary grant say that it is over or has not begun', () => {
    const HOUR = 3_600_000;
    const told = (from: number | null, until: number | null, now: number | null = NOW) =>
      near([grant('t', ALWAYS, { kind: 'grant', span: { from, until } })], {}, now)[0]?.failed;
    const outside = (wants: string) => [{ fact: 'now', is: '2026-11-20T12:00:00Z', wants, source: null }];
    expect(told(NOW - HOUR, NOW)).toEqual(outside('before 2026-11-20T12:00:00Z'));
    expect(told(NOW - HOUR, NOW + 1)).toBeUndefined();
    expect(told(NOW, NOW + HOUR)).toBeUndefined();
    expect(told(NOW + HOUR, NOW + 2 * HOUR)).toEqual(outside('from 2026-11-20T13:00:00Z on'));
    expect(told(NOW + HOUR, null)).toEqual(outside('from 2026-11-20T13:00:00Z on'));
    expect(told(null, NOW - HOUR)).toEqual(outside('before 2026-11-20T11:00:00Z'));
    expect(told(null, null)).toBeUndefined();
    expect(told(null, 0, -HOUR)).toBeUndefined();
    expect(told(NOW + HOUR, NOW + HOUR, null)).toBeUndefined();
  });

  it('come nearest first, three at most; those as near in the order of the rules', () => {
    const facts = { class: value('a'), type: value('t'), environment: value('e'), 'attr.x': value(1), 'tag.t': value('t') };
    const over = { kind: 'grant', span: { from: null, until: NOW } } as const;
    const ids = (...grants: readonly Grant[]) => near(grants, facts).map(({ id }) => id);
    const far = is('environment', 'x');
    // Another operation, then another kind of thing, then another shape of it, then everything else.
    const another = {
      operation: grant('operation', doing(['destroy'])),
      things: grant('things', all(is('class', 'x'), is('type', 'x'))),
      class: grant('class', is('class', 'x')),
      type: grant('type', is('type', 'x')),
      shape: grant('shape', is('attr.x', 'x')),
      half: grant('half', is('replaces', 'x')),
      place: grant('place', far),
      successor: grant('successor', successor('present')),
      tag: grant('tag', is('tag.t', 'x')),
    };
    const { operation, things, class: kind, type, shape, half, place, tag } = another;
    expect(ids(operation, things, kind, shape)).toEqual(['shape', 'class', 'things']);
    expect(ids(operation, things)).toEqual(['things', 'operation']);
    expect(ids(half, shape, place)).toEqual(['place', 'half', 'shape']);
    expect(ids(type, kind, half, shape)).toEqual(['half', 'shape', 'type']);
    expect(ids(kind, type, shape, place)).toEqual(['place', 'shape', 'class']);
    expect(ids(tag, place, another.successor, operation)).toEqual(['tag', 'place', 'successor']);
    expect(ids(operation, place, place, place, place)).toEqual(['place', 'place', 'place']);
    // One for another operation may be nearer all the same, and of those as near the order decides.
    const farther = grant('farther', all(is('class', 'x'), is('class', 'x'), is('class', 'x')));
    const asFar = grant('asFar', all(is('class', 'x'), is('class', 'x'), is('attr.x', 'x'), is('attr.x', 'x')));
    expect(ids(farther, operation, place, tag)).toEqual(['place', 'tag', 'operation']);
    expect(ids(operation, asFar, place, tag)).toEqual(['place', 'tag', 'operation']);
    expect(ids(asFar, operation, place, tag)).toEqual(['place', 'tag', 'asFar']);
    expect(ids(grant('mixed', all(doing(['create', 'destroy']), far)), operation)).toEqual(['mixed', 'operation']);
    // Every condition that failed counts, and the time is one of them.
    expect(ids(grant('two', all(far, is('tag.t', 'x'))), grant('over', ALWAYS, over), grant('late', far, over))).toEqual([
      'over',
      'two',
      'late',
    ]);
    expect(ids(shape, grant('two', all(far, is('tag.t', 'x'))), place)).toEqual(['place', 'shape', 'two']);
    expect(ids(kind, grant('six', all(far, far, far, far, far)), grant('seven', all(far, far, far, far, far, far, far)))).toEqual(
      ['six', 'class', 'seven'],
    );
    expect(ids(operation, grant('much', all(...Array.from({ length: 17 }, () => far))))).toEqual(['operation', 'much']);
  });

  it('leave out a lane of which no condition can be named', () => {
    expect(near([grant('never', NEVER)], {})).toEqual([]);
  });
});
