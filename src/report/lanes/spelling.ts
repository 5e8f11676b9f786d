import type { Operation } from '../../logic/fact.ts';
import type { Literal } from '../../logic/matcher.ts';
import { cut, LONGEST_SHOWN } from '../escape.ts';

/** How single words of a rule stand in a sentence. What follows is not yet escaped for any sink. */

/** Characters of a value that cannot be taken for a part of the sentence around it. */
const PLAIN = /^[\p{L}\p{N}_*@#$%+.~/-][\p{L}\p{N}\p{M}_*@#$%+.~/:=?&![\]-]*$/u;
const PATH = /^[\p{L}\p{N}_*["][\p{L}\p{N}\p{M}_*.:/@$["\]-]*$/u;
/** Words of our own sentences: a value that looks like one stands in quotes. */
const OWN_WORDS = new Set(
  'and any anyone anything at but false in is its least less like more most neither no nobody none nor not null of one or same set than that the their true unless where with'.split(
    ' ',
  ),
);

/** A value as it stands, or in quotes where it could be read as something else. Very long ones are cut, with a count. */
export function spell(text: string): string {
  const plain = PLAIN.test(text) && text.length <= LONGEST_SHOWN && !OWN_WORDS.has(text.toLowerCase());
  return plain ? text : JSON.stringify(cut(text));
}

/** The same for an attribute path, which may hold quoted keys. */
export function spellPath(text: string): string {
  return PATH.test(text) && text.length <= LONGEST_SHOWN ? text : JSON.stringify(cut(text));
}

/** `typed`: a text that reads like a number or a literal is put in quotes, for there it means another value. */
export function spellLiteral(value: Literal, typed: boolean): string {
  if (typeof value !== 'string') return String(value);
  return typed && value.trim() !== '' && !Number.isNaN(Number(value)) ? JSON.stringify(value) : spell(value);
}

/** `a`, `a and b`, `a, b and c`. */
export function listInWords(items: readonly string[], conjunction: 'and' | 'or'): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

/** Operations in the order in which people think of them. */
const OPERATIONS_IN_ORDER: readonly Operation[] = [
  'create',
  'read',
  'update',
  'destroy',
  'import',
  'move',
  'forget',
  'invoke',
  'reclassify',
];

export function inOrder(operations: Iterable<Operation>): readonly Operation[] {
  const all = new Set(operations);
  return OPERATIONS_IN_ORDER.filter((operation) => all.has(operation));
}

/** What a class name may end in to take an ordinary plural. */
const COUNTABLE = new Set(
  'api balancer cache cdn certificate cluster config database desktop firewall function group helper identity job key lock log machine monitor network organization permission pipeline policy queue registry revision role secret snapshot stream topic user warehouse workload zone'.split(
    ' ',
  ),
);

/** Resources of a class: `databases`, `identities`, `stateful resources`. The name stays recognisable. */
export function classInPlural(name: string): string {
  const spelled = spell(name);
  const ending = name.slice(name.lastIndexOf('-') + 1);
  if (spelled !== name || !COUNTABLE.has(ending)) return `${spelled} resources`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}
