import type { CatalogRow } from '../../providers/provider.ts';
import { evaluate } from '../logic/condition.ts';
import type { ChangedPath, ChangeView, FactState } from '../logic/fact.ts';
import { matchGlob } from '../logic/glob.ts';
import { coversBelow, matchPath, mayMatchBelow, type PathPattern, parsePattern } from '../logic/path.ts';
import type { Value } from '../plan/value.ts';
import type { ClassDefinition } from './attribute.ts';
import type { ClassContext } from './context.ts';

/** Class memberships of an object; `open` says why there may be more (or all) that cannot be known. */
export interface Membership {
  readonly members: ReadonlyMap<string, true | 'unknown'>;
  readonly open: string | null;
  /** The catalog's primary class, null where it has none. */
  readonly primary: string | null;
}

/** Classes of a type, before refinements: the catalog's row and the user's `types` with what they inherit by `is_a`. */
export function baseClasses(
  type: string,
  row: CatalogRow | null,
  inner: CatalogRow | null | undefined,
  context: ClassContext,
): Membership {
  const members = new Map<string, true | 'unknown'>();
  const known = inner ?? row;
  const primary = known?.class ?? null;
  let open: string | null = null;
  if (primary !== null) members.set(primary, true);
  for (const name of known?.also ?? []) members.set(name, true);
  if (row?.wraps !== undefined && !inner) open = `what stands inside (${row.wraps}) is not known`;
  let named = false;
  for (const definition of context.classes.values()) {
    if (!definition.types.some((glob) => matchGlob(glob, type))) continue;
    named ||= definition.settles;
    join(definition, members, context);
  }
  if (row === null && !named) open = `type \`${type}\` is in no catalog and in no class of yours`;
  return { members, open, primary };
}

function join(definition: ClassDefinition, members: Map<string, true | 'unknown'>, context: ClassContext): void {
  const seen = new Set<string>();
  let at: ClassDefinition | undefined = definition;
  let name: string | null = definition.name;
  while (name !== null && !seen.has(name)) {
    seen.add(name);
    members.set(name, true);
    for (const cross of context.builtin.get(name)?.suggests ?? []) members.set(cross, true);
    name = at?.isA ?? null;
    at = name === null ? undefined : context.classes.get(name);
  }
}

const refining = new WeakMap<ClassContext, boolean>();

/** Whether any class is a refinement. */
export function refines(context: ClassContext): boolean {
  let known = refining.get(context);
  if (known === undefined) {
    known = [...context.classes.values()].some((definition) => definition.refines !== null);
    refining.set(context, known);
  }
  return known;
}

/** Adds the refinements whose parent the object is in; a `when` that is unknown makes the membership unknown. */
export function refine(base: Membership, view: ChangeView, context: ClassContext): Membership {
  if (!refines(context)) return base;
  const members = new Map(base.members);
  let grew = true;
  while (grew) {
    grew = false;
    for (const definition of context.classes.values()) {
      if (definition.refines === null || members.has(definition.name)) continue;
      const parent = members.get(definition.refines.class) ?? (base.open === null ? false : 'unknown');
      if (parent === false) continue;
      const when = evaluate(definition.refines.when, view);
      if (when === false) continue;
      members.set(definition.name, parent === true && when === true ? true : 'unknown');
      grew = true;
    }
  }
  return { ...base, members };
}

/**
 * `access_by` and `exposure_by`: classes that an atomic change has because of the paths it touches (classes.md). `stays`: whether a look tells
 * that it touches nothing there.
 */
export function triggeredClasses(
  row: CatalogRow | null,
  changed: () => readonly ChangedPath[],
  valueAt: (pattern: PathPattern) => FactState,
  creates: boolean,
  stays: (pattern: PathPattern) => boolean = () => false,
): ReadonlyMap<string, true | 'unknown'> {
  let out: Map<string, true | 'unknown'> | null = null;
  const triggers = row === null ? NO_TRIGGERS : triggersOf(row);
  for (let at = 0; at < triggers.length; at += 1) {
    const { name, pattern, below, except } = triggers[at] as Trigger;
    // Asked first: one value is found sooner than every path that is set.
    if (creates ? isDefault(valueAt(pattern), except) : stays(pattern)) continue;
    const touched = touches(below, changed());
    if (touched === false) continue;
    out ??= new Map();
    if (touched === true) out.set(name, true);
    else if (!out.has(name)) out.set(name, 'unknown');
  }
  return out ?? NOT_TRIGGERED;
}

/** An attribute of a catalog row that adds a class where it is touched, unless its value is null, empty or one of `except`. */
interface Trigger {
  readonly name: 'access' | 'exposure';
  readonly pattern: PathPattern;
  /** The same with all that stands below it. */
  readonly below: PathPattern;
  readonly except: readonly Value[];
}

const NO_TRIGGERS: readonly Trigger[] = [];
const NOT_TRIGGERED: ReadonlyMap<string, true | 'unknown'> = new Map();

const triggersIn = new WeakMap<CatalogRow, readonly Trigger[]>();

function triggersOf(row: CatalogRow): readonly Trigger[] {
  let triggers = triggersIn.get(row);
  if (triggers === undefined) {
    const of = (name: Trigger['name'], listed: CatalogRow['access_by']) =>
      (listed ?? []).map(({ attribute, except }): Trigger => {
        const below = parsePattern(attribute.endsWith('.**') ? attribute : `${attribute}.**`);
        return { name, pattern: parsePattern(attribute), below, except: except ?? [] };
      });
    triggers = [...of('access', row.access_by), ...of('exposure', row.exposure_by)];
    triggersIn.set(row, triggers);
  }
  return triggers;
}

function touches(pattern: PathPattern, changed: readonly ChangedPath[]): true | false | 'unknown' {
  let result: false | 'unknown' = false;
  for (const change of changed) {
    if (matchPath(pattern, change.path)) {
      if (!change.maybe) return true;
      result = 'unknown';
    } else if ((change.maybe || change.subtree) && (mayMatchBelow(pattern, change.path) || coversBelow(pattern, change.path))) {
      result = 'unknown';
    }
  }
  return result;
}

function isDefault(state: FactState, except: readonly Value[]): boolean {
  const isOne = (value: Value) => value === null || value === '' || except.some((e) => e === value);
  if (state.kind === 'value') return isOne(state.value);
  if (state.kind === 'members')
    return state.open === null && [...state.members].every(([value, sure]) => sure === true && isOne(value));
  return false;
}

/** The most specific classes: cross-cutting ones, and those that another member belongs to, left out (lanes.md 3, `successor`). */
export function mostSpecific(membership: Membership, context: ClassContext): string[] | null {
  if (membership.open !== null || [...membership.members.values()].includes('unknown')) return null;
  const parents = new Set<string>();
  for (const name of membership.members.keys()) {
    const definition = context.classes.get(name);
    if (definition?.isA) parents.add(definition.isA);
    if (definition?.refines) parents.add(definition.refines.class);
  }
  return [...membership.members.keys()].filter((name) => !parents.has(name) && !context.builtin.get(name)?.cross).sort();
}
