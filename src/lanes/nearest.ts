import { quoted } from './problems.ts';

/** Longer names are compared by their first characters only, so that a hostile file costs no time. */
const COMPARED = 40;

/** Number of insertions, deletions, replacements and swaps of neighbours between two names; only their first characters count. */
export function editDistance(a: string, b: string): number {
  return distance(a.slice(0, COMPARED), b.slice(0, COMPARED));
}

/** The same between two whole texts; `limit` or more is told as `limit`. */
export function distance(from: string, to: string, limit = Number.POSITIVE_INFINITY): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const differs = from[i - 1] === to[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + differs);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) >= limit) return limit;
    before = last;
    last = row;
  }
  return Math.min(last[to.length] ?? 0, limit);
}

/** The known names in order of likeness, then of the alphabet. Case counts for little. */
function ranked(name: string, known: Iterable<string>): { name: string; distance: number }[] {
  const folded = name.toLowerCase();
  return [...new Set(known)]
    .map((candidate) => ({ name: candidate, distance: editDistance(folded, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
}

function tolerance(name: string): number {
  return name.length <= 3 ? 1 : name.length <= 8 ? 2 : 3;
}

/** Hint with the nearest known names; null only when nothing is known. */
export function suggest(name: string, known: Iterable<string>): string | null {
  const all = ranked(name, known);
  const close = all.filter((c) => c.distance <= tolerance(name));
  if (close.length > 0) return `did you mean ${list(close.slice(0, 3), ' or ')}?`;
  if (all.length === 0) return null;
  return `${all.length > 3 ? 'nearest known' : 'known'}: ${list(all.slice(0, 3), ', ')}`;
}

/** The known name that `name` is most likely a slip of, or null: one edit in a short name, two in a longer one. */
export function nearMiss(name: string, known: Iterable<string>): string | null {
  const best = ranked(name, known)[0];
  return best && best.distance <= (name.length <= 5 ? 1 : 2) ? best.name : null;
}

function list(names: readonly { name: string }[], separator: string): string {
  return names.map((n) => quoted(n.name)).join(separator);
}
