import { Command } from 'commander';
import type { ExitCode } from '../report/report.ts';
import { TOOL } from '../report/tool.ts';
import type { CliIo } from './io.ts';
import { addOptions, SHARED_OPTIONS } from './options.ts';

type Finish = (code: ExitCode) => void;

const EXIT_CODES = `
Exit codes: 0 in lane, 1 out of lane, 2 could not decide, 3 in lane once approved.`;
const PAGE_EXIT_CODES = `
Exit codes: 0 told, 2 could not tell.`;

/** Every command, in the order of `--help`; each loads its own file when it runs. */
const COMMANDS: ReadonlyMap<string, (program: Command, io: CliIo, finish: Finish) => void | Promise<void>> = new Map([
  ['gate', addGate],
  ['explain', addExplain],
  ['lanes', async (program: Command, io: CliIo, finish: Finish) => (await import('./lanes.ts')).addLanes(program, io, finish)],
  ['tags', async (program: Command, io: CliIo, finish: Finish) => (await import('./tags.ts')).addTags(program, io, finish)],
  ['init', async (program: Command, io: CliIo, finish: Finish) => (await import('./init.ts')).addInit(program, io, finish)],
  [
    'simulate',
    async (program: Command, io: CliIo, finish: Finish) => (await import('./simulate.ts')).addSimulate(program, io, finish),
  ],
  ['doctor', async (program: Command, io: CliIo, finish: Finish) => (await import('./doctor.ts')).addDoctor(program, io, finish)],
  ['classes', addClasses],
  ['catalog', addCatalog],
  [
    'completion',
    async (program: Command, io: CliIo, finish: Finish) => (await import('./completion.ts')).addCompletion(program, io, finish),
  ],
]);

/** `first` is the first argument: where it names a command, the other commands are left out, for building them costs time. */
export async function programOf(first: string | undefined, io: CliIo, finish: Finish): Promise<Command> {
  const program = new Command('inlane')
    .description('Is this plan in its lane? Decides whether whoever acts may do what a Terraform or OpenTofu plan does.')
    .version(TOOL.version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand('help [COMMAND]', 'print the help of a command')
    .addHelpText(
      'after',
      `${EXIT_CODES}\n\nExample:\n  inlane init plan.json                proposes the rules, once\n  inlane gate plan.json --as dana      decides by them`,
    );
  if (first === '--version') return program;
  const one = COMMANDS.get(first ?? '');
  for (const add of one ? [one] : COMMANDS.values()) await add(program, io, finish);
  return program;
}

/** A command and all below it. */
export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** The command that the words name, as far as they name one; `path` is its name as typed, with a blank behind it, '' for none. */
export function commandOf(program: Command, argv: readonly string[]): { readonly command: Command; readonly path: string } {
  let command = program;
  let path = '';
  for (const word of argv) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
    path += `${word} `;
  }
  return { command, path };
}

function addGate(program: Command, io: CliIo, finish: Finish): void {
  addOptions(program.command('gate [PLAN...]'), SHARED_OPTIONS)
    .summary('decide a plan')
    .description('Decides plans. PLAN is `show -json` output, a saved plan file, or - for standard input.')
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      `${EXIT_CODES}\n\nExample:\n  terraform show -json tfplan > plan.json\n  inlane gate plan.json --as agent:db-upgrader --format text --format json=gate.json`,
    )
    .action(async (plans: string[], given: Record<string, unknown>) => {
      finish(await (await import('./gate.ts')).gateCommand(plans, given, io));
    });
}

function addExplain(program: Command, io: CliIo, finish: Finish): void {
  addOptions(program.command('explain <ADDRESS> [PLAN]'), SHARED_OPTIONS)
    .summary('one row: facts, rules that matched or nearly did, ways out')
    .description('Explains one row of a plan. ADDRESS is spelled as in the plan; a deposed object is "ADDRESS (deposed KEY)".')
    .helpOption('--help', 'print this help')
    .addHelpText('after', `${EXIT_CODES}\n\nExample:\n  inlane explain 'module.shop.aws_db_instance.main[0]' plan.json --as dana`)
    .action(async (address: string, plan: string | undefined, given: Record<string, unknown>) => {
      finish(await (await import('./explain.ts')).explainCommand(address, plan, given, io));
    });
}

function addClasses(program: Command, io: CliIo, finish: Finish): void {
  const format = { name: 'format', value: 'NAME', summary: 'text, json (default: text)', words: ['text', 'json'] };
  addOptions(program.command('classes [NAME]'), [format])
    .summary('what a type is and why, which types a class has')
    .description(
      'Without NAME: the built-in classes. With a class: its types. With a type (data.TYPE and action.TYPE too): its class, how that was decided, and what else the catalogs know of it.',
    )
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      `${PAGE_EXIT_CODES}\n\nExample:\n  inlane classes aws_db_instance\n  inlane classes database --format json`,
    )
    .action(async (name: string | undefined, given: Record<string, unknown>) => {
      finish(await (await import('./classes.ts')).classesCommand(name, given, io));
    });
}

function addCatalog(program: Command, io: CliIo, finish: Finish): void {
  const catalog = program
    .command('catalog')
    .summary('classes for the types of a provider that inlane does not know')
    .description('Helps with providers that have no catalog.')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', `${PAGE_EXIT_CODES}\n\nExample:\n  inlane catalog import schema.json --provider acme/graph`);
  catalog
    .command('import <SCHEMA>')
    .summary('propose classes for the types of a schema')
    .description(
      'Proposes a class for every resource type in the output of `terraform providers schema -json` (- for standard input), and prints them as the `classes:` of a lane file. What is less than likely is commented out, for you to confirm.',
    )
    .option('--provider <SOURCE>', 'only this provider of the schema, e.g. acme/graph')
    .option('--out <FILE>', 'write a new lane file instead of printing')
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      `${PAGE_EXIT_CODES}\n\nExample:\n  terraform providers schema -json > schema.json\n  inlane catalog import schema.json --provider acme/graph`,
    )
    .action(async (schema: string, given: Record<string, unknown>) => {
      finish(await (await import('./catalog.ts')).catalogImportCommand(schema, given, io));
    });
}
