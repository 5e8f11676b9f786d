import type { Command } from 'commander';
import type { AnalyseOptions } from '../analyse.ts';
import { parseWho } from '../lanes/principal.ts';
import { undecidedCheck } from '../report/lanes/checked.ts';
import { diffReport } from '../report/lanes/compared.ts';
import { CHECK_FORMATS, DIFF_FORMATS, SHOW_FORMATS } from '../report/lanes/formats.ts';
import type { Shown } from '../report/lanes/shown.ts';
import type { ExitCode } from '../report/report.ts';
import { analysed, shared, told } from './analysed.ts';
import type { CliIo } from './io.ts';
import { addOptions, formatOption, givenOptions, type OptionRow, usage } from './options.ts';

type Words = Readonly<Record<string, unknown>>;
type Finish = (code: ExitCode) => void;

const STRICT: OptionRow = { name: 'strict', value: null, summary: 'warnings fail, too' };
const NO_NEW_ACCESS: OptionRow = {
  name: 'no-new-access',
  value: null,
  summary: 'exit 1 when anything is newly allowed or weakened',
};

/** Adds `inlane lanes check`, `diff` and `show` to the programme. */
export function addLanes(program: Command, io: CliIo, finish: Finish): void {
  const lanes = program
    .command('lanes')
    .summary('check, compare and show rules')
    .description('Looks at lane files themselves; no plan is needed.');
  lanes
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing is wrong, 1 something is, 2 could not decide; the help of each command says more.\n\nExample:\n  inlane lanes check --strict',
    );
  addOptions(lanes.command('check'), [...shared('lanes', 'stack', 'rules-from', 'now'), STRICT, formatOption(CHECK_FORMATS)])
    .summary('validate, lint, run in-file tests, prove `never`')
    .description(
      'Reads the lane files, runs their `tests`, proves their `never` over every single change, and warns of what is hardly meant.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing is wrong, 1 a test fails, a `never` is refuted or an approval can never be given, 2 could not decide.\n\nExample:\n  inlane lanes check --strict --format text --format junit=lanes.xml',
    )
    .action(async (given: Words) => finish(await check(given, io)));
  addOptions(lanes.command('diff <OLD> <NEW>'), [NO_NEW_ACCESS, formatOption(DIFF_FORMATS)])
    .summary('what a change of rules newly allows, weakens or denies')
    .description('Compares rules. OLD and NEW are lane files, folders with all lane files below them, or git references.')
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 compared, 1 new access with --no-new-access, 2 could not decide.\n\nExample:\n  inlane lanes diff origin/main . --no-new-access --format markdown=diff.md',
    )
    .action(async (old: string, now: string, given: Words) => finish(await diff(old, now, given, io)));
  addOptions(lanes.command('show'), [...shared('as', 'lanes', 'stack', 'rules-from', 'now'), formatOption(SHOW_FORMATS)])
    .summary('the effective rules in plain English; --as WHO: what may I do here?')
    .description(
      'Shows the effective rules in plain English, with their origins; with --as, what that principal may do, as a matrix.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 shown, 2 could not decide.\n\nExample:\n  inlane lanes show --as agent:db-upgrader --format html=lanes.html',
    )
    .action(async (given: Words) => finish(await show(given, io)));
}

async function check(words: Words, io: CliIo): Promise<ExitCode> {
  const given = givenOptions(words, io);
  const strict = given.flag('strict') ?? false;
  return analysed(words, CHECK_FORMATS, io, {
    run: async () => told(await (await import('../analyse.ts')).checkLanes({ ...rulesGiven(words, io), strict })),
    undecided: (diagnostics) => told(undecidedCheck(diagnostics, strict)),
  });
}

async function diff(old: string, now: string, words: Words, io: CliIo): Promise<ExitCode> {
  const names = { old, new: now };
  // Commander reads `--no-X` as the opposite of an X that is true by default.
  const noNewAccess = words.newAccess === false || givenOptions(words, io).flag('no-new-access') === true;
  return analysed(words, DIFF_FORMATS, io, {
    run: async () => {
      if (old === '' || now === '')
        throw usage(`\`${old === '' ? 'OLD' : 'NEW'}\` is empty`, 'name a lane file, a folder or a commit');
      return told(await (await import('../analyse.ts')).diffLanes(names, { cwd: io.cwd, env: io.env, noNewAccess }));
    },
    undecided: (diagnostics) => told(diffReport(names, [], noNewAccess, diagnostics)),
  });
}

async function show(words: Words, io: CliIo): Promise<ExitCode> {
  const given = givenOptions(words, io);
  const as = given.one('as');
  return analysed<Shown>(words, SHOW_FORMATS, io, {
    run: async () => {
      const fault = as === undefined ? null : parseWho(as).fault;
      if (fault) throw usage(`${given.nameOf('as')}: ${fault.message}`, fault.hint);
      const { shown, diagnostics } = await (await import('../analyse.ts')).showLanes({ ...rulesGiven(words, io), as });
      return { report: shown, exit: 0, diagnostics };
    },
    undecided: null,
  });
}

function rulesGiven(words: Words, io: CliIo): AnalyseOptions {
  const { many, one, instant } = givenOptions(words, io);
  return {
    lanes: many('lanes'),
    stack: one('stack'),
    rulesFrom: one('rules-from'),
    now: instant('now'),
    cwd: io.cwd,
    env: io.env,
  };
}
