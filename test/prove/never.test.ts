import { describe, expect, it } from 'vitest';
import { InlaneError } from '../../src/errors.ts';
import type { NeverRule } from '../../src/lanes/ruleset.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { EVERYTHING } from '../../src/prove/cube.ts';
import { type Proof, prove, replayed } from '../../src/prove/never.ts';
import { Space } from '../../src/prove/space.ts';
import { Verdicts } from '../../src/prove/verdicts.ts';
import { replay } from '../../src/prove/witness.ts';
import { loadText } from '../lanes/folder.ts';
import { knowing, TYPES, type TypeName } from './known-types.ts';
import { rulesOf } from './load.ts';

const TYPES_HERE = knowing(Object.keys(TYPES) as TypeName[]);
const RULES = `inlane: 1
level: org
lanes:
  people: {who: {kind: human}, may: [{do: update, class: database}, {do: create, class: database, tag.data: secret}]}
  bots: {who: {kind: agent}, may: [{do: read, class: database}]}
guards: [{id: four-eyes, require: {approval: {from: {team: sre}}}, do: update}]
principals: {teams: {sre: [sam]}, people: {dana: {}, sam: {}}, agents: {bot: {owner: dana}}}
`;

async function proofs(never: string) {
  const ruleset = await loadText(`${RULES}never: [${never}]`);
  const verdicts = new Verdicts(new Space([ruleset], askedOf([ruleset]), TYPES_HERE), 0);
  return ruleset.never.map((rule: NeverRule) => prove(rule, verdicts, TYPES_HERE));
}

describe('a proof of never', () => {
  it('counts what needs an approval only where the rule says so', async () => {
    const [without, even, allowed] = await proofs(
      `{id: A, do: update}, {id: B, do: update, even_with_approval: true}, {id: C, do: create, even_with_approval: true}`,
    );
    expect(without?.outcome).toBe('proved');
    expect(even).toMatchObject({ outcome: 'refuted', verdict: 'needs-approval', by: { kind: 'lane', id: 'people' } });
    expect(allowed).toMatchObject({ outcome: 'refuted', verdict: 'allow' });
  });

  it('is refuted by the lane that lets it through, with a change of which the rule certainly speaks', async () => {
    const [refuted, proved] = await proofs(
      '{id: A, do: create, tag.data: secret}, {id: B, who: {kind: agent}, do: [create, update]}',
    );
    expect(refuted).toMatchObject({
      outcome: 'refuted',
      by: { kind: 'lane', id: 'people', at: { file: 'inlane.yaml', line: 4 } },
    });
    if (refuted?.outcome !== 'refuted') throw new Error('not refuted');
    expect(refuted.witness.test.operation).toBe('create');
    expect(refuted.witness.test.with.get('tag.data')).toBe('secret');
    expect(proved?.outcome).toBe('proved');
  });

  it('is refuted, too, where the rule only may speak of an allowed change', async () => {
    const [maybe] = await proofs('{id: A, do: read, tag.owner: {not: dana}}');
    expect(maybe).toMatchObject({ outcome: 'refuted', by: { id: 'bots' } });
  });

  it('says which grant lets it through: a temporary one, too', async () => {
    const rules = `lanes: {l: {who: anyone, may: [{do: read}]}}
principals: {people: {dana: {}}}
grants: [{id: once, who: {id: dana}, may: {do: destroy, class: database}, from: "2026-11-20T00:00:00Z", until: "2026-11-21T00:00:00Z", reason: x}]
never: [{id: N, do: destroy}]`;
    const { proof } = await one(rules);
    expect(proof).toMatchObject({ outcome: 'refuted', by: { kind: 'grant', id: 'once' } });
    if (proof.outcome !== 'refuted') throw new Error('not refuted');
    // A refutation at the only time there is: from 20 November on, and not at the end any more.
    const now = Date.parse(String(proof.witness.test.with.get('now')));
    expect(now).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 20));
    expect(now).toBeLessThan(Date.UTC(2026, 10, 21));
  });
});

const LANE = 'lanes: {l: {who: anyone, may: [{do: update, class: database}]}}';

/** The first proof of some rules, and what it was made from. */
async function one(body: string) {
  const ruleset = await rulesOf(body);
  const verdicts = new Verdicts(new Space([ruleset], askedOf([ruleset]), TYPES_HERE), 0);
  return { ruleset, verdicts, proof: prove(ruleset.never[0] as NeverRule, verdicts, TYPES_HERE) };
}

const factsOf = (proof: Proof) => (proof.outcome === 'refuted' ? Object.fromEntries(proof.witness.test.with) : proof.outcome);

describe('a counterexample', () => {
  it.each<[string, string, unknown]>([
    ['a tag that a guard must not find is left out', `${LANE}\nguards: [{id: g, deny: update, tag.b: x}]`, {}],
    ['what changes is left out', `${LANE}\nguards: [{id: g, deny: update, changes: {any: [size]}}]`, { changes: [] }],
    [
      'a time outside of a freeze is needed',
      `${LANE}\nfreezes: [{id: f, deny: update, from: "2026-12-01T00:00:00Z"}]`,
      { now: '2026-11-30T23:00:00Z' },
    ],
    [
      'a declared attribute stays, though nothing hangs on it',
      `attributes: {environment: {values: [production, development], from: [{workspace: {"*-prod": production}}]}}
lanes: {l: {who: anyone, may: [{do: update, class: database, environment: development}, {do: update, class: database}]}}`,
      { environment: 'development' },
    ],
    [
      'a fact of the lane is needed',
      'lanes: {l: {who: anyone, may: [{do: update, class: database, attr.size: {lt: 5}, replaces: false}]}}',
      { 'attr.size': 4, replaces: false },
    ],
    [
      'that some survivor stands in is not said where no rule asks',
      `lanes: {l: {who: anyone, may: [{do: destroy, class: database, dependents: none}, {do: update, class: database, successor: {same: [name]}}]}}`,
      { dependents: 'none' },
    ],
  ])('%s', async (_, rules, expected) => {
    const { ruleset, proof } = await one(`${rules}\nnever: [{id: N, do: [update, destroy]}]`);
    expect(factsOf(proof)).toEqual(expected);
    if (proof.outcome !== 'refuted') throw new Error(proof.outcome);
    expect(replay(proof.witness, ruleset, TYPES_HERE).verdict).toBe('allow');
  });

  it('a survivor is told only where it lets the change through', async () => {
    const guard = 'guards: [{id: g, deny: destroy, unless: {successor: {same: [name]}}}]';
    const lane = 'lanes: {l: {who: anyone, may: [{do: destroy, class: database}]}}';
    const needed = await one(`${lane}\n${guard}\nnever: [{id: N, do: destroy}]`);
    const idle = await one(
      `${lane}\n${guard.replace('deny: destroy', 'deny: destroy, tag.b: x')}\nnever: [{id: N, do: destroy}]`,
    );
    const survivors = ({ proof }: typeof needed) => (proof.outcome === 'refuted' ? proof.witness.test.survivors : proof.outcome);
    expect(survivors(needed)).toEqual([{ same: ['name'], anyType: false }]);
    expect(survivors(idle)).toBeNull();
  });

  it('keeps a fact without which the rule only may speak of it', async () => {
    const { proof } = await one(`${LANE}\nnever: [{id: N, do: update, attr.a: {not: 5}}]`);
    if (proof.outcome !== 'refuted') throw new Error(proof.outcome);
    expect([...proof.witness.test.with.keys()]).toEqual(['attr.a']);
    expect(proof.witness.test.with.get('attr.a')).not.toBe(5);
  });

  it('of which the rule only may speak is told where there is no other', async () => {
    const lane = 'lanes: {l: {who: anyone, may: [{do: update, class: database, tag.owner: {exists: false}}]}}';
    const { proof } = await one(`${lane}\nnever: [{id: N, do: update, tag.owner: {not: dana}}]`);
    expect(factsOf(proof)).toEqual({});
  });

  it('that the evaluator decides otherwise is a defect, not a proof', async () => {
    const { ruleset, verdicts } = await one(`${LANE}\nnever: [{id: N, do: update}]`);
    // The evaluator does not know the type of which the prover's space speaks.
    expect(() => prove(ruleset.never[0] as NeverRule, verdicts, knowing([]))).toThrow(InlaneError);
    const fault = thrown(() => replayed(verdicts, EVERYTHING, TYPES_HERE, ['needs-approval'], '`never` N'));
    expect(fault).toMatchObject({ code: 'internal', message: expect.stringContaining('`never` N'), hint: expect.any(String) });
  });

  it('must be true of what is asked besides the verdict, too', async () => {
    const { verdicts, proof } = await one(`${LANE}\nnever: [{id: N, do: update}]`);
    if (proof.outcome !== 'refuted') throw new Error(proof.outcome);
    const found = verdicts.findAllowed(verdicts.regions.of((verdicts.ruleset.never[0] as NeverRule).when, 'true'), []);
    if (found === null) throw new Error('nothing found');
    const told = replayed(verdicts, found.cube, TYPES_HERE, ['allow'], 'x');
    expect(told.verdict).toBe('allow');
    expect(thrown(() => replayed(verdicts, found.cube, TYPES_HERE, ['allow'], 'x', 0, () => false)).code).toBe('internal');
  });
});

function thrown(work: () => unknown): InlaneError {
  try {
    work();
  } catch (error) {
    if (error instanceof InlaneError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a proof that is too large', () => {
  const alternatives = (name: string, count: number) =>
    `{id: ${name}, may: [${Array.from({ length: count }, (_, i) => `{attr.${name}${i}: 1}`).join(', ')}]}`;
  const CEILINGS = (...counts: readonly number[]) =>
    `${LANE}\nceilings: [${counts.map((count, i) => alternatives(`c${i}`, count)).join(', ')}]\nnever: [{id: N, do: update}]`;

  it('is inconclusive where conditions have more than 20,000 combinations, and says so', async () => {
    const { proof } = await one(CEILINGS(28, 28, 28));
    expect(proof).toMatchObject({ outcome: 'inconclusive', why: 'too many combinations of conditions' });
  });

  it('and decided where they have fewer', async () => {
    expect((await one(CEILINGS(26, 26, 26))).proof.outcome).toBe('refuted');
  });

  it('any other error is no answer', async () => {
    const { ruleset, verdicts } = await one(`${LANE}\nnever: [{id: N, do: update}]`);
    const unknown = { op: 'fact', key: 'tag.nobody', test: { is: 'equals', value: 'x' } } as const;
    expect(() => prove({ ...(ruleset.never[0] as NeverRule), when: unknown }, verdicts, TYPES_HERE)).toThrow('no such fact');
  });
});
