import { isList, isObject, member, type ObjectValue } from '../../src/plan/value.ts';
import type { CloudPlace, PlaceHints } from '../cloud.ts';
import { known } from '../places.ts';
import type { CatalogRow } from '../provider.ts';
import { ACCOUNT, type Arn, canonicalArn, homeRegion, parseArn, partitionOf } from './arn.ts';
import { ARN_ATTRIBUTES, BUILT_ARNS, type BuiltArn, OUT_OF_REACH } from './located-types.ts';

/**
 * ARN, account and region of the object of these values (those of a state). An account that nothing tells is empty, in the target and in an ARN
 * that has to be put together; the client fills in its caller's.
 */
export function located(type: string, values: ObjectValue, row: CatalogRow | null, hints: PlaceHints = {}): CloudPlace | string {
  const unreachable = OUT_OF_REACH.get(type);
  if (unreachable !== undefined) return unreachable;
  const told = ownArn(type, values);
  if (told !== null) return placeOf(type, values, told, row, hints);
  const built = BUILT_ARNS.get(type);
  if (built === undefined) return `\`${type}\` has no ARN in its values`;
  return builtPlace(type, values, built, hints);
}

/** The text as well as its parts: an ARN is compared and sent as it is written. */
interface OwnArn {
  readonly text: string;
  readonly arn: Arn;
}

function ownArn(type: string, values: ObjectValue): OwnArn | null {
  for (const attribute of [ARN_ATTRIBUTES.get(type) ?? 'arn', 'id']) {
    const text = known(values, attribute);
    const arn = parseArn(text);
    if (text !== undefined && arn !== null) return { text: canonicalArn(text), arn };
  }
  return null;
}

function placeOf(
  type: string,
  values: ObjectValue,
  { text, arn }: OwnArn,
  row: CatalogRow | null,
  hints: PlaceHints,
): CloudPlace | string {
  if (arn.account !== '' && !ACCOUNT.test(arn.account)) return `\`${text}\` belongs to AWS itself, not to an account`;
  const region = arn.region !== '' ? arn.region : regionWithout(values, arn, row, hints);
  if (region === null) return `nothing in its values tells the region of \`${text}\``;
  const account = arn.account !== '' ? arn.account : accountWithout(values, hints);
  return {
    target: { cloud: 'aws', partition: arn.partition, account: account ?? '', region },
    id: text,
    detail: detailOf(type, values, account),
  };
}

/** ARNs of S3 buckets name no region; those of global services neither, and there is none to name. */
function regionWithout(values: ObjectValue, arn: Arn, row: CatalogRow | null, hints: PlaceHints): string | null {
  if (arn.service !== 's3') return homeRegion(arn.partition, arn.service);
  const host = /\.s3\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(known(values, 'bucket_regional_domain_name') ?? '');
  const said = known(values, 'bucket_region') ?? host?.[1] ?? known(values, row?.place?.region ?? 'region');
  return said ?? identityText(hints, 'region') ?? hints.region ?? null;
}

function accountWithout(values: ObjectValue, hints: PlaceHints): string | null {
  const candidates = [identityText(hints, 'account_id'), known(values, 'owner_id'), hints.account];
  return candidates.find((account) => account !== undefined && account !== null && ACCOUNT.test(account)) ?? null;
}

function identityText(hints: PlaceHints, name: string): string | undefined {
  return hints.identity ? known(hints.identity, name) : undefined;
}

function builtPlace(type: string, values: ObjectValue, built: BuiltArn, hints: PlaceHints): CloudPlace | string {
  const id = known(values, built.id ?? 'id');
  if (id === undefined) return `\`${type}\` has neither an ARN nor \`${built.id ?? 'id'}\` in its values`;
  const region =
    known(values, built.region ?? 'region') ??
    identityText(hints, 'region') ??
    zoneRegion(known(values, 'availability_zone')) ??
    hints.region;
  if (!region) return `nothing in its values tells the region of \`${id}\``;
  const account = accountWithout(values, hints);
  const partition = partitionOf(region);
  return {
    target: { cloud: 'aws', partition, account: account ?? '', region },
    id: `arn:${partition}:${built.service}:${region}:${account ?? ''}:${built.before}${id}`,
    detail: { ...detailOf(type, values, account), ...(account === null ? { hole: 'account' } : {}) },
  };
}

/** `eu-central-1a`, and local zones: `us-west-2-lax-1a`. */
function zoneRegion(zone: string | undefined): string | null {
  return /^([a-z]+(?:-[a-z]+)+-\d+)(?:-[a-z]+-\d+)?[a-z]$/.exec(zone ?? '')?.[1] ?? null;
}

/**
 * `account: guessed` where nothing tells the account, so that an absence proves nothing; `hole: account` where the ARN lacks it for that reason.
 * Auto Scaling groups: their name, and the keys of `tag` blocks that propagate to instances, a JSON list.
 */
function detailOf(type: string, values: ObjectValue, account: string | null): Record<string, string> {
  const detail: Record<string, string> = account === null ? { account: 'guessed' } : {};
  if (type !== 'aws_autoscaling_group') return detail;
  const name = known(values, 'name') ?? known(values, 'id');
  return { ...detail, ...(name === undefined ? {} : { name }), propagated: JSON.stringify(propagated(values)) };
}

function propagated(values: ObjectValue): string[] {
  const blocks = member(values, 'tag');
  if (!isList(blocks)) return [];
  return blocks.flatMap((block) => {
    if (!isObject(block) || member(block, 'propagate_at_launch') !== true) return [];
    const key = known(block, 'key');
    return key === undefined ? [] : [key];
  });
}
