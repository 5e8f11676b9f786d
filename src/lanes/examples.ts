import type { Place } from '../errors.ts';
import { OPERATIONS } from '../logic/fact.ts';
import type { Literal } from '../logic/matcher.ts';
import { literalSteps } from '../logic/path.ts';
import type { LaneSource } from './cascade.ts';
import { isOperation } from './condition.ts';
import { parsePath, readInstant } from './matcher.ts';
import { factNames, type Names, type Shape, shapeOf } from './names.ts';
import { suggest } from './nearest.ts';
import { itemsAt, type LaneNode, textAt, textsOf, valueAt } from './node.ts';
import { parseWho } from './principal.ts';
import { type Problems, quoted } from './problems.ts';
import type { RuleTest } from './ruleset.ts';

/** Reads `tests` of one file: one atomic change each, with the facts that it spells. */
export function readTests(source: LaneSource, names: Names, problems: Problems): RuleTest[] {
  return itemsAt(source.root, 'tests').flatMap((node) => new TestReader(names, problems).read(node) ?? []);
}

class TestReader {
  readonly #names: Names;
  readonly #problems: Problems;
  constructor(names: Names, problems: Problems) {
    this.#names = names;
    this.#problems = problems;
  }

  read(node: LaneNode): RuleTest | null {
    const as = textAt(node, 'as');
    const type = textAt(node, 'type');
    const operation = textAt(node, 'do');
    const expect = textAt(node, 'expect');
    for (const key of ['as', 'for']) this.#principal(node, key);
    const with_ = valueAt(node, 'with');
    const facts = this.#facts(with_);
    if (as === null || type === null || operation === null || expect === null) {
      this.#problems.gap(node.at);
      return null;
    }
    if (!isOperation(operation)) {
      const at = valueAt(node, 'do')?.at ?? node.at;
      if (this.#names.operations.has(operation))
        this.#problems.add(at, `${quoted(operation)} is a group`, 'a test is one operation');
      else this.#problems.add(at, `unknown operation ${quoted(operation)}`, suggest(operation, OPERATIONS));
      return null;
    }
    const verdict = expect as RuleTest['expect'];
    return {
      at: node.at,
      summary: textAt(node, 'summary'),
      as,
      for: textAt(node, 'for'),
      operation,
      type,
      with: facts,
      survivors: this.#survivors(with_ && valueAt(with_, 'successor')),
      expect: verdict,
    };
  }

  #principal(node: LaneNode, key: string): void {
    const spelled = textsOf(valueAt(node, key))[0];
    const fault = spelled && parseWho(spelled.text).fault;
    if (spelled && fault) this.#problems.add(spelled.at, fault.message, fault.hint);
    else if (spelled && key === 'for' && parseWho(spelled.text).kind !== 'bare')
      this.#problems.add(
        spelled.at,
        `${quoted(spelled.text)} is no person`,
        'only a person is acted for: name them without a kind',
      );
  }

  #facts(node: LaneNode | null): RuleTest['with'] {
    const facts = new Map<string, Literal | readonly Literal[]>();
    if (node?.kind !== 'map') return facts;
    for (const { key, at, value } of node.entries.values()) {
      if (key === 'changes') facts.set(key, this.#paths(value));
      else if (key === 'successor') continue;
      else if (key === 'type') this.#problems.add(at, '`type` inside `with`', 'say it beside `with`');
      else if (isSource(key)) facts.set(key, this.#literal(value, key, { is: 'text', nullable: false, closed: null }));
      else {
        const shape = key.startsWith('who.') ? null : shapeOf(key, this.#names);
        if (shape === null) {
          const known = ['changes', 'successor', ...factNames(this.#names).filter((name) => !name.startsWith('who.'))];
          this.#problems.add(at, `unknown fact ${quoted(key)}`, suggest(key, known));
          continue;
        }
        if (key.startsWith('attr.') && !parsePath(key.slice(5), at, this.#problems)) continue;
        const literals = (value.kind === 'list' ? value.items : [value]).map((item) => this.#literal(item, key, shape));
        facts.set(key, value.kind === 'list' ? literals : (literals[0] ?? null));
        if (value.kind === 'list' && shape.is !== 'any' && key !== 'class')
          this.#problems.add(value.at, `${quoted(key)} has one value`, 'write one');
      }
    }
    return facts;
  }

  #survivors(node: LaneNode | null): RuleTest['survivors'] {
    if (node === null || node.kind === 'fault') return null;
    if (node.kind === 'scalar') return node.value === 'absent' ? [] : [{ same: null, anyType: false }];
    return (node.kind === 'list' ? node.items : [node]).map((one) => {
      const same = textsOf(valueAt(one, 'same'));
      for (const { text, at } of same)
        if (shapeOf(text, this.#names) === null)
          this.#problems.add(at, `unknown fact ${quoted(text)}`, suggest(text, factNames(this.#names)));
      return { same: same.map(({ text }) => text), anyType: textAt(one, 'type') !== null };
    });
  }

  #paths(node: LaneNode): string[] {
    return textsOf(node).map(({ text, at }) => {
      const pattern = parsePath(text, at, this.#problems);
      if (pattern && literalSteps(pattern) === null)
        this.#problems.add(at, `${quoted(text)} stands for many paths`, 'a test names the paths that change');
      return text;
    });
  }

  #literal(node: LaneNode, key: string, shape: Shape): Literal {
    if (node.kind !== 'scalar') {
      this.#problems.gap(node.at);
      return null;
    }
    const { value, at } = node;
    const wrong = (message: string, hint: string | null, place: Place = at): null => {
      this.#problems.add(place, message, hint);
      return null;
    };
    if (value === null || shape.is === 'any') return value;
    if (shape.is === 'boolean') {
      // The schema says so, at the same place.
      if (typeof value !== 'boolean') this.#problems.gap(at);
      return typeof value === 'boolean' ? value : null;
    }
    if (typeof value !== 'string')
      return wrong(
        `${quoted(key)} is always text, not the ${typeof value} ${quoted(node.source)}`,
        `write ${JSON.stringify(node.source)} in quotes`,
      );
    if (shape.is === 'instant')
      return readInstant(value) === null ? wrong(`${quoted(value)} is no instant of the calendar with its zone`, null) : value;
    if (!shape.closed) return value;
    const meant = shape.closed.spellings.get(value);
    return meant ?? wrong(`unknown ${shape.closed.what} ${quoted(value)}`, suggest(value, shape.closed.spellings.keys()));
  }
}

/** What only attributes read: no rule names it, and a test may. */
function isSource(key: string): boolean {
  return key === 'stack' || key === 'namespace' || (key.startsWith('variable.') && key.length > 'variable.'.length);
}
