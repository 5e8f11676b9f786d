import { kindOfError } from '../errors.ts';
import { known, OPERATIONS, type Operation } from '../logic/fact.ts';
import type { Mentions } from '../plan/mentions.ts';
import type { ConfigBlock, PlanFile, ResourceChange } from '../plan/model.ts';
import { UNKNOWN } from '../plan/value.ts';
import { PlannedAtom } from './atom.ts';
import { setPaths } from './changes.ts';
import type { Membership } from './classes.ts';
import type { ClassifyContext } from './context.ts';
import { syntheticRow } from './identity.ts';
import type { Known } from './known.ts';
import type { AtomicChange, ClassifiedChange } from './model.ts';
import type { PlannedObject } from './object.ts';
import { atomsOf } from './operations.ts';
import { indexPlan, type PlanIndex } from './plan-index.ts';
import { PlannedWorld } from './world.ts';

/** A data source that ran while the plan was made: it stands in configuration without a row (lanes.md 4). */
export interface RanAtPlan {
  readonly block: ConfigBlock;
  readonly atom: AtomicChange;
}

export interface ClassifiedPlan {
  readonly plan: PlanFile;
  /** Each row when it is asked for, all or those that `asked` says; what was worked out for the ones before may be forgotten. */
  rows(asked?: (row: ResourceChange) => boolean): Iterable<ClassifiedChange>;
  /** One row by itself. */
  row(change: ResourceChange): ClassifiedChange;
  /** The catalog's entry of a row's type and the code of its provider. */
  knowledge(change: ResourceChange): Pick<ClassifiedChange, 'row' | 'provider'>;
  readonly ranAtPlan: readonly RanAtPlan[];
  /** Which rows mention which texts. */
  readonly mentions: Mentions;
}

/** Works out, for each plan row, what it does and every fact that a rule may ask for. Pure. */
export function classifyPlan(plan: PlanFile, context: ClassifyContext, index: PlanIndex = indexPlan(plan)): ClassifiedPlan {
  const world = new PlannedWorld(index, context);
  return {
    plan,
    *rows(asked = () => true) {
      for (const row of world.index.rows) {
        if (!asked(row)) continue;
        world.rest();
        yield classifySafely(row, world);
      }
    },
    row: (change) => classifySafely(change, world),
    knowledge: (change) => world.knowledge(change),
    ranAtPlan: ranAtPlan(plan, world),
    mentions: world.mentions,
  };
}

/** What throws while a row is classified denies that row. */
function classifySafely(row: ResourceChange, world: PlannedWorld): ClassifiedChange {
  try {
    return classifyRow(row, world);
  } catch (error) {
    const failure = `${kindOfError(error)} while classifying`;
    const nothing = { atoms: [], operations: [], classes: [], before: null, after: null, idle: false, recreates: [] };
    const known = world.knowledge(row);
    return { change: row, row: known.row, provider: known.provider, faults: row.faults, failure, ...nothing };
  }
}

function classifyRow(row: ResourceChange, world: PlannedWorld): ClassifiedChange {
  const known = world.knowledge(row);
  const still = standsStill(row, known);
  const { before, after } = still ? world.sidesInPassing(row, known) : world.sides(row);
  const atoms = still || row.faults.length > 0 ? NONE : atomsOf(row, world);
  return {
    change: row,
    row: known.row,
    provider: known.provider,
    atoms,
    operations: atoms.length === 0 ? NONE : operationsOf(atoms),
    classes: classNames(after ?? before),
    faults: row.faults,
    failure: null,
    idle: atoms.length === 0 && row.faults.length === 0,
    before,
    after,
    recreates: world.disguises.of(row),
  };
}

/** What most rows of a large plan have of everything. */
const NONE: readonly never[] = Object.freeze([]);

/** By the operations of the atoms, one after the other: there are few such lists. */
const listed = new Map<string, readonly Operation[]>();

function operationsOf(atoms: readonly AtomicChange[]): readonly Operation[] {
  let name = '';
  for (let at = 0; at < atoms.length; at += 1) name += `${(atoms[at] as AtomicChange).operation} `;
  let operations = listed.get(name);
  if (operations === undefined) {
    const all = new Set(atoms.map((atom) => atom.operation));
    operations = OPERATIONS.filter((operation) => all.has(operation));
    if (listed.size < MOST_LISTS) listed.set(name, operations);
  }
  return operations;
}

/** An object that has many guards has as many atoms. */
const MOST_LISTS = 256;

/** A row of a managed object that nothing happens to: most rows of a large plan. Stand-alone tag resources are looked at closer. */
function standsStill(row: ResourceChange, known: Known): boolean {
  const { actions } = row;
  if (actions.length !== 1 || actions[0] !== 'no-op' || row.mode !== 'managed' || row.deposed !== null) return false;
  if (row.previousAddress !== null || row.importing !== null || row.deferred !== null) return false;
  return known.row?.tagging === undefined;
}

const named = new WeakMap<Membership, readonly string[]>();

/** Primary class first, then the certain ones by name. */
function classNames(object: PlannedObject | null): readonly string[] {
  if (object === null) return [];
  let names = named.get(object.classes);
  if (names === undefined) {
    const { members, primary } = object.classes;
    const sure = [...members].filter(([, value]) => value === true).map(([name]) => name);
    names = [...(primary === null ? [] : [primary]), ...sure.filter((name) => name !== primary).sort()];
    named.set(object.classes, names);
  }
  return names;
}

function ranAtPlan(plan: PlanFile, world: PlannedWorld): RanAtPlan[] {
  return [...plan.configuration.blocks.values()].flatMap((block) => {
    if (block.mode !== 'data' || world.index.byBlock.has(block.address)) return [];
    const { address, type, name } = block;
    const provider = block.provider?.source ?? '';
    const row = syntheticRow({ address, type, name, mode: 'data', provider, before: null, after: UNKNOWN, block });
    const known_ = world.knowledge(row);
    if (known_.row?.class !== 'code-execution') return [];
    const relations = {
      dependents: () => known('dependents', null),
      successor: () => ({ value: false as const, why: 'no object stands before' }),
    };
    const options = { replaces: false, reason: null, because: 'this data source ran while the plan was made' };
    const paths = () => setPaths(row, 'after', known_.row, known_.provider);
    return [{ block, atom: new PlannedAtom('invoke', world.build('after', row, row, known_), paths, relations, options) }];
  });
}
