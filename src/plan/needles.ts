import { Anchored, type Needle } from './anchored.ts';
import { endOfText, isInteger, standsAt } from './literal.ts';
import { keyed } from './salt.ts';
import { ExactNumber, isList, type ObjectValue, Sensitive, UNKNOWN, type Value, wholeOf } from './value.ts';
import { WordFilter } from './word-filter.ts';
import { holdsRun, isOddKey, isSeparator, mentions, readings, words } from './words.ts';

/** Shorter words stand nearly everywhere and tell little. */
const SHORT = 4;
const ASCII = /^[\x20-\x7e]*$/;
/** An integer that is spelled with a fraction, perhaps in a string. */
const MAYBE_ROUND = /[:,[]\s*-?\d+\.0+\s*[,}\]]/;
const NONE: ReadonlySet<string> = new Set();

/**
 * Finds which of many texts a value mentions as whole words, in one walk over the value: each text hangs on that of its words
 * which the fewest texts share, the longest of them.
 */
export class Needles {
  private readonly byWord = new Map<string, Anchored>();
  /** Texts without any word: looked for one by one. */
  private readonly loose: string[] = [];
  /** The words of texts that were met. */
  private readonly split = new Map<string, readonly string[]>();
  private byToken: ReadonlyMap<string, Anchored> | null = null;
  private shortest = Number.POSITIVE_INFINITY;
  /** Null = not made yet; 'all' = the bytes of a row tell nothing. */
  private filter: WordFilter | 'all' | null = null;
  private integers = false;

  constructor(texts: Iterable<string>) {
    const distinct = new Map<string, readonly string[]>();
    const shared = new Map<string, number>();
    for (const text of texts) {
      if (text === '' || distinct.has(text)) continue;
      const own = [...new Set(words(text))].filter((word) => !isSeparator(word));
      distinct.set(text, own);
      for (const word of own) shared.set(word, (shared.get(word) ?? 0) + 1);
    }
    for (const [text, own] of distinct) {
      const anchor = anchorOf(own, shared);
      if (anchor === null) this.loose.push(text);
      else {
        const anchored = this.byWord.get(anchor) ?? new Anchored(anchor);
        this.byWord.set(anchor, anchored);
        anchored.add(text);
        this.shortest = Math.min(this.shortest, anchor.length);
      }
    }
  }

  /**
   * The texts that a JSON text mentions, told from its bytes, so that it need not be parsed; null where only its values tell. No key in it
   * stands twice, and its numbers are decimals of no more digits than a double holds.
   */
  inJson(json: Buffer): ReadonlySet<string> | null {
    if (this.byWord.size === 0 && this.loose.length === 0) return NONE;
    if (this.filter === null) {
      const anchors = [...this.byWord.keys()];
      const told = this.loose.length === 0 && anchors.every((word) => isPlain(word) || isInteger(word));
      this.filter = told ? new WordFilter(anchors) : 'all';
      this.integers = anchors.some(isInteger);
    }
    if (this.filter === 'all') return null;
    if (this.integers && MAYBE_ROUND.test(json.toString('latin1'))) return null;
    const places = this.filter.in(json);
    if (places === null || places.length === 0) return places === null ? null : NONE;
    if (this.filter.hidesSeparators) return null;
    const found = new Set<string>();
    /** Up to here nothing stands in a key. */
    let textTo = 0;
    for (let at = 0; at < places.length; at += 2) {
      const from = places[at] as number;
      const anchored = this.byWord.get(json.toString('latin1', from, places[at + 1]));
      if (anchored === undefined) continue;
      const needles = anchored.areMany ? anchored.aroundBytes(json, from) : anchored.needles;
      if (needles === null) return null;
      for (let i = 0; i < needles.length; i += 1) {
        const { text, literal } = needles[i] as Needle;
        if (found.has(text)) continue;
        const stands = literal === null ? null : standsAt(json, from, literal);
        if (stands === null) return null;
        if (!stands) continue;
        if (literal?.inKeys && from >= textTo) {
          const end = endOfText(json, from);
          if (end === null) return null;
          textTo = end;
        }
        found.add(text);
      }
    }
    return found;
  }

  /** The texts that the value mentions (words.ts); an unknown value mentions nothing. */
  in(value: Value): Set<string> {
    const found = new Set<string>();
    if (value === UNKNOWN) return found;
    for (const text of this.loose) if (mentions(value, text)) found.add(text);
    if (this.byWord.size === 0) return found;
    const open: Value[] = [wholeOf(value)];
    while (open.length > 0) {
      const next = open.pop() as Value;
      if (typeof next === 'string') this.inText(next, found);
      else if (typeof next === 'number') this.inText(String(next), found);
      else if (typeof next !== 'object' || next === null) continue;
      else if (next instanceof Sensitive) this.inTokens(next.tokens, found);
      else if (next instanceof ExactNumber) this.inText(next.text, found);
      else if (isList(next)) for (const item of next) open.push(item);
      else {
        const object = next as ObjectValue;
        for (const key in object) {
          if (key.length >= this.shortest && isOddKey(key)) this.inText(key, found);
          open.push(object[key] as Value);
        }
      }
    }
    return found;
  }

  private inText(leaf: string, found: Set<string>): void {
    if (leaf.length < this.shortest) return;
    if (leaf.includes('\\')) for (const text of readings(leaf)) this.inReading(text, found);
    else this.inReading(leaf, found);
  }

  /** Of a small plan this is most of the work, done before anything is compiled: counting is cheaper there than iterating. */
  private inReading(text: string, found: Set<string>): void {
    const own = words(text);
    for (let at = 0; at < own.length; at += 1) {
      const word = own[at] as string;
      const anchored = word.length < this.shortest ? undefined : this.byWord.get(word);
      if (anchored === undefined) continue;
      if (anchored.areMany) {
        for (const needle of anchored.aroundWord(own, at)) found.add(needle);
        continue;
      }
      for (const { text: needle } of anchored.needles)
        if (!found.has(needle) && text.includes(needle) && holdsRun(own, this.wordsOf(needle))) found.add(needle);
    }
  }

  private inTokens(tokens: readonly string[], found: Set<string>): void {
    this.byToken ??= new Map([...this.byWord].map(([word, anchored]) => [keyed('word', word), anchored]));
    for (let at = 0; at < tokens.length; at += 1) {
      const anchored = this.byToken.get(tokens[at] as string);
      if (anchored === undefined) continue;
      if (anchored.areMany) {
        for (const needle of anchored.aroundToken(tokens, at)) found.add(needle);
        continue;
      }
      for (const { text: needle } of anchored.needles) {
        if (found.has(needle)) continue;
        const hashed = this.wordsOf(needle).map((word) => keyed('word', word));
        if (holdsRun(tokens, hashed)) found.add(needle);
      }
    }
  }

  private wordsOf(needle: string): readonly string[] {
    let own = this.split.get(needle);
    if (own === undefined) {
      own = words(needle);
      this.split.set(needle, own);
    }
    return own;
  }
}

/** Of some words that which the fewest texts share, the longest of them; null = there is none. */
function anchorOf(own: readonly string[], shared: ReadonlyMap<string, number>): string | null {
  let [anchor, least] = [own[0] ?? null, Number.POSITIVE_INFINITY];
  if (own.length < 2) return anchor;
  for (const word of own) {
    const count = shared.get(word) ?? 0;
    if (count > least) continue;
    // Numbers may be spelled in several ways, and short words stand everywhere.
    const rank = count + (isPlain(word) ? 0 : 1e12) + (word.length < SHORT ? 1e9 : 0);
    if (rank > least || (rank === least && word.length <= (anchor ?? '').length)) continue;
    [anchor, least] = [word, rank];
  }
  return anchor;
}

/** A word that every JSON text spells alike. */
function isPlain(word: string): boolean {
  return ASCII.test(word) && Number.isNaN(Number(word));
}
