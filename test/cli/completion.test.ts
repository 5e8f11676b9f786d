import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { programOf } from '../../src/cli/commands.ts';
import { completedCommands } from '../../src/cli/completion/tree.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { root } from '../stories.ts';
import { run } from './io.ts';

const place = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-completion-')));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const HOSTILE = ['$(touch pwned).yaml', '`touch pwned`.yaml', '; touch pwned.yaml', "it's.yaml"];
beforeAll(async () => {
  mkdirSync(join(place, 'here/stacks/prod'), { recursive: true });
  for (const name of ['plan.json', 'planned work.json', 'report.json', 'lanes.yaml', 'stack.txt', ...HOSTILE])
    writeFileSync(join(place, 'here', name), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { exit, stdout, stderr } = await run(['completion', shell]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    writeFileSync(join(place, shell), stdout);
  }
});

/** What is typed, and what the last word may become; where a shell says more than that, only the part that it adds. */
const TYPED: readonly (readonly [string, readonly string[]])[] = [
  ['inlane ga', ['gate']],
  ['inlane ', ['gate', 'explain', 'lanes', 'tags', 'init', 'simulate', 'doctor', 'classes', 'catalog', 'completion', 'help']],
  ['inlane --v', ['--version']],
  ['inlane lanes ', ['check', 'diff', 'show']],
  ['inlane tags s', ['scan', 'shards']],
  ['inlane catalog ', ['import']],
  ['inlane help ex', ['explain']],
  ['inlane help gate ', []],
  ['inlane nonsense ', []],
  ['inlane completion ', ['bash', 'zsh', 'fish']],
  ['inlane classes queu', ['queue']],
  ['inlane gate --fo', ['--for', '--format']],
  ['inlane gate --no-', ['--no-changed-only', '--no-source']],
  ['inlane lanes check --str', ['--strict']],
  ['inlane lanes show --str', []],
  ['inlane gate plan.json --tr', ['--trust-worktree']],
  ['inlane gate --observe --as dana --wo', ['--workspace']],
  ['inlane gate --format j', ['json', 'junit']],
  ['inlane gate --format=j', ['json', 'junit']],
  ['inlane gate --format=', ['text', 'json', 'markdown', 'sarif', 'junit', 'github', 'gitlab', 'html']],
  ['inlane lanes diff a b --format ', ['text', 'json', 'markdown']],
  ['inlane classes --format ', ['text', 'json']],
  ['inlane gate --format json=rep', ['report.json']],
  ['inlane gate --format=json=rep', ['report.json']],
  ['inlane gate --format json=r --format s', ['sarif']],
  ['inlane tags scan --cloud a', ['aws', 'azure']],
  ['inlane gate --as a', ['agent:']],
  ['inlane gate --as agent:x --fo', ['--for', '--format']],
  ['inlane gate --as agent: --fo', ['--for', '--format']],
  ['inlane gate --as agent:x', []],
  ['inlane gate --lanes lan', ['lanes.yaml']],
  ['inlane gate --lanes=lan', ['lanes.yaml']],
  ['inlane gate --stack s', ['stacks']],
  ['inlane gate --workspace pl', []],
  ['inlane gate pl', ['plan.json', 'planned work.json']],
  ['inlane gate plan.json pl', ['plan.json', 'planned work.json']],
  ['inlane explain pl', []],
  ['inlane explain a.b pl', ['plan.json', 'planned work.json']],
  ['inlane explain --as dana a.b pl', ['plan.json', 'planned work.json']],
  ['inlane doctor --lanes ', ['lanes.yaml', 'plan.json', 'planned work.json', 'report.json', 'stack.txt', 'stacks', ...HOSTILE]],
];

const required = process.env.INLANE_E2E === 'required';
const isHere = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** Completes every line in one run of a shell, and reads what it offers: a line of words for each, apart by a tab. */
function offered(shell: string, argv: readonly string[], env: Record<string, string> = {}): string[][] {
  const { stdout, stderr, status } = spawnSync(shell, argv, {
    cwd: join(place, 'here'),
    env: { PATH: process.env.PATH ?? '', HOME: place, TERM: 'dumb', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t').filter((word) => word !== ''));
}

/** Only what is new in the last word: `json` of `--format=json`. */
const added = (word: string, sep: RegExp) => word.replace(sep, '').replace(/\/$/, '');

function compare(lines: readonly (readonly string[])[], sep: RegExp): void {
  const said = lines.map((words, index) => [TYPED[index]?.[0], [...new Set(words.map((word) => added(word, sep)))].sort()]);
  expect(said).toEqual(TYPED.map(([typed, words]) => [typed, [...words].sort()]));
  expect(existsSync(join(place, 'here/pwned'))).toBe(false);
}

/** As bash takes a line apart: at blanks, and at = and : as words of their own (COMP_WORDBREAKS). */
function bashWords(typed: string): readonly string[] {
  const words = typed.split(' ').flatMap((word) => (word === '' ? [''] : word.split(/([=:]+)/).filter((part) => part !== '')));
  return words;
}

describe('bash', () => {
  it('completes every line', () => {
    const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
    const lines = TYPED.map(([typed]) => {
      const words = bashWords(typed);
      return `COMP_LINE=${quoted(typed)} COMP_POINT=${typed.length} COMP_WORDS=(${words.map(quoted).join(' ')}) COMP_CWORD=${words.length - 1}; _inlane 2>/dev/null; IFS=$'\\t'; echo "\${COMPREPLY[*]}"; unset IFS`;
    });
    const driver = ['set -u', `source ${quoted(join(place, 'bash'))}`, 'complete -p inlane | grep -q "_inlane"', ...lines].join(
      '\n',
    );
    compare(offered('bash', ['--norc', '-c', driver]), /^$/);
  });
});

describe.skipIf(!required && !isHere('fish'))('fish (needs fish)', () => {
  it('completes every line', () => {
    const lines = TYPED.map(([typed]) => `echo (string join \\t -- (complete -C '${typed}' | string replace -r '\\t.*' ''))`);
    const driver = [`source ${join(place, 'fish')}`, ...lines].join('\n');
    compare(offered('fish', ['--no-config', '-c', driver]), /^(?:--[a-z-]+=)?(?:json=)?(?=[^=]*$)/);
  });
});

describe.skipIf(!required && !isHere('zsh'))('zsh (needs zsh)', () => {
  it('completes every line', () => {
    // An interactive shell in a terminal of its own; what it would add is written down on the way.
    const child = `PROMPT=
autoload -U compinit; compinit -D -u
source ${join(place, 'zsh')}
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  print -rn -- "\${(pj:\\t:)\${(@Q)hits}}"$'\\t' >> ${join(place, 'offers')}
  builtin compadd "$@"
}
ended() { print >> ${join(place, 'offers')} }
zle -C offer complete-word whole
whole() { _main_complete; compstate[insert]= ; compstate[list]= ; ended }
bindkey '^I' offer
zstyle ':completion:*' completer _complete
print ready >> ${join(place, 'ready')}
`;
    writeFileSync(join(place, 'child.zsh'), child);
    writeFileSync(join(place, 'offers'), '');
    writeFileSync(join(place, 'typed'), TYPED.map(([typed]) => `${typed}\n`).join(''));
    const driver = `zmodload zsh/zpty zsh/zselect
zpty -b shell zsh -f -i
zpty -w shell source ${join(place, 'child.zsh')}
until [[ -e ${join(place, 'ready')} ]]; do zselect -t 5; zpty -rt shell out; done
integer n=0
while IFS= read -r typed; do
  n+=1
  zpty -wn shell $'\\C-u'$typed$'\\t'
  until (( $(wc -l < ${join(place, 'offers')}) >= n )); do zselect -t 1; zpty -rt shell out; done
done < ${join(place, 'typed')}
zpty -d shell
cat ${join(place, 'offers')}`;
    compare(offered('zsh', ['-f', '-c', driver]), /^$/);
  }, 60_000);
});

test('a script holds nothing but what its shell can read', () => {
  for (const shell of ['bash', 'zsh', 'fish'].filter(isHere))
    expect([shell, spawnSync(shell, ['-n', join(place, shell)]).status]).toEqual([shell, 0]);
});

describe('the scripts', () => {
  it('know every option of every command', async () => {
    const program = await programOf(undefined, {} as CliIo, () => {});
    const commands = completedCommands(program, new Map([['completion SHELL', ['bash']]]));
    const all = commands.flatMap(({ options }) => options.map(({ name }) => name));
    expect(all.length).toBeGreaterThan(100);
    for (const shell of ['bash', 'zsh', 'fish']) {
      const script = readFileSync(join(place, shell), 'utf8');
      for (const name of all)
        expect(script.includes(shell === 'fish' ? `-l ${name.slice(2)} ` : name), `${shell} ${name}`).toBe(true);
    }
    // A line is read without its command: no option is a flag here and takes a value there.
    const flags = new Set(
      commands.flatMap(({ options }) => options.flatMap(({ name, value }) => (value === null ? [name] : []))),
    );
    expect(commands.flatMap(({ options }) => options.filter(({ name, value }) => value !== null && flags.has(name)))).toEqual([]);
  });

  it('come for three shells', async () => {
    expect(await run(['completion', 'bsh'])).toMatchObject({
      exit: 2,
      stdout: '',
      stderr: 'error[usage]: no completion for the shell `bsh`; did you mean `bash`? the shells are bash, zsh, fish\n',
    });
  });
});

describe('the README', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');

  it('says for each shell what the script itself says', () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const [, line = ''] = /To load it: ([^\n,]*)/.exec(readFileSync(join(place, shell), 'utf8')) ?? [];
      expect(line).toContain('inlane completion');
      expect(readme).toContain(`\`${line}\``);
    }
  });
});
