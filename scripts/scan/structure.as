// AssemblyScript: `node scripts/scan/build.mjs` compiles it to src/plan/structure.ts.
// Validates a JSON text (RFC 8259) and finds the parts of a plan that are read piece by piece, in two stages, after Langdale and
// Lemire, "Parsing Gigabytes of JSON per Second" (2019). `closeQuotes` looks at 64 bytes at a time, judges what is inside of strings and
// lists where each ends. `scan` walks over what is outside of them, from one string to the next.
// A token never stands in two blocks: where a block ends in one, it is given again at the beginning of the next.

const RECORDS: i32 = 4096;
const FIELDS: i32 = 6;
// As pieces.ts and heads.ts have them.
const ROW_BYTES: i32 = 112;
const OBJECT_BYTES: i32 = 80;
const DEEPEST: i32 = 500;
const MOST_KEYS: u32 = 16384;

// After a block there are 64 bytes of room for what looks ahead.
export const input: usize = memory.data((1 << 20) + 128, 16);
export const records: usize = memory.data(4096 * 6 * 8, 16);
export const rows: usize = memory.data(4096 * 112, 16);
export const objects: usize = memory.data(4096 * 80, 16);
/** The open row or object of state. */
const piece: usize = memory.data(112, 16);
/** Of each member of its head where it begins, counted from the piece, and its length. */
const heads: usize = memory.data(12 * 8, 16);
/** Addresses of quotes that close a string, or of the borders of words; some room for those that are written in advance. */
const closings: usize = memory.data(((1 << 20) + 16) * 4, 16);
/** Hashes of the keys of all open objects, and for each of these which hashes it may have. */
const hashes: usize = memory.data(16384 * 8, 16);
const filters: usize = memory.data(512 * 128, 16);
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
/** Members of the head of a row or an object of state, in the order of heads.ts. */
const HEAD: u8 = 32;
const HEADS: i32 = 12;
/** Of these the first count from the beginning of the piece, the others from its end: they stand behind its values. */
const FROM_BEGIN: i32 = 8;
/** Which of them is the key of an instance. */
const OWN_KEY: i32 = 5;
/** Members of a row of which it tells only that they are there. */
const NOTED: u8 = 48;

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

// What a piece tells by bits. The values of an object of state count as its before side.
const SURE: i32 = 1;
const BEFORE_OBJECT: i32 = 2;
const AFTER_OBJECT: i32 = 4;
const ODD_SIDE: i32 = 8;
const ALIKE: i32 = 16;
const UNLIKE: i32 = 32;
const WIDE: i32 = 64;
/** It is an object, of a row its `change` is one. */
const WHOLE: i32 = 128;
const FIRST_NOTED: i32 = 256;

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
/** What the piece tells by bits (heads.ts). */
let notes: i32 = 0;
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

// Bytes: 1 for what may stand behind a backslash, 2 for the `u` there, 4 for hexadecimal digits.
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
memory.fill(firsts, 0xff, 16);

@inline
function isHex(p: usize): bool {
  return (load<u8>(classes + <usize>load<u8>(p)) & 4) != 0;
}

@inline
function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16)) |
    (<u64>(<u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16)) << 32)
  );
}

@inline
function equal(p: usize, byte: i8): u64 {
  const wanted = i8x16.splat(byte);
  return bits(
    i8x16.eq(v128.load(p), wanted),
    i8x16.eq(v128.load(p, 16), wanted),
    i8x16.eq(v128.load(p, 32), wanted),
    i8x16.eq(v128.load(p, 48), wanted),
  );
}

/**
 * Lists where the strings in the `n` bytes at `input` end, a zero behind them. `failed` where an escape or a control character is none
 * that JSON has there. Tells where the looked-at bytes end: before an escape that is not all there, else behind all.
 */
function closeQuotes(n: i32): usize {
  let end = input + <usize>n;
  memory.fill(end, 0x20, 64);
  let out = closings;
  let inside: u64 = state == STRING ? ~0 : 0;
  /** 1: the first byte is escaped by the last one before. */
  let carried: u64 = 0;
  let wrong: u64 = 0;
  for (let p = input; p < end; p += 64) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    const quote = i8x16.splat(0x22);
    let quotes = bits(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
    const slash = i8x16.splat(0x5c);
    const slashed = v128.or(
      v128.or(i8x16.eq(a, slash), i8x16.eq(b, slash)),
      v128.or(i8x16.eq(c, slash), i8x16.eq(d, slash)),
    );
    const least = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
    let escapes: u64 = 0;
    let controls: u64 = 0;
    if (v128.any_true(v128.or(slashed, i8x16.le_u(least, i8x16.splat(0x1f)))) || carried != 0) {
      const highest = i8x16.splat(0x1f);
      controls = bits(i8x16.le_u(a, highest), i8x16.le_u(b, highest), i8x16.le_u(c, highest), i8x16.le_u(d, highest));
      // Only tab and line breaks stand anywhere.
      if (controls != 0) wrong |= controls & ~(equal(p, 0x09) | equal(p, 0x0a) | equal(p, 0x0d));
      let rest = equal(p, 0x5c) & ~carried;
      let escaped = carried;
      carried = 0;
      while (rest != 0) {
        const bit = ctz(rest);
        const at = p + <usize>bit;
        const kind = load<u8>(classes + <usize>load<u8>(at, 1));
        escapes |= <u64>1 << bit;
        if (at + ((kind & 2) != 0 ? 6 : 2) > end) {
          end = at;
          quotes &= (<u64>1 << bit) - 1;
          break;
        }
        if ((kind & 1) == 0 || ((kind & 2) != 0 && !(isHex(at + 2) && isHex(at + 3) && isHex(at + 4) && isHex(at + 5)))) wrong = 1;
        if (bit == 63) carried = 1;
        escaped |= <u64>2 << bit;
        rest &= ~(<u64>3 << bit);
      }
      quotes &= ~escaped;
    }
    // A bit of `within` tells whether the quotes up to it are odd in number: from an opening one to before the closing one.
    let within = quotes ^ (quotes << 1);
    within ^= within << 2;
    within ^= within << 4;
    within ^= within << 8;
    within ^= within << 16;
    within ^= within << 32;
    within ^= inside;
    inside = <u64>(<i64>within >> 63);
    wrong |= (escapes & ~within) | (controls & within);
    let closing = quotes & ~within;
    const next = out + (<usize>popcnt(closing) << 2);
    // Four at a time, needed or not: cheaper than to ask after each.
    do {
      store<u32>(out, p + <usize>ctz(closing));
      closing &= closing - 1;
      store<u32>(out, p + <usize>ctz(closing), 4);
      closing &= closing - 1;
      store<u32>(out, p + <usize>ctz(closing), 8);
      closing &= closing - 1;
      store<u32>(out, p + <usize>ctz(closing), 12);
      closing &= closing - 1;
      out += 16;
    } while (out < next);
    out = next;
  }
  store<u32>(out, 0);
  if (wrong != 0) failed = 1;
  return end;
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

// Names of members that are something, in a table by their hash: 16 bytes of the name, what it stands in, what its value is.
const NAMES: u32 = 128;
const names: usize = memory.data(128 * 32, 16);

@inline
function hashed(hash: u64, v: v128): u64 {
  return ((hash ^ i64x2.extract_lane(v, 0)) * 0x9e3779b97f4a7c15) ^ (i64x2.extract_lane(v, 1) * 0xc2b2ae3d27d4eb4f);
}

/** The hash of the bytes between two addresses. */
@inline
function wordHash(from: usize, to: usize): u64 {
  let hash: u64 = 0;
  let at = from;
  while (to - at > 16) {
    hash = hashed(hash, v128.load(at));
    hash ^= hash >> 32;
    at += 16;
  }
  hash = hashed(hash, v128.and(v128.load(at), v128.load(firsts + 16 - (to - at))));
  return (hash ^ (hash >> 32)) * 0xbf58476d1ce4e5b9;
}

@inline
function nameAt(role: u8, hash: u64): usize {
  return names + ((<usize>(hash >> 57) + (<usize>role << 3)) & (NAMES - 1)) * 32;
}

@inline
function behindName(at: usize): usize {
  return at + 32 == names + NAMES * 32 ? names : at + 32;
}

function name(role: u8, text: string, what: u8): void {
  for (let i = 0; i < 16; i++) store<u8>(input + i, i < text.length ? <u8>text.charCodeAt(i) : 0);
  const v = v128.load(input);
  let at = nameAt(role, hashed(0, v));
  while (load<u8>(at, 17) != 0) at = behindName(at);
  v128.store(at, v);
  store<u8>(at, role, 16);
  store<u8>(at, what, 17);
}
name(TOP, 'resource_changes', ROWS);
name(TOP, 'prior_state', PRIOR);
name(PRIOR, 'values', STATE);
name(STATE, 'root_module', MODULE);
name(MODULE, 'resources', OBJECTS);
name(MODULE, 'child_modules', MODULES);
name(MODULE, 'address', ADDRESS);
name(OBJECT, 'values', VALUES);
name(ROW, 'change', CHANGE);
name(CHANGE, 'before', BEFORE);
name(CHANGE, 'after', AFTERWARDS);
name(ROW, 'address', HEAD);
name(ROW, 'module_address', HEAD + 1);
name(ROW, 'mode', HEAD + 2);
name(ROW, 'type', HEAD + 3);
name(ROW, 'name', HEAD + 4);
name(ROW, 'index', HEAD + 5);
name(ROW, 'provider_name', HEAD + 6);
name(CHANGE, 'actions', HEAD + 7);
name(CHANGE, 'after_unknown', HEAD + 8);
name(CHANGE, 'before_sensitive', HEAD + 9);
name(CHANGE, 'after_sensitive', HEAD + 10);
name(ROW, 'action_reason', HEAD + 11);
name(ROW, 'previous_address', NOTED);
name(ROW, 'deposed', NOTED + 1);
name(CHANGE, 'importing', NOTED + 2);
name(CHANGE, 'replace_paths', NOTED + 3);
name(OBJECT, 'address', HEAD);
name(OBJECT, 'mode', HEAD + 2);
name(OBJECT, 'type', HEAD + 3);
name(OBJECT, 'name', HEAD + 4);
name(OBJECT, 'index', HEAD + 5);
name(OBJECT, 'provider_name', HEAD + 6);
name(OBJECT, 'deposed_key', HEAD + 7);
name(OBJECT, 'sensitive_values', HEAD + 8);
name(OBJECT, 'depends_on', HEAD + 9);
name(BEFORE, 'tags', TAGS);
name(BEFORE, 'tags_all', TAGS_ALL);

/** What the value of a key of at most 16 bytes is, by what it stands in. */
@inline
function meaning(role: u8, key: v128, hash: u64): u8 {
  for (let at = nameAt(role, hash); load<u8>(at, 17) != 0; at = behindName(at)) {
    if (load<u8>(at, 16) == role && i8x16.all_true(i8x16.eq(v128.load(at), key))) return load<u8>(at, 17);
  }
  return PLAIN;
}

/** What the elements of a list are. */
@inline
function elementOf(role: u8): u8 {
  return role == ROWS ? ROW : role == OBJECTS ? OBJECT : role == MODULES ? MODULE : PLAIN;
}

/** The beginning of a value that is something. */
function begins(what: u8, p: usize): void {
  const at = offset + <u64>(p - input);
  switch (what) {
    case ROWS:
    case PRIOR:
    case SECTION:
      memberAt = at;
      break;
    case ROW:
    case OBJECT: {
      inPiece = true;
      pieceAt = at;
      pieceFlags = 0;
      notes = what == OBJECT && load<u8>(p) == 0x7b ? WHOLE : 0;
      const none = i64x2.splat(-1);
      for (let i: usize = 0; i < 96; i += 16) {
        v128.store(piece + i, none);
        v128.store(heads + i, none);
      }
      store<u64>(piece, at);
      store<u32>(piece, 0, 100);
      break;
    }
    case CHANGE:
      if (load<u8>(p) == 0x7b) notes |= WHOLE;
      break;
    case OBJECTS:
      objectsAt = allObjects;
      break;
    case ADDRESS:
      addressAt = at;
      break;
    case BEFORE:
    case VALUES:
    case AFTERWARDS:
      if (load<u8>(p) == 0x7b) notes |= what == AFTERWARDS ? AFTER_OBJECT : BEFORE_OBJECT;
      else if (load<u8>(p) != 0x6e) notes |= ODD_SIDE;
    default: {
      if (what >= NOTED) notes |= FIRST_NOTED << (what - NOTED);
      else store<u32>(placeOf(what), <u32>(at - pieceAt));
    }
  }
}

/** The end of a value that is something: `p` is behind it. */
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
      compareSides();
      packHeads(<u32>(at - pieceAt));
      store<u32>(piece, notes | (pieceFlags == 0 ? SURE : 0), 28);
      if (what == ROW) {
        store<i32>(piece, shape(), 96);
        copy(rows + <usize>(rowsFound++ * ROW_BYTES), ROW_BYTES);
      } else {
        copy(objects + <usize>(objectsFound++ * OBJECT_BYTES), OBJECT_BYTES);
        allObjects++;
      }
      memberFlags |= pieceFlags << 8;
      inPiece = false;
      break;
    case CHANGE:
      break;
    case OBJECTS:
      record(MODULE_OBJECTS, objectsAt, allObjects, 0, 0, 0);
      break;
    case ADDRESS:
      record(MODULE_ADDRESS, addressAt, at, 0, 0, 0);
      break;
    default: {
      if (what >= NOTED) break;
      const to = placeOf(what);
      if (what < HEAD) {
        store<u32>(to, <u32>(at - pieceAt), 4);
        if (what != TAGS && what != TAGS_ALL) break;
        const from = inBlock(load<u32>(to));
        if (from != 0 && isPlain(from, p)) store<u32>(piece, load<u32>(piece, 100) | (1 << (what - TAGS)), 100);
      } else {
        // Which text it is; else its length, and in a bit above whether it is no plain string.
        const length = <u32>(at - pieceAt) - load<u32>(to);
        const from = inBlock(load<u32>(to));
        const text = from == 0 || what == HEAD ? -1 : textAt(from, p);
        if (text < 0 && length > 0x3fff) notes |= WIDE;
        store<u32>(to, text < 0 ? length | (from != 0 && load<u8>(from) == 0x22 && isPlain(from, p) ? 0 : 0x4000) : 0x8000 | (text << 16), 4);
      }
    }
  }
}

/** Where a piece tells of one of its parts. */
@inline
function placeOf(what: u8): usize {
  if (what >= HEAD) return heads + (<usize>(what - HEAD) << 3);
  if (what == TAGS) return piece + 80;
  if (what == TAGS_ALL) return piece + 88;
  return piece + (what == AFTERWARDS ? 20 : 12);
}

@inline
function copy(to: usize, length: usize): void {
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(piece + i));
}

/** Where a place of the open piece stands in this block; 0 = before it. */
@inline
function inBlock(place: u32): usize {
  const at = pieceAt + <u64>place;
  return at >= offset ? input + <usize>(at - offset) : 0;
}

/** Whether bytes are ASCII without a backslash. */
function isPlain(from: usize, to: usize): bool {
  for (let p = from; p < to; p += 16) {
    const v = v128.load(p);
    let odd = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(0x5c)), v));
    if (to - p < 16) odd &= (1 << <i32>(to - p)) - 1;
    if (odd != 0) return false;
  }
  return true;
}

/** Notes whether the sides of a row are spelled alike, if that can be told: it cannot where they begin in another block. */
function compareSides(): void {
  const first = load<u32>(piece, 12);
  const second = load<u32>(piece, 20);
  if (first == 0xffffffff || second == 0xffffffff || load<u32>(piece, 16) - first != load<u32>(piece, 24) - second) {
    notes |= UNLIKE;
    return;
  }
  let a = inBlock(first);
  let b = inBlock(second);
  if (a == 0 || b == 0) return;
  const end = inBlock(load<u32>(piece, 16));
  for (; a + 16 <= end; a += 16, b += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(a), v128.load(b)))) {
      notes |= UNLIKE;
      return;
    }
  }
  const rest = v128.load(firsts + 16 - (end - a));
  notes |= v128.any_true(v128.and(v128.xor(v128.load(a), v128.load(b)), rest)) ? UNLIKE : ALIKE;
}

/** Puts each member of the head into 32 bits: its text with the highest bit set, or where it begins, and in 16 bits its length. */
function packHeads(length: u32): void {
  for (let i = 0; i < HEADS; i++) {
    const from = load<u32>(heads + (<usize>i << 3));
    if (from == 0xffffffff) continue;
    const told = load<u32>(heads + (<usize>i << 3), 4);
    const to = piece + 32 + (<usize>i << 2);
    if ((told & 0x8000) != 0) store<u32>(to, 0x80000000 | (told >> 16));
    else {
      const place = i < FROM_BEGIN ? from : length - from;
      if (place > 0xffff) notes |= WIDE;
      store<u32>(to, (place & 0xffff) | (told << 16));
    }
  }
}

/** What a row tells besides its address, its module and its key, in words; with room for what looks ahead. */
const told: usize = memory.data(48, 16);

/** The number of a text that stands for all that `told` is made of; -1 where not all of it is told, or the row has what few have. */
function shape(): i32 {
  const notes = load<i32>(piece, 28);
  if ((notes & (SURE | WHOLE | ODD_SIDE | WIDE)) != (SURE | WHOLE) || notes >= FIRST_NOTED || (notes & (ALIKE | UNLIKE)) == 0) return -1;
  store<i32>(told, notes);
  let all: u32 = 0x80000000;
  let to = told;
  for (let i = 2; i < HEADS; i++) {
    if (i == OWN_KEY) continue;
    const word = load<u32>(piece + 32 + (<usize>i << 2));
    all &= word;
    to += 4;
    store<u32>(to, word);
  }
  return all == 0 ? -1 : textAt(told, to + 4);
}

// Texts that members of heads have, each once: rows of a plan share most of theirs. Each begins where the one before ends.
const MOST_TEXTS: i32 = 16384;
const LONGEST_TEXT: usize = 1024;
const TEXT_BYTES: usize = 1 << 20;
export const texts: usize = memory.data((1 << 20) + 64, 16);
export const textStarts: usize = memory.data((16384 + 1) * 4, 16);
/** By their hash: the upper half of it, and the number of the text + 1. */
const TEXT_SLOTS: usize = 1 << 15;
const textSlots: usize = memory.data((1 << 15) * 8, 16);
let textsFound: i32 = 0;

export function textCount(): i32 {
  return textsFound;
}

/** The number of the text between two addresses; -1 where it is long or too many are kept. */
function textAt(from: usize, to: usize): i32 {
  const length = to - from;
  if (length > LONGEST_TEXT) return -1;
  const hash = wordHash(from, to);
  const known = <u32>hash;
  let slot = <usize>(hash >> 49);
  // Texts may be made so that their hashes meet.
  for (let tries = 0; ; tries++) {
    if (tries == 32) return -1;
    const at = textSlots + (slot << 3);
    const text = load<i32>(at, 4) - 1;
    if (text < 0) break;
    if (load<u32>(at) == known && isText(text, from, length)) return text;
    slot = (slot + 1) & (TEXT_SLOTS - 1);
  }
  const start = <usize>load<u32>(textStarts + (<usize>textsFound << 2));
  if (textsFound == MOST_TEXTS || start + length > TEXT_BYTES) return -1;
  for (let i: usize = 0; i < length; i += 16) v128.store(texts + start + i, v128.load(from + i));
  store<u32>(textSlots + (slot << 3), known);
  store<i32>(textSlots + (slot << 3), textsFound + 1, 4);
  store<u32>(textStarts + (<usize>textsFound << 2), <u32>(start + length), 4);
  return textsFound++;
}

function isText(text: i32, from: usize, length: usize): bool {
  const start = <usize>load<u32>(textStarts + (<usize>text << 2));
  if (<usize>load<u32>(textStarts + (<usize>text << 2), 4) - start != length) return false;
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(texts + start + i), v128.load(from + i)))) return false;
  }
  const rest = v128.load(firsts + 16 - (length - i));
  return !v128.any_true(v128.and(v128.xor(v128.load(texts + start + i), v128.load(from + i)), rest));
}

/** The first byte from `p` on that is no blank, `end` at most. No other control characters stand outside of strings. */
function behindBlanks(from: usize, end: usize): usize {
  for (let p = from; p < end; p += 16) {
    const others = i8x16.bitmask(i8x16.gt_u(v128.load(p), i8x16.splat(0x20)));
    if (others != 0) {
      p += <usize>ctz(others);
      return p < end ? p : end;
    }
  }
  return end;
}

@inline
function isDigit(c: u8): bool {
  return c >= 0x30 && c <= 0x39;
}

/** How many of the eight bytes at `p` are digits before there is another. */
@inline
function digitsAt(p: usize): usize {
  const digits = load<u64>(p) ^ 0x3030303030303030;
  return <usize>(ctz(((digits + 0x7676767676767676) | digits) & 0x8080808080808080) >> 3);
}

/** Behind the number at `p`; 0 where it is none, `p` where the block ends in it or right behind. */
function number(p: usize, end: usize): usize {
  let q = p;
  let odd = false;
  if (load<u8>(q) == 0x2d) q++;
  if (q >= end) return p;
  const zero = load<u8>(q) == 0x30;
  const whole = q;
  while (q < end && isDigit(load<u8>(q))) q++;
  if (q >= end) return p;
  if (q == whole || (zero && q - whole > 1)) return 0;
  if (zero && whole > p) odd = true;
  if (load<u8>(q) == 0x2e) {
    q++;
    const fraction = q;
    while (q < end && isDigit(load<u8>(q))) q++;
    if (q >= end) return p;
    if (q == fraction) return 0;
  }
  if (q - p > 15) odd = true;
  if ((load<u8>(q) | 0x20) == 0x65) {
    odd = true;
    q++;
    if (q >= end) return p;
    if (load<u8>(q) == 0x2b || load<u8>(q) == 0x2d) q++;
    const power = q;
    while (q < end && isDigit(load<u8>(q))) q++;
    if (q >= end) return p;
    if (q == power) return 0;
  }
  if (odd) flag(ODD);
  return q;
}

/** Behind the number, `true`, `false` or `null` at `p`; 0 where it is none, `p` where the block ends in it. What stands behind it is not looked at. */
@inline
function scalar(p: usize, end: usize): usize {
  const c = load<u8>(p);
  if (c <= 0x39) {
    const length = digitsAt(p);
    const behind = load<u8>(p + length);
    if (length > 0 && length < 8 && (behind == 0x2c || behind == 0x7d || behind == 0x5d) && (c != 0x30 || length == 1)) return p + length;
    return number(p, end);
  }
  const word = load<u32>(p);
  if (word == 0x65757274 || word == 0x6c6c756e) return p + 4;
  if (word == 0x736c6166 && load<u8>(p, 4) == 0x65) return p + 5;
  return p + 5 > end ? p : 0;
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
  textsFound = 0;
  manyAt = 0;
  memory.fill(textSlots, 0, TEXT_SLOTS << 3);
}

@inline
function frameAt(d: i32): usize {
  return frames + (<usize>d << 3);
}

// A second, larger filter, for one object of many keys at a time: that at the depth `manyAt`, whose keys up to `manyTo` are in it.
const MANY: usize = 256;
const many: usize = memory.data(1 << 15, 16);
let manyAt: i32 = 0;
let manyTo: usize = 0;

/** Which bit of the filter is the hash's. */
@inline
function manyBit(hash: u64): u32 {
  return <u32>(((hash ^ (hash >> 32)) * 0xbf58476d1ce4e5b9) >> 46);
}

/** Whether a hash is one of those between two addresses, of the keys of the object at a depth. */
function isKnown(from: usize, to: usize, d: i32, hash: u64): bool {
  if (to - from > MANY << 3) {
    if (manyAt != d) {
      memory.fill(many, 0, 1 << 15);
      manyAt = d;
      manyTo = from;
    }
    for (; manyTo < to; manyTo += 8) {
      const bit = manyBit(load<u64>(manyTo));
      const at = many + <usize>(bit >> 3);
      store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(bit & 7)));
    }
    const bit = manyBit(hash);
    if (((load<u8>(many + <usize>(bit >> 3)) >> <u8>(bit & 7)) & 1) == 0) return false;
  }
  for (let known = from; known < to; known += 8) if (load<u64>(known) == hash) return true;
  return false;
}

/** Opens a container in the frame: its keys begin at `keys`. */
@inline
function open(frame: usize, d: i32, keys: usize, closer: u8, role: u8): void {
  store<u32>(frame, <u32>keys);
  store<u8>(frame, closer, 4);
  store<u8>(frame, role, 5);
  if (d == manyAt) manyAt = 0;
  if (closer == 0x7d) {
    const filter = filters + (<usize>d << 7);
    const none = i64x2.splat(0);
    v128.store(filter, none);
    v128.store(filter, none, 16);
    v128.store(filter, none, 32);
    v128.store(filter, none, 48);
    v128.store(filter, none, 64);
    v128.store(filter, none, 80);
    v128.store(filter, none, 96);
    v128.store(filter, none, 112);
  }
}

/**
 * Reads the `n` bytes at `input` and tells how many are done with: those behind must be given again. What was found stands at
 * `records`, `rows` and `objects` then.
 */
export function scan(n: i32): i32 {
  found = rowsFound = objectsFound = 0;
  const end = closeQuotes(n);
  if (failed != 0) return 0;
  // It is no byte of a text outside of strings, so that nothing goes on over the end.
  store<u8>(input + <usize>n, 0);
  let next = closings;
  let p = input;
  let expected = state;
  let d = depth;
  let frame = frameAt(d);
  let keys = keysTo;
  let closer = load<u8>(frame, 4);
  let role = load<u8>(frame, 5);
  let what = load<u8>(frame, 6);
  let broken = false;
  if (expected == BEGIN) {
    p = behindBlanks(p, end);
    if (p < end) {
      broken = load<u8>(p) != 0x7b;
      p++;
      d = 1;
      frame = frameAt(1);
      keys = hashes;
      closer = 0x7d;
      role = TOP;
      open(frame, 1, keys, closer, role);
      expected = FIRST_KEY;
    }
  } else if (expected == STRING) {
    const to = <usize>load<u32>(next);
    if (to == 0) p = end;
    else {
      p = to + 1;
      next += 4;
      expected = AFTER;
      if (what != PLAIN) ends(what, p);
    }
  }
  if (expected == DONE) {
    p = behindBlanks(p, end);
    broken = p < end;
  } else if (expected != BEGIN && expected != STRING) {
    // A key and its value, or an element, and what follows it.
    while (!broken) {
      if (expected <= FIRST_KEY) {
        if (load<u8>(p) != 0x22) {
          p = behindBlanks(p, end);
          if (p == end) break;
          if (load<u8>(p) == 0x7d && expected == FIRST_KEY) expected = AFTER;
          else if (load<u8>(p) != 0x22) {
            broken = true;
            break;
          }
        }
        if (expected != AFTER) {
          const to = <usize>load<u32>(next);
          if (to == 0) break;
          let colon = to + 1;
          if (load<u8>(colon) != 0x3a) {
            colon = behindBlanks(colon, end);
            // The colon stands in the same block.
            if (colon == end) break;
            if (load<u8>(colon) != 0x3a) {
              broken = true;
              break;
            }
          }
          const key = p + 1;
          let hash: u64 = 0;
          let at = key;
          let escaped = i64x2.splat(0);
          while (to - at > 16) {
            const v = v128.load(at);
            escaped = v128.or(escaped, i8x16.eq(v, i8x16.splat(0x5c)));
            hash = hashed(hash, v);
            hash ^= hash >> 32;
            at += 16;
          }
          const v = v128.and(v128.load(at), v128.load(firsts + 16 - (to - at)));
          escaped = v128.or(escaped, i8x16.eq(v, i8x16.splat(0x5c)));
          hash = hashed(hash, v);
          if (v128.any_true(escaped)) flag(UNSURE);
          // What may be a key of the object already is left to others.
          const word = filters + (<usize>d << 7) + (<usize>(hash >> 59) << 2);
          const bit = <u32>1 << (<u32>(hash >> 54) & 31);
          const seen = load<u32>(word);
          store<u32>(word, seen | bit);
          if ((seen & bit) != 0 && isKnown(<usize>load<u32>(frame), keys, d, hash)) flag(UNSURE);
          if (keys == hashes + (MOST_KEYS << 3)) {
            broken = true;
            break;
          }
          store<u64>(keys, hash);
          keys += 8;
          what = PLAIN;
          if (role != PLAIN) {
            if (at == key) what = meaning(role, v, hash);
            if (role == TOP) {
              if (what == PLAIN) what = SECTION;
              memberKeyAt = offset + <u64>(p - input);
              memberKeyEnd = offset + <u64>(to + 1 - input);
            }
          }
          next += 4;
          p = colon + 1;
          expected = VALUE;
        }
      }
      if (expected != AFTER) {
        let c = load<u8>(p);
        if (c <= 0x20) {
          p = behindBlanks(p, end);
          if (p == end) break;
          c = load<u8>(p);
        }
        if (c == 0x22) {
          if (what != PLAIN) begins(what, p);
          const to = <usize>load<u32>(next);
          if (to == 0) {
            p = end;
            expected = STRING;
            break;
          }
          p = to + 1;
          next += 4;
          if (what != PLAIN) ends(what, p);
        } else if ((c | 0x20) == 0x7b) {
          if (what != PLAIN) begins(what, p);
          if (d == DEEPEST) {
            broken = true;
            break;
          }
          p++;
          let own = PLAIN;
          if (what != PLAIN && what <= LAST_LIST && (what <= LAST_OBJECT) == (c == 0x7b)) own = what;
          if (own == PLAIN && load<u8>(p) == c + 2) {
            p++;
            if (what != PLAIN) ends(what, p);
          } else {
            store<u8>(frame, what, 6);
            d++;
            frame = frameAt(d);
            closer = c + 2;
            role = own;
            what = elementOf(own);
            open(frame, d, keys, closer, own);
            if (own == MODULE) record(MODULE_OPENS, 0, 0, 0, 0, 0);
            expected = c == 0x7b ? FIRST_KEY : FIRST_VALUE;
            continue;
          }
        } else if (c != 0x5d || expected != FIRST_VALUE) {
          const behind = scalar(p, end);
          if (behind == p) break;
          if (behind == 0) {
            broken = true;
            break;
          }
          if (what != PLAIN) {
            begins(what, p);
            ends(what, behind);
          }
          p = behind;
        }
        expected = AFTER;
      }
      // What closes here closes at once.
      for (;;) {
        let c = load<u8>(p);
        if (c <= 0x20) {
          p = behindBlanks(p, end);
          if (p == end) break;
          c = load<u8>(p);
        }
        if (what != PLAIN && (found > RECORDS - 512 || rowsFound == RECORDS || objectsFound == RECORDS)) break;
        if (c == 0x2c) {
          p++;
          expected = closer == 0x7d ? KEY : VALUE;
          break;
        }
        if (c != closer) {
          broken = true;
          break;
        }
        p++;
        if (role == MODULE) record(MODULE_CLOSES, 0, 0, 0, 0, 0);
        keys = <usize>load<u32>(frame);
        d--;
        frame = frameAt(d);
        if (d == 0) {
          expected = DONE;
          p = behindBlanks(p, end);
          broken = p < end;
          break;
        }
        closer = load<u8>(frame, 4);
        role = load<u8>(frame, 5);
        what = load<u8>(frame, 6);
        if (what != PLAIN) ends(what, p);
      }
      if (expected >= AFTER) break;
    }
  }
  if (broken) failed = 1;
  if (failed != 0) return 0;
  state = expected;
  depth = d;
  keysTo = keys;
  store<u8>(frame, what, 6);
  const done = <i32>(p - input);
  offset += <u64>done;
  return done;
}

// Words: runs of letters, digits, `_`, `-` and `.`, dots at their end left out (src/plan/words.ts).

const FILTER_WORDS: u64 = 1 << 16;
/** Two bits of one of these words are set for each wanted word. */
const filter: usize = memory.data(1 << 19, 16);

/** Which bytes belong to words, by what both halves of a byte allow. */
@inline
function wordly(v: v128): v128 {
  const low = i8x16(10, 14, 14, 14, 14, 14, 14, 14, 14, 14, 12, 4, 4, 5, 5, 20);
  const high = i8x16(0, 0, 1, 2, 4, 24, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  const half = i8x16.splat(0x0f);
  return v128.and(i8x16.swizzle(low, v128.and(v, half)), i8x16.swizzle(high, v128.and(i16x8.shr_u(v, 4), half)));
}

@inline
function isWord(c: u8): bool {
  return c < 0x80 && (i8x16.bitmask(i8x16.eq(wordly(i8x16.splat(c)), i8x16.splat(0))) & 1) == 0;
}

@inline
function placeIn(hash: u64): usize {
  return filter + (<usize>(hash >> 48) << 3);
}

@inline
function pairOf(hash: u64): u64 {
  return ((<u64>1) << ((hash >> 42) & 63)) | ((<u64>1) << ((hash >> 36) & 63));
}

/** Empties the list of wanted words. */
export function forget(): void {
  memory.fill(filter, 0, <usize>FILTER_WORDS << 3);
}

/** Wants the word of `n` bytes at `input`. */
export function want(n: i32): void {
  const hash = wordHash(input, input + <usize>n);
  store<u64>(placeIn(hash), load<u64>(placeIn(hash)) | pairOf(hash));
}

@inline
function hexOf(c: u8): i32 {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
}

/** 1: some escape of the last text that was searched stands for a colon, slash, at sign or space, or may do so once another is taken off. */
export let hidden: i32 = 0;

/** How many bytes behind the backslash at `p` belong to its escape; 0 where the escape may hide a part of a word. */
function escaped(p: usize, end: usize): u64 {
  const c = load<u8>(p, 1);
  if (c == 0x5c || c == 0x2f) hidden = 1;
  if (c == 0x75) {
    if (p + 6 > end) return 0;
    const unit = (hexOf(load<u8>(p, 2)) << 12) | (hexOf(load<u8>(p, 3)) << 8) | (hexOf(load<u8>(p, 4)) << 4) | hexOf(load<u8>(p, 5));
    if (unit == 0x3a || unit == 0x2f || unit == 0x40 || unit == 0x20) hidden = 1;
    // The escaped backslash may be part of another escape.
    return unit < 0 || unit >= 0x80 || unit == 0x5c || isWord(<u8>unit) ? 0 : 5;
  }
  return c == 0x5c && isWord(load<u8>(p, 2)) ? 0 : 1;
}

/**
 * Where wanted words may stand in the `n` bytes of JSON at `input`: so many pairs of offsets stand at `records` then. -1 where it
 * cannot be told, for what an escape hides, or for a character beyond ASCII next to one, which may belong to the word. A word is wanted from
 * `shortest` bytes on.
 */
export function search(n: i32, shortest: i32): i32 {
  const end = input + <usize>n;
  memory.fill(end, 0x20, 64);
  hidden = 0;
  // First where words begin and end, alternately.
  let out = closings;
  /** 1: the last byte before belongs to a word. */
  let before: u64 = 0;
  /** First bytes that belong to an escape that begins before. */
  let taken: u64 = 0;
  for (let p = input; p < end; p += 64) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    const none = i8x16.splat(0);
    let inside = ~bits(i8x16.eq(wordly(a), none), i8x16.eq(wordly(b), none), i8x16.eq(wordly(c), none), i8x16.eq(wordly(d), none));
    const slash = i8x16.splat(0x5c);
    const slashed = v128.or(v128.or(i8x16.eq(a, slash), i8x16.eq(b, slash)), v128.or(i8x16.eq(c, slash), i8x16.eq(d, slash)));
    if (v128.any_true(slashed) || taken != 0) {
      let own = taken;
      taken = 0;
      for (let rest = equal(p, 0x5c) & ~own; rest != 0; rest &= ~own) {
        const bit = ctz(rest);
        rest &= rest - 1;
        const length = escaped(p + <usize>bit, end);
        if (length == 0) return -1;
        const ones = ((<u64>1) << length) - 1;
        own |= (ones << bit) << 1;
        taken |= ones >> (63 - bit);
      }
      inside &= ~own;
    }
    let borders = inside ^ ((inside << 1) | before);
    before = inside >> 63;
    const next = out + (<usize>popcnt(borders) << 2);
    do {
      store<u32>(out, p + <usize>ctz(borders));
      borders &= borders - 1;
      store<u32>(out, p + <usize>ctz(borders), 4);
      borders &= borders - 1;
      store<u32>(out, p + <usize>ctz(borders), 8);
      borders &= borders - 1;
      store<u32>(out, p + <usize>ctz(borders), 12);
      borders &= borders - 1;
      out += 16;
    } while (out < next);
    out = next;
  }
  if (before != 0) store<u32>(out, end);
  let hits: i32 = 0;
  for (let at = closings; at < out; at += 8) {
    const from = <usize>load<u32>(at);
    let to = <usize>load<u32>(at, 4);
    if (to - from < <usize>shortest) continue;
    while (to > from && load<u8>(to - 1) == 0x2e) to--;
    if (to - from < <usize>shortest) continue;
    const hash = wordHash(from, to);
    const pair = pairOf(hash);
    if ((load<u64>(placeIn(hash)) & pair) != pair) continue;
    if (hits >= RECORDS || load<u8>(from - 1) >= 0x80 || load<u8>(<usize>load<u32>(at, 4)) >= 0x80) return -1;
    store<i32>(records + (<usize>hits << 3), <i32>(from - input));
    store<i32>(records + (<usize>hits << 3), <i32>(to - input), 4);
    hits++;
  }
  return hits;
}
