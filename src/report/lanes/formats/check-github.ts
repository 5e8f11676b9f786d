import { escapeCommandData, escapeCommandProperty } from '../../escape.ts';
import type { CheckReport } from '../checked.ts';

/** Workflow commands, one per thing that is wrong: annotations at the lines of the lane files. GitHub shows the first ten of a kind. */
export function checkGithub(report: CheckReport): string {
  const isUntested = ({ code }: CheckReport['lint'][number]) => code === 'untested';
  const lint = [...report.lint.filter((one) => !isUntested(one)), ...report.lint.filter(isUntested)];
  const lines = [
    ...report.tests
      .filter(({ passed }) => !passed)
      .map((test) => command('error', 'test failed', test.at, `${test.words}: expected ${test.expect}, got ${test.got}`)),
    ...report.never
      .filter(({ outcome }) => outcome !== 'proved')
      .map(({ id, at, outcome, reason, counterexample: found }) =>
        command(
          'error',
          `never ${id} ${outcome}`,
          at,
          found ? `${found.words}: ${found.verdict} by ${found.by.kind} ${found.by.id}\n${found.test}` : (reason ?? ''),
        ),
      ),
    ...report.diagnostics.map(({ code, severity, message, hint, at }) =>
      command(severity === 'error' ? 'error' : 'warning', code, at ?? null, hint === null ? message : `${message}; ${hint}`),
    ),
    ...lint.map(({ code, severity, at, message, hint }) =>
      command(severity === 'error' || report.strict ? 'error' : 'warning', code, at, `${message}; ${hint}`),
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function command(level: 'error' | 'warning', title: string, at: string | null, message: string): string {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/s.exec(at ?? '') ?? [];
  const place = file === undefined ? [] : [`file=${escapeCommandProperty(file)}`, `line=${line}`, `col=${column}`];
  return `::${level} ${[...place, `title=${escapeCommandProperty(`inlane: ${title}`)}`].join(',')}::${escapeCommandData(message)}`;
}
