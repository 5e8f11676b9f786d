import type { CatalogRow } from './provider.ts';

/** The sections of a catalog file, in its order. */
export interface CatalogSections {
  readonly managed: ReadonlyMap<string, CatalogRow>;
  readonly data: ReadonlyMap<string, CatalogRow>;
  readonly actions: ReadonlyMap<string, CatalogRow>;
}

/** Keys of a row that the file spells as one string, names parted by blanks. */
export const WORD_KEYS = ['computed', 'optional_computed'] as const;

/** Keys of a row that may stand in a part instead. */
export const PARTED_KEYS = [
  'parent',
  'refers',
  'protects',
  'abandon',
  'carriers',
  'companions',
  'place',
  'partial_tags',
  ...WORD_KEYS,
] as const;

/** A row as the file spells it: `parts` names what it shares with others, parted by blanks. */
type WrittenRow = Omit<CatalogRow, (typeof WORD_KEYS)[number]> & {
  readonly [K in (typeof WORD_KEYS)[number]]?: string;
} & { readonly parts?: string };

const END = '  }\n}\n';
/** Before the key of every part and type. */
const INDENT = '\n    ';

/** Rows of types that the file does not list, derived from those of another (awscc.ts). */
export interface DerivedRows {
  readonly managed: (type: string) => CatalogRow | null;
  readonly data: (type: string) => CatalogRow | null;
}

/**
 * The text of a catalog.json as tables that parse a row when it is asked for: a plan names a few of its hundreds of types.
 * `scripts/catalog/print.ts` writes one part or type a line. Throws a SyntaxError for a text of another form, or cut off; so does
 * asking for a row whose part is missing. `derived` answers for types that are not listed; listings leave those out.
 */
export function readCatalogText(text: string, derived?: DerivedRows): CatalogSections {
  const parts = headOf(text, 'parts', 0);
  const managed = headOf(text, 'managed', parts);
  // Most of a file is its managed types: the sections behind them are nearer to its end.
  const actions = lastHeadOf(text, 'actions', text.length);
  const data = lastHeadOf(text, 'data', actions);
  if (managed > data) throw new SyntaxError('`managed` stands behind `data`');
  if (!text.endsWith(END) && !text.endsWith('{}\n}\n')) throw new SyntaxError('its end is missing');
  const shared = new LazyTable<WrittenRow>(text, parts, managed, (part) => part);
  const table = (from: number, to: number, other?: (type: string) => CatalogRow | null) =>
    new LazyTable(text, from, to, (row) => whole(row, shared), other);
  return {
    managed: table(managed, data, derived?.managed),
    data: table(data, actions, derived?.data),
    actions: table(actions, text.length),
  };
}

function headOf(text: string, section: string, from: number): number {
  const head = `\n  "${section}": {`;
  return behind(head, text.indexOf(head, from), section);
}

function lastHeadOf(text: string, section: string, to: number): number {
  const head = `\n  "${section}": {`;
  return behind(head, text.lastIndexOf(head, to), section);
}

function behind(head: string, at: number, section: string): number {
  if (at < 0) throw new SyntaxError(`\`${section}\` is missing`);
  return at + head.length;
}

/** The row with its parts in it and its lists as lists. */
function whole({ parts, ...own }: WrittenRow, shared: ReadonlyMap<string, WrittenRow>): CatalogRow {
  const row: Record<string, unknown> = own;
  for (const name of parts?.split(' ') ?? []) {
    const part = shared.get(name);
    if (!part) throw new SyntaxError(`its part \`${name}\` is missing`);
    Object.assign(row, part);
  }
  for (const key of WORD_KEYS) if (typeof row[key] === 'string') row[key] = row[key].split(' ');
  return row as unknown as CatalogRow;
}

/** The lines between two places of a catalog's text. Whoever asks for all of them pays for parsing all of them. */
class LazyTable<T> implements ReadonlyMap<string, T> {
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #finish: (written: WrittenRow) => T;
  readonly #other: (key: string) => T | null;
  readonly #read = new Map<string, T | undefined>();
  #all: ReadonlyMap<string, T> | null = null;

  constructor(
    text: string,
    start: number,
    end: number,
    finish: (written: WrittenRow) => T,
    other: (key: string) => T | null = () => null,
  ) {
    this.#text = text;
    this.#other = other;
    this.#start = start;
    this.#end = end;
    this.#finish = finish;
  }

  get(key: string): T | undefined {
    if (this.#read.has(key)) return this.#read.get(key);
    const at = this.#find(JSON.stringify(key));
    const value = at < 0 ? (this.#other(key) ?? undefined) : this.#valueAt(at);
    this.#read.set(key, value);
    return value;
  }

  /**
   * Where the value of a quoted key begins, or -1: a search by halves, since the lines are sorted by their keys. A row holds no raw
   * line end, so whatever a plan calls its types, it is compared with keys alone.
   */
  #find(quoted: string): number {
    // Both stand on a line end: the one before the first line in question, the one behind the last.
    let from = this.#start;
    let to = this.#text.lastIndexOf('\n  }', this.#end);
    while (from < to) {
      const line = this.#text.lastIndexOf('\n', (from + to) >> 1);
      const start = line + INDENT.length;
      const end = this.#text.indexOf('": ', start) + 1;
      const found = this.#text.slice(start, end);
      if (found === quoted) return end + 2;
      if (found < quoted) from = this.#text.indexOf('\n', start);
      else to = line;
    }
    return -1;
  }

  #valueAt(start: number): T {
    const end = this.#text.indexOf('\n', start);
    return this.#finish(JSON.parse(this.#text.slice(start, this.#text[end - 1] === ',' ? end - 1 : end)));
  }

  #rows(): ReadonlyMap<string, T> {
    if (this.#all === null) {
      const all = new Map<string, T>();
      for (const { 0: head, 1: quoted = '', index } of this.#text.slice(this.#start, this.#end).matchAll(/^ {4}("[^"]*"): /gm)) {
        const key: string = JSON.parse(quoted);
        const value = this.#read.get(key) ?? this.#valueAt(this.#start + index + head.length);
        this.#read.set(key, value);
        all.set(key, value);
      }
      this.#all = all;
    }
    return this.#all;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
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
  forEach(each: (value: T, key: string, table: ReadonlyMap<string, T>) => void): void {
    for (const [key, value] of this.#rows()) each(value, key, this);
  }
}
