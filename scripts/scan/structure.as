// AssemblyScript: `node scripts/scan/build.mjs` compiles it to src/plan/structure.ts.
// Validates a JSON text (RFC 8259) and finds the parts of a plan that are read piece by piece. Strings are searched 16 bytes at a
// time. A token never stands in two blocks: where a block ends in one, it is given again at the beginning of the next.

const SIZE: usize = 1 << 20;
const RECORDS: i32 = 4096;
const FIELDS: i32 = 12;
const DEEPEST: i32 = 500;
const MOST_KEYS: i32 = 16384;

// After a block there are 64 bytes of room for searches that look ahead.
export const input: usize = memory.data((1 << 20) + 64, 16);
export const records: usize = memory.data(4096 * 12 * 8, 16);
const kinds: usize = memory.data(512, 16); // 1: object, 0: list
const roles: usize = memory.data(512, 16);
const bases: usize = memory.data(512 * 4, 16);
const hashes: usize = memory.data((16384 + 8) * 4, 16);

// What comes next.
const VALUE: i32 = 0;
const FIRST_VALUE: i32 = 1;
const FIRST_KEY: i32 = 2;
const KEY: i32 = 3;
const AFTER: i32 = 4;
const STRING: i32 = 5;
const DONE: i32 = 6;

// What a container is.
const NOTHING: u8 = 0;
const TOP: u8 = 1;
const ROWS: u8 = 2;
const ROW: u8 = 3;
const CHANGE: u8 = 4;
const PRIOR: u8 = 5;
const STATE: u8 = 6;
const MODULE: u8 = 7;
const OBJECTS: u8 = 8;
const OBJECT: u8 = 9;
const MODULES: u8 = 10;
const BEFORE: u8 = 11;

// What a record tells.
const MEMBER: f64 = 1;
const ROW_FOUND: f64 = 2;
const OBJECT_FOUND: f64 = 3;
const MODULE_OPENS: f64 = 4;
const MODULE_CLOSES: f64 = 5;
const MODULE_ADDRESS: f64 = 6;

/** A key may stand twice, or the depth is unusual: somebody else must look. */
const UNSURE: i32 = 1;
/** A number that a double may not hold as it is spelled. */
const ODD: i32 = 2;

let state: i32 = VALUE;
let depth: i32 = 0;
let keys: i32 = 0;
/** Where the block stands in the text. */
let offset: f64 = 0;
let found: i32 = 0;

// The value of the last key: what it becomes if it is a container, and where it is kept.
let pending: u8 = NOTHING;
let pendingSpan: i32 = -1;
let pendingTags: i32 = -1;

// Spans of the open piece (row or object of state) and of the top-level member.
let pieceAt: f64 = -1;
let pieceDepth: i32 = 0;
let pieceFlags: i32 = 0;
let spanFrom0: f64 = -1;
let spanTo0: f64 = -1;
let spanFrom1: f64 = -1;
let spanTo1: f64 = -1;
let spanOpen: i32 = -1;
let spanDepth: i32 = 0;
let tagsOpen: i32 = -1;
// Spans of `tags` and `tags_all` on the before side of a row.
let tagsFrom: f64 = -1;
let tagsTo: f64 = -1;
let allFrom: f64 = -1;
let allTo: f64 = -1;
let memberKeyAt: f64 = 0;
let memberKeyEnd: f64 = 0;
let memberAt: f64 = -1;
let memberFlags: i32 = 0;
let addressAt: f64 = -1;

/** 0: as expected so far; 1: no JSON, or not what this can tell. */
export let failed: i32 = 0;
/** 1: the text is one whole value. */
export function complete(): i32 {
  return state == DONE ? 1 : 0;
}
export function count(): i32 {
  return found;
}

@inline
function record(what: f64, a: f64, b: f64, c: f64, d: f64, e: f64, f: f64, flags: i32): void {
  const at = records + (<usize>(found * FIELDS) << 3);
  store<f64>(at, what);
  store<f64>(at, a, 8);
  store<f64>(at, b, 16);
  store<f64>(at, c, 24);
  store<f64>(at, d, 32);
  store<f64>(at, e, 40);
  store<f64>(at, f, 48);
  store<f64>(at, <f64>flags, 56);
  found++;
}

/** What else the last record tells: of a row, where its tags stand. */
@inline
function recordTags(): void {
  const at = records + (<usize>((found - 1) * FIELDS) << 3);
  store<f64>(at, tagsFrom, 64);
  store<f64>(at, tagsTo, 72);
  store<f64>(at, allFrom, 80);
  store<f64>(at, allTo, 88);
}

@inline
function flag(what: i32): void {
  if (pieceAt >= 0) pieceFlags |= what;
  else memberFlags |= what;
}

/** Whether the key of `length` bytes at `p` is the word. */
function is(p: usize, length: i32, word: string): bool {
  if (length != word.length) return false;
  for (let i = 0; i < length; i++) if (load<u8>(p + i) != <u8>word.charCodeAt(i)) return false;
  return true;
}

/** What the value of a key is, by what it stands in. */
function meaning(role: u8, p: usize, length: i32): void {
  if (role == ROW) {
    if (is(p, length, 'change')) pending = CHANGE;
  } else if (role == CHANGE) {
    if (is(p, length, 'before')) {
      pendingSpan = 0;
      pending = BEFORE;
    } else if (is(p, length, 'after')) pendingSpan = 1;
  } else if (role == BEFORE) {
    if (is(p, length, 'tags')) pendingTags = 0;
    else if (is(p, length, 'tags_all')) pendingTags = 1;
  } else if (role == OBJECT) {
    if (is(p, length, 'values')) pendingSpan = 0;
  } else if (role == MODULE) {
    if (is(p, length, 'resources')) pending = OBJECTS;
    else if (is(p, length, 'child_modules')) pending = MODULES;
    else if (is(p, length, 'address')) pendingSpan = 2;
  } else if (role == STATE) {
    if (is(p, length, 'root_module')) pending = MODULE;
  } else if (role == PRIOR) {
    if (is(p, length, 'values')) pending = STATE;
  } else if (role == TOP) {
    if (is(p, length, 'resource_changes')) pending = ROWS;
    else if (is(p, length, 'prior_state')) pending = PRIOR;
  }
}

/** Keeps the key in the list of its object; what may be one of them already is left to others. */
@inline
function addKey(p: usize, length: i32): void {
  let hash: u32 = 0x811c9dc5 ^ <u32>length;
  let at = p;
  let rest = length;
  while (rest >= 4) {
    hash = rotl<u32>((hash ^ load<u32>(at)) * 0x9e3779b1, 13);
    at += 4;
    rest -= 4;
  }
  while (rest > 0) {
    hash = rotl<u32>((hash ^ <u32>load<u8>(at)) * 0x85ebca6b, 11);
    at++;
    rest--;
  }
  hash ^= hash >> 15;
  const base = load<i32>(bases + (<usize>depth << 2));
  const wanted = i32x4.splat(hash);
  let twice = v128.splat<i32>(0);
  for (let i = base; i < keys; i += 4) {
    // What stands behind the last key is left from others: such a hit only costs a second look.
    twice = v128.or(twice, i32x4.eq(v128.load(hashes + (<usize>i << 2)), wanted));
  }
  if (v128.any_true(twice)) {
    for (let i = base; i < keys; i++) if (load<u32>(hashes + (<usize>i << 2)) == hash) flag(UNSURE);
  }
  if (keys >= MOST_KEYS) {
    failed = 1;
    return;
  }
  store<u32>(hashes + (<usize>keys << 2), hash);
  keys++;
}

/** The end of a value that is no container, or of the container that was just closed. */
@inline
function valueEnds(at: f64): void {
  if (spanOpen >= 0 && depth == spanDepth) {
    if (spanOpen == 0) spanTo0 = at;
    else if (spanOpen == 1) spanTo1 = at;
    else record(MODULE_ADDRESS, addressAt, at, 0, 0, 0, 0, 0);
    spanOpen = -1;
  }
  if (tagsOpen >= 0 && load<u8>(roles + <usize>depth) == BEFORE) {
    if (tagsOpen == 0) tagsTo = at;
    else allTo = at;
    tagsOpen = -1;
  }
  if (pieceAt >= 0 && depth == pieceDepth) {
    const role = load<u8>(roles + <usize>depth);
    record(role == ROWS ? ROW_FOUND : OBJECT_FOUND, pieceAt, at, spanFrom0, spanTo0, spanFrom1, spanTo1, pieceFlags);
    recordTags();
    memberFlags |= pieceFlags << 8;
    pieceAt = -1;
  }
  if (depth == 1) {
    record(MEMBER, memberKeyAt, memberKeyEnd, memberAt, at, 0, 0, memberFlags);
    memberFlags = 0;
  }
  state = depth == 0 ? DONE : AFTER;
}

/** The beginning of a value. */
@inline
function valueBegins(at: f64): void {
  if (depth == 1) memberAt = at;
  const role = load<u8>(roles + <usize>depth);
  if (role == NOTHING) return;
  if (role == ROWS || role == OBJECTS) {
    pieceAt = at;
    pieceDepth = depth;
    pieceFlags = 0;
    spanFrom0 = spanTo0 = spanFrom1 = spanTo1 = -1;
    tagsFrom = tagsTo = allFrom = allTo = -1;
  }
  if (pendingSpan >= 0) {
    if (pendingSpan == 0) spanFrom0 = at;
    else if (pendingSpan == 1) spanFrom1 = at;
    else addressAt = at;
    spanOpen = pendingSpan;
    spanDepth = depth;
    pendingSpan = -1;
  }
  if (pendingTags >= 0) {
    if (pendingTags == 0) tagsFrom = at;
    else allFrom = at;
    tagsOpen = pendingTags;
    pendingTags = -1;
  }
}

@inline
function open(object: bool): bool {
  const role = load<u8>(roles + <usize>depth);
  let own: u8 = NOTHING;
  if (role == ROWS) own = object ? ROW : NOTHING;
  else if (role == OBJECTS) own = object ? OBJECT : NOTHING;
  else if (role == MODULES) own = object ? MODULE : NOTHING;
  else if (pending != NOTHING) {
    const list = pending == ROWS || pending == OBJECTS || pending == MODULES;
    own = list == !object ? pending : NOTHING;
  } else if (depth == 0) own = object ? TOP : NOTHING;
  pending = NOTHING;
  if (depth >= DEEPEST) return false;
  depth++;
  store<u8>(kinds + <usize>depth, object ? 1 : 0);
  store<u8>(roles + <usize>depth, own);
  store<i32>(bases + (<usize>depth << 2), keys);
  state = object ? FIRST_KEY : FIRST_VALUE;
  if (own == MODULE) record(MODULE_OPENS, 0, 0, 0, 0, 0, 0, 0);
  return true;
}

@inline
function close(): void {
  if (load<u8>(roles + <usize>depth) == MODULE) record(MODULE_CLOSES, 0, 0, 0, 0, 0, 0, 0);
  keys = load<i32>(bases + (<usize>depth << 2));
  depth--;
}

/** The first byte from `p` on that ends or breaks a plain run of a string: a quote, a backslash or a control character. */
@inline
function stringStop(from: usize): usize {
  let p = from;
  let mask = stops(p);
  while (mask == 0) {
    p += 16;
    mask = stops(p);
  }
  return p + <usize>ctz(mask);
}

@inline
function stops(p: usize): i32 {
  const v = v128.load(p);
  const quoting = v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c)));
  return i8x16.bitmask(v128.or(quoting, i8x16.lt_u(v, i8x16.splat(0x20))));
}

@inline
function isHex(c: u8): bool {
  return (c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
}

/** Behind the escape at `p`; 0 where it is none, `p` where the block ends in it. */
function escape(p: usize, end: usize): usize {
  if (p + 1 >= end) return p;
  const c = load<u8>(p, 1);
  if (c == 0x75) {
    if (p + 6 > end) return p;
    return isHex(load<u8>(p, 2)) && isHex(load<u8>(p, 3)) && isHex(load<u8>(p, 4)) && isHex(load<u8>(p, 5)) ? p + 6 : 0;
  }
  const plain =
    c == 0x22 || c == 0x5c || c == 0x2f || c == 0x62 || c == 0x66 || c == 0x6e || c == 0x72 || c == 0x74;
  return plain ? p + 2 : 0;
}

@inline
function isDigit(c: u8): bool {
  return c >= 0x30 && c <= 0x39;
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

/** Begins another text. */
export function reset(): void {
  state = VALUE;
  depth = 0;
  keys = 0;
  offset = 0;
  found = 0;
  failed = 0;
  pending = NOTHING;
  pendingSpan = -1;
  pieceAt = -1;
  spanOpen = -1;
  pendingTags = -1;
  tagsOpen = -1;
  memberFlags = 0;
  store<u8>(roles, NOTHING);
  store<i32>(bases, 0);
}

/**
 * Reads the `n` bytes at `input`, which is the whole rest of the text where `last` is 1, and tells how many are done with: those
 * behind must be given again. `count()` records stand at `records` then.
 */
export function scan(n: i32, last: i32): i32 {
  found = 0;
  let p = input;
  let end = p + <usize>n;
  // What is looked at behind the end stops every search; at the end of the text a blank ends a number.
  memory.fill(end, 0x22, 64);
  if (last != 0 && n < <i32>SIZE) {
    store<u8>(end, 0x20);
    end++;
  }
  while (p < end) {
    if (found > RECORDS - 8) break;
    if (state == STRING) {
      p = stringStop(p);
      if (p >= end) {
        p = end;
        break;
      }
      const c = load<u8>(p);
      if (c == 0x22) {
        p++;
        valueEnds(offset + <f64>(p - input));
      } else if (c == 0x5c) {
        const q = escape(p, end);
        if (q == p) break;
        if (q == 0) {
          failed = 1;
          break;
        }
        p = q;
      } else {
        failed = 1;
        break;
      }
      continue;
    }
    const c = load<u8>(p);
    if (c <= 0x20) {
      if (c != 0x20 && c != 0x0a && c != 0x0d && c != 0x09) {
        failed = 1;
        break;
      }
      p++;
      continue;
    }
    if (state == AFTER) {
      const object = load<u8>(kinds + <usize>depth);
      if (c == 0x2c) {
        state = object == 1 ? KEY : VALUE;
        p++;
      } else if (c == (object == 1 ? 0x7d : 0x5d)) {
        close();
        p++;
        valueEnds(offset + <f64>(p - input));
      } else {
        failed = 1;
        break;
      }
      continue;
    }
    if (state == KEY || state == FIRST_KEY) {
      if (c != 0x22) {
        if (c != 0x7d || state == KEY) {
          failed = 1;
          break;
        }
        close();
        p++;
        valueEnds(offset + <f64>(p - input));
        continue;
      }
      const from = p + 1;
      let q = stringStop(from);
      let escaped = false;
      while (q < end && load<u8>(q) == 0x5c) {
        escaped = true;
        const behind = escape(q, end);
        if (behind == q) {
          q = end;
          break;
        }
        if (behind == 0) {
          failed = 1;
          break;
        }
        q = stringStop(behind);
      }
      if (failed != 0) break;
      // The colon stands in the same block.
      let r = q + 1;
      while (r < end && (load<u8>(r) == 0x20 || load<u8>(r) == 0x0a || load<u8>(r) == 0x0d || load<u8>(r) == 0x09)) r++;
      if (q < end && load<u8>(q) != 0x22) {
        failed = 1;
        break;
      }
      if (r >= end) break;
      if (load<u8>(r) != 0x3a) {
        failed = 1;
        break;
      }
      const length = <i32>(q - from);
      if (escaped) flag(UNSURE);
      addKey(from, length);
      if (failed != 0) break;
      const role = load<u8>(roles + <usize>depth);
      if (role != NOTHING) {
        pending = NOTHING;
        pendingSpan = -1;
        pendingTags = -1;
        meaning(role, from, length);
        if (role == TOP) {
          memberKeyAt = offset + <f64>(from - 1 - input);
          memberKeyEnd = offset + <f64>(q + 1 - input);
        }
      }
      p = r + 1;
      state = VALUE;
      continue;
    }
    if (state == DONE) {
      failed = 1;
      break;
    }
    // A value.
    if (c == 0x5d && state == FIRST_VALUE) {
      close();
      p++;
      valueEnds(offset + <f64>(p - input));
      continue;
    }
    if (c == 0x22) {
      valueBegins(offset + <f64>(p - input));
      pending = NOTHING;
      p++;
      state = STRING;
      continue;
    }
    if (c == 0x7b || c == 0x5b) {
      valueBegins(offset + <f64>(p - input));
      if (!open(c == 0x7b)) {
        failed = 1;
        break;
      }
      p++;
      continue;
    }
    let q: usize = 0;
    if (c == 0x74 || c == 0x6e || c == 0x66) {
      const length: usize = c == 0x66 ? 5 : 4;
      if (p + length >= end) break;
      const word = load<u32>(p);
      if (c == 0x74 && word == 0x65757274) q = p + 4;
      else if (c == 0x6e && word == 0x6c6c756e) q = p + 4;
      else if (c == 0x66 && word == 0x736c6166 && load<u8>(p, 4) == 0x65) q = p + 5;
    } else if (c == 0x2d || isDigit(c)) {
      q = number(p, end);
      if (q == p) break;
    }
    if (q == 0) {
      failed = 1;
      break;
    }
    valueBegins(offset + <f64>(p - input));
    pending = NOTHING;
    valueEnds(offset + <f64>(q - input));
    p = q;
  }
  if (p > input + <usize>n) p = input + <usize>n;
  offset += <f64>(p - input);
  return <i32>(p - input);
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
