import { describe, expect, it } from 'vitest';
import { scanReport } from '../../../src/report/scan/build.ts';
import { SCAN_FORMATS } from '../../../src/report/scan/formats.ts';
import type { ScanReport } from '../../../src/report/scan/model.ts';
import { htmlProblems, junitProblems, rendered, sarifRun } from '../formats/valid.ts';
import { hostileScan, scanOf } from './samples.ts';

async function inFormat(name: string, report: ScanReport): Promise<string> {
  const format = SCAN_FORMATS.get(name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return (await format.load())(report, { width: 100, colour: false });
}

const reports = new Map([
  ['clean', scanReport(scanOf({}))],
  ['every verdict', scanReport(scanOf({ drifted: true, unread: true, unmanaged: true }))],
  ['hostile', scanReport(hostileScan())],
]);

describe.each([...reports])('a scan: %s', (name, report) => {
  it('is valid SARIF', async () => {
    const run = sarifRun(await inFormat('sarif', report));
    expect(run.results?.length).toBe(report.findings.length + report.unread.length);
    expect(run.invocations?.[0]?.executionSuccessful).toBe(report.verdict !== 'undecided');
  });
  it('is valid JUnit, and its counts are those of the report', async () => {
    const text = await inFormat('junit', report);
    expect(await junitProblems(new Map([[`${name}.xml`, text]]))).toEqual([]);
    expect(text.match(/<failure/g)?.length ?? 0).toBe(report.findings.length);
    expect(text.match(/<error/g)?.length ?? 0).toBe(report.unread.length);
  });
  it('is a valid page', async () => expect(await htmlProblems(await inFormat('html', report))).toEqual([]));
  it('is Markdown of nothing but tables and lists', async () => {
    const html = rendered(await inFormat('markdown', report));
    expect(html).not.toMatch(/<(?:script|img|a|iframe|code)\b/);
    expect(html.match(/<tr>/g)?.length ?? 0).toBe(
      [report.unread, report.findings, report.unmanaged].reduce((sum, list) => sum + (list.length > 0 ? list.length + 1 : 0), 0),
    );
  });
  it('tells what was not read before anything else, in text', async () => {
    const text = await inFormat('text', report);
    expect(text.split('\n')[0]).toMatch(/^(?:CLEAN|DRIFT|UNDECIDED) {2}/);
    if (report.unread.length === 0) return;
    expect(text.split('\n')[0]).toContain('PARTIAL');
    expect(text.indexOf('not read')).toBeLessThan(text.indexOf('fix:'));
  });
});
