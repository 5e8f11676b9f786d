import { createRequire } from 'node:module';
import { AssetServiceClient } from '@google-cloud/asset';
import { ProjectsClient, TagBindingsClient, TagKeysClient, TagValuesClient } from '@google-cloud/resource-manager';
import { protobuf } from 'google-gax';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Standin, start } from './google/server.ts';
import type { Resource } from './google/world.ts';

/**
 * The stand-in against what Google's servers were recorded to answer. Golden logs: GoogleCloudPlatform/k8s-config-connector at cdb85ecf1708,
 * `mockgcp/mockresourcemanager/testdata/NAME/_http.log` and `pkg/test/resourcefixture/testdata/basic/tags/v1beta1/tagslocationtagbinding/NAME/_http.log`.
 * Requests and answers are theirs; times and etags, which the client does not read, are left out, and `<name>` stands for what is made up on the way.
 */
interface Step {
  /** Host before `cloudresourcemanager.googleapis.com`. */
  readonly at?: string;
  readonly rpc: string;
  readonly send: Record<string, unknown>;
  readonly answer: Record<string, unknown>;
}

const PROJECT = 'example-project';
const NUMBER = '12345678901';
const ORG = '123450001';

const place = (name: string, assetType: string, location: string, parent: string): Resource => ({
  name,
  assetType,
  location,
  parent,
});
const resources = [
  place(
    '//storage.googleapis.com/kcctest-1',
    'storage.googleapis.com/Bucket',
    'us-east4',
    '//storage.googleapis.com/projects/_/buckets/kcctest-1',
  ),
  place(
    '//storage.googleapis.com/bucket1',
    'storage.googleapis.com/Bucket',
    'us-central1',
    '//storage.googleapis.com/projects/_/buckets/bucket1',
  ),
  place(
    '//storage.googleapis.com/multi',
    'storage.googleapis.com/Bucket',
    'eu',
    '//storage.googleapis.com/projects/_/buckets/multi',
  ),
  place(
    `//artifactregistry.googleapis.com/projects/${PROJECT}/locations/us-east1/repositories/arrepository-1`,
    'artifactregistry.googleapis.com/Repository',
    'us-east1',
    `//artifactregistry.googleapis.com/projects/${NUMBER}/locations/us-east1/repositories/arrepository-1`,
  ),
];

const V3 = 'type.googleapis.com/google.cloud.resourcemanager.v3';

/** What every log does first: a key and a value, each made by an operation, and read by id and by name. */
const keyAndValue: Step[] = [
  {
    rpc: 'createTagKey',
    send: { tagKey: { parent: `projects/${PROJECT}`, shortName: 'test-1' } },
    answer: { name: '<keyOperation>', metadata: { '@type': `${V3}.CreateTagKeyMetadata` } },
  },
  {
    rpc: 'getOperation',
    send: { name: '<keyOperation>' },
    answer: {
      done: true,
      name: '<keyOperation>',
      metadata: { '@type': `${V3}.CreateTagKeyMetadata` },
      response: {
        '@type': `${V3}.TagKey`,
        name: '<key>',
        namespacedName: `${PROJECT}/test-1`,
        parent: `projects/${NUMBER}`,
        shortName: 'test-1',
      },
    },
  },
  ...['getTagKey', 'getNamespacedTagKey'].map((rpc) => ({
    rpc,
    send: { name: rpc === 'getTagKey' ? '<key>' : `${PROJECT}/test-1` },
    answer: { name: '<key>', namespacedName: `${PROJECT}/test-1`, parent: `projects/${NUMBER}`, shortName: 'test-1' },
  })),
  {
    rpc: 'createTagValue',
    send: { tagValue: { parent: '<key>', shortName: 'value1' } },
    answer: { name: '<valueOperation>', metadata: { '@type': `${V3}.CreateTagValueMetadata` } },
  },
  {
    rpc: 'getOperation',
    send: { name: '<valueOperation>' },
    answer: {
      done: true,
      name: '<valueOperation>',
      metadata: { '@type': `${V3}.CreateTagValueMetadata` },
      response: {
        '@type': `${V3}.TagValue`,
        name: '<value>',
        namespacedName: `${PROJECT}/test-1/value1`,
        parent: '<key>',
        shortName: 'value1',
      },
    },
  },
  ...['getTagValue', 'getNamespacedTagValue'].map((rpc) => ({
    rpc,
    send: { name: rpc === 'getTagValue' ? '<value>' : `${PROJECT}/test-1/value1` },
    answer: { name: '<value>', namespacedName: `${PROJECT}/test-1/value1`, parent: '<key>', shortName: 'value1' },
  })),
];

const removal: Step[] = [
  {
    rpc: 'deleteTagValue',
    send: { name: '<value>' },
    answer: { name: '<valueEnd>', metadata: { '@type': `${V3}.DeleteTagValueMetadata` } },
  },
  {
    rpc: 'getOperation',
    send: { name: '<valueEnd>' },
    answer: {
      done: true,
      name: '<valueEnd>',
      metadata: { '@type': `${V3}.DeleteTagValueMetadata` },
      response: {
        '@type': `${V3}.TagValue`,
        name: '<value>',
        namespacedName: `${PROJECT}/test-1/value1`,
        parent: '<key>',
        shortName: 'value1',
      },
    },
  },
  {
    rpc: 'deleteTagKey',
    send: { name: '<key>' },
    answer: { name: '<keyEnd>', metadata: { '@type': `${V3}.DeleteTagKeyMetadata` } },
  },
  {
    rpc: 'getOperation',
    send: { name: '<keyEnd>' },
    answer: {
      done: true,
      name: '<keyEnd>',
      metadata: { '@type': `${V3}.DeleteTagKeyMetadata` },
      response: {
        '@type': `${V3}.TagKey`,
        name: '<key>',
        namespacedName: `${PROJECT}/test-1`,
        parent: `projects/${NUMBER}`,
        shortName: 'test-1',
      },
    },
  },
];

/** A binding is made, listed and taken off at one host; the answers spell the project as its number. */
function bound(at: string, asked: string, answered: string, by: 'name' | 'id'): Step[] {
  const binding = {
    name: `tagBindings/${encodeURIComponent(answered)}/<value>`,
    parent: answered,
    tagValue: '<value>',
    tagValueNamespacedName: `${PROJECT}/test-1/value1`,
  };
  const told = by === 'name' ? { tagValueNamespacedName: `${PROJECT}/test-1/value1` } : { tagValue: '<value>' };
  return [
    {
      at,
      rpc: 'createTagBinding',
      send: { tagBinding: { parent: asked, ...told } },
      answer: { done: true, response: { '@type': `${V3}.TagBinding`, ...binding } },
    },
    { at, rpc: 'listTagBindings', send: { parent: asked }, answer: { tagBindings: [binding] } },
    {
      at,
      // REST writes the name encoded once more; gRPC sends it as it stands.
      rpc: 'deleteTagBinding',
      send: { name: `tagBindings/${encodeURIComponent(asked)}/<value>` },
      answer: { done: true, response: { '@type': 'type.googleapis.com/google.protobuf.Empty' } },
    },
    { at, rpc: 'listTagBindings', send: { parent: asked }, answer: { tagBindings: [] } },
  ];
}

const logs: [string, Step[]][] = [
  ['tagkey/crud', [...keyAndValue.slice(0, 4), ...removal.slice(2)]],
  ['tagvalue/crud', [...keyAndValue, ...removal]],
  [
    'tagbinding/bucket',
    [
      ...keyAndValue,
      ...bound(
        'us-east4-',
        '//storage.googleapis.com/projects/_/buckets/kcctest-1',
        '//storage.googleapis.com/projects/_/buckets/kcctest-1',
        'name',
      ),
      ...removal,
    ],
  ],
  [
    'tagbinding/crud',
    [
      ...keyAndValue,
      ...bound(
        '',
        `//cloudresourcemanager.googleapis.com/projects/${PROJECT}`,
        `//cloudresourcemanager.googleapis.com/projects/${NUMBER}`,
        'name',
      ),
      ...removal,
    ],
  ],
  [
    'tagslocationbinding/crud',
    [
      ...keyAndValue,
      ...bound(
        'us-central1-',
        '//storage.googleapis.com/projects/_/buckets/bucket1',
        '//storage.googleapis.com/projects/_/buckets/bucket1',
        'name',
      ),
    ],
  ],
  [
    'tagslocationtagbinding_multiregionbucket',
    [
      ...keyAndValue,
      ...bound(
        'EU-',
        '//storage.googleapis.com/projects/_/buckets/multi',
        '//storage.googleapis.com/projects/_/buckets/multi',
        'id',
      ),
    ],
  ],
  [
    'tagslocationtagbinding_artifactregistryrepository',
    [
      ...keyAndValue,
      ...bound(
        'us-east1-',
        `//artifactregistry.googleapis.com/projects/${PROJECT}/locations/us-east1/repositories/arrepository-1`,
        `//artifactregistry.googleapis.com/projects/${NUMBER}/locations/us-east1/repositories/arrepository-1`,
        'id',
      ),
    ],
  ],
];

let standin: Standin;
const opened: { close(): Promise<unknown> }[] = [];
const root = protobuf.Root.fromJSON(createRequire(import.meta.url)('@google-cloud/resource-manager/build/protos/protos.json'));

beforeEach(async () => {
  standin = await start({
    projects: [{ id: PROJECT, number: NUMBER, resources }],
    tagKeys: [{ owner: ORG, key: 'environment', values: ['production', 'staging'] }],
    limits: false,
  });
});
afterEach(async () => {
  made.clear();
  await Promise.all(opened.splice(0).map((client) => client.close()));
  await standin.close();
});

const reach = (host: string) =>
  ({
    apiEndpoint: standin.connection.address,
    port: standin.connection.port,
    sslCreds: standin.connection.sslCreds,
    auth: standin.connection.auth,
    projectId: 'unused',
    'grpc.default_authority': host,
  }) as never;
const clientsAt = (host: string) => ({
  bindings: new TagBindingsClient(reach(host)),
  keys: new TagKeysClient(reach(host)),
  values: new TagValuesClient(reach(host)),
  projects: new ProjectsClient(reach(host)),
});
const made = new Map<string, ReturnType<typeof clientsAt>>();
const at = (prefix = '') => {
  const clients = made.get(prefix) ?? clientsAt(`${prefix}cloudresourcemanager.googleapis.com`);
  if (!made.has(prefix)) opened.push(...Object.values(clients));
  made.set(prefix, clients);
  return clients;
};
const assets = () => {
  const client = new AssetServiceClient(reach('cloudasset.googleapis.com'));
  opened.push(client);
  return client;
};

/** Any method of a client, by name. */
function invoke(client: object, rpc: string, request: unknown): Promise<readonly unknown[]> {
  const method = (client as Record<string, unknown>)[rpc];
  if (typeof method !== 'function') throw new Error(`the SDK has no ${rpc}`);
  return method.call(client, request, { ...ONCE });
}
const ONCE = { autoPaginate: false, retry: { retryCodes: [] } };

/** Sends one request through the SDK and answers as the log writes it: members that are set, messages inside operations taken apart. */
async function exchange({ at: prefix, rpc, send }: Step): Promise<Record<string, unknown>> {
  const { bindings, keys, values } = at(prefix);
  if (rpc === 'getOperation') {
    const [operation] = await invoke(bindings.operationsClient, rpc, send);
    return written(operation as Record<string, unknown>);
  }
  const owner = rpc.includes('TagKey') ? keys : rpc.includes('TagValue') ? values : bindings;
  const [first, , page] = await invoke(owner, rpc, send);
  if (rpc.startsWith('list'))
    return { tagBindings: ((page as { tagBindings?: object[] }).tagBindings ?? []).map((one) => ({ ...one })) };
  return written(((first as { latestResponse?: object }).latestResponse ?? first) as Record<string, unknown>);
}

function written(message: Record<string, unknown>): Record<string, unknown> {
  const set = (value: unknown) => value !== null && value !== '' && value !== false && value !== 'PURPOSE_UNSPECIFIED';
  const members = Object.entries(message).filter(
    ([key, value]) => (set(value) && !LEFT_OUT.has(key) && Object.keys(Object(value)).length > 0) || value === true,
  );
  return Object.fromEntries(members.map(([key, value]) => [key, isAny(value) ? unpacked(value) : value]));
}

/** Times and etags; `result` is the SDK's own mark of which of two members is set. */
const LEFT_OUT = new Set(['createTime', 'updateTime', 'etag', 'result']);

interface Any {
  readonly type_url: string;
  readonly value: Uint8Array;
}
const isAny = (value: unknown): value is Any => typeof value === 'object' && value !== null && 'type_url' in value;

function unpacked({ type_url, value }: Any): Record<string, unknown> {
  const type =
    type_url === 'type.googleapis.com/google.protobuf.Empty'
      ? null
      : root.lookupType(type_url.replace('type.googleapis.com/', ''));
  return { '@type': type_url, ...(type ? type.toObject(type.decode(value)) : {}) };
}

/** Compares, and learns what a `<name>` that is seen for the first time stands for. */
function agree(actual: unknown, expected: unknown, names: Map<string, string>): unknown {
  if (typeof expected === 'string') {
    const name = /^<(\w+)>$/.exec(expected)?.[1];
    if (name !== undefined && !names.has(name) && typeof actual === 'string') names.set(name, actual);
    return fill(expected, names);
  }
  if (Array.isArray(expected)) return expected.map((one, index) => agree((actual as unknown[])[index], one, names));
  if (typeof expected !== 'object' || expected === null) return expected;
  return Object.fromEntries(
    Object.entries(expected).map(([key, value]) => [key, agree((actual as Record<string, unknown>)[key], value, names)]),
  );
}

const fill = (text: string, names: Map<string, string>) =>
  text.replace(/<(\w+)>/g, (whole, name: string) => names.get(name) ?? whole);
const filled = <T>(value: T, names: Map<string, string>): T => JSON.parse(fill(JSON.stringify(value), names)) as T;

interface ServerError {
  readonly code: number;
  readonly details: string;
  readonly reason?: string;
  readonly errorInfoMetadata?: Record<string, string>;
  readonly statusDetails?: readonly { readonly fieldViolations?: readonly Record<string, string>[] }[];
}
const errorOf = async (work: Promise<unknown>): Promise<ServerError> => {
  try {
    await work;
  } catch (error) {
    return error as ServerError;
  }
  throw new Error('it did not fail');
};

describe('google stand-in: golden logs', () => {
  it.each(logs)('%s', async (_, steps) => {
    const names = new Map<string, string>();
    for (const step of steps) {
      const actual = await exchange({ ...step, send: filled(step.send, names) });
      const expected = agree(actual, step.answer, names);
      expect({ rpc: step.rpc, answer: actual }).toEqual({ rpc: step.rpc, answer: expected });
    }
    expect(names.get('key')).toMatch(/^tagKeys\/\d+$/);
  });
});

describe('google stand-in: answers that threads and pages tell of', () => {
  const BUCKET = '//storage.googleapis.com/projects/_/buckets/kcctest-1';

  it('the wrong host of a location (googleapis/google-cloud-python issue 12849)', async () => {
    const text =
      'Must be a valid One Platform resource name of a tag-compatible global resource. Did you forget to specify the correct location?';
    const error = await errorOf(at('').bindings.listTagBindings({ parent: BUCKET }, { ...ONCE }));
    expect([error.code, error.details]).toEqual([3, `field [binding.resource] has issue [${text}]`]);
    expect(error.statusDetails?.[0]?.fieldViolations?.[0]).toMatchObject({ field: 'binding.resource', description: text });
    await expect(at('us-east4-').bindings.listTagBindings({ parent: BUCKET }, { ...ONCE })).resolves.toBeDefined();
  });

  it('an operation is known at its own host only (GoogleCloudPlatform/magic-modules pull request 17801)', async () => {
    standin.faults.polls = 2;
    const tagBinding = { parent: BUCKET, tagValueNamespacedName: `${ORG}/environment/staging` };
    const [operation] = await at('us-east4-').bindings.createTagBinding({ tagBinding }, { ...ONCE });
    const name = operation.latestResponse.name ?? '';
    expect((await errorOf(at('').bindings.operationsClient.getOperation({ name } as never, ONCE as never))).details).toBe(
      "Operation location 'us-east4' does not match service location 'global'",
    );
  });

  it('a quota that is used up (gist.github.com/danjamesmay/ce3e049831e6f6bb323964717d9f02b6)', async () => {
    standin.faults.throttle.set('cloudresourcemanager.projects.get', 1);
    const error = await errorOf(at('').projects.getProject({ name: `projects/${PROJECT}` }, { ...ONCE }));
    expect([error.code, error.reason, error.errorInfoMetadata?.service]).toEqual([
      8,
      'RATE_LIMIT_EXCEEDED',
      'cloudresourcemanager.googleapis.com',
    ]);
    expect(error.details).toContain("Quota exceeded for quota metric 'read requests'");
  });

  it('a project by id or number answers with its number (golden log tagslocationtagbinding_artifactregistryrepository)', async () => {
    for (const name of [PROJECT, NUMBER]) {
      const [project] = await at('').projects.getProject({ name: `projects/${name}` }, { ...ONCE });
      expect([project.name, project.projectId, project.state]).toEqual([`projects/${NUMBER}`, PROJECT, 'ACTIVE']);
    }
  });

  it('one value of a key on an object; the same binding twice (tag_bindings.proto, the overview of tags)', async () => {
    const { bindings } = at('us-east4-');
    const bind = (value: string, more: object = {}) =>
      bindings.createTagBinding(
        { tagBinding: { parent: BUCKET, tagValueNamespacedName: `${ORG}/environment/${value}`, ...more } },
        { ...ONCE },
      );
    await bind('staging');
    expect((await errorOf(bind('staging'))).code).toBe(6);
    expect((await errorOf(bind('production'))).code).toBe(9);
    expect((await errorOf(bind('staging', { tagValue: 'tagValues/1' }))).code).toBe(3);
  });

  it('pages of tags hold 100, and 300 at most (tag_bindings.proto)', async () => {
    for (let index = 0; index < 305; index++) {
      const value = standin.world.addValue(standin.world.addKey(`organizations/${ORG}`, `k${index}`).name, 'x');
      standin.setTag('//storage.googleapis.com/kcctest-1', `${ORG}/k${index}`, value?.shortName ?? null);
    }
    const { bindings } = at('us-east4-');
    for (const [pageSize, length] of [
      [0, 100],
      [250, 250],
      [999, 300],
    ] as const) {
      const [, , page] = await bindings.listEffectiveTags({ parent: BUCKET, pageSize }, { ...ONCE });
      expect([page?.effectiveTags?.length, page?.nextPageToken !== '']).toEqual([length, true]);
    }
  });

  it('the inventory: 500 at most, fields of the mask only, exact names, no unknown field (asset_service.proto)', async () => {
    const client = assets();
    const search = (request: object) =>
      client.searchAllResources({ scope: `projects/${PROJECT}`, ...request } as never, { ...ONCE });
    const [, , all] = await search({ pageSize: 9_999, readMask: { paths: ['name', 'labels'] } });
    expect(all?.results?.map(({ name, assetType, location }) => [name, assetType, location])).toContainEqual([
      '//storage.googleapis.com/kcctest-1',
      '',
      '',
    ]);
    const [, , named] = await search({
      query: 'name="//storage.googleapis.com/multi"',
      readMask: { paths: ['name', 'location', 'project'] },
    });
    expect(named?.results).toMatchObject([
      { name: '//storage.googleapis.com/multi', location: 'eu', project: `projects/${NUMBER}` },
    ]);
    const [, , none] = await search({ query: 'name="//storage.googleapis.com/mult"', readMask: { paths: ['name'] } });
    expect(none?.results).toEqual([]);
    expect((await errorOf(search({ readMask: { paths: ['tag'] } }))).code).toBe(3);
  });

  it('tags in the inventory: direct ones, and effective ones with what carries them (assets.proto)', async () => {
    standin.setTag('//storage.googleapis.com/kcctest-1', `${ORG}/environment`, 'staging');
    standin.setTag(`//cloudresourcemanager.googleapis.com/projects/${PROJECT}`, `${ORG}/environment`, 'production');
    const [, , page] = await assets().searchAllResources(
      { scope: `projects/${PROJECT}`, readMask: { paths: ['name', 'tags', 'effective_tags'] } },
      { ...ONCE },
    );
    const of = (name: string) => page?.results?.find((result) => result.name === name);
    const key = `${ORG}/environment`;
    expect(of('//storage.googleapis.com/kcctest-1')).toMatchObject({
      tags: [{ tagKey: key, tagValue: `${key}/staging` }],
      effectiveTags: [
        { attachedResource: '//storage.googleapis.com/kcctest-1', effectiveTags: [{ tagKey: key, tagValue: `${key}/staging` }] },
      ],
    });
    expect(of('//storage.googleapis.com/multi')).toMatchObject({
      tags: [],
      effectiveTags: [
        {
          attachedResource: `//cloudresourcemanager.googleapis.com/projects/${NUMBER}`,
          effectiveTags: [{ tagKey: key, tagValue: `${key}/production` }],
        },
      ],
    });
  });
});
