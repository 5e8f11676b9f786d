/** Permissions of the services that own resources: the Resource Groups Tagging API tags on the caller's behalf and needs both. */
interface OwnerPermissions {
  readonly tag: string;
  readonly untag: string;
}

/**
 * Services whose tagging action is not called TagResource and UntagResource (AWS managed policy ResourceGroupsTaggingAPITagUntagSupportedResources;
 * apigateway and ds: service authorization reference).
 */
const OWNERS: ReadonlyMap<string, OwnerPermissions> = new Map(
  Object.entries({
    acm: both('AddTagsToCertificate', 'RemoveTagsFromCertificate'),
    'acm-pca': both('TagCertificateAuthority', 'UntagCertificateAuthority'),
    apigateway: both('PUT', 'DELETE'),
    cloudtrail: both('AddTags', 'RemoveTags'),
    codestar: both('TagProject', 'UntagProject'),
    datapipeline: both('AddTags', 'RemoveTags'),
    dms: both('AddTagsToResource', 'RemoveTagsFromResource'),
    ds: both('AddTagsToResource', 'RemoveTagsFromResource'),
    ec2: both('CreateTags', 'DeleteTags'),
    elasticache: both('AddTagsToResource', 'RemoveTagsFromResource'),
    elasticbeanstalk: both('UpdateTagsForResource', 'UpdateTagsForResource'),
    elasticfilesystem: both('CreateTags', 'DeleteTags'),
    elasticloadbalancing: both('AddTags', 'RemoveTags'),
    elasticmapreduce: both('AddTags', 'RemoveTags'),
    es: both('AddTags', 'RemoveTags'),
    firehose: both('TagDeliveryStream', 'UntagDeliveryStream'),
    glacier: both('AddTagsToVault', 'RemoveTagsFromVault'),
    inspector: both('SetTagsForResource', 'SetTagsForResource'),
    kinesis: both('AddTagsToStream', 'RemoveTagsFromStream'),
    machinelearning: both('AddTags', 'DeleteTags'),
    medialive: both('CreateTags', 'DeleteTags'),
    mq: both('CreateTags', 'DeleteTags'),
    rds: both('AddTagsToResource', 'RemoveTagsFromResource'),
    redshift: both('CreateTags', 'DeleteTags'),
    'resource-groups': both('Tag', 'Untag'),
    route53: both('ChangeTagsForResource', 'ChangeTagsForResource'),
    route53domains: both('UpdateTagsForDomain', 'DeleteTagsForDomain'),
    s3: both('PutBucketTagging', 'PutBucketTagging'),
    sagemaker: both('AddTags', 'DeleteTags'),
    sqs: both('TagQueue', 'UntagQueue'),
    ssm: both('AddTagsToResource', 'RemoveTagsFromResource'),
    storagegateway: both('AddTagsToResource', 'RemoveTagsFromResource'),
    workspaces: both('CreateTags', 'DeleteTags'),
  }),
);

function both(tag: string, untag: string): OwnerPermissions {
  return { tag, untag };
}

/** The permission of the owning service that a tag edit needs besides `tag:*`, by the service of the ARN: `rds:AddTagsToResource`. */
export function ownerPermission(service: string, edit: 'tag' | 'untag'): string {
  const action = OWNERS.get(service)?.[edit] ?? (edit === 'tag' ? 'TagResource' : 'UntagResource');
  return `${service}:${action}`;
}

/** Services whose permissions the published repair policy grants; `ownerPermission` covers any other. */
export const POLICY_SERVICES: readonly string[] = [
  'acm',
  'backup',
  'cloudfront',
  'cloudwatch',
  'cognito-idp',
  'dms',
  'dynamodb',
  'ec2',
  'ecr',
  'ecs',
  'eks',
  'elasticache',
  'elasticfilesystem',
  'elasticloadbalancing',
  'elasticmapreduce',
  'es',
  'events',
  'firehose',
  'fsx',
  'glue',
  'kafka',
  'kinesis',
  'kms',
  'lambda',
  'logs',
  'rds',
  'redshift',
  'route53',
  's3',
  'sagemaker',
  'secretsmanager',
  'sns',
  'sqs',
  'ssm',
  'states',
  'workspaces',
];

/** What tagging an S3 bucket needs besides: it reads first, and a bucket with ABAC takes TagResource only (S3 user guide, "Using tags with buckets"). */
export const POLICY_EXTRAS: readonly string[] = ['s3:GetBucketTagging', 's3:TagResource', 's3:UntagResource'];

/** API Gateway has no action for tags: PUT and DELETE are harmless on `/tags/*` only. */
export const API_GATEWAY_TAGS = 'arn:*:apigateway:*::/tags/*';
