import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Carrier } from './later-row.ts';
import { applyMasks, type Mask } from './mask.ts';
import { everyMember } from './side.ts';
import { NAMES, type ObjectValue, type Value, WHOLE } from './value.ts';
import { strip } from './whole.ts';

/** What a side is made of; everything as `JSON.parse` made it. */
export interface SideParts {
  readonly values: () => JsonObject;
  readonly masks: () => SideMasks;
  /** A member by itself, undefined where there is none. Null = none can be read so: masks may say something of them. */
  readonly carrier: ((name: Carrier) => Json | undefined) | null;
}

export interface SideMasks {
  /** `after_unknown`; undefined = none. */
  readonly unknown: JsonObject | undefined;
  /** True = every member. */
  readonly sensitive: JsonObject | true | undefined;
}

/**
 * One side of a row, which is parsed when a member of it is asked for and masked member by member, as `readSides` masks it whole:
 * most rows are asked for their tags alone.
 */
export function laterSide(parts: SideParts): ObjectValue {
  return new Proxy<ObjectValue>(NOTHING, new Members(parts));
}

/** What all sides stand for: nobody writes to one, and all that is asked of them is answered below. */
const NOTHING: ObjectValue = Object.create(null);

class Members implements ProxyHandler<ObjectValue> {
  readonly #parts: SideParts;
  #values: JsonObject | null = null;
  #masks: SideMasks | null = null;
  /** Null = nobody asked: of most rows one side at most. */
  #members: Map<string, Value> | null = null;
  /** All members in the order of the plan, once somebody asked which there are. */
  #whole: ObjectValue | null = null;

  constructor(parts: SideParts) {
    this.#parts = parts;
  }

  get(_: ObjectValue, key: string | symbol): Value | undefined {
    if (typeof key === 'string') return this.#member(key);
    return key === WHOLE ? this.#all() : key === NAMES ? this.#names() : undefined;
  }

  has(_: ObjectValue, key: string | symbol): boolean {
    return typeof key === 'string' && this.#member(key) !== undefined;
  }

  getOwnPropertyDescriptor(_: ObjectValue, key: string | symbol): PropertyDescriptor | undefined {
    const value = typeof key === 'symbol' ? undefined : this.#member(key);
    return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
  }

  ownKeys(): string[] {
    return Object.keys(this.#all());
  }

  #member(key: string): Value | undefined {
    if (this.#whole !== null) return this.#whole[key];
    const known = this.#members?.get(key);
    if (known !== undefined) return known;
    const value = this.#read(key);
    // Many are asked for that are not there; that is told soon enough a second time.
    if (value !== undefined) {
      this.#members ??= new Map();
      this.#members.set(key, value);
    }
    return value;
  }

  #read(key: string): Value | undefined {
    const { carrier } = this.#parts;
    if (carrier !== null && this.#values === null && (key === 'tags' || key === 'tags_all')) {
      const value = carrier(key);
      // An empty mask fits a map and says nothing of it.
      if (value === undefined || value === null) return value;
      if (isJsonObject(value)) {
        strip(value);
        return value;
      }
    }
    const { unknown, sensitive } = this.#maskParts();
    const given = this.#given(key);
    if (given === undefined && unknown === undefined) return undefined;
    const mask: Mask = sensitive === true ? given !== undefined : sensitive?.[key];
    return applyMasks(given, unknown?.[key], mask);
  }

  #maskParts(): SideMasks {
    this.#masks ??= this.#parts.masks();
    return this.#masks;
  }

  #given(key: string): Json | undefined {
    this.#values ??= this.#parts.values();
    if (!Object.hasOwn(this.#values, key)) return undefined;
    const value = this.#values[key] as Json;
    if (typeof value === 'object' && value !== null) strip(value);
    return value;
  }

  #names(): string[] {
    this.#values ??= this.#parts.values();
    const { unknown } = this.#maskParts();
    const names = Object.keys(this.#values);
    return unknown === undefined ? names : [...names, ...Object.keys(unknown)];
  }

  #all(): ObjectValue {
    if (this.#whole === null) {
      const { unknown, sensitive } = this.#maskParts();
      this.#values ??= this.#parts.values();
      strip(this.#values);
      const mask = sensitive === true ? everyMember(this.#values) : sensitive;
      this.#whole = applyMasks(this.#values, unknown, mask) as ObjectValue;
    }
    return this.#whole;
  }
}
