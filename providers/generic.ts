import type { ProviderBlock } from '../src/plan/model.ts';
import { isList, isObject, member, type ObjectValue, UNKNOWN, type Unknown, type Value } from '../src/plan/value.ts';
import { type CarrierReading, mergeCarriers, nothing, readBlocks, readCarrier, readMap, readStrings } from './carriers.ts';
import { readDefaults } from './defaults.ts';
import { planReading, said } from './places.ts';
import type { CarrierName, CatalogRow, EffectiveTags, PlaceReading, Provider, TagInput } from './provider.ts';

const identity = (key: string) => key;

/**
 * Any provider without code of its own. No tag key of an attribute stands under it, so nothing is required of its resources; root
 * `tags` and `labels` are read by their shape (a map, `{key, value}` items, `k:v` strings) so that `tag.KEY` can be asked for.
 */
export const generic: Provider = shaped(null, [], ['tags', 'labels']);

/** `k:v` strings, and `default_tags` of the provider (cloud-tags.md 4). */
export const datadog: Provider = shaped('datadog', ['datadog/datadog'], ['tags']);

/** Topics are bare words; classification stands in custom property resources. */
export const github: Provider = shaped('github', ['integrations/github', 'hashicorp/github'], []);

function shaped(carrier: CarrierName | null, sources: readonly string[], names: readonly string[]): Provider {
  return {
    carrier,
    sources,
    foldKey: identity,
    effectiveTags: (input) => effectiveTags(input, carrier, names),
    accounts: (values, row) => place(values, row?.place?.account),
    regions: (values, row) => place(values, row?.place?.region ?? 'region'),
    namespace: (values, row) => place(values, row?.place?.namespace ?? 'namespace')[0] ?? null,
    mirrors: [],
  };
}

function place(values: ObjectValue | Unknown | null, path: string | undefined): PlaceReading[] {
  return path === undefined || !isObject(values ?? undefined) ? [] : planReading(path, said(values, path));
}

function effectiveTags(input: TagInput, carrier: CarrierName | null, names: readonly string[]): EffectiveTags {
  const { values, otherValues, row } = input;
  const carriers = [...names, ...(row?.carriers ?? []).map((c) => c.path)];
  const present = (side: ObjectValue | Unknown | null) =>
    side !== null && side !== UNKNOWN && (names.some((name) => member(side, name) !== undefined) || nested(side, row).length > 0);
  const companion = carrier === 'github' && (row?.companions ?? []).length > 0;
  const taggable = present(values) || present(otherValues) ? 'yes' : companion ? 'companion' : 'no';
  if (values === UNKNOWN) {
    return { taggable, tags: new Map(), open: { why: 'the whole object is known only after apply', path: null }, carriers };
  }
  if (values === null || taggable === 'no') return { taggable, tags: new Map(), open: null, carriers };
  const roots = names.map((name) => root(member(values, name), name, input));
  const { entries, open } = mergeCarriers([...roots, ...nested(values, row)], identity);
  return withDefaults({ taggable, tags: entries, open, carriers }, carrier, input.providerBlock, input);
}

function nested(values: ObjectValue, row: CatalogRow | null): CarrierReading[] {
  return (row?.carriers ?? []).flatMap((carrier) => readCarrier(values, carrier));
}

/** Unknown because unset: the plan does not tell the two apart, the configuration does (plan-json.md 3.3). */
function root(value: Value | undefined, name: string, input: TagInput): CarrierReading {
  if (value === UNKNOWN && input.configured !== null && !input.configured.has(name)) return nothing(name, true);
  if (!isList(value)) return readMap(value, name, 'resource');
  return value.some((item) => isObject(item)) ? readBlocks(value, name, 'resource') : readStrings(value, name, 'resource');
}

function withDefaults(
  effective: EffectiveTags,
  carrier: CarrierName | null,
  block: ProviderBlock | null,
  input: TagInput,
): EffectiveTags {
  if (carrier !== 'datadog' || input.side === 'before' || effective.open !== null) return effective;
  const defaults = readDefaults(block, 'default_tags', input.configured);
  if (defaults.kind === 'none') return effective;
  if (defaults.kind === 'hidden') return { ...effective, open: { why: defaults.why, path: 'tags' } };
  return { ...effective, tags: new Map([...defaults.tags, ...effective.tags]) };
}
