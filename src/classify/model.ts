import type { CatalogRow, EffectiveTags, Provider } from '../../providers/provider.ts';
import type { Answer, ChangedPath, Fact, Operation, Side, SuccessorTest } from '../logic/fact.ts';
import type { ResourceChange } from '../plan/model.ts';
import type { AttributeDefinition } from './attribute.ts';

/** One thing a plan row does, to be decided by itself. */
export interface AtomicChange {
  readonly operation: Operation;
  readonly side: Side;
  /** What the atom stands on when that is not the row itself: the object that a lock guards or a tag resource tags. */
  readonly subject: string | null;
  /** Why this atom is there when the row's action does not say so: "deletion_protection true -> false". */
  readonly because: string | null;
  /** The facts of this side. Keys: everything of lanes.md 3 except who.* and the context, which `decide` adds. */
  fact(key: string): Fact;
  changedPaths(): readonly ChangedPath[];
  successor(test: SuccessorTest): Answer;
}

/** A plan row with what its provider's catalog says of it. */
export type KnownChange = Pick<ClassifiedChange, 'change' | 'row' | 'provider'>;

/** A plan row with everything a rule may ask of it. Facts are computed when asked for, and then kept. */
export interface ClassifiedChange {
  readonly change: ResourceChange;
  /** The catalog's entry of this type; null = in no catalog. */
  readonly row: CatalogRow | null;
  readonly provider: Provider;
  readonly atoms: readonly AtomicChange[];
  /** In the order of report.md, each once. */
  readonly operations: readonly Operation[];
  /** Names of the classes that certainly hold, primary first, then sorted; of the after side, or the before side where there is none. */
  readonly classes: readonly string[];
  /** Row-level faults: reasons of kind `plan` that deny whatever the lanes say. */
  readonly faults: readonly string[];
  /** Set when classification itself failed: the row is denied with this as its reason. */
  readonly failure: string | null;
  /** True where the row does nothing: a no-op that neither moves nor imports. */
  readonly idle: boolean;
  readonly before: ObjectView | null;
  readonly after: ObjectView | null;
  /** Rows that end the object which this one creates again: recreation in disguise (tags.md 2). */
  readonly recreates: readonly ResourceChange[];
}

/** One side of a row: the object as it is, or as it becomes. */
export interface ObjectView {
  readonly side: Side;
  readonly tags: EffectiveTags;
  fact(key: string): Fact;
  /** Whether `tags` has this key (folded) with a known text, by a look that is cheap; false = it may have it all the same. */
  shows(key: string): boolean;
  /** Whether no more than one source says anything of the attribute, so that none disagree; false = `fact` tells. */
  speaksOnce(attribute: AttributeDefinition): boolean;
}
