import { type Call, type CloudApi, CloudFailure, type CloudTarget } from '../../providers/cloud.ts';
import type { Clock } from './clock.ts';

/** How often a request is sent at most before its failure stands. */
const ATTEMPTS = 8;
/** First and longest wait between attempts, in milliseconds. */
const FIRST_WAIT = 200;
const LONGEST_WAIT = 30_000;
/** Share of a documented limit that is used: arrivals jitter, and a client at 100 % is throttled now and then. */
const USED = 0.97;

/** Calls of one API so far. */
export interface CallCount {
  calls: number;
  throttled: number;
}

/**
 * Keeps every request under its API's documented limit (a token bucket for each pool and each target, account or caller) and sends
 * again what failed for a while, with full jitter and never before the cloud's own Retry-After.
 */
export class Pace {
  readonly counts = new Map<string, CallCount>();
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  readonly call: Call = async (api, target, send) => {
    const bucket = this.#bucketOf(api, target);
    for (let attempt = 1; ; attempt += 1) {
      await bucket.turn();
      const count = this.#countOf(api);
      count.calls += 1;
      try {
        return await this.#clock.during(send);
      } catch (error) {
        if (!(error instanceof CloudFailure) || (error.kind !== 'throttled' && error.kind !== 'transient')) throw error;
        if (error.kind === 'throttled') count.throttled += 1;
        if (attempt === ATTEMPTS) throw error;
        const wait = this.#waitOf(attempt, error);
        // A throttled pool is throttled for everybody: the others wait as well instead of finding out one by one.
        if (error.kind === 'throttled') bucket.pause(error.retryAfter ?? wait);
        await this.#clock.sleep(wait);
      }
    }
  };

  #waitOf(attempt: number, { retryAfter }: CloudFailure): number {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
    return (retryAfter ?? 0) + this.#random() * longest;
  }

  #bucketOf(api: CloudApi, target: CloudTarget): Bucket {
    const { cloud, account, region } = target;
    const { of, pool, calls, per } = api.limit;
    const scope = of === 'caller' ? [] : of === 'account' ? [account] : [account, region];
    const key = JSON.stringify([cloud, pool ?? api.name, ...scope]);
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new Bucket(calls, per / USED, this.#clock);
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }

  #countOf({ name }: CloudApi): CallCount {
    let count = this.counts.get(name);
    if (count === undefined) {
      count = { calls: 0, throttled: 0 };
      this.counts.set(name, count);
    }
    return count;
  }
}

/** Share of a limit's calls that may go out at once after a pause; none of them takes the limit beyond its window. */
const BURST = 1 / 4;

/**
 * Turns in order, at most `calls` of them in any `per` milliseconds. Tokens are saved up to a burst, as the clouds' own buckets save
 * them; where a cloud counts by windows instead, the burst would come on top of a full window, so that turns are counted by windows too.
 */
class Bucket {
  readonly #clock: Clock;
  readonly #calls: number;
  readonly #per: number;
  readonly #step: number;
  readonly #burst: number;
  /** When the next token is due; a token a call. */
  #due = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  /** Times of the last `calls` turns, a ring; `#next` is the oldest. */
  readonly #turns: number[] = [];
  #next = 0;

  constructor(calls: number, per: number, clock: Clock) {
    this.#clock = clock;
    this.#calls = calls;
    this.#per = per;
    this.#step = per / calls;
    this.#burst = Math.max(1, calls * BURST);
  }

  async turn(): Promise<void> {
    do {
      const now = this.#clock.now();
      // Unused tokens are kept up to the burst.
      const token = Math.max(this.#due, now - (this.#burst - 1) * this.#step);
      const at = Math.max(now, token, (this.#turns[this.#next] ?? Number.NEGATIVE_INFINITY) + this.#per);
      this.#due = token + this.#step;
      this.#turns[this.#next] = at;
      this.#next = (this.#next + 1) % this.#calls;
      if (at > now) await this.#clock.sleep(at - now);
      // A turn that was given out before a pause is lost.
    } while (this.#clock.now() < this.#pausedUntil);
  }

  /** Nobody's turn comes before `ms` from now, and no tokens are saved up meanwhile. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
    this.#due = Math.max(this.#due, this.#pausedUntil);
  }
}
