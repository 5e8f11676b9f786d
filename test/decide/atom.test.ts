import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideAtom } from '../../src/decide/atom.ts';
import { Decider } from '../../src/decide/decider.ts';
import type { Verdict } from '../../src/decide/decision.ts';
import type { Principal } from '../../src/lanes/registry.ts';
import type { Ruleset, Span } from '../../src/lanes/ruleset.ts';
import { LEVELS } from '../../src/lanes/ruleset.ts';
import type { Condition } from '../../src/logic/condition.ts';
import { agentOf, atomIn, human, rulesets, tries, type World, worlds } from './random.ts';

const NOW = 10;
const context = { now: NOW, repository: null, ref: null, event: null };

/** A naive reference evaluator of lanes.md 4 in numbers: 0 false, 1 unknown, 2 true. It shares no code with src/. */
function naive(rules: Ruleset, world: World, who: Principal): Verdict {
  const val = (c: Condition): number => {
    if (c.op === 'all') return Math.min(2, ...c.of.map(val));
    if (c.op === 'any') return Math.max(0, ...c.of.map(val));
    if (c.op === 'not') return 2 - val(c.of);
    if (c.op !== 'fact') throw new Error('not generated');
    const fact = world[c.key as 'a'];
    return fact === 'unknown' ? 1 : fact ? 2 : 0;
  };
  const live = (span: Span | null) => (span === null || ((span.from ?? -1) <= NOW && NOW < (span.until ?? 99)) ? 2 : 0);
  const D = Math.max(0, ...rules.denies.filter((d) => d.enforce).map((d) => Math.min(val(d.when), live(d.span))));
  const tier = () => {
    if (who.kind !== 'agent' || rules.tiers === null) return 2;
    const cap = who.tier === null ? undefined : rules.tiers.get(who.tier);
    return cap ? val(cap) : 0;
  };
  const grants = rules.grants.map((g) => {
    const caps = rules.ceilings
      .filter((c) => LEVELS.indexOf(c.level) <= LEVELS.indexOf(g.level))
      .map((c) => Math.max(2 - val(c.covers), val(c.may)));
    return Math.min(val(g.who), val(g.when), live(g.span), tier(), ...caps);
  });
  const G = Math.max(0, ...grants);
  if (D > 0 || G < 2) return 'deny';
  return rules.obligations.some((o) => o.enforce && val(o.when) > 0) ? 'needs-approval' : 'allow';
}

const principals = fc.constantFrom<Principal>(human, agentOf(null), agentOf('T0'), agentOf('T1'), agentOf('T9'));
const STRICTNESS: Record<Verdict, number> = { allow: 0, 'needs-approval': 1, deny: 2 };

describe('the decision formula', () => {
  it('agrees with a naive evaluator on random rules, facts and principals', () => {
    fc.assert(
      fc.property(rulesets, worlds, principals, (rules, world, who) => {
        const expected = naive(rules, world, who);
        expect(decideAtom(atomIn(world), rules, who, context).decision.verdict).toBe(expected);
        expect(new Decider(rules, who, context).verdict(atomIn(world))).toBe(expected);
      }),
      tries(4000, 11),
    );
  });

  it('a fact turned unknown never moves a deny or an approval to allow', () => {
    fc.assert(
      fc.property(rulesets, worlds, principals, fc.constantFrom<'a' | 'b' | 'c'>('a', 'b', 'c'), (rules, world, who, key) => {
        const before = decideAtom(atomIn(world), rules, who, context).decision.verdict;
        const after = decideAtom(atomIn({ ...world, [key]: 'unknown' }), rules, who, context).decision.verdict;
        if (before !== 'allow') expect(after).not.toBe('allow');
        if (before === 'deny') expect(after).toBe('deny');
      }),
      tries(4000, 12),
    );
  });

  it('the order of rules changes nothing', () => {
    fc.assert(
      fc.property(rulesets, worlds, principals, (rules, world, who) => {
        const turned: Ruleset = {
          ...rules,
          grants: [...rules.grants].reverse(),
          denies: [...rules.denies].reverse(),
          obligations: [...rules.obligations].reverse(),
          ceilings: [...rules.ceilings].reverse(),
        };
        const a = decideAtom(atomIn(world), rules, who, context).decision;
        const b = decideAtom(atomIn(world), turned, who, context).decision;
        expect(b.verdict).toBe(a.verdict);
        expect(b.because).toEqual(a.because);
      }),
      tries(1500, 13),
    );
  });

  it('adding a deny, an obligation or a ceiling only tightens', () => {
    fc.assert(
      fc.property(rulesets, rulesets, worlds, principals, (rules, more, world, who) => {
        const tighter: Ruleset = {
          ...rules,
          denies: [...rules.denies, ...more.denies],
          obligations: [...rules.obligations, ...more.obligations],
          ceilings: [...rules.ceilings, ...more.ceilings],
        };
        const a = decideAtom(atomIn(world), rules, who, context).decision.verdict;
        const b = decideAtom(atomIn(world), tighter, who, context).decision.verdict;
        expect(STRICTNESS[b]).toBeGreaterThanOrEqual(STRICTNESS[a]);
      }),
      tries(2000, 14),
    );
  });

  it('every denial has a reason, and every unknown one names what is unknown', () => {
    fc.assert(
      fc.property(rulesets, worlds, principals, (rules, world, who) => {
        const { decision } = decideAtom(atomIn(world), rules, who, context);
        if (decision.verdict !== 'allow') expect(decision.because.some((reason) => !reason.observed)).toBe(true);
        if (decision.because.some((reason) => reason.kind === 'unknown')) expect(decision.unknown.length).toBeGreaterThan(0);
      }),
      tries(1500, 15),
    );
  });
});
