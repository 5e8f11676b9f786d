import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Caller, type Clock, denied, Keys, Limits } from './caller.ts';
import * as explorer from './explorer.ts';
import { AwsError, type Faults, noFaults } from './faults.ts';
import { type Page, Pages } from './pages.ts';
import { autoscaling, iam, sts, type Xml, xml } from './query.ts';
import * as tagging from './tagging.ts';
import { type Crowd, type Standing, World } from './world.ts';

export interface StandInOptions {
  readonly clock?: Clock;
  /** Milliseconds that an answer takes; 0. */
  readonly latency?: number;
  /** Access key -> account; `AKIASTANDIN` of 123456789012. */
  readonly accounts?: Readonly<Record<string, string>>;
  readonly partition?: string;
  /** ARNs of roles that may be assumed; left out = every role. */
  readonly roles?: readonly string[];
  /** Milliseconds that credentials of a role last; an hour. */
  readonly sessionLife?: number;
  readonly crowd?: Crowd;
  /** Whether the documented rates are held; true. */
  readonly limits?: boolean;
}

const REAL: Clock = { now: Date.now, sleep: (ms) => new Promise((done) => setTimeout(done, ms)) };

/** Calls a second: Tag Editor quotas, Resource Explorer quotas; `tag:TagResources` is not documented. */
const RATES: ReadonlyMap<string, { readonly rate: number; readonly pool?: string }> = new Map<
  string,
  { rate: number; pool?: string }
>([
  ['tag:GetResources', { rate: 15 }],
  ['tag:TagResources', { rate: 5 }],
  ['tag:UntagResources', { rate: 5 }],
  ['resource-explorer-2:Search', { rate: 5 }],
  ...['ListResources', 'GetDefaultView', 'GetView', 'GetIndex', 'ListSupportedResourceTypes'].map(
    (name) => [`resource-explorer-2:${name}`, { rate: 3, pool: 'explorer' }] as const,
  ),
]);

const JSON_CODES = { unknown: 'UnrecognizedClientException', expired: 'ExpiredTokenException' };
const QUERY_CODES = { unknown: 'InvalidClientTokenId', expired: 'ExpiredToken' };

export interface Connection {
  readonly endpoint: string;
  readonly credentials: () => Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** STS, the tagging API, Resource Explorer, IAM and Auto Scaling of several accounts and regions behind one plain http address. */
export class StandIn {
  readonly faults: Faults = noFaults();
  readonly world: World;
  readonly keys: Keys;
  readonly pages: Pages;
  readonly partition: string;
  readonly roles: ReadonlySet<string> | null;
  /** UpdateStack runs that a tag edit has set off. */
  stackUpdates = 0;
  readonly #clock: Clock;
  readonly #latency: number;
  readonly #limits: Limits | null;
  readonly #calls = new Map<string, number>();
  #writes = 0;
  #server: Server | null = null;
  #endpoint = '';

  constructor(options: StandInOptions) {
    this.#clock = options.clock ?? REAL;
    this.#latency = options.latency ?? 0;
    this.#limits = (options.limits ?? true) ? new Limits(this.#clock) : null;
    this.partition = options.partition ?? 'aws';
    this.roles = options.roles === undefined ? null : new Set(options.roles);
    this.world = new World(options.crowd);
    const accounts = new Map(Object.entries(options.accounts ?? { AKIASTANDIN: '123456789012' }));
    this.keys = new Keys(accounts, this.#clock, options.sessionLife ?? 3_600_000);
    this.pages = new Pages(this.#clock, this.faults);
  }

  /** What the client's `connection` takes. */
  get connection(): Connection {
    return this.connectionOf('AKIASTANDIN');
  }

  /** With the credentials of another access key. */
  connectionOf(accessKeyId: string): Connection {
    return { endpoint: this.#endpoint, credentials: async () => ({ accessKeyId, secretAccessKey: 'secret' }) };
  }

  /** Calls that were answered or refused, by API as a policy spells it. */
  calls(): ReadonlyMap<string, number> {
    return new Map(this.#calls);
  }

  writes(): number {
    return this.#writes;
  }

  tagsOf(arn: string): ReadonlyMap<string, string> | null {
    return this.world.get(arn)?.tags ?? null;
  }

  /** A page as it is shown: with the faults `repeats` and `moves` its edges are wrong. */
  shown(page: Page, found: readonly Standing[], isLast: boolean): readonly Standing[] {
    const { repeats, moves } = this.faults;
    const before = (repeats || moves) && page.last !== null ? [page.last] : [];
    return [...before, ...(moves && !isLast ? found.slice(0, -1) : found)];
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    this.#server = server;
    this.#endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = this.#answer(request, Buffer.concat(chunks).toString('utf8'));
    const delay = this.#latency + this.faults.slow;
    if (delay > 0) await this.#clock.sleep(delay);
    if (answer === null) request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': answer.type, ...answer.headers }).end(answer.body);
  }

  /** Null = the connection is dropped. */
  #answer(request: IncomingMessage, body: string): Answer | null {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.startsWith('ResourceGroupsTaggingAPI_20170126.')) return this.#json(request, target.split('.')[1] ?? '', body);
    if (request.url !== '/') return this.#rest(request, (request.url ?? '/').slice(1), body);
    return this.#query(request, new URLSearchParams(body));
  }

  #json(request: IncomingMessage, action: string, body: string): Answer | null {
    const type = 'application/x-amz-json-1.1';
    const actions: Record<string, typeof tagging.getResources> = {
      GetResources: tagging.getResources,
      TagResources: tagging.tagResources,
      UntagResources: tagging.untagResources,
    };
    return this.#guarded(
      request,
      () => `tag:${action}`,
      JSON_CODES,
      (caller) => ({ status: 200, type, body: JSON.stringify(known(actions[action], action)(this, caller, JSON.parse(body))) }),
      (error) => ({ status: error.status, type, body: JSON.stringify({ __type: error.code, Message: error.message }) }),
    );
  }

  #rest(request: IncomingMessage, action: string, body: string): Answer | null {
    const type = 'application/json';
    const actions: Record<string, typeof explorer.search> = {
      Search: explorer.search,
      ListResources: explorer.listResources,
      GetDefaultView: explorer.getDefaultView,
      GetView: explorer.getView,
      GetIndex: explorer.getIndex,
      ListSupportedResourceTypes: explorer.listSupportedResourceTypes,
    };
    return this.#guarded(
      request,
      () => `resource-explorer-2:${action}`,
      JSON_CODES,
      (caller) => ({
        status: 200,
        type,
        body: JSON.stringify(known(actions[action], action)(this, caller, JSON.parse(body || '{}'))),
      }),
      (error) => {
        return {
          status: error.status,
          type,
          body: JSON.stringify({ Message: error.message }),
          headers: { 'x-amzn-errortype': error.code },
        };
      },
    );
  }

  #query(request: IncomingMessage, form: URLSearchParams): Answer | null {
    const type = 'text/xml';
    const action = form.get('Action') ?? '';
    const services: Record<string, (standIn: StandIn, caller: Caller, action: string, form: URLSearchParams) => Xml | undefined> =
      {
        sts,
        iam,
        autoscaling,
      };
    return this.#guarded(
      request,
      (caller) => `${caller.service}:${action}`,
      QUERY_CODES,
      (caller) => {
        const result = known(services[caller.service], caller.service)(this, caller, action, form);
        const inner: Xml = {
          ...(result === undefined ? {} : { [`${action}Result`]: result }),
          ResponseMetadata: { RequestId: 'r' },
        };
        return { status: 200, type, body: xml({ [`${action}Response`]: inner }) };
      },
      ({ code, status, message }) => {
        const spelled = code === 'AccessDeniedException' ? 'AccessDenied' : code === 'ThrottlingException' ? 'Throttling' : code;
        return {
          status,
          type,
          body: xml({ ErrorResponse: { Error: { Type: 'Sender', Code: spelled, Message: message }, RequestId: 'r' } }),
        };
      },
    );
  }

  #guarded(
    request: IncomingMessage,
    name: (caller: Caller) => string,
    codes: { unknown: string; expired: string },
    act: (caller: Caller) => Answer,
    refuse: (error: AwsError) => Answer,
  ): Answer | null {
    try {
      const scope = this.keys.caller(request, this.faults, codes);
      return this.#let(scope, name(scope)) === 'drop' ? null : act(scope);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { status, headers, ...answer } = refuse(error);
      return { ...answer, status, headers: { ...error.headers, ...headers } };
    }
  }

  /** Counts the call, and lets it through, or throws what stands against it. */
  #let(caller: Caller, api: string): 'pass' | 'drop' {
    const { faults } = this;
    this.#calls.set(api, (this.#calls.get(api) ?? 0) + 1);
    const struck = faults.apis.test(api);
    const stroke = faults.strike?.(api) ?? null;
    if (stroke === 'drop') return 'drop';
    if (struck && faults.drops > 0) {
      faults.drops -= 1;
      return 'drop';
    }
    const throttled = api.startsWith('tag:') ? 'ThrottledException' : 'ThrottlingException';
    const headers: Record<string, string> = faults.retryAfter === null ? {} : { 'retry-after': String(faults.retryAfter) };
    if (stroke === 'throttle') throw new AwsError(throttled, 400, 'Rate exceeded', headers);
    if (stroke === 'error') throw new AwsError('InternalFailure', 500, 'internal');
    if (struck && faults.throttles > 0) {
      faults.throttles -= 1;
      throw new AwsError(throttled, 400, 'Rate exceeded', headers);
    }
    if (struck && faults.errors > 0) {
      faults.errors -= 1;
      throw new AwsError('InternalFailure', 500, 'internal');
    }
    const limit = RATES.get(api);
    if (
      limit !== undefined &&
      this.#limits?.take(`${caller.account} ${caller.region} ${limit.pool ?? api}`, limit.rate) === false
    ) {
      throw new AwsError(throttled, 400, 'Rate exceeded');
    }
    if (faults.denied.has(api)) throw denied(caller, api, '*');
    if (/:(Tag|Untag|CreateOrUpdateTags|DeleteTags)/.test(api)) this.#writes += 1;
    return 'pass';
  }
}

function known<T>(action: T | undefined, name: string): T {
  if (action === undefined) throw new AwsError('UnknownOperationException', 404, `no action ${name}`);
  return action;
}

export async function start(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = new StandIn(options);
  await standIn.listen();
  return standIn;
}
