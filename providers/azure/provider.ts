import { holdsText } from '../../src/plan/flat.ts';
import type { ProviderBlock } from '../../src/plan/model.ts';
import { isList, isObject, member, type ObjectValue, UNKNOWN, type Unknown } from '../../src/plan/value.ts';
import { type CarrierReading, mergeCarriers, nothing, readCarrier, readPlanned } from '../carriers.ts';
import { defaultsName, readDefaults } from '../defaults.ts';
import { catalogNamespace, known, planReading, providerReading, said } from '../places.ts';
import type { CatalogRow, EffectiveTags, PlaceReading, Provider, TagInput, TagLook, TagReading } from '../provider.ts';
import { located } from './located.ts';

/** `tags` of these is a list of free strings (facts/azurerm.tsv); null does not show it. */
const LIST_TAGS = new Set([
  'azurerm_api_management_named_value',
  'azurerm_api_management_workspace_named_value',
  'azurerm_sentinel_threat_intelligence_indicator',
]);

const UNTAGGED: EffectiveTags = { taggable: 'no', tags: new Map(), open: null, carriers: ['tags'] };

/** azurerm and azapi. Tag keys are case-insensitive and folded, values are not (cloud-tags.md 3). */
export const azure: Provider = {
  carrier: 'azurerm',
  sources: ['hashicorp/azurerm', 'azure/azapi'],
  foldKey: (key) => key.toLowerCase(),
  effectiveTags,
  showsTag,
  untagged: (look) => (look.row?.carriers === undefined && look.json('tags') === undefined ? UNTAGGED : null),
  carriesTags: (look) => look.json('tags')?.startsWith('{') === true && !LIST_TAGS.has(look.type),
  accounts,
  regions,
  namespace: catalogNamespace,
  mirrors: [],
  cloud: 'azure',
  located,
};

function effectiveTags(input: TagInput): EffectiveTags {
  const { values, otherValues } = input;
  const carriers = ['tags', ...(input.row?.carriers ?? []).map((carrier) => carrier.path)];
  const taggable = mayCarry(values, input) || (otherValues !== values && mayCarry(otherValues, input)) ? 'yes' : 'no';
  if (values === UNKNOWN) {
    const open = { why: 'the whole object is known only after apply', path: null };
    return { taggable: otherValues === null || otherValues === UNKNOWN ? 'yes' : taggable, tags: new Map(), open, carriers };
  }
  if (values === null || taggable === 'no') return { taggable, tags: new Map(), open: null, carriers };
  const own = ownTags(values, input);
  const nested = (input.row?.carriers ?? []).flatMap((carrier) => readCarrier(values, carrier));
  const { entries, open } = mergeCarriers([own, ...nested], azure.foldKey);
  return withDefaults({ taggable, tags: entries, open, carriers }, values, input);
}

/** A text in `tags` stands, unless another carrier or another spelling of the key speaks. */
function showsTag(key: string, look: TagLook): boolean {
  if ((look.row?.carriers ?? []).length > 0 || LIST_TAGS.has(look.type)) return false;
  const tags = look.json('tags')?.toLowerCase();
  if (tags === undefined || !holdsText(tags, key)) return false;
  const quoted = `${JSON.stringify(key)}:`;
  return tags.indexOf(quoted) === tags.lastIndexOf(quoted);
}

function mayCarry(values: ObjectValue | Unknown | null, input: TagInput): boolean {
  if (values === null || values === UNKNOWN) return false;
  const tags = member(values, 'tags');
  if (tags !== undefined && !isList(tags) && !LIST_TAGS.has(input.type)) return true;
  return (input.row?.carriers ?? []).some((carrier) => readCarrier(values, carrier).length > 0);
}

/** azurerm plans unset tags as null; azapi leaves them unknown, where the block not setting them means untagged. */
function ownTags(values: ObjectValue, input: TagInput): CarrierReading {
  const tags = member(values, 'tags');
  const unset = tags === UNKNOWN && input.type.startsWith('azapi_') && input.configured !== null && !input.configured.has('tags');
  if (unset) return nothing('tags', true);
  // azapi adds defaults to what is written.
  const written = input.side === 'before' || input.type.startsWith('azapi_') ? undefined : input.written;
  return readPlanned(values, 'tags', 'resource', written);
}

/** azapi alone has `default_tags`, merged by the provider into `tags` unless the block leaves them unknown. */
function withDefaults(effective: EffectiveTags, values: ObjectValue, input: TagInput): EffectiveTags {
  if (!input.type.startsWith('azapi_') || input.side === 'before' || effective.open !== null) return effective;
  const defaults = readDefaults(input.providerBlock, 'default_tags', input.configured);
  if (defaults.kind === 'none') return effective;
  if (defaults.kind === 'hidden') return { ...effective, open: { why: defaults.why, path: 'tags' } };
  if (member(values, 'tags') !== UNKNOWN) return effective;
  const tags = new Map<string, TagReading>();
  for (const [key, tag] of defaults.tags) tags.set(azure.foldKey(key), { ...tag, from: defaultsName(input.providerBlock) });
  return { ...effective, tags: new Map([...tags, ...effective.tags]) };
}

/** `/subscriptions/ID/...`, case-insensitive. */
function subscriptionOf(id: string | undefined): string | undefined {
  const parts = id?.split('/') ?? [];
  return parts[0] === '' && parts[1]?.toLowerCase() === 'subscriptions' && parts[2] ? parts[2].toLowerCase() : undefined;
}

/** The object's own id first, or that of what it is made under; the provider's subscription is only the default. */
function accounts(values: ObjectValue | Unknown | null, row: CatalogRow | null, block: ProviderBlock | null): PlaceReading[] {
  const path = row?.place?.account;
  const placed = path === undefined ? [] : planReading(path, said(values, path)).map(lower);
  const ids = ['id', 'parent_id', 'scope'].flatMap((name) => planReading(name, subscriptionOf(known(values, name))));
  const own = [...placed, ...ids.slice(0, 1)];
  return own.length > 0 ? own : providerReading(block, 'subscription_id').map(lower);
}

function lower(reading: PlaceReading): PlaceReading {
  return { ...reading, value: reading.value?.toLowerCase() ?? null };
}

/** `location`, as the provider normalises it: `West Europe` is `westeurope`. */
function regions(values: ObjectValue | Unknown | null, row: CatalogRow | null, _block: ProviderBlock | null): PlaceReading[] {
  if (!isObject(values ?? undefined)) return [];
  const path = row?.place?.region ?? 'location';
  const value = said(values, path);
  return planReading(path, typeof value === 'string' ? value.toLowerCase().replaceAll(' ', '') : value);
}
