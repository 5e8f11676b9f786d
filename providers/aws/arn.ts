/** `arn:partition:service:region:account:resource`; `region` and `account` are empty where the service leaves them out. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Null for what is no ARN. */
export function parseArn(text: string | undefined): Arn | null {
  if (!text?.startsWith('arn:')) return null;
  const [, partition, service, region, account, ...rest] = text.split(':');
  if (!partition || !service || region === undefined || account === undefined || rest.length === 0) return null;
  return { partition, service, region, account, resource: rest.join(':') };
}

/** The spelling that answers and states share: older providers and CloudWatch Logs itself end the ARN of a log group in `:*`. */
export function canonicalArn(text: string): string {
  return text.startsWith('arn:') && text.split(':')[2] === 'logs' && text.endsWith(':*') ? text.slice(0, -2) : text;
}

/** Region prefix -> partition; every other region is in `aws`. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** The region that answers for a partition's global services (IAM user guide, "AWS services endpoints"; SDK endpoint rules). */
const HOMES: ReadonlyMap<string, string> = new Map([
  ['aws', 'us-east-1'],
  ['aws-cn', 'cn-northwest-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-iso', 'us-iso-east-1'],
  ['aws-iso-b', 'us-isob-east-1'],
  ['aws-iso-e', 'eu-isoe-west-1'],
  ['aws-iso-f', 'us-isof-south-1'],
  ['aws-eusc', 'eusc-de-east-1'],
]);

/** Null for a partition that is not known. */
export function homeRegion(partition: string, service?: string): string | null {
  if (service !== undefined && partition === 'aws-cn' && (service === 'iam' || service === 'sts')) return 'cn-north-1';
  // Their control planes stand in Oregon (Global Accelerator and Network Manager developer guides).
  if (partition === 'aws' && (service === 'globalaccelerator' || service === 'networkmanager')) return 'us-west-2';
  return HOMES.get(partition) ?? null;
}

export const ACCOUNT = /^\d{12}$/;
