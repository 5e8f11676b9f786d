import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InlaneError } from '../../src/errors.ts';
import { loadRuleset } from '../../src/lanes/load.ts';
import type { Ruleset } from '../../src/lanes/ruleset.ts';

export const CLASS_NAMES: ReadonlySet<string> = new Set(
  Object.keys(JSON.parse(readFileSync(new URL('../../providers/classes.json', import.meta.url), 'utf8')) as object),
);

/** The two files of lanes.md section 2, to the letter; `.txt`, so that no formatter moves a line. */
export const EXAMPLE = readFileSync(new URL('example/org.txt', import.meta.url), 'utf8');
export const EXAMPLE_SHOP = readFileSync(new URL('example/shop.txt', import.meta.url), 'utf8');

/** A new directory with these files (path to text); `.git/HEAD` makes it a repository's root. Removed by `done`. */
export function folder(files: Readonly<Record<string, string | Uint8Array>>): { path: string; done: () => void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'lanes-')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, done: () => rmSync(path, { recursive: true, force: true }) };
}

/** Loads a repository of these files as seen from `stack`. */
export async function loadFiles(files: Readonly<Record<string, string | Uint8Array>>, stack = '.', lanes?: readonly string[]) {
  const { path, done } = folder({ '.git/HEAD': 'ref: refs/heads/main\n', ...files });
  try {
    mkdirSync(join(path, stack), { recursive: true });
    return await loadRuleset({ stack, cwd: path, classNames: CLASS_NAMES, ...(lanes ? { lanes } : {}) });
  } finally {
    done();
  }
}

/** Loads one text as the only lane file, without touching the disk. */
export async function loadText(text: string | Uint8Array): Promise<Ruleset> {
  const read = (path: string) => (path.endsWith('inlane.yaml') ? text : null);
  return (await loadRuleset({ lanes: ['inlane.yaml'], stack: '.', cwd: tmpdir(), classNames: CLASS_NAMES, read })).ruleset;
}

/** The error that the promise is rejected with; fails when it is not an InlaneError. */
export async function failure(promise: Promise<unknown>): Promise<InlaneError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof InlaneError) return error;
    throw error;
  }
  throw new Error('loaded without an error');
}
