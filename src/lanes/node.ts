import type { Place } from '../errors.ts';

/** A lane file as a tree with places; scalars are what YAML 1.2's core schema says. */
export type LaneNode = MapNode | ListNode | ScalarNode | FaultNode;

export interface MapNode {
  readonly kind: 'map';
  readonly at: Place;
  readonly entries: ReadonlyMap<string, Entry>;
  /** False when a key was refused, so that nothing can be said of keys that are not there. */
  readonly whole: boolean;
}

export interface Entry {
  readonly key: string;
  /** Place of the key. */
  readonly at: Place;
  readonly value: LaneNode;
}

export interface ListNode {
  readonly kind: 'list';
  readonly at: Place;
  readonly items: readonly LaneNode[];
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: Place;
  readonly value: string | number | boolean | null;
  /** As the file spells it, without quotes. */
  readonly source: string;
}

/** A value that has been complained about already; nobody reads it any further. */
export interface FaultNode {
  readonly kind: 'fault';
  readonly at: Place;
}

/** The value of a key, or null where it is not there. */
export function valueAt(node: LaneNode, key: string): LaneNode | null {
  return node.kind === 'map' ? (node.entries.get(key)?.value ?? null) : null;
}

/** The entries of a map under a key; empty where there is none. */
export function entriesAt(node: LaneNode, key: string): readonly Entry[] {
  const value = valueAt(node, key);
  return value?.kind === 'map' ? [...value.entries.values()] : [];
}

/** The items of a list under a key; empty where there is none. */
export function itemsAt(node: LaneNode, key: string): readonly LaneNode[] {
  const value = valueAt(node, key);
  return value?.kind === 'list' ? value.items : [];
}

/** The text under a key, or null. */
export function textAt(node: LaneNode, key: string): string | null {
  const value = valueAt(node, key);
  return value ? textOf(value) : null;
}

export function textOf(node: LaneNode): string | null {
  return node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '' ? node.value : null;
}

/** The texts of one text or a list of them, each with its node. */
export function textsOf(node: LaneNode | null): readonly { readonly text: string; readonly at: Place }[] {
  const nodes = node === null ? [] : node.kind === 'list' ? node.items : [node];
  return nodes.flatMap((one) => {
    const text = textOf(one);
    return text === null ? [] : [{ text, at: one.at }];
  });
}
