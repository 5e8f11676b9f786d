import { stripKeys } from './address.ts';
import { readExpressions, withTargets } from './expressions.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { BlockAddress, ConfigBlock, Configuration, Mode } from './model.ts';
import { items, join, localAddress, type ModuleNode, moduleTree } from './module-tree.ts';
import { ProviderBlocks } from './provider-blocks.ts';
import { dependsOn, ReferenceResolver, referencedNames, repetitionNames } from './references.ts';
import type { Value } from './value.ts';

/** The configuration of a plan, and the way from a row to its block. */
export class BlockTable {
  readonly configuration: Configuration;
  /** Rows of one module follow each other. */
  #module: string | null = null;
  #path = '';

  constructor(configuration: Configuration) {
    this.configuration = configuration;
  }

  /** The block behind a row; `moduleAddress` may have instance keys. */
  of(moduleAddress: string | null, mode: Mode, type: string, name: string): ConfigBlock | null {
    return this.at(moduleAddress, localAddress(mode, type, name));
  }

  /** The same by the address within the module. */
  at(moduleAddress: string | null, local: string): ConfigBlock | null {
    if (moduleAddress !== this.#module) {
      this.#module = moduleAddress;
      this.#path = moduleAddress === null ? '' : stripKeys(moduleAddress);
    }
    return this.configuration.blocks.get(join(this.#path, local)) ?? null;
  }
}

/**
 * Blocks by static address over all modules (plan-json.md 5). Constants of resource blocks are dropped: they may be secrets.
 * `variables` are the masked root variables.
 */
export function readConfiguration(section: Json | undefined, variables: ReadonlyMap<string, Value>): Configuration {
  if (!isJsonObject(section)) return { present: false, blocks: new Map(), providers: [], sources: new Map() };
  const modules = moduleTree(section.root_module);
  const raw = new Map<string, Map<string, JsonObject>>();
  for (const module of modules) raw.set(module.path, rawBlocks(module));
  const resolver = new ReferenceResolver(raw);
  const providers = new ProviderBlocks(section.provider_config, variables, modules, resolver);
  const blocks = new Map<BlockAddress, ConfigBlock>();
  for (const module of modules) {
    const inherited = callDependencies(module, resolver);
    for (const [local, declared] of raw.get(module.path) ?? []) {
      const address = join(module.path, local);
      blocks.set(address, readBlock(address, declared, module, resolver, providers, inherited));
    }
  }
  return { present: true, blocks, providers: providers.all(), sources: sourcesOf(modules) };
}

function sourcesOf(modules: readonly ModuleNode[]): Map<string, string> {
  return new Map(modules.flatMap(({ path, call }) => (typeof call.source === 'string' ? [[path, call.source] as const] : [])));
}

function rawBlocks(module: ModuleNode): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  const declared = [...items(module.raw.resources), ...items(module.raw.actions).map(asAction)];
  for (const block of declared) {
    if (!isJsonObject(block)) continue;
    const { mode, type, name } = block;
    if (typeof type !== 'string' || typeof name !== 'string') continue;
    found.set(localAddress(typeof mode === 'string' ? mode : 'managed', type, name), block);
  }
  return found;
}

/** An entry of `actions` has no `mode`. */
function asAction(block: Json): Json {
  if (!isJsonObject(block)) return block;
  const copy: { [key: string]: Json } = Object.assign(Object.create(null), block);
  copy.mode = 'action';
  return copy;
}

/** What the calls around a module depend on, all the way up: every block in it waits for that. */
function callDependencies(module: ModuleNode, resolver: ReferenceResolver): Set<BlockAddress> {
  const found = new Set<BlockAddress>();
  for (let at = module; at.parent !== null; at = at.parent) {
    for (const block of resolver.dependencies(dependsOn(at.call), at.parent)) found.add(block);
    for (const target of resolver.targets(repetitionNames(at.call), at.parent, null)) found.add(target.block);
  }
  return found;
}

const NONE: readonly string[] = Object.freeze([]);

function provisionersOf(declared: JsonObject): readonly string[] {
  const given = items(declared.provisioners);
  if (given.length === 0) return NONE;
  return given.map((one) => (isJsonObject(one) && typeof one.type === 'string' ? one.type : 'unknown'));
}

function readBlock(
  address: BlockAddress,
  declared: JsonObject,
  module: ModuleNode,
  resolver: ReferenceResolver,
  providers: ProviderBlocks,
  inherited: ReadonlySet<BlockAddress>,
): ConfigBlock {
  const refersTo = new Set(inherited);
  const names = [
    ...referencedNames(declared.expressions),
    ...referencedNames(declared.provisioners),
    ...repetitionNames(declared),
  ];
  for (const target of resolver.targets(names, module, declared)) refersTo.add(target.block);
  for (const block of resolver.dependencies(dependsOn(declared), module)) refersTo.add(block);
  const key = declared.provider_config_key;
  return {
    address,
    mode: declared.mode === undefined ? 'managed' : (declared.mode as Mode),
    type: declared.type as string,
    name: declared.name as string,
    repeated: declared.count_expression !== undefined || declared.for_each_expression !== undefined,
    expressions: readExpressions(declared.expressions, (_, expression) => withTargets(expression, module, resolver, declared)),
    refersTo,
    provisioners: provisionersOf(declared),
    provider: typeof key === 'string' ? providers.of(key, module.path) : null,
  };
}
