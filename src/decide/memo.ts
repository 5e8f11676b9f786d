import type { AtomicChange } from '../classify/model.ts';
import type { Answer, ChangedPath, Fact, FactSource, FactState, Operation, Side, SuccessorTest } from '../logic/fact.ts';
import type { Value } from '../plan/value.ts';

/** Answers that are told apart, at most, to one question and in all: what hardly two rows answer alike is not kept. */
const MOST_ANSWERS = 64;
const MOST_NODES = 4_096;

/**
 * What was made of atomic changes, by what these answered. It is made by asking them one thing after another and hangs on nothing else, so of
 * changes that answer alike it is the same, and what was asked next is what is to be asked next. Most rows of a large plan are like others.
 */
export class Memo<T> {
  readonly #roots = new Map<string, Node<T>>();
  #nodes = 0;

  /** `make`: asks nothing but these changes, by their facts, paths and successors, and what is always the same. */
  of(atoms: readonly AtomicChange[], make: (atoms: readonly AtomicChange[]) => T): Made<T> {
    const root = this.#rootOf(atoms);
    const kept = root === null ? 'none' : this.#find(root, atoms);
    if (typeof kept === 'object') return kept;
    if (root === null || kept === 'none' || this.#nodes >= MOST_NODES) return { value: make(atoms), shared: false };
    const heard = new Heard();
    const made = { value: make(atoms.map((atom, at) => new Overheard(atom, at, heard))), shared: true };
    return !heard.threw && this.#file(root, heard.answers, made) ? made : { value: made.value, shared: false };
  }

  /** Null where the row alone tells what a change stands on, or why it is there. */
  #rootOf(atoms: readonly AtomicChange[]): Node<T> | null {
    let name = '';
    for (let at = 0; at < atoms.length; at += 1) {
      const { operation, side, subject, because } = atoms[at] as AtomicChange;
      if (subject !== null || because !== null) return null;
      name += `${operation} ${side} `;
    }
    let root = this.#roots.get(name);
    if (root === undefined) {
      root = newNode();
      this.#roots.set(name, root);
    }
    return root;
  }

  /** What is kept for the changes; else whether what is made of them may be kept. */
  #find(root: Node<T>, atoms: readonly AtomicChange[]): Made<T> | 'none' | 'new' {
    let node = root;
    while (node.made === null) {
      const { asked, answers } = node;
      if (asked === null) return 'new';
      if (asked.for === PATHS) return 'none';
      const token = tokenFor(atoms[asked.atom] as AtomicChange, asked.for);
      const next = token === null ? undefined : answers.get(token);
      if (next === undefined) return token === null || answers.size >= MOST_ANSWERS ? 'none' : 'new';
      node = next;
    }
    return node.made;
  }

  /** Keeps what was made behind the answers that led to it; false where one of them is not kept. */
  #file(root: Node<T>, heard: Heard['answers'], made: Made<T>): boolean {
    let node = root;
    for (const { atom, for: what, token } of heard) {
      node.asked ??= { atom, for: what };
      if (node.asked.atom !== atom || node.asked.for !== what || node.made !== null) return false;
      let next = token === null ? undefined : node.answers.get(token);
      if (next === undefined) {
        if (token === null || node.answers.size >= MOST_ANSWERS) return false;
        next = newNode();
        this.#nodes += 1;
        node.answers.set(token, next);
      }
      node = next;
    }
    if (node.asked !== null) return false;
    node.made = made;
    return true;
  }
}

/** `shared`: one for all changes that answer alike. */
export interface Made<T> {
  readonly value: T;
  readonly shared: boolean;
}

/** What is made of the paths that a change touches is not kept: they are many. */
const PATHS: unique symbol = Symbol('paths');

interface Asked {
  /** Which of the changes. */
  readonly atom: number;
  /** The key of a fact, a test for a successor, or the paths. */
  readonly for: string | SuccessorTest | typeof PATHS;
}

interface Node<T> {
  /** What is asked here; null = nothing yet. */
  asked: Asked | null;
  readonly answers: Map<string, Node<T>>;
  made: Made<T> | null;
}

function newNode<T>(): Node<T> {
  return { asked: null, answers: new Map(), made: null };
}

/** What changes were asked, each question once, and what they answered. */
class Heard {
  readonly answers: (Asked & { readonly token: string | null })[] = [];
  /** One of them did not answer. */
  threw = false;

  note(atom: number, what: Asked['for'], tokenOf: () => string | null): void {
    if (this.answers.some((asked) => asked.atom === atom && asked.for === what)) return;
    this.answers.push({ atom, for: what, token: tokenOf() });
  }
}

/** A change of which is written down what it is asked. */
class Overheard implements AtomicChange {
  readonly operation: Operation;
  readonly side: Side;
  readonly subject: string | null;
  readonly because: string | null;
  readonly #atom: AtomicChange;
  readonly #at: number;
  readonly #heard: Heard;

  constructor(atom: AtomicChange, at: number, heard: Heard) {
    this.operation = atom.operation;
    this.side = atom.side;
    this.subject = atom.subject;
    this.because = atom.because;
    this.#atom = atom;
    this.#at = at;
    this.#heard = heard;
  }

  fact(key: string): Fact {
    const fact = this.#answer(() => this.#atom.fact(key));
    this.#heard.note(this.#at, key, () => factToken(fact));
    return fact;
  }

  changedPaths(): readonly ChangedPath[] {
    const paths = this.#answer(() => this.#atom.changedPaths());
    this.#heard.note(this.#at, PATHS, () => null);
    return paths;
  }

  successor(test: SuccessorTest): Answer {
    const answer = this.#answer(() => this.#atom.successor(test));
    this.#heard.note(this.#at, test, () => successorToken(answer));
    return answer;
  }

  #answer<A>(ask: () => A): A {
    try {
      return ask();
    } catch (error) {
      this.#heard.threw = true;
      throw error;
    }
  }
}

/** Null where it cannot answer, too: it throws again where a decision is made of that. */
function tokenFor(atom: AtomicChange, what: string | SuccessorTest): string | null {
  try {
    return typeof what === 'string' ? factToken(atom.fact(what)) : successorToken(atom.successor(what));
  } catch {
    return null;
  }
}

function successorToken({ value, why }: Answer): string {
  return `${value} ${why ?? ''}`;
}

/** All that a fact says, by its key, as one text; null where a value is no plain one. */
function factToken(fact: Fact): string | null {
  const { state, sources } = fact;
  switch (state.kind) {
    case 'absent':
      return `absent ${spell(sources)}`;
    case 'unknown':
      return JSON.stringify([state.why, state.path, sources]);
    case 'value':
      return isPlain(state.value) ? `${spellPlain(state.value)} ${spell(sources)}` : null;
    case 'members':
      return membersToken(fact, state);
  }
}

/** Classes of a type are one fact for all of its rows. */
const spelled = new WeakMap<Fact, string | null>();

function membersToken(fact: Fact, { members, open }: FactState & { kind: 'members' }): string | null {
  let token = spelled.get(fact);
  if (token === undefined) {
    token = [...members.keys()].every((name) => typeof name === 'string')
      ? JSON.stringify([[...members], open, fact.sources])
      : null;
    spelled.set(fact, token);
  }
  return token;
}

function spell(sources: readonly FactSource[]): string {
  return sources.length === 0 ? '' : JSON.stringify(sources);
}

function isPlain(value: Value): value is null | string | number | boolean {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** JSON has no way to spell every number. */
function spellPlain(value: null | string | number | boolean): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
