import { readdirSync, readFileSync, statSync } from 'node:fs';
import { posix, resolve } from 'node:path';

/**
 * Where configuration is read from: a working tree, or the copy inside a saved plan. Folders and files are `/`-separated paths relative to
 * the stack; a folder above it begins with `..`.
 */
export interface ConfigurationFiles {
  /** Names of the files in a folder, sorted; null = no such folder. */
  list(folder: string): readonly string[] | null;
  /** Null = it cannot be read, or is no UTF-8 text. */
  read(file: string): string | null;
  /** The list of module folders that `init` wrote, as JSON text; null = there is none. */
  manifest(): string | null;
}

/** Larger than any that people write, in bytes; a larger one is not read. */
const LARGEST = 10_000_000;

/** The working tree. `stack` is absolute; `dataDir` is where `init` keeps its files (TF_DATA_DIR), relative to the stack. */
export function workingTree(stack: string, dataDir = '.terraform'): ConfigurationFiles {
  return {
    list(folder) {
      try {
        return readdirSync(resolve(stack, folder), { withFileTypes: true })
          .filter((entry) => !entry.isDirectory())
          .map((entry) => entry.name)
          .sort();
      } catch {
        return null;
      }
    },
    read: (file) => readText(resolve(stack, file)),
    manifest: () => readText(resolve(stack, posix.join(dataDir, 'modules/modules.json'))),
  };
}

function readText(path: string): string | null {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > LARGEST) return null;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch {
    return null;
  }
}

export type Syntax = 'native' | 'json';

/** One file of a module's folder that Terraform would read. */
export interface ConfigurationFile {
  readonly name: string;
  readonly syntax: Syntax;
  /** Overrides are merged into what the other files declare. */
  readonly override: boolean;
}

/**
 * Which of these names are configuration, ordinary files first, overrides in their order behind them. `tofu`: OpenTofu reads `.tofu` as well,
 * and instead of the `.tf` of the same name.
 */
export function configurationFiles(names: readonly string[], tofu: boolean): ConfigurationFile[] {
  const all = new Set(names);
  const found = names.flatMap((name): ConfigurationFile[] => {
    if (name.startsWith('.') || name.endsWith('~') || (name.startsWith('#') && name.endsWith('#'))) return [];
    const parts = /^(.*)\.(tf|tofu)(\.json)?$/.exec(name);
    if (parts === null) return [];
    const [, base = '', extension, json = ''] = parts;
    if (extension === 'tofu' ? !tofu : tofu && all.has(`${base}.tofu${json}`)) return [];
    return [{ name, syntax: json === '' ? 'native' : 'json', override: base === 'override' || base.endsWith('_override') }];
  });
  return [...found.filter(({ override }) => !override), ...found.filter(({ override }) => override)];
}
