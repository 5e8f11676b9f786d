import { reportRules } from './report/build.ts';
import { laneDiagnostic } from './report/diagnostic.ts';
import { scanReport } from './report/scan/build.ts';
import type { ScanReport } from './report/scan/model.ts';
import { shardLines } from './report/scan/shard.ts';
import { plannedTargets, shardReport } from './report/shards/build.ts';
import type { ShardsReport } from './report/shards/model.ts';
import { Checkpoint } from './scan/checkpoint.ts';
import { judge, shiftKey } from './scan/judge.ts';
import { look, sweptTarget } from './scan/look.ts';
import type { CallCount } from './scan/pace.ts';
import { readStates } from './scan/read.ts';
import type { ReadSummary } from './scan/record.ts';
import { inputsOf, prepare, type ScanOptions } from './scan/run.ts';
import { shardNamed, shardsOf } from './scan/shards.ts';

export type { ScanOptions, ScanProgress } from './scan/run.ts';

export interface ScanResult {
  readonly report: ScanReport;
  /** What `inlane tags merge` takes, line by line; null where no shard was asked for. */
  readonly shard: (() => Iterable<string>) | null;
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
    const shards = options.shard === undefined ? null : shardsOf(manifest.targets, options.shards);
    const shard = shards === null ? null : shardNamed(shards, options.shard ?? '');
    const own = shard?.targets ?? manifest.targets;
    await look(own, run, checkpoint);
    const targets = own.map((spooled) => sweptTarget(spooled, checkpoint));
    const shifts = await judge(targets, manifest.read, run);
    const input = {
      read: manifest.read,
      targets,
      shiftOf: (result: Parameters<typeof shiftKey>[0]) => shifts.get(shiftKey(result)) ?? null,
      ruleset: run.ruleset,
      ownerKeys: run.ownerKeys,
      diagnostics: run.warnings.map(laneDiagnostic),
      shard: null,
      orphans: run.orphans,
    };
    const calls = run.clouds.pace.counts;
    if (shards === null || shard === null) return { report: scanReport(input), shard: null, calls };
    const all = manifest.targets.reduce((sum, { count }) => sum + count, 0);
    const part = { ...input, shard: { name: shard.name, others: all - shard.objects } };
    const lines = { ...part, inputs, plan: plannedTargets(shards), rules: reportRules(run.ruleset) };
    return { report: scanReport(part), shard: () => shardLines(lines), calls };
  } finally {
    await run.clouds.close();
    checkpoint.close();
  }
}

/** Splits a scan into shards by what its states hold: the first pass alone. Throws InlaneError. */
export async function planShards(options: ScanOptions): Promise<ShardsReport> {
  const run = await prepare(options);
  const checkpoint = new Checkpoint<ReadSummary>(null, options.cwd);
  try {
    const { targets, read } = await readStates(run, checkpoint, inputsOf(run));
    return shardReport({
      read,
      shards: shardsOf(targets, options.shards),
      ruleset: run.ruleset,
      diagnostics: run.warnings.map(laneDiagnostic),
    });
  } finally {
    await run.clouds.close();
    checkpoint.close();
  }
}
