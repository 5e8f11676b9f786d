import type { Command } from 'commander';
import { loadClasses } from '../../providers/classes.ts';
import { nearMiss } from '../lanes/nearest.ts';
import { escapeText } from '../report/escape.ts';
import type { ExitCode } from '../report/report.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { type CompletedCommand, completedCommands } from './completion/tree.ts';
import { zshScript } from './completion/zsh.ts';
import type { CliIo } from './io.ts';
import { usage } from './options.ts';

const SHELLS: ReadonlyMap<string, (name: string, commands: readonly CompletedCommand[]) => string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
]);

/** Adds `inlane completion` to the programme. */
export function addCompletion(program: Command, io: CliIo, finish: (code: ExitCode) => void): void {
  program
    .command('completion <SHELL>')
    .summary('completion for bash, zsh or fish')
    .description('Prints a script that completes commands, options, formats and files. SHELL is bash, zsh or fish.')
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nExit codes: 0 printed, 2 could not.\n\nExample:\n  source <(inlane completion bash)      in ~/.bashrc; zsh alike, behind compinit in ~/.zshrc\n  inlane completion fish > ~/.config/fish/completions/inlane.fish',
    )
    .action(async (shell: string) => finish(await completionCommand(shell, io)));
}

/** Prints the script of a shell. Throws `usage` for another one. */
async function completionCommand(shell: string, io: CliIo): Promise<ExitCode> {
  const script = SHELLS.get(shell);
  if (script === undefined) {
    const names = [...SHELLS.keys()];
    const close = nearMiss(shell, names);
    throw usage(
      `no completion for the shell \`${escapeText(shell)}\``,
      `${close === null ? '' : `did you mean \`${close}\`? `}the shells are ${names.join(', ')}`,
    );
  }
  const { programOf } = await import('./commands.ts');
  const words = new Map([
    ['completion SHELL', [...SHELLS.keys()]],
    ['classes NAME', [...loadClasses().keys()]],
  ]);
  const program = await programOf(undefined, io, () => {});
  await io.stdout.write(script(program.name(), completedCommands(program, words)));
  return 0;
}
