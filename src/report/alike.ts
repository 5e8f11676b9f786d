/** How many are held once two were met, and how many before. */
const MOST = 1024;
const RECENT = 8;

/**
 * Parts of a report that are spelled alike, each held once: rows of a large plan are decided by few rules, on few facts. One that is met
 * once is soon forgotten: what a single row has must not cost more than that row.
 */
export class Alike<T extends object> {
  readonly #known = new Map<string, T>();
  readonly #recent: { readonly spelled: string; readonly part: T }[] = [];
  #oldest = 0;

  /** The first of those that are spelled as this one: it says the same. */
  of(part: T): T {
    const spelled = JSON.stringify(part);
    const known = this.#known.get(spelled);
    if (known !== undefined) return known;
    const recent = this.#recent.find((one) => one.spelled === spelled);
    if (recent !== undefined) {
      if (this.#known.size < MOST) this.#known.set(spelled, recent.part);
      return recent.part;
    }
    this.#recent[this.#oldest] = { spelled, part };
    this.#oldest = (this.#oldest + 1) % RECENT;
    return part;
  }
}
