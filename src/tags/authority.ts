import { PlannedAtom } from '../classify/atom.ts';
import type { ClassifiedChange } from '../classify/model.ts';
import { PlannedObject } from '../classify/object.ts';
import type { RuleOutcomes } from '../decide/decider.ts';
import { deciderOf } from '../decide/decider.ts';
import { VERDICTS, type Verdict } from '../decide/decision.ts';
import type { DecisionContext } from '../decide/view.ts';
import { resolvePrincipal } from '../lanes/principal.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import { type Operation, unknown } from '../logic/fact.ts';

/** What can be done to an object that stands. An update is one within whatever paths a lane names. */
export const STANDING_OPERATIONS: readonly Operation[] = ['update', 'destroy', 'forget', 'reclassify'];

/** What a rule did on one side and does on the other. `undecided`: whether it holds cannot be told, which never grants and still denies. */
export interface RuleShift {
  readonly kind: 'lane' | 'grant' | 'guard' | 'freeze';
  readonly id: string;
  readonly change: 'covers' | 'no-longer-covers' | 'undecided';
  readonly operations: readonly Operation[];
}

/** A verdict that changed for somebody. */
export interface VerdictShift {
  readonly principal: string;
  readonly operation: Operation;
  readonly before: Verdict;
  readonly after: Verdict;
}

/** Which access a drift changed. */
export interface Shift {
  readonly rules: readonly RuleShift[];
  readonly verdicts: readonly VerdictShift[];
}

/** Whether somebody may now do what was denied or wanted an approval. */
export function widens({ verdicts }: Shift): boolean {
  return verdicts.some(({ before, after }) => VERDICTS.indexOf(after) < VERDICTS.indexOf(before));
}

/** Somebody, as `--as` spells them. */
export interface Actor {
  readonly spelled: string;
  readonly principal: Principal;
}

/** Everybody of the registry, and one whom it does not know of each kind. */
export function actorsOf({ registry }: Ruleset): Actor[] {
  const people = new Set([...registry.people.keys(), ...[...registry.teams.values()].flat()]);
  const spellings = [
    ...[...people].filter((id) => !registry.agents.has(id)).sort(),
    ...[...registry.agents.keys()].sort().map((id) => `agent:${id}`),
    ...['somebody', 'agent:somebody', 'ci:somebody'].filter((id) => !people.has(id) && !registry.agents.has('somebody')),
  ];
  return spellings.map((spelled) => ({ spelled, principal: resolvePrincipal(spelled, {}, registry) }));
}

/**
 * Decides both sides with the evaluator of the gate: the object as its state says it is tagged, and as it was found (or as it would be
 * after a repair). Pure.
 */
export function shiftOf(
  was: ClassifiedChange,
  is: ClassifiedChange,
  ruleset: Ruleset,
  actors: readonly Actor[],
  context: DecisionContext,
): Shift {
  const rules = new Map<string, { shift: Omit<RuleShift, 'operations'>; operations: Set<Operation> }>();
  const verdicts: VerdictShift[] = [];
  for (const operation of STANDING_OPERATIONS) {
    const [before, after] = [standingAtom(was, operation), standingAtom(is, operation)];
    if (before === null || after === null) continue;
    for (const { spelled, principal } of actors) {
      const decider = deciderOf(ruleset, principal, context);
      const [x, y] = [decider.verdict(before), decider.verdict(after)];
      if (x !== y) verdicts.push({ principal: spelled, operation, before: x, after: y });
      for (const shift of ruleShifts(decider.outcomes(before), decider.outcomes(after))) {
        const key = JSON.stringify(shift);
        const kept = rules.get(key) ?? { shift, operations: new Set<Operation>() };
        kept.operations.add(operation);
        rules.set(key, kept);
      }
    }
  }
  const told = [...rules.values()].map(({ shift, operations }) => ({ ...shift, operations: [...operations] }));
  return { rules: told.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)), verdicts };
}

const sortKey = ({ kind, id, change }: RuleShift): string => `${kind}\0${id}\0${change}`;

/** The operation on an object that stands as the row's before side says. Nothing else of the plan is asked: there is none. */
function standingAtom({ before }: ClassifiedChange, operation: Operation): PlannedAtom | null {
  if (!(before instanceof PlannedObject)) return null;
  const why = 'no plan shows what is done besides';
  const relations = {
    dependents: () => unknown('dependents', why),
    successor: () => ({ value: 'unknown' as const, why }),
  };
  return new PlannedAtom(operation, before, () => [], relations, { replaces: false, reason: null });
}

function ruleShifts(before: RuleOutcomes, after: RuleOutcomes): Omit<RuleShift, 'operations'>[] {
  const lanes = shifts(
    idsOf(before.grants.map(({ rule, value }) => ({ rule, value: value === true }))),
    idsOf(after.grants.map(({ rule, value }) => ({ rule, value: value === true }))),
  );
  const guards = shifts(idsOf([...before.denies, ...before.obligations]), idsOf([...after.denies, ...after.obligations]));
  return [...lanes, ...guards];
}

type Ids = ReadonlyMap<string, { readonly kind: RuleShift['kind']; readonly id: string; readonly value: boolean | 'unknown' }>;

/** Enforced rules by kind and id; several lines of one lane are one lane. */
function idsOf(
  outcomes: readonly {
    readonly rule: { readonly kind: RuleShift['kind']; readonly id: string; readonly enforce: boolean };
    readonly value: boolean | 'unknown';
  }[],
): Ids {
  const ids = new Map<string, { kind: RuleShift['kind']; id: string; value: boolean | 'unknown' }>();
  for (const { rule, value } of outcomes) {
    if (!rule.enforce || value === false) continue;
    const key = `${rule.kind}\0${rule.id}`;
    if (ids.get(key)?.value !== true) ids.set(key, { kind: rule.kind, id: rule.id, value });
  }
  return ids;
}

function shifts(before: Ids, after: Ids): Omit<RuleShift, 'operations'>[] {
  const found: Omit<RuleShift, 'operations'>[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    const { kind, id } = (was ?? is) as NonNullable<typeof was>;
    const [x, y] = [was?.value ?? false, is?.value ?? false];
    if (x === y) continue;
    found.push({ kind, id, change: y === 'unknown' ? 'undecided' : y === true ? 'covers' : 'no-longer-covers' });
  }
  return found;
}
