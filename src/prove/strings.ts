import { matchGlob } from '../logic/glob.ts';

const STAR = Symbol('*');
type Token = string | typeof STAR;

/** More combinations than this are not worth a proof: `*middle*` globs double with each one (policy-engines.md 7.2). */
const MOST_STATES = 20_000;

/** Letters that stand for "any other character", the first that no glob uses. */
const OTHERS = 'xyzqjkvwabcdefghilmnoprstu0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ';

/**
 * Strings that stand for all strings: of each combination of globs that some string matches, the shortest that is in no
 * literal, `copies` different ones where there are as many. Null = too many combinations. The literals themselves are not
 * among them.
 */
export function representatives(globs: readonly string[], literals: ReadonlySet<string>, copies: number): string[] | null {
  const automata = [...new Set(globs.flatMap((glob) => (glob.endsWith('.**') ? [glob, glob.slice(0, -3)] : [glob])))].map(tokens);
  const used = new Set(automata.flat().filter((token): token is string => typeof token === 'string'));
  const others = [...OTHERS].filter((letter) => !used.has(letter)).slice(0, copies + 1);
  const alphabet = [...used, ...others];
  const letters = new Set(alphabet);
  // A literal may take the place of a string on the way: as many more ways are looked at.
  const most = copies + [...literals].filter((text) => [...text].every((letter) => letters.has(letter))).length;
  const found = new Map<string, string[]>();
  const visits = new Map<string, number>();
  let level: { masks: readonly bigint[]; text: string }[] = [{ masks: automata.map((a) => closure(a, 1n)), text: '' }];
  let seen = 0;
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { masks, text } of level) {
      if (text !== '' && !literals.has(text)) record(found, globs, text, copies);
      for (const letter of alphabet) {
        const moved = masks.map((mask, i) => step(automata[i] as Token[], mask, letter));
        const key = moved.join();
        const count = visits.get(key) ?? 0;
        if (count > most) continue;
        visits.set(key, count + 1);
        seen += 1;
        if (seen > MOST_STATES) return null;
        next.push({ masks: moved, text: text + letter });
      }
    }
    level = next;
  }
  if (!literals.has('')) recordEmpty(found, globs);
  return [...found.values()].flat();
}

function record(found: Map<string, string[]>, globs: readonly string[], text: string, copies: number): void {
  const key = globs.map((glob) => (matchGlob(glob, text) ? '1' : '0')).join('');
  const texts = found.get(key) ?? [];
  if (texts.length < copies) found.set(key, [...texts, text]);
}

/** The empty text stands for itself only where no other text is like it. */
function recordEmpty(found: Map<string, string[]>, globs: readonly string[]): void {
  const key = globs.map((glob) => (matchGlob(glob, '') ? '1' : '0')).join('');
  if (!found.has(key)) found.set(key, ['']);
}

function tokens(glob: string): Token[] {
  return [...glob].map((letter) => (letter === '*' ? STAR : letter));
}

/** Positions in which the glob may be, as bits; behind the last token = it matches. */
function step(glob: readonly Token[], mask: bigint, letter: string): bigint {
  let next = 0n;
  for (let i = 0; i < glob.length; i += 1) {
    if (((mask >> BigInt(i)) & 1n) === 0n) continue;
    if (glob[i] === STAR) next |= 1n << BigInt(i);
    else if (glob[i] === letter) next |= 1n << BigInt(i + 1);
  }
  return closure(glob, next);
}

/** A star may stand for nothing. */
function closure(glob: readonly Token[], mask: bigint): bigint {
  let closed = mask;
  for (let i = 0; i < glob.length; i += 1)
    if (glob[i] === STAR && ((closed >> BigInt(i)) & 1n) === 1n) closed |= 1n << BigInt(i + 1);
  return closed;
}
