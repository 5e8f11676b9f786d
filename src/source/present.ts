import { readdirSync } from 'node:fs';

/** Whether a folder holds configuration at all; what cannot be listed holds none. Cheap, so that nothing is loaded for nothing. */
export function holdsConfiguration(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => /\.(?:tf|tofu)(?:\.json)?$/.test(name));
  } catch {
    return false;
  }
}
