import { execFile } from 'node:child_process';
import { lstatSync, realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { InlaneError, type Problem } from '../errors.ts';
import { type ReadRules, repositoryRoot, stackDirectory, type UnreadRules } from './cascade.ts';
import type { Environment } from './principal.ts';
import { quoted } from './problems.ts';

const LARGEST_OUTPUT = 64 << 20;
const SYMBOLIC_LINK = '120000';

/** Variables that would make git look at another repository, index or object store than the stack's. */
const REDIRECTS = [
  ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES'],
  ...['GIT_COMMON_DIR', 'GIT_NAMESPACE', 'GIT_CEILING_DIRECTORIES', 'GIT_REPLACE_REF_BASE', 'GIT_GRAFT_FILE', 'GIT_SHALLOW_FILE'],
];

/**
 * Reads rules from a commit instead of the working tree (`--rules-from`). The reference is resolved once, so that every
 * file comes from the same commit. Throws `usage` for a reference that git does not know or that is spelled like an option.
 */
export async function rulesFromCommit(options: {
  readonly ref: string;
  readonly stack: string;
  readonly cwd: string;
  readonly env: Environment;
}): Promise<{ read: ReadRules; unread: UnreadRules; commit: string }> {
  checkReference(options.ref);
  const stack = stackDirectory(realpathSync(options.cwd), options.stack);
  const root = repositoryRoot(stack);
  if (root === null)
    throw new InlaneError(
      'usage',
      `${quoted(options.stack)} is in no git repository`,
      '--rules-from reads from one; name a stack inside it',
    );
  const git = new Git(root, options.env);
  const commit = await resolveCommit(git, options.ref);
  const read: ReadRules = (path, shown) => readBlob(git, root, commit, options.ref, path, shown);
  const unread: UnreadRules = (path, shown) => absentFromCommit(git, root, options.ref, path, shown);
  return { read, unread, commit };
}

/**
 * A lane file of the working tree that the commit does not have. A tracked one is what a pull request adds: it applies once it is
 * merged, and a warning says so. An untracked one is in nobody's review and would never apply: that is an error.
 */
async function absentFromCommit(git: Git, root: string, ref: string, path: string, shown: string): Promise<Problem | null> {
  if (!stands(path)) return null;
  const listed = await git.run(['ls-files', '-z', '--', relative(root, path).split(sep).join('/')]);
  if (!listed.ok) throw new InlaneError('io', `git cannot read its index: ${listed.error}`, 'check that the repository is whole');
  if (listed.text() !== '')
    return {
      message: `${quoted(shown)} is not in ${quoted(ref)}, so it does not apply`,
      at: null,
      hint: 'it will once it is merged',
    };
  throw new InlaneError(
    'lanes-missing',
    `${quoted(shown)} is untracked, so that it would not apply: the rules are read from ${quoted(ref)}`,
    'commit it and let it be merged, or take it away',
  );
}

/** A dangling link stands, too. */
function stands(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Paths of the files of this name in a commit, below a directory of the repository, `/`-separated and relative to it; and how to
 * read them. Throws as `rulesFromCommit` does.
 */
export async function filesInCommit(
  name: string,
  options: { readonly ref: string; readonly stack: string; readonly cwd: string; readonly env: Environment },
): Promise<{ files: string[]; read: ReadRules; root: string }> {
  const { read, commit } = await rulesFromCommit(options);
  const root = repositoryRoot(stackDirectory(realpathSync(options.cwd), options.stack)) as string;
  const answer = await new Git(root, options.env).run([
    'ls-tree',
    '-r',
    '-z',
    '--name-only',
    '--full-tree',
    '--end-of-options',
    commit,
  ]);
  if (!answer.ok)
    throw new InlaneError('io', `git cannot list ${quoted(options.ref)}: ${answer.error}`, 'check that the repository is whole');
  const files = answer
    .text()
    .split('\0')
    .filter((path) => path === name || path.endsWith(`/${name}`));
  return { files, read, root };
}

/** What git takes for a revision, without what it takes for an option, a path, a range or several words. */
function checkReference(ref: string): void {
  const wrong =
    ref === '' ||
    ref.startsWith('-') ||
    ref.startsWith('^') ||
    /[\p{Cc}\s:\\?*[]/u.test(ref) ||
    ref.includes('..') ||
    ref.length > 300;
  if (wrong)
    throw new InlaneError('usage', `${quoted(ref)} is no git reference`, 'give a branch, tag or commit, such as `origin/main`');
}

async function resolveCommit(git: Git, ref: string): Promise<string> {
  const answer = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  const commit = answer.text().trim();
  if (answer.ok && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit)) return commit;
  if (answer.error.includes('expected commit type'))
    throw new InlaneError('usage', `${quoted(ref)} is no commit`, 'give a branch, tag or commit, such as `origin/main`');
  if (answer.error !== '')
    throw new InlaneError('io', `git cannot read the repository: ${answer.error}`, ownershipHint(answer.error));
  const shallow = (await git.run(['rev-parse', '--is-shallow-repository'])).text().trim() === 'true';
  if (shallow)
    throw new InlaneError(
      'usage',
      `no commit ${quoted(ref)} in this shallow clone`,
      `fetch it first, for example \`git fetch --depth=1 origin ${refspec(ref)}\``,
    );
  throw new InlaneError('usage', `no commit ${quoted(ref)} in this repository`, 'check the name, or fetch it first');
}

/** What makes the reference known: of a branch of the remote, a shallow clone has the name only where it is told to. */
function refspec(ref: string): string {
  return ref.startsWith('origin/') ? `${ref.slice('origin/'.length)}:refs/remotes/${ref}` : ref;
}

function ownershipHint(error: string): string {
  return error.includes('dubious ownership')
    ? 'let git read it: `git config --global --add safe.directory DIR`'
    : 'check that the repository is whole';
}

async function readBlob(
  git: Git,
  root: string,
  commit: string,
  ref: string,
  path: string,
  shown: string,
): Promise<Uint8Array | null> {
  const inside = relative(root, path).split(sep).join('/');
  if (inside === '' || inside === '..' || inside.startsWith('../') || inside.startsWith('/')) {
    throw new InlaneError(
      'usage',
      `${quoted(shown)} stands outside the repository`,
      `${quoted(ref)} cannot hold it; keep rules and what they extend inside`,
    );
  }
  const listed = await git.run(['ls-tree', '-z', '--full-tree', '--end-of-options', commit, '--', inside]);
  if (!listed.ok)
    throw new InlaneError(
      'io',
      `git cannot list ${quoted(inside)} at ${quoted(ref)}: ${listed.error}`,
      'check that the repository is whole',
    );
  const [entry] = listed.text().split('\0');
  if (!entry) return null;
  const [mode, type, id] = (entry.split('\t')[0] ?? '').split(' ');
  if (mode === SYMBOLIC_LINK)
    throw new InlaneError('io', `${quoted(inside)} is a symbolic link at ${quoted(ref)}`, 'commit the file itself');
  if (type !== 'blob' || !id) throw new InlaneError('io', `${quoted(inside)} is no file at ${quoted(ref)}`, 'check the path');
  const blob = await git.run(['cat-file', 'blob', id]);
  if (!blob.ok)
    throw new InlaneError(
      'io',
      `git cannot read ${quoted(inside)} at ${quoted(ref)}: ${blob.error}`,
      'fetch the whole commit first',
    );
  return blob.bytes;
}

interface Output {
  readonly ok: boolean;
  readonly bytes: Uint8Array;
  /** First line of standard error. */
  readonly error: string;
  text(): string;
}

/** git on one repository: arguments as a vector, no shell, nothing written, nothing fetched, no object replaced. */
export class Git {
  readonly #root: string;
  readonly #env: NodeJS.ProcessEnv;
  constructor(root: string, env: Environment) {
    this.#root = root;
    const kept = Object.entries(env).filter(([name]) => !REDIRECTS.includes(name));
    const quiet = {
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
      GIT_NO_LAZY_FETCH: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      LC_ALL: 'C',
    };
    this.#env = { ...Object.fromEntries(kept), ...quiet };
  }

  run(args: readonly string[]): Promise<Output> {
    const vector = ['--no-pager', '--literal-pathspecs', '-C', this.#root, ...args];
    return new Promise((resolve, reject) => {
      execFile(
        'git',
        vector,
        { env: this.#env, encoding: 'buffer', maxBuffer: LARGEST_OUTPUT, windowsHide: true },
        (failure, stdout, stderr) => {
          if (failure && (failure as NodeJS.ErrnoException).code === 'ENOENT') {
            reject(new InlaneError('io', 'cannot run `git`', '--rules-from needs git on the PATH'));
            return;
          }
          const error = (stderr.toString('utf8').split('\n')[0] ?? '').replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 200);
          resolve({ ok: failure === null, bytes: stdout, error, text: () => stdout.toString('utf8') });
        },
      );
    });
  }
}
