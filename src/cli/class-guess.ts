import { loadCatalogs } from '../../providers/index.ts';
import { CLASS_OF_ENDING, CLASSES_OF_ATTRIBUTE } from './class-words.ts';

/**
 * How far a proposal may be trusted: `likely` where names, ending and attributes agree, `possible` where two of them do. With one
 * provider after the other held out of the catalogs 81, 67 and 31 of 100 were right (test/cli/catalog-import.test.ts holds out three).
 */
export type Certainty = 'likely' | 'possible' | 'guess';

export interface Proposal {
  readonly type: string;
  /** Null where nothing speaks for any class. */
  readonly class: string | null;
  readonly certainty: Certainty;
  /** A type of the catalogs of that class whose name is most like it. */
  readonly like: string | null;
  /** Attributes of the type that speak for the class. */
  readonly attributes: readonly string[];
  /** The class that came next. */
  readonly other: string | null;
}

/** What one provider's types say of a feature: class -> number of types. */
type Votes = Map<string, Map<string, number>>;

interface KnownType {
  readonly type: string;
  readonly provider: string;
  readonly class: string;
}

/** A provider with many types of one name (every IAM binding of Google) speaks no louder than so many. */
const LOUDEST = 3;
/** So many votes for no class stand against every feature: what was seen once proves little. */
const DOUBT = 1.5;
/** Weight of an ending beside names of the catalogs. */
const ENDING_WEIGHT = 0.3;
/** Names this strong, with an ending that agrees, were right in 92 of 100 types of providers that were held out. */
const STRONG = 0.9;

/**
 * Proposes classes from the names in the catalogs: each word, pair of words and ending of a type's name votes for the classes that
 * the types of other providers with it have. Deterministic.
 */
export class ClassGuess {
  readonly #features = new Map<string, Votes>();
  readonly #classOf = new Map<string, string>();
  readonly #members = new Map<string, { readonly type: string; readonly words: readonly string[] }[]>();

  constructor(known: readonly KnownType[] = knownTypes()) {
    for (const { type, provider, class: name } of known) {
      const words = wordsOf(type);
      this.#classOf.set(type, name);
      const members = this.#members.get(name) ?? [];
      members.push({ type, words });
      this.#members.set(name, members);
      for (const { feature } of featuresOf(words)) {
        const votes = this.#features.get(feature) ?? new Map();
        const own = votes.get(provider) ?? new Map();
        own.set(name, (own.get(name) ?? 0) + 1);
        votes.set(provider, own);
        this.#features.set(feature, votes);
      }
    }
  }

  /** `attributes`: names of the type's top-level attributes and blocks. */
  propose(type: string, attributes: readonly string[]): Proposal {
    const itself = this.#classOf.get(type);
    if (itself !== undefined) return { type, class: itself, certainty: 'likely', like: type, attributes: [], other: null };
    const words = wordsOf(type);
    const byName = this.#scores(words);
    const [named] = ranked(byName);
    const ending = endingOf(words);
    const scores = new Map(byName);
    if (ending) scores.set(ending, (scores.get(ending) ?? 0) + ENDING_WEIGHT);
    const [first, second] = ranked(scores);
    if (!first) return { type, class: null, certainty: 'guess', like: null, attributes: [], other: null };
    const [proposed, score] = first;
    const telling = attributes.filter((name) => CLASSES_OF_ATTRIBUTE.get(name)?.includes(proposed)).sort();
    const witnesses = [named?.[0] === proposed, ending === proposed, telling.length > 0].filter(Boolean).length;
    const agree = named?.[0] === proposed && ending === proposed;
    return {
      type,
      class: proposed,
      certainty: witnesses === 3 || (agree && score >= STRONG) ? 'likely' : witnesses === 2 ? 'possible' : 'guess',
      like: this.#likeliest(words, proposed),
      attributes: telling,
      other: second?.[0] ?? null,
    };
  }

  #scores(words: readonly string[]): Map<string, number> {
    const scores = new Map<string, number>();
    for (const { feature, weight } of featuresOf(words)) {
      const byClass = new Map<string, number>();
      let all = DOUBT;
      for (const own of this.#features.get(feature)?.values() ?? []) {
        const count = [...own.values()].reduce((sum, n) => sum + n, 0);
        const loud = Math.min(count, LOUDEST);
        all += loud;
        for (const [name, n] of own) byClass.set(name, (byClass.get(name) ?? 0) + (loud * n) / count);
      }
      // Cubed: a feature that several classes share says next to nothing of any.
      for (const [name, votes] of byClass) scores.set(name, (scores.get(name) ?? 0) + weight * (votes / all) ** 3);
    }
    return scores;
  }

  /** The longest common ending first, then the most common words, then the shortest name. */
  #likeliest(words: readonly string[], name: string): string | null {
    let best: { type: string; rank: readonly number[] } | null = null;
    for (const { type, words: other } of this.#members.get(name) ?? []) {
      const tail = commonEnding(words, other);
      const common = other.filter((word) => words.includes(word)).length;
      const rank = [tail, common, -other.length];
      if (tail + common > 0 && (best === null || isBefore(rank, best.rank))) best = { type, rank };
    }
    return best?.type ?? null;
  }
}

function knownTypes(): KnownType[] {
  return loadCatalogs().flatMap(({ catalog }) =>
    [...catalog.managed].flatMap(([type, row]) =>
      row.class === null ? [] : [{ type, provider: type.split('_')[0] ?? '', class: row.class }],
    ),
  );
}

/** Words of a type's name without the provider's and without versions, in the singular. */
function wordsOf(type: string): string[] {
  const words = type.split('_').filter((word) => word !== '');
  const own = words.length > 1 ? words.slice(1) : words;
  return own.filter((word) => !/^v\d+$/.test(word)).map((word) => word.replace(/ies$/, 'y').replace(/([^s])s$/, '$1'));
}

function featuresOf(words: readonly string[]): { readonly feature: string; readonly weight: number }[] {
  const found = new Map<string, number>();
  for (const length of [3, 2, 1]) if (words.length >= length) found.set(`ending ${words.slice(-length).join('_')}`, 1);
  words.forEach((word, at) => {
    found.set(`word ${word}`, 0.8);
    if (at + 1 < words.length) found.set(`pair ${word}_${words[at + 1]}`, 0.9);
  });
  if (words.length === 1) found.set(`only ${words[0]}`, 1.3);
  return [...found].map(([feature, weight]) => ({ feature, weight }));
}

function endingOf(words: readonly string[]): string | null {
  for (const length of [3, 2, 1]) {
    const name = words.length >= length ? CLASS_OF_ENDING.get(words.slice(-length).join('_'))?.[0] : undefined;
    if (name !== undefined) return name;
  }
  return null;
}

function ranked(scores: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...scores].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function commonEnding(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return length;
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((n, i) => n !== b[i]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}
