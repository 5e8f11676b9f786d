import { taggableFor } from '../../providers/effective.ts';
import type { CatalogRow, EffectiveTags, Provider, TagReading } from '../../providers/provider.ts';
import { absent, type ChangeView, type Fact, type FactSource, known, type Side, unknown } from '../logic/fact.ts';
import { parsePattern } from '../logic/path.ts';
import type { ResourceChange } from '../plan/model.ts';
import { type ObjectValue, UNKNOWN, type Unknown } from '../plan/value.ts';
import type { AttributeDefinition } from './attribute.ts';
import { type Speech, sourceText, speak } from './attributes.ts';
import { baseClasses, type Membership, refine, refines } from './classes.ts';
import type { ClassifyContext } from './context.ts';
import type { ObjectIdentity } from './identity.ts';
import { Asked, type InheritedSpeeches } from './inherited.ts';
import { classFact, type Known } from './known.ts';
import { lookup } from './lookup.ts';
import type { ObjectView } from './model.ts';
import { type CompanionTags, ObjectTags } from './object-tags.ts';
import { accountFact, regionFact } from './place.ts';
import type { PlanIndex } from './plan-index.ts';
import { ObjectReadings } from './readings.ts';

/** Cross-object questions that one side asks of the whole plan. */
export interface Relations {
  /** Rows of the objects that this one may belong to. None = they are not in the plan, or cannot be told. */
  parents(row: ResourceChange, side: Side): readonly ResourceChange[];
  object(row: ResourceChange, side: Side): PlannedObject | null;
  /** Tags that stand-alone tag resources put on it. */
  companionTags(row: ResourceChange, side: Side): CompanionTags;
  /** Ids that stand for tag keys and values, by what the plan and its state say of them. */
  tagNames(): ReadonlyMap<string, string>;
}

/** What all objects of a plan stand in. */
export interface ObjectWorld {
  readonly context: ClassifyContext;
  readonly index: PlanIndex;
  readonly relations: Relations;
  readonly inherited: InheritedSpeeches;
}

/** Facts of one side of a row (lanes.md 3). Each is computed when first asked for. */
export class PlannedObject implements ObjectView {
  readonly side: Side;
  readonly change: ResourceChange;
  readonly row: CatalogRow | null;
  readonly provider: Provider;
  readonly identity: ObjectIdentity;
  private readonly known: Known;
  private readonly world: ObjectWorld;
  /** Null = nobody asked: most rows of a large plan do nothing. */
  private facts: Map<string, Fact> | null = null;
  private ownTags: ObjectTags | null = null;
  private membership: Membership | null = null;
  private resolving = false;

  constructor(side: Side, change: ResourceChange, identity: ObjectIdentity, known: Known, world: ObjectWorld) {
    this.side = side;
    this.change = change;
    this.identity = identity;
    this.row = known.row;
    this.provider = known.provider;
    this.known = known;
    this.world = world;
  }

  private get context(): ClassifyContext {
    return this.world.context;
  }

  get values(): ObjectValue | Unknown | null {
    return this.side === 'before' ? this.change.before : this.change.after;
  }

  fact(key: string): Fact {
    this.facts ??= new Map();
    let fact = this.facts.get(key);
    if (fact === undefined) {
      fact = this.resolve(key);
      this.facts.set(key, fact);
    }
    return fact;
  }

  private get tagged(): ObjectTags {
    this.ownTags ??= new ObjectTags(this, this.world);
    return this.ownTags;
  }

  get tags(): EffectiveTags {
    return this.tagged.all;
  }

  shows(key: string): boolean {
    return this.tagged.shows(key);
  }

  /** What a tag key says, as it is spelled; null = absent for certain. */
  tagReading(spelled: string): TagReading | null {
    return this.tagged.reading(spelled);
  }

  /** What tags some values of this side say, stand-alone tag resources aside. */
  effectiveTags(values: ObjectValue | Unknown | null): EffectiveTags {
    return this.tagged.of(values);
  }

  /** Classes of the object itself, refinements included; what changed paths add stands on the atom. */
  get classes(): Membership {
    if (this.membership === null) {
      const inner = this.innerRow();
      const base = inner === undefined ? this.known.classes : baseClasses(this.identity.type, this.row, inner, this.context);
      this.membership = refines(this.context) ? refine(base, this.refinementView(), this.context) : base;
    }
    return this.membership;
  }

  private resolve(key: string): Fact {
    switch (key) {
      case 'type':
        return known(key, this.identity.type, [planSource('type')]);
      case 'provider':
        return known(key, this.change.provider, [planSource('provider')]);
      case 'name':
        return known(key, this.identity.name, [planSource('name')]);
      case 'address':
        return known(key, this.identity.address, [planSource('address')]);
      case 'module':
        return this.moduleFact();
      case 'workspace':
        return this.optionFact(key, this.context.options.workspace);
      case 'account':
        return accountFact(this, this.context);
      case 'region':
        return regionFact(this);
      case 'class':
        return this.classFact();
      default:
        return this.resolveDeclared(key);
    }
  }

  private resolveDeclared(key: string): Fact {
    if (key.startsWith('tag.')) return this.tagFact(key.slice(4), key);
    if (key.startsWith('attr.')) {
      const state = lookup(this.shownValues, parsePattern(key.slice(5)));
      return { key, state, sources: [planSource(key.slice(5))] };
    }
    const definition = this.context.attributes.get(key);
    if (definition) return this.attributeFact(definition);
    return unknown(key, `\`${key}\` is no fact of a resource`);
  }

  /** Of a deferred row nothing: its `after` is nearly empty, and nothing in it proves absence. */
  get shownValues(): ObjectValue | Unknown | null {
    return this.change.deferred === null || this.values === null ? this.values : UNKNOWN;
  }

  private moduleFact(): Fact {
    const module = this.identity.moduleAddress;
    if (module?.includes('[*]')) return unknown('module', 'the instance is known only after apply');
    return known('module', module, [planSource('module')]);
  }

  private optionFact(key: string, value: string | null): Fact {
    return value === null
      ? unknown(key, `not given: pass --${key}`)
      : known(key, value, [{ from: 'option', name: `--${key}`, value }]);
  }

  /** What stood there before somebody changed it outside Terraform; it speaks on the before side. */
  get driftValues(): ObjectValue | null {
    const { drift } = this.world.index;
    if (drift.size === 0 || this.side !== 'before') return null;
    return drift.get(this.change.deposed === null ? this.change.address : '')?.before ?? null;
  }

  private classFact(): Fact {
    const { classes, known } = this;
    return classes === known.classes ? known.classFact : classFact(this.identity.type, this.row, classes);
  }

  private innerRow(): CatalogRow | null | undefined {
    if (this.row?.wraps === undefined) return undefined;
    const { catalog } = this.context.knowledge(this.change.provider);
    const state = lookup(this.values, parsePattern(this.row.wraps));
    if (catalog === null || state.kind !== 'value' || typeof state.value !== 'string') return null;
    return catalog.inside?.(state.value) ?? null;
  }

  private refinementView(): ChangeView {
    return {
      operation: 'read',
      fact: (key) => (key === 'class' ? unknown(key, 'a refinement cannot ask for the class') : this.fact(key)),
      changedPaths: () => [],
      successor: () => ({ value: 'unknown', why: 'a refinement cannot ask for a successor' }),
    };
  }

  private tagFact(spelled: string, key: string): Fact {
    const reading = this.tagReading(spelled);
    if (reading === null) return absent(key, [{ from: 'tag', name: spelled, value: null }]);
    if (reading.state === 'known')
      return known(key, reading.value, [{ from: reading.from, name: spelled, value: reading.value }]);
    return unknown(key, reading.why, reading.path, [{ from: reading.from, name: spelled, value: null }]);
  }

  private attributeFact(definition: AttributeDefinition): Fact {
    return this.carriedFact(definition) ?? this.world.inherited.settle(definition.name, this.speeches(definition));
  }

  /** What the speeches come to of most attributes, whose one source is a tag, and most objects, which carry it; else null. */
  private carriedFact({ name, sources, values, carriers }: AttributeDefinition): Fact | null {
    const source = sources[0];
    if (sources.length !== 1 || source?.from !== 'tag' || source.map !== null || this.driftValues !== null) return null;
    const key = source.carrier ? carrierOf(this.provider, carriers) : source.key;
    const reading = key === null ? null : this.tagReading(key);
    if (reading?.state !== 'known' || reading.from === 'text') return null;
    const value = values === null ? reading.value : values.get(reading.value);
    return value === undefined ? null : known(name, value, [{ from: 'tag', name: key, value: reading.value }]);
  }

  /** Whether the object itself can carry the attribute's tag. */
  private carries(definition: AttributeDefinition): boolean {
    const key = this.carrierKey(definition);
    return (key === null ? this.tags.taggable : taggableFor(this.tags, this.provider.foldKey(key))) === 'yes';
  }

  /** What speaks for a declared attribute; an untaggable object takes what it has no source for from its parent. */
  speeches(definition: AttributeDefinition): readonly Speech[] {
    return this.ownSpeeches(definition) ?? this.inheritedSpeeches(definition, new Asked(this.change));
  }

  /** `asked`: on the way here, where each object had one parent. */
  private inheritedSpeeches(definition: AttributeDefinition, asked: Asked): readonly Speech[] {
    const { relations, inherited } = this.world;
    const parents = relations.parents(this.change, this.side);
    const [only] = parents;
    if (only !== undefined && parents.length === 1) {
      const parent = asked.isNew(only) ? relations.object(only, this.side) : null;
      return parent === null ? [] : parent.toChild(parent.ownSpeeches(definition) ?? parent.inheritedSpeeches(definition, asked));
    }
    return inherited.of(parents, this.side, definition.name, () => {
      const around = new Asked(this.change);
      const speeches = this.parentSpeeches(definition, parents, around);
      return { speeches: around.areTooMany ? TOO_MANY : speeches, isCircle: around.isCircle };
    });
  }

  /** What it says of itself, or takes from its parents, as its children tell it. */
  private toChild(told: readonly Speech[]): readonly Speech[] {
    const { address } = this.identity;
    return told.map((speech) => {
      const name = `${address} ${sourceText(speech.source)}`;
      return { ...speech, source: { ...speech.source, from: 'parent', name } };
    });
  }

  /** Null where its parents are asked. */
  private ownSpeeches(definition: AttributeDefinition): readonly Speech[] | null {
    const own = speak(definition, new ObjectReadings(this, this.world));
    return own.length > 0 || this.carries(definition) ? own : null;
  }

  /** Of all that lead here, each object is asked once: where parents cannot be told apart there are more ways to one than can be gone. */
  private parentSpeeches(definition: AttributeDefinition, parents: readonly ResourceChange[], asked: Asked): readonly Speech[] {
    const { relations } = this.world;
    const found: Speech[] = [];
    for (let at = 0; at < parents.length && !asked.areTooMany; at += 1) {
      const row = parents[at] as ResourceChange;
      const parent = asked.isNew(row) ? relations.object(row, this.side) : null;
      if (parent === null) continue;
      const told = parent.ownSpeeches(definition) ?? parent.parentSpeeches(definition, relations.parents(row, this.side), asked);
      for (const speech of parent.toChild(told)) found.push(speech);
    }
    return found;
  }

  speaksOnce(definition: AttributeDefinition): boolean {
    const source = definition.sources[0];
    if (definition.sources.length !== 1 || source?.from !== 'tag' || this.driftValues !== null) return false;
    if (this.row?.parent === undefined || this.resolving) return true;
    // Of what an object can say itself nobody else is asked.
    const { look } = this.tagged;
    if ((look !== null && this.provider.carriesTags?.(look)) || this.carries(definition)) return true;
    const key = source.carrier ? this.carrierKey(definition) : source.key;
    if (source.map === null && key !== null && this.tagReading(key) !== null) return true;
    this.resolving = true;
    try {
      const { relations } = this.world;
      const parents = relations.parents(this.change, this.side);
      const [parent] = parents;
      if (parent === undefined) return true;
      return parents.length === 1 && (relations.object(parent, this.side)?.speaksOnce(definition) ?? true);
    } finally {
      this.resolving = false;
    }
  }

  /** The tag key that carries the attribute on this provider; null = none. */
  carrierKey(definition: AttributeDefinition): string | null {
    return carrierOf(this.provider, definition.carriers);
  }
}

const TOO_MANY: readonly Speech[] = [
  { source: { from: 'parent', name: null, value: null }, why: 'too many objects may be the one that it belongs to' },
];

function carrierOf({ carrier }: Provider, carriers: AttributeDefinition['carriers']): string | null {
  return carrier === null ? null : (carriers?.get(carrier) ?? null);
}

function planSource(name: string): FactSource {
  return { from: 'plan', name, value: null };
}
