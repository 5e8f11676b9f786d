import * as nodeFs from 'node:fs';
import { dirname } from 'node:path';
import type { CloudPlace } from '../../providers/cloud.ts';
import { InlaneError } from '../errors.ts';

/** One object's part of an intent. `null` in `before`: the key was not there; in `set`: it is taken off (undo only). */
export interface JournalEdit {
  readonly type: string;
  readonly place: CloudPlace;
  readonly state: string;
  readonly address: string;
  readonly before: Readonly<Record<string, string | null>>;
  readonly set: Readonly<Record<string, string | null>>;
}

/**
 * A line of a journal. An intent is on disk before its cloud call; its result follows. An intent without a result is in doubt: the call
 * may have been made.
 */
export type JournalEntry =
  | { readonly kind: 'intent'; readonly seq: number; readonly undo: boolean; readonly edits: readonly JournalEdit[] }
  | {
      readonly kind: 'result';
      readonly seq: number;
      /** One for each edit of the intent, in order; null = done. */
      readonly failures: readonly (string | null)[];
    };

/** What a journal does to the file system; a test cuts in between. */
export type JournalFs = Pick<
  typeof nodeFs,
  'openSync' | 'writeSync' | 'fsyncSync' | 'closeSync' | 'readFileSync' | 'existsSync' | 'ftruncateSync'
>;

/** JSON lines, each on disk before the next step is taken. A line that a kill has cut is cut off when the journal is opened again. */
export class Journal {
  readonly #descriptor: number;
  readonly #fs: JournalFs;
  readonly #entries: JournalEntry[];
  #seq: number;

  /** Throws `io`, and `usage` for a file that is no journal. */
  constructor(path: string, shown: string, fs: JournalFs = nodeFs) {
    this.#fs = fs;
    const there = fs.existsSync(path);
    try {
      this.#descriptor = fs.openSync(path, 'a+', 0o600);
      const text = there ? fs.readFileSync(path, 'utf8') : '';
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      this.#entries = parseJournal(whole, shown);
      if (whole.length < text.length) {
        fs.ftruncateSync(this.#descriptor, Buffer.byteLength(whole));
        fs.fsyncSync(this.#descriptor);
      }
      if (!there) syncFolder(path, fs);
    } catch (error) {
      if (error instanceof InlaneError) throw error;
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new InlaneError('io', `the journal \`${shown}\` cannot be opened (${code})`, 'name a file that can be written to');
    }
    this.#seq = this.#entries.reduce((last, { seq }) => Math.max(last, seq), 0);
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Returns once it is on disk. */
  intend(edits: readonly JournalEdit[], undo: boolean): number {
    this.#seq += 1;
    this.#append({ kind: 'intent', seq: this.#seq, undo, edits });
    return this.#seq;
  }

  done(seq: number, failures: readonly (string | null)[]): void {
    this.#append({ kind: 'result', seq, failures });
  }

  close(): void {
    this.#fs.closeSync(this.#descriptor);
  }

  #append(entry: JournalEntry): void {
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`, 'utf8');
    for (let at = 0; at < bytes.length; ) at += this.#fs.writeSync(this.#descriptor, bytes, at);
    this.#fs.fsyncSync(this.#descriptor);
    this.#entries.push(entry);
  }
}

/** Reads a journal without opening it for more. Throws `io` and `usage`. */
export function readJournal(path: string, shown: string): readonly JournalEntry[] {
  let text: string;
  try {
    text = nodeFs.readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new InlaneError(
      'io',
      `the journal \`${shown}\` cannot be read (${code})`,
      'name the journal of the repair that is to be undone',
    );
  }
  return parseJournal(text.slice(0, text.lastIndexOf('\n') + 1), shown);
}

function parseJournal(text: string, shown: string): JournalEntry[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      try {
        const entry = JSON.parse(line) as JournalEntry;
        if ((entry.kind === 'intent' && Array.isArray(entry.edits)) || (entry.kind === 'result' && Array.isArray(entry.failures)))
          return entry;
      } catch {
        // Said below.
      }
      throw new InlaneError('usage', `\`${shown}\` is no journal of a repair`, 'name another file');
    });
}

/** A new file's name is on disk only once its folder is. */
function syncFolder(path: string, fs: JournalFs): void {
  const folder = fs.openSync(dirname(path), 'r');
  try {
    fs.fsyncSync(folder);
  } finally {
    fs.closeSync(folder);
  }
}

/** What a journal did to one key of one object, over all its runs. */
export interface JournaledKey {
  readonly edit: JournalEdit;
  readonly key: string;
  /** What it was before the first write that may have been made. */
  readonly before: string | null;
  /** What the last one wrote. */
  readonly set: string | null;
}

/** Every key that a repair (no undo) has written or may have written, by the object's id and key; what surely failed is not among them. */
export function writtenKeys(entries: readonly JournalEntry[]): readonly JournaledKey[] {
  const results = new Map(entries.flatMap((entry) => (entry.kind === 'result' ? [[entry.seq, entry.failures] as const] : [])));
  const keys = new Map<string, JournaledKey>();
  for (const entry of entries) {
    if (entry.kind !== 'intent' || entry.undo) continue;
    entry.edits.forEach((edit, index) => {
      const failure = results.get(entry.seq)?.[index];
      if (failure !== undefined && failure !== null) return;
      for (const [key, set] of Object.entries(edit.set)) {
        const name = JSON.stringify([edit.place.id, key]);
        const first = keys.get(name);
        keys.set(name, { edit, key, set, before: first === undefined ? (edit.before[key] ?? null) : first.before });
      }
    });
  }
  return [...keys.values()];
}
