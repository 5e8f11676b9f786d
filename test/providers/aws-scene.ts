import { afterEach, beforeEach } from 'vitest';
import { createClient } from '../../providers/aws/client.ts';
import { type CloudAnswer, type CloudClient, CloudFailure, type TagEdit } from '../../providers/cloud.ts';
import { type Connection, type StandIn, type StandInOptions, start } from '../standins/aws/stand-in.ts';
import type { Crowd, Standing } from '../standins/aws/world.ts';
import { ACCOUNT, type Calls, counted, object, target } from './aws-calls.ts';

export const OTHER = '210987654321';
export const GROUP = `arn:aws:autoscaling:eu-central-1:${ACCOUNT}:autoScalingGroup:12345678-1234-1234-1234-123456789012:autoScalingGroupName/api`;
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/service/worker`;

const ACCOUNTS = { AKIASTANDIN: ACCOUNT, AKIAOTHER: OTHER };

/** A stand-in of its own for each test, with the clients that look at it. */
export interface Scene {
  readonly standIn: StandIn;
  /** May be replaced by one with other tries before a client is made. */
  calls: Calls;
  restart(options: StandInOptions): Promise<void>;
  client(more?: ClientMore): CloudClient;
  put(arn: string, tags: Readonly<Record<string, string>> | null, more?: Partial<Standing>): string;
}

export interface ClientMore {
  readonly endpoint?: string;
  /** Null = the SDK's default chain. */
  readonly credentials?: Connection['credentials'] | null;
  readonly assumeRole?: string;
  readonly key?: string;
  readonly timeout?: number;
  readonly now?: () => number;
}

export function staged(): Scene {
  let standIn: StandIn;
  const clients: CloudClient[] = [];
  const close = async () => {
    for (const client of clients.splice(0)) await client.close();
    await standIn.close();
  };
  const open = async (options: StandInOptions) => {
    standIn = await start({ limits: false, accounts: ACCOUNTS, ...options });
  };
  const scene: Scene = {
    get standIn() {
      return standIn;
    },
    calls: counted(),
    restart: async (options) => {
      await close();
      await open(options);
    },
    client: ({ assumeRole, key = 'AKIASTANDIN', credentials, ...more }: ClientMore = {}) => {
      const { endpoint, credentials: own } = standIn.connectionOf(key);
      const signed = credentials === null ? {} : { credentials: credentials ?? own };
      const connection = { endpoint, ...signed, ...more };
      const client = createClient({ call: scene.calls.call, assumeRole: assumeRole ?? null, connection });
      clients.push(client);
      return client;
    },
    put: (arn, tags, more = {}) => {
      const type = arn.includes(':iam:') ? 'iam:role' : 'rds:db';
      const map = tags === null ? null : new Map(Object.entries(tags));
      standIn.world.put({ arn, type, account: ACCOUNT, region: arn.split(':')[3] || 'global', tags: map, ...more });
      return arn;
    },
  };
  beforeEach(async () => {
    scene.calls = counted();
    await open({});
  });
  afterEach(close);
  return scene;
}

export function db(name: string): string {
  return `arn:aws:rds:eu-central-1:${ACCOUNT}:db:${name}`;
}

/** Databases `c0`, `c1`, ... with their number as a tag. */
export function crowd(count: number): Crowd {
  return {
    count,
    resource: (index) => ({
      arn: db(`c${index}`),
      type: 'rds:db',
      account: ACCOUNT,
      region: 'eu-central-1',
      tags: new Map([['n', `${index}`]]),
    }),
    indexOf: (arn) => {
      const index = Number(/:db:c(\d+)$/.exec(arn)?.[1] ?? Number.NaN);
      return index < count ? index : null;
    },
  };
}

export function tagsOf(answer: CloudAnswer | undefined): Record<string, string> | string {
  return answer?.state === 'found' ? Object.fromEntries(answer.tags) : JSON.stringify(answer);
}

export function failureOf(answer: { state: string; failure?: CloudFailure } | undefined): CloudFailure {
  if (answer?.failure instanceof CloudFailure) return answer.failure;
  throw new Error(`no failure: ${JSON.stringify(answer)}`);
}

export async function rejected(promise: Promise<unknown>): Promise<CloudFailure> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof CloudFailure) return error;
  throw new Error(`no CloudFailure: ${String(error)}`);
}

export function edit(id: string, set: Readonly<Record<string, string>>, unset: readonly string[] = [], detail = {}): TagEdit {
  return { object: object('aws_db_instance', id, target(), detail), set: new Map(Object.entries(set)), unset: new Set(unset) };
}
