import type { Command } from 'commander';
import { CLOUD_NAMES } from '../../providers/cloud.ts';
import type { ScanResult } from '../reconcile.ts';
import { errorDiagnostics } from '../report/diagnostic.ts';
import type { FormatTable } from '../report/formats.ts';
import { undecidedRepair } from '../report/repair/build.ts';
import { REPAIR_FORMATS } from '../report/repair/formats.ts';
import type { RepairReport } from '../report/repair/model.ts';
import type { ExitCode } from '../report/report.ts';
import { undecidedScan } from '../report/scan/build.ts';
import { SCAN_FORMATS, type ScanFormatter } from '../report/scan/formats.ts';
import { asInlaneError } from './failure.ts';
import { growSlowly } from './heap.ts';
import type { CliIo } from './io.ts';
import { addOptions, formatOption, givenOptions, type OptionRow, SHARED_OPTIONS, usage } from './options.ts';
import { openOutputs, type Rendered, type Rendering } from './output.ts';
import { Progress } from './progress.ts';
import { numberOf, print, scanOptions } from './scan-options.ts';
import { addShards } from './shards.ts';

type Words = Readonly<Record<string, unknown>>;
type Finish = (code: ExitCode) => void;

/** Options that work as in `gate`. */
const SHARED = ['lanes', 'stack', 'rules-from', 'trust-worktree', 'workspace', 'account', 'now'];

type ScanPrinter = (result: Pick<ScanResult, 'report' | 'shard'>, how: Rendering) => Rendered;

/** The formats of a report, and the result of one shard. */
const SCAN_OUTPUTS: FormatTable<ScanPrinter> = new Map([
  ...[...SCAN_FORMATS].map(([name, { summary, load }]) => [name, { summary, load: printerOf(load) }] as const),
  ['shard', { summary: 'what `inlane tags merge` takes', load: async (): Promise<ScanPrinter> => printShard }],
]);

function printerOf(load: () => Promise<ScanFormatter>): () => Promise<ScanPrinter> {
  return async () => {
    const format = await load();
    return ({ report }, how) => format(report, how);
  };
}

/** A shard that could not be scanned has no result. */
function printShard({ shard }: Pick<ScanResult, 'shard'>): Rendered {
  return shard?.() ?? null;
}

const SCAN_OPTIONS: readonly OptionRow[] = [
  ...SHARED_OPTIONS.filter(({ name }) => SHARED.includes(name)),
  { name: 'cloud', value: 'NAME', repeatable: true, summary: `ask only these: ${CLOUD_NAMES.join(', ')}`, words: CLOUD_NAMES },
  {
    name: 'assume-role',
    value: 'ARN',
    summary: 'AWS role in accounts that are not your own: arn:aws:iam::{account}:role/inlane-scan',
  },
  { name: 'unmanaged', value: null, summary: 'list what stands in the accounts and is in no state' },
  { name: 'older-than', value: 'DURATION', summary: 'with --unmanaged: group what is older as orphans: 30d, 12h' },
  { name: 'shard', value: 'NAME', summary: 'scan only this shard; its result is --format shard=FILE' },
  { name: 'shards', value: 'NUMBER', summary: 'as `inlane tags shards` was given it (default: one for each account)' },
  { name: 'owner', value: 'ATTRIBUTE', repeatable: true, summary: 'attribute whose tag says whose it is (default: owner, team)' },
  { name: 'checkpoint', value: 'DIR', summary: 'keep what is done here, so that a killed scan goes on' },
  { name: 'workers', value: 'NUMBER', summary: 'requests under way at once in one account and region (default: 16)' },
  { name: 'targets', value: 'NUMBER', summary: 'accounts and regions looked at side by side (default: 64)' },
  formatOption(SCAN_OUTPUTS),
  { name: 'quiet', value: null, summary: 'no progress on standard error' },
];

/** Adds `inlane tags scan` to the programme. */
export function addTags(program: Command, io: CliIo, finish: Finish): void {
  const tags = program
    .command('tags')
    .summary('compare classification tags with the clouds')
    .description('Looks after classification tags on what stands in the clouds.')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nExit codes: 0 all is as wanted, 1 findings, 2 something was not read, 3 all that is left waits for an approval; the help of each command says more.\n\nExample:\n  inlane tags scan state.tfstate --lanes inlane.yaml',
    );
  addOptions(tags.command('scan [STATE...]'), SCAN_OPTIONS)
    .summary('what drifted, and which access it changed')
    .description(
      'Compares the classification tags that states want with those that the clouds have. STATE is `show -json` of a state or plan, a raw state as `terraform state pull` prints it, a folder of them, or - for standard input. Credentials are those that each SDK finds by itself. Writes nothing to any cloud.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 every tag is as wanted, 1 findings, 2 something was not read (the report is partial).\n\nExample:\n  terraform state pull > state.tfstate\n  inlane tags scan state.tfstate --lanes inlane.yaml --format text --format html=drift.html',
    )
    .action(async (states: string[], given: Words) => finish(await scan(states, given, io)));
  addOptions(tags.command('repair [STATE...]'), REPAIR_OPTIONS)
    .summary('mend what drifted; a dry run unless --apply')
    .description(
      'Scans, and works out the edits that would put lost or changed classification tags back as the configuration writes them. Every edit is decided by the lanes for whoever acts (--as). Nothing is ever taken off; what the configuration does not write becomes an edit of the configuration.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing to mend, or all of it mended, 1 edits are planned, failed, refused or left to people, 2 something was not read, 3 all that is left waits for an approval.\n\nExample:\n  inlane tags repair states/ --as ci:nightly\n  inlane tags repair states/ --as ci:nightly --apply --journal repair.jsonl --history repairs.jsonl',
    )
    .action(async (states: string[], given: Words) => finish(await repair(states, given, io)));
  addShards(tags, SCAN_OPTIONS, io, finish);
}

/** Options of a scan that a repair has not. */
const SCAN_ONLY = ['unmanaged', 'older-than', 'owner', 'checkpoint', 'shard', 'shards', 'format'];

const REPAIR_OPTIONS: readonly OptionRow[] = [
  ...SHARED_OPTIONS.filter(({ name }) => name === 'as' || name === 'for'),
  ...SCAN_OPTIONS.filter(({ name }) => !SCAN_ONLY.includes(name)),
  { name: 'apply', value: null, summary: 'write; without it nothing is written' },
  { name: 'journal', value: 'FILE', summary: 'what is written, so that it can be undone and a killed run goes on' },
  { name: 'undo', value: 'FILE', summary: 'put back what the repair of this journal wrote' },
  { name: 'history', value: 'FILE', summary: 'what earlier runs repaired: what drifts again at once is fought over' },
  { name: 'allow-widening', value: null, summary: 'make edits that give somebody more than now' },
  { name: 'max-changes', value: 'NUMBER', summary: 'objects that one run may write to (default: 100)' },
  formatOption(REPAIR_FORMATS),
];

async function scan(states: readonly string[], words: Words, io: CliIo): Promise<ExitCode> {
  const given = givenOptions(words, io);
  const formats = given.many('format') ?? ['text'];
  const outputs = await openOutputs(formats, SCAN_OUTPUTS, io);
  const progress = new Progress(given.flag('quiet') ? null : io.stderr);
  let result: Pick<ScanResult, 'report' | 'shard'>;
  try {
    const options = scanOptions(states, given, io);
    if (options.shard === undefined && formats.some((format) => /^shard(?:=|$)/.test(format)))
      throw usage('the format `shard` is the result of one shard', 'name it: --shard NAME, as `inlane tags shards` lists it');
    growSlowly();
    const { scanTags } = await import('../reconcile.ts');
    result = await scanTags({ ...options, onProgress: (step) => progress.step(step) });
  } catch (error) {
    result = { report: undecidedScan(errorDiagnostics(await asInlaneError(error, io))), shard: null };
  } finally {
    await progress.end();
  }
  const { report } = result;
  await print(report, outputs, io, (format, how) => format(result, how));
  return report.exit;
}

async function repair(states: readonly string[], words: Words, io: CliIo): Promise<ExitCode> {
  const given = givenOptions(words, io);
  const outputs = await openOutputs(given.many('format') ?? ['text'], REPAIR_FORMATS, io);
  const progress = new Progress(given.flag('quiet') ? null : io.stderr);
  const apply = given.flag('apply') ?? false;
  const undo = given.one('undo');
  let report: RepairReport;
  try {
    const {
      unmanaged: _,
      olderThan: __,
      shard: ___,
      shards: ____,
      checkpoint: _____,
      ...options
    } = scanOptions(states, given, io);
    growSlowly();
    const { repairTags } = await import('../repair.ts');
    const asked = {
      ...options,
      as: given.option('as'),
      for: given.option('for'),
      apply,
      undo,
      allowWidening: given.flag('allow-widening') ?? false,
      maxChanges: numberOf(given, 'max-changes') ?? 100,
      journal: given.one('journal'),
      history: given.one('history'),
    };
    report = (await repairTags({ ...asked, onProgress: (step) => progress.step(step) })).report;
  } catch (error) {
    report = undecidedRepair(errorDiagnostics(await asInlaneError(error, io)), apply, undo !== undefined);
  } finally {
    await progress.end();
  }
  await print(report, outputs, io, (format, how) => format(report, how));
  return report.exit;
}
