import type { Clock } from '../../src/scan/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still while anything is under way and jumps to the next sleeper when nothing is: hours of pacing pass in the time
 * that the work itself takes. What waits outside of it (a request on a socket) is wrapped in `during`, on either end: a stand-in that
 * sleeps on this clock within a request is not under way meanwhile.
 */
export class VirtualClock implements Clock {
  #now = 0;
  #busy = 0;
  #order = 0;
  #turning = false;
  readonly #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#order += 1;
      insert(this.#sleepers, { at: this.#now + Math.max(0, ms), order: this.#order, wake });
      this.#turn();
    });
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#turn();
    }
  }

  /** For a stand-in: the request that it answers is under way, but sleeps. */
  async sleepWithin(ms: number): Promise<void> {
    this.#busy -= 1;
    await this.sleep(ms);
    this.#busy += 1;
  }

  /** Advances once everything that can run has run. */
  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(async () => {
      // What woke up needs a few turns of the event loop until it sends or sleeps again.
      for (let turn = 0; turn < 4; turn += 1) await new Promise((done) => setImmediate(done));
      this.#turning = false;
      if (this.#busy > 0) return;
      const next = this.#sleepers[0];
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.at);
      while (this.#sleepers[0] !== undefined && this.#sleepers[0].at <= this.#now) this.#sleepers.shift()?.wake();
      this.#turn();
    });
  }
}

function insert(sleepers: Sleeper[], sleeper: Sleeper): void {
  let [low, high] = [0, sleepers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sleepers[middle] as Sleeper;
    if (other.at < sleeper.at || (other.at === sleeper.at && other.order < sleeper.order)) low = middle + 1;
    else high = middle;
  }
  sleepers.splice(low, 0, sleeper);
}
