import type { ChangeView, Fact, Operation, SuccessorTest } from './fact.ts';
import { both, either, type Kleene, not } from './kleene.ts';
import { describe, type Matcher, match } from './matcher.ts';
import { coversBelow, matchPath, mayMatchBelow, type PathPattern } from './path.ts';

/** What a rule asks of one atomic change. Leaves are sets of values, so rules stay readable and provable. */
export type Condition =
  | { readonly op: 'all'; readonly of: readonly Condition[] }
  | { readonly op: 'any'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  | Leaf;

export type Leaf =
  | { readonly op: 'do'; readonly operations: ReadonlySet<Operation> }
  | { readonly op: 'fact'; readonly key: string; readonly test: Matcher }
  | {
      readonly op: 'changes';
      readonly how: 'only' | 'any' | 'none';
      readonly paths: readonly PathPattern[];
      readonly text: string;
    }
  | { readonly op: 'successor'; readonly test: SuccessorTest };

export const ALWAYS: Condition = { op: 'all', of: [] };
export const NEVER: Condition = { op: 'any', of: [] };

/** Conjunction without the wrapping that one or no condition needs not. */
export function allOf(conditions: readonly Condition[]): Condition {
  const parts = conditions.some((c) => c.op === 'all') ? conditions.flatMap((c) => (c.op === 'all' ? c.of : c)) : conditions;
  const only = parts[0];
  return parts.length === 1 && only ? only : { op: 'all', of: parts };
}

/** Disjunction; of nothing = never. */
export function anyOf(conditions: readonly Condition[]): Condition {
  const only = conditions[0];
  return conditions.length === 1 && only ? only : { op: 'any', of: conditions };
}

/** How one leaf came out; `negated` when it stands under an odd number of `not`s. */
export interface LeafResult {
  readonly leaf: Leaf;
  readonly negated: boolean;
  readonly value: Kleene;
  /** The fact it looked at, where it looked at one. */
  readonly fact: Fact | null;
  /** Why it is unknown, or which object answered. */
  readonly why: string | null;
}

/** Kleene value of a condition. With `trace` every leaf is visited and recorded, whatever the others say. */
export function evaluate(condition: Condition, view: ChangeView, trace?: LeafResult[], negated = false): Kleene {
  switch (condition.op) {
    case 'all': {
      let result: Kleene = true;
      for (let at = 0; at < condition.of.length; at += 1) {
        const value = evaluate(condition.of[at] as Condition, view, trace, negated);
        if (value === false && trace === undefined) return false;
        result = both(result, value);
      }
      return result;
    }
    case 'any': {
      let result: Kleene = false;
      for (let at = 0; at < condition.of.length; at += 1) {
        const value = evaluate(condition.of[at] as Condition, view, trace, negated);
        if (value === true && trace === undefined) return true;
        result = either(result, value);
      }
      return result;
    }
    case 'not':
      return not(evaluate(condition.of, view, trace, !negated));
    default:
      return evaluateLeaf(condition, view, trace, negated);
  }
}

function evaluateLeaf(leaf: Leaf, view: ChangeView, trace: LeafResult[] | undefined, negated: boolean): Kleene {
  switch (leaf.op) {
    case 'do': {
      const value = leaf.operations.has(view.operation);
      trace?.push({ leaf, negated, value, fact: null, why: null });
      return value;
    }
    case 'fact': {
      const fact = view.fact(leaf.key);
      const value = match(leaf.test, fact.state, (key) => view.fact(key).state);
      trace?.push({ leaf, negated, value, fact, why: value === 'unknown' ? whyUnknown(leaf, fact, view) : null });
      return value;
    }
    default: {
      const { value, why } = leaf.op === 'changes' ? evaluateChanges(leaf, view) : view.successor(leaf.test);
      trace?.push({ leaf, negated, value, fact: null, why });
      return value;
    }
  }
}

function whyUnknown(leaf: Leaf & { op: 'fact' }, fact: Fact, view: ChangeView): string {
  if (fact.state.kind === 'unknown') return fact.state.why;
  if (fact.state.kind === 'members' && fact.state.open !== null) return fact.state.open;
  if (fact.state.kind === 'absent') return 'absent, which proves nothing under `not`';
  const other = sameAsKeys(leaf.test)
    .map((key) => view.fact(key))
    .find((f) => f.state.kind === 'unknown');
  if (other && other.state.kind === 'unknown') return `${other.key}: ${other.state.why}`;
  return 'its value cannot be compared with the rule (another type, sensitive, or beyond exact numbers)';
}

/** The other facts that a matcher compares with. */
export function sameAsKeys(matcher: Matcher): string[] {
  switch (matcher.is) {
    case 'same_as':
      return [matcher.key];
    case 'not':
      return sameAsKeys(matcher.of);
    case 'any':
    case 'all':
      return matcher.of.flatMap(sameAsKeys);
    default:
      return [];
  }
}

function evaluateChanges(leaf: Leaf & { op: 'changes' }, view: ChangeView): { value: Kleene; why: string | null } {
  const inside = (path: readonly string[], subtree: boolean) =>
    leaf.paths.some((p) => (subtree ? coversBelow(p, path) : matchPath(p, path)));
  if (leaf.how === 'only') {
    const outside = view.changedPaths().filter((c) => !inside(c.path, c.subtree));
    const definite = outside.find((c) => !c.maybe);
    if (definite) return { value: false, why: definite.path.join('.') };
    const maybe = outside[0];
    return maybe ? { value: 'unknown', why: `${maybe.path.join('.')} may change` } : { value: true, why: null };
  }
  let touched: Kleene = false;
  let why: string | null = null;
  for (const change of view.changedPaths()) {
    if (!change.maybe && inside(change.path, false)) {
      touched = true;
      why = change.path.join('.');
      break;
    }
    if (
      leaf.paths.some((p) => matchPath(p, change.path) || ((change.maybe || change.subtree) && mayMatchBelow(p, change.path)))
    ) {
      touched = 'unknown';
      why = `${change.path.join('.')} may change`;
    }
  }
  return { value: leaf.how === 'any' ? touched : not(touched), why };
}

/** Whether the condition looks at the clock. */
export function looksAtTime(condition: Condition): boolean {
  switch (condition.op) {
    case 'all':
    case 'any':
      return condition.of.some(looksAtTime);
    case 'not':
      return looksAtTime(condition.of);
    case 'fact':
      return condition.key === 'now';
    default:
      return false;
  }
}

/** A leaf in plain words: the key and what the rule wants of it. */
export function describeLeaf(leaf: Leaf): { fact: string; wants: string } {
  switch (leaf.op) {
    case 'do':
      return { fact: 'do', wants: [...leaf.operations].join(', ') };
    case 'fact':
      return { fact: leaf.key, wants: describe(leaf.test) };
    case 'changes':
      return { fact: 'changes', wants: `${leaf.how} ${leaf.text}` };
    case 'successor':
      return {
        fact: 'successor',
        wants: leaf.test.same.length > 0 ? `${leaf.test.want} with the same ${leaf.test.same.join(', ')}` : leaf.test.want,
      };
  }
}
