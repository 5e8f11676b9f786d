/** A text that every JSON text spells alike, wherever no escape stands in its place. */
export interface Literal {
  readonly text: string;
  /** Where its anchor stands first: the word that is looked for. */
  readonly place: number;
  /** Whether it is nothing but its anchor. */
  readonly alone: boolean;
  /** Whether a word begins before the anchor, or ends behind it: then somebody has to see that none goes on there. */
  readonly opens: boolean;
  readonly closes: boolean;
  /** Whether it may stand in a key that counts for nothing (words.ts). */
  readonly inKeys: boolean;
}

const SPELLED_ALIKE = /^[A-Za-z0-9_.:/@ -]*$/;
/** What stands in JSON outside of strings, too, without being a text. */
const NO_TEXT = /^(?:true|false|null)$/;

/** A word that JSON spells in one way as a number and as a text, but for a fraction of zeros. */
export function isInteger(word: string): boolean {
  return /^\d+$/.test(word) && /[1-9]/.test(word);
}

/** Null where the text may be spelled in several ways, or begins or ends with a dot, which is a word's or stands by itself. */
export function literalOf(text: string, anchor: string): Literal | null {
  if (!SPELLED_ALIKE.test(text) || NO_TEXT.test(anchor) || text.startsWith('.') || text.endsWith('.')) return null;
  // What stands around a number outside of strings is no text.
  if (text !== anchor && isInteger(anchor)) return null;
  const place = placeOf(anchor, text);
  const end = place + anchor.length;
  return {
    text,
    place,
    alone: text === anchor,
    opens: place > 0 && isWord(text.charCodeAt(0)),
    closes: end < text.length && isWord(text.charCodeAt(text.length - 1)),
    inKeys: !/[.:/]/.test(text),
  };
}

/** Where a word stands first in a text that holds it. */
function placeOf(word: string, text: string): number {
  let place = text.indexOf(word);
  while (place >= 0 && (isWord(text.charCodeAt(place - 1)) || !endsWord(text, place + word.length))) {
    place = text.indexOf(word, place + 1);
  }
  return place;
}

function endsWord(text: string, at: number): boolean {
  let end = at;
  while (text[end] === '.') end += 1;
  return !isWord(text.charCodeAt(end));
}

/**
 * Whether a text stands, as whole words, where its anchor stands as a word: at `anchor` in JSON of which no escape stands for what the
 * text may hold. Null where a character beyond ASCII stands next to it. Whether it stands in a key is told apart (`endOfText`).
 */
export function standsAt(json: Buffer, anchor: number, literal: Literal): boolean | null {
  const { text } = literal;
  const from = anchor - literal.place;
  const to = from + text.length;
  if (!literal.alone && (from < 0 || json.toString('latin1', from, to) !== text)) return false;
  const opens = literal.opens ? beginsWord(json, from) : true;
  const closes = literal.closes ? endsWordAt(json, to) : true;
  if (opens === false || closes === false) return false;
  return opens === null || closes === null ? null : true;
}

/** Whether no word goes on before the one at some place. The letters and digits of an escape belong to none. */
function beginsWord(json: Buffer, at: number): boolean | null {
  const before = json[at - 1] as number;
  if (before === BACKSLASH) return false;
  if (!isWord(before)) return before < BEYOND_ASCII || null;
  if (json[at - 2] === BACKSLASH) return before !== LETTER_U;
  return json[at - 6] === BACKSLASH && json[at - 5] === LETTER_U;
}

/** Whether no word goes on at some place; dots at the end of one do not count. */
function endsWordAt(json: Buffer, at: number): boolean | null {
  let next = at;
  while (json[next] === DOT) next += 1;
  const behind = json[next] as number;
  return !isWord(behind) && (behind < BEYOND_ASCII || null);
}

/** Where the string ends that goes on at some place; null where it is the key of an object. */
export function endOfText(json: Buffer, at: number): number | null {
  let end = at;
  while (end < json.length && (json[end] !== QUOTE || json[end - 1] === BACKSLASH)) end += 1;
  let next = end + 1;
  while ((json[next] as number) <= SPACE) next += 1;
  return json[next] === COLON ? null : end;
}

const [SPACE, QUOTE, DOT, COLON, BACKSLASH, LETTER_U, BEYOND_ASCII] = [0x20, 0x22, 0x2e, 0x3a, 0x5c, 0x75, 0x80];

function isWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x5f
  );
}
