import { type Command, CommanderError } from 'commander';
import { InlaneError } from '../errors.ts';
import { suggest } from '../lanes/nearest.ts';
import { escapeText } from '../report/escape.ts';
import type { ExitCode } from '../report/report.ts';
import { commandOf, everyCommand, programOf } from './commands.ts';
import type { CliIo } from './io.ts';

/** Reads the arguments with commander and runs the command that they name. Throws `usage`, and what the command throws. */
export async function runProgram(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  let exit: ExitCode = 2;
  let printed = '';
  const quiet = { writeOut: (text: string) => (printed += text), writeErr: () => {}, outputError: () => {} };
  const program = await programOf(argv[0], io, (code) => {
    exit = code;
  });
  try {
    for (const command of everyCommand(program)) command.configureOutput(quiet).exitOverride().showSuggestionAfterError(false);
    if (argv.length === 0) throw new InlaneError('usage', 'no command is given', '`inlane --help` lists them');
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    // Help that was asked for has been printed; commander takes its exit code from `process.exitCode`, which stands at 2 (bin.ts).
    if (error instanceof CommanderError && (error.exitCode === 0 || (error.code === 'commander.help' && printed !== ''))) {
      await io.stdout.write(printed);
      return 0;
    }
    throw error instanceof CommanderError ? usageError(error, program, argv) : error;
  }
}

/** Commander's errors in our words, with the nearest known name. */
function usageError(error: CommanderError, program: Command, argv: readonly string[]): InlaneError {
  const named = /'(.*)'/s.exec(error.message)?.[1] ?? '';
  const name = escapeText(named);
  const { command, path } = commandOf(program, argv);
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
      if (flag !== named && command.options.some((o) => !o.required && !o.optional && o.long === flag))
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
        return new InlaneError('usage', `\`${path.trim()}\` lacks its command`, `${help} lists them`);
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
