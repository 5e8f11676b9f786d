/** How many of a kind are known at a time. */
const FEW = 4;

/**
 * Parts of a report that say the same, each held once: rows of a large plan are decided by few rules, on few facts. Of a kind the latest
 * are known, so that what a single row has is soon forgotten.
 */
export class Alike<T extends object> {
  readonly #kinds = new Map<string, { readonly known: T[]; oldest: number }>();

  /** The first of its kind that says what this one does. */
  of(kind: string, part: T): T {
    const found = this.#kinds.get(kind);
    if (found === undefined) {
      this.#kinds.set(kind, { known: [part], oldest: 0 });
      return part;
    }
    for (const known of found.known) if (isSame(known, part)) return known;
    if (found.known.length < FEW) found.known.push(part);
    else {
      found.known[found.oldest] = part;
      found.oldest = (found.oldest + 1) % FEW;
    }
    return part;
  }
}

/** Whether two values are printed alike. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let at = 0; at < a.length; at += 1) if (!isSame(a[at], b[at])) return false;
    return true;
  }
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  if (keys.length !== others.length) return false;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] as keyof typeof a;
    if (key !== others[at] || !isSame(a[key], b[key])) return false;
  }
  return true;
}
