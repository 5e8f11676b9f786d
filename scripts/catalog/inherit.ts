import type { CatalogRow } from '../../providers/provider.ts';

/** A class that a data source takes from what it reads, and the rule that says so (the row's `by`). */
export interface Inherited {
  readonly class: string;
  readonly by: string;
}

/**
 * The class of a data source that no decision names (classes.md: the primary class of what it reads): that of the managed type of
 * the same name, else that of the one whose plural or list of ids it is. Null where no such type has a class.
 */
export function inherited(name: string, rowOf: (type: string) => CatalogRow | undefined): Inherited | null {
  const twin = rowOf(name)?.class;
  if (twin) return { class: twin, by: 'twin' };
  for (const one of singulars(name)) {
    const read = rowOf(one)?.class ?? rowOf(`data.${one}`)?.class;
    if (read) return { class: read, by: `plural ${one}` };
  }
  return null;
}

/** `_ids`, `-ies`, `-es`, `-s`: which of them a plural was made by only the list of types can tell. */
function singulars(name: string): string[] {
  const endings: readonly [RegExp, string][] = [
    [/_ids$/, ''],
    [/ies$/, 'y'],
    [/es$/, ''],
    [/s$/, ''],
  ];
  return endings.filter(([ending]) => ending.test(name)).map(([ending, one]) => name.replace(ending, one));
}
