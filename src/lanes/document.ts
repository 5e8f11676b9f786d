import { isUtf8 } from 'node:buffer';
import type { Place } from '../errors.ts';
import type { LaneNode } from './node.ts';
import type { Problems } from './problems.ts';
import { readSimple } from './simple.ts';

const LONGEST_FILE = 1 << 20;

/** Bytes of a lane file to its tree; null when it has no usable tree, and then there is a problem. */
export async function readDocument(bytes: Uint8Array, file: string, problems: Problems): Promise<LaneNode | null> {
  const start: Place = { file, line: 1, column: 1 };
  if (bytes.length > LONGEST_FILE) {
    problems.add(start, 'the file is larger than 1 MiB');
    return null;
  }
  // What a fatal TextDecoder does, which takes a while to set up.
  if (!isUtf8(bytes)) {
    problems.add(start, 'the file is not UTF-8 text');
    return null;
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  return readSimple(text, file) ?? (await import('./yaml.ts')).readYaml(text, file, problems);
}
