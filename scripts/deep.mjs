// The long runs (`npm run deep`): mutated plans and lane files, and the laws of the gate on them. Ends with one line of figures;
// exits 1 when anything broke. `--runs N` (default 100000), `--seed N` (default: the day, so that runs differ and can be repeated).
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const today = new Date().toISOString().slice(0, 10);
const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const runs = wholeNumber('runs', values.runs ?? '100000');
const seed = wholeNumber('seed', values.seed ?? today.replaceAll('-', ''));

function wholeNumber(name, text) {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  console.error(`--${name} is no whole number`);
  process.exit(2);
}

// Beside node_modules, so that packages left out of the bundle are found; the catalogs stand where the code looks for them.
mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
const out = mkdtempSync(join(root, 'node_modules/.cache/deep-'));
try {
  await build({
    entryPoints: [join(root, 'test/laws/deep.ts')],
    outfile: join(out, 'deep.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['ajv'],
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  for (const cloud of readdirSync(join(root, 'providers'))) {
    const catalog = join(root, 'providers', cloud, 'catalog.json');
    if (!existsSync(catalog)) continue;
    mkdirSync(join(out, cloud));
    copyFileSync(catalog, join(out, cloud, 'catalog.json'));
  }
  copyFileSync(join(root, 'providers/classes.json'), join(out, 'classes.json'));
  const { deep } = await import(pathToFileURL(join(out, 'deep.mjs')));
  const { breaches, laws } = await deep({ root, runs, seed, tell: (line) => console.log(line) });
  for (const { law, run, from, what, input } of breaches.slice(0, 20)) {
    console.log(`BROKEN ${law}, seed ${seed}, run ${run}, from ${from}: ${what}`);
    if (input !== undefined) {
      const file = join(tmpdir(), `inlane-deep-${seed}-${run}`);
      writeFileSync(file, input);
      console.log(`  the input is in ${file}`);
    }
  }
  if (breaches.length > 20) console.log(`and ${breaches.length - 20} more`);
  const uncaught = breaches.filter(({ law }) => law.startsWith('fuzz')).length;
  const { user, system } = process.cpuUsage();
  console.log(
    `${today}: ${runs} runs, ${uncaught} uncaught, ${laws} laws, ${breaches.length - uncaught} broken, seed ${seed}, ${Math.round((user + system) / 1e6)} s CPU`,
  );
  process.exitCode = breaches.length > 0 ? 1 : 0;
} finally {
  rmSync(out, { recursive: true, force: true });
}
