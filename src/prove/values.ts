import type { FactState } from '../logic/fact.ts';
import type { Literal, Matcher } from '../logic/matcher.ts';
import { parsePattern } from '../logic/path.ts';
import { leavesOf } from './asked.ts';
import { Inconclusive } from './cube.ts';
import { isWild } from './spelled.ts';
import { representatives } from './strings.ts';

/** One value (or set of values) of a fact that stands for all that no rule tells from it. */
export interface ValueCell {
  readonly state: FactState;
  /** How `with:` spells it; undefined = by leaving it out. */
  readonly spelled: Literal | readonly Literal[] | undefined;
}

/** A fact with values of its own. `rulesets`: for which it stands, where definitions of an attribute differ. */
export interface FactVariable {
  readonly variable: number;
  readonly key: string;
  readonly cells: readonly ValueCell[];
  /** Said by its sources alone: a test cannot spell it. */
  readonly derived: boolean;
}

const LEFT_OUT: FactState = { kind: 'unknown', why: 'left out', path: null };

/** A set of more elements than this has too many subsets to look at one by one. */
const MOST_MEMBERS = 8;

export function valueCell(value: Literal): ValueCell {
  return { state: { kind: 'value', value }, spelled: value };
}

/** Unknown, or silent. */
export const UNKNOWN_CELL: ValueCell = { state: LEFT_OUT, spelled: undefined };
/** Absent: the way a tag is when it is left out. */
export const ABSENT_CELL: ValueCell = { state: { kind: 'absent' }, spelled: undefined };

/** What a text fact may be: literals first, then strings that stand for the others. */
export function textCells(literals: ReadonlySet<string>, globs: ReadonlySet<string>, copies: number): ValueCell[] {
  const others = representatives([...globs], literals, copies);
  if (others === null) throw new Inconclusive('too many combinations of globs over one fact');
  return [...literals, ...others].map(valueCell);
}

/** What a plan attribute may be: texts, numbers around every bound, true, false, null; a set of them where the path is wild. */
export function attributeCells(
  key: string,
  matchers: readonly Matcher[],
  texts: { readonly literals: ReadonlySet<string>; readonly globs: ReadonlySet<string> },
  copies: number,
): ValueCell[] {
  const numbers = new Set<number>();
  const instants = instantsOf(matchers);
  for (const leaf of matchers.flatMap(leavesOf)) {
    if (leaf.is === 'equals' && typeof leaf.value === 'number') numbers.add(leaf.value);
    if (leaf.is !== 'compare') continue;
    for (const bound of [leaf.lt, leaf.lte, leaf.gt, leaf.gte]) if (typeof bound === 'number') numbers.add(bound);
  }
  // A source reads numbers by their text.
  for (const text of texts.literals) if (text !== '' && String(Number(text)) === text) numbers.add(Number(text));
  if (instants.size > 0 && texts.globs.size > 0) throw new Inconclusive('one fact is compared with globs and with instants');
  const times = instantTexts(instants, copies);
  const plain = [
    ...[...textCells(texts.literals, texts.globs, copies)],
    ...times.filter((time) => !texts.literals.has(time)).map(valueCell),
    ...around(numbers, 1, copies).map(valueCell),
    valueCell(true),
    valueCell(false),
    ...(numbers.size > 0 ? [] : [valueCell(1)]),
    valueCell(null),
  ];
  return isWild(parsePattern(key.slice('attr.'.length))) ? [...subsets(plain), UNKNOWN_CELL] : [...plain, UNKNOWN_CELL];
}

/** Every bound, and `copies` numbers on each side of it; bounds that are close share what stands between. */
export function around(bounds: ReadonlySet<number>, gap: number, copies = 1): number[] {
  const sorted = [...bounds].sort((a, b) => a - b);
  const [first] = sorted;
  if (first === undefined) return [];
  const steps = Array.from({ length: copies }, (_, i) => i + 1);
  const found = sorted.flatMap((bound, i) => {
    const next = sorted[i + 1];
    const wide = next === undefined || next - bound > gap * copies;
    return [bound, ...steps.map((step) => bound + (wide ? gap * step : ((next - bound) * step) / (copies + 1)))];
  });
  return [...steps.map((step) => first - gap * step).reverse(), ...found];
}

/** The instants that matchers compare with. */
export function instantsOf(matchers: readonly Matcher[]): Set<number> {
  const instants = new Set<number>();
  for (const leaf of matchers.flatMap(leavesOf)) {
    if (leaf.is !== 'compare') continue;
    for (const bound of [leaf.lt, leaf.lte, leaf.gt, leaf.gte]) if (typeof bound === 'object') instants.add(bound.instant);
  }
  return instants;
}

/** Instants around bounds, as plan attributes spell them. */
export function instantTexts(instants: ReadonlySet<number>, copies: number): string[] {
  return [...new Set(around(instants, 1000, copies).map((time) => new Date(time).toISOString()))];
}

function subsets(plain: readonly ValueCell[]): ValueCell[] {
  const values = plain.flatMap(({ spelled }) => (spelled === undefined || typeof spelled === 'object' ? [] : [spelled]));
  if (values.length > MOST_MEMBERS) throw new Inconclusive('too many values are asked of one path that stands for many');
  return Array.from({ length: 1 << values.length }, (_, mask) => {
    const members = values.filter((_, i) => ((mask >> i) & 1) === 1);
    return { state: { kind: 'members', members: new Map(members.map((v) => [v, true])), open: null }, spelled: members };
  });
}
