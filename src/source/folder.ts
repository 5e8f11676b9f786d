import { posix } from 'node:path';
import { type HclJson, parseHcl } from '../hcl.ts';
import { append } from '../plan/multimap.ts';
import { type Block, type Body, readBody } from './body.ts';
import { type ConfigurationFile, type ConfigurationFiles, configurationFiles } from './files.ts';
import { readJsonBody } from './json-body.ts';
import { ScanError } from './scan.ts';

/** A file of a module with its blocks. */
export interface SourceFile {
  /** Relative to the stack. */
  readonly path: string;
  readonly text: string;
  readonly syntax: ConfigurationFile['syntax'];
  readonly body: Body;
}

/** A block in its file. */
export interface Place {
  readonly file: SourceFile;
  readonly block: Block;
}

/** A block with what overrides it, in the order in which that is merged. */
export interface Declaration extends Place {
  readonly overrides: readonly Place[];
}

export type Sought<T> = { readonly found: T } | { readonly why: string };

/** One folder of configuration files. Nothing is claimed of a file before HashiCorp's parser has read the same blocks and arguments in it. */
export class ModuleFolder {
  readonly folder: string;
  readonly #ordinary: SourceFile[] = [];
  readonly #overriding: SourceFile[] = [];
  /** Files that cannot be followed, and why. */
  readonly #broken = new Map<string, string>();
  readonly #confirmed = new Map<SourceFile, Promise<string | null>>();
  #byType: ReadonlyMap<string, readonly Place[]> | null = null;
  /** By type and labels; null = nobody asked. */
  #declared: ReadonlyMap<string, Declared> | null = null;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Null = no such folder, or no configuration in it. */
  static read(files: ConfigurationFiles, folder: string, tofu: boolean): ModuleFolder | null {
    const found = configurationFiles(files.list(folder) ?? [], tofu);
    if (found.length === 0) return null;
    const module = new ModuleFolder(folder);
    for (const file of found) module.#add(files, file);
    return module;
  }

  #add(files: ConfigurationFiles, { name, syntax, override }: ConfigurationFile): void {
    const path = posix.join(this.folder, name);
    const text = files.read(path);
    if (text === null) {
      this.#broken.set(path, 'it cannot be read as UTF-8 text');
      return;
    }
    try {
      const body = syntax === 'json' ? readJsonBody(text) : readBody(text);
      (override ? this.#overriding : this.#ordinary).push({ path, text, syntax, body });
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      this.#broken.set(path, `${error.message} (line ${error.line})`);
    }
  }

  /** Every block of a type, overrides last. Not confirmed. */
  every(type: string): readonly Place[] {
    if (this.#byType === null) {
      const byType = new Map<string, Place[]>();
      for (const file of [...this.#ordinary, ...this.#overriding])
        for (const block of file.body.blocks) append(byType, block.type, { file, block });
      this.#byType = byType;
    }
    return this.#byType.get(type) ?? [];
  }

  /** The block of a type with these labels, its file confirmed. */
  async declaration(type: string, labels: readonly string[]): Promise<Sought<Declaration>> {
    this.#declared ??= declaredIn(this.#ordinary, this.#overriding);
    const { ordinary, overriding } = this.#declared.get(keyOf(type, labels)) ?? NOWHERE;
    const [first, second] = ordinary;
    if (first === undefined) return { why: this.#missing() };
    if (second !== undefined) return { why: `two blocks declare it: ${spelled(first)} and ${spelled(second)}` };
    for (const { file } of [first, ...overriding]) {
      const why = await this.confirm(file);
      if (why !== null) return { why: `\`${file.path}\` cannot be followed: ${why}` };
    }
    return { found: { ...first, overrides: overriding } };
  }

  #missing(): string {
    const [broken] = this.#broken;
    const where = this.folder === '.' ? 'the stack' : `\`${this.folder}\``;
    return broken === undefined ? `no file in ${where} declares it` : `\`${broken[0]}\` cannot be followed: ${broken[1]}`;
  }

  /** Why the parser reads something else in a file; null = it reads the same. */
  confirm(file: SourceFile): Promise<string | null> {
    let confirmed = this.#confirmed.get(file);
    if (confirmed === undefined) {
      confirmed = confirm(file);
      this.#confirmed.set(file, confirmed);
    }
    return confirmed;
  }
}

/** Where the blocks of one type and labels are. */
interface Declared {
  readonly ordinary: Place[];
  readonly overriding: Place[];
}

const NOWHERE: Declared = { ordinary: [], overriding: [] };

function declaredIn(ordinary: readonly SourceFile[], overriding: readonly SourceFile[]): ReadonlyMap<string, Declared> {
  const declared = new Map<string, Declared>();
  const add = (files: readonly SourceFile[], kind: keyof Declared) => {
    for (const file of files) {
      for (const block of file.body.blocks) {
        const key = keyOf(block.type, block.labels);
        const found = declared.get(key) ?? { ordinary: [], overriding: [] };
        declared.set(key, found);
        found[kind].push({ file, block });
      }
    }
  };
  add(ordinary, 'ordinary');
  add(overriding, 'overriding');
  return declared;
}

function keyOf(type: string, labels: readonly string[]): string {
  return JSON.stringify([type, ...labels]);
}

function spelled({ file, block }: Place): string {
  return `\`${file.path}:${block.line}\``;
}

/** JSON was read by a parser already. */
async function confirm({ text, syntax, body }: SourceFile): Promise<string | null> {
  if (syntax === 'json') return null;
  const parsed = await parseHcl(text);
  if (!parsed.ok) return parsed.why;
  return sameBlocks(body, parsed.json) ? null : 'the parser reads other blocks in it';
}

/** Whether both have the same blocks, by type and labels and in the same order, with arguments and inner blocks of the same names. */
function sameBlocks(body: Body, json: HclJson): boolean {
  const own = new Map<string, string[]>();
  const note = (key: readonly string[], names: readonly string[]) => {
    append(own, JSON.stringify(key), JSON.stringify([...new Set(names)].sort()));
  };
  for (const { name } of body.arguments) note([name], []);
  for (const block of body.blocks) note([block.type, ...block.labels], namesIn(block.body));
  const theirs = new Map<string, string[]>();
  const depths = new Map(body.blocks.map((block) => [block.type, block.labels.length]));
  for (const [type, node] of Object.entries(json)) {
    const depth = depths.get(type);
    if (depth === undefined) theirs.set(JSON.stringify([type]), ['[]']);
    else if (!collect(node, [type], depth, theirs)) return false;
  }
  return own.size === theirs.size && [...own].every(([key, bodies]) => theirs.get(key)?.join() === bodies.join());
}

function collect(node: unknown, key: readonly string[], depth: number, into: Map<string, string[]>): boolean {
  if (depth === 0) {
    if (!Array.isArray(node)) return false;
    const names = node.map((one: unknown) => JSON.stringify(Object.keys(isRecord(one) ? one : {}).sort()));
    into.set(JSON.stringify(key), names);
    return true;
  }
  return isRecord(node) && Object.entries(node).every(([label, inner]) => collect(inner, [...key, label], depth - 1, into));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names of arguments and of inner blocks. */
export function namesIn(body: Body): string[] {
  return [...body.arguments.map(({ name }) => name), ...body.blocks.map(({ type }) => type)];
}
