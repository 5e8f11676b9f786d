import type { CatalogRow } from '../../providers/provider.ts';
import { cell, flagged, type TypeFacts } from './facts.ts';

/** The attribute that says what an object stands in: its parent where a decision names no nearer one. */
function within(attribute: string, ...types: readonly string[]): Partial<CatalogRow> {
  return { parent: attribute, refers: types.map((type) => ({ attribute, type })) };
}

/** One catalog file: which providers it serves, where its facts and decisions lie, what the facts alone settle. */
export interface Cloud {
  readonly name: string;
  readonly providers: readonly string[];
  /** Tables of facts; an earlier one wins where both know a type. Empty: decisions only. */
  readonly tables: readonly string[];
  readonly computedAs: string;
  readonly fromFacts: (facts: TypeFacts, type: string) => Partial<CatalogRow>;
}

const AWS: Cloud = {
  name: 'aws',
  providers: ['hashicorp/aws'],
  tables: ['aws6.tsv', 'aws.tsv'],
  computedAs: 'hashicorp/aws',
  fromFacts: ({ columns }, type) => ({
    ...(cell(columns, 'place_attrs').includes('region') ? { place: { region: 'region' } } : {}),
    // The flag C of tags_all tells plugin-framework types apart (facts/README.md).
    ...(!type.startsWith('data.') && flagged(columns, 'tag_attrs').get('tags_all') === 'C' ? { partial_tags: true } : {}),
  }),
};

const GCP: Cloud = {
  name: 'gcp',
  providers: ['hashicorp/google', 'hashicorp/google-beta'],
  tables: ['google.tsv'],
  computedAs: 'hashicorp/google',
  fromFacts: ({ columns }, type) => {
    const places = flagged(columns, 'place_attrs');
    const region = ['location', 'region', 'zone'].find((name) => places.has(name));
    const place = { ...(places.has('project') ? { account: 'project' } : {}), ...(region ? { region } : {}) };
    return {
      ...(Object.keys(place).length > 0 ? { place } : {}),
      ...(type.startsWith('data.') ? {} : { ...deletion(columns), ...bindings(columns, type) }),
      ...(places.has('project') && type !== 'google_project' ? within('project', 'google_project') : {}),
    };
  },
};

/** What can be labelled or carries a map of tags can be bound to (reference/cloud-tags.md 2.3); IAM rows cannot. */
function bindings(columns: TypeFacts['columns'], type: string): Partial<CatalogRow> {
  const carries = cell(columns, 'label_attrs').some((entry) => /^(labels|resource_labels|user_labels|tags):map/.test(entry));
  return carries && !/_iam_/.test(type) ? { companions: ['google_tags_location_tag_binding', 'google_tags_tag_binding'] } : {};
}

/** `deletion_policy` (840 types, the provider block has a default) and `deletion_protection` with its default. */
function deletion(columns: TypeFacts['columns']): Partial<CatalogRow> {
  const attributes = flagged(columns, 'protection_attrs');
  const defaults = new Map(cell(columns, 'protection_defaults').map((entry) => entry.split('=') as [string, string]));
  const protects = [...attributes.keys()]
    .filter((name) => /^deletion_protection(_enabled)?$/.test(name))
    .filter((name) => cell(columns, 'protection_attrs').some((entry) => entry.startsWith(`${name}:bool`)))
    .map((attribute) => ({ attribute, safe: true, default: defaults.get(attribute) === 'true' }));
  // Only where it may be left to the provider: the same name without a computed flag has values of its own.
  const policy = attributes.get('deletion_policy') === 'OC';
  return {
    ...(protects.length > 0 || policy
      ? {
          protects: [
            ...protects,
            ...(policy
              ? [{ attribute: 'deletion_policy', safe: ['PREVENT', 'DELETE'], forgets: 'ABANDON', default: 'DELETE' }]
              : []),
          ],
        }
      : {}),
    ...(policy ? { abandon: [{ attribute: 'deletion_policy', value: 'ABANDON', provider_default: true }] } : {}),
  };
}

const AZURE: Cloud = {
  name: 'azure',
  providers: ['hashicorp/azurerm'],
  tables: ['azurerm.tsv'],
  computedAs: 'hashicorp/azurerm',
  fromFacts: ({ columns }, type) => ({
    ...(cell(columns, 'place_attrs').includes('location') ? { place: { region: 'location' } } : {}),
    // Grants hang on whatever has an id of its own in Resource Manager; what carries tags has (reference/cloud-tags.md 3).
    ...(!type.startsWith('data.') && flagged(columns, 'tag_attrs').has('tags')
      ? { companions: ['azurerm_role_assignment'] }
      : {}),
    ...(cell(columns, 'place_attrs').includes('resource_group_name')
      ? within('resource_group_name', 'azurerm_resource_group')
      : {}),
  }),
};

const KUBERNETES: Cloud = {
  name: 'kubernetes',
  providers: ['hashicorp/kubernetes'],
  tables: ['kubernetes.tsv'],
  computedAs: 'hashicorp/kubernetes',
  fromFacts: ({ columns }) =>
    cell(columns, 'place_attrs').includes('metadata[].namespace')
      ? {
          ...within('metadata.0.namespace', 'kubernetes_namespace', 'kubernetes_namespace_v1'),
          place: { namespace: 'metadata.0.namespace' },
        }
      : {},
};

const SNOWFLAKE: Cloud = {
  name: 'snowflake',
  providers: ['snowflakedb/snowflake', 'snowflake-labs/snowflake'],
  tables: ['snowflake.tsv'],
  computedAs: 'snowflakedb/snowflake',
  fromFacts: () => ({}),
};

const GENERIC: Cloud = {
  name: 'generic',
  providers: [
    'builtin/terraform',
    'hashicorp/archive',
    'hashicorp/cloudinit',
    'hashicorp/external',
    'hashicorp/http',
    'hashicorp/local',
    'hashicorp/null',
    'hashicorp/random',
    'hashicorp/template',
    'hashicorp/time',
    'hashicorp/tls',
  ],
  tables: [],
  computedAs: 'hashicorp/random',
  fromFacts: () => ({}),
};

const OTHERS: Cloud = {
  name: 'others',
  providers: [
    'aiven/aiven',
    'alekc/kubectl',
    'azure/azapi',
    'cloudflare/cloudflare',
    'cyrilgdn/postgresql',
    'datadog/datadog',
    'deviavir/gsuite',
    'gavinbunney/kubectl',
    'hashicorp/awscc',
    'hashicorp/azuread',
    'hashicorp/github',
    'hashicorp/googleworkspace',
    'hashicorp/gsuite',
    'hashicorp/helm',
    'hashicorp/mysql',
    'hashicorp/test',
    'hashicorp/tfcoremock',
    'hashicorp/vault',
    'integrations/github',
    'liamcervante/mock',
    'microsoft/azuredevops',
    'mongodb/mongodbatlas',
    'okta/okta',
    'opennebula/opennebula',
    'petoju/mysql',
  ],
  tables: [],
  computedAs: '',
  fromFacts: () => ({}),
};

/** Every catalog file; `providers/<name>/catalog.json` and `decisions/<name>.tsv`. */
export const CLOUDS: readonly Cloud[] = [AWS, AZURE, GCP, GENERIC, KUBERNETES, OTHERS, SNOWFLAKE];
