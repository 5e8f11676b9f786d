/** How many are known at a time. */
const MOST = 64;

/**
 * Parts of a report that are spelled alike, each held once: rows of a large plan are decided by few rules, on few facts. Those that few
 * rows have are forgotten again, so that looking for others costs no more than they do.
 */
export class Alike<T extends object> {
  #known = new Map<string, T>();

  /** The first of those that are spelled as this one: it says the same. */
  of(part: T): T {
    const spelled = JSON.stringify(part);
    const known = this.#known.get(spelled);
    if (known !== undefined) return known;
    if (this.#known.size === MOST) this.#known = new Map();
    this.#known.set(spelled, part);
    return part;
  }
}
