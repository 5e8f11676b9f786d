import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { named, valuesOf } from './names.ts';
import { type Account, ORG } from './planted.ts';

/** Objects in one state. */
const EACH = 500;

export const LANES = `
inlane: 1
level: org
attributes:
  environment:
    values: [production, development]
    from: [{tag: environment}, {tag: ${ORG}/environment}]
    tag: {aws: environment, google: ${ORG}/environment, azurerm: Environment}
    required: true
  team:
    values: {registry: teams}
    from: [{tag: team}, {tag: ${ORG}/team}]
    tag: {aws: team, google: ${ORG}/team, azurerm: Team}
  data:
    values: [public, internal]
    from: [{tag: data}, {tag: ${ORG}/data}]
    tag: {aws: data, google: ${ORG}/data, azurerm: Data}
lanes:
  developer:
    who: {kind: human, team: payments}
    may: [{do: [create, update, destroy], environment: development}]
guards:
  - {id: no-prod-drop, deny: destroy, class: stateful, environment: production}
principals:
  teams: {payments: [dana], orders: [erin]}
  people: {dana: {github: "1"}, erin: {github: "2"}}
`;

const PROVIDERS = { aws: 'hashicorp/aws', google: 'hashicorp/google', azure: 'hashicorp/azurerm' } as const;

/** Writes the lane file and the states: each holds objects of all accounts, in turn as `show -json` and as `state pull` prints it. */
export function writeInputs(folder: string, accounts: readonly Account[]): void {
  mkdirSync(join(folder, 'states'), { recursive: true });
  writeFileSync(join(folder, 'inlane.yaml'), LANES);
  const most = Math.max(...accounts.map(({ count }) => count));
  let objects: [Account, number][] = [];
  let files = 0;
  const flush = () => {
    if (objects.length === 0) return;
    const text = files % 2 === 0 ? shown(objects) : pulled(objects);
    writeFileSync(join(folder, 'states', `${String(files).padStart(5, '0')}.json`), text);
    files += 1;
    objects = [];
  };
  for (let index = 0; index < most; index += 1) {
    for (const account of accounts) if (index < account.count) objects.push([account, index]);
    if (objects.length >= EACH) flush();
  }
  flush();
}

function shown(objects: readonly (readonly [Account, number])[]): string {
  const resources = objects.map(([account, index]) => {
    const { type, address } = named(account, index);
    const provider_name = `registry.terraform.io/${PROVIDERS[account.target.cloud]}`;
    const name = address.slice(type.length + 1);
    return {
      address,
      mode: 'managed',
      type,
      name,
      provider_name,
      values: valuesOf(account, index),
      sensitive_values: { tags: {}, tags_all: {} },
    };
  });
  return JSON.stringify({ format_version: '1.0', terraform_version: '1.11.4', values: { root_module: { resources } } });
}

function pulled(objects: readonly (readonly [Account, number])[]): string {
  const resources = objects.map(([account, index]) => {
    const { type, address } = named(account, index);
    const provider = `provider["registry.terraform.io/${PROVIDERS[account.target.cloud]}"]`;
    const instances = [{ schema_version: 0, attributes: valuesOf(account, index), sensitive_attributes: [] }];
    return { mode: 'managed', type, name: address.slice(type.length + 1), provider, instances };
  });
  return JSON.stringify({ version: 4, terraform_version: '1.11.4', serial: 1, lineage: 'load', outputs: {}, resources });
}
