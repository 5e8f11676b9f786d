import fc from 'fast-check';
import type { AtomicChange } from '../../src/classify/model.ts';
import type { Principal } from '../../src/lanes/registry.ts';
import type { Ceiling, Deny, Grant, Level, Obligation, Ruleset } from '../../src/lanes/ruleset.ts';
import { LEVELS } from '../../src/lanes/ruleset.ts';
import type { Condition } from '../../src/logic/condition.ts';
import { known, unknown } from '../../src/logic/fact.ts';
import type { Kleene } from '../../src/logic/kleene.ts';

/** How often a property is tried; mutation runs (`npm run mutate`) try a share of it, and want no small counterexample. */
export function tries(full: number, seed: number) {
  const share = Number(process.env.INLANE_SHARE ?? 1);
  return { numRuns: Math.ceil(full * share), seed, endOnFailure: share < 1 };
}

/** The facts of the generated world: three letters that are true, false or unknown. */
export type World = Readonly<Record<'a' | 'b' | 'c', Kleene>>;

export const human: Principal = { id: 'dana', kind: 'human', teams: [], tier: null, owner: null, assurance: 'asserted' };
export const agentOf = (tier: string | null): Principal => ({ ...human, id: 'bot', kind: 'agent', tier });

export function atomIn(world: World): AtomicChange {
  return {
    operation: 'update',
    side: 'after',
    subject: null,
    because: null,
    fact: (key) => {
      const value = world[key as 'a'];
      return value === undefined || value === 'unknown' ? unknown(key, 'not known') : known(key, value);
    },
    changedPaths: () => [],
    successor: () => ({ value: 'unknown', why: null }),
  };
}

export const worlds: fc.Arbitrary<World> = fc.record({
  a: fc.constantFrom<Kleene>(true, false, 'unknown'),
  b: fc.constantFrom<Kleene>(true, false, 'unknown'),
  c: fc.constantFrom<Kleene>(true, false, 'unknown'),
});

export const conditions: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.constantFrom('a', 'b', 'c').map((key): Condition => ({ op: 'fact', key, test: { is: 'equals', value: true } })),
    fc.array(tie('condition'), { maxLength: 3 }).map((of): Condition => ({ op: 'all', of })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((of): Condition => ({ op: 'any', of })),
    tie('condition').map((of): Condition => ({ op: 'not', of })),
  ),
})).condition;

const levels = fc.constantFrom<Level>(...LEVELS);
const spans = fc.option(
  fc.record({
    from: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 2 }),
    until: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 2 }),
  }),
);

let line = 0;
const rule = (prefix: string) => {
  line += 1;
  return { id: `${prefix}${line}`, at: { file: 'inlane.yaml', line, column: 1 }, why: null, ask: null, enforce: true };
};

export const rulesets: fc.Arbitrary<Ruleset> = fc
  .record({
    grants: fc.array(fc.record({ who: conditions, when: conditions, level: levels, span: spans }), { maxLength: 4 }),
    denies: fc.array(fc.record({ when: conditions, level: levels, span: spans, enforce: fc.boolean() }), { maxLength: 2 }),
    obligations: fc.array(fc.record({ when: conditions, level: levels, enforce: fc.boolean() }), { maxLength: 2 }),
    ceilings: fc.array(fc.record({ covers: conditions, may: conditions, level: levels }), { maxLength: 2 }),
    tiers: fc.option(fc.record({ T0: conditions, T1: conditions })),
  })
  .map(({ grants, denies, obligations, ceilings, tiers }) => ({
    ...emptyRuleset(),
    grants: grants.map((g): Grant => ({ ...rule('g'), ...g, kind: g.span ? 'grant' : 'lane' })),
    denies: denies.map((d): Deny => ({ ...rule('d'), ...d, kind: d.span ? 'freeze' : 'guard' })),
    obligations: obligations.map(
      (o): Obligation => ({ ...rule('o'), ...o, kind: 'guard', approval: { from: { team: 'sre' }, count: 1, notBy: [] } }),
    ),
    ceilings: ceilings.map((c): Ceiling => ({ ...rule('c'), ...c, kind: 'ceiling' })),
    tiers: tiers === null ? null : new Map(Object.entries(tiers)),
  }));

export function emptyRuleset(): Ruleset {
  return {
    files: [],
    attributes: new Map(),
    classes: new Map(),
    paths: new Map(),
    operations: new Map(),
    providers: new Map(),
    grants: [],
    denies: [],
    obligations: [],
    ceilings: [],
    quotas: [],
    partial: [],
    tiers: null,
    registry: { declared: false, teams: new Map(), people: new Map(), agents: new Map() },
    observeAllowed: true,
  } as unknown as Ruleset;
}
