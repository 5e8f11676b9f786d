import { loadClasses } from '../providers/classes.ts';
import { comparePlaces, InlaneError } from './errors.ts';
import type { ReadRules } from './lanes/cascade.ts';
import { type Environment, resolvePrincipal } from './lanes/principal.ts';
import { rulesOf } from './lanes/rules-of.ts';
import type { Ruleset } from './lanes/ruleset.ts';
import { type Side, sideOf } from './lanes/sides.ts';
import { type Condition, looksAtTime } from './logic/condition.ts';
import { askedOf, conditionsOf } from './prove/asked.ts';
import { Inconclusive } from './prove/cube.ts';
import { differences } from './prove/diff.ts';
import { runExamples } from './prove/examples.ts';
import { type Lint, lintRules } from './prove/lint.ts';
import { lintTests } from './prove/lint-tests.ts';
import { matrixOf } from './prove/matrix.ts';
import { prove } from './prove/never.ts';
import { Space } from './prove/space.ts';
import { loadTypes, type TypeKnowledge } from './prove/types.ts';
import { Verdicts } from './prove/verdicts.ts';
import { laneDiagnostic } from './report/diagnostic.ts';
import { type CheckReport, checkReport } from './report/lanes/checked.ts';
import { type ComparedStack, type DiffReport, diffReport } from './report/lanes/compared.ts';
import { type Matrix, type Shown, shownMatrix, shownRules } from './report/lanes/shown.ts';
import type { ReportDiagnostic } from './report/report.ts';

/** Where rules are read from, and at what time they are looked at. */
export interface AnalyseOptions {
  readonly lanes?: readonly string[] | undefined;
  readonly stack?: string | undefined;
  readonly rulesFrom?: string | undefined;
  /**
   * Milliseconds since the epoch. Undefined = tests that spell no time see none, and nothing is called expired; what somebody may do
   * is told as of the clock.
   */
  readonly now?: number | undefined;
  readonly cwd: string;
  readonly env: Environment;
  /** Where lane files are read from instead of the working tree, for rules that no file holds yet. */
  readonly read?: ReadRules | undefined;
}

/**
 * The rules flow: load -> tests -> lint -> proofs -> report. Throws InlaneError where the rules cannot be read; a proof that
 * runs out of its budget is an undecided report.
 */
export async function checkLanes(options: AnalyseOptions & { readonly strict: boolean }): Promise<CheckReport> {
  const { ruleset, diagnostics } = await rulesOf({ ...options, classNames: classNames() });
  const types = await loadTypes();
  const now = options.now ?? null;
  const examples = runExamples(ruleset, types, now);
  const rest = { ruleset, examples, strict: options.strict, diagnostics: diagnostics.map(laneDiagnostic) };
  const onTests = lintTests(ruleset, types, examples.coverage);
  try {
    const [verdicts] = verdictsOf([ruleset], types);
    const proofs = ruleset.never.map((never) => prove(never, verdicts, types));
    return checkReport({ ...rest, proofs, lint: inOrder([...lintRules(verdicts, types, now), ...onTests]) });
  } catch (error) {
    if (!(error instanceof Inconclusive)) throw error;
    // The whole space is too large: no proof at all can be given.
    const proofs = ruleset.never.map((never) => ({ never, outcome: 'inconclusive' as const, why: error.message }));
    return checkReport({ ...rest, proofs, lint: onTests });
  }
}

/** Compares the rules of two files, or of every stack of two folders or commits. A question too large to answer is undecided. */
export async function diffLanes(
  names: { readonly old: string; readonly new: string },
  options: { readonly cwd: string; readonly env: Environment; readonly noNewAccess: boolean },
): Promise<DiffReport> {
  const side = { ...options, classNames: classNames() };
  const before = await sideOf(names.old, side);
  const after = await sideOf(names.new, side);
  const types = await loadTypes();
  const stacks: ComparedStack[] = [];
  const warnings = new Map<string, ReportDiagnostic>();
  try {
    for (const folder of foldersOf(before, after)) {
      const sides = [await before.load(folder ?? ''), await after.load(folder ?? '')] as const;
      for (const warning of sides.flatMap(({ diagnostics }) => diagnostics.map(laneDiagnostic)))
        warnings.set(JSON.stringify(warning), warning);
      stacks.push({ folder, ...compared(sides[0].ruleset, sides[1].ruleset, types) });
    }
    return diffReport(names, stacks, options.noNewAccess, [...warnings.values()]);
  } catch (error) {
    if (!(error instanceof Inconclusive)) throw error;
    const hint = 'compare smaller files, or rules with fewer globs on one fact';
    const diagnostic = { code: 'inconclusive', severity: 'error' as const, message: `inconclusive: ${error.message}`, hint };
    return diffReport(names, stacks, options.noNewAccess, [...warnings.values(), diagnostic]);
  }
}

/** The same files, level by level, decide the same. */
function compared(before: Ruleset, after: Ruleset, types: TypeKnowledge): Omit<ComparedStack, 'folder'> {
  const files = ({ files: all }: Ruleset) => JSON.stringify(all.map(({ level, sha256 }) => [level, sha256]));
  if (files(before) === files(after)) return { space: null, differences: { found: [], more: [] } };
  const [old, now] = verdictsOf([before, after], types);
  return { space: old.space, differences: differences(old, now as Verdicts, types) };
}

/** The effective rules in words; with `as`, what that principal may do. Throws `usage` where that is too much to tell. */
export async function showLanes(
  options: AnalyseOptions & { readonly as?: string | undefined },
): Promise<{ readonly shown: Shown; readonly diagnostics: readonly ReportDiagnostic[] }> {
  const loaded = await rulesOf({ ...options, classNames: classNames() });
  const { ruleset } = loaded;
  const diagnostics = loaded.diagnostics.map(laneDiagnostic);
  if (options.as === undefined) return { shown: shownRules(ruleset, options.now), diagnostics };
  // Without a rule about time the clock has no say, and stands nowhere.
  const now = options.now ?? Date.now();
  const timed = options.now !== undefined || askedOf([ruleset]).instants.length > 0 || conditionsOf(ruleset).some(looksAtTime);
  try {
    const shown = {
      ...shownRules(ruleset, timed ? now : undefined),
      matrix: matrix(options.as, ruleset, await loadTypes(), now),
    };
    return { shown, diagnostics };
  } catch (error) {
    if (!(error instanceof Inconclusive)) throw error;
    throw new InlaneError(
      'usage',
      `what \`${options.as}\` may do cannot be told: ${error.message}`,
      'show the rules without --as',
    );
  }
}

/** At one time: a freeze of next month says nothing of what may be done today. */
function matrix(as: string, ruleset: Ruleset, types: TypeKnowledge, now: number): Matrix {
  const principal = resolvePrincipal(as, {}, ruleset.registry);
  const classes = [...types.builtin.keys(), ...ruleset.classes.keys()];
  const conditions = classes.map((value): Condition => ({ op: 'fact', key: 'class', test: { is: 'equals', value } }));
  const declared =
    ruleset.attributes.get('environment') ?? [...ruleset.attributes.values()].find(({ values }) => values !== null);
  const attribute = declared?.values ? declared.name : null;
  const values = [...new Set(declared?.values?.values() ?? []), 'unknown'];
  if (attribute !== null) conditions.push({ op: 'fact', key: attribute, test: { is: 'exists', want: true } });
  const space = new Space([ruleset], askedOf([ruleset], { conditions, actors: [as] }), types);
  const answers = matrixOf(new Verdicts(space, 0), { principal, classes, attribute, values, now });
  return shownMatrix(principal, answers, { attribute, values, isCross: (name) => types.builtin.get(name)?.cross ?? false });
}

/** One space over all rulesets, so that their verdicts can be compared point by point. */
function verdictsOf(rulesets: readonly [Ruleset, ...Ruleset[]], types: TypeKnowledge): [Verdicts, ...Verdicts[]] {
  const space = new Space(rulesets, askedOf(rulesets), types);
  return rulesets.map((_, index) => new Verdicts(space, index)) as [Verdicts, ...Verdicts[]];
}

/** Null = two files, compared with each other. */
function foldersOf(before: Side, after: Side): readonly (string | null)[] {
  if (before.folders === null && after.folders === null) return [null];
  return [...new Set([...(before.folders ?? []), ...(after.folders ?? [])])].sort();
}

function classNames(): ReadonlySet<string> {
  return new Set(loadClasses().keys());
}

function inOrder(lint: readonly Lint[]): Lint[] {
  return [...lint].sort((a, b) => comparePlaces(a.at, b.at));
}
