import type { ClassifiedPlan } from '../classify/classify.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import type { Reason } from './decision.ts';
import type { DecisionContext } from './view.ts';

/** What a plan is decided on. */
export interface DecideInput {
  readonly plan: Pick<ClassifiedPlan, 'plan' | 'ranAtPlan'>;
  /** The rows of `plan`, materialised once by the caller. */
  readonly rows: readonly ClassifiedChange[];
  readonly ruleset: Ruleset;
  /** Who acts, then the person acted for, if any: each decides, the stricter result stands. */
  readonly principals: readonly [Principal, ...Principal[]];
  readonly context: DecisionContext;
  /** Reasons of other judges (tag findings) that deny a row or would. */
  readonly verdictsOfOthers: ReadonlyMap<ClassifiedChange, readonly Reason[]>;
}
