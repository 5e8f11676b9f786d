import { nearMiss, suggest } from './nearest.ts';
import type { LaneNode, MapNode, ScalarNode } from './node.ts';
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
  const forms = kept.get(root) ?? new Forms(root);
  kept.set(root, forms);
  const form = forms.of(root);
  new Validator(form, problems).visit(node, form);
}

const kept = new WeakMap<Schema, Forms>();

/** The schemas of a root as they are asked, each made when it is first met. */
class Forms {
  readonly #root: Schema;
  readonly #made = new Map<Schema, Form>();
  constructor(root: Schema) {
    this.#root = root;
  }

  of(given: Schema): Form {
    const made = this.#made.get(given);
    if (made) return made;
    const form = given.$ref === undefined ? new Form(given, this) : this.of(this.#target(given.$ref));
    this.#made.set(given, form);
    return form;
  }

  #target(reference: string): Schema {
    const target = this.#root.$defs?.[reference.replace('#/$defs/', '')];
    if (target === undefined) throw new Error(`schema.json has no ${reference}`);
    return target;
  }
}

/** A schema with its references followed. A lane file has thousands of nodes and the schema a few dozen, so each is worked out once. */
class Form {
  readonly schema: Schema;
  /** Null = any. */
  readonly types: ReadonlySet<JsonType> | null;
  readonly pattern: RegExp | null;
  readonly #forms: Forms;
  #branches: readonly Form[] | null | undefined;
  #items: Form | null | undefined;
  #properties: ReadonlyMap<string, Form> | undefined;
  #others: Form | null | undefined;

  constructor(schema: Schema, forms: Forms) {
    this.schema = schema;
    this.types = schema.type === undefined ? null : typesOf(schema.type);
    this.pattern = schema.pattern === undefined ? null : new RegExp(schema.pattern, 'u');
    this.#forms = forms;
  }

  /** Of `anyOf`, those within one of them included. They differ in type, so that the one for a node's type says what is wrong. */
  get branches(): readonly Form[] | null {
    if (this.#branches === undefined)
      this.#branches = this.schema.anyOf?.flatMap((one) => this.#forms.of(one).branches ?? this.#forms.of(one)) ?? null;
    return this.#branches;
  }

  get items(): Form | null {
    if (this.#items === undefined) this.#items = this.#of(this.schema.items);
    return this.#items;
  }

  get properties(): ReadonlyMap<string, Form> {
    if (this.#properties === undefined) {
      const properties = new Map<string, Form>();
      for (const part of this.schema.allOf ?? [])
        for (const [key, form] of this.#forms.of(part).properties) properties.set(key, form);
      const own = this.schema.properties ?? {};
      for (const key of Object.keys(own)) properties.set(key, this.#forms.of(own[key] as Schema));
      this.#properties = properties;
    }
    return this.#properties;
  }

  /** Of properties that have none of their own; null = anything goes. */
  get others(): Form | null {
    if (this.#others === undefined)
      this.#others = this.#of(this.schema.additionalProperties ?? this.schema.unevaluatedProperties);
    return this.#others;
  }

  get names(): Form | null {
    return this.#of(this.schema.propertyNames);
  }

  #of(schema: Schema | boolean | undefined): Form | null {
    return typeof schema === 'object' ? this.#forms.of(schema) : null;
  }
}

class Validator {
  readonly #root: Form;
  readonly #problems: Problems;
  constructor(root: Form, problems: Problems) {
    this.#root = root;
    this.#problems = problems;
  }

  visit(node: LaneNode, given: Form): void {
    const type = typeOf(node);
    if (type === null) return;
    const { branches } = given;
    const form = branches === null ? given : branches.find(({ types }) => types?.has(type));
    if (form === undefined || form.types?.has(type) === false) {
      this.#wrongType(node, branches ?? [given]);
      return;
    }
    if (node.kind === 'scalar') this.#scalar(node, form);
    else if (node.kind === 'list') {
      this.#atLeast(node, node.items.length, form.schema.minItems);
      const { items } = form;
      if (items) for (const item of node.items) this.visit(item, items);
    } else if (node.kind === 'map') this.#map(node, form);
  }

  #scalar(node: ScalarNode, { schema, pattern }: Form): void {
    const { value } = node;
    if (schema.enum && !(schema.enum as readonly unknown[]).includes(value)) {
      const known = schema.enum.map(String);
      this.#problems.add(node.at, `unknown value ${quoted(node.source)}`, suggest(node.source, known));
      return;
    }
    if (typeof value === 'number' && schema.minimum !== undefined && value < schema.minimum) {
      this.#problems.add(node.at, `${quoted(node.source)} is less than ${schema.minimum}`);
    }
    if (typeof value !== 'string') return;
    if (schema.minLength !== undefined && value.length < schema.minLength) this.#problems.add(node.at, 'empty text');
    else if (pattern && !pattern.test(value)) {
      this.#problems.add(node.at, `${quoted(value)} is not ${schema.title ?? 'of the right form'}`);
    }
  }

  #map(node: MapNode, form: Form): void {
    const { schema, properties } = form;
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
      const own = properties.get(key);
      if (own) this.visit(value, own);
      else if (schema.additionalProperties === false) this.#unknownKey(key, at, properties.keys());
      else {
        this.#name(key, at, form.names);
        const { others } = form;
        if (others) this.visit(value, others);
      }
    }
  }

  #name(key: string, at: MapNode['at'], form: Form | null): void {
    if (form?.pattern && !form.pattern.test(key)) {
      this.#problems.add(at, `${quoted(key)} is not ${form.schema.title ?? 'of the right form'}`);
    }
  }

  #unknownKey(key: string, at: MapNode['at'], known: Iterable<string>): void {
    const sections = this.#root.properties;
    const home = [...sections].find(([, { schema }]) => Object.hasOwn(schema.properties ?? {}, key));
    const elsewhere = home ? `\`${key}\` stands under \`${home[0]}\`` : null;
    const top = sections.has(key) ? `\`${key}\` stands at the top of the file` : null;
    const names = [...known];
    const hint = nearMiss(key, names) === null ? (elsewhere ?? top) : null;
    this.#problems.add(at, `unknown key ${quoted(key)}`, hint ?? suggest(key, names));
  }

  #atLeast(node: LaneNode, size: number, least: number | undefined): void {
    if (least === undefined || size >= least) return;
    this.#problems.add(node.at, size === 0 ? `empty ${node.kind}` : `fewer than ${least} keys`);
  }

  #wrongType(node: LaneNode, wanted: readonly Form[]): void {
    const types = [...new Set(wanted.flatMap(({ schema }) => schema.type ?? []))].map((t) => NAMES[t] ?? t);
    const text = types.includes('text') && node.kind === 'scalar' && node.source !== '';
    const fixed = wanted.find(({ schema }) => schema.enum)?.schema.enum;
    const known = fixed ? `known: ${fixed.map((v) => `\`${v}\``).join(', ')}` : null;
    const hint = known ?? (text ? `write ${JSON.stringify(node.source)} in quotes` : null);
    this.#problems.add(node.at, `expected ${types.join(' or ')}, found ${found(node)}`, hint);
  }
}

/** Whole numbers are numbers, too. */
function typesOf(type: string | readonly string[]): ReadonlySet<JsonType> {
  const types = new Set([type].flat() as readonly JsonType[]);
  return types.has('number') ? types.add('integer') : types;
}

function typeOf(node: LaneNode): JsonType | null {
  switch (node.kind) {
    case 'map':
      return 'object';
    case 'list':
      return 'array';
    case 'fault':
      return null;
  }
  const { value } = node;
  if (typeof value === 'string') return 'string';
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return 'boolean';
}

function found(node: LaneNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  if (node.value === null) return node.source === '' ? 'nothing' : '`null`';
  if (typeof node.value === 'string') return `the text ${quoted(node.source)}`;
  return `${typeof node.value === 'number' ? 'the number' : 'the boolean'} ${quoted(node.source)}`;
}
