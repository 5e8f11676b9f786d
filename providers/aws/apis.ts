import type { CloudApi } from '../cloud.ts';

const TAG_EDITOR_QUOTAS = 'https://docs.aws.amazon.com/tag-editor/latest/userguide/reference.html';
const EXPLORER_QUOTAS = 'https://docs.aws.amazon.com/resource-explorer/latest/userguide/quotas.html';
const STS_QUOTAS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';

type Rate = Pick<CloudApi, 'limit' | 'source'>;

const STS: Rate = { limit: { calls: 600, per: 1000, of: 'account', pool: 'sts' }, source: STS_QUOTAS };
const READ_TAGS: Rate = { limit: { calls: 15, per: 1000, of: 'target' }, source: TAG_EDITOR_QUOTAS };
const WRITE_TAGS: Rate = { limit: { calls: 4, per: 1000, of: 'target' }, source: 'assumed' };
const SEARCH: Rate = { limit: { calls: 5, per: 1000, of: 'target' }, source: EXPLORER_QUOTAS };
const EXPLORE: Rate = { limit: { calls: 3, per: 1000, of: 'target', pool: 'resource-explorer' }, source: EXPLORER_QUOTAS };
const IAM_READ: Rate = { limit: { calls: 10, per: 1000, of: 'account', pool: 'iam-read' }, source: 'assumed' };
const IAM_WRITE: Rate = { limit: { calls: 4, per: 1000, of: 'account', pool: 'iam-write' }, source: 'assumed' };
const SCALING_READ: Rate = { limit: { calls: 5, per: 1000, of: 'target', pool: 'autoscaling-read' }, source: 'assumed' };
const SCALING_WRITE: Rate = { limit: { calls: 4, per: 1000, of: 'target', pool: 'autoscaling-write' }, source: 'assumed' };

function row(name: string, rate: Rate, writes: boolean, permissions: readonly string[] = [name]): CloudApi {
  return { name, permissions, limit: rate.limit, writes, source: rate.source };
}

/** Needs no permission and cannot be denied (STS API reference). */
export const GET_CALLER_IDENTITY = row('sts:GetCallerIdentity', STS, false, []);
/** Writes nothing: it hands out credentials. */
export const ASSUME_ROLE = row('sts:AssumeRole', STS, false);
export const GET_RESOURCES = row('tag:GetResources', READ_TAGS, false);
/** Besides, the permission of the service that owns the resource, see `owners.ts`. */
export const TAG_RESOURCES = row('tag:TagResources', WRITE_TAGS, true);
export const UNTAG_RESOURCES = row('tag:UntagResources', WRITE_TAGS, true);
export const SEARCH_RESOURCES = row('resource-explorer-2:Search', SEARCH, false);
export const LIST_RESOURCES = row('resource-explorer-2:ListResources', EXPLORE, false);
export const GET_DEFAULT_VIEW = row('resource-explorer-2:GetDefaultView', EXPLORE, false);
export const GET_VIEW = row('resource-explorer-2:GetView', EXPLORE, false);
export const GET_INDEX = row('resource-explorer-2:GetIndex', EXPLORE, false);
export const LIST_SUPPORTED_TYPES = row('resource-explorer-2:ListSupportedResourceTypes', EXPLORE, false);
export const DESCRIBE_GROUPS = row('autoscaling:DescribeAutoScalingGroups', SCALING_READ, false);
export const CREATE_OR_UPDATE_TAGS = row('autoscaling:CreateOrUpdateTags', SCALING_WRITE, true);
export const DELETE_TAGS = row('autoscaling:DeleteTags', SCALING_WRITE, true);

/** IAM entities that carry tags: the word in their ARN, and the middle of the API names. Groups carry none (IAM user guide, "Tags for IAM resources"). */
export const IAM_KINDS = {
  role: 'Role',
  user: 'User',
  policy: 'Policy',
  'instance-profile': 'InstanceProfile',
  'oidc-provider': 'OpenIDConnectProvider',
  'saml-provider': 'SAMLProvider',
  'server-certificate': 'ServerCertificate',
  mfa: 'MFADevice',
} as const;
export type IamKind = keyof typeof IAM_KINDS;

export interface IamApis {
  readonly list: CloudApi;
  readonly tag: CloudApi;
  readonly untag: CloudApi;
}

export const IAM_APIS: ReadonlyMap<IamKind, IamApis> = new Map(
  (Object.entries(IAM_KINDS) as [IamKind, string][]).map(([kind, name]) => [
    kind,
    {
      list: row(`iam:List${name}Tags`, IAM_READ, false),
      tag: row(`iam:Tag${name}`, IAM_WRITE, true),
      untag: row(`iam:Untag${name}`, IAM_WRITE, true),
    },
  ]),
);

/** Every call that the client makes. */
export const APIS: readonly CloudApi[] = [
  GET_CALLER_IDENTITY,
  ASSUME_ROLE,
  GET_RESOURCES,
  TAG_RESOURCES,
  UNTAG_RESOURCES,
  SEARCH_RESOURCES,
  LIST_RESOURCES,
  GET_DEFAULT_VIEW,
  GET_VIEW,
  GET_INDEX,
  LIST_SUPPORTED_TYPES,
  DESCRIBE_GROUPS,
  CREATE_OR_UPDATE_TAGS,
  DELETE_TAGS,
  ...[...IAM_APIS.values()].flatMap(({ list, tag, untag }) => [list, tag, untag]),
];
