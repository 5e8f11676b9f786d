import type { AtomicChange } from '../classify/model.ts';
import { type Compiled, compile } from '../logic/compile.ts';
import { allOf, type Condition } from '../logic/condition.ts';
import type { FactState, Operation } from '../logic/fact.ts';
import type { Matcher } from '../logic/matcher.ts';

/** A rule by the conjuncts that hang on the change. */
export interface Indexable {
  readonly parts: readonly Condition[];
}

/** A rule that may hold for a change, with what is left to ask of it. */
export interface Candidate<R> {
  readonly rule: R;
  readonly left: Condition;
  /** The same, compiled. */
  readonly rest: Compiled;
}

/** Facts that a table looks at, at most: each costs a look at every change. */
const MOST_KEYS = 3;

/**
 * Rules that may hold, by operation and by the facts that most of them ask for (class, environment ...). For each combination of
 * what they ask for, the list is made when it first occurs, without the conditions that are then known to hold. Order is that of
 * the rules.
 */
export class RuleIndex<R extends Indexable, G> {
  readonly #rules: readonly Entry<R>[];
  readonly #group: (candidates: readonly Candidate<R>[]) => G;
  readonly #tables = new Map<Operation, Table<R, G>>();

  /** `group`: what is kept of a list, made once for it. */
  constructor(rules: readonly R[], group: (candidates: readonly Candidate<R>[]) => G) {
    this.#rules = rules.map(entryOf);
    this.#group = group;
  }

  of(atom: AtomicChange): G {
    let table = this.#tables.get(atom.operation);
    if (table === undefined) {
      table = tableOf(this.#rules, atom.operation);
      this.#tables.set(atom.operation, table);
    }
    let node = table.root;
    for (const { name, texts } of table.keys) {
      const token = tokenOf(atom.fact(name).state, texts);
      let next = node.below.get(token);
      if (next === undefined) {
        next = { below: new Map(), kept: null };
        node.below.set(token, next);
      }
      node = next;
    }
    node.kept ??= this.#group(candidatesOf(table, atom));
    return node.kept;
  }
}

/** A fact that must be one of some texts, or hold one of them, for a rule not to be false. */
interface Need {
  readonly key: string;
  readonly texts: readonly string[];
  readonly part: Condition;
}

interface Entry<R> {
  readonly rule: R;
  /** Null = any operation. */
  readonly operations: { readonly part: Condition; readonly names: ReadonlySet<Operation> } | null;
  /** One for a fact, the first. */
  readonly needs: readonly Need[];
}

interface Table<R, G> {
  readonly entries: readonly Entry<R>[];
  /** Each text that rules ask for has a number of its own. */
  readonly keys: readonly { readonly name: string; readonly texts: ReadonlyMap<string, number> }[];
  readonly root: Node<G>;
}

interface Node<G> {
  readonly below: Map<Token, Node<G>>;
  kept: G | null;
}

function entryOf<R extends Indexable>(rule: R): Entry<R> {
  let operations: Entry<R>['operations'] = null;
  const needs: Need[] = [];
  for (const part of rule.parts) {
    if (part.op === 'do') operations ??= { part, names: part.operations };
    if (part.op !== 'fact') continue;
    const { key, test } = part;
    const texts = textsOf(test);
    if (texts !== null && !needs.some((need) => need.key === key)) needs.push({ key, texts, part });
  }
  return { rule, operations, needs };
}

/** The texts of which a matcher wants one, where it wants nothing else. */
function textsOf(test: Matcher): readonly string[] | null {
  const texts: string[] = [];
  for (const one of test.is === 'any' ? test.of : [test]) {
    if (one.is !== 'equals' || typeof one.value !== 'string') return null;
    texts.push(one.value);
  }
  return texts;
}

function tableOf<R, G>(all: readonly Entry<R>[], operation: Operation): Table<R, G> {
  const entries = all.filter(({ operations }) => operations === null || operations.names.has(operation));
  const counts = new Map<string, number>();
  for (const { needs } of entries) for (const { key } of needs) counts.set(key, (counts.get(key) ?? 0) + 1);
  const names = [...counts]
    .filter(([, count]) => count > 1)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, MOST_KEYS)
    .map(([name]) => name);
  const keys = names.map((name) => {
    const texts = new Map<string, number>();
    for (const { needs } of entries)
      for (const text of needs.find(({ key }) => key === name)?.texts ?? []) if (!texts.has(text)) texts.set(text, texts.size);
    return { name, texts };
  });
  return { entries, keys, root: { below: new Map(), kept: null } };
}

function candidatesOf<R extends Indexable>({ entries, keys }: Table<R, unknown>, atom: AtomicChange): Candidate<R>[] {
  const states = new Map(keys.map(({ name }) => [name, atom.fact(name).state]));
  return entries.flatMap(({ rule, operations, needs }): Candidate<R>[] => {
    const known = new Set<Condition>(operations === null ? [] : [operations.part]);
    for (const { key, texts, part } of needs) {
      const state = states.get(key);
      const value = state === undefined ? 'ask' : holdsIn(texts, state);
      if (value === false) return [];
      if (value === true) known.add(part);
    }
    const left = allOf(rule.parts.filter((part) => !known.has(part)));
    return [{ rule, left, rest: compile(left) }];
  });
}

/** One text by its number; several, and what is not certain, spelled out. */
type Token = number | string;

/**
 * What the rules can tell of a fact: the numbers of the texts that it is or holds, those apart that are not certain. Equal tokens
 * have the same answer from `holdsIn` for every rule.
 */
function tokenOf(state: FactState, texts: ReadonlyMap<string, number>): Token {
  switch (state.kind) {
    case 'absent':
      return NONE;
    case 'value':
      return typeof state.value === 'string' ? (texts.get(state.value) ?? NONE) : OPEN;
    case 'members': {
      if (state.open !== null) return OPEN;
      let token: Token = NONE;
      for (const [name, sure] of state.members) {
        if (typeof name !== 'string') return OPEN;
        const number = texts.get(name);
        if (number === undefined) continue;
        const own = sure === true ? number : `~${number}`;
        token = token === NONE ? own : `${token} ${own}`;
      }
      return token;
    }
    default:
      return OPEN;
  }
}

/** No text of a rule. */
const NONE = -1;
const OPEN = '?';

/** Whether a fact is one of the texts, or holds one: true and false only where that is certain, else to be asked. */
function holdsIn(texts: readonly string[], state: FactState): boolean | 'ask' {
  switch (state.kind) {
    case 'absent':
      return false;
    case 'value':
      return typeof state.value === 'string' ? texts.includes(state.value) : 'ask';
    case 'members': {
      if (state.open !== null || [...state.members.keys()].some((name) => typeof name !== 'string')) return 'ask';
      const held = [...state.members].filter(([name]) => texts.includes(name as string));
      return held.length === 0 ? false : held.some(([, sure]) => sure === true) ? true : 'ask';
    }
    default:
      return 'ask';
  }
}
