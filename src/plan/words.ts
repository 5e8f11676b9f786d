import { keyed } from './salt.ts';
import { ExactNumber, Sensitive, UNKNOWN, type Value, wholeOf } from './value.ts';

const BEYOND_ASCII = /[\u0080-\uffff]/;
/** Most names are. */
const ONE_WORD = /^[A-Za-z0-9_.-]*[A-Za-z0-9_-]$/;
const ASCII_WORD = /[A-Za-z0-9_.-]+|[^A-Za-z0-9_.-]/gs;
let wordOfAny: RegExp | null = null;

/** What a word or a separator is. The classes of Unicode take 2 ms to read and compile, so only a text beyond ASCII asks for them. */
function wordIn(text: string): RegExp {
  if (!BEYOND_ASCII.test(text)) return ASCII_WORD;
  wordOfAny ??= /[\p{L}\p{N}_.-]+|[^\p{L}\p{N}_.-]/gsu;
  return wordOfAny;
}

/** Stands between the texts of one value, so that no run of words crosses from one into the next. It is no token of any text. */
const BREAK = '';

/**
 * The words and separators of a text. A word is a run of letters, digits, `_`, `-` and `.` (a host name is one word);
 * dots at its end are separators, as is every other character by itself.
 */
export function words(text: string): string[] {
  if (ONE_WORD.test(text)) return [text];
  const tokens: string[] = text.match(wordIn(text)) ?? [];
  if (!text.includes('.')) return tokens;
  const found: string[] = [];
  for (const token of tokens) {
    let end = token.length;
    while (end > 0 && token[end - 1] === '.') end -= 1;
    if (end > 0) found.push(token.slice(0, end));
    for (let dot = end; dot < token.length; dot += 1) found.push('.');
  }
  return found;
}

/** Whether one of `words` is a character between words. */
export function isSeparator(word: string): boolean {
  if (word.length > 1) return false;
  return BEYOND_ASCII.test(word) ? !/[\p{L}\p{N}]/u.test(word) : !/[A-Za-z0-9_-]/.test(word);
}

/** The text, and what it says once backslash escapes are taken off (an encoded JSON document hides `\n` and `\u0026` in it). */
export function readings(text: string): string[] {
  const found = [text];
  for (let current = text; current.includes('\\') && found.length < 4; ) {
    current = current.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (_, hex: string | undefined, char: string | undefined) =>
      hex === undefined ? (ESCAPES.get(char ?? '') ?? char ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
    );
    found.push(current);
  }
  return found;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
]);

/** Whether a key of a map is too odd to be an attribute's name: then it is a text like others. */
export function isOddKey(key: string): boolean {
  return /[.:/]/.test(key);
}

/** Every text in a value: strings and numbers at any depth, and map keys that are too odd to be an attribute's name. */
export function* leaves(value: Value): Generator<string | Sensitive> {
  const open: Value[] = [wholeOf(value)];
  while (open.length > 0) {
    const next = open.pop() as Value;
    if (typeof next === 'string') yield next;
    else if (typeof next === 'number') yield String(next);
    else if (next instanceof Sensitive) yield next;
    else if (next instanceof ExactNumber) yield next.text;
    else if (Array.isArray(next)) {
      for (let i = next.length - 1; i >= 0; i -= 1) open.push(next[i]);
    } else if (typeof next === 'object' && next !== null) {
      for (const [key, child] of Object.entries(next)) {
        open.push(child);
        if (isOddKey(key)) open.push(key);
      }
    }
  }
}

/** Salted tokens of everything in a value, for `Sensitive.tokens`. */
export function hashedWords(value: Value): string[] {
  const tokens: string[] = [];
  const separators = new Map<string, string>();
  for (const leaf of leaves(value)) {
    if (leaf instanceof Sensitive) {
      tokens.push(BREAK, ...leaf.tokens);
      continue;
    }
    for (const text of readings(leaf)) {
      if (tokens.length > 0) tokens.push(BREAK);
      for (const word of words(text)) {
        // A separator is a single character, so keeping it gives nothing away.
        let token = word.length === 1 ? separators.get(word) : undefined;
        if (token === undefined) {
          token = keyed('word', word);
          if (word.length === 1) separators.set(word, token);
        }
        tokens.push(token);
      }
    }
  }
  return tokens;
}

/**
 * Whether `needle` stands as whole words in any text of the value: in plain strings at any depth, in JSON documents
 * encoded in them, and in sensitive values by their salted tokens. An unknown value mentions nothing; ask for that apart.
 */
export function mentions(value: Value, needle: string): boolean {
  if (value === UNKNOWN || needle === '') return false;
  const wanted = words(needle);
  let hashed: string[] | null = null;
  for (const leaf of leaves(value)) {
    if (leaf instanceof Sensitive) {
      hashed ??= wanted.map((word) => keyed('word', word));
      if (holdsRun(leaf.tokens, hashed)) return true;
      continue;
    }
    for (const text of readings(leaf)) if (text.includes(needle) && holdsRun(words(text), wanted)) return true;
  }
  return false;
}

/** Whether some words stand in a row among others. */
export function holdsRun(tokens: readonly string[], wanted: readonly string[]): boolean {
  const first = wanted[0] as string;
  for (let at = tokens.indexOf(first); at >= 0; at = tokens.indexOf(first, at + 1)) {
    let i = 1;
    while (i < wanted.length && tokens[at + i] === wanted[i]) i += 1;
    if (i === wanted.length) return true;
  }
  return false;
}
