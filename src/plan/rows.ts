import { providerSource, splitAddress } from './address.ts';
import type { BlockTable } from './configuration.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { LaterRow, type LaterSides } from './later-row.ts';
import type { ActionTrigger, Importing, Mode, ResourceChange } from './model.ts';
import { printable } from './printable.ts';
import { replacePaths } from './replace-paths.ts';
import type { SeenRows } from './seen-rows.ts';
import { type MaskTrust, readActionConfig, readSides, type Sides } from './side.ts';
import { ExactNumber } from './value.ts';

/** What a row needs from the rest of the plan. */
export interface RowContext {
  readonly trust: MaskTrust;
  readonly blocks: BlockTable;
  readonly seen: SeenRows;
}

type Need = 'object' | 'none' | 'any';

/** The sides that each combination of actions must have (plan-json.md 3.2); a combination that is not here is unknown. */
const SIDES: ReadonlyMap<string, readonly [before: Need, after: Need]> = new Map([
  ['no-op', ['any', 'any']],
  ['create', ['none', 'object']],
  ['read', ['any', 'object']],
  ['update', ['object', 'object']],
  ['delete', ['object', 'none']],
  ['delete create', ['object', 'object']],
  ['create delete', ['object', 'object']],
  ['forget', ['object', 'none']],
  ['create forget', ['object', 'object']],
  ['forget create', ['object', 'object']],
  ['open', ['any', 'any']],
]);

/** One list for each, shared by all rows. */
const KNOWN_ACTIONS = new Map([...SIDES.keys()].map((spelled) => [spelled, Object.freeze(spelled.split(' '))]));

/** One entry of `resource_changes`, or of `deferred_changes` with its reason. Whatever is wrong with it is a fault; it is a row all the same. */
export function readRow(
  entry: Json,
  index: number,
  fallback: string,
  deferred: string | null,
  context: RowContext,
  later: LaterSides | null = null,
): ResourceChange {
  if (!isJsonObject(entry)) return brokenRow(index, fallback, deferred);
  const faults: string[] = [];
  const address = text(entry, 'address', faults) ?? fallback;
  const type = text(entry, 'type', faults) ?? '';
  const name = text(entry, 'name', faults) ?? '';
  const mode = modeOf(entry.mode, faults);
  const moduleAddress = optionalText(entry, 'module_address', faults);
  const previousAddress = optionalText(entry, 'previous_address', faults);
  const deposed = deposedOf(entry.deposed, faults);
  if (context.seen.has(address, deposed)) faults.push('a second row of the same address');
  const change = entry.change;
  if (!isJsonObject(change)) faults.push('no `change` object');
  const object = isJsonObject(change) ? change : EMPTY;
  const actions = isJsonObject(change) ? actionsOf(change.actions, mode, faults) : [];
  const sides = later === null ? readSides(object, type, context.trust) : NO_SIDES;
  faults.push(...sides.faults);
  const { before, after } = later ?? { before: sides.before !== null, after: sides.after !== null };
  if (deferred === null && isJsonObject(change)) checkSides(actions, before, after, faults);
  const row: ResourceChange = {
    index,
    address,
    previousAddress,
    moduleAddress,
    mode,
    type,
    name,
    key: keyOf(entry.index, faults),
    provider: providerSource(optionalText(entry, 'provider_name', faults) ?? ''),
    deposed,
    actions,
    reason: optionalText(entry, 'action_reason', faults),
    before: sides.before,
    after: sides.after,
    replacePaths: replacePaths(object.replace_paths, () => (later === null ? sides : later.read(index)), faults),
    importing: importingOf(object.importing),
    deferred,
    trigger: null,
    faults,
    block: type === '' || name === '' ? null : context.blocks.of(moduleAddress, mode, type, name),
  };
  const made = later === null ? row : LaterRow.of(row, later);
  context.seen.add(made, address);
  return made;
}

const NO_SIDES: Sides = { before: null, after: null, faults: [] };

/** One entry of `action_invocations`; its configuration is masked wholly. It has no `actions` and that is no fault. */
export function readInvocation(
  entry: Json,
  index: number,
  fallback: string,
  deferred: string | null,
  context: RowContext,
): ResourceChange {
  if (!isJsonObject(entry)) return { ...brokenRow(index, fallback, deferred), mode: 'action' };
  const faults: string[] = [];
  const address = text(entry, 'address', faults) ?? fallback;
  const type = text(entry, 'type', faults) ?? '';
  const name = text(entry, 'name', faults) ?? '';
  const { moduleAddress, key } = placeOfAction(address);
  const values = entry.config_values;
  if (values !== undefined && values !== null) {
    if (!isJsonObject(values)) faults.push('`config_values` is no object');
    else if (entry.config_unknown === undefined || entry.config_unknown === null) {
      faults.push('`config_values` without `config_unknown`: the plan was trimmed, nothing tells what is unknown');
    }
  }
  return {
    ...brokenRow(index, address, deferred),
    moduleAddress,
    mode: 'action',
    type,
    name,
    key,
    provider: providerSource(optionalText(entry, 'provider_name', faults) ?? ''),
    after: isJsonObject(values) ? readActionConfig(values, entry.config_unknown) : null,
    trigger: triggerOf(entry, faults),
    faults,
    block: type === '' || name === '' ? null : context.blocks.of(moduleAddress, 'action', type, name),
  };
}

const EMPTY: JsonObject = Object.freeze(Object.create(null));

/** A row that is nothing readable: counted and printed, and denied by its fault. */
function brokenRow(index: number, address: string, deferred: string | null): ResourceChange {
  return {
    index,
    address,
    previousAddress: null,
    moduleAddress: null,
    mode: 'managed',
    type: '',
    name: '',
    key: null,
    provider: '',
    deposed: null,
    actions: [],
    reason: null,
    before: null,
    after: null,
    replacePaths: [],
    importing: null,
    deferred,
    trigger: null,
    faults: ['the row is no object'],
    block: null,
  };
}

function actionsOf(given: Json | undefined, mode: Mode, faults: string[]): readonly string[] {
  if (!Array.isArray(given)) {
    faults.push('`actions` is no list');
    return [];
  }
  if (given.length === 0) {
    faults.push('`actions` is empty');
    return [];
  }
  const actions = given.filter((action: Json): action is string => typeof action === 'string');
  const spelled = actions.join(' ');
  if (actions.length < given.length || !SIDES.has(spelled)) faults.push(`unknown actions \`${printable(actions.join(', '))}\``);
  else if (spelled === 'read' && mode !== 'data') faults.push('`read` of what is no data source');
  else if (spelled === 'open' && mode !== 'ephemeral') faults.push('`open` of what is not ephemeral');
  return actions.length === given.length ? (KNOWN_ACTIONS.get(spelled) ?? actions) : actions;
}

function checkSides(actions: readonly string[], before: boolean, after: boolean, faults: string[]): void {
  const spelled = actions.join(' ');
  const need = SIDES.get(spelled);
  if (need === undefined) return;
  // Both sides null is an object that had vanished already (plan-json.md 3.2).
  if (spelled === 'no-op' && before !== after) faults.push('`no-op` with one side only');
  const sides = [
    ['before', need[0], before],
    ['after', need[1], after],
  ] as const;
  for (const [side, wanted, there] of sides) {
    if (wanted === 'object' && !there) faults.push(`\`${actions.join(', ')}\` without a \`${side}\` side`);
    if (wanted === 'none' && there) faults.push(`\`${actions.join(', ')}\` with a \`${side}\` side`);
  }
}

function text(entry: JsonObject, key: string, faults: string[]): string | null {
  const value = entry[key];
  if (typeof value === 'string' && value !== '') return value;
  faults.push(`no \`${key}\``);
  return null;
}

function optionalText(entry: JsonObject, key: string, faults: string[]): string | null {
  const value = entry[key];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  faults.push(`\`${key}\` is no text`);
  return null;
}

function modeOf(value: Json | undefined, faults: string[]): Mode {
  if (value === 'managed' || value === 'data' || value === 'ephemeral') return value;
  faults.push(typeof value === 'string' ? `unknown mode \`${printable(value)}\`` : 'no `mode`');
  return 'managed';
}

function deposedOf(value: Json | undefined, faults: string[]): string | null {
  if (value === undefined || value === null || value === false || value === '') return null;
  if (typeof value === 'string') return value;
  // A bare `true` in the pre-releases of 0.12.
  if (value === true) return 'true';
  faults.push('`deposed` is no text');
  return 'unreadable';
}

function keyOf(value: Json | undefined, faults: string[]): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value instanceof ExactNumber) return value.text;
  faults.push('`index` is neither a number nor a text');
  return null;
}

function importingOf(value: Json | undefined): Importing | null {
  if (value === undefined || value === null) return null;
  const id = isJsonObject(value) ? value.id : undefined;
  return {
    id: typeof id === 'string' ? id : null,
    unknown: !isJsonObject(value) || (value.unknown !== undefined && value.unknown !== false),
  };
}

function triggerOf(entry: JsonObject, faults: string[]): ActionTrigger | null {
  const lifecycle = entry.lifecycle_action_trigger;
  const invoke = entry.invoke_action_trigger;
  if (isJsonObject(lifecycle)) {
    return {
      kind: 'lifecycle',
      triggeredBy: optionalText(lifecycle, 'triggering_resource_address', faults),
      event: optionalText(lifecycle, 'action_trigger_event', faults),
    };
  }
  if (isJsonObject(invoke))
    return { kind: 'invoke', triggeredBy: optionalText(invoke, 'calling_resource_address', faults), event: null };
  return null;
}

/** An invocation has no `module_address` and no `index`; both stand in its address. */
function placeOfAction(address: string): { moduleAddress: string | null; key: string | number | null } {
  const steps = splitAddress(address);
  const first = steps.findIndex((step, i) => i % 2 === 0 && step.name !== 'module');
  const module = first > 0 ? address.slice(0, steps[first - 1]?.end) : null;
  return { moduleAddress: module, key: instanceKey(steps[steps.length - 1]?.key ?? null) };
}

function instanceKey(key: string | null): string | number | null {
  if (key === null || key === '*') return null;
  if (/^\d{1,15}$/.test(key)) return Number(key);
  try {
    const parsed: unknown = JSON.parse(key);
    return typeof parsed === 'string' ? parsed : key;
  } catch {
    return key;
  }
}
