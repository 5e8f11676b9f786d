import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { ConfigExpression, ConfigExpressions } from './model.ts';
import type { ModuleNode } from './module-tree.ts';
import { type ReferenceResolver, referencedNames } from './references.ts';

/** How a single expression is read: constants and references differ between resource and provider blocks. */
export type ReadOne = (path: readonly string[], expression: JsonObject) => ConfigExpression;

/** The arguments of a block: a list is nested blocks, an object without `constant_value` and `references` is one nested block. */
export function readExpressions(given: Json | undefined, one: ReadOne, path: readonly string[] = []): ConfigExpressions {
  const found = new Map<string, ConfigExpression>();
  if (isJsonObject(given))
    for (const name in given)
      found.set(name, readExpression(given[name] as Json, one, path.length > 0 ? [...path, name] : [name]));
  return found;
}

/** One for each, shared by all: most expressions of most blocks. */
const OPAQUE: ConfigExpression = Object.freeze({ kind: 'opaque' });
const DROPPED: ConfigExpression = Object.freeze({ kind: 'constant', value: undefined });

function readExpression(given: Json, one: ReadOne, path: readonly string[]): ConfigExpression {
  if (Array.isArray(given)) return { kind: 'blocks', blocks: given.map((block: Json) => readExpressions(block, one, path)) };
  if (!isJsonObject(given) || Object.keys(given).length === 0) return OPAQUE;
  if ('constant_value' in given || Array.isArray(given.references)) return one(path, given);
  return { kind: 'blocks', blocks: [readExpressions(given, one, path)] };
}

/** An expression of a resource block: its constant dropped, its references followed. */
export function withTargets(
  expression: JsonObject,
  module: ModuleNode,
  resolver: ReferenceResolver,
  declared: JsonObject | null,
): ConfigExpression {
  const names = referencedNames(expression);
  if (names.length === 0) return 'constant_value' in expression ? DROPPED : OPAQUE;
  return { kind: 'references', names: resolver.shared(names), targets: resolver.targets(names, module, declared) };
}
