import type { Principal } from '../lanes/registry.ts';
import { evaluate } from '../logic/condition.ts';
import type { QuotaResult, RowDecision } from './decision.ts';
import type { DecideInput } from './input.ts';
import { viewOf } from './view.ts';

/** Counts distinct (row, operation) pairs whose conditions are true or unknown; `any` counts all of them (lanes.md 4). */
export function countQuotas(rows: readonly RowDecision[], input: DecideInput): readonly QuotaResult[] {
  return input.ruleset.quotas.flatMap((quota): QuotaResult[] => {
    const counted = new Map<string, number>([...quota.limits.keys()].map((operation) => [operation, 0]));
    let applies = false;
    for (const { classified } of rows) {
      const operations = new Set(
        classified.atoms.filter((atom) => input.principals.some((who) => counts(atom, who))).map((atom) => atom.operation),
      );
      for (const operation of operations) {
        applies = true;
        for (const name of [operation, 'any']) if (counted.has(name)) counted.set(name, (counted.get(name) ?? 0) + 1);
      }
    }
    if (!applies) return [];
    const over = [...quota.limits].some(([operation, limit]) => (counted.get(operation) ?? 0) > limit);
    return [
      { id: quota.id, at: quota.at, counted, limit: quota.limits, verdict: over ? 'deny' : 'allow', enforce: quota.enforce },
    ];

    function counts(atom: RowDecision['classified']['atoms'][number], who: Principal): boolean {
      return evaluate(quota.when, viewOf(atom, who, input.context)) !== false;
    }
  });
}
