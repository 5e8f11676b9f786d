import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CatalogRow } from '../../providers/provider.ts';
import { row, rowsOf } from './planned.ts';

const TYPES = ['acme_db', 'acme_queue'] as const;
const CATALOG: Record<string, CatalogRow> = {
  acme_db: { class: 'database', identity: ['name', 'code'] },
  acme_queue: { class: 'queue', identity: ['code'] },
};
const NAMES = ['a', 'b', '', null, 'later'] as const;
type Name = (typeof NAMES)[number];

interface Spec {
  readonly does: 'create' | 'delete' | 'forget' | 'no-op';
  readonly type: (typeof TYPES)[number];
  readonly name: Name;
  readonly code: Name;
}

const specs: fc.Arbitrary<Spec> = fc.record({
  does: fc.constantFrom<Spec['does']>('create', 'create', 'delete', 'delete', 'forget', 'no-op'),
  type: fc.constantFrom(...TYPES),
  name: fc.constantFrom(...NAMES),
  code: fc.constantFrom(...NAMES),
});

function spelled({ does, type, name, code }: Spec, at: number) {
  const values = Object.fromEntries(Object.entries({ name, code }).filter(([, value]) => does !== 'create' || value !== 'later'));
  const unknown = Object.fromEntries(
    Object.entries({ name, code }).flatMap(([key, value]) => (value === 'later' ? [[key, true]] : [])),
  );
  const sides = { before: does === 'create' ? null : values, after: does === 'create' || does === 'no-op' ? values : null };
  return row({ type, name: `n${at}`, actions: [does], ...sides, ...(does === 'create' ? { afterUnknown: unknown } : {}) });
}

/** tags.md 2: every name that both know is equal, and at least one is, or may be once it is known. */
function isMadeAgain(ended: Spec, made: Spec): boolean {
  if (ended.type !== made.type || (ended.does !== 'delete' && ended.does !== 'forget')) return false;
  const pairs = (made.type === 'acme_db' ? (['name', 'code'] as const) : (['code'] as const)).map(
    (key) => [ended[key] || null, made[key] || null] as const,
  );
  const told = pairs.filter(([was, is]) => was !== null && is !== null);
  return told.every(([was, is]) => is === 'later' || was === is) && told.length > 0;
}

it('what is ended and made again is found as by looking at every pair', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(specs, { minLength: 2, maxLength: 14 }), (all) => {
      const rows = rowsOf({ rows: all.map(spelled), catalog: CATALOG });
      for (const [at, spec] of all.entries()) {
        const expected = spec.does !== 'create' ? [] : all.flatMap((other, i) => (isMadeAgain(other, spec) ? [i] : []));
        expect(rows[at]?.recreates.map(({ index }) => index)).toEqual(expected);
        found += expected.length;
      }
    }),
    { numRuns: 300, seed: 20261129 },
  );
  expect(found).toBeGreaterThan(300);
});
