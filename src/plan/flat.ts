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
  return key !== '' && !BETWEEN.test(key) && json.includes(`${JSON.stringify(key)}:"`) && isFlat(json);
}
