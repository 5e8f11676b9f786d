#!/usr/bin/env node
// Compiles programme.js with the code cache for this V8, where the package has one. A cache that does not fit (another V8, other
// flags, another processor) is refused by V8 itself, and the programme is compiled from its text: 40 ms slower, otherwise the same.
'use strict';
const { createCipheriv } = require('node:crypto');
const { closeSync, fstatSync, openSync, readSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// Optimising takes other threads longer than a small plan takes this one, and so does compiling plainly what runs a few times (Sparkplug).
// The cache below was made under the same flags.
// The parser of HCL is WebAssembly that runs for some milliseconds: compiling it well takes 0.5 s, compiling it plainly 0.1 s.
const SPARING = ['--no-opt', '--no-sparkplug', '--no-parallel-scavenge', '--liftoff-only'];
// A large plan is decided by much code that runs some thousand times: compiling it all well would take a third of the time, so only what
// runs longest is, and the rest plainly from its first call. What the rows leave behind is collected once the heap has grown by half, not
// fourfold, and most of it in a young generation that stays as small as it begins: what lives longer than a row lives to the end, so that
// more room would save nothing.
const LATE = {
  11: '--interrupt-budget=400000',
  12: '--invocation-count-for-turbofan=20000',
  13: '--invocation-count-for-turbofan=20000',
}[process.versions.v8.split('.', 1)[0]];
const THOROUGH = [
  '--opt',
  '--sparkplug',
  '--always-sparkplug',
  ...(LATE === undefined ? [] : [LATE]),
  '--max-inlined-bytecode-size-cumulative=200',
  '--parallel-scavenge',
  '--no-liftoff-only',
  '--heap-growing-percent=50',
  '--semi-space-growth-factor=1',
];
/** Bytes of input from which on optimised code pays. */
const LARGE = 1 << 20;

/** Where files are read into, one after the other: memory that nobody has touched costs more than what is read into it. */
let room = Buffer.allocUnsafeSlow(1 << 20);

/** The bytes of a file, until the next one is read. */
function bytesOf(path) {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size > room.length) room = Buffer.allocUnsafeSlow(size);
    let length = 0;
    for (let more = 1; more > 0 && length < size; length += more) more = readSync(descriptor, room, length, size - length, null);
    return room.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes of a checksum. */
const CHECKSUM = 16;

/** AES-GMAC under a key that is no secret: against broken files, not against people. Of script and cache it takes half as long as SHA-256. */
function checksum(bytes) {
  const cipher = createCipheriv('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12)).setAAD(bytes);
  cipher.final();
  return cipher.getAuthTag();
}

// For scripts/cache.cjs.
exports.checksum = checksum;

/** The cache, if it is whole and of this very text: V8 itself looks at lengths only, and runs or dies of what a broken file says. */
function cached(ofText) {
  try {
    const file = bytesOf(join(__dirname, 'cache', `${process.versions.v8}-${process.arch}.bin`));
    const code = file.subarray(2 * CHECKSUM);
    const isWhole = file.subarray(0, CHECKSUM).equals(ofText) && file.subarray(CHECKSUM, 2 * CHECKSUM).equals(checksum(code));
    return isWhole ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Whether some file that is named, or standard input, is large; what has no size may be. */
function isLarge(args) {
  return args.some((arg) => {
    if (arg.startsWith('-') && arg !== '-') return false;
    try {
      const stat = arg === '-' ? fstatSync(0) : statSync(arg, { throwIfNoEntry: false });
      return stat !== undefined && (stat.isFile() ? stat.size >= LARGE : !stat.isDirectory());
    } catch {
      return false;
    }
  });
}

/** What decides plans stands in a script of its own, with a code cache; everything else in the whole programme. */
const DECIDING = ['gate', 'explain', '--version'];

function start() {
  for (const flag of SPARING) setFlagsFromString(flag);
  const decides = DECIDING.includes(process.argv[2]);
  const file = join(__dirname, decides ? 'programme.js' : 'analysis.js');
  // As a stack shows it. Node's own way from a path to it sets up all that there is for URLs, as would reading data by one.
  const path = encodeURI(file.replaceAll('\\', '/'));
  const url = path.startsWith('/') ? `file://${path}` : `file:///${path}`;
  // One byte a character: the build sees to it that the text is ASCII. It is one function, of what a CommonJS module takes.
  const bytes = bytesOf(file);
  const text = bytes.toString('latin1');
  const script = new Script(text, { filename: url, cachedData: decides ? cached(checksum(bytes)) : undefined });
  if (!decides || isLarge(process.argv.slice(3))) for (const flag of THOROUGH) setFlagsFromString(flag);
  script.runInThisContext()(require, { exports: {} }, __dirname);
}

try {
  start();
} catch (error) {
  // Node would end with 1, which says that a plan was denied.
  process.stderr.write(`error[internal]: inlane cannot be loaded (${error?.code ?? error?.name}): install it again\n`);
  process.exit(2);
}
