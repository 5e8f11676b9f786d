import { CARRIER_NAMES, type CarrierName } from '../../providers/provider.ts';
import type { AttributeDefinition, AttributeSource, GlobMap, PlainSource, RequiredTag } from '../classify/attribute.ts';
import type { LaneSource } from './cascade.ts';
import { parsePath } from './matcher.ts';
import { RESERVED } from './names.ts';
import { suggest } from './nearest.ts';
import { type Entry, entriesAt, itemsAt, type LaneNode, textAt, textOf, textsOf, valueAt } from './node.ts';
import type { Defined } from './principals.ts';
import { type Problems, quoted } from './problems.ts';

type Spellings = ReadonlyMap<string, string>;

/** Reads `attributes` of the org files. `classes`: every class that an org file may name. */
export function readAttributes(
  sources: readonly LaneSource[],
  known: { readonly teams: readonly string[]; readonly classes: ReadonlySet<string> },
  defined: Defined,
  problems: Problems,
): ReadonlyMap<string, AttributeDefinition> {
  const all = new Map<string, AttributeDefinition>();
  for (const source of sources) {
    for (const entry of source.speaks === 0 ? entriesAt(source.root, 'attributes') : []) {
      if (RESERVED.has(entry.key))
        problems.add(entry.at, `${quoted(entry.key)} is reserved in rules`, 'choose another name for the attribute');
      if (defined.add('attribute', entry.key, entry.at)) all.set(entry.key, new AttributeReader(entry, known, problems).read());
    }
  }
  return all;
}

class AttributeReader {
  readonly #entry: Entry;
  readonly #known: { readonly teams: readonly string[]; readonly classes: ReadonlySet<string> };
  readonly #problems: Problems;
  constructor(
    entry: Entry,
    known: { readonly teams: readonly string[]; readonly classes: ReadonlySet<string> },
    problems: Problems,
  ) {
    this.#entry = entry;
    this.#known = known;
    this.#problems = problems;
  }

  read(): AttributeDefinition {
    const { key: name, at, value: node } = this.#entry;
    const values = this.#values(valueAt(node, 'values'));
    const carriers = this.#carriers(valueAt(node, 'tag'));
    const keys = new Set(carriers?.values());
    const sources = itemsAt(node, 'from').flatMap((item) => this.#source(item, values, keys));
    const required = this.#required(node);
    if (required && carriers === null) {
      const place = node.kind === 'map' ? node.entries.get('required')?.at : null;
      this.#problems.add(place ?? at, `${quoted(name)} is required, but no tag carries it`, 'say `tag: KEY`');
    }
    return { name, at, values, sources, carriers, required };
  }

  #values(node: LaneNode | null): Spellings | null {
    if (node === null || node.kind === 'fault') return null;
    if (node.kind === 'scalar') return null;
    const spellings = new Map<string, string>();
    const spell = (text: string, value: string, at: LaneNode['at']) => {
      const other = spellings.get(text);
      if (other !== undefined)
        this.#problems.add(at, `${quoted(text)} spells ${quoted(other)} already`, 'each spelling means one value');
      else spellings.set(text, value);
    };
    if (node.kind === 'list') {
      for (const { text, at } of textsOf(node)) spell(text, text, at);
      return spellings;
    }
    const registry = node.entries.get('registry');
    if (registry) {
      const other = [...node.entries.values()].find((e) => e !== registry);
      if (other) this.#problems.add(other.at, '`registry` stands alone', 'take the values from the registry, or list them');
      if (this.#known.teams.length === 0)
        this.#problems.add(registry.value.at, 'no teams are declared', 'list them under `principals: {teams: …}`');
      for (const team of this.#known.teams) spell(team, team, registry.value.at);
      return spellings;
    }
    for (const { key, at } of node.entries.values()) spell(key, key, at);
    for (const { key, value } of node.entries.values()) for (const { text, at } of textsOf(value)) spell(text, key, at);
    return spellings;
  }

  #carriers(node: LaneNode | null): ReadonlyMap<CarrierName, string> | null {
    if (node === null) return null;
    const text = textOf(node);
    if (text !== null) return new Map(CARRIER_NAMES.map((name) => [name, text]));
    if (node.kind !== 'map') return null;
    const all = new Map<CarrierName, string>();
    for (const name of CARRIER_NAMES) {
      const key = textAt(node, name);
      if (key !== null) all.set(name, key);
    }
    return all;
  }

  #source(node: LaneNode, values: Spellings | null, carriers: ReadonlySet<string>): AttributeSource[] {
    if (node.kind !== 'map') return [];
    return [...node.entries.values()].flatMap(({ key, value }): AttributeSource[] => {
      switch (key) {
        case 'tag': {
          const tag = textOf(value);
          if (tag !== null) return [{ from: 'tag', key: tag, carrier: carriers.has(tag), map: null }];
          return this.#maps(value).map((e) => ({ from: 'tag', key: e.key, carrier: false, map: this.#globs(e.value, values) }));
        }
        case 'variable':
          return this.#maps(value).map((e) => ({ from: 'variable', name: e.key, map: this.#globs(e.value, values) }));
        case 'attr':
          return this.#maps(value).flatMap((e): AttributeSource[] => {
            const path = parsePath(e.key, e.at, this.#problems);
            return path ? [{ from: 'attr', path, map: this.#globs(e.value, values) }] : [];
          });
        default:
          return PLAIN.has(key) ? [{ from: key as PlainSource, map: this.#globs(value, values) }] : [];
      }
    });
  }

  #maps(node: LaneNode): readonly Entry[] {
    return node.kind === 'map' ? [...node.entries.values()] : [];
  }

  #globs(node: LaneNode, values: Spellings | null): GlobMap {
    return this.#maps(node).flatMap((entry): [string, string][] => {
      const text = textOf(entry.value);
      if (text === null) return [];
      const meant = values === null ? text : values.get(text);
      if (meant !== undefined) return [[entry.key, meant]];
      this.#problems.add(
        entry.value.at,
        `unknown value of ${quoted(this.#entry.key)}: ${quoted(text)}`,
        suggest(text, values?.keys() ?? []),
      );
      return [];
    });
  }

  #required(node: LaneNode): RequiredTag | null {
    const value = valueAt(node, 'required');
    if (value === null || (value.kind === 'scalar' && value.value !== true)) return null;
    const listed = valueAt(value, 'class');
    const classes = textsOf(listed);
    for (const { text, at } of classes) {
      if (!this.#known.classes.has(text))
        this.#problems.add(at, `unknown class ${quoted(text)}`, suggest(text, this.#known.classes));
    }
    const on = textsOf(valueAt(value, 'on')).map((t) => t.text as 'create' | 'replace' | 'import');
    return {
      classes: listed === null ? null : classes.map((c) => c.text),
      on: new Set(valueAt(value, 'on') === null ? (['create', 'replace', 'import'] as const) : on),
      enforce: textAt(value, 'enforce') !== 'observe',
    };
  }
}

const PLAIN: ReadonlySet<string> = new Set<PlainSource>([
  'workspace',
  'account',
  'region',
  'module',
  'address',
  'name',
  'provider',
  'namespace',
  'stack',
]);
