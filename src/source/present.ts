import { readdirSync } from 'node:fs';

const ENDINGS = ['.tf', '.tofu', '.tf.json', '.tofu.json'];

/** Whether a folder holds configuration at all; what cannot be listed holds none. Cheap, so that nothing is loaded for nothing. */
export function holdsConfiguration(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => ENDINGS.some((ending) => name.endsWith(ending)));
  } catch {
    return false;
  }
}
