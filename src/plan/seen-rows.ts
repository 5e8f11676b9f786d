type Named = { readonly address: string; readonly deposed: string | null };

/**
 * The rows before one, which are unique by (address, deposed) (plan-json.md 3). Tools write the rows of a module, and in the root module
 * those of a type, one behind the other: as long as none of them comes back, only the names of its own need to be held.
 */
export class SeenRows {
  #rows: Named[] = [];
  #parts = new Set<string>();
  #part: string | null = null;
  /** Of the last part. */
  #names = new Set<string>();
  /** Of all rows; null = no part came back so far. */
  #all: Set<string> | null = null;

  has(address: string, deposed: string | null): boolean {
    const name = nameOf(address, deposed);
    if (this.#all === null) {
      const part = partOf(name);
      if (part === this.#part) return this.#names.has(name);
      if (!this.#parts.has(part)) return false;
      this.#all = new Set(this.#rows.map((row) => nameOf(row.address, row.deposed)));
      this.#rows = [];
    }
    return this.#all.has(name);
  }

  /** A row of which it was asked whether it stands here. `address`: its own. */
  add(row: Named, address: string): void {
    const name = nameOf(address, row.deposed);
    if (this.#all !== null) {
      this.#all.add(name);
      return;
    }
    const part = partOf(name);
    if (part !== this.#part) {
      this.#part = part;
      this.#parts.add(part);
      this.#names = new Set();
    }
    this.#names.add(name);
    this.#rows.push(row);
  }

  clear(): void {
    this.#rows = [];
    this.#parts = new Set();
    this.#part = null;
    this.#names = new Set();
    this.#all = null;
  }
}

function nameOf(address: string, deposed: string | null): string {
  return deposed === null ? address : `${address}\0${deposed}`;
}

const MODULE = 'module.';

/** The same for names that are the same; for most that stand in one module, and for no others. */
function partOf(name: string): string {
  const module = name.lastIndexOf(MODULE);
  const end = name.indexOf('.', module < 0 ? 0 : module + MODULE.length);
  return end < 0 ? name : name.slice(0, end);
}
