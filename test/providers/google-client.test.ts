import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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
import { failureOf } from '../../providers/gcp/failures.ts';
import { LocationClients } from '../../providers/gcp/locations.ts';
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

const MANY_KEYS = Array.from({ length: 311 }, (_, index) => `k${index}`);

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
/** Every API that any test here has called. */
const called = new Set<string>();

async function afresh(projects: readonly ProjectSpec[], limits = false) {
  standin = await start({
    projects,
    tagKeys: [...tagKeys, ...MANY_KEYS.map((key) => ({ owner: ORG, key, values: ['x'] }))],
    limits,
  });
  client = createClient({ call, assumeRole: null, connection: standin.connection });
  opened.push(client, standin);
  session = await client.open(TARGET);
}

beforeEach(async () => {
  waits.length = 0;
  await afresh([prod]);
});
afterEach(async () => {
  for (const name of standin.calls().keys()) called.add(name);
  while (opened.length > 0) await opened.shift()?.close();
});

const spell = (answer: CloudAnswer | undefined) => {
  if (answer === undefined) return 'nothing';
  if (answer.state === 'found') return { tags: Object.fromEntries(answer.tags), inherited: Object.fromEntries(answer.inherited) };
  if (answer.state === 'unread') return `${answer.failure.kind}: ${answer.failure.message}`;
  return answer.state;
};
const one = async (object: CloudObject) => spell((await session.read([object]))[0]);
const line = ({ kind, message }: CloudFailure) => `${kind}: ${message}`;
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
  const inherited = { [`${ORG}/owner`]: 'payments', [`${ORG}/cost`]: 'shared' };

  it('bindings from Resource Manager, labels from the inventory, one answer for each in order', async () => {
    const answers = await session.read([theSecret(), theBucket(), theInstance(), theDatabase(), theZone()]);
    expect(answers.map(spell)).toEqual([
      { tags: { [`${PROJECT}/tier`]: 'gold', [`${NUMBER}/tier`]: 'gold' }, inherited },
      { tags: { team: 'billing', [ENV]: 'production' }, inherited },
      { tags: {}, inherited },
      { tags: { environment: 'production' }, inherited },
      { tags: { environment: 'production' }, inherited },
    ]);
    expect(standin.calls().get(SEARCH)).toBe(1);
    expect(standin.calls().get(LIST)).toBe(4);
  });

  it('asks only for what the keys need', async () => {
    expect(await one(theBucket([ENV]))).toEqual({ tags: { [ENV]: 'production' }, inherited });
    expect(standin.calls().get(SEARCH)).toBeUndefined();
    expect(await one(theDatabase(['environment']))).toEqual({ tags: { environment: 'production' }, inherited });
    expect([standin.calls().get(SEARCH), standin.calls().get(LIST)]).toEqual([1, 1]);
  });

  it('what was changed since is what is read', async () => {
    standin.setTag(bucket.name, ENV, 'development');
    standin.world.setLabels(bucket.name, { team: 'fraud' });
    expect(await one(theBucket())).toEqual({ tags: { team: 'fraud', [ENV]: 'development' }, inherited });
    standin.setTag(bucket.name, ENV, null);
    expect(await one(theBucket([ENV]))).toEqual({ tags: {}, inherited });
  });

  it('a tag of its own hides what is handed down', async () => {
    standin.setTag(bucket.name, `${ORG}/owner`, 'acme');
    expect(await one(theBucket([`${ORG}/owner`]))).toEqual({
      tags: { [ENV]: 'production', [`${ORG}/owner`]: 'acme' },
      inherited: { [`${ORG}/cost`]: 'shared' },
    });
  });

  it('the inventory tells the number and the location that the state does not', async () => {
    const parent = (instance.parent ?? '').replace('7317050562501282317', '{number}').replace(NUMBER, PROJECT);
    standin.setTag(instance.name, ENV, 'staging');
    const untold = of('google_compute_instance', instance, { kind: 'compute.instances', parent }, [ENV]);
    expect(await one(untold)).toEqual({ tags: { [ENV]: 'staging' }, inherited });
    expect(standin.calls().get(SEARCH)).toBe(1);
  });

  it('gone is what Resource Manager does not find; what only the inventory knows is unconfirmed', async () => {
    for (const { name } of [bucket, database, zone]) standin.world.remove(name);
    const answers = await session.read([theBucket([ENV]), theDatabase(['environment']), theZone(['environment']), theBucket()]);
    expect(answers.map(spell)).toEqual([
      'gone',
      'gone',
      `unconfirmed: the asset inventory does not show \`${zone.name}\``,
      'gone',
    ]);
  });

  it('labels that the inventory does not show are no missing labels', async () => {
    const hidden = { ...theBucket(), place: { ...theBucket().place, id: '//storage.googleapis.com/other' } };
    expect(await one(hidden)).toBe('unconfirmed: the asset inventory does not show `//storage.googleapis.com/other`');
    expect(await one({ ...hidden, keys: [ENV] })).toEqual({ tags: { [ENV]: 'production' }, inherited });
  });

  it('what tags cannot be bound to, unless something above hands the key down', async () => {
    expect(await one(theZone([ENV]))).toBe('not-taggable');
    expect(await one(theZone([`${ORG}/cost`]))).toMatchObject({ inherited: { [`${ORG}/cost`]: 'shared' } });
    expect(await one(theZone([ENV, 'environment']))).toMatchObject({ tags: { environment: 'production' } });
  });

  it('one that fails leaves the others', async () => {
    standin.faults.broken.add(database.parent ?? '');
    const answers = await session.read([theBucket([ENV]), theDatabase([ENV]), theSecret([`${PROJECT}/tier`])]);
    expect(answers.map((answer) => answer.state)).toEqual(['found', 'unread', 'found']);
    expect(spell(answers[1])).toBe(`transient: Google Cloud failed to answer: tags of \`${database.name}\``);
  });

  it('sends credentials to no host that a state makes up', async () => {
    const parent = bucket.parent ?? '';
    const evil = of('google_storage_bucket', bucket, { kind: 'storage.buckets', parent, location: 'evil.example/' }, [ENV]);
    expect(await one(evil)).toBe(`refused: the location of \`${bucket.name}\` is none`);
    expect(standin.calls().get(LIST)).toBeUndefined();
  });

  it('the wrong location', async () => {
    const elsewhere = of(
      'google_storage_bucket',
      bucket,
      { kind: 'storage.buckets', parent: bucket.parent ?? '', location: 'us' },
      [ENV],
    );
    expect(await one(elsewhere)).toBe(`unknown-place: it does not stand in location \`us\`: tags of \`${bucket.name}\``);
  });

  it('more tags than a page holds', async () => {
    await afresh([
      { ...prod, resources: [{ ...bucket, tags: Object.fromEntries(MANY_KEYS.map((key) => [`${ORG}/${key}`, 'x'])) }] },
    ]);
    const [answer] = await session.read([theBucket([`${ORG}/k310`])]);
    expect(answer?.state === 'found' && [...answer.tags.keys()].filter((key) => key.startsWith(`${ORG}/k`)).length).toBe(311);
    expect(standin.calls().get(LIST)).toBe(2);
  });

  it('more names than a query holds, in every spelling', async () => {
    const long = (index: number) => `//dns.googleapis.com/projects/${PROJECT}/managedZones/${'z'.repeat(100)}${index}`;
    const cluster = `//container.googleapis.com/projects/${PROJECT}/zones/europe-west1-b/clusters/shop`;
    const resources = Array.from({ length: 20 }, (_, index) => ({ ...zone, name: long(index), labels: { index: `${index}` } }));
    await afresh([{ ...prod, resources: [...resources, { ...zone, name: cluster, labels: { index: 'cluster' } }] }]);
    const objects = [...resources, { ...zone, name: cluster.replace('zones', 'locations') }].map((one) =>
      of('any', one, {}, ['index']),
    );
    const answers = await session.read(objects);
    expect(answers.map((answer) => (answer.state === 'found' ? answer.tags.get('index') : answer.state))).toEqual([
      ...resources.map((_, index) => `${index}`),
      'cluster',
    ]);
    expect(standin.calls().get(SEARCH)).toBeGreaterThan(2);
  });
});

describe('google: inventory', () => {
  const items = async () => {
    const all = [];
    for await (const page of session.inventory()) all.push(...page);
    return all;
  };

  it('ids, tags and labels, what is handed down, the project itself', async () => {
    const all = await items();
    expect(all.map(({ id }) => id)).toEqual([
      bucket.name,
      instance.name,
      database.name,
      `//secretmanager.googleapis.com/projects/${PROJECT}/secrets/orders-dsn`,
      zone.name,
      `//cloudresourcemanager.googleapis.com/projects/${PROJECT}`,
    ]);
    expect(all[0]).toEqual({
      id: bucket.name,
      type: 'storage.googleapis.com/Bucket',
      region: 'europe-west3',
      createdAt: '2023-11-14T22:13:20Z',
      createdBy: null,
      tags: new Map([
        ['team', 'billing'],
        [ENV, 'production'],
      ]),
      inherited: new Map([
        [`${ORG}/owner`, 'payments'],
        [`${ORG}/cost`, 'shared'],
      ]),
      managedBy: null,
    });
    expect(all[5]?.tags).toEqual(new Map([[`${ORG}/cost`, 'shared']]));
    expect(all[5]?.inherited).toEqual(new Map([[`${ORG}/owner`, 'payments']]));
    expect(all[1]?.createdAt).toBeNull();
  });

  const many = (count: number): ProjectSpec => ({
    ...prod,
    resources: [],
    many: {
      count,
      resource: (index) => ({
        ...zone,
        name: `//dns.googleapis.com/projects/${PROJECT}/managedZones/z${index}`,
        labels: { index: `${index}` },
      }),
      indexOf: (name) => {
        const index = /managedZones\/z(\d+)$/.exec(name)?.[1];
        return index === undefined ? null : Number(index);
      },
    },
  });

  it('page by page, 500 each', async () => {
    await afresh([many(1_200)]);
    const all = await items();
    expect([all.length, new Set(all.map(({ id }) => id)).size, standin.calls().get(SEARCH)]).toEqual([1_201, 1_201, 3]);
    expect(standin.writes()).toBe(0);
  });

  it.each([
    ['repeated', 1_201, 1_199],
    ['moved', 1_201, 1_201],
  ] as const)('pages that do not agree: %s', async (how, length, distinct) => {
    await afresh([many(1_200)]);
    standin.faults.pages = how;
    const all = await items();
    expect([all.length, new Set(all.map(({ id }) => id)).size]).toEqual([length, distinct]);
  });

  it('a page that is lost, or fails, or is late, is asked for again', async () => {
    await afresh([many(1_200)]);
    standin.faults.drop.set(SEARCH, 1);
    standin.faults.fail.set(SEARCH, { code: 13, times: 1 });
    standin.faults.slowPages = 5;
    expect((await items()).length).toBe(1_201);
    expect(standin.calls().get(SEARCH)).toBe(5);
  });

  it('a page token that has expired', async () => {
    await afresh([many(1_200)]);
    standin.faults.pageTokensExpire = true;
    expect(line(await failure(items()))).toBe('refused: the pages broke off, their token has expired: the asset inventory');
  });

  it('revoked in the middle', async () => {
    await afresh([many(1_200)]);
    standin.faults.callsLeft = 1;
    expect(line(await failure(items()))).toBe(
      'credentials: Google Cloud does not accept the credentials: they have expired or were revoked',
    );
  });

  it('not allowed', async () => {
    standin.faults.denied.add(SEARCH);
    const denied = await failure(items());
    expect([denied.kind, denied.permission]).toEqual(['denied', SEARCH]);
    expect(denied.message).toBe(
      `\`${SEARCH}\` is denied in project \`${PROJECT}\`, or there is no such thing: the asset inventory`,
    );
  });

  it('switched off', async () => {
    standin.faults.disabled.add('cloudasset.googleapis.com');
    const off = await failure(items());
    expect(line(off)).toBe(`unknown-place: \`cloudasset.googleapis.com\` is switched off in project \`${PROJECT}\``);
    expect(off.hint).toBe(`run \`gcloud services enable cloudasset.googleapis.com --project ${PROJECT}\``);
  });
});

describe('google: open', () => {
  it.each([
    ['Could not load the default credentials. Browse to https://example', 'credentials: there are no Google Cloud credentials'],
    [
      'invalid_grant: reauth related error (invalid_rapt)',
      'credentials: the Google Cloud credentials have expired or were revoked',
    ],
    ['unauthorized_client', 'credentials: the Google Cloud credentials are not accepted'],
    [
      'request to https://oauth2.googleapis.com failed, reason: getaddrinfo ENOTFOUND',
      'transient: the sign-in service of Google Cloud did not answer',
    ],
  ])('%s', async (text, expected) => {
    standin.faults.signIn = text;
    expect(line(await failure(client.open(TARGET)))).toBe(expected);
  });

  it('a token that is not taken', async () => {
    standin.faults.callsLeft = 0;
    expect((await failure(client.open(TARGET))).kind).toBe('credentials');
  });

  it('a project that is not there, or may not be seen', async () => {
    const unknown = await failure(client.open({ ...TARGET, account: 'acme-nowhere' }));
    expect([unknown.kind, unknown.permission]).toEqual(['denied', 'resourcemanager.projects.get']);
    expect(unknown.message).toContain('or there is no such thing: project `acme-nowhere`');
  });

  it('a project that is being deleted', async () => {
    await afresh([
      { ...prod, state: 'ACTIVE' },
      { id: 'acme-old', number: '7', state: 'DELETE_REQUESTED' },
    ]);
    expect(line(await failure(client.open({ ...TARGET, account: 'acme-old' })))).toBe(
      'unknown-place: project `acme-old` is being deleted',
    );
  });

  it('a target that is known by its number only spells ids with it', async () => {
    const byNumber = await client.open({ ...TARGET, account: NUMBER });
    for await (const page of byNumber.inventory()) {
      expect(page.map(({ id }) => id)).toContain(
        `//compute.googleapis.com/projects/${NUMBER}/zones/europe-west3-a/instances/bastion`,
      );
    }
    const { place } = theDatabase();
    const [answer] = await byNumber.read([
      {
        type: 'google_sql_database_instance',
        place: {
          ...place,
          id: place.id.replace(PROJECT, NUMBER),
          detail: { ...place.detail, parent: (place.detail.parent ?? '').replace(PROJECT, NUMBER) },
        },
      },
    ]);
    expect(spell(answer)).toMatchObject({ tags: { environment: 'production' } });
  });

  it('prints no warning of the SDK', async () => {
    const seen: string[] = [];
    const listen = (warning: Error) => seen.push(warning.name);
    process.on('warning', listen);
    try {
      standin.faults.metadataWarning = true;
      const other = createClient({ call, assumeRole: null, connection: standin.connection });
      opened.push(other);
      const fresh = await other.open(TARGET);
      for await (const _ of fresh.inventory());
      await fresh.read([theBucket()]);
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', listen);
    }
    expect(seen).toEqual([]);
  });
});

describe('google: failures', () => {
  it('throttles are tried again after what the cloud asks for', async () => {
    standin.faults.throttle.set(LIST, 2);
    standin.faults.retryAfter = 2_500;
    expect(await one(theBucket([ENV]))).toMatchObject({ tags: { [ENV]: 'production' } });
    expect(waits).toEqual([2_500, 2_500]);
    standin.faults.throttle.set(LIST, 9);
    standin.faults.retryAfter = null;
    expect(await one(theBucket([ENV]))).toBe(`throttled: Google Cloud throttles: tags of \`${bucket.name}\``);
    expect(waits.slice(2)).toEqual([null, null, null]);
  });

  it('one send is one request, whatever the SDK would like', async () => {
    standin.faults.fail.set(LIST, { code: 14, times: 3 });
    expect(await one(theBucket([ENV]))).toMatchObject({ tags: { [ENV]: 'production' } });
    expect([standin.calls().get(LIST), waits.length]).toEqual([4, 3]);
  });

  it('the documented limit holds', async () => {
    await afresh([prod], true);
    waits.length = 0;
    await session.read(Array.from({ length: 20 }, () => theBucket([ENV])));
    expect(waits.length).toBeGreaterThan(0);
  });

  it('names the permission of the kind', async () => {
    standin.faults.denied.add('compute.instances.listEffectiveTags');
    const [answer] = await session.read([theInstance([ENV])]);
    expect(answer).toMatchObject({
      state: 'unread',
      failure: { kind: 'denied', permission: 'compute.instances.listEffectiveTags' },
    });
    standin.faults.denied.clear();
    standin.faults.fail.set(LIST, { code: 7, times: 1, text: 'The caller does not have permission' });
    const [plain] = await session.read([theDatabase([ENV])]);
    expect(plain).toMatchObject({
      state: 'unread',
      failure: { kind: 'denied', permission: 'cloudsql.instances.listEffectiveTags' },
    });
  });

  it('what cannot be searched leaves what needs no search', async () => {
    standin.faults.denied.add(SEARCH);
    const answers = await session.read([theBucket([ENV]), theDatabase(['environment'])]);
    expect(answers.map((answer) => (answer.state === 'unread' ? answer.failure.permission : answer.state))).toEqual([
      'found',
      SEARCH,
    ]);
  });

  it('credentials that run out fail the whole read', async () => {
    standin.faults.callsLeft = 0;
    expect((await failure(session.read([theBucket(), theZone()]))).kind).toBe('credentials');
  });

  it('another quota project, billing', () => {
    const thrown = (reason: string) => ({
      code: 7,
      details: 'x',
      reason,
      errorInfoMetadata: { consumer: 'projects/12345', service: 'cloudasset.googleapis.com' },
    });
    const asked = { what: 'it', project: 'p', permission: null };
    expect(line(failureOf(thrown('USER_PROJECT_DENIED'), asked))).toBe(
      'denied: the credentials may not use project `12345` for quota',
    );
    expect(line(failureOf(thrown('BILLING_DISABLED'), asked))).toBe('unknown-place: billing is off in project `12345`');
  });

  it('a token that cannot be fetched looks like an answer, and is none', () => {
    const asked = { what: 'it', project: 'p', permission: null };
    const thrown = (text: string) => ({ code: 2, details: `Getting metadata from plugin failed with error: ${text}` });
    expect(line(failureOf(thrown('invalid_grant'), asked))).toBe(
      'credentials: the Google Cloud credentials have expired or were revoked',
    );
    expect(failureOf(thrown('connect ETIMEDOUT 1.2.3.4:443'), asked).kind).toBe('transient');
  });

  it('no token, no id of a request and no time comes through; a mistake of ours does', async () => {
    const text =
      'Bad: request 3f2504e0-4f89-11d3-9a0c-0305e82c3301 at 2026-11-29T01:00:00Z with ya29.a0AfH6SMBx\u001b[31m is not good';
    standin.faults.fail.set(LIST, { code: 9, times: 1, text });
    expect(await one(theBucket([ENV]))).toBe(
      `refused: Google Cloud refuses: tags of \`${bucket.name}\`: Bad: request at with is not good`,
    );
    expect(() => failureOf(new TypeError('x is not a function'), { what: 'it', project: 'p', permission: null })).toThrow(
      TypeError,
    );
  });
});

describe('google: write', () => {
  const CREATE = 'cloudresourcemanager.tagBindings.create';
  const DELETE = 'cloudresourcemanager.tagBindings.delete';
  const edit = (object: CloudObject, set: Record<string, string>, unset: string[] = []) => ({
    object,
    set: new Map(Object.entries(set)),
    unset: new Set(unset),
  });
  const wrote = async (...edits: ReturnType<typeof edit>[]) =>
    (await session.write(edits)).map((answer) => (answer.state === 'done' ? 'done' : line(answer.failure)));

  it('adds what is missing, and nothing else', async () => {
    expect(await wrote(edit(theDatabase(), { [ENV]: 'production' }))).toEqual(['done']);
    expect(standin.tags(database.name)).toEqual({ [ENV]: 'production' });
    expect([standin.calls().get(CREATE), standin.calls().get(DELETE)]).toEqual([1, undefined]);
    expect(await one(theDatabase([ENV]))).toMatchObject({ tags: { [ENV]: 'production' } });
  });

  it('replaces a wrong value: takes it off, puts the right one on', async () => {
    standin.setTag(bucket.name, `${ORG}/cost`, 'shared');
    expect(await wrote(edit(theBucket(), { [ENV]: 'staging' }))).toEqual(['done']);
    expect(standin.tags(bucket.name)).toEqual({ [`${ORG}/cost`]: 'shared', [ENV]: 'staging' });
    expect([standin.calls().get(CREATE), standin.calls().get(DELETE), standin.writes()]).toEqual([1, 1, 2]);
  });

  it('what is right already is not written', async () => {
    expect(await wrote(edit(theBucket(), { [ENV]: 'production' }))).toEqual(['done']);
    expect(standin.writes()).toBe(0);
  });

  it('takes off what is undone, and looks values up once', async () => {
    expect(await wrote(edit(theBucket(), {}, [ENV, `${ORG}/owner`]), edit(theDatabase(), { [ENV]: 'staging' }))).toEqual([
      'done',
      'done',
    ]);
    expect(standin.tags(bucket.name)).toEqual({});
    await wrote(edit(theInstance(), { [ENV]: 'staging' }));
    expect(standin.calls().get('cloudresourcemanager.tagValues.getNamespaced')).toBe(1);
  });

  it('a key of the project, by either of its names; the project itself', async () => {
    expect(await wrote(edit(theSecret(), { [`${NUMBER}/tier`]: 'silver' }))).toEqual(['done']);
    expect(standin.tags(secret.name)).toEqual({ [`${PROJECT}/tier`]: 'silver' });
    const name = `//cloudresourcemanager.googleapis.com/projects/${PROJECT}`;
    const project = {
      type: 'google_project',
      place: { target: TARGET, id: name, detail: { kind: 'resourcemanager.hierarchyNodes', parent: name, location: 'global' } },
    };
    expect(await wrote(edit(project, { [ENV]: 'production' }))).toEqual(['done']);
    expect(standin.tags(name)).toEqual({ [`${ORG}/cost`]: 'shared', [ENV]: 'production' });
  });

  it('refuses before it writes: labels, values that do not exist, objects that take none', async () => {
    expect(
      await wrote(
        edit(theBucket(), { [ENV]: 'staging', team: 'x' }),
        edit(theBucket(), { [ENV]: 'prod' }),
        edit(theZone(), { [ENV]: 'production' }),
      ),
    ).toEqual([
      "refused: `team` is a label: Terraform writes labels, and no other API writes every type's",
      `refused: the tag key \`${ENV}\` has no value \`prod\``,
      'refused: Resource Manager tags cannot be bound to a `google_dns_managed_zone`',
    ]);
    standin.world.remove(bucket.name);
    expect(await wrote(edit(theBucket(), { [ENV]: 'staging' }))).toEqual([
      `refused: there is no such thing any more: \`${bucket.name}\``,
    ]);
    expect(standin.writes()).toBe(0);
  });

  it('operations that take their time are waited for, at the host that started them', async () => {
    standin.faults.polls = 3;
    expect(await wrote(edit(theBucket(), { [ENV]: 'staging' }))).toEqual(['done']);
    expect(standin.tags(bucket.name)).toEqual({ [ENV]: 'staging' });
    expect(standin.calls().get('cloudresourcemanager.operations.get')).toBe(6);
    expect(waits).toEqual([1_000, 1_000, 1_000, 1_000]);
  });

  it('what cannot be put on is put back', async () => {
    standin.faults.denied.add('resourcemanager.tagValueBindings.create');
    const [failed] = await session.write([edit(theBucket(), { [ENV]: 'staging' })]);
    expect(failed).toMatchObject({
      state: 'failed',
      failure: { kind: 'denied', permission: 'resourcemanager.tagValueBindings.create' },
    });
    expect(failed?.state === 'failed' && failed.failure.message).toContain(`; \`${ENV}\`, which was \`production\`, is off now`);
    standin.faults.denied.clear();

    standin.setTag(bucket.name, ENV, 'production');
    standin.faults.fail.set(CREATE, { code: 9, times: 1, text: 'a policy forbids it' });
    expect(await wrote(edit(theBucket(), { [ENV]: 'staging' }))).toEqual([
      `refused: Google Cloud refuses: tags of \`${bucket.name}\`: a policy forbids it; \`${ENV}\` is \`production\` again`,
    ]);
    expect(standin.tags(bucket.name)).toEqual({ [ENV]: 'production' });
  });

  it('tells what an edit of several keys has changed before it failed', async () => {
    standin.faults.denied.add('resourcemanager.tagValueBindings.delete');
    const [failed] = await session.write([edit(theBucket(), { [`${ORG}/cost`]: 'shared', [ENV]: 'staging' })]);
    expect(failed?.state === 'failed' && failed.failure.message).toMatch(`; changed before that: \`${ORG}/cost\``);
    expect(standin.tags(bucket.name)).toEqual({ [`${ORG}/cost`]: 'shared', [ENV]: 'production' });
  });

  it('an operation that fails', async () => {
    standin.faults.polls = 1;
    Object.assign(standin.faults.operations, { code: 7, times: 1 });
    const [failed] = await session.write([edit(theDatabase(), { [ENV]: 'staging' })]);
    expect(failed).toMatchObject({
      state: 'failed',
      failure: { kind: 'denied', permission: 'cloudsql.instances.createTagBinding' },
    });
    expect(standin.tags(database.name)).toEqual({});
  });

  it('conflicts and lost answers are tried again, without harm', async () => {
    standin.faults.fail.set(CREATE, { code: 10, times: 2 });
    standin.faults.drop.set(DELETE, 1);
    expect(await wrote(edit(theBucket(), { [ENV]: 'staging' }))).toEqual(['done']);
    expect(standin.tags(bucket.name)).toEqual({ [ENV]: 'staging' });
    standin.faults.drop.set(CREATE, 1);
    expect(await wrote(edit(theDatabase(), { [ENV]: 'staging' }))).toEqual(['done']);
    expect(standin.tags(database.name)).toEqual({ [ENV]: 'staging' });
  });

  it('others that write the same key are told of', async () => {
    standin.faults.fights.set(ENV, 'development');
    expect(await wrote(edit(theDatabase(), { [ENV]: 'staging' }))).toEqual([
      `transient: \`${ENV}\` was set to \`staging\`, and reads \`development\``,
    ]);
  });

  it('edits of one object wait for each other', async () => {
    const values = ['staging', 'development', 'production', 'staging'];
    expect(await wrote(...values.map((value) => edit(theBucket(), { [ENV]: value })))).toEqual(values.map(() => 'done'));
    expect(standin.tags(bucket.name)).toEqual({ [ENV]: 'staging' });
  });

  it('names the permissions that it lacks', async () => {
    for (const permission of [
      'resourcemanager.tagValues.get',
      'cloudsql.instances.createTagBinding',
      'resourcemanager.tagValueBindings.delete',
    ]) {
      standin.faults.denied.clear();
      standin.faults.denied.add(permission);
      const object = permission.includes('delete') ? theBucket() : theDatabase();
      const [answer] = await session.write([edit(object, { [ENV]: 'development' })]);
      expect(answer).toMatchObject({ state: 'failed', failure: { kind: 'denied', permission } });
    }
  });
});

describe('google: what it calls', () => {
  const policy = (name: string): string[] =>
    parse(readFileSync(new URL(`../../docs/permissions/google.${name}.yaml`, import.meta.url), 'utf8')).includedPermissions;
  const permissions = (names: Iterable<string>): string[] =>
    [
      ...new Set([...names].flatMap((name) => APIS.find((api) => api.name === name)?.permissions ?? [`no row for ${name}`])),
    ].sort();

  it('a scan makes no writing call, and needs what its role holds', async () => {
    for await (const _ of session.inventory());
    await session.read([theBucket(), theInstance(), theDatabase(), theSecret(), theZone()]);
    expect(standin.writes()).toBe(0);
    expect(policy('scan')).toEqual(permissions(standin.calls().keys()));
  });

  it('a repair needs what its role holds; every row of the table is called', () => {
    expect([...called].sort()).toEqual(APIS.map(({ name }) => name).sort());
    expect(policy('repair')).toEqual(permissions(called));
  });

  it('rows tell of writes, limits and their source', () => {
    expect(APIS.filter(({ writes }) => writes).map(({ name }) => name)).toEqual([
      'cloudresourcemanager.tagBindings.create',
      'cloudresourcemanager.tagBindings.delete',
    ]);
    expect(APIS.every(({ source, limit }) => source.startsWith('https://cloud.google.com/') && limit.of === 'caller')).toBe(true);
  });
});

describe('google: clients of locations', () => {
  it('are bounded, and closed when idle', async () => {
    const closed: string[] = [];
    const clients = new LocationClients((location) => ({
      location,
      close: async () => {
        closed.push(location);
      },
    }));
    let release = () => {};
    const held = clients.use('busy', () => new Promise<void>((resolve) => (release = resolve)));
    for (let index = 0; index < 100; index++) await clients.use(`zone-${index}`, async () => index);
    expect(clients.size).toBe(32);
    expect(closed).not.toContain('busy');
    expect(closed).toHaveLength(69);
    release();
    await held;
    await clients.close();
    expect(closed).toHaveLength(101);
  });
});
