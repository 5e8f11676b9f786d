import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { InlaneError } from '../errors.ts';
import type { JournalEdit } from './journal.ts';

/** A line of the history: what one run of a repair did about one key. */
interface HistoryLine {
  readonly run: number;
  readonly did: 'repaired' | 'fight';
  readonly id: string;
  readonly key: string;
}

/**
 * What earlier runs repaired. A key that the last run repaired, or already called a fight, and that has drifted again, is fought over by
 * something else: it is reported and not written.
 */
export class History {
  readonly #path: string | null;
  readonly #last: ReadonlySet<string>;
  readonly #run: number;

  /** Null = no history is kept. Throws `io` and `usage`. */
  constructor(path: string | null, shown: string) {
    const lines = path === null ? [] : readHistory(path, shown);
    const last = lines.reduce((most, { run }) => Math.max(most, run), 0);
    this.#path = path;
    this.#run = last + 1;
    this.#last = new Set(lines.filter(({ run }) => run === last).map(({ id, key }) => nameOf(id, key)));
  }

  /** Keys of an edit that the last run wrote as well. */
  foughtOver({ place, set }: JournalEdit): readonly string[] {
    return Object.keys(set).filter((key) => this.#last.has(nameOf(place.id, key)));
  }

  /** Writes down what this run did; a run that did nothing is written down as well, so that "the last run" is this one. */
  write(repaired: readonly JournalEdit[], fights: readonly JournalEdit[]): void {
    if (this.#path === null) return;
    const lines = (edits: readonly JournalEdit[], did: HistoryLine['did']): HistoryLine[] =>
      edits.flatMap(({ place, set }) => Object.keys(set).map((key) => ({ run: this.#run, did, id: place.id, key })));
    const all = [...lines(repaired, 'repaired'), ...lines(fights, 'fight')];
    const told: readonly object[] = all.length > 0 ? all : [{ run: this.#run, did: 'repaired', id: '', key: '' }];
    const descriptor = openSync(this.#path, 'a', 0o600);
    try {
      writeSync(descriptor, told.map((line) => `${JSON.stringify(line)}\n`).join(''));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

function readHistory(path: string, shown: string): HistoryLine[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((text) => {
      try {
        const line = JSON.parse(text) as HistoryLine;
        if (Number.isInteger(line.run) && typeof line.id === 'string' && typeof line.key === 'string') return line;
      } catch {
        // Said below.
      }
      throw new InlaneError('usage', `\`${shown}\` is no history of repairs`, 'name another file with --history');
    });
}

function nameOf(id: string, key: string): string {
  return JSON.stringify([id, key]);
}
