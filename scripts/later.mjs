// Parts of the programme that a plain gate does not run: a script each, so that it need not read, check and hold them. What such a part
// imports of the programme it is handed when it is loaded, so that there is one of everything (a class of errors, a map that remembers).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { build, transform } from 'esbuild';

/** What is imported lazily, by the name of its script. */
const PARTS = new Map([
  ['commands', 'src/cli/program.ts'],
  ['yaml', 'src/lanes/yaml.ts'],
  ['git', 'src/lanes/git.ts'],
  ['show', 'src/plan/show.ts'],
  ['source', 'src/source/source.ts'],
  ['azure', 'providers/azure/provider.ts'],
  ['gcp', 'providers/gcp/provider.ts'],
  ['kubernetes', 'providers/kubernetes/provider.ts'],
  ['snowflake', 'providers/snowflake/provider.ts'],
]);
const MODULES = new Map([...PARTS].map(([part, module]) => [module, part]));

/** What reads plans that stay in their file: imported like everything else, a function in the programme stands for each of its exports. */
const LARGE = 'large';
const CALLED = [
  'src/plan/large-rows.ts',
  'src/plan/later-side.ts',
  'src/plan/scanner.ts',
  'src/plan/source.ts',
  'src/plan/streamed.ts',
];

/** Before the path of a module of the programme, where a part imports it. */
const OF_PROGRAMME = 'programme:';
const SEEN = 'seen';

/** Builds the parts of what `options` (of esbuild) would build, beside it; returns the plugin with which to build the rest. */
export async function laterParts(options) {
  const dry = { ...options, write: false };
  const asPart = {
    ...dry,
    outdir: join(options.outdir, 'later'),
    outExtension: { '.js': '.cjs' },
    format: 'esm',
    supported: {},
  };
  const isCalled = (module) => CALLED.includes(module);
  const rest = await build({
    ...dry,
    plugins: [
      resolving((module) => (isPart(module) || isCalled(module)) && { path: module, external: true }),
      ...options.plugins,
    ],
  });
  const stays = new Set(Object.keys(rest.metafile.inputs));
  const ofProgramme = (isOther) =>
    resolving((path) => (stays.has(path) || isOther(path)) && { path: OF_PROGRAMME + path, external: true });
  const lazy = await build({
    ...asPart,
    entryPoints: Object.fromEntries(PARTS),
    plugins: [ofProgramme(isCalled), ...options.plugins],
  });
  const called = await build({
    ...asPart,
    entryPoints: [],
    stdin: { contents: CALLED.map((path, at) => `export * as _${at} from './${path}';`).join('\n'), resolveDir: process.cwd() },
    entryNames: LARGE,
    plugins: [ofProgramme(() => false), ...options.plugins],
  });
  assertOnce(stays, [lazy, called]);
  assertUnasked([rest, lazy, called]);
  const contents = new Map();
  for (const { path, text } of [...lazy.outputFiles, ...called.outputFiles]) {
    const part = basename(path, '.cjs');
    const isScript = part === LARGE || PARTS.has(part);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, isScript ? await asFunction(text, part) : text);
    if (isScript) contents.set(part, asking(part, await wantedBy(text, dry)));
  }
  for (const [at, path] of CALLED.entries()) contents.set(path, await standingFor(path, at, dry));
  return {
    name: 'later',
    setup(on) {
      resolving((module) => {
        const path = MODULES.get(module) ?? (isCalled(module) ? module : undefined);
        return path !== undefined && { path, namespace: 'later' };
      }).setup(on);
      on.onResolve({ filter: /\.cjs$/, namespace: 'later' }, ({ path }) => ({ path, external: true }));
      on.onResolve({ filter: new RegExp(`^${LARGE}$`), namespace: 'later' }, ({ path }) => ({ path, namespace: 'later' }));
      on.onLoad({ filter: /./, namespace: 'later' }, ({ path }) => ({ contents: contents.get(path), resolveDir: process.cwd() }));
    },
  };
}

/** Throws where a module would stand in two scripts. */
function assertOnce(stays, builds) {
  const places = new Map([...stays].map((input) => [input, 'the programme']));
  for (const { metafile } of builds) {
    for (const { entryPoint, inputs } of Object.values(metafile.outputs)) {
      for (const input of entryPoint === undefined ? [] : Object.keys(inputs)) {
        const other = places.get(input);
        if (other !== undefined)
          throw new Error(`${input} would stand in ${other} and in ${entryPoint}: there would be two of it`);
        places.set(input, entryPoint);
      }
    }
  }
}

/** Throws where something is asked whether it is of a class that a function stands for: it never would be. */
function assertUnasked(builds) {
  const classes = CALLED.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/^export class (\w+)/gm)].map(([, name]) => name),
  );
  const asked = new RegExp(`\\binstanceof (?:${classes.join('|')})\\b`);
  for (const input of builds.flatMap(({ metafile }) => Object.keys(metafile.inputs))) {
    if (/^(src|providers)\//.test(input) && asked.test(readFileSync(input, 'utf8')))
      throw new Error(`${input} asks with instanceof for a class that a function stands for`);
  }
}

/** Whether a module, told by its path in the project, is a part. */
export const isPart = (module) => MODULES.has(module);

/** A plugin that tells by its path in the project what becomes of a module of ours; false = nothing. */
function resolving(toldOf) {
  return {
    name: 'resolving',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^\.{1,2}\// }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind === 'entry-point' || pluginData === SEEN) return undefined;
        const found = await resolve(path, { kind, importer, resolveDir, pluginData: SEEN });
        if (found.external || found.errors.length > 0) return undefined;
        return toldOf(relative(process.cwd(), found.path).split(sep).join('/')) || undefined;
      });
    },
  };
}

/** The names that a part imports, by module of the programme. */
async function wantedBy(text, dry) {
  const wanted = new Map();
  const add = (module, names) => wanted.set(module, new Set([...(wanted.get(module) ?? []), ...names]));
  const statics = [...text.matchAll(/\bimport\s*\{([^{}]*)\}\s*from\s*"programme:([^"]+)"/g)];
  for (const [, names, module] of statics)
    add(
      module,
      names.split(',').map((name) => name.trim().split(/\s/)[0]),
    );
  const lazy = [...text.matchAll(/\bimport\("programme:([^"]+)"\)/g)];
  for (const [, module] of lazy) add(module, await exportsOf(module, dry));
  if (statics.length + lazy.length !== text.split(`"${OF_PROGRAMME}`).length - 1)
    throw new Error('a part imports of the programme in a way that scripts/later.mjs does not know');
  return wanted;
}

async function exportsOf(module, dry) {
  const { metafile } = await build({ ...dry, entryPoints: [module], format: 'esm', supported: {} });
  return Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === module).exports;
}

/**
 * A part as a function of what it is handed, and of where the programme stands. Its URL is what frames of a stack show: as those of the
 * programme they begin with `file:`, and tell no place of a machine.
 */
async function asFunction(text, part) {
  const { code } = await transform(text, {
    format: 'cjs',
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    lineLimit: 160,
  });
  const start =
    'module.exports=(handed,required,__dirname)=>{const module={exports:{}},require=(name)=>handed[name]??required(name);';
  return `${start}${code}\nreturn module.exports};\n//# sourceURL=file:///dist/later/${part}.cjs\n`;
}

/** The module that stands in the programme for a part: its `load` loads the part, once, and hands it what it wants. */
function asking(part, wanted) {
  const modules = [...wanted].map(([module, names], at) => ({ module, names: [...names], own: (name) => `_${at}_${name}` }));
  const imports = modules.map(
    ({ module, names, own }) => `import {${names.map((name) => `${name} as ${own(name)}`)}} from './${module}';`,
  );
  const handed = modules.map(
    ({ module, names, own }) => `${JSON.stringify(OF_PROGRAMME + module)}: {${names.map((name) => `${name}: ${own(name)}`)}}`,
  );
  const load = `require('./later/${part}.cjs')({${handed}}, require, __dirname)`;
  return [...imports, 'let part;', `export const load = () => (part ??= ${load});`].join('\n');
}

/** The module that stands in the programme for one that is called: each function and class of it loads the part when it is used. */
async function standingFor(path, at, dry) {
  const source = readFileSync(path, 'utf8');
  if (/^ {2}static /m.test(source)) throw new Error(`${path} has static members, for which no function can stand`);
  const lines = (await exportsOf(path, dry)).map((name) => {
    const made = new RegExp(`^export class ${name}\\b`, 'm').test(source) ? 'new ' : '';
    if (made === '' && !new RegExp(`^export (?:async )?function\\*? ${name}\\b`, 'm').test(source))
      throw new Error(`${path} exports ${name}, which is no function: no function can stand for it`);
    return `export function ${name}(...given) { return ${made}(load()._${at}.${name})(...given); }`;
  });
  return [`import { load } from '${LARGE}';`, ...lines].join('\n');
}
