import { type Dirent, readdirSync, statSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { InlaneError } from '../errors.ts';
import { printable } from '../plan/printable.ts';

/** A file to be replayed. */
export interface FoundFile {
  /** As the user would name it. */
  readonly shown: string;
  /** True where the user named the file itself, false where it stands in a folder that they named. */
  readonly named: boolean;
}

/** Folders that hold no plans of anybody's. Hidden ones are left out, too. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules']);
const MOST_FILES = 100_000;

/** Files that were named, and every file of the folders that were, each once; folders sorted by name. Links in folders are not followed. Throws `io` and `usage`. */
export function filesOf(inputs: readonly string[], cwd: string): readonly FoundFile[] {
  const found = new Map<string, FoundFile>();
  const add = (shown: string, named: boolean) => {
    const path = resolve(cwd, shown);
    if (found.size >= MOST_FILES)
      throw new InlaneError('usage', `more than ${MOST_FILES} files`, 'name a folder that holds plans and little else');
    if (!found.has(path) || named) found.set(path, { shown, named });
  };
  for (const input of inputs) {
    if (isFolder(input, cwd)) for (const file of below(posixPath(input), cwd)) add(file, false);
    else add(input, true);
  }
  return [...found.values()];
}

function isFolder(input: string, cwd: string): boolean {
  try {
    return statSync(resolve(cwd, input)).isDirectory();
  } catch (error) {
    throw unreadable(input, error);
  }
}

function* below(folder: string, cwd: string): Generator<string> {
  let entries: Dirent[];
  try {
    entries = readdirSync(resolve(cwd, folder), { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = posix.join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* below(path, cwd);
  }
}

function posixPath(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

function unreadable(path: string, error: unknown): InlaneError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new InlaneError(
    'io',
    `cannot read \`${printable(path)}\`: ${code}`,
    'name files or folders that are there and may be read',
  );
}
