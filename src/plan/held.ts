/** How many are held at a time. */
const MOST = 8;

/**
 * The latest of what can be made again. Each stands in its own place and the oldest is overwritten first: a map that is added to and taken
 * from makes old tables that hold on to it all.
 */
export class Held<Key, Value> {
  readonly #held: { readonly key: Key; readonly value: Value }[] = [];
  #oldest = 0;

  of(key: Key, make: (key: Key) => Value): Value {
    for (const held of this.#held) if (held.key === key) return held.value;
    const value = make(key);
    this.#held[this.#oldest] = { key, value };
    this.#oldest = (this.#oldest + 1) % MOST;
    return value;
  }
}
