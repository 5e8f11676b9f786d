import { InlaneError } from '../errors.ts';
import { suggest } from '../lanes/nearest.ts';
import { quoted } from '../lanes/problems.ts';
import { decodeText, readBytes } from '../plan/bytes.ts';
import { printable } from '../plan/printable.ts';
import { heldBytes } from '../plan/spool.ts';
import type { CliIo } from './io.ts';
import { usage } from './options.ts';

/** What a provider's schema says of its managed types. */
export interface ProviderSchema {
  /** Source address without the public registry's host: `acme/graph`. */
  readonly source: string;
  readonly types: readonly { readonly type: string; readonly attributes: readonly string[] }[];
}

const MAKE_SCHEMA =
  'run `terraform providers schema -json > schema.json` where `terraform init` has been run, or the same with `tofu`';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** Reads `terraform providers schema -json`, all providers sorted by source. Throws `io` or `usage` for anything else, in one line. */
export function readProviderSchemas(path: string, io: CliIo): ProviderSchema[] {
  const shown = path === '-' ? 'standard input' : `\`${printable(path)}\``;
  const document = parse(textOf(path, io), shown);
  const wrong = (what: string): never => {
    throw usage(`${shown} is ${what}, not a provider schema`, MAKE_SCHEMA);
  };
  if (!isObject(document)) return wrong('JSON');
  if ('resource_changes' in document || 'planned_values' in document) wrong('a plan');
  if ('values' in document || 'lineage' in document || 'resources' in document) wrong('a state');
  const version = document.format_version;
  if (!isObject(document.provider_schemas)) {
    // What Terraform prints where no provider is needed.
    if (typeof version === 'string' && Object.keys(document).length === 1)
      throw usage(`${shown} is a schema without any provider`, 'run the command where the configuration needs the provider');
    return wrong('JSON');
  }
  if (typeof version !== 'string' || !/^[01](\.\d+)?$/.test(version))
    throw usage(`${shown} has a \`format_version\` that is not known`, 'look for a newer inlane');
  return Object.entries(document.provider_schemas)
    .map(([source, schema]) => ({ source: withoutHost(source), types: typesOf(schema, shown) }))
    .sort((a, b) => (a.source < b.source ? -1 : 1));
}

/** The one that `--provider` names, host or not. Throws `usage` with the nearest known sources. */
export function chosenProvider(schemas: readonly ProviderSchema[], source: string): ProviderSchema {
  const found = schemas.find((schema) => schema.source === withoutHost(source));
  if (found) return found;
  throw usage(
    `the schema has no provider ${quoted(source)}`,
    suggest(
      source,
      schemas.map((schema) => schema.source),
    ) ?? MAKE_SCHEMA,
  );
}

function withoutHost(source: string): string {
  return source.toLowerCase().replace(/^registry\.(?:terraform\.io|opentofu\.org)\//, '');
}

/** The hints of the plan's reader speak of plans. */
function textOf(path: string, io: CliIo): string {
  try {
    const name = path === '-' ? 'standard input' : printable(path);
    return decodeText(
      readBytes(path, () => heldBytes(io.stdin()), io.cwd),
      name,
    ).toString('utf8');
  } catch (error) {
    if (error instanceof InlaneError && error.code !== 'internal') throw new InlaneError('io', error.message, MAKE_SCHEMA);
    throw error;
  }
}

function parse(text: string, shown: string): Json {
  if (text.trim() === '') throw usage(`${shown} is empty`, MAKE_SCHEMA);
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The parser's own message quotes the text.
    throw usage(`${shown} is not JSON, or was cut off`, MAKE_SCHEMA);
  }
}

function typesOf(schema: Json, shown: string): ProviderSchema['types'] {
  const resources = isObject(schema) && isObject(schema.resource_schemas) ? schema.resource_schemas : {};
  return Object.keys(resources)
    .sort()
    .map((type) => {
      if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(type))
        throw usage(`${shown} has a resource type ${quoted(type)}, which Terraform cannot name`, MAKE_SCHEMA);
      const resource = resources[type];
      const block = isObject(resource) && isObject(resource.block) ? resource.block : {};
      const names = [block.attributes, block.block_types].flatMap((part) => (isObject(part) ? Object.keys(part) : []));
      return { type, attributes: names };
    });
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
