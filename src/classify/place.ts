import type { PlaceReading } from '../../providers/provider.ts';
import { type Fact, type FactSource, known, unknown } from '../logic/fact.ts';
import type { ObjectValue, Unknown } from '../plan/value.ts';
import type { ClassifyContext } from './context.ts';
import type { PlannedObject } from './object.ts';

/** The account, project or subscription of an object: by its values, its provider block and what `--account` says of its provider. */
export function accountFact(object: PlannedObject, { options: { accounts } }: ClassifyContext): Fact {
  const { provider, row, change } = object;
  const readings = readingsOf(object, (values) => provider.accounts(values, row, change.block?.provider ?? null));
  const short = change.provider.slice(change.provider.lastIndexOf('/') + 1);
  const named = accounts.get(change.provider) ?? accounts.get(short) ?? accounts.get('');
  return placeFact(
    'account',
    named === undefined ? readings : [...readings, { from: 'option', name: '--account', value: named }],
  );
}

export function regionFact(object: PlannedObject): Fact {
  const { provider, row, change } = object;
  return placeFact(
    'region',
    readingsOf(object, (values) => provider.regions(values, row, change.block?.provider ?? null)),
  );
}

/** What the values say, and those before a drift. */
function readingsOf(
  { values, driftValues }: PlannedObject,
  read: (values: ObjectValue | Unknown | null) => readonly PlaceReading[],
): PlaceReading[] {
  const own = [...read(values)];
  if (driftValues === null) return own;
  return [...own, ...read(driftValues).map((r) => (r.from === 'configuration' ? r : { ...r, from: 'drift' }))];
}

function placeFact(key: 'account' | 'region', readings: readonly PlaceReading[]): Fact {
  const sources = readings.map((r): FactSource => ({ from: r.from, name: r.name, value: r.value }));
  const option = key === 'account' ? ': pass --account' : '';
  if (readings.length === 0) return unknown(key, `no source speaks${option}`, null, sources);
  if (readings.some((r) => r.value === null)) return unknown(key, 'known only after apply', null, sources);
  const values = new Set(readings.map((r) => r.value));
  if (values.size > 1) {
    const told = readings.map((r) => `${r.name ?? r.from} says ${r.value}`).join(', ');
    return unknown(key, `sources disagree: ${told}`, null, sources);
  }
  return known(key, readings[0]?.value ?? null, sources);
}
