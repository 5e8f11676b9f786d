// Mutation check of the tests (`npm run mutate`, `npm run mutate -- logic`): changes the code of a folder of src/ piece by piece and
// tells which changes no test of the folder of that name notices. Texts are left alone, as is what runs once while a module loads.
// More arguments name files: `npm run mutate -- prove src/prove/cube.ts test/prove/cube.test.ts` changes the one and runs the other.
// Stryker is no dependency of the package: 161 more packages are too many for a check that is run by hand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDERS = ['decide', 'logic', 'prove'];
const INSTALL = 'npm install --no-save @stryker-mutator/core@9.5.1 @stryker-mutator/vitest-runner@9.5.1';

const [folder = 'decide', ...named] = process.argv.slice(2);
const only = named.filter((path) => path.startsWith('src/'));
const tests = named.filter((path) => path.startsWith('test/'));
if (!FOLDERS.includes(folder)) fail(`${folder} is none of ${FOLDERS.join(', ')}`);
for (const path of named) if (!only.includes(path) && !tests.includes(path)) fail(`${path} is below neither src/ nor test/`);
process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const { Stryker } = await import('@stryker-mutator/core').catch(() => fail(`Stryker is not installed: ${INSTALL}`));

function fail(message) {
  console.error(message);
  process.exit(2);
}

process.env.INLANE_MUTATE = (tests.length > 0 ? tests : [`test/${folder}/**/*.test.ts`]).join();
const temporary = mkdtempSync(join(tmpdir(), 'inlane-mutate-'));
try {
  const results = await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/mutate.vitest.ts', related: false },
    mutate: only.length > 0 ? only : [`src/${folder}/*.ts`],
    mutator: { excludedMutations: ['StringLiteral'] },
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    concurrency: 2,
    timeoutMS: 5_000,
    disableTypeChecks: false,
    ignorePatterns: ['fixtures', 'dist', 'bench', 'test/e2e', 'test/corpus'],
    tempDirName: temporary,
    cleanTempDir: 'always',
    reporters: ['progress-append-only'],
  }).runMutationTest();
  report(results);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function report(results) {
  const files = new Map();
  for (const one of results) {
    const name = relative('.', one.fileName);
    files.set(name, [...(files.get(name) ?? []), one]);
  }
  const count = (of, ...states) => of.filter(({ status }) => states.includes(status)).length;
  const line = (name, of) => {
    const killed = count(of, 'Killed', 'Timeout');
    const left = count(of, 'Survived', 'NoCoverage');
    const score = ((100 * killed) / Math.max(1, killed + left)).toFixed(1);
    const [timeout, uncovered] = [count(of, 'Timeout'), count(of, 'NoCoverage')];
    console.log(`${name}: ${score} %, ${killed} killed (${timeout} by time), ${left} survived (${uncovered} not covered)`);
  };
  for (const [name, of] of files) {
    for (const { status, location, replacement, mutatorName } of of)
      if (status === 'Survived' || status === 'NoCoverage')
        console.log(`${name}:${location.start.line}:${location.start.column}: ${status} ${mutatorName}: ${replacement}`);
    line(name, of);
  }
  line(`src/${folder}`, results);
}
