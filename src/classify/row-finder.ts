import type { PriorObject, ResourceChange } from '../plan/model.ts';
import { objectKey } from './address.ts';

/**
 * Finds the rows of objects in their module. Tools write rows and objects module by module, so that the keys of one module are held at a
 * time. A row that says another module than its object is not found.
 */
export class RowFinder {
  readonly #rows: readonly ResourceChange[];
  /** By module, where its rows begin and end, as often as they do. */
  readonly #runs = new Map<string | null, number[]>();
  #module: string | null | undefined;
  #keys: ReadonlySet<string> = new Set();
  /** Modules that objects were looked for in; and the keys of those that came back, which may do so again. */
  readonly #met = new Set<string | null>();
  readonly #kept = new Map<string | null, ReadonlySet<string>>();

  constructor(rows: readonly ResourceChange[]) {
    this.#rows = rows;
    for (let from = 0, to = 0; from < rows.length; from = to) {
      const module = moduleAt(rows, from);
      for (to = from + 1; to < rows.length && moduleAt(rows, to) === module; to += 1);
      const runs = this.#runs.get(module);
      if (runs === undefined) this.#runs.set(module, [from, to]);
      else runs.push(from, to);
    }
  }

  finds({ address, deposed, moduleAddress }: PriorObject): boolean {
    if (moduleAddress !== this.#module) {
      this.#module = moduleAddress;
      this.#keys = this.#kept.get(moduleAddress) ?? this.#keysIn(moduleAddress);
      if (this.#met.has(moduleAddress)) this.#kept.set(moduleAddress, this.#keys);
      this.#met.add(moduleAddress);
    }
    return this.#keys.has(objectKey(address, deposed));
  }

  #keysIn(module: string | null): Set<string> {
    const keys = new Set<string>();
    const runs = this.#runs.get(module) ?? [];
    for (let run = 0; run < runs.length; run += 2) {
      for (let at = runs[run] as number; at < (runs[run + 1] as number); at += 1) {
        const { address, deposed } = this.#rows[at] as ResourceChange;
        keys.add(objectKey(address, deposed));
      }
    }
    return keys;
  }
}

function moduleAt(rows: readonly ResourceChange[], at: number): string | null {
  return (rows[at] as ResourceChange).moduleAddress;
}
