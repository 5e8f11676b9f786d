import { readTag } from '../../providers/effective.ts';
import type { EffectiveTags, TagLook, TagReading } from '../../providers/provider.ts';
import { LaterRow } from '../plan/later-row.ts';
import type { ConfigBlock } from '../plan/model.ts';
import type { ObjectValue, Unknown } from '../plan/value.ts';
import { objectKey } from './address.ts';
import { RowLook } from './look.ts';
import type { ObjectWorld, PlannedObject } from './object.ts';

/** `open` = a companion whose key cannot be told, so any key it could carry is unknown. */
export interface CompanionTags {
  readonly tags: ReadonlyMap<string, TagReading>;
  readonly open: string | null;
}

/** The tags of one side of a row: what its provider reads off its values, what companions put on it and what a scan found. Each read once. */
export class ObjectTags {
  private readonly object: PlannedObject;
  private readonly world: ObjectWorld;
  private effective: EffectiveTags | null = null;
  private taken: TagLook | null = null;
  private put: CompanionTags | null = null;

  constructor(object: PlannedObject, world: ObjectWorld) {
    this.object = object;
    this.world = world;
  }

  get all(): EffectiveTags {
    this.effective ??= this.merged();
    return this.effective;
  }

  /** Whether it has a key (folded) with a known text, by a look that is cheap; false = it may have it all the same. */
  shows(key: string): boolean {
    if (this.effective !== null) return this.effective.tags.get(key)?.state === 'known';
    const { provider } = this.object;
    if (provider.showsTag === undefined || this.world.context.found !== undefined) return false;
    const { look } = this;
    if (look === null || this.companions.tags.size > 0) return false;
    return provider.showsTag(key, look);
  }

  /** What a key as it is spelled says; null = it is absent for certain. */
  reading(spelled: string): TagReading | null {
    const { provider } = this.object;
    const key = provider.foldKey(spelled);
    const { all } = this;
    const found = all.tags.get(key);
    if (found !== undefined) return found;
    const reading = readTag(all, key);
    const hidden = this.companions.open;
    // On Google only Resource Manager tags, whose keys have a slash, come from bindings.
    const companion = hidden !== null && (provider.carrier !== 'google' || key.includes('/'));
    return companion ? { state: 'unknown', why: hidden, path: null, from: 'companion' } : reading;
  }

  /** Null where only the values tell. */
  get look(): TagLook | null {
    const { change, side, identity, row } = this.object;
    if (this.taken === null && change instanceof LaterRow && change.tellsCarriers && change.deferred === null)
      this.taken = new RowLook(change, side, identity.type, row);
    return this.taken;
  }

  /** What the provider reads off some values of this side, stand-alone tag resources aside. */
  of(values: ObjectValue | Unknown | null): EffectiveTags {
    const { provider, identity, row, side, change } = this.object;
    return provider.effectiveTags({
      type: identity.type,
      row,
      side,
      values,
      otherValues: side === 'before' ? change.after : change.before,
      configured: configuredNames(change.block),
      providerBlock: change.block?.provider ?? null,
      expressions: change.block?.expressions ?? null,
      tagNames: this.world.relations.tagNames(),
      written: side === 'after' ? this.world.context.written?.get(change) : undefined,
    });
  }

  private get companions(): CompanionTags {
    this.put ??= this.world.relations.companionTags(this.object.change, this.object.side);
    return this.put;
  }

  private merged(): EffectiveTags {
    const { change, identity, shownValues } = this.object;
    const own = this.untagged ?? this.of(shownValues);
    const companions = this.companions.tags;
    const found = this.world.context.found?.get(objectKey(identity.address, change.deposed));
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
    const { provider } = this.object;
    const look = provider.untagged === undefined ? null : this.look;
    return look === null ? null : (provider.untagged?.(look) ?? null);
  }
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
