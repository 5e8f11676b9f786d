import { ResourceManagementClient } from '@azure/arm-resources';
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { afterEach, describe, expect, it } from 'vitest';
import { type StandIn, type StandInResource, start } from './azure/start.ts';

// The exchanges are those that Microsoft publishes in github.com/Azure/azure-rest-api-specs; each case names its file, below
// specification/resources/resource-manager/Microsoft.Resources/resources/examples/2025-04-01 (TAGS) and
// specification/resourcegraph/resource-manager/Microsoft.ResourceGraph/ResourceGraph/ResourceGraph/examples/2022-10-01 (GRAPH).
// Answers of errors come from issues in which they were pasted; each case names its issue.

const ZERO = '00000000-0000-0000-0000-000000000000';
const GRAPH = 'cfbbd179-59d2-4052-aa06-9270a38aa9d6';
const VM = `subscriptions/${ZERO}/resourcegroups/my-resource-group/providers/myPRNameSpace/VM/myVm`;
const TWO_TAGS = { tagKey1: 'tag-value-1', tagKey2: 'tag-value-2' };

let standIn: StandIn | undefined;
afterEach(async () => {
  await standIn?.close();
  standIn = undefined;
});

async function tagged(tags: Record<string, string>): Promise<StandIn> {
  const subscription = { id: `/subscriptions/${ZERO}`, type: 'microsoft.resources/subscriptions', tags };
  standIn = await start({ subscription: ZERO, resources: [subscription, { id: `/${VM}`, type: 'myprnamespace/vm', tags }] });
  return standIn;
}

/** The SDK as published, with nothing turned off but its proxy. */
function sdk(at: StandIn): ResourceManagementClient {
  const { endpoint, ca, credential } = at.connection;
  const client = new ResourceManagementClient(credential, { endpoint, $host: endpoint, tlsOptions: { ca } });
  client.pipeline.removePolicy({ name: 'proxyPolicy' });
  return client;
}

/** One request as the example spells it. */
async function send(at: StandIn, method: 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST', path: string, body?: unknown) {
  const request = createPipelineRequest({
    url: `${at.connection.endpoint}/${path}`,
    method,
    headers: createHttpHeaders({ 'content-type': 'application/json' }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await sdk(at).sendRequest(request);
  return {
    status: response.status,
    headers: response.headers,
    body: response.bodyAsText ? JSON.parse(response.bodyAsText) : null,
  };
}

const tagsPath = (scope: string) => `${scope}/providers/Microsoft.Resources/tags/default?api-version=2025-04-01`;

describe('the Tags API of the stand-in answers as published', () => {
  for (const [file, scope] of [
    ['GetTagsResource.json', VM],
    ['GetTagsSubscription.json', `subscriptions/${ZERO}`],
  ] as const) {
    it(`TAGS/${file}`, async () => {
      const at = await tagged(TWO_TAGS);
      const { status, body } = await send(at, 'GET', tagsPath(scope));
      expect({ status, body }).toEqual({ status: 200, body: { id: scope, properties: { tags: TWO_TAGS } } });
    });
  }

  for (const [file, method, scope] of [
    ['PutTagsResource.json', 'PUT', VM],
    ['PutTagsSubscription.json', 'PUT', `subscriptions/${ZERO}`],
    ['PatchTagsResource.json', 'PATCH', VM],
    ['PatchTagsSubscription.json', 'PATCH', `subscriptions/${ZERO}`],
  ] as const) {
    it(`TAGS/${file}: 200, and what was there before is replaced`, async () => {
      const at = await tagged({ before: 'x' });
      const operation = method === 'PATCH' ? { operation: 'Replace' } : {};
      const { status, body } = await send(at, method, tagsPath(scope), { ...operation, properties: { tags: TWO_TAGS } });
      expect({ status, body }).toEqual({ status: 200, body: { id: scope, properties: { tags: TWO_TAGS } } });
      expect(at.get(`/${scope}`)?.tags).toEqual(TWO_TAGS);
      expect(at.writes()).toBe(1);
    });

    it(`TAGS/${file}: 202 with the place of the result`, async () => {
      const at = await tagged({ before: 'x' });
      at.faults.lro = { polls: 1, by: 'location' };
      const { status, headers } = await send(at, method, tagsPath(scope), {
        operation: 'Replace',
        properties: { tags: TWO_TAGS },
      });
      expect(status).toBe(202);
      expect(headers.get('location')?.replace(at.connection.endpoint, '')).toMatch(
        new RegExp(`^/subscriptions/${ZERO}/operationresults/c9bbccf4-e16a-4eb7-befb-[0-9a-f]{12}\\?api-version=2018-08-01$`),
      );
    });
  }

  for (const [file, scope] of [
    ['DeleteTagsResource.json', VM],
    ['DeleteTagsSubscription.json', `subscriptions/${ZERO}`],
  ] as const) {
    it(`TAGS/${file}`, async () => {
      const at = await tagged(TWO_TAGS);
      expect((await send(at, 'DELETE', tagsPath(scope))).status).toBe(200);
      expect(at.get(`/${scope}`)?.tags).toEqual({});
    });
  }

  it('the operations of PATCH are those of resources.json: Merge adds and updates, Delete takes names or pairs', async () => {
    // specification/resources/resource-manager/Microsoft.Resources/resources/stable/2025-04-01/resources.json, Tags_UpdateAtScope.
    const at = await tagged({ Environment: 'dev', team: 'orders' });
    const patch = (operation: string, tags: object) => send(at, 'PATCH', tagsPath(VM), { operation, properties: { tags } });
    await patch('Merge', { environment: 'production', owner: 'ada' });
    expect(at.get(`/${VM}`)?.tags).toEqual({ team: 'orders', environment: 'production', owner: 'ada' });
    await patch('Delete', { owner: 'someone else' });
    expect(at.get(`/${VM}`)?.tags).toHaveProperty('owner');
    await patch('Delete', { OWNER: 'ada', team: '' });
    expect(at.get(`/${VM}`)?.tags).toEqual({ environment: 'production' });
    expect((await patch('Erase', {})).status).toBe(400);
  });

  it('the SDK of the vendor reads, merges and waits for the end of a change', async () => {
    const at = await tagged({ team: 'orders' });
    at.faults.lro = { polls: 1, by: 'location', retryAfter: 0 };
    const tags = { environment: 'production' };
    await sdk(at).tagsOperations.beginUpdateAtScopeAndWait(
      VM,
      { operation: 'Merge', properties: { tags } },
      { updateIntervalInMs: 1 },
    );
    expect((await sdk(at).tagsOperations.getAtScope(VM)).properties.tags).toEqual({ team: 'orders', environment: 'production' });
    expect(at.calls().get('Microsoft.Resources/subscriptions/operationresults/read')).toBe(2);
  });

  it('a scope that is not there: 404 with the code of what is missing', async () => {
    // https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/common-deployment-errors
    const at = await tagged({});
    const code = async (scope: string) => {
      const { status, body } = await send(at, 'GET', tagsPath(scope));
      return [status, body.error.code];
    };
    expect(await code(`${VM}2`)).toEqual([404, 'ResourceNotFound']);
    expect(await code(`subscriptions/${ZERO}/resourceGroups/nope`)).toEqual([404, 'ResourceGroupNotFound']);
    expect(await code(`subscriptions/${GRAPH}`)).toEqual([404, 'SubscriptionNotFound']);
  });

  it('a denied action, a lock, an expired token, an old token: codes and sentences as pasted', async () => {
    // github.com/Azure/azure-cli/issues/14497, Azure/azure-sdk-for-java/issues/2560, tomkerkhove/promitor/pull/1432.
    const at = await tagged({});
    at.permissions.delete('Microsoft.Resources/tags/write');
    const patch = () => send(at, 'PATCH', tagsPath(VM), { operation: 'Merge', properties: { tags: {} } });
    const refused = await patch();
    expect([refused.status, refused.body.error.code]).toEqual([403, 'AuthorizationFailed']);
    expect(refused.body.error.message).toContain(
      `does not have authorization to perform action 'Microsoft.Resources/tags/write' over scope '/${VM}' or the scope is invalid.`,
    );
    at.permissions.add('Microsoft.Resources/tags/write');
    at.faults.locked.add(`/${VM}`.toLowerCase());
    const locked = await patch();
    expect([locked.status, locked.body.error.code]).toEqual([409, 'ScopeLocked']);
    expect(locked.body.error.message).toContain('cannot perform write operation because following scope(s) are locked');
    at.faults.expired = true;
    const expired = await send(at, 'GET', tagsPath(VM));
    expect([expired.status, expired.body.error.code]).toEqual([401, 'ExpiredAuthenticationToken']);
  });
});

const disk = (name: string): StandInResource => resource('Microsoft.Compute/disks', 'RG1', name, 'eastus');
const account = (name: string): StandInResource =>
  resource('Microsoft.Automation/automationAccounts', 'RG2', name, 'westcentralus');
const runbook = (name: string): StandInResource =>
  resource('Microsoft.Automation/automationAccounts/TestAA/runbooks', 'RG2', name, 'westcentralus');

function resource(
  path: string,
  group: string,
  name: string,
  location: string,
  tags: Record<string, string> = {},
): StandInResource {
  const type = path.replace('/TestAA', '').toLowerCase();
  return { id: `/subscriptions/${GRAPH}/resourceGroups/${group}/providers/${path}/${name}`, type, location, tags };
}

/** Rows of the examples at their places, 386 in all. */
function published(): StandInResource[] {
  const rows = [
    disk('yetanothertest_OsDisk_1_f396cbcb625a457bb69fe2abf5975820'),
    account('TestAA'),
    runbook('TestRB'),
    disk('second_OsDisk_dddddbcb625a457bb69fe2abf5975820_test'),
    account('AATest'),
    runbook('RBTest'),
    ...[6, 7, 8, 9].map((at) => disk(`test-filler-${at}`)),
    disk('third_OsDisk_dddddbcb625a457bb69fe2abf5975820_test'),
    account('CCTest'),
  ];
  for (let at = rows.length; at < 386; at += 1) rows.push(disk(`test-filler-${at}`));
  return [...rows, disk('not-among-the-rows')];
}

describe('Resource Graph of the stand-in answers as published', () => {
  const PATH = 'providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01';
  const TEST_ROWS = "Resources | where name contains 'test' | project id, name, type, location";
  const query = (at: StandIn, text: string, options?: object) =>
    send(at, 'POST', PATH, { query: text, subscriptions: [GRAPH], ...(options === undefined ? {} : { options }) });
  const open = async (resources: readonly StandInResource[]) => {
    standIn = await start({ subscription: GRAPH, resources });
    return standIn;
  };
  const row = ({ id, type, location }: StandInResource) => ({ id, name: id.split('/').at(-1), type, location });

  it('GRAPH/ResourcesBasicQuery.json', async () => {
    const nic = resource('Microsoft.Network/networkInterfaces', 'RG1', 'myNetworkInterface', 'centralus', { tag1: 'Value1' });
    const vnet = resource('Microsoft.Network/virtualNetworks', 'RG2', 'myVnet', 'westus');
    const ip = resource('Microsoft.Network/publicIPAddresses', 'RG2', 'myPublicIp', 'westus');
    const at = await open([nic, vnet, ip, disk('a-fourth')]);
    const { status, body } = await query(at, 'Resources | project id, name, type, location, tags | limit 3');
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        count: 3,
        data: [nic, vnet, ip].map((each) => ({ ...row(each), tags: each.tags })),
        facets: [],
        resultTruncated: 'false',
        totalRecords: 3,
      },
    });
  });

  // The published second and third page hold disks without `test` in their names; here they have it, since the query asks for it.
  it('GRAPH/ResourcesFirstPageQuery.json, then ResourcesNextPageQuery.json: the token holds the size of the page', async () => {
    const rows = published();
    const at = await open(rows);
    const first = await query(at, TEST_ROWS, { $skip: 0, $top: 3 });
    const { $skipToken, ...body } = first.body;
    expect($skipToken).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(body).toEqual({ count: 3, data: rows.slice(0, 3).map(row), facets: [], resultTruncated: 'false', totalRecords: 386 });
    const next = await query(at, TEST_ROWS, { $skipToken });
    expect(next.body.data).toEqual(rows.slice(3, 6).map(row));
    expect(next.body).toMatchObject({ count: 3, facets: [], resultTruncated: 'false', totalRecords: 386 });
    expect(next.body.$skipToken).not.toBe($skipToken);
  });

  it('GRAPH/ResourcesRandomPageQuery.json', async () => {
    const rows = published();
    const at = await open(rows);
    const { body } = await query(at, TEST_ROWS, { $skip: 10, $top: 2 });
    expect(body).toMatchObject({ count: 2, data: rows.slice(10, 12).map(row), totalRecords: 386 });
    expect(typeof body.$skipToken).toBe('string');
  });

  it('every answer tells the quota; the sixteenth query of five seconds is throttled', async () => {
    // https://learn.microsoft.com/en-us/azure/governance/resource-graph/concepts/guidance-for-throttled-requests and
    // github.com/Azure/azure-cli-extensions/issues/3325.
    let now = 1_000_000;
    const clock = { now: () => now, sleep: async () => undefined };
    standIn = await start({ subscription: GRAPH, resources: published(), clock });
    const at = standIn;
    const plain = createHttpHeaders({ 'content-type': 'application/json' });
    const client = sdk(at);
    client.pipeline.removePolicy({ name: 'defaultRetryPolicy' });
    const ask = () =>
      client.sendRequest(
        createPipelineRequest({
          url: `${at.connection.endpoint}/${PATH}`,
          method: 'POST',
          headers: plain,
          body: JSON.stringify({ query: TEST_ROWS, subscriptions: [GRAPH], options: { $top: 1 } }),
        }),
      );
    const first = await ask();
    expect(first.headers.get('x-ms-user-quota-remaining')).toBe('14');
    expect(first.headers.get('x-ms-user-quota-resets-after')).toBe('00:00:05');
    for (let at15 = 0; at15 < 14; at15 += 1) expect((await ask()).status).toBe(200);
    now += 2_000;
    const throttled = await ask();
    expect(throttled.status).toBe(429);
    expect(throttled.headers.get('x-ms-user-quota-resets-after')).toBe('00:00:03');
    const { error } = JSON.parse(throttled.bodyAsText ?? '');
    expect([error.code, error.details[0].code]).toEqual(['RateLimiting', 'RateLimiting']);
    now += 3_000;
    expect((await ask()).status).toBe(200);
  });

  it('no permission and no subscription: codes and sentences as pasted', async () => {
    // github.com/Azure/azure-sdk-for-java/issues/29924 and github.com/Azure/aztfexport/issues/331.
    const at = await open([]);
    at.permissions.delete('*/read');
    const none = await query(at, TEST_ROWS);
    expect([none.status, none.body.error.code, none.body.error.details[0].code]).toEqual([403, 'AccessDenied', 'AccessDenied']);
    at.permissions.add('*/read');
    const other = await send(at, 'POST', PATH, { query: TEST_ROWS, subscriptions: [ZERO] });
    expect([other.status, other.body.error.code]).toEqual([400, 'BadRequest']);
    expect(other.body.error.details[0].message).toMatch(
      /^There must be at least one subscription that is eligible to contain resources/,
    );
  });

  it('what it cannot run is refused as an invalid query', async () => {
    const at = await open([]);
    for (const text of [
      'Resources | summarize count()',
      'Nothing',
      "Resources | where name contains 'x",
      'Resources | project colour',
    ]) {
      const { status, body } = await query(at, text);
      expect([status, body.error.details[0].code]).toEqual([400, 'InvalidQuery']);
    }
  });
});

describe('limits of the stand-in', () => {
  it('reads: 250 at once, then 25 a second, with Retry-After', async () => {
    // https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/request-limits-and-throttling
    let now = 0;
    standIn = await start({
      subscription: ZERO,
      resources: [{ id: `/${VM}`, type: 'x/vm', tags: {} }],
      clock: { now: () => now, sleep: async () => undefined },
    });
    const at = standIn;
    const client = sdk(at);
    client.pipeline.removePolicy({ name: 'defaultRetryPolicy' });
    const ask = () => client.sendRequest(createPipelineRequest({ url: `${at.connection.endpoint}/${tagsPath(VM)}` }));
    const statuses = await Promise.all(Array.from({ length: 260 }, async () => (await ask()).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(250);
    expect((await ask()).headers.get('retry-after')).toBe('1');
    now += 1_000;
    const later = await Promise.all(Array.from({ length: 30 }, async () => (await ask()).status));
    expect(later.filter((status) => status === 200)).toHaveLength(25);
  });
});
