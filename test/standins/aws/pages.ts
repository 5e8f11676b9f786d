import type { Clock } from './caller.ts';
import { AwsError, type Faults } from './faults.ts';
import type { Standing } from './world.ts';

export interface Page {
  readonly from: number;
  readonly last: Standing | null;
  /** Items on the pages before. */
  readonly seen: number;
}

/** Page tokens of the stand-in: a position, the last item before it and the time they were given. */
export class Pages {
  readonly #clock: Clock;
  readonly #faults: Faults;
  readonly #given = new Map<string, Page & { readonly at: number }>();

  constructor(clock: Clock, faults: Faults) {
    this.#clock = clock;
    this.#faults = faults;
  }

  /** Null at the end. */
  give(next: number | null, page: Page, found: readonly Standing[]): string | null {
    if (next === null) return null;
    const token = Buffer.from(`page ${this.#given.size}`).toString('base64');
    this.#given.set(token, { from: next, last: found.at(-1) ?? null, seen: page.seen + found.length, at: this.#clock.now() });
    return token;
  }

  /** The first page for no token; throws for one that is unknown or older than `life` milliseconds. */
  take(token: unknown, life: number, code: string, message: string): Page {
    if (token === undefined || token === '') return { from: 0, last: null, seen: 0 };
    const page = this.#given.get(String(token));
    const spoilt = this.#faults.expiredPages > 0;
    if (spoilt) this.#faults.expiredPages -= 1;
    if (page === undefined || spoilt || this.#clock.now() - page.at > life) throw new AwsError(code, 400, message);
    return page;
  }
}
