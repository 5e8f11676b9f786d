import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Most folders that are looked at, and how deep. */
const MOST_FOLDERS = 5000;
const DEEPEST = 8;
/** Folders that hold no stack of the repository's own. */
const SKIPPED: ReadonlySet<string> = new Set([
  'node_modules',
  'modules',
  'vendor',
  'examples',
  'dist',
  'fixtures',
  'testdata',
  'tests',
  '__tests__',
]);
const CONFIGURATION = /\.(?:tf|tofu)(?:\.json)?$|^terragrunt\.hcl$/;

/** Folders below `root` that hold configuration, relative to it and `/`-separated, sorted. Links are not followed. */
export function stackFolders(root: string): readonly string[] {
  const found: string[] = [];
  const work: { readonly path: string; readonly depth: number }[] = [{ path: root, depth: 0 }];
  for (let seen = 0; seen < MOST_FOLDERS; seen += 1) {
    const next = work.shift();
    if (next === undefined) break;
    const entries = entriesOf(next.path);
    if (entries.some((entry) => entry.isFile() && CONFIGURATION.test(entry.name)))
      found.push(relative(root, next.path).split(sep).join('/'));
    if (next.depth === DEEPEST) continue;
    for (const entry of entries)
      if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name))
        work.push({ path: join(next.path, entry.name), depth: next.depth + 1 });
  }
  return found.filter((path) => path !== '').sort();
}

/** A folder that cannot be read shows nothing: what is proposed comes from what can be seen. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** Workspaces that the folder of a stack shows: the one that is selected first, then those with a local state, sorted. */
export function workspacesOf(stack: string): readonly string[] {
  const selected = startOf(join(stack, '.terraform', 'environment')).trim();
  const local = entriesOf(join(stack, 'terraform.tfstate.d')).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  return [...new Set([selected, ...local])].filter((name) => name !== '');
}

const OWNER_FILES = ['CODEOWNERS', '.github/CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'] as const;

/** People that the repository's CODEOWNERS names (`@dana`; teams and addresses are left out), in its order. */
export function codeOwners(root: string): readonly string[] {
  const lines = OWNER_FILES.flatMap((file) => startOf(join(root, file)).split('\n'));
  const owners = lines.flatMap((line) => line.replace(/#.*/, '').split(/\s+/).slice(1));
  return [...new Set(owners.flatMap((owner) => /^@([A-Za-z0-9][A-Za-z0-9._-]{0,38})$/.exec(owner)?.[1] ?? []))].slice(0, 20);
}

const MOST_BYTES = 1 << 16;

/** The first bytes of a file as text; empty where there is none. */
function startOf(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(MOST_BYTES);
      return bytes.subarray(0, readSync(file, bytes)).toString('utf8');
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

/** What the output of `show -json` has of a plan and not of a state. */
const PLAN_SECTION = /"(?:planned_values|resource_changes|output_changes|variables)"\s*:/;

/** Whether a file is a plan, by its beginning: `show -json` output, or the archive that a saved plan is. */
export function looksLikePlan(path: string): boolean {
  const start = startOf(path);
  if (start.startsWith('PK')) return readWhole(path).includes('tfplan');
  return /^\s*\{/.test(start) && start.includes('"format_version"') && PLAN_SECTION.test(start);
}

function readWhole(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

const PLAN_NAME = /plan/i;

/** Files of a folder with `plan` in their name that look like plans, by name. */
export function planFiles(folder: string): readonly string[] {
  return entriesOf(folder).flatMap((entry) => {
    const candidate = entry.isFile() && PLAN_NAME.test(entry.name) && !entry.name.startsWith('.');
    return candidate && looksLikePlan(join(folder, entry.name)) ? [entry.name] : [];
  });
}
