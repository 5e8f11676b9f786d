import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** `INLANE_CHROMIUM`, or the first of these names in PATH. */
function browserPath(): string | null {
  if (process.env.INLANE_CHROMIUM) return process.env.INLANE_CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const places = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return places.find((path) => existsSync(path)) ?? null;
}

/** Null = there is none, and tests that need it are skipped; throws where INLANE_E2E=required. */
export const executablePath = browserPath();
if (executablePath === null && process.env.INLANE_E2E === 'required')
  throw new Error('INLANE_E2E=required, and there is no Chromium');
