import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Answer, challenge, denied, deniedByAssignment, error, expired, graphError, locked, missing } from './answers.ts';
import { selfSigned } from './certificate.ts';
import { type Faults, noFaults, type Planned } from './faults.ts';
import { Bucket, type Clock, Quota, REAL } from './limits.ts';
import { type Generated, Inventory, NOTHING_GENERATED, type StandInResource } from './model.ts';
import { InvalidQuery, type Rows, runQuery } from './query.ts';

export type { StandInResource } from './model.ts';

const TAGS_READ = 'Microsoft.Resources/tags/read';
const TAGS_WRITE = 'Microsoft.Resources/tags/write';
const TAGS_DELETE = 'Microsoft.Resources/tags/delete';
const QUERY = 'Microsoft.ResourceGraph/resources/read';
const RESULTS = 'Microsoft.Resources/subscriptions/operationresults/read';

export interface StandInOptions {
  readonly subscription: string;
  readonly resources?: readonly StandInResource[];
  readonly generated?: Generated;
  readonly clock?: Clock;
  /** Milliseconds before each answer. */
  readonly latency?: number;
  /** Whether the documented limits hold; they do unless this is false. */
  readonly limits?: boolean;
  /** The caller's quota of Resource Graph, where other subscriptions share it. */
  readonly quota?: Quota;
}

/** A change that the stand-in was asked for, as it was asked for. */
export interface Written {
  readonly scope: string;
  readonly method: string;
  readonly operation: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface StandIn {
  readonly connection: {
    readonly endpoint: string;
    readonly ca: string;
    readonly credential: {
      getToken(scopes: string | string[], options?: { claims?: string }): Promise<{ token: string; expiresOnTimestamp: number }>;
    };
    readonly timeout: number;
  };
  /** Requests by the name of the API. */
  calls(): ReadonlyMap<string, number>;
  /** Requests that could change something, whatever came of them. */
  writes(): number;
  written(): readonly Written[];
  /** Actions that the caller's role holds. */
  readonly permissions: Set<string>;
  readonly faults: Faults;
  get(id: string): StandInResource | null;
  put(resource: StandInResource): void;
  remove(id: string): void;
  close(): Promise<void>;
}

/** Resource Manager's Tags API (2025-04-01) and Resource Graph (2022-10-01) over https on the loopback, for one subscription. */
export async function start(options: StandInOptions): Promise<StandIn> {
  const { key, cert } = selfSigned();
  const clock = options.clock ?? REAL;
  const inventory = new Inventory(options.resources ?? [], options.generated ?? NOTHING_GENERATED);
  const faults = noFaults();
  const permissions = new Set([TAGS_READ, TAGS_WRITE, TAGS_DELETE, QUERY, RESULTS, '*/read']);
  const calls = new Map<string, number>();
  const written: Written[] = [];
  const operations = new Map<string, number>();
  const limits = {
    reads: new Bucket(250, 25, clock),
    writes: new Bucket(200, 10, clock),
    graph: options.quota ?? new Quota(15, 5_000, clock),
  };
  let requests = 0;
  let tokens = 0;
  let pages = 0;
  let writes = 0;
  let endpoint = '';

  const server = createServer({ key, cert }, (request, response) => {
    read(request)
      .then((text) => serve(request, text, response))
      .catch((problem) => {
        response.destroy(problem as Error);
      });
  });

  async function serve(request: IncomingMessage, text: string, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', endpoint);
    const route = routeOf(request.method ?? '', url);
    requests += 1;
    calls.set(route.api, (calls.get(route.api) ?? 0) + 1);
    if (route.writes) writes += 1;
    if ((options.latency ?? 0) > 0) await clock.sleep(options.latency ?? 0);
    const plan = faults.planned.find((each) => each.times > 0 && (each.api === undefined || each.api === route.api));
    if (plan !== undefined) plan.times -= 1;
    const struck = plan ?? faults.strike?.(route.api) ?? null;
    if (struck !== null) {
      planned(struck, response);
      return;
    }
    if (route.api === QUERY && faults.slow > 0) await clock.sleep(faults.slow);
    const answer = authorised(request, route) ?? limited(route) ?? (await answerOf(route, url, text));
    reply(response, answer);
  }

  function authorised(request: IncomingMessage, route: Route): Answer | null {
    const token = /^Bearer token-(\d+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || Number(token) > tokens)
      return error(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
    if (faults.expired) return expired();
    if (Number(token) <= faults.challenged) return challenge();
    const revoked = faults.revokedAfter !== null && requests > faults.revokedAfter;
    if (route.api === QUERY) return revoked || !permissions.has('*/read') || !permissions.has(QUERY) ? noQuery() : null;
    const at = route.scope.toLowerCase();
    if (faults.deniedByAssignment.get(at) === route.api) return deniedByAssignment(route.api, route.scope);
    if (revoked || !permissions.has(route.api) || faults.denied.get(at) === route.api) return denied(route.api, route.scope);
    return null;
  }

  function limited(route: Route): Answer | null {
    if (options.limits === false || route.api === QUERY) return null;
    const wait = (route.writes ? limits.writes : limits.reads).take();
    if (wait === 0) return null;
    const kind = route.writes ? 'writes' : 'reads';
    return error(429, 'SubscriptionRequestsThrottled', `Number of '${kind}' requests for subscription exceeded the limit.`, {
      'retry-after': String(wait),
    });
  }

  async function answerOf(route: Route, url: URL, text: string): Promise<Answer> {
    if (url.searchParams.get('api-version') !== route.version)
      return error(
        400,
        'MissingApiVersionParameter',
        'The api-version query parameter (?api-version=) is required for all requests.',
      );
    if (route.api === QUERY) return graph(JSON.parse(text));
    if (route.api === RESULTS) return poll(route.scope);
    return tags(route, text === '' ? {} : JSON.parse(text));
  }

  function tags(route: Route, body: { operation?: string; properties?: { tags?: Record<string, string> } }): Answer {
    const resource = inventory.find(route.scope);
    if (resource === null) return missing(route.scope);
    if (resource.tags === null) return error(400, 'BadRequest', `The resource type '${resource.type}' does not support tags.`);
    if (route.method === 'GET') return shown(route.scope, resource.tags);
    const given = body.properties?.tags ?? {};
    written.push({ scope: route.scope, method: route.method, operation: body.operation ?? null, tags: given });
    if (faults.locked.has(route.scope.toLowerCase())) return locked(route.scope);
    const after = changed(route.method, body.operation, resource.tags, given);
    if (after === null) return error(400, 'InvalidRequestContent', 'The request content was invalid.');
    if (Object.keys(after).length > 50) return error(400, 'BadRequest', 'The resource can have at most 50 tags.');
    if (faults.lro === null) return commit(route.scope, after, route.method);
    if (faults.lro.fails === undefined) inventory.setTags(route.scope, after);
    return accepted(faults.lro);
  }

  function commit(scope: string, after: Readonly<Record<string, string>>, method: string): Answer {
    inventory.setTags(scope, after);
    return method === 'DELETE' ? { status: 200 } : shown(scope, after);
  }

  function accepted(lro: NonNullable<Faults['lro']>): Answer {
    const id = `c9bbccf4-e16a-4eb7-befb-${String(operations.size).padStart(12, '0')}`;
    operations.set(id, lro.polls);
    const host = lro.elsewhere === true ? 'https://127.0.0.2:1' : endpoint;
    const location = `${host}/subscriptions/${options.subscription}/operationresults/${id}?api-version=2018-08-01`;
    return { status: 202, headers: { [lro.by]: location } };
  }

  function poll(scope: string): Answer {
    const id = scope.split('/').at(-1) ?? '';
    const left = operations.get(id);
    if (left === undefined || faults.lro === null) return error(404, 'NotFound', 'The operation was not found.');
    const { by, fails, retryAfter } = faults.lro;
    operations.set(id, left - 1);
    const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    if (left > 0) return by === 'location' ? { status: 202, headers } : { status: 200, headers, body: { status: 'InProgress' } };
    if (fails === undefined) return by === 'location' ? { status: 200 } : { status: 200, body: { status: 'Succeeded' } };
    const body = { error: { code: fails, message: `It failed at ${new Date(0).toISOString()}.` } };
    return by === 'location' ? { status: 409, body } : { status: 200, body: { status: 'Failed', ...body } };
  }

  function graph(body: { query?: string; subscriptions?: string[]; options?: Record<string, unknown> }): Answer {
    const quota = limits.graph.take();
    if (options.limits !== false && !quota.fits) {
      const help =
        'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed.';
      return graphError(429, 'RateLimiting', 'RateLimiting', help, quota.headers);
    }
    if (!(body.subscriptions ?? []).some((each) => each.toLowerCase() === options.subscription)) {
      const none = `There must be at least one subscription that is eligible to contain resources. Given: '${body.subscriptions}'.`;
      return graphError(400, 'BadRequest', 'NoValidSubscriptionsInQueryRequest', none);
    }
    try {
      return { ...page(runQuery(body.query ?? '', inventory), body.options ?? {}), headers: quota.headers };
    } catch (problem) {
      if (!(problem instanceof InvalidQuery)) throw problem;
      return graphError(400, 'BadRequest', 'InvalidQuery', `Query is invalid: ${problem.message}`);
    }
  }

  function page(rows: Rows, asked: Record<string, unknown>): Answer {
    const token = asked.$skipToken === undefined ? null : JSON.parse(Buffer.from(String(asked.$skipToken), 'base64').toString());
    if (token !== null && faults.expireToken !== null && pages >= faults.expireToken) {
      faults.expireToken = null;
      return graphError(400, 'BadRequest', 'InvalidSkipToken', 'The skip token is not valid any more.');
    }
    pages += 1;
    const size = Number(asked.$top ?? token?.size ?? 1000);
    const from = Number(asked.$skip ?? token?.from ?? 0);
    const start = token === null ? from : Math.max(0, from - faults.overlap);
    const to = from + Math.min(size, faults.short ?? size);
    const data = rows.slice(start, Math.min(to, rows.total - faults.lost));
    const more = to < rows.total && !faults.truncated;
    const next = Buffer.from(JSON.stringify({ from: to, size })).toString('base64');
    return {
      status: 200,
      body: {
        ...(more ? { $skipToken: next } : {}),
        count: data.length,
        data,
        facets: [],
        resultTruncated: faults.truncated ? 'true' : 'false',
        totalRecords: rows.total,
      },
    };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    connection: {
      endpoint,
      ca: cert,
      timeout: 60_000,
      credential: {
        async getToken(_scopes, asked) {
          if (tokens === 0 || asked?.claims !== undefined) tokens += 1;
          return { token: `token-${tokens}`, expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      },
    },
    calls: () => new Map(calls),
    writes: () => writes,
    written: () => [...written],
    permissions,
    faults,
    get: (id) => inventory.find(id),
    put: (resource) => inventory.put(resource),
    remove: (id) => inventory.remove(id),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Route {
  readonly api: string;
  readonly method: string;
  /** With the leading slash. */
  readonly scope: string;
  readonly version: string;
  readonly writes: boolean;
}

function routeOf(method: string, url: URL): Route {
  const path = decodeURIComponent(url.pathname);
  if (method === 'POST' && path === '/providers/Microsoft.ResourceGraph/resources')
    return { api: QUERY, method, scope: '', version: '2022-10-01', writes: false };
  if (method === 'GET' && /^\/subscriptions\/[^/]+\/operationresults\/[^/]+$/.test(path))
    return { api: RESULTS, method, scope: path, version: '2018-08-01', writes: false };
  const scope = /^(\/.+)\/providers\/Microsoft\.Resources\/tags\/default$/.exec(path)?.[1];
  const api = { GET: TAGS_READ, PUT: TAGS_WRITE, PATCH: TAGS_WRITE, DELETE: TAGS_DELETE }[method];
  if (scope === undefined || api === undefined) throw new Error(`nothing of the stand-in answers ${method} ${path}`);
  return { api, method, scope, version: '2025-04-01', writes: method !== 'GET' };
}

function noQuery(): Answer {
  const why = 'Access is denied to the requested resource. The user might not have enough permission.';
  return graphError(403, 'AccessDenied', 'AccessDenied', why);
}

function shown(scope: string, tags: Readonly<Record<string, string>>): Answer {
  return { status: 200, body: { id: scope.slice(1), properties: { tags } } };
}

/** Tags after a change; names are compared without case, and the spelling that was given stays. Null = no such change. */
function changed(
  method: string,
  operation: string | undefined,
  tags: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> | null {
  if (method === 'DELETE') return {};
  if (method === 'PUT' || operation === 'Replace') return { ...given };
  const others = Object.entries(tags).filter(([key, value]) => {
    const named = Object.keys(given).find((each) => each.toLowerCase() === key.toLowerCase());
    if (named === undefined) return true;
    return operation === 'Delete' && given[named] !== '' && given[named] !== value;
  });
  if (operation === 'Merge') return Object.fromEntries([...others, ...Object.entries(given)]);
  return operation === 'Delete' ? Object.fromEntries(others) : null;
}

function planned(plan: Planned, response: ServerResponse): void {
  if (plan.drop === 'whole') response.socket?.destroy();
  else if (plan.drop === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"properties":', () => response.socket?.destroy());
  } else if (plan.text !== undefined) {
    response.writeHead(plan.status ?? 200, { 'content-type': 'text/html', ...plan.headers });
    response.end(plan.text);
  } else
    reply(response, error(plan.status ?? 500, plan.code ?? 'InternalServerError', plan.message ?? 'It broke.', plan.headers));
}

function reply(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers });
  response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
