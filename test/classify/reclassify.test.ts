import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttributeDefinition, AttributeSource, GlobMap } from '../../src/classify/attribute.ts';
import type { ClassifiedChange, ObjectView } from '../../src/classify/model.ts';
import { environment, row, rowsOf, testProvider } from './planned.ts';

const KEYS = ['environment', 'env', 'stage'];
const TEXTS = ['production', 'prod', 'development', 'other'];

const map = fc.constantFrom<GlobMap | null>(
  null,
  null,
  [['prod*', 'production']],
  [['*', 'development']],
  [['other', 'production']],
);
const source: fc.Arbitrary<AttributeSource> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ from: fc.constant('tag' as const), key: fc.constantFrom(...KEYS), carrier: fc.boolean(), map }),
  },
  fc.record({ from: fc.constant('name' as const), map: fc.constant<GlobMap>([['*', 'production']]) }),
);
const definition: fc.Arbitrary<AttributeDefinition> = fc.record({
  name: fc.constant('environment'),
  at: fc.constant(environment.at),
  values: fc.constantFrom(environment.values, null),
  sources: fc.oneof(fc.tuple(source), fc.tuple(source), fc.tuple(source, source)),
  carriers: fc.constantFrom<AttributeDefinition['carriers']>(new Map([['aws', 'environment']]), new Map([['aws', 'env']]), null),
  required: fc.constant(null),
});
const text = fc.oneof({ weight: 1, arbitrary: fc.constant('production') }, fc.constantFrom(...TEXTS));
const tags = fc.record({ environment: text, env: text, stage: text }, { requiredKeys: ['environment'], noNullPrototype: true });

/** What one side says of the attribute, and of the tag that carries it (lanes.md 4, "reclassify"): spelled out, or null where it may be anything. */
function said(view: ObjectView, { carriers }: AttributeDefinition): { fact: string | null; tag: string | null } {
  const { state, sources } = view.fact('environment');
  const told = sources.map(({ from, name, value }) => JSON.stringify([from, name, value]));
  const hidden = sources.some(({ value }) => value === null);
  const fact = state.kind === 'value' ? `is ${String(state.value)}` : hidden ? null : `${state.kind} ${told.join()}`;
  const key = carriers?.get(testProvider.carrier ?? 'aws');
  const { tags, open } = view.tags;
  const reading = key === undefined ? undefined : tags.get(key);
  if (reading === undefined) return { fact, tag: key === undefined || open === null ? 'none' : null };
  return { fact, tag: reading.state === 'known' ? `is ${reading.value}` : null };
}

function differs({ before, after }: ClassifiedChange, definition: AttributeDefinition): boolean {
  const was = said(before as ObjectView, definition);
  const is = said(after as ObjectView, definition);
  return was.fact === null || was.fact !== is.fact || was.tag === null || was.tag !== is.tag;
}

test('an update reclassifies where a fact of the classification or the tag that carries it differs, and nowhere else', () => {
  const seen = { alike: 0, other: 0 };
  fc.assert(
    fc.property(definition, tags, tags, fc.boolean(), fc.boolean(), (attribute, before, after, same, unknown) => {
      const is = same ? before : after;
      const change = {
        before: { name: 'main', size: 1, tags: before },
        after: { name: 'main', size: 2, ...(unknown ? {} : { tags: is }) },
        afterUnknown: unknown ? { tags: true } : {},
      };
      const [classified] = rowsOf({ rows: [row(change)], catalog: { acme_db: { class: 'database' } }, attributes: [attribute] });
      const reclassifies = classified?.operations.includes('reclassify');
      const other = differs(classified as ClassifiedChange, attribute);
      expect(reclassifies).toBe(other);
      seen[other ? 'other' : 'alike'] += 1;
    }),
    { numRuns: 4_000 },
  );
  expect(seen.alike).toBeGreaterThan(200);
  expect(seen.other).toBeGreaterThan(200);
});
