import { isJsonObject, type Json } from './json.ts';
import { entries } from './module-tree.ts';
import { conceal, hideByName, isSecretName } from './secret-names.ts';
import type { Value } from './value.ts';

/**
 * Root variables with every one masked that is declared sensitive or ephemeral, that the configuration does not declare
 * (nothing tells then), or whose name is that of a secret.
 */
export function readVariables(section: Json | undefined, configuration: Json | undefined): Map<string, Value> {
  const root = isJsonObject(configuration) ? configuration.root_module : undefined;
  const declared = new Map(entries(isJsonObject(root) ? root.variables : undefined));
  const found = new Map<string, Value>();
  for (const [name, entry] of entries(section)) {
    const value = isJsonObject(entry) ? (entry.value ?? null) : entry;
    const declaration = declared.get(name);
    const open = isJsonObject(declaration) && isFalse(declaration.sensitive) && isFalse(declaration.ephemeral);
    found.set(name, open && !isSecretName(name) ? hideByName(value) : conceal(value));
  }
  return found;
}

function isFalse(value: Json | undefined): boolean {
  return value === undefined || value === false || value === null;
}
