import type { CatalogRow } from './provider.ts';

/** The sections of a catalog file, in its order. */
export interface CatalogSections {
  readonly managed: ReadonlyMap<string, CatalogRow>;
  readonly data: ReadonlyMap<string, CatalogRow>;
  readonly actions: ReadonlyMap<string, CatalogRow>;
}

const END = '  }\n}\n';

/**
 * The text of a catalog.json as tables that parse a row when it is asked for: a plan names a few of its hundreds of types.
 * `scripts/catalog.ts` writes one type a line. Throws a SyntaxError for a text of another form, or cut off.
 */
export function readCatalogText(text: string): CatalogSections {
  const managed = headOf(text, 'managed', 0);
  const data = headOf(text, 'data', managed);
  const actions = headOf(text, 'actions', data);
  if (!text.endsWith(END) && !text.endsWith('{}\n}\n')) throw new SyntaxError('its end is missing');
  return {
    managed: new CatalogTable(text, managed, data),
    data: new CatalogTable(text, data, actions),
    actions: new CatalogTable(text, actions, text.length),
  };
}

function headOf(text: string, section: string, from: number): number {
  const head = `\n  "${section}": {`;
  const at = text.indexOf(head, from);
  if (at < 0) throw new SyntaxError(`\`${section}\` is missing`);
  return at + head.length;
}

/** The rows between two places of a catalog's text. Whoever asks for all of them pays for parsing all of them. */
class CatalogTable implements ReadonlyMap<string, CatalogRow> {
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #read = new Map<string, CatalogRow | undefined>();
  #all: ReadonlyMap<string, CatalogRow> | null = null;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#start = start;
    this.#end = end;
  }

  get(type: string): CatalogRow | undefined {
    if (this.#read.has(type)) return this.#read.get(type);
    // A row holds no raw line end, so this is found at the beginning of a line only, whatever a plan calls its types.
    const head = `\n    ${JSON.stringify(type)}: `;
    const at = this.#text.indexOf(head, this.#start);
    const row = at < 0 || at >= this.#end ? undefined : this.#rowAt(at + head.length);
    this.#read.set(type, row);
    return row;
  }

  #rowAt(start: number): CatalogRow {
    const end = this.#text.indexOf('\n', start);
    return JSON.parse(this.#text.slice(start, this.#text[end - 1] === ',' ? end - 1 : end));
  }

  #rows(): ReadonlyMap<string, CatalogRow> {
    if (this.#all === null) {
      const all = new Map<string, CatalogRow>();
      for (const [, type = ''] of this.#text.slice(this.#start, this.#end).matchAll(/^ {4}("[^"]*"): /gm)) {
        const name: string = JSON.parse(type);
        all.set(name, this.get(name) as CatalogRow);
      }
      this.#all = all;
    }
    return this.#all;
  }

  has(type: string): boolean {
    return this.get(type) !== undefined;
  }
  get size(): number {
    return this.#rows().size;
  }
  keys() {
    return this.#rows().keys();
  }
  values() {
    return this.#rows().values();
  }
  entries() {
    return this.#rows().entries();
  }
  [Symbol.iterator]() {
    return this.#rows()[Symbol.iterator]();
  }
  forEach(each: (row: CatalogRow, type: string, table: ReadonlyMap<string, CatalogRow>) => void): void {
    for (const [type, row] of this.#rows()) each(row, type, this);
  }
}
