import type { CompletedCommand, CompletedOption, Sort } from './tree.ts';

/** A script for zsh: a file `_NAME` in a folder of `fpath`, or loaded as it is behind `compinit`. */
export function zshScript(name: string, commands: readonly CompletedCommand[]): string {
  const functionOf = (path: string) => ['', name, ...path.split(' ').filter((word) => word !== '')].join('_');
  const functions = commands.map(({ path, commands: inner, options, arguments: operands }) => {
    const specs = options.map(specOf);
    if (inner.length === 0) {
      const own = operands.map((one, index) => `${one.variadic ? '*' : index + 1}:${escaped(one.name)}:${actionOf(one.sort)}`);
      return `${functionOf(path)}() {\n  _arguments -S ${[...specs, ...own].map(quoted).join(' \\\n    ')}\n}`;
    }
    const words = inner.map((one) => `    ${quoted(`${one.name}:${one.summary}`)}`);
    // The words behind \`help\` are names and nothing more.
    const leaves = inner.filter((one) => commands.some((other) => other.path === join(path, one.name)));
    const cases = path === 'help' ? [] : leaves.map((one) => `        ${one.name}) ${functionOf(join(path, one.name))} ;;`);
    return `${functionOf(path)}() {
  local curcontext="$curcontext" state line
  local -a commands=(
${words.join('\n')}
  )
  _arguments -C -S ${[...specs, '1:command:->command', '*::argument:->argument'].map(quoted).join(' \\\n    ')}
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
${cases.join('\n')}
      esac
      ;;
  esac
}`;
  });
  return `#compdef ${name}
# ${name}: completion for zsh. To load it: source <(${name} completion zsh), behind compinit

# Formats; behind one of them and = the file that it goes to.
_${name}_outputs() {
  if compset -P '*='; then _files; else compadd -- "$@"; fi
}

_${name}_words() { compadd -- "$@" }

_${name}_beginnings() { compadd -S '' -- "$@" }

${functions.join('\n\n')}

# Read by the completion itself from a folder of fpath, or loaded.
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;

  function actionOf(sort: Sort): string {
    switch (sort.kind) {
      case 'file':
        return '_files';
      case 'folder':
        return '_files -/';
      case 'nothing':
        return ' ';
      default:
        // A blank in front keeps zsh from adding arguments of its own.
        return ` _${name}_${sort.kind} ${sort.words.map(escaped).join(' ')}`;
    }
  }

  function specOf({ name: option, summary, repeatable, value }: CompletedOption): string {
    const many = repeatable ? '*' : '';
    const text = `[${escaped(summary)}]`;
    return value === null ? `${many}${option}${text}` : `${many}${option}=${text}:${escaped(value.name)}:${actionOf(value.sort)}`;
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path} ${name}`;
}

/** For a specification of \`_arguments\`, in which these characters end a part. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
