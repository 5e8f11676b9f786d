import type { Operation } from '../logic/fact.ts';
import type { PathPattern } from '../logic/path.ts';

/** The names that one file may use: those of its own level and of the levels above. */
export interface Names {
  /** Attribute to its spellings (value or alias to value); null = any value. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, string> | null>;
  readonly classes: ReadonlySet<string>;
  readonly paths: ReadonlyMap<string, readonly PathPattern[]>;
  readonly operations: ReadonlyMap<string, ReadonlySet<Operation>>;
  /** Null where no registry is declared, so that names cannot be checked. */
  readonly teams: ReadonlySet<string> | null;
  readonly tiers: ReadonlySet<string> | null;
}

/** A closed list of what a fact may say. */
export interface Closed {
  /** For messages: `class`, `team`, `value of \`environment\``. */
  readonly what: string;
  /** Spelling to the value it means. */
  readonly spellings: ReadonlyMap<string, string>;
}

/** What a matcher on a fact may hold. `nullable`: null is a value of it, rather than never there or told by `exists`. */
export type Shape =
  | { readonly is: 'text'; readonly nullable: boolean; readonly closed: Closed | null }
  | { readonly is: 'boolean' }
  | { readonly is: 'instant' }
  | { readonly is: 'any' };

const TEXT: Shape = { is: 'text', nullable: false, closed: null };
const TEXT_OR_NULL: Shape = { is: 'text', nullable: true, closed: null };

/** Facts that an object has by itself, on one side. */
export const OBJECT_FACTS: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['type', TEXT],
  ['provider', TEXT],
  ['name', TEXT],
  ['address', TEXT],
  ['module', TEXT_OR_NULL],
  ['region', TEXT],
  ['account', TEXT],
  ['workspace', TEXT],
]);

/** Facts of the change or the run. */
export const CHANGE_FACTS: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['replaces', { is: 'boolean' }],
  ['action_reason', TEXT_OR_NULL],
  ['dependents', { is: 'text', nullable: true, closed: closed('value of `dependents`', ['none', 'some']) }],
  ['repository', TEXT],
  ['ref', TEXT],
  ['event', TEXT],
  ['now', { is: 'instant' }],
]);

export const WHO_KEYS = ['kind', 'id', 'team', 'tier', 'owner', 'assurance'] as const;

/** Keys of a condition that are no plain facts. */
export const CONDITION_KEYS = ['do', 'who', 'class', 'changes', 'successor', 'unless'] as const;

/** Keys of rules: reserved as attribute names (lanes.md 2), with those that the rule shapes add. */
const RULE_KEYS = [
  ...[
    'id',
    'who',
    'may',
    'do',
    'deny',
    'require',
    'unless',
    'why',
    'ask',
    'summary',
    'from',
    'until',
    'reason',
    'scope',
    'tag',
    'attr',
    'changes',
  ],
  ...['enforce', 'per_plan', 'even_with_approval'],
];

/** Names that no attribute may have. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...RULE_KEYS,
  ...CONDITION_KEYS,
  ...OBJECT_FACTS.keys(),
  ...CHANGE_FACTS.keys(),
]);

export function closed(what: string, names: Iterable<string>): Closed {
  return { what, spellings: new Map([...names].map((name) => [name, name])) };
}

/** What a matcher on this key may hold, or null when no such fact is known. `class`, `tag.`, `attr.` and `who.` included. */
export function shapeOf(key: string, names: Names): Shape | null {
  const fixed = OBJECT_FACTS.get(key) ?? CHANGE_FACTS.get(key);
  if (fixed) return fixed;
  if (key.startsWith('tag.')) return key.length > 4 ? TEXT : null;
  if (key.startsWith('attr.')) return key.length > 5 ? { is: 'any' } : null;
  const shapes = named.get(names) ?? new Map<string, Shape | null>();
  named.set(names, shapes);
  let shape = shapes.get(key);
  if (shape === undefined) {
    shape = namedShape(key, names);
    shapes.set(key, shape);
  }
  return shape;
}

/** Shapes that list names: a rule in a thousand asks for the same few. */
const named = new WeakMap<Names, Map<string, Shape | null>>();

function namedShape(key: string, names: Names): Shape | null {
  if (key === 'class') return { is: 'text', nullable: false, closed: closed('class', names.classes) };
  if (key.startsWith('who.')) return whoShape(key.slice(4), names);
  const spellings = names.attributes.get(key);
  if (spellings === undefined) return null;
  return { is: 'text', nullable: false, closed: spellings && { what: `value of \`${key}\``, spellings } };
}

function whoShape(key: string, names: Names): Shape | null {
  const oneOf = (what: string, known: Iterable<string> | null): Shape => ({
    is: 'text',
    nullable: false,
    closed: known && closed(what, known),
  });
  switch (key) {
    case 'kind':
      return oneOf('kind', ['human', 'agent', 'ci']);
    case 'assurance':
      return oneOf('assurance', ['asserted', 'host', 'none']);
    case 'team':
      return oneOf('team', names.teams);
    case 'tier':
      return oneOf('tier', names.tiers);
    case 'id':
    case 'owner':
      return TEXT;
    default:
      return null;
  }
}

/** Every fact name that can be spelled out, for suggestions. */
export function factNames(names: Names): string[] {
  return [
    ...['class', ...OBJECT_FACTS.keys(), ...CHANGE_FACTS.keys(), ...names.attributes.keys()],
    ...WHO_KEYS.map((key) => `who.${key}`),
  ];
}
