import { literalText } from './body.ts';
import { scan, type Token } from './scan.ts';

/** An object as it is written: `{ a = 1, "b" : 2 }`. Offsets into the text that it was read from. */
export interface ObjectText {
  readonly open: number;
  readonly close: number;
  readonly entries: readonly { readonly key: string | null; readonly start: number; readonly end: number }[];
  /** Whether a comma stands behind the last entry. */
  readonly comma: boolean;
}

/** A call as it is written, with the places of its arguments; `spread` where the last one ends in `...`. */
export interface CallText {
  readonly name: string;
  readonly close: number;
  readonly arguments: readonly { readonly start: number; readonly end: number }[];
  readonly comma: boolean;
  readonly spread: boolean;
}

interface Part {
  readonly tokens: readonly Token[];
}

/** Null where the expression is no object, or one that a `for` makes. A key that is an expression is null. */
export function readObject(text: string, from: number, to: number): ObjectText | null {
  const tokens = tokensOf(text, from, to);
  const outer = enclosed(text, tokens, '{', '}');
  if (outer === null || (tokens[1] !== undefined && text.slice(tokens[1].start, tokens[1].end) === 'for')) return null;
  const { parts, comma } = split(text, tokens.slice(1, -1), true);
  const entries = parts.map(({ tokens: own }) => {
    const first = own[0] as Token;
    const second = own[1];
    const sign = second === undefined ? '' : text.slice(second.start, second.end);
    const word = text.slice(first.start, first.end);
    const plain = sign === '=' || sign === ':';
    const key = !plain ? null : first.kind === 'identifier' ? word : first.kind === 'string' ? literalText(word) : null;
    return { key, start: first.start, end: (own.at(-1) as Token).end };
  });
  return { open: outer.open, close: outer.close, entries, comma };
}

/** Null where the expression is no call of a function. */
export function readCall(text: string, from: number, to: number): CallText | null {
  const tokens = tokensOf(text, from, to);
  const [first] = tokens;
  if (first?.kind !== 'identifier') return null;
  const outer = enclosed(text, tokens.slice(1), '(', ')');
  if (outer === null) return null;
  const { parts, comma } = split(text, tokens.slice(2, -1), false);
  const last = parts.at(-1)?.tokens.at(-1);
  return {
    name: text.slice(first.start, first.end),
    close: outer.close,
    arguments: parts.map(({ tokens: own }) => ({ start: (own[0] as Token).start, end: (own.at(-1) as Token).end })),
    comma,
    spread: last !== undefined && text.slice(last.start, last.end) === '...',
  };
}

function tokensOf(text: string, from: number, to: number): Token[] {
  return scan(text.slice(from, to))
    .filter(({ kind }) => kind !== 'end')
    .map((token) => ({ ...token, start: token.start + from, end: token.end + from }));
}

/** The brackets around all of the tokens, where the first one closes with the last. */
function enclosed(text: string, tokens: readonly Token[], open: string, close: string): { open: number; close: number } | null {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (first === undefined || last === undefined || text.slice(first.start, first.end) !== open) return null;
  if (text.slice(last.start, last.end) !== close) return null;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    depth += step(text, token);
    if (depth === 0 && index < tokens.length - 1) return null;
  }
  return depth === 0 ? { open: first.start, close: last.start } : null;
}

function step(text: string, { kind, start, end }: Token): number {
  if (kind !== 'punctuation') return 0;
  const own = text.slice(start, end);
  return '([{'.includes(own) ? 1 : ')]}'.includes(own) ? -1 : 0;
}

/** At the commas, and where `lines` is set at the line ends, that stand in no bracket. */
function split(text: string, tokens: readonly Token[], lines: boolean): { parts: Part[]; comma: boolean } {
  const parts: Token[][] = [[]];
  let depth = 0;
  let comma = false;
  for (const token of tokens) {
    depth += step(text, token);
    const isComma = depth === 0 && token.kind === 'punctuation' && text.slice(token.start, token.end) === ',';
    if (isComma || (depth === 0 && lines && token.kind === 'newline')) {
      parts.push([]);
      if (isComma) comma = true;
    } else if (token.kind !== 'newline') {
      (parts.at(-1) as Token[]).push(token);
      comma = false;
    } else if (depth > 0) (parts.at(-1) as Token[]).push(token);
  }
  return { parts: parts.filter((own) => own.length > 0).map((own) => ({ tokens: own })), comma };
}
