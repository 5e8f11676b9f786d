/** Controllers that mark what they make with tags of their own, by the start of the key in lower case. */
const MARKS: readonly (readonly [start: string, owner: string])[] = [
  ['aks-managed-', 'AKS'],
  ['k8s-azure-', 'the Azure cloud provider of Kubernetes'],
  ['kubernetes.io-created-for-', 'a volume driver of Kubernetes'],
];

/**
 * Types whose `managedBy` names what they are attached to (a disk: its virtual machine), not who makes and tags them.
 */
const ATTACHED = new Set(['microsoft.compute/disks']);

/**
 * What else writes the object or its tags, as its tags say it. `hidden-link:`, `hidden-title` and the like are notes of the portal,
 * written by hand as well as by it, and own nothing.
 */
export function ownerByTags(folded: ReadonlyMap<string, string>): string | null {
  for (const [start, owner] of MARKS) {
    const key = [...folded.keys()].find((each) => each.startsWith(start));
    if (key !== undefined) return `${owner} (tag ${key})`;
  }
  return null;
}

/** What Resource Graph names as manager of a resource or resource group; `type` in lower case. */
export function ownerInGraph(row: { readonly type: string; readonly managedBy: string }): string | undefined {
  return row.managedBy === '' || ATTACHED.has(row.type) ? undefined : row.managedBy;
}

/**
 * Keys folded. Azure compares keys without case, yet a resource provider can keep two spellings; if their values
 * differ, both are said, so that neither passes for the wanted one.
 */
export function foldTags(stored: Iterable<readonly [key: string, value: string]>): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  for (const [key, value] of stored) {
    const name = key.toLowerCase();
    const other = folded.get(name);
    folded.set(name, other === undefined || other === value ? value : [other, value].sort().join(', '));
  }
  return folded;
}

/** The tags of an answer, as they are stored; nothing in an answer is trusted to be what it should. */
export function storedTags(tags: unknown): (readonly [key: string, value: string])[] {
  if (typeof tags !== 'object' || tags === null) return [];
  return Object.entries(tags).map(([key, value]) => [key, value === null ? '' : String(value)] as const);
}
