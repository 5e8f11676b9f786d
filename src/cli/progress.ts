import type { ScanProgress } from '../reconcile.ts';
import type { Sink } from './io.ts';

/** How often a line is written, in milliseconds: over itself on a terminal, below the last one elsewhere. */
const ON_TERMINAL = 250;
const ELSEWHERE = 60_000;

const WORDS: Readonly<Record<ScanProgress['phase'], string>> = {
  reading: 'reading states',
  looking: 'looking at objects',
  judging: 'judging access',
  writing: 'writing tags',
};

/** Progress on standard error: rate and time left on a terminal, one line a minute in a log. Null = none at all. */
export class Progress {
  readonly #sink: Sink | null;
  readonly #now: () => number;
  readonly #started: number;
  #phase: ScanProgress['phase'] | null = null;
  #phaseStarted: number;
  #said: number;
  #shown = false;
  #last: Promise<void> = Promise.resolve();

  constructor(sink: Sink | null, now: () => number = () => performance.now()) {
    this.#sink = sink;
    this.#now = now;
    this.#started = now();
    this.#phaseStarted = this.#started;
    this.#said = this.#started;
  }

  step({ phase, done, total }: ScanProgress): void {
    if (this.#sink === null) return;
    const now = this.#now();
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#phaseStarted = now;
    }
    if (now - this.#said < (this.#sink.terminal ? ON_TERMINAL : ELSEWHERE)) return;
    this.#said = now;
    this.#write(lineOf(WORDS[phase], done, total, now - this.#phaseStarted));
  }

  /** Takes the line off a terminal; settles when everything is written. */
  async end(): Promise<void> {
    if (this.#shown && this.#sink?.terminal) this.#last = this.#sink.write('\r\u001b[K');
    await this.#last;
  }

  #write(line: string): void {
    if (this.#sink === null) return;
    this.#shown = true;
    const width = this.#sink.columns ?? 100;
    this.#last = this.#sink.write(this.#sink.terminal ? `\r\u001b[K${line.slice(0, width - 1)}` : `${line}\n`);
  }
}

function lineOf(what: string, done: number, total: number | null, ms: number): string {
  const rate = ms > 0 ? done / (ms / 1000) : 0;
  const of = total === null ? '' : ` of ${total} (${total === 0 ? 100 : Math.floor((100 * done) / total)} %)`;
  const left = total === null || rate === 0 || done >= total ? '' : `, ${timeWords((total - done) / rate)} left`;
  return `${what}: ${done}${of}, ${rate.toFixed(rate < 10 ? 1 : 0)}/s${left}`;
}

function timeWords(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
