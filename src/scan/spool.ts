import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudTarget } from '../../providers/cloud.ts';
import { writeAll } from '../plan/spool.ts';
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

/** Lines of a file from one place to another, without their line ends; a last line that has none is left out. */
export function* linesOf(
  descriptor: number,
  from = 0,
  to = Number.POSITIVE_INFINITY,
  size = CHUNK,
): Generator<{ readonly at: number; readonly length: number; readonly text: string }> {
  let buffer = Buffer.allocUnsafe(Math.max(1, Math.min(size, to - from)));
  let filled = 0;
  let at = from;
  let next = from;
  for (;;) {
    // One buffer for all: a line that does not fit makes it larger.
    if (filled === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    const read = readSync(descriptor, buffer, filled, Math.min(buffer.length - filled, to - next), next);
    if (read === 0) return;
    let end = buffer.subarray(0, filled + read).indexOf(10, filled);
    next += read;
    filled += read;
    let start = 0;
    for (; end >= 0; end = buffer.subarray(0, filled).indexOf(10, start)) {
      yield { at, length: end - start, text: buffer.toString('utf8', start, end) };
      at += end - start + 1;
      start = end + 1;
    }
    buffer.copyWithin(0, start, filled);
    filled -= start;
  }
}

function wantedFile(folder: string, file: string): string {
  return join(folder, `${file}.wanted.jsonl`);
}

export function targetKey({ cloud, partition, account, region }: CloudTarget): string {
  return JSON.stringify([cloud, partition, account, region]);
}

/** Lines of a small file that end in a line end; a last line that was cut is left out. */
export function wholeLines(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return text.split('\n').slice(0, -1);
}
