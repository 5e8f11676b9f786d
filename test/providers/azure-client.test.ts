import { readFileSync } from 'node:fs';
import { AuthenticationError, CredentialUnavailableError } from '@azure/identity';
import { afterEach, describe, expect, it } from 'vitest';
import { APIS } from '../../providers/azure/apis.ts';
import type { CloudAnswer, CloudFailure, FoundTags, InventoryItem, TagEdit } from '../../providers/cloud.ts';
import type { StandIn, StandInOptions, StandInResource } from '../standins/azure/start.ts';
import { type Bench, bench, failure, GROUP, object, SUBSCRIPTION, server, TARGET } from './azure-bench.ts';

const READ = 'Microsoft.Resources/tags/read';
const WRITE = 'Microsoft.Resources/tags/write';
const QUERY = 'Microsoft.ResourceGraph/resources/read';
const RESULT = 'Microsoft.Resources/subscriptions/operationresults/read';

let at: StandIn;
let log: Bench['log'] = [];
/** Sends that are known to have made no request: the credentials failed before. */
let unsent = 0;
let used: Awaited<ReturnType<typeof bench>> | undefined;

async function setUp(resources: readonly StandInResource[], options: Partial<StandInOptions> & { connection?: object } = {}) {
  used = await bench(resources, options);
  ({ at, log } = used);
  return used;
}

async function open(resources: readonly StandInResource[], options: Partial<StandInOptions> & { connection?: object } = {}) {
  return (await setUp(resources, options)).open();
}

afterEach(async () => {
  const requests = [...at.calls().values()].reduce((sum, each) => sum + each, 0);
  await used?.client.close();
  await at.close();
  // Each send makes exactly one request.
  expect(log.length - unsent).toBe(requests);
  unsent = 0;
  for (const { failed } of log) if (failed !== null) oneCleanLine(failed);
});

/** No ids of requests or callers, no tokens, no clock times, no line breaks. */
function oneCleanLine(failed: CloudFailure) {
  for (const text of [failed.message, failed.hint]) {
    expect(text).not.toMatch(/[\r\n]|token-\d|5ec4e7aa|0c0e1a70|\d\d:\d\d|20\d\d-\d\d/);
    expect(text).not.toBe('');
  }
}

const tagsOf = (answer: CloudAnswer | undefined) => Object.fromEntries((answer as FoundTags).tags);

async function all(pages: AsyncIterable<readonly InventoryItem[]>): Promise<InventoryItem[]> {
  const items: InventoryItem[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

const edit = (id: string, set: Record<string, string>, unset: readonly string[] = []): TagEdit => ({
  object: object(id),
  set: new Map(Object.entries(set)),
  unset: new Set(unset),
});

describe('open', () => {
  it('reads the tags of the subscription, once, and writes nothing', async () => {
    const session = await open([]);
    expect(session).toMatchObject({ first: 'inventory', batch: 50, writeBatch: 10 });
    expect([...at.calls()]).toEqual([[READ, 1]]);
  });

  it('no credentials at all', async () => {
    unsent = 1;
    const getToken = () => Promise.reject(new CredentialUnavailableError('EnvironmentCredential is unavailable. at 12:00:00'));
    const { open } = await setUp([], { connection: { credential: { getToken } } });
    const failed = await failure(open());
    expect(failed).toMatchObject({ kind: 'credentials', message: 'no credentials for Azure were found', permission: null });
    expect(failed.hint).toContain('AZURE_CLIENT_ID');
  });

  it('bad credentials: the sign-in says why', async () => {
    unsent = 1;
    const body = {
      error: 'invalid_client',
      error_description:
        'AADSTS7000222: The provided client secret keys for app are expired. Trace ID: 0c0e1a70 Timestamp: 2026-07-12 12:30:52Z',
    };
    const getToken = () => Promise.reject(new AuthenticationError(401, body));
    const { open } = await setUp([], { connection: { credential: { getToken } } });
    expect(await failure(open())).toMatchObject({
      kind: 'credentials',
      message: 'Azure refuses the credentials: the client secret has expired (`AADSTS7000222`)',
    });
  });

  it('a token that has expired', async () => {
    const { open, at } = await setUp([]);
    at.faults.expired = true;
    expect(await failure(open())).toMatchObject({ kind: 'credentials', message: 'the access token for Azure has expired' });
  });

  it('a token of another tenant', async () => {
    const { open, at } = await setUp([]);
    at.faults.planned.push({ times: 1, status: 401, code: 'InvalidAuthenticationTokenTenant', message: 'wrong issuer' });
    const failed = await failure(open());
    expect(failed).toMatchObject({
      kind: 'credentials',
      message: `the access token is of another tenant than subscription \`${SUBSCRIPTION}\``,
    });
    expect(failed.hint).toContain('az login --tenant');
  });

  it('a claims challenge renews the token, in a request of its own', async () => {
    const { open, at } = await setUp([]);
    at.faults.challenged = 1;
    await open();
    expect(log.map(({ failed }) => failed?.message ?? null)).toEqual(['Azure asked to renew the sign-in', null]);
    expect(log[0]?.failed).toMatchObject({ kind: 'transient', retryAfter: 0 });
  });

  it('a claims challenge that the credentials cannot meet', async () => {
    const getToken = async () => ({ token: 'token-1', expiresOnTimestamp: Date.now() + 3_600_000 });
    const { open, at } = await setUp([], { connection: { credential: { getToken } } });
    await at.connection.credential.getToken([]); // the stand-in knows the token now
    at.faults.challenged = 1;
    expect(await failure(open())).toMatchObject({
      kind: 'credentials',
      message: 'Azure asks for a new sign-in, and the credentials give the old one',
    });
  });

  it('no permission on the subscription', async () => {
    const { open, at } = await setUp([]);
    at.permissions.delete(READ);
    const failed = await failure(open());
    expect(failed).toMatchObject({
      kind: 'denied',
      permission: READ,
      message: `the caller lacks \`${READ}\` in subscription \`${SUBSCRIPTION}\``,
    });
    expect(failed.hint).toContain('docs/permissions/');
  });

  it('a subscription that is not there', async () => {
    const { open } = await setUp([]);
    const account = '99999999-2222-4333-8444-555555555555';
    expect(await failure(open({ ...TARGET, account }))).toMatchObject({
      kind: 'unknown-place',
      message: `there is no subscription \`${account}\` that the caller can see`,
    });
  });

  it('a certificate that nobody trusts here', async () => {
    unsent = 1;
    const { open } = await setUp([], { connection: { ca: undefined } });
    expect(await failure(open())).toMatchObject({
      kind: 'refused',
      message: 'the certificate of the Azure endpoint is not trusted here',
    });
  });

  it('nobody there', async () => {
    unsent = 3;
    const { open } = await setUp([], { connection: { endpoint: 'https://127.0.0.1:1' } });
    expect(await failure(open())).toMatchObject({ kind: 'transient', message: 'the connection to Azure failed (ECONNREFUSED)' });
  });
});

describe('read', () => {
  it('current tags in order, keys folded; gone and not taggable are answers', async () => {
    const [a, b] = [server('a', { Environment: 'production', team: '' }), server('b', {})];
    const session = await open([a, b, server('c', null)]);
    const answers = await session.read(['b', 'gone', 'a', 'c'].map((name) => object(server(name, {}).id)));
    expect(answers.map(({ state }) => state)).toEqual(['found', 'gone', 'found', 'not-taggable']);
    expect(tagsOf(answers[0])).toEqual({});
    expect(tagsOf(answers[2])).toEqual({ environment: 'production', team: '' });
    expect(answers[2]).toMatchObject({ inherited: new Map(), managedBy: null });
    expect(at.writes()).toBe(0);
  });

  it('resource groups, the subscription, ids in another case, names with spaces and brackets', async () => {
    const odd = `${GROUP}/providers/microsoft.insights/metricAlerts/CPU above 90% (web) +1`;
    const spaced = odd.replace('%', '');
    const session = await open([
      { id: spaced, type: 'microsoft.insights/metricalerts', tags: { a: 'b' } },
      server('a', { x: 'y' }),
    ]);
    const ids = [
      spaced,
      GROUP,
      `/subscriptions/${SUBSCRIPTION}`,
      server('a', {})
        .id.toUpperCase()
        .replace('/SUBSCRIPTIONS/', '/subscriptions/')
        .replace('PROVIDERS/MICROSOFT.SQL', 'providers/Microsoft.Sql'),
    ];
    const answers = await session.read(ids.map((id) => object(id, 'azurerm_x')));
    expect(answers.map(tagsOf)).toEqual([{ a: 'b' }, {}, { owner: 'platform' }, { x: 'y' }]);
  });

  it('a key of two spellings with two values shows both, so that neither passes for the wanted one', async () => {
    const session = await open([server('a', { Environment: 'production', environment: 'dev', Team: 'x', team: 'x' })]);
    const [answer] = await session.read([object(server('a', {}).id)]);
    expect(tagsOf(answer)).toEqual({ environment: 'dev, production', team: 'x' });
  });

  it('a key that is named like a prototype', async () => {
    const tags = JSON.parse('{"__proto__":"x","constructor":"y"}');
    const session = await open([server('a', tags)]);
    const [answer] = await session.read([object(server('a', {}).id)]);
    expect([...(answer as FoundTags).tags]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(await session.write([edit(server('a', {}).id, { constructor: 'z' })])).toEqual([{ state: 'done' }]);
    expect(Object.entries(at.get(server('a', {}).id)?.tags ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'z'],
    ]);
  });

  it('what manages an object: its own property, that of its group, a mark of its controller; a disk is only attached', async () => {
    const node = `/subscriptions/${SUBSCRIPTION}/resourceGroups/MC_x`;
    const cluster = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/x`;
    const inGroup = `${node}/providers/Microsoft.Compute/virtualMachineScaleSets/pool's`;
    const own = server('own', {}, { managedBy: cluster });
    const disk: StandInResource = {
      id: `${GROUP}/providers/Microsoft.Compute/disks/d`,
      type: 'microsoft.compute/disks',
      tags: {},
      managedBy: `${GROUP}/x`,
    };
    const marked = server('marked', { 'AKS-managed-poolName': 'x' });
    const session = await open([
      { id: node, type: 'microsoft.resources/subscriptions/resourcegroups', tags: {}, managedBy: cluster },
      { id: inGroup, type: 'microsoft.compute/virtualmachinescalesets', tags: {} },
      own,
      disk,
      marked,
      server('portal', { 'hidden-link:/x': 'Resource' }),
    ]);
    const ids = [inGroup, node, own.id, disk.id, marked.id, server('portal', {}).id];
    const expected = [cluster, cluster, cluster, null, 'AKS (tag aks-managed-poolname)', null];
    const answers = await session.read(ids.map((id) => object(id, 'azurerm_x')));
    expect(answers.map((answer) => (answer as FoundTags).managedBy)).toEqual(expected);
    const items = await all(session.inventory());
    expect(ids.map((id) => items.find((item) => item.id === id.toLowerCase())?.managedBy)).toEqual(expected);
  });

  it('one query for the managers of a batch, and one for those of groups in a session', async () => {
    const session = await open([server('a', {}), server('b', {})]);
    await session.read([object(server('a', {}).id), object(server('b', {}).id)]);
    await session.read([object(server('a', {}).id)]);
    expect(at.calls().get(QUERY)).toBe(3);
    expect(await session.read([])).toEqual([]);
    expect(at.calls().get(QUERY)).toBe(3);
  });

  it('not knowing the manager is not knowing the object; what is gone is gone all the same', async () => {
    const session = await open([server('a', {})]);
    at.permissions.delete('*/read');
    const answers = await session.read([object(server('a', {}).id), object(server('gone', {}).id)]);
    expect(answers[0]).toMatchObject({ state: 'unread', failure: { kind: 'denied', permission: '*/read' } });
    expect(answers[1]).toEqual({ state: 'gone' });
  });

  it('a denied scope is one failure among answers, with the exact permission', async () => {
    const [a, b] = [server('a', {}), server('b', {})];
    const session = await open([a, b]);
    at.faults.denied.set(a.id.toLowerCase(), READ);
    at.faults.deniedByAssignment.set(b.id.toLowerCase(), READ);
    const answers = await session.read([object(a.id), object(b.id), object(GROUP)]);
    expect(answers[0]).toMatchObject({ state: 'unread', failure: { kind: 'denied', permission: READ } });
    expect(answers[1]).toMatchObject({
      state: 'unread',
      failure: { kind: 'denied', permission: READ, message: `a deny assignment forbids \`${READ}\`` },
    });
    expect(answers[2]?.state).toBe('found');
  });

  it('throttled: Retry-After is told and the read goes on', async () => {
    const session = await open([server('a', {})]);
    at.faults.planned.push({
      api: READ,
      times: 1,
      status: 429,
      code: 'SubscriptionRequestsThrottled',
      headers: { 'retry-after': '17' },
    });
    const [answer] = await session.read([object(server('a', {}).id)]);
    expect(answer?.state).toBe('found');
    expect(log.find(({ failed }) => failed !== null)?.failed).toMatchObject({
      kind: 'throttled',
      retryAfter: 17_000,
      message: `Azure throttles \`${READ}\``,
    });
  });

  const passing: readonly [string, object, string][] = [
    ['500', { status: 500 }, `Azure failed to answer \`${READ}\` (HTTP 500)`],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '2' } }, `Azure failed to answer \`${READ}\` (HTTP 503)`],
    ['a dropped connection', { drop: 'whole' }, 'the connection to Azure failed (ECONNRESET)'],
    ['a connection that breaks in an answer', { drop: 'half' }, 'Azure answered with something that cannot be read'],
    ['a page of a proxy instead of JSON', { text: '<html>', status: 200 }, 'Azure answered with something that cannot be read'],
    [
      'an empty answer, which is no object without tags',
      { text: '', status: 200 },
      'Azure answered with something that cannot be read',
    ],
    ['an answer about something else', { text: '{"id":"x"}', status: 200 }, 'Azure answered with something that cannot be read'],
  ];
  for (const [name, fault, message] of passing) {
    it(`${name}: tried again, and told when it stays`, async () => {
      const session = await open([server('a', { x: 'y' })]);
      at.faults.planned.push({ api: READ, times: 1, ...fault });
      expect((await session.read([object(server('a', {}).id)]))[0]?.state).toBe('found');
      at.faults.planned.push({ api: READ, times: 3, ...fault });
      const [answer] = await session.read([object(server('a', {}).id)]);
      expect(answer).toMatchObject({
        state: 'unread',
        failure: { kind: 'transient', message: expect.stringContaining(message) },
      });
    });
  }

  it('an answer that takes too long', async () => {
    const session = await open([server('a', {})], { connection: { timeout: 200 } });
    at.faults.slow = 1_000;
    const [answer] = await session.read([object(server('a', {}).id)]);
    expect(answer).toMatchObject({ state: 'unread', failure: { kind: 'transient', message: 'Azure did not answer in time' } });
  });

  it('a 404 that does not say what is missing proves nothing', async () => {
    const session = await open([server('a', {})]);
    at.faults.planned.push({ api: READ, times: 1, status: 404, text: '' });
    const [answer] = await session.read([object(server('a', {}).id)]);
    expect(answer).toMatchObject({ state: 'unread', failure: { kind: 'unconfirmed' } });
  });

  it('the subscription is lost in the middle: no object is called gone', async () => {
    const session = await open([server('a', {})]);
    at.faults.planned.push({ api: READ, times: 1, status: 404, code: 'SubscriptionNotFound' });
    const [answer] = await session.read([object(server('a', {}).id)]);
    expect(answer).toMatchObject({ state: 'unread', failure: { kind: 'unknown-place' } });
  });

  it('a scope that would be another URL stays a name that nothing has', async () => {
    unsent = 1;
    const session = await open([server('a', { x: 'y' })]);
    const { place, type } = object(server('a', {}).id);
    const odd = ['?x=', '#', '%2f..', '/..'].map((end) => ({
      type,
      place: { ...place, detail: { scope: `${place.detail.scope}${end}` } },
    }));
    const answers = await session.read(odd.slice(0, 3));
    expect(answers.map(({ state }) => state)).toEqual(['gone', 'gone', 'gone']);
    expect(await session.read(odd.slice(3))).toMatchObject([{ state: 'unread', failure: { kind: 'refused' } }]);
  });

  it('a redirect is not followed: the token stays with the endpoint', async () => {
    const session = await open([server('a', {})]);
    at.faults.planned.push({ api: READ, times: 1, status: 307, headers: { location: `${at.connection.endpoint}/elsewhere` } });
    const [answer] = await session.read([object(server('a', {}).id)]);
    expect(answer).toMatchObject({ state: 'unread', failure: { kind: 'refused' } });
  });
});

const generated = (count: number) => ({
  count,
  resource: (index: number): StandInResource => server(`g${String(index).padStart(6, '0')}`, { Index: String(index) }),
  indexOf: (id: string) => {
    const found = /\/servers\/g(\d{6})$/.exec(id)?.[1];
    return found === undefined || Number(found) >= count ? null : Number(found);
  },
});

describe('inventory', () => {
  it('containers and resources, with what is told of them', async () => {
    const systemData = { createdAt: '2024-03-01T12:00:00+02:00', createdBy: 'ada@example.com' };
    const session = await open([
      server('A', { Environment: 'dev' }, { location: 'WestEurope', systemData }),
      server('none', null),
    ]);
    const items = await all(session.inventory());
    expect(items.map(({ id, type }) => [id, type])).toEqual([
      [`/subscriptions/${SUBSCRIPTION}`, 'microsoft.resources/subscriptions'],
      [GROUP.toLowerCase(), 'microsoft.resources/subscriptions/resourcegroups'],
      [server('a', {}).id.toLowerCase(), 'microsoft.sql/servers'],
      [server('none', {}).id.toLowerCase(), 'microsoft.sql/servers'],
    ]);
    expect(items[2]).toEqual({
      id: object(server('A', {}).id).place.id,
      type: 'microsoft.sql/servers',
      region: 'westeurope',
      tags: new Map([['environment', 'dev']]),
      inherited: new Map(),
      managedBy: null,
      createdAt: '2024-03-01T10:00:00.000Z',
      createdBy: 'ada@example.com',
    });
    expect(items[3]).toMatchObject({ tags: new Map(), createdAt: null, createdBy: null });
    expect(items[0]?.region).toBeNull();
    expect(at.writes()).toBe(0);
  });

  it('pages of a thousand, everything once', async () => {
    const session = await open([], { generated: generated(2_345) });
    const sizes: number[] = [];
    const ids = new Set<string>();
    for await (const page of session.inventory()) {
      sizes.push(page.length);
      for (const item of page) ids.add(item.id);
    }
    expect(sizes).toEqual([1000, 1000, 347]);
    expect(ids.size).toBe(2_347);
  });

  it('short pages are no end', async () => {
    const session = await open([], { generated: generated(50) });
    at.faults.short = 7;
    expect(await all(session.inventory())).toHaveLength(52);
  });

  it('pages that overlap: nothing is lost, nothing comes twice', async () => {
    const session = await open([], { generated: generated(2_500) });
    at.faults.overlap = 3;
    at.faults.expireToken = 3; // the page of the managed groups, then two
    const items = await all(session.inventory());
    expect(at.faults.expireToken).toBeNull();
    expect(new Set(items.map(({ id }) => id)).size).toBe(2_502);
    expect(items).toHaveLength(2_502);
  });

  it('objects that come and go between two pages', async () => {
    const resources = Array.from({ length: 20 }, (_, index) => server(`m${index + 10}`, {}));
    const session = await open(resources);
    at.faults.short = 5;
    const seen: string[] = [];
    for await (const page of session.inventory()) {
      seen.push(...page.map(({ id }) => id.split('/').at(-1) as string));
      if (seen.length === 5) at.put(server('a-new-one', {}));
      if (seen.length === 15) at.remove(resources[0]?.id as string);
    }
    expect(seen.filter((name, index) => seen.indexOf(name) !== index)).toEqual([]);
    expect(seen.filter((name) => /^m\d\d$/.test(name))).toHaveLength(20);
  });

  for (const [name, fault] of [
    ['500', { status: 500 }],
    ['a dropped connection', { drop: 'whole' as const }],
    ['throttling', { status: 429 }],
  ] as const) {
    it(`${name} on a page: nothing is lost, nothing comes twice`, async () => {
      const session = await open([], { generated: generated(2_500) });
      const sizes: number[] = [];
      for await (const page of session.inventory()) {
        sizes.push(page.length);
        at.faults.planned.push({ api: QUERY, times: 1, ...fault });
      }
      expect(sizes).toEqual([1000, 1000, 502]);
    });
  }

  it('a token that is not taken any more: it goes on behind what was seen', async () => {
    const session = await open([], { generated: generated(2_500) });
    at.faults.expireToken = 2; // the page of the managed groups, then one
    const items = await all(session.inventory());
    expect(at.faults.expireToken).toBeNull();
    expect(items).toHaveLength(2_502);
    expect(new Set(items.map(({ id }) => id)).size).toBe(2_502);
  });

  it('rows as an object of numbered rows, as one SDK hands them over', async () => {
    const session = await open([]);
    await all(session.inventory()); // managed groups are known from here on
    const row = { id: server('a', {}).id, type: 'microsoft.sql/servers', tags: { A: 'b' } };
    at.faults.planned.push({ api: QUERY, times: 1, status: 200, text: JSON.stringify({ totalRecords: 1, data: { 0: row } }) });
    expect((await all(session.inventory())).map(({ tags }) => [...tags])).toEqual([[['a', 'b']]]);
  });

  const strange: readonly [string, object][] = [
    ['rows are missing', { totalRecords: 0 }],
    ['rows are missing', { data: [] }],
    ['a row has no id or type', { totalRecords: 1, data: [{ type: 'x' }] }],
    ['rows are cut off and no page follows', { totalRecords: 1, data: [], resultTruncated: 'true' }],
  ];
  for (const [what, body] of strange) {
    it(`an answer that is none: ${what} (${Object.keys(body).join(', ')})`, async () => {
      const session = await open([]);
      at.faults.planned.push({ api: QUERY, times: 1, status: 200, text: JSON.stringify(body) });
      expect(await failure(all(session.inventory()))).toMatchObject({ kind: 'refused', message: expect.stringContaining(what) });
    });
  }

  it('rows that are counted and never shown', async () => {
    const session = await open([], { generated: generated(1_500) });
    at.faults.lost = 1;
    expect(await failure(all(session.inventory()))).toMatchObject({ kind: 'unconfirmed' });
  });

  it('a page that is its own successor', async () => {
    const session = await open([]);
    await all(session.inventory());
    const text = JSON.stringify({ totalRecords: 9, data: [], $skipToken: 'same' });
    at.faults.planned.push({ api: QUERY, times: 2, status: 200, text });
    expect(await failure(all(session.inventory()))).toMatchObject({ kind: 'unconfirmed' });
  });

  it('throttled by the documented quota: the time until it resets is told', async () => {
    const session = await open([], { generated: generated(20_000), limits: true });
    const failed = await failure(all(session.inventory()));
    expect(failed).toMatchObject({ kind: 'throttled', message: `Azure throttles \`${QUERY}\`` });
    expect(failed.retryAfter).toBeGreaterThan(0);
    expect(failed.retryAfter).toBeLessThanOrEqual(5_000);
  });

  it('revoked in the middle', async () => {
    const session = await open([], { generated: generated(2_500) });
    at.faults.revokedAfter = 3; // opened, managed groups, one page
    const pages: number[] = [];
    const failed = await failure(
      (async () => {
        for await (const page of session.inventory()) pages.push(page.length);
      })(),
    );
    expect(pages).toEqual([1000]);
    expect(failed).toMatchObject({ kind: 'denied', permission: '*/read' });
  });

  it('a subscription that Resource Graph does not see', async () => {
    const session = await open([]);
    const text = JSON.stringify({
      error: {
        code: 'BadRequest',
        message: 'timestamp = 12:00',
        details: [{ code: 'NoValidSubscriptionsInQueryRequest', message: '' }],
      },
    });
    at.faults.planned.push({ api: QUERY, times: 1, status: 400, text });
    expect(await failure(all(session.inventory()))).toMatchObject({ kind: 'unknown-place' });
  });
});

describe('write', () => {
  it('merges, and nothing else: other tags stay, a stored spelling stays, what holds already is not written', async () => {
    const a = server('a', { Environment: 'dev', owner: 'ada', team: 'orders' });
    const session = await open([a]);
    expect(await session.write([edit(a.id, { environment: 'production', team: 'orders', data: 'personal' })])).toEqual([
      { state: 'done' },
    ]);
    expect(at.written()).toEqual([
      { scope: a.id, method: 'PATCH', operation: 'Merge', tags: { Environment: 'production', data: 'personal' } },
    ]);
    expect(at.get(a.id)?.tags).toEqual({ owner: 'ada', team: 'orders', Environment: 'production', data: 'personal' });
    expect([...at.calls()]).toEqual([
      [READ, 2],
      [WRITE, 1],
    ]);
    await session.write([edit(a.id, { environment: 'production' })]);
    expect(at.writes()).toBe(1);
  });

  it('unset deletes exactly those keys, with the value that was read', async () => {
    const a = server('a', { Environment: 'dev', owner: 'ada' });
    const session = await open([a]);
    expect(await session.write([edit(a.id, {}, ['ENVIRONMENT', 'nothing'])])).toEqual([{ state: 'done' }]);
    expect(at.written()).toEqual([{ scope: a.id, method: 'PATCH', operation: 'Delete', tags: { Environment: 'dev' } }]);
    expect(at.get(a.id)?.tags).toEqual({ owner: 'ada' });
  });

  it('several edits, each with an answer of its own', async () => {
    const [a, b] = [server('a', {}), server('b', {})];
    const session = await open([a, b]);
    at.faults.denied.set(a.id.toLowerCase(), WRITE);
    const answers = await session.write([
      edit(a.id, { x: '1' }),
      edit(b.id, { x: '1' }),
      edit(server('gone', {}).id, { x: '1' }),
    ]);
    expect(answers).toMatchObject([
      { state: 'failed', failure: { kind: 'denied', permission: WRITE } },
      { state: 'done' },
      { state: 'failed', failure: { kind: 'refused', message: 'the object is gone' } },
    ]);
    expect(at.get(a.id)?.tags).toEqual({});
  });

  it('what cannot be made is not begun: too many tags, a managed object, one key twice', async () => {
    const full = server('full', Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, ''])));
    const session = await open([full, server('aks', { 'aks-managed-x': '' }), server('c', null)]);
    const answers = await session.write([
      edit(full.id, { one: 'more' }),
      edit(full.id, { one: 'x', ONE: 'y' }),
      edit(server('aks', {}).id, { x: '1' }),
      edit(server('c', {}).id, { x: '1' }),
    ]);
    expect(answers.map((answer) => (answer.state === 'failed' ? answer.failure.message : 'done'))).toEqual([
      'the object would have 51 tags, and it can have 50',
      '`ONE` stands twice in one edit',
      'the object is managed by AKS (tag aks-managed-x)',
      'the object cannot carry tags',
    ]);
    expect(at.writes()).toBe(0);
    expect(await session.write([edit(full.id, { one: 'more' }, ['k7'])])).toEqual([{ state: 'done' }]);
  });

  for (const by of ['location', 'azure-asyncoperation'] as const) {
    it(`a change that takes longer (${by}): each poll is a request of its own`, async () => {
      const a = server('a', {});
      const session = await open([a]);
      at.faults.lro = { polls: 2, by, retryAfter: 5 };
      expect(await session.write([edit(a.id, { x: '1' })])).toEqual([{ state: 'done' }]);
      const polls = log.filter(({ api }) => api === RESULT).map(({ failed }) => failed?.retryAfter ?? null);
      expect(polls).toEqual([5_000, 5_000, null]);
      expect(at.get(a.id)?.tags).toEqual({ x: '1' });
    });

    it(`a change that fails later (${by})`, async () => {
      const a = server('a', {});
      const session = await open([a]);
      at.faults.lro = { polls: 0, by, fails: 'ScopeLocked' };
      expect(await session.write([edit(a.id, { x: '1' })])).toMatchObject([
        { state: 'failed', failure: { kind: 'refused', message: 'a lock forbids changing the object' } },
      ]);
    });
  }

  it('a change that does not end', async () => {
    const a = server('a', {});
    const session = await open([a]);
    at.faults.lro = { polls: 99, by: 'location' };
    expect(await session.write([edit(a.id, { x: '1' })])).toMatchObject([
      { state: 'failed', failure: { kind: 'transient', message: 'Azure has not finished the change of tags yet' } },
    ]);
  });

  it('the end of a change is asked of Azure only, wherever an answer points', async () => {
    const a = server('a', {});
    const session = await open([a]);
    at.faults.lro = { polls: 0, by: 'location', elsewhere: true };
    expect(await session.write([edit(a.id, { x: '1' })])).toMatchObject([
      {
        state: 'failed',
        failure: { kind: 'refused', message: 'Azure took the change and names another host to ask for its end' },
      },
    ]);
  });

  const refusals: readonly [string, { status: number; code: string }, object][] = [
    ['a lock', { status: 409, code: 'ScopeLocked' }, { kind: 'refused', message: 'a lock forbids changing the object' }],
    [
      'a concurrent write',
      { status: 409, code: 'ConflictingConcurrentWriteNotAllowed' },
      { kind: 'transient', message: 'another change of the object is under way' },
    ],
    [
      'a policy',
      { status: 403, code: 'RequestDisallowedByPolicy' },
      { kind: 'refused', message: 'a policy of Azure does not allow these tags' },
    ],
    [
      'a disabled subscription',
      { status: 409, code: 'ReadOnlyDisabledSubscription' },
      { kind: 'refused', message: `subscription \`${SUBSCRIPTION}\` is disabled and can only be read` },
    ],
    ['an unregistered provider', { status: 409, code: 'MissingSubscriptionRegistration' }, { kind: 'unknown-place' }],
    [
      'another conflict',
      { status: 409, code: 'Conflict' },
      { kind: 'refused', message: `Azure refuses \`${WRITE}\` (\`Conflict\`)` },
    ],
    [
      'a code that is none',
      { status: 400, code: 'x\n2026-01-01' },
      { kind: 'refused', message: `Azure refuses \`${WRITE}\` (HTTP 400)` },
    ],
    [
      'an object that went meanwhile',
      { status: 404, code: 'ResourceNotFound' },
      { kind: 'refused', message: 'the object is gone' },
    ],
    ['throttling', { status: 429, code: 'SubscriptionRequestsThrottled' }, { kind: 'throttled', retryAfter: null }],
  ];
  for (const [name, fault, expected] of refusals) {
    it(`${name} has a line of its own`, async () => {
      const a = server('a', {});
      const session = await open([a]);
      at.faults.planned.push({ api: WRITE, times: 3, message: 'Correlation 0c0e1a70 at 12:30:52', ...fault });
      expect(await session.write([edit(a.id, { x: '1' })])).toMatchObject([{ state: 'failed', failure: expected }]);
    });
  }
});

describe('permissions', () => {
  const role = (name: string): readonly string[] =>
    JSON.parse(readFileSync(new URL(`../../docs/permissions/azure-${name}.json`, import.meta.url), 'utf8')).Actions;
  const permissionsOf = (calls: ReadonlyMap<string, number>) =>
    [
      ...new Set([...calls.keys()].flatMap((name) => APIS.find((api) => api.name === name)?.permissions ?? [`no row: ${name}`])),
    ].sort();

  it('the role for scans holds what a scan calls, and no more', async () => {
    const session = await open([server('a', {})]);
    await all(session.inventory());
    await session.read([object(server('a', {}).id)]);
    expect(permissionsOf(at.calls())).toEqual([...role('scan')].sort());
    expect(at.writes()).toBe(0);
    expect(APIS.filter(({ name }) => at.calls().has(name)).every(({ writes }) => !writes)).toBe(true);
  });

  it('the role for repairs holds what a scan and a repair call, and no more', async () => {
    const session = await open([server('a', {})]);
    at.faults.lro = { polls: 0, by: 'location' };
    await all(session.inventory());
    await session.write([edit(server('a', {}).id, { x: '1' })]);
    expect(permissionsOf(at.calls())).toEqual([...role('repair')].sort());
    expect(at.calls().size).toBe(APIS.length);
  });

  it('with exactly these actions everything works', async () => {
    const session = await open([server('a', {})]);
    at.permissions.clear();
    for (const action of role('repair')) at.permissions.add(action);
    await all(session.inventory());
    expect(await session.write([edit(server('a', {}).id, { x: '1' })])).toEqual([{ state: 'done' }]);
  });
});
