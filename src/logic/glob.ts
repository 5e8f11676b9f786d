/** Whether a text is like a glob. */
export type GlobTest = (text: string) => boolean;

const compiled = new Map<string, GlobTest>();

/** Globs come from rules and catalogs, of which there are few; plans cannot add to them. */
const MOST_KEPT = 10_000;

/**
 * Globs over values (lanes.md 2): `*` is any run of any characters, everything else is itself; case-sensitive; `p.**` also
 * matches `p` itself. Linear time: no regular expression, so a hostile pattern cannot blow up.
 */
export function matchGlob(pattern: string, text: string): boolean {
  let test = compiled.get(pattern);
  if (test === undefined) {
    test = compileGlob(pattern);
    if (compiled.size < MOST_KEPT) compiled.set(pattern, test);
  }
  return test(text);
}

export function compileGlob(pattern: string): GlobTest {
  const whole = withoutBare(pattern);
  if (!pattern.endsWith('.**')) return whole;
  const bare = withoutBare(pattern.slice(0, -3));
  return (text) => whole(text) || bare(text);
}

function withoutBare(pattern: string): GlobTest {
  if (pattern === '*') return () => true;
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts[parts.length - 1] ?? '';
  if (parts.length === 1) return (text) => text === pattern;
  if (parts.length === 2) return oneStar(first, last);
  const middle = parts.slice(1, -1);
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

function oneStar(first: string, last: string): GlobTest {
  const shortest = first.length + last.length;
  if (first === '') return (text) => text.endsWith(last);
  if (last === '') return (text) => begins(text, first);
  return (text) => text.length >= shortest && begins(text, first) && text.endsWith(last);
}

/** Names that share a beginning differ at the end of it, so that is where the look starts. */
function begins(text: string, first: string): boolean {
  for (let at = first.length - 1; at >= 0; at -= 1) if (text.charCodeAt(at) !== first.charCodeAt(at)) return false;
  return true;
}
