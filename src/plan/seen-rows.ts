type Named = { readonly address: string; readonly deposed: string | null };

/**
 * The rows before one, which are unique by (address, deposed) (plan-json.md 3). Tools write rows in the order of their addresses: as long as
 * they go upwards, no address needs to be held.
 */
export class SeenRows {
  #rows: Named[] = [];
  #last = '';
  /** Null = they went upwards so far. */
  #names: Set<string> | null = null;

  has(address: string, deposed: string | null): boolean {
    const name = nameOf(address, deposed);
    if (this.#names === null && name > this.#last) return false;
    this.#names ??= new Set(this.#rows.map((row) => nameOf(row.address, row.deposed)));
    return this.#names.has(name);
  }

  /** `address`: that of the row. */
  add(row: Named, address: string): void {
    const name = nameOf(address, row.deposed);
    if (this.#names === null && name > this.#last) {
      this.#rows.push(row);
      this.#last = name;
    } else this.#names?.add(name);
  }

  clear(): void {
    this.#rows = [];
    this.#last = '';
    this.#names = null;
  }
}

function nameOf(address: string, deposed: string | null): string {
  return deposed === null ? address : `${address}\0${deposed}`;
}
