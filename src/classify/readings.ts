import type { TagReading } from '../../providers/provider.ts';
import type { FactState } from '../logic/fact.ts';
import type { AttributeDefinition, AttributeSource, PlainSource } from './attribute.ts';
import { type Reading, type Readings, readingOf } from './attributes.ts';
import type { ClassifyContext } from './context.ts';
import { lookup } from './lookup.ts';
import type { ObjectWorld, PlannedObject } from './object.ts';
import type { PlanIndex } from './plan-index.ts';

/** What an object offers to the sources of attributes; on the before side what stood there before a drift speaks too. */
export class ObjectReadings implements Readings {
  private readonly object: PlannedObject;
  private readonly world: ObjectWorld;

  constructor(object: PlannedObject, world: ObjectWorld) {
    this.object = object;
    this.world = world;
  }

  plain(from: PlainSource): readonly Reading[] {
    return plainReadings(from, this.object, this.world.context);
  }

  variable(name: string): Reading | null {
    return readingOf(name, variableState(this.world.index, name))[0] ?? null;
  }

  attr({ path }: AttributeSource & { from: 'attr' }): readonly Reading[] {
    const own = readingOf(path.text, lookup(this.object.values, path));
    const drifted = this.object.driftValues;
    return drifted === null ? own : [...own, ...readingOf(path.text, lookup(drifted, path), 'drift')];
  }

  tag(source: AttributeSource & { from: 'tag' }, definition: AttributeDefinition): readonly Reading[] {
    return tagReadings(source, definition, this.object);
  }
}

function plainReadings(from: PlainSource, object: PlannedObject, context: ClassifyContext): readonly Reading[] {
  switch (from) {
    case 'workspace':
      return optionReading('--workspace', context.options.workspace);
    case 'stack':
      return optionReading('--stack', context.options.stack);
    case 'account':
    case 'region': {
      const fact = object.fact(from);
      if (fact.state.kind === 'unknown' && fact.sources.length === 0) return [];
      return readingOf(fact.sources[0]?.name ?? from, fact.state);
    }
    case 'namespace': {
      const reading = object.provider.namespace(object.values, object.row);
      if (reading === null) return [];
      return [{ name: reading.name, value: reading.value, why: reading.value === null ? 'known only after apply' : null }];
    }
    default:
      return readingOf(null, object.fact(from).state);
  }
}

function tagReadings(
  source: AttributeSource & { from: 'tag' },
  definition: AttributeDefinition,
  object: PlannedObject,
): Reading[] {
  const key = source.carrier ? object.carrierKey(definition) : source.key;
  if (key === null) return [];
  const own = told(key, object.tagReading(key));
  const drifted = object.driftValues;
  if (drifted === null) return own;
  const then = object.effectiveTags(drifted);
  const hidden: TagReading | null = then.open === null ? null : { state: 'unknown', ...then.open, from: 'drift' };
  return [...own, ...told(key, then.tags.get(object.provider.foldKey(key)) ?? hidden, 'drift')];
}

function told(key: string, reading: TagReading | null, from?: string): Reading[] {
  if (reading === null) return [];
  const elsewhere = from ?? (reading.from === 'text' ? reading.from : undefined);
  return reading.state === 'known'
    ? [{ name: key, value: reading.value, why: null, from: elsewhere }]
    : [{ name: key, value: null, why: reading.why, from: elsewhere }];
}

function variableState(index: PlanIndex, name: string): FactState {
  const value = index.plan.variables.get(name);
  return value === undefined ? { kind: 'absent' } : { kind: 'value', value };
}

function optionReading(name: string, value: string | null): Reading[] {
  return value === null ? [] : [{ name, value, why: null }];
}
