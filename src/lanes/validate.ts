import { nearMiss, suggest } from './nearest.ts';
import type { LaneNode, MapNode } from './node.ts';
import { type Problems, quoted } from './problems.ts';

type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

/**
 * The keywords of JSON Schema 2020-12 that schema.json uses, and no others (a test holds that). `allOf` lists plain
 * sets of properties; `unevaluatedProperties` is what neither they nor `properties` name.
 */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | number)[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly unevaluatedProperties?: Schema;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly title?: string;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  null: '`null`',
  array: 'a list',
  object: 'a map',
};

/** Reports everything in the tree that the schema does not allow, each at its place. */
export function validate(node: LaneNode, root: Schema, problems: Problems): void {
  new Validator(root, problems).visit(node, root);
}

class Validator {
  readonly #root: Schema;
  readonly #problems: Problems;
  readonly #patterns = new Map<string, RegExp>();
  /** Properties by schema: a lane file has hundreds of maps and the schema a few dozen. */
  readonly #known = new Map<Schema, ReadonlyMap<string, Schema>>();
  readonly #targets = new Map<string, Schema>();
  readonly #branches = new Map<readonly Schema[], readonly Schema[]>();
  constructor(root: Schema, problems: Problems) {
    this.#root = root;
    this.#problems = problems;
  }

  visit(node: LaneNode, given: Schema): void {
    if (node.kind === 'fault') return;
    const schema = this.#resolve(given);
    if (schema.anyOf) {
      this.#choose(node, schema.anyOf);
      return;
    }
    if (schema.type !== undefined && !admits(schema.type, node)) {
      this.#wrongType(node, [schema]);
      return;
    }
    if (node.kind === 'scalar') this.#scalar(node, schema);
    else if (node.kind === 'list') {
      this.#atLeast(node, node.items.length, schema.minItems);
      if (schema.items) for (const item of node.items) this.visit(item, schema.items);
    } else this.#map(node, schema);
  }

  #resolve(schema: Schema): Schema {
    let at = schema;
    while (at.$ref !== undefined) {
      const target = this.#targets.get(at.$ref) ?? this.#root.$defs?.[at.$ref.replace('#/$defs/', '')];
      if (target === undefined) throw new Error(`schema.json has no ${at.$ref}`);
      this.#targets.set(at.$ref, target);
      at = target;
    }
    return at;
  }

  /** Branches differ in type, so that the one for this type says what is wrong. */
  #choose(node: LaneNode, branches: readonly Schema[]): void {
    const flat = this.#flat(branches);
    const fitting = flat.find((schema) => schema.type !== undefined && admits(schema.type, node));
    if (fitting) this.visit(node, fitting);
    else this.#wrongType(node, flat);
  }

  #flat(branches: readonly Schema[]): readonly Schema[] {
    const kept = this.#branches.get(branches);
    if (kept) return kept;
    const flat = branches.flatMap((branch) => {
      const schema = this.#resolve(branch);
      return schema.anyOf ? schema.anyOf.map((s) => this.#resolve(s)) : [schema];
    });
    this.#branches.set(branches, flat);
    return flat;
  }

  #scalar(node: LaneNode & { kind: 'scalar' }, schema: Schema): void {
    const { value } = node;
    if (schema.enum && !schema.enum.some((one) => one === value)) {
      const known = schema.enum.map(String);
      this.#problems.add(node.at, `unknown value ${quoted(node.source)}`, suggest(node.source, known));
      return;
    }
    if (typeof value === 'number' && schema.minimum !== undefined && value < schema.minimum) {
      this.#problems.add(node.at, `${quoted(node.source)} is less than ${schema.minimum}`);
    }
    if (typeof value !== 'string') return;
    if (schema.minLength !== undefined && value.length < schema.minLength) this.#problems.add(node.at, 'empty text');
    else if (schema.pattern !== undefined && !this.#matches(schema.pattern, value)) {
      this.#problems.add(node.at, `${quoted(value)} is not ${schema.title ?? 'of the right form'}`);
    }
  }

  #map(node: MapNode, schema: Schema): void {
    const known = this.#properties(schema);
    for (const name of schema.required ?? []) {
      if (node.whole && !node.entries.has(name)) this.#problems.add(node.at, `\`${name}\` is missing`);
    }
    if (node.whole) this.#atLeast(node, node.entries.size, schema.minProperties);
    if (schema.maxProperties !== undefined && node.entries.size > schema.maxProperties) {
      const extra = [...node.entries.values()][schema.maxProperties];
      this.#problems.add(
        extra?.at ?? node.at,
        `more than ${schema.maxProperties === 1 ? 'one key' : `${schema.maxProperties} keys`}`,
      );
    }
    for (const { key, at, value } of node.entries.values()) {
      const own = known.get(key);
      if (own) this.visit(value, own);
      else if (schema.additionalProperties === false) this.#unknownKey(key, at, known.keys());
      else {
        this.#name(key, at, schema.propertyNames);
        const rest = schema.additionalProperties ?? schema.unevaluatedProperties;
        if (typeof rest === 'object') this.visit(value, rest);
      }
    }
  }

  #properties(schema: Schema): ReadonlyMap<string, Schema> {
    const kept = this.#known.get(schema);
    if (kept) return kept;
    const all = new Map<string, Schema>();
    for (const part of schema.allOf ?? []) for (const [key, value] of this.#properties(this.#resolve(part))) all.set(key, value);
    for (const [key, value] of Object.entries(schema.properties ?? {})) all.set(key, value);
    this.#known.set(schema, all);
    return all;
  }

  #name(key: string, at: MapNode['at'], given: Schema | undefined): void {
    if (!given) return;
    const schema = this.#resolve(given);
    if (schema.pattern !== undefined && !this.#matches(schema.pattern, key)) {
      this.#problems.add(at, `${quoted(key)} is not ${schema.title ?? 'of the right form'}`);
    }
  }

  #unknownKey(key: string, at: MapNode['at'], known: Iterable<string>): void {
    const home = Object.entries(this.#root.properties ?? {}).find(([, section]) => {
      const properties = this.#resolve(section).properties;
      return properties !== undefined && Object.hasOwn(properties, key);
    });
    const elsewhere = home ? `\`${key}\` stands under \`${home[0]}\`` : null;
    const top = Object.hasOwn(this.#root.properties ?? {}, key) ? `\`${key}\` stands at the top of the file` : null;
    const names = [...known];
    const hint = nearMiss(key, names) === null ? (elsewhere ?? top) : null;
    this.#problems.add(at, `unknown key ${quoted(key)}`, hint ?? suggest(key, names));
  }

  #atLeast(node: LaneNode, size: number, least: number | undefined): void {
    if (least === undefined || size >= least) return;
    this.#problems.add(node.at, size === 0 ? `empty ${node.kind}` : `fewer than ${least} keys`);
  }

  #wrongType(node: LaneNode, wanted: readonly Schema[]): void {
    const types = [...new Set(wanted.flatMap((s) => s.type ?? []))].map((t) => NAMES[t] ?? t);
    const text = types.includes('text') && node.kind === 'scalar' && node.source !== '';
    const fixed = wanted.find((s) => s.enum)?.enum;
    const known = fixed ? `known: ${fixed.map((v) => `\`${v}\``).join(', ')}` : null;
    const hint = known ?? (text ? `write ${JSON.stringify(node.source)} in quotes` : null);
    this.#problems.add(node.at, `expected ${types.join(' or ')}, found ${found(node)}`, hint);
  }

  #matches(pattern: string, text: string): boolean {
    const compiled = this.#patterns.get(pattern) ?? new RegExp(pattern, 'u');
    this.#patterns.set(pattern, compiled);
    return compiled.test(text);
  }
}

function admits(type: string | readonly string[], node: LaneNode): boolean {
  const own = typeOf(node);
  return names(type, own) || (own === 'integer' && names(type, 'number'));
}

function names(type: string | readonly string[], own: JsonType | null): boolean {
  return typeof type === 'string' ? type === own : own !== null && type.includes(own);
}

function typeOf(node: LaneNode): JsonType | null {
  if (node.kind === 'map') return 'object';
  if (node.kind === 'list') return 'array';
  if (node.kind === 'fault') return null;
  const { value } = node;
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'string' | 'boolean';
}

function found(node: LaneNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  if (node.value === null) return node.source === '' ? 'nothing' : '`null`';
  if (typeof node.value === 'string') return `the text ${quoted(node.source)}`;
  return `${typeof node.value === 'number' ? 'the number' : 'the boolean'} ${quoted(node.source)}`;
}
