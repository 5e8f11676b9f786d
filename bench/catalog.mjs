// What the catalogs cost. For each: its size, and the CPU time (user and system, of a process of its own; medians over ROUNDS
// interleaved rounds, the best in brackets) of loading it, of looking up 30 types spread over it and one that it does not have, and
// of parsing every row. `node bench/catalog.mjs [ROUNDS]`; part of `npm run bench`. Fails above the limits that the project promises.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LOOKED_UP = 30;
const LIMIT = { ms: 3, bytes: 1_500_000 };

if (process.argv[2] === '--one') await measureOne(...process.argv.slice(3));
else await measureAll(Number(process.argv[2] ?? 15));

async function measureAll(rounds) {
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('ROUNDS is a whole number from 1');
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  const folder = mkdtempSync(join(tmpdir(), 'inlane-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const bundle = join(folder, 'providers.mjs');
  const { build } = await import('esbuild');
  await build({ entryPoints: ['providers/index.ts'], bundle: true, platform: 'node', format: 'esm', outfile: bundle });

  const clouds = readdirSync('providers')
    .filter((name) => existsSync(join('providers', name, 'catalog.json')))
    .map((name) => {
      const file = join(folder, name, 'catalog.json');
      cpSync(join('providers', name, 'catalog.json'), file);
      const { provider, managed } = JSON.parse(readFileSync(file, 'utf8'));
      const types = Object.keys(managed);
      const step = Math.max(1, Math.floor(types.length / LOOKED_UP));
      const spread = types.filter((_, at) => at % step === 0).slice(0, LOOKED_UP);
      return { name, source: provider[0], spread, bytes: statSync(file).size, samples: [] };
    });
  if (clouds.length === 0) throw new Error('no catalog was found in providers/');
  for (let round = 0; round < rounds; round += 1)
    for (const { source, samples, spread } of clouds)
      samples.push(
        JSON.parse(
          execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--one', bundle, source, ...spread], {
            encoding: 'utf8',
          }),
        ),
      );

  console.log(`node ${process.version}, ${rounds} rounds; CPU ms\n`);
  console.log('catalog      types     bytes         load  look up 30   parse all');
  let slow = 0;
  for (const { name, bytes, samples } of clouds) {
    const cell = (key) => {
      const all = samples.map((sample) => sample[key]).sort((a, b) => a - b);
      return { median: all[all.length >> 1], text: `${all[all.length >> 1].toFixed(2)} (${all[0].toFixed(2)})` };
    };
    if (cell('load').median > LIMIT.ms) slow += 1;
    const figures = ['load', 'lookUp', 'all'].map((key) => cell(key).text.padStart(12)).join('');
    console.log(`${name.padEnd(11)}${String(samples[0].types).padStart(7)}${String(bytes).padStart(10)} ${figures}`);
  }
  const total = clouds.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`\nall catalogs: ${total} bytes of ${LIMIT.bytes}; loading one at most ${LIMIT.ms} ms`);
  if (slow > 0 || total > LIMIT.bytes) {
    console.error('above the limit');
    process.exit(1);
  }
}

/** Prints the figures of this very process as JSON: nothing is warm but the file in the system's cache. */
async function measureOne(bundle, source, ...names) {
  const { loadCatalog } = await import(pathToFileURL(bundle).href);
  const spent = (work) => {
    const before = process.cpuUsage();
    const result = work();
    const { user, system } = process.cpuUsage(before);
    return [(user + system) / 1000, result];
  };
  const [load, catalog] = spent(() => loadCatalog(source));
  const [lookUp] = spent(() => {
    for (const name of names) catalog.managed.get(name);
    catalog.managed.get('no_such_type');
  });
  const [all, types] = spent(() => catalog.managed.size + catalog.data.size + catalog.actions.size);
  console.log(JSON.stringify({ load, lookUp, all, types }));
}
