import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';

/** The shared material beside the project, or where INLANE_SHARED says. */
export const SHARED = process.env.INLANE_SHARED ?? join(import.meta.dirname, '..', '..', '..', 'shared');

/** Runs where the folder of the shared material is there; skipped by name where it is not, and failing when INLANE_E2E=required. */
export function withShared(folder: string, name: string, body: (path: string) => void): void {
  const path = join(SHARED, folder);
  if (existsSync(path)) describe(name, () => body(path));
  else if (process.env.INLANE_E2E === 'required') throw new Error(`${name}: no shared material (${folder}); set INLANE_SHARED`);
  else describe.skip(`${name} (no shared material)`, () => body(path));
}
