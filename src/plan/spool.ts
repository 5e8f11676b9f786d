import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FileSource } from './source.ts';

/** All of standard input: its bytes, or where it is large an open file without a name that holds them from its beginning. */
export type StandardInput = Uint8Array | { readonly descriptor: number };

/** Bytes that are held; what is larger is written to a file. */
const HELD = 8 << 20;

/**
 * Takes what is read chunk by chunk, each good until the next. Beyond `HELD` bytes it goes to a file that only this user may read and that loses its name at
 * once, so that nothing is left behind however the process ends. Throws what the file system throws.
 */
export function spool(chunks: Iterable<Uint8Array>, held: number = HELD): StandardInput {
  const parts: Uint8Array[] = [];
  let length = 0;
  let descriptor: number | null = null;
  try {
    for (const chunk of chunks) {
      length += chunk.length;
      if (descriptor === null && length > held) {
        descriptor = nameless();
        for (const part of parts.splice(0)) writeAll(descriptor, part);
      }
      if (descriptor === null) parts.push(Uint8Array.from(chunk));
      else writeAll(descriptor, chunk);
    }
  } catch (error) {
    if (descriptor !== null) closeSync(descriptor);
    throw error;
  }
  return descriptor === null ? Buffer.concat(parts) : { descriptor };
}

/** The bytes of a standard input that is wanted in one piece; its file is closed. */
export function heldBytes(input: StandardInput): Uint8Array {
  if (!('descriptor' in input)) return input;
  const source = new FileSource(input.descriptor, '-');
  try {
    return source.read(0, source.size);
  } finally {
    source.close();
  }
}

function nameless(): number {
  // Loaded when it is needed: a plain gate starts without it.
  const { tmpdir } = process.getBuiltinModule('node:os');
  const path = join(tmpdir(), `inlane-${randomBytes(16).toString('hex')}`);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    unlinkSync(path);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return descriptor;
}

/** Writes all of it, however much one call takes. Throws what the file system throws. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
