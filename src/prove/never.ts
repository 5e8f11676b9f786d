import type { Verdict } from '../decide/decision.ts';
import { viewOf } from '../decide/view.ts';
import { InlaneError, type Place } from '../errors.ts';
import type { NeverRule } from '../lanes/ruleset.ts';
import { evaluate } from '../logic/condition.ts';
import { type Cube, Inconclusive } from './cube.ts';
import { contextOf } from './examples.ts';
import { SpelledChange } from './spelled.ts';
import type { TypeKnowledge } from './types.ts';
import type { Verdicts } from './verdicts.ts';
import { replay, shortened, type Witness, witnessOf } from './witness.ts';

export type Proof =
  | { readonly never: NeverRule; readonly outcome: 'proved' }
  | {
      readonly never: NeverRule;
      readonly outcome: 'refuted';
      readonly witness: Witness;
      readonly verdict: Verdict;
      /** The lane or temporary grant that lets it through. */
      readonly by: { readonly kind: 'lane' | 'grant'; readonly id: string; readonly at: Place };
    }
  | { readonly never: NeverRule; readonly outcome: 'inconclusive'; readonly why: string };

/**
 * Proves an entry of `never` over every single atomic change with known or unknown facts (lanes.md 6), or refutes it by a
 * concrete change, which the evaluator itself has allowed. Throws `internal` where prover and evaluator disagree.
 */
export function prove(never: NeverRule, verdicts: Verdicts, types: TypeKnowledge): Proof {
  try {
    const blocked = never.evenWithApproval ? [] : verdicts.asked;
    const anywhere = verdicts.findAllowed(verdicts.regions.of(never.when, 'not-false'), blocked);
    if (anywhere === null) return { never, outcome: 'proved' };
    // A change of which the rule certainly speaks says more than one of which it may.
    const found = verdicts.findAllowed(verdicts.regions.of(never.when, 'true'), blocked) ?? anywhere;
    const wanted: readonly Verdict[] = never.evenWithApproval ? ['allow', 'needs-approval'] : ['allow'];
    const matters = ({ test, principal }: Witness) =>
      evaluate(never.when, viewOf(new SpelledChange(test, verdicts.ruleset, types), principal, contextOf(test, null)));
    const certain = matters(witnessOf(verdicts.space, found.cube, 'deny', 0, types)) === true;
    const { witness, verdict } = replayed(verdicts, found.cube, types, wanted, `\`never\` ${never.id}`, 0, (candidate) =>
      certain ? matters(candidate) === true : matters(candidate) !== false,
    );
    return {
      never,
      outcome: 'refuted',
      witness,
      verdict,
      by: { kind: found.grant.kind, id: found.grant.id, at: found.grant.at },
    };
  } catch (error) {
    if (error instanceof Inconclusive) return { never, outcome: 'inconclusive', why: error.message };
    throw error;
  }
}

/**
 * A witness of a region, once the evaluator has agreed: as short as it gets, else with everything spelled. `holds` says what else
 * must be true of it; facts without which all of that stays so are left out.
 */
export function replayed(
  verdicts: Verdicts,
  cube: Cube,
  types: TypeKnowledge,
  wanted: readonly Verdict[],
  what: string,
  index = 0,
  holds: (witness: Witness) => boolean = () => true,
): { witness: Witness; verdict: Verdict } {
  const verdictOf = (witness: Witness) => replay(witness, verdicts.ruleset, types).verdict;
  for (const whole of [false, true]) {
    const witness = witnessOf(verdicts.space, cube, 'deny', index, types, whole);
    const verdict = verdictOf(witness);
    if (!wanted.includes(verdict) || !holds(witness)) continue;
    const { attributes } = verdicts.ruleset;
    const same = (shorter: Witness): boolean => verdictOf(shorter) === verdict && holds(shorter);
    return { witness: shortened(witness, attributes, same), verdict };
  }
  throw new InlaneError(
    'internal',
    `${what}: the prover found a change that the evaluator decides otherwise; this is a defect of inlane`,
    'report it with the lane files',
  );
}
