import type { CloudPlace, CloudTarget, InventoryItem } from '../../providers/cloud.ts';
import type { ObjectState } from '../tags/drift.ts';
import type { Unlocated } from '../tags/wanted.ts';

/** What a scan has to say of one object that is not simply as wanted. */
export interface ObjectResult {
  readonly n: number;
  readonly state: number;
  readonly address: string;
  readonly deposed: string | null;
  readonly type: string;
  readonly classes: readonly string[];
  readonly place: CloudPlace;
  /** The classification tags that it should carry, where their value is known. */
  readonly tags: Readonly<Record<string, string>>;
  readonly outcome: ObjectState;
}

/** Something in the account that no given state holds. Tags: those that carry declared attributes. */
export interface UnmanagedItem extends Pick<InventoryItem, 'id' | 'type' | 'region' | 'createdAt' | 'createdBy' | 'managedBy'> {
  readonly tags: Readonly<Record<string, string>>;
}

/** One line of a target's log, written when its part of the work is done. */
export type ScanRecord =
  /** The objects of these numbers were looked at; `results` are those that are not as wanted, `inherited` those that are so by what stands above. */
  | {
      readonly kind: 'looked';
      readonly objects: readonly number[];
      readonly inherited: number;
      readonly results: readonly ObjectResult[];
    }
  | { readonly kind: 'unmanaged'; readonly items: readonly UnmanagedItem[] }
  | ({ readonly kind: 'failed' } & TargetFailure)
  | { readonly kind: 'end' };

/** Nothing more can be asked: `objects` of the target were not looked at, or the inventory was not read. */
export interface TargetFailure {
  readonly what: 'objects' | 'inventory';
  readonly objects: number;
  readonly why: string;
  readonly permission: string | null;
  readonly hint: string;
}

/** A state that was read. */
export interface ScannedState {
  readonly path: string;
  readonly sha256: string;
  /** Managed objects in it. */
  readonly objects: number;
}

/** One target's share, as its log says it. */
export interface SweptTarget {
  readonly target: CloudTarget;
  readonly inherited: number;
  readonly looked: number;
  readonly results: readonly ObjectResult[];
  readonly unmanaged: readonly UnmanagedItem[];
  readonly failures: readonly TargetFailure[];
}

/** What the first pass counted without asking a cloud. */
export interface ReadSummary {
  readonly states: readonly ScannedState[];
  readonly unreadStates: readonly { readonly path: string; readonly why: string; readonly hint: string }[];
  readonly notTaggable: number;
  readonly notScanned: Readonly<Record<string, number>>;
  readonly nothingWanted: number;
  readonly unlocated: readonly ({ readonly state: number; readonly address: string } & Unlocated)[];
}
