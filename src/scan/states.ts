import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InlaneError } from '../errors.ts';
import { sha256 } from '../plan/bytes.ts';
import { printable } from '../plan/printable.ts';
import { parseState, readState, type StateFile } from '../plan/state.ts';

/** States by name, read one at a time and as often as a pass needs them. */
export interface StateSource {
  /** As shown to people. */
  readonly path: string;
  /** Hex digest of the bytes. Throws `io`. */
  digest(): string;
  /** Throws InlaneError. */
  read(): StateFile;
}

/**
 * The states that arguments name: files, folders (every `*.json` and `*.tfstate` in and below them, in order of their names), `-` for
 * standard input. Throws `usage` and `io`.
 */
export function stateSources(given: readonly string[], cwd: string, stdin: () => Uint8Array): StateSource[] {
  if (given.length === 0)
    throw new InlaneError('usage', 'no state is given', 'name state files or folders, or `-` for standard input');
  if (given.filter((path) => path === '-').length > 1) throw new InlaneError('usage', '`-` is given twice', 'give it once');
  const sources = given.flatMap((path) => {
    if (path === '-') return [standardInput(stdin)];
    return isFolder(path, cwd) ? filesBelow(path, cwd).map((file) => fileSource(file, cwd)) : [fileSource(path, cwd)];
  });
  return [...new Map(sources.map((source) => [source.path, source])).values()];
}

function standardInput(stdin: () => Uint8Array): StateSource {
  let bytes: Uint8Array | null = null;
  const all = (): Uint8Array => {
    bytes ??= stdin();
    return bytes;
  };
  return { path: '-', digest: () => sha256(all()), read: () => parseState(all(), '-') };
}

function fileSource(path: string, cwd: string): StateSource {
  return {
    path,
    digest: () => {
      try {
        return sha256(readFileSync(resolve(cwd, path)));
      } catch {
        // What cannot be read is told when it is read as a state.
        return 'unreadable';
      }
    },
    read: () => readState(path, { cwd }),
  };
}

function isFolder(path: string, cwd: string): boolean {
  return statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true;
}

function filesBelow(folder: string, cwd: string): string[] {
  const files = readdirSync(resolve(cwd, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:json|tfstate)$/.test(entry.name))
    .map((entry) => join(folder, entry.parentPath.slice(resolve(cwd, folder).length), entry.name))
    .sort();
  if (files.length > 0) return files;
  throw new InlaneError(
    'io',
    `\`${printable(folder)}\` holds no state`,
    'states are files that end in .json (`terraform show -json`) or .tfstate (`terraform state pull`)',
  );
}
