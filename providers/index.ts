import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InlaneError } from '../src/errors.ts';
import { awsccDataRow, awsccRow } from './awscc.ts';
import { type CatalogSections, type DerivedRows, readCatalogText } from './catalog-file.ts';
import { insideOf } from './inside.ts';
import type { Catalog, CatalogRow, Provider } from './provider.ts';

interface Entry {
  /** Folder under `providers/` that holds `catalog.json`. */
  readonly catalog: string;
  /** The code that reads its tags and places. */
  readonly provider: () => Promise<Provider>;
}

const generic = async (): Promise<Provider> => (await import('./generic.ts')).generic;

const AWS: Entry = { catalog: 'aws', provider: async () => (await import('./aws/provider.ts')).aws };
const AZURE: Entry = { catalog: 'azure', provider: async () => (await import('./azure/provider.ts')).azure };
const GOOGLE: Entry = { catalog: 'gcp', provider: async () => (await import('./gcp/provider.ts')).google };
const KUBERNETES: Entry = { catalog: 'kubernetes', provider: async () => (await import('./kubernetes/provider.ts')).kubernetes };
const SNOWFLAKE: Entry = { catalog: 'snowflake', provider: async () => (await import('./snowflake/provider.ts')).snowflake };
const GENERIC: Entry = { catalog: 'generic', provider: generic };
const OTHERS: Entry = { catalog: 'others', provider: generic };
const AZAPI: Entry = { ...AZURE, catalog: 'others' };

const DATADOG: Entry = { catalog: 'others', provider: async () => (await import('./generic.ts')).datadog };
const GITHUB: Entry = { catalog: 'others', provider: async () => (await import('./generic.ts')).github };

/** What is known, by provider source address without public registry host; lower case, as Terraform compares them. */
const ENTRIES: ReadonlyMap<string, Entry> = new Map([
  ['hashicorp/aws', AWS],
  ['hashicorp/azurerm', AZURE],
  ['hashicorp/google', GOOGLE],
  ['hashicorp/google-beta', GOOGLE],
  ['hashicorp/kubernetes', KUBERNETES],
  ['snowflakedb/snowflake', SNOWFLAKE],
  ['snowflake-labs/snowflake', SNOWFLAKE],
  ['builtin/terraform', GENERIC],
  ['hashicorp/archive', GENERIC],
  ['hashicorp/cloudinit', GENERIC],
  ['hashicorp/external', GENERIC],
  ['hashicorp/http', GENERIC],
  ['hashicorp/local', GENERIC],
  ['hashicorp/null', GENERIC],
  ['hashicorp/random', GENERIC],
  ['hashicorp/template', GENERIC],
  ['hashicorp/time', GENERIC],
  ['hashicorp/tls', GENERIC],
  ['aiven/aiven', OTHERS],
  ['alekc/kubectl', OTHERS],
  ['azure/azapi', AZAPI],
  ['cloudflare/cloudflare', OTHERS],
  ['cyrilgdn/postgresql', OTHERS],
  ['datadog/datadog', DATADOG],
  ['deviavir/gsuite', OTHERS],
  ['gavinbunney/kubectl', OTHERS],
  ['hashicorp/awscc', OTHERS],
  ['hashicorp/azuread', OTHERS],
  ['hashicorp/github', GITHUB],
  ['hashicorp/googleworkspace', OTHERS],
  ['hashicorp/gsuite', OTHERS],
  ['hashicorp/helm', OTHERS],
  ['hashicorp/mysql', OTHERS],
  ['hashicorp/test', OTHERS],
  ['hashicorp/tfcoremock', OTHERS],
  ['hashicorp/vault', OTHERS],
  ['integrations/github', GITHUB],
  ['liamcervante/mock', OTHERS],
  ['microsoft/azuredevops', OTHERS],
  ['mongodb/mongodbatlas', OTHERS],
  ['okta/okta', OTHERS],
  ['opennebula/opennebula', OTHERS],
  ['petoju/mysql', OTHERS],
]);

/** Sources that have a catalog, sorted. */
export const KNOWN_SOURCES: readonly string[] = [...ENTRIES.keys()].sort();

const loaded = new Map<string, Catalog>();

/**
 * What is known of a provider's types, by source address; read from disk once. Null for a provider without a catalog: its
 * types have no class, and unknown denies. Throws `internal` when the file is missing or damaged.
 */
export function loadCatalog(source: string): Catalog | null {
  const entry = ENTRIES.get(source.toLowerCase());
  return entry ? catalogOf(entry.catalog) : null;
}

/** Every catalog with the sources that it serves (sorted), in the order of their folders' names; all of them are read. */
export function loadCatalogs(): readonly { readonly sources: readonly string[]; readonly catalog: Catalog }[] {
  const folders = [...new Set([...ENTRIES.values()].map(({ catalog }) => catalog))].sort();
  return folders.map((folder) => ({
    sources: KNOWN_SOURCES.filter((source) => ENTRIES.get(source)?.catalog === folder),
    catalog: catalogOf(folder),
  }));
}

/** The code for a provider's tags and places, imported on first use; a provider of no known kind is read generically. */
export function loadProvider(source: string): Promise<Provider> {
  return (ENTRIES.get(source.toLowerCase())?.provider ?? generic)();
}

function catalogOf(folder: string): Catalog {
  let catalog = loaded.get(folder);
  if (!catalog) {
    catalog = {
      ...readCatalog(folder),
      inside: (kind) => insideOf(kind, managedRow),
    };
    loaded.set(folder, catalog);
  }
  return catalog;
}

function managedRow(folder: string, type: string): CatalogRow | null {
  return catalogOf(folder).managed.get(type) ?? null;
}

/** Reads the catalog of AWS for `awscc_` types only. */
const AWSCC: DerivedRows = {
  managed: (type) => awsccRow(type, (aws) => managedRow('aws', aws)),
  data: (type) => awsccDataRow(type, (aws) => managedRow('aws', aws)),
};

function readCatalog(folder: string): CatalogSections {
  try {
    // It is ASCII (test/providers/catalog.test.ts), and one byte a character is the quickest way to a text.
    const text = readFileSync(join(import.meta.dirname, folder, 'catalog.json'), 'latin1');
    return readCatalogText(text, folder === 'others' ? AWSCC : undefined);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new InlaneError(
      'internal',
      `the catalog of \`${folder}\` cannot be read: ${said}`,
      'reinstall inlane; the file is part of the package',
    );
  }
}
