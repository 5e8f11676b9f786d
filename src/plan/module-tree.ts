import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** One module of the configuration, raw. `path` is its static address (`module.a.module.b`), empty for the root. */
export interface ModuleNode {
  readonly path: string;
  readonly raw: JsonObject;
  readonly parent: ModuleNode | null;
  /** The call in the parent that makes this module; empty for the root. */
  readonly call: JsonObject;
  readonly children: Map<string, ModuleNode>;
}

const EMPTY: JsonObject = Object.freeze(Object.create(null));

/** Every module, root first. Calls are walked with a list of their own, not with the stack. */
export function moduleTree(root: Json | undefined): ModuleNode[] {
  const first: ModuleNode = { path: '', raw: isJsonObject(root) ? root : EMPTY, parent: null, call: EMPTY, children: new Map() };
  const all = [first];
  for (let i = 0; i < all.length; i += 1) {
    const node = all[i] as ModuleNode;
    for (const [name, call] of entries(node.raw.module_calls)) {
      if (!isJsonObject(call)) continue;
      const path = node.path === '' ? `module.${name}` : `${node.path}.module.${name}`;
      const raw = call.module;
      const child: ModuleNode = { path, raw: isJsonObject(raw) ? raw : EMPTY, parent: node, call, children: new Map() };
      node.children.set(name, child);
      all.push(child);
    }
  }
  return all;
}

export function entries(value: Json | undefined): [string, Json][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

export function items(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** Static address of a block within its module. */
export function localAddress(mode: string, type: string, name: string): string {
  return mode === 'managed' ? `${type}.${name}` : `${mode}.${type}.${name}`;
}

export function join(path: string, local: string): string {
  return path === '' ? local : `${path}.${local}`;
}
