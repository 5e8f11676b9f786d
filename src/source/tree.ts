import { posix } from 'node:path';
import { type Argument, literalText } from './body.ts';
import type { ConfigurationFiles } from './files.ts';
import { type Declaration, ModuleFolder, type Place, type Sought } from './folder.ts';

/** A module of the configuration: its folder, and the call that makes it, null for the root. */
export interface SourceModule {
  readonly folder: ModuleFolder;
  readonly parent: SourceModule | null;
  readonly call: Declaration | null;
  /** Written by the people of this stack, and not fetched from elsewhere. */
  readonly local: boolean;
}

/** The modules of a configuration by static address (`module.shop.module.db`), each read when first asked for. */
export class ModuleTree {
  readonly files: ConfigurationFiles;
  readonly #tofu: boolean;
  readonly #sources: ReadonlyMap<string, string>;
  readonly #modules = new Map<string, Promise<Sought<SourceModule>>>();
  readonly #folders = new Map<string, ModuleFolder | null>();
  #manifest: ReadonlyMap<string, string> | null = null;

  /** `sources` are those of the plan; where it has none, the text alone says where a module is. */
  constructor(
    files: ConfigurationFiles,
    { tofu, sources }: { readonly tofu: boolean; readonly sources: ReadonlyMap<string, string> },
  ) {
    this.files = files;
    this.#tofu = tofu;
    this.#sources = sources;
  }

  /** Whether there is any configuration at all. */
  get present(): boolean {
    return this.#folder('.') !== null;
  }

  module(path: string): Promise<Sought<SourceModule>> {
    let module = this.#modules.get(path);
    if (module === undefined) {
      module = this.#read(path);
      this.#modules.set(path, module);
    }
    return module;
  }

  async #read(path: string): Promise<Sought<SourceModule>> {
    if (path === '') {
      const folder = this.#folder('.');
      if (folder === null) return { why: 'the stack has no configuration files' };
      return { found: { folder, parent: null, call: null, local: true } };
    }
    const at = path.lastIndexOf('module.');
    const name = path.slice(at + 'module.'.length);
    const above = await this.module(path.slice(0, Math.max(at - 1, 0)));
    if (!('found' in above)) return above;
    const parent = above.found;
    const call = await parent.folder.declaration('module', [name]);
    if (!('found' in call)) return { why: `the call of \`${path}\`: ${call.why}` };
    const written = textOf(argumentOf(call.found, 'source'));
    const planned = this.#sources.get(path);
    if (written !== null && planned !== undefined && written !== planned && (isNear(written) || isNear(planned))) {
      return { why: `the call of \`${path}\` differs from the plan in \`source\`` };
    }
    const source = planned ?? written;
    const near = source !== null && isNear(source);
    const place = near ? posix.join(parent.folder.folder, source.replaceAll('\\', '/')) : this.#fetched(path);
    if (place === null) return { why: `\`${path}\` is not in .terraform/modules/modules.json: run \`init\` in the stack` };
    if (posix.isAbsolute(place) || /^[A-Za-z]:/.test(place)) return { why: `the folder of \`${path}\` is outside of the stack` };
    const folder = this.#folder(place);
    if (folder === null) return { why: `the folder of \`${path}\` (\`${place}\`) has no configuration files` };
    return { found: { folder, parent, call: call.found, local: near && parent.local } };
  }

  #folder(place: string): ModuleFolder | null {
    const key = posix.join(place, '.');
    let folder = this.#folders.get(key);
    if (folder === undefined) {
      folder = ModuleFolder.read(this.files, key, this.#tofu);
      this.#folders.set(key, folder);
    }
    return folder;
  }

  /** The folder that `init` put a module in; its key there is the static address without `module.`. */
  #fetched(path: string): string | null {
    this.#manifest ??= readManifest(this.files.manifest());
    const names = path.slice('module.'.length).split('.module.');
    return this.#manifest.get(names.join('.')) ?? null;
  }
}

/** A path, which Terraform knows by its beginning. */
function isNear(source: string): boolean {
  return /^\.\.?(?:[/\\]|$)/.test(source);
}

function readManifest(text: string | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (text === null) return found;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return found;
  }
  const entries: unknown = Array.isArray(json) ? json : (json as { Modules?: unknown } | null)?.Modules;
  for (const entry of Array.isArray(entries) ? (entries as unknown[]) : []) {
    const { Key, Dir } = (entry ?? {}) as { Key?: unknown; Dir?: unknown };
    if (typeof Key === 'string' && typeof Dir === 'string') found.set(Key, Dir);
  }
  return found;
}

/** An argument of a block in its file, an override's before the block's own; null where nothing sets it. */
export function argumentOf(declaration: Declaration, name: string): (Place & { readonly argument: Argument }) | null {
  const places: readonly Place[] = [declaration, ...declaration.overrides];
  for (const place of [...places].reverse()) {
    const argument = place.block.body.arguments.find((one) => one.name === name);
    if (argument !== undefined) return { ...place, argument };
  }
  return null;
}

/** The text that an argument is, where it is a literal. */
function textOf(place: ReturnType<typeof argumentOf>): string | null {
  if (place === null) return null;
  const { file, argument } = place;
  const written = file.text.slice(argument.valueStart, argument.valueEnd);
  if (!written.startsWith('"') || !written.endsWith('"')) return null;
  if (file.syntax === 'native') return literalText(written);
  const text = JSON.parse(written) as string;
  return /[$%]\{/.test(text) ? null : text;
}
