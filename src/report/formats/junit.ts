import { escapeText, escapeXml } from '../escape.ts';
import type { Formatter } from '../formats.ts';
import { spellRow } from '../place.ts';
import type { Report, ReportChange, ReportDiagnostic, ReportFinding } from '../report.ts';
import { explained } from './explained.ts';
import { setWords, sourceOf } from './headline.ts';
import { doesNothing } from './idle.ts';
import { plain } from './layout.ts';
import { waysOut } from './ways.ts';
import { operationWords, principalWords, reasonWords } from './words.ts';

/** Nothing is escaped yet; texts are words, whose lines are ours. */
interface Case {
  readonly classname: string;
  readonly name: string;
  /** Null = it passed. */
  readonly failure: {
    readonly tag: 'failure' | 'error';
    readonly type: string;
    readonly message: string;
    readonly lines: readonly string[];
  } | null;
  readonly out: readonly string[];
}

/**
 * One suite for each plan and one case for each decided row, as Jenkins and GitLab read them. A denied row fails. So does a row that
 * waits for an approval, of type `needs-approval`: the exit code is not 0 either, and a skipped case would count as passed. A plan
 * that was not decided is an error.
 */
export const junit: Formatter<string> = (report, options) => {
  const isSet = report.format === 'inlane-report-set/1';
  const reports = isSet ? report.reports : [report];
  const suites = reports.map((one) => ({ one, cases: casesOf(one, options.changedOnly === true) }));
  const name = `inlane ${options.view === 'row' ? 'explain' : 'gate'}${isSet ? `: ${plain(setWords(report))}` : ''}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" ${counts(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap(({ one, cases }) => suiteLines(one, cases)),
    '</testsuites>',
    '',
  ].join('\n');
};

function suiteLines(report: Report, cases: readonly Case[]): readonly string[] {
  const { plan, rules, verdict, exit, observe, principal } = report;
  // The errors of an undecided plan stand in its case.
  const diagnostics = report.diagnostics.filter(({ severity }) => verdict !== 'undecided' || severity !== 'error');
  const properties: readonly (readonly [string, string])[] = [
    ['verdict', verdict],
    ['exit', String(exit)],
    ['observe', String(observe)],
    ['principal', plain(principalWords(principal))],
    ['inlane', report.tool.version],
    ...(plan === null || plan.sha256 === null ? [] : [['plan.sha256', plan.sha256] as const]),
    ...(rules === null ? [] : [['rules.sha256', rules.sha256] as const]),
  ];
  const told = diagnostics.map(diagnosticLine);
  return [
    `  <testsuite name="${escapeXml(plan === null ? 'no plan' : escapeText(plan.path))}" ${counts(cases)}>`,
    '    <properties>',
    ...properties.map(([name, value]) => `      <property name="${name}" value="${escapeXml(value)}"/>`),
    '    </properties>',
    ...cases.flatMap(caseLines),
    ...block('    ', 'system-err', told),
    '  </testsuite>',
  ];
}

function counts(cases: readonly Case[]): string {
  const failed = (tag: 'failure' | 'error') => cases.filter(({ failure }) => failure?.tag === tag).length;
  return `tests="${cases.length}" failures="${failed('failure')}" errors="${failed('error')}"`;
}

function caseLines({ classname, name, failure, out }: Case): readonly string[] {
  const head = `    <testcase classname="${escapeXml(escapeText(classname))}" name="${escapeXml(escapeText(name))}"`;
  if (failure === null && out.length === 0) return [`${head}/>`];
  const failed =
    failure === null
      ? []
      : block(
          '      ',
          failure.tag,
          failure.lines,
          ` type="${escapeXml(failure.type)}" message="${escapeXml(plain(failure.message))}"`,
        );
  return [`${head}>`, ...failed, ...block('      ', 'system-out', out), '    </testcase>'];
}

function block(indent: string, tag: string, lines: readonly string[], attributes = ''): readonly string[] {
  if (lines.length === 0) return attributes === '' ? [] : [`${indent}<${tag}${attributes}/>`];
  return [`${indent}<${tag}${attributes}>${lines.map((line) => escapeXml(plain(line))).join('\n')}</${tag}>`];
}

function casesOf(report: Report, changedOnly: boolean): readonly Case[] {
  const rows = changedOnly ? report.changes.filter((change) => !doesNothing(change)) : report.changes;
  const byAddress = new Map<string, ReportFinding[]>();
  for (const finding of report.findings) {
    const row = finding.address === null ? '' : spellRow({ address: finding.address, deposed: finding.deposed ?? null });
    byAddress.set(row, [...(byAddress.get(row) ?? []), finding]);
  }
  const cases = rows.map((row) => rowCase(row, byAddress.get(spellRow(row)) ?? []));
  const named = new Set(report.changes.map(spellRow));
  const apart = [...byAddress].filter(([row]) => !named.has(row)).flatMap(([, own]) => own);
  const whole = wholeCase(report, apart);
  return whole === null ? cases : [whole, ...cases];
}

/** What is said of the plan and of no row. Null where nothing is. */
function wholeCase(report: Report, findings: readonly ReportFinding[]): Case | null {
  const of = { classname: 'plan', name: 'the plan as a whole', out: findings.map(findingLine) };
  if (report.verdict === 'undecided') {
    const errors = report.diagnostics.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const message = first === undefined ? 'nothing was decided' : escapeText(first.message);
    return { ...of, failure: { tag: 'error', type: first?.code ?? 'undecided', message, lines: errors.map(diagnosticLine) } };
  }
  const because = report.because ?? [];
  const counts = because.filter((reason) => !reason.observed);
  const out = [...because.filter((reason) => reason.observed).map(reasonWords), ...of.out];
  if (counts.length === 0) return out.length === 0 ? null : { ...of, failure: null, out };
  const [first] = counts;
  const lines = [...counts.map(reasonWords), ...waysLines(report.remedies ?? [])];
  return {
    ...of,
    out,
    failure: { tag: 'failure', type: first?.kind ?? 'plan', message: counts.map(reasonWords).join('; '), lines },
  };
}

function rowCase(row: ReportChange, findings: readonly ReportFinding[]): Case {
  const of = { classname: row.type, name: spellRow(row) };
  const told = explained([row], false);
  const lines = told.decisions.flatMap(({ what, verdict, reasons, unknown, nearest }) => [
    ...(reasons.length === 1 ? [`${what}: ${reasons[0]}`] : [`${what}: ${verdict}`, ...reasons]),
    ...unknown,
    ...nearest,
  ]);
  const out = findings.map(findingLine);
  if (row.verdict === 'allow') return { ...of, failure: null, out: [...lines, ...out] };
  const source = sourceOf(row);
  const where = source === null ? [] : [`in ${escapeText(source)}`];
  const facts = told.facts.map((fact) => `fact: ${fact}`);
  const message = `${operationWords(row)}: ${row.verdict}`;
  const all = [...where, ...lines, ...facts, ...waysLines(told.remedies)];
  return { ...of, out, failure: { tag: 'failure', type: row.verdict, message, lines: all } };
}

function waysLines(remedies: ReturnType<typeof explained>['remedies']): readonly string[] {
  const { edits, asks, grant } = waysOut(remedies, { remedies: Infinity, grants: Infinity });
  const indented = (text: string) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => `    ${escapeText(line)}`);
  return [
    ...edits.flatMap(({ words, insert }) => [`way out: ${words}`, ...(insert === null ? [] : indented(insert))]),
    ...asks.map((ask) => `way out: ${ask}`),
    ...(grant === null ? [] : [`way out: ${grant.words}`, ...indented(grant.yaml)]),
  ];
}

function diagnosticLine({ code, severity, message, hint, at }: ReportDiagnostic): string {
  const place = at === undefined ? '' : ` ${escapeText(at)}`;
  return `${severity}[${escapeText(code)}]${place}: ${escapeText(message)}${hint === null ? '' : `; ${escapeText(hint)}`}`;
}

function findingLine({ code, severity, message, fix, observed }: ReportFinding): string {
  const word = observed ? `would ${severity}` : severity;
  return `${escapeText(code)} (${word}): ${escapeText(message)}${fix === null ? '' : `; ${escapeText(fix.text)}`}`;
}
