import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudTarget } from '../../providers/cloud.ts';
import type { WantedObject } from '../tags/wanted.ts';

/** An object with the number of the state that holds it. */
export interface SpooledObject extends WantedObject {
  readonly state: number;
}

/** One target's objects on disk, a line of JSON each, numbered from 0. */
export interface SpooledTarget {
  readonly target: CloudTarget;
  /** Name within the folder, without ending. */
  readonly file: string;
  readonly count: number;
}

/** Bytes that all targets together may keep in memory before they are written. */
const BUFFERED = 4 << 20;

interface Open {
  readonly target: CloudTarget;
  readonly file: string;
  count: number;
  lines: string[];
}

/**
 * What states want, sorted by target onto disk: states come one by one and speak of any target, targets are asked side by side, and
 * memory holds neither.
 */
export class SpoolWriter {
  readonly #folder: string;
  readonly #targets = new Map<string, Open>();
  #buffered = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  add(object: SpooledObject): void {
    const { target } = object.place;
    const key = targetKey(target);
    let open = this.#targets.get(key);
    if (open === undefined) {
      open = { target, file: `target-${String(this.#targets.size).padStart(4, '0')}`, count: 0, lines: [] };
      this.#targets.set(key, open);
    }
    const line = `${JSON.stringify(object)}\n`;
    open.lines.push(line);
    open.count += 1;
    this.#buffered += line.length;
    if (this.#buffered > BUFFERED) this.#flush();
  }

  /** Writes what is left; the targets in order of cloud, account and region. */
  finish(): readonly SpooledTarget[] {
    this.#flush();
    return [...this.#targets]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { target, file, count }]) => ({ target, file, count }));
  }

  #flush(): void {
    for (const { file, lines } of this.#targets.values()) {
      if (lines.length === 0) continue;
      const descriptor = openSync(wantedFile(this.#folder, file), 'a', 0o600);
      try {
        writeAll(descriptor, Buffer.from(lines.join(''), 'utf8'));
      } finally {
        closeSync(descriptor);
      }
      lines.length = 0;
    }
    this.#buffered = 0;
  }
}

/** Reads one target's objects: in order, or one by its number. */
export class SpoolReader {
  readonly #descriptor: number;
  readonly #count: number;

  constructor(folder: string, { file, count }: SpooledTarget) {
    this.#descriptor = openSync(wantedFile(folder, file), 'r');
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  /** Each object with its number and the place of its line. */
  *objects(): Generator<{ readonly n: number; readonly at: number; readonly length: number; readonly object: SpooledObject }> {
    let n = 0;
    for (const { at, length, text } of linesOf(this.#descriptor)) {
      yield { n, at, length, object: JSON.parse(text) as SpooledObject };
      n += 1;
    }
    if (n !== this.#count) throw new Error(`the spool holds ${n} objects instead of ${this.#count}`);
  }

  /** The object whose line stands there. */
  objectAt(at: number, length: number): SpooledObject {
    const bytes = Buffer.allocUnsafe(length);
    if (readSync(this.#descriptor, bytes, 0, length, at) !== length) throw new Error('the spool is cut');
    return JSON.parse(bytes.toString('utf8')) as SpooledObject;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

const CHUNK = 1 << 18;

function* linesOf(descriptor: number): Generator<{ readonly at: number; readonly length: number; readonly text: string }> {
  const chunk = Buffer.allocUnsafe(CHUNK);
  let rest = Buffer.alloc(0);
  let at = 0;
  let read = 0;
  for (;;) {
    const size = readSync(descriptor, chunk, 0, CHUNK, read);
    read += size;
    let bytes = Buffer.concat([rest, chunk.subarray(0, size)]);
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
      yield { at, length: end, text: bytes.toString('utf8', 0, end) };
      at += end + 1;
      bytes = bytes.subarray(end + 1);
    }
    rest = Buffer.from(bytes);
    if (size === 0) return;
  }
}

function wantedFile(folder: string, file: string): string {
  return join(folder, `${file}.wanted.jsonl`);
}

export function targetKey({ cloud, partition, account, region }: CloudTarget): string {
  return JSON.stringify([cloud, partition, account, region]);
}

export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** Lines of a small file that end in a line end; a last line that was cut is left out. */
export function wholeLines(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return text.split('\n').slice(0, -1);
}
