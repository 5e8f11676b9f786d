import { describe, expect, it } from 'vitest';
import type { NeverRule } from '../../src/lanes/ruleset.ts';
import { askedOf } from '../../src/prove/asked.ts';
import { prove } from '../../src/prove/never.ts';
import { Space } from '../../src/prove/space.ts';
import { Verdicts } from '../../src/prove/verdicts.ts';
import { loadText } from '../lanes/folder.ts';
import { knowing, TYPES, type TypeName } from './known-types.ts';

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
});
