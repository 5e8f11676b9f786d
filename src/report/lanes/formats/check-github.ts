import { annotation } from '../../formats/annotation.ts';
import type { CheckReport } from '../checked.ts';

/** Workflow commands, one per thing that is wrong: annotations at the lines of the lane files. GitHub shows the first ten of a kind. */
export function checkGithub(report: CheckReport): string {
  const isUntested = ({ code }: CheckReport['lint'][number]) => code === 'untested';
  const lint = [...report.lint.filter((one) => !isUntested(one)), ...report.lint.filter(isUntested)];
  const lines = [
    ...report.tests
      .filter(({ passed }) => !passed)
      .map((test) => annotation('error', 'test failed', test.at, `${test.words}: expected ${test.expect}, got ${test.got}`)),
    ...report.never
      .filter(({ outcome }) => outcome !== 'proved')
      .map(({ id, at, outcome, reason, counterexample: found }) =>
        annotation(
          'error',
          `never ${id} ${outcome}`,
          at,
          found ? `${found.words}: ${found.verdict} by ${found.by.kind} ${found.by.id}\n${found.test}` : (reason ?? ''),
        ),
      ),
    ...report.diagnostics.map(({ code, severity, message, hint, at }) =>
      annotation(severity === 'error' ? 'error' : 'warning', code, at ?? null, hint === null ? message : `${message}; ${hint}`),
    ),
    ...lint.map(({ code, severity, at, message, hint }) =>
      annotation(severity === 'error' || report.strict ? 'error' : 'warning', code, at, `${message}; ${hint}`),
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
