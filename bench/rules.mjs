// Decisions a second, and what loading and proving rules costs: see rules.ts, which this bundles and runs.
// `node bench/rules.mjs [SECONDS]`; part of `npm run bench`.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
mkdirSync('node_modules/.cache', { recursive: true });
const out = mkdtempSync('node_modules/.cache/bench-');
try {
  await build({
    absWorkingDir: process.cwd(),
    entryPoints: ['bench/rules.ts'],
    outfile: join(out, 'rules.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['@cedar-policy/*'],
    alias: { yaml: join(process.cwd(), 'node_modules/yaml/browser/index.js') },
    logLevel: 'warning',
  });
  for (const cloud of readdirSync('providers')) {
    const catalog = join('providers', cloud, 'catalog.json');
    if (!existsSync(catalog)) continue;
    mkdirSync(join(out, cloud));
    copyFileSync(catalog, join(out, cloud, 'catalog.json'));
  }
  copyFileSync('providers/classes.json', join(out, 'classes.json'));
  await import(pathToFileURL(join(process.cwd(), out, 'rules.mjs')));
} finally {
  rmSync(out, { recursive: true, force: true });
}
