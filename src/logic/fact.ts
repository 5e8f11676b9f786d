import type { Value } from '../plan/value.ts';
import type { Kleene } from './kleene.ts';
import type { Path } from './path.ts';

/** What a change does, in the words of product.md. */
export const OPERATIONS = ['move', 'import', 'forget', 'destroy', 'create', 'update', 'reclassify', 'invoke', 'read'] as const;
export type Operation = (typeof OPERATIONS)[number];
export type Side = 'before' | 'after';

/** Where a fact's value comes from; `value` is what that source said, null when it must not be shown or is unknown. */
export interface FactSource {
  /** tag, workspace, account, option, catalog, plan, configuration, parent, drift, registry ... */
  readonly from: string;
  /** The key, path or option that spoke. */
  readonly name: string | null;
  readonly value: string | null;
}

export type FactState =
  /** A known plan value or null (an optional attribute that is not set). */
  | { readonly kind: 'value'; readonly value: Value }
  /** A set: `class`, `who.team`, a path with wildcards. `open` = it may have members that cannot be seen. */
  | { readonly kind: 'members'; readonly members: ReadonlyMap<Value, true | 'unknown'>; readonly open: string | null }
  /** An absent tag or a null `who.*`: not there, and that proves nothing. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly why: string; readonly path: string | null };

export interface Fact {
  readonly key: string;
  readonly state: FactState;
  readonly sources: readonly FactSource[];
}

/** One path that changes. `maybe`: a value on one side is unknown. `subtree`: what stands below it may change too. */
export interface ChangedPath {
  readonly path: Path;
  readonly maybe: boolean;
  readonly subtree: boolean;
}

export interface SuccessorTest {
  readonly want: 'present' | 'absent';
  /** Facts that must be equal and known on both objects, besides the declared attributes. */
  readonly same: readonly string[];
  /** `type: any`: another type of the same most specific classes will do. */
  readonly anyType: boolean;
}

export interface Answer {
  readonly value: Kleene;
  /** Why it is unknown, or which object answers; null when there is nothing to say. */
  readonly why: string | null;
}

/** What a condition is evaluated on: one atomic change, seen by one principal at one time. */
export interface ChangeView {
  readonly operation: Operation;
  fact(key: string): Fact;
  changedPaths(): readonly ChangedPath[];
  successor(test: SuccessorTest): Answer;
}

export function known(key: string, value: Value, sources: readonly FactSource[] = []): Fact {
  return { key, state: { kind: 'value', value }, sources };
}

export function unknown(key: string, why: string, path: string | null = null, sources: readonly FactSource[] = []): Fact {
  return { key, state: { kind: 'unknown', why, path }, sources };
}

export function absent(key: string, sources: readonly FactSource[] = []): Fact {
  return { key, state: { kind: 'absent' }, sources };
}
