import { isUtf8 } from 'node:buffer';
import { BLOCK, type Engine, engine } from './engine.ts';
import { type Heads, type ObjectMember, objectHeads, type RowMember, rowHeads, Texts } from './heads.ts';
import type { Span } from './json.ts';
import { OBJECT_WORDS, OBJECTS, Pieces, ROW_WORDS, ROWS, RowTags, Shapes } from './pieces.ts';
import type { Source } from './source.ts';

/** A member of the top level. `sure`: no key in it stands twice, none is deep, and no number needs its spelling. */
export interface Member {
  readonly key: Span;
  readonly value: Span;
  /** Of what stands outside of rows and objects of state. */
  readonly sure: boolean;
}

/** A module of the prior state, and which objects are its own; address null = the root, or one without address. */
export interface StateModule {
  readonly address: Span | null;
  /** Indices. */
  readonly objects: Span;
}

/** Where the parts of a plan stand that are read piece by piece. Every byte was looked at: it is one JSON value in UTF-8. */
export interface Structure {
  readonly members: readonly Member[];
  /** Elements of `resource_changes`, with the spans of `before` and `after`. */
  readonly rows: Pieces;
  /** Of each row, `tags` and `tags_all` of its before side. */
  readonly tags: RowTags;
  readonly shapes: Shapes;
  /** Of each row, what stands around its sides. */
  readonly heads: Heads<RowMember>;
  /** Objects of `prior_state`, with the span of their values, and the modules in plan order. */
  readonly objects: Pieces;
  readonly modules: readonly StateModule[];
  readonly objectHeads: Heads<ObjectMember>;
}

/** One for all scans of small plans: none is interrupted by another. */
let scanning: Engine | null = null;
/** Bytes from which on its memory is worth more to what follows than to the next scan. */
const LARGE = 4 << 20;

/** What records are made of, and what they tell (scripts/scan/structure.as). */
const FIELDS = 6;
const KINDS = { member: 1, opens: 2, closes: 3, address: 4, objects: 5 } as const;

/**
 * Looks at every byte of a plan once, without keeping any: syntax, UTF-8, keys that stand twice, and where the pieces are.
 * `onBytes` sees them all, in order. Null where it is no JSON object, or one that this cannot tell apart from a broken one: then somebody else must look.
 */
export function scanStructure(source: Source, onBytes: (bytes: Uint8Array) => void = () => {}): Structure | null {
  const scanner = scanning ?? engine();
  scanning = source.size < LARGE ? scanner : null;
  scanner.reset();
  const block = new Uint8Array(scanner.memory.buffer, scanner.input.value, BLOCK);
  const found = new Found(scanner);
  let at = 0;
  let held = 0;
  let split = Buffer.alloc(0);
  for (;;) {
    const got = source.fill(block.subarray(held), at);
    const fresh = block.subarray(held, held + got);
    at += got;
    onBytes(fresh);
    // A character may begin in one block and end in the next.
    const text = split.length > 0 ? Buffer.concat([split, fresh]) : Buffer.from(fresh.buffer, fresh.byteOffset, got);
    const whole = wholeCharacters(text);
    if (!isUtf8(text.subarray(0, whole))) return null;
    split = Buffer.from(text.subarray(whole));
    const last = at >= source.size;
    const length = held + got;
    const done = scanner.scan(length);
    if (scanner.failed.value !== 0) return null;
    found.take();
    block.copyWithin(0, done, length);
    held = length - done;
    // One token that fills the block, or a file that ends before its size.
    if (!last && done === 0 && got === 0) return null;
    // The records of a block may fill their table before it is done with.
    if (!last || (held > 0 && done > 0)) continue;
    if (held > 0 || split.length > 0 || scanner.complete() !== 1) return null;
    return found.structure(source);
  }
}

/** How many bytes make whole characters: all, but for one whose end is not there. */
function wholeCharacters(text: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, text.length); back += 1) {
    const c = text[text.length - back] as number;
    if (c < 0x80) break;
    if (c >= 0xc0) {
      const length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
      return length > back ? text.length - back : text.length;
    }
  }
  return text.length;
}

/** Takes the records of each block. */
class Found {
  readonly #scanner: Engine;
  readonly #members: Member[] = [];
  readonly #rows = new Pieces(ROWS);
  readonly #objects = new Pieces(OBJECTS);
  readonly #modules: Module[] = [];
  readonly #open: Module[] = [];

  constructor(scanner: Engine) {
    this.#scanner = scanner;
  }

  take(): void {
    const { memory, records, rows, objects } = this.#scanner;
    this.#rows.add(new Uint32Array(memory.buffer, rows.value, this.#scanner.rowCount() * ROW_WORDS));
    this.#objects.add(new Uint32Array(memory.buffer, objects.value, this.#scanner.objectCount() * OBJECT_WORDS));
    const table = new Float64Array(memory.buffer, records.value, this.#scanner.count() * FIELDS);
    for (let at = 0; at < table.length; at += FIELDS) {
      const [kind, a, b, c, d, flags] = table.subarray(at, at + FIELDS) as unknown as Fields;
      const module = this.#open.at(-1);
      if (kind === KINDS.member) {
        this.#members.push({ key: { start: a, end: b }, value: { start: c, end: d }, sure: (flags & 3) === 0 });
      } else if (kind === KINDS.opens) {
        const opened = { address: null, objects: NO_OBJECTS };
        this.#modules.push(opened);
        this.#open.push(opened);
      } else if (kind === KINDS.closes) this.#open.pop();
      else if (module !== undefined && kind === KINDS.address) module.address = { start: a, end: b };
      else if (module !== undefined) module.objects = { start: a, end: b };
    }
  }

  /** A copy: another scan overwrites what the module keeps. */
  #texts(): Texts {
    const { memory, texts, textStarts } = this.#scanner;
    const starts = new Uint32Array(memory.buffer, textStarts.value, this.#scanner.textCount() + 1).slice();
    return new Texts(Buffer.from(new Uint8Array(memory.buffer, texts.value, starts.at(-1)).slice().buffer), starts);
  }

  structure(source: Source): Structure {
    const [rows, objects] = [this.#rows, this.#objects];
    rows.finish();
    objects.finish();
    const texts = this.#texts();
    return {
      members: this.#members,
      rows,
      tags: new RowTags(rows, source),
      shapes: new Shapes(rows),
      heads: rowHeads(rows, texts, source),
      objects,
      modules: this.#modules,
      objectHeads: objectHeads(objects, texts, source),
    };
  }
}

type Fields = readonly [kind: number, a: number, b: number, c: number, d: number, flags: number];
type Module = { -readonly [key in keyof StateModule]: StateModule[key] };

const NO_OBJECTS: Span = { start: 0, end: 0 };
