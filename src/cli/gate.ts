import { InlaneError } from '../errors.ts';
import type { ExitCode } from '../report/report.ts';
import { reportSet } from '../report/set.ts';
import { assertPlans, runDeciding } from './command.ts';
import { showDefect } from './failure.ts';
import type { CliIo } from './io.ts';
import { readOptions } from './options.ts';

/** `inlane gate [PLAN...]`. */
export async function gateCommand(
  plans: readonly string[],
  given: Readonly<Record<string, unknown>>,
  io: CliIo,
): Promise<ExitCode> {
  const options = readOptions(given, io);
  assertPlans(plans, 'gate');
  return runDeciding(plans, options, 'plan', io, async () => {
    const gate = await io.loadGate();
    const { reports } = await gate({ ...options.gate, plans, onDefect: (error) => void showDefect(error, io) });
    if (reports.length !== plans.length) {
      throw new InlaneError(
        'internal',
        `${plans.length} plans, ${reports.length} reports`,
        'this is a defect of inlane: report it',
      );
    }
    return reports.length === 1 && reports[0] ? reports[0] : reportSet(reports);
  });
}
