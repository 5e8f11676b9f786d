/** One resource of the stand-in. */
export interface Standing {
  readonly arn: string;
  /** As Resource Explorer spells it: `rds:db`. */
  readonly type: string;
  readonly account: string;
  /** `global` for resources of global services. */
  readonly region: string;
  /** Null = never tagged: the tagging API does not know it. */
  readonly tags: ReadonlyMap<string, string> | null;
  /** Auto Scaling groups: keys that go to instances. */
  readonly propagated?: ReadonlySet<string>;
}

/** Many resources that are made when they are looked at. Pure functions of the index. */
export interface Crowd {
  readonly count: number;
  resource(index: number): Standing;
  /** Null for an ARN that is none of them. */
  indexOf(arn: string): number | null;
}

const NOBODY: Crowd = {
  count: 0,
  resource: () => {
    throw new Error('an empty crowd has no resources');
  },
  indexOf: () => null,
};

/** What stands in the clouds of all accounts; only what differs from the crowd is held. */
export class World {
  readonly #crowd: Crowd;
  /** Null = taken away. In the order of their coming. */
  readonly #own = new Map<string, Standing | null>();

  constructor(crowd: Crowd = NOBODY) {
    this.#crowd = crowd;
  }

  get(arn: string): Standing | null {
    const own = this.#own.get(arn);
    if (own !== undefined) return own;
    const index = this.#crowd.indexOf(arn);
    return index === null ? null : this.#crowd.resource(index);
  }

  put(resource: Standing): void {
    this.#own.set(resource.arn, resource);
  }

  remove(arn: string): void {
    this.#own.set(arn, null);
  }

  /** The first of the account's own (not of the crowd) that answers the question. */
  find(account: string, asked: (resource: Standing) => boolean): Standing | null {
    for (const resource of this.#own.values())
      if (resource !== null && resource.account === account && asked(resource)) return resource;
    return null;
  }

  /** Up to `size` resources of the account that answer the question, from a position on; `next` is null at the end. */
  page(
    account: string,
    from: number,
    size: number,
    asked: (resource: Standing) => boolean,
  ): { found: Standing[]; next: number | null } {
    const found: Standing[] = [];
    const own = [...this.#own.values()];
    const end = this.#crowd.count + own.length;
    let at = from;
    for (; at < end && found.length < size; at++) {
      const resource = at < this.#crowd.count ? this.#ofCrowd(at) : this.#addition(own[at - this.#crowd.count] ?? null);
      if (resource !== null && resource.account === account && asked(resource)) found.push(resource);
    }
    return { found, next: at < end ? at : null };
  }

  #ofCrowd(index: number): Standing | null {
    const resource = this.#crowd.resource(index);
    const own = this.#own.get(resource.arn);
    return own === undefined ? resource : own;
  }

  #addition(resource: Standing | null): Standing | null {
    return resource === null || this.#crowd.indexOf(resource.arn) !== null ? null : resource;
  }
}
