import { hash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { InlaneError, type Place, type Problem } from '../errors.ts';
import { fileBytes } from '../plan/bytes.ts';
import { readDocument } from './document.ts';
import { itemsAt, type MapNode, textAt, textsOf, valueAt } from './node.ts';
import { type Problems, quoted } from './problems.ts';
import { LEVELS, type Level } from './ruleset.ts';
import schema from './schema.json' with { type: 'json' };
import { type Schema, validate } from './validate.ts';

export const LANE_FILE = 'inlane.yaml';

/** Bytes of the file at an absolute path, or null where there is none; errors name it as `shown`. The seam for reading from a commit. */
export type ReadRules = (path: string, shown: string) => Promise<Uint8Array | string | null> | Uint8Array | string | null;

/** Asked of a lane file that `ReadRules` does not have: a warning, where one is due. Throws where it must not go unread. */
export type UnreadRules = (path: string, shown: string) => Promise<Problem | null>;

/** One lane file, structure checked. */
export interface LaneSource {
  readonly path: string;
  readonly sha256: string;
  readonly level: Level;
  /**
   * The level it speaks at: its own, except that a file extended only by lower files speaks no higher than the highest
   * of them. Otherwise a component file could extend an org file of its own and lift what stands above.
   */
  readonly speaks: number;
  readonly root: MapNode;
}

export interface Gathered {
  /** From org down; in order of discovery within a level. */
  readonly sources: readonly LaneSource[];
  /** Every file read, in the same order, unusable ones too. */
  readonly files: readonly string[];
  /** False when a file has no usable tree or level: then names cannot be judged. */
  readonly usable: boolean;
  readonly diagnostics: readonly Problem[];
}

interface Read {
  readonly absolute: string;
  readonly path: string;
  readonly sha256: string;
  readonly root: MapNode | null;
  readonly level: number | null;
  trust: number;
}

/** Finds, reads and checks all lane files: given ones, or those from the repository's root down to the stack, and what they extend. */
export async function gather(
  options: { lanes?: readonly string[]; stack: string; cwd: string; top?: string; read?: ReadRules; unread?: UnreadRules },
  problems: Problems,
): Promise<Gathered> {
  const cwd = realpathSync(options.cwd);
  const reader = new Cascade(cwd, options.read ?? readWorkingTree, options.unread ?? null, problems);
  if (options.lanes && options.lanes.length > 0) await reader.given(options.lanes);
  else if (options.top !== undefined) await reader.discovered(resolve(options.top, options.stack), options.stack, options.top);
  else {
    const stack = stackDirectory(cwd, options.stack);
    await reader.discovered(stack, options.stack, repositoryRoot(stack));
  }
  return reader.result();
}

/** The real path of the stack directory. */
export function stackDirectory(cwd: string, stack: string): string {
  const path = resolve(cwd, stack);
  try {
    if (statSync(path).isDirectory()) return realpathSync(path);
  } catch {
    // Reported below, in the same words as for a file.
  }
  throw new InlaneError('usage', `${quoted(stack)} is not a directory`, 'name the directory of the stack with --stack');
}

/** The nearest directory upward that holds `.git` (a directory, or a file in worktrees and submodules), or null. */
export function repositoryRoot(directory: string): string | null {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return null;
  }
}

function readWorkingTree(path: string, shown: string): Uint8Array | null {
  try {
    return fileBytes(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new InlaneError(
      'io',
      `cannot read ${quoted(shown)}: ${code ?? 'unknown error'}`,
      'check that it is a file that may be read',
    );
  }
}

class Cascade {
  readonly #cwd: string;
  readonly #read: ReadRules;
  readonly #unread: UnreadRules | null;
  readonly #problems: Problems;
  readonly #files = new Map<string, Read>();
  readonly #diagnostics: Problem[] = [];
  constructor(cwd: string, read: ReadRules, unread: UnreadRules | null, problems: Problems) {
    this.#cwd = cwd;
    this.#read = read;
    this.#unread = unread;
    this.#problems = problems;
  }

  async given(lanes: readonly string[]): Promise<void> {
    const roots: Read[] = [];
    for (const lane of lanes) {
      const file = await this.#load(resolve(this.#cwd, lane));
      if (file === null)
        throw new InlaneError('io', `no lane file at ${quoted(lane)}`, this.#missing('check the path given to --lanes'));
      if (!roots.includes(file)) roots.push(file);
    }
    const top = Math.min(...roots.map((r) => r.level ?? 0));
    for (const root of roots) await this.#follow(root, root.level === top ? 0 : (root.level ?? 0));
    this.#requireOrg(roots.find((r) => r.level === top));
  }

  /** `top`: the highest directory that is looked at; null = the stack is in no repository. */
  async discovered(stack: string, shown: string, top: string | null): Promise<void> {
    if (top === null) {
      const message = `${quoted(shown)} is in no git repository, so only its own \`${LANE_FILE}\` is read`;
      this.#diagnostics.push({ message, at: null, hint: 'name the lane files with --lanes' });
    }
    const found: Read[] = [];
    for (const directory of chain(stack, top ?? stack)) {
      const path = join(directory, LANE_FILE);
      const file = await this.#load(path);
      if (file) found.push(file);
      else {
        await this.#misnamed(directory);
        const warning = await this.#unread?.(path, this.#shown(path));
        if (warning) this.#diagnostics.push(warning);
      }
    }
    const topmost = found[0];
    if (!topmost) {
      this.#problems.raise([]);
      throw new InlaneError(
        'lanes-missing',
        `no \`${LANE_FILE}\` from ${quoted(shown)} upward`,
        '`inlane init` writes one; --lanes names one that stands elsewhere',
      );
    }
    for (const [index, file] of found.entries()) {
      const above = found[index - 1];
      if (above && file.level !== null && above.level !== null && file.level <= above.level) {
        this.#problems.add(
          this.#levelPlace(file),
          `level ${LEVELS[file.level]} below ${quoted(above.path)} of level ${LEVELS[above.level]}`,
          lower(above.level),
        );
      }
      await this.#follow(file, file === topmost ? 0 : (file.level ?? 0));
    }
    this.#requireOrg(topmost);
  }

  /** A file that looks like rules and is not read would be rules lost in silence. */
  async #misnamed(directory: string): Promise<void> {
    const path = join(directory, 'inlane.yml');
    if ((await this.#read(path, this.#shown(path))) === null) return;
    this.#problems.add(
      { file: this.#shown(path), line: 1, column: 1 },
      '`inlane.yml` is not a name that is read',
      `rename it to \`${LANE_FILE}\``,
    );
  }

  #missing(hint: string): string {
    return this.#read === readWorkingTree ? hint : `${hint}; it must stand in the commit that the rules are read from`;
  }

  #requireOrg(top: Read | undefined): void {
    const read = [...this.#files.values()];
    if (!top || read.some((f) => f.level === null || (f.level === 0 && f.trust === 0))) return;
    this.#problems.add(
      this.#levelPlace(top),
      'the topmost lane file must be of level org',
      'put the org file above it, or name it under `extends`',
    );
  }

  #levelPlace(file: Read): Place {
    const node = file.root && valueAt(file.root, 'level');
    return node?.at ?? { file: file.path, line: 1, column: 1 };
  }

  async #follow(file: Read, trust: number): Promise<void> {
    if (file.trust <= trust) return;
    file.trust = trust;
    for (const { text, at } of file.root ? itemsAt(file.root, 'extends').flatMap((item) => textsOf(item)) : []) {
      if (isAbsolute(text) || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) {
        this.#problems.add(at, `${quoted(text)} is not a path relative to this file`);
        continue;
      }
      const extended = await this.#load(resolve(dirname(file.absolute), text));
      if (extended === null) {
        this.#problems.add(at, `no such file ${quoted(text)}`, this.#missing('paths are relative to the file that extends'));
        continue;
      }
      if (extended.level !== null && file.level !== null && extended.level > file.level) {
        this.#problems.add(
          at,
          `${quoted(text)} is of level ${LEVELS[extended.level]}, which is below ${LEVELS[file.level]}`,
          'extend files of the same or a higher level',
        );
      }
      await this.#follow(extended, trust);
    }
  }

  async #load(absolute: string): Promise<Read | null> {
    const known = this.#files.get(absolute);
    if (known) return known;
    const content = await this.#read(absolute, this.#shown(absolute));
    if (content === null) return null;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const path = this.#shown(absolute);
    const tree = await readDocument(bytes, path, this.#problems);
    if (tree && tree.kind !== 'map')
      this.#problems.add(tree.at, 'a lane file is a map', 'it starts with `inlane: 1` and `level: org`');
    const root = tree?.kind === 'map' ? tree : null;
    if (root) validate(root, schema as Schema, this.#problems);
    const level = root ? (LEVELS as readonly (string | null)[]).indexOf(textAt(root, 'level')) : -1;
    const sha256 = hash('sha256', bytes, 'hex');
    const file: Read = { absolute, path, sha256, root, level: level < 0 ? null : level, trust: LEVELS.length };
    this.#files.set(absolute, file);
    return file;
  }

  #shown(absolute: string): string {
    const below = this.#cwd + sep;
    const path = absolute.startsWith(below) ? absolute.slice(below.length) : relative(this.#cwd, absolute);
    return path.split(sep).join('/');
  }

  result(): Gathered {
    const speaks = (file: Read) => Math.max(file.level ?? 0, file.trust);
    const files = [...this.#files.values()].sort((a, b) => speaks(a) - speaks(b));
    const sources = files.flatMap((file): LaneSource[] => {
      const level = file.level === null ? undefined : LEVELS[file.level];
      return level && file.root ? [{ path: file.path, sha256: file.sha256, level, speaks: speaks(file), root: file.root }] : [];
    });
    return { sources, files: files.map((f) => f.path), usable: sources.length === files.length, diagnostics: this.#diagnostics };
  }
}

function lower(level: number): string {
  const below = LEVELS.slice(level + 1);
  return below.length > 0 ? `levels below: ${below.join(', ')}` : 'there is no level below component';
}

/** Directories from `top` down to `bottom`. */
function chain(bottom: string, top: string): string[] {
  const all = [bottom];
  for (let at = bottom; at !== top; ) {
    at = dirname(at);
    all.unshift(at);
  }
  return all;
}
