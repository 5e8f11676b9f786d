import { closestModules } from '../classify/instances.ts';
import type { BlockAddress, ResourceChange } from '../plan/model.ts';
import { append } from '../plan/multimap.ts';
import { blocksNamedBy } from './links.ts';

const NO_ROWS: readonly ResourceChange[] = [];

/** Rows by what the module instances begin with in which they may mean an object, and how long such beginnings are. */
interface ByModules {
  readonly rows: ReadonlyMap<string, readonly ResourceChange[]>;
  readonly lengths: ReadonlySet<number>;
}

/**
 * Which rows may mean which objects by the expressions of their blocks: of a module that is there several times each instance means its
 * own objects. Everything is indexed once, when first asked for.
 */
export class Referrers {
  readonly #rows: readonly ResourceChange[];
  #byBlock: ReadonlyMap<BlockAddress, readonly ResourceChange[]> | null = null;
  /** By a block, those that refer to it. */
  readonly #referring = new Map<BlockAddress, BlockAddress[]>();
  readonly #byModules = new Map<BlockAddress, ByModules>();

  /** All rows of a plan. */
  constructor(rows: readonly ResourceChange[]) {
    this.#rows = rows;
  }

  /** Rows with an expression that may mean the object of a row, in lists. */
  *to({ block, moduleAddress }: ResourceChange): Generator<readonly ResourceChange[]> {
    if (block === null) return;
    const { rows, lengths } = this.#of(block.address);
    const module = moduleAddress ?? '';
    for (const length of lengths) if (length <= module.length) yield rows.get(module.slice(0, length)) ?? NO_ROWS;
  }

  /** Whether `row` has one. */
  refers(row: ResourceChange, { block, moduleAddress }: ResourceChange): boolean {
    if (block === null || row.block === null || !blocksNamedBy(row.block).has(block.address)) return false;
    return (moduleAddress ?? '').startsWith(closestModules(row, this.#rowsOf(block.address)));
  }

  #of(address: BlockAddress): ByModules {
    let found = this.#byModules.get(address);
    if (found === undefined) {
      const objects = this.#rowsOf(address);
      const rows = new Map<string, ResourceChange[]>();
      for (const referring of this.#referring.get(address) ?? [])
        for (const row of this.#rowsOf(referring)) append(rows, closestModules(row, objects), row);
      found = { rows, lengths: new Set([...rows.keys()].map((modules) => modules.length)) };
      this.#byModules.set(address, found);
    }
    return found;
  }

  #rowsOf(address: BlockAddress): readonly ResourceChange[] {
    if (this.#byBlock === null) {
      const byBlock = new Map<BlockAddress, ResourceChange[]>();
      let [block, rows]: [ResourceChange['block'], ResourceChange[]] = [null, []];
      // By number: iterators make an object for each of all rows. Those of one block mostly stand together.
      for (let at = 0; at < this.#rows.length; at += 1) {
        const row = this.#rows[at] as ResourceChange;
        if (row.block === null) continue;
        if (row.block !== block) {
          block = row.block;
          rows = byBlock.get(block.address) ?? [];
          byBlock.set(block.address, rows);
        }
        rows.push(row);
      }
      for (const [own, [row]] of byBlock)
        if (row?.block) for (const named of blocksNamedBy(row.block)) append(this.#referring, named, own);
      this.#byBlock = byBlock;
    }
    return this.#byBlock.get(address) ?? NO_ROWS;
  }
}
