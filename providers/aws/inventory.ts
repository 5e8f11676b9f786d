import type { ListResourcesOutput, Resource } from '@aws-sdk/client-resource-explorer-2';
import { type CloudAnswer, CloudFailure, type InventoryItem } from '../cloud.ts';
import { LIST_RESOURCES } from './apis.ts';
import { canonicalArn, homeRegion, parseArn } from './arn.ts';
import { isGroup, readGroups } from './autoscaling.ts';
import type { Door } from './door.ts';
import { EXPLORER_PAGE, type Explorer, indexedTags } from './explorer.ts';
import { codeOf } from './failures.ts';
import { readEntity } from './iam.ts';
import { foundTags } from './managed.ts';

/** How often a list is begun again whose page token has expired (after 24 hours). */
const RESTARTS = 2;

/**
 * What Resource Explorer has of the region, and of global resources in the partition's home region. It indexes no tags of IAM (query syntax
 * reference), and the tagging service says nothing of Auto Scaling groups: those are read one by one.
 */
export async function* inventoryOf(door: Door, explorer: Explorer): AsyncGenerator<readonly InventoryItem[]> {
  const view = await explorer.view();
  if (!view.tags) {
    throw new CloudFailure(
      'refused',
      `the default view of Resource Explorer in ${door.region} does not show tags`,
      'let the default view include tags',
    );
  }
  const home = door.region === homeRegion(door.target.partition ?? '');
  let failure: CloudFailure | null = null;
  for (const region of home ? [door.region, 'global'] : [door.region]) {
    for await (const resources of listed(door, view.arn, region)) {
      const own = resources.filter((resource) => ownedBy(resource, door.target.account));
      const page = await itemsOf(door, own);
      failure ??= page.failure;
      yield page.items;
    }
  }
  // Everything that could be read has been told by now; what could not must not pass for the end.
  if (failure !== null) throw failure;
}

/** A view of an organization shows other accounts as well; policies that AWS manages belong to none. */
function ownedBy({ Arn, OwningAccountId }: Resource, account: string): boolean {
  const named = parseArn(Arn)?.account ?? '';
  return named === '' ? (OwningAccountId ?? account) === account : named === account;
}

async function* listed(door: Door, view: string, region: string): AsyncGenerator<readonly Resource[]> {
  let token: string | undefined;
  let restarts = 0;
  do {
    let page: Pick<ListResourcesOutput, 'Resources' | 'NextToken'>;
    try {
      page = await onePage(door, view, region, token);
    } catch (error) {
      if (token === undefined || !(error instanceof CloudFailure) || !isStale(error) || restarts === RESTARTS) throw error;
      restarts += 1;
      token = undefined;
      page = await onePage(door, view, region, token);
    }
    yield page.Resources ?? [];
    token = page.NextToken;
  } while (token);
}

function onePage(door: Door, ViewArn: string, region: string, token: string | undefined): Promise<ListResourcesOutput> {
  const request = {
    ViewArn,
    MaxResults: EXPLORER_PAGE,
    Filters: { FilterString: `region:${region}` },
    ...(token ? { NextToken: token } : {}),
  };
  return door.explorer(LIST_RESOURCES, (service) => service.listResources(request));
}

/** A token that AWS does not take is a bad input to it. */
function isStale(failure: CloudFailure): boolean {
  return codeOf(failure) === 'ValidationException';
}

async function itemsOf(
  door: Door,
  resources: readonly Resource[],
): Promise<{ items: InventoryItem[]; failure: CloudFailure | null }> {
  const arns = resources.map(({ Arn }) => canonicalArn(Arn ?? ''));
  const native = await nativeTags(door, arns);
  const items: InventoryItem[] = [];
  let failure: CloudFailure | null = null;
  for (const [index, resource] of resources.entries()) {
    const id = arns[index] ?? '';
    const answer = native.get(id);
    if (answer?.state === 'gone') continue;
    if (answer?.state === 'unread') {
      failure ??= answer.failure;
      continue;
    }
    const found = answer?.state === 'found' ? answer : foundTags(id, indexedTags(resource));
    items.push({
      id,
      type: resource.ResourceType ?? '',
      region: resource.Region === undefined || resource.Region === 'global' ? null : resource.Region,
      createdAt: null,
      createdBy: found.tags.get('aws:createdBy') ?? null,
      tags: found.tags,
      inherited: found.inherited,
      managedBy: found.managedBy,
    });
  }
  return { items, failure };
}

async function nativeTags(door: Door, arns: readonly string[]): Promise<Map<string, CloudAnswer>> {
  const answers = new Map<string, CloudAnswer>();
  const groups = arns.filter(isGroup);
  const entities = arns.filter((arn) => parseArn(arn)?.service === 'iam');
  const told =
    groups.length === 0 ? [] : await readGroups(door, groups).catch((error: unknown) => groups.map(() => unread(error)));
  for (const [index, answer] of told.entries()) answers.set(groups[index] ?? '', answer);
  await Promise.all(entities.map(async (arn) => answers.set(arn, await readEntity(door, arn).catch(unread))));
  return answers;
}

/** What a read rejected with, as its answer. */
export function unread(error: unknown): CloudAnswer {
  if (error instanceof CloudFailure) return { state: 'unread', failure: error };
  throw error;
}
