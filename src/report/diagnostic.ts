import type { InlaneError, Problem } from '../errors.ts';
import type { PlanFile } from '../plan/model.ts';
import { spellPlace } from './place.ts';
import type { ReportDiagnostic } from './report.ts';

/** What went wrong: one line for the error, or one for each place where a lane file is wrong, the first of which the error repeats. */
export function errorDiagnostics(error: InlaneError): readonly ReportDiagnostic[] {
  const { code, problems } = error;
  if (problems.length === 0) return [{ code, severity: 'error', message: error.message, hint: error.hint }];
  return problems.map(({ message, hint, at }) => ({
    code,
    severity: 'error',
    message,
    hint: hint ?? (problems.length === 1 ? error.hint : null),
    ...(at === null ? {} : { at: spellPlace(at) }),
  }));
}

/** What a reader should know of the plan besides the verdict, by how many changes it has and whether a rule asked for dependents; what the plan's reader said already is not said again. */
export function diagnosticsOf(
  plan: PlanFile,
  { changes, dependents }: { readonly changes: number; readonly dependents: boolean },
): readonly ReportDiagnostic[] {
  const own: ReportDiagnostic[] = [];
  if (changes === 0) {
    own.push({
      code: 'plan-empty',
      severity: 'note',
      message: 'the plan changes nothing: there was nothing to decide',
      hint: null,
    });
  }
  for (const check of plan.checks) {
    if (check.status === 'pass') continue;
    const severity = check.status === 'fail' || check.status === 'error' ? 'warning' : 'note';
    own.push({ code: `check-${check.status}`, severity, message: `check \`${check.address}\`: ${check.status}`, hint: null });
  }
  if (plan.complete === null && changes > 0) {
    own.push({
      code: 'plan-complete-unknown',
      severity: 'note',
      message: 'the plan does not say whether it is complete',
      hint: 'a plan made with `-target` leaves changes out: make it without',
    });
  }
  if (dependents) {
    own.push({
      code: 'dependents-elsewhere',
      severity: 'note',
      message: '`dependents` sees this plan and its state only: what other states refer to is not seen',
      hint: null,
    });
  }
  const said = new Set(plan.diagnostics.map((diagnostic) => diagnostic.code));
  return [
    ...plan.diagnostics.map(({ code, severity, message, hint }) => ({ code, severity, message, hint })),
    ...own.filter((d) => !said.has(d.code)),
  ];
}

/** A warning of the lane files' reader. */
export function laneDiagnostic({ message, hint, at }: Problem): ReportDiagnostic {
  return { code: 'lanes', severity: 'warning', message, hint, ...(at === null ? {} : { at: spellPlace(at) }) };
}
