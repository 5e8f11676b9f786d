import { CARRIER_NAMES } from '../../../providers/provider.ts';
import type { AttributeDefinition, AttributeSource, ClassDefinition, GlobMap, RequiredTag } from '../../classify/attribute.ts';
import { conditionInWords } from './conditions.ts';
import { classInPlural, listInWords, spell, spellPath } from './spelling.ts';

/** A declared attribute in words. Null = it has none. */
export interface AttributeWords {
  readonly values: string;
  readonly sources: readonly string[];
  readonly carriers: string | null;
  readonly required: string | null;
}

export function attributeInWords(attribute: AttributeDefinition): AttributeWords {
  return {
    values: valuesInWords(attribute),
    sources: attribute.sources.map(sourceInWords),
    carriers: carriersInWords(attribute),
    required: attribute.required === null ? null : requiredInWords(attribute.required),
  };
}

/** Each value of a closed list with its aliases; null for open values. */
export function valuesOfAttribute({ values }: AttributeDefinition): ReadonlyMap<string, readonly string[]> | null {
  if (values === null) return null;
  const aliases = new Map<string, string[]>([...values.values()].map((value) => [value, []]));
  for (const [spelling, value] of values) if (spelling !== value) aliases.get(value)?.push(spelling);
  return aliases;
}

function valuesInWords(attribute: AttributeDefinition): string {
  const values = valuesOfAttribute(attribute);
  if (values === null) return 'any value';
  const words = [...values].map(([value, aliases]) => {
    return aliases.length === 0 ? spell(value) : `${spell(value)} (also ${aliases.map(spell).join(', ')})`;
  });
  return words.length === 0 ? 'no value' : listInWords(words, 'or');
}

function sourceInWords(source: AttributeSource): string {
  switch (source.from) {
    case 'tag':
      if (source.carrier && source.map === null) return 'the tag that carries it';
      return `tag ${spell(source.key)}${source.map === null ? '' : globsInWords(source.map)}`;
    case 'attr':
      return `its ${spellPath(source.path.text)}${globsInWords(source.map)}`;
    case 'variable':
      return `variable ${spell(source.name)}${globsInWords(source.map)}`;
    default:
      return `${source.from}${globsInWords(source.map)}`;
  }
}

/** In the order written: the first line that matches speaks. */
function globsInWords(map: GlobMap): string {
  return ` (${map.map(([glob, value]) => `${spell(glob)} is ${spell(value)}`).join(', ')})`;
}

/** `tag team`, or the providers of each key where they differ. */
function carriersInWords({ carriers }: AttributeDefinition): string | null {
  if (carriers === null) return null;
  const providers = new Map<string, string[]>();
  for (const [provider, key] of carriers) providers.set(key, [...(providers.get(key) ?? []), provider]);
  return [...providers].map(([key, on]) => `tag ${spell(key)}${isEverywhere(on) ? '' : ` on ${on.join(', ')}`}`).join('; ');
}

function isEverywhere(providers: readonly string[]): boolean {
  return CARRIER_NAMES.every((name) => providers.includes(name));
}

const OCCASIONS = [
  ['create', 'created'],
  ['replace', 'replaced'],
  ['import', 'imported'],
] as const;

/** `required of databases when they are created or imported`. */
export function requiredInWords({ classes, on }: RequiredTag): string {
  const when = listInWords(
    OCCASIONS.flatMap(([name, word]) => (on.has(name) ? [word] : [])),
    'or',
  );
  if (classes === null) return `required of every taggable resource when it is ${when}`;
  return `required of ${listInWords(classes.map(classInPlural), 'and')} when they are ${when}`;
}

/** `databases where data is confidential`, `resources of a type like acme_graph_*, which are also databases`. */
export function classInWords({ types, isA, refines }: ClassDefinition): string {
  if (refines !== null) return `${classInPlural(refines.class)} where ${conditionInWords(refines.when)}`;
  const words = types.map((type) => (type.includes('*') ? `of a type like ${spell(type)}` : `of type ${spell(type)}`));
  return `resources ${listInWords(words, 'or')}${isA === null ? '' : `, which are also ${classInPlural(isA)}`}`;
}
