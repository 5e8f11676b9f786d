import type { Fact } from '../logic/fact.ts';
import type { ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';

interface Placed {
  readonly row: ResourceChange;
  readonly order: number;
}

/** An object that may be like another one; `certain`: it is. */
export interface Like {
  readonly row: ResourceChange;
  readonly certain: boolean;
}

/** What an object is like: for each fact its value, or that nothing speaks. Null where one is neither: then only a closer look tells. */
export type Likeness = readonly (string | null)[] | null;

/**
 * Objects by what they are like, so that those which certainly differ from another one are not looked at. Two objects differ for
 * certain where both have a value for the same facts and one of these is another, and are alike for certain where none is.
 */
export class Likes {
  readonly #open: Placed[] = [];
  /** By which facts have a value, then by the values. */
  readonly #known = new Map<string, Map<string, Placed[]>>();

  constructor(rows: Iterable<readonly [ResourceChange, Likeness]>) {
    let order = 0;
    for (const [row, likeness] of rows) {
      const placed = { row, order: order++ };
      if (likeness === null) {
        this.#open.push(placed);
        continue;
      }
      const pattern = patternOf(likeness);
      const same = this.#known.get(pattern) ?? new Map<string, Placed[]>();
      this.#known.set(pattern, same);
      append(same, JSON.stringify(likeness), placed);
    }
  }

  /** Every object that is not certain to differ, in their order. */
  of(likeness: Likeness): readonly Like[] {
    const pattern = likeness === null ? null : patternOf(likeness);
    const found: (Placed & Like)[] = [];
    let lists = 0;
    const add = (placed: readonly Placed[] | undefined, certain: boolean) => {
      if (placed === undefined || placed.length === 0) return;
      lists += 1;
      for (const { row, order } of placed) found.push({ row, order, certain });
    };
    add(this.#open, false);
    for (const [other, rows] of this.#known) {
      if (other === pattern) add(rows.get(JSON.stringify(likeness)), true);
      else for (const some of rows.values()) add(some, false);
    }
    return lists < 2 ? found : found.sort((a, b) => a.order - b.order);
  }
}

function patternOf(likeness: readonly (string | null)[]): string {
  return likeness.map((one) => (one === null ? '-' : '+')).join('');
}

/** The plain value of a fact as a text of its own; undefined where it has none. */
export function plainValue({ state }: Fact): string | undefined {
  if (state.kind !== 'value') return undefined;
  const { value } = state;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return `${typeof value} ${value}`;
  return undefined;
}
