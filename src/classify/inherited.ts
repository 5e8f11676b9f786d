import type { Fact, Side } from '../logic/fact.ts';
import type { ResourceChange } from '../plan/model.ts';
import { type Speech, settle } from './attributes.ts';

/** Fewer parents are asked each time. */
const MANY = 8;

/**
 * What the possible parents of objects say of attributes. Where it cannot be told which of many objects is the parent, as many others have
 * the same ones: what these say is put together once for all of them.
 */
export class InheritedSpeeches {
  readonly #told = new WeakMap<readonly ResourceChange[], Map<string, readonly Speech[]>>();
  readonly #facts = new WeakMap<readonly Speech[], Fact>();

  /** `told`: what the parents say of an attribute on a side, put together; what was put together on a circle holds for the one that asked. */
  of(
    parents: readonly ResourceChange[],
    side: Side,
    attribute: string,
    told: () => { readonly speeches: readonly Speech[]; readonly isCircle: boolean },
  ): readonly Speech[] {
    if (parents.length < MANY) return told().speeches;
    const known = this.#told.get(parents) ?? new Map<string, readonly Speech[]>();
    this.#told.set(parents, known);
    const key = `${side} ${attribute}`;
    let speeches = known.get(key);
    if (speeches === undefined) {
      const made = told();
      speeches = made.speeches;
      if (!made.isCircle) known.set(key, speeches);
    }
    return speeches;
  }

  /** What speeches come to, once for each list of many. */
  settle(attribute: string, speeches: readonly Speech[]): Fact {
    if (speeches.length < MANY) return settle(attribute, speeches);
    let fact = this.#facts.get(speeches);
    if (fact === undefined) {
      fact = settle(attribute, speeches);
      this.#facts.set(speeches, fact);
    }
    return fact;
  }
}

/** So many possible parents, and parents of parents, are looked at for one object; then it cannot be told what it takes from them. */
const MOST = 5_000;

/** Rows whose objects were asked, so that each is asked once. */
export class Asked {
  readonly #first: ResourceChange;
  readonly #rows = new Set<ResourceChange>();
  #looks = 0;
  isCircle = false;

  constructor(first: ResourceChange) {
    this.#first = first;
  }

  /** Nobody else is asked. */
  get areTooMany(): boolean {
    return this.#looks > MOST;
  }

  isNew(row: ResourceChange): boolean {
    this.#looks += 1;
    if (row === this.#first) {
      this.isCircle = true;
      return false;
    }
    if (this.#rows.has(row)) return false;
    this.#rows.add(row);
    return true;
  }
}
