import { providerSource } from './address.ts';
import { objectSection } from './document.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { applyMasks } from './mask.ts';
import type { Mode, PriorObject, PriorObjects } from './model.ts';
import { items } from './module-tree.ts';
import type { TopLevel } from './recognise.ts';
import { conceal, hideByName } from './secret-names.ts';
import type { StateObject } from './streamed-state.ts';
import { ExactNumber, isObject, type ObjectValue, type Value } from './value.ts';

/** The `before_sensitive` of a row by (address, deposed); undefined where no row shows the object or rows have no masks. */
export type RowMasks = (address: string, deposed: string | null) => Json | undefined;

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

/** Whether there is a prior state. Throws `plan-unreadable` where it is no object. */
export function priorState(top: TopLevel): boolean {
  if (top.streamed === null || top.streamed.shapeOf(STATE) !== 'object') return objectSection(top, STATE) !== undefined;
  return true;
}

/** Objects of `prior_state`, current and deposed ones, values masked. */
export function readPrior(top: TopLevel, rowMasks: RowMasks, marksSchema: boolean): PriorObjects {
  const { streamed } = top;
  if (streamed === null) return [...priorObjects(stateObjects(objectSection(top, STATE)), rowMasks, marksSchema)];
  return {
    get length() {
      return streamed.state.length;
    },
    [Symbol.iterator]: () => priorObjects(streamed.state, rowMasks, marksSchema),
  };
}

/** Objects of a state in the shape that `show -json` gives it, values masked. */
export function objectsOf(state: Json | undefined, rowMasks: RowMasks, marksSchema: boolean): PriorObject[] {
  return [...priorObjects(stateObjects(state), rowMasks, marksSchema)];
}

function* priorObjects(objects: Iterable<StateObject>, rowMasks: RowMasks, marksSchema: boolean): Generator<PriorObject> {
  for (const object of objects) yield new StatePrior(object, rowMasks, marksSchema);
}

const STATE = 'prior_state';

/** In plan order: a module's resources, then its children. */
function* stateObjects(section: Json | undefined): Generator<StateObject> {
  const values = isJsonObject(section) ? section.values : undefined;
  const root = isJsonObject(values) ? values.root_module : undefined;
  const open: { module: Json | undefined }[] = [{ module: root }];
  while (open.length > 0) {
    const next = (open.pop() as { module: Json | undefined }).module;
    if (!isJsonObject(next)) continue;
    const module = typeof next.address === 'string' && next.address !== '' ? next.address : null;
    for (const resource of items(next.resources)) {
      if (isJsonObject(resource)) yield { member: (name) => resource[name], values: () => resource.values, module };
    }
    const children = items(next.child_modules);
    for (let i = children.length - 1; i >= 0; i -= 1) open.push({ module: children[i] });
  }
}

/** An object whose values are masked; they and what few ask for are read when they are asked for. It must not be copied by spreading. */
class StatePrior implements PriorObject {
  readonly address: string;
  readonly deposed: string | null;
  readonly #object: StateObject;
  readonly #rowMasks: RowMasks;
  readonly #marksSchema: boolean;
  #values: ObjectValue | null | undefined;

  constructor(object: StateObject, rowMasks: RowMasks, marksSchema: boolean) {
    const deposed = object.member('deposed_key');
    this.address = textOf(object.member('address'));
    this.deposed = typeof deposed === 'string' ? deposed : null;
    this.#object = object;
    this.#rowMasks = rowMasks;
    this.#marksSchema = marksSchema;
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
    if (this.#values === undefined) {
      const mask = this.#object.member('sensitive_values') ?? this.#rowMasks(this.address, this.deposed) ?? undefined;
      this.#values = valuesOf(this.#object.values(), mask, this.type === 'terraform_data', this.#marksSchema);
    }
    return this.#values;
  }
}

function valuesOf(values: Json | undefined, mask: Json | undefined, isData: boolean, marksSchema: boolean): ObjectValue | null {
  if (!isJsonObject(values)) return null;
  if (mask === undefined) return onlyHarmless(values);
  if (mask !== false && !isJsonObject(mask)) return each(values, (_, value) => conceal(value));
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
