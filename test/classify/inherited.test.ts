import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CatalogRow } from '../../providers/provider.ts';
import { classifyWorld, row } from './planned.ts';

/** Users take what they have no source for from the database or the users that `owner` names, of which there may be many. */
const CATALOG: Record<string, CatalogRow> = {
  acme_db: { class: 'database', identity: ['name'] },
  acme_user: {
    class: 'database-user',
    parent: 'owner',
    identity: ['name'],
    refers: [
      { attribute: 'owner', type: 'acme_db' },
      { attribute: 'owner', type: 'acme_user' },
    ],
  },
};

const NAMES = ['a', 'b', 'c'] as const;
interface Spec {
  readonly type: 'acme_db' | 'acme_user';
  readonly name: (typeof NAMES)[number];
  readonly owner: (typeof NAMES)[number];
  readonly environment: 'production' | 'development' | null;
}

const specs: fc.Arbitrary<Spec> = fc.record({
  type: fc.constantFrom<Spec['type']>('acme_db', 'acme_user', 'acme_user'),
  name: fc.constantFrom(...NAMES),
  owner: fc.constantFrom(...NAMES),
  environment: fc.constantFrom<Spec['environment']>('production', 'production', 'production', 'development', null),
});

/** A database has tags, a user has none. */
function spelled({ type, name, owner, environment }: Spec, at: number) {
  const values = type === 'acme_db' ? { name, tags: environment === null ? {} : { environment } } : { name, owner };
  return row({ type, name: `n${at}`, actions: ['update'], before: values, after: values });
}

it('what an object takes from its possible parents is the same whoever was asked before, circles or not', () => {
  const seen = { inherited: 0, disagreed: 0 };
  fc.assert(
    fc.property(fc.array(specs, { minLength: 12, maxLength: 40 }), (made) => {
      const rows = made.map(spelled);
      const factOf = (world: ReturnType<typeof classifyWorld>, at: number) =>
        JSON.stringify([...world.rows()][at]?.after?.fact('environment'));
      const shared = classifyWorld({ rows, catalog: CATALOG });
      const together = [...shared.rows()].map(({ after }) => JSON.stringify(after?.fact('environment')));
      for (const at of made.keys()) {
        expect(together[at]).toBe(factOf(classifyWorld({ rows, catalog: CATALOG }), at));
        if (together[at]?.includes('"from":"parent"')) seen.inherited += 1;
        if (together[at]?.includes('sources disagree')) seen.disagreed += 1;
      }
    }),
    { numRuns: 25, seed: 20261129 },
  );
  expect(seen.inherited).toBeGreaterThan(100);
  expect(seen.disagreed).toBeGreaterThan(50);
});

it('what is set of an object and has its id takes what it has no source for from that object alone', () => {
  const settings = Array.from({ length: 12 }, (_, at) => `acme_setting${at}`);
  const refers = [{ attribute: 'owner', type: 'acme_db' }];
  const catalog = {
    acme_db: CATALOG.acme_db as CatalogRow,
    ...Object.fromEntries(settings.map((type) => [type, { class: 'database-config', parent: 'owner', refers }])),
  };
  const values = { id: 'ledger', owner: 'ledger' };
  const rows = [
    row({ type: 'acme_db', actions: ['delete'], before: { ...values, tags: { environment: 'production' } } }),
    ...settings.map((type) => row({ type, actions: ['delete'], before: values })),
  ];
  for (const { before } of [...classifyWorld({ rows, catalog }).rows()].slice(1)) {
    expect(before?.fact('environment')).toMatchObject({
      state: { value: 'production' },
      sources: [{ from: 'parent', name: 'acme_db.main tag environment' }],
    });
  }
});

it('where too many objects may be the parent of each other it is unknown what they take from them', () => {
  const refers = [{ attribute: 'owner', type: 'acme_setting' }];
  const catalog = { acme_setting: { class: 'database-config', parent: 'owner', refers } };
  const settings = Array.from({ length: 80 }, (_, at) =>
    row({ type: 'acme_setting', name: `n${at}`, actions: ['delete'], before: { id: 'ledger', owner: 'ledger' } }),
  );
  for (const { before } of classifyWorld({ rows: settings, catalog }).rows())
    expect(before?.fact('environment').state).toMatchObject({
      kind: 'unknown',
      why: 'parent: too many objects may be the one that it belongs to',
    });
});
