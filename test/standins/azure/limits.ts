/** Time as the stand-in sees it. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const REAL: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** A token bucket of Resource Manager. */
export class Bucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  readonly #clock: Clock;
  #tokens: number;
  #at: number;

  constructor(capacity: number, perSecond: number, clock: Clock) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#tokens = capacity;
    this.#at = clock.now();
  }

  /** Whole seconds to wait; 0 = taken. */
  take(): number {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#tokens < 1) return Math.max(1, Math.ceil((1 - this.#tokens) / this.#perSecond));
    this.#tokens -= 1;
    return 0;
  }
}

/** The quota of Resource Graph: queries within a window that starts with the first. */
export class Quota {
  readonly #calls: number;
  readonly #per: number;
  readonly #clock: Clock;
  #start = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(calls: number, per: number, clock: Clock) {
    this.#calls = calls;
    this.#per = per;
    this.#clock = clock;
  }

  /** Whether the query fits, and the two headers that every answer carries. */
  take(): { readonly fits: boolean; readonly headers: Record<string, string> } {
    const now = this.#clock.now();
    if (now >= this.#start + this.#per) {
      this.#start = now;
      this.#used = 0;
    }
    const fits = this.#used < this.#calls;
    if (fits) this.#used += 1;
    const seconds = Math.ceil((this.#start + this.#per - now) / 1000);
    return {
      fits,
      headers: {
        'x-ms-user-quota-remaining': String(this.#calls - this.#used),
        'x-ms-user-quota-resets-after': `00:00:${String(seconds).padStart(2, '0')}`,
      },
    };
  }
}
