import { escapeText } from '../../escape.ts';
import { Page, whole } from '../../formats/layout.ts';
import { count } from '../../formats/words.ts';
import type { CheckedNever, CheckedTest, CheckReport } from '../checked.ts';
import { reasonWords } from '../witness-words.ts';

const WORDS = { passed: 'PASSED', failed: 'FAILED', undecided: 'UNDECIDED' } as const;

/** What to do about a proof that stays open. */
const INCONCLUSIVE = 'this is no pass; use fewer globs, or fewer conditions on one fact';

/** Untouched rules that are named before the rest is counted. */
const MOST_NAMED = 12;

/** `inlane lanes check` for people: the word first, then what is wrong, then what was looked at. */
export function checkText(report: CheckReport, options: { readonly width: number; readonly colour: boolean }): string {
  const page = new Page(options.width, options.colour);
  const colour = report.outcome === 'passed' ? 'green' : report.outcome === 'failed' ? 'red' : 'magenta';
  const word = page.paint(WORDS[report.outcome], colour, 'bold');
  if (report.rules === null) {
    page.line(0, `${word}  the rules cannot be read`);
    return page.toString();
  }
  page.line(0, `${word}  ${report.rules.files.map(({ path }) => escapeText(path)).join(', ')}: ${countsOf(report)}`);
  for (const test of report.tests.filter(({ passed }) => !passed)) failedTest(page, test);
  for (const never of report.never.filter(({ outcome }) => outcome !== 'proved')) openNever(page, never);
  for (const { code, severity, at, message, hint } of report.lint) {
    if (code === 'untested') continue;
    page.gap();
    const word = page.paint(severity, severity === 'error' ? 'red' : 'yellow');
    page.line(0, `${word}[${code}] ${at === null ? '' : `${whole(at)}: `}${escapeText(message)}`);
    page.line(2, escapeText(hint));
  }
  coverage(page, report);
  const proved = report.never.filter(({ outcome }) => outcome === 'proved');
  if (proved.length > 0) {
    page.gap();
    page.line(0, `proved over every single change: never ${proved.map(({ id }) => escapeText(id)).join(', ')}`);
    page.line(2, `outside of proofs: ${report.outside.join(', ')}`);
  }
  return page.toString();
}

function countsOf({ tests, never, lint, coverage: { rules, touched } }: CheckReport): string {
  const passed = tests.filter((test) => test.passed).length;
  const proved = never.filter(({ outcome }) => outcome === 'proved').length;
  const errors = lint.filter(({ severity }) => severity === 'error').length;
  const warnings = lint.filter(({ severity, code }) => severity === 'warning' && code !== 'untested').length;
  return [
    tests.length === 0 ? 'no tests' : `${passed} of ${count(tests.length, 'test')} ${tests.length === 1 ? 'passes' : 'pass'}`,
    never.length === 0 ? 'no `never`' : `${proved} of ${never.length} \`never\` proved`,
    `${touched} of ${count(rules, 'rule')} tested`,
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ].join(', ');
}

function failedTest(page: Page, test: CheckedTest): void {
  page.gap();
  const name = test.summary === null ? '' : ` ${escapeText(test.summary)}:`;
  page.line(0, `${page.paint('test failed', 'red')} ${whole(test.at)}:${name} ${escapeText(test.words)}`);
  page.line(2, `expected ${test.expect}, got ${test.got}`);
  for (const reason of test.because)
    page.line(4, `${escapeText(reasonWords(reason))}${reason.at === null ? '' : ` (${whole(reason.at)})`}`);
  for (const { fact, why } of test.unknown) page.line(4, `${escapeText(fact)} is unknown: ${escapeText(why)}`);
}

function openNever(page: Page, never: CheckedNever): void {
  page.gap();
  const why = never.why === null ? '' : `: ${escapeText(never.why)}`;
  page.line(
    0,
    `${page.paint(`never ${never.outcome}`, never.outcome === 'refuted' ? 'red' : 'magenta')} ${escapeText(never.id)} (${whole(never.at)})${why}`,
  );
  if (never.reason !== undefined) page.line(2, `${escapeText(never.reason)}: ${INCONCLUSIVE}`);
  const found = never.counterexample;
  if (found === undefined) return;
  page.line(
    2,
    `${escapeText(found.words)}: ${found.verdict}, ${found.by.kind} ${escapeText(found.by.id)} (${whole(found.by.at)})`,
  );
  page.line(
    2,
    found.hosted
      ? 'where the CI host vouches for who acts, which a test cannot spell; otherwise as'
      : 'as a test, which fails today:',
  );
  page.block(4, `tests:\n  ${found.test}`);
}

/** Rules of one name stand together, with the lines of those that no test touches. */
function coverage(page: Page, { coverage: { untouched }, tests }: CheckReport): void {
  if (untouched.length === 0 || tests.length === 0) return;
  const byName = new Map<string, string[]>();
  for (const { kind, id, at } of untouched) {
    const [, file = '', line = ''] = /^(.*):(\d+):\d+$/s.exec(at) ?? [];
    const name = `${kind} ${escapeText(id)} (${whole(file)}:`;
    byName.set(name, [...(byName.get(name) ?? []), line]);
  }
  page.gap();
  const named = [...byName].slice(0, MOST_NAMED).map(([name, lines]) => `${name}${lines.join(',')})`);
  const more = byName.size > MOST_NAMED ? ` and ${byName.size - MOST_NAMED} more names` : '';
  page.line(0, `no test touches ${count(untouched.length, 'rule')}: ${named.join(', ')}${more}`);
}
