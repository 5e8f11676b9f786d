/** One object of the stand-in, as Resource Graph shows it. */
export interface StandInResource {
  /** As Azure spells it, with the leading slash. */
  readonly id: string;
  /** Lower case; `microsoft.resources/subscriptions[/resourcegroups]` stand in the table `resourcecontainers`. */
  readonly type: string;
  readonly location?: string;
  /** Keys as they are stored; null = its type has no tags. */
  readonly tags: Readonly<Record<string, string>> | null;
  readonly managedBy?: string;
  readonly systemData?: Readonly<Record<string, string>>;
}

/** Many objects of the table `resources`, made when they are asked for; in the order of their ids. */
export interface Generated {
  readonly count: number;
  resource(index: number): StandInResource;
  /** The index of the object with this id, given in lower case; null = none. */
  indexOf(id: string): number | null;
}

export const NOTHING_GENERATED: Generated = {
  count: 0,
  resource: () => {
    throw new Error('nothing is generated');
  },
  indexOf: () => null,
};

/** What stands in the stand-in: the listed objects, what is generated, and what was changed since. */
export class Inventory {
  readonly #listed = new Map<string, StandInResource>();
  readonly #generated: Generated;
  readonly #changed = new Map<string, Readonly<Record<string, string>>>();
  readonly #removed = new Set<string>();

  constructor(listed: readonly StandInResource[], generated: Generated) {
    for (const resource of listed) this.#listed.set(resource.id.toLowerCase(), resource);
    this.#generated = generated;
  }

  get generated(): Generated {
    return this.#generated;
  }

  tableOf(resource: StandInResource): 'resources' | 'resourcecontainers' {
    return resource.type.startsWith('microsoft.resources/subscriptions') ? 'resourcecontainers' : 'resources';
  }

  /** Listed objects, in the order they were given in. */
  listed(): StandInResource[] {
    return [...this.#listed.keys()].map((id) => this.find(id)).filter((resource) => resource !== null);
  }

  find(id: string): StandInResource | null {
    const key = id.toLowerCase();
    if (this.#removed.has(key)) return null;
    const listed = this.#listed.get(key);
    if (listed !== undefined) return this.current(listed);
    const index = this.#generated.indexOf(key);
    return index === null ? null : this.current(this.#generated.resource(index));
  }

  current(resource: StandInResource): StandInResource {
    const tags = this.#changed.get(resource.id.toLowerCase());
    return tags === undefined ? resource : { ...resource, tags };
  }

  put(resource: StandInResource): void {
    this.#removed.delete(resource.id.toLowerCase());
    this.#changed.delete(resource.id.toLowerCase());
    this.#listed.set(resource.id.toLowerCase(), resource);
  }

  remove(id: string): void {
    this.#removed.add(id.toLowerCase());
  }

  setTags(id: string, tags: Readonly<Record<string, string>>): void {
    this.#changed.set(id.toLowerCase(), tags);
  }
}
