interface Closable {
  close(): Promise<unknown>;
}

/** Clients that are kept at once: Google Cloud has some 45 regions and three times as many zones. */
const KEPT = 32;

/** One client for each location, since a client knows one host; the least lately used ones are closed, never one that is in use. */
export class LocationClients<C extends Closable> {
  readonly #make: (location: string) => C;
  readonly #kept = new Map<string, { readonly client: C; users: number }>();

  constructor(make: (location: string) => C) {
    this.#make = make;
  }

  get size(): number {
    return this.#kept.size;
  }

  async use<T>(location: string, work: (client: C) => Promise<T>): Promise<T> {
    const entry = this.#kept.get(location) ?? { client: this.#make(location), users: 0 };
    this.#kept.delete(location);
    this.#kept.set(location, entry);
    entry.users++;
    try {
      return await work(entry.client);
    } finally {
      entry.users--;
      await this.#trim();
    }
  }

  async close(): Promise<void> {
    const entries = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(entries.map(({ client }) => client.close()));
  }

  async #trim(): Promise<void> {
    for (const [location, { client, users }] of this.#kept) {
      if (this.#kept.size <= KEPT) return;
      if (users > 0) continue;
      this.#kept.delete(location);
      await client.close();
    }
  }
}
