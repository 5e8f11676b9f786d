// Runs the built programme once and keeps the code that V8 compiled meanwhile, for scripts/start.cjs.
// `node scripts/cache.cjs DIST ARGUMENT...`; the file is named by what it is good for, since V8 refuses it everywhere else.
'use strict';
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const vm = require('node:vm');

const [, , dist, ...args] = process.argv;
const bin = resolve(dist, 'inlane.cjs');
process.argv.splice(1, process.argv.length, bin, ...args);

let script;
const { Script } = vm;
vm.Script = class extends Script {
  constructor(...given) {
    super(...given);
    script = this;
  }
};
process.on('exit', (exit) => {
  if (exit !== 0 && exit !== 1) throw new Error(`the run that fills the cache ended with ${exit}`);
  mkdirSync(join(dist, 'cache'), { recursive: true });
  const code = script.createCachedData();
  const checksums = [readFileSync(join(dist, 'programme.js')), code].map(checksum);
  writeFileSync(join(dist, 'cache', `${process.versions.v8}-${process.arch}.bin`), Buffer.concat([...checksums, code]));
  process.exitCode = 0;
});
const { checksum } = require(bin);
