import { say } from '../escape.ts';
import type { Report } from '../report.ts';

const HOUR = 3_600_000;

/** When what decided by the time ends: "grant mig-4711 ends in 3 h (2026-11-22T08:00:00Z)". The soonest first. */
export function endings({ changes, because }: Report, now: number): string[] {
  const reasons = [...(because ?? []), ...changes.flatMap(({ decisions }) => decisions.flatMap((decision) => decision.because))];
  const ends = new Map(
    reasons.flatMap(({ kind, id, until }) => (until === undefined ? [] : [[`${kind} ${id}`, { kind, id, until }]])),
  );
  return [...ends.values()]
    .map((end) => ({ ...end, left: Date.parse(end.until) - now }))
    .filter(({ left }) => left > 0)
    .sort((a, b) => a.left - b.left)
    .map(({ kind, id, until, left }) => say`${kind} ${id ?? ''} ends in ${inWords(left)} (${until})`);
}

/** The largest unit that says enough: 25 min, 3 h, 12 d. */
function inWords(milliseconds: number): string {
  if (milliseconds < HOUR) return `${Math.max(1, Math.round(milliseconds / 60_000))} min`;
  if (milliseconds < 48 * HOUR) return `${Math.round(milliseconds / HOUR)} h`;
  return `${Math.round(milliseconds / (24 * HOUR))} d`;
}
