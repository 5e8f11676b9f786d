import type { AtomicChange } from '../classify/model.ts';
import { principalFact } from '../lanes/principal.ts';
import type { Principal } from '../lanes/registry.ts';
import {
  type Answer,
  type ChangedPath,
  type ChangeView,
  type Fact,
  known,
  type Operation,
  type SuccessorTest,
  unknown,
} from '../logic/fact.ts';

/** Where and when the decision is made. `now` in milliseconds since the epoch, null = at a time that is not known; null strings = not given. */
export interface DecisionContext {
  readonly now: number | null;
  readonly repository: string | null;
  readonly ref: string | null;
  readonly event: string | null;
}

/** One atomic change as one principal at one time sees it: what conditions are evaluated on. */
export function viewOf(atom: AtomicChange, principal: Principal, context: DecisionContext): ChangeView {
  return new SeenChange(atom, principal, context);
}

class SeenChange implements ChangeView {
  readonly operation: Operation;
  readonly #atom: AtomicChange;
  readonly #principal: Principal;
  readonly #context: DecisionContext;

  constructor(atom: AtomicChange, principal: Principal, context: DecisionContext) {
    this.operation = atom.operation;
    this.#atom = atom;
    this.#principal = principal;
    this.#context = context;
  }

  fact(key: string): Fact {
    return personalFact(key, this.#principal, this.#context) ?? this.#atom.fact(key);
  }

  changedPaths(): readonly ChangedPath[] {
    return this.#atom.changedPaths();
  }

  successor(test: SuccessorTest): Answer {
    return this.#atom.successor(test);
  }
}

/** The facts that hang on the caller and not on the change; null for every other key. */
export function personalFact(key: string, principal: Principal, context: DecisionContext): Fact | null {
  if (key.startsWith('who.')) return principalFact(principal, key);
  if (key === 'now') {
    if (context.now === null) return unknown(key, 'not given: pass --now');
    return known(key, new Date(context.now).toISOString(), [{ from: 'option', name: '--now', value: null }]);
  }
  if (key !== 'repository' && key !== 'ref' && key !== 'event') return null;
  const value = context[key];
  if (value === null) return unknown(key, `not given: pass --${key}`);
  return known(key, value, [{ from: 'option', name: `--${key}`, value }]);
}
