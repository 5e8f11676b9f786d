import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InlaneError } from '../errors.ts';
import type { ScanRecord } from './record.ts';
import { type SpooledTarget, wholeLines } from './spool.ts';

/** What is known once every state was read; the second pass starts from it, in the same run or a later one. */
export interface Manifest<T> {
  readonly format: 'inlane-checkpoint/1';
  /** Digest of everything that the first pass read: states, rules, options. */
  readonly inputs: string;
  readonly targets: readonly SpooledTarget[];
  /** What the first pass found out by itself. */
  readonly read: T;
}

/**
 * The folder of a scan: what is wanted by target, and a log of what was found. With a name it outlives the run, and a run that was
 * killed is taken up where it stopped; without one it is a private temporary folder that goes with the run.
 */
export class Checkpoint<T> {
  readonly folder: string;
  readonly #kept: boolean;

  constructor(name: string | null, cwd: string) {
    this.#kept = name !== null;
    if (name === null) {
      this.folder = mkdtempSync(join(tmpdir(), 'inlane-scan-'));
      return;
    }
    this.folder = resolve(cwd, name);
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new InlaneError('io', `the checkpoint folder cannot be made (${code})`, 'name a folder that can be written to');
    }
  }

  /** The finished first pass of an earlier run over the same inputs; null where there is none. Throws `usage` for other inputs. */
  manifest(inputs: string): Manifest<T> | null {
    const path = join(this.folder, 'manifest.json');
    if (!existsSync(path)) return null;
    const manifest = parsed(readFileSync(path, 'utf8')) as Manifest<T> | null;
    if (manifest?.format === 'inlane-checkpoint/1' && manifest.inputs === inputs) return manifest;
    throw new InlaneError(
      'usage',
      'the checkpoint folder belongs to a scan of other states, rules or options',
      'remove it, or name another folder',
    );
  }

  /** Forgets whatever an earlier first pass left half done. */
  clear(): void {
    for (const name of ['manifest.json']) rmSync(join(this.folder, name), { force: true });
    for (let n = 0; ; n += 1) {
      const file = join(this.folder, `target-${String(n).padStart(4, '0')}`);
      const there = existsSync(`${file}.wanted.jsonl`);
      rmSync(`${file}.wanted.jsonl`, { force: true });
      rmSync(`${file}.found.jsonl`, { force: true });
      if (!there) return;
    }
  }

  /** The manifest appears at once or not at all. */
  finishReading(manifest: Manifest<T>): void {
    const path = join(this.folder, 'manifest.json');
    writeFileSync(`${path}.new`, JSON.stringify(manifest), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  logOf({ file }: SpooledTarget): TargetLog {
    return new TargetLog(join(this.folder, `${file}.found.jsonl`));
  }

  close(): void {
    if (!this.#kept) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What was found in one target, a line for each part that is done. A line that a kill has cut does not count. */
export class TargetLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Numbers of the objects that earlier runs looked at; failures are forgotten, since they are to be tried again. */
  takeUp(): { readonly looked: ReadonlySet<number>; readonly ended: boolean } {
    const records = this.records().filter((record) => record.kind !== 'failed');
    const ended = records.length > 0 && records.at(-1)?.kind === 'end' && !this.records().some(({ kind }) => kind === 'failed');
    const kept = ended ? records : records.filter(({ kind }) => kind === 'looked');
    writeFileSync(this.#path, kept.map((record) => `${JSON.stringify(record)}\n`).join(''), { mode: 0o600 });
    return { looked: new Set(kept.flatMap((record) => (record.kind === 'looked' ? record.objects : []))), ended };
  }

  append(record: ScanRecord): void {
    appendFileSync(this.#path, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  }

  records(): ScanRecord[] {
    if (!existsSync(this.#path)) return [];
    return wholeLines(this.#path).flatMap((line) => (parsed(line) as ScanRecord | null) ?? []);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Cut or garbled: as if it were not there, so that its part is done again.
    return null;
  }
}
