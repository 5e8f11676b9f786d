import { isAnyStep, isAnySteps, matchPath, type Path, type PathPattern } from '../logic/path.ts';

const MOST_STATES = 20_000;

/** A step that no pattern names. */
const OTHER = 'x';

/** Attribute paths that are alike for every list of patterns: one concrete path, and which lists it is in. */
export interface PathCell {
  readonly path: Path;
  /** By position of the list. */
  readonly within: readonly boolean[];
}

/**
 * One path for each combination of lists that some path is in (product of the patterns' automata, breadth first, so the
 * shortest). Null = too many combinations.
 */
export function pathCells(lists: readonly (readonly PathPattern[])[]): PathCell[] | null {
  const patterns = [...new Map(lists.flat().map((pattern) => [pattern.text, pattern])).values()];
  const named = new Set(patterns.flatMap((p) => p.steps.filter((step): step is string => typeof step === 'string')));
  let other = OTHER;
  while (named.has(other)) other += OTHER;
  const alphabet = [...named, other];
  const cells = new Map<string, PathCell>();
  const seen = new Set<string>();
  let level: { masks: readonly bigint[]; path: readonly string[] }[] = [{ masks: patterns.map((p) => closure(p, 1n)), path: [] }];
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { masks, path } of level) {
      for (const step of alphabet) {
        const moved = masks.map((mask, i) => advance(patterns[i] as PathPattern, mask, step));
        const key = moved.join();
        if (seen.has(key)) continue;
        seen.add(key);
        if (seen.size > MOST_STATES) return null;
        const longer = [...path, step];
        const within = lists.map((list) => list.some((pattern) => matchPath(pattern, longer)));
        const cell = within.join();
        if (!cells.has(cell)) cells.set(cell, { path: longer, within });
        next.push({ masks: moved, path: longer });
      }
    }
    level = next;
  }
  return [...cells.values()];
}

function advance({ steps }: PathPattern, mask: bigint, step: string): bigint {
  let next = 0n;
  steps.forEach((token, i) => {
    if (((mask >> BigInt(i)) & 1n) === 0n) return;
    if (isAnySteps(token)) next |= 1n << BigInt(i);
    else if (isAnyStep(token) || token === step) next |= 1n << BigInt(i + 1);
  });
  return closure({ steps } as PathPattern, next);
}

/** `**` may stand for no step. */
function closure({ steps }: PathPattern, mask: bigint): bigint {
  let closed = mask;
  steps.forEach((token, i) => {
    if (isAnySteps(token) && ((closed >> BigInt(i)) & 1n) === 1n) closed |= 1n << BigInt(i + 1);
  });
  return closed;
}
