// What is imported lazily and stands in the same script all the same is imported at once: a plain gate needs nearly all of it, and esbuild
// wraps whatever may be run later, and all that it imports, in functions that call each other: 1.5 ms of a start.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * An esbuild plugin. By its path in the project, `isPart` tells whether a module is a part (later.mjs), which the module in its place loads
 * when it is asked to, and `isElsewhere` whether it is in another script, which stays imported lazily.
 */
export function atOnce(isPart, isElsewhere) {
  return {
    name: 'at-once',
    setup({ onLoad, onEnd }) {
      onLoad({ filter: /[\\/](src|providers)[\\/].*\.ts$/ }, ({ path }) => {
        const heads = [];
        const contents = readFileSync(path, 'utf8').replace(/\bimport\('(\.[^']*\.ts)'\)/g, (lazy, from) => {
          const module = relative(process.cwd(), join(dirname(path), from))
            .split(sep)
            .join('/');
          if (isElsewhere(module)) return lazy;
          const name = `atOnce${heads.length}`;
          heads.push(`import * as ${name} from '${from}';`);
          return isPart(module) ? `Promise.resolve().then(${name}.load)` : `Promise.resolve(${name})`;
        });
        return { contents: heads.join('') + contents, loader: 'ts' };
      });
      onEnd(({ metafile, errors }) => {
        if (errors.length === 0) assertAcyclic(metafile.inputs);
      });
    },
  };
}

/** Modules that import each other may find each other unmade. */
function assertAcyclic(inputs) {
  const done = new Set();
  const visit = (path, way) => {
    if (way.includes(path)) throw new Error(`modules import each other: ${[...way.slice(way.indexOf(path)), path].join(' -> ')}`);
    if (done.has(path) || !/^(src|providers)\//.test(path)) return;
    for (const { path: next, kind } of inputs[path]?.imports ?? []) if (kind === 'import-statement') visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of Object.keys(inputs)) visit(path, []);
  if (done.size < 50) throw new Error(`only ${done.size} modules were looked at: the check for circles saw nothing`);
}
