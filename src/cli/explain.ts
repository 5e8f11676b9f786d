import { InlaneError } from '../errors.ts';
import type { ExitCode } from '../report/report.ts';
import { reportOfRow } from '../report/row.ts';
import { assertPlans, runDeciding } from './command.ts';
import { showDefect } from './failure.ts';
import type { CliIo } from './io.ts';
import { readOptions, usage } from './options.ts';

/** `inlane explain ADDRESS [PLAN]`. */
export async function explainCommand(
  address: string,
  plan: string | undefined,
  given: Readonly<Record<string, unknown>>,
  io: CliIo,
): Promise<ExitCode> {
  const options = readOptions(given, io);
  if (address === '') throw usage('the address is empty', 'spell it as `inlane gate` does');
  const plans = plan === undefined ? [] : [plan];
  assertPlans(plans, 'explain ADDRESS');
  return runDeciding(plans, options, 'row', io, async () => {
    const gate = await io.loadGate();
    // The row may be one that is allowed.
    const { reports } = await gate({ ...options.gate, lines: 'all', plans, onDefect: (error) => void showDefect(error, io) });
    const [report] = reports;
    if (report === undefined || reports.length !== 1) {
      throw new InlaneError('internal', `1 plan, ${reports.length} reports`, 'this is a defect of inlane: report it');
    }
    return reportOfRow(report, address);
  });
}
