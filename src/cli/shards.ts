import type { Command } from 'commander';
import { errorDiagnostics } from '../report/diagnostic.ts';
import type { FormatTable } from '../report/formats.ts';
import { collected, jsonChunks, type Streamed } from '../report/json.ts';
import type { ExitCode } from '../report/report.ts';
import { undecidedScan } from '../report/scan/build.ts';
import { SCAN_FORMATS, type ScanFormatter } from '../report/scan/formats.ts';
import type { ScanReport } from '../report/scan/model.ts';
import { undecidedShards } from '../report/shards/build.ts';
import { SHARDS_FORMATS } from '../report/shards/formats.ts';
import type { ShardsReport } from '../report/shards/model.ts';
import { asInlaneError } from './failure.ts';
import type { CliIo } from './io.ts';
import { addOptions, formatOption, givenOptions, type OptionRow } from './options.ts';
import { openOutputs, type Rendered, type Rendering } from './output.ts';
import { Progress } from './progress.ts';
import { print, scanOptions } from './scan-options.ts';

type Words = Readonly<Record<string, unknown>>;

/** Options of a scan that its first pass has no use for. */
const SECOND_PASS = ['unmanaged', 'older-than', 'shard', 'owner', 'checkpoint', 'workers', 'targets', 'format'];

const MERGE_OPTIONS: readonly OptionRow[] = [formatOption(SCAN_FORMATS)];

/** Adds `inlane tags shards` and `inlane tags merge`; `scan`: the options of `inlane tags scan`. */
export function addShards(tags: Command, scan: readonly OptionRow[], io: CliIo, finish: (code: ExitCode) => void): void {
  const options = [...scan.filter(({ name }) => !SECOND_PASS.includes(name)), formatOption(SHARDS_FORMATS)];
  addOptions(tags.command('shards [STATE...]'), options)
    .summary('split a scan over many machines')
    .description(
      'Splits the accounts and regions that states speak of into shards, one for each account or at most --shards of about equal numbers of objects, and prints them as a matrix for a pipeline. A shard never spans two clouds.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 there are shards, 2 there is nothing to scan, or it could not be told.\n\nExample:\n  inlane tags shards states/ --shards 50 --format github\n  inlane tags scan states/ --shards 50 --shard aws-07 --format shard=aws-07.jsonl\n  inlane tags merge *.jsonl --format html=drift.html',
    )
    .action(async (states: string[], given: Words) => finish(await shards(states, given, io)));
  addOptions(tags.command('merge [RESULT...]'), MERGE_OPTIONS)
    .summary('join the results of shards into one report')
    .description(
      'Makes the report that a scan by one machine would have made. RESULT is what `inlane tags scan --shard NAME --format shard=FILE` wrote; in any order, a shard twice counts once, and shards without a result are named. JSON is written in memory that does not grow with the report; the other formats hold it whole.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 every tag is as wanted, 1 findings, 2 something was not read or a shard is missing (the report is partial).\n\nExample:\n  inlane tags merge results/*.jsonl --format text --format json=drift.json',
    )
    .action(async (results: string[], given: Words) => finish(await merge(results, given, io)));
}

async function shards(states: readonly string[], words: Words, io: CliIo): Promise<ExitCode> {
  const given = givenOptions(words, io);
  const outputs = await openOutputs(given.many('format') ?? ['text'], SHARDS_FORMATS, io);
  const progress = new Progress(given.flag('quiet') ? null : io.stderr);
  let report: ShardsReport;
  try {
    const options = scanOptions(states, given, io);
    const { planShards } = await import('../reconcile.ts');
    report = await planShards({ ...options, unmanaged: false, olderThan: undefined, onProgress: (step) => progress.step(step) });
  } catch (error) {
    report = undecidedShards(errorDiagnostics(await asInlaneError(error, io)));
  } finally {
    await progress.end();
  }
  await print(report, outputs, io, (format, how) => format(report, how));
  return report.exit;
}

type MergePrinter = (report: Streamed<ScanReport>, how: Rendering) => Rendered;

const MERGE_FORMATS: FormatTable<MergePrinter> = new Map(
  [...SCAN_FORMATS].map(([name, { summary, load }]) => [name, { summary, load: printerOf(name, load) }] as const),
);

/** JSON comes piece by piece; for the others the report is read into memory. */
function printerOf(name: string, load: () => Promise<ScanFormatter>): () => Promise<MergePrinter> {
  if (name === 'json') return async () => jsonChunks;
  return async () => {
    const format = await load();
    return (report, how) => format(collected<ScanReport>(report), how);
  };
}

async function merge(results: readonly string[], words: Words, io: CliIo): Promise<ExitCode> {
  const given = givenOptions(words, io);
  const outputs = await openOutputs(given.many('format') ?? ['text'], MERGE_FORMATS, io);
  const { mergeShards } = await import('../merge/merge.ts');
  let merged: { readonly report: Streamed<ScanReport>; close(): void };
  try {
    merged = mergeShards(results, io.cwd);
  } catch (error) {
    merged = { report: undecidedScan(errorDiagnostics(await asInlaneError(error, io))), close: () => {} };
  }
  try {
    const { diagnostics, exit } = merged.report;
    await print({ diagnostics: [...diagnostics] as ScanReport['diagnostics'] }, outputs, io, (format, how) =>
      format(merged.report, how),
    );
    return exit;
  } finally {
    merged.close();
  }
}
