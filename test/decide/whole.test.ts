import { describe, expect, it } from 'vitest';
import type { AtomicChange, ClassifiedChange } from '../../src/classify/model.ts';
import type { AtomDecision, Reason } from '../../src/decide/decision.ts';
import type { DecideInput } from '../../src/decide/input.ts';
import { decidePlan, errorText, worst } from '../../src/decide/plan.ts';
import type { Deny, PartialState, Quota, Ruleset } from '../../src/lanes/ruleset.ts';
import { ALWAYS, type Condition, NEVER } from '../../src/logic/condition.ts';
import type { FactState, Operation } from '../../src/logic/fact.ts';
import { agentOf, emptyRuleset, human } from './random.ts';
import { change, equals, fact, NOW } from './worlds.ts';

/** What decides a plan besides its atomic changes, on rows and rules put together by hand (lanes.md 4, report.md). */

const is = (key: string, one: string): Condition => fact(key, equals(one));
const rule = (line: number, id: string) => ({
  id,
  at: { file: 'inlane.yaml', line, column: 5 },
  level: 'org' as const,
  why: null,
  ask: `#${id}`,
  enforce: true,
});
const ALL: Partial<Ruleset> = { grants: [{ ...rule(1, 'all'), kind: 'lane', who: ALWAYS, when: ALWAYS, span: null }] };
const deny = (line: number, id: string, when: Condition, more: Partial<Deny> = {}): Deny => ({
  ...rule(line, id),
  kind: 'guard',
  when,
  span: null,
  ...more,
});

const atom = (operation: Operation, facts: Record<string, FactState> = {}): AtomicChange => change(operation, facts);
const row = (atoms: readonly AtomicChange[], more: Partial<ClassifiedChange> = {}): ClassifiedChange =>
  ({
    change: { mode: 'managed', before: null, deferred: null },
    atoms,
    faults: [],
    failure: null,
    ...more,
  }) as unknown as ClassifiedChange;

interface World {
  readonly rules?: Partial<Ruleset>;
  readonly rows?: readonly ClassifiedChange[];
  readonly plan?: Readonly<Record<string, unknown>>;
  readonly ran?: Readonly<Record<string, AtomicChange>>;
  readonly others?: DecideInput['verdictsOfOthers'];
  readonly principals?: DecideInput['principals'];
}

const decide = ({ rules = ALL, rows = [], plan = {}, ran = {}, others = new Map(), principals = [human] }: World) =>
  decidePlan({
    plan: {
      plan: { errored: false, complete: null, configuration: { present: true }, prior: [{}], ...plan } as never,
      ranAtPlan: Object.entries(ran).map(([address, one]) => ({ block: { address } as never, atom: one })),
    },
    rows,
    ruleset: { ...emptyRuleset(), ...rules },
    principals,
    context: { now: NOW, repository: null, ref: 'main', event: null },
    verdictsOfOthers: others,
  });

const kinds = (decision: AtomDecision | undefined) => decision?.because.map(({ kind, why }) => `${kind} ${why}`);
const whole = {
  operation: null,
  side: null,
  subject: null,
  as: null,
  unknown: [],
  nearest: [],
  approvals: [],
  facts: [],
  note: null,
};

describe('the worst of verdicts', () => {
  it('is that of the strictest, and allow of none', () => {
    expect(worst([])).toBe('allow');
    expect(worst(['allow', 'allow'])).toBe('allow');
    expect(worst(['allow', 'needs-approval', 'allow'])).toBe('needs-approval');
    expect(worst(['needs-approval', 'deny', 'allow'])).toBe('deny');
  });
});

describe('a row', () => {
  it('passes when all its changes do, and so does a plan of no rows', () => {
    expect(decide({})).toEqual({ rows: [], verdict: 'allow', because: [], quotas: [], ranAtPlan: [], timeSpoke: false });
    const rules = { ...ALL, denies: [deny(2, 'g', is('class', 'a'))] };
    const denied = atom('create', { class: { kind: 'value', value: 'a' } });
    const fine = atom('create', { class: { kind: 'value', value: 'b' } });
    const { rows, verdict } = decide({ rules, rows: [row([fine, denied]), row([fine]), row([])] });
    expect(rows.map((each) => each.verdict)).toEqual(['deny', 'allow', 'allow']);
    expect(rows.map((each) => each.decisions.length)).toEqual([2, 1, 0]);
    expect(verdict).toBe('deny');
    expect(decide({ rules, rows: [row([fine])] }).verdict).toBe('allow');
  });

  it('that could not be classified is denied before anything else', () => {
    const { rows } = decide({ rows: [row([atom('create')], { failure: 'RangeError', faults: ['no `change`', 'no action'] })] });
    expect(rows[0]?.verdict).toBe('deny');
    expect(rows[0]?.decisions.map(kinds)).toEqual([['error RangeError'], ['plan no `change`', 'plan no action'], ['lane null']]);
    expect(rows[0]?.decisions[0]).toEqual({
      ...whole,
      verdict: 'deny',
      because: [{ kind: 'error', id: null, at: null, why: 'RangeError', ask: null, observed: false }],
    });
  });

  const finding = (observed: boolean): Reason => ({ kind: 'tag', id: 'tag-missing', at: null, why: null, ask: null, observed });
  it.each<[string, readonly boolean[], string]>([
    ['is denied by the findings of others', [false], 'deny'],
    ['is denied by one of them', [true, false], 'deny'],
    ['is not denied by those that only watch', [true, true], 'allow'],
  ])('%s', (_, observed, verdict) => {
    const one = row([atom('create')]);
    const reasons = observed.map(finding);
    const { rows } = decide({ rows: [one, row([])], others: new Map([[one, reasons]]) });
    expect(rows.map((each) => each.verdict)).toEqual([verdict, 'allow']);
    expect(rows[0]?.decisions[1]).toEqual({ ...whole, verdict, because: reasons });
  });

  it('of whose rules one throws is denied by the kind of error, with what it does', () => {
    const broken = {
      ...atom('destroy'),
      side: 'before' as const,
      fact: () => {
        throw new TypeError('PLANTED');
      },
    };
    const rules = { ...ALL, denies: [deny(2, 'g', is('class', 'a'))] };
    const { rows, verdict } = decide({ rules, rows: [row([broken])] });
    expect(verdict).toBe('deny');
    expect(rows[0]?.decisions).toEqual([
      {
        ...whole,
        operation: 'destroy',
        side: 'before',
        verdict: 'deny',
        because: [{ kind: 'error', id: null, at: null, why: 'TypeError while deciding', ask: null, observed: false }],
      },
    ]);
    expect(errorText('PLANTED')).toBe('unknown error while deciding');
  });

  it('says whether the time spoke', () => {
    const freeze = (when: Condition) => ({
      ...ALL,
      denies: [deny(2, 'f', when, { kind: 'freeze', span: { from: 0, until: 1 } })],
    });
    expect(decide({ rules: freeze(ALWAYS), rows: [row([atom('create')])] }).timeSpoke).toBe(true);
    expect(decide({ rules: freeze(NEVER), rows: [row([atom('create')])] }).timeSpoke).toBe(false);
    expect(decide({ rules: freeze(ALWAYS), ran: { 'data.http.x': atom('invoke') } }).timeSpoke).toBe(true);
  });
});

describe('a plan that is not whole', () => {
  const partial = (who: Condition, ...states: readonly PartialState[]) => ({
    ...ALL,
    partial: [{ lane: 'all', at: rule(1, 'all').at, who, states: new Set(states) }],
  });
  const DEFERRED = row([], { change: { mode: 'managed', before: null, deferred: 'unknown' } } as never);
  const states = (world: World) => {
    const { verdict, because } = decide(world);
    expect(because.every(({ kind, observed }) => kind === 'plan' && !observed)).toBe(true);
    return [verdict, ...because.map(({ id }) => id)];
  };

  it.each<[string, World, readonly string[]]>([
    ['complete', { plan: { complete: true } }, ['allow']],
    ['that does not say', { plan: { complete: null } }, ['allow']],
    ['incomplete', { plan: { complete: false } }, ['deny', 'incomplete']],
    ['errored, incomplete by that', { plan: { complete: false, errored: true } }, ['deny', 'errored']],
    ['deferred, incomplete by that', { plan: { complete: false }, rows: [row([]), DEFERRED] }, ['deny', 'deferred']],
    ['errored and deferred', { plan: { errored: true }, rows: [DEFERRED] }, ['deny', 'errored', 'deferred']],
  ])('%s', (_, world, expected) => {
    expect(states(world)).toEqual(expected);
  });

  it('passes where a lane that covers everybody concerned lists its state', () => {
    const plan = { complete: false };
    expect(states({ plan, rules: partial(ALWAYS, 'incomplete') })).toEqual(['allow']);
    expect(states({ plan, rules: partial(ALWAYS, 'errored', 'deferred') })).toEqual(['deny', 'incomplete']);
    expect(states({ plan, rules: partial(NEVER, 'incomplete') })).toEqual(['deny', 'incomplete']);
    const people = partial(is('who.kind', 'human'), 'incomplete');
    expect(states({ plan, rules: people })).toEqual(['allow']);
    expect(states({ plan, rules: people, principals: [agentOf(null)] })).toEqual(['deny', 'incomplete']);
    expect(states({ plan, rules: people, principals: [agentOf(null), human] })).toEqual(['deny', 'incomplete']);
    expect(states({ plan, rules: people, principals: [human, { ...human, kind: 'unknown' }] })).toEqual(['deny', 'incomplete']);
    expect(states({ plan, rules: partial(is('ref', 'main'), 'incomplete') })).toEqual(['allow']);
    expect(states({ plan, rules: partial(is('class', 'a'), 'incomplete') })).toEqual(['deny', 'incomplete']);
    expect(states({ plan: { complete: false, errored: true }, rows: [DEFERRED], rules: partial(ALWAYS, 'errored') })).toEqual([
      'deny',
      'deferred',
    ]);
  });

  it('asks of a lane only who acts: nothing of a change is known', () => {
    const plan = { complete: false };
    const changes: Condition = { op: 'changes', how: 'any', paths: [], text: '' };
    expect(states({ plan, rules: partial(changes, 'incomplete') })).toEqual(['deny', 'incomplete']);
    const successor: Condition = { op: 'successor', test: { want: 'present', same: [], anyType: false } };
    expect(states({ plan, rules: partial(successor, 'incomplete') })).toEqual(['deny', 'incomplete']);
    expect(states({ plan, rules: partial({ op: 'not', of: successor }, 'incomplete') })).toEqual(['deny', 'incomplete']);
  });

  const existing = (mode: string, before: unknown) => row([], { change: { mode, before, deferred: null } } as never);
  it.each<[string, World, readonly string[]]>([
    ['has no configuration', { plan: { configuration: { present: false } } }, ['configuration']],
    ['has no state though objects exist', { plan: { prior: [] }, rows: [existing('managed', {})] }, ['prior_state']],
    [
      'has neither',
      { plan: { prior: [], configuration: { present: false } }, rows: [row([]), existing('managed', {})] },
      ['configuration', 'prior_state'],
    ],
    ['has no state where nothing exists', { plan: { prior: [] }, rows: [existing('managed', null), existing('data', {})] }, []],
    ['has state of what exists', { rows: [existing('managed', {})] }, []],
  ])('is trimmed where it %s', (_, world, sections) => {
    const { verdict, because } = decide(world);
    expect(verdict).toBe(sections.length > 0 ? 'deny' : 'allow');
    expect(because.map(({ kind, id, why }) => [kind, id, why?.match(/`(\w+)`/)?.[1]])).toEqual(
      sections.map((section) => ['plan', 'trimmed', section]),
    );
  });
});

describe('code that ran while the plan was made', () => {
  const ran = { 'data.http.a': atom('invoke'), 'data.http.b': atom('invoke', { class: { kind: 'value', value: 'a' } }) };
  it('is decided like a change, and denies the plan by its address', () => {
    const rules = { ...ALL, denies: [deny(2, 'g', is('class', 'a'))] };
    const decision = decide({
      rules,
      ran: { 'data.http.a': ran['data.http.b'], 'data.http.b': atom('invoke', { class: { kind: 'absent' } }) },
    });
    expect(decision.verdict).toBe('deny');
    expect(decision.ranAtPlan).toEqual([
      {
        address: 'data.http.a',
        verdict: 'deny',
        because: [
          {
            kind: 'guard',
            id: 'g',
            at: rule(2, 'g').at,
            why: '`data.http.a` ran while the plan was made',
            ask: '#g',
            observed: false,
          },
        ],
      },
      { address: 'data.http.b', verdict: 'allow', because: [] },
    ]);
    expect(decision.because).toEqual(decision.ranAtPlan[0]?.because);
  });

  it('keeps why a rule denies', () => {
    const rules = { ...ALL, denies: [deny(2, 'g', ALWAYS, { why: 'no code' })] };
    expect(decide({ rules, ran: { 'data.http.a': atom('invoke') } }).because[0]?.why).toBe(
      '`data.http.a` ran while the plan was made: no code',
    );
  });

  it('denies where it may need an approval: nobody can be asked any more', () => {
    const approval = { from: { team: 'sre' }, count: 1, notBy: [] };
    const rules = { ...ALL, obligations: [{ ...rule(2, 'r'), kind: 'guard' as const, when: ALWAYS, approval }] };
    const decision = decide({ rules, ran: { 'data.http.a': atom('invoke') } });
    expect(decision.ranAtPlan[0]?.verdict).toBe('needs-approval');
    expect(decision.verdict).toBe('deny');
  });
});

describe('quotas', () => {
  const quota = (limits: Partial<Record<Operation | 'any', number>>, more: Partial<Quota> = {}): Quota => ({
    ...rule(7, 'q'),
    kind: 'quota',
    when: ALWAYS,
    limits: new Map(Object.entries(limits) as [Operation | 'any', number][]),
    ...more,
  });
  const withQuotas = (quotas: readonly Quota[], rows: readonly ClassifiedChange[], more: World = {}) =>
    decide({ rules: { ...ALL, quotas }, rows, ...more });
  const counted = (decision: ReturnType<typeof decide>) =>
    decision.quotas.map((each) => `${each.id} ${each.verdict} ${[...each.counted].join(' ')}`);
  const destroys = (count: number) => Array.from({ length: count }, () => row([atom('destroy')]));

  it('at their limit pass, one above deny, and say what is over', () => {
    const q = quota({ destroy: 2, any: 2, create: 5 });
    expect(withQuotas([q], destroys(2))).toMatchObject({ verdict: 'allow', because: [] });
    expect(counted(withQuotas([q], destroys(2)))).toEqual(['q allow destroy,2 any,2 create,0']);
    const over = withQuotas([q], destroys(3));
    expect(over.verdict).toBe('deny');
    expect(over.quotas).toEqual([
      { id: 'q', at: q.at, counted: over.quotas[0]?.counted, limit: q.limits, verdict: 'deny', enforce: true },
    ]);
    expect(over.because).toEqual([
      {
        kind: 'quota',
        id: 'q',
        at: q.at,
        why: '3 x destroy, at most 2 a plan; 3 x any operation, at most 2 a plan',
        ask: null,
        observed: false,
      },
    ]);
  });

  it('say only what is over', () => {
    expect(withQuotas([quota({ destroy: 1, any: 2 })], destroys(2)).because[0]?.why).toBe('2 x destroy, at most 1 a plan');
  });

  it('count an operation of a row once, whatever it stands on', () => {
    const rows = [row([atom('update'), atom('update'), atom('reclassify'), atom('destroy')]), row([atom('update')])];
    expect(counted(withQuotas([quota({ update: 9, any: 9 })], rows))).toEqual(['q allow update,2 any,4']);
  });

  it('of nothing allow nothing, and say nothing where nothing counts', () => {
    expect(counted(withQuotas([quota({ destroy: 0 })], destroys(1)))).toEqual(['q deny destroy,1']);
    expect(counted(withQuotas([quota({ destroy: 0 })], []))).toEqual([]);
    expect(counted(withQuotas([quota({ destroy: 0 }, { when: NEVER })], destroys(1)))).toEqual([]);
    expect(counted(withQuotas([quota({ create: 0 })], destroys(1)))).toEqual(['q allow create,0']);
  });

  it('that only watch do not deny', () => {
    const { verdict, because } = withQuotas([quota({ destroy: 0 }, { enforce: false })], destroys(1));
    expect(verdict).toBe('allow');
    expect(because.map(({ id, observed }) => [id, observed])).toEqual([['q', true]]);
    const both = withQuotas([quota({ destroy: 0 }, { enforce: false }), quota({ any: 0 }, { id: 'r' })], destroys(1));
    expect(both.verdict).toBe('deny');
  });

  it('count what concerns the one who acts or the one acted for, known or not', () => {
    const people = quota({ destroy: 0 }, { when: is('who.kind', 'human') });
    expect(counted(withQuotas([people], destroys(1), { principals: [agentOf(null)] }))).toEqual([]);
    expect(counted(withQuotas([people], destroys(1), { principals: [agentOf(null), human] }))).toEqual(['q deny destroy,1']);
    expect(counted(withQuotas([people], destroys(1), { principals: [human, agentOf(null)] }))).toEqual(['q deny destroy,1']);
    const unknown = quota({ destroy: 0 }, { when: is('class', 'a') });
    expect(counted(withQuotas([unknown], destroys(1)))).toEqual(['q deny destroy,1']);
  });
});
