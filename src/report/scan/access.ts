import type { ObjectResult, SweptTarget } from '../../scan/record.ts';
import { type RuleShift, type Shift, widens } from '../../tags/authority.ts';
import type { AccessChange, AccessPart, ScanInput } from './model.ts';

/** One target's access changes: equal losses with equal effects together, in the order in which they first appear. */
export function accessPartsOf({ results }: SweptTarget, { shiftOf, read }: Pick<ScanInput, 'shiftOf' | 'read'>): AccessPart[] {
  const parts = results.flatMap((result): AccessPart[] => {
    if (result.outcome.kind !== 'read' || result.outcome.drifts.length === 0) return [];
    const shift = shiftOf(result);
    if (shift === null || (shift.rules.length === 0 && shift.verdicts.length === 0)) return [];
    const tags = result.outcome.drifts.map(({ key, wanted, found }) => ({ key, wanted, found }));
    return [{ tags, rules: shift.rules, verdicts: shift.verdicts, objects: [objectOf(result, read)] }];
  });
  return joined(parts);
}

/** Told once for all targets, with every object that they befell: "3 resources lost ...: lane developer now covers them". */
export function accessOf(parts: readonly AccessPart[]): AccessChange[] {
  return joined(parts).map((part) => ({ ...accessHead(part, part.objects.length), objects: part.objects }));
}

/** What an access change says of so many objects, the first of which is the part's first. */
export function accessHead(part: AccessPart, objects: number): Omit<AccessChange, 'objects'> {
  const { tags, rules, verdicts } = part;
  return { message: accessWords(part, objects), tags, widens: widens({ rules, verdicts }), rules, verdicts };
}

/** Equal for what is told together. */
export function accessKey({ tags, rules, verdicts }: AccessPart): string {
  return JSON.stringify([tags, rules, verdicts]);
}

function joined(parts: readonly AccessPart[]): AccessPart[] {
  const groups = new Map<string, { readonly part: AccessPart; readonly objects: AccessPart['objects'][number][] }>();
  for (const part of parts) {
    const key = accessKey(part);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { part, objects: [...part.objects] });
    else for (const object of part.objects) group.objects.push(object);
  }
  return [...groups.values()].map(({ part, objects }) => ({ ...part, objects }));
}

function objectOf({ state, address }: ObjectResult, read: ScanInput['read']): AccessPart['objects'][number] {
  return { state: read.states[state]?.path ?? '', address };
}

function accessWords({ tags, rules, verdicts, objects: [first] }: AccessPart, objects: number): string {
  const [what, them] = objects === 1 ? [`\`${first?.address ?? ''}\``, 'it'] : [`${objects} resources`, 'them'];
  const told = tags.map(({ key, wanted, found }) => {
    if (found === null) return `lost \`${key}${wanted === null ? '' : `=${wanted}`}\``;
    return wanted === null ? `gained \`${key}=${found}\`` : `went from \`${key}=${wanted}\` to \`${key}=${found}\``;
  });
  const by = rules.map((rule) => ruleWords(rule, them));
  return `${what} ${told.join(' and ')}: ${by.join('; ')}${verdictWords({ verdicts })}`;
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
function verdictWords({ verdicts }: Pick<Shift, 'verdicts'>): string {
  const lines = new Map<string, string[]>();
  for (const { principal, operation, before, after } of verdicts) {
    const key = `${principal}: ${before} -> ${after}`;
    lines.set(key, [...(lines.get(key) ?? []), operation]);
  }
  if (lines.size === 0) return '';
  return ` - ${[...lines].map(([who, operations]) => `${who} (${operations.join(', ')})`).join('; ')}`;
}
