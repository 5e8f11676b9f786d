import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { InlaneError } from '../errors.ts';
import { printable } from './printable.ts';
import { FileSource } from './source.ts';

/** Reads a file (relative to `cwd`), or standard input for `-`. Throws `io`, naming the file as the user did. */
export function readBytes(path: string, stdin: () => Uint8Array, cwd = '.'): Buffer {
  if (path === '-') return asBuffer(stdin());
  const shown = printable(path);
  let descriptor: number;
  try {
    descriptor = openSync(resolve(cwd, path), 'r');
  } catch (error) {
    throw failure(shown, error);
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) {
      throw new InlaneError(
        'io',
        `\`${shown}\` is a directory`,
        'name the plan file in it, the output of `terraform show -json tfplan`',
      );
    }
    return restOf(descriptor, stat);
  } catch (error) {
    throw error instanceof InlaneError ? error : failure(shown, error);
  } finally {
    closeSync(descriptor);
  }
}

/** All bytes of a file, or of whatever else a name opens. Throws as `openSync` and `readSync` do. */
export function fileBytes(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    return restOf(descriptor, fstatSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** readFileSync stops at 2 GiB; a pipe has no size. */
function restOf(descriptor: number, stat: Stats): Buffer {
  return stat.isFile() && stat.size > 0 ? readWhole(descriptor, stat.size) : readFileSync(descriptor);
}

/**
 * An ordinary file that begins like a JSON object in UTF-8 and is larger than `wholeUpTo`, opened; null for every other,
 * also for one that cannot be opened: `readBytes` says why.
 */
export function openLarge(path: string, wholeUpTo: number, cwd = '.'): FileSource | null {
  let descriptor: number;
  try {
    descriptor = openSync(resolve(cwd, path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(descriptor);
    const head = Buffer.alloc(64);
    if (stat.isFile() && stat.size > wholeUpTo) {
      const length = readSync(descriptor, head, 0, head.length, 0);
      if (looksOrdinary(head.subarray(0, length))) return new FileSource(descriptor, printable(path));
    }
  } catch {
    // As above.
  }
  closeSync(descriptor);
  return null;
}

/** Whether bytes begin like a JSON object in UTF-8 or ASCII. */
function looksOrdinary(head: Buffer): boolean {
  return /^[ \t\r\n]*\{[^\0]/.test(head.toString('latin1'));
}

function readWhole(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  while (at < size) {
    const count = readSync(descriptor, bytes, at, Math.min(size - at, 1 << 28), null);
    if (count === 0) break;
    at += count;
  }
  return bytes.subarray(0, at);
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function failure(shown: string, error: unknown): InlaneError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const text =
    code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read' : `cannot be read (${printable(code)})`;
  return new InlaneError(
    'io',
    `\`${shown}\` ${text}`,
    'check the path; the plan is the output of `terraform show -json tfplan > plan.json`',
  );
}

export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** UTF-8 bytes without a byte order mark; UTF-16 of either order, marked or not, is decoded (PowerShell's `>` writes it). */
export function decodeText(bytes: Buffer, name: string): Buffer {
  if (bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return valid(bytes.subarray(3), name);
  const [a, b] = [bytes[0], bytes[1]];
  if (a === 0xff && b === 0xfe) return fromUtf16(bytes.subarray(2), 'utf-16le', name);
  if (a === 0xfe && b === 0xff) return fromUtf16(bytes.subarray(2), 'utf-16be', name);
  if (a === 0x7b && b === 0) return fromUtf16(bytes, 'utf-16le', name);
  if (a === 0 && b === 0x7b) return fromUtf16(bytes, 'utf-16be', name);
  return valid(bytes, name);
}

function valid(bytes: Buffer, name: string): Buffer {
  if (isUtf8(bytes)) return bytes;
  throw new InlaneError(
    'plan-unreadable',
    `\`${name}\` is not UTF-8 text`,
    'make the file again with `terraform show -json tfplan > plan.json`',
  );
}

const CHUNK = 1 << 20;

function fromUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be', name: string): Buffer {
  // Node has utf-16be only with full ICU data, so the bytes are swapped instead.
  const source = encoding === 'utf-16le' ? bytes : Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
  const decoder = new TextDecoder('utf-16le', { fatal: true });
  const parts: Buffer[] = [];
  try {
    for (let at = 0; at < source.length; at += CHUNK) {
      parts.push(Buffer.from(decoder.decode(source.subarray(at, at + CHUNK), { stream: true }), 'utf8'));
    }
    parts.push(Buffer.from(decoder.decode(), 'utf8'));
  } catch {
    throw new InlaneError(
      'plan-unreadable',
      `\`${name}\` is not UTF-16 text`,
      'make the file again with `terraform show -json tfplan > plan.json`',
    );
  }
  return Buffer.concat(parts);
}
