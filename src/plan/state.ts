import { readFileSync } from 'node:fs';
import { providerSource } from './address.ts';
import { asBuffer, decodeText, readBytes, sha256 } from './bytes.ts';
import { elementsOf, objectSection, openDocument, section } from './document.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { PriorObject } from './model.ts';
import { items } from './module-tree.ts';
import { printable } from './printable.ts';
import { objectsOf } from './prior.ts';
import type { ReadOptions } from './read.ts';
import type { TopLevel } from './recognise.ts';
import { heldBytes } from './spool.ts';
import { marksSchema } from './tool.ts';
import { ExactNumber } from './value.ts';
import { wrongFile } from './wrong-file.ts';

/** A state behind the door: every object of it, values masked. */
export interface StateFile {
  /** As the user named it. */
  readonly path: string;
  readonly sha256: string;
  readonly version: string | null;
  /** Managed objects and data sources, deposed ones too, in the file's order. */
  readonly objects: readonly PriorObject[];
}

const MAKE_STATE = 'run `terraform show -json > state.json` or `terraform state pull > state.tfstate` (or the same with `tofu`)';

/**
 * Reads what stands according to Terraform: `show -json` of a state, the prior state of a plan, or a raw state of version 4 as
 * `terraform state pull` prints it; a file or `-`. Throws InlaneError.
 */
export function readState(path: string, options: Pick<ReadOptions, 'stdin' | 'cwd'> = {}): StateFile {
  const bytes = readBytes(path, () => heldBytes((options.stdin ?? (() => readFileSync(0)))()), options.cwd);
  const name = printable(path, 300);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) wrongFile(name, 'compressed with gzip', 'unpack it first');
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0x504b0304)
    wrongFile(name, 'a zip archive', 'of a saved plan, give the output of `terraform show -json tfplan`');
  return parseState(bytes, path);
}

/** A state from its bytes. Throws InlaneError. */
export function parseState(given: Uint8Array, path: string): StateFile {
  const top = openDocument(decodeText(asBuffer(given), printable(path, 300)), path);
  const { members, name } = top;
  const about = { path, sha256: sha256(given), version: textOf(section(top, 'terraform_version')) };
  if (members.has('encrypted_data')) wrongFile(name, 'an encrypted OpenTofu state', 'run `tofu show -json > state.json`');
  if (members.has('format_version')) {
    const major = /^(\d{1,9})\./.exec(textOf(section(top, 'format_version')) ?? '')?.[1];
    if (major !== '0' && major !== '1') wrongFile(name, 'of a `format_version` that is not known', MAKE_STATE);
    const marked = marksSchema(about.version);
    if (members.has('prior_state')) return { ...about, objects: objectsOf(objectSection(top, 'prior_state'), noMasks, marked) };
    if (members.has('resource_changes') || members.has('planned_values'))
      wrongFile(name, 'a plan without a prior state: nothing stands yet, or it was trimmed', MAKE_STATE);
    const known = [...members.keys()].every((key) => SHOWN.has(key));
    if (!known) wrongFile(name, 'no state', MAKE_STATE);
    const values = objectSection(top, 'values');
    return { ...about, objects: values === undefined ? [] : objectsOf(shown(values), noMasks, marked) };
  }
  if (members.has('version') && members.has('resources') && members.has('serial')) return { ...about, objects: rawObjects(top) };
  return wrongFile(name, 'no state that Terraform or OpenTofu wrote', MAKE_STATE);
}

/** What `show -json` writes at the top of a state. */
const SHOWN = new Set(['format_version', 'terraform_version', 'values', 'checks']);

const noMasks = (): undefined => undefined;

function shown(values: Json): Json {
  return object({ values });
}

/** `terraform state pull`: one entry a block, with its instances (states/statefile/version4.go). */
function rawObjects(top: TopLevel): PriorObject[] {
  const version = section(top, 'version');
  if (version !== 4)
    wrongFile(top.name, `a state of version ${printable(String(version), 20)}, which only old releases read`, MAKE_STATE);
  const resources: Json[] = [];
  for (const entry of elementsOf(top, 'resources')) {
    if (!isJsonObject(entry)) wrongFile(top.name, 'a state with an entry that is no object', MAKE_STATE);
    for (const instance of items(entry.instances)) {
      if (!isJsonObject(instance)) wrongFile(top.name, 'a state with an instance that is no object', MAKE_STATE);
      resources.push(shownResource(entry, instance));
    }
  }
  // `sensitive_attributes` holds only what the configuration marked, so names of secrets count as well (marksSchema false).
  return objectsOf(object({ values: object({ root_module: object({ child_modules: resources }) }) }), noMasks, false);
}

/** An instance as `show -json` would write it, in a module of its own. */
function shownResource(entry: JsonObject, instance: JsonObject): Json {
  const module = textOf(entry.module);
  const [mode, type, name] = [textOf(entry.mode) ?? 'managed', textOf(entry.type) ?? '', textOf(entry.name) ?? ''];
  const key = instance.index_key;
  const index =
    typeof key === 'string' ? `[${JSON.stringify(key)}]` : key === undefined || key === null ? '' : `[${number(key)}]`;
  const local = `${mode === 'managed' ? '' : `${mode}.`}${type}.${name}${index}`;
  const attributes = isJsonObject(instance.attributes) ? instance.attributes : instance.attributes_flat;
  const resource = object({
    address: module === null ? local : `${module}.${local}`,
    mode,
    type,
    name,
    ...(key === undefined || key === null ? {} : { index: key }),
    ...(textOf(instance.deposed) === null ? {} : { deposed_key: instance.deposed as Json }),
    provider_name: providerOf(textOf(entry.provider) ?? ''),
    values: attributes ?? null,
    sensitive_values: sensitiveMask(instance.sensitive_attributes),
    depends_on: instance.dependencies ?? [],
  });
  return object({ address: module ?? '', resources: [resource] });
}

/** Coarse on purpose: one sensitive step inside an attribute hides all of it. */
function sensitiveMask(paths: Json | undefined): JsonObject {
  const mask: { [key: string]: Json } = Object.create(null);
  for (const path of items(paths)) {
    const [first] = items(path);
    const name = isJsonObject(first) ? textOf(first.value) : null;
    if (name !== null) mask[name] = true;
  }
  return mask;
}

/** `module.a.provider["registry.terraform.io/hashicorp/aws"].west`; before 0.13 `provider.aws`. */
function providerOf(text: string): string {
  const source = /provider\["([^"]+)"\]/.exec(text)?.[1] ?? /(?:^|\.)provider\.([A-Za-z0-9_-]+)/.exec(text)?.[1] ?? '';
  return providerSource(source);
}

function number(key: Json): string {
  return key instanceof ExactNumber ? key.text : String(key);
}

function object(members: Readonly<Record<string, Json>>): JsonObject {
  return Object.assign(Object.create(null), members) as JsonObject;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
