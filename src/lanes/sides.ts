import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { InlaneError, type Place, type Problem } from '../errors.ts';
import { LANE_FILE, type ReadRules, repositoryRoot } from './cascade.ts';
import { filesInCommit } from './git.ts';
import { loadRuleset } from './load.ts';
import type { Environment } from './principal.ts';
import { quoted } from './problems.ts';
import type { Ruleset } from './ruleset.ts';

/** Folders that hold no rules of their own. */
const SKIPPED = new Set(['.git', '.terraform', 'node_modules']);

/** One side of a comparison: a lane file, a folder with all lane files below it, or a commit with all of them. */
export interface Side {
  /** As the user named it. */
  readonly name: string;
  /** Folders that hold a lane file, `/`-separated and relative, '' for the topmost; null = one file given by itself. */
  readonly folders: readonly string[] | null;
  /** The rules that apply to a stack in that folder, its own file's and those above it, with what the reader warns of. */
  load(folder: string): Promise<{ readonly ruleset: Ruleset; readonly diagnostics: readonly Problem[] }>;
}

export interface SideOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly classNames: ReadonlySet<string>;
}

/** What a word of the command line names: a path that is there, else a git reference. Throws `usage`, `io`, `lanes-missing`. */
export async function sideOf(name: string, options: SideOptions): Promise<Side> {
  const { cwd, classNames } = options;
  const path = resolve(cwd, name);
  const kind = kindOf(path);
  if (kind === 'file') {
    return { name, folders: null, load: () => loadRuleset({ lanes: [path], stack: '.', cwd, classNames }) };
  }
  const { root, files, read } = kind === 'folder' ? below(path) : await inCommit(name, options);
  if (files.length === 0)
    throw new InlaneError(
      'lanes-missing',
      `${quoted(name)} holds no \`${LANE_FILE}\``,
      'name a lane file, a folder or a commit with one',
    );
  const folders = files.map(folderOf).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const prefix = kind === 'folder' ? folderPrefix(name) : `${name}:`;
  return {
    name,
    folders,
    load: async (folder) => {
      if (!folders.some((other) => other === '' || folder === other || folder.startsWith(`${other}/`)))
        throw new InlaneError(
          'lanes-missing',
          `${quoted(name)} has no lane file above ${quoted(folder || '.')}`,
          'compare folders that both have rules',
        );
      try {
        // From the top of this side down, as the gate finds them.
        const found = { stack: folder === '' ? '.' : folder, top: root, cwd: root, classNames, ...(read ? { read } : {}) };
        return await loadRuleset(found);
      } catch (error) {
        throw ofSide(error, prefix);
      }
    },
  };
}

/** A place in a lane file says of which side it is. */
function ofSide(error: unknown, prefix: string): unknown {
  if (!(error instanceof InlaneError) || error.problems.length === 0) return error;
  const placed = (at: Place | null): Place | null => at && { ...at, file: `${prefix}${at.file}` };
  const problems = error.problems.map((problem) => ({ ...problem, at: placed(problem.at) }));
  const message = problems[0]?.at ? `${prefix}${error.message}` : error.message;
  return new InlaneError(error.code, message, error.hint, problems);
}

function folderPrefix(name: string): string {
  const path = name
    .split(sep)
    .join('/')
    .replace(/\/+$/, '')
    .replace(/^(?:\.\/)+/, '');
  return path === '.' || (path === '' && !name.startsWith('/')) ? '' : `${path}/`;
}

async function inCommit(name: string, { cwd, env }: SideOptions) {
  if (repositoryRoot(realpathSync(cwd)) === null)
    throw new InlaneError(
      'usage',
      `${quoted(name)} is no file and no folder`,
      'check the path; commits are there in a git repository only',
    );
  try {
    return await filesInCommit(LANE_FILE, { ref: name, stack: '.', cwd, env });
  } catch (error) {
    if (!(error instanceof InlaneError) || error.code !== 'usage') throw error;
    throw new InlaneError('usage', `${quoted(name)} is no file, no folder and no commit`, error.hint);
  }
}

function below(path: string): { root: string; files: string[]; read?: ReadRules } {
  const root = realpathSync(path);
  const files: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const inside = join(folder, entry.name);
      if (entry.name === LANE_FILE && !entry.isDirectory()) files.push(relative(root, inside).split(sep).join('/'));
      // A repository within this one stands by itself, as for the gate.
      else if (entry.isDirectory() && !SKIPPED.has(entry.name) && !existsSync(join(inside, '.git'))) visit(inside);
    }
  };
  visit(root);
  return { root, files };
}

function folderOf(file: string): string {
  const folder = dirname(file);
  return folder === '.' ? '' : folder;
}

function kindOf(path: string): 'file' | 'folder' | null {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? 'folder' : 'file';
  } catch {
    return null;
  }
}
