// Builds `dist/`: the programme as one script with its code cache, the library as ES modules, the catalogs as data, and the types.
// `node scripts/build.mjs [--no-types] [--outdir=DIR]`
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { atOnce } from './at-once.mjs';
import { isPart, laterParts } from './later.mjs';
import { yamlParser } from './yaml-parser.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const outdir = process.argv.find((word) => word.startsWith('--outdir='))?.slice('--outdir='.length);
const dist = resolve(outdir ?? join(root, 'dist'));
process.chdir(root);
if (outdir === undefined) rmSync(dist, { recursive: true, force: true });
else if (existsSync(dist)) throw new Error(`${outdir} is there already: name a folder that is not`);
mkdirSync(dist, { recursive: true });

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Names stay, so that the frames of a stack trace say something; lines stay short enough to point at.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  // What a scan needs of a cloud is looked up when that cloud is asked: a gate need not even have it installed.
  external: ['@aws-sdk/*', '@smithy/*', '@azure/*', '@google-cloud/*', 'google-gax', '@grpc/grpc-js'],
  // The same code as ES modules: for Node yaml publishes CommonJS only, which `import()` would load without its names.
  alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
};

// The parser of HCL looks for its WebAssembly one folder above itself, so it stands in a folder of its own and is loaded when asked for.
const HCL = './hcl2json/lib/index.cjs';
await build({
  ...common,
  entryPoints: { index: '@cdktf/hcl2json' },
  outdir: dirname(join(dist, HCL)),
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  // Asked for only where Node has no global of that name, which it has since 16.
  external: ['performance'],
});
mkdirSync(join(dist, 'hcl2json'), { recursive: true });
copyFileSync('node_modules/@cdktf/hcl2json/main.wasm.gz', join(dist, 'hcl2json/main.wasm.gz'));
const hclAt = (path) => ({
  name: 'hcl',
  setup: ({ onResolve }) => onResolve({ filter: /^@cdktf\/hcl2json$/ }, () => ({ path, external: true })),
});
const hcl = hclAt(HCL);

// The library. Chunks stand in the root of `dist`, so that `aws/catalog.json` in the folder of each is the copy there.
const library = await build({
  ...common,
  entryPoints: { index: 'src/index.ts' },
  outdir: dist,
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  plugins: [yamlParser, hcl],
});

// Formats that a plain gate does not print: a script each, which the programme requires when it is asked for one.
const FORMATS = ['markdown', 'sarif', 'junit', 'github', 'gitlab', 'html'];
const ASIDE = new RegExp(`^\\./formats/(${FORMATS.join('|')})\\.ts$`);
const isAside = (module) => FORMATS.some((name) => module === `src/report/formats/${name}.ts`);
await build({
  ...common,
  entryPoints: FORMATS.map((name) => `src/report/formats/${name}.ts`),
  outdir: join(dist, 'formats'),
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
});

/** Leaves them out of the programme. */
function formatsAside({ onResolve }) {
  onResolve({ filter: ASIDE }, ({ path }) => ({ path: path.replace(/\.ts$/, '.cjs'), external: true }));
}

const SHORT = { minifyIdentifiers: true, minifyWhitespace: true, lineLimit: 160, treeShaking: false };

// The programme: one script, in which what is imported lazily is also run lazily. CommonJS, for Node spends 4 ms on its loader
// of ES modules; the bin (scripts/start.cjs) compiles it with the code cache that is made below. What deciding plans seldom takes stands
// in scripts of its own (scripts/later.mjs); what does not decide plans in a second script, which is the whole programme.
for (const name of ['programme', 'analysis']) {
  const options = {
    ...common,
    entryPoints: { [name]: 'src/cli/bin.ts' },
    outdir: dist,
    format: 'cjs',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [
      ...(name === 'programme'
        ? [
            { name: 'deciding-only', setup: decidingOnly },
            { name: 'unlocated', setup: unlocated },
          ]
        : []),
      { name: 'lazy-child-process', setup: lazyChildProcess },
      { name: 'bare-data', setup: bareData },
      { name: 'formats-aside', setup: formatsAside },
      yamlParser,
      hcl,
    ],
  };
  const deciding = name === 'programme';
  // What stands for a module (above) goes before what is read for one (at once).
  const plugins = deciding ? [await laterParts(options), ...options.plugins, atOnce(isPart, isAside)] : options.plugins;
  await build({ ...options, plugins });
  const script = join(dist, `${name}.js`);
  const whole = `(function(require,module,__dirname){${readFileSync(script, 'utf8')}\n})`;
  // Short names are a quarter of the text that a gate reads, hashes and holds. Names of modules stay, and frames of a stack trace still
  // point at a place, which a build of the same version without this line gives a name.
  const { code } = name === 'programme' ? await transform(whole, SHORT) : { code: whole };
  // esbuild writes ASCII except in regular expressions, where an escape means the same; start.cjs reads one byte a character.
  const escaped = (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(script, code.replace(/[\u0080-\uffff]/g, escaped));
}

/** Leaves out the commands that start.cjs never starts this script for. */
function decidingOnly({ onLoad }) {
  onLoad({ filter: /src[\\/]cli[\\/](lanes|tags|classes|catalog|init|simulate|doctor|completion)\.ts$/ }, () => ({
    contents: "throw new Error('this command stands in the other script');",
    loader: 'ts',
  }));
}

/** Leaves out where objects stand in AWS, which scans ask. */
function unlocated({ onLoad, onEnd }) {
  onLoad({ filter: /providers[\\/]aws[\\/]located\.ts$/ }, () => ({
    contents: "export function located() { throw new Error('scans stand in the other script'); }",
    loader: 'ts',
  }));
  onEnd(({ metafile }) => {
    if (metafile && 'src/tags/wanted.ts' in metafile.inputs) throw new Error('the programme asks where objects stand');
  });
}

/** Of data that is published for others, what the programme reads. */
function bareData({ onLoad }) {
  const isTold = (key, value) => (key === 'description' && typeof value === 'string' ? undefined : value);
  const parsed = (path, each) => JSON.parse(readFileSync(path, 'utf8'), each);
  onLoad({ filter: /src[\\/]lanes[\\/]schema\.json$/ }, ({ path }) => ({
    contents: JSON.stringify(parsed(path, isTold)),
    loader: 'json',
  }));
  onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => ({
    contents: JSON.stringify({ version: parsed(path).version }),
    loader: 'json',
  }));
}

/** commander loads child_process for subcommands that are programmes of their own, which inlane has none of. */
function lazyChildProcess({ onLoad }) {
  onLoad({ filter: /commander[\\/]lib[\\/]command\.js$/ }, ({ path }) => {
    const source = readFileSync(path, 'utf8');
    const eager = "const childProcess = require('node:child_process');";
    if (source.split(eager).length !== 2)
      throw new Error('commander loads child_process in a new way: look at scripts/build.mjs');
    return {
      contents: source.replace(
        eager,
        "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };",
      ),
    };
  });
}

// The step of a GitHub workflow: one script, which finds the catalogs beside its folder.
await build({
  ...common,
  entryPoints: { index: 'src/action/bin.ts' },
  outdir: join(dist, 'action'),
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  plugins: [yamlParser, hclAt(`.${HCL}`)],
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__data' },
  banner: { js: "const __data = require('node:path').join(__dirname, '..');" },
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
for (const file of ['classes.json', 'class-cases.json']) copy(join('providers', file), file);
if (!copied.some((file) => file.endsWith('catalog.json'))) throw new Error('no catalog was found in providers/');
copyFileSync('scripts/start.cjs', join(dist, 'inlane.cjs'));
chmodSync(join(dist, 'inlane.cjs'), 0o755);
// For those who start `dist/inlane.js`; the loader of ES modules costs them those 4 ms.
writeFileSync(join(dist, 'inlane.js'), "#!/usr/bin/env node\nimport './inlane.cjs';\n");
chmodSync(join(dist, 'inlane.js'), 0o755);

// The cache holds what a plain gate runs, for the V8 that builds.
const stories = [
  'aws-thirty-queues-and-databases',
  'aws-postgres-wrong-replace-in-place',
  'aws-module-two-environments',
  'aws-unknown-tags',
  'aws-replace-triggered-by',
];
execFileSync(
  process.execPath,
  [
    'scripts/cache.cjs',
    dist,
    'gate',
    ...stories.map((story) => `fixtures/stories/${story}/plan.json`),
    ...'--lanes fixtures/lanes/inlane.yaml --as dana --workspace orders-production --now 2026-11-20T12:00:00Z'.split(' '),
    ...['--format', 'text', '--format', `json=${join(dist, 'trained.json')}`],
  ],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);
rmSync(join(dist, 'trained.json'));

if (!process.argv.includes('--no-types')) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'scripts/types.json', '--outDir', join(dist, 'types')], { stdio: 'inherit' });
}

const size = (file) => `${file} ${statSync(join(dist, file)).size} bytes`;
const caches = readdirSync(join(dist, 'cache')).map((file) => join('cache', file));
console.log(
  `dist: ${[size('programme.js'), size('analysis.js'), ...caches.map(size)].join(', ')}; library of ${Object.keys(library.metafile.outputs).length} files; data: ${copied.join(', ')}`,
);
