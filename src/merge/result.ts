import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { InlaneError } from '../errors.ts';
import { printable } from '../plan/printable.ts';
import type { ScanSummary } from '../report/scan/model.ts';
import type { ShardHeader, ShardLine } from '../report/scan/shard.ts';
import { NONE, SUMMARY_KEYS } from '../report/scan/summary.ts';
import { linesOf } from '../scan/spool.ts';

/** Where lines of one kind stand in a file. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export type ListedKind = 'state' | 'unread' | 'finding' | 'access' | 'unmanaged';
export type LineOf<K extends ListedKind> = Extract<ShardLine, { readonly kind: K }>;

/** What one target comes to, and where its lines stand. */
export interface TargetResult {
  readonly counts: ScanSummary;
  readonly unread: number;
  readonly ranges: ReadonlyMap<ListedKind, Range>;
}

/** The result of one shard, read through once: what it says of itself, and where the rest stands. */
export interface Result {
  readonly path: string;
  readonly shown: string;
  readonly header: ShardHeader;
  /** Of the header without what is the shard's own: equal for every shard of one scan. */
  readonly plan: string;
  /** Digest of all that every shard of one scan says alike. */
  readonly scan: string;
  /** Of all bytes. */
  readonly sha256: string;
  /** Ends before its end. */
  readonly cut: boolean;
  readonly partial: boolean;
  /** Lines that stand before the first target. */
  readonly before: TargetResult;
  /** By the number of the target. */
  readonly targets: ReadonlyMap<number, TargetResult>;
}

/** Throws `io`; `usage` for a file that is no result, or whose bytes are not those that were written. Null: cut before it says what it is. */
export function readResult(name: string, cwd: string): Result | null {
  const path = resolve(cwd, name);
  const shown = printable(name);
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new InlaneError('io', `\`${shown}\` cannot be read (${code})`, 'name the results of `inlane tags scan --shard`');
  }
  try {
    return new ResultReader(path, shown).read(descriptor);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new InlaneError('io', `\`${shown}\` is a folder`, 'name the results in it');
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

interface OpenTarget {
  readonly counts: ScanSummary;
  unread: number;
  readonly ranges: Map<ListedKind, { from: number; to: number }>;
}

class ResultReader {
  readonly #path: string;
  readonly #shown: string;
  readonly #all: Hash = createHash('sha256');
  readonly #scan: Hash = createHash('sha256');
  readonly #before: OpenTarget = { counts: NONE, unread: 0, ranges: new Map() };
  readonly #targets = new Map<number, OpenTarget>();
  #open: OpenTarget = this.#before;
  #lines = 0;
  #plan = '';

  constructor(path: string, shown: string) {
    this.#path = path;
    this.#shown = shown;
  }

  read(descriptor: number): Result | null {
    let header: ShardHeader | null = null;
    let end: (ShardLine & { kind: 'end' }) | null = null;
    let sum = '';
    for (const { at, length, text } of linesOf(descriptor, 0, undefined, READ)) {
      if (end !== null) throw this.#wrong('it goes on behind its end');
      if (header === null) {
        header = this.#header(text);
      } else {
        const line = this.#line(text);
        if (line.kind === 'end') {
          end = line;
          sum = this.#all.copy().digest('hex');
        } else this.#take(line, text, { from: at, to: at + length + 1 }, header);
      }
      if (end === null) this.#lines += 1;
      this.#all.update(text).update('\n');
    }
    if (header === null) return null;
    if (end !== null && (end.lines !== this.#lines || end.sha256 !== sum)) throw this.#wrong('it is not as it was written');
    if (end !== null && [...header.targets].some(({ shard }, n) => (shard === header?.shard) !== this.#targets.has(n)))
      throw this.#wrong('its targets are not those of its shard');
    return {
      path: this.#path,
      shown: this.#shown,
      header,
      plan: this.#plan,
      scan: this.#scan.digest('hex'),
      sha256: this.#all.digest('hex'),
      cut: end === null,
      partial: end?.partial ?? true,
      before: this.#before,
      targets: this.#targets,
    };
  }

  #header(text: string): ShardHeader {
    const header = this.#parsed(text) as Partial<ShardHeader> | null;
    if (header?.format !== 'inlane-shard/1' || typeof header.shard !== 'string' || !Array.isArray(header.targets))
      throw this.#wrong('its first line is not one of `inlane-shard/1`');
    const { shard: _, orphans, ...same } = header as ShardHeader;
    this.#scan.update(JSON.stringify([same, orphans?.olderThan ?? null]));
    this.#plan = this.#scan.copy().digest('hex');
    return header as ShardHeader;
  }

  #take(line: Exclude<ShardLine, { kind: 'end' }>, text: string, range: Range, header: ShardHeader): void {
    if (line.kind === 'target') {
      const mine = header.targets[line.target]?.shard === header.shard;
      if (!mine || this.#targets.has(line.target)) throw this.#wrong('it holds a target that is not its own');
      if (SUMMARY_KEYS.some((key) => !Number.isInteger(line.counts?.[key]))) throw this.#wrong('it counts wrongly');
      this.#open = { counts: line.counts, unread: 0, ranges: new Map() };
      this.#targets.set(line.target, this.#open);
      return;
    }
    if (this.#open === this.#before) this.#scan.update(text).update('\n');
    if (line.kind === 'unread') this.#open.unread += 1;
    const open = this.#open.ranges.get(line.kind);
    if (open === undefined) this.#open.ranges.set(line.kind, { ...range });
    else if (open.to === range.from) open.to = range.to;
    else throw this.#wrong('its lines are out of order');
  }

  #line(text: string): ShardLine {
    const line = this.#parsed(text) as { readonly kind?: unknown } | null;
    if (typeof line?.kind === 'string' && (KINDS as readonly string[]).includes(line.kind)) return line as ShardLine;
    throw this.#wrong('it holds a line of no known kind');
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this.#wrong('it is not made of JSON lines');
    }
  }

  #wrong(why: string): InlaneError {
    return new InlaneError(
      'usage',
      `\`${this.#shown}\` is no result of a shard: ${why}`,
      'name files that `inlane tags scan --shard NAME --format shard=FILE` wrote',
    );
  }
}

/** Bytes at a time. */
const READ = 1 << 14;

const KINDS = ['state', 'target', 'unread', 'finding', 'access', 'unmanaged', 'end'] as const;
