import { type Arn, parseArn } from './arn.ts';

/** Services whose ARNs name no type, and the type that such an ARN means to Resource Explorer (its list of supported resource types). */
const UNTYPED: ReadonlyMap<string, string> = new Map([
  ['s3', 's3:bucket'],
  ['sns', 'sns:topic'],
  ['sqs', 'sqs:queue'],
]);

/** Global services whose resources the home region's index holds; the places of others are less well documented. */
const GLOBAL_SERVICES = new Set(['cloudfront', 'route53']);

/** Names that Resource Explorer may have for the type of an ARN: `rds:db`, `elasticloadbalancing:loadbalancer/app`. */
export function explorerTypes(arn: string): string[] {
  const parsed = parseArn(arn);
  if (parsed === null) return [];
  const { service, resource } = parsed;
  const parts = resource.replace(/^\//, '').split(/[:/]/);
  const untyped = UNTYPED.get(service);
  if (untyped !== undefined && parts.length === 1) return [untyped];
  return parts.length < 2 ? [] : [`${service}:${parts[0]}`, `${service}:${parts[0]}/${parts[1]}`];
}

/** Whether the index of this region is the one that would hold the ARN. */
export function belongsTo(arn: string, region: string): boolean {
  const parsed: Arn | null = parseArn(arn);
  if (parsed === null) return false;
  if (parsed.region !== '') return parsed.region === region;
  return parsed.service === 's3' || GLOBAL_SERVICES.has(parsed.service);
}
