import { posix } from 'node:path';
import { unzipSync } from 'fflate';
import type { ConfigurationFiles } from './files.ts';

/** Above this a saved plan's configuration is not unpacked, in bytes: a small archive may say that it holds any amount. */
const LARGEST = 64_000_000;

const FOLDER = 'tfconfig/';
const MANIFEST = `${FOLDER}modules.json`;

/**
 * The configuration inside a saved plan (plan-json.md 7): `tfconfig/m-KEY/FILE` for each module, and a manifest of keys and folders. Null where it is not
 * there, as in the plans of a remote run, or cannot be unpacked.
 */
export function planArchive(bytes: Uint8Array): ConfigurationFiles | null {
  let entries: Readonly<Record<string, Uint8Array>>;
  let size = 0;
  try {
    entries = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!name.startsWith(FOLDER)) return false;
        size += originalSize;
        return size <= LARGEST;
      },
    });
  } catch {
    return null;
  }
  const files = new Map(Object.entries(entries).flatMap(([name, content]) => decoded(name, content)));
  const manifest = files.get(MANIFEST);
  if (manifest === undefined || size > LARGEST) return null;
  // Folder -> names -> text; two modules of one folder hold the same files.
  const folders = new Map<string, Map<string, string>>();
  for (const { key, folder } of modulesOf(manifest)) {
    const prefix = `${FOLDER}m-${key}/`;
    const own = [...files].filter(([name]) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'));
    folders.set(folder, new Map(own.map(([name, text]) => [name.slice(prefix.length), text])));
  }
  return {
    list: (folder) => {
      const own = folders.get(posix.join(folder, '.'));
      return own === undefined ? null : [...own.keys()].sort();
    },
    read: (file) => folders.get(posix.dirname(file))?.get(posix.basename(file)) ?? null,
    manifest: () => manifest,
  };
}

function decoded(name: string, content: Uint8Array): [string, string][] {
  try {
    return [[name, new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)]];
  } catch {
    return [];
  }
}

function modulesOf(manifest: string): { readonly key: string; readonly folder: string }[] {
  let json: unknown;
  try {
    json = JSON.parse(manifest);
  } catch {
    return [];
  }
  return (Array.isArray(json) ? (json as unknown[]) : []).flatMap((entry) => {
    const { Key, Dir } = (entry ?? {}) as { Key?: unknown; Dir?: unknown };
    return typeof Key === 'string' && typeof Dir === 'string' ? [{ key: Key, folder: posix.join(Dir, '.') }] : [];
  });
}
