import { isList, member, type ObjectValue, UNKNOWN, type Unknown } from '../../src/plan/value.ts';
import { type CarrierReading, nothing, readCarrier, readMap, readPlanned } from '../carriers.ts';
import { defaultsName, readDefaults, resolveMerged, withNested } from '../defaults.ts';
import type { Carrier, OpenTags, TagInput, TagReading } from '../provider.ts';
import { isResourceManagerPath } from './resource-manager.ts';
import { FUNCTIONAL_LABELS } from './tag-types.ts';

export interface Labels {
  readonly taggable: 'yes' | 'no';
  readonly entries: ReadonlyMap<string, TagReading>;
  readonly open: OpenTags | null;
  readonly carriers: readonly string[];
}

const ROOTS = ['labels', 'resource_labels', 'user_labels'];
/** Put on everything created since provider 6: it proves nothing about the defaults (recorded.md 4). */
const ATTRIBUTION = new Set(['goog-terraform-provisioned']);
const SQL_LABELS: Carrier = { path: 'settings.0.user_labels', shape: 'map' };

export function labelsOf(input: TagInput): Labels {
  const { values, otherValues } = input;
  const nested = nestedCarriers(input);
  const own = rootOf(values, input.type);
  const other = otherValues === values ? own : rootOf(otherValues, input.type);
  const root = own ?? other;
  const present = (side: ObjectValue | Unknown | null) =>
    side !== null && side !== UNKNOWN && nested.some((carrier) => readCarrier(side, carrier).length > 0);
  const taggable = root !== null || present(values) || present(otherValues) ? 'yes' : 'no';
  const carriers = [...(root === null ? [] : [root, 'terraform_labels', 'effective_labels']), ...nested.map((c) => c.path)];
  if (values === null || values === UNKNOWN || taggable === 'no') return { taggable, entries: new Map(), open: null, carriers };
  const base =
    root === null
      ? { entries: new Map(), open: null }
      : input.side === 'before'
        ? live(values, root)
        : planned(values, root, input);
  const readings = nested.flatMap((carrier) => nestedReadings(values, carrier, input));
  const { entries, open } = withNested(base, readings);
  return { taggable, entries, open, carriers };
}

/** The attribute that a block writes labels in; null where the type has none. A list is no map of labels. */
function rootOf(values: ObjectValue | Unknown | null, type: string): string | null {
  if (values === null || values === UNKNOWN) return null;
  const name = ROOTS.find((root) => {
    const value = member(values, root);
    return value !== undefined && !isList(value) && !(root === 'labels' && FUNCTIONAL_LABELS.has(type));
  });
  return name ?? null;
}

/** Only `effective_labels` is true of what exists: after an import or an outside removal the others are empty or stale. */
function live(values: ObjectValue, root: string): { entries: Map<string, TagReading>; open: OpenTags | null } {
  const own = readMap(member(values, root), root, 'resource');
  const effective = member(values, 'effective_labels') ?? member(values, 'terraform_labels') ?? null;
  if (effective === null) return { entries: new Map(own.entries), open: own.open };
  const merged = readMap(effective, 'effective_labels', 'object');
  return resolveMerged({
    own: shownSecrets(own),
    merged,
    defaults: { kind: 'none' },
    defaultsFrom: 'object',
    attribution: ATTRIBUTION,
  });
}

/** On the before side `labels` may be stale: it hides what is sensitive, and says nothing else. */
function shownSecrets(own: CarrierReading): CarrierReading {
  if (own.open !== null) return own.sensitive ? own : nothing(own.path, true);
  return own;
}

function planned(
  values: ObjectValue,
  root: string,
  input: TagInput,
): { entries: Map<string, TagReading>; open: OpenTags | null } {
  const own = readPlanned(values, root, 'resource', input.written);
  // Before provider 5, and on types that default labels do not reach, there is no merged attribute.
  if (member(values, 'terraform_labels') === undefined) return { entries: new Map(own.entries), open: own.open };
  const defaultsFrom = defaultsName(input.providerBlock);
  const merged = readMap(member(values, 'terraform_labels'), 'terraform_labels', defaultsFrom);
  const defaults = readDefaults(input.providerBlock, 'default_labels', input.configured, input.written);
  const result = resolveMerged({ own, merged, defaults, defaultsFrom, attribution: ATTRIBUTION });
  const others = foreign(values, input);
  return others.size === 0 ? result : { entries: new Map([...others, ...result.entries]), open: result.open };
}

/**
 * Labels that others set stay on an object that is not replaced, since `labels` is not authoritative: those in `effective_labels` on
 * both sides with one value. A replace does not plan them.
 */
function foreign(values: ObjectValue, { otherValues }: TagInput): Map<string, TagReading> {
  const found = new Map<string, TagReading>();
  if (otherValues === null || otherValues === UNKNOWN) return found;
  const before = readMap(member(otherValues, 'effective_labels'), 'effective_labels', 'object').entries;
  const managed = readMap(member(otherValues, 'terraform_labels'), 'terraform_labels', 'object').entries;
  for (const [key, tag] of readMap(member(values, 'effective_labels'), 'effective_labels', 'set outside this configuration')
    .entries) {
    const lived = before.get(key);
    if (tag.state === 'known' && lived?.state === 'known' && lived.value === tag.value && !managed.has(key)) found.set(key, tag);
  }
  return found;
}

function nestedCarriers(input: TagInput): Carrier[] {
  const catalog = (input.row?.carriers ?? []).filter((c) => !isResourceManagerPath(c.path) && !ROOTS.includes(c.path));
  const sql =
    input.type === 'google_sql_database_instance' && !catalog.some((c) => /^settings\.[^.]+\.user_labels$/.test(c.path));
  return sql ? [...catalog, SQL_LABELS] : catalog;
}

/** Unset and partly unknown look the same in a nested block (recorded.md 6): only the configuration tells them apart. */
function nestedReadings(values: ObjectValue, carrier: Carrier, input: TagInput): CarrierReading[] {
  return readCarrier(values, carrier, input.written).map((reading) => {
    if (reading.open === null || reading.sensitive || input.side === 'before') return reading;
    return unsetInBlock(reading.path, input) ? nothing(reading.path, true) : reading;
  });
}

/** True where the one static block at that place is there and does not set the attribute; a `dynamic` block leaves no trace. */
function unsetInBlock(path: string, input: TagInput): boolean {
  const [block, index, name, ...rest] = path.split('.');
  if (block === undefined || index === undefined || name === undefined || rest.length > 0) return false;
  const expression = input.expressions?.get(block);
  if (expression?.kind !== 'blocks' || input.values === null || input.values === UNKNOWN) return false;
  const planned = member(input.values, block);
  if (!isList(planned) || planned.length !== expression.blocks.length) return false;
  return expression.blocks[Number(index)]?.has(name) === false;
}
