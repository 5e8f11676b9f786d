import type { CatalogRow, Provider, TagReading } from '../../providers/provider.ts';
import type { Side } from '../logic/fact.ts';
import { parsePattern } from '../logic/path.ts';
import type { PriorObject, ResourceChange } from '../plan/model.ts';
import { type ObjectValue, UNKNOWN, type Unknown } from '../plan/value.ts';
import { lookup } from './lookup.ts';
import type { CompanionTags } from './object.ts';
import type { PlanIndex } from './plan-index.ts';
import { referredRows } from './reference.ts';

type CatalogOf = (row: ResourceChange) => { row: CatalogRow | null; provider: Provider };

/** A stand-alone tag resource on one side: which object it tags and with what. `key` null = cannot be told. */
export interface Binding {
  readonly row: ResourceChange;
  readonly objects: readonly ResourceChange[];
  readonly key: string | null;
  readonly reading: TagReading;
}

/** All stand-alone tag resources of a plan (`aws_ec2_tag`, tag bindings, tag associations), by the object they tag. */
export class Bindings {
  private readonly before = new Map<ResourceChange, Binding[]>();
  private readonly after = new Map<ResourceChange, Binding[]>();
  private readonly ofRow = new Map<ResourceChange, { before: Binding | null; after: Binding | null }>();

  constructor(index: PlanIndex, catalogOf: CatalogOf) {
    for (const row of index.rows) {
      const known = catalogOf(row);
      if (!known.row?.tagging || row.mode !== 'managed') continue;
      const before = row.before === null ? null : readBinding(row, row.before, 'before', known, index, catalogOf);
      const after = row.after === null ? null : readBinding(row, row.after, 'after', known, index, catalogOf);
      this.ofRow.set(row, { before, after });
      file(this.before, before);
      file(this.after, after);
    }
  }

  sides(row: ResourceChange): { before: Binding | null; after: Binding | null } {
    return this.ofRow.get(row) ?? { before: null, after: null };
  }

  tagsOf(row: ResourceChange, side: Side): CompanionTags {
    const tags = new Map<string, TagReading>();
    let open: string | null = null;
    for (const binding of (side === 'before' ? this.before : this.after).get(row) ?? []) {
      if (binding.key === null) open = `\`${binding.row.address}\` sets a tag that cannot be told from this plan`;
      else tags.set(binding.key, binding.reading);
    }
    return { tags, open };
  }
}

function file(map: Map<ResourceChange, Binding[]>, binding: Binding | null): void {
  for (const object of binding?.objects ?? []) map.set(object, [...(map.get(object) ?? []), binding as Binding]);
}

function readBinding(
  row: ResourceChange,
  values: ObjectValue | Unknown,
  side: Side,
  known: { row: CatalogRow | null; provider: Provider },
  index: PlanIndex,
  catalogOf: CatalogOf,
): Binding {
  const tagging = known.row?.tagging as NonNullable<CatalogRow['tagging']>;
  const objects = referredRows(row, tagging.object, side, index, (r) => catalogOf(r).row);
  const from = `companion ${row.address}`;
  const value = text(values, tagging.value);
  if (tagging.key !== undefined) {
    const key = text(values, tagging.key);
    return { row, objects, key: key === null ? null : known.provider.foldKey(key), reading: reading(value, tagging.value, from) };
  }
  const named = value === null ? null : tagValueName(value, index);
  return { row, objects, key: named?.key ?? null, reading: reading(named?.value ?? null, tagging.value, from) };
}

function reading(value: string | null, path: string, from: string): TagReading {
  return value === null ? { state: 'unknown', why: 'known only after apply', path, from } : { state: 'known', value, from };
}

function text(values: ObjectValue | Unknown, path: string): string | null {
  if (values === UNKNOWN) return null;
  const state = lookup(values, parsePattern(path));
  return state.kind === 'value' && typeof state.value === 'string' ? state.value : null;
}

/** `tagValues/456` -> key and value by the tag values and keys that stand in this plan or its state; a namespaced name says both itself. */
function tagValueName(value: string, index: PlanIndex): { key: string; value: string } | null {
  if (!value.startsWith('tagValues/')) {
    const parts = value.split('/');
    return parts.length === 3 ? { key: `${parts[0]}/${parts[1]}`, value: parts[2] as string } : null;
  }
  const tagValue = objectsOf('google_tags_tag_value', index).find(
    (o) => `tagValues/${plain(o.name)}` === value || plain(o.id) === value,
  );
  if (!tagValue) return null;
  const namespaced = plain(tagValue.namespaced_name);
  if (namespaced !== null && namespaced.split('/').length === 3) {
    const [owner, key, short] = namespaced.split('/') as [string, string, string];
    return { key: `${owner}/${key}`, value: short };
  }
  const parent = plain(tagValue.parent);
  const key = objectsOf('google_tags_tag_key', index).find(
    (o) => plain(o.id) === parent || `tagKeys/${plain(o.name)}` === parent,
  );
  const owner = plain(key?.parent)?.split('/')[1];
  const shortKey = plain(key?.short_name);
  const short = plain(tagValue.short_name);
  return owner && shortKey && short ? { key: `${owner}/${shortKey}`, value: short } : null;
}

function objectsOf(type: string, index: PlanIndex): ObjectValue[] {
  const rows = (index.byType.get(type) ?? []).flatMap((row) => [row.before, row.after] as (ObjectValue | Unknown | null)[]);
  const prior = [...index.prior.values()].filter((o: PriorObject) => o.type === type).map((o) => o.values);
  return [...rows, ...prior].filter((values): values is ObjectValue => values !== null && values !== UNKNOWN);
}

function plain(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
