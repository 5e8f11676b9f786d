import { undecidedReport } from '../report/build.ts';
import { FORMATS } from '../report/formats.ts';
import { type ExitCode, processExit, type Report, type ReportSet } from '../report/report.ts';
import { reportSet } from '../report/set.ts';
import { asInlaneError } from './failure.ts';
import type { CliIo } from './io.ts';
import { type CommonOptions, usage } from './options.ts';
import { openOutputs, type Presentation, writeOutputs } from './output.ts';

/**
 * Runs one deciding command: opens what it writes to, decides, prints. An error while deciding becomes an undecided report,
 * which goes the same way as any other; one before or after that is thrown.
 */
export async function runDeciding(
  plans: readonly string[],
  options: CommonOptions,
  view: Presentation['view'],
  io: CliIo,
  decide: () => Promise<Report | ReportSet>,
): Promise<ExitCode> {
  const outputs = await openOutputs(options.formats, FORMATS, io);
  let report: Report | ReportSet;
  try {
    report = await decide();
  } catch (error) {
    const reason = await asInlaneError(error, io);
    const reports = plans.map((path) => undecidedReport(reason, { path, observe: options.gate.observe ?? false }));
    report = reports.length === 1 && reports[0] ? reports[0] : reportSet(reports);
  }
  await writeOutputs(report, outputs, { view, quiet: options.quiet, changedOnly: options.changedOnly }, io);
  return processExit(report);
}

/** There is no plan to guess: say how one is made. */
export function assertPlans(plans: readonly string[], command: string): void {
  if (plans.length === 0) {
    throw usage(
      'no plan is given',
      `make one with \`terraform plan -out=tfplan\` and \`terraform show -json tfplan > plan.json\`, then \`inlane ${command} plan.json\``,
    );
  }
  if (plans.filter((plan) => plan === '-').length > 1) throw usage('`-` is given twice', 'standard input holds one plan');
  if (plans.includes('')) throw usage('the name of a plan is empty', 'give a file, or `-` for standard input');
}
