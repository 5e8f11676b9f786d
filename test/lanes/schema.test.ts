import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { Problems } from '../../src/lanes/problems.ts';
import schema from '../../src/lanes/schema.json' with { type: 'json' };
import { type Schema, validate } from '../../src/lanes/validate.ts';
import { readYaml } from '../../src/lanes/yaml.ts';
import { EXAMPLE, EXAMPLE_SHOP, loadText } from './folder.ts';

const oracle = new Ajv2020({ strict: false, allErrors: false }).compile(schema);

/** Whether our interpreter finds the document good; JSON text is YAML, so both read the same bytes. */
function passes(document: unknown): boolean {
  const problems = new Problems();
  const tree = readYaml(JSON.stringify(document), 'x', problems);
  if (tree === null) throw new Error('not read');
  problems.raise(['x']);
  validate(tree, schema as Schema, problems);
  return !problems.has('x');
}

const EXAMPLES = [parse(EXAMPLE), parse(EXAMPLE_SHOP)] as const;
const KNOWN = new Set([
  '$schema',
  '$id',
  '$defs',
  '$ref',
  'title',
  'description',
  'default',
  'type',
  'enum',
  'properties',
  'required',
  'additionalProperties',
]);
for (const keyword of [
  'unevaluatedProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'items',
  'minItems',
  'minLength',
  'minimum',
  'pattern',
  'anyOf',
  'allOf',
])
  KNOWN.add(keyword);

test('the examples of the contract pass both', () => {
  for (const example of EXAMPLES) {
    expect(oracle(example), JSON.stringify(oracle.errors)).toBe(true);
    expect(passes(example)).toBe(true);
  }
});

/** Every property that the schema names, with its path. */
function propertiesOf(node: unknown, path: string): [string, Record<string, unknown>][] {
  if (Array.isArray(node)) return node.flatMap((one, index) => propertiesOf(one, `${path}/${index}`));
  if (typeof node !== 'object' || node === null) return [];
  const { properties } = node as { properties?: Record<string, Record<string, unknown>> };
  const own = Object.entries(properties ?? {}).map(([name, one]): [string, Record<string, unknown>] => [`${path}/${name}`, one]);
  return [...own, ...Object.entries(node).flatMap(([key, one]) => propertiesOf(one, `${path}/${key}`))];
}

const SENTENCE = /^\S[^\n]{3,160}$/;

test('every property says what it is for, in a line that an editor shows', () => {
  const all = propertiesOf(schema, '#');
  expect(all.length).toBeGreaterThan(150);
  expect(all.filter(([, { description }]) => typeof description !== 'string' || !SENTENCE.test(description))).toEqual([]);
});

test('defaults are such as the schema takes, and what a file without them means', async () => {
  const told = propertiesOf(schema, '#').filter(([, one]) => 'default' in one);
  expect(told.map(([path, one]) => [path.split('/').at(-1), one.default])).toEqual([
    ['required', false],
    ['on', ['create', 'replace', 'import']],
    ['count', 1],
    ['not_by', []],
    ['observe', true],
    ['even_with_approval', false],
  ]);
  const ajv = new Ajv2020({ strict: false });
  for (const [, { default: value, ...one }] of told) expect(ajv.compile({ ...one, $defs: schema.$defs })(value)).toBe(true);
  const base = `inlane: 1
level: org
attributes: {e: {values: [a], tag: e}, f: {values: [a], tag: f, required: {class: queue}}}
guards: [{id: g, do: destroy, require: {approval: {from: {id: dana}}}}]
never: [{id: n, do: destroy}]
`;
  const ruleset = await loadText(base);
  expect(ruleset.attributes.get('e')?.required).toBeNull();
  expect([...(ruleset.attributes.get('f')?.required?.on ?? [])]).toEqual(['create', 'replace', 'import']);
  expect(ruleset.obligations[0]?.approval).toEqual({ from: { id: 'dana' }, count: 1, notBy: [] });
  expect(ruleset.observeAllowed).toBe(true);
  expect(ruleset.never[0]?.evenWithApproval).toBe(false);
});

test('the schema uses no keyword that the interpreter does not know', () => {
  let seen = 0;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const entries = Object.entries(node);
    for (const [key, value] of entries) {
      expect(KNOWN, `keyword ${key}`).toContain(key);
      seen += 1;
      if (key === 'properties' || key === '$defs') Object.values(value as object).forEach(visit);
      else if (key === 'anyOf' || key === 'allOf') (value as unknown[]).forEach(visit);
      else if (['items', 'additionalProperties', 'unevaluatedProperties', 'propertyNames'].includes(key)) visit(value);
    }
    // The interpreter picks the branch of `anyOf` by type, so types of branches must not overlap, and stand alone.
    const { anyOf, allOf, enum: values, type } = node as Schema;
    if (anyOf) expect(Object.keys(node).filter((k) => !['anyOf', 'default', 'description', 'title'].includes(k))).toEqual([]);
    if (anyOf) {
      const types = anyOf.flatMap((s) => branchTypes(s));
      expect(new Set(types).size, JSON.stringify(node)).toBe(types.length);
    }
    if (values) expect(type).toBeDefined();
    for (const part of allOf ?? []) expect(Object.keys(part)).toEqual(['$ref']);
  };
  const branchTypes = (branch: Schema): string[] => {
    if (branch.$ref) return branchTypes((schema.$defs as Record<string, Schema>)[branch.$ref.replace('#/$defs/', '')] as Schema);
    return branch.anyOf ? branch.anyOf.flatMap(branchTypes) : ([branch.type ?? []].flat() as string[]);
  };
  visit(schema);
  expect(seen).toBeGreaterThan(400);
});

const head = { inlane: 1, level: 'org' };
const TABLE: readonly unknown[] = [
  head,
  {},
  [],
  'x',
  null,
  1,
  { ...head, inlane: 2 },
  { ...head, inlane: '1' },
  { ...head, inlane: 1.5 },
  { ...head, level: null },
  { ...head, x: 1 },
  { ...head, extends: [] },
  { ...head, extends: ['a'] },
  { ...head, extends: [''] },
  { ...head, lanes: { l: { who: 'anyone' } } },
  { ...head, lanes: { l: {} } },
  { ...head, lanes: { l: { who: 'x' } } },
  { ...head, lanes: { l: { who: {} } } },
  { ...head, lanes: { l: { who: { kind: ['a', { not: 1 }] } } } },
  { ...head, guards: [{ id: 'g' }] },
  { ...head, guards: [{ id: '' }] },
  { ...head, guards: [{ id: 'g', anything: { not: [] } }] },
  { ...head, guards: [{ id: 'g', 'tag.x': { lt: true } }] },
  { ...head, guards: [{ id: 'g', changes: {} }] },
  { ...head, guards: [{ id: 'g', unless: {} }] },
  { ...head, guards: [{ id: 'g', unless: { unless: { a: 1 } } }] },
  { ...head, guards: [{ id: 'g', successor: { type: 'x' } }] },
  { ...head, guards: [{ id: 'g', successor: 'absent' }] },
  { ...head, quotas: [{ id: 'q', per_plan: { any: -1 } }] },
  { ...head, quotas: [{ id: 'q', per_plan: { any: 0 } }] },
  { ...head, quotas: [{ id: 'q', per_plan: {} }] },
  { ...head, never: [{ id: 'n' }] },
  { ...head, never: [{ id: 'n', do: 'x' }] },
  { ...head, attributes: { 'a.b': { values: 'any' } } },
  { ...head, attributes: { a: { values: { registry: ['x'] } } } },
  { ...head, attributes: { a: { values: { registry: 'teams' } } } },
  { ...head, attributes: { a: { values: { x: [] } } } },
  { ...head, attributes: { a: { values: [] } } },
  { ...head, principals: { people: { 'a b': {} } } },
  { ...head, principals: { people: { a: { github: '1x' } } } },
  { ...head, principals: { tiers: { T: [] } } },
  { ...head, limits: { max_grant: '0d' } },
  { ...head, limits: { max_grant: '10d' } },
  { ...head, tests: [{ as: 'a', do: 'x', type: 't', expect: 'deny', with: { a: [1, null], b: [[1]] } }] },
];

test('the interpreter and ajv agree on a table', () => {
  const verdicts = TABLE.map((document) => [document, passes(document)]);
  expect(verdicts).toEqual(TABLE.map((document) => [document, oracle(document)]));
  for (const verdict of [true, false]) expect(verdicts.filter(([, v]) => v === verdict).length).toBeGreaterThan(8);
});

/** Every place of a document, as the keys that lead to it. */
function places(document: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof document !== 'object' || document === null) return [path];
  return [
    path,
    ...Object.entries(document).flatMap(([key, value]) => places(value, [...path, Array.isArray(document) ? Number(key) : key])),
  ];
}

const WORDS = [
  'x',
  '',
  'anyone',
  'org',
  'any',
  'observe',
  'present',
  'a b',
  '7d',
  '2026-12-18T00:00:00Z',
  'hashicorp/aws',
  '12',
  'teams',
  'none',
];
const KEYS = [
  'x',
  'who',
  'do',
  'unless',
  'glob',
  'not',
  'id',
  'same',
  'registry',
  'tag.x',
  'changes',
  'required',
  'enforce',
  'per_plan',
  'a b',
  'scope',
];
const piece: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...WORDS),
    fc.constantFrom(0, 1, -1, 1.5, true, false, null),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('node'), { maxKeys: 3 }),
  ),
})).node;

/** The example with one to three places replaced, removed or given another key. */
const mutated = fc
  .tuple(
    fc.constantFrom(...EXAMPLES),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('replace', 'remove', 'add'), fc.constantFrom(...KEYS), piece), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([example, edits]) => {
    const document = structuredClone(example) as Record<string, unknown>;
    for (const [pick, edit, key, value] of edits) {
      const all = places(document).slice(1);
      const path = all[pick % all.length] as readonly (string | number)[];
      const parent = path
        .slice(0, -1)
        .reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], document) as Record<
        string | number,
        unknown
      >;
      const last = path.at(-1) as string | number;
      if (edit === 'replace') parent[last] = value;
      else if (edit === 'remove' && Array.isArray(parent)) parent.splice(Number(last), 1);
      else if (edit === 'remove') delete parent[last];
      else if (Array.isArray(parent)) parent.push(value);
      else parent[key] = value;
    }
    return document;
  });

test('the interpreter and ajv agree on mutated documents', () => {
  const seen = { true: 0, false: 0 };
  fc.assert(
    fc.property(mutated, (document) => {
      const verdict = oracle(document);
      seen[`${verdict}`] += 1;
      expect(passes(document)).toBe(verdict);
    }),
    { numRuns: 600 },
  );
  expect(seen.true).toBeGreaterThan(20);
  expect(seen.false).toBeGreaterThan(100);
});
