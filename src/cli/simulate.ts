import type { Command } from 'commander';
import type { GateOptions } from '../report/options.ts';
import type { ExitCode } from '../report/report.ts';
import { SIMULATION_FORMATS } from '../report/simulation/formats.ts';
import { undecidedSimulation } from '../report/simulation/simulated.ts';
import { filesOf } from '../surroundings/files.ts';
import { analysed, shared, told } from './analysed.ts';
import { showDefect } from './failure.ts';
import type { CliIo } from './io.ts';
import { addOptions, formatOption, type Given, givenOptions, type OptionRow, readOptions, usage } from './options.ts';
import { progressBar } from './progress-bar.ts';

type Words = Readonly<Record<string, unknown>>;
type Finish = (code: ExitCode) => void;

const OPTIONS: readonly OptionRow[] = [
  ...shared('as', 'for', 'lanes', 'stack', 'rules-from', 'workspace', 'account', 'repository', 'ref', 'event', 'now'),
  { name: 'baseline', value: 'FILE', repeatable: true, summary: 'lane file to compare with' },
  { name: 'baseline-from', value: 'GITREF', summary: 'compare with the rules of this commit' },
  { name: 'no-new-access', value: null, summary: 'exit 1 when anything is decided more mildly than by the baseline' },
  formatOption(SIMULATION_FORMATS),
];

/** Adds `inlane simulate` to the programme. */
export function addSimulate(program: Command, io: CliIo, finish: Finish): void {
  addOptions(program.command('simulate <FILES...>'), OPTIONS)
    .summary('replay many past plans: what would be allowed, asked, denied')
    .description(
      'Replays past plans against the lane files. FILES are plans or folders; of a folder every file below it is tried, and what is no plan is counted. Prints the share that needs no human, and why the rest does; with --baseline, what these rules change.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 replayed (in folders, files that are no plans are named and left out), 1 new access with --no-new-access, 2 nothing could be replayed, or not a file that was named.\n\nExample:\n  inlane simulate plans/ --as dana\n  inlane simulate plans/ --as dana --lanes proposed.yaml --baseline inlane.yaml --format html=simulation.html',
    )
    .action(async (inputs: string[], given: Words) => finish(await simulateCommand(inputs, given, io)));
}

async function simulateCommand(inputs: readonly string[], words: Words, io: CliIo): Promise<ExitCode> {
  return analysed(words, SIMULATION_FORMATS, io, {
    run: async () => {
      const given = givenOptions(words, io);
      const files = filesOf(named(inputs), io.cwd);
      if (files.length === 0) throw usage('no file stands in these folders', 'name folders that hold plans, or plans');
      const { gate } = readOptions(words, io);
      const baseline = baselineOf(given);
      // Commander reads `--no-X` as the opposite of an X that is true by default.
      const noNewAccess = words.newAccess === false || given.flag('no-new-access') === true;
      if (noNewAccess && baseline === null)
        throw usage('--no-new-access compares, and there is no baseline', 'name one with --baseline');
      const { simulate } = await import('../simulate.ts');
      const bar = progressBar(io);
      try {
        const report = await simulate({
          files,
          // Nothing is decided by these rules, so nobody need be kept from changing them.
          gate: { ...gate, trustWorktree: true, onDefect: (error) => void showDefect(error, io) },
          baseline,
          now: given.instant('now') ?? Date.now(),
          noNewAccess,
          onProgress: bar.show,
        });
        return told(report);
      } finally {
        await bar.clear();
      }
    },
    undecided: (diagnostics) => told(undecidedSimulation(diagnostics)),
  });
}

function named(inputs: readonly string[]): readonly string[] {
  if (inputs.includes('')) throw usage('the name of a file is empty', 'name plans or folders');
  if (inputs.includes('-')) throw usage('standard input is no past plan', 'name plans or folders');
  return inputs;
}

function baselineOf(given: Given): Pick<GateOptions, 'lanes' | 'rulesFrom'> | null {
  const lanes = given.many('baseline');
  const rulesFrom = given.one('baseline-from');
  if (lanes !== undefined && rulesFrom !== undefined)
    throw usage('both --baseline and --baseline-from are given', 'compare with lane files or with a commit');
  if (lanes !== undefined) return { lanes };
  return rulesFrom === undefined ? null : { rulesFrom };
}
