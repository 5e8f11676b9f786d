import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { CloudPlace } from '../../providers/cloud.ts';
import { BINDABLE } from '../../providers/gcp/bindable.ts';
import { google } from '../../providers/gcp/provider.ts';
import { TAG_MAPS, TAG_PARAMS } from '../../providers/gcp/tag-types.ts';
import { ExactNumber, type ObjectValue } from '../../src/plan/value.ts';
import { noRecordings, SHARED } from './recorded.ts';

const here = dirname(fileURLToPath(import.meta.url));
const values = (members: Record<string, unknown>) => Object.assign(Object.create(null), members) as ObjectValue;
const located = (type: string, members: Record<string, unknown>): CloudPlace | string =>
  google.located?.(type, values(members), null) ?? 'no reading';
const place = (type: string, members: Record<string, unknown>): CloudPlace => {
  const found = located(type, members);
  if (typeof found === 'string') throw new Error(`${type}: ${found}`);
  return found;
};

/**
 * Types that carry labels or tags, or to which tags can be bound: the host of the provider's own requests and the format of `id` in the
 * source of hashicorp/google 7.45 (e03b7622a26c), and the inventory's name in GoogleCloudPlatform/terraform-google-conversion (b9c00f88ea46).
 */
const rows = readFileSync(join(here, 'google-names.tsv'), 'utf8')
  .split('\n')
  .slice(1)
  .filter((line) => line !== '')
  .map((line) => line.split('\t') as [type: string, host: string, id: string, name: string]);

/** Where the two sources do not say what the inventory's own list of names does (cloud.google.com/asset-inventory/docs/asset-names). */
const KNOWN_NAMES: Readonly<Record<string, string>> = {
  // The conversion names Compute's host.
  google_composer_environment: '//composer.googleapis.com/projects/x-project/locations/x-region/environments/x-name',
  // It leaves the last part out, or names it by another attribute.
  google_compute_region_commitment: '//compute.googleapis.com/projects/x-project/regions/x-region/commitments/x-name',
  google_compute_instance_group: '//compute.googleapis.com/projects/x-project/zones/x-zone/instanceGroups/x-name',
  google_spanner_instance_config: '//spanner.googleapis.com/projects/x-project/instanceConfigs/x-name',
  google_bigtable_authorized_view:
    '//bigtable.googleapis.com/projects/x-project/instances/x-instance_name/tables/x-table_name/authorizedViews/x-name',
};

const NAMES_IN_ATTRIBUTES = /^\{\{(?!project)\w+\}\}/;
const fill = (template: string, of: (attribute: string) => string) =>
  template.replace(/\{\{%?(\w+)\}\}/g, (_, attribute: string) => of(attribute));

function sample(id: string): (attribute: string) => string {
  const whole = NAMES_IN_ATTRIBUTES.exec(id)?.[0].slice(2, -2);
  return (attribute) => (attribute === whole ? `projects/x-project/locations/x-place/things/x-${attribute}` : `x-${attribute}`);
}

describe('google: located, for each type', () => {
  const told = rows.filter(([, , id]) => id !== '');

  it('sees the types', () => expect(told.length).toBeGreaterThan(340));

  it.each(told)('%s', (type, host, id, name) => {
    const of = sample(id);
    const attributes = [...`${id}${name}`.matchAll(/\{\{%?(\w+)\}\}/g)].map((match) => match[1] as string);
    const members = Object.fromEntries(attributes.map((attribute) => [attribute, of(attribute)]));
    const expected = KNOWN_NAMES[type] ?? (name === '' ? `//${host}/${fill(id, of)}` : fill(name, of));
    expect(place(type, { project: 'x-project', ...members, id: fill(id, of) })).toMatchObject({
      target: { cloud: 'google', partition: null, account: 'x-project', region: null },
      id: expected,
    });
  });

  it('every type whose own attribute holds Resource Manager tags is one that they can be bound to', () => {
    const types = new Map(rows.map((row) => [row[0], row]));
    const wrong = [...TAG_MAPS, ...TAG_PARAMS]
      .filter((type) => !['google_folder', 'google_project', 'google_compute_instance_from_template'].includes(type))
      .filter((type) => {
        const [, , id = ''] = types.get(type) ?? [];
        const attributes = [...id.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] as string);
        const found = located(type, {
          ...Object.fromEntries(attributes.map((a) => [a, `x-${a}`])),
          project: 'p',
          id: fill(id, (a) => `x-${a}`),
        });
        return typeof found === 'string' || !BINDABLE.has(found.detail.kind ?? '');
      });
    expect(wrong).toEqual([]);
  });
});

describe('google: located, by naming scheme', () => {
  const compute = 'https://www.googleapis.com/compute/v1/projects/acme';
  const cases: [string, string, Record<string, unknown>, { id: string; parent?: string; location?: string }][] = [
    [
      'a bucket has one name for all projects (golden log tagbinding/bucket)',
      'google_storage_bucket',
      { id: 'statements', name: 'statements', project: 'acme', location: 'EUROPE-WEST3' },
      {
        id: '//storage.googleapis.com/statements',
        parent: '//storage.googleapis.com/projects/_/buckets/statements',
        location: 'europe-west3',
      },
    ],
    [
      'a bucket in a dual region (golden log tagslocationtagbinding_dualregionbucket)',
      'google_storage_bucket',
      { name: 'statements', project: 'acme', location: 'EUR5' },
      {
        id: '//storage.googleapis.com/statements',
        parent: '//storage.googleapis.com/projects/_/buckets/statements',
        location: 'eur5',
      },
    ],
    [
      'an instance hangs on its number, at its zone',
      'google_compute_instance',
      {
        id: 'projects/acme/zones/europe-west3-a/instances/vm',
        self_link: `${compute}/zones/europe-west3-a/instances/vm`,
        instance_id: '731',
        project: 'acme',
      },
      {
        id: '//compute.googleapis.com/projects/acme/zones/europe-west3-a/instances/vm',
        parent: '//compute.googleapis.com/projects/acme/zones/europe-west3-a/instances/731',
        location: 'europe-west3-a',
      },
    ],
    [
      'a number that a double cannot hold',
      'google_compute_subnetwork',
      { self_link: `${compute}/regions/europe-west3/subnetworks/a`, subnetwork_id: new ExactNumber('8828952549649494180') },
      {
        id: '//compute.googleapis.com/projects/acme/regions/europe-west3/subnetworks/a',
        parent: '//compute.googleapis.com/projects/acme/regions/europe-west3/subnetworks/8828952549649494180',
        location: 'europe-west3',
      },
    ],
    [
      'a number that the state does not tell is asked for',
      'google_compute_firewall',
      { self_link: `${compute}/global/firewalls/ssh` },
      {
        id: '//compute.googleapis.com/projects/acme/global/firewalls/ssh',
        parent: '//compute.googleapis.com/projects/acme/global/firewalls/{number}',
        location: 'global',
      },
    ],
    [
      'Cloud SQL has two hosts',
      'google_sql_database_instance',
      {
        id: 'orders',
        name: 'orders',
        project: 'acme',
        region: 'europe-west3',
        self_link: 'https://sqladmin.googleapis.com/sql/v1beta4/projects/acme/instances/orders',
      },
      {
        id: '//cloudsql.googleapis.com/projects/acme/instances/orders',
        parent: '//sqladmin.googleapis.com/projects/acme/instances/orders',
        location: 'europe-west3',
      },
    ],
    [
      'a cluster in a zone',
      'google_container_cluster',
      {
        id: 'projects/acme/locations/europe-west1-b/clusters/shop',
        self_link: 'https://container.googleapis.com/v1/projects/acme/zones/europe-west1-b/clusters/shop',
        project: '',
      },
      {
        id: '//container.googleapis.com/projects/acme/locations/europe-west1-b/clusters/shop',
        parent: '//container.googleapis.com/projects/acme/locations/europe-west1-b/clusters/shop',
        location: 'europe-west1-b',
      },
    ],
    [
      'the project itself (golden log tagbinding/crud)',
      'google_project',
      { id: 'projects/acme', project_id: 'acme', number: '48', name: 'Acme' },
      {
        id: '//cloudresourcemanager.googleapis.com/projects/acme',
        parent: '//cloudresourcemanager.googleapis.com/projects/acme',
        location: 'global',
      },
    ],
    [
      'a dataset tells its multi-region',
      'google_bigquery_dataset',
      { id: 'projects/acme/datasets/ledger', project: 'acme', location: 'EU' },
      {
        id: '//bigquery.googleapis.com/projects/acme/datasets/ledger',
        parent: '//bigquery.googleapis.com/projects/acme/datasets/ledger',
        location: 'eu',
      },
    ],
    [
      'a table may not tell where it is',
      'google_bigquery_table',
      { id: 'projects/acme/datasets/ledger/tables/t', project: 'acme', location: '' },
      {
        id: '//bigquery.googleapis.com/projects/acme/datasets/ledger/tables/t',
        parent: '//bigquery.googleapis.com/projects/acme/datasets/ledger/tables/t',
      },
    ],
    [
      'a secret that is written with the project number',
      'google_secret_manager_secret',
      { id: 'projects/48/secrets/dsn', name: 'projects/48/secrets/dsn', project: 'acme' },
      {
        id: '//secretmanager.googleapis.com/projects/acme/secrets/dsn',
        parent: '//secretmanager.googleapis.com/projects/acme/secrets/dsn',
        location: 'global',
      },
    ],
    [
      'a database names its location apart',
      'google_firestore_database',
      { id: 'projects/acme/databases/(default)', project: 'acme', location_id: 'eur3' },
      {
        id: '//firestore.googleapis.com/projects/acme/databases/(default)',
        parent: '//firestore.googleapis.com/projects/acme/databases/(default)',
        location: 'eur3',
      },
    ],
    [
      'a Spanner instance in a region (cloud.google.com/spanner/docs/tags)',
      'google_spanner_instance',
      { id: 'acme/ledger', name: 'ledger', project: 'acme', config: 'projects/acme/instanceConfigs/regional-us-east1' },
      {
        id: '//spanner.googleapis.com/projects/acme/instances/ledger',
        parent: '//spanner.googleapis.com/projects/acme/instances/ledger',
        location: 'us-east1',
      },
    ],
    [
      'and in a multi-region',
      'google_spanner_instance',
      { id: 'acme/ledger', name: 'ledger', project: 'acme', config: 'nam-eur-asia1' },
      {
        id: '//spanner.googleapis.com/projects/acme/instances/ledger',
        parent: '//spanner.googleapis.com/projects/acme/instances/ledger',
        location: 'nam-eur-asia1',
      },
    ],
    [
      'and in two regions of a country, whose letters only the inventory knows',
      'google_spanner_instance',
      { name: 'ledger', project: 'acme', config: 'dual-region-germany1' },
      {
        id: '//spanner.googleapis.com/projects/acme/instances/ledger',
        parent: '//spanner.googleapis.com/projects/acme/instances/ledger',
      },
    ],
    [
      'a service account is known by its number',
      'google_service_account',
      { id: 'projects/acme/serviceAccounts/a@acme.iam.gserviceaccount.com', project: 'acme', unique_id: '542' },
      {
        id: '//iam.googleapis.com/projects/acme/serviceAccounts/542',
        parent: '//iam.googleapis.com/projects/acme/serviceAccounts/542',
        location: 'global',
      },
    ],
    [
      'labels alone: nothing to bind to',
      'google_dns_managed_zone',
      { id: 'projects/acme/managedZones/internal', project: 'acme' },
      { id: '//dns.googleapis.com/projects/acme/managedZones/internal' },
    ],
    [
      'an old function',
      'google_cloudfunctions_function',
      { id: 'projects/acme/locations/europe-west3/functions/f', project: 'acme', region: 'europe-west3' },
      { id: '//cloudfunctions.googleapis.com/projects/acme/locations/europe-west3/functions/f' },
    ],
    [
      'a Dataproc cluster',
      'google_dataproc_cluster',
      { id: 'projects/acme/regions/europe-west3/clusters/c', project: 'acme' },
      { id: '//dataproc.googleapis.com/projects/acme/regions/europe-west3/clusters/c' },
    ],
    [
      'an instance made from a template',
      'google_compute_instance_from_template',
      {
        id: 'projects/acme/zones/europe-west3-a/instances/vm',
        self_link: `${compute}/zones/europe-west3-a/instances/vm`,
        instance_id: '9',
      },
      {
        id: '//compute.googleapis.com/projects/acme/zones/europe-west3-a/instances/vm',
        parent: '//compute.googleapis.com/projects/acme/zones/europe-west3-a/instances/9',
        location: 'europe-west3-a',
      },
    ],
    [
      'a Dataflow job',
      'google_dataflow_job',
      { id: '2026-01', job_id: '2026-01', project: 'acme', region: 'europe-west3' },
      { id: '//dataflow.googleapis.com/projects/acme/locations/europe-west3/jobs/2026-01' },
    ],
  ];

  it.each(cases)('%s', (_, type, members, { id, parent, location }) => {
    const found = place(type, members);
    expect({
      id: found.id,
      parent: found.detail.parent,
      location: parent === undefined ? undefined : found.detail.location,
    }).toEqual({
      id,
      parent,
      location,
    });
    expect(found.target.account).toBe('acme');
    expect(found.detail.kind === undefined).toBe(parent === undefined);
  });

  it.each([
    [
      'google_compute_instance_template',
      { id: 'projects/acme/global/instanceTemplates/t' },
      /hands its labels and tags to instances/,
    ],
    [
      'google_container_node_pool',
      { id: 'projects/acme/locations/e/clusters/c/nodePools/n' },
      /hands its labels and tags to nodes/,
    ],
    ['google_folder', { id: 'folders/687682985526', name: 'folders/687682985526' }, /organization or a folder/],
    [
      'google_network_security_firewall_endpoint',
      { id: 'organizations/1/locations/z/firewallEndpoints/f' },
      /organization or a folder/,
    ],
    ['google_pubsub_topic', { id: '', name: 'orders' }, /does not hold the name/],
    ['google_storage_bucket', { name: 'statements' }, /name and the project/],
    ['google_unheard_of_thing', { id: 'projects/acme/things/t' }, /`google_unheard_of_thing` belongs to is not known/],
    ['google_pubsub_topic', { id: 'projects/acme/topics/a" OR name:*' }, /characters that no name has/],
    ['google_storage_bucket', { name: 'a\nb', project: 'acme' }, /characters that no name has/],
    ['google_storage_bucket', { name: 'statements', project: 'acme', location: 'evil.example/' }, /location holds characters/],
    ['google_redis_instance', { id: 'projects/acme/locations/evil.example:443/instances/x' }, /location holds characters/],
    ['google_pubsub_topic', { id: '__proto__', project: 'constructor' }, /does not hold the name/],
  ])('%s %j is not told', (type, members, why) => {
    expect(located(type, members)).toMatch(why);
  });
});

describe.skipIf(noRecordings)('google: located, over recorded states', () => {
  it('every object that can carry tags has a place, or a reason', () => {
    const seen = new Map<string, CloudPlace | string>();
    for (const [type, members] of recordedObjects()) {
      const input = {
        type,
        row: null,
        side: 'before',
        values: members,
        otherValues: null,
        configured: null,
        providerBlock: null,
      } as const;
      const tags = google.effectiveTags(input);
      if (tags.taggable === 'no' && tags.slash?.taggable === 'no') continue;
      seen.set(`${type} ${String(members.id)}`, google.located?.(type, members, null) ?? 'no reading');
    }
    expect(seen.size).toBeGreaterThan(25);
    const untold = [...seen].filter((entry) => typeof entry[1] === 'string').map(([key, why]) => `${key}: ${String(why)}`);
    // The recordings invented two ids that the provider does not write.
    const invented = [
      /^google_certificate_manager_certificate_issuance_config acme/,
      /^google_oracle_database_autonomous_database acme/,
    ];
    expect(untold.filter((line) => !/hands its labels|folder/.test(line) && !invented.some((one) => one.test(line)))).toEqual([]);
    const ids = [...seen.values()].flatMap((found) => (typeof found === 'string' ? [] : [found.id]));
    expect(ids.every((id) => /^\/\/[a-z]+\.googleapis\.com\/\S+$/.test(id))).toBe(true);
  });
});

function* recordedObjects(): Generator<[string, ObjectValue]> {
  const root = join(SHARED, 'recorded', 'google');
  for (const story of readdirSync(root)) {
    const file = join(root, story, 'state.json');
    if (!existsSync(file)) continue;
    yield* objectsOf(JSON.parse(readFileSync(file, 'utf8')).values?.root_module ?? {});
  }
}

interface Module {
  readonly resources?: readonly { readonly mode: string; readonly type: string; readonly values: Record<string, unknown> }[];
  readonly child_modules?: readonly Module[];
}

function* objectsOf(module: Module): Generator<[string, ObjectValue]> {
  for (const { mode, type, values: members } of module.resources ?? []) {
    if (mode === 'managed' && type.startsWith('google_')) yield [type, deep(members) as ObjectValue];
  }
  for (const child of module.child_modules ?? []) yield* objectsOf(child);
}

/** JSON as the door hands it over: objects without a prototype. */
function deep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.assign(Object.create(null), Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deep(inner)])));
}
