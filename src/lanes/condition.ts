import type { Place } from '../errors.ts';
import { ALWAYS, allOf, type Condition, NEVER, sameAsKeys } from '../logic/condition.ts';
import { OPERATIONS, type Operation, type SuccessorTest } from '../logic/fact.ts';
import type { PathPattern } from '../logic/path.ts';
import { MatcherCompiler, parsePath } from './matcher.ts';
import { CHANGE_FACTS, CONDITION_KEYS, factNames, type Names, OBJECT_FACTS, shapeOf, WHO_KEYS } from './names.ts';
import { nearMiss, suggest } from './nearest.ts';
import type { Entry, LaneNode, MapNode } from './node.ts';
import { type Problems, quoted } from './problems.ts';

/** Where a condition stands. `object`: it says what an object is by itself (`when` of a refined class). */
type Position = 'rule' | 'unless' | 'object';

const BARE_WORD = /^[A-Za-z0-9_-]+$/;
const NO_KEYS: ReadonlySet<string> = new Set();

/** Compiles the conditions of lanes.md 3 for one file's names. What is wrong goes to the problems and compiles to "never". */
export class ConditionCompiler {
  readonly #names: Names;
  readonly #problems: Problems;
  readonly #matchers: MatcherCompiler;
  constructor(names: Names, problems: Problems) {
    this.#names = names;
    this.#problems = problems;
    this.#matchers = new MatcherCompiler(names, problems);
  }

  /** All keys of a map together; `skip` are the rule's own keys, read by the caller. */
  condition(node: LaneNode, skip: ReadonlySet<string> = NO_KEYS, where: Position = 'rule'): Condition {
    if (node.kind !== 'map') return this.#gap(node.at);
    const parts: Condition[] = [];
    for (const entry of node.entries.values()) if (!skip.has(entry.key)) parts.push(this.#key(entry, skip, where));
    return allOf(parts);
  }

  #key(entry: Entry, skip: ReadonlySet<string>, where: Position): Condition {
    const { key, at, value } = entry;
    if (where === 'object' && !this.#isObjectFact(key)) {
      const isKnown = (CONDITION_KEYS as readonly string[]).includes(key) || CHANGE_FACTS.has(key);
      if (isKnown)
        return this.#wrong(
          at,
          `${quoted(key)} is nothing that an object is by itself`,
          'a refined class is narrowed by attributes, tags, plan attributes, type and place',
        );
    }
    switch (key) {
      case 'do':
        return { op: 'do', operations: this.operations(value) };
      case 'who':
        return this.who(value);
      case 'changes':
        return this.#changes(value);
      case 'successor':
        return this.#successor(value);
      case 'unless':
        if (where === 'unless') return this.#wrong(at, '`unless` inside `unless`', 'list the conditions of the rule itself');
        return { op: 'not', of: this.condition(value, NO_KEYS, 'unless') };
    }
    const shape = key.startsWith('who.') ? null : shapeOf(key, this.#names);
    if (shape === null) return this.#unknownKey(key, at, skip);
    if (key.startsWith('attr.') && !parsePath(key.slice(5), at, this.#problems)) return NEVER;
    const test = this.#matchers.compile(value, key, shape);
    if (test === null) return NEVER;
    const strange = where === 'object' ? sameAsKeys(test).find((other) => !this.#isObjectFact(other)) : undefined;
    if (strange !== undefined)
      return this.#wrong(
        value.at,
        `${quoted(key)} is compared with ${quoted(strange)}, which no object has by itself`,
        'a refined class is narrowed by attributes, tags, plan attributes, type and place',
      );
    return { op: 'fact', key, test };
  }

  #isObjectFact(key: string): boolean {
    return OBJECT_FACTS.has(key) || key.startsWith('tag.') || key.startsWith('attr.') || this.#names.attributes.has(key);
  }

  #unknownKey(key: string, at: Place, skip: ReadonlySet<string>): Condition {
    const home =
      key === 'tag' || key === 'attr' ? `write \`${key}.NAME\` as the key` : key.startsWith('who.') ? 'write `who: {…}`' : null;
    const known = [...CONDITION_KEYS, ...factNames(this.#names).filter((name) => !name.startsWith('who.')), ...skip];
    return this.#wrong(at, `unknown key ${quoted(key)}`, home ?? suggest(key, known));
  }

  /** `who: anyone` or a map of the principal's facts. */
  who(node: LaneNode): Condition {
    if (node.kind === 'scalar' && node.value === 'anyone') return ALWAYS;
    if (node.kind !== 'map') return this.#gap(node.at);
    const parts: Condition[] = [];
    for (const { key, at, value } of node.entries.values()) {
      if (!(WHO_KEYS as readonly string[]).includes(key)) {
        parts.push(this.#gap(at));
        continue;
      }
      const shape = shapeOf(`who.${key}`, this.#names);
      const test = shape && this.#matchers.compile(value, `who.${key}`, shape);
      parts.push(test ? { op: 'fact', key: `who.${key}`, test } : NEVER);
    }
    return allOf(parts);
  }

  /** Operations and groups, written out. */
  operations(node: LaneNode): ReadonlySet<Operation> {
    const all = new Set<Operation>();
    for (const { text, at } of this.#texts(node)) {
      const members = isOperation(text) ? [text] : this.#names.operations.get(text);
      if (members) for (const operation of members) all.add(operation);
      else
        this.#problems.add(
          at,
          `unknown operation ${quoted(text)}`,
          suggest(text, [...OPERATIONS, ...this.#names.operations.keys()]),
        );
    }
    return all;
  }

  /** One text or a list of them. */
  #texts(node: LaneNode): { text: string; at: Place }[] {
    const nodes = node.kind === 'list' ? node.items : [node];
    if (nodes.length === 0) this.#problems.gap(node.at);
    return nodes.flatMap((one) => {
      if (one.kind === 'scalar' && typeof one.value === 'string' && one.value !== '') return [{ text: one.value, at: one.at }];
      this.#problems.gap(one.at);
      return [];
    });
  }

  #changes(node: LaneNode): Condition {
    if (node.kind !== 'map') return this.#gap(node.at);
    const parts: Condition[] = [];
    for (const { key: how, at, value } of node.entries.values()) {
      if (how !== 'only' && how !== 'any' && how !== 'none') {
        parts.push(this.#gap(at));
        continue;
      }
      const texts = this.#texts(value);
      const paths = texts.flatMap(({ text, at: place }) => this.#pathsOf(text, place));
      parts.push({ op: 'changes', how, paths, text: texts.map((t) => t.text).join(', ') });
    }
    return allOf(parts);
  }

  #pathsOf(text: string, at: Place): readonly PathPattern[] {
    if (BARE_WORD.test(text)) {
      const set = this.#names.paths.get(text);
      if (set) return set;
      const meant = nearMiss(text, this.#names.paths.keys());
      if (meant !== null) {
        this.#problems.add(
          at,
          `${quoted(text)} is no set of \`paths\`, but ${quoted(meant)} is`,
          `write ${quoted(meant)}, or \`'["${text}"]'\` for the attribute of that name`,
        );
        return [];
      }
    }
    const pattern = parsePath(text, at, this.#problems);
    return pattern ? [pattern] : [];
  }

  #successor(node: LaneNode): Condition {
    if (node.kind === 'scalar' && (node.value === 'present' || node.value === 'absent')) {
      return { op: 'successor', test: { want: node.value, same: [], anyType: false } };
    }
    if (node.kind !== 'map') return this.#gap(node.at);
    return { op: 'successor', test: this.#successorTest(node) };
  }

  #successorTest(node: MapNode): SuccessorTest {
    const same: string[] = [];
    const listed = node.entries.get('same');
    for (const { text, at } of listed ? this.#texts(listed.value) : []) {
      if (!this.#isObjectFact(text) || shapeOf(text, this.#names) === null) {
        const known = [...OBJECT_FACTS.keys(), ...this.#names.attributes.keys()];
        this.#problems.add(at, `${quoted(text)} is no fact that two objects can share`, suggest(text, known));
      } else if (!text.startsWith('attr.') || parsePath(text.slice(5), at, this.#problems)) same.push(text);
    }
    return { want: 'present', same, anyType: node.entries.has('type') };
  }

  #wrong(at: Place, message: string, hint: string | null): Condition {
    this.#problems.add(at, message, hint);
    return NEVER;
  }

  #gap(at: Place): Condition {
    this.#problems.gap(at);
    return NEVER;
  }
}

export function isOperation(text: string): text is Operation {
  return (OPERATIONS as readonly string[]).includes(text);
}
