import { InlaneError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject, JsonReader, type Span } from './json.ts';
import { printable } from './printable.ts';
import type { Streamed } from './streamed.ts';
import { MAKE_PLAN, wrongFile } from './wrong-file.ts';

/** A document's top level: the bytes of each member, not yet parsed. */
export interface TopLevel {
  readonly name: string;
  readonly bytes: Buffer;
  readonly members: ReadonlyMap<string, Span>;
  /** The same document parsed whole, where it is small and ordinary (whole.ts); then the spans of the members are empty. */
  readonly whole: JsonObject | null;
  /** Set where the document is read piece by piece (streamed.ts); then the spans of the members are empty, too. */
  readonly streamed: Streamed | null;
}

/** Members larger than this are not parsed only to be recognised. */
const SMALL = 1 << 20;

/** Names of plan sections that betray a plan inside something else. */
const PLAN_KEYS = ['planned_values', 'resource_changes', 'prior_state'];
const STREAM = 'the progress log of `plan -json` or `apply -json` (one message a line), which has no attribute values';

/**
 * The positive test of plan-json.md 7: an object with a `format_version` of major 0 or 1 and `planned_values` or `resource_changes`.
 * Everything else is refused by name: `plan-wrong-file`, or `plan-unsupported` for a version that is unknown or not there.
 * Returns the format version.
 */
export function recognisePlan(top: TopLevel): string {
  const { members, name } = top;
  const has = (key: string): boolean => members.has(key);
  if (has('encrypted_data') && (has('encryption_version') || has('meta'))) {
    wrongFile(
      name,
      'an encrypted OpenTofu plan or state',
      'run `tofu show -json tfplan > plan.json` with the encryption configuration',
    );
  }
  if (has('@level') && has('@message')) streamed(name);
  if (has('remote_plan_format') && has('run_id')) {
    wrongFile(
      name,
      'a bookmark of a plan saved in HCP Terraform',
      'run `terraform show -json FILE > plan.json` on it after `terraform login`',
    );
  }
  if (has('plan_format_version') || (has('provider_format_version') && has('provider_schemas') && has('resource_changes'))) {
    wrongFile(
      name,
      'a redacted plan of HCP Terraform: its values were replaced, it cannot be judged',
      "download the plan's un-redacted `json-output` (needs admin access to the workspace), or run `terraform show -json tfplan`",
    );
  }
  if (has('infracost_resource_changes')) {
    wrongFile(
      name,
      'a plan made up by Infracost from configuration: no null, no unknown, no prior state, so nothing to decide by',
    );
  }
  if (shapeOf(top, 'resource_changes') === 'object') {
    wrongFile(name, 'a Sentinel mock (`resource_changes` is a map), not a plan', MAKE_PLAN);
  }
  if (!has('format_version')) withoutVersion(top);
  const version = parsed(top, 'format_version');
  const major = typeof version === 'string' ? /^(\d{1,9})(\.\d{1,9})*$/.exec(version)?.[1] : undefined;
  if (has('planned_values') || has('resource_changes')) {
    if (major !== '0' && major !== '1') unsupported(name, version);
    return version as string;
  }
  if (has('provider_schemas')) schemas(name);
  if (has('values')) state(name);
  if (has('valid') && has('diagnostics')) wrongFile(name, 'the output of `terraform validate -json`, not a plan');
  if (has('function_signatures')) wrongFile(name, 'the output of `terraform metadata functions`, not a plan');
  if (has('root_module') || has('configuration')) configurationOnly(name);
  const others = [...members.keys()].filter(
    (key) => !['format_version', 'terraform_version', 'checks', 'timestamp'].includes(key),
  );
  if (others.length === 0) {
    wrongFile(
      name,
      'an empty state: `show -json` was run without the name of the plan file',
      'run `terraform show -json tfplan > plan.json` (or `tofu show -json tfplan`) with the file that `plan -out=tfplan` wrote',
    );
  }
  return wrongFile(name, 'JSON with a `format_version`, but it has neither `planned_values` nor `resource_changes`');
}

function withoutVersion(top: TopLevel): never {
  const { members, name } = top;
  const has = (key: string): boolean => members.has(key);
  if (has('version') && (has('lineage') || has('serial') || has('terraform_version'))) {
    if (has('resources') || has('modules') || has('outputs')) {
      const version = parsed(top, 'version');
      wrongFile(name, `a raw state${typeof version === 'number' ? ` (version ${version})` : ''}, not a plan`);
    }
  }
  if (has('provider_schemas')) schemas(name);
  if (PLAN_KEYS.some((key) => key !== 'prior_state' && has(key))) {
    throw new InlaneError(
      'plan-unsupported',
      `\`${name}\` looks like a plan but has no \`format_version\`: it was trimmed or written by hand`,
      `give the whole output of \`terraform show -json\`: ${MAKE_PLAN}`,
    );
  }
  if (has('values') && shapeOf(top, 'values') === 'object' && has('terraform_version')) state(name);
  if (has('root_module') || has('provider_config')) configurationOnly(name);
  const wrapped = wrapper(top);
  if (wrapped !== null) {
    wrongFile(
      name,
      `a plan wrapped in something else, under \`${printable(wrapped)}\``,
      `take the plan out, for example \`jq '.${printable(wrapped)}' FILE > plan.json\``,
    );
  }
  const keys = [...members.keys()];
  if (keys.length > 0 && keys.every((key) => CONFIGURATION_KEYS.has(key)))
    wrongFile(name, 'Terraform configuration in JSON, not a plan');
  if (has('Modules') && keys.length === 1) wrongFile(name, 'the list of modules of `.terraform`, not a plan');
  if (keys.length > 0 && keys.every((key) => isOutput(parsed(top, key))))
    wrongFile(name, 'the output of `terraform output -json`, not a plan');
  if (/\.tfvars(\.json)?$/.test(name)) wrongFile(name, 'a variables file (tfvars), not a plan');
  wrongFile(name, 'JSON, but no plan (a variables file, or the output of some other command)');
}

const CONFIGURATION_KEYS = new Set(
  'resource data variable output module provider terraform locals moved removed import check ephemeral action //'.split(' '),
);

/** Names what a JSON array is; never returns. */
export function recogniseArray(name: string, reader: JsonReader): never {
  let first: Json | undefined;
  for (const _ of reader.elements()) {
    first = reader.value();
    break;
  }
  if (isJsonObject(first)) {
    if ('contents' in first && 'path' in first) {
      wrongFile(
        name,
        'a list of files (`conftest --combine`), not a plan',
        "take one plan out: `jq '.[0].contents' FILE > plan.json`",
      );
    }
    if ('@level' in first) streamed(name);
    if (PLAN_KEYS.some((key) => key in (first as object))) {
      wrongFile(name, 'a list of plans', "gate each by itself: `jq '.[0]' FILE > plan.json`");
    }
    if ('change' in first || ('address' in first && 'type' in first)) {
      wrongFile(name, 'a bare list of resource changes, not a plan: what surrounds them is missing');
    }
  }
  return wrongFile(name, 'a JSON list, not a plan');
}

/** The path of a member, at most three deep, that holds a plan; null where none does. */
function wrapper(top: TopLevel): string | null {
  for (const [key, span] of top.members) {
    if (top.bytes[span.start] !== 0x7b) continue;
    const inner = new JsonReader(top.bytes, top.name, span.start, span.end).spans();
    const found = PLAN_KEYS.some((k) => inner.has(k)) ? '' : wrappedBelow(top, inner, 1);
    if (found !== null) return found === '' ? key : `${key}.${found}`;
  }
  return null;
}

function wrappedBelow(top: TopLevel, members: ReadonlyMap<string, Span>, depth: number): string | null {
  for (const [key, span] of members) {
    if (top.bytes[span.start] !== 0x7b) continue;
    const inner = new JsonReader(top.bytes, top.name, span.start, span.end).spans();
    if (PLAN_KEYS.some((k) => inner.has(k))) return key;
    const found = depth < 2 ? wrappedBelow(top, inner, depth + 1) : null;
    if (found !== null) return `${key}.${found}`;
  }
  return null;
}

export function streamed(name: string): never {
  wrongFile(
    name,
    STREAM,
    'save the plan with `-out=tfplan`, then `terraform show -json tfplan > plan.json` (or `tofu show -json`)',
  );
}

function schemas(name: string): never {
  wrongFile(name, 'provider schemas (`terraform providers schema -json`), not a plan');
}

function state(name: string): never {
  wrongFile(
    name,
    'a state as JSON: `show -json` was run without the name of a plan file',
    'run `terraform show -json tfplan > plan.json` (or `tofu show -json tfplan`) with the file that `plan -out=tfplan` wrote',
  );
}

function configurationOnly(name: string): never {
  wrongFile(name, 'configuration as JSON (`show -json -config` or `-module`), without any change', MAKE_PLAN);
}

function unsupported(name: string, version: Json | undefined): never {
  const shown = typeof version === 'string' ? printable(version, 20) : 'no text';
  throw new InlaneError(
    'plan-unsupported',
    `\`${name}\` has \`format_version\` \`${shown}\`; inlane reads major versions 0 and 1`,
    'use a newer inlane, or a Terraform or OpenTofu that this one knows',
  );
}

function shapeOf(top: TopLevel, key: string): 'object' | 'list' | 'other' | null {
  if (top.streamed !== null) return top.streamed.shapeOf(key);
  if (top.whole !== null) return Array.isArray(top.whole[key]) ? 'list' : isJsonObject(top.whole[key]) ? 'object' : 'other';
  const span = top.members.get(key);
  if (span === undefined) return null;
  const c = top.bytes[span.start];
  return c === 0x7b ? 'object' : c === 0x5b ? 'list' : 'other';
}

function parsed(top: TopLevel, key: string): Json | undefined {
  if (top.streamed !== null) return top.streamed.section(key);
  if (top.whole !== null) return top.whole[key];
  const span = top.members.get(key);
  if (span === undefined || span.end - span.start > SMALL) return undefined;
  return new JsonReader(top.bytes, top.name, span.start, span.end).value();
}

function isOutput(value: Json | undefined): boolean {
  return isJsonObject(value) && 'sensitive' in value && 'value' in value && 'type' in value;
}
