/** Limits of tags: https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources#limitations. Types in lower case. */

/** Tags that an object of this type carries at most. */
export function tagLimit(type: string): number {
  return /^microsoft\.(automation|cdn)\/|^microsoft\.network\/(dnszones|privatednszones)(\/|$)/.test(type) ? 15 : 50;
}

/** Why Azure would not take this tag on an object of this type; null = it would. */
export function tagProblem(type: string, key: string, value: string): string | null {
  const longest = type === 'microsoft.storage/storageaccounts' ? 128 : 512;
  if (key.trim() === '') return 'a tag needs a name';
  if (key.length > longest) return `names of tags have at most ${longest} characters here`;
  if (/[<>%&\\?/\p{Cc}]/u.test(key)) return 'names of tags cannot hold `< > % & \\ ? /` or control characters';
  if (/^microsoft\.network\/(dnszones|trafficmanagerprofiles)(\/|$)/.test(type) && /\s|^\d/.test(key))
    return 'names of tags cannot hold spaces or start with a digit here';
  if (/^microsoft\.(network\/frontdoors|cdn\/profiles)(\/|$)/.test(type) && /[#:]/.test(key))
    return 'names of tags cannot hold `#` or `:` here';
  return value.length > 256 ? 'values of tags have at most 256 characters' : null;
}

/** What an edit comes to on the tags that are there, keys as they are stored. */
export interface PlannedEdit {
  /** Pairs to merge: only those that are not so yet, under the stored spelling of a key that is there. */
  readonly merge: ReadonlyMap<string, string>;
  /** Pairs to delete, with the value that is there: a value that has changed meanwhile stays. */
  readonly remove: ReadonlyMap<string, string>;
}

/** Plans an edit against the stored tags; a string says why it cannot be made. Nothing is written of an edit that cannot be made whole. */
export function planEdit(
  type: string,
  stored: ReadonlyMap<string, string>,
  edit: { readonly set: ReadonlyMap<string, string>; readonly unset: ReadonlySet<string> },
): PlannedEdit | string {
  const spellings = new Map<string, string[]>();
  for (const key of stored.keys()) spellings.set(fold(key), [...(spellings.get(fold(key)) ?? []), key]);
  const unset = new Set([...edit.unset].map(fold));
  const merge = new Map<string, string>();
  const wanted = new Set<string>();
  for (const [key, value] of edit.set) {
    if (wanted.has(fold(key)) || unset.has(fold(key))) return `\`${key}\` stands twice in one edit`;
    wanted.add(fold(key));
    const problem = tagProblem(type, key, value);
    if (problem !== null) return problem;
    for (const spelled of spellings.get(fold(key)) ?? [key]) if (stored.get(spelled) !== value) merge.set(spelled, value);
  }
  const gone = [...stored.keys()].filter((key) => unset.has(fold(key)));
  const after = new Set([...stored.keys()].map(fold).filter((key) => !unset.has(key)));
  for (const key of wanted) after.add(key);
  const limit = tagLimit(type);
  if (merge.size > 0 && after.size > limit) return `the object would have ${after.size} tags, and it can have ${limit}`;
  return { merge, remove: new Map(gone.map((key) => [key, stored.get(key) as string])) };
}

/** As `Provider.foldKey`. */
function fold(key: string): string {
  return key.toLowerCase();
}
