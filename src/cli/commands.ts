import { Command } from 'commander';
import type { ExitCode } from '../report/report.ts';
import { TOOL } from '../report/tool.ts';
import type { CliIo } from './io.ts';
import { addSharedOptions } from './options.ts';

type Finish = (code: ExitCode) => void;

const EXIT_CODES = `
Exit codes: 0 in lane, 1 out of lane, 2 could not decide, 3 in lane once approved.`;
const PAGE_EXIT_CODES = `
Exit codes: 0 told, 2 could not tell.`;

/** Every command, in the order of `--help`; each loads its own file when it runs. */
const COMMANDS: ReadonlyMap<string, (program: Command, io: CliIo, finish: Finish) => void> = new Map([
  ['gate', addGate],
  ['explain', addExplain],
  ['classes', addClasses],
  ['catalog', addCatalog],
]);

/** `first` is the first argument: where it names a command, the other commands are left out, for building them costs time. */
export function programOf(first: string | undefined, io: CliIo, finish: Finish): Command {
  const program = new Command('inlane')
    .description('Is this plan in its lane? Decides whether whoever acts may do what a Terraform or OpenTofu plan does.')
    .version(TOOL.version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand('help [COMMAND]', 'print the help of a command')
    .addHelpText('after', `${EXIT_CODES}\n\nExample:\n  inlane gate plan.json --as dana`);
  const one = COMMANDS.get(first ?? '');
  for (const add of one ? [one] : COMMANDS.values()) add(program, io, finish);
  return program;
}

/** The command that arguments name, null for the programme itself; `path` is its name as typed. */
export function commandOf(
  program: Command,
  argv: readonly string[],
): { readonly command: Command | null; readonly path: string } {
  let command: Command | null = null;
  let path = '';
  for (const word of argv) {
    const next: Command | undefined = (command ?? program).commands.find((one) => one.name() === word);
    if (!next) break;
    command = next;
    path = path === '' ? word : `${path} ${word}`;
  }
  return { command, path };
}

/** Options of a command as they are typed, without `--help`. */
export function optionsOf(command: Command): string[] {
  return command.options.flatMap(({ long }) => (long ? [long] : []));
}

function addGate(program: Command, io: CliIo, finish: Finish): void {
  addSharedOptions(program.command('gate [PLAN...]'))
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
  addSharedOptions(program.command('explain <ADDRESS> [PLAN]'))
    .summary('one row: facts, rules that matched or nearly did, ways out')
    .description('Explains one row of a plan. ADDRESS is spelled as in the plan; a deposed object is "ADDRESS (deposed KEY)".')
    .helpOption('--help', 'print this help')
    .addHelpText('after', `${EXIT_CODES}\n\nExample:\n  inlane explain 'module.shop.aws_db_instance.main[0]' plan.json --as dana`)
    .action(async (address: string, plan: string | undefined, given: Record<string, unknown>) => {
      finish(await (await import('./explain.ts')).explainCommand(address, plan, given, io));
    });
}

function addClasses(program: Command, io: CliIo, finish: Finish): void {
  program
    .command('classes [NAME]')
    .summary('what a type is and why, which types a class has')
    .description(
      'Without NAME: the built-in classes. With a class: its types. With a type (data.TYPE and action.TYPE too): its class, how that was decided, and what else the catalogs know of it.',
    )
    .option('--format <NAME>', 'text, json (default: text) [INLANE_FORMAT]')
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
    .helpOption('--help', 'print this help');
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
