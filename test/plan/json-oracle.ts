/** Whether some object of a valid JSON text has one key twice; JSON.parse itself keeps the last one silently. */
export function hasDuplicates(text: string): boolean {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs) ?? [];
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i] as string;
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (tokens[i + 1] === ':') {
      const keys = open[open.length - 1] as Set<string>;
      const key = JSON.parse(token) as string;
      if (keys.has(key)) return true;
      keys.add(key);
    }
  }
  return false;
}

/** Counts of a masked object by shape alone: leaves that `after_unknown` marks. */
export function countTrue(mask: unknown): number {
  if (mask === true) return 1;
  if (typeof mask !== 'object' || mask === null) return 0;
  return Object.values(mask).reduce((sum: number, child) => sum + countTrue(child), 0);
}

/** Sorts the texts of a value into those that a mask hides and those in the open. */
export function sortTexts(value: unknown, mask: unknown, hidden: Set<string>, open: Set<string>, under = false): void {
  const masked = under || mask === true;
  if (typeof value === 'string') (masked ? hidden : open).add(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const below = typeof mask === 'object' && mask !== null ? (mask as Record<string, unknown>)[key] : undefined;
    sortTexts(child, below, hidden, open, masked);
  }
}

/**
 * What the scanner of large plans must say of a text, by JSON.parse and a list of its tokens: `sure` = one object in which every key
 * stands once and without escapes, and every number is a plain double.
 */
export function verdictOf(bytes: Uint8Array): 'sure' | 'unsure' | 'refused' {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return 'refused';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'refused';
  const odd = (text.match(/"(?:[^"\\]|\\.)*"\s*:?|[^\s{}[\]:,"]+/gs) ?? []).some((token) =>
    token.startsWith('"') ? token.endsWith(':') && token.includes('\\') : /^-0|^-?\d.*[eE]/.test(token) || token.length > 15,
  );
  return odd || hasDuplicates(text) ? 'unsure' : 'sure';
}
