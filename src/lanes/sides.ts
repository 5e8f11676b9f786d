import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { InlaneError } from '../errors.ts';
import { LANE_FILE, type ReadRules } from './cascade.ts';
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
  /** The rules that apply to a stack in that folder: its own file and those above it. */
  load(folder: string): Promise<Ruleset>;
}

export interface SideOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly classNames: ReadonlySet<string>;
}

/** What a word of the command line names: a path that is there, else a git reference. Throws `usage`, `io`. */
export async function sideOf(name: string, options: SideOptions): Promise<Side> {
  const path = resolve(options.cwd, name);
  const kind = kindOf(path);
  if (kind === 'file') return { name, folders: null, load: () => rules([path], options.cwd, options) };
  const { root, files, read } = kind === 'folder' ? below(path) : await inCommit(name, options);
  if (files.length === 0)
    throw new InlaneError(
      'lanes-missing',
      `${quoted(name)} holds no \`${LANE_FILE}\``,
      'name a lane file, a folder or a commit with one',
    );
  const folders = files.map(folderOf).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return {
    name,
    folders,
    load: (folder) => {
      const chain = folders.filter((other) => other === '' || folder === other || folder.startsWith(`${other}/`));
      if (chain.length === 0)
        throw new InlaneError(
          'lanes-missing',
          `${quoted(name)} has no lane file above ${quoted(folder || '.')}`,
          'compare folders that both have rules',
        );
      return rules(
        chain.map((one) => join(root, one, LANE_FILE)),
        root,
        options,
        read,
      );
    },
  };
}

async function rules(lanes: readonly string[], cwd: string, { classNames }: SideOptions, read?: ReadRules): Promise<Ruleset> {
  return (await loadRuleset({ lanes, stack: '.', cwd, classNames, ...(read ? { read } : {}) })).ruleset;
}

async function inCommit(name: string, { cwd, env }: SideOptions) {
  try {
    return await filesInCommit(LANE_FILE, { ref: name, stack: '.', cwd, env });
  } catch (error) {
    if (!(error instanceof InlaneError) || error.code !== 'usage') throw error;
    throw new InlaneError('usage', `${quoted(name)} is no file, no folder and no commit`, error.hint);
  }
}

function below(path: string): { root: string; files: string[]; read?: undefined } {
  const root = realpathSync(path);
  const files: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) visit(join(folder, entry.name));
      else if (entry.isFile() && entry.name === LANE_FILE)
        files.push(relative(root, join(folder, entry.name)).split(sep).join('/'));
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
