import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { type CloudAnswer, CloudFailure, type CloudObject, type WriteAnswer } from '../cloud.ts';
import { CREATE_OR_UPDATE_TAGS, DELETE_TAGS, DESCRIBE_GROUPS } from './apis.ts';
import { parseArn } from './arn.ts';
import type { Door } from './door.ts';
import { foundTags, tagMap } from './managed.ts';

/** Names that one DescribeAutoScalingGroups takes, and the page it answers (API reference: `MaxRecords` up to 100). */
const PAGE = 100;
const TYPE = 'auto-scaling-group';

/** Whether the ARN is one of a group; other objects of Auto Scaling carry no tags. */
export function isGroup(arn: string): boolean {
  return groupName(arn) !== null;
}

/** `autoScalingGroup:UUID:autoScalingGroupName/NAME` */
export function groupName(arn: string): string | null {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'autoscaling') return null;
  return /:autoScalingGroupName\/(.+)$/.exec(parsed.resource)?.[1] ?? null;
}

/** Groups by name, with their tags; a name that is missing does not exist. Rejects with CloudFailure. */
async function groupsNamed(door: Door, names: readonly string[]): Promise<Map<string, AutoScalingGroup>> {
  const found = new Map<string, AutoScalingGroup>();
  const distinct = [...new Set(names)];
  for (let at = 0; at < distinct.length; at += PAGE) {
    const AutoScalingGroupNames = distinct.slice(at, at + PAGE);
    let token: string | undefined;
    do {
      const request = {
        AutoScalingGroupNames,
        MaxRecords: PAGE,
        IncludeInstances: false,
        ...(token ? { NextToken: token } : {}),
      };
      const page = await door.autoscaling(DESCRIBE_GROUPS, (service) => service.describeAutoScalingGroups(request));
      for (const group of page.AutoScalingGroups ?? [])
        if (group.AutoScalingGroupName) found.set(group.AutoScalingGroupName, group);
      token = page.NextToken;
    } while (token);
  }
  return found;
}

/** One answer for each ARN, in order. The tagging API says nothing of groups; they tell their tags themselves. */
export async function readGroups(door: Door, arns: readonly string[]): Promise<CloudAnswer[]> {
  const names = arns.map((arn) => groupName(arn) ?? '');
  const groups = await groupsNamed(door, names);
  return names.map((name, index) => {
    const group = groups.get(name);
    if (group === undefined) return { state: 'gone' };
    return { state: 'found', ...foundTags(arns[index] ?? '', tagMap(group.Tags ?? [])) };
  });
}

/**
 * Sets and removes tags of one group; rejects with CloudFailure. A key that is there keeps its way to the instances; one that is not goes to them
 * where the state says so.
 */
export async function writeGroup(
  door: Door,
  object: CloudObject,
  arn: string,
  set: ReadonlyMap<string, string>,
  unset: ReadonlySet<string>,
): Promise<WriteAnswer> {
  const ResourceId = groupName(arn) ?? '';
  const group = (await groupsNamed(door, [ResourceId])).get(ResourceId);
  if (group === undefined) {
    const failure = new CloudFailure('refused', `there is no Auto Scaling group \`${ResourceId}\``, 'scan again');
    return { state: 'failed', failure };
  }
  const stated = new Set(propagatedOf(object));
  const standing = new Map((group.Tags ?? []).map((tag) => [tag.Key, tag.PropagateAtLaunch ?? false]));
  const tags = [...set].map(([Key, Value]) => {
    return { ResourceId, ResourceType: TYPE, Key, Value, PropagateAtLaunch: standing.get(Key) ?? stated.has(Key) };
  });
  if (tags.length > 0) await door.autoscaling(CREATE_OR_UPDATE_TAGS, (service) => service.createOrUpdateTags({ Tags: tags }));
  const gone = [...unset].map((Key) => ({ ResourceId, ResourceType: TYPE, Key }));
  if (gone.length > 0) await door.autoscaling(DELETE_TAGS, (service) => service.deleteTags({ Tags: gone }));
  return { state: 'done' };
}

/** `detail.propagated` as `located` writes it; what is spelled otherwise names no key. */
function propagatedOf({ place }: CloudObject): string[] {
  try {
    const keys: unknown = JSON.parse(place.detail.propagated ?? '[]');
    return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
  } catch {
    return [];
  }
}
