/** How many are held at a time. */
const MOST = 8;

/**
 * The latest of what can be made again. Each stands in its own place and the oldest is overwritten first: a map that is added to and taken
 * from makes old tables that hold on to it all.
 */
export class Held<Key, Value> {
  readonly #held: { readonly key: Key; readonly value: Value }[] = [];
  #oldest = 0;
  /** Where the one stands that was asked for last: mostly it is asked for again. */
  #last = 0;

  of(key: Key, make: (key: Key) => Value): Value {
    const last = this.#held[this.#last];
    if (last?.key === key) return last.value;
    for (let at = 0; at < this.#held.length; at += 1) {
      const held = this.#held[at] as { readonly key: Key; readonly value: Value };
      if (held.key !== key) continue;
      this.#last = at;
      return held.value;
    }
    const value = make(key);
    this.#held[this.#oldest] = { key, value };
    this.#last = this.#oldest;
    this.#oldest = (this.#oldest + 1) % MOST;
    return value;
  }
}
