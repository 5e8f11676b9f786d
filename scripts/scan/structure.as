// AssemblyScript: `node scripts/scan/build.mjs` compiles it to src/plan/structure.ts.
// Validates a JSON text (RFC 8259) and finds the parts of a plan that are read piece by piece, in two stages, after Langdale and
// Lemire, "Parsing Gigabytes of JSON per Second" (2019). `markUp` looks at 64 bytes at a time and lists where the quotes of strings and,
// outside of strings, brackets, commas and colons stand; it judges what is inside of strings. `scan` walks along that list and judges the rest.
// A token never stands in two blocks: where a block ends in one, it is given again at the beginning of the next.

const RECORDS: i32 = 4096;
const FIELDS: i32 = 6;
/** Of a row; of an object of state two thirds. */
const ROW_BYTES: i32 = 48;
const OBJECT_BYTES: i32 = 32;
const DEEPEST: i32 = 500;
const MOST_KEYS: u32 = 16384;

// After a block there are 64 bytes of room for what looks ahead.
export const input: usize = memory.data((1 << 20) + 128, 16);
export const records: usize = memory.data(4096 * 6 * 8, 16);
export const rows: usize = memory.data(4096 * 48, 16);
export const objects: usize = memory.data(4096 * 32, 16);
/** The open row or object of state, as pieces.ts has it. */
const piece: usize = memory.data(48, 16);
/** Addresses of the marks; some room for those that are written in advance. */
const marks: usize = memory.data(((1 << 20) + 80) * 4, 16);
/** What the marks behind the last one point to: no character of a text. */
const NOTHING: usize = memory.data(1, 1);
/** Hashes of the keys of all open objects, and a filter of 256 bits for each of these. */
const hashes: usize = memory.data((16384 + 8) * 8, 16);
const filters: usize = memory.data(512 * 32, 16);
/** Of each open container: where its keys begin, what closes it, what it is, and what its open value is. */
const frames: usize = memory.data(512 * 8, 16);

// What comes next.
const BEGIN: i32 = 0;
const KEY: i32 = 1;
const FIRST_KEY: i32 = 2;
const VALUE: i32 = 3;
const FIRST_VALUE: i32 = 4;
const STRING: i32 = 5;
const AFTER: i32 = 6;
const DONE: i32 = 7;

// What a value is. An object or list in such a place is read as one.
const PLAIN: u8 = 0;
const TOP: u8 = 1;
const PRIOR: u8 = 2;
const STATE: u8 = 3;
const MODULE: u8 = 4;
const OBJECT: u8 = 5;
const ROW: u8 = 6;
const CHANGE: u8 = 7;
const BEFORE: u8 = 8;
const LAST_OBJECT: u8 = BEFORE;
const ROWS: u8 = 9;
const OBJECTS: u8 = 10;
const MODULES: u8 = 11;
const LAST_LIST: u8 = MODULES;
const AFTERWARDS: u8 = 12;
const TAGS: u8 = 13;
const TAGS_ALL: u8 = 14;
const VALUES: u8 = 15;
const ADDRESS: u8 = 16;
const SECTION: u8 = 17;

// What a record tells.
const MEMBER: f64 = 1;
const MODULE_OPENS: f64 = 2;
const MODULE_CLOSES: f64 = 3;
const MODULE_ADDRESS: f64 = 4;
const MODULE_OBJECTS: f64 = 5;

/** A key may stand twice, or is escaped: somebody else must look. */
const UNSURE: i32 = 1;
/** A number that a double may not hold as it is spelled. */
const ODD: i32 = 2;

let state: i32 = BEGIN;
let depth: i32 = 0;
/** Behind the hash of the last key. */
let keysTo: usize = 0;
/** Where the block stands in the text. */
let offset: u64 = 0;
let found: i32 = 0;
let rowsFound: i32 = 0;
let objectsFound: i32 = 0;
/** Of the whole text. */
let allObjects: i32 = 0;

// The open piece (row or object of state) and the open member of the top level.
let inPiece: bool = false;
let pieceAt: u64 = 0;
let pieceFlags: i32 = 0;
let memberKeyAt: u64 = 0;
let memberKeyEnd: u64 = 0;
let memberAt: u64 = 0;
let memberFlags: i32 = 0;
let addressAt: u64 = 0;
let objectsAt: i32 = 0;

/** 0: as expected so far; 1: no JSON, or not what this can tell. */
export let failed: i32 = 0;
/** 1: the text is one whole value. */
export function complete(): i32 {
  return state == DONE ? 1 : 0;
}
export function count(): i32 {
  return found;
}
export function rowCount(): i32 {
  return rowsFound;
}
export function objectCount(): i32 {
  return objectsFound;
}

// Bytes: 1 for what may stand behind a backslash, 2 for the `u` there; 4 for hexadecimal digits; 8 for blanks.
const classes: usize = memory.data(256, 16);
/** 16 bytes of ones, then 16 of zeros: what leaves the first `n` of 16 bytes begins `n` before the zeros. */
const firsts: usize = memory.data(32, 16);

function classify(text: string, as: u8): void {
  for (let i = 0; i < text.length; i++) {
    const at = classes + <usize>text.charCodeAt(i);
    store<u8>(at, load<u8>(at) | as);
  }
}
classify('"\\/bfnrtu', 1);
classify('u', 2);
classify('0123456789abcdefABCDEF', 4);
classify(' \t\n\r', 8);
memory.fill(firsts, 0xff, 16);

@inline
function is(c: u8, kind: u8): bool {
  return (load<u8>(classes + <usize>c) & kind) != 0;
}

@inline
function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    (<u64>(<u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16))) |
    (<u64>(<u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16)) << 32)
  );
}

/** All bytes that structure is made of and the quote: with bit 5 set they are told by their low half. What else it takes for one is a control character. */
@inline
function shapes(v: v128): v128 {
  const known = i8x16(0, 0, 0x22, 0, 0, 0, 0, 0, 0, 0, 0x3a, 0x7b, 0x2c, 0x7d, 0, 0);
  const low = i8x16.swizzle(known, v128.and(v, i8x16.splat(0x0f)));
  return i8x16.eq(low, v128.or(v, i8x16.splat(0x20)));
}

/** Where the marked bytes end: at the end of the block, or before an escape that is not all there. */
let markedTo: usize = 0;

/** Lists the marks of the `n` bytes at `input`; the list ends with some that point to nothing. `failed` where a string or a control character is broken. */
function markUp(n: i32): void {
  let end = input + <usize>n;
  memory.fill(end, 0x20, 64);
  let out = marks;
  let inside: u64 = state == STRING ? ~0 : 0;
  let carried: u64 = 0;
  let wrong: u64 = 0;
  for (let p = input; p < end; p += 64) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    let marked = bits(shapes(a), shapes(b), shapes(c), shapes(d));
    const quote = i8x16.splat(0x22);
    let quotes = bits(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
    const slash = i8x16.splat(0x5c);
    const slashes = v128.or(
      v128.or(i8x16.eq(a, slash), i8x16.eq(b, slash)),
      v128.or(i8x16.eq(c, slash), i8x16.eq(d, slash)),
    );
    const least = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
    const special = v128.or(slashes, i8x16.le_u(least, i8x16.splat(0x1f)));
    let escapes: u64 = 0;
    let controls: u64 = 0;
    if (v128.any_true(special) || carried != 0) {
      const highest = i8x16.splat(0x1f);
      controls = bits(i8x16.le_u(a, highest), i8x16.le_u(b, highest), i8x16.le_u(c, highest), i8x16.le_u(d, highest));
      for (let rest = controls; rest != 0; rest &= rest - 1) if (!is(load<u8>(p + <usize>ctz(rest)), 8)) wrong = 1;
      let rest = bits(i8x16.eq(a, slash), i8x16.eq(b, slash), i8x16.eq(c, slash), i8x16.eq(d, slash)) & ~carried;
      let escaped = carried;
      carried = 0;
      while (rest != 0) {
        const bit = ctz(rest);
        const at = p + <usize>bit;
        escapes |= <u64>1 << bit;
        const kind = load<u8>(classes + <usize>load<u8>(at, 1));
        if (at + ((kind & 2) != 0 ? 6 : 2) > end) {
          end = at;
          const before = (<u64>1 << bit) - 1;
          marked &= before;
          quotes &= before;
          break;
        }
        if ((kind & 1) == 0) wrong = 1;
        else if ((kind & 2) != 0 && !(is(load<u8>(at, 2), 4) && is(load<u8>(at, 3), 4) && is(load<u8>(at, 4), 4) && is(load<u8>(at, 5), 4))) wrong = 1;
        if (bit == 63) carried = 1;
        escaped |= <u64>2 << bit;
        rest &= ~(<u64>3 << bit);
      }
      quotes &= ~escaped;
    }
    // Each bit tells whether the quotes up to it are odd in number: from the opening quote to before the closing one.
    let within = quotes ^ (quotes << 1);
    within ^= within << 2;
    within ^= within << 4;
    within ^= within << 8;
    within ^= within << 16;
    within ^= within << 32;
    within ^= inside;
    inside = <u64>(<i64>within >> 63);
    wrong |= (escapes & ~within) | (controls & within);
    marked = (marked & ~within) | quotes;
    const next = out + (<usize>popcnt(marked) << 2);
    // Eight at a time, needed or not: cheaper than to tell after each.
    do {
      store<u32>(out, p + <usize>ctz(marked));
      marked &= marked - 1;
      store<u32>(out, p + <usize>ctz(marked), 4);
      marked &= marked - 1;
      store<u32>(out, p + <usize>ctz(marked), 8);
      marked &= marked - 1;
      store<u32>(out, p + <usize>ctz(marked), 12);
      marked &= marked - 1;
      store<u32>(out, p + <usize>ctz(marked), 16);
      marked &= marked - 1;
      store<u32>(out, p + <usize>ctz(marked), 20);
      marked &= marked - 1;
      store<u32>(out, p + <usize>ctz(marked), 24);
      marked &= marked - 1;
      store<u32>(out, p + <usize>ctz(marked), 28);
      marked &= marked - 1;
      out += 32;
    } while (out < next);
    out = next;
  }
  for (let i = 0; i < 4; i++) store<u32>(out + (<usize>i << 2), NOTHING);
  markedTo = end;
  if (wrong != 0) failed = 1;
}

function record(what: f64, a: u64, b: u64, c: u64, d: u64, flags: i32): void {
  const at = records + (<usize>(found * FIELDS) << 3);
  store<f64>(at, what);
  store<f64>(at, <f64>a, 8);
  store<f64>(at, <f64>b, 16);
  store<f64>(at, <f64>c, 24);
  store<f64>(at, <f64>d, 32);
  store<f64>(at, <f64>flags, 40);
  found++;
}

function flag(what: i32): void {
  if (inPiece) pieceFlags |= what;
  else memberFlags |= what;
}

@inline
function mixed(state: u64, with_: u64): u64 {
  const x = (state ^ with_) * 0x9e3779b97f4a7c15;
  return x ^ (x >> 32);
}

/** Whether the key of `length` bytes at `p` is the word. */
function spells(p: usize, length: i32, word: string): bool {
  if (length != word.length) return false;
  for (let i = 0; i < length; i++) if (load<u8>(p + i) != <u8>word.charCodeAt(i)) return false;
  return true;
}

/** What the value of a key is, by what it stands in. */
function meaning(role: u8, p: usize, length: i32): u8 {
  if (role == ROW) {
    if (spells(p, length, 'change')) return CHANGE;
  } else if (role == CHANGE) {
    if (spells(p, length, 'before')) return BEFORE;
    if (spells(p, length, 'after')) return AFTERWARDS;
  } else if (role == BEFORE) {
    if (spells(p, length, 'tags')) return TAGS;
    if (spells(p, length, 'tags_all')) return TAGS_ALL;
  } else if (role == OBJECT) {
    if (spells(p, length, 'values')) return VALUES;
  } else if (role == MODULE) {
    if (spells(p, length, 'resources')) return OBJECTS;
    if (spells(p, length, 'child_modules')) return MODULES;
    if (spells(p, length, 'address')) return ADDRESS;
  } else if (role == STATE) {
    if (spells(p, length, 'root_module')) return MODULE;
  } else if (role == PRIOR) {
    if (spells(p, length, 'values')) return STATE;
  } else if (role == TOP) {
    if (spells(p, length, 'resource_changes')) return ROWS;
    if (spells(p, length, 'prior_state')) return PRIOR;
    return SECTION;
  }
  return PLAIN;
}

/** What the elements of a list are. */
@inline
function elementOf(role: u8): u8 {
  return role == ROWS ? ROW : role == OBJECTS ? OBJECT : role == MODULES ? MODULE : PLAIN;
}

/** The beginning of a value that is somewhat. */
function begins(what: u8, p: usize): void {
  const at = offset + <u64>(p - input);
  switch (what) {
    case ROWS:
    case PRIOR:
    case SECTION:
      memberAt = at;
      break;
    case ROW:
    case OBJECT:
      inPiece = true;
      pieceAt = at;
      pieceFlags = 0;
      memory.fill(piece, 0xff, ROW_BYTES);
      store<u64>(piece, at);
      break;
    case OBJECTS:
      objectsAt = allObjects;
      break;
    case ADDRESS:
      addressAt = at;
      break;
    default: {
      const to = placeOf(what);
      if (to != 0) store<u32>(to, <u32>(at - pieceAt));
    }
  }
}

/** The end of a value that is somewhat: `p` is behind it. */
function ends(what: u8, p: usize): void {
  const at = offset + <u64>(p - input);
  switch (what) {
    case ROWS:
    case PRIOR:
    case SECTION:
      record(MEMBER, memberKeyAt, memberKeyEnd, memberAt, at, memberFlags);
      memberFlags = 0;
      break;
    case ROW:
    case OBJECT:
      if (at - pieceAt >= 0xffffffff) failed = 1;
      store<u32>(piece, <u32>(at - pieceAt), 8);
      store<u32>(piece, pieceFlags == 0 ? 1 : 0, 28);
      if (what == ROW) memory.copy(rows + <usize>(rowsFound++ * ROW_BYTES), piece, ROW_BYTES);
      else {
        memory.copy(objects + <usize>(objectsFound++ * OBJECT_BYTES), piece, OBJECT_BYTES);
        allObjects++;
      }
      memberFlags |= pieceFlags << 8;
      inPiece = false;
      break;
    case OBJECTS:
      record(MODULE_OBJECTS, objectsAt, allObjects, 0, 0, 0);
      break;
    case ADDRESS:
      record(MODULE_ADDRESS, addressAt, at, 0, 0, 0);
      break;
    default: {
      const to = placeOf(what);
      if (to != 0) store<u32>(to, <u32>(at - pieceAt), 4);
    }
  }
}

/** Where a piece tells of one of its parts; 0 = nowhere. */
@inline
function placeOf(what: u8): usize {
  if (what == BEFORE || what == VALUES) return piece + 12;
  if (what == AFTERWARDS) return piece + 20;
  if (what == TAGS) return piece + 32;
  if (what == TAGS_ALL) return piece + 40;
  return 0;
}

/** The first byte from `p` on that is no blank, `end` at most. */
function behindBlanks(from: usize, end: usize): usize {
  let p = from;
  while (p < end && is(load<u8>(p), 8)) p++;
  return p;
}

@inline
function isDigit(c: u8): bool {
  return c >= 0x30 && c <= 0x39;
}

function behindDigits(from: usize, end: usize): usize {
  let p = from;
  while (p < end && isDigit(load<u8>(p))) p++;
  return p;
}

/** Whether the bytes from `p` to `end` are a number. */
function isNumber(p: usize, end: usize): bool {
  const whole = load<u8>(p) == 0x2d ? p + 1 : p;
  let q = behindDigits(whole, end);
  if (q == whole) return false;
  const zero = load<u8>(whole) == 0x30;
  if (zero && q - whole > 1) return false;
  let odd = zero && whole > p;
  if (q < end && load<u8>(q) == 0x2e) {
    const fraction = q + 1;
    q = behindDigits(fraction, end);
    if (q == fraction) return false;
  }
  if (q - p > 15) odd = true;
  if (q < end && (load<u8>(q) | 0x20) == 0x65) {
    odd = true;
    let power = q + 1;
    if (power < end && (load<u8>(power) == 0x2b || load<u8>(power) == 0x2d)) power++;
    q = behindDigits(power, end);
    if (q == power) return false;
  }
  if (odd) flag(ODD);
  return q == end;
}

/** Whether the bytes from `p` to `end` are a number, `true`, `false` or `null`. */
@inline
function isScalar(p: usize, end: usize): bool {
  const length = <i32>(end - p);
  const word = load<u64>(p);
  if (length == 4 && (<u32>word == 0x65757274 || <u32>word == 0x6c6c756e)) return true;
  if (length == 5 && (word & 0xffffffffff) == 0x65736c6166) return true;
  if (length > 0 && length < 8) {
    // Behind the digits others are put in.
    const digits = (word << (<u64>(8 - length) << 3)) | (<u64>0x3030303030303030 >> (<u64>length << 3));
    const high: u64 = 0xf0f0f0f0f0f0f0f0;
    const zeros: u64 = 0x3030303030303030;
    if ((digits & high) == zeros && ((digits + 0x0606060606060606) & high) == zeros && ((word & 0xff) != 0x30 || length == 1)) return true;
  }
  return isNumber(p, end);
}

/** Begins another text. */
export function reset(): void {
  state = BEGIN;
  depth = 0;
  offset = 0;
  found = rowsFound = objectsFound = allObjects = 0;
  failed = 0;
  inPiece = false;
  memberFlags = 0;
}

@inline
function frameAt(d: i32): usize {
  return frames + (<usize>d << 3);
}

/**
 * Reads the `n` bytes at `input` and tells how many are done with: those behind must be given again. `count()` records stand at
 * `records` then.
 */
export function scan(n: i32): i32 {
  found = rowsFound = objectsFound = 0;
  markUp(n);
  if (failed != 0) return 0;
  const end = markedTo;
  let next = marks;
  /** The last byte that is done with. */
  let at = input - 1;
  let expected = state;
  let d = depth;
  let frame = frameAt(d);
  let keys = keysTo;
  let closer = load<u8>(frame, 4);
  let role = load<u8>(frame, 5);
  let what = load<u8>(frame, 6);
  let broken = false;
  if (expected == BEGIN) {
    const p = behindBlanks(input, end);
    if (p == end) {
      offset += <u64>(end - input);
      return n;
    }
    if (load<u8>(p) != 0x7b) {
      failed = 1;
      return 0;
    }
    at = p;
    next += 4;
    d = 1;
    keys = hashes;
    closer = 0x7d;
    role = TOP;
    expected = FIRST_KEY;
    frame = frameAt(1);
    v128.store(filters + 32, i64x2.splat(0));
    v128.store(filters + 32, i64x2.splat(0), 16);
    store<u32>(frame, <u32>hashes);
    store<u8>(frame, closer, 4);
    store<u8>(frame, TOP, 5);
  } else if (expected == STRING) {
    const mark = <usize>load<u32>(next);
    if (mark == NOTHING) at = end - 1;
    else {
      at = mark;
      next += 4;
      expected = AFTER;
      if (what != PLAIN) ends(what, at + 1);
    }
  }
  while (expected != STRING && expected != DONE) {
    if (expected <= FIRST_KEY) {
      const from = <usize>load<u32>(next);
      if (from != at + 1 || load<u8>(from) != 0x22) {
        const p = behindBlanks(at + 1, end);
        if (from == NOTHING) {
          at = p - 1;
          broken = p < end;
          break;
        }
        if (p != from) {
          broken = true;
          break;
        }
        const c = load<u8>(from);
        if (c == 0x7d && expected == FIRST_KEY) expected = AFTER;
        else if (c != 0x22) {
          broken = true;
          break;
        }
      }
      if (expected != AFTER) {
        const to = <usize>load<u32>(next, 4);
        const colon = <usize>load<u32>(next, 8);
        if (colon != to + 1 || load<u8>(colon) != 0x3a) {
          // The colon stands in the same block.
          if (colon == NOTHING) {
            at = from - 1;
            break;
          }
          if (load<u8>(colon) != 0x3a || behindBlanks(to + 1, end) != colon) {
            broken = true;
            break;
          }
        }
        const key = from + 1;
        const length = <i32>(to - key);
        // Keeps the key in the list of its object; what may be one of them already is left to others.
        let hash: u64 = <u64>length;
        let p = key;
        let rest = length;
        let slashes = i64x2.splat(0);
        while (rest > 16) {
          const v = v128.load(p);
          slashes = v128.or(slashes, i8x16.eq(v, i8x16.splat(0x5c)));
          hash = mixed(mixed(hash, i64x2.extract_lane(v, 0)), i64x2.extract_lane(v, 1));
          p += 16;
          rest -= 16;
        }
        const v = v128.and(v128.load(p), v128.load(firsts + 16 - <usize>rest));
        hash = mixed(mixed(hash, i64x2.extract_lane(v, 0)), i64x2.extract_lane(v, 1));
        slashes = v128.or(slashes, i8x16.eq(v, i8x16.splat(0x5c)));
        if (v128.any_true(slashes)) flag(UNSURE);
        const word = filters + (<usize>d << 5) + <usize>((<u32>hash >> 3) & 0x1c);
        const bit = <u32>1 << (<u32>hash & 31);
        const seen = load<u32>(word);
        if ((seen & bit) != 0) {
          for (let known = <usize>load<u32>(frame); known < keys; known += 8) if (load<u64>(known) == hash) flag(UNSURE);
        }
        store<u32>(word, seen | bit);
        if (keys >= hashes + (MOST_KEYS << 3)) {
          broken = true;
          break;
        }
        store<u64>(keys, hash);
        keys += 8;
        if (role != PLAIN) {
          what = meaning(role, key, length);
          if (role == TOP) {
            memberKeyAt = offset + <u64>(from - input);
            memberKeyEnd = offset + <u64>(to + 1 - input);
          }
        } else what = PLAIN;
        at = colon;
        next += 12;
        expected = VALUE;
      }
    }
    if (expected != AFTER) {
      const mark = <usize>load<u32>(next);
      const c = load<u8>(mark);
      if (c == 0x22) {
        if (mark != at + 1 && behindBlanks(at + 1, end) != mark) {
          broken = true;
          break;
        }
        if (what != PLAIN) begins(what, mark);
        const to = <usize>load<u32>(next, 4);
        if (to == NOTHING) {
          at = end - 1;
          expected = STRING;
          break;
        }
        at = to;
        next += 8;
        if (what != PLAIN) ends(what, at + 1);
      } else if ((c | 0x20) == 0x7b) {
        if (mark != at + 1 && behindBlanks(at + 1, end) != mark) {
          broken = true;
          break;
        }
        if (what != PLAIN) begins(what, mark);
        if (d >= DEEPEST) {
          broken = true;
          break;
        }
        store<u8>(frame, what, 6);
        d++;
        frame = frameAt(d);
        at = mark;
        next += 4;
        const object = c == 0x7b;
        closer = c + 2;
        role = PLAIN;
        if (what != PLAIN) {
          if (object ? what <= LAST_OBJECT : what > LAST_OBJECT && what <= LAST_LIST) role = what;
          if (role == MODULE) record(MODULE_OPENS, 0, 0, 0, 0, 0);
        }
        what = elementOf(role);
        store<u32>(frame, <u32>keys);
        store<u8>(frame, closer, 4);
        store<u8>(frame, role, 5);
        if (object) {
          v128.store(filters + (<usize>d << 5), i64x2.splat(0));
          v128.store(filters + (<usize>d << 5), i64x2.splat(0), 16);
        }
        if (<usize>load<u32>(next) != at + 1 || load<u8>(at + 1) != closer) {
          expected = object ? FIRST_KEY : FIRST_VALUE;
          continue;
        }
      } else {
        let from = at + 1;
        let to = mark;
        if (mark == NOTHING) {
          at = behindBlanks(from, end) - 1;
          break;
        }
        if (!isScalar(from, to)) {
          from = behindBlanks(from, to);
          while (to > from && is(load<u8>(to - 1), 8)) to--;
          if (from == to ? c != 0x5d || expected != FIRST_VALUE : !isScalar(from, to)) {
            broken = true;
            break;
          }
        }
        if (from < to) {
          if (what != PLAIN) {
            begins(what, from);
            ends(what, to);
          }
          at = to - 1;
        }
      }
      expected = AFTER;
    }
    // What closes here closes at once.
    let filled = false;
    for (;;) {
      const mark = <usize>load<u32>(next);
      const c = load<u8>(mark);
      if (mark != at + 1) {
        const p = behindBlanks(at + 1, end);
        if (mark == NOTHING) {
          at = p - 1;
          broken = p < end;
          filled = true;
          break;
        }
        if (p != mark) {
          broken = true;
          break;
        }
      }
      if (what != PLAIN && (found > RECORDS - 512 || rowsFound == RECORDS || objectsFound == RECORDS)) {
        filled = true;
        break;
      }
      if (c == 0x2c) {
        expected = closer == 0x7d ? KEY : VALUE;
        at = mark;
        next += 4;
        break;
      }
      if (c != closer) {
        broken = true;
        break;
      }
      if (role == MODULE) record(MODULE_CLOSES, 0, 0, 0, 0, 0);
      at = mark;
      next += 4;
      keys = <usize>load<u32>(frame);
      d--;
      frame = frameAt(d);
      if (d == 0) {
        expected = DONE;
        break;
      }
      closer = load<u8>(frame, 4);
      role = load<u8>(frame, 5);
      what = load<u8>(frame, 6);
      if (what != PLAIN) ends(what, at + 1);
    }
    if (broken || filled) break;
  }
  if (expected == DONE && !broken) {
    const p = behindBlanks(at + 1, end);
    broken = p < end;
    at = p - 1;
  }
  if (broken) {
    failed = 1;
    return 0;
  }
  state = expected;
  depth = d;
  keysTo = keys;
  store<u8>(frame, what, 6);
  const done = <i32>(at + 1 - input);
  offset += <u64>done;
  return done;
}

// Words: runs of letters, digits, `_`, `-` and `.`, dots at their end left out (src/plan/words.ts).

const FILTER_BITS: u32 = 1 << 22;
const filter: usize = memory.data(1 << 19, 16);
const wordly: usize = memory.data(256, 16);

@inline
function step(hash: u64, c: u8): u64 {
  return (hash ^ <u64>c) * 0x100000001b3;
}

@inline
function bitOf(hash: u64, which: u32): u32 {
  const mixed = (hash ^ (hash >> 29)) * 0xbf58476d1ce4e5b9;
  return (which == 0 ? <u32>(mixed >> 40) : <u32>(mixed >> 8)) & (FILTER_BITS - 1);
}

const BASIS: u64 = 0xcbf29ce484222325;

/** Empties the list of wanted words. */
export function forget(): void {
  memory.fill(filter, 0, 1 << 19);
  for (let c = 0; c < 256; c++) {
    const word =
      (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c == 0x5f || c == 0x2d || c == 0x2e;
    store<u8>(wordly + <usize>c, word ? 1 : 0);
  }
}

/** Wants the word of `n` bytes at `input`. */
export function want(n: i32): void {
  let hash = BASIS;
  for (let i = 0; i < n; i++) hash = step(hash, load<u8>(input + i));
  for (let which: u32 = 0; which < 2; which++) {
    const bit = bitOf(hash, which);
    const at = filter + <usize>(bit >> 3);
    store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(bit & 7)));
  }
}

@inline
function isWanted(hash: u64): bool {
  const a = bitOf(hash, 0);
  if (((load<u8>(filter + <usize>(a >> 3)) >> <u8>(a & 7)) & 1) == 0) return false;
  const b = bitOf(hash, 1);
  return ((load<u8>(filter + <usize>(b >> 3)) >> <u8>(b & 7)) & 1) == 1;
}

@inline
function isWord(c: u8): bool {
  return load<u8>(wordly + <usize>c) == 1;
}

@inline
function hexOf(c: u8): i32 {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
}

/**
 * Where wanted words may stand in the `n` bytes of JSON at `input`: so many pairs of offsets stand at `records` then. -1 where it
 * cannot be told, for what an escape hides. A word is wanted from `shortest` bytes on.
 */
export function search(n: i32, shortest: i32): i32 {
  let hits: i32 = 0;
  const end = input + <usize>n;
  store<u8>(end, 0x20);
  let p = input;
  while (p < end) {
    let c = load<u8>(p);
    if (!isWord(c)) {
      if (c >= 0x80) return -1;
      p++;
      if (c != 0x5c) continue;
      c = load<u8>(p);
      p++;
      if (c == 0x75) {
        if (p + 4 > end) return -1;
        const unit =
          (hexOf(load<u8>(p)) << 12) | (hexOf(load<u8>(p, 1)) << 8) | (hexOf(load<u8>(p, 2)) << 4) | hexOf(load<u8>(p, 3));
        if (unit < 0 || unit >= 0x80 || isWord(<u8>unit)) return -1;
        p += 4;
        // The escaped backslash may be part of another escape.
        if (unit == 0x5c) return -1;
      } else if (c == 0x5c && p < end && isWord(load<u8>(p))) return -1;
      continue;
    }
    let hash = BASIS;
    let whole = BASIS;
    const from = p;
    let last = p;
    do {
      hash = step(hash, c);
      p++;
      if (c != 0x2e) {
        whole = hash;
        last = p;
      }
      c = load<u8>(p);
    } while (isWord(c));
    if (c >= 0x80) return -1;
    if (<i32>(last - from) >= shortest && isWanted(whole)) {
      if (hits >= RECORDS) return -1;
      const at = records + (<usize>hits << 3);
      store<i32>(at, <i32>(from - input));
      store<i32>(at, <i32>(last - input), 4);
      hits++;
    }
  }
  return hits;
}
