// Builds `dist/`: one main file per entry with lazily loaded chunks beside it, the catalogs as data, and the types.
// `node scripts/build.mjs [--no-types] [--outdir=DIR]`
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const outdir = process.argv.find((word) => word.startsWith('--outdir='))?.slice('--outdir='.length);
const dist = resolve(outdir ?? join(root, 'dist'));
process.chdir(root);
if (outdir === undefined) rmSync(dist, { recursive: true, force: true });
else if (existsSync(dist)) throw new Error(`${outdir} is there already: name a folder that is not`);

const result = await build({
  entryPoints: { inlane: 'src/cli/bin.ts', index: 'src/index.ts' },
  outdir: dist,
  bundle: true,
  // Chunks stand in the root of `dist`, so that `new URL('./aws/catalog.json', import.meta.url)` leads to the copy there.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Names stay, so that the frames of a stack trace say something; lines stay short enough to point at.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  // The same code as ES modules: for Node yaml publishes CommonJS only, which `import()` would load without its names.
  alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
  // commander is CommonJS and asks for Node's own modules with `require`.
  banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
});

const copied = [];
function copy(from, to) {
  mkdirSync(dirname(join(dist, to)), { recursive: true });
  copyFileSync(from, join(dist, to));
  copied.push(to);
}
for (const cloud of readdirSync('providers')) {
  if (existsSync(join('providers', cloud, 'catalog.json')))
    copy(join('providers', cloud, 'catalog.json'), join(cloud, 'catalog.json'));
}
copy('providers/classes.json', 'classes.json');
if (!copied.some((file) => file.endsWith('catalog.json'))) throw new Error('no catalog was found in providers/');
chmodSync(join(dist, 'inlane.js'), 0o755);

if (!process.argv.includes('--no-types')) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'scripts/types.json', '--outDir', join(dist, 'types')], { stdio: 'inherit' });
}

const program = Object.entries(result.metafile.outputs).find(([file]) => file.endsWith('/inlane.js'))?.[1];
console.log(
  `dist/inlane.js ${program?.bytes} bytes, ${Object.keys(result.metafile.outputs).length} files, data: ${copied.join(', ')}`,
);
