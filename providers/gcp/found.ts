import type { InventoryItem } from '../cloud.ts';
import { canonical, type ProjectNames } from './asset-names.ts';

/** A tag of an answer; gax hands absent members over as null. */
interface InventoryTag {
  readonly tagKey?: string | null;
  readonly tagValue?: string | null;
}

/** The members of `google.cloud.asset.v1.ResourceSearchResult` that are asked for. */
export interface SearchResult {
  readonly name?: string | null;
  readonly assetType?: string | null;
  readonly location?: string | null;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly tags?: readonly InventoryTag[] | null;
  readonly effectiveTags?:
    | readonly { readonly attachedResource?: string | null; readonly effectiveTags?: readonly InventoryTag[] | null }[]
    | null;
  readonly createTime?: { readonly seconds?: unknown; readonly nanos?: number | null } | null;
  readonly versionedResources?:
    | readonly { readonly resource?: { readonly fields?: Readonly<Record<string, unknown>> | null } | null }[]
    | null;
}

/** The members of `google.cloud.resourcemanager.v3.EffectiveTag` that are read. */
export interface EffectiveTag {
  readonly namespacedTagKey?: string | null;
  readonly namespacedTagValue?: string | null;
  readonly tagValue?: string | null;
  readonly inherited?: boolean | null;
}

/** A tag bound to the object itself: its short value, and the id of its value (`tagValues/456`). */
export interface Bound {
  readonly value: string;
  readonly valueId: string;
}

export interface Effective {
  /** By key; a key that the project owns stands under both of the project's names. */
  readonly direct: ReadonlyMap<string, Bound>;
  readonly inherited: ReadonlyMap<string, string>;
}

/** Field paths of a page of the inventory, as a FieldMask spells them. */
export const INVENTORY_MASK = ['name', 'asset_type', 'location', 'labels', 'tags', 'effective_tags', 'create_time'] as const;
/** With the object itself, for the number that Compute hangs tags on. */
export const OBJECT_MASK = [...INVENTORY_MASK, 'versioned_resources'] as const;

export function effective(tags: readonly EffectiveTag[], project: ProjectNames): Effective {
  const direct = new Map<string, Bound>();
  const inherited = new Map<string, string>();
  for (const tag of tags) {
    if (!tag.namespacedTagKey || !tag.namespacedTagValue) continue;
    const value = short(tag.namespacedTagValue, tag.namespacedTagKey);
    for (const key of names(tag.namespacedTagKey, project)) {
      if (tag.inherited) inherited.set(key, value);
      else direct.set(key, { value, valueId: tag.tagValue ?? '' });
    }
  }
  for (const key of direct.keys()) inherited.delete(key);
  return { direct, inherited };
}

/** Null for a result without a name. */
export function item(result: SearchResult, project: ProjectNames): InventoryItem | null {
  if (!result.name) return null;
  const tags = new Map<string, string>(Object.entries(result.labels ?? {}));
  for (const tag of result.tags ?? []) add(tags, tag, project);
  const inherited = new Map<string, string>();
  // The nearest ancestor wins, so it is read last.
  const carriers = [...(result.effectiveTags ?? [])].sort((a, b) => rank(a.attachedResource) - rank(b.attachedResource));
  for (const { attachedResource, effectiveTags } of carriers) {
    const own = canonical(attachedResource ?? '', project) === canonical(result.name, project);
    for (const tag of effectiveTags ?? []) add(own ? tags : inherited, tag, project);
  }
  for (const key of tags.keys()) inherited.delete(key);
  return {
    id: canonical(result.name, project),
    type: result.assetType ?? '',
    region: result.location || null,
    createdAt: time(result.createTime),
    createdBy: null,
    tags,
    inherited,
    managedBy: null,
  };
}

/** The number that Compute gave the object; null where the inventory does not hold it. */
export function numberIn(result: SearchResult): string | null {
  for (const { resource } of result.versionedResources ?? []) {
    const id = resource?.fields?.id as { readonly stringValue?: string | null } | undefined;
    if (id?.stringValue && /^\d+$/.test(id.stringValue)) return id.stringValue;
  }
  return null;
}

function add(into: Map<string, string>, tag: InventoryTag, project: ProjectNames): void {
  if (!tag.tagKey || !tag.tagValue) return;
  for (const key of names(tag.tagKey, project)) into.set(key, short(tag.tagValue, tag.tagKey));
}

/** `123456789012/environment/production` -> `production`. */
function short(value: string, key: string): string {
  return value.startsWith(`${key}/`) ? value.slice(key.length + 1) : value.slice(value.lastIndexOf('/') + 1);
}

/** A key of the project itself is told by its id or its number, and is written either way. */
function names(key: string, project: ProjectNames): string[] {
  const slash = key.indexOf('/');
  const owner = key.slice(0, slash);
  if (owner !== project.id && owner !== project.number) return [key];
  return [project.id, project.number].map((name) => `${name}${key.slice(slash)}`);
}

function rank(carrier: string | null | undefined): number {
  const kinds = ['organizations', 'folders', 'projects'];
  const at = kinds.findIndex((kind) =>
    new RegExp(`^//cloudresourcemanager\\.googleapis\\.com/${kind}/[^/]+$`).test(carrier ?? ''),
  );
  return at < 0 ? kinds.length : at;
}

function time(stamp: SearchResult['createTime']): string | null {
  const seconds = Number(stamp?.seconds ?? Number.NaN);
  if (!Number.isFinite(seconds) || seconds <= 0) return null;
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
}
