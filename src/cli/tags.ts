import type { Command } from 'commander';
import { CLOUD_NAMES, type CloudName } from '../../providers/cloud.ts';
import { nearMiss } from '../lanes/nearest.ts';
import type { ScanOptions } from '../reconcile.ts';
import { errorDiagnostics } from '../report/diagnostic.ts';
import { escapeText } from '../report/escape.ts';
import { showDiagnostics } from '../report/formats/diagnostics.ts';
import { Page } from '../report/formats/layout.ts';
import type { ExitCode } from '../report/report.ts';
import { undecidedScan } from '../report/scan/build.ts';
import { SCAN_FORMATS } from '../report/scan/formats.ts';
import type { ScanReport } from '../report/scan/model.ts';
import { asInlaneError } from './failure.ts';
import type { CliIo } from './io.ts';
import { addOptions, type Given, givenOptions, type OptionRow, SHARED_OPTIONS, usage } from './options.ts';
import { openOutputs, printOutputs } from './output.ts';
import { Progress } from './progress.ts';

type Words = Readonly<Record<string, unknown>>;
type Finish = (code: ExitCode) => void;

/** Options that work as in `gate`. */
const SHARED = ['lanes', 'stack', 'rules-from', 'trust-worktree', 'workspace', 'account', 'now'];

const SCAN_OPTIONS: readonly OptionRow[] = [
  ...SHARED_OPTIONS.filter(({ name }) => SHARED.includes(name)),
  { name: 'cloud', value: 'NAME', repeatable: true, summary: `ask only these: ${CLOUD_NAMES.join(', ')}` },
  {
    name: 'assume-role',
    value: 'ARN',
    summary: 'AWS role in accounts that are not your own: arn:aws:iam::{account}:role/inlane-scan',
  },
  { name: 'unmanaged', value: null, summary: 'list what stands in the accounts and is in no state' },
  { name: 'owner', value: 'ATTRIBUTE', repeatable: true, summary: 'attribute whose tag says whose it is (default: owner, team)' },
  { name: 'checkpoint', value: 'DIR', summary: 'keep what is done here, so that a killed scan goes on' },
  { name: 'workers', value: 'NUMBER', summary: 'requests under way at once in one account and region (default: 8)' },
  { name: 'targets', value: 'NUMBER', summary: 'accounts and regions looked at side by side (default: 64)' },
  { name: 'format', value: 'NAME[=FILE]', repeatable: true, summary: `${[...SCAN_FORMATS.keys()].join(', ')} (default: text)` },
  { name: 'quiet', value: null, summary: 'no progress on standard error' },
];

/** Adds `inlane tags scan` to the programme. */
export function addTags(program: Command, io: CliIo, finish: Finish): void {
  const tags = program
    .command('tags')
    .summary('compare classification tags with the clouds')
    .description('Looks after classification tags on what stands in the clouds.');
  tags.helpOption('--help', 'print this help').helpCommand(false);
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
}

async function scan(states: readonly string[], words: Words, io: CliIo): Promise<ExitCode> {
  const given = givenOptions(words, io);
  const outputs = await openOutputs(given.many('format') ?? ['text'], SCAN_FORMATS, io);
  const progress = new Progress(given.flag('quiet') ? null : io.stderr);
  let report: ScanReport;
  try {
    const options = scanOptions(states, given, io);
    const { scanTags } = await import('../reconcile.ts');
    report = (await scanTags({ ...options, onProgress: (step) => progress.step(step) })).report;
  } catch (error) {
    report = undecidedScan(errorDiagnostics(await asInlaneError(error, io)));
  } finally {
    await progress.end();
  }
  await printOutputs(
    outputs,
    io,
    (format, how) => format(report, how),
    async () => {
      if (report.diagnostics.length === 0) return;
      const page = new Page(Number.POSITIVE_INFINITY, false);
      showDiagnostics(page, report.diagnostics);
      await io.stderr.write(page.toString());
    },
  );
  return report.exit;
}

function scanOptions(states: readonly string[], given: Given, io: CliIo): ScanOptions {
  return {
    states,
    lanes: given.many('lanes'),
    stack: given.one('stack'),
    rulesFrom: given.one('rules-from'),
    trustWorktree: given.flag('trust-worktree'),
    workspace: given.one('workspace'),
    accounts: given.many('account'),
    now: given.instant('now'),
    clouds: given.many('cloud')?.map((name) => cloudOf(name, given.nameOf('cloud'))),
    assumeRole: given.one('assume-role'),
    unmanaged: given.flag('unmanaged'),
    owner: given.many('owner'),
    checkpoint: given.one('checkpoint'),
    workers: numberOf(given, 'workers'),
    targets: numberOf(given, 'targets'),
    cwd: io.cwd,
    env: io.env,
    stdin: io.stdin,
  };
}

function cloudOf(name: string, option: string): CloudName {
  const known = CLOUD_NAMES.find((cloud) => cloud === name);
  if (known !== undefined) return known;
  const close = nearMiss(name, [...CLOUD_NAMES]);
  throw usage(
    `${option}: unknown cloud \`${escapeText(name)}\``,
    `${close === null ? '' : `did you mean \`${close}\`? `}the clouds are ${CLOUD_NAMES.join(', ')}`,
  );
}

function numberOf(given: Given, name: string): number | undefined {
  const text = given.one(name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw usage(`${given.nameOf(name)}: \`${escapeText(text)}\` is no number from 1 to 9999`, 'give one');
  return Number(text);
}
