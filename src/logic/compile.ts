import type { Value } from '../plan/value.ts';
import { type Condition, evaluate, type Leaf } from './condition.ts';
import type { ChangeView, FactState } from './fact.ts';
import { compileGlob } from './glob.ts';
import type { Kleene } from './kleene.ts';
import { type Matcher, match } from './matcher.ts';

/** A condition ready to be asked of many changes: what `evaluate` says, without a trace. */
export type Compiled = (view: ChangeView) => Kleene;

const compiled = new WeakMap<Condition, Compiled>();

/** Compiles a condition once. */
export function compile(condition: Condition): Compiled {
  let known = compiled.get(condition);
  if (known === undefined) {
    known = compileNew(condition);
    compiled.set(condition, known);
  }
  return known;
}

function compileNew(condition: Condition): Compiled {
  switch (condition.op) {
    case 'all':
      return every(condition.of.map(compile));
    case 'any':
      return some(gathered(condition.of).map(compile));
    case 'not': {
      const inner = compile(condition.of);
      return (view) => {
        const value = inner(view);
        return value === 'unknown' ? value : !value;
      };
    }
    default:
      return compileLeaf(condition);
  }
}

function every(parts: readonly Compiled[]): Compiled {
  const [first, second] = parts;
  if (first !== undefined && parts.length === 1) return first;
  if (first !== undefined && second !== undefined && parts.length === 2)
    return (view) => {
      const a = first(view);
      if (a === false) return false;
      const b = second(view);
      return b === false ? false : a === true ? b : 'unknown';
    };
  return (view) => {
    let result: Kleene = true;
    for (const part of parts) {
      const value = part(view);
      if (value === false) return false;
      if (value === 'unknown') result = value;
    }
    return result;
  };
}

function some(parts: readonly Compiled[]): Compiled {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return (view) => {
    let result: Kleene = false;
    for (const part of parts) {
      const value = part(view);
      if (value === true) return true;
      if (value === 'unknown') result = value;
    }
    return result;
  };
}

function compileLeaf(leaf: Leaf): Compiled {
  switch (leaf.op) {
    case 'do':
      return (view) => leaf.operations.has(view.operation);
    case 'fact':
      return compileFact(leaf);
    default:
      return (view) => evaluate(leaf, view);
  }
}

/** What asks for texts of the same fact is asked at once: alternatives look at it one time. The order of the others stays. */
function gathered(alternatives: readonly Condition[]): readonly Condition[] {
  const tests = new Map<string, Matcher[]>();
  const others = alternatives.filter((one) => {
    if (one.op !== 'fact' || textTest(one.test) === null) return true;
    const known = tests.get(one.key);
    const of = one.test.is === 'any' ? one.test.of : [one.test];
    if (known === undefined) tests.set(one.key, [...of]);
    else known.push(...of);
    return false;
  });
  return [...[...tests].map(([key, of]): Condition => ({ op: 'fact', key, test: { is: 'any', of } })), ...others];
}

/** A text or one of several is most of what rules ask: a look into a set. Everything else goes through the matcher itself. */
function compileFact({ key, test }: Leaf & { op: 'fact' }): Compiled {
  const negated = test.is === 'not';
  const inner = negated ? test.of : test;
  const holds = textTest(inner);
  if (holds === null) return (view) => match(test, view.fact(key).state, (other) => view.fact(other).state);
  return (view) => {
    const { state } = view.fact(key);
    // An absent fact proves nothing when negated (lanes.md 4).
    if (state.kind === 'absent') return negated ? 'unknown' : false;
    const value = within(holds, state);
    return negated && value !== 'unknown' ? !value : value;
  };
}

type TextTest = (text: string) => boolean;

/** What a matcher asks of a text, where it asks nothing else. */
function textTest(matcher: Matcher): TextTest | null {
  const texts = new Set<string>();
  const globs: TextTest[] = [];
  for (const one of matcher.is === 'any' ? matcher.of : [matcher]) {
    if (one.is === 'glob') globs.push(compileGlob(one.pattern));
    else if (one.is === 'equals' && typeof one.value === 'string') texts.add(one.value);
    else return null;
  }
  const [only] = texts;
  if (globs.length === 0) return texts.size === 1 ? (text) => text === only : (text) => texts.has(text);
  const [like] = globs;
  if (texts.size === 0 && globs.length === 1) return like as TextTest;
  return (text) => {
    if (texts.has(text)) return true;
    for (const glob of globs) if (glob(text)) return true;
    return false;
  };
}

function within(holds: TextTest, state: Exclude<FactState, { kind: 'absent' }>): Kleene {
  switch (state.kind) {
    case 'value':
      return isText(holds, state.value);
    case 'unknown':
      return 'unknown';
    case 'members': {
      let result: Kleene = state.open === null ? false : 'unknown';
      for (const [value, sure] of state.members) {
        const one = isText(holds, value);
        if (one === true && sure === true) return true;
        if (one !== false) result = 'unknown';
      }
      return result;
    }
  }
}

/** No coercion: a value of another type is neither equal nor different; null is no text. */
function isText(holds: TextTest, value: Value): Kleene {
  if (typeof value === 'string') return holds(value);
  return value === null ? false : 'unknown';
}
