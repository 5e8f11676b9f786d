import { escapeText } from '../escape.ts';
import type { Report, ReportDiagnostic } from '../report.ts';
import { Page, whole } from './layout.ts';

/** One line each: `error[lanes-invalid] inlane.yaml:3:1: what is wrong; what to do`. */
export function showDiagnostics(page: Page, diagnostics: readonly ReportDiagnostic[]): void {
  for (const { code, severity, message, hint, at } of diagnostics) {
    const place = at === undefined ? '' : ` ${whole(at)}`;
    page.line(
      0,
      `${severity}[${escapeText(code)}]${place}: ${escapeText(message)}${hint === null ? '' : `; ${escapeText(hint)}`}`,
    );
  }
}

/** For standard error; empty where there is nothing to say. Not wrapped: one line each. */
export function diagnosticsText(reports: readonly Report[], severities: readonly ReportDiagnostic['severity'][]): string {
  const page = new Page(Infinity, false);
  const said = new Set<string>();
  for (const report of reports) {
    const fresh = report.diagnostics.filter((d) => severities.includes(d.severity) && !said.has(JSON.stringify(d)));
    for (const diagnostic of fresh) said.add(JSON.stringify(diagnostic));
    showDiagnostics(page, fresh);
  }
  return said.size === 0 ? '' : page.toString();
}
