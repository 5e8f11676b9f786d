import { describe, expect, it } from 'vitest';
import { askedOf } from '../../src/prove/asked.ts';
import { type Kind, kindsOf } from '../../src/prove/kinds.ts';
import { loadText } from '../lanes/folder.ts';
import { knowing, type TypeName } from './known-types.ts';

async function kinds(body: string, ...names: readonly TypeName[]): Promise<readonly Kind[]> {
  const ruleset = await loadText(`inlane: 1\nlevel: org\n${body}`);
  return kindsOf([ruleset], askedOf([ruleset]), knowing(names));
}

/** Type, what stands before a refinement, and how it comes to be known. */
const told = ({ type, mode, provider, memberships: [own], spellClass }: Kind): string =>
  [
    type,
    mode,
    provider,
    own?.open === null ? [...own.members.keys()].sort().join('+') : 'open',
    ...(spellClass ? ['spelled'] : []),
  ].join(' ');

const LANE = (condition: string) => `lanes: {l: {who: anyone, may: [{do: update, ${condition}}]}}`;

describe('kinds of resources', () => {
  it('types that no rule tells apart are one, spoken for by a familiar one', async () => {
    const all = await kinds(LANE('class: database'), 'sql', 'azure', 'db', 'role', 'helper');
    const known = all.filter(({ mode }) => mode === 'managed');
    expect(known.map(({ type }) => type)).toEqual(['aws_db_instance', 'aws_iam_role']);
  });

  it.each<[string, string, number]>([
    ['class alone', 'class: database', 1],
    ['the type', 'class: database, type: {glob: "aws_*"}', 2],
    ['a tag, that each provider carries its own way', 'class: database, tag.team: x', 3],
    ['the provider', 'class: database, provider: hashicorp/google', 2],
    ['one of the providers of a type', 'class: database, provider: {glob: "*-beta"}', 2],
    ['every type, where one is compared', 'class: database, attr.kind: {same_as: type}', 3],
  ])('databases of three clouds, told apart by %s: %s is %d', async (_, condition, count) => {
    const all = await kinds(LANE(condition), 'db', 'sql', 'azure');
    expect(all.filter(({ mode }) => mode === 'managed')).toHaveLength(count);
  });

  it('classes that hang on what changes make kinds of their own, whose classes are spelled', async () => {
    const all = await kinds(LANE('class: [access, exposure, object-storage]'), 'bucket');
    expect(all.filter(({ mode }) => mode === 'managed').map(told)).toEqual([
      'aws_s3_bucket managed hashicorp/aws object-storage+stateful spelled',
      'aws_s3_bucket managed hashicorp/aws access+object-storage+stateful spelled',
      'aws_s3_bucket managed hashicorp/aws exposure+object-storage+stateful spelled',
      'aws_s3_bucket managed hashicorp/aws access+exposure+object-storage+stateful spelled',
    ]);
  });

  it('but only where a rule asks for such a class', async () => {
    const all = await kinds(LANE('class: [access, object-storage]'), 'bucket');
    expect(all.filter(({ mode }) => mode === 'managed')).toHaveLength(2);
    expect((await kinds(LANE('class: object-storage'), 'bucket')).filter(({ mode }) => mode === 'managed')).toHaveLength(1);
    expect((await kinds(LANE('class: {glob: "acc*"}'), 'bucket')).filter(({ mode }) => mode === 'managed')).toHaveLength(4);
  });

  it('a data source is another kind than the managed type of its name', async () => {
    const all = await kinds(LANE('class: [database, stateful]'), 'db', 'dbData');
    expect(all.filter(({ type }) => type === 'aws_db_instance').map(told)).toEqual([
      'aws_db_instance managed hashicorp/aws database+stateful',
      'aws_db_instance data hashicorp/aws database',
    ]);
  });

  it('a type of no catalog stands for every other, and its classes are open', async () => {
    const all = await kinds(LANE('class: database'), 'db');
    expect(all.filter(({ mode }) => mode === 'any').map(({ memberships: [own] }) => own?.open !== null)).toEqual([true]);
  });

  it('what stands inside a type that wraps others is open', async () => {
    const all = await kinds(LANE('class: database, type: [kubernetes_manifest, acme_x]'), 'manifest');
    expect(all.map(told)).toContain('kubernetes_manifest managed hashicorp/kubernetes open');
  });

  it('a class of the user takes its types out of the dark, with what it inherits', async () => {
    const rules = `classes: {graph: {is_a: database, types: ["acme_*", aws_iam_role]}}\n${LANE('class: [graph, database, stateful, identity]')}`;
    const all = (await kinds(rules, 'role')).map(told);
    expect(all).toContain('aws_iam_role managed hashicorp/aws database+graph+identity+stateful');
    expect(all).toContain('acme_ any  database+graph+stateful');
    expect(all.filter((text) => text.endsWith('open'))).toHaveLength(1);
  });

  it('a type that a rule names, of which the catalogs have only the data source, is a managed one of unknown class too', async () => {
    const all = await kinds(LANE('type: external'), 'external');
    expect(all.filter(({ type }) => type === 'external').map(told)).toEqual([
      'external data hashicorp/external code-execution',
      'external unlisted  open',
    ]);
  });

  it('google and google-beta are told apart by an attribute that reads the provider', async () => {
    const attributes = 'attributes: {track: {values: [a, b], from: [{provider: {"*-beta": b}}]}}';
    const all = await kinds(`${attributes}\n${LANE('track: b')}`, 'sql');
    expect(all.filter(({ mode }) => mode === 'managed').map(({ provider, spellProvider }) => [provider, spellProvider])).toEqual([
      ['hashicorp/google', false],
      ['hashicorp/google-beta', true],
    ]);
  });
});
