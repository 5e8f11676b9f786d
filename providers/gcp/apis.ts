import type { CloudApi } from '../cloud.ts';
import { BINDABLE } from './bindable.ts';

const ASSET_QUOTA = 'https://cloud.google.com/asset-inventory/docs/quota';
const RESOURCE_MANAGER_LIMITS = 'https://cloud.google.com/resource-manager/docs/limits';

// Limits are counted for the project that the credentials belong to, whatever project is asked about.
const READS = { calls: 10, per: 1_000, of: 'caller', pool: 'cloudresourcemanager reads' } as const;
const WRITES = { calls: 10, per: 1_000, of: 'caller', pool: 'cloudresourcemanager writes' } as const;

const ofEvery = (verb: string): string[] => [...BINDABLE].map((kind) => `${kind}.${verb}`);

export const SEARCH: CloudApi = {
  name: 'cloudasset.assets.searchAllResources',
  permissions: ['cloudasset.assets.searchAllResources'],
  limit: { calls: 400, per: 60_000, of: 'caller' },
  writes: false,
  source: ASSET_QUOTA,
};

export const GET_PROJECT: CloudApi = {
  name: 'cloudresourcemanager.projects.get',
  permissions: ['resourcemanager.projects.get'],
  limit: READS,
  writes: false,
  source: RESOURCE_MANAGER_LIMITS,
};

/** Each object needs the permission of its own kind only. */
export const LIST_EFFECTIVE_TAGS: CloudApi = {
  name: 'cloudresourcemanager.effectiveTags.list',
  permissions: ofEvery('listEffectiveTags'),
  limit: READS,
  writes: false,
  source: RESOURCE_MANAGER_LIMITS,
};

export const GET_TAG_VALUE: CloudApi = {
  name: 'cloudresourcemanager.tagValues.getNamespaced',
  permissions: ['resourcemanager.tagValues.get'],
  limit: READS,
  writes: false,
  source: RESOURCE_MANAGER_LIMITS,
};

export const CREATE_BINDING: CloudApi = {
  name: 'cloudresourcemanager.tagBindings.create',
  permissions: ['resourcemanager.tagValueBindings.create', ...ofEvery('createTagBinding')],
  limit: WRITES,
  writes: true,
  source: RESOURCE_MANAGER_LIMITS,
};

export const DELETE_BINDING: CloudApi = {
  name: 'cloudresourcemanager.tagBindings.delete',
  permissions: ['resourcemanager.tagValueBindings.delete', ...ofEvery('deleteTagBinding')],
  limit: WRITES,
  writes: true,
  source: RESOURCE_MANAGER_LIMITS,
};

/** Whoever started an operation may ask how it goes. */
export const GET_OPERATION: CloudApi = {
  name: 'cloudresourcemanager.operations.get',
  permissions: [],
  limit: READS,
  writes: false,
  source: RESOURCE_MANAGER_LIMITS,
};

export const APIS: readonly CloudApi[] = [
  SEARCH,
  GET_PROJECT,
  LIST_EFFECTIVE_TAGS,
  GET_TAG_VALUE,
  CREATE_BINDING,
  DELETE_BINDING,
  GET_OPERATION,
];
