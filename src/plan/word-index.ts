import { keyed } from './salt.ts';
import { Sensitive, UNKNOWN, type Value } from './value.ts';
import { leaves, mentions, readings, words } from './words.ts';

/** Words shorter than this stand nearly everywhere and find nothing. */
const SHORTEST = 4;

/** Finds which of many values mention a text, without searching each of them. */
export class WordIndex<T> {
  private readonly values = new Map<T, Value>();
  private readonly plain = new Map<string, Set<T>>();
  private readonly hidden = new Map<string, Set<T>>();

  add(owner: T, value: Value): void {
    if (value === UNKNOWN) return;
    this.values.set(owner, value);
    for (const leaf of leaves(value)) {
      if (leaf instanceof Sensitive) for (const token of leaf.tokens) file(this.hidden, token, owner);
      else
        for (const text of readings(leaf))
          for (const word of words(text)) if (word.length >= SHORTEST) file(this.plain, word, owner);
    }
  }

  /** Owners of the values that mention the text as whole words, in the order they were added. */
  mentioning(needle: string): T[] {
    const rarest = words(needle)
      .filter((word) => word.length >= SHORTEST)
      .map((word) => [...(this.plain.get(word) ?? []), ...(this.hidden.get(keyed('word', word)) ?? [])])
      .sort((a, b) => a.length - b.length)[0];
    const candidates = rarest === undefined ? this.values.keys() : new Set(rarest);
    return [...candidates].filter((owner) => mentions(this.values.get(owner) ?? null, needle));
  }
}

function file<T>(map: Map<string, Set<T>>, word: string, owner: T): void {
  const owners = map.get(word);
  if (owners) owners.add(owner);
  else map.set(word, new Set([owner]));
}
