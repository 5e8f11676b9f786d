import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Call,
  type CloudAnswer,
  type CloudClient,
  CloudFailure,
  type CloudObject,
  type CloudSession,
  type CloudTarget,
} from '../../providers/cloud.ts';
import { APIS } from '../../providers/gcp/apis.ts';
import { createClient } from '../../providers/gcp/client.ts';
import { type Standin, start } from '../standins/google/server.ts';
import type { ProjectSpec, Resource } from '../standins/google/world.ts';

const ORG = '123456789012';
const ENV = `${ORG}/environment`;
const PROJECT = 'acme-payments-prod';
const NUMBER = '481516234200';
const TARGET: CloudTarget = { cloud: 'google', partition: null, account: PROJECT, region: null };
const LIST = 'cloudresourcemanager.effectiveTags.list';
const SEARCH = 'cloudasset.assets.searchAllResources';

const bucket: Resource = {
  name: '//storage.googleapis.com/acme-statements',
  assetType: 'storage.googleapis.com/Bucket',
  location: 'europe-west3',
  parent: '//storage.googleapis.com/projects/_/buckets/acme-statements',
  labels: { team: 'billing' },
  tags: { [ENV]: 'production' },
  createdAt: 1_700_000_000,
};
const instance: Resource = {
  name: `//compute.googleapis.com/projects/${PROJECT}/zones/europe-west3-a/instances/bastion`,
  assetType: 'compute.googleapis.com/Instance',
  location: 'europe-west3-a',
  parent: `//compute.googleapis.com/projects/${NUMBER}/zones/europe-west3-a/instances/7317050562501282317`,
  number: '7317050562501282317',
};
const database: Resource = {
  name: `//cloudsql.googleapis.com/projects/${PROJECT}/instances/orders`,
  assetType: 'sqladmin.googleapis.com/Instance',
  location: 'europe-west3',
  parent: `//sqladmin.googleapis.com/projects/${NUMBER}/instances/orders`,
  labels: { environment: 'production' },
};
const secret: Resource = {
  name: `//secretmanager.googleapis.com/projects/${NUMBER}/secrets/orders-dsn`,
  assetType: 'secretmanager.googleapis.com/Secret',
  location: 'global',
  parent: `//secretmanager.googleapis.com/projects/${NUMBER}/secrets/orders-dsn`,
  tags: { [`${PROJECT}/tier`]: 'gold' },
};
const zone: Resource = {
  name: `//dns.googleapis.com/projects/${PROJECT}/managedZones/internal`,
  assetType: 'dns.googleapis.com/ManagedZone',
  location: 'global',
  parent: null,
  labels: { environment: 'production' },
};
const prod: ProjectSpec = {
  id: PROJECT,
  number: NUMBER,
  ancestors: [
    { name: `//cloudresourcemanager.googleapis.com/organizations/${ORG}`, tags: { [`${ORG}/owner`]: 'acme' } },
    { name: '//cloudresourcemanager.googleapis.com/folders/33', tags: { [`${ORG}/owner`]: 'payments' } },
  ],
  tags: { [`${ORG}/cost`]: 'shared' },
  resources: [bucket, instance, database, secret, zone],
};
const tagKeys = [
  { owner: ORG, key: 'environment', values: ['production', 'staging', 'development'] },
  { owner: ORG, key: 'owner', values: ['acme', 'payments'] },
  { owner: ORG, key: 'cost', values: ['shared'] },
  { owner: PROJECT, key: 'tier', values: ['gold', 'silver'] },
];

const of = (type: string, resource: Resource, detail: Record<string, string>, keys?: string[]): CloudObject => ({
  type,
  place: { target: TARGET, id: resource.name.replace(NUMBER, PROJECT), detail },
  ...(keys && { keys }),
});
const theBucket = (keys?: string[]) =>
  of('google_storage_bucket', bucket, { kind: 'storage.buckets', parent: bucket.parent ?? '', location: 'europe-west3' }, keys);
const theInstance = (keys?: string[]) =>
  of(
    'google_compute_instance',
    instance,
    { kind: 'compute.instances', parent: instance.parent ?? '', location: 'europe-west3-a' },
    keys,
  );
const theDatabase = (keys?: string[]) =>
  of(
    'google_sql_database_instance',
    database,
    {
      kind: 'cloudsql.instances',
      parent: `//sqladmin.googleapis.com/projects/${PROJECT}/instances/orders`,
      location: 'europe-west3',
    },
    keys,
  );
const theSecret = (keys?: string[]) =>
  of(
    'google_secret_manager_secret',
    secret,
    {
      kind: 'secretmanager.secrets',
      parent: `//secretmanager.googleapis.com/projects/${PROJECT}/secrets/orders-dsn`,
      location: 'global',
    },
    keys,
  );
const theZone = (keys?: string[]) => of('google_dns_managed_zone', zone, {}, keys);

/** Sends at once, and tries again three times what may help. */
const waits: (number | null)[] = [];
const call: Call = async (_api, _target, send) => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof CloudFailure)) throw error;
      if ((error.kind !== 'throttled' && error.kind !== 'transient') || attempt === 4) throw error;
      waits.push(error.retryAfter);
    }
  }
};

let standin: Standin;
let client: CloudClient;
let session: CloudSession;
const opened: { close(): Promise<void> }[] = [];

async function open(projects: readonly ProjectSpec[] = [prod], limits = false) {
  standin = await start({ projects, tagKeys, limits });
  client = createClient({ call, assumeRole: null, connection: standin.connection });
  opened.push(client, standin);
  session = await client.open(TARGET);
}

beforeEach(async () => {
  waits.length = 0;
  await open();
});
afterEach(async () => {
  while (opened.length > 0) await opened.shift()?.close();
});

const spell = (answer: CloudAnswer | undefined) => {
  if (answer === undefined) return 'nothing';
  if (answer.state === 'found') return { tags: Object.fromEntries(answer.tags), inherited: Object.fromEntries(answer.inherited) };
  if (answer.state === 'unread') return `${answer.failure.kind}: ${answer.failure.message}`;
  return answer.state;
};
const one = async (object: CloudObject) => spell((await session.read([object]))[0]);
const failure = async (work: Promise<unknown>): Promise<CloudFailure> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof CloudFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

describe('google: read', () => {
  it('bindings from Resource Manager, labels from the inventory, one answer for each in order', async () => {
    const answers = await session.read([theSecret(), theBucket(), theInstance(), theDatabase(), theZone()]);
    const inherited = { [`${ORG}/owner`]: 'payments', [`${ORG}/cost`]: 'shared' };
    expect(answers.map(spell)).toEqual([
      { tags: { [`${PROJECT}/tier`]: 'gold', [`${NUMBER}/tier`]: 'gold' }, inherited },
      { tags: { team: 'billing', [ENV]: 'production' }, inherited },
      { tags: {}, inherited },
      { tags: { environment: 'production' }, inherited },
      { tags: { environment: 'production' }, inherited },
    ]);
    expect(standin.writes()).toBe(0);
  });
});
