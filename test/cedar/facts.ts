import { type Entry, isMap, type Literal, listOf, mapOf, type Names, type Node, type NodeMap } from './document.ts';
import { PATHS } from './pool.ts';

/** Fact to value; null is "has none". A fact that is not there is unknown. */
export type Facts = ReadonlyMap<string, Literal | readonly string[]>;

/** The literals, globs and bounds that rules hold against one fact. */
interface Mention {
  readonly literals: Set<Literal>;
  readonly globs: Set<string>;
  readonly bounds: Set<number>;
}

const RULES = ['guards', 'freezes', 'grants', 'ceilings'] as const;
const NO_FACTS: ReadonlySet<string> = new Set([
  'id',
  'do',
  'deny',
  'require',
  'why',
  'ask',
  'enforce',
  'from',
  'until',
  'reason',
  'summary',
  'partial',
] as const);

/** Every fact that some rule looks at, with what it is compared with. */
export class Mentions {
  readonly #all = new Map<string, Mention>();
  readonly #names: Names;

  constructor(files: readonly NodeMap[], names: Names) {
    this.#names = names;
    for (const file of files) {
      this.#condition(file.scope ?? {});
      for (const lane of Object.values(mapOf(file.lanes))) this.#condition(lane);
      for (const section of RULES) for (const rule of listOf(file[section])) this.#condition(rule);
    }
    for (const { when } of names.refined.values()) this.#condition(when);
    if (!names.tiers) return;
    for (const may of names.tiers.values()) for (const one of listOf(may)) this.#condition(one);
    this.#at('who.kind').literals.add('human').add('agent');
    for (const tier of names.tiers.keys()) this.#at('who.tier').literals.add(tier);
  }

  get keys(): Iterable<string> {
    return this.#all.keys();
  }

  get(key: string): Mention {
    return this.#all.get(key) ?? { literals: new Set(), globs: new Set(), bounds: new Set() };
  }

  #at(key: string): Mention {
    const mention = this.get(key);
    this.#all.set(key, mention);
    return mention;
  }

  #condition(node: Node): void {
    for (const [key, value] of Object.entries(mapOf(node))) {
      if (key === 'who') for (const [name, matcher] of Object.entries(mapOf(value))) this.#matcher(`who.${name}`, matcher);
      else if (key === 'unless') this.#condition(value);
      else if (key === 'may') for (const one of listOf(value)) this.#condition(one);
      else if (key === 'from' || key === 'until') this.#at('now').bounds.add(Date.parse(value as string));
      else if (key === 'changes' || key === 'successor') this.#at(key);
      else if (!NO_FACTS.has(key)) this.#matcher(key, value);
    }
  }

  #matcher(key: string, matcher: Node): void {
    const mention = this.#at(key);
    if (Array.isArray(matcher)) for (const one of matcher) this.#matcher(key, one);
    else if (!isMap(matcher)) mention.literals.add(this.#names.meaning(key, matcher as Literal));
    else {
      for (const [form, value] of Object.entries(matcher)) {
        if (form === 'any' || form === 'all' || form === 'not') this.#matcher(key, value);
        else if (form === 'glob') mention.globs.add(value as string);
        else if (form === 'same_as') this.#same(key, value as string);
        else if (form !== 'exists') mention.bounds.add(typeof value === 'string' ? Date.parse(value) : (value as number));
      }
    }
  }

  #same(key: string, other: string): void {
    const texts = key === 'who.team' || other === 'who.team' ? [...this.#names.teams.keys()] : [...this.#names.people];
    for (const name of [key, other]) for (const text of texts) this.#at(name).literals.add(text);
  }
}

/** What an entry says of one principal and its change (lanes.md 6: tags that are left out are absent, all else is unknown). */
export function factsOf(
  entry: Entry,
  principal: string,
  names: Names,
  mentions: Mentions,
): Map<string, Literal | readonly string[]> {
  const facts = new Map<string, Literal | readonly string[]>(names.principal(principal));
  facts.set('do', entry.do).set('type', entry.type);
  for (const key of mentions.keys) if (key.startsWith('tag.')) facts.set(key, null);
  for (const [key, value] of Object.entries(entry.with)) {
    facts.set(key, Array.isArray(value) ? (value as readonly string[]) : names.meaning(key, value as Literal));
  }
  if (!hasBefore(entry.do)) facts.set('dependents', null).set('successor', null);
  return facts;
}

/** Whether an operation stands on an object that is there already (lanes.md 4); else `dependents` and `successor` are null. */
export function hasBefore(operation: string): boolean {
  return operation !== 'create' && operation !== 'read';
}

/** Mentioned facts that have no value, each with every value worth trying: those that rules tell apart, and one other. */
export function openFacts(facts: Facts, names: Names, mentions: Mentions): Map<string, (Literal | readonly string[])[]> {
  const open = new Map<string, (Literal | readonly string[])[]>();
  for (const key of mentions.keys) if (!facts.has(key)) open.set(key, candidates(key, names, mentions.get(key)));
  return open;
}

function candidates(key: string, names: Names, mention: Mention): (Literal | readonly string[])[] {
  const closed = names.attributes.get(key);
  if (closed) return [...new Set(closed.values())];
  switch (key) {
    case 'who.kind':
      return ['human', 'agent', 'ci'];
    case 'who.team':
      return subsets([...mention.literals] as string[]);
    case 'who.tier':
      return [...(names.tiers?.keys() ?? []), null];
    case 'replaces':
      return [true, false];
    case 'changes':
      return subsets(PATHS).filter((paths) => paths.length > 0);
    case 'successor':
      return ['present', 'absent'];
    case 'dependents':
      return ['none', 'some'];
    case 'now':
      return [...new Set([0, ...[...mention.bounds].flatMap((bound) => [bound - 1, bound, bound + 1])])];
  }
  const values = new Set<Literal>([...mention.literals, 'zz-other']);
  for (const glob of mention.globs) for (const text of instances(glob)) values.add(text);
  for (const bound of mention.bounds)
    for (const number of [bound - 1, bound, bound + 1]) if (Number.isSafeInteger(number)) values.add(number);
  if (key.startsWith('attr.') || key === 'module' || key === 'action_reason' || key === 'who.owner') values.add(null);
  else values.delete(null);
  return [...values];
}

/** Texts that a glob matches. */
function instances(glob: string): string[] {
  const shorter = glob.endsWith('.**') ? [glob.slice(0, -3)] : [];
  return [...new Set([glob, ...shorter].flatMap((g) => [g.replaceAll('*', ''), g.replaceAll('*', 'zz')]))];
}

function subsets(items: readonly string[]): string[][] {
  const all: string[][] = [[]];
  for (const item of items) all.push(...all.map((set) => [...set, item]));
  return all;
}

/** Every way to fill the open facts. */
export function* completions(
  facts: Facts,
  open: ReadonlyMap<string, readonly (Literal | readonly string[])[]>,
): Generator<Facts> {
  const [first, ...rest] = open;
  if (!first) {
    yield facts;
    return;
  }
  for (const value of first[1]) yield* completions(new Map([...facts, [first[0], value]]), new Map(rest));
}

export function completionCount(open: ReadonlyMap<string, readonly unknown[]>): number {
  return [...open.values()].reduce((count, values) => count * values.length, 1);
}
