import { stepNames } from './address.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { BlockAddress, ReferenceTarget } from './model.ts';
import { entries, items, join, localAddress, type ModuleNode } from './module-tree.ts';

/** Names that an expression refers to: its own `references`, and those of every expression nested in it. Constants are not looked into. */
export function referencedNames(expression: Json | undefined): string[] {
  const names: string[] = [];
  const open: Json[] = expression === undefined ? [] : [expression];
  while (open.length > 0) {
    const next = open.pop() as Json;
    if (Array.isArray(next)) for (let at = 0; at < next.length; at += 1) open.push(next[at]);
    else if (isJsonObject(next)) {
      for (const key in next) {
        const child = next[key] as Json;
        if (key === 'references' && Array.isArray(child)) {
          for (const name of child as readonly Json[]) if (typeof name === 'string') names.push(name);
        } else if (key !== 'constant_value' && typeof child === 'object') open.push(child);
      }
    }
  }
  return names;
}

/** An expression to be looked at, in the module whose names it uses; `each` is what `each.*` and `count.*` stand for there. */
interface Pending {
  readonly names: readonly string[];
  readonly module: ModuleNode;
  readonly repetition: JsonObject | null;
}

/** Follows references through module inputs and outputs to the blocks they end at. */
export class ReferenceResolver {
  /** Blocks by module path, then by local address. */
  readonly #blocks: ReadonlyMap<string, ReadonlyMap<string, JsonObject>>;
  readonly #lists = new Map<string, readonly string[]>();

  constructor(blocks: ReadonlyMap<string, ReadonlyMap<string, JsonObject>>) {
    this.#blocks = blocks;
  }

  /** One list for all that are spelled alike: calls of one module refer to the same names. */
  shared(names: readonly string[]): readonly string[] {
    const spelled = JSON.stringify(names);
    const known = this.#lists.get(spelled) ?? names.slice();
    this.#lists.set(spelled, known);
    return known;
  }

  /**
   * Targets of the names as seen from `module`; names of locals lead nowhere. Where an attribute of a block is named, the entry for
   * the whole block, which Terraform lists beside it, is left out. Cycles end where they began.
   */
  targets(names: readonly string[], module: ModuleNode, repetition: JsonObject | null): ReferenceTarget[] {
    if (names.length === 0) return [];
    const found = new Map<BlockAddress, Set<string | null>>();
    const from = { names, module, repetition };
    const open: Pending[] = [];
    for (const name of distinct(names)) this.#follow(name, from, open, found);
    // Most names end at a block at once.
    if (open.length > 0) this.#followAll(open, found);
    const targets: ReferenceTarget[] = [];
    for (const [block, attributes] of found.size > 1 ? [...found].sort(([a], [b]) => (a < b ? -1 : 1)) : found) {
      if (attributes.size > 1) attributes.delete(null);
      for (const attribute of attributes.size > 1 ? [...attributes].sort() : attributes) targets.push({ block, attribute });
    }
    // They are kept: a list that grew has room for more.
    return targets.slice();
  }

  /** Through inputs and outputs of modules, and what is repeated, however often they lead to each other. */
  #followAll(open: Pending[], found: Map<BlockAddress, Set<string | null>>): void {
    const visited = new Set<string>();
    // Module calls have no address: `each` of two of them is told apart by the call itself.
    const repetitions = new Map<JsonObject, number>();
    const numberOf = (repeated: JsonObject) => {
      if (!repetitions.has(repeated)) repetitions.set(repeated, repetitions.size);
      return repetitions.get(repeated);
    };
    while (open.length > 0) {
      const next = open.pop() as Pending;
      for (const name of next.names) {
        const visit = `${next.module.path}\0${next.repetition === null ? '' : numberOf(next.repetition)}\0${name}`;
        if (visited.has(visit)) continue;
        visited.add(visit);
        this.#follow(name, next, open, found);
      }
    }
  }

  #follow(name: string, from: Pending, open: Pending[], found: Map<BlockAddress, Set<string | null>>): void {
    const { module } = from;
    const steps = stepNames(name);
    const first = steps[0] ?? '';
    const second = steps[1] ?? '';
    const third = steps[2] ?? '';
    switch (first) {
      case 'var':
        if (module.parent !== null) {
          const expressions = module.call.expressions;
          const input = isJsonObject(expressions) && second in expressions ? expressions[second] : undefined;
          open.push({ names: referencedNames(input), module: module.parent, repetition: module.call });
        }
        return;
      case 'each':
      case 'count':
        if (from.repetition !== null) open.push({ names: repetitionNames(from.repetition), module, repetition: null });
        return;
      case 'module':
        this.#followModule(module.children.get(second), third, from.names, name, open);
        return;
      case 'data':
      case 'ephemeral':
      case 'action':
        this.#add(module, localAddress(first, second, third), steps[3], found);
        return;
      default:
        this.#add(module, `${first}.${second}`, steps[2], found);
    }
  }

  #add(module: ModuleNode, local: string, attribute: string | undefined, found: Map<BlockAddress, Set<string | null>>): void {
    if (!this.#blocks.get(module.path)?.has(local)) return;
    const address = join(module.path, local);
    const attributes = found.get(address) ?? new Set();
    attributes.add(attribute ?? null);
    found.set(address, attributes);
  }

  /** `module.m.out` is that output; `module.m` alone is every output, unless it only stands there as the prefix of another name. */
  #followModule(child: ModuleNode | undefined, output: string, names: readonly string[], name: string, open: Pending[]): void {
    if (child === undefined) return;
    if (output === '' && names.some((other) => other !== name && isBelow(name, other))) return;
    for (const [key, declared] of entries(child.raw.outputs)) {
      if (output !== '' && key !== output) continue;
      if (!isJsonObject(declared)) continue;
      open.push({ names: [...referencedNames(declared.expression), ...dependsOn(declared)], module: child, repetition: null });
    }
  }

  /** Every block that a `depends_on` names; `module.m` is all that stands in that module and below. */
  dependencies(names: readonly string[], module: ModuleNode): Set<BlockAddress> {
    const found = new Set<BlockAddress>();
    for (const name of names) {
      const steps = stepNames(name);
      if (steps[0] !== 'module' || steps.length > 2) {
        for (const target of this.targets([name], module, null)) found.add(target.block);
        continue;
      }
      const child = module.children.get(steps[1] ?? '');
      const open = child === undefined ? [] : [child];
      while (open.length > 0) {
        const next = open.pop() as ModuleNode;
        for (const local of this.#blocks.get(next.path)?.keys() ?? []) found.add(join(next.path, local));
        for (const below of next.children.values()) open.push(below);
      }
    }
    return found;
  }
}

/** Up to so many names a look through the list is cheaper than a set. */
const FEW = 8;

function distinct(names: readonly string[]): readonly string[] {
  if (names.length > FEW) return [...new Set(names)];
  return names.length === 1 ? names : names.filter((name, at) => names.indexOf(name) === at);
}

/** What `count` or `for_each` of a block or call refers to. */
export function repetitionNames(declared: JsonObject): string[] {
  return [...referencedNames(declared.count_expression), ...referencedNames(declared.for_each_expression)];
}

export function dependsOn(declared: JsonObject): string[] {
  return items(declared.depends_on).filter((name): name is string => typeof name === 'string');
}

function isBelow(prefix: string, name: string): boolean {
  return name.length > prefix.length && name.startsWith(prefix) && (name[prefix.length] === '.' || name[prefix.length] === '[');
}
