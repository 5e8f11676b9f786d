import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideAtom } from '../../src/decide/atom.ts';
import { Decider, deciderOf } from '../../src/decide/decider.ts';
import type { Verdict } from '../../src/decide/decision.ts';
import type { DecisionContext } from '../../src/decide/view.ts';
import type { Principal } from '../../src/lanes/registry.ts';
import { LEVELS, type Ruleset, type Span } from '../../src/lanes/ruleset.ts';
import { ALWAYS, type Condition, evaluate } from '../../src/logic/condition.ts';
import type { ChangeView, FactState } from '../../src/logic/fact.ts';
import type { Kleene } from '../../src/logic/kleene.ts';
import { agentOf, emptyRuleset, human, tries } from './random.ts';
import { change, changes, contexts, doing, equals, fact, NOW, principals, rulesets, seen } from './worlds.ts';

const least = (values: readonly Kleene[]): Kleene =>
  values.includes(false) ? false : values.includes('unknown') ? 'unknown' : true;

/** lanes.md 4: from <= now < until. */
function live(span: Span | null, now: number | null): Kleene {
  const { from, until } = span ?? { from: null, until: null };
  if (now === null) return from === null && until === null ? true : 'unknown';
  return now >= (from ?? now) && now < (until ?? now + 1);
}

function tierOf(rules: Ruleset, who: Principal, view: ChangeView): Kleene {
  if (rules.tiers === null || who.kind === 'human' || who.kind === 'ci') return true;
  if (who.kind === 'unknown') return 'unknown';
  const cap = rules.tiers.get(who.tier ?? '');
  return cap === undefined ? false : evaluate(cap, view);
}

/** Every rule, one after the other, without an index and without anything remembered. */
function everyRule(rules: Ruleset, view: ChangeView, who: Principal, now: number | null) {
  const of = (rule: { who?: Condition; when: Condition; span?: Span | null }): Kleene =>
    least([live(rule.span ?? null, now), rule.who ? evaluate(rule.who, view) : true, evaluate(rule.when, view)]);
  const ceilings = rules.ceilings
    .filter((rule) => rule.enforce)
    .map((rule) => ({ rule, value: evaluate({ op: 'any', of: [{ op: 'not', of: rule.covers }, rule.may] }, view) }));
  const tier = tierOf(rules, who, view);
  const notFalse = <R extends { when: Condition }>(all: readonly R[]) =>
    all.map((rule) => ({ rule, value: of(rule) })).filter(({ value }) => value !== false);
  return {
    denies: notFalse(rules.denies),
    obligations: notFalse(rules.obligations),
    grants: notFalse(rules.grants).map(({ rule, value: own }) => {
      const over = ceilings.filter((ceiling) => LEVELS.indexOf(ceiling.rule.level) <= LEVELS.indexOf(rule.level));
      return {
        rule,
        own,
        value: least([own, tier, ...over.map(({ value }) => value)]),
        cappedBy: over.filter(({ value }) => value !== true).map((ceiling) => ceiling.rule),
        cappedByTier: tier !== true,
      };
    }),
  };
}

function concluded({ denies, grants, obligations }: ReturnType<typeof everyRule>): Verdict {
  if (denies.some(({ rule }) => rule.enforce)) return 'deny';
  if (!grants.some(({ rule, value }) => rule.enforce && value === true)) return 'deny';
  return obligations.some(({ rule }) => rule.enforce) ? 'needs-approval' : 'allow';
}

const asksForTime = (condition: Condition): boolean =>
  condition.op === 'all' || condition.op === 'any'
    ? condition.of.some(asksForTime)
    : condition.op === 'not'
      ? asksForTime(condition.of)
      : condition.op === 'fact' && condition.key === 'now';

/** report.md: `now` only when the other conditions of a rule about time were not false. */
function timeSpeaks(rules: Ruleset, view: ChangeView): boolean {
  const speaks = (rule: { who?: Condition; when: Condition; span?: Span | null }) => {
    const whole: Condition = { op: 'all', of: [...(rule.who ? [rule.who] : []), rule.when] };
    return ((rule.span ?? null) !== null || asksForTime(whole)) && evaluate(whole, view) !== false;
  };
  return [...rules.denies, ...rules.grants, ...rules.obligations].some(speaks);
}

describe('the decider', () => {
  it('says what asking every rule says, in whatever state facts are', () => {
    const seenVerdicts = new Map<Verdict, number>();
    fc.assert(
      fc.property(
        rulesets,
        principals,
        contexts,
        fc.array(changes, { minLength: 1, maxLength: 5 }),
        (rules, who, context, atoms) => {
          const decider = new Decider(rules, who, context);
          for (const atom of atoms) {
            const expected = everyRule(rules, seen(atom, who, context), who, context.now);
            const { timeSpoke, grants, ...rest } = decider.outcomes(atom);
            expect({ grants: grants.filter(({ own }) => own !== false), ...rest }).toEqual(expected);
            for (const { own, ...other } of grants)
              if (own === false) expect(other).toEqual({ rule: other.rule, value: false, cappedBy: [], cappedByTier: false });
            expect(timeSpoke).toBe(timeSpeaks(rules, seen(atom, who, context, true)));
            const verdict = concluded(expected);
            expect(decider.verdict(atom)).toBe(verdict);
            expect(decideAtom(atom, rules, who, context)).toMatchObject({ decision: { verdict }, timeSpoke });
            seenVerdicts.set(verdict, (seenVerdicts.get(verdict) ?? 0) + 1);
          }
        },
      ),
      tries(1500, 22),
    );
    expect([...seenVerdicts.keys()].sort()).toEqual(['allow', 'deny', 'needs-approval']);
  });

  const context: DecisionContext = { now: NOW, repository: null, ref: null, event: null };
  const rule = {
    id: 'r',
    at: { file: 'inlane.yaml', line: 1, column: 1 },
    level: 'org',
    why: null,
    ask: null,
    enforce: true,
  } as const;
  const lane = (when: Condition, who: Condition = { op: 'all', of: [] }): Ruleset => ({
    ...emptyRuleset(),
    grants: [{ ...rule, kind: 'lane', who, when, span: null }],
  });

  it('is kept for the same rules, principal and context, and made anew for others', () => {
    const rules = lane(doing(['create']));
    const one = deciderOf(rules, human, context);
    expect(deciderOf(rules, human, context)).toBe(one);
    expect(deciderOf({ ...rules }, human, context)).not.toBe(one);
    expect(deciderOf(rules, { ...human }, context)).not.toBe(one);
    expect(deciderOf(rules, human, { ...context })).not.toBe(one);
    expect(deciderOf(rules, human, context)).toBe(one);
  });

  it('asks a change nothing where no rule can be for the principal', () => {
    const asks = {
      ...change('create', {}),
      fact: () => {
        throw new Error('asked');
      },
    };
    const forAgents = lane(fact('class', equals('a')), fact('who.kind', equals('agent')));
    expect(new Decider(forAgents, human, context).outcomes(asks)).toEqual({
      denies: [],
      grants: [],
      obligations: [],
      timeSpoke: false,
    });
    expect(new Decider(forAgents, human, context).verdict(asks)).toBe('deny');
  });

  const decideBy = (rules: Partial<Ruleset>, facts = {}, who = human, at = context) => {
    const decider = new Decider({ ...emptyRuleset(), ...rules }, who, at);
    return decider.verdict(change('create', facts));
  };
  const everything = lane(ALWAYS);

  it('knows who acts where a rule asks for that among other things', () => {
    const either: Condition = { op: 'any', of: [fact('class', equals('a')), fact('who.kind', equals('human'))] };
    const plain = { ...rule, kind: 'lane', who: ALWAYS, when: doing(['create', 'update']), span: null } as const;
    expect(decideBy(lane(either))).toBe('allow');
    expect(decideBy(lane(either), {}, agentOf(null))).toBe('deny');
    expect(
      decideBy({ grants: [...lane(either).grants, plain], denies: [{ ...rule, kind: 'guard', when: either, span: null }] }),
    ).toBe('deny');
    const guard = (who: string): Partial<Ruleset> => ({
      ...everything,
      denies: [
        {
          ...rule,
          kind: 'guard',
          when: { op: 'any', of: [fact('type', equals('t')), fact('who.id', equals(who))] },
          span: null,
        },
      ],
    });
    const known = { type: { kind: 'value', value: 'other' } } as const;
    expect(decideBy(guard('dana'), known)).toBe('deny');
    expect(decideBy(guard('erin'), known)).toBe('allow');
  });

  it('knows who acts where a ceiling or a tier asks for that', () => {
    const ceiling = (who: string): Partial<Ruleset> => ({
      ...everything,
      ceilings: [{ ...rule, kind: 'ceiling', covers: fact('who.id', equals(who)), may: doing(['read']) }],
    });
    expect(decideBy(ceiling('dana'))).toBe('deny');
    expect(decideBy(ceiling('erin'))).toBe('allow');
    const tiers = new Map([['T0', fact('who.id', equals('bot'))]]);
    expect(decideBy({ ...everything, tiers }, {}, agentOf('T0'))).toBe('allow');
    expect(decideBy({ ...everything, tiers, ceilings: [] }, {}, { ...agentOf('T0'), id: 'other' })).toBe('deny');
  });

  it('loses no guard on an empty text after a change that holds none', () => {
    const empty = fact('attr.cidrs.*', equals(''));
    const guard = { ...rule, kind: 'guard', when: empty, span: null } as const;
    const decider = new Decider({ ...emptyRuleset(), ...everything, denies: [guard, { ...guard, id: 's' }] }, human, context);
    const cidrs = (...each: readonly string[]) =>
      change('update', { 'attr.cidrs.*': { kind: 'members', members: new Map(each.map((one) => [one, true])), open: null } });
    expect(decider.verdict(cidrs())).toBe('allow');
    expect(decider.verdict(cidrs(''))).toBe('deny');
    expect(decider.verdict(cidrs('10.0.0.0/8'))).toBe('allow');
  });

  it('takes a ceiling over its own level and those below', () => {
    const at = (of: Ruleset['grants'][number]['level'], cap: typeof of): Partial<Ruleset> => ({
      grants: everything.grants.map((one) => ({ ...one, level: of })),
      ceilings: [{ ...rule, kind: 'ceiling', level: cap, covers: ALWAYS, may: doing(['read']) }],
    });
    expect(decideBy(at('project', 'org'))).toBe('deny');
    expect(decideBy(at('project', 'project'))).toBe('deny');
    expect(decideBy(at('project', 'environment'))).toBe('allow');
  });

  it('asks for an approval only at the time that it is about', () => {
    const due = (time: number): Partial<Ruleset> => ({
      ...everything,
      obligations: [
        {
          ...rule,
          kind: 'guard',
          when: fact('now', { is: 'compare', lt: { instant: time, text: '' } }),
          approval: { from: { team: 'sre' }, count: 1, notBy: [] },
        },
      ],
    });
    expect(decideBy(due(NOW))).toBe('allow');
    expect(decideBy(due(NOW + 1))).toBe('needs-approval');
    const since: Partial<Ruleset> = {
      ...everything,
      denies: [{ ...rule, kind: 'freeze', when: ALWAYS, span: { from: null, until: 0 } }],
    };
    expect(decideBy(since, {}, human, { ...context, now: -1 })).toBe('deny');
    expect(decideBy(since, {}, human, { ...context, now: 0 })).toBe('allow');
  });

  it('asks a change only for what rules for it may need, and never for who acts', () => {
    const asked: string[] = [];
    const atom = (state: FactState) => ({
      ...change('create', {}),
      fact: (key: string) => {
        asked.push(key);
        return { key, state: key === 'class' ? state : ({ kind: 'value', value: 'x' } as const), sources: [] };
      },
    });
    const of = (name: string): Condition => ({
      op: 'all',
      of: [
        fact('who.kind', equals('human')),
        { op: 'all', of: [fact('class', equals(name)), fact(`attr.${name}`, equals('x'))] },
        doing(['create']),
      ],
    });
    const rules = { ...emptyRuleset(), grants: ['a', 'a', 'b'].flatMap((name) => lane(of(name)).grants) };
    const decider = new Decider(rules, human, context);
    const decide = (name: string) => {
      asked.length = 0;
      return [decider.verdict(atom({ kind: 'value', value: name })), ...new Set(asked)];
    };
    expect(decide('a')).toEqual(['allow', 'class', 'attr.a']);
    expect(decide('b')).toEqual(['allow', 'class', 'attr.a', 'attr.b']);
    expect(decide('c')).toEqual(['deny', 'class', 'attr.a']);
  });

  it('tells that the time spoke though a rule is over, not where it is for others', () => {
    const over = (who: string): Ruleset => ({
      ...emptyRuleset(),
      grants: [
        { ...rule, kind: 'grant', who: fact('who.id', equals(who)), when: doing(['create']), span: { from: 0, until: NOW } },
      ],
    });
    expect(new Decider(over('dana'), human, context).outcomes(change('create', {})).timeSpoke).toBe(true);
    expect(new Decider(over('erin'), human, context).outcomes(change('create', {})).timeSpoke).toBe(false);
    expect(new Decider(over('dana'), human, context).outcomes(change('destroy', {})).timeSpoke).toBe(false);
  });
});
