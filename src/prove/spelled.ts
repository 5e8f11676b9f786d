import type { AttributeDefinition } from '../classify/attribute.ts';
import { type Reading, type Readings, type Speech, settle, speak } from '../classify/attributes.ts';
import { baseClasses, type Membership, refine, triggeredClasses } from '../classify/classes.ts';
import type { AtomicChange } from '../classify/model.ts';
import { OBJECT_FACTS } from '../lanes/names.ts';
import type { Ruleset, RuleTest } from '../lanes/ruleset.ts';
import {
  type Answer,
  absent,
  type ChangedPath,
  type ChangeView,
  type Fact,
  type FactState,
  known,
  type SuccessorTest,
  unknown,
} from '../logic/fact.ts';
import type { Literal } from '../logic/matcher.ts';
import { isAnyStep, isAnySteps, literalSteps, type PathPattern, parsePattern } from '../logic/path.ts';
import { providerSource } from '../plan/address.ts';
import { answers } from './survivors.ts';
import type { KnownType, TypeKnowledge } from './types.ts';

const SPELLED = [{ from: 'test', name: null, value: null }] as const;
const LEFT_OUT = 'the test does not spell it';

/** Operations on an object that is not there yet: `successor` and `dependents` have no before side to speak of (lanes.md 3). */
const WITHOUT_BEFORE: ReadonlySet<string> = new Set(['create', 'read']);

/** Operations that may stand on either: what a create invokes, and the new half of an object that is recreated in disguise. */
export const PERHAPS_BEFORE: readonly string[] = ['invoke', 'reclassify'];

/**
 * The atomic change that an entry of `tests` spells (lanes.md 6): what it leaves out is silent (sources, options), absent
 * (tags) or unknown (the rest). Classes come from the catalogs and the user's classes, unless `class` is spelled.
 */
export class SpelledChange implements AtomicChange {
  readonly operation: RuleTest['operation'];
  readonly side: 'before' | 'after';
  readonly subject = null;
  readonly because = null;
  private readonly test: RuleTest;
  private readonly ruleset: Ruleset;
  private readonly types: TypeKnowledge;
  private readonly entry: KnownType | null;
  private readonly facts = new Map<string, Fact>();
  private readonly paths: readonly ChangedPath[];

  constructor(test: RuleTest, ruleset: Ruleset, types: TypeKnowledge) {
    this.test = test;
    this.ruleset = ruleset;
    this.types = types;
    this.entry = types.find(test.type, test.operation);
    this.operation = test.operation;
    this.side = test.operation === 'destroy' || test.operation === 'forget' ? 'before' : 'after';
    this.paths = changedPaths(test);
  }

  fact(key: string): Fact {
    let fact = this.facts.get(key);
    if (fact === undefined) {
      fact = this.#resolve(key);
      this.facts.set(key, fact);
    }
    return fact;
  }

  changedPaths(): readonly ChangedPath[] {
    return this.paths;
  }

  successor(test: SuccessorTest): Answer {
    if (!this.#standsBefore) return { value: false, why: 'no object stands before' };
    const { survivors } = this.test;
    if (survivors === null) return { value: 'unknown', why: LEFT_OUT };
    return { value: survivors.some((survivor) => answers(survivor, test)) === (test.want === 'present'), why: null };
  }

  /** `dependents: null` says that nothing stood before, where both may be. */
  get #standsBefore(): boolean {
    if (PERHAPS_BEFORE.includes(this.operation)) return this.test.with.get('dependents') !== null;
    return !WITHOUT_BEFORE.has(this.operation);
  }

  /** What the spelled sources of an attribute say. */
  speeches(attribute: AttributeDefinition): readonly Speech[] {
    return speak(attribute, this.#readings());
  }

  #resolve(key: string): Fact {
    const spelled = this.test.with.get(key);
    switch (key) {
      case 'type':
        return known(key, this.test.type, SPELLED);
      case 'class':
        return this.#classes();
      case 'provider':
        if (spelled === undefined && this.entry) return known(key, this.entry.source, SPELLED);
        if (typeof spelled === 'string') return known(key, providerSource(spelled), SPELLED);
        break;
      case 'dependents':
        if (!this.#standsBefore) return known(key, null, SPELLED);
        break;
    }
    const attribute = this.ruleset.attributes.get(key);
    if (attribute) {
      const direct = typeof spelled === 'string' ? [{ source: { from: 'test', name: key, value: spelled }, value: spelled }] : [];
      return settle(key, [...direct, ...this.speeches(attribute)]);
    }
    if (key.startsWith('tag.')) return this.#tag(key.slice(4), key);
    if (spelled === undefined || (spelled === null && !isNullable(key))) return unknown(key, LEFT_OUT);
    return { key, state: stateOf(spelled), sources: SPELLED };
  }

  #tag(spelled: string, key: string): Fact {
    const value = this.#tagValue(spelled);
    return value === null ? absent(key, SPELLED) : known(key, value, SPELLED);
  }

  #tagValue(key: string): string | null {
    const fold = (text: string): string => this.entry?.foldKey(text) ?? text;
    for (const [name, value] of this.test.with)
      if (name.startsWith('tag.') && typeof value === 'string' && fold(name.slice(4)) === fold(key)) return value;
    return null;
  }

  #readings(): Readings {
    const said = (name: string): Reading[] => {
      const value = this.test.with.get(name) ?? null;
      const all: readonly Literal[] = value === null || typeof value !== 'object' ? [value] : value;
      return all.flatMap((one) => (one === null ? [] : [{ name, value: String(one), why: null }]));
    };
    return {
      plain: (from) => {
        if (from !== 'provider' || this.test.with.has(from)) return said(from);
        return this.entry ? [{ name: from, value: this.entry.source, why: null }] : [];
      },
      variable: (name) => said(`variable.${name}`)[0] ?? null,
      attr: ({ path }) => said(`attr.${path.text}`),
      tag: (source, definition) => {
        const carried = this.entry?.carrier ? (definition.carriers?.get(this.entry.carrier) ?? null) : null;
        const key = source.carrier ? carried : source.key;
        const value = key === null ? null : this.#tagValue(key);
        return value === null ? [] : [{ name: key, value, why: null }];
      },
    };
  }

  #classes(): Fact {
    const { members, open } = refine(this.#membership(), this.#refinementView(), this.#classContext);
    return { key: 'class', state: { kind: 'members', members, open }, sources: SPELLED };
  }

  get #classContext() {
    return { classes: this.ruleset.classes, builtin: this.types.builtin };
  }

  #membership(): Membership {
    const spelled = this.test.with.get('class');
    if (spelled !== undefined && spelled !== null) {
      const names = typeof spelled === 'object' ? spelled : [spelled];
      return { members: new Map(names.map((name) => [String(name), true])), open: null, primary: null };
    }
    const row = this.entry?.row ?? null;
    const base = baseClasses(this.test.type, row, row?.wraps === undefined ? undefined : null, this.#classContext);
    const members = new Map(base.members);
    const valueAt = (path: PathPattern): FactState => this.fact(`attr.${path.text}`).state;
    for (const [name, sure] of triggeredClasses(row, () => this.paths, valueAt, this.operation !== 'update'))
      if (members.get(name) !== true) members.set(name, sure);
    return { ...base, members };
  }

  #refinementView(): ChangeView {
    return {
      operation: 'read',
      fact: (key) => (isOfObjects(key, this.ruleset) ? this.fact(key) : unknown(key, 'a refined class sees the object alone')),
      changedPaths: () => [],
      successor: () => ({ value: 'unknown', why: null }),
    };
  }
}

function changedPaths(test: RuleTest): readonly ChangedPath[] {
  const spelled = test.with.get('changes');
  if (!Array.isArray(spelled)) return [{ path: [], maybe: true, subtree: true }];
  return spelled.map((text) => ({ path: stepsOf(parsePattern(String(text))), maybe: false, subtree: false }));
}

/** A concrete path; wildcards never get past the loader. */
function stepsOf(pattern: PathPattern): readonly string[] {
  const steps = literalSteps(pattern);
  if (steps === null) throw new Error('a test names the paths that change');
  return steps;
}

function stateOf(spelled: Literal | readonly Literal[]): FactState {
  if (spelled === null || typeof spelled !== 'object') return { kind: 'value', value: spelled };
  return { kind: 'members', members: new Map(spelled.map((value) => [value, true])), open: null };
}

/** Whether a fact is one that an object has by itself, so that a refined class may hang on it. */
export function isOfObjects(key: string, { attributes }: Ruleset): boolean {
  return OBJECT_FACTS.has(key) || key.startsWith('tag.') || key.startsWith('attr.') || attributes.has(key);
}

/** Whether a path stands for many values, so that its fact is a set. */
export function isWild(pattern: PathPattern): boolean {
  return pattern.steps.some((step) => isAnyStep(step) || isAnySteps(step));
}

/** Null is a value of these; of the others it says that nothing is known. */
function isNullable(key: string): boolean {
  return key === 'module' || key === 'action_reason' || key === 'dependents' || key.startsWith('attr.');
}
