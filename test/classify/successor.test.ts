import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogRow } from '../../providers/provider.ts';
import type { SuccessorTest } from '../../src/logic/fact.ts';
import type { Kleene } from '../../src/logic/kleene.ts';
import { row, rowsOf } from './planned.ts';

const CATALOG: Record<string, CatalogRow> = {
  acme_db: { class: 'database', also: ['stateful'], protects: [{ attribute: 'guarded', safe: true }] },
  acme_db2: { class: 'database', also: ['stateful'] },
  acme_queue: { class: 'queue' },
};
const CLASS: Record<string, string> = { acme_db: 'database', acme_db2: 'database', acme_queue: 'queue' };

/** Undefined = not there; `odd` is no value that the attribute lists, and `later` is known after apply. */
interface Side {
  readonly environment: 'production' | 'development' | 'odd' | undefined;
  readonly service: 'orders' | 'carts' | undefined;
  readonly zone: string | readonly string[] | undefined;
}

interface Spec {
  readonly does: 'create' | 'delete' | 'forget' | 'replace' | 'no-op' | 'update' | 'disarm' | 'deposed';
  readonly type: keyof typeof CLASS;
  readonly before: Side;
  readonly after: Side | 'later';
}

const sides: fc.Arbitrary<Side> = fc.record({
  environment: fc.constantFrom('production' as const, 'production' as const, 'development' as const, 'odd' as const, undefined),
  service: fc.constantFrom('orders' as const, 'orders' as const, 'carts' as const, undefined),
  zone: fc.constantFrom('a', 'a', 'b', ['a'], undefined),
});

const specs: fc.Arbitrary<Spec> = fc
  .record({
    does: fc.constantFrom<Spec['does']>(
      'create',
      'delete',
      'forget',
      'replace',
      'no-op',
      'no-op',
      'no-op',
      'update',
      'disarm',
      'deposed',
    ),
    type: fc.constantFrom<Spec['type']>('acme_db', 'acme_db', 'acme_db2', 'acme_queue'),
    before: sides,
    change: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, sides, fc.constant('later' as const)),
  })
  .map(({ change, before, ...rest }) => ({ ...rest, before, after: rest.does === 'no-op' ? before : (change ?? before) }));

function spelled({ does, type, before, after }: Spec, at: number) {
  const values = ({ environment, service, zone }: Side, guarded: boolean) => ({
    guarded,
    tags: { ...(environment && { environment }), ...(service && { service }) },
    ...(zone === undefined ? {} : { zone }),
  });
  const goes = does === 'delete' || does === 'forget' || does === 'deposed';
  const later = after === 'later';
  return row({
    type,
    name: `n${at}`,
    actions: { disarm: ['update'], replace: ['delete', 'create'], deposed: ['delete'] }[does as string] ?? [does],
    before: does === 'create' ? null : values(before, does === 'disarm'),
    after: goes ? null : later ? { guarded: false } : values(after, false),
    ...(later && !goes ? { afterUnknown: { tags: true, zone: true } } : {}),
    // A row and the object of state have different words for it.
    ...(does === 'deposed' ? { row: { deposed: 'deadbeef', deposed_key: 'deadbeef' } } : {}),
  });
}

const all = (...values: Kleene[]): Kleene => (values.includes(false) ? false : values.includes('unknown') ? 'unknown' : true);

/** lanes.md 3: equal declared attributes, silent on both counts as equal, and equal, known `same` facts. */
function isAlike(own: Spec, other: Spec, side: Side | 'later', { same, anyType }: SuccessorTest): Kleene {
  const kind = anyType ? CLASS[own.type] === CLASS[other.type] : own.type === other.type;
  if (side === 'later') return all(kind, 'unknown');
  const isText = (value: unknown) => typeof value === 'string' && value !== 'odd';
  return all(
    kind,
    ...(['environment', 'service', 'zone'] as const).map((name): Kleene => {
      const [a, b] = [own.before[name], side[name]];
      const asked = same.includes(name === 'zone' ? 'attr.zone' : name);
      // An attribute that is not there is null, and null is a value.
      if (name === 'zone') return !asked || (Array.isArray(a) || Array.isArray(b) ? 'unknown' : a === b);
      if (a === undefined && b === undefined) return asked ? 'unknown' : true;
      return isText(a) && isText(b) ? a === b : 'unknown';
    }),
  );
}

const ENDS = ['delete', 'forget', 'replace', 'deposed'];
/** Only `acme_db` has what `disarm` takes off. */
const ends = ({ does, type }: Spec) => ENDS.includes(does) || (does === 'disarm' && type === 'acme_db');

/** The same by looking at every pair of objects. */
function expected(at: number, rows: readonly Spec[], test: SuccessorTest): Kleene {
  const own = rows[at] as Spec;
  if (own.does === 'create') return false;
  let [ended, endedPerhaps, survivors, perhaps] = [1, 0, 0, 0];
  for (const [i, other] of rows.entries()) {
    const alike = i === at || other.does === 'create' ? false : isAlike(own, other, other.before, test);
    if (alike === false) continue;
    if (ends(other)) {
      if (alike === true) ended += 1;
      else endedPerhaps += 1;
      continue;
    }
    const holds = all(alike, isAlike(own, other, other.after, test));
    if (holds === true) survivors += 1;
    if (holds === 'unknown') perhaps += 1;
  }
  if (survivors >= ended + endedPerhaps) return true;
  return survivors + perhaps < ended ? false : 'unknown';
}

const TESTS: readonly SuccessorTest[] = [
  { want: 'present', same: ['service'], anyType: false },
  { want: 'present', same: ['service'], anyType: true },
  { want: 'present', same: [], anyType: false },
  { want: 'present', same: ['attr.zone', 'environment'], anyType: false },
];

describe('a successor', () => {
  it('is found as by looking at every pair of objects', () => {
    const seen = new Map<Kleene, number>();
    fc.assert(
      fc.property(fc.array(specs, { minLength: 1, maxLength: 12 }), (made) => {
        const rows = rowsOf({ rows: made.map(spelled), catalog: CATALOG });
        for (const test of TESTS) {
          for (const [at, { atoms }] of rows.entries()) {
            const atom = atoms.find(({ side }) => side === 'before') ?? atoms[0];
            if (atom === undefined) continue;
            const { value } = atom.successor(test);
            expect(value).toBe(expected(at, made, test));
            seen.set(value, (seen.get(value) ?? 0) + 1);
          }
        }
      }),
      { numRuns: 800, seed: 20261129 },
    );
    for (const value of [true, false, 'unknown'] as const) expect(seen.get(value)).toBeGreaterThan(250);
  });

  const queue = (name: string, actions: readonly string[], service: string) =>
    row({ type: 'acme_queue', name, actions, before: { tags: { environment: 'production', service } } });
  const [SAME] = TESTS as [SuccessorTest];

  it('is named; of many the first three in plan order, and how many more there are', () => {
    const whyOf = (count: number) => {
      const staying = Array.from({ length: count }, (_, at) => queue(`q${at}`, ['no-op'], 'orders'));
      return rowsOf({ rows: [queue('old', ['delete'], 'orders'), ...staying], catalog: CATALOG })[0]?.atoms[0]?.successor(SAME)
        .why;
    };
    expect(whyOf(1)).toBe('acme_queue.q0');
    expect(whyOf(3)).toBe('acme_queue.q0, acme_queue.q1, acme_queue.q2');
    expect(whyOf(5)).toBe('acme_queue.q0, acme_queue.q1, acme_queue.q2 and 2 more');
  });

  it('is not the object itself where that stays', () => {
    const rows = [queue('a', ['update'], 'orders'), queue('b', ['no-op'], 'odd'), queue('c', ['no-op'], 'orders')];
    expect(rowsOf({ rows, catalog: CATALOG })[0]?.atoms[0]?.successor(SAME)).toEqual({ value: true, why: 'acme_queue.c' });
    expect(rowsOf({ rows: rows.slice(0, 2), catalog: CATALOG })[0]?.atoms[0]?.successor(SAME).value).toBe(false);
  });
});
