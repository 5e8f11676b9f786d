import { isList, isObject, member, type ObjectValue, UNKNOWN, type Unknown } from '../../src/plan/value.ts';
import { type CarrierReading, mergeCarriers, readCarrier } from '../carriers.ts';
import type { Carrier, OpenTags, Taggable, TagInput, TagReading } from '../provider.ts';
import { TAG_LISTS, TAG_MAPS, TAG_PARAMS } from './tag-types.ts';

export const BINDINGS = ['google_tags_tag_binding', 'google_tags_location_tag_binding'];

const NAMES = new Set(['tags', 'resource_tags', 'resource_manager_tags']);

export function isResourceManagerPath(path: string): boolean {
  return NAMES.has(path.slice(path.lastIndexOf('.') + 1));
}

export interface ResourceManagerTags {
  readonly taggable: Taggable;
  readonly entries: ReadonlyMap<string, TagReading>;
  readonly open: OpenTags | null;
  readonly carriers: readonly string[];
}

/** Resource Manager tags that the resource carries itself, keys as `owner/short name`, values as short names. */
export function resourceManagerTags(input: TagInput, labels: Taggable): ResourceManagerTags {
  const carriers = carriersOf(input);
  const paths = carriers.map((carrier) => carrier.path);
  const taggable = carriers.length > 0 ? 'yes' : bindable(input, labels) ? 'companion' : 'no';
  if (input.values === null || input.values === UNKNOWN || carriers.length === 0)
    return { taggable, entries: new Map(), open: null, carriers: paths };
  const values = input.values;
  const readings = carriers.flatMap((carrier) => readCarrier(values, carrier)).map((reading) => resolveIds(reading, input));
  const { entries, open } = mergeCarriers(readings, (key) => key);
  return { taggable, entries, open, carriers: paths };
}

/** Whether a binding can hang on it: the catalog says so, else whatever can be labelled counts. */
function bindable(input: TagInput, labels: Taggable): boolean {
  const companions = input.row?.companions;
  return companions !== undefined ? companions.some((type) => BINDINGS.includes(type)) : labels === 'yes';
}

function carriersOf(input: TagInput): Carrier[] {
  const { values, otherValues } = input;
  const sides: readonly (ObjectValue | Unknown | null)[] = values === otherValues ? [values] : [values, otherValues];
  const carriers: Carrier[] = (input.row?.carriers ?? []).filter((carrier) => isResourceManagerPath(carrier.path));
  const add = (path: string) => {
    if (!carriers.some((carrier) => carrier.path === path || carrier.path === path.replace('.0.', '.*.')))
      carriers.push({ path, shape: 'map' });
  };
  if (sides.some((side) => tagsIsMap(side, input.type))) add('tags');
  for (const name of ['resource_tags', 'resource_manager_tags']) if (sides.some((side) => has(side, name))) add(name);
  if (sides.some((side) => has(side, 'params')) && (TAG_PARAMS.has(input.type) || sides.some(paramsCarry)))
    add('params.0.resource_manager_tags');
  return carriers.filter((carrier) => carrier.path !== 'tags' || !sides.some((side) => tagsIsList(side)));
}

function has(side: ObjectValue | Unknown | null, name: string): boolean {
  return side !== null && side !== UNKNOWN && member(side, name) !== undefined;
}

function tagsIsList(side: ObjectValue | Unknown | null): boolean {
  return side !== null && side !== UNKNOWN && isList(member(side, 'tags'));
}

/** By JSON type where there is a value; null and unknown hide it, there the type decides, and an unlisted one may carry them. */
function tagsIsMap(side: ObjectValue | Unknown | null, type: string): boolean {
  if (!has(side, 'tags') || TAG_LISTS.has(type)) return false;
  const tags = member(side as ObjectValue, 'tags');
  if (isList(tags)) return false;
  return isObject(tags) || TAG_MAPS.has(type) || tags === UNKNOWN;
}

function paramsCarry(side: ObjectValue | Unknown | null): boolean {
  const params = has(side, 'params') ? member(side as ObjectValue, 'params') : undefined;
  return isList(params) && params.some((item) => member(item, 'resource_manager_tags') !== undefined);
}

/** `tagKeys/123` and `tagValues/456` are names only where the plan's state says which; else any key with a slash may be meant. */
function resolveIds(reading: CarrierReading, input: TagInput): CarrierReading {
  const entries = new Map<string, TagReading>();
  let open = reading.open;
  for (const [id, tag] of reading.entries) {
    const value = tag.state === 'known' ? (input.tagNames?.get(tag.value) ?? tag.value) : null;
    const [owner, name, short] = value?.split('/') ?? [];
    const key = input.tagNames?.get(id) ?? (id.startsWith('tagKeys/') && short !== undefined ? `${owner}/${name}` : id);
    if (key.startsWith('tagKeys/')) {
      open ??= {
        why: `\`${reading.path}\` names the tag by its id \`${id}\`, which the plan's state does not explain`,
        path: reading.path,
      };
      continue;
    }
    entries.set(key, resolveValue(tag, short ?? value, reading.path));
  }
  return { path: reading.path, present: reading.present, entries, open, sensitive: reading.sensitive };
}

function resolveValue(tag: TagReading, value: string | null, path: string): TagReading {
  if (tag.state === 'unknown' || value === null) return tag;
  if (!tag.value.startsWith('tagValues/') || value !== tag.value) {
    if (!value.startsWith('tagValues/')) return { ...tag, value };
  }
  return {
    state: 'unknown',
    why: `\`${path}\` names the value by its id \`${tag.value}\`, which the plan's state does not explain`,
    path,
    from: tag.from,
  };
}
