import { describe, expect, it } from 'vitest';
import { decideAtom, decideFor } from '../../src/decide/atom.ts';
import type { DecisionContext } from '../../src/decide/view.ts';
import type { Principal } from '../../src/lanes/registry.ts';
import type { Ceiling, Deny, Grant, Obligation, Ruleset } from '../../src/lanes/ruleset.ts';
import { ALWAYS, type Condition, NEVER } from '../../src/logic/condition.ts';
import type { FactState } from '../../src/logic/fact.ts';
import { agentOf, emptyRuleset, human } from './random.ts';
import { change, doing, equals, fact, NOW } from './worlds.ts';

/** lanes.md 4 and 5: what is told of a verdict, rule by rule, on rules that stand in a file in the order of their lines. */

const context: DecisionContext = { now: NOW, repository: null, ref: null, event: null };
const is = (key: string, one: string): Condition => fact(key, equals(one));
const all = (...of: readonly Condition[]): Condition => ({ op: 'all', of });
const rule = (line: number, id: string) => ({
  id,
  at: { file: 'inlane.yaml', line, column: 5 },
  level: 'project' as const,
  why: `why of ${id}`,
  ask: `#${id}`,
  enforce: true,
});
const lane = (line: number, id: string, when: Condition, more: Partial<Grant> = {}): Grant => ({
  ...rule(line, id),
  kind: 'lane',
  who: ALWAYS,
  when,
  span: null,
  ...more,
});
const guard = (line: number, id: string, when: Condition, more: Partial<Deny> = {}): Deny => ({
  ...rule(line, id),
  kind: 'guard',
  when,
  span: null,
  ...more,
});
const review = (line: number, id: string, when: Condition, more: Partial<Obligation> = {}): Obligation => ({
  ...rule(line, id),
  kind: 'guard',
  when,
  approval: { from: { team: id }, count: line, notBy: [] },
  ...more,
});
const ceiling = (line: number, id: string, may: Condition, more: Partial<Ceiling> = {}): Ceiling => ({
  ...rule(line, id),
  kind: 'ceiling',
  covers: ALWAYS,
  may,
  ...more,
});

const FACTS: Record<string, FactState> = {
  class: { kind: 'members', members: new Map([['database', true]]), open: null },
  environment: { kind: 'value', value: 'production' },
  name: { kind: 'value', value: 'orders' },
  type: { kind: 'value', value: 'acme_db' },
  region: { kind: 'unknown', why: 'no source speaks', path: null },
  account: { kind: 'unknown', why: 'pass --account', path: 'provider.aws' },
};
const DB = is('class', 'database');
const PROD = is('environment', 'production');
const REGION = is('region', 'eu');
const ACCOUNT = is('account', '1');

const decide = (rules: Partial<Ruleset>, who: Principal = human, at: DecisionContext = context) =>
  decideAtom(change('update', FACTS), { ...emptyRuleset(), ...rules }, who, at).decision;

/** Verdict, then `kind id` of each reason; `?` before one that is only observed. */
function told(rules: Partial<Ruleset>, who?: Principal, at?: DecisionContext): readonly string[] {
  const { verdict, because } = decide(rules, who, at);
  return [verdict, ...because.map(({ kind, id, observed }) => `${observed ? '?' : ''}${kind}${id === null ? '' : ` ${id}`}`)];
}
const keys = ({ facts }: { facts: readonly { fact: { key: string } }[] }) => facts.map(({ fact: { key } }) => key);

describe('the reasons of a denial', () => {
  it('are all rules that deny for certain, by their place, those that may not', () => {
    const denies = [
      guard(9, 'late', PROD),
      guard(3, 'early', DB, { kind: 'freeze', span: { from: null, until: NOW + 1 } }),
      guard(4, 'perhaps', REGION),
      guard(5, 'other', is('environment', 'development')),
    ];
    const decision = decide({ denies, grants: [lane(1, 'l', ALWAYS)] });
    expect(decision.verdict).toBe('deny');
    expect(decision.because).toEqual([
      { kind: 'freeze', id: 'early', at: denies[1]?.at, why: 'why of early', ask: '#early', observed: false, until: NOW + 1 },
      { kind: 'guard', id: 'late', at: denies[0]?.at, why: 'why of late', ask: '#late', observed: false },
    ]);
    expect(decision).toMatchObject({ unknown: [], nearest: [], approvals: [], as: null, operation: 'update', side: 'after' });
    expect(keys(decision).sort()).toEqual(['class', 'environment']);
  });

  it('name no fact that is not known where a rule denies whatever that fact is', () => {
    const guards = [guard(1, 'g', { op: 'any', of: [REGION, PROD] })];
    expect(told({ denies: guards })).toEqual(['deny', 'guard g']);
    expect(decide({ denies: guards }).unknown).toEqual([]);
  });

  it('are what cannot be told where no rule denies for certain', () => {
    const denies = [guard(2, 'a', all(PROD, REGION)), guard(1, 'b', ACCOUNT), guard(3, 'c', NEVER)];
    const decision = decide({ denies, grants: [lane(9, 'l', ALWAYS)] });
    expect(told({ denies, grants: [lane(9, 'l', ALWAYS)] })).toEqual(['deny', 'unknown b', 'unknown a']);
    expect(decision.unknown).toEqual([
      { fact: 'region', path: null, why: 'no source speaks' },
      { fact: 'account', path: 'provider.aws', why: 'pass --account' },
    ]);
    expect(keys(decision)).toEqual(['environment', 'region', 'account', 'class']);
  });

  it('of a freeze at a time that is not given is unknown', () => {
    const denies = [guard(1, 'f', PROD, { kind: 'freeze', span: { from: 0, until: 1 } })];
    expect(told({ denies }, human, { ...context, now: null })).toEqual(['deny', 'unknown f']);
    expect(told({ denies })).toEqual(['deny', 'no-lane']);
  });

  it('hold no rule that only watches, except as that', () => {
    const denies = [
      guard(5, 'g', PROD),
      guard(2, 'seen', DB, { enforce: false }),
      guard(3, 'perhaps', REGION, { enforce: false }),
    ];
    const obligations = [review(1, 'o', PROD, { enforce: false }), review(4, 'p', PROD)];
    const grants = [lane(9, 'l', ALWAYS)];
    expect(told({ denies, obligations, grants })).toEqual(['deny', '?guard o', '?guard seen', '?guard perhaps', 'guard g']);
    expect(told({ denies: denies.slice(1), obligations, grants })).toEqual([
      'needs-approval',
      '?guard o',
      '?guard seen',
      '?guard perhaps',
      'guard p',
      'lane l',
    ]);
    expect(told({ denies: denies.slice(1) })).toEqual(['deny', '?guard seen', '?guard perhaps', 'no-lane']);
  });

  it('where no lane grants: none, with the nearest and the facts that those ask for', () => {
    const grants = [
      lane(1, 'dev', is('environment', 'development')),
      lane(2, 'queues', is('class', 'queue')),
      lane(3, 'far', all(doing(['destroy']), is('type', 't'))),
      lane(4, 'others', REGION, { who: is('who.id', 'erin') }),
    ];
    const decision = decide({ grants });
    expect(decision.because).toEqual([{ kind: 'no-lane', id: null, at: null, why: null, ask: null, observed: false }]);
    expect(decision.nearest.map(({ id }) => id)).toEqual(['dev', 'queues', 'far']);
    expect(keys(decision)).toEqual(['environment', 'class', 'type']);
    expect(decision.unknown).toEqual([]);
    const more = decide({ grants: [lane(8, 'farther', all(doing(['destroy']), doing(['create']), is('name', 'n'))), ...grants] });
    expect(keys(more)).toEqual(['environment', 'class', 'type']);
  });

  it('where only lanes that watch grant: none', () => {
    expect(told({ grants: [lane(1, 'l', ALWAYS, { enforce: false })] })).toEqual(['deny', 'no-lane']);
    expect(told({ grants: [lane(1, 'l', REGION, { enforce: false })] })).toEqual(['deny', 'no-lane']);
  });

  it('where a lane may grant: that lane, with all that keeps it open', () => {
    const grants = [lane(1, 'a', all(PROD, REGION)), lane(2, 'b', is('class', 'queue')), lane(3, 'c', ALWAYS, { who: ACCOUNT })];
    expect(told({ grants })).toEqual(['deny', 'unknown a', 'unknown c']);
    const decision = decide({ grants });
    expect(decision.unknown.map(({ fact }) => fact)).toEqual(['region', 'account']);
    expect(keys(decision)).toEqual(['environment', 'region', 'account', 'class']);
    expect(decision.nearest.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('where a ceiling may cap what a lane grants: the lane, with what the ceiling asks', () => {
    const ceilings = [
      ceiling(1, 'open', ACCOUNT, { covers: REGION }),
      ceiling(2, 'fine', is('type', 'u'), { covers: is('class', 'queue') }),
    ];
    const decision = decide({ grants: [lane(9, 'l', PROD)], ceilings });
    expect(decision.because.map(({ kind, id }) => [kind, id])).toEqual([['unknown', 'l']]);
    expect(decision.unknown.map(({ fact }) => fact)).toEqual(['region', 'account']);
    expect(keys(decision)).toEqual(['environment', 'region', 'account', 'class']);
  });

  it('where ceilings cap what lanes grant: each ceiling once, by its place', () => {
    const ceilings = [
      ceiling(3, 'no', is('type', 'acme_queue')),
      ceiling(2, 'neither', NEVER),
      ceiling(1, 'yes', PROD),
      ceiling(4, 'below', NEVER, { level: 'component' }),
      ceiling(5, 'watching', NEVER, { enforce: false }),
      ceiling(6, 'others', NEVER, { covers: is('class', 'queue') }),
    ];
    const grants = [
      lane(8, 'l', PROD),
      lane(9, 'm', DB),
      lane(7, 'not', is('class', 'queue')),
      lane(6, 'w', DB, { enforce: false }),
    ];
    const decision = decide({ grants, ceilings });
    expect(decision.because).toEqual(
      [ceilings[1], ceilings[0]].map((one) => ({
        kind: 'ceiling',
        id: one?.id,
        at: one?.at,
        why: one?.why,
        ask: one?.ask,
        observed: false,
      })),
    );
    expect(keys(decision)).toEqual(['environment', 'class', 'type']);
    expect(decision.nearest.map(({ id }) => id)).toEqual(['not']);
    expect(told({ grants, ceilings: [ceilings[2], ceilings[3]] as Ceiling[] })).toEqual(['allow', 'lane l', 'lane m']);
    expect(told({ grants: [lane(9, 'deep', PROD, { level: 'component' })], ceilings: [ceilings[3]] as Ceiling[] })).toEqual([
      'deny',
      'ceiling below',
    ]);
  });

  it('hold no ceiling over a lane that does not hold, nor over one that may', () => {
    expect(told({ grants: [lane(1, 'l', REGION)], ceilings: [ceiling(2, 'c', NEVER)] })).toEqual(['deny', 'no-lane']);
    expect(told({ grants: [lane(1, 'l', REGION)], tiers: new Map() }, agentOf('T0'))).toEqual(['deny', 'no-lane']);
    expect(told({ grants: [lane(1, 'l', is('class', 'queue'))], ceilings: [ceiling(2, 'c', NEVER)] })).toEqual([
      'deny',
      'no-lane',
    ]);
  });

  it('are what a tier takes from an agent, after what ceilings do', () => {
    const grants = [lane(1, 'l', PROD)];
    const tiers = new Map([
      ['T0', is('class', 'queue')],
      ['T1', REGION],
      ['T2', PROD],
    ]);
    const capped = { grants, tiers };
    expect(told(capped, agentOf('T2'))).toEqual(['allow', 'lane l']);
    expect(told(capped, human)).toEqual(['allow', 'lane l']);
    expect(told(capped, agentOf('T0'))).toEqual(['deny', 'tier T0']);
    expect(told(capped, agentOf('T9'))).toEqual(['deny', 'tier T9']);
    expect(told(capped, agentOf(null))).toEqual(['deny', 'tier']);
    expect(told(capped, agentOf('unknown'))).toEqual(['deny', 'tier']);
    expect(told({ grants, tiers: new Map([['unknown', ALWAYS]]) }, agentOf('unknown'))).toEqual(['deny', 'tier']);
    expect(told({ ...capped, ceilings: [ceiling(2, 'c', NEVER)] }, agentOf('T0'))).toEqual(['deny', 'ceiling c', 'tier T0']);
    expect(told({ tiers, grants: [lane(1, 'l', NEVER)] }, agentOf('T0'))).toEqual(['deny', 'no-lane']);
    expect(decide(capped, agentOf('T0')).because[0]).toEqual({
      kind: 'tier',
      id: 'T0',
      at: null,
      why: null,
      ask: null,
      observed: false,
    });
    const open = decide(capped, agentOf('T1'));
    expect(open.because.map(({ kind, id }) => [kind, id])).toEqual([['unknown', 'l']]);
    expect(open.unknown.map(({ fact }) => fact)).toEqual(['region']);
    expect(keys(open)).toEqual(['environment', 'who.kind', 'region', 'class']);
    const nobody: Principal = { ...human, id: 'anonymous', kind: 'unknown', teams: 'unknown', tier: 'unknown', owner: 'unknown' };
    expect(told(capped, nobody)).toEqual(['deny', 'unknown l']);
    expect(decide(capped, nobody).unknown.map(({ fact }) => fact)).toEqual(['who.kind']);
    expect(decide({ grants: [lane(1, 'l', REGION)] }, nobody).unknown.map(({ fact }) => fact)).toEqual(['region']);
  });
});

describe('the reasons of an allow and of an approval', () => {
  it('are all lanes that grant, with when a temporary one ends', () => {
    const grants = [
      lane(4, 'temporary', DB, { kind: 'grant', span: { from: 0, until: NOW + 1 } }),
      lane(2, 'l', all(PROD, { op: 'any', of: [DB, REGION] })),
      lane(1, 'perhaps', REGION),
      lane(3, 'watching', ALWAYS, { enforce: false }),
      lane(5, 'begun', DB, { kind: 'grant', span: { from: NOW, until: null } }),
    ];
    const decision = decide({ grants });
    expect(told({ grants })).toEqual(['allow', 'lane l', 'grant temporary', 'grant begun']);
    expect(decision.because.map((reason) => reason.until)).toEqual([undefined, NOW + 1, undefined]);
    expect(decision.because.map((reason) => 'until' in reason)).toEqual([false, true, false]);
    expect(decision.unknown).toEqual([]);
    expect(decision.nearest).toEqual([]);
    expect(keys(decision)).toEqual(['class', 'environment', 'region']);
    expect(decision.facts.every(({ side }) => side === 'after')).toBe(true);
  });

  it('are all obligations that are not false, then told as guards, with what is due', () => {
    const obligations = [review(3, 'b', REGION), review(1, 'a', PROD), review(2, 'not', is('class', 'queue'))];
    const decision = decide({ grants: [lane(2, 'l', DB)], obligations });
    expect(told({ grants: [lane(2, 'l', DB)], obligations })).toEqual(['needs-approval', 'guard a', 'lane l', 'guard b']);
    expect(decision.approvals).toEqual(
      [obligations[0], obligations[1]].map((o) => ({ id: o?.id, at: o?.at, approval: o?.approval })),
    );
    expect(decision.unknown).toEqual([{ fact: 'region', path: null, why: 'no source speaks' }]);
    expect(keys(decision)).toEqual(['region', 'environment', 'class']);
  });

  it('are sorted by file, then by position, those without a place last', () => {
    const at = (file: string, line: number, column: number) => ({ at: { file, line, column } });
    const grants = [
      lane(0, 'd', PROD, at('b.yaml', 1, 1)),
      lane(0, 'c', PROD, at('a.yaml', 3, 1)),
      lane(0, 'b', PROD, at('a.yaml', 2, 7)),
      lane(0, 'a', PROD, at('a.yaml', 2, 3)),
    ];
    expect(told({ grants })).toEqual(['allow', 'lane a', 'lane b', 'lane c', 'lane d']);
    const seen = guard(9, 'seen', PROD, { enforce: false });
    expect(told({ grants, denies: [seen], tiers: new Map() }, agentOf(null))).toEqual(['deny', '?guard seen', 'tier']);
  });

  it('carry what the change says of itself', () => {
    const atom = { ...change('destroy', FACTS), side: 'before' as const, subject: 'a.b', because: 'lock removed' };
    const rules = { ...emptyRuleset(), grants: [lane(1, 'l', PROD)] };
    expect(decideAtom(atom, rules, human, context).decision).toMatchObject({
      operation: 'destroy',
      side: 'before',
      subject: 'a.b',
      note: 'lock removed',
      facts: [{ side: 'before' }],
    });
  });
});

describe('acting for a person', () => {
  const dana: Principal = { ...human, id: 'dana' };
  const bot = agentOf('T0');
  const who = (id: string): Condition => is('who.id', id);
  const decideBoth = (rules: Partial<Ruleset>, principals: readonly [Principal, ...Principal[]] = [bot, dana]) =>
    decideFor(change('update', FACTS), { ...emptyRuleset(), ...rules }, principals, context);
  const both = (rules: Partial<Ruleset>, principals?: readonly [Principal, ...Principal[]]) => {
    const { verdict, as, because, approvals } = decideBoth(rules, principals).decision;
    return [verdict, as, because.map(({ id }) => id).join(' '), approvals.map(({ id }) => id).join(' ')];
  };
  const l = lane(1, 'l', PROD);
  const mine = review(2, 'mine', who('bot'));
  const theirs = review(3, 'theirs', who('dana'));
  const common = review(4, 'common', PROD);

  it('the stricter result stands, as whom it was made', () => {
    expect(both({ grants: [l] })).toEqual(['allow', null, 'l', '']);
    expect(both({ grants: [l], denies: [guard(2, 'g', who('dana'))] })).toEqual(['deny', 'dana', 'g', '']);
    expect(both({ grants: [l], denies: [guard(2, 'g', who('bot'))] })).toEqual(['deny', null, 'g', '']);
    expect(both({ grants: [l], denies: [guard(2, 'g', PROD)] })).toEqual(['deny', null, 'g', '']);
    expect(both({ grants: [l], obligations: [mine] })).toEqual(['needs-approval', null, 'l mine', 'mine']);
    expect(both({ grants: [l], obligations: [theirs] })).toEqual(['needs-approval', 'dana', 'l theirs', 'theirs']);
    expect(both({ grants: [l], obligations: [theirs], denies: [guard(2, 'g', who('bot'))] })).toEqual(['deny', null, 'g', '']);
  });

  it('what each of them needs approved is due, each once', () => {
    expect(both({ grants: [l], obligations: [mine, theirs, common] })).toEqual([
      'needs-approval',
      null,
      'l mine common theirs',
      'mine common theirs',
    ]);
    expect(both({ grants: [l], obligations: [common] })).toEqual(['needs-approval', null, 'l common', 'common']);
  });

  it('the time spoke where it did for either', () => {
    const timed = (id: string) => ({ denies: [guard(2, 'f', who(id), { span: { from: 0, until: 1 } })] });
    expect(decideBoth(timed('bot')).timeSpoke).toBe(true);
    expect(decideBoth(timed('dana')).timeSpoke).toBe(true);
    expect(decideBoth(timed('erin')).timeSpoke).toBe(false);
    expect(decideBoth(timed('dana'), [bot]).timeSpoke).toBe(false);
  });
});
