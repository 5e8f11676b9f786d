import { Held } from './held.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { type Carrier, LaterRow, type LaterSides, type RowPlace } from './later-row.ts';
import { laterSide } from './later-side.ts';
import { isEmptyMask, leavesMembers, speaks } from './mask.ts';
import type { ResourceChange } from './model.ts';
import { type RowContext, readRow } from './rows.ts';
import { isBlind, isMisfit, type MaskTrust, readSides, sameMask } from './side.ts';
import type { RowHead, StreamedRows } from './streamed-rows.ts';

type Sides = Pick<ResourceChange, 'before' | 'after'>;

/**
 * How the sides of a row are read. Quiet: both are alike and no mask says anything of their tags. Masks: member by member, each with its
 * mask. Whole: more than the masks has a say.
 */
type How = 'quiet' | 'masks' | 'whole';

/** The rows of `resource_changes` in a plan that stays in its file: what is small of them, and their values when asked for. */
export class LargeRows {
  readonly #rows: StreamedRows;
  readonly #context: RowContext;
  readonly #held = new Held<number, Sides>();
  /** Of the last row. */
  #module: string | null = null;

  constructor(rows: StreamedRows, context: RowContext) {
    this.#rows = rows;
    this.#context = context;
  }

  *[Symbol.iterator](): Generator<ResourceChange> {
    const carrier = (index: number, name: Carrier) => this.#rows.carrierText(index, name);
    // One for each shape, shared by all rows. Where both sides are spelled alike, one says it all.
    const make = (before: boolean, after: boolean, how: How): LaterSides => {
      const quiet = how === 'quiet';
      return {
        before,
        after,
        alike: quiet,
        read: (index) => this.#held.of(index, () => this.#readSides(index, how)),
        json: (index, side) => (how === 'whole' ? null : this.#rows.side(index, side)),
        isKnown: (index) => quiet || this.#isKnown(index),
        bytes: (index) => (quiet ? this.#rows.side(index, 'before') : this.#rows.bytes(index)),
        carrier: quiet ? carrier : null,
      };
    };
    const of = (how: How) => [false, true].map((before) => [false, true].map((after) => make(before, after, how)));
    const later = { quiet: of('quiet'), masks: of('masks'), whole: of('whole') };
    const read = (index: number): ResourceChange => {
      const fallback = `resource_changes[${index}]`;
      const head = this.#rows.head(index);
      const change = head !== null && isJsonObject(head.entry) ? head.entry.change : undefined;
      if (head === null || !isJsonObject(head.entry) || !isJsonObject(change) || !isPlain(change, head.after))
        return readRow(this.#rows.whole(index), index, fallback, null, this.#context);
      const sides = later[this.#howToRead(index, head, change)][Number(head.before)]?.[Number(head.after)] ?? null;
      return readRow(head.entry, index, fallback, null, this.#context, sides);
    };
    // What a row is read as hangs on its shape and its place alone: of each shape one is read, the others are put beside it.
    const first: LaterRow[] = [];
    for (let index = 0; index < this.#rows.length; index += 1) {
      const shape = this.#rows.shape(index);
      const like = shape === null ? undefined : first[shape];
      const place = like === undefined ? null : this.#placeOf(index, like.local);
      if (like !== undefined && place !== null) {
        const row = like.elsewhere(place);
        this.#context.seen.add(row, place.address);
        yield row;
        continue;
      }
      const row = read(index);
      if (shape !== null && like === undefined && row instanceof LaterRow && row.faults.length === 0) first[shape] = row;
      yield row;
    }
  }

  /** Where a row stands that has the shape of one without faults; null where something of it is odd: then it must be read by itself. */
  #placeOf(index: number, local: string): RowPlace | null {
    const { blocks, seen } = this.#context;
    const address = this.#rows.own(index, 'address');
    if (typeof address !== 'string' || address === '' || seen.has(address, null)) return null;
    const module = this.#rows.own(index, 'module_address') ?? null;
    const key = this.#rows.own(index, 'index') ?? null;
    if ((module !== null && typeof module !== 'string') || module === '') return null;
    if (key !== null && typeof key !== 'string' && typeof key !== 'number') return null;
    // Rows of one module follow each other: they share its text.
    if (module !== this.#module) this.#module = module;
    return { index, address, moduleAddress: this.#module, key, block: blocks.at(module, local) };
  }

  #howToRead(index: number, head: RowHead, change: JsonObject): How {
    if (isMasked(head, change, this.#context.trust)) return 'whole';
    return head.before && head.after && isQuiet(change) && this.#rows.isAlike(index) ? 'quiet' : 'masks';
  }

  #readSides(index: number, how: How): Sides {
    if (how === 'quiet') return this.#quietSides(index);
    return how === 'masks' ? this.#laterSides(index) : this.#wholeSides(index);
  }

  #isKnown(index: number): boolean {
    const { after_unknown: unknown } = this.#rows.change(index);
    if (isEmptyMask(unknown)) return true;
    const values = this.#rows.sides(index).after?.();
    return values !== undefined && leavesMembers(values, unknown);
  }

  #quietSides(index: number): Sides {
    const both = laterSide({
      values: () => this.#rows.sides(index).before?.() as JsonObject,
      masks: () => ({ unknown: undefined, sensitive: maskOf(this.#rows.change(index).before_sensitive) }),
      carrier: (name) => this.#rows.carrier(index, name),
    });
    return { before: both, after: both };
  }

  #wholeSides(index: number): Sides {
    const { change, type } = this.#rows.whole(index) as { change: JsonObject; type?: Json };
    return readSides(change, typeof type === 'string' ? type : '', this.#context.trust);
  }

  #laterSides(index: number): Sides {
    const change = this.#rows.change(index);
    const { before, after, alike } = this.#rows.sides(index);
    const { before_sensitive: own, after_sensitive: other, after_unknown: given } = change;
    const masks = (sensitive: Json | undefined, unknown: JsonObject | undefined) => () => ({
      unknown,
      sensitive: maskOf(sensitive),
    });
    const carrier = leavesTags(own) ? (name: Carrier) => this.#rows.carrier(index, name) : null;
    const was = before && laterSide({ values: before, masks: masks(own, undefined), carrier });
    if (alike && isAlikeMasked(change)) return { before: was, after: was };
    const unknown = isJsonObject(given) ? given : undefined;
    return { before: was, after: after && laterSide({ values: after, masks: masks(other, unknown), carrier: null }) };
  }
}

/** Whether more than the masks has a say in what the sides show (side.ts). */
function isMasked({ entry, before, after }: RowHead, change: JsonObject, trust: MaskTrust): boolean {
  if ((entry as JsonObject).type === 'terraform_data') return true;
  return (before && isBlind(change.before_sensitive, trust)) || (after && isBlind(change.after_sensitive, trust));
}

/** Whether sides that are spelled alike are masked alike, too. */
function isAlikeMasked({ before_sensitive: own, after_sensitive: other, after_unknown: unknown }: JsonObject): boolean {
  return isEmptyMask(unknown) && sameMask(own, other);
}

/** Whether sides that are spelled alike are masked alike, their tags not at all. */
function isQuiet(change: JsonObject): boolean {
  return isAlikeMasked(change) && leavesTags(change.before_sensitive);
}

/** Whether a mask of a side leaves its tags alone. */
function leavesTags(mask: Json | undefined): boolean {
  return saysNothing(mask, 'tags') && saysNothing(mask, 'tags_all');
}

/** Whether a mask of a side leaves a member alone that is a map or null. */
function saysNothing(mask: Json | undefined, member: string): boolean {
  if (mask === false) return true;
  const inner = isJsonObject(mask) ? (mask[member] ?? false) : true;
  return inner === false || isEmptyMask(inner);
}

function maskOf(sensitive: Json | undefined): JsonObject | true | undefined {
  if (sensitive === true || isMisfit(sensitive)) return true;
  return isJsonObject(sensitive) ? sensitive : undefined;
}

/** Whether what a row is can be told without its values: masks are as every tool writes them. */
function isPlain(change: JsonObject, hasAfter: boolean): boolean {
  const { after_unknown: unknown } = change;
  if (hasAfter) return isJsonObject(unknown);
  return unknown === undefined || unknown === null || unknown === false || (isJsonObject(unknown) && !speaks(unknown));
}
