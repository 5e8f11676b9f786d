import type { CloudApi } from '../cloud.ts';

const THROTTLING = 'https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/request-limits-and-throttling';
const GRAPH_THROTTLING =
  'https://learn.microsoft.com/en-us/azure/governance/resource-graph/concepts/guidance-for-throttled-requests';

/** Token buckets of Resource Manager, for each subscription, principal and region: 250 refilled with 25 a second, 200 with 10. */
const READS = { calls: 250, per: 10_000, of: 'target', pool: 'arm-reads' } as const;
const WRITES = { calls: 200, per: 20_000, of: 'target', pool: 'arm-writes' } as const;

/** `GET {scope}/providers/Microsoft.Resources/tags/default`. */
export const READ_TAGS: CloudApi = {
  name: 'Microsoft.Resources/tags/read',
  permissions: ['Microsoft.Resources/tags/read'],
  limit: READS,
  writes: false,
  source: THROTTLING,
};

/**
 * `POST /providers/Microsoft.ResourceGraph/resources`, a query. It shows only what the caller may read besides: the read action
 * of every type that matters, or of all types.
 */
export const QUERY: CloudApi = {
  name: 'Microsoft.ResourceGraph/resources/read',
  permissions: ['Microsoft.ResourceGraph/resources/read', '*/read'],
  limit: { calls: 15, per: 5_000, of: 'caller' },
  writes: false,
  source: GRAPH_THROTTLING,
};

/** `PATCH {scope}/providers/Microsoft.Resources/tags/default` with `Merge` or `Delete`; never PUT, never `Replace`. */
export const WRITE_TAGS: CloudApi = {
  name: 'Microsoft.Resources/tags/write',
  permissions: ['Microsoft.Resources/tags/write'],
  limit: WRITES,
  writes: true,
  source: THROTTLING,
};

/** `GET` of what a 202 answer to a PATCH names: whether the change is done. */
export const AWAIT_WRITE: CloudApi = {
  name: 'Microsoft.Resources/subscriptions/operationresults/read',
  permissions: ['Microsoft.Resources/subscriptions/operationresults/read'],
  limit: READS,
  writes: false,
  source: THROTTLING,
};

/** Every API that the client may call. */
export const APIS: readonly CloudApi[] = [READ_TAGS, QUERY, WRITE_TAGS, AWAIT_WRITE];
