import type { CloudClient, CloudName } from '../../providers/cloud.ts';
import { loadCloud } from '../../providers/clouds.ts';
import { type Clock, machineClock } from './clock.ts';
import { Pace } from './pace.ts';

export interface CloudsOptions {
  readonly assumeRole: string | null;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly load?: typeof loadCloud;
}

/** The clients of the clouds, each loaded with its SDK when it is first needed, and the one pace of all their requests. */
export class Clouds {
  readonly pace: Pace;
  readonly #options: CloudsOptions;
  readonly #clients = new Map<CloudName, Promise<CloudClient>>();

  constructor(options: CloudsOptions) {
    this.#options = options;
    this.pace = new Pace(options.clock ?? machineClock, options.random);
  }

  of(name: CloudName): Promise<CloudClient> {
    let client = this.#clients.get(name);
    if (client === undefined) {
      const { assumeRole, load = loadCloud } = this.#options;
      client = load(name, { call: this.pace.call, assumeRole });
      this.#clients.set(name, client);
    }
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) await (await client).close();
  }
}
