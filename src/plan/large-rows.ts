import { isJsonObject, type JsonObject } from './json.ts';
import type { LaterSides } from './later-row.ts';
import { speaks } from './mask.ts';
import type { ResourceChange } from './model.ts';
import { type RowContext, readRow } from './rows.ts';
import { readSides, type Sides } from './side.ts';
import type { Streamed } from './streamed.ts';

/** Rows whose values are held at a time. */
const HELD = 8;

/** The rows of `resource_changes` in a plan that stays in its file: what is small of them, and their values when asked for. */
export class LargeRows {
  readonly #streamed: Streamed;
  readonly #context: RowContext;
  /** Each in its own place, the oldest overwritten first: a map that is added to and taken from makes old tables that hold on to it all. */
  readonly #held: { readonly index: number; readonly sides: Sides }[] = [];
  #oldest = 0;
  readonly #texts = new Map<string, string>();

  constructor(streamed: Streamed, context: RowContext) {
    this.#streamed = streamed;
    this.#context = context;
  }

  *[Symbol.iterator](): Generator<ResourceChange> {
    const read = (index: number) => this.#sides(index);
    const bytes = (index: number) => this.#streamed.rowBytes(index);
    // One for each shape, shared by all rows.
    const later = [false, true].map((before) => [false, true].map((after): LaterSides => ({ before, after, read, bytes })));
    for (let index = 0; index < this.#streamed.rowCount; index += 1) {
      const fallback = `resource_changes[${index}]`;
      const head = this.#streamed.rowHead(index);
      const change = head !== null && isJsonObject(head.entry) ? head.entry.change : undefined;
      if (head === null || !isJsonObject(head.entry) || !isJsonObject(change) || !isPlain(change, head.after)) {
        yield readRow(this.#streamed.row(index), index, fallback, null, this.#context);
      } else {
        const sides = later[Number(head.before)]?.[Number(head.after)] ?? null;
        yield readRow(this.#shared(head.entry), index, fallback, null, this.#context, sides);
      }
    }
  }

  #sides(index: number): Pick<ResourceChange, 'before' | 'after'> {
    for (const held of this.#held) if (held.index === index) return held.sides;
    const entry = this.#streamed.row(index) as JsonObject;
    const type = typeof entry.type === 'string' ? entry.type : '';
    const sides: Sides = readSides(entry.change as JsonObject, type, this.#context.trust);
    this.#held[this.#oldest] = { index, sides };
    this.#oldest = (this.#oldest + 1) % HELD;
    return sides;
  }

  /** Most rows share their texts with others. */
  #shared(entry: JsonObject): JsonObject {
    const row = entry as { [key: string]: unknown };
    for (const key of SHARED) if (typeof row[key] === 'string') row[key] = this.#text(row[key]);
    return entry;
  }

  #text(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }
}

const SHARED = ['module_address', 'mode', 'type', 'name', 'provider_name', 'action_reason'];

/** Whether what a row is can be told without its values: masks and paths are as every tool writes them. */
function isPlain(change: JsonObject, hasAfter: boolean): boolean {
  const { after_unknown: unknown, replace_paths: paths } = change;
  if (paths !== undefined && paths !== null && !(Array.isArray(paths) && paths.length === 0)) return false;
  if (hasAfter) return isJsonObject(unknown);
  return unknown === undefined || unknown === null || unknown === false || (isJsonObject(unknown) && !speaks(unknown));
}
