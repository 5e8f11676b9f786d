import { laneDiagnostic } from './report/diagnostic.ts';
import { scanReport } from './report/scan/build.ts';
import type { ScanReport } from './report/scan/model.ts';
import { Checkpoint } from './scan/checkpoint.ts';
import { judge, shiftKey } from './scan/judge.ts';
import { look, sweptTarget } from './scan/look.ts';
import type { CallCount } from './scan/pace.ts';
import { readStates } from './scan/read.ts';
import type { ReadSummary } from './scan/record.ts';
import { inputsOf, prepare, type ScanOptions } from './scan/run.ts';

export type { ScanOptions, ScanProgress } from './scan/run.ts';

export interface ScanResult {
  readonly report: ScanReport;
  /** Requests by API; not part of the report, since retries differ from run to run. */
  readonly calls: ReadonlyMap<string, CallCount>;
}

/**
 * The tag flow: wanted -> found -> findings. States are read one by one and what they want is sorted by target onto disk; targets are
 * looked at side by side; access is judged by the gate's own evaluator for what drifted. Throws InlaneError where nothing can be done;
 * what one target or state refuses is part of the report.
 */
export async function scanTags(options: ScanOptions): Promise<ScanResult> {
  const run = await prepare(options);
  const checkpoint = new Checkpoint<ReadSummary>(options.checkpoint ?? null, options.cwd);
  try {
    const inputs = inputsOf(run);
    const manifest = checkpoint.manifest(inputs) ?? (await readStates(run, checkpoint, inputs));
    await look(manifest.targets, run, checkpoint);
    const targets = manifest.targets.map((spooled) => sweptTarget(spooled, checkpoint));
    const shifts = await judge(targets, manifest.read, run);
    const report = scanReport({
      read: manifest.read,
      targets,
      shiftOf: (result) => shifts.get(shiftKey(result)) ?? null,
      ruleset: run.ruleset,
      ownerKeys: run.ownerKeys,
      diagnostics: run.warnings.map(laneDiagnostic),
    });
    return { report, calls: run.clouds.pace.counts };
  } finally {
    await run.clouds.close();
    checkpoint.close();
  }
}
