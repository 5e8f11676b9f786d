import { describe, expect, it, vi } from 'vitest';
import { READ_TAGS } from '../../providers/azure/apis.ts';
import { endpointOf, withinTime } from '../../providers/azure/connection.ts';
import { failureOf, readRefusal, retryAfterOf, saysGone } from '../../providers/azure/failures.ts';
import { managedAmong } from '../../providers/azure/graph.ts';
import { planEdit, tagLimit, tagProblem } from '../../providers/azure/tag-rules.ts';
import { unansweredFailure } from '../../providers/azure/unanswered.ts';
import { failure, TARGET } from './azure-bench.ts';

describe('limits of tags (learn.microsoft.com, tag-resources#limitations)', () => {
  const LIMITS: readonly [string, number][] = [
    ['microsoft.sql/servers', 50],
    ['microsoft.resources/subscriptions', 50],
    ['microsoft.automation/automationaccounts', 15],
    ['microsoft.automation/automationaccounts/runbooks', 15],
    ['microsoft.cdn/profiles', 15],
    ['microsoft.network/dnszones', 15],
    ['microsoft.network/privatednszones', 15],
    ['microsoft.network/privatednszones/virtualnetworklinks', 15],
    ['microsoft.network/dnszonesx', 50],
  ];
  for (const [type, limit] of LIMITS) it(`${type}: ${limit}`, () => expect(tagLimit(type)).toBe(limit));

  const DNS = 'microsoft.network/dnszones';
  const DOOR = 'microsoft.network/frontdoors';
  const STORE = 'microsoft.storage/storageaccounts';
  const RULES: readonly [type: string, key: string, value: string, problem: string | null][] = [
    ['x/y', 'k'.repeat(512), 'v'.repeat(256), null],
    ['x/y', 'k'.repeat(513), '', 'at most 512'],
    ['x/y', 'k', 'v'.repeat(257), 'at most 256'],
    [STORE, 'k'.repeat(128), '', null],
    [STORE, 'k'.repeat(129), '', 'at most 128'],
    ...['<', '>', '%', '&', '\\', '?', '/', '\n'].map(
      (char) => ['x/y', `a${char}b`, '', 'cannot hold'] as [string, string, string, string],
    ),
    ['x/y', 'a b.c:d#e', 'any < > % & \\ ? / thing', null],
    ['x/y', '', '', 'needs a name'],
    [DNS, 'a b', '', 'spaces'],
    [DNS, '1a', '', 'digit'],
    ['microsoft.network/trafficmanagerprofiles', 'a b', '', 'spaces'],
    [DOOR, 'a#b', '', '`#`'],
    [DOOR, 'a:b', '', '`:`'],
  ];
  for (const [type, key, value, problem] of RULES) {
    it(`${type} takes ${JSON.stringify(key.slice(0, 12))} (${key.length}, ${value.length}): ${problem ?? 'yes'}`, () => {
      const found = tagProblem(type, key, value);
      if (problem === null) expect(found).toBeNull();
      else expect(found).toContain(problem);
    });
  }

  it('fifteen tags are enough for a DNS zone', () => {
    const stored = new Map(Array.from({ length: 15 }, (_, at) => [`k${at}`, '']));
    expect(planEdit(DNS, stored, { set: new Map([['more', '']]), unset: new Set() })).toContain('16 tags');
    expect(planEdit(DNS, stored, { set: new Map([['K3', 'x']]), unset: new Set() })).toEqual({
      merge: new Map([['k3', 'x']]),
      remove: new Map(),
    });
  });

  it('both spellings of a key get the value, since either may be read', () => {
    const stored = new Map([
      ['Env', 'a'],
      ['env', 'b'],
    ]);
    expect(planEdit('x/y', stored, { set: new Map([['ENV', 'b']]), unset: new Set() })).toMatchObject({
      merge: new Map([['Env', 'b']]),
    });
  });
});

describe('Retry-After', () => {
  const wait = (headers: Record<string, string>) => retryAfterOf({ header: (name) => headers[name] });
  it('in all its spellings', () => {
    expect(wait({ 'retry-after': '17' })).toBe(17_000);
    expect(wait({ 'retry-after': 'Sun, 01 Mar 2026 10:00:07 GMT', date: 'Sun, 01 Mar 2026 10:00:00 GMT' })).toBe(7_000);
    expect(wait({ 'retry-after': 'Sun, 01 Mar 2026 09:00:00 GMT', date: 'Sun, 01 Mar 2026 10:00:00 GMT' })).toBe(0);
    expect(wait({ 'x-ms-retry-after-ms': '250', 'retry-after': '1' })).toBe(250);
    expect(wait({ 'x-ms-user-quota-resets-after': '00:01:03' })).toBe(63_000);
    expect(wait({ 'retry-after': 'soon' })).toBeNull();
    expect(wait({ 'retry-after': 'Sun, 01 Mar 2026 10:00:07 GMT' })).toBeNull();
    expect(wait({})).toBeNull();
  });
});

describe('refusals', () => {
  const of = (status: number, body: unknown) =>
    failureOf(
      readRefusal(status, () => undefined, JSON.stringify(body)),
      READ_TAGS,
      TARGET,
    );

  it('the permission is the one that Azure names', () => {
    const message =
      "The client 'a' does not have permission to perform action(s) 'Microsoft.Compute/disks/write' on the linked scope(s)";
    expect(of(403, { error: { code: 'LinkedAuthorizationFailed', message } })).toMatchObject({
      kind: 'denied',
      permission: 'Microsoft.Compute/disks/write',
    });
    expect(of(403, { error: { code: 'AuthorizationFailed', message: "perform action 'rm -rf /'" } }).permission).toBe(
      READ_TAGS.name,
    );
    expect(of(403, 'Forbidden').permission).toBe(READ_TAGS.name);
  });

  it('only a 404 says that an object is gone', () => {
    const gone = (status: number, code: string) =>
      saysGone(readRefusal(status, () => undefined, JSON.stringify({ error: { code } })));
    expect(gone(404, 'ResourceNotFound')).toBe(true);
    expect(gone(404, 'ResourceGroupNotFound')).toBe(true);
    expect(gone(404, 'SubscriptionNotFound')).toBe(false);
    expect(gone(400, 'NotFound')).toBe(false);
  });

  it('bodies that are no errors', () => {
    for (const body of [null, [], 'x', { error: null }, { error: 'x' }, { error: { code: 7 } }, { code: 'Odd' }])
      expect(of(400, body).kind).toBe('refused');
    expect(of(400, { code: 'Odd' }).message).toContain('`Odd`');
  });
});

describe('errors without an answer', () => {
  it('what is none of the SDK stays what it is', () => {
    expect(unansweredFailure(new TypeError('a mistake'))).toBeNull();
    expect(unansweredFailure(undefined)).toBeNull();
  });

  it('a sign-in service that is down may be up again', () => {
    expect(unansweredFailure({ name: 'AuthenticationError', statusCode: 503 })).toMatchObject({ kind: 'transient' });
    expect(unansweredFailure({ name: 'AuthenticationError', statusCode: 400 })).toMatchObject({
      kind: 'credentials',
      message: 'Azure refuses the credentials',
    });
    expect(unansweredFailure({ name: 'AggregateAuthenticationError' })).toMatchObject({ kind: 'credentials' });
  });
});

describe('endpoints', () => {
  it('follow the authority that signs in', () => {
    expect(endpointOf({}, undefined).url).toBe('https://management.azure.com');
    expect(endpointOf({}, 'https://login.microsoftonline.com/').url).toBe('https://management.azure.com');
    expect(endpointOf({}, 'https://login.microsoftonline.us')).toEqual({
      url: 'https://management.usgovcloudapi.net',
      scope: 'https://management.core.usgovcloudapi.net/.default',
    });
    expect(endpointOf({}, 'login.chinacloudapi.cn').url).toBe('https://management.chinacloudapi.cn');
    expect(() => endpointOf({}, 'https://login.example.com')).toThrow('AZURE_AUTHORITY_HOST');
    expect(endpointOf({ endpoint: 'https://127.0.0.1:1' }, 'https://login.example.com').url).toBe('https://127.0.0.1:1');
  });

  it('credentials that hang have an end', async () => {
    vi.useFakeTimers();
    try {
      const late = failure(withinTime(new Promise(() => undefined), 30_000));
      await vi.advanceTimersByTimeAsync(30_000);
      expect(await late).toMatchObject({ kind: 'credentials', message: 'no credentials for Azure were found in time' });
      expect(await withinTime(Promise.resolve(7), 30_000)).toBe(7);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

it('a quote in an id does not end the text of a query', () => {
  expect(managedAmong(["/a'b) | x", '/c'])).toContain("in~ ('/a\\'b) | x', '/c')");
});
