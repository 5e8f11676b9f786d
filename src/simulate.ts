import { gateEach } from './gate.ts';
import type { GateOptions } from './report/options.ts';
import { Simulation, type SimulationReport } from './report/simulation/simulated.ts';
import type { FoundFile } from './surroundings/files.ts';

export interface SimulateOptions {
  /** At least one. */
  readonly files: readonly FoundFile[];
  /** Everything that decides, besides the plans. */
  readonly gate: Omit<GateOptions, 'plans' | 'now'>;
  /** Rules to compare with: lane files or a commit; null = none. */
  readonly baseline: Pick<GateOptions, 'lanes' | 'rulesFrom'> | null;
  /** Milliseconds since the epoch: one time for all plans and both rules. */
  readonly now: number;
  readonly noNewAccess: boolean;
  /** Told after each file. */
  readonly onProgress?: (done: number, all: number) => Promise<void>;
}

/**
 * The flow of `inlane simulate`: the gate over many plans, under one set of rules or two, one plan after the other. A file that cannot be
 * decided is counted and named. Throws InlaneError where the rules or options are wrong.
 */
export async function simulate({
  files,
  gate,
  baseline,
  now,
  noNewAccess,
  onProgress,
}: SimulateOptions): Promise<SimulationReport> {
  const simulation = new Simulation({ compares: baseline !== null, noNewAccess });
  const plans = files.map(({ shown }) => shown);
  const { lanes: _, rulesFrom: __, ...shared } = gate;
  const after = gateEach({ ...gate, plans, now });
  const before = baseline === null ? null : gateEach({ ...shared, ...baseline, plans, now });
  for (const [index, { shown, named }] of files.entries()) {
    const report = await after.next();
    const other = before === null ? null : await before.next();
    if (report.done || other?.done) throw new Error('a plan without a report');
    simulation.add(shown, named, report.value, other?.value ?? null);
    await onProgress?.(index + 1, files.length);
  }
  return simulation.report();
}
