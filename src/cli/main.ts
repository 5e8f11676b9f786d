import { Command, CommanderError } from 'commander';
import { InlaneError } from '../errors.ts';
import { suggest } from '../lanes/nearest.ts';
import { escapeText } from '../report/escape.ts';
import type { ExitCode } from '../report/report.ts';
import { TOOL } from '../report/tool.ts';
import { asInlaneError } from './failure.ts';
import type { CliIo } from './io.ts';
import { addOptions, SHARED_OPTIONS, variableOf } from './options.ts';

const EXIT_CODES = `
Exit codes: 0 in lane, 1 out of lane, 2 could not decide, 3 in lane once approved.`;

/** The command line programme: arguments without `node` and the script. Never throws; what goes wrong is exit code 2. */
export async function main(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  let exit: ExitCode = 2;
  let printed = '';
  const quiet = { writeOut: (text: string) => (printed += text), writeErr: () => {}, outputError: () => {} };
  const program = new Command('inlane');
  try {
    await addCommands(program, argv[0], io, (code) => {
      exit = code;
    });
    for (const command of everyCommand(program)) command.configureOutput(quiet).exitOverride().showSuggestionAfterError(false);
    if (argv.length === 0) throw new InlaneError('usage', 'no command is given', '`inlane --help` lists them');
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await io.stdout.write(printed);
      return 0;
    }
    return fail(error instanceof CommanderError ? usageError(error, program, argv) : error, argv, io);
  }
}

/** `first` is the first argument: where it names a command, the other commands are left out, for building them costs time. */
async function addCommands(
  program: Command,
  first: string | undefined,
  io: CliIo,
  finish: (code: ExitCode) => void,
): Promise<void> {
  program
    .description('Is this plan in its lane? Decides whether whoever acts may do what a Terraform or OpenTofu plan does.')
    .version(TOOL.version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand('help [COMMAND]', 'print the help of a command')
    .addHelpText('after', `${EXIT_CODES}\n\nExample:\n  inlane gate plan.json --as dana`);
  const wanted = (name: string): boolean => first === name || first === undefined || !COMMANDS.includes(first);
  if (wanted('gate')) addGate(program, io, finish);
  if (wanted('explain')) addExplain(program, io, finish);
  if (wanted('lanes')) (await import('./lanes.ts')).addLanes(program, io, finish);
}

const COMMANDS = ['gate', 'explain', 'lanes'];

function everyCommand(program: Command): Command[] {
  return [program, ...program.commands.flatMap(everyCommand)];
}

/** The command that the words name, as far as they name one. */
function namedCommand(program: Command, argv: readonly string[]): { command: Command; path: string } {
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

function addGate(program: Command, io: CliIo, finish: (code: ExitCode) => void): void {
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

function addExplain(program: Command, io: CliIo, finish: (code: ExitCode) => void): void {
  addOptions(program.command('explain <ADDRESS> [PLAN]'), SHARED_OPTIONS)
    .summary('one row: facts, rules that matched or nearly did, ways out')
    .description('Explains one row of a plan. ADDRESS is spelled as in the plan; a deposed object is "ADDRESS (deposed KEY)".')
    .helpOption('--help', 'print this help')
    .addHelpText('after', `${EXIT_CODES}\n\nExample:\n  inlane explain 'module.shop.aws_db_instance.main[0]' plan.json --as dana`)
    .action(async (address: string, plan: string | undefined, given: Record<string, unknown>) => {
      finish(await (await import('./explain.ts')).explainCommand(address, plan, given, io));
    });
}

/** Standard error says it in one line; who asked for JSON on standard output gets an object there. */
async function fail(error: unknown, argv: readonly string[], io: CliIo): Promise<ExitCode> {
  try {
    const reason = await asInlaneError(error, io);
    const { undecidedReport } = await import('../report/build.ts');
    const { diagnosticsText } = await import('../report/formats/diagnostics.ts');
    const report = undecidedReport(reason);
    await io.stderr.write(diagnosticsText([report], ['error']));
    if (wantsJson(argv, io)) {
      const { json } = await import('../report/formats/json.ts');
      await io.stdout.write(
        json(report, { view: 'plan', colour: false, width: 100, changedOnly: null, quiet: false, diagnostics: false }),
      );
    }
  } catch {
    // Neither stream takes any text: the exit code is all that is left.
  }
  return 2;
}

/** Read by hand: the arguments may be what is wrong. */
function wantsJson(argv: readonly string[], io: CliIo): boolean {
  const given = argv.flatMap((word, index) =>
    word === '--format' ? [argv[index + 1] ?? ''] : word.startsWith('--format=') ? [word.slice('--format='.length)] : [],
  );
  return (given.length > 0 ? given : (io.env[variableOf('format')] ?? '').split(',')).some((name) => name.trim() === 'json');
}

/** Commander's errors in our words, with the nearest known name. */
function usageError(error: CommanderError, program: Command, argv: readonly string[]): InlaneError {
  const named = /'(.*)'/s.exec(error.message)?.[1] ?? '';
  const name = escapeText(named);
  const { command, path } = namedCommand(program, argv);
  const help = `\`inlane ${path}--help\``;
  const unknownCommand = (text: string) => {
    const names = command.commands.map((c) => c.name());
    return new InlaneError('usage', `unknown command \`${path}${escapeText(text)}\``, hintOf(suggest(text, names), help));
  };
  switch (error.code) {
    case 'commander.unknownCommand':
      return unknownCommand(named);
    case 'commander.unknownOption': {
      const flag = named.split('=')[0] ?? named;
      if (flag !== named && command.options.some((o) => o.isBoolean() && o.long === flag))
        return new InlaneError('usage', `option \`${flag}\` takes no value`, `write \`${flag}\` by itself, or leave it out`);
      const known = command.options.flatMap((o) => o.long ?? []);
      return new InlaneError(
        'usage',
        `unknown option \`${escapeText(flag)}\``,
        hintOf(suggest(flag, [...known, '--help']), help),
      );
    }
    case 'commander.help': {
      const missing = argv.find((word) => word !== 'help' && !word.startsWith('-') && !path.split(' ').includes(word));
      if (missing === undefined && path !== '')
        return new InlaneError('usage', `\`inlane ${path.trim()}\` needs a command`, `${help} lists them`);
      return unknownCommand(missing ?? '');
    }
    case 'commander.missingArgument':
      return new InlaneError('usage', `\`${name.toUpperCase()}\` is missing`, `${help} shows an example`);
    case 'commander.optionMissingArgument':
      return new InlaneError('usage', `option \`${name}\` lacks its value`, `${help} shows an example`);
    case 'commander.excessArguments':
      return new InlaneError('usage', 'too many arguments', `${help} shows an example`);
    default:
      return new InlaneError('usage', escapeText(error.message.replace(/^error: /, '')), `${help} shows an example`);
  }
}

function hintOf(suggestion: string | null, help: string): string {
  return `${suggestion ?? ''}${suggestion?.endsWith('?') ? ' ' : '; '}${help} lists them`;
}
