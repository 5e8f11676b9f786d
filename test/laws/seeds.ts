import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Setting } from './gated.ts';

/** A recorded plan to start from. */
export interface SeedPlan {
  readonly name: string;
  readonly text: string;
  /** Who acts in its story, and with which options. */
  readonly settings: readonly Setting[];
}

/** Recorded plans of at most `most` bytes: those of the stories, and the shared recordings where they are there. */
export function seedPlans(root: string, most: number): SeedPlan[] {
  const shared = process.env.INLANE_SHARED ?? join(root, '..', 'shared');
  const stories = join(root, 'fixtures/stories');
  const found = [
    ...plansBelow(stories, stories, most),
    ...plansBelow(join(shared, 'recorded'), join(root, 'fixtures/recorded'), most),
  ];
  if (found.length < 20) throw new Error(`only ${found.length} recorded plans: the stories' plans are missing`);
  return found;
}

function plansBelow(folder: string, expected: string, most: number): SeedPlan[] {
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith('plan.json') && statSync(join(folder, file)).size <= most)
    .sort()
    .map((file) => ({
      name: dirname(file),
      text: readFileSync(join(folder, file), 'utf8'),
      settings: settingsIn(join(expected, dirname(file), 'expected.yaml')),
    }));
}

function settingsIn(file: string): Setting[] {
  if (!existsSync(file)) return [];
  const { cases } = parse(readFileSync(file, 'utf8')) as { cases: { as: string; options?: Record<string, string | string[]> }[] };
  return cases.map(({ as, options }) => {
    const { account, now, workspace } = options ?? {};
    return {
      as,
      now: typeof now === 'string' ? now : '2026-11-20T12:00:00Z',
      ...(typeof workspace === 'string' ? { workspace } : {}),
      ...(account === undefined ? {} : { accounts: [account].flat() }),
    };
  });
}

/** The stories' lane file, and the examples of the lane language. */
export function seedLaneFiles(root: string): string[] {
  return ['fixtures/lanes/inlane.yaml', 'test/lanes/example/org.txt', 'test/lanes/example/shop.txt'].map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
}

/** A file below the stories' one, so that levels, scopes and ceilings are in play. */
export const PROJECT_RULES = `
inlane: 1
level: project
scope: {workspace: {glob: "orders-*"}}
ceilings:
  - {id: no-network, may: [{class: {not: network}}]}
lanes:
  oncall: {who: {team: sre}, may: [{do: update, class: cache, environment: production}, {do: [create, destroy], class: [queue, topic]}]}
guards:
  - {id: caches-stay, deny: [destroy, forget], class: cache, environment: production}
  - {id: topics-reviewed, require: {approval: {from: {team: sre}, count: 1}}, do: create, class: topic}
quotas:
  - {id: few, per_plan: {destroy: 5}}
`;

/** Everybody may do everything that no guard forbids: a guard that an unknown value escapes shows at once. */
export const OPEN_RULES = `
inlane: 1
level: org
attributes:
  environment: {values: {production: [prod], staging: [], development: [dev]}, from: [{workspace: {"*-production": production}}, {tag: environment}], tag: environment}
  team: {values: any, from: [{tag: team}], tag: team}
  service: {values: any, from: [{tag: service}], tag: service}
  data: {values: [restricted, confidential, internal, public, none], from: [{tag: data}], tag: data}
classes:
  confidential-database: {refines: database, when: {data: [restricted, confidential]}}
lanes:
  all: {who: anyone, may: [{do: [create, read, update, destroy, import, move, forget, reclassify, invoke]}]}
guards:
  - {id: no-production, deny: [create, update], class: {not: [queue, topic]}, environment: production}
  - {id: no-confidential, deny: [create, update, destroy], class: confidential-database}
  - {id: no-engine, deny: [create, update], attr.engine: {not: {glob: "mysql*"}}, class: database}
  - {id: no-resize, deny: update, changes: {any: [instance_class, "settings.**", "tags.**", "labels.**"]}}
  - {id: only-tuning, deny: update, class: workload, unless: {changes: {only: ["environment.**", "template.**"]}}}
  - {id: no-publicity, deny: [create, update], class: [exposure, access]}
  - {id: keep-data, deny: [destroy, forget], class: stateful, unless: {successor: {same: [service]}}}
  - {id: keep-used, deny: [destroy, forget], unless: {dependents: none}}
  - {id: no-code, deny: invoke}
  - {id: reviewed, require: {approval: {from: {team: sre}, count: 1}}, do: [create, update], team: [orders, payments, platform]}
  - {id: retagging, require: {approval: {from: {team: sre}, count: 1}}, do: reclassify}
principals:
  teams: {sre: [sam]}
  people: {sam: {}, dana: {}}
  agents: {dev-bot: {owner: dana, teams: [], purpose: tests}}
`;
