import type { ReportPrincipal, ReportRules, ReportVerdict } from '../report.ts';
import type { SimulationReport } from './simulated.ts';
import { type SimulationReason, sumOf, type VerdictCounts } from './tally.ts';

/** Verdicts as they are told of many plans. */
export const VERDICT_WORDS: Readonly<Record<keyof VerdictCounts, string>> = {
  allow: 'allowed',
  'needs-approval': 'wait for an approval',
  deny: 'denied',
};

export const VERDICT_KEYS = ['allow', 'needs-approval', 'deny'] as const;

/** `8,141`: groups of three, the same everywhere. */
export function numberInWords(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function plural(count: number, noun: string): string {
  return `${numberInWords(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `26.0 %`. */
export function shareInWords(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** The first line: how far the simulation got. */
export function headline({ outcome, files, plans, changes, principal }: SimulationReport): string {
  const what = `${plural(files.found, 'file')}: ${plural(sumOf(plans), 'plan')}, ${plural(sumOf(changes), 'change')}`;
  const word = outcome === 'replayed' ? 'REPLAYED' : outcome === 'newly-allowed' ? 'NEW ACCESS' : 'UNDECIDED';
  return `${word}  ${what}${principal === null ? '' : `, for ${principalInWords(principal)}`}`;
}

function principalInWords({ id, kind, teams, for: person }: ReportPrincipal): string {
  const about = [...(kind === null ? ['kind unknown'] : [kind]), ...(teams ?? [])].join(', ');
  return `${id} (${about})${person === null ? '' : ` acting for ${person}`}`;
}

export function rulesInWords(rules: ReportRules | null): string {
  return rules === null ? 'no rules' : rules.files.map(({ path, level }) => `${path} (${level})`).join(', ');
}

/** What needs nobody: the share that the whole is about. */
export function withoutHuman({ plans, changes }: SimulationReport): string {
  const told = (counts: VerdictCounts, noun: string) =>
    `${numberInWords(counts.allow)} of ${plural(sumOf(counts), noun)} (${shareInWords(counts.allow, sumOf(counts))})`;
  return `decided without a human: ${told(plans, 'plan')}, ${told(changes, 'change')}`;
}

/** The other verdicts of plans and changes. */
export function theRest({ plans, changes }: SimulationReport): readonly string[] {
  return (['needs-approval', 'deny'] as const).map(
    (verdict) =>
      `${VERDICT_WORDS[verdict]}: ${plural(plans[verdict], 'plan')} (${shareInWords(plans[verdict], sumOf(plans))}), ${plural(changes[verdict], 'change')} (${shareInWords(changes[verdict], sumOf(changes))})`,
  );
}

/** `approval: guard review`, `denied: no lane allows destroy database`. */
export function reasonInWords({ verdict, kind, id, detail }: SimulationReason): string {
  return `${verdict === 'deny' ? 'denied' : 'approval'}: ${causeInWords(kind, id, detail)}`;
}

function causeInWords(kind: SimulationReason['kind'], id: string | null, detail: string | null): string {
  const named = id === null ? '' : ` ${id}`;
  switch (kind) {
    case 'no-lane':
      return `no lane allows ${detail ?? 'it'}`;
    case 'unknown':
      return `${detail ?? 'a fact'} not known`;
    case 'plan':
      return id === null ? 'the row cannot be read' : `the plan is ${id}`;
    default:
      return `${kind}${named}`;
  }
}

/** Files that could not be replayed, by what they are. */
export function notReplayed({
  not_replayed: all,
}: SimulationReport): readonly (readonly [code: string, files: readonly string[]])[] {
  const byCode = new Map<string, string[]>();
  for (const { code, file } of all) byCode.set(code, [...(byCode.get(code) ?? []), file]);
  return [...byCode].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
}

/** `deny -> allow`. */
export function moveInWords({ before, after }: { readonly before: ReportVerdict; readonly after: ReportVerdict }): string {
  return `${before} -> ${after}`;
}

/** How many plans moved from which verdict to which, in the order in which they are met. */
export function movesOf(
  moved: readonly { readonly before: ReportVerdict; readonly after: ReportVerdict }[],
): ReadonlyMap<string, number> {
  const moves = new Map<string, number>();
  for (const one of moved) moves.set(moveInWords(one), (moves.get(moveInWords(one)) ?? 0) + 1);
  return new Map([...moves].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}
