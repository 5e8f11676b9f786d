/** Attribute paths (lanes.md 2): steps joined by dots, a list index is a step, a key with dots is written `["a.b"]`. */
export type Path = readonly string[];

const ANY_STEP = Symbol('*');
const ANY_STEPS = Symbol('**');
type PatternStep = string | typeof ANY_STEP | typeof ANY_STEPS;

export interface PathPattern {
  readonly text: string;
  readonly steps: readonly PatternStep[];
}

/** Paths of catalogs and lanes are few, and each is asked of many objects; those that a plan brings must not pile up. */
const MOST_KEPT = 2_048;
const parsed = new Map<string, PathPattern>();

/** Throws a SyntaxError whose message says what is wrong. */
export function parsePattern(text: string): PathPattern {
  let pattern = parsed.get(text);
  if (pattern === undefined) {
    pattern = patternOf(text);
    if (parsed.size >= MOST_KEPT) parsed.clear();
    parsed.set(text, pattern);
  }
  return pattern;
}

function patternOf(text: string): PathPattern {
  return {
    text,
    steps: splitSteps(text).map((step) =>
      step.quoted ? step.text : step.text === '*' ? ANY_STEP : step.text === '**' ? ANY_STEPS : step.text,
    ),
  };
}

function splitSteps(text: string): { text: string; quoted: boolean }[] {
  const steps: { text: string; quoted: boolean }[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '[') {
      const end = closingBracket(text, at);
      const inner = text.slice(at + 1, end);
      let key: unknown;
      try {
        key = JSON.parse(inner);
      } catch {
        key = undefined;
      }
      if (typeof key !== 'string' && typeof key !== 'number') throw new SyntaxError(`\`[${inner}]\` is not a quoted key`);
      steps.push({ text: String(key), quoted: true });
      at = end + 1;
      if (at < text.length && text[at] !== '.' && text[at] !== '[') throw new SyntaxError('a dot is missing after `]`');
    } else {
      let end = at;
      while (end < text.length && text[end] !== '.' && text[end] !== '[') end += 1;
      if (end === at) throw new SyntaxError('a step is empty');
      steps.push({ text: text.slice(at, end), quoted: false });
      at = end;
    }
    if (text[at] !== '.') continue;
    at += 1;
    if (at === text.length) throw new SyntaxError('a step is empty');
  }
  if (steps.length === 0) throw new SyntaxError('the path is empty');
  return steps;
}

function closingBracket(text: string, open: number): number {
  let quoted = false;
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quoted) at += 1;
    else if (text[at] === '"') quoted = !quoted;
    else if (text[at] === ']' && !quoted) return at;
  }
  throw new SyntaxError('`[` is never closed');
}

/** The spelling that `parsePattern` reads back as the same literal steps. */
export { pathText as formatPath } from '../plan/address.ts';

export function matchPath(pattern: PathPattern, path: Path): boolean {
  return matchFrom(pattern.steps, 0, path, 0, 'whole');
}

/** Whether some path at or below `path` may match the pattern. */
export function mayMatchBelow(pattern: PathPattern, path: Path): boolean {
  return matchFrom(pattern.steps, 0, path, 0, 'prefix');
}

/** Whether every path at or below `path` matches the pattern: it ends in `**` and what stands before that covers a prefix. */
export function coversBelow(pattern: PathPattern, path: Path): boolean {
  return pattern.steps[pattern.steps.length - 1] === ANY_STEPS && matchPath(pattern, path);
}

function matchFrom(steps: readonly PatternStep[], s: number, path: Path, p: number, mode: 'whole' | 'prefix'): boolean {
  let at = p;
  for (let i = s; i < steps.length; i += 1) {
    const step = steps[i];
    if (step === ANY_STEPS) {
      if (i === steps.length - 1) return true;
      for (let rest = at; rest <= path.length; rest += 1) if (matchFrom(steps, i + 1, path, rest, mode)) return true;
      return false;
    }
    if (at >= path.length) return mode === 'prefix';
    if (step !== ANY_STEP && step !== path[at]) return false;
    at += 1;
  }
  return at === path.length;
}

/** The literal first steps of a pattern without any wildcard, or null where it has one. */
export function literalSteps(pattern: PathPattern): Path | null {
  return pattern.steps.every((step) => typeof step === 'string') ? (pattern.steps as readonly string[]) : null;
}

export function isAnyStep(step: unknown): boolean {
  return step === ANY_STEP;
}

export function isAnySteps(step: unknown): boolean {
  return step === ANY_STEPS;
}
