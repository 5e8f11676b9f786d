import { createClient } from '../../providers/azure/client.ts';
import type { AzureConnection } from '../../providers/azure/connection.ts';
import { located } from '../../providers/azure/located.ts';
import { type Call, CloudFailure, type CloudObject, type CloudSession, type CloudTarget } from '../../providers/cloud.ts';
import { type StandIn, type StandInOptions, type StandInResource, start } from '../standins/azure/start.ts';

export const SUBSCRIPTION = '11111111-2222-4333-8444-555555555555';
export const TARGET: CloudTarget = { cloud: 'azure', partition: null, account: SUBSCRIPTION, region: null };
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/orders-prod`;

export function server(name: string, tags: Record<string, string> | null, more: Partial<StandInResource> = {}): StandInResource {
  const id = `${GROUP}/providers/Microsoft.Sql/servers/${name}`;
  return { id, type: 'microsoft.sql/servers', location: 'westeurope', tags, ...more };
}

const CONTAINERS: readonly StandInResource[] = [
  { id: `/subscriptions/${SUBSCRIPTION}`, type: 'microsoft.resources/subscriptions', tags: { Owner: 'platform' } },
  { id: GROUP, type: 'microsoft.resources/subscriptions/resourcegroups', location: 'westeurope', tags: {} },
];

export function object(id: string, type = 'azurerm_mssql_server'): CloudObject {
  const place = located(type, { id }, null);
  if (typeof place === 'string') throw new Error(place);
  return { type, place };
}

export interface Bench {
  readonly at: StandIn;
  readonly session: CloudSession;
  /** What went through `call`, in order: the API, and the wait that a failure asked for. */
  readonly log: { readonly api: string; readonly failed: CloudFailure | null }[];
}

/** A stand-in, and a session of the real SDK with it. Its `call` tries throttled and transient requests again at once, three times in all. */
export async function bench(
  resources: readonly StandInResource[],
  options: Partial<StandInOptions> & { connection?: AzureConnection } = {},
) {
  const { connection, ...rest } = options;
  const at = await start({ subscription: SUBSCRIPTION, resources: [...CONTAINERS, ...resources], limits: false, ...rest });
  const log: Bench['log'] = [];
  const call: Call = async (api, _target, send) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const value = await send();
        log.push({ api: api.name, failed: null });
        return value;
      } catch (failed) {
        if (!(failed instanceof CloudFailure)) throw failed;
        log.push({ api: api.name, failed });
        if (attempt === 3 || (failed.kind !== 'throttled' && failed.kind !== 'transient')) throw failed;
      }
    }
  };
  const client = createClient({ call, assumeRole: null, connection: { ...at.connection, ...connection } });
  return { at, client, log, open: (target: CloudTarget = TARGET) => client.open(target) };
}

export async function failure(promise: Promise<unknown>): Promise<CloudFailure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CloudFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
