import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What a plan hangs on. */
const CONFIGURATION = /\.(?:tf|tofu|tfvars)(?:\.json)?$|^\.terraform\.lock\.hcl$|^terragrunt\.hcl$/;
const DEEPEST = 4;
const MOST_FILES = 5000;

/** The file of configuration below a stack that was written last, relative to it; null where there is none. Links are not followed. */
export function newestConfiguration(stack: string): { readonly file: string; readonly at: number } | null {
  let newest: { file: string; at: number } | null = null;
  const work = [{ folder: stack, depth: 0 }];
  for (let seen = 0; work.length > 0 && seen < MOST_FILES; ) {
    const { folder, depth } = work.shift() as { folder: string; depth: number };
    for (const entry of entriesOf(folder)) {
      seen += 1;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < DEEPEST && !entry.name.startsWith('.') && entry.name !== 'node_modules')
        work.push({ folder: path, depth: depth + 1 });
      if (!entry.isFile() || !CONFIGURATION.test(entry.name)) continue;
      const at = writtenAt(path);
      if (at !== null && (newest === null || at > newest.at)) newest = { file: relative(stack, path).split(sep).join('/'), at };
    }
  }
  return newest;
}

/** When a file was written, in milliseconds since the epoch; only ever compared with another. Null where it is not there. */
export function writtenAt(path: string): number | null {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return null;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
