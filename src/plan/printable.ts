const PLAIN = /^[ -_a-~]*$/;

/** Foreign text for one line of a message: unsafe characters as `\u{..}`, backticks as `'`, cut after `max` characters. */
export function printable(text: string, max = 120): string {
  // Most texts are plain ASCII, and the classes of Unicode are slow to read, also where they are only named.
  if (text.length <= max && PLAIN.test(text)) return text;
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  // Control, format (bidi, zero-width), separator, surrogate and private-use characters.
  const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
  return cut.replace(unsafe, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`).replaceAll('`', "'");
}
