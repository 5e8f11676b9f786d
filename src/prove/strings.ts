const STAR = Symbol('*');
type Token = string | typeof STAR;

/** More combinations than this are not worth a proof: `*middle*` globs double with each one (policy-engines.md 7.2). */
const MOST_STATES = 8_192;

/** Letters that stand for "any other character", the first that no glob uses. */
const OTHERS = 'xyzqjkvwabcdefghilmnoprstu0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ';

/**
 * Strings that stand for all strings: of each combination of globs that some string matches, the shortest that is in no
 * literal, `copies` different ones where there are as many. Null = too many combinations. The literals themselves are not
 * among them.
 */
export function representatives(globs: readonly string[], literals: ReadonlySet<string>, copies: number): string[] | null {
  const automata = automataOf(globs);
  const used = new Set(automata.flatMap((a) => a.tokens).filter((token): token is string => typeof token === 'string'));
  const others = [...OTHERS].filter((letter) => !used.has(letter)).slice(0, copies + 1);
  const alphabet = [...used, ...others];
  const letters = new Set(alphabet);
  // A literal may take the place of a string on the way: as many more ways are looked at.
  const most = copies + [...literals].filter((text) => [...text].every((letter) => letters.has(letter))).length;
  const found = new Map<string, string[]>();
  const visits = new Map<string, number>();
  const start: State = automata.map((automaton) => [automaton, closure(automaton.tokens, [0])]);
  let level: { readonly state: State; readonly text: string }[] = [{ state: start, text: '' }];
  let seen = 0;
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { state, text } of level) {
      if (text !== '' && !literals.has(text)) record(found, state, text, copies);
      const after = movesOf(state);
      for (const letter of alphabet) {
        const { state: moved, key } = after(letter);
        const count = visits.get(key) ?? 0;
        if (count > most) continue;
        visits.set(key, count + 1);
        seen += 1;
        if (seen > MOST_STATES) return null;
        next.push({ state: moved, text: text + letter });
      }
    }
    level = next;
  }
  // The empty text stands for itself only where no other text is like it.
  if (!literals.has('') && !found.has(matchesIn(start))) found.set(matchesIn(start), ['']);
  return [...found.values()].flat();
}

interface Automaton {
  readonly index: number;
  /** Position of the glob that it stands for. */
  readonly glob: number;
  readonly tokens: readonly Token[];
}

/** The globs that may still match, each with the positions in which it may be, in order; behind the last token = it matches. */
type State = readonly (readonly [Automaton, readonly number[]])[];

/** `p.**` also matches `p` itself. */
function automataOf(globs: readonly string[]): Automaton[] {
  return globs
    .flatMap((text, glob) => [{ text, glob }, ...(text.endsWith('.**') ? [{ text: text.slice(0, -3), glob }] : [])])
    .map(({ text, glob }, index) => ({ index, glob, tokens: [...text].map((letter) => (letter === '*' ? STAR : letter)) }));
}

function record(found: Map<string, string[]>, state: State, text: string, copies: number): void {
  const key = matchesIn(state);
  const texts = found.get(key) ?? [];
  if (texts.length < copies) found.set(key, [...texts, text]);
}

/** The globs that match in a state, as text. */
function matchesIn(state: State): string {
  return [
    ...new Set(state.filter(([{ tokens }, positions]) => positions.at(-1) === tokens.length).map(([{ glob }]) => glob)),
  ].join();
}

/** Where each letter leads; the letters that no glob waits for, which are most of them, lead to one place. */
function movesOf(state: State): (letter: string) => Move {
  const onAny: (typeof state)[number][] = [];
  const waiting = new Map<string, (typeof state)[number][]>();
  for (const one of state) {
    const tokens = one[1].map((at) => one[0].tokens[at]);
    if (tokens.includes(STAR)) onAny.push(one);
    for (const token of tokens) {
      if (typeof token !== 'string') continue;
      const others = waiting.get(token);
      if (others) others.push(one);
      else waiting.set(token, [one]);
    }
  }
  const other = moveOn(onAny, '');
  return (letter) => {
    const own = waiting.get(letter);
    if (own === undefined) return other;
    const alive = [...new Set([...onAny, ...own])];
    return moveOn(onAny.length === 0 ? alive : alive.sort(([a], [b]) => a.index - b.index), letter);
  };
}

interface Move {
  readonly state: State;
  /** Equal for states in which the same globs wait for the same. */
  readonly key: string;
}

function moveOn(state: State, letter: string): Move {
  const moved = advance(state, letter);
  return { state: moved, key: moved.map(([{ index }, positions]) => `${index}:${positions.join('.')}`).join() };
}

function advance(state: State, letter: string): State {
  const moved: (readonly [Automaton, readonly number[]])[] = [];
  for (const [automaton, positions] of state) {
    const next = step(automaton.tokens, positions, letter);
    if (next.length > 0) moved.push([automaton, next]);
  }
  return moved;
}

function step(glob: readonly Token[], positions: readonly number[], letter: string): readonly number[] {
  const next: number[] = [];
  for (const at of positions) {
    const token = glob[at];
    if (token === STAR) next.push(at);
    else if (token === letter) next.push(at + 1);
  }
  return next.length === 0 ? next : closure(glob, next);
}

/** A star may stand for nothing. */
function closure(glob: readonly Token[], positions: readonly number[]): readonly number[] {
  const closed = new Set(positions);
  for (const at of closed) if (glob[at] === STAR) closed.add(at + 1);
  return [...closed].sort((a, b) => a - b);
}
