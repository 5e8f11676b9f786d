import { createClient as aws } from '../../providers/aws/client.ts';
import { createClient as azure } from '../../providers/azure/client.ts';
import type { ClientOptions, CloudClient, CloudName } from '../../providers/cloud.ts';
import { createClient as google } from '../../providers/gcp/client.ts';
import type { VirtualClock } from '../scan/virtual-clock.ts';
import type { Seeded } from '../seeded.ts';
import { type StandIn as AwsStandIn, start as startAws } from '../standins/aws/stand-in.ts';
import type { Crowd } from '../standins/aws/world.ts';
import { Quota } from '../standins/azure/limits.ts';
import type { StandInResource } from '../standins/azure/model.ts';
import { type StandIn as AzureStandIn, start as startAzure } from '../standins/azure/start.ts';
import { type Standin as GoogleStandIn, start as startGoogle } from '../standins/google/server.ts';
import type { ProjectSpec, Resource } from '../standins/google/world.ts';
import { groupOf, indexIn, keyed, named, projectNumber } from './names.ts';
import { ABOVE, type Account, kindOf, ORG, standingOf } from './planted.ts';

/** Milliseconds on the virtual clock that an answer takes, give or take a half. */
const LATENCY = 100;
/** Moment at which the virtual clock of the stand-ins begins: credentials bear a date. */
const EPOCH = Date.UTC(2026, 10, 29);

export type Stroke = 'throttle' | 'error' | 'drop';

export interface SceneOptions {
  readonly clock: VirtualClock;
  readonly accounts: readonly Account[];
  readonly seeded: Seeded;
  /** Share of the calls that go wrong; then pages do not agree with each other either. */
  readonly faults: number;
}

export interface Scene {
  load(name: CloudName, options: ClientOptions): Promise<CloudClient>;
  /** Writing calls that each stand-in has seen. */
  writes(): Record<CloudName, number>;
  /** Calls that were throttled on purpose, not by a limit. */
  readonly struck: { throttles: number; all: number };
  readonly aws: AwsStandIn;
  readonly google: GoogleStandIn;
  /** By subscription. */
  readonly azure: ReadonlyMap<string, AzureStandIn>;
  /** Tags of an object as they stand, spelled as the cloud has them. */
  tagsOf(account: Account, index: number): Record<string, string>;
  close(): Promise<void>;
}

/** The stand-ins of the three clouds on one virtual clock, with their documented limits, and the real clients that talk to them. */
export async function stage({ clock, accounts, seeded, faults }: SceneOptions): Promise<Scene> {
  const struck = { throttles: 0, all: 0 };
  const strike = (): Stroke | null => {
    if (!seeded.chance(faults)) return null;
    struck.all += 1;
    const stroke = seeded.pick(['throttle', 'error', 'drop'] as const);
    if (stroke === 'throttle') struck.throttles += 1;
    return stroke;
  };
  const time = {
    now: () => EPOCH + clock.now(),
    sleep: (milliseconds: number) => clock.sleepWithin(milliseconds * (0.5 + seeded.next())),
  };
  const shared = { clock: time, latency: LATENCY };
  const of = (cloud: CloudName) => accounts.filter(({ target }) => target.cloud === cloud);

  const caller = of('aws')[0]?.target.account ?? '';
  const amazon = await startAws({ ...shared, accounts: { AKIASTANDIN: caller }, crowd: crowdOf(of('aws')) });
  for (const account of of('aws')) for (const index of goneOf(account)) amazon.world.remove(named(account, index).id);
  const keys = { environment: ['production', 'development'], team: ['payments', 'orders'], data: ['public', 'internal'] };
  const tagKeys = Object.entries(keys).map(([key, values]) => ({ owner: ORG, key, values }));
  const alphabet = await startGoogle({ ...shared, projects: of('google').map(projectOf), tagKeys });
  for (const account of of('google')) for (const index of goneOf(account)) alphabet.world.remove(inventoryName(account, index));
  const quota = new Quota(15, 5_000, time);
  const subscriptions = new Map<string, AzureStandIn>();
  for (const account of of('azure')) {
    const generated = standingIn(account);
    const subscription = account.target.account;
    const resources = containersOf(account);
    subscriptions.set(subscription, await startAzure({ ...shared, subscription, resources, generated, quota }));
  }

  if (faults > 0) {
    Object.assign(amazon.faults, { strike, retryAfter: 1, repeats: true, moves: true });
    Object.assign(alphabet.faults, { strike, retryAfter: 1_000, pages: 'moved' });
    const headers = { 'retry-after': '1' };
    const answers = {
      throttle: { times: 1, status: 429, code: 'TooManyRequests', message: 'Slow down.', headers },
      error: { times: 1, status: 500 },
      drop: { times: 1, drop: 'half' as const },
    };
    for (const { faults: switches } of subscriptions.values()) {
      const planned = () => {
        const stroke = strike();
        return stroke === null ? null : answers[stroke];
      };
      Object.assign(switches, { strike: planned, overlap: 7, expireToken: 2 });
    }
  }

  return {
    struck,
    aws: amazon,
    google: alphabet,
    azure: subscriptions,
    tagsOf(account, index) {
      const { id } = named(account, index);
      if (account.target.cloud === 'aws') return Object.fromEntries(amazon.tagsOf(id) ?? []);
      if (account.target.cloud === 'google') return alphabet.tags(inventoryName(account, index));
      return { ...subscriptions.get(account.target.account)?.get(id)?.tags };
    },
    async load(name, options) {
      if (name === 'aws') return aws({ ...options, connection: { ...amazon.connection, now: time.now } });
      if (name === 'google') return google({ ...options, connection: alphabet.connection });
      const clients = new Map([...subscriptions].map(([id, { connection }]) => [id, azure({ ...options, connection })] as const));
      const [first] = clients.values();
      return {
        apis: first?.apis ?? [],
        open: async (target) => {
          const client = clients.get(target.account);
          if (client === undefined) throw new Error(`no subscription ${target.account}`);
          return client.open(target);
        },
        close: async () => {
          for (const client of clients.values()) await client.close();
        },
      };
    },
    writes: () => ({
      aws: amazon.writes(),
      google: alphabet.writes(),
      azure: [...subscriptions.values()].reduce((sum, one) => sum + one.writes(), 0),
    }),
    async close() {
      await amazon.close();
      await alphabet.close();
      for (const one of subscriptions.values()) await one.close();
    },
  };
}

function goneOf(account: Account): number[] {
  return [...Array(account.count).keys()].filter((index) => kindOf(account, index) === 'gone');
}

function crowdOf(accounts: readonly Account[]): Crowd {
  const each = (accounts[0]?.count ?? 0) + (accounts[0]?.extra ?? 0);
  return {
    count: each * accounts.length,
    resource: (at) => {
      const account = accounts[Math.floor(at / each)] as Account;
      const index = at % each;
      const { id, kind } = named(account, index);
      const tags = new Map(Object.entries(keyed(account, standingOf(account, index) ?? {})));
      const { account: owner, region } = account.target;
      return { arn: id, type: kind, account: owner, region: region ?? '', tags: tags.size === 0 ? null : tags };
    },
    indexOf: (arn) => {
      const [, , , region, owner] = arn.split(':');
      const at = accounts.findIndex(({ target }) => target.account === owner && target.region === region);
      const index = indexIn(arn);
      return at < 0 || index === null || index >= each ? null : at * each + index;
    },
  };
}

/** Secrets are named by the project's number in the inventory, all else by its id. */
function inventoryName(account: Account, index: number): string {
  const { id, type, parent } = named(account, index);
  return type === 'google_secret_manager_secret' ? parent : id;
}

function projectOf(account: Account): ProjectSpec {
  const { target, count, extra } = account;
  const number = projectNumber(account);
  return {
    id: target.account,
    number,
    ancestors: [{ name: '//cloudresourcemanager.googleapis.com/folders/33', tags: keyed(account, ABOVE) }],
    many: {
      count: count + extra,
      resource: (index): Resource => {
        const { kind, location, parent } = named(account, index);
        const tags = keyed(account, standingOf(account, index) ?? {});
        return { name: inventoryName(account, index), assetType: kind, location, parent, tags };
      },
      indexOf: (name) => {
        const owner = name.split('/')[4];
        const index = owner === target.account || owner === number ? indexIn(name) : null;
        return index === null || index >= count + extra ? null : index;
      },
    },
  };
}

/** What stands in a subscription, without what is gone. */
function standingIn(account: Account) {
  const gone = new Set(goneOf(account));
  const indexes = [...Array(account.count + account.extra).keys()].filter((index) => !gone.has(index));
  const positions = new Map(indexes.map((index, position) => [index, position]));
  return {
    count: indexes.length,
    resource: (position: number): StandInResource => {
      const index = indexes[position] as number;
      const { id, kind: type } = named(account, index);
      const untaggable = kindOf(account, index) === 'untaggable';
      const tags = untaggable ? null : keyed(account, standingOf(account, index) ?? {}, true);
      return { id, type, location: 'westeurope', tags };
    },
    indexOf: (id: string) => {
      const index = indexIn(id);
      return index === null ? null : (positions.get(index) ?? null);
    },
  };
}

function containersOf(account: Account): StandInResource[] {
  const subscription = `/subscriptions/${account.target.account}`;
  return [
    { id: subscription, type: 'microsoft.resources/subscriptions', tags: {} },
    { id: groupOf(account), type: 'microsoft.resources/subscriptions/resourcegroups', location: 'westeurope', tags: {} },
  ];
}
