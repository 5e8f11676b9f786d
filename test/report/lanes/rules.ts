import type { Ruleset } from '../../../src/lanes/ruleset.ts';
import type { Condition } from '../../../src/logic/condition.ts';
import { loadText } from '../../lanes/folder.ts';

/** A small domain language for the snippets below. */
const HEAD = `inlane: 1
level: org
attributes:
  environment: {values: {production: [prod, live], staging: [stg], development: [dev]}, from: [{tag: environment}], tag: environment}
  team: {values: {registry: teams}, from: [{tag: team}], tag: team}
  service: {values: any, from: [{tag: service}], tag: service}
  data: {values: [confidential, internal, none], from: [{tag: data}], tag: data}
classes:
  graph-database: {is_a: database, types: ["acme_graph_*"]}
  customer-database: {refines: database, when: {data: confidential}}
  paging: {types: ["pagerduty_*", oncall_rota]}
paths:
  tuning: [instance_class, "parameter.**"]
  disarming: [deletion_protection]
operations:
  manage: [create, read, update, destroy, import, move]
principals:
  teams: {developers: [dana], sre: [sam], dba: [erin]}
  people: {dana: {github: "1"}, erin: {github: "2"}, sam: {github: "3"}}
  agents: {upgrader: {owner: dana, tier: T1, teams: [developers]}}
  tiers:
    T0: [{do: read}]
    T1: [{do: read}, {do: manage, environment: development}]
    T2: {do: manage, who: {owner: dana}}
`;

/** The ruleset of the sections given, after the head above. */
export function rulesetOf(sections: string): Promise<Ruleset> {
  return loadText(`${HEAD}${sections}\n`);
}

/** What a rule asks that says these conditions, in YAML flow style without the braces. */
export async function conditionOf(conditions: string): Promise<Condition> {
  const { grants } = await rulesetOf(`lanes: {x: {who: anyone, may: [{${conditions}}]}}`);
  return (grants[0] as (typeof grants)[number]).when;
}

/** Whom `who` covers, in YAML flow style. */
export async function whoOf(who: string): Promise<Condition> {
  const { grants } = await rulesetOf(`lanes: {x: {who: ${who}, may: [{do: read}]}}`);
  return (grants[0] as (typeof grants)[number]).who;
}
