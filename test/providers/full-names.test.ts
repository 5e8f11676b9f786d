import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { google } from '../../providers/gcp/provider.ts';
import type { FullNames } from '../../providers/provider.ts';
import { identifiers, snowflake } from '../../providers/snowflake/provider.ts';
import { Sensitive, UNKNOWN, type Value } from '../../src/plan/value.ts';

const segment = fc.constantFrom('orders', '42', '', 'a.b', 'é', '481516234200', 'instances', 'policies', 'orders.googleapis.com');
const hosts = fc.constantFrom(
  'sqladmin.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'compute',
  '',
  'iam.googleapis.com',
);
const collections = fc.constantFrom('projects', 'instances', 'buckets', 'policies', 'secrets', 'Instances', '');
const googleText = fc
  .tuple(fc.constantFrom('//', '//', '//', '/', ''), hosts, fc.array(fc.oneof(collections, segment), { maxLength: 5 }))
  .map(([start, host, steps]) => start + [host, ...steps].join('/'));
const googleType = fc.constantFrom(
  'google_sql_database_instance',
  'google_compute_instance',
  'google_project',
  'google_iam_deny_policy',
  'google_secret_manager_secret',
  'google',
);
const googleName = fc.oneof(
  segment,
  fc.tuple(segment, segment).map((steps) => steps.join('/')),
  googleText,
);
const odd = fc.constantFrom<Value>(null, UNKNOWN, 42, new Sensitive('x', ['orders']), ['orders']);
const NAMES =
  'name id instance_id numeric_id generated_id number project_id folder_id secret_id dataset_id network_id disk_id unique_id';
const members = fc.tuple(
  fc.constantFrom(...NAMES.split(' '), 'self_link'),
  fc.oneof({ weight: 6, arbitrary: googleName }, { weight: 1, arbitrary: odd }),
);
const googleValues = fc
  .array(members, { maxLength: 3 })
  .map((all) => Object.assign(Object.create(null), Object.fromEntries(all)));

/** Host and collection fit the type, and what follows the last slash is what follows the last slash of a name. */
function isGoogleName(text: string, type: string, values: Readonly<Record<string, Value>>): boolean {
  const [, host, rest] = /^\/\/([^./]*)(.*)$/s.exec(text) ?? [];
  if (host === undefined || rest === undefined) return false;
  const steps = text.slice(2).split('/');
  const collection = (steps.at(-2) ?? '').replace(/ies$/, 'y@').replace(/s$/, '').replace(/@$/, '').toLowerCase();
  const [, ...words] = type.split('_');
  const fits =
    host === 'cloudresourcemanager' ||
    words.join('').includes(host) ||
    words.some((word) => word.length > 2 && host.includes(word));
  const own = NAMES.split(' ').map((attribute) => values[attribute]);
  const named = own.some((one) => typeof one === 'string' && one !== '' && one.split('/').at(-1) === steps.at(-1));
  return fits && words.join('').endsWith(collection) && named;
}

const part = fc.constantFrom('SHOP', 'shop', '"shop"', '"sh.op"', '"s""p"', '""', '', '//x');
const snowflakeName = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const snowflakeValues = fc
  .oneof({ weight: 6, arbitrary: snowflakeName }, { weight: 1, arbitrary: odd })
  .map((one) => ({ fully_qualified_name: one }));

function isSnowflakeName(text: string, _type: string, values: Readonly<Record<string, Value>>): boolean {
  const name = values.fully_qualified_name;
  return typeof name === 'string' && name !== '' && identifiers(name).join('.') === identifiers(text).join('.');
}

const CLOUDS = [
  ['Google Cloud', google.fullNames, googleText, googleType, googleValues, isGoogleName],
  ['Snowflake', snowflake.fullNames, snowflakeName, fc.constant('snowflake_table'), snowflakeValues, isSnowflakeName],
] as const;

describe.each(CLOUDS)('full names: %s', (_, found, text, type, values, isNamedBy) => {
  it('name what they say, and share a key with it', () => {
    const names = found as FullNames;
    const seen = { named: 0, other: 0, shared: 0 };
    const any = values as fc.Arbitrary<Record<string, Value>>;
    fc.assert(
      fc.property(text, type, any, (where, kind, object) => {
        const named = names.isNamedBy(where, kind, object);
        expect(named).toBe(isNamedBy(where, kind, object));
        const keys = names.keysOf(kind, object);
        expect(new Set(keys).size).toBe(keys.length);
        const key = names.keyOf(where);
        if (named) expect(keys).toContain(key);
        seen[named ? 'named' : 'other'] += 1;
        if (!named && key !== null && keys.includes(key)) seen.shared += 1;
      }),
      { numRuns: 20_000 },
    );
    expect(seen.named).toBeGreaterThan(50);
    expect(seen.other).toBeGreaterThan(1000);
    // A key alone names nothing where the provider looks at more than that.
    if (found === google.fullNames) expect(seen.shared).toBeGreaterThan(50);
  });
});
