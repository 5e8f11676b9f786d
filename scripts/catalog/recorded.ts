import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RecordedType {
  readonly section: 'managed' | 'data' | 'actions';
  readonly type: string;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const SECTIONS = new Map<Json | undefined, RecordedType['section']>([
  ['managed', 'managed'],
  // An ephemeral resource opens what its managed or data twin is; the catalogs list it with the managed ones.
  ['ephemeral', 'managed'],
  ['data', 'data'],
  ['action', 'actions'],
]);

/** Every type in the `plan.json` of recorded plans: rows, drift, prior state, configuration, actions. Sorted; empty when the folder is absent. */
export function recordedTypes(folder: string): RecordedType[] {
  const found = new Map<string, RecordedType>();
  for (const path of planFiles(folder)) {
    walk(JSON.parse(readFileSync(path, 'utf8')) as Json, (object) => {
      // Invocations carry no mode.
      const section = Object.hasOwn(object, 'config_values') ? 'actions' : SECTIONS.get(object.mode);
      const type = object.type;
      if (section && typeof type === 'string' && typeof object.address === 'string')
        found.set(`${section} ${type}`, { section, type });
    });
  }
  return [...found.keys()].sort().map((key) => found.get(key) as RecordedType);
}

/** The `plan.json` files of a folder of stories, two levels deep. */
export function planFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)plan[^/]*\.json$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

function walk(root: Json, visit: (object: { readonly [key: string]: Json }) => void): void {
  const open: Json[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) open.push(...(next as Json[]));
    else if (typeof next === 'object' && next !== null) {
      visit(next as { readonly [key: string]: Json });
      open.push(...Object.values(next as { readonly [key: string]: Json }));
    }
  }
}
