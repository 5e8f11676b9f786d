// Compiles scripts/scan/structure.as (AssemblyScript) into src/plan/structure.ts: `node scripts/scan/build.mjs`, or `--check` to compare only.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const output = fileURLToPath(new URL('../../src/plan/structure.ts', import.meta.url));
const compiled = await compile();
if (!process.argv.includes('--check')) writeFileSync(output, compiled);
else if (readFileSync(output, 'utf8') !== compiled)
  throw new Error('src/plan/structure.ts is not what scripts/scan/structure.as makes');

async function compile() {
  const source = readFileSync(new URL('structure.as', import.meta.url), 'utf8');
  let module = null;
  const { error, stderr } = await asc.main(
    [
      'structure.ts',
      '-O3',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--noAssert',
      '--use',
      'abort=',
      '--outFile',
      'structure.wasm',
    ],
    {
      readFile: (name) => (name === 'structure.ts' ? source : null),
      writeFile: (name, contents) => {
        if (name === 'structure.wasm') module = contents;
      },
    },
  );
  if (error || module === null) throw new Error(`asc failed: ${error?.message}\n${stderr}`);
  const text = Buffer.from(module).toString('base64');
  return `/** The WebAssembly module of scanner.ts in base64; made from scripts/scan/structure.as by scripts/scan/build.mjs. */
// biome-ignore format: one line
export const STRUCTURE = '${text}';\n`;
}
