/** `d` is 24 hours. */
const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `30d` or `12h`, as lane files spell `limits.max_grant`; null = it is none. */
export function parseDuration(text: string): number | null {
  const [, number, unit] = /^([1-9][0-9]{0,5})([hd])$/.exec(text) ?? [];
  return number === undefined ? null : Number(number) * (UNITS[unit ?? ''] as number);
}
