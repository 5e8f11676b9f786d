import { posix } from 'node:path';
import type { Report } from '../report.ts';

/** A file of the stack, with or without its line, as the repository names it: hosts show a place only where they know the file. */
export function inRepository({ stack }: Report, place: string): string {
  return stack === undefined ? place : posix.join(stack, place);
}
