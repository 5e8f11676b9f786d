import type { ClassifiedChange } from '../classify/model.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Quota } from '../lanes/ruleset.ts';
import { evaluate } from '../logic/condition.ts';
import type { QuotaResult } from './decision.ts';
import type { DecideInput } from './input.ts';
import { viewOf } from './view.ts';

/** Counts distinct (row, operation) pairs whose conditions are true or unknown; `any` counts all of them (lanes.md 4). */
export class QuotaCounter {
  readonly #input: Pick<DecideInput, 'principals' | 'context'>;
  readonly #counts: readonly { readonly quota: Quota; readonly counted: Map<string, number>; applies: boolean }[];

  constructor(input: Pick<DecideInput, 'ruleset' | 'principals' | 'context'>) {
    this.#input = input;
    this.#counts = input.ruleset.quotas.map((quota) => ({
      quota,
      counted: new Map([...quota.limits.keys()].map((operation) => [operation, 0])),
      applies: false,
    }));
  }

  add({ atoms }: ClassifiedChange): void {
    for (const count of this.#counts) {
      const { quota, counted } = count;
      const counts = (atom: ClassifiedChange['atoms'][number], who: Principal) =>
        evaluate(quota.when, viewOf(atom, who, this.#input.context)) !== false;
      const operations = new Set(
        atoms.filter((atom) => this.#input.principals.some((who) => counts(atom, who))).map((atom) => atom.operation),
      );
      for (const operation of operations) {
        count.applies = true;
        for (const name of [operation, 'any']) if (counted.has(name)) counted.set(name, (counted.get(name) ?? 0) + 1);
      }
    }
  }

  /** Quotas that concern some row. */
  results(): readonly QuotaResult[] {
    return this.#counts.flatMap(({ quota, counted, applies }): QuotaResult[] => {
      if (!applies) return [];
      const over = [...quota.limits].some(([operation, limit]) => (counted.get(operation) ?? 0) > limit);
      const verdict = over ? 'deny' : 'allow';
      return [{ id: quota.id, at: quota.at, counted, limit: quota.limits, verdict, enforce: quota.enforce }];
    });
  }
}
