import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from '../scan/spool.ts';

/** Characters that are sorted in memory before they go to disk. */
const BUFFERED = 1 << 18;
/** So many sorted files of about the same size are made into one. */
const RUNS = 16;
/** Bytes that each of them is read by. */
const READ = 1 << 14;

export interface Entry {
  readonly key: string;
  /** One line of JSON. */
  readonly value: string;
}

/** Entries in the order of their keys, of which no two are equal: any number of them in the same memory. */
export class SortedOnDisk {
  readonly #base: string;
  /** By how often what they hold was merged. */
  readonly #runs: string[][] = [];
  #buffer: Entry[] = [];
  #buffered = 0;
  #files = 0;

  constructor(folder: string, name: string) {
    this.#base = join(folder, name);
  }

  add(key: string, value: string): void {
    this.#buffer.push({ key, value });
    this.#buffered += key.length + value.length + 64;
    if (this.#buffered > BUFFERED) this.#flush();
  }

  *entries(): Generator<Entry> {
    this.#flush();
    yield* merged(this.#runs.flat());
  }

  #flush(): void {
    if (this.#buffer.length === 0) return;
    const sorted = this.#buffer.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#buffer = [];
    this.#buffered = 0;
    let run = this.#write(sorted);
    for (let level = 0; ; level += 1) {
      const runs = this.#runs[level] ?? [];
      this.#runs[level] = runs;
      runs.push(run);
      if (runs.length < RUNS) return;
      run = this.#write(merged(runs));
      for (const done of runs.splice(0)) rmSync(done);
    }
  }

  #write(entries: Iterable<Entry>): string {
    const path = `${this.#base}-${this.#files}`;
    this.#files += 1;
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      let chunk = '';
      const write = () => {
        const bytes = Buffer.from(chunk, 'utf8');
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
        chunk = '';
      };
      for (const { key, value } of entries) {
        // JSON holds no raw tab.
        chunk += `${JSON.stringify(key)}\t${value}\n`;
        if (chunk.length > READ) write();
      }
      write();
    } finally {
      closeSync(descriptor);
    }
    return path;
  }
}

function* merged(paths: readonly string[]): Generator<Entry> {
  const descriptors = paths.map((path) => openSync(path, 'r'));
  try {
    const readers = descriptors.map(entriesOf);
    const heads = readers.map((reader) => ({ reader, entry: next(reader) }));
    for (;;) {
      let least: { reader: Generator<Entry>; entry: Entry | null } | null = null;
      for (const head of heads)
        if (head.entry !== null && (least === null || least.entry === null || head.entry.key < least.entry.key)) least = head;
      if (least === null || least.entry === null) return;
      yield least.entry;
      least.entry = next(least.reader);
    }
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

function next(reader: Generator<Entry>): Entry | null {
  const { done, value } = reader.next();
  return done ? null : value;
}

function* entriesOf(descriptor: number): Generator<Entry> {
  for (const { text } of linesOf(descriptor, 0, undefined, READ)) {
    const tab = text.indexOf('\t');
    yield { key: JSON.parse(text.slice(0, tab)) as string, value: text.slice(tab + 1) };
  }
}
