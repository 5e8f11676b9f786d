import { flatHoldsText } from '../../src/plan/flat.ts';
import type { ProviderBlock } from '../../src/plan/model.ts';
import { isList, isObject, member, type ObjectValue, UNKNOWN, type Unknown } from '../../src/plan/value.ts';
import { type CarrierReading, nothing, readCarrier, readMap, readPlanned } from '../carriers.ts';
import { defaultsName, leftOut, readDefaults, resolveMerged, withNested } from '../defaults.ts';
import { catalogNamespace, known, planReading, providerReading, said } from '../places.ts';
import type { CatalogRow, EffectiveTags, OpenTags, PlaceReading, Provider, TagInput, TagLook, TagReading } from '../provider.ts';
import { ACCOUNT, type Arn, parseArn } from './arn.ts';
import { located } from './located.ts';

type Tags = { readonly entries: ReadonlyMap<string, TagReading>; readonly open: OpenTags | null };

/** A change of `tags` replaces these (facts/aws6.tsv, `force_new`). */
const TAG_EDIT_REPLACES = new Set([
  'aws_emrcontainers_job_template',
  'aws_fis_experiment_template',
  'aws_inspector_resource_group',
  'aws_ivs_playback_key_pair',
  'aws_ivs_recording_configuration',
  'aws_sagemaker_labeling_job',
  'aws_ssm_activation',
]);

/** Blocks that the provider fills in when nothing is written: unknown as a whole, they are unset. */
const COMPUTED_BLOCKS = new Set(['root_block_device', 'ebs_block_device', 'ephemeral_block_device', 'network_interface']);

/** Terraform's AWS provider (cloud-tags.md 1.3 and 1.4). Tag keys and values are case-sensitive. */
export const aws: Provider = {
  carrier: 'aws',
  sources: ['hashicorp/aws'],
  foldKey: (key) => key,
  effectiveTags,
  showsTag,
  untagged,
  carriesTags: (look) => typeof look.json('tags_all') === 'string',
  accounts,
  regions,
  namespace: catalogNamespace,
  mirrors: ['tags_all'],
  cloud: 'aws',
  located,
  tagEditReplaces: (type) => TAG_EDIT_REPLACES.has(type),
};

const ROOTS: readonly string[] = ['tags', 'tags_all'];

function effectiveTags(input: TagInput): EffectiveTags {
  const { values, otherValues, row } = input;
  const carriers = row?.carriers === undefined ? ROOTS : [...ROOTS, ...row.carriers.map((carrier) => carrier.path)];
  const taggable = mayCarry(values, row) || (otherValues !== values && mayCarry(otherValues, row)) ? 'yes' : 'no';
  if (values === null) return { taggable, tags: NONE, open: null, carriers };
  if (values === UNKNOWN) {
    const open = { why: 'the whole object is known only after apply', path: null };
    return { taggable: otherValues === null || otherValues === UNKNOWN ? 'yes' : taggable, tags: NONE, open, carriers };
  }
  if (taggable === 'no') return { taggable, tags: NONE, open: null, carriers };
  if (input.configured?.has('tags_all')) {
    const open = { why: '`tags_all` is set by hand, which the provider may not honour', path: 'tags_all' };
    return { taggable, tags: NONE, open, carriers };
  }
  const base = input.side === 'before' ? liveTags(values) : plannedTags(values, input);
  const { entries, open } = withNested(base, nestedCarriers(values, input));
  return { taggable, tags: entries, open, carriers };
}

const NONE: ReadonlyMap<string, TagReading> = new Map();
const NO_CARRIERS: readonly CarrierReading[] = Object.freeze([]);

/** A text in `tags_all` stands, unless `tags` has something else than a text there, another carrier speaks, or the block takes it away. */
function showsTag(key: string, look: TagLook): boolean {
  const { row, expressions } = look;
  if ((row?.carriers !== undefined && row.carriers.length > 0) || expressions?.has('tags_all')) return false;
  if (look.side === 'after' && (expressions === null || look.providerBlock?.expressions.has('ignore_tags'))) return false;
  const all = look.json('tags_all');
  if (typeof all !== 'string' || !flatHoldsText(all, key) || !look.isFlat('tags_all')) return false;
  const own = look.json('tags');
  return own === undefined || own === 'null' || look.isFlat('tags');
}

const UNTAGGED: EffectiveTags = { taggable: 'no', tags: NONE, open: null, carriers: ROOTS };

function untagged(look: TagLook): EffectiveTags | null {
  const bare = look.row?.carriers === undefined && look.json('tags_all') === undefined && look.json('tags') === undefined;
  return bare ? UNTAGGED : null;
}

/** `tags` as a list is no map of tags, and null hides which it is: with `tags_all` beside it, it is a map. */
function mayCarry(values: ObjectValue | Unknown | null, row: CatalogRow | null): boolean {
  if (values === null || values === UNKNOWN) return false;
  if (member(values, 'tags_all') !== undefined) return true;
  const tags = member(values, 'tags');
  if (tags !== undefined && !isList(tags)) return true;
  return row?.carriers?.some((carrier) => readCarrier(values, carrier).length > 0) ?? false;
}

const NOBODY: ReadonlySet<string> = new Set();

/** State holds every tag of the object in `tags_all`. */
function liveTags(values: ObjectValue): Tags {
  const own = readMap(member(values, 'tags'), 'tags', 'resource');
  const all = member(values, 'tags_all') ?? null;
  if (all === null) return own;
  const merged = readMap(all, 'tags_all', 'provider default');
  const defaults = { kind: 'none' } as const;
  return resolveMerged({ own, merged, defaults, defaultsFrom: 'provider default', attribution: NOBODY });
}

function plannedTags(values: ObjectValue, input: TagInput): Tags {
  const own = readPlanned(values, 'tags', 'resource', input.written);
  // Providers before default_tags have no `tags_all`.
  const all = member(values, 'tags_all');
  if (all === undefined) return own;
  const merged = readMap(all, 'tags_all', defaultsName(input.providerBlock));
  const defaults = readDefaults(input.providerBlock, 'default_tags', input.configured, input.written);
  const tags = resolveMerged({ own, merged, defaults, defaultsFrom: defaultsName(input.providerBlock), attribution: NOBODY });
  if (input.configured === null) return withoutConfiguration(tags, own, merged, input);
  // A known `tags_all` has what `ignore_tags` takes away taken away already.
  return merged.open === null && !leftOut(defaults) ? tags : withoutIgnored(tags, input.providerBlock);
}

/** Nothing shows whether `tags_all` is set by hand: only what the block's own `tags` hold, or the live object has already, stands. */
function withoutConfiguration(tags: Tags, own: CarrierReading, merged: CarrierReading, input: TagInput): Tags {
  const why = 'no configuration in the plan shows whether `tags_all` is set by hand or what `default_tags` add';
  const live = sameObject(input) ? liveTags(input.otherValues as ObjectValue).entries : new Map<string, TagReading>();
  const entries = new Map<string, TagReading>();
  for (const [key, tag] of tags.entries) {
    const before = live.get(key);
    const lives = tag.state === 'known' && before?.state === 'known' && before.value === tag.value;
    const sure = lives || (merged.open === null && own.entries.has(key));
    entries.set(key, sure ? tag : { state: 'unknown', why, path: 'tags_all', from: tag.from });
  }
  return { entries, open: tags.open ?? { why, path: 'tags_all' } };
}

/** An id that stays known and equal is no new object. */
function sameObject({ values, otherValues }: TagInput): boolean {
  if (values === null || otherValues === null || values === UNKNOWN || otherValues === UNKNOWN) return false;
  const id = known(values, 'id');
  return id !== undefined && id === known(otherValues, 'id');
}

/** `ignore_tags` of the provider: the keys it names are never written. */
function withoutIgnored(tags: Tags, block: ProviderBlock | null): Tags {
  const expression = block?.expressions.get('ignore_tags');
  if (expression === undefined) return tags;
  const { keys, prefixes, open } = ignored(expression.kind === 'blocks' ? expression.blocks : null);
  const entries = new Map<string, TagReading>();
  for (const [key, tag] of tags.entries) {
    if (keys.includes(key) || prefixes.some((prefix) => key.startsWith(prefix))) continue;
    const why = "the provider's `ignore_tags` is no constant and may keep it from being written";
    entries.set(key, open ? { state: 'unknown', why, path: 'tags_all', from: tag.from } : tag);
  }
  return { entries, open: tags.open };
}

function ignored(blocks: readonly ProviderBlock['expressions'][] | null): { keys: string[]; prefixes: string[]; open: boolean } {
  const found = { keys: [] as string[], prefixes: [] as string[], open: blocks === null };
  for (const block of blocks ?? []) {
    for (const [argument, list] of [
      ['keys', found.keys],
      ['key_prefixes', found.prefixes],
    ] as const) {
      const inner = block.get(argument);
      if (inner === undefined) continue;
      const items = inner.kind === 'constant' && isList(inner.value) ? inner.value : null;
      if (items === null || items.some((item) => typeof item !== 'string')) found.open = true;
      for (const item of items ?? []) if (typeof item === 'string') list.push(item);
    }
  }
  return found;
}

function nestedCarriers(values: ObjectValue, input: TagInput): readonly CarrierReading[] {
  const carriers = input.row?.carriers;
  if (carriers === undefined) return NO_CARRIERS;
  return carriers.flatMap((carrier) => {
    const top = carrier.path.split('.')[0] ?? '';
    const unset =
      member(values, top) === UNKNOWN && COMPUTED_BLOCKS.has(top) && input.configured !== null && !input.configured.has(top);
    return unset ? [nothing(top, true)] : readCarrier(values, carrier, input.written);
  });
}

/** ARNs of the object itself. One that is known only after apply says nothing yet. */
function ownArns(values: ObjectValue | Unknown | null): { name: string; arn: Arn }[] {
  return ['arn', 'id'].flatMap((name) => {
    const arn = parseArn(known(values, name));
    return arn === null ? [] : [{ name, arn }];
  });
}

function accounts(values: ObjectValue | Unknown | null, row: CatalogRow | null, block: ProviderBlock | null): PlaceReading[] {
  const path = row?.place?.account;
  const arns = ownArns(values)
    .filter(({ arn }) => ACCOUNT.test(arn.account))
    .map(({ name, arn }): PlaceReading => ({ from: 'plan', name, value: arn.account }));
  const owner = known(values, 'owner_id');
  const own = [
    ...(path === undefined ? [] : planReading(path, said(values, path))),
    ...arns,
    ...(owner !== undefined && ACCOUNT.test(owner) ? planReading('owner_id', owner) : []),
  ];
  return [...own, ...providerAccounts(block)];
}

/** A single allowed account, and the account of the role that is assumed. A list of several says nothing. */
function providerAccounts(block: ProviderBlock | null): PlaceReading[] {
  const readings: PlaceReading[] = [];
  const allowed = block?.expressions.get('allowed_account_ids');
  if (allowed?.kind === 'constant' && isList(allowed.value) && allowed.value.length === 1) {
    const only = allowed.value[0];
    const value = typeof only === 'string' || typeof only === 'number' ? String(only) : null;
    readings.push({ from: 'configuration', name: `provider ${block?.key ?? ''} allowed_account_ids`, value });
  }
  const role = block?.expressions.get('assume_role');
  for (const inner of role?.kind === 'blocks' && role.blocks.length === 1 ? role.blocks : []) {
    const arn = inner.get('role_arn');
    const account = arn?.kind === 'constant' && typeof arn.value === 'string' ? parseArn(arn.value)?.account : undefined;
    if (account && ACCOUNT.test(account)) {
      readings.push({ from: 'configuration', name: `provider ${block?.key ?? ''} assume_role`, value: account });
    }
  }
  return readings;
}

/** The object's own region first: the provider's says nothing about one that exists (recorded.md 28). */
function regions(values: ObjectValue | Unknown | null, row: CatalogRow | null, block: ProviderBlock | null): PlaceReading[] {
  const path = row?.place?.region ?? 'region';
  const attribute = isObject(values ?? undefined) ? planReading(path, said(values, path)) : [];
  const arns = ownArns(values)
    .filter(({ arn }) => arn.region !== '')
    .map(({ name, arn }): PlaceReading => ({ from: 'plan', name, value: arn.region }));
  const own = [...attribute, ...arns];
  return own.length > 0 ? own : providerReading(block, 'region');
}
