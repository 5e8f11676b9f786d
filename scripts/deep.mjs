// The long runs (`npm run deep`): mutated plans and lane files, and the laws of the gate on them; then the rules against a reference
// evaluator, against Cedar, the prover against brute force, the two readers of plans against each other, the merge of shards against one run, with its memory. Each ends with one line
// of figures; exits 1 when anything broke.
// `--runs N` (default 100000) mutations, and of the others in proportion; `--seed N` (default: the day, so that runs differ and can
// be repeated); `--only laws|reference|cedar|prover|readers|kill|edits|init|merge|scan`, the last of which is the load of a tag scan (deep-scan.mjs).
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { HEAD, scanLoads } from './deep-scan.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const today = new Date().toISOString().slice(0, 10);
const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } } });
const runs = wholeNumber('runs', values.runs ?? '100000');
const seed = wholeNumber('seed', values.seed ?? today.replaceAll('-', ''));

function wholeNumber(name, text) {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  console.error(`--${name} is no whole number`);
  process.exit(2);
}

/** Differential runs: the test folder, and how many cases (of `merge`: resources) go with 100,000 mutations. */
const AGAINST = {
  reference: ['test/differential', 1_000_000],
  cedar: ['test/cedar', 200_000],
  prover: ['test/prove/brute.test.ts', 2_000],
  readers: ['test/laws/readers.test.ts', 10_000],
  kill: ['test/e2e/kill.test.ts', 200],
  edits: ['test/e2e/edits.test.ts', 1],
  init: ['test/corpus/init.test.ts', 1],
  merge: ['test/merge/memory.test.ts', 1_000_000],
};

const NAMES = ['laws', ...Object.keys(AGAINST), 'scan'];
if (values.only !== undefined && !NAMES.includes(values.only)) {
  console.error(`--only is ${NAMES.join(', ')}`);
  process.exit(2);
}
if (values.only === undefined || values.only === 'laws') await laws();
for (const [name, [tests, share]] of Object.entries(AGAINST)) {
  if (values.only !== undefined && values.only !== name) continue;
  const cases = Math.max(1, Math.round((share * runs) / 100_000));
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const env = { ...process.env, INLANE_CASES: String(cases), INLANE_SEED: String(seed) };
  const { status } = spawnSync(process.execPath, [vitest, 'run', tests], { cwd: root, env, stdio: 'inherit' });
  console.log(`${today}: ${name}, ${cases} cases, seed ${seed}: ${status === 0 ? 'they agree' : 'BROKEN'}`);
  if (status !== 0) process.exitCode = 1;
}
if (values.only === undefined || values.only === 'scan') {
  console.log(HEAD);
  const broken = await scanLoads({ root, seed, tell: (line) => console.log(line) });
  for (const line of broken) console.log(`BROKEN ${line}`);
  console.log(`${today}: scan, seed ${seed}: ${broken.length === 0 ? 'within bounds' : 'BROKEN'}`);
  if (broken.length > 0) process.exitCode = 1;
}

async function laws() {
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
      external: ['ajv', '@cdktf/hcl2json'],
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
    if (breaches.length > 0) process.exitCode = 1;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
