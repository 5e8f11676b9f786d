import { distance } from '../lanes/nearest.ts';

/**
 * The address that is closest to what was written, or null where none is close (more than a third of it wrong). Compared
 * whole, since long addresses share their beginnings.
 */
export function nearestAddress(written: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const name of known) {
    if (Math.abs(name.length - written.length) >= least) continue;
    const steps = distance(written.toLowerCase(), name.toLowerCase(), least);
    if (steps < least) {
      least = steps;
      best = name;
    }
  }
  return best;
}
