import type { FactState } from '../logic/fact.ts';
import { isAnyStep, isAnySteps, type PathPattern } from '../logic/path.ts';
import { isList, isObject, member, type ObjectValue, Sensitive, UNKNOWN, type Unknown, type Value } from '../plan/value.ts';

/** Most nodes that one wildcard path may visit; beyond it the answer is unknown. */
const NODE_BUDGET = 100_000;

/**
 * What an attribute path holds (lanes.md 4): null where an attribute of a known object is null or absent, unknown below an
 * unknown or sensitive value, a set of values where the path has wildcards.
 */
export function lookup(values: ObjectValue | Unknown | null, pattern: PathPattern): FactState {
  if (values === null) return { kind: 'unknown', why: 'this side does not exist', path: pattern.text };
  const first = pattern.steps[0];
  // Most paths are the name of one attribute.
  if (pattern.steps.length === 1 && typeof first === 'string')
    return plain(values === UNKNOWN ? values : member(values, first), pattern);
  const wild = pattern.steps.some((step) => typeof step !== 'string');
  const found: Value[] = [];
  let hidden: string | null = null;
  const work: { node: Value; at: number }[] = [{ node: values, at: 0 }];
  let visited = 0;
  while (work.length > 0) {
    const { node, at } = work.pop() as { node: Value; at: number };
    visited += 1;
    if (visited > NODE_BUDGET) {
      hidden = 'too many values below this path';
      break;
    }
    if (node === UNKNOWN || node instanceof Sensitive) {
      if (at === pattern.steps.length) found.push(node);
      else hidden = node === UNKNOWN ? 'known only after apply' : 'sensitive';
      continue;
    }
    if (at === pattern.steps.length) {
      found.push(node);
      continue;
    }
    const step = pattern.steps[at];
    if (isAnySteps(step)) work.push({ node, at: at + 1 });
    if (typeof step === 'string') {
      const child = childOf(node, step);
      if (child !== undefined) work.push({ node: child, at: at + 1 });
    } else {
      for (const child of childrenOf(node)) work.push({ node: child, at: isAnyStep(step) ? at + 1 : at });
    }
  }
  if (!wild) {
    const value = found[0];
    if (value === undefined && hidden !== null) return { kind: 'unknown', why: hidden, path: pattern.text };
    return plain(value, pattern);
  }
  const members = new Map<Value, true | 'unknown'>();
  for (const value of found) {
    if (value === UNKNOWN) hidden = 'known only after apply';
    else if (value !== null && !isObject(value) && !isList(value)) members.set(value, true);
  }
  return { kind: 'members', members, open: hidden };
}

function plain(value: Value | undefined, pattern: PathPattern): FactState {
  if (value === UNKNOWN) return { kind: 'unknown', why: 'known only after apply', path: pattern.text };
  return { kind: 'value', value: value ?? null };
}

function childOf(node: Value, step: string): Value | undefined {
  if (isList(node)) {
    const index = Number(step);
    return String(index) === step ? node[index] : undefined;
  }
  return member(node, step);
}

function childrenOf(node: Value): readonly Value[] {
  if (isList(node)) return node;
  return isObject(node) ? Object.values(node) : [];
}
