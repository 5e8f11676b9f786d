import type { FailureInfo, ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import { type CloudApi, CloudFailure, type WriteAnswer } from '../cloud.ts';
import { GET_RESOURCES, TAG_RESOURCES, UNTAG_RESOURCES } from './apis.ts';
import { canonicalArn, parseArn } from './arn.ts';
import type { Door } from './door.ts';
import { deniedPermission, isPassing, itemKind } from './failures.ts';
import { tagMap } from './managed.ts';
import { ownerPermission } from './owners.ts';

/** ARNs that one GetResources takes, and one TagResources or UntagResources (service model). */
export const READ_BATCH = 100;
export const WRITE_BATCH = 20;
/** Keys that one TagResources or UntagResources takes (service model). */
export const KEYS_AT_MOST = 50;
/** How often an ARN is sent again that fails inside a good answer. */
const TRIES = 4;

export type TagsByArn = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Tags of those of the ARNs that are tagged, or once were; an ARN that is missing was never tagged or does not exist. `failed` holds ARNs that
 * AWS does not take, so that they do not cost the others their answer.
 */
export async function taggedAmong(
  door: Door,
  arns: readonly string[],
): Promise<{ tags: TagsByArn; failed: Map<string, CloudFailure> }> {
  const tags = new Map<string, ReadonlyMap<string, string>>();
  const failed = new Map<string, CloudFailure>();
  await readInto(door, arns, tags, failed);
  return { tags, failed };
}

async function readInto(
  door: Door,
  arns: readonly string[],
  tags: Map<string, ReadonlyMap<string, string>>,
  failed: Map<string, CloudFailure>,
): Promise<void> {
  try {
    await readPages(door, arns, tags);
  } catch (error) {
    if (!(error instanceof CloudFailure) || error.kind !== 'refused') throw error;
    if (arns.length === 1) {
      failed.set(arns[0] as string, error);
      return;
    }
    // One ARN that AWS does not take has it refuse the whole list.
    const half = Math.ceil(arns.length / 2);
    await readInto(door, arns.slice(0, half), tags, failed);
    await readInto(door, arns.slice(half), tags, failed);
  }
}

/** AWS answers a list of ARNs in one page and with nothing else; a stand-in may have more to say. */
async function readPages(door: Door, arns: readonly string[], tags: Map<string, ReadonlyMap<string, string>>): Promise<void> {
  const wanted = new Set(arns);
  let token: string | undefined;
  do {
    const answer = await door.tagging(GET_RESOURCES, (service) =>
      service.getResources({ ResourceARNList: [...arns], ...(token ? { PaginationToken: token } : {}) }),
    );
    for (const { ResourceARN, Tags } of answer.ResourceTagMappingList ?? []) {
      const arn = canonicalArn(ResourceARN ?? '');
      if (wanted.has(arn)) tags.set(arn, tagMap(Tags ?? []));
    }
    token = answer.PaginationToken;
  } while (token);
}

type Failed = Record<string, FailureInfo> | undefined;

/** A way to write: its API, and its one request for some ARNs. */
interface Writing {
  readonly api: CloudApi;
  readonly edit: 'tag' | 'untag';
  send(service: ResourceGroupsTaggingAPI, arns: readonly string[]): Promise<Failed>;
}

/** One answer for each ARN. All of them get the same keys. */
export function writeTags(
  door: Door,
  arns: readonly string[],
  set: ReadonlyMap<string, string>,
): Promise<Map<string, WriteAnswer>> {
  const Tags = Object.fromEntries(set);
  return inBatches(door, arns, {
    api: TAG_RESOURCES,
    edit: 'tag',
    send: async (service, batch) => (await service.tagResources({ ResourceARNList: [...batch], Tags })).FailedResourcesMap,
  });
}

export function removeTags(door: Door, arns: readonly string[], keys: readonly string[]): Promise<Map<string, WriteAnswer>> {
  const TagKeys = [...keys];
  return inBatches(door, arns, {
    api: UNTAG_RESOURCES,
    edit: 'untag',
    send: async (service, batch) => (await service.untagResources({ ResourceARNList: [...batch], TagKeys })).FailedResourcesMap,
  });
}

async function inBatches(door: Door, arns: readonly string[], writing: Writing): Promise<Map<string, WriteAnswer>> {
  const answers = new Map<string, WriteAnswer>();
  const distinct = [...new Set(arns)];
  for (let at = 0; at < distinct.length; at += WRITE_BATCH)
    await write(door, distinct.slice(at, at + WRITE_BATCH), writing, answers);
  return answers;
}

/** The same call is tried again as long as items of its good answer fail in a way that may pass, with those items only. */
async function write(door: Door, batch: readonly string[], writing: Writing, answers: Map<string, WriteAnswer>): Promise<void> {
  let pending = batch;
  let tries = 0;
  try {
    await door.tagging(writing.api, async (service) => {
      const failed = await writing.send(service, pending);
      tries += 1;
      pending = settled(pending, failed, tries, writing, answers);
      const first = pending[0];
      if (first !== undefined) throw itemFailure(first, failed?.[first] ?? {}, writing);
    });
  } catch (error) {
    if (!(error instanceof CloudFailure)) throw error;
    if (error.kind === 'refused' && pending.length > 1) {
      // One ARN that AWS does not take has it refuse the whole list.
      const half = Math.ceil(pending.length / 2);
      await write(door, pending.slice(0, half), writing, answers);
      await write(door, pending.slice(half), writing, answers);
      return;
    }
    for (const arn of pending) answers.set(arn, { state: 'failed', failure: error });
  }
}

/** Writes down what is done and what has failed for good; the rest is to be sent again. */
function settled(
  sent: readonly string[],
  failed: Failed,
  tries: number,
  writing: Writing,
  answers: Map<string, WriteAnswer>,
): readonly string[] {
  const infos = new Map(Object.entries(failed ?? {}).map(([arn, info]) => [canonicalArn(arn), info]));
  const stranger = [...infos.keys()].find((arn) => !sent.includes(arn));
  const again: string[] = [];
  for (const arn of sent) {
    const info = infos.get(arn);
    const failure = info !== undefined ? itemFailure(arn, info, writing) : stranger !== undefined ? unclear(arn, writing) : null;
    if (failure === null) answers.set(arn, { state: 'done' });
    else if (isPassing(failure) && tries < TRIES) again.push(arn);
    else answers.set(arn, { state: 'failed', failure });
  }
  return again;
}

/** AWS names a failed ARN that was not asked for: which one it means cannot be told. */
function unclear(arn: string, { api }: Writing): CloudFailure {
  return new CloudFailure(
    'refused',
    `${api.name} failed for an ARN that is spelled otherwise than \`${arn}\``,
    'look at the tags of the resource',
  );
}

function itemFailure(arn: string, info: FailureInfo, { api, edit }: Writing): CloudFailure {
  const { ErrorMessage, StatusCode = 0 } = info;
  const code: string = info.ErrorCode ?? 'unknown error';
  const kind = itemKind(code, StatusCode);
  if (kind === 'denied') {
    const permission = deniedPermission(ErrorMessage) ?? ownerPermission(parseArn(arn)?.service ?? '', edit);
    return new CloudFailure('denied', `${api.name} is denied for \`${arn}\``, `allow ${permission} besides ${api.name}`, {
      permission,
    });
  }
  const hint = kind === 'refused' ? 'tag it by the API of its own service, if it has one' : 'run again later';
  const says = kind === 'throttled' ? 'is throttled' : kind === 'transient' ? 'was not answered' : 'is refused';
  return new CloudFailure(kind, `${api.name} ${says} for \`${arn}\` (${code})`, hint);
}
