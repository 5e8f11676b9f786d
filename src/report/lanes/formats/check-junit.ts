import { escapeXml } from '../../escape.ts';
import type { CheckReport } from '../checked.ts';
import { reasonWords } from '../witness-words.ts';

interface Case {
  readonly name: string;
  /** Null = in no place of a file. */
  readonly at: string | null;
  /** Null = it passed. */
  readonly failure: {
    readonly message: string;
    /** Escaped; its line ends are ours. */
    readonly text: string;
    readonly error: boolean;
  } | null;
}

/** One test case per entry of `tests`, per `never` and per lint of severity error (of any severity under --strict). */
export function checkJunit(report: CheckReport): string {
  const suites: [string, readonly Case[]][] = [
    ['tests', report.tests.map(testCase)],
    ['never', report.never.map(neverCase)],
    ['lint', lintCases(report)],
    ['load', report.diagnostics.filter(({ severity }) => severity === 'error').map(loadCase)],
  ];
  const all = suites.filter(([, cases]) => cases.length > 0);
  const cases = all.flatMap(([, own]) => own);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="inlane lanes check" ${counts(cases)}>`,
    ...all.flatMap(([name, own]) => [
      `  <testsuite name="${name}" ${counts(own)}>`,
      ...own.flatMap((one) => testcase(name, one)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function counts(cases: readonly Case[]): string {
  const errors = cases.filter(({ failure }) => failure?.error).length;
  const failures = cases.filter(({ failure }) => failure !== null && !failure.error).length;
  return `tests="${cases.length}" failures="${failures}" errors="${errors}"`;
}

function testcase(suite: string, { name, at, failure }: Case): string[] {
  const head = `    <testcase classname="${suite}" name="${escapeXml(at === null ? name : `${name} (${at})`)}"`;
  if (failure === null) return [`${head}/>`];
  const tag = failure.error ? 'error' : 'failure';
  return [`${head}>`, `      <${tag} message="${escapeXml(failure.message)}">${failure.text}</${tag}>`, '    </testcase>'];
}

function testCase({ at, summary, words, expect, got, passed, because }: CheckReport['tests'][number]): Case {
  const message = `expected ${expect}, got ${got}`;
  const text = because.map((r) => escapeXml(r.at === null ? reasonWords(r) : `${reasonWords(r)} (${r.at})`)).join('\n');
  return { name: summary ?? words, at, failure: passed ? null : { message, text, error: false } };
}

function neverCase({ id, at, outcome, reason, counterexample: found }: CheckReport['never'][number]): Case {
  if (outcome === 'proved') return { name: id, at, failure: null };
  const message = outcome === 'refuted' ? `refuted: ${found?.words ?? ''}` : `inconclusive: ${reason ?? ''}`;
  return { name: id, at, failure: { message, text: escapeXml(found?.test ?? ''), error: outcome === 'inconclusive' } };
}

function lintCases({ lint, strict }: CheckReport): Case[] {
  return lint
    .filter(({ severity }) => strict || severity === 'error')
    .map(({ code, id, at, message, hint }) => ({
      name: id === '' ? code : `${code} ${id}`,
      at,
      failure: { message, text: escapeXml(hint), error: code === 'inconclusive' },
    }));
}

function loadCase({ code, message, hint, at }: CheckReport['diagnostics'][number]): Case {
  return { name: code, at: at ?? null, failure: { message, text: escapeXml(hint ?? ''), error: true } };
}
