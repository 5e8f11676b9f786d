import { escapeXml } from '../../escape.ts';
import type { ScanFormatter } from '../formats.ts';
import type { ScanFinding } from '../model.ts';
import { unreadReason, unreadSubject, whereWords } from '../words.ts';

/** A suite for each state with a case for each finding, one for what was not read, and one case for all that is as wanted. */
export const scanJunit: ScanFormatter = (report) => {
  const byState = new Map<string, ScanFinding[]>();
  for (const finding of report.findings) {
    const group = byState.get(finding.state);
    if (group === undefined) byState.set(finding.state, [finding]);
    else group.push(finding);
  }
  const suites = [
    ...(report.unread.length === 0
      ? []
      : [
          suite(
            'not read',
            report.unread.map((one) => failing('error', unreadSubject(one), one.why, unreadReason(one))),
            0,
            report.unread.length,
          ),
        ]),
    ...[...byState].map(([state, findings]) =>
      suite(
        state,
        findings.map((finding) =>
          failing(
            'failure',
            `${finding.address}${finding.key === null ? '' : ` ${finding.key}`}`,
            `${finding.verdict}: ${finding.message}`,
            `${whereWords(finding)}\n${finding.id}\n${finding.fix}`,
          ),
        ),
        findings.length,
        0,
      ),
    ),
    suite(
      'as wanted',
      [`      <testcase classname="tags" name="${report.summary.ok + report.summary.inherited} objects"/>`],
      0,
      0,
    ),
  ];
  const tests = report.unread.length + report.findings.length + 1;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="inlane tags scan" tests="${tests}" failures="${report.findings.length}" errors="${report.unread.length}">`,
    ...suites.flat(),
    '</testsuites>',
    '',
  ].join('\n');
};

function suite(name: string, cases: readonly string[], failures: number, errors: number): string[] {
  const head = `  <testsuite name="${escapeXml(name)}" tests="${cases.length}" failures="${failures}" errors="${errors}">`;
  return [head, ...cases, '  </testsuite>'];
}

function failing(tag: 'failure' | 'error', name: string, message: string, text: string): string {
  const told = text.split('\n').map(escapeXml).join('\n');
  return [
    `      <testcase classname="tags" name="${escapeXml(name)}">`,
    `        <${tag} message="${escapeXml(message)}">${told}</${tag}>`,
    '      </testcase>',
  ].join('\n');
}
