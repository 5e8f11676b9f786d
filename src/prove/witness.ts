import { decideFor } from '../decide/atom.ts';
import type { AtomDecision } from '../decide/decision.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset, RuleTest } from '../lanes/ruleset.ts';
import { OPERATIONS, type Operation } from '../logic/fact.ts';
import { type Literal, spellInstant } from '../logic/matcher.ts';
import { formatPath } from '../logic/path.ts';
import type { Cube } from './cube.ts';
import { contextOf } from './examples.ts';
import type { Kind } from './kinds.ts';
import { Space } from './space.ts';
import { PERHAPS_BEFORE, SpelledChange } from './spelled.ts';
import type { TypeKnowledge } from './types.ts';

/** A concrete change of a region, as an entry of `tests` spells it. */
export interface Witness {
  readonly test: RuleTest;
  /** Who acts; a test cannot spell that the CI host vouches for a person. */
  readonly principal: Principal;
  readonly hosted: boolean;
}

/**
 * A change of the cube: of each variable the plainest cell. `whole`: facts that the region leaves open are spelled as well;
 * otherwise they are left out, which the region allows too.
 */
export function witnessOf(
  space: Space,
  cube: Cube,
  expect: RuleTest['expect'],
  ruleset: number,
  types: TypeKnowledge,
  whole = false,
): Witness {
  const at = (variable: number): number => space.cubes.first(cube, variable);
  const told = (variable: number): boolean => whole || cube.has(variable);
  const operation = OPERATIONS[at(Space.OPERATION)] as Operation;
  const actor = space.actors[at(Space.ACTOR)];
  const kind = space.kinds[at(Space.KIND)] as Kind;
  if (actor === undefined) throw new Error('a space without principals');
  const facts = new Map<string, Literal | readonly Literal[]>();
  const entry = types.find(kind.type, operation);
  const other = entry?.row !== types.find(kind.type, FIRST[kind.mode])?.row;
  if (kind.spellClass || other) facts.set('class', [...(kind.memberships[ruleset]?.members.keys() ?? [])]);
  if (kind.spellProvider && kind.provider !== null) facts.set('provider', kind.provider);
  for (const { variable, key, cells, derived } of space.facts) {
    const { spelled } = cells[at(variable)] ?? {};
    if (!told(variable) || derived || spelled === undefined) continue;
    // Nothing to spell: without a before side this is null anyway.
    if (key === 'dependents' && spelled === null && !PERHAPS_BEFORE.includes(operation)) continue;
    facts.set(key, spelled);
  }
  const paths = space.paths.flatMap((path, i) => (at(Space.FIRST_PATH + i) === 1 ? [formatPath(path.path)] : []));
  if (space.paths.some((_, i) => told(Space.FIRST_PATH + i))) facts.set('changes', paths);
  if (space.times.length > 1 && told(Space.TIME)) facts.set('now', spellInstant(space.times[at(Space.TIME)] as number));
  const cell = space.successors[at(Space.SUCCESSOR)];
  if (PERHAPS_BEFORE.includes(operation) && told(Space.SUCCESSOR) && cell?.side === 'none') facts.set('dependents', null);
  const principal = actor.principals[ruleset] as Principal;
  const test: RuleTest = {
    at: { file: '', line: 1, column: 1 },
    summary: null,
    as: actor.spelled,
    for: null,
    operation,
    type: kind.type,
    with: facts,
    survivors: told(Space.SUCCESSOR) ? (cell?.survivors ?? null) : null,
    expect,
  };
  for (const [key, value] of contradictions(
    space,
    cube,
    new SpelledChange(test, space.rulesets[ruleset] as Ruleset, types),
    ruleset,
  ))
    facts.set(key, value);
  return { test, principal, hosted: principal.assurance === 'host' };
}

/** An operation by which a type is found in the mode of its kind. */
const FIRST = { managed: 'create', any: 'create', unlisted: 'create', data: 'read', actions: 'invoke' } as const;

/** Where an attribute is unknown although one of its sources speaks, another source says something else. */
function contradictions(space: Space, cube: Cube, change: SpelledChange, ruleset: number): [string, string][] {
  return space.facts.flatMap(({ variable, key, cells, derived }): [string, string][] => {
    const definition = space.rulesets[ruleset]?.attributes.get(key);
    if (!definition || derived || cells[space.cubes.first(cube, variable)]?.spelled !== undefined) return [];
    const spoken = change.speeches(definition).flatMap((speech) => ('value' in speech ? [speech.value] : []));
    const other = cells.flatMap(({ spelled }) => (typeof spelled === 'string' && !spoken.includes(spelled) ? [spelled] : []))[0];
    return spoken.length > 0 && other !== undefined ? [[key, other]] : [];
  });
}

/** The evaluator's own decision on a witness. */
export function replay(witness: Witness, ruleset: Ruleset, types: TypeKnowledge): AtomDecision {
  const change = new SpelledChange(witness.test, ruleset, types);
  return decideFor(change, ruleset, [witness.principal], contextOf(witness.test, null)).decision;
}

/** The witness without the facts that it does not need: `holds` is asked of each shorter one. */
export function shortened(
  witness: Witness,
  attributes: ReadonlyMap<string, unknown>,
  holds: (witness: Witness) => boolean,
): Witness {
  let short = witness;
  const tryWith = (test: RuleTest): void => {
    const shorter = { ...short, test };
    if (holds(shorter)) short = shorter;
  };
  // What a reader cares least about goes first; the declared attributes say what kind of thing it is, and stay.
  const keys = [...witness.test.with.keys()].filter((key) => !attributes.has(key)).sort((a, b) => interest(a) - interest(b));
  for (const key of keys) tryWith({ ...short.test, with: new Map([...short.test.with].filter(([other]) => other !== key)) });
  if (short.test.survivors !== null) tryWith({ ...short.test, survivors: null });
  return short;
}

function interest(key: string): number {
  if (key === 'changes' || key === 'now') return 0;
  return key === 'dependents' || key === 'replaces' || key.startsWith('attr.') ? 1 : 2;
}
