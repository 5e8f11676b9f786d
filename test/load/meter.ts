import type { Call, CloudApi, CloudName, CloudTarget } from '../../providers/cloud.ts';
import type { Clock } from '../../src/scan/clock.ts';

interface Pool {
  readonly cloud: CloudName;
  /** Name of what is limited, whatever the account. */
  readonly name: string;
  readonly limit: CloudApi['limit'];
  readonly calls: { readonly api: string; readonly at: number }[];
}

/** How much of what a cloud allows was used by the limit that its part of the scan waited for. */
export interface Use {
  readonly cloud: CloudName;
  readonly pool: string;
  /** Documented, a second. */
  readonly rate: number;
  readonly calls: number;
  /** Least share of the rate over all accounts that the limit is counted for; 1 = every allowed call was made. */
  readonly share: number;
}

/** Notes when calls are sent, on the clock that they are paced by. */
export class Meter {
  readonly #clock: Clock;
  readonly #pools = new Map<string, Pool>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  over(call: Call): Call {
    return (api, target, send) =>
      call(api, target, () => {
        this.#note(api, target);
        return send();
      });
  }

  /**
   * The limits that a cloud's part of the scan waits for: those that ask for at least half the time of the one that asks for most, and are
   * asked often enough for a rate.
   */
  uses(): Use[] {
    const byName = new Map<string, Pool[]>();
    for (const pool of this.#pools.values()) {
      const name = `${pool.cloud} ${pool.name}`;
      byName.set(name, [...(byName.get(name) ?? []), pool]);
    }
    const asked = [...byName.values()].filter((pools) => pools.every(({ calls }) => mostCalled(calls).length >= OFTEN));
    const all = asked.map((pools) => {
      const [{ cloud, name, limit }] = pools as [Pool];
      const need = Math.max(...pools.map(({ calls }) => (calls.length * limit.per) / limit.calls));
      const calls = pools.reduce((sum, pool) => sum + pool.calls.length, 0);
      const share = Math.min(...pools.map(shareOf));
      return { need, use: { cloud, pool: name, rate: (limit.calls * 1000) / limit.per, calls, share } };
    });
    const longest = (of: CloudName) => Math.max(...all.flatMap(({ need, use }) => (use.cloud === of ? [need] : [])));
    return all.filter(({ need, use }) => need >= longest(use.cloud) / 2).map(({ use }) => use);
  }

  #note(api: CloudApi, { cloud, account, region }: CloudTarget): void {
    const name = api.limit.pool ?? api.name;
    const scope = { caller: '', account, target: `${account} ${region}` }[api.limit.of];
    const key = JSON.stringify([cloud, name, scope]);
    const pool = this.#pools.get(key) ?? { cloud, name, limit: api.limit, calls: [] };
    this.#pools.set(key, pool);
    pool.calls.push({ api: api.name, at: this.#clock.now() });
  }
}

/** Calls of one API in one account from which on a rate is told. */
const OFTEN = 20;

/**
 * From the first to the last call of the API that takes most of the pool: as many whole limits' worth of calls as there are, over what
 * the documented rate allows until the next call after them. Whole ones, so that neither a burst at an end counts nor the rest after it.
 */
function shareOf({ calls, limit }: Pool): number {
  const times = mostCalled(calls);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const within = calls.map(({ at }) => at).filter((at) => at >= first && at <= last);
  const whole = Math.floor((within.length - 1) / limit.calls) * limit.calls;
  const took = (within.sort((a, b) => a - b)[whole] as number) - first;
  return whole === 0 ? 0 : whole / ((took * limit.calls) / limit.per);
}

/** Times of the API that is called most. */
function mostCalled(calls: Pool['calls']): readonly number[] {
  const times = new Map<string, number[]>();
  for (const { api, at } of calls) times.set(api, [...(times.get(api) ?? []), at]);
  return [...times.values()].reduce((most, one) => (one.length > most.length ? one : most), []);
}
