import type { CarrierName } from '../../providers/provider.ts';
import type { Place } from '../errors.ts';
import type { Condition } from '../logic/condition.ts';
import type { PathPattern } from '../logic/path.ts';

/** A declared attribute: the user's domain language (lanes.md 2). */
export interface AttributeDefinition {
  readonly name: string;
  readonly at: Place;
  /** Spelling (value or alias) to value; null = any value. */
  readonly values: ReadonlyMap<string, string> | null;
  readonly sources: readonly AttributeSource[];
  /** The tag key that carries it per provider; a scalar `tag:` stands under every provider. Null = no carrier. */
  readonly carriers: ReadonlyMap<CarrierName, string> | null;
  readonly required: RequiredTag | null;
}

export interface RequiredTag {
  /** Classes it is required of; null = every taggable resource. */
  readonly classes: readonly string[] | null;
  readonly on: ReadonlySet<'create' | 'replace' | 'import'>;
  readonly enforce: boolean;
}

export type PlainSource = 'workspace' | 'account' | 'region' | 'module' | 'address' | 'name' | 'provider' | 'namespace' | 'stack';

export type AttributeSource =
  | { readonly from: PlainSource; readonly map: GlobMap }
  | { readonly from: 'variable'; readonly name: string; readonly map: GlobMap }
  | { readonly from: 'attr'; readonly path: PathPattern; readonly map: GlobMap }
  /** `map` null: the tag's value itself speaks. `carrier` true: the key is the attribute's own carrier, per provider. */
  | { readonly from: 'tag'; readonly key: string; readonly carrier: boolean; readonly map: GlobMap | null };

/** First matching line speaks. */
export type GlobMap = readonly (readonly [glob: string, value: string])[];

/** A class of the user (lanes.md 2, `classes`). */
export interface ClassDefinition {
  readonly name: string;
  readonly at: Place;
  /**
   * Whether naming a type here settles what it is. Only at org level: a lower file that names a type of no catalog must not
   * make an org rule's `class: {not: ...}` hold.
   */
  readonly settles: boolean;
  /** Globs over types whose resources are members; empty for a refinement. */
  readonly types: readonly string[];
  /** `is_a`: members join this class too, with its cross-cutting classes. */
  readonly isA: string | null;
  /** `refines`: a member of that class for which `when` holds. */
  readonly refines: { readonly class: string; readonly when: Condition } | null;
}
