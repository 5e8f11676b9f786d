/** States of AWS tables, for tests of the tag flow; account numbers are digits written twelve times. */

export const LANES = `
inlane: 1
level: org
attributes:
  environment: {values: {production: [prod], development: [dev]}, from: [{workspace: {"*-prod": production}}, {tag: environment}], tag: environment, required: true}
  team: {values: {registry: teams}, from: [{tag: team}], tag: team}
lanes:
  developer:
    who: {kind: human, team: developers}
    may: [{do: [create, update, destroy], environment: development}]
guards:
  - {id: no-prod-drop, deny: destroy, class: stateful, environment: production}
principals:
  teams: {developers: [dana]}
  people: {dana: {github: "1"}}
`;

export const accountOf = (digit: string) => digit.repeat(12);
export const arn = (account: string, name: string) => `arn:aws:dynamodb:eu-central-1:${accountOf(account)}:table/${name}`;

/** A table as `show -json` of a state has it. */
export function table(account: string, name: string, tags: Record<string, string> | null): object {
  const values = { arn: arn(account, name), id: name, name, tags, tags_all: tags ?? {} };
  return {
    mode: 'managed',
    type: 'aws_dynamodb_table',
    name,
    address: `aws_dynamodb_table.${name}`,
    provider_name: 'registry.terraform.io/hashicorp/aws',
    values,
    sensitive_values: { tags: {}, tags_all: {} },
  };
}

export function stateOf(...resources: object[]): string {
  return JSON.stringify({ format_version: '1.0', terraform_version: '1.11.4', values: { root_module: { resources } } });
}

/** Tags of a table in production. */
export const PROD = { environment: 'prod', team: 'developers' };
