import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Carrier, LaterSides } from './later-row.ts';
import { laterSide } from './later-side.ts';
import { speaks } from './mask.ts';
import type { ResourceChange } from './model.ts';
import { type RowContext, readRow } from './rows.ts';
import { isBlind, isMisfit, type MaskTrust, readSides, sameMask } from './side.ts';
import type { RowHead, Streamed } from './streamed.ts';

/** Rows whose values are held at a time. */
const HELD = 8;

type Sides = Pick<ResourceChange, 'before' | 'after'>;

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
    const carrier = (index: number, name: Carrier) => this.#streamed.rowCarrierText(index, name);
    // One for each shape, shared by all rows. Where both sides are spelled alike, one says it all.
    const make = (before: boolean, after: boolean, quiet = false): LaterSides => {
      const bytes = (index: number) => (quiet ? this.#streamed.rowBefore(index) : this.#streamed.rowBytes(index));
      return { before, after, alike: quiet, read: (index) => this.#sides(index, quiet), bytes, carrier: quiet ? carrier : null };
    };
    const later = [false, true].map((before) => [false, true].map((after) => make(before, after)));
    const quiet = make(true, true, true);
    for (let index = 0; index < this.#streamed.rowCount; index += 1) {
      const fallback = `resource_changes[${index}]`;
      const head = this.#streamed.rowHead(index);
      const change = head !== null && isJsonObject(head.entry) ? head.entry.change : undefined;
      if (head === null || !isJsonObject(head.entry) || !isJsonObject(change) || !isPlain(change, head.after)) {
        yield readRow(this.#streamed.row(index), index, fallback, null, this.#context);
      } else {
        const sides = this.#isQuiet(index, head, change) ? quiet : (later[Number(head.before)]?.[Number(head.after)] ?? null);
        yield readRow(this.#shared(head.entry), index, fallback, null, this.#context, sides);
      }
    }
  }

  /** Whether both sides are alike and no mask says anything of their tags. */
  #isQuiet(index: number, head: RowHead, change: JsonObject): boolean {
    if (!head.before || !head.after || isMasked(head, change, this.#context.trust)) return false;
    const { before_sensitive: own } = change;
    return isAlikeMasked(change) && saysNothing(own, 'tags') && saysNothing(own, 'tags_all') && this.#streamed.isAlike(index);
  }

  #sides(index: number, quiet: boolean): Sides {
    for (const held of this.#held) if (held.index === index) return held.sides;
    const sides = quiet ? this.#quietSides(index) : (this.#laterSides(index) ?? this.#wholeSides(index));
    this.#held[this.#oldest] = { index, sides };
    this.#oldest = (this.#oldest + 1) % HELD;
    return sides;
  }

  #quietSides(index: number): Sides {
    const both = laterSide({
      values: () => this.#streamed.rowSides(index).before?.() as JsonObject,
      masks: () => {
        const { entry } = this.#streamed.rowHead(index) as RowHead;
        const { change } = entry as { readonly change: JsonObject };
        return { unknown: undefined, sensitive: maskOf(change.before_sensitive) };
      },
      carrier: (name) => this.#streamed.rowCarrier(index, name),
    });
    return { before: both, after: both };
  }

  #wholeSides(index: number): Sides {
    const { change, type } = this.#streamed.row(index) as { change: JsonObject; type?: Json };
    return readSides(change, typeof type === 'string' ? type : '', this.#context.trust);
  }

  /** Null where more than the masks has a say in what a side shows. */
  #laterSides(index: number): Sides | null {
    const head = this.#streamed.rowHead(index) as RowHead;
    const { change } = head.entry as { readonly change: JsonObject };
    if (isMasked(head, change, this.#context.trust)) return null;
    const { before, after, alike } = this.#streamed.rowSides(index);
    const { before_sensitive: own, after_sensitive: other, after_unknown: given } = change;
    const side = (values: (() => JsonObject) | null, sensitive: Json | undefined, unknown: JsonObject | undefined) =>
      values === null ? null : laterSide({ values, masks: () => ({ unknown, sensitive: maskOf(sensitive) }), carrier: null });
    const was = side(before, own, undefined);
    if (alike && isAlikeMasked(change)) return { before: was, after: was };
    return { before: was, after: side(after, other, isJsonObject(given) ? given : undefined) };
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

/** Whether more than the masks has a say in what the sides show (side.ts). */
function isMasked({ entry, before, after }: RowHead, change: JsonObject, trust: MaskTrust): boolean {
  if ((entry as JsonObject).type === 'terraform_data') return true;
  return (before && isBlind(change.before_sensitive, trust)) || (after && isBlind(change.after_sensitive, trust));
}

/** Whether sides that are spelled alike are masked alike, too. */
function isAlikeMasked({ before_sensitive: own, after_sensitive: other, after_unknown: unknown }: JsonObject): boolean {
  return isJsonObject(unknown) && Object.keys(unknown).length === 0 && sameMask(own, other);
}

/** Whether a mask of a side leaves a member alone that is a map or null. */
function saysNothing(mask: Json | undefined, member: string): boolean {
  if (mask === false) return true;
  const inner = isJsonObject(mask) ? (mask[member] ?? false) : true;
  return inner === false || (isJsonObject(inner) && Object.keys(inner).length === 0);
}

function maskOf(sensitive: Json | undefined): JsonObject | true | undefined {
  if (sensitive === true || isMisfit(sensitive)) return true;
  return isJsonObject(sensitive) ? sensitive : undefined;
}

const SHARED = ['module_address', 'mode', 'type', 'name', 'provider_name', 'action_reason'];

/** Whether what a row is can be told without its values: masks are as every tool writes them. */
function isPlain(change: JsonObject, hasAfter: boolean): boolean {
  const { after_unknown: unknown } = change;
  if (hasAfter) return isJsonObject(unknown);
  return unknown === undefined || unknown === null || unknown === false || (isJsonObject(unknown) && !speaks(unknown));
}
