/**
 * Globs over values (lanes.md 2): `*` is any run of any characters, everything else is itself; case-sensitive.
 * Linear time: no regular expression, so a hostile pattern cannot blow up.
 */
export function matchGlob(pattern: string, text: string): boolean {
  if (pattern === '*') return true;
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts[parts.length - 1] ?? '';
  if (parts.length === 1) return pattern === text || matchesBare(pattern, text);
  if (!text.startsWith(first)) return matchesBare(pattern, text);
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return matchesBare(pattern, text);
    at = found + part.length;
  }
  return (text.length - last.length >= at && text.endsWith(last)) || matchesBare(pattern, text);
}

/** `p.**` also matches `p` itself. */
function matchesBare(pattern: string, text: string): boolean {
  return pattern.endsWith('.**') && matchGlob(pattern.slice(0, -3), text);
}
