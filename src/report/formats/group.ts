import type { ReportChange, ReportNearest } from '../report.ts';
import { hiddenRemoval } from './words.ts';

/** Rows in groups of equal key, in the order of each group's first row. */
export function groupRows<T>(rows: readonly T[], key: (row: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const id = key(row);
    const group = groups.get(id);
    if (group) group.push(row);
    else groups.set(id, [row]);
  }
  return [...groups.values()];
}

/** Equal for rows that are decided alike for equal reasons, whatever they are called. */
export function reasonKey(change: ReportChange): string {
  const address = JSON.stringify(change.address).slice(1, -1);
  const own = (json: string) => json.replaceAll(address, '\u0000');
  return own(
    JSON.stringify([
      change.verdict,
      operationsKey(change),
      change.decisions.map((d) => [
        d.operation,
        d.side,
        d.verdict,
        d.as,
        d.note,
        d.because,
        d.unknown,
        d.nearest.map(nearestKey),
      ]),
    ]),
  );
}

/** Rows of many classes may fail on class alike: what the class is does not part them. */
function nearestKey(near: ReportNearest): readonly unknown[] {
  return [near.kind, near.id, near.at, near.failed.map(({ fact, is, wants }) => [fact, fact === 'class' ? null : is, wants])];
}

/** Equal for allowed rows that one line can stand for. */
export function allowedKey(change: ReportChange): string {
  return JSON.stringify([
    operationsKey(change),
    change.operations.flatMap((operation) => hiddenRemoval(change, operation)),
    change.mode,
    change.type,
    change.decisions.map((d) => [d.as, d.because.map((reason) => [reason.kind, reason.id, reason.observed])]),
  ]);
}

function operationsKey(change: ReportChange): readonly string[] {
  return change.operations.length > 0 ? change.operations : change.actions;
}

/** Names in short: runs of numeric instance keys become `a[0] to a[29]`. The order stays. */
export function runsOf(names: readonly string[]): readonly string[] {
  const runs: { base: string | null; first: string; last: string; next: number; size: number }[] = [];
  for (const name of names) {
    const numbered = /^(.*)\[(\d{1,9})\]$/s.exec(name);
    const base = numbered?.[1] ?? null;
    const number = Number(numbered?.[2] ?? 0);
    const run = runs.at(-1);
    if (run && base !== null && run.base === base && run.next === number) {
      run.last = name;
      run.next += 1;
      run.size += 1;
    } else runs.push({ base, first: name, last: name, next: number + 1, size: 1 });
  }
  return runs.flatMap(({ first, last, size }) =>
    size === 1 ? [first] : size === 2 ? [first, last] : [`${first} to ${last.slice(last.lastIndexOf('['))}`],
  );
}
