import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect when the heap has grown by half since the last time, not fourfold: a scan reads state after state, and
 * what it leaves behind would fill the machine's memory with garbage while it waits for clouds.
 */
export function growSlowly(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
