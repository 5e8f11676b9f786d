import { InlaneError, kindOfError } from '../errors.ts';
import type { CliIo } from './io.ts';

/**
 * Any error as one of ours. What is none is a defect, and its message may hold plan values: only its name is told, and
 * with INLANE_DEBUG the frames of its stack.
 */
export async function asInlaneError(error: unknown, io: Pick<CliIo, 'env' | 'stderr'>): Promise<InlaneError> {
  if (error instanceof InlaneError) return error;
  const name = kindOfError(error);
  await showDefect(error, io);
  return new InlaneError(
    'internal',
    `inlane failed (${name})`,
    'this is a defect: run again with INLANE_DEBUG=1 and report what it prints',
  );
}

/** With INLANE_DEBUG: the frames of a defect's stack, on standard error. */
export async function showDefect(error: unknown, io: Pick<CliIo, 'env' | 'stderr'>): Promise<void> {
  if (io.env.INLANE_DEBUG) await io.stderr.write(framesOf(error));
}

const FRAME = /^ {4}at (?:[\w$.<>[\] ]+ \()?(?:file:\/\/|node:)[^\s()]*:\d+:\d+\)?$/;

/** Lines of the stack that are frames and no part of a message; folders left out. */
function framesOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const frames = lines
    .filter((line) => FRAME.test(line))
    .map((line) => line.replace(/file:\/\/[^\s()]*\/(?=(?:src|dist|node_modules)\/)/, ''));
  return `${['debug:', ...frames].join('\n')}\n`;
}
