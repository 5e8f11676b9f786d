import type { Command } from 'commander';
import { undecidedDoctor } from '../report/doctor/examined.ts';
import { DOCTOR_FORMATS } from '../report/doctor/formats.ts';
import type { ExitCode } from '../report/report.ts';
import { analysed, shared, told } from './analysed.ts';
import type { CliIo } from './io.ts';
import { addOptions, formatOption, givenOptions, type OptionRow, variableOf } from './options.ts';

type Words = Readonly<Record<string, unknown>>;
type Finish = (code: ExitCode) => void;

const STRICT: OptionRow = { name: 'strict', value: null, summary: 'warnings fail, too' };

/** Adds `inlane doctor` to the programme. */
export function addDoctor(program: Command, io: CliIo, finish: Finish): void {
  addOptions(program.command('doctor [PLAN...]'), [...shared('lanes', 'stack'), STRICT, formatOption(DOCTOR_FORMATS)])
    .summary('what is found here, and what would go wrong in a pipeline')
    .description(
      'Looks at what a gate would find: node, terraform, git, plans and their age, lane files, who acts, credentials (by the names of variables, none is read). One line each. PLAN: plans to look at, else those in the directory of the stack.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 well, 1 a gate would end with 2 (with --strict: anything that is warned of), 2 could not look.\n\nExample:\n  inlane doctor\n  inlane doctor plan.json --strict --format json=doctor.json',
    )
    .action(async (plans: string[], given: Words) => finish(await doctorCommand(plans, given, io)));
}

async function doctorCommand(plans: readonly string[], words: Words, io: CliIo): Promise<ExitCode> {
  const given = givenOptions(words, io);
  const strict = given.flag('strict') ?? false;
  return analysed(words, DOCTOR_FORMATS, io, {
    run: async () => {
      const options = { plans, lanes: given.many('lanes'), stack: given.one('stack'), strict, cwd: io.cwd, env: io.env };
      const variables = await variableNames(io);
      const { doctor } = await import('../doctor.ts');
      return told(await doctor({ ...options, node: process.versions.node, variables }));
    },
    undecided: (diagnostics) => told(undecidedDoctor(diagnostics, strict)),
  });
}

/** Variables that no option has. */
const OTHERS = ['INLANE_TERRAFORM', 'INLANE_DEBUG'] as const;

/** Every variable that some command reads. */
async function variableNames(io: CliIo): Promise<readonly string[]> {
  const { everyCommand, programOf } = await import('./commands.ts');
  const program = await programOf(undefined, io, () => {});
  const options = everyCommand(program).flatMap((command) => command.options.flatMap((option) => option.long ?? []));
  return [...new Set([...OTHERS, ...options.map((long) => variableOf(long.slice(2)))])].sort();
}
