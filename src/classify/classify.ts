import type { CatalogRow, Provider } from '../../providers/provider.ts';
import type { Answer, Fact, Operation, Side, SuccessorTest } from '../logic/fact.ts';
import { known, OPERATIONS } from '../logic/fact.ts';
import type { ConfigBlock, PlanFile, PriorObject, ResourceChange } from '../plan/model.ts';
import { UNKNOWN } from '../plan/value.ts';
import { PlannedAtom, unseenAtom } from './atom.ts';
import { changedPaths, setPaths } from './changes.ts';
import { type Binding, Bindings } from './companion.ts';
import type { ClassifyContext } from './context.ts';
import { dependentsFact } from './dependents.ts';
import type { AtomicChange, ClassifiedChange } from './model.ts';
import { type ObjectIdentity, PlannedObject } from './object.ts';
import { indexPlan, leaves, objectKey, type PlanIndex, withoutKeys } from './plan-index.ts';
import { abandons, weakenings } from './protection.ts';
import { reclassified } from './reclassify.ts';
import { referredRows } from './reference.ts';
import { successor } from './successor.ts';

/** A data source that ran while the plan was made: it stands in configuration without a row (lanes.md 4). */
export interface RanAtPlan {
  readonly block: ConfigBlock;
  readonly atom: AtomicChange;
}

export interface ClassifiedPlan {
  readonly plan: PlanFile;
  rows(): Iterable<ClassifiedChange>;
  readonly ranAtPlan: readonly RanAtPlan[];
}

/** Works out, for each plan row, what it does and every fact that a rule may ask for. Pure. */
export function classifyPlan(plan: PlanFile, context: ClassifyContext): ClassifiedPlan {
  return new Classifier(plan, context);
}

class Classifier implements ClassifiedPlan {
  readonly plan: PlanFile;
  private readonly context: ClassifyContext;
  private readonly index: PlanIndex;
  private readonly objects = new Map<ResourceChange, { before: PlannedObject | null; after: PlannedObject | null }>();
  private readonly dependentsOf = new Map<ResourceChange, Fact>();
  private readonly guarded = new Map<ResourceChange, readonly ResourceChange[]>();
  private armedRows: ReadonlySet<ResourceChange> | null = null;
  private bindings: Bindings | null = null;

  constructor(plan: PlanFile, context: ClassifyContext) {
    this.plan = plan;
    this.context = context;
    this.index = indexPlan(plan);
  }

  *rows(): Generator<ClassifiedChange> {
    for (const row of this.index.rows) yield this.classifySafely(row);
  }

  /** What throws while a row is classified denies that row. */
  private classifySafely(row: ResourceChange): ClassifiedChange {
    try {
      return this.classify(row);
    } catch (error) {
      const { row: catalog, provider } = this.knowledge(row);
      const failure = `${error instanceof Error ? error.name : 'error'} while classifying`;
      const nothing = { atoms: [], operations: [], classes: [], before: null, after: null, idle: false };
      return { change: row, row: catalog, provider, faults: row.faults, failure, ...nothing };
    }
  }

  get ranAtPlan(): readonly RanAtPlan[] {
    return [...this.plan.configuration.blocks.values()].flatMap((block) => {
      if (block.mode !== 'data' || this.index.byBlock.has(block.address)) return [];
      const row = syntheticRow({ ...blockIdentity(block), mode: 'data', provider: block.provider?.source ?? '', before: null, after: UNKNOWN, block });
      const { row: catalog, provider } = this.knowledge(row);
      if (catalog?.class !== 'code-execution') return [];
      const object = this.build('after', row, identityOf(row), catalog, provider);
      const relations = { dependents: () => known('dependents', null), successor: noSuccessor };
      const atom = new PlannedAtom('invoke', object, () => setPaths(row, 'after', catalog, provider), relations, {
        replaces: false,
        reason: null,
        because: 'this data source ran while the plan was made',
      });
      return [{ block, atom }];
    });
  }

  private classify(row: ResourceChange): ClassifiedChange {
    const { row: catalog, provider } = this.knowledge(row);
    const { before, after } = this.sides(row);
    const atoms = row.faults.length > 0 ? [] : this.atoms(row, catalog, provider, before, after);
    const operations = new Set(atoms.map((atom) => atom.operation));
    return {
      change: row,
      row: catalog,
      provider,
      atoms,
      operations: OPERATIONS.filter((operation) => operations.has(operation)),
      classes: classNames((after ?? before)?.classes ?? null),
      faults: row.faults,
      failure: null,
      idle: atoms.length === 0 && row.faults.length === 0,
      before,
      after,
    };
  }

  private atoms(row: ResourceChange, catalog: CatalogRow | null, provider: Provider, before: PlannedObject | null, after: PlannedObject | null): AtomicChange[] {
    const actions = row.actions.join('+');
    const replaces = actions.includes('+');
    const make = (operation: Operation, object: PlannedObject | null, side: Side, extra: { because?: string } = {}): AtomicChange => {
      if (object === null) return unseenAtom(operation, side, extra.because ?? `the ${side} side is not in the plan`);
      const half = operation === 'update' || operation === 'move' || operation === 'reclassify';
      const paths = () => (half ? changedPaths(row, catalog, provider) : setPaths(row, object.side, catalog, provider));
      return new PlannedAtom(operation, object, paths, this.relationsOf(row), { replaces, reason: row.reason, ...extra });
    };
    const out: AtomicChange[] = [];
    if (row.mode === 'action') return [make('invoke', after, 'after')];
    const moved = row.previousAddress !== null;
    if (moved) out.push(make('move', before, 'before'), make('move', after, 'after'));
    if (row.importing) out.push(make('import', before, 'before'));
    const gone = row.actions.includes('delete') ? abandons(row, catalog) : null;
    if (row.actions.includes('forget')) out.push(make('forget', before, 'before'));
    if (row.actions.includes('delete')) {
      out.push(gone === null ? make('destroy', before, 'before') : make('forget', before, 'before', { because: `kept in the cloud: ${gone}` }));
    }
    if (row.actions.includes('create')) out.push(make('create', after, 'after'));
    if (row.actions.includes('update')) out.push(make('update', before, 'before'), make('update', after, 'after'));
    if (row.actions.includes('read') || row.actions.includes('open')) {
      out.push(make('read', after, 'after'));
      if (mayExecute(after ?? before)) out.push(make('invoke', after, 'after'));
    }
    const touched = row.actions.some((action) => action === 'create' || action === 'delete' || action === 'forget');
    if (touched && (row.block?.provisioners.length ?? 0) > 0) {
      const object = after ?? before;
      out.push(make('invoke', object, object?.side ?? 'after', { because: `provisioner ${[...new Set(row.block?.provisioners)].join(', ')}` }));
    }
    if (before && after && (replaces || moved || row.actions.includes('update'))) {
      const differing = reclassified(before, after, this.context.attributes.values());
      if (differing.length > 0) {
        const because = `${differing.join(', ')} differs or may differ`;
        out.push(make('reclassify', before, 'before', { because }), make('reclassify', after, 'after', { because }));
      }
    }
    out.push(...this.arming(row, catalog, make, before), ...this.retagging(row), ...this.hiddenInstances(row));
    return out;
  }

  /** Edits that take a protection off (lanes.md 4): of the row itself, or of the object that a stand-alone protection guards. */
  private arming(row: ResourceChange, catalog: CatalogRow | null, make: (operation: Operation, object: PlannedObject | null, side: Side, extra: { because?: string }) => AtomicChange, before: PlannedObject | null): AtomicChange[] {
    const weaker = row.actions.includes('update') ? weakenings(row, catalog) : [];
    if (!catalog?.guards) {
      const first = weaker[0];
      if (!first) return [];
      const because = `arming: ${weaker.map((w) => `${w.attribute} ${w.text}`).join(', ')}`;
      const operations = new Set<Operation>(weaker.map((w) => (w.forgets ? 'forget' : 'destroy')));
      return [...operations].map((operation) => make(operation, before, 'before', { because }));
    }
    if (weaker.length === 0 && !leaves(row)) return [];
    const because = `\`${row.address}\` guards it and is ${weaker.length > 0 ? 'weakened' : 'removed'}`;
    const guarded = this.guardedBy(row, catalog.guards);
    if (guarded.length === 0) return [unseenAtom('destroy', 'before', because)];
    return guarded.flatMap((object) => this.subjectAtoms(object, 'destroy', ['before'], because));
  }

  private guardedBy(row: ResourceChange, attribute: string): readonly ResourceChange[] {
    let found = this.guarded.get(row);
    if (!found) {
      found = referredRows(row, attribute, 'before', this.index, (r) => this.knowledge(r).row);
      this.guarded.set(row, found);
    }
    return found;
  }

  /** A stand-alone tag resource that changes what an existing object carries reclassifies that object. */
  private retagging(row: ResourceChange): AtomicChange[] {
    const { before, after } = this.allBindings.sides(row);
    if (before === null && after === null) return [];
    if (row.actions.every((action) => action === 'no-op' || action === 'read')) return [];
    if (before && after && sameBinding(before, after)) return [];
    if (![before, after].some((binding) => binding && this.classifies(binding, row))) return [];
    const because = `\`${row.address}\` changes a tag of it`;
    const objects = new Set([...(before?.objects ?? []), ...(after?.objects ?? [])]);
    const unseen = [before, after].some((binding) => binding !== null && binding.objects.length === 0);
    const atoms = [...objects].flatMap((object) => {
      // An object that this plan creates gets its first tags; one that it destroys needs no tags any more.
      if (object.before === null || object.after === null || leaves(object)) return [];
      return this.subjectAtoms(object, 'reclassify', ['before', 'after'], because);
    });
    return unseen ? [...atoms, unseenAtom('reclassify', 'before', because), unseenAtom('reclassify', 'after', because)] : atoms;
  }

  /** Whether the tag it sets is, or may be, one that carries a declared attribute. */
  private classifies(binding: Binding, row: ResourceChange): boolean {
    if (binding.key === null) return true;
    const { provider } = this.knowledge(row);
    const carrier = provider.carrier;
    return [...this.context.attributes.values()].some((definition) => {
      const key = carrier === null ? null : definition.carriers?.get(carrier);
      return key !== null && key !== undefined && provider.foldKey(key) === binding.key;
    });
  }

  private subjectAtoms(object: ResourceChange, operation: Operation, sides: readonly Side[], because: string): AtomicChange[] {
    const { row: catalog, provider } = this.knowledge(object);
    const views = this.sides(object);
    return sides.map((side) => {
      const view = views[side];
      if (view === null) return unseenAtom(operation, side, because);
      const paths = () => (operation === 'reclassify' ? [{ path: ['tags'], maybe: true, subtree: true }] : setPaths(object, side, catalog, provider));
      const options = { subject: objectKey(object.address, object.deposed), because, replaces: false, reason: object.reason };
      return new PlannedAtom(operation, view, paths, this.relationsOf(object), options);
    });
  }

  /** Instances of a deferred block that stand in prior state and that no row shows may be updated or destroyed. */
  private hiddenInstances(row: ResourceChange): AtomicChange[] {
    if (row.deferred === null) return [];
    const block = withoutKeys(row.address);
    return this.index.unseen
      .filter((object) => withoutKeys(object.address) === block)
      .flatMap((object) => {
        const because = `\`${object.address}\` may be updated or destroyed once the deferral resolves`;
        const standIn = priorRow(object, row);
        return [
          ...this.subjectAtoms(standIn, 'update', ['before', 'after'], because),
          ...this.subjectAtoms(standIn, 'destroy', ['before'], because),
        ];
      });
  }

  private relationsOf(row: ResourceChange) {
    return {
      dependents: () => {
        let fact = this.dependentsOf.get(row);
        if (!fact) {
          fact = dependentsFact(row, this.index, (r) => this.knowledge(r).row);
          this.dependentsOf.set(row, fact);
        }
        return fact;
      },
      successor: (test: SuccessorTest): Answer =>
        successor(row, test, {
          index: this.index,
          context: this.context,
          object: (r, side) => this.sides(r)[side],
          parents: (r) => this.parentRows(r, 'before'),
          armed: (r) => this.armed.has(r),
        }),
    };
  }

  /** Rows whose object loses a protection in this plan. */
  private get armed(): ReadonlySet<ResourceChange> {
    if (this.armedRows === null) {
      const armed = new Set<ResourceChange>();
      for (const row of this.index.rows) {
        const catalog = this.knowledge(row).row;
        const weaker = row.actions.includes('update') && weakenings(row, catalog).length > 0;
        if (catalog?.guards) {
          if (weaker || leaves(row)) for (const object of this.guardedBy(row, catalog.guards)) armed.add(object);
        } else if (weaker) armed.add(row);
      }
      this.armedRows = armed;
    }
    return this.armedRows;
  }

  private get allBindings(): Bindings {
    this.bindings ??= new Bindings(this.index, (row) => this.knowledge(row));
    return this.bindings;
  }

  private parentRows(row: ResourceChange, side: Side): readonly ResourceChange[] {
    const attribute = this.knowledge(row).row?.parent;
    if (attribute === undefined) return [];
    return referredRows(row, attribute, side, this.index, (r) => this.knowledge(r).row);
  }

  private sides(row: ResourceChange): { before: PlannedObject | null; after: PlannedObject | null } {
    let sides = this.objects.get(row);
    if (!sides) {
      const { row: catalog, provider } = this.knowledge(row);
      const identity = identityOf(row);
      sides = {
        before: row.before === null && row.importing === null ? null : this.build('before', row, previousIdentity(row, identity), catalog, provider),
        after: row.after === null ? null : this.build('after', row, identity, catalog, provider),
      };
      this.objects.set(row, sides);
    }
    return sides;
  }

  private build(side: Side, row: ResourceChange, identity: ObjectIdentity, catalog: CatalogRow | null, provider: Provider): PlannedObject {
    const catalogRow = identity.type === row.type ? catalog : (this.knowledge({ ...row, type: identity.type }).row ?? null);
    return new PlannedObject(side, row, identity, catalogRow, provider, this.context, this.index, {
      parents: (r, s) => this.parentRows(r, s).flatMap((parent) => this.sides(parent)[s] ?? []),
      companionTags: (r, s) => this.allBindings.tagsOf(r, s),
    });
  }

  private knowledge(row: ResourceChange): { row: CatalogRow | null; provider: Provider } {
    const { provider, catalog } = this.context.knowledge(row.provider);
    const table = row.mode === 'data' ? catalog?.data : row.mode === 'action' ? catalog?.actions : catalog?.managed;
    return { row: table?.get(row.type) ?? null, provider };
  }
}

function mayExecute(object: PlannedObject | null): boolean {
  if (object === null) return true;
  const { members, open } = object.classes;
  return members.has('code-execution') || open !== null;
}

function sameBinding(a: Binding, b: Binding): boolean {
  if (a.key === null || b.key === null || a.key !== b.key) return false;
  if (a.objects.length !== b.objects.length || a.objects.some((object, i) => object !== b.objects[i])) return false;
  return a.reading.state === 'known' && b.reading.state === 'known' && a.reading.value === b.reading.value;
}

function noSuccessor(): Answer {
  return { value: false, why: 'no object stands before' };
}

function classNames(classes: PlannedObject['classes'] | null): string[] {
  if (classes === null) return [];
  const sure = [...classes.members].filter(([, value]) => value === true).map(([name]) => name);
  return [...(classes.primary === null ? [] : [classes.primary]), ...sure.filter((name) => name !== classes.primary).sort()];
}

function identityOf(row: ResourceChange): ObjectIdentity {
  return { address: row.address, module: row.moduleAddress, type: row.type, name: row.name };
}

/** A moved object's before side stands at its previous address, which may be of another type. */
function previousIdentity(row: ResourceChange, current: ObjectIdentity): ObjectIdentity {
  if (row.previousAddress === null) return current;
  const plain = splitAddress(row.previousAddress);
  return { address: row.previousAddress, module: plain.module, type: plain.type, name: plain.name };
}

/** Splits an address at its last two steps outside brackets: module path (with keys), type, name. */
function splitAddress(address: string): { module: string | null; type: string; name: string } {
  const dots: number[] = [];
  let quoted = false;
  let depth = 0;
  for (let at = 0; at < address.length; at += 1) {
    const c = address[at];
    if (quoted && c === '\\') at += 1;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === '[') depth += 1;
    else if (!quoted && c === ']') depth -= 1;
    else if (!quoted && depth === 0 && c === '.') dots.push(at);
  }
  const name = dots[dots.length - 1] ?? -1;
  const type = dots[dots.length - 2] ?? -1;
  return { module: type < 0 ? null : address.slice(0, type), type: address.slice(type + 1, name), name: withoutKeys(address.slice(name + 1)) };
}

function blockIdentity(block: ConfigBlock): { address: string; type: string; name: string } {
  return { address: block.address, type: block.type, name: block.name };
}

/** A row that the plan does not have, for an object that it only mentions. */
function syntheticRow(parts: Pick<ResourceChange, 'address' | 'type' | 'name' | 'mode' | 'provider' | 'before' | 'after' | 'block'>): ResourceChange {
  const rest = { index: -1, previousAddress: null, moduleAddress: null, key: null, deposed: null, actions: [], reason: null };
  return { ...rest, replacePaths: [], importing: null, deferred: null, trigger: null, faults: [], ...parts };
}

function priorRow(object: PriorObject, like: ResourceChange): ResourceChange {
  const { address, type, name, mode, provider } = object;
  const row = syntheticRow({ address, type, name, mode, provider, before: object.values, after: UNKNOWN, block: like.block });
  return { ...row, moduleAddress: object.moduleAddress, key: object.key };
}
