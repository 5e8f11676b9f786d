import type { FoundTags } from '../cloud.ts';
import { parseArn } from './arn.ts';

/**
 * Tags by which a service marks what it writes itself. `except` = the ARN service of the object that carries the tag and is not written by it.
 * Sources: CloudFormation "Resource tags"; EC2 Auto Scaling "Tag Auto Scaling groups and instances"; ECS "Tagging resources"; EKS "Tagging your
 * resources"; EMR "Tag and categorize clusters"; Elastic Beanstalk "Tagging resources"; EC2 Fleet, Spot Fleet, DLM, Service Catalog, Secrets
 * Manager "Secrets managed by other services" user guides.
 */
const MARKS: readonly { readonly key: string; readonly by: string; readonly except?: string }[] = [
  { key: 'aws:cloudformation:stack-name', by: 'CloudFormation stack' },
  { key: 'aws:cloudformation:stack-id', by: 'CloudFormation stack' },
  { key: 'aws:servicecatalog:provisionedProductArn', by: 'Service Catalog product' },
  { key: 'aws:autoscaling:groupName', by: 'Auto Scaling group' },
  { key: 'aws:ecs:serviceName', by: 'ECS service' },
  { key: 'aws:ecs:clusterName', by: 'ECS cluster' },
  { key: 'aws:eks:cluster-name', by: 'EKS cluster' },
  { key: 'eks:cluster-name', by: 'EKS cluster', except: 'eks' },
  { key: 'aws:elasticmapreduce:job-flow-id', by: 'EMR cluster' },
  { key: 'elasticbeanstalk:environment-name', by: 'Elastic Beanstalk environment', except: 'elasticbeanstalk' },
  { key: 'aws:ec2:fleet-id', by: 'EC2 Fleet' },
  { key: 'aws:ec2spot:fleet-request-id', by: 'Spot Fleet request' },
  { key: 'aws:dlm:lifecycle-policy-id', by: 'Data Lifecycle Manager policy' },
  { key: 'aws:secretsmanager:owningService', by: 'AWS service' },
];

/** What writes the object besides Terraform, as its own tags tell: `CloudFormation stack payments`; null = nothing says so. */
export function managedBy(arn: string, tags: ReadonlyMap<string, string>): string | null {
  const service = parseArn(arn)?.service;
  const mark = MARKS.find(({ key, except }) => tags.has(key) && (except === undefined || except !== service));
  return mark === undefined ? null : `${mark.by} ${tags.get(mark.key)}`.trimEnd();
}

const NONE: ReadonlyMap<string, string> = new Map();

/** AWS hands no tags down. */
export function foundTags(arn: string, tags: ReadonlyMap<string, string>): FoundTags {
  return { tags, inherited: NONE, managedBy: managedBy(arn, tags) };
}

/** Pairs as every AWS API spells them. A tag without a value is one with an empty value. */
export function tagMap(
  pairs: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): Map<string, string> {
  const tags = new Map<string, string>();
  for (const { Key, Value } of pairs) if (Key !== undefined) tags.set(Key, Value ?? '');
  return tags;
}
