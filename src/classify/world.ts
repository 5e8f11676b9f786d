import type { TagNames } from '../../providers/provider.ts';
import type { Answer, ChangedPath, Fact, Side, SuccessorTest } from '../logic/fact.ts';
import { hasSide } from '../plan/later-row.ts';
import { Mentions } from '../plan/mentions.ts';
import type { ResourceChange } from '../plan/model.ts';
import { type ObjectValue, UNKNOWN, type Unknown } from '../plan/value.ts';
import type { AtomRelations } from './atom.ts';
import { changedPaths } from './changes.ts';
import { Bindings } from './companion.ts';
import type { ClassifyContext } from './context.ts';
import { Dependents } from './dependents.ts';
import { Disguises } from './disguise.ts';
import { type ObjectIdentity, previousIdentity } from './identity.ts';
import { InheritedSpeeches } from './inherited.ts';
import { type Known, KnownTypes } from './known.ts';
import { type ObjectNames, objectNames } from './names.ts';
import { type ObjectWorld, PlannedObject, type Relations } from './object.ts';
import { leaves, type PlanIndex } from './plan-index.ts';
import { weakenings } from './protection.ts';
import { References } from './reference.ts';
import { type SuccessorSearch, successor } from './successor.ts';

/** Both sides of a row; null where there is no such side. */
export interface Sides {
  readonly before: PlannedObject | null;
  readonly after: PlannedObject | null;
}

/** What all atoms on the object of a row share. */
interface Related {
  readonly row: ResourceChange;
  readonly relations: AtomRelations;
  /** Null = nobody asked. */
  differences: readonly ChangedPath[] | null;
}

/** Rows whose objects are held at a time. */
const MOST_HELD = 24;

/** All objects of one plan and how they hang together; each answer is worked out once. */
export class PlannedWorld {
  readonly index: PlanIndex;
  readonly context: ClassifyContext;
  /** What rows name each other by; looked for at once for all objects that go. */
  readonly mentions: Mentions;
  /** What is ended here and made again there. */
  readonly disguises = new Disguises(this);
  private readonly known: KnownTypes;
  private readonly world: ObjectWorld;
  private readonly references: References;
  private readonly relations: Relations = {
    parents: (row, side) => this.parents(row, side),
    object: (row, side) => this.sides(row)[side],
    companionTags: (row, side) => this.bindings.tagsOf(row, side),
    tagNames: () => this.tagNames,
  };
  private objects = new Map<ResourceChange, Sides>();
  /** The row that was looked at last, and its sides. */
  private passing: ResourceChange | null = null;
  private passingSides: Sides = { before: null, after: null };
  private dependentsOf = new Map<ResourceChange, Fact>();
  private guarded = new Map<ResourceChange, readonly ResourceChange[]>();
  /** Of rows whose object goes: small, and asked for several times, where each time the values would have to be read. */
  private readonly names = new Map<ResourceChange, ObjectNames | null>();
  private search: SuccessorSearch | null = null;
  private related: Related | null = null;
  private referrers: Dependents | null = null;
  private armedRows: ReadonlySet<ResourceChange> | null = null;
  private allBindings: Bindings | null = null;
  private namesOfTags: ReadonlyMap<string, string> | null = null;

  constructor(index: PlanIndex, context: ClassifyContext) {
    this.index = index;
    this.context = context;
    this.known = new KnownTypes(context);
    this.world = { context, index, relations: this.relations, inherited: new InheritedSpeeches() };
    this.mentions = new Mentions(index.rows, () => this.likelyNames());
    this.references = new References(index, (row) => this.knowledge(row));
  }

  /**
   * Forgets what can be worked out again, once it is much: between two rows only, while nothing is being worked out. New maps, since
   * a cleared one of V8 still leads from its table of before to the next: one old table would hold the objects of all later rows.
   */
  rest(): void {
    if (this.objects.size < MOST_HELD) return;
    this.objects = new Map();
    this.dependentsOf = new Map();
    this.guarded = new Map();
    this.references.rest();
  }

  /** The catalog's entry of a row's type and the code of its provider. */
  knowledge(row: Pick<ResourceChange, 'provider' | 'mode' | 'type'>): Known {
    return this.known.of(row);
  }

  /** Both sides of a row. */
  sides(row: ResourceChange): Sides {
    if (row === this.passing) return this.passingSides;
    let sides = this.objects.get(row);
    if (sides === undefined) {
      sides = this.newSides(row, this.knowledge(row));
      this.objects.set(row, sides);
    }
    return sides;
  }

  /** The same of a row that nobody else is likely to ask for: they are held until it is the next one's turn. */
  sidesInPassing(row: ResourceChange, known: Known): Sides {
    if (row !== this.passing) {
      this.passingSides = this.objects.get(row) ?? this.newSides(row, known);
      this.passing = row;
    }
    return this.passingSides;
  }

  private newSides(row: ResourceChange, known: Known): Sides {
    const hadBefore = hasSide(row, 'before') || row.importing !== null;
    return {
      before: hadBefore ? this.build('before', row, previousIdentity(row), known) : null,
      // An ephemeral object is opened and never written: it has no values on either side.
      after: !hasSide(row, 'after') && row.mode !== 'ephemeral' ? null : this.build('after', row, row, known),
    };
  }

  /** `known`: of the row's type. */
  build(side: Side, row: ResourceChange, identity: ObjectIdentity, known: Known): PlannedObject {
    const { provider, mode } = row;
    const own = identity.type === row.type ? known : this.knowledge({ provider, mode, type: identity.type });
    return new PlannedObject(side, row, identity, own, this.world);
  }

  /** What `dependents` and `successor` say of the object that the row had before. */
  relationsOf(row: ResourceChange): AtomRelations {
    return this.relatedTo(row).relations;
  }

  /** Which paths differ between the sides of the row, worked out when first asked for. */
  differencesOf(row: ResourceChange): () => readonly ChangedPath[] {
    const related = this.relatedTo(row);
    return () => {
      if (related.differences === null) {
        const { row: catalog, provider } = this.knowledge(row);
        related.differences = changedPaths(row, catalog, provider);
      }
      return related.differences;
    };
  }

  /** The atoms of a row are made one after the other, and share what hangs on it alone. */
  private relatedTo(row: ResourceChange): Related {
    if (this.related?.row !== row) {
      const relations = { dependents: () => this.dependents(row), successor: (test: SuccessorTest) => this.successor(row, test) };
      this.related = { row, relations, differences: null };
    }
    return this.related;
  }

  /** Rows whose object a stand-alone protection guards; none = not in this plan. */
  guardedBy(row: ResourceChange, attribute: string): readonly ResourceChange[] {
    let found = this.guarded.get(row);
    if (!found) {
      found = this.referred(row, attribute, 'before');
      this.guarded.set(row, found);
    }
    return found;
  }

  get bindings(): Bindings {
    this.allBindings ??= new Bindings(this.index, (row) => this.knowledge(row), this.references, this.tagNames);
    return this.allBindings;
  }

  private get tagNames(): ReadonlyMap<string, string> {
    if (this.namesOfTags === null) {
      const names = new Map<string, string>();
      // Values are read of the few objects that have such names.
      const sought = (source: string, type: string): TagNames | null => {
        const { tagNames } = this.context.knowledge(source).provider;
        return tagNames?.types.has(type) ? tagNames : null;
      };
      const collect = (found: TagNames, type: string, values: ObjectValue | Unknown | null) => {
        if (values === null || values === UNKNOWN) return;
        for (const [id, name] of found.of(type, values)) names.set(id, name);
      };
      const named = [...this.index.priorProviders].some((source) => this.context.knowledge(source).provider.tagNames);
      for (const object of named ? this.index.plan.prior : []) {
        const found = sought(object.provider, object.type);
        if (found !== null) collect(found, object.type, object.values);
      }
      for (const row of this.index.rows) {
        const found = sought(row.provider, row.type);
        if (found === null) continue;
        collect(found, row.type, row.before);
        collect(found, row.type, row.after);
      }
      this.namesOfTags = names;
    }
    return this.namesOfTags;
  }

  private likelyNames(): string[] {
    const likely: string[] = [];
    for (const row of this.index.leaving) likely.push(...(this.namesOf(row)?.likely ?? []));
    return likely;
  }

  /** By what others name the object that the row had before; null where there is none. */
  private namesOf(row: ResourceChange): ObjectNames | null {
    let names = this.names.get(row);
    if (names === undefined) {
      const { before } = row;
      names = before === null ? null : objectNames(before, this.knowledge(row).row);
      if (leaves(row)) this.names.set(row, names);
    }
    return names;
  }

  private parents(row: ResourceChange, side: Side): readonly ResourceChange[] {
    const attribute = this.knowledge(row).row?.parent;
    return attribute === undefined ? [] : this.referred(row, attribute, side);
  }

  private referred(row: ResourceChange, attribute: string, side: Side): readonly ResourceChange[] {
    return this.references.of(row, attribute, side).rows;
  }

  private dependents(row: ResourceChange): Fact {
    let fact = this.dependentsOf.get(row);
    if (!fact) {
      this.referrers ??= new Dependents(
        this.index,
        this.mentions,
        (r) => this.knowledge(r).row,
        (r) => this.namesOf(r),
      );
      fact = this.referrers.of(row);
      this.dependentsOf.set(row, fact);
    }
    return fact;
  }

  private successor(row: ResourceChange, test: SuccessorTest): Answer {
    this.search ??= {
      index: this.index,
      context: this.context,
      object: (r, side) => this.sides(r)[side],
      glance: (r, side) => (this.objects.get(r) ?? this.newSides(r, this.knowledge(r)))[side],
      parents: (r) => this.parents(r, 'before'),
      armed: (r) => this.armed.has(r),
      answers: new Map(),
      kin: new Map(),
    };
    return successor(row, test, this.search);
  }

  /** Rows whose object loses a protection in this plan. */
  private get armed(): ReadonlySet<ResourceChange> {
    if (this.armedRows === null) {
      const armed = new Set<ResourceChange>();
      // Neither an update nor the end of a guard: most rows of a large plan.
      for (const row of this.index.acting) {
        const catalog = this.knowledge(row).row;
        const weaker = row.actions.includes('update') && weakenings(row, catalog).length > 0;
        if (catalog?.guards === undefined) {
          if (weaker) armed.add(row);
        } else if (weaker || leaves(row)) for (const object of this.guardedBy(row, catalog.guards)) armed.add(object);
      }
      this.armedRows = armed;
    }
    return this.armedRows;
  }
}
