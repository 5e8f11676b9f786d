import type { BuiltinClass } from '../../providers/classes.ts';
import type { Catalog, Provider, WrittenMap } from '../../providers/provider.ts';
import type { ResourceChange } from '../plan/model.ts';
import type { AttributeDefinition, ClassDefinition } from './attribute.ts';

/** What classification asks of a built-in class. */
export type KnownClass = Pick<BuiltinClass, 'cross' | 'suggests'>;

/** What the classes of an object hang on besides its type. */
export interface ClassContext {
  readonly classes: ReadonlyMap<string, ClassDefinition>;
  readonly builtin: ReadonlyMap<string, KnownClass>;
}

/** Everything classification needs besides the plan. */
export interface ClassifyContext extends ClassContext {
  readonly attributes: ReadonlyMap<string, AttributeDefinition>;
  /** By source address, mirrors resolved. Catalog null = no catalog for this provider. */
  knowledge(source: string): { readonly provider: Provider; readonly catalog: Catalog | null };
  readonly options: PlaceOptions;
  /**
   * Tags that objects really carry, by `objectKey`, in place of what the plan or state says of the same keys; null = the key is not
   * there. Absent for a gate, which asks no cloud.
   */
  readonly found?: ReadonlyMap<string, ReadonlyMap<string, string | null>>;
  /** Tags of the after side that the plan hides and the configuration's text shows; absent = the text was not asked. */
  readonly written?: ReadonlyMap<ResourceChange, ReadonlyMap<string, WrittenMap>>;
}

/** What the caller says of where the plan is applied; null = not given. */
export interface PlaceOptions {
  readonly workspace: string | null;
  /** Path of the stack within the repository, `/`-separated. */
  readonly stack: string | null;
  /** Account ids by provider source, short name or '' (for every provider). */
  readonly accounts: ReadonlyMap<string, string>;
}
