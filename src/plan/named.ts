import { mentions, readings, words } from './words.ts';

/** Up to so many names are looked for one by one. */
const FEW = 8;
/** To look something up takes about as long as to read so many characters. */
const LOOK_UP = 64;

/**
 * Things by their names, so that those which a text names are found without a look at the others. Answers are in the order of the
 * things.
 */
export class Named<T> {
  readonly #things: T[] = [];
  /** By name, the places of the things; one by itself, for most names are of one. */
  readonly #byName = new Map<string, number | number[]>();
  /** By name, things that were asked for. */
  readonly #found = new Map<string, readonly T[]>();
  /** By the first word of names, how many words the longest of these has; null = nobody asked. */
  #longest: ReadonlyMap<string, number> | null = null;

  /** Each thing with its names, each of these once; none is empty. */
  constructor(things: Iterable<readonly [thing: T, names: Iterable<string>]>) {
    for (const [thing, names] of things) {
      const place = this.#things.push(thing) - 1;
      for (const name of names) {
        const same = this.#byName.get(name);
        if (same === undefined) this.#byName.set(name, place);
        else if (typeof same === 'number') this.#byName.set(name, [same, place]);
        else same.push(place);
      }
    }
  }

  /** Things that have this name; one list for each name. */
  get(name: string): readonly T[] {
    let things = this.#found.get(name);
    if (things === undefined) {
      things = this.#placesOf(name).map((place) => this.#things[place] as T);
      if (things.length > 1) this.#found.set(name, things);
    }
    return things;
  }

  /** Things of which the text mentions a name (words.ts), each once. */
  mentionedIn(text: string): readonly T[] {
    const places = new Set<number>();
    for (const name of this.#namesIn(text)) for (const place of this.#placesOf(name)) places.add(place);
    return [...places].sort((a, b) => a - b).map((place) => this.#things[place] as T);
  }

  #placesOf(name: string): readonly number[] {
    const places = this.#byName.get(name) ?? [];
    return typeof places === 'number' ? [places] : places;
  }

  /** A name that is mentioned is a run of the words of the text. */
  #namesIn(text: string): Iterable<string> {
    if (this.#byName.size <= FEW) return this.#scan(text);
    this.#longest ??= longestOf(this.#byName.keys());
    const found = new Set<string>();
    // To look for the names one by one is to read the text so many times.
    let left = this.#byName.size * (text.length + LOOK_UP);
    for (const reading of readings(text)) {
      const own = words(reading);
      let from = 0;
      for (let at = 0; at < own.length; at += 1) {
        const first = own[at] as string;
        const end = Math.min(at + (this.#longest.get(first) ?? 0), own.length);
        let to = from;
        for (let last = at; last < end; last += 1) {
          to += (own[last] as string).length;
          left -= to - from + LOOK_UP;
          if (left < 0) return this.#scan(text);
          const run = reading.slice(from, to);
          if (this.#byName.has(run)) found.add(run);
        }
        from += first.length;
      }
    }
    return found;
  }

  #scan(text: string): string[] {
    return [...this.#byName.keys()].filter((name) => mentions(text, name));
  }
}

function longestOf(names: Iterable<string>): Map<string, number> {
  const longest = new Map<string, number>();
  for (const name of names) {
    const own = words(name);
    const first = own[0] as string;
    longest.set(first, Math.max(longest.get(first) ?? 0, own.length));
  }
  return longest;
}
