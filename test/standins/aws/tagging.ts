import type { Caller } from './caller.ts';
import { AwsError, type ItemFault } from './faults.ts';
import type { StandIn } from './stand-in.ts';
import type { Standing } from './world.ts';

/** Bounds of the service model, `resourcegroupstaggingapi` 2017-01-26. */
export const BOUNDS = {
  getArns: 100,
  writeArns: 20,
  keys: 50,
  key: 128,
  value: 256,
  arn: 1011,
  pages: 100,
  tokenLife: 15 * 60_000,
};

type Input = Readonly<Record<string, unknown>>;

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', 400, message);
}

function list(input: Input, name: string, most: number): string[] | null {
  const value = input[name];
  if (value === undefined) return null;
  if (!Array.isArray(value) || value.length < 1 || value.length > most || value.some((item) => typeof item !== 'string')) {
    throw invalid(`${name} must have between 1 and ${most} items`);
  }
  return value as string[];
}

function arns(input: Input, most: number): string[] | null {
  const found = list(input, 'ResourceARNList', most);
  const bad = found?.find((arn) => arn.length > BOUNDS.arn || !/^arn:[^:]+:[^:]+:[^:]*:[^:]*:./.test(arn));
  if (bad !== undefined) throw invalid('The ARN is not valid');
  return found;
}

/** IAM and Auto Scaling are tagged by this API and not told by it (supported services, notes). */
function told({ tags, arn }: Standing): boolean {
  return tags !== null && !/^arn:[^:]+:(iam|autoscaling):/.test(arn);
}

function isHere({ account, region }: Standing, caller: Caller): boolean {
  return account === caller.account && (region === caller.region || (region === 'global' && caller.region === 'us-east-1'));
}

function mapping({ arn, tags }: Standing): object {
  return { ResourceARN: arn, Tags: [...(tags ?? [])].map(([Key, Value]) => ({ Key, Value })) };
}

export function getResources(standIn: StandIn, caller: Caller, input: Input): object {
  const wanted = arns(input, BOUNDS.getArns);
  const paging = ['PaginationToken', 'ResourcesPerPage', 'TagsPerPage', 'TagFilters', 'ResourceTypeFilters'];
  const { everything } = standIn.faults;
  if (wanted !== null && !everything && paging.some((name) => input[name] !== undefined)) {
    throw invalid('ResourceARNList cannot be combined with other parameters');
  }
  if (wanted !== null && !everything) {
    const found = wanted.flatMap((arn) => standIn.world.get(arn) ?? []).filter((one) => told(one) && isHere(one, caller));
    return { PaginationToken: '', ResourceTagMappingList: found.map(mapping) };
  }
  const size = Number(input.ResourcesPerPage ?? 50);
  if (!Number.isInteger(size) || size < 1 || size > BOUNDS.pages) throw invalid('ResourcesPerPage must be between 1 and 100');
  const page = standIn.pages.take(
    input.PaginationToken,
    BOUNDS.tokenLife,
    'PaginationTokenExpiredException',
    'The token has expired',
  );
  const { found, next } = standIn.world.page(caller.account, page.from, size, (one) => told(one) && isHere(one, caller));
  const token = standIn.pages.give(next, page, found);
  return { PaginationToken: token ?? '', ResourceTagMappingList: standIn.shown(page, found, token === null).map(mapping) };
}

export function tagResources(standIn: StandIn, caller: Caller, input: Input): object {
  const wanted = arns(input, BOUNDS.writeArns) ?? [];
  const tags = Object.entries((input.Tags ?? {}) as Record<string, string>);
  if (wanted.length === 0 || tags.length < 1 || tags.length > BOUNDS.keys)
    throw invalid('between 1 and 50 tags and 1 and 20 ARNs');
  for (const [key, value] of tags) checkTag(key, value);
  return each(standIn, caller, wanted, 'tag:TagResources', (resource) => {
    const merged = new Map([...(resource.tags ?? []), ...tags]);
    if (merged.size > BOUNDS.keys) return { code: 'InvalidParameterException', status: 400, message: 'more than 50 tags' };
    standIn.world.put({ ...resource, tags: merged });
    return null;
  });
}

export function untagResources(standIn: StandIn, caller: Caller, input: Input): object {
  const wanted = arns(input, BOUNDS.writeArns) ?? [];
  const keys = list(input, 'TagKeys', BOUNDS.keys) ?? [];
  if (wanted.length === 0 || keys.length === 0) throw invalid('between 1 and 50 keys and 1 and 20 ARNs');
  return each(standIn, caller, wanted, 'tag:UntagResources', (resource) => {
    const left = new Map(resource.tags ?? []);
    for (const key of keys) left.delete(key);
    standIn.world.put({ ...resource, tags: left });
    return null;
  });
}

function checkTag(key: string, value: string): void {
  if (key.length < 1 || key.length > BOUNDS.key || value.length > BOUNDS.value) throw invalid('a tag is too long');
  if (/^aws:/i.test(key)) throw invalid('aws: prefixed tag key names are not allowed for external use.');
}

function each(
  standIn: StandIn,
  caller: Caller,
  wanted: readonly string[],
  api: string,
  edit: (resource: Standing) => ItemFault | null,
): object {
  const failed: Record<string, object> = {};
  for (const arn of wanted) {
    const fault = itemFault(standIn, caller, api, arn, edit);
    if (fault !== null) failed[arn] = { ErrorCode: fault.code, StatusCode: fault.status, ErrorMessage: fault.message };
  }
  return { FailedResourcesMap: failed };
}

function itemFault(
  standIn: StandIn,
  caller: Caller,
  api: string,
  arn: string,
  edit: (resource: Standing) => ItemFault | null,
): ItemFault | null {
  const fault = standIn.faults.item?.(api, arn) ?? null;
  if (fault !== null) return fault;
  const service = arn.split(':')[2] ?? '';
  const lacking = [...standIn.faults.denied].find((permission) => permission.startsWith(`${service}:`));
  if (lacking !== undefined) {
    const message = `User: arn:aws:iam::${caller.account}:user/scanner is not authorized to perform: ${lacking} on resource: ${arn}`;
    return { code: 'AccessDeniedException', status: 400, message };
  }
  const resource = standIn.world.get(arn);
  if (resource === null || !isHere(resource, caller)) {
    return { code: 'InvalidParameterException', status: 400, message: 'The resource does not exist in this account and region' };
  }
  if (service === 'cloudformation') standIn.stackUpdates += 1;
  return edit(resource);
}
