import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect when the heap has grown by half since the last time, not fourfold: a large plan is read row by row and a scan state
 * after state, and what they leave behind would fill the machine's memory with garbage.
 */
export function growSlowly(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
