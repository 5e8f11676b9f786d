import type { Operation, Side } from '../logic/fact.ts';
import { stripKeys } from '../plan/address.ts';
import { hasSide } from '../plan/later-row.ts';
import type { ResourceChange } from '../plan/model.ts';
import { objectKey } from './address.ts';
import { PlannedAtom, unseenAtom } from './atom.ts';
import { setPaths } from './changes.ts';
import type { Binding } from './companion.ts';
import { priorRow } from './identity.ts';
import type { AtomicChange } from './model.ts';
import type { PlannedObject } from './object.ts';
import { leaves } from './plan-index.ts';
import { abandons, weakenings } from './protection.ts';
import { reclassified } from './reclassify.ts';
import type { PlannedWorld } from './world.ts';

/** Every atomic change that a plan row stands for (the table of lanes.md 4), all of which must pass. */
export function atomsOf(row: ResourceChange, world: PlannedWorld): AtomicChange[] {
  const atoms = ownAtoms(row, world);
  // Of most rows these are none.
  for (const more of [disguise, arming, retagging, hiddenInstances]) {
    const others = more(row, world);
    if (others.length > 0) atoms.push(...others);
  }
  return atoms;
}

function ownAtoms(row: ResourceChange, world: PlannedWorld): AtomicChange[] {
  const { before, after } = world.sides(row);
  const make = (operation: Operation, side: Side, because?: string) => rowAtom(row, operation, side, world, because);
  if (row.mode === 'action') return [make('invoke', 'after')];
  const does = (action: string) => row.actions.includes(action);
  const out: AtomicChange[] = [];
  const moved = row.previousAddress !== null;
  if (moved) out.push(make('move', 'before'), make('move', 'after'));
  if (row.importing) out.push(make('import', 'before'));
  if (does('forget')) out.push(make('forget', 'before'));
  if (does('delete')) {
    const kept = abandons(row, world.knowledge(row).row, world.index.plan);
    out.push(kept === null ? make('destroy', 'before') : make('forget', 'before', `kept in the cloud: ${kept}`));
  }
  if (does('create')) out.push(make('create', 'after'));
  if (does('update')) out.push(make('update', 'before'), make('update', 'after'));
  if (does('read') || does('open')) {
    out.push(make('read', 'after'));
    if (mayExecute(after ?? before)) out.push(make('invoke', 'after'));
  }
  const provisioners = row.block?.provisioners ?? [];
  if (provisioners.length > 0 && (does('create') || does('delete') || does('forget'))) {
    out.push(make('invoke', after === null ? 'before' : 'after', `provisioner ${[...new Set(provisioners)].join(', ')}`));
  }
  if (before && after && (row.actions.length > 1 || moved || does('update'))) {
    const differing = reclassified(before, after, world.context.attributes.values());
    const because = differing.join(', ');
    if (differing.length > 0) out.push(make('reclassify', 'before', because), make('reclassify', 'after', because));
  }
  return out;
}

/** An object that is destroyed at one address and created at another is reclassified when its classification differs. */
function disguise(row: ResourceChange, world: PlannedWorld): AtomicChange[] {
  const gone = world.disguises.of(row);
  // Most rows make nothing again.
  if (gone.length === 0) return [];
  const { after } = world.sides(row);
  return gone.flatMap((ended) => {
    const { before } = world.sides(ended);
    if (before === null || after === null) return [];
    const differing = reclassified(before, after, world.context.attributes.values());
    if (differing.length === 0) return [];
    const because = `recreates \`${ended.address}\`, and ${differing.join(', ')}`;
    return [subjectAtom(ended, 'reclassify', 'before', world, because), rowAtom(row, 'reclassify', 'after', world, because)];
  });
}

/** An atom on one side of the row itself. */
function rowAtom(row: ResourceChange, operation: Operation, side: Side, world: PlannedWorld, because?: string): AtomicChange {
  const object = world.sides(row)[side];
  if (object === null) return unseenAtom(operation, side, because ?? `the ${side} side is not in the plan`);
  const { row: catalog, provider } = world.knowledge(row);
  const compares = operation === 'update' || operation === 'move' || operation === 'reclassify';
  const paths = compares ? world.differencesOf(row) : () => setPaths(row, side, catalog, provider);
  const options = { replaces: row.actions.length > 1, reason: row.reason, because: because ?? null };
  return new PlannedAtom(operation, object, paths, world.relationsOf(row), options);
}

/** An atom that stands on another row's object. */
function subjectAtom(
  object: ResourceChange,
  operation: Operation,
  side: Side,
  world: PlannedWorld,
  because: string,
): AtomicChange {
  const view = world.sides(object)[side];
  if (view === null) return unseenAtom(operation, side, because);
  const { row: catalog, provider } = world.knowledge(object);
  const tags = [{ path: ['tags'], maybe: true, subtree: true }];
  const paths = () => (operation === 'reclassify' ? tags : setPaths(object, side, catalog, provider));
  const options = { subject: objectKey(object.address, object.deposed), because, replaces: false, reason: object.reason };
  return new PlannedAtom(operation, view, paths, world.relationsOf(object), options);
}

/** A data source whose type is in no catalog may run code too. */
function mayExecute(object: PlannedObject | null): boolean {
  return object === null || object.classes.members.has('code-execution') || object.classes.open !== null;
}

/** Edits that take a protection off: of the row itself, or of the object that a stand-alone protection guards. */
function arming(row: ResourceChange, world: PlannedWorld): AtomicChange[] {
  const catalog = world.knowledge(row).row;
  const weaker = row.actions.includes('update') ? weakenings(row, catalog) : [];
  if (catalog?.guards === undefined) {
    if (weaker.length === 0) return [];
    const because = `arming: ${weaker.map((w) => `${w.attribute} ${w.text}`).join(', ')}`;
    const operations = new Set<Operation>(
      weaker.flatMap((w): Operation[] => (w.forgets === 'unknown' ? ['forget', 'destroy'] : [w.forgets ? 'forget' : 'destroy'])),
    );
    return [...operations].map((operation) => rowAtom(row, operation, 'before', world, because));
  }
  if (weaker.length === 0 && !leaves(row)) return [];
  const because = `\`${row.address}\` guards it and is ${weaker.length > 0 ? 'weakened' : 'removed'}`;
  const guarded = world.guardedBy(row, catalog.guards);
  if (guarded.length === 0) return [unseenAtom('destroy', 'before', because)];
  return guarded.map((object) => subjectAtom(object, 'destroy', 'before', world, because));
}

/** A stand-alone tag resource that changes what an existing object carries reclassifies that object. */
function retagging(row: ResourceChange, world: PlannedWorld): AtomicChange[] {
  const { before, after } = world.bindings.sides(row);
  if (before === null && after === null) return [];
  if (row.actions.every((action) => action === 'no-op' || action === 'read')) return [];
  if (before && after && sameBinding(before, after)) return [];
  const bindings = [before, after].filter((binding): binding is Binding => binding !== null);
  if (!bindings.some((binding) => carriesAttribute(binding, row, world))) return [];
  const because = `\`${row.address}\` changes a tag of it`;
  const unseen = bindings.some((binding) => binding.missing);
  const atoms = [...new Set(bindings.flatMap((binding) => binding.objects))].flatMap((object) => {
    // An object that this plan creates gets its first tags; one that it ends is reclassified as it was.
    if (!hasSide(object, 'before')) return [];
    const sides: readonly Side[] = !hasSide(object, 'after') || leaves(object) ? ['before'] : ['before', 'after'];
    return sides.map((side) => subjectAtom(object, 'reclassify', side, world, because));
  });
  return unseen ? [...atoms, unseenAtom('reclassify', 'before', because), unseenAtom('reclassify', 'after', because)] : atoms;
}

/** Whether the tag it sets is, or may be, one that carries a declared attribute. */
function carriesAttribute(binding: Binding, row: ResourceChange, world: PlannedWorld): boolean {
  if (binding.key === null) return true;
  const { provider } = world.knowledge(row);
  const { carrier } = provider;
  return [...world.context.attributes.values()].some((definition) => {
    const key = carrier === null ? undefined : definition.carriers?.get(carrier);
    return key !== undefined && provider.foldKey(key) === binding.key;
  });
}

function sameBinding(a: Binding, b: Binding): boolean {
  if (a.key === null || b.key === null || a.key !== b.key) return false;
  if (a.objects.length !== b.objects.length || a.objects.some((object, i) => object !== b.objects[i])) return false;
  return a.reading.state === 'known' && b.reading.state === 'known' && a.reading.value === b.reading.value;
}

/** Instances of a deferred block that stand in prior state and that no row shows may be updated or destroyed. */
function hiddenInstances(row: ResourceChange, world: PlannedWorld): AtomicChange[] {
  if (row.deferred === null) return [];
  const block = stripKeys(row.address);
  return world.index.unseen
    .filter((object) => stripKeys(object.address) === block)
    .flatMap((object) => {
      const because = `\`${object.address}\` may be updated or destroyed once the deferral resolves`;
      const standIn = priorRow(object, row);
      const atom = (operation: Operation, side: Side) => subjectAtom(standIn, operation, side, world, because);
      return [atom('update', 'before'), atom('update', 'after'), atom('destroy', 'before')];
    });
}
