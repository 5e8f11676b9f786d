import type { Command, Option } from 'commander';
import { InlaneError } from '../../errors.ts';
import { wordsOf } from '../options.ts';

/** What may stand where a value is asked for. */
export type Sort =
  | { readonly kind: 'file' | 'folder' | 'nothing' }
  /** Whole words; beginnings of words; or words behind which `=FILE` may follow. */
  | { readonly kind: 'words' | 'beginnings' | 'outputs'; readonly words: readonly string[] };

export interface CompletedOption {
  /** With its dashes. */
  readonly name: string;
  readonly summary: string;
  readonly repeatable: boolean;
  /** What its value is called and what it may be; null for a flag. */
  readonly value: { readonly name: string; readonly sort: Sort } | null;
}

export interface CompletedArgument {
  readonly name: string;
  readonly sort: Sort;
  readonly variadic: boolean;
}

export interface CompletedCommand {
  /** Words behind the programme's name: '' for itself, `lanes check`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly CompletedArgument[];
}

const NOTHING: Sort = { kind: 'nothing' };
const FILE: Sort = { kind: 'file' };

/** What the names of values and arguments mean; one that is not here has words of its own. */
const SORTS: ReadonlyMap<string, Sort> = new Map<string, Sort>([
  ...['FILE', 'FILES', 'PLAN', 'STATE', 'RESULT', 'SCHEMA', 'OLD', 'NEW'].map((name) => [name, FILE] as const),
  ['DIR', { kind: 'folder' }],
  ['WHO', { kind: 'beginnings', words: ['agent:', 'ci:'] }],
  ...['ADDRESS', 'ARN', 'ATTRIBUTE', 'DURATION', 'GITREF', 'ID', 'INSTANT', 'NAME', 'NUMBER', 'REF', 'SOURCE'].map(
    (name) => [name, NOTHING] as const,
  ),
  ['[PROVIDER=]ID', NOTHING],
]);

/** A word that a script may hold bare. */
const BARE = /^[A-Za-z0-9][A-Za-z0-9_:-]*$/;

/** Every command of a programme, from commander's own tree. `words`: of arguments, by path and name. Throws `internal` for a value that nobody has thought of. */
export function completedCommands(program: Command, words: ReadonlyMap<string, readonly string[]>): readonly CompletedCommand[] {
  return below(program, '');

  function below(command: Command, path: string): readonly CompletedCommand[] {
    const help = command.createHelp();
    const visible = help
      .visibleCommands(command)
      .map((one) => ({ name: bare(one.name()), summary: help.subcommandDescription(one) }));
    const own: CompletedCommand = {
      path,
      commands: visible,
      options: help.visibleOptions(command).map(completedOption),
      arguments: command.registeredArguments.map((argument) => ({
        name: argument.name(),
        sort: sortOf(argument.name(), words.get(`${path} ${argument.name()}`) ?? null),
        variadic: argument.variadic,
      })),
    };
    const inner = visible.flatMap(({ name }) => {
      const next = command.commands.find((one) => one.name() === name);
      const at = path === '' ? name : `${path} ${name}`;
      // The command `help` takes the names of the others.
      if (next === undefined)
        return [{ path: at, commands: visible.filter((one) => one.name !== name), options: [], arguments: [] }];
      return below(next, at);
    });
    return [own, ...inner];
  }
}

function completedOption(option: Option): CompletedOption {
  const [, name] = /<(.*)>$/.exec(option.flags) ?? [];
  return {
    name: option.long as string,
    summary: option.description.replace(/ \[INLANE_[A-Z_]+\](?:, repeatable)?$/, ''),
    repeatable: option.description.endsWith(', repeatable'),
    value: name === undefined ? null : { name, sort: sortOf(name, wordsOf(option)) },
  };
}

function sortOf(name: string, words: readonly string[] | null): Sort {
  const sort: Sort | undefined =
    words === null ? SORTS.get(name) : { kind: name.endsWith('[=FILE]') ? 'outputs' : 'words', words: words.map(bare) };
  if (sort === undefined)
    throw new InlaneError('internal', `nothing is known of a value \`${name}\``, 'this is a defect of inlane: report it');
  return sort;
}

/** Names of commands and words stand in scripts as they are. */
function bare(word: string): string {
  if (!BARE.test(word)) throw new InlaneError('internal', `\`${word}\` is no bare word`, 'this is a defect of inlane: report it');
  return word;
}
