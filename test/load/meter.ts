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

  /** The limit of each cloud that asks for most time. */
  uses(): Use[] {
    const byName = new Map<string, Pool[]>();
    for (const pool of this.#pools.values()) {
      const name = `${pool.cloud} ${pool.name}`;
      byName.set(name, [...(byName.get(name) ?? []), pool]);
    }
    const uses = new Map<CloudName, { readonly need: number; readonly use: Use }>();
    for (const pools of byName.values()) {
      const [{ cloud, name, limit }] = pools as [Pool];
      const need = Math.max(...pools.map(({ calls }) => (calls.length * limit.per) / limit.calls));
      if (need <= (uses.get(cloud)?.need ?? 0)) continue;
      const calls = pools.reduce((sum, pool) => sum + pool.calls.length, 0);
      const share = Math.min(...pools.map(shareOf));
      uses.set(cloud, { need, use: { cloud, pool: name, rate: (limit.calls * 1000) / limit.per, calls, share } });
    }
    return [...uses.values()].map(({ use }) => use);
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

/**
 * From the first to the last call of the API that takes most of the pool: calls besides those that went out at once at first (saved
 * tokens, the burst), over the calls that the documented rate allows in that time.
 */
function shareOf({ calls, limit }: Pool): number {
  const counts = new Map<string, number>();
  for (const { api } of calls) counts.set(api, (counts.get(api) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [''];
  const times = calls.filter(({ api }) => api === most).map(({ at }) => at);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const paced = calls.filter(({ at }) => at > first && at <= last).length;
  return paced / (((last - first) * limit.calls) / limit.per);
}
