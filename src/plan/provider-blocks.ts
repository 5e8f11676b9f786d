import { providerSource } from './address.ts';
import { readExpressions, withTargets } from './expressions.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { ConfigExpression, ProviderBlock } from './model.ts';
import { entries, type ModuleNode } from './module-tree.ts';
import { type ReferenceResolver, referencedNames } from './references.ts';
import { looksSecret } from './secret-names.ts';
import { Sensitive, type Value } from './value.ts';

/** First step of the provider arguments whose constants are kept: where it works, which tags it adds, how it deletes. */
const KEPT = new Set([
  'region',
  'alias',
  'project',
  'billing_project',
  'quota_project',
  'user_project_override',
  'zone',
  'location',
  'universe_domain',
  'subscription_id',
  'tenant_id',
  'environment',
  'metadata_host',
  'account_id',
  'account_name',
  'organization',
  'organization_name',
  'organization_id',
  'allowed_account_ids',
  'forbidden_account_ids',
  'default_tags',
  'default_labels',
  'add_terraform_attribution_label',
  'terraform_attribution_label_addition_strategy',
  'ignore_tags',
  'ignore_labels',
  'ignore_annotations',
  'deletion_policy',
  'skip_destroy',
  'features',
  'resource_provider_registrations',
  'owner',
  'site',
  'namespace',
  'config_context',
]);
/** Deeper arguments that are kept too. */
const KEPT_PATHS = new Set(['assume_role.role_arn', 'assume_role_with_web_identity.role_arn']);

/** The provider blocks of a configuration, read when a resource asks for one. */
export class ProviderBlocks {
  readonly #raw: ReadonlyMap<string, JsonObject>;
  readonly #variables: ReadonlyMap<string, Value>;
  readonly #modules: ReadonlyMap<string, ModuleNode>;
  readonly #resolver: ReferenceResolver;
  readonly #read = new Map<string, ProviderBlock>();

  constructor(
    section: Json | undefined,
    variables: ReadonlyMap<string, Value>,
    modules: readonly ModuleNode[],
    resolver: ReferenceResolver,
  ) {
    this.#raw = new Map(entries(section).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1])));
    this.#variables = variables;
    this.#modules = new Map(modules.map((module) => [module.path, module]));
    this.#resolver = resolver;
  }

  /**
   * The block that a resource's `provider_config_key` names. Before 1.2 the key of a child module may match nothing
   * (plan-json.md 5); then the block of the same local name in the nearest module around it, the root last.
   */
  of(key: string, modulePath: string): ProviderBlock | null {
    const direct = this.#raw.get(key);
    if (direct !== undefined) return this.#block(key, direct);
    const local = key.slice(key.lastIndexOf(':') + 1);
    const steps = modulePath === '' ? [] : modulePath.split('.');
    for (let depth = steps.length; depth >= 0; depth -= 2) {
      const prefix = steps.slice(0, depth).join('.');
      const candidate = prefix === '' ? local : `${prefix}:${local}`;
      const found = this.#raw.get(candidate);
      if (found !== undefined) return this.#block(candidate, found);
    }
    return null;
  }

  /** Every provider block of every module, in plan order. */
  all(): ProviderBlock[] {
    return [...this.#raw].map(([key, raw]) => this.#block(key, raw));
  }

  #block(key: string, raw: JsonObject): ProviderBlock {
    const kept = this.#read.get(key);
    if (kept !== undefined) return kept;
    const path = typeof raw.module_address === 'string' ? raw.module_address : '';
    const module = this.#modules.get(path) ?? null;
    const block: ProviderBlock = {
      key,
      name: typeof raw.name === 'string' ? raw.name : key.slice(key.lastIndexOf(':') + 1).replace(/\..*$/s, ''),
      source: typeof raw.full_name === 'string' ? providerSource(raw.full_name) : null,
      alias: typeof raw.alias === 'string' ? raw.alias : null,
      expressions: readExpressions(raw.expressions, (at, expression) => this.#expression(at, expression, module)),
    };
    this.#read.set(key, block);
    return block;
  }

  #expression(path: readonly string[], expression: JsonObject, module: ModuleNode | null): ConfigExpression {
    const keep = KEPT.has(path[0] ?? '') || KEPT_PATHS.has(path.join('.'));
    const names = referencedNames(expression);
    if (names.length === 0) {
      const value = keep ? scrubbed(expression.constant_value) : undefined;
      return 'constant_value' in expression ? { kind: 'constant', value } : { kind: 'opaque' };
    }
    const variable =
      keep && names.length === 1 && module?.path === '' ? /^var\.([^.[\]]+)$/.exec(names[0] as string)?.[1] : undefined;
    const value = variable === undefined ? undefined : this.#variables.get(variable);
    if (value !== undefined && !(value instanceof Sensitive) && !looksSecret(value)) return { kind: 'constant', value };
    if (module === null) return { kind: 'references', names, targets: [] };
    return withTargets(expression, module, this.#resolver, null);
  }
}

/** A constant, unless something in it looks like a credential: a map that lost one entry would read as if that was not there. */
function scrubbed(value: Json | undefined): Value | undefined {
  return value === undefined || looksSecret(value) ? undefined : value;
}
