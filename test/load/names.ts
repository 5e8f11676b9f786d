import { type Account, ORG, type Tags, wantedOf } from './planted.ts';

/** An object of the load run under all of its names. */
export interface Named {
  /** Terraform type. */
  readonly type: string;
  readonly address: string;
  /** As the report and the inventory name it. */
  readonly id: string;
  /** The cloud's own name of its type. */
  readonly kind: string;
  /** Google: where its tags hang, and the name that they hang on. */
  readonly location: string;
  readonly parent: string;
}

const digits = (index: number) => String(index).padStart(6, '0');

export function named(account: Account, index: number): Named {
  const address = (type: string) => `${type}.a${account.number}_${digits(index)}`;
  const { cloud, account: owner, region } = account.target;
  const name = `n-${digits(index)}`;
  if (cloud === 'aws') {
    const [type, kind, service, rest] = AWS[index % AWS.length] as (typeof AWS)[number];
    const id = `arn:aws:${service}:${region}:${owner}:${rest}${name}`;
    return { type, address: address(type), id, kind, location: '', parent: '' };
  }
  if (cloud === 'google') {
    const [type, kind, host, rest, location] = GOOGLE[index % GOOGLE.length] as (typeof GOOGLE)[number];
    const id = `//${host}/projects/${owner}/${rest}/${name}`;
    return { type, address: address(type), id, kind, location, parent: id.replace(owner, projectNumber(account)) };
  }
  // Types one after the other, so that the order of the numbers is that of the ids.
  const at = Math.min(AZURE.length - 1, Math.floor((index * AZURE.length) / (account.count + account.extra)));
  const [type, path] = AZURE[at] as (typeof AZURE)[number];
  const id = `${groupOf(account)}/providers/${path}/${name}`;
  return { type, address: address(type), id, kind: path.toLowerCase(), location: '', parent: '' };
}

const AWS = [
  ['aws_dynamodb_table', 'dynamodb:table', 'dynamodb', 'table/'],
  ['aws_cloudwatch_log_group', 'logs:log-group', 'logs', 'log-group:/load/'],
  ['aws_sqs_queue', 'sqs:queue', 'sqs', ''],
] as const;

const GOOGLE = [
  ['google_pubsub_topic', 'pubsub.googleapis.com/Topic', 'pubsub.googleapis.com', 'topics', 'global'],
  ['google_secret_manager_secret', 'secretmanager.googleapis.com/Secret', 'secretmanager.googleapis.com', 'secrets', 'global'],
  [
    'google_workflows_workflow',
    'workflows.googleapis.com/Workflow',
    'workflows.googleapis.com',
    'locations/europe-west3/workflows',
    'europe-west3',
  ],
] as const;

const AZURE = [
  ['azurerm_key_vault', 'Microsoft.KeyVault/vaults'],
  ['azurerm_mssql_server', 'Microsoft.Sql/servers'],
  ['azurerm_storage_account', 'Microsoft.Storage/storageAccounts'],
] as const;

/** The number in a name, whatever its kind; null = none of the load run's. */
export function indexIn(name: string): number | null {
  const found = /n-(\d{6})$/.exec(name)?.[1];
  return found === undefined ? null : Number(found);
}

export const groupOf = ({ target }: Account) => `/subscriptions/${target.account}/resourceGroups/load`;
export const projectNumber = ({ number }: Account) => `${481_516_234_200 + number}`;

/** As the report spells it. */
export function reportedId(account: Account, index: number): string {
  const { id } = named(account, index);
  return account.target.cloud === 'azure' ? id.toLowerCase() : id;
}

/** Tags by the cloud's keys: Google's stand in the organization, and Azure knows no case. */
export function keyed({ target: { cloud } }: Account, tags: Tags, spelled = false): Record<string, string> {
  const spell = (key: string) => {
    if (cloud === 'google') return `${ORG}/${key}`;
    return cloud === 'azure' && spelled ? `${key.charAt(0).toUpperCase()}${key.slice(1)}` : key;
  };
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [spell(key), value]));
}

/** Attributes as the provider writes them into a state. */
export function valuesOf(account: Account, index: number): Record<string, unknown> {
  const { id } = named(account, index);
  const tags = keyed(account, wantedOf(account, index), true);
  switch (account.target.cloud) {
    case 'aws':
      return { arn: id, id: `n-${digits(index)}`, name: `n-${digits(index)}`, tags, tags_all: tags };
    case 'google': {
      const path = id.slice(id.indexOf('/projects/') + 1);
      return { id: path, project: account.target.account, name: path, labels: null, effective_labels: {}, tags };
    }
    case 'azure':
      return { id, name: `n-${digits(index)}`, location: 'westeurope', tags };
  }
}
