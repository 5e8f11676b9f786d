import type { CatalogRow, Provider, TagReading } from '../../providers/provider.ts';
import type { Side } from '../logic/fact.ts';
import { parsePattern } from '../logic/path.ts';
import type { ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import { type ObjectValue, UNKNOWN, type Unknown } from '../plan/value.ts';
import { lookup } from './lookup.ts';
import { agreed, type CompanionTags } from './object-tags.ts';
import type { PlanIndex } from './plan-index.ts';
import type { References } from './reference.ts';

type CatalogOf = (row: ResourceChange) => { row: CatalogRow | null; provider: Provider };

/** A stand-alone tag resource on one side: which object it tags and with what. `key` null = cannot be told. */
export interface Binding {
  readonly row: ResourceChange;
  readonly objects: readonly ResourceChange[];
  /** Some object it tags is neither in this plan nor in its state. */
  readonly missing: boolean;
  readonly key: string | null;
  readonly reading: TagReading;
}

const NO_BINDINGS = { before: null, after: null };
const NO_TAGS: CompanionTags = { tags: new Map(), open: null };

/** All stand-alone tag resources of a plan (`aws_ec2_tag`, tag bindings, tag associations), by the object they tag. */
export class Bindings {
  private readonly before = new Map<ResourceChange, Binding[]>();
  private readonly after = new Map<ResourceChange, Binding[]>();
  private readonly ofRow = new Map<ResourceChange, { before: Binding | null; after: Binding | null }>();

  constructor(index: PlanIndex, catalogOf: CatalogOf, references: References, tagNames: ReadonlyMap<string, string>) {
    for (const row of index.rows) {
      const known = catalogOf(row);
      if (!known.row?.tagging || row.mode !== 'managed') continue;
      const before = row.before === null ? null : readBinding(row, row.before, 'before', known, references, tagNames);
      const after = row.after === null ? null : readBinding(row, row.after, 'after', known, references, tagNames);
      this.ofRow.set(row, { before, after });
      file(this.before, before);
      file(this.after, after);
    }
  }

  sides(row: ResourceChange): { before: Binding | null; after: Binding | null } {
    return this.ofRow.get(row) ?? NO_BINDINGS;
  }

  tagsOf(row: ResourceChange, side: Side): CompanionTags {
    const bound = side === 'before' ? this.before : this.after;
    const bindings = bound.size === 0 ? undefined : bound.get(row);
    if (bindings === undefined) return NO_TAGS;
    const tags = new Map<string, TagReading>();
    let open: string | null = null;
    for (const binding of bindings) {
      if (binding.key === null) open = `\`${binding.row.address}\` sets a tag that cannot be told from this plan`;
      else tags.set(binding.key, agreed(tags.get(binding.key), binding.reading, binding.key));
    }
    return { tags, open };
  }
}

function file(map: Map<ResourceChange, Binding[]>, binding: Binding | null): void {
  for (const object of binding?.objects ?? []) append(map, object, binding as Binding);
}

function readBinding(
  row: ResourceChange,
  values: ObjectValue | Unknown,
  side: Side,
  known: { row: CatalogRow | null; provider: Provider },
  references: References,
  tagNames: ReadonlyMap<string, string>,
): Binding {
  const tagging = known.row?.tagging as NonNullable<CatalogRow['tagging']>;
  const { rows: objects, missing } = references.of(row, tagging.object, side);
  const from = `companion ${row.address}`;
  const value = text(values, tagging.value);
  if (tagging.key !== undefined) {
    const key = text(values, tagging.key) ?? nameOfReferred(row, tagging.key, side, references);
    const folded = key === null ? null : known.provider.foldKey(key);
    return { row, objects, missing, key: folded, reading: reading(value, tagging.value, from) };
  }
  const named = value === null ? null : tagValueName(value, tagNames);
  return { row, objects, missing, key: named?.key ?? null, reading: reading(named?.value ?? null, tagging.value, from) };
}

/** A key that is known only after apply, where it refers to a tag of this plan whose name is known. */
function nameOfReferred(row: ResourceChange, attribute: string, side: Side, references: References): string | null {
  const { rows } = references.of(row, attribute, side);
  const [tag] = rows;
  if (tag === undefined || rows.length > 1) return null;
  const values = side === 'before' ? tag.before : tag.after;
  return values === null ? null : text(values, 'name');
}

function reading(value: string | null, path: string, from: string): TagReading {
  return value === null ? { state: 'unknown', why: 'known only after apply', path, from } : { state: 'known', value, from };
}

function text(values: ObjectValue | Unknown, path: string): string | null {
  if (values === UNKNOWN) return null;
  const state = lookup(values, parsePattern(path));
  return state.kind === 'value' && typeof state.value === 'string' ? state.value : null;
}

/** Key and value of a namespaced tag value (`123/environment/production`), or of an id that the plan's state resolves to one. */
function tagValueName(value: string, tagNames: ReadonlyMap<string, string>): { key: string; value: string } | null {
  const [owner, key, short, ...rest] = (tagNames.get(value) ?? value).split('/');
  return owner && key && short && rest.length === 0 ? { key: `${owner}/${key}`, value: short } : null;
}
