import type { UnknownFact, Verdict } from '../../decide/decision.ts';
import type { Place } from '../../errors.ts';
import type { Ruleset, RuleTest } from '../../lanes/ruleset.ts';
import type { Coverage, ExampleResult } from '../../prove/examples.ts';
import type { Lint, LintCode } from '../../prove/lint.ts';
import type { Proof } from '../../prove/never.ts';
import { reportRules } from '../build.ts';
import { spellPlace } from '../place.ts';
import type { ReportDiagnostic, ReportRules } from '../report.ts';
import { TOOL } from '../tool.ts';
import { testEntry } from './entry.ts';
import { operationInWords } from './witness-words.ts';

/** What became of a check. `undecided`: a proof ran out of its budget, or nothing could be read. */
export type CheckOutcome = 'passed' | 'failed' | 'undecided';

/** `inlane lanes check`: the one object that its formats print and its exit code comes from. Keys in this order. */
export interface CheckReport {
  readonly format: 'inlane-check/1';
  readonly tool: typeof TOOL;
  readonly outcome: CheckOutcome;
  readonly exit: 0 | 1 | 2;
  /** Warnings fail, too. */
  readonly strict: boolean;
  readonly rules: ReportRules | null;
  readonly tests: readonly CheckedTest[];
  /** How many rules some test touches, and which none does. */
  readonly coverage: { readonly rules: number; readonly touched: number; readonly untouched: readonly CheckedRule[] };
  readonly never: readonly CheckedNever[];
  readonly lint: readonly CheckedLint[];
  /** What no proof speaks of. */
  readonly outside: readonly string[];
  readonly diagnostics: readonly ReportDiagnostic[];
}

export interface CheckedRule {
  readonly kind: string;
  readonly id: string;
  readonly at: string;
}

export interface CheckedTest {
  readonly at: string;
  readonly summary: string | null;
  /** The change in words. */
  readonly words: string;
  readonly expect: Verdict;
  readonly got: Verdict;
  readonly passed: boolean;
  /** The rules that decided. */
  readonly because: readonly { readonly kind: string; readonly id: string | null; readonly at: string | null }[];
  readonly unknown: readonly UnknownFact[];
}

export interface CheckedNever {
  readonly id: string;
  readonly at: string;
  readonly why: string | null;
  readonly outcome: 'proved' | 'refuted' | 'inconclusive';
  /** Why it is inconclusive. */
  readonly reason?: string;
  readonly counterexample?: Counterexample;
}

/** A change that the rules let through although a proof says never: replayed through the evaluator. */
export interface Counterexample {
  readonly words: string;
  readonly verdict: Verdict;
  /** What grants it. */
  readonly by: CheckedRule;
  readonly facts: Readonly<Record<string, unknown>>;
  /** A ready entry of `tests`, which fails today. */
  readonly test: string;
  /** The CI host vouches for who acts, which a test cannot spell. */
  readonly hosted: boolean;
}

export interface CheckedLint {
  readonly code: LintCode;
  readonly severity: 'warning' | 'error';
  readonly at: string | null;
  readonly id: string;
  readonly message: string;
  readonly hint: string;
}

export interface Checked {
  readonly ruleset: Ruleset;
  readonly examples: { readonly results: readonly ExampleResult[]; readonly coverage: Coverage };
  readonly proofs: readonly Proof[];
  readonly lint: readonly Lint[];
  readonly strict: boolean;
  readonly diagnostics: readonly ReportDiagnostic[];
}

/** What single changes cannot show (lanes.md 6). */
export const OUTSIDE = ['quotas', 'tag findings', 'partial plans', 'sequences of plans'] as const;

export function checkReport({ ruleset, examples, proofs, lint, strict, diagnostics }: Checked): CheckReport {
  const failed =
    examples.results.some(({ passed }) => !passed) ||
    proofs.some(({ outcome }) => outcome === 'refuted') ||
    lint.some(({ severity }) => severity === 'error' || strict);
  const open = proofs.some(({ outcome }) => outcome === 'inconclusive') || lint.some(({ code }) => code === 'inconclusive');
  const outcome = open ? 'undecided' : failed ? 'failed' : 'passed';
  const { touched, untouched } = examples.coverage;
  return {
    format: 'inlane-check/1',
    tool: TOOL,
    outcome,
    exit: EXITS[outcome],
    strict,
    rules: reportRules(ruleset),
    tests: examples.results.map(checkedTest),
    coverage: { rules: touched + untouched.length, touched, untouched: untouched.map(checkedRule) },
    never: proofs.map(checkedNever),
    lint: lint.map(checkedLint),
    outside: OUTSIDE,
    diagnostics,
  };
}

/** Nothing could be read: only diagnostics. */
export function undecidedCheck(diagnostics: readonly ReportDiagnostic[], strict: boolean): CheckReport {
  return {
    format: 'inlane-check/1',
    tool: TOOL,
    outcome: 'undecided',
    exit: 2,
    strict,
    rules: null,
    tests: [],
    coverage: { rules: 0, touched: 0, untouched: [] },
    never: [],
    lint: [],
    outside: OUTSIDE,
    diagnostics,
  };
}

const EXITS = { passed: 0, failed: 1, undecided: 2 } as const;

function checkedTest({ test, decision, passed }: ExampleResult): CheckedTest {
  return {
    at: spellPlace(test.at),
    summary: test.summary,
    words: operationInWords(test),
    expect: test.expect,
    got: decision.verdict,
    passed,
    because: decision.because.filter((r) => !r.observed).map(({ kind, id, at }) => ({ kind, id, at: at && spellPlace(at) })),
    unknown: decision.unknown.map(({ fact, path, why }) => ({ fact, path, why })),
  };
}

function checkedNever(proof: Proof): CheckedNever {
  const { id, at, why } = proof.never;
  const base = { id, at: spellPlace(at), why, outcome: proof.outcome };
  switch (proof.outcome) {
    case 'proved':
      return base;
    case 'inconclusive':
      return { ...base, reason: proof.why };
    case 'refuted':
      return {
        ...base,
        counterexample: {
          words: operationInWords(proof.witness.test),
          verdict: proof.verdict,
          by: checkedRule(proof.by),
          facts: factsOf(proof.witness.test),
          test: testEntry(proof.witness.test),
          hosted: proof.witness.hosted,
        },
      };
  }
}

/** What could not be looked at is no warning: nothing was told of it, and the check is undecided. */
function checkedLint(lint: Lint): CheckedLint {
  const severity = lint.code === 'inconclusive' ? 'error' : lint.severity;
  return { ...lint, severity, at: lint.at.file === '' ? null : spellPlace(lint.at) };
}

function factsOf(test: RuleTest): Readonly<Record<string, unknown>> {
  const facts = [...test.with].map(([key, value]) => [key, value] as const);
  return Object.fromEntries([...facts, ...(test.survivors === null ? [] : [['successor', test.survivors] as const])]);
}

function checkedRule({ kind, id, at }: { readonly kind: string; readonly id: string; readonly at: Place }): CheckedRule {
  return { kind, id, at: spellPlace(at) };
}
