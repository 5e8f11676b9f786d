/** What stands between the texts of a JSON object and may begin a piece of it that looks like a key. */
const BETWEEN = /^[\s:,]/;

/** Whether a JSON object holds plain values only, no text of which has a brace, a bracket or an escape: it can be read without being parsed. */
export function isFlat(json: string): boolean {
  return json.charCodeAt(0) === 0x7b && json.indexOf('{', 1) < 0 && !json.includes('[') && !json.includes('\\');
}

/**
 * Whether the JSON of an object has a text under a key, told without parsing it; false = it has none, or only parsing tells. Every quote in
 * a flat one begins or ends a text, and what stands between two texts begins with a colon, a comma or a blank.
 */
export function holdsText(json: string, key: string): boolean {
  return flatHoldsText(json, key) && isFlat(json);
}

/** The same of JSON that is flat. */
export function flatHoldsText(json: string, key: string): boolean {
  const begin = beginOf(key);
  return begin !== null && json.includes(begin);
}

/** Keys are those of a lane file: few, and each asked of every row. */
const MOST_KEPT = 64;
const begins = new Map<string, string | null>();

/** How a text under a key begins; null where something else may begin so, too. */
function beginOf(key: string): string | null {
  let begin = begins.get(key);
  if (begin === undefined) {
    begin = key === '' || BETWEEN.test(key) ? null : `${JSON.stringify(key)}:"`;
    if (begins.size >= MOST_KEPT) begins.clear();
    begins.set(key, begin);
  }
  return begin;
}
