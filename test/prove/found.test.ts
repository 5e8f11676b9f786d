import { describe, expect, it } from 'vitest';
import { askedOf } from '../../src/prove/asked.ts';
import { differences } from '../../src/prove/diff.ts';
import { prove } from '../../src/prove/never.ts';
import { Space } from '../../src/prove/space.ts';
import type { TypeKnowledge } from '../../src/prove/types.ts';
import { loadTypes } from '../../src/prove/types.ts';
import { Verdicts } from '../../src/prove/verdicts.ts';
import { loadText } from '../lanes/folder.ts';
import { knowing, TYPES, type TypeName } from './known-types.ts';

const SMALL = knowing(Object.keys(TYPES) as TypeName[]);

async function outcomes(body: string, types: TypeKnowledge = SMALL): Promise<string> {
  const ruleset = await loadText(`inlane: 1\nlevel: org\n${body}`);
  const verdicts = new Verdicts(new Space([ruleset], askedOf([ruleset]), types), 0);
  return ruleset.never.map((never) => prove(never, verdicts, types).outcome).join(' ');
}

/** More than any list of letters that stand for the others is likely to begin with. */
const LETTERS = [...'xyzqjkvw'];

/** Rules that a prover once took for proof, or the other way round: each has one concrete change that the evaluator allows, or none. */
describe('what the prover must not miss', () => {
  it.each([
    [
      'two numbers that are equal and beyond a bound that only one of them is compared with',
      `lanes: {l: {who: anyone, may: [{do: update, attr.a: {all: [{gt: 5}, {same_as: attr.b}]}}]}}
never: [{id: N, do: update, attr.a: {gt: 5}}]`,
      'refuted',
    ],
    [
      'two numbers that differ and are beyond the same bound',
      `lanes: {l: {who: anyone, may: [{do: update, attr.a: {all: [{gt: 5}, {not: {same_as: attr.b}}]}, attr.b: {gt: 5}}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
    [
      'two instants that are equal and within bounds of each',
      `lanes: {l: {who: anyone, may: [{do: update, attr.a: {all: [{gte: "2026-01-01T00:00:00Z"}, {same_as: attr.b}]}, attr.b: {lt: "2027-01-01T00:00:00Z"}}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
    [
      'a CI job that has the id of a person, whom a tag names',
      `lanes: {l: {who: {kind: ci}, may: [{do: update, tag.owner: {all: [dana, {same_as: who.id}]}}]}}
principals: {people: {dana: {}}}
never: [{id: N, do: update, tag.owner: dana}]`,
      'refuted',
    ],
    [
      'a type that only a compared attribute names',
      `lanes: {l: {who: anyone, may: [{do: update, attr.kind: {all: [acme_thing, {same_as: type}]}}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
    [
      'a glob whose shortest matches are all listed',
      `lanes: {l: {who: anyone, may: [{do: update, workspace: {all: [{glob: "p*"}, {not: [p, pp, px, ppp]}]}}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
    [
      'globs that use up every letter that stands for the others',
      `lanes: {l: {who: anyone, may: [{do: update, workspace: {all: [{not: [${LETTERS.map((c) => `{glob: "${c}*"}`).join(', ')}]}, {not: ""}]}}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
    [
      'an id beyond ASCII',
      `lanes: {l: {who: {id: {glob: "é*"}}, may: [{do: update}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
    [
      'another provider of the same types, that an attribute reads',
      `attributes: {track: {values: [stable, preview], from: [{provider: {"*-beta": preview, "hashicorp/*": stable}}]}}
lanes: {l: {who: anyone, may: [{do: update, type: google_sql_database_instance, track: preview}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
    [
      'a refined class that a tag is compared with',
      `classes: {own: {refines: database, when: {tag.mine: "yes"}}}
lanes: {l: {who: anyone, may: [{do: update, tag.kind: {all: [own, {same_as: class}]}}]}}
never: [{id: N, do: update}]`,
      'inconclusive',
    ],
    [
      'a tag key that Azure takes for another one',
      `lanes: {l: {who: anyone, may: [{do: update, type: azurerm_mssql_database, tag.Owner: "a", tag.owner: {not: "a"}}]}}
never: [{id: N, do: update}]`,
      'proved',
    ],
    [
      'an attribute whose carrier Azure folds into an asked tag',
      `attributes: {environment: {values: [prod, dev], from: [{tag: Env}], tag: {azurerm: Env}}}
lanes: {l: {who: anyone, may: [{do: update, type: azurerm_mssql_database, tag.env: prod, environment: dev}]}}
never: [{id: N, do: update}]`,
      'proved',
    ],
    [
      'a provisioner of a created object has nothing before it',
      `lanes: {l: {who: anyone, may: [{do: invoke, dependents: {exists: false}}]}}
never: [{id: N, do: invoke}]`,
      'refuted',
    ],
    [
      'the new half of an object that is recreated in disguise has nothing before it',
      `lanes: {l: {who: anyone, may: [{do: reclassify, dependents: {exists: false}}]}}
never: [{id: N, do: reclassify}]`,
      'refuted',
    ],
    [
      'what an update has, and a create has not',
      `lanes: {l: {who: anyone, may: [{do: [update, destroy, move, import], dependents: {exists: false}}, {do: create, successor: absent}]}}
never: [{id: N, do: [create, update, destroy, move, import]}]`,
      'proved',
    ],
    [
      'a set of values of which one is like a glob and none is a literal',
      `lanes: {l: {who: anyone, may: [{do: update, attr.zones.*: {all: [{glob: "a*"}, {not: a}]}}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
    [
      'an empty set of values',
      `lanes: {l: {who: anyone, may: [{do: update, attr.zones.*: {all: [{exists: false}, {not: {glob: "*"}}]}}]}}
never: [{id: N, do: update, unless: {attr.zones.*: {exists: true}}}]`,
      'refuted',
    ],
    [
      'a set that both holds a value and holds none like it',
      `lanes: {l: {who: anyone, may: [{do: update, attr.zones.*: {all: [ab, {not: {glob: "a*"}}]}}]}}
never: [{id: N, do: update}]`,
      'proved',
    ],
    [
      'a fact that is compared with `dependents`',
      `lanes: {l: {who: anyone, may: [{do: destroy, attr.a: {same_as: dependents}}]}}
never: [{id: N, do: destroy}]`,
      'refuted',
    ],
    [
      'a tag whose value an attribute of any value takes as it is',
      `attributes: {service: {values: any, from: [{tag: service}]}}
lanes: {l: {who: anyone, may: [{do: update, service: {not: shop}, tag.service: {glob: "shop*"}}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
    [
      'a value that a source gives to an attribute of any value',
      `attributes: {service: {values: any, from: [{account: {"1*": shop}}]}}
lanes: {l: {who: anyone, may: [{do: update, account: {glob: "1*"}, service: {not: bank}}]}}
never: [{id: N, do: update, service: {glob: "*p"}}]`,
      'refuted',
    ],
    [
      'a number that an attribute reads as text',
      `attributes: {size: {values: [s, l], from: [{attr: {disk: {"7": s, "*": l}}}]}}
lanes: {l: {who: anyone, may: [{do: update, attr.disk: {lt: 100}, size: s}]}}
never: [{id: N, do: update}]`,
      'refuted',
    ],
  ])('%s', async (_, body, expected) => {
    expect(await outcomes(body)).toBe(expected);
  });

  it('an action of the catalogs by its type', async () => {
    const types = await loadTypes();
    expect(
      await outcomes(
        `lanes: {l: {who: anyone, may: [{do: invoke, class: code-execution}]}}
never: [{id: N, do: invoke, type: aws_lambda_invoke}]`,
        types,
      ),
    ).toBe('refuted');
  });
});

async function kinds(before: string, after: string): Promise<string> {
  const rulesets = [await loadText(`inlane: 1\nlevel: org\n${before}`), await loadText(`inlane: 1\nlevel: org\n${after}`)];
  const space = new Space(rulesets, askedOf(rulesets), SMALL);
  const { found } = differences(new Verdicts(space, 0), new Verdicts(space, 1), SMALL);
  return [...new Set(found.map(({ kind }) => kind))].join(' ');
}

describe('what a comparison must not miss', () => {
  const CARRIED = (carriers: string) => `attributes: {environment: {values: [prod, dev], from: [{tag: env}], tag: {${carriers}}}}
lanes: {l: {who: anyone, may: [{do: update, environment: prod}]}}`;
  const NAMED = (name: string, does: string) => `classes: {${name}: {types: [aws_s3_bucket]}}
lanes: {l: {who: anyone, may: [{do: ${does}, class: ${name}}]}}
guards: [{id: g, deny: create, class: access}]`;
  const SAID = (from: string) => `attributes: {environment: {values: [prod, dev], from: [${from}]}}
lanes: {l: {who: anyone, may: [{do: update, environment: prod}]}}`;
  it.each([
    ['a carrier of one provider more', CARRIED('aws: env'), CARRIED('aws: env, google: env'), 'newly-allowed'],
    ['a carrier of one provider less', CARRIED('aws: env, google: env'), CARRIED('aws: env'), 'newly-denied'],
    ['a class of another name', NAMED('mine', '[update, destroy]'), NAMED('yours', '[update, destroy]'), ''],
    [
      'a class of another name, for less, on a type whose classes hang on what changes',
      NAMED('mine', '[update, destroy]'),
      NAMED('yours', 'update'),
      'newly-denied',
    ],
    ['the same, for more', NAMED('mine', 'update'), NAMED('yours', '[update, destroy]'), 'newly-allowed'],
    [
      'one more source: it speaks where nobody did, and contradicts who did',
      SAID('{workspace: {"*-prod": prod}}'),
      SAID('{workspace: {"*-prod": prod}}, {account: {"1": prod, "2": dev}}'),
      'newly-allowed newly-denied',
    ],
    [
      'a source that reads many values of one attribute',
      SAID('{attr: {"zones.*": {"a*": dev}}}'),
      SAID('{attr: {"zones.*": {"a*": prod}}}'),
      'newly-allowed',
    ],
    [
      'a provider that an attribute reads',
      SAID('{provider: {"*-beta": dev}}'),
      SAID('{provider: {"*-beta": prod}}'),
      'newly-allowed',
    ],
  ])('%s', async (_, before, after, expected) => {
    expect(await kinds(before, after)).toBe(expected);
  });
});
