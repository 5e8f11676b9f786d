import { pathText } from './address.ts';
import type { Json } from './json.ts';
import type { Sides } from './side.ts';
import { isList, member, Sensitive, UNKNOWN, type Value } from './value.ts';

/**
 * `replace_paths` as texts. A path ends where a sensitive value begins: the keys below are secret too.
 * A member of a set, spelled in the plan by its whole value, becomes `*`. `sides` are read where a path has more than one step.
 */
export function replacePaths(given: Json | undefined, sides: () => Pick<Sides, 'before' | 'after'>, faults: string[]): string[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given) || !given.every((path: Json) => Array.isArray(path))) {
    faults.push('`replace_paths` is no list of paths');
    return [];
  }
  const paths = given as readonly (readonly Json[])[];
  // A side itself is never sensitive: only what stands below a first step may be.
  const { before, after } = paths.some((path) => path.length > 1) ? sides() : NOTHING;
  const texts = paths.map((path) => pathOf(path, before ?? undefined, after ?? undefined));
  // Most name one path.
  return texts.length < 2 ? texts : [...new Set(texts)];
}

const NOTHING = { before: null, after: null };

function pathOf(path: readonly Json[], was: Value | undefined, is: Value | undefined): string {
  let shown = '';
  let steps: string[] = [];
  let before = was;
  let after = is;
  for (const [at, step] of path.entries()) {
    if (before instanceof Sensitive || after instanceof Sensitive) break;
    if (typeof step === 'string' || typeof step === 'number') {
      steps.push(String(step));
      // What stands at the end is not shown, and values are read when they are asked for.
      if (at === path.length - 1) break;
      before = below(before, step);
      after = below(after, step);
    } else {
      // Which member is meant cannot be told, so neither can what is sensitive below it.
      shown = steps.length === 0 ? '*' : `${pathText(steps)}.*`;
      steps = [];
      break;
    }
  }
  return shown === '' ? pathText(steps) : shown;
}

function below(value: Value | undefined, step: string | number): Value | undefined {
  if (value === UNKNOWN) return value;
  if (isList(value)) return value[Number(step)];
  return member(value, String(step));
}
