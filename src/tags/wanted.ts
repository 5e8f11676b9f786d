import type { CloudPlace } from '../../providers/cloud.ts';
import type { AttributeDefinition } from '../classify/attribute.ts';
import type { ClassifiedChange, ObjectView } from '../classify/model.ts';
import { carrierKey, carries, requiredOf, tagReading } from './key.ts';

/** What one classification tag of an object should be. */
export interface WantedTag {
  readonly attribute: string;
  /** As the cloud spells it, folded where it folds. */
  readonly key: string;
  /**
   * `state`: Terraform wrote it, with this value. `required`: it is not in the state, though every object of this kind must carry it;
   * the value is that of the attribute's other sources, null where they say none. `absent`: not in the state, and not required.
   * `hidden`: the state does not show it; `why` says so.
   */
  readonly from: 'state' | 'required' | 'absent' | 'hidden';
  readonly value: string | null;
  readonly why: string | null;
}

/** An object of a state that a scan asks the cloud about. Plain data: it is written to disk between the passes. */
export interface WantedObject {
  readonly address: string;
  readonly deposed: string | null;
  readonly type: string;
  readonly classes: readonly string[];
  readonly place: CloudPlace;
  readonly tags: readonly WantedTag[];
}

/**
 * What becomes of a state's object in a scan: asked for; nothing to ask (it is itself a tag, or no attribute has a carrier there); not
 * taggable; of a provider whose cloud cannot be asked; or not to be found by what the state says.
 */
export type Want =
  | { readonly kind: 'ask'; readonly object: WantedObject }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'not-taggable' }
  | { readonly kind: 'no-cloud'; readonly provider: string }
  | ({ readonly kind: 'unlocated' } & Unlocated);

/** Why nobody can say where an object is. `refused`: a cloud was asked and did not tell, with what would help; absent = the state does not say. */
export interface Unlocated {
  readonly why: string;
  readonly refused?: { readonly permission: string | null; readonly hint: string };
}

/** The classification tags that an object of a state should have, derived with the gate's own code. Pure. */
export function wantOf(row: ClassifiedChange, attributes: ReadonlyMap<string, AttributeDefinition>): Want {
  const { change, provider } = row;
  const view = row.before;
  if (change.mode !== 'managed' || row.row?.tagging !== undefined || row.row?.guards !== undefined) return { kind: 'nothing' };
  if (row.failure !== null) return { kind: 'unlocated', why: row.failure };
  const carried = [...attributes.values()].flatMap((attribute) => {
    const key = carrierKey(row, attribute);
    return key === null ? [] : [{ attribute, key }];
  });
  if (carried.length === 0) return { kind: 'nothing' };
  if (view === null || change.before === null) return { kind: 'unlocated', why: 'the state holds no values of it' };
  const able = carried.filter(({ key }) => carries(view, key) !== 'no');
  if (able.length === 0) return { kind: 'not-taggable' };
  if (provider.located === undefined) return { kind: 'no-cloud', provider: change.provider };
  const hints = { account: textOf(view, 'account'), region: textOf(view, 'region') };
  const place = provider.located(change.type, change.before, row.row, hints);
  if (typeof place === 'string') return { kind: 'unlocated', why: place };
  const { address, deposed, type } = change;
  const tags = able.map(({ attribute, key }) => wantedTag(row, view, attribute, key));
  return { kind: 'ask', object: { address, deposed, type, classes: row.classes, place, tags } };
}

/** A fact of the object where it is known: what an option says counts, too. */
function textOf(view: ObjectView, key: string): string | null {
  const { state } = view.fact(key);
  return state.kind === 'value' && typeof state.value === 'string' ? state.value : null;
}

function wantedTag(row: ClassifiedChange, view: ObjectView, attribute: AttributeDefinition, key: string): WantedTag {
  const tag = { attribute: attribute.name, key };
  const reading = tagReading(view, key);
  if (reading?.state === 'known') return { ...tag, from: 'state', value: reading.value, why: null };
  if (reading !== null) return { ...tag, from: 'hidden', value: null, why: reading.why };
  const required = attribute.required?.enforce && requiredOf(row, view, attribute) === true;
  if (!required) return { ...tag, from: 'absent', value: null, why: null };
  return { ...tag, from: 'required', value: textOf(view, attribute.name), why: null };
}
