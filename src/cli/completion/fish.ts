import type { CompletedCommand, Sort } from './tree.ts';

/** A script for fish from 3.0 on. */
export function fishScript(name: string, commands: readonly CompletedCommand[]): string {
  const valued = new Set(commands.flatMap(({ options }) => options.flatMap((one) => (one.value === null ? [] : [one.name]))));
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  const lines = commands.flatMap(({ path, commands: inner, options, arguments: operands }) => {
    const at = `complete -c ${name} -n ${quoted(`__${name}_at ${path === '' ? "''" : `'${path}'`}`)}`;
    const first = `complete -c ${name} -n ${quoted(`__${name}_at ${path === '' ? "''" : `'${path}'`} 0`)}`;
    return [
      '',
      ...inner.map((one) => `${first} -a ${one.name} -d ${quoted(one.summary)}`),
      ...operands.flatMap(({ sort, variadic }, index) => {
        const only = variadic ? at : `${at.slice(0, -1)} ${index}'`;
        return sort.kind === 'nothing' ? [] : [`${only} ${offering(sort)}`];
      }),
      ...options.map(
        (one) =>
          `${at} -l ${one.name.slice(2)}${one.value === null ? '' : ` -r ${one.value.sort.kind === 'nothing' ? '-f' : offering(one.value.sort)}`} -d ${quoted(one.summary)}`,
      ),
    ];
  });
  return `# ${name}: completion for fish. To load it: ${name} completion fish | source

# Whether the words so far are those of this command; with a number, whether so many arguments follow them.
function __${name}_at
    set -l path
    set -l arguments 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if string match -q -- '-*' $word
            contains -- $word ${[...valued].join(' ')}
            and set skip 1
        else if test $arguments = 0; and contains -- (string join ' ' $path $word) ${paths.map(quoted).join(' ')}
            set -a path $word
        else
            set arguments (math $arguments + 1)
        end
    end
    test "$path" = "$argv[1]"
    and test (count $argv) = 1 -o "$arguments" = "$argv[2]"
end

# Formats; behind one of them and = the file that it goes to.
function __${name}_outputs
    set -l value (commandline -ct | string replace -r -- '^--[a-z-]+=' '')
    if string match -q -- '*=*' $value
        set -l front (string replace -r -- '=.*' '=' $value)
        for file in (__fish_complete_path (string replace -r -- '^[^=]*=' '' $value))
            echo $front$file
        end
    else
        printf '%s\\n' $argv
    end
end

complete -c ${name} -f
${lines.join('\n')}
`;

  function offering(sort: Exclude<Sort, { kind: 'nothing' }> | Sort): string {
    switch (sort.kind) {
      case 'file':
        return '-F';
      case 'folder':
        return "-f -a '(__fish_complete_directories)'";
      case 'outputs':
        return `-f -a ${quoted(`(__${name}_outputs ${sort.words.join(' ')})`)}`;
      case 'nothing':
        return '-f';
      default:
        return `-f -a ${quoted(sort.words.join(' '))}`;
    }
  }
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
