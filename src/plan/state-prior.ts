import { providerSource } from './address.ts';
import type { Held } from './held.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { LaterSides } from './later-row.ts';
import { laterSide } from './later-side.ts';
import { applyMasks } from './mask.ts';
import type { Mode, PriorObject } from './model.ts';
import { items } from './module-tree.ts';
import { textOf as textOfBytes } from './piece-reader.ts';
import { conceal, hideByName } from './secret-names.ts';
import type { StateObject } from './streamed-state.ts';
import { ExactNumber, isObject, type ObjectValue, type Value } from './value.ts';

/** The `before_sensitive` of a row by (address, deposed); undefined where no row shows the object or rows have no masks. */
export type RowMasks = (address: string, deposed: string | null) => Json | undefined;

/** What all objects of one state are read with. */
export interface StateContext {
  readonly rowMasks: RowMasks;
  /** Whether the tool that wrote it marks all that a schema calls sensitive. */
  readonly marksSchema: boolean;
  /** Values of objects that stay in the file; null = each keeps its own. */
  readonly held: Held<StatePrior, ObjectValue | null> | null;
}

/**
 * Attributes kept of an object that no mask speaks of (a state before Terraform 1.0 and no row): what it is called, where it is
 * and what it is tagged with. Everything else of it is masked.
 */
const HARMLESS = new Set([
  'id',
  'arn',
  'name',
  'self_link',
  'region',
  'location',
  'zone',
  'availability_zone',
  'project',
  'account_id',
  'subscription_id',
  'namespace',
  'resource_group_name',
  'tags',
  'tags_all',
  'labels',
  'terraform_labels',
  'effective_labels',
  'endpoint',
  'address',
  'fqdn',
  'dns_name',
  'identifier',
  'engine',
]);

/** An object whose values are masked; they and what few ask for are read when they are asked for. It must not be copied by spreading. */
export class StatePrior implements PriorObject {
  readonly address: string;
  readonly deposed: string | null;
  readonly #object: StateObject;
  readonly #context: StateContext;
  #values: ObjectValue | null | undefined;

  constructor(object: StateObject, context: StateContext) {
    const deposed = object.member('deposed_key');
    this.address = textOf(object.member('address'));
    this.deposed = typeof deposed === 'string' ? deposed : null;
    this.#object = object;
    this.#context = context;
  }

  get mode(): Mode {
    return modeOf(this.#object.member('mode'));
  }

  get moduleAddress(): string | null {
    return this.#object.module;
  }

  get provider(): string {
    return providerSource(textOf(this.#object.member('provider_name')));
  }

  get type(): string {
    return textOf(this.#object.member('type'));
  }

  get name(): string {
    return textOf(this.#object.member('name'));
  }

  get key(): string | number | null {
    const index = this.#object.member('index');
    if (typeof index === 'string' || typeof index === 'number') return index;
    return index instanceof ExactNumber ? index.text : null;
  }

  get dependsOn(): readonly string[] {
    return items(this.#object.member('depends_on')).filter((name): name is string => typeof name === 'string');
  }

  get values(): ObjectValue | null {
    const { held } = this.#context;
    if (held !== null) return held.of(this, () => this.#read());
    if (this.#values === undefined) this.#values = this.#read();
    return this.#values;
  }

  /**
   * JSON in which everything stands that its values hold, masked or not, so for use behind the door only; good until the next call. Null where
   * it is not in a file.
   */
  bytes(): Buffer | null {
    return this.#object.json();
  }

  /** Whether masks alone say what the values show. */
  get isPlain(): boolean {
    return isPlainMask(this.#mask) && this.#context.marksSchema && !this.#isData;
  }

  #read(): ObjectValue | null {
    const json = this.#object.json();
    const mask = this.#mask;
    if (json === null || !this.isPlain) return valuesOf(this.#object.values(), mask, this.#isData, this.#context.marksSchema);
    // Most objects are asked for a few members.
    const masks = () => ({ unknown: undefined, sensitive: isJsonObject(mask) ? mask : undefined });
    return laterSide({ values: () => JSON.parse(textOfBytes(this.#object.json() as Buffer)), masks, carrier: null });
  }

  get #mask(): Json | undefined {
    return this.#object.member('sensitive_values') ?? this.#context.rowMasks(this.address, this.deposed) ?? undefined;
  }

  get #isData(): boolean {
    return this.type === 'terraform_data';
  }
}

/** The sides of an object that nothing happens to, where its values stay in a file; else null. */
export function standingSides(object: PriorObject): LaterSides | null {
  return object instanceof StatePrior && object.bytes() !== null ? new StandingSides(object) : null;
}

class StandingSides implements LaterSides {
  readonly before = true;
  readonly after = true;
  readonly alike = true;
  readonly carrier = null;
  readonly #object: StatePrior;

  constructor(object: StatePrior) {
    this.#object = object;
  }

  read(): { readonly before: ObjectValue | null; readonly after: ObjectValue | null } {
    const { values } = this.#object;
    return { before: values, after: values };
  }

  json(): Buffer | null {
    return this.#object.isPlain ? this.#object.bytes() : null;
  }

  isKnown(): boolean {
    return true;
  }

  bytes(): Buffer {
    return this.#object.bytes() as Buffer;
  }
}

function isPlainMask(mask: Json | undefined): boolean {
  return mask === false || isJsonObject(mask);
}

function valuesOf(values: Json | undefined, mask: Json | undefined, isData: boolean, marksSchema: boolean): ObjectValue | null {
  if (!isJsonObject(values)) return null;
  if (mask === undefined) return onlyHarmless(values);
  if (!isPlainMask(mask)) return each(values, (_, value) => conceal(value));
  let masked = applyMasks(values, undefined, mask) as Value;
  if (!marksSchema) masked = hideByName(masked);
  if (!isObject(masked)) return null;
  return isData ? each(masked, (key, value) => (key === 'store' ? conceal(value) : value)) : masked;
}

function onlyHarmless(values: JsonObject): ObjectValue {
  return each(values, (key, value) => (HARMLESS.has(key) ? hideByName(value) : conceal(value)));
}

function each(values: ObjectValue, change: (key: string, value: Value) => Value): ObjectValue {
  const out: { [key: string]: Value } = Object.create(null);
  for (const key of Object.keys(values)) out[key] = change(key, values[key] as Value);
  return out;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function modeOf(value: Json | undefined): Mode {
  return value === 'data' || value === 'ephemeral' ? value : 'managed';
}
