import type { InventoryItem } from '../../providers/cloud.ts';
import type { ObjectState } from '../tags/drift.ts';

/** What a scan has to say of one object that is not simply as wanted. */
export interface ObjectResult {
  readonly n: number;
  readonly state: number;
  readonly address: string;
  readonly deposed: string | null;
  readonly type: string;
  readonly classes: readonly string[];
  readonly id: string;
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
  /** Nothing more can be asked: `objects` of the target were not looked at, or the inventory was not read. */
  | {
      readonly kind: 'failed';
      readonly what: 'objects' | 'inventory';
      readonly objects: number;
      readonly why: string;
      readonly permission: string | null;
      readonly hint: string;
    }
  | { readonly kind: 'end' };
