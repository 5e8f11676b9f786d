import type { CompletedCommand, Sort } from './tree.ts';

/** A script for bash from 3.2 on. Summaries are not part of it: bash shows words alone. */
export function bashScript(name: string, commands: readonly CompletedCommand[]): string {
  const known = commands.map(({ path, commands: inner, options, arguments: operands }) => {
    const flags = options.filter(({ value }) => value === null).map((option) => option.name);
    const valued = options.filter(({ value }) => value !== null).map((option) => option.name);
    const sorts = operands.map(({ sort }, index) => `      ${operands[index]?.variadic ? '*' : index}) ${setting(sort)} ;;`);
    return [
      `    '${path}')`,
      `      commands='${inner.map((one) => one.name).join(' ')}' flags='${flags.join(' ')}' valued='${valued.join(' ')}'`,
      ...(sorts.length === 0 ? [] : ['      case $nth in', ...sorts.map((line) => `  ${line}`), '      esac']),
      '      ;;',
    ].join('\n');
  });
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap((option) =>
      option.value === null || option.value.sort.kind === 'nothing'
        ? []
        : [`    '${path} ${option.name}') ${setting(option.value.sort)} ;;`],
    ),
  );
  return `# ${name}: completion for bash. To load it: source <(${name} completion bash)

# What may follow the words of a command: sets commands, flags and valued, and kind and words of its nth argument.
_${name}_command() {
  local nth=$2
  commands='' flags='' valued='' kind='' words=''
  case $1 in
${known.join('\n')}
  esac
}

# What the value of an option may be: sets kind and words.
_${name}_value() {
  kind='' words=''
  case $1 in
${values.join('\n')}
  esac
}

# Offers what a value that begins so may become; what stands in front of it belongs to the same word.
_${name}_offer() {
  local front=$1 value=$2 one
  value=\${value//\\\\/}
  case $value in [\\"\\']*) value=\${value:1} ;; esac
  if [[ $kind == outputs && $value == *=* ]]; then
    front+=\${value%%=*}= value=\${value#*=} kind=file
  fi
  # Files come line by line: a name may hold blanks.
  while IFS= read -r one; do
    one=$front$one
    COMPREPLY[\${#COMPREPLY[@]}]=\${one#"$apart"}
  done < <(
    case $kind in
      file) compgen -f -- "$value" ;;
      folder) compgen -d -- "$value" ;;
      words | beginnings | outputs) compgen -W "$words" -- "$value" ;;
    esac
  )
  # bash 3.2 has no compopt.
  case $kind in
    file | folder) compopt -o filenames 2>/dev/null ;;
    beginnings) compopt -o nospace 2>/dev/null ;;
  esac
  return 0
}

_${name}() {
  local line=() rest=$COMP_LINE word gap i
  COMPREPLY=()
  # bash takes words apart at = and :, and we put together what stands without a gap.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    gap=$rest
    if [[ -n $word ]]; then
      gap=\${rest%%"$word"*}
      rest=\${rest#*"$word"}
    fi
    if ((i > 1)) && [[ -z $gap ]]; then
      line[\${#line[@]}-1]+=$word
    elif ((i > 0)); then
      line[\${#line[@]}]=$word
    fi
  done
  local last=$((\${#line[@]} - 1)) path='' option='' nth=0
  local current=\${line[last]} commands flags valued kind words
  # Only what stands behind the last = or : is replaced.
  local tail=\${COMP_WORDS[COMP_CWORD]} apart
  case $tail in = | :) tail='' ;; esac
  apart=\${current%"$tail"}
  _${name}_command '' 0
  for ((i = 0; i < last; i++)); do
    word=\${line[i]}
    if [[ -n $option ]]; then
      option=''
    elif [[ $word == -* ]]; then
      case " $valued " in *" $word "*) option=$word ;; esac
    elif ((nth == 0)) && [[ " $commands " == *" $word "* ]]; then
      path=\${path:+$path }$word
      _${name}_command "$path" 0
    else
      nth=$((nth + 1))
    fi
  done
  if [[ -n $option ]]; then
    _${name}_value "$path $option"
    _${name}_offer '' "$current"
  elif [[ $current == --*=* ]]; then
    _${name}_value "$path \${current%%=*}"
    _${name}_offer "\${current%%=*}=" "\${current#*=}"
  elif [[ $current == -* ]]; then
    kind=words words="$flags $valued"
    _${name}_offer '' "$current"
  else
    _${name}_command "$path" "$nth"
    if [[ -n $commands && $nth == 0 ]]; then
      kind=words words=$commands
    fi
    _${name}_offer '' "$current"
  fi
}

complete -F _${name} ${name}
`;
}

function setting(sort: Sort): string {
  return 'words' in sort ? `kind=${sort.kind} words='${sort.words.join(' ')}'` : `kind=${sort.kind}`;
}
