import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Which rooms a room may import, besides itself. The order is the flow of types. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'package.json': [],
  'src/errors.ts': [],
  'src/plan': ['src/errors.ts'],
  'src/logic': ['src/plan'],
  providers: ['src/errors.ts', 'src/plan', 'src/logic'],
  'src/classify': ['src/errors.ts', 'src/plan', 'src/logic', 'providers'],
  'src/lanes': ['src/errors.ts', 'src/plan', 'src/logic', 'src/classify', 'providers'],
  'src/decide': ['src/errors.ts', 'src/plan', 'src/logic', 'src/classify', 'src/lanes', 'providers'],
  'src/prove': ['src/errors.ts', 'src/plan', 'src/logic', 'src/classify', 'src/lanes', 'src/decide', 'providers'],
  'src/tags': ['src/errors.ts', 'src/plan', 'src/logic', 'src/classify', 'src/lanes', 'src/decide', 'providers'],
  'src/scan': [
    'src/run.ts',
    'src/errors.ts',
    'src/plan',
    'src/logic',
    'src/classify',
    'src/lanes',
    'src/decide',
    'src/tags',
    'providers',
  ],
  'src/initial': ['src/plan', 'src/logic', 'src/classify', 'src/lanes', 'providers'],
  'src/hcl.ts': ['src/errors.ts'],
  'src/source': ['src/hcl.ts', 'src/plan', 'src/tags', 'providers'],
  'src/report': [
    'src/errors.ts',
    'src/plan',
    'src/logic',
    'src/classify',
    'src/lanes',
    'src/decide',
    'src/prove',
    'src/tags',
    'src/scan',
    'src/initial',
    'providers',
    'package.json',
  ],
  'src/run.ts': ['src/errors.ts', 'src/logic', 'src/classify', 'src/lanes', 'providers'],
  'src/told.ts': ['src/plan', 'src/source', 'src/tags', 'src/report'],
  // What becomes of the rows of a plan: the middle of the plan flow.
  'src/decided.ts': [
    'src/told.ts',
    'src/plan',
    'src/classify',
    'src/lanes',
    'src/decide',
    'src/tags',
    'src/source',
    'src/report',
  ],
  'src/gate.ts': [
    'src/decided.ts',
    'src/told.ts',
    'src/run.ts',
    'src/errors.ts',
    'src/plan',
    'src/logic',
    'src/classify',
    'src/lanes',
    'src/decide',
    'src/tags',
    'src/source',
    'src/report',
    'providers',
  ],
  'src/repair.ts': ['src/errors.ts', 'src/lanes', 'src/scan', 'src/report'],
  'src/reconcile.ts': ['src/errors.ts', 'src/lanes', 'src/tags', 'src/scan', 'src/report', 'providers'],
  'src/analyse.ts': ['src/errors.ts', 'src/logic', 'src/lanes', 'src/prove', 'src/report', 'providers'],
  // What stands around a plan: folders, programs, variables. It reads and decides nothing.
  'src/surroundings': ['src/errors.ts', 'src/plan', 'src/lanes'],
  'src/initiate.ts': [
    'src/gate.ts',
    'src/analyse.ts',
    'src/errors.ts',
    'src/plan',
    'src/classify',
    'src/lanes',
    'src/prove',
    'src/initial',
    'src/report',
    'src/surroundings',
    'providers',
  ],
  'src/simulate.ts': ['src/gate.ts', 'src/errors.ts', 'src/report', 'src/surroundings'],
  'src/doctor.ts': ['src/errors.ts', 'src/plan', 'src/lanes', 'src/report', 'src/surroundings', 'providers'],
  'src/index.ts': ['src/gate.ts', 'src/errors.ts', 'src/report'],
  'src/merge': ['src/errors.ts', 'src/plan', 'src/logic', 'src/scan', 'src/report'],
  // The GitHub edge: it knows the flow and the report, and nothing of the command line.
  'src/action': ['src/gate.ts', 'src/errors.ts', 'src/report'],
  'src/cli': [
    'src/merge',
    'src/gate.ts',
    'src/analyse.ts',
    'src/reconcile.ts',
    'src/repair.ts',
    'src/initiate.ts',
    'src/simulate.ts',
    'src/doctor.ts',
    'src/initial',
    'src/surroundings',
    'src/errors.ts',
    'src/plan',
    'src/logic',
    'src/classify',
    'src/lanes',
    'src/decide',
    'src/tags',
    'src/report',
    'providers',
  ],
};

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function roomOf(file: string): string | null {
  return Object.keys(ALLOWED).find((room) => file === room || file.startsWith(`${room}/`)) ?? null;
}

/** Relative imports, dynamic ones included, as project paths. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'(\.[^']+)'/g)].map((match) => match[1] as string);
  return found.map((target) => relative(root, resolve(root, dirname(file), target)));
}

describe('architecture', () => {
  const all = [...files(join(root, 'src')), ...files(join(root, 'providers'))];

  it('every file stands in a room', () => {
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter((file) => roomOf(file) === null)).toEqual([]);
  });

  it('a room imports only the rooms it may', () => {
    const edges = all.flatMap((file) => importsOf(file).map((target) => ({ file, target })));
    expect(edges.length).toBeGreaterThan(120);
    const wrong = edges.filter(({ file, target }) => {
      const [from, to] = [roomOf(file), roomOf(target)];
      return from === null || to === null || (from !== to && !ALLOWED[from]?.includes(to));
    });
    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
  });

  it('one cloud never imports another', () => {
    const cloudOf = (file: string) => /^providers\/([^/]+)\//.exec(file)?.[1] ?? null;
    const wrong = all.flatMap((file) =>
      importsOf(file)
        .filter((target) => cloudOf(file) !== null && cloudOf(target) !== null && cloudOf(file) !== cloudOf(target))
        .map((target) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('files stay small', () => {
    const long = all
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 420);
    expect(long).toEqual([]);
  });

  it('the pure rooms touch no clock and no I/O', () => {
    const pure = all.filter((file) => /^src\/(logic|classify|decide|tags|initial)\//.test(file));
    expect(pure.length).toBeGreaterThan(20);
    const impure = pure.filter((file) =>
      /from 'node:|Date\.now|new Date\(\)|process\./.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(impure).toEqual([]);
  });
});
