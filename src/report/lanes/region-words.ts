import { OPERATIONS } from '../../logic/fact.ts';
import { type Literal, spellInstant } from '../../logic/matcher.ts';
import { formatPath } from '../../logic/path.ts';
import { bitsOf, type Cube } from '../../prove/cube.ts';
import { Space } from '../../prove/space.ts';
import { inOrder, listInWords, spell, spellPath } from './spelling.ts';

/** A region in words, each part null where anything will do. */
export interface RegionWords {
  readonly who: string | null;
  readonly do: string | null;
  /** Kinds of resource. */
  readonly what: string | null;
  /** Everything else, fact by fact. */
  readonly where: readonly string[];
}

/** Names that are listed before the rest is counted. */
const MOST_NAMED = 6;

/** What a region of a space holds, as a person says it. `ruleset`: whose classes and registry name things. */
export function regionInWords(space: Space, cube: Cube, ruleset: number): RegionWords {
  const cells = (variable: number): number[] => space.cubes.cells(cube, variable);
  return {
    who: cube.has(Space.ACTOR) ? who(space, cells(Space.ACTOR)) : null,
    do: cube.has(Space.OPERATION)
      ? listInWords(inOrder(cells(Space.OPERATION).flatMap((cell) => OPERATIONS[cell] ?? [])), 'and')
      : null,
    what: cube.has(Space.KIND) ? what(space, cells(Space.KIND), ruleset, kindsOf(space, cells(Space.OPERATION))) : null,
    where: [...facts(space, cube), ...successor(space, cube), ...paths(space, cube), ...time(space, cube)],
  };
}

/** One line: `agents of tier T2 · update · compute · environment staging`. */
export function regionLine({ who, do: operations, what, where }: RegionWords): string {
  return [who ?? 'anybody', operations ?? 'any operation', what ?? 'any kind of thing', ...where].join(' · ');
}

function who(space: Space, cells: readonly number[]): string {
  const names = [...new Set(cells.flatMap((cell) => space.actors[cell]?.spelled ?? []))];
  const registered = names.filter((name) => isRegistered(space, name));
  const others = names.length - registered.length;
  const strangers = space.actors.filter(({ spelled }) => !isRegistered(space, spelled)).length;
  const told = registered.slice(0, MOST_NAMED).map(spell);
  if (registered.length > MOST_NAMED) told.push(`${registered.length - MOST_NAMED} more`);
  if (others > 0 && others === strangers) told.push('everybody unregistered');
  else if (others > 0)
    told.push(
      ...names
        .filter((name) => !isRegistered(space, name))
        .slice(0, 2)
        .map((name) => `unregistered ${kindWords(name)}`),
    );
  return listInWords([...new Set(told)], 'and');
}

function kindWords(spelled: string): string {
  if (spelled.startsWith('agent:')) return 'agents';
  if (spelled.startsWith('ci:')) return 'pipelines';
  return spelled === 'anonymous' ? 'callers' : 'people';
}

function isRegistered(space: Space, spelled: string): boolean {
  const id = spelled.replace(/^(?:agent|ci):/, '');
  return space.rulesets.some(
    ({ registry }) => registry.people.has(id) || registry.agents.has(id) || [...registry.teams.values()].flat().includes(id),
  );
}

/** Kinds that one of these operations can concern: data sources are only read and invoked, and so on. */
function kindsOf(space: Space, operations: readonly number[]): readonly number[] {
  const { cubes, impossible } = space;
  const bits = (variable: number, holds: (cell: number) => boolean) => bitsOf(cubes.sizes[variable] ?? 0, holds);
  const done = bits(Space.OPERATION, (cell) => operations.includes(cell));
  return space.kinds.flatMap((_, kind) => {
    const one = new Map([
      [Space.OPERATION, done],
      [Space.KIND, bits(Space.KIND, (cell) => cell === kind)],
    ]);
    return cubes.find(one, impossible) === null ? [] : [kind];
  });
}

/** The classes that together hold exactly these kinds, the types that are left out, or as many types as fit on a line. */
function what(space: Space, cells: readonly number[], ruleset: number, possible: readonly number[]): string {
  const chosen = new Set(cells);
  const classes = classesOf(space, chosen, ruleset, possible);
  if (classes !== null) return `class ${listInWords(classes.map(spell), 'or')}`;
  const left = possible.flatMap((cell) => (chosen.has(cell) ? [] : [space.kinds[cell]?.type ?? '']));
  if (left.length > 0 && left.length <= 2 && left.length < cells.length)
    return `any type but ${listInWords([...new Set(left)].map(spell), 'and')}`;
  const types = [...new Set(cells.map((cell) => space.kinds[cell]?.type ?? ''))];
  const told = types.slice(0, MOST_NAMED).map((type) => (type === '' ? 'unknown types' : spell(type)));
  const more = types.length > MOST_NAMED ? ` and ${types.length - MOST_NAMED} others` : '';
  return `types like ${told.join(', ')}${more}`;
}

/** Few classes that together hold exactly these kinds, the largest first; null where there are none. */
function classesOf(space: Space, chosen: ReadonlySet<number>, ruleset: number, possible: readonly number[]): string[] | null {
  const names = new Set(space.kinds.flatMap(({ memberships }) => [...(memberships[ruleset]?.members.keys() ?? [])]));
  const members = [...names]
    .map((name) => ({
      name,
      cells: possible.filter((cell) => space.kinds[cell]?.memberships[ruleset]?.members.get(name) === true),
    }))
    .filter(({ cells }) => cells.length > 0 && cells.every((cell) => chosen.has(cell)))
    .sort((a, b) => b.cells.length - a.cells.length || (a.name < b.name ? -1 : 1));
  const left = new Set(chosen);
  const union: string[] = [];
  for (const { name, cells } of members) {
    if (!cells.some((cell) => left.has(cell))) continue;
    for (const cell of cells) left.delete(cell);
    union.push(name);
  }
  return left.size === 0 && union.length <= MOST_NAMED * 2 ? union.sort() : null;
}

function facts(space: Space, cube: Cube): string[] {
  return space.facts.flatMap(({ variable, key, cells }) => {
    if (!cube.has(variable)) return [];
    const admitted = space.cubes.cells(cube, variable).map((cell) => cells[cell]);
    const refused = cells.filter((cell) => !admitted.includes(cell));
    const some =
      refused.length < admitted.length && refused.length > 0
        ? `not ${words(refused)}`
        : words(admitted.flatMap((cell) => cell ?? []));
    return [`${spellPath(key)} ${some.replaceAll('"none"', 'none')}`];
  });
}

function words(
  cells: readonly { readonly spelled: Literal | readonly Literal[] | undefined; readonly state: { readonly kind: string } }[],
): string {
  const told = cells.map(({ spelled, state }) => {
    if (spelled === undefined) return state.kind === 'absent' ? 'absent' : 'unknown';
    if (spelled !== null && typeof spelled === 'object') return `[${spelled.map(String).join(', ')}]`;
    return typeof spelled === 'string' ? spell(spelled) : String(spelled);
  });
  const shown = told.slice(0, MOST_NAMED);
  return listInWords(told.length > MOST_NAMED ? [...shown, `${told.length - MOST_NAMED} more`] : shown, 'or');
}

function successor(space: Space, cube: Cube): string[] {
  if (!cube.has(Space.SUCCESSOR)) return [];
  const cells = space.cubes.cells(cube, Space.SUCCESSOR).flatMap((cell) => space.successors[cell] ?? []);
  const told = cells
    .filter(({ side }) => side === 'before')
    .map(({ survivors }) => {
      if (survivors === null) return 'unknown';
      const [first] = survivors;
      if (first === undefined) return 'absent';
      return first.same === null || first.same.length === 0
        ? 'present'
        : `with the same ${listInWords(first.same.map(spell), 'and')}`;
    });
  return told.length === 0 ? [] : [`successor ${listInWords([...new Set(told)], 'or')}`];
}

function paths(space: Space, cube: Cube): string[] {
  return space.paths.flatMap((path, i) => {
    const variable = Space.FIRST_PATH + i;
    if (!cube.has(variable)) return [];
    const [cell] = space.cubes.cells(cube, variable);
    return [`${cell === 1 ? 'changes' : 'does not change'} paths like ${spellPath(formatPath(path.path))}`];
  });
}

/** Runs of times as half-open intervals: bounds stand at odd places of the list, what lies between them at even ones. */
function time(space: Space, cube: Cube): string[] {
  if (!cube.has(Space.TIME)) return [];
  const admitted = new Set(space.cubes.cells(cube, Space.TIME));
  const told: string[] = [];
  for (let first = 0; first < space.times.length; first += 1) {
    if (!admitted.has(first) || admitted.has(first - 1)) continue;
    let last = first;
    while (admitted.has(last + 1)) last += 1;
    const at = (cell: number): string => spellInstant(space.times[cell] as number);
    const start = first === 0 ? [] : [first % 2 === 1 ? `from ${at(first)}` : `after ${at(first - 1)}`];
    const end = last === space.times.length - 1 ? [] : [last % 2 === 1 ? `through ${at(last)}` : `until ${at(last + 1)}`];
    told.push([...start, ...end].join(' '));
  }
  return told.length === 0 ? [] : [listInWords(told, 'or')];
}
