import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ChannelCredentials,
  credentials,
  Server,
  ServerCredentials,
  type StatusObject,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type GoogleAuth, GrpcClient, protobuf } from 'google-gax';
import { denied, disabled, gaxProtos, invalid, serviceError, throttled, unauthenticated } from './errors.ts';
import { countDown, noFaults } from './faults.ts';
import { type Call, resourceManager, type Work } from './manager.ts';
import { FIELDS, search } from './search.ts';
import { type ProjectSpec, type TagKeySpec, World } from './world.ts';

const require = createRequire(import.meta.url);

export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface StandinOptions {
  readonly projects: readonly ProjectSpec[];
  readonly tagKeys: readonly TagKeySpec[];
  readonly clock?: Clock;
  /** Milliseconds that every answer takes. */
  readonly latency?: number;
  /** Whether the documented limits hold; true. */
  readonly limits?: boolean;
}

const RESOURCE_MANAGER = 'cloudresourcemanager.googleapis.com';
const ASSET = 'cloudasset.googleapis.com';

/** A server of Google's own protos on loopback: Resource Manager v3 with its location hosts, Cloud Asset search, operations. */
export async function start(options: StandinOptions) {
  const world = new World(options.projects, options.tagKeys);
  const clock: Clock = options.clock ?? {
    now: () => performance.now(),
    sleep: async (milliseconds) => {
      if (milliseconds > 0) await sleep(milliseconds);
    },
  };
  const counts = new Map<string, number>();
  let written = 0;
  const faults = noFaults();
  const limits = new Map([
    ['read requests', bucket(10, 1_000, clock)],
    ['write requests', bucket(10, 1_000, clock)],
    ['search requests', bucket(400, 60_000, clock)],
  ]);

  const auth = {
    getClient: async () => {
      if (faults.metadataWarning) process.emitWarning('received unexpected error = x code = UNKNOWN', 'MetadataLookupWarning');
      if (faults.signIn !== null) throw new Error(faults.signIn);
      return {};
    },
    getUniverseDomain: async () => 'googleapis.com',
  };
  const gax = new GrpcClient({ auth: auth as unknown as GoogleAuth });
  const managerJson = require('@google-cloud/resource-manager/build/protos/protos.json');
  const assetJson = require('@google-cloud/asset/build/protos/protos.json');
  const operationsJson = gaxProtos('operations.json');
  const types = protobuf.Root.fromJSON(managerJson);
  // biome-ignore lint/suspicious/noExplicitAny: packages made of protos have no types
  const load = (json: object): any => gax.loadProtoJSON(json);
  const v3 = load(managerJson).google.cloud.resourcemanager.v3;
  const assetV1 = load(assetJson).google.cloud.asset.v1;
  const longrunning = load(operationsJson).google.longrunning;

  const server = new Server();
  let address = '';

  /** What every call goes through before and after its own work. */
  const method =
    (api: string, writes: boolean, work: Work) =>
    async (call: Call, done: sendUnaryData<unknown>): Promise<void> => {
      try {
        counts.set(api, (counts.get(api) ?? 0) + 1);
        if (writes) written++;
        const service = api.startsWith('cloudasset.') ? ASSET : RESOURCE_MANAGER;
        await clock.sleep((options.latency ?? 0) + (service === ASSET ? faults.slowPages : 0));
        const location = hostLocation(call.getHost(), service);
        if (location === null) throw serviceError(status.UNIMPLEMENTED, `${call.getHost()} does not serve this`);
        if (faults.callsLeft !== null && faults.callsLeft-- <= 0) throw unauthenticated();
        if (faults.disabled.has(service)) throw disabled(service, options.projects[0]?.id ?? '');
        const pool = service === ASSET ? 'search requests' : `${writes ? 'write' : 'read'} requests`;
        const stroke = faults.strike?.(api) ?? null;
        if (stroke === 'throttle' || countDown(faults.throttle, api) || !withinLimit(pool))
          throw throttled(service, pool, faults.retryAfter);
        if (stroke === 'error') throw serviceError(status.INTERNAL, 'Internal error encountered.');
        const failing = faults.fail.get(api);
        if (failing !== undefined && failing.times > 0) {
          failing.times--;
          throw serviceError(failing.code, failing.text ?? 'Internal error encountered.');
        }
        const answer = work(call, location);
        if (stroke === 'drop' || countDown(faults.drop, api)) server.drain(address, 0);
        else done(null, answer);
      } catch (error) {
        if (error instanceof Error) throw error;
        done(error as Partial<StatusObject>);
      }
    };
  const withinLimit = (pool: string): boolean => options.limits === false || (limits.get(pool)?.() ?? true);
  const AssetService: UntypedServiceImplementation = {
    searchAllResources: method('cloudasset.assets.searchAllResources', false, ({ request }) => {
      const { scope = '', query = '', pageToken = '' } = request;
      const project = world.project(scope.replace('projects/', ''));
      const permission = 'cloudasset.assets.searchAllResources';
      if (project === undefined || faults.denied.has(permission)) throw denied(permission, scope);
      const paths = (request.readMask as unknown as { paths?: string[] } | null)?.paths ?? [];
      const unknown = paths.find((path) => !FIELDS.has(path));
      if (unknown !== undefined) throw invalid(`Invalid field path in read_mask: ${unknown}`);
      if (pageToken && faults.pageTokensExpire) throw invalid('The page token is invalid or has expired.');
      return search(world, project, { query, pageSize: Number(request.pageSize), pageToken, paths }, faults.pages);
    }),
  };
  const manager = resourceManager(world, faults, types, method);
  for (const name of ['TagBindings', 'TagValues', 'TagKeys', 'Projects'] as const)
    server.addService(v3[name].service, manager[name]);
  server.addService(assetV1.AssetService.service, AssetService);
  server.addService(longrunning.Operations.service, manager.Operations);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  address = `127.0.0.1:${port}`;

  return {
    connection: { address: '127.0.0.1', port, sslCreds: credentials.createInsecure() as ChannelCredentials, auth },
    world,
    faults,
    calls: (): ReadonlyMap<string, number> => counts,
    writes: (): number => written,
    /** Tags bound to an object, by its inventory name. */
    tags(name: string): Record<string, string> {
      const resource = world.find(name);
      if (resource === null) throw new Error(`no ${name}`);
      return Object.fromEntries(world.direct(resource));
    },
    /** Binds a value that is among `tagKeys`; null takes the key off. */
    setTag(name: string, key: string, value: string | null): void {
      const resource = world.find(name);
      if (resource === null) throw new Error(`no ${name}`);
      world.bind(resource, key, value);
    },
    close(): Promise<void> {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

export type Standin = Awaited<ReturnType<typeof start>>;

/** The location that a host answers for; null = the host does not serve the service. */
function hostLocation(host: string, service: string): string | null {
  const [, prefix] = /^(?:([a-z0-9-]+)-)?cloudresourcemanager\.googleapis\.com(?::\d+)?$/i.exec(host) ?? [null];
  if (service === ASSET) return host.startsWith(ASSET) ? 'global' : null;
  return /cloudresourcemanager\.googleapis\.com/i.test(host) ? (prefix?.toLowerCase() ?? 'global') : null;
}

/** A token bucket; one call more than the limit is let through, since clocks of two sides never agree. */
function bucket(calls: number, per: number, clock: Clock): () => boolean {
  let tokens = calls + 1;
  let at = clock.now();
  return () => {
    const now = clock.now();
    tokens = Math.min(calls + 1, tokens + ((now - at) * calls) / per);
    at = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
