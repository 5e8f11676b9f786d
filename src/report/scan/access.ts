import type { ObjectResult } from '../../scan/record.ts';
import { type RuleShift, type Shift, widens } from '../../tags/authority.ts';
import type { TagDrift } from '../../tags/drift.ts';
import type { AccessChange, ScanInput } from './model.ts';

/** Equal losses with equal effects are told once, with every object they befell: "3 resources lost ...: lane developer now covers them". */
export function accessOf({ targets, shiftOf, read }: ScanInput): AccessChange[] {
  const groups = new Map<string, { drifts: readonly TagDrift[]; shift: Shift; results: ObjectResult[] }>();
  for (const { results } of targets) {
    for (const result of results) {
      if (result.outcome.kind !== 'read' || result.outcome.drifts.length === 0) continue;
      const shift = shiftOf(result);
      if (shift === null || (shift.rules.length === 0 && shift.verdicts.length === 0)) continue;
      const { drifts } = result.outcome;
      const key = JSON.stringify([drifts.map(({ key: name, wanted, found }) => [name, wanted, found]), shift]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { drifts, shift, results: [result] });
      else group.results.push(result);
    }
  }
  return [...groups.values()].map(({ drifts, shift, results }) => ({
    message: accessWords(drifts, shift, results),
    tags: drifts.map(({ key, wanted, found }) => ({ key, wanted, found })),
    widens: widens(shift),
    rules: shift.rules,
    verdicts: shift.verdicts,
    objects: results.map(({ state, address }) => ({ state: read.states[state]?.path ?? '', address })),
  }));
}

function accessWords(drifts: readonly TagDrift[], shift: Shift, results: readonly ObjectResult[]): string {
  const [only, ...more] = results;
  const [what, them] = more.length === 0 ? [`\`${only?.address ?? ''}\``, 'it'] : [`${results.length} resources`, 'them'];
  const tags = drifts.map(({ key, wanted, found }) => {
    if (found === null) return `lost \`${key}${wanted === null ? '' : `=${wanted}`}\``;
    return wanted === null ? `gained \`${key}=${found}\`` : `went from \`${key}=${wanted}\` to \`${key}=${found}\``;
  });
  const rules = shift.rules.map((rule) => ruleWords(rule, them));
  return `${what} ${tags.join(' and ')}: ${rules.join('; ')}${verdictWords(shift)}`;
}

function ruleWords({ kind, id, change, operations }: RuleShift, them: string): string {
  const done = `(${operations.join(', ')})`;
  switch (change) {
    case 'covers':
      return `${kind} ${id} now covers ${them} ${done}`;
    case 'no-longer-covers':
      return `${kind} ${id} no longer covers ${them} ${done}`;
    case 'undecided':
      return kind === 'lane' || kind === 'grant'
        ? `whether ${kind} ${id} covers ${them} cannot be told any more, so it does not ${done}`
        : `whether ${kind} ${id} holds for ${them} cannot be told any more, so it denies ${done}`;
  }
}

/** Who gained and who lost, by verdict; operations of one principal together. */
function verdictWords({ verdicts }: Shift): string {
  const lines = new Map<string, string[]>();
  for (const { principal, operation, before, after } of verdicts) {
    const key = `${principal}: ${before} -> ${after}`;
    lines.set(key, [...(lines.get(key) ?? []), operation]);
  }
  if (lines.size === 0) return '';
  return ` - ${[...lines].map(([who, operations]) => `${who} (${operations.join(', ')})`).join('; ')}`;
}
