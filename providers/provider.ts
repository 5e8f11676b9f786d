import type { ConfigExpressions, ProviderBlock } from '../src/plan/model.ts';
import type { ObjectValue, Unknown, Value } from '../src/plan/value.ts';
import type { CloudName, CloudPlace, PlaceHints } from './cloud.ts';

/** The `tag:` map of an attribute is keyed by these. */
export const CARRIER_NAMES = ['aws', 'google', 'azurerm', 'kubernetes', 'snowflake', 'datadog', 'github'] as const;
export type CarrierName = (typeof CARRIER_NAMES)[number];

/**
 * What is known of one resource or data source type (classes.md, last paragraph). Every list is optional in the file;
 * a missing one is empty. Keys in this order, absent when empty.
 */
export interface CatalogRow {
  /** Primary class, a name of classes.json; null = an entry without a class, `reason` says why. */
  readonly class: string | null;
  /**
   * The rule that decided the class; absent = by hand, read against the type's documentation. `twin` = as the managed type of the
   * same name, `plural TYPE` = as the type whose plural it is, `awscc TYPE` = as that
   * type of the aws provider, else the pattern of a line of `scripts/catalog/decisions`.
   */
  readonly by?: string;
  readonly reason?: string;
  /** Cross-cutting classes. */
  readonly also?: readonly string[];
  /** Class of what is inside, from a planned attribute (kubernetes_manifest ...): `class` is null then. */
  readonly wraps?: string;
  /** Attribute paths (patterns of lanes.md 2) whose change makes the row `access` or `exposure` as well; `except` = values that do not (defaults). */
  readonly access_by?: readonly AttributeTrigger[];
  readonly exposure_by?: readonly AttributeTrigger[];
  /** The attribute that refers to the object this one belongs to. */
  readonly parent?: string;
  /** Attributes that hold the name or short id of an object of another type. */
  readonly refers?: readonly { readonly attribute: string; readonly type: string }[];
  /** Top-level attributes that a configuration cannot set. */
  readonly computed?: readonly string[];
  /** Top-level plain attributes and maps that may be left to the provider; block-like ones are left out. */
  readonly optional_computed?: readonly string[];
  /** Attributes that name it to others (and match a recreation in disguise). */
  readonly identity?: readonly string[];
  /** Attributes whose weakening arms a destroy. */
  readonly protects?: readonly Protection[];
  /** For a type that is itself a protection of another object (lock, versioning): the attribute that refers to that object. */
  readonly guards?: string;
  /** A delete that keeps the object: attribute and values; `provider_default` = the provider block's own argument of that name when unset. */
  readonly abandon?: readonly { readonly attribute: string; readonly value: Value; readonly provider_default?: boolean }[];
  /** What a planned delete does in truth; absent = deletes. */
  readonly destroy?: 'deletes' | 'forgets' | 'resets';
  /** Tag carriers besides the provider's usual ones. */
  readonly carriers?: readonly Carrier[];
  /** Types that must be recreated with it for its grants to hold (bindings, stand-alone tags). */
  readonly companions?: readonly string[];
  /** Set on a stand-alone tag resource: which object it tags, with what. */
  readonly tagging?: { readonly object: string; readonly key?: string; readonly value: string };
  readonly place?: { readonly account?: string; readonly region?: string; readonly namespace?: string };
  /** True where one unknown tag value leaves the other keys' names visible (plugin-framework types). */
  readonly partial_tags?: boolean;
}

export interface AttributeTrigger {
  readonly attribute: string;
  /** Values that do not count on a create (the default). */
  readonly except?: readonly Value[];
}

export interface Protection {
  readonly attribute: string;
  /** The protective value; a number means "at least". An ordered list goes from the strongest to the weakest. */
  readonly safe: Value;
  /** Towards this value it is a forget instead (ABANDON). */
  readonly forgets?: Value;
  /** What an unset (null) attribute means. */
  readonly default?: Value;
}

export interface Carrier {
  /** Where the tags stand, a path pattern: `metadata.0.labels`, `tag`, `tag_specifications.*.tags`. */
  readonly path: string;
  /** map of key to value · list of {key, value} blocks · list of `k:v` strings. */
  readonly shape: 'map' | 'blocks' | 'strings';
}

export interface Catalog {
  readonly managed: ReadonlyMap<string, CatalogRow>;
  readonly data: ReadonlyMap<string, CatalogRow>;
  readonly actions: ReadonlyMap<string, CatalogRow>;
  /** For types that wrap any kind: the row of what stands inside, by the value of their `wraps` attribute (`Deployment`, `Microsoft.Sql/servers@2023-05-01`). */
  inside?(kind: string): CatalogRow | null;
}

export interface TagInput {
  readonly type: string;
  readonly row: CatalogRow | null;
  readonly side: 'before' | 'after';
  readonly values: ObjectValue | Unknown | null;
  /** The other side, null where there is none: `after` of a delete has none. */
  readonly otherValues: ObjectValue | Unknown | null;
  /** Names of the top-level arguments that the configuration block sets; null when there is no block to read. */
  readonly configured: ReadonlySet<string> | null;
  readonly providerBlock: ProviderBlock | null;
  /** The block's expressions, for carriers inside nested blocks; left out = a nested carrier that is unknown counts as set. */
  readonly expressions?: ConfigExpressions | null;
  /** What the plan's state says of ids that stand for tag keys and values (`tagValues/456` -> `123/environment/production`); see `Provider.tagNames`. */
  readonly tagNames?: ReadonlyMap<string, string>;
  /** Maps that the plan hides and the configuration's text shows, by plan path; those of the provider block as `provider.default_tags`. */
  readonly written?: ReadonlyMap<string, WrittenMap> | undefined;
}

/** A map as the configuration's text has it (tags.md 1). `why` and `open` name the expression that is not known. */
export interface WrittenMap {
  readonly entries: ReadonlyMap<string, { readonly value: string } | { readonly why: string }>;
  /** What keeps other keys hidden; null = there are no others. */
  readonly open: string | null;
}

/** Of one side of an object, what tells a tag of most objects that a plan leaves alone, so that its values need not be read. */
export interface TagLook extends Pick<TagInput, 'type' | 'row' | 'side' | 'providerBlock'> {
  /** Of the configuration block; null when there is none to read. */
  readonly expressions: ConfigExpressions | null;
  /** The JSON of an attribute, of which nothing is masked; undefined where there is none. Null = only the values tell. */
  json(attribute: 'tags' | 'tags_all'): string | undefined | null;
  /** Whether that JSON is one that can be read without being parsed (`src/plan/flat.ts`). */
  isFlat(attribute: 'tags' | 'tags_all'): boolean;
}

export type TagReading =
  | { readonly state: 'known'; readonly value: string; readonly from: string }
  | { readonly state: 'unknown'; readonly why: string; readonly path: string | null; readonly from: string };

export type Taggable = 'yes' | 'no' | 'companion';

/** Why keys that are not listed may be there all the same. */
export interface OpenTags {
  readonly why: string;
  readonly path: string | null;
}

/** Effective tags of one side (tags.md 1). Read it with `readTag` and `taggableFor` of `effective.ts`, which know about `slash`. */
export interface EffectiveTags {
  /** Whether the object can carry tags, read off the plan. `companion` = only through a resource of its own. */
  readonly taggable: Taggable;
  /** Keys as the cloud spells them (folded where the cloud folds). Null values never stand here. */
  readonly tags: ReadonlyMap<string, TagReading>;
  /** Why keys that are not in `tags` may be there all the same; null = what is not listed is absent. */
  readonly open: OpenTags | null;
  /** Plan paths that carry tags of this row (`tags`, `tags_all`, `metadata.0.labels`): their change is a change of tags. */
  readonly carriers: readonly string[];
  /** Google: keys with a slash are Resource Manager tags, which other attributes carry than labels; `taggable` and `open` of those keys. */
  readonly slash?: { readonly taggable: Taggable; readonly open: OpenTags | null };
}

/** One place reading: where it came from and what it said. */
export interface PlaceReading {
  readonly from: string;
  readonly name: string | null;
  readonly value: string | null; // null = it speaks, and is unknown
}

/** What objects of some types say of ids that stand for tag keys or values. */
export interface TagNames {
  readonly types: ReadonlySet<string>;
  /** Id and namespaced name. */
  of(type: string, values: ObjectValue): readonly (readonly [id: string, name: string])[];
}

/** Texts that name an object in full (`//service/...`), and how they are told to. */
export interface FullNames {
  /** What the text shares with every object that it names; null = it names none. */
  keyOf(text: string): string | null;
  /** All that such a text may share with the object of these values, each once. */
  keysOf(type: string, values: ObjectValue): readonly string[];
  /** Whether the text does name the object of these values. */
  isNamedBy(text: string, type: string, values: ObjectValue): boolean;
}

/** What one provider knows. Pure; the SDK clients live elsewhere and load lazily. */
export interface Provider {
  readonly carrier: CarrierName | null;
  /** Source addresses without public registry host, e.g. `hashicorp/google`, `hashicorp/google-beta`. */
  readonly sources: readonly string[];
  /** Azure folds tag keys. */
  foldKey(key: string): string;
  effectiveTags(input: TagInput): EffectiveTags;
  /** Whether `effectiveTags` would have this key (folded) with a known text, by a look that is cheap; false = it may have it all the same. */
  showsTag?(key: string, look: TagLook): boolean;
  /** What `effectiveTags` says of an object that can carry no tag at all, where such a look tells that it is one; null = it may be all the same. */
  untagged?(look: TagLook): EffectiveTags | null;
  /** Whether `effectiveTags` would say that the object can carry every key itself, by such a look; false = it may say so all the same. */
  carriesTags?(look: TagLook): boolean;
  /** Account, project or subscription ids that the object's values and its provider block state. */
  accounts(values: ObjectValue | Unknown | null, row: CatalogRow | null, block: ProviderBlock | null): readonly PlaceReading[];
  regions(values: ObjectValue | Unknown | null, row: CatalogRow | null, block: ProviderBlock | null): readonly PlaceReading[];
  namespace(values: ObjectValue | Unknown | null, row: CatalogRow | null): PlaceReading | null;
  /** Mirrors the provider derives from other attributes (`tags_all`): not changed paths. */
  readonly mirrors: readonly string[];
  /** What an object says of ids that stand for tag keys or values: id and namespaced name. */
  readonly tagNames?: TagNames;
  /** How full resource names in one object mean another. */
  readonly fullNames?: FullNames;
  /** The cloud that a scan asks about its objects; absent = none. */
  readonly cloud?: CloudName;
  /** Where the object of these values, those of a state, stands in `cloud`; a string says why that cannot be told. */
  located?(type: string, values: ObjectValue, row: CatalogRow | null, hints?: PlaceHints): CloudPlace | string;
  /** Whether writing this tag key into the resource replaces it. */
  tagEditReplaces?(type: string, key: string): boolean;
}
