import { keyed } from './salt.ts';
import { ExactNumber, isList, type ObjectValue, Sensitive, UNKNOWN, type Value } from './value.ts';
import { mentions, readings, words } from './words.ts';

/** Shorter words stand nearly everywhere and tell nothing. */
const SHORTEST = 4;

/**
 * Finds which of many texts a value mentions as whole words, in one walk over the value: each text hangs on that of its words
 * which the fewest texts share, the longest of them.
 */
export class Needles {
  private readonly byWord = new Map<string, string[]>();
  /** Texts without a word that is long enough: looked for one by one. */
  private readonly loose: string[] = [];
  private byToken: Map<string, string[]> | null = null;
  private shortest = Number.POSITIVE_INFINITY;

  constructor(texts: Iterable<string>) {
    const distinct = new Map<string, string[]>();
    const shared = new Map<string, number>();
    for (const text of texts) {
      if (text === '' || distinct.has(text)) continue;
      const own = [...new Set(words(text))].filter((word) => word.length >= SHORTEST);
      distinct.set(text, own);
      for (const word of own) shared.set(word, (shared.get(word) ?? 0) + 1);
    }
    for (const [text, own] of distinct) {
      const anchor = own.sort((a, b) => (shared.get(a) ?? 0) - (shared.get(b) ?? 0) || b.length - a.length)[0];
      if (anchor === undefined) this.loose.push(text);
      else {
        const at = this.byWord.get(anchor);
        if (at) at.push(text);
        else this.byWord.set(anchor, [text]);
        this.shortest = Math.min(this.shortest, anchor.length);
      }
    }
  }

  /** The texts that the value mentions (words.ts); an unknown value mentions nothing. */
  in(value: Value): Set<string> {
    const found = new Set<string>();
    if (value === UNKNOWN) return found;
    for (const text of this.loose) if (mentions(value, text)) found.add(text);
    if (this.byWord.size === 0) return found;
    const candidates = new Set<string>();
    const open: Value[] = [value];
    while (open.length > 0) {
      const next = open.pop() as Value;
      if (typeof next === 'string') this.inText(next, candidates);
      else if (typeof next === 'number') this.inText(String(next), candidates);
      else if (typeof next !== 'object' || next === null) continue;
      else if (next instanceof Sensitive) this.inTokens(next.tokens, candidates);
      else if (next instanceof ExactNumber) this.inText(next.text, candidates);
      else if (isList(next)) open.push(...next);
      else {
        const object = next as ObjectValue;
        for (const key in object) {
          if (key.length >= this.shortest) this.inText(key, candidates);
          open.push(object[key] as Value);
        }
      }
    }
    for (const text of candidates) if (mentions(value, text)) found.add(text);
    return found;
  }

  private inText(leaf: string, candidates: Set<string>): void {
    if (leaf.length < this.shortest) return;
    for (const text of leaf.includes('\\') ? readings(leaf) : [leaf]) {
      for (const word of words(text)) {
        if (word.length < this.shortest) continue;
        for (const needle of this.byWord.get(word) ?? []) candidates.add(needle);
      }
    }
  }

  private inTokens(tokens: readonly string[], candidates: Set<string>): void {
    this.byToken ??= new Map([...this.byWord].map(([word, texts]) => [keyed('word', word), texts]));
    for (const token of tokens) for (const needle of this.byToken.get(token) ?? []) candidates.add(needle);
  }
}
