import { readTag, taggableFor } from '../../providers/effective.ts';
import type { CatalogRow, EffectiveTags, PlaceReading, Provider, TagLook, TagReading } from '../../providers/provider.ts';
import { absent, type ChangeView, type Fact, type FactSource, known, type Side, unknown } from '../logic/fact.ts';
import { parsePattern } from '../logic/path.ts';
import { LaterRow } from '../plan/later-row.ts';
import type { ConfigBlock, ResourceChange } from '../plan/model.ts';
import { type ObjectValue, UNKNOWN as UNKNOWN_VALUES, type Unknown } from '../plan/value.ts';
import { objectKey } from './address.ts';
import type { AttributeDefinition } from './attribute.ts';
import { type Speech, settle, sourceText, speak } from './attributes.ts';
import { baseClasses, type Membership, refine, refines } from './classes.ts';
import type { ClassifyContext } from './context.ts';
import type { ObjectIdentity } from './identity.ts';
import { classFact, type Known } from './known.ts';
import { RowLook } from './look.ts';
import { lookup } from './lookup.ts';
import type { ObjectView } from './model.ts';
import type { PlanIndex } from './plan-index.ts';
import { ObjectReadings } from './readings.ts';

/** Cross-object questions that one side asks of the whole plan. */
export interface Relations {
  /** The object that this one belongs to, on the same side; null = none in the plan or not to be told. */
  parents(row: ResourceChange, side: Side): readonly PlannedObject[];
  /** Tags that stand-alone tag resources put on it. */
  companionTags(row: ResourceChange, side: Side): CompanionTags;
  /** Ids that stand for tag keys and values, by what the plan and its state say of them. */
  tagNames(): ReadonlyMap<string, string>;
}

/** `open` = a companion whose key cannot be told, so any key it could carry is unknown. */
export interface CompanionTags {
  readonly tags: ReadonlyMap<string, TagReading>;
  readonly open: string | null;
}

/** What all objects of a plan stand in. */
export interface ObjectWorld {
  readonly context: ClassifyContext;
  readonly index: PlanIndex;
  readonly relations: Relations;
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
  private effective: EffectiveTags | null = null;
  private look: TagLook | null = null;
  private companionTags: CompanionTags | null = null;
  private membership: Membership | null = null;
  private parentObjects: readonly PlannedObject[] | null = null;
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

  get tags(): EffectiveTags {
    this.effective ??= this.readTags();
    return this.effective;
  }

  shows(key: string): boolean {
    if (this.effective !== null) return this.effective.tags.get(key)?.state === 'known';
    const { provider } = this;
    if (provider.showsTag === undefined || this.context.found !== undefined) return false;
    const look = this.tagLook;
    if (look === null || this.companions.tags.size > 0) return false;
    return provider.showsTag(key, look);
  }

  private get companions(): CompanionTags {
    this.companionTags ??= this.world.relations.companionTags(this.change, this.side);
    return this.companionTags;
  }

  /** Null where only the values tell. */
  private get tagLook(): TagLook | null {
    const { change } = this;
    if (this.look === null && change instanceof LaterRow && change.tellsCarriers && change.deferred === null)
      this.look = new RowLook(change, this.side, this.identity.type, this.row);
    return this.look;
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
        return this.placeFact(key, this.accountReadings());
      case 'region':
        return this.placeFact(
          key,
          this.withDrift((values) => this.provider.regions(values, this.row, this.providerBlock)),
        );
      case 'class':
        return this.classFact();
      default:
        return this.resolveDeclared(key);
    }
  }

  private resolveDeclared(key: string): Fact {
    if (key.startsWith('tag.')) return this.tagFact(key.slice(4), key);
    if (key.startsWith('attr.')) {
      const state = lookup(this.change.deferred !== null ? this.deferredValues() : this.values, parsePattern(key.slice(5)));
      return { key, state, sources: [planSource(key.slice(5))] };
    }
    const definition = this.context.attributes.get(key);
    if (definition) return this.attributeFact(definition);
    return unknown(key, `\`${key}\` is no fact of a resource`);
  }

  /** A deferred row's `after` is nearly empty: nothing in it proves absence. */
  private deferredValues(): Unknown | null {
    return this.values === null ? null : UNKNOWN_VALUES;
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

  private get providerBlock() {
    return this.change.block?.provider ?? null;
  }

  private accountReadings(): PlaceReading[] {
    const readings = this.withDrift((values) => this.provider.accounts(values, this.row, this.providerBlock));
    const options = this.context.options.accounts;
    const short = this.change.provider.slice(this.change.provider.lastIndexOf('/') + 1);
    const named = options.get(this.change.provider) ?? options.get(short) ?? options.get('');
    return named === undefined ? readings : [...readings, { from: 'option', name: '--account', value: named }];
  }

  private withDrift(read: (values: ObjectValue | Unknown | null) => readonly PlaceReading[]): PlaceReading[] {
    const own = [...read(this.values)];
    const drifted = this.driftValues;
    if (drifted === null) return own;
    return [...own, ...read(drifted).map((r) => (r.from === 'configuration' ? r : { ...r, from: 'drift' }))];
  }

  /** What stood there before somebody changed it outside Terraform; it speaks on the before side. */
  get driftValues(): ObjectValue | null {
    const { drift } = this.world.index;
    if (drift.size === 0 || this.side !== 'before') return null;
    return drift.get(this.change.deposed === null ? this.change.address : '')?.before ?? null;
  }

  private placeFact(key: string, readings: readonly PlaceReading[]): Fact {
    const sources = readings.map((r): FactSource => ({ from: r.from, name: r.name, value: r.value }));
    const option = key === 'account' ? ': pass --account' : '';
    if (readings.length === 0) return unknown(key, `no source speaks${option}`, null, sources);
    if (readings.some((r) => r.value === null)) return unknown(key, 'known only after apply', null, sources);
    const values = new Set(readings.map((r) => r.value));
    if (values.size > 1) {
      return unknown(
        key,
        `sources disagree: ${readings.map((r) => `${r.name ?? r.from} says ${r.value}`).join(', ')}`,
        null,
        sources,
      );
    }
    return known(key, readings[0]?.value ?? null, sources);
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

  private readTags(): EffectiveTags {
    const own = this.untagged ?? this.effectiveTags(this.change.deferred !== null ? this.deferredValues() : this.values);
    const companions = this.companions.tags;
    const found = this.context.found?.get(objectKey(this.identity.address, this.change.deposed));
    if (companions.size === 0 && found === undefined) return own;
    const tags = new Map(own.tags);
    for (const [key, reading] of companions) tags.set(key, agreed(tags.get(key), reading, key));
    for (const [key, value] of found ?? []) {
      if (value === null) tags.delete(key);
      else tags.set(key, { state: 'known', value, from: 'cloud' });
    }
    return { ...own, tags };
  }

  /** Null where its values have to be read for its tags. */
  private get untagged(): EffectiveTags | null {
    const { provider } = this;
    const look = provider.untagged === undefined ? null : this.tagLook;
    return look === null ? null : (provider.untagged?.(look) ?? null);
  }

  /** What the provider reads off some values of this side, stand-alone tag resources aside. */
  effectiveTags(values: ObjectValue | Unknown | null): EffectiveTags {
    const written = this.side === 'after' ? this.context.written?.get(this.change) : undefined;
    return this.provider.effectiveTags({
      type: this.identity.type,
      row: this.row,
      side: this.side,
      values,
      otherValues: this.side === 'before' ? this.change.after : this.change.before,
      configured: configuredNames(this.change.block),
      providerBlock: this.providerBlock,
      expressions: this.change.block?.expressions ?? null,
      tagNames: this.world.relations.tagNames(),
      written,
    });
  }

  private tagFact(spelled: string, key: string): Fact {
    const reading = this.tagReading(spelled);
    if (reading === null) return absent(key, [{ from: 'tag', name: spelled, value: null }]);
    if (reading.state === 'known')
      return known(key, reading.value, [{ from: reading.from, name: spelled, value: reading.value }]);
    return unknown(key, reading.why, reading.path, [{ from: reading.from, name: spelled, value: null }]);
  }

  /** Null = absent for certain. */
  tagReading(spelled: string): TagReading | null {
    const key = this.provider.foldKey(spelled);
    const { tags } = this;
    const found = tags.tags.get(key);
    if (found !== undefined) return found;
    const reading = readTag(tags, key);
    const hidden = this.companions.open;
    // On Google only Resource Manager tags, whose keys have a slash, come from bindings.
    const companion = hidden !== null && (this.provider.carrier !== 'google' || key.includes('/'));
    return companion ? { state: 'unknown', why: hidden, path: null, from: 'companion' } : reading;
  }

  private attributeFact(definition: AttributeDefinition): Fact {
    return this.carriedFact(definition) ?? settle(definition.name, this.speeches(definition));
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
    const own = speak(definition, new ObjectReadings(this, this.world));
    if (own.length > 0 || this.resolving || this.carries(definition)) return own;
    this.resolving = true;
    try {
      return this.parents.flatMap((parent) => {
        const told = parent.speeches(definition);
        return told.map((s) => ({
          ...s,
          source: { ...s.source, from: 'parent', name: `${parent.identity.address} ${sourceText(s.source)}` },
        }));
      });
    } finally {
      this.resolving = false;
    }
  }

  speaksOnce(definition: AttributeDefinition): boolean {
    const source = definition.sources[0];
    if (definition.sources.length !== 1 || source?.from !== 'tag' || this.driftValues !== null) return false;
    if (this.row?.parent === undefined || this.resolving) return true;
    // Of what an object can say itself nobody else is asked.
    const look = this.tagLook;
    if ((look !== null && this.provider.carriesTags?.(look)) || this.carries(definition)) return true;
    const key = source.carrier ? this.carrierKey(definition) : source.key;
    if (source.map === null && key !== null && this.tagReading(key) !== null) return true;
    this.resolving = true;
    try {
      const { parents } = this;
      return parents.length < 2 && (parents[0]?.speaksOnce(definition) ?? true);
    } finally {
      this.resolving = false;
    }
  }

  private get parents(): readonly PlannedObject[] {
    this.parentObjects ??= this.world.relations.parents(this.change, this.side);
    return this.parentObjects;
  }

  /** The tag key that carries the attribute on this provider; null = none. */
  carrierKey(definition: AttributeDefinition): string | null {
    return carrierOf(this.provider, definition.carriers);
  }
}

function carrierOf({ carrier }: Provider, carriers: AttributeDefinition['carriers']): string | null {
  return carrier === null ? null : (carriers?.get(carrier) ?? null);
}

/** Two that set one tag of an object differently fight: which of them wins cannot be told. */
export function agreed(a: TagReading | undefined, b: TagReading, key: string): TagReading {
  if (a === undefined) return b;
  if (a.state === 'known' && b.state === 'known' && a.value === b.value) return a;
  if (a.state === 'unknown') return a;
  return { state: 'unknown', why: `${a.from} and ${b.from} set \`${key}\` differently`, path: null, from: b.from };
}

const configured = new WeakMap<ConfigBlock, ReadonlySet<string>>();

/** Names of the top-level arguments that a block sets; null = there is no block. */
function configuredNames(block: ConfigBlock | null): ReadonlySet<string> | null {
  if (block === null) return null;
  let names = configured.get(block);
  if (names === undefined) {
    names = new Set(block.expressions.keys());
    configured.set(block, names);
  }
  return names;
}

function planSource(name: string): FactSource {
  return { from: 'plan', name, value: null };
}
