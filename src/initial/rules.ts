import type { Answers } from './answers.ts';
import type { ProposedEnvironment } from './environment.ts';
import type { Evidence } from './evidence.ts';
import { plansInWords } from './keys.ts';
import type { Kinds } from './kinds.ts';
import type { ProposedLane, ProposedPrincipals, ProposedRule, Written } from './proposal.ts';

/** What the rules hang on. */
export interface RuleBasis {
  readonly evidence: Evidence;
  readonly kinds: Kinds;
  readonly environment: ProposedEnvironment | null;
  readonly answers: Answers;
}

/** Operations that change something, as a group of the file. */
export const CHANGE = ['create', 'update', 'destroy', 'import', 'move', 'forget', 'reclassify', 'invoke'] as const;
const MANAGE = ['create', 'update', 'destroy', 'import', 'move', 'forget', 'reclassify'] as const;
/** Without `forget`: nothing drops out of a state of production unseen. */
const REVIEWED = ['create', 'update', 'destroy', 'import', 'move', 'reclassify'] as const;

/** The agent of tests, for somebody to name. */
export const EXAMPLE_AGENT = 'agent-1';

/** Whether there is an environment in which developers need no approval. */
export function someAlone({ environment }: RuleBasis): boolean {
  return environment !== null && environment.alone.length > 0;
}

/** One of a list by itself. */
export function oneOrMany(names: readonly string[]): string | readonly string[] {
  return names.length === 1 ? (names[0] as string) : names;
}

function aloneCondition({ environment }: RuleBasis): Written {
  return environment === null || environment.alone.length === 0 ? {} : { environment: oneOrMany(environment.alone) };
}

export function proposeLanes(basis: RuleBasis): readonly ProposedLane[] {
  const { kinds, evidence, answers } = basis;
  const plain = [...kinds.plain.keys()];
  const all = [...kinds.plain.keys(), ...kinds.careful.keys()].sort();
  const told = kinds.example
    ? `${plansInWords(evidence)} shows helpers only: these kinds are an example, name yours`
    : `kinds of things in ${plansInWords(evidence)}: ${[...kinds.plain].map(([name, count]) => `${name} (${count})`).join(', ')}`;
  const lanes: ProposedLane[] = [
    {
      name: 'everyone',
      comments: ['Needs nobody: local helpers (random, null, time ...), and reading.'],
      summary: 'helpers and reading',
      who: 'anyone',
      may: [
        { do: ['create', 'update', 'destroy', 'move', 'import', 'forget'], class: 'helper' },
        { do: 'read', class: { not: 'code-execution' } },
      ],
    },
  ];
  if (someAlone(basis) && plain.length > 0) {
    lanes.push({
      name: 'developer',
      comments: [`Where it is known not to be production, without anybody else; ${told}.`],
      summary: 'the whole life of what we have, where it is no production',
      who: { kind: 'human', team: 'developers' },
      may: [{ do: MANAGE, class: oneOrMany(plain), ...aloneCondition(basis) }],
    });
    if (answers.agents) {
      lanes.push({
        name: 'agent',
        comments: ['As developers, by an AI agent: `--as agent:NAME`. `principals` says who answers for which.'],
        summary: 'what developers may, where it is no production',
        who: { kind: 'agent' },
        may: [{ do: MANAGE, class: oneOrMany(plain), ...aloneCondition(basis) }],
      });
    }
  }
  const careful = kinds.careful.size === 0 ? '' : `, and who may do what (${[...kinds.careful.keys()].join(', ')})`;
  const where = someAlone(basis)
    ? `In production, and wherever the environment is not known${careful}: the guards below ask for an approval each time.`
    : `Nothing is known not to be production: the guards below ask for an approval each time; ${told}.`;
  const runs: Written[] = [
    ...(kinds.runs ? [{ do: [...REVIEWED, 'read', 'invoke'], class: 'code-execution' }] : []),
    ...(kinds.invoked.length > 0 ? [{ do: 'invoke', class: oneOrMany(kinds.invoked) }] : []),
  ];
  lanes.push({
    name: 'reviewed',
    comments: [where],
    summary: 'once somebody else has approved it',
    who: { kind: 'human', team: ['developers', 'approvers'] },
    may: [...(all.length > 0 ? [{ do: REVIEWED, class: oneOrMany(all) }] : []), ...runs],
  });
  return lanes;
}

const APPROVAL: Written = { approval: { from: { team: 'approvers' }, count: 1, not_by: ['author'] } };

export function proposeGuards(basis: RuleBasis): readonly ProposedRule[] {
  const { kinds } = basis;
  const unless: Written = someAlone(basis) ? { unless: aloneCondition(basis) } : {};
  const known = someAlone(basis) ? ' unless it is known not to be production' : '';
  const guards: ProposedRule[] = [
    {
      comments: [`Nothing that holds data goes${known}; not even with an approval.`],
      rule: {
        id: 'no-data-loss',
        deny: ['destroy', 'forget'],
        class: 'stateful',
        ...unless,
        why: 'its data would be lost with it',
        ask: 'team approvers',
      },
    },
    {
      comments: [`Every change${known} waits for one of the team \`approvers\`, who is not its author.`],
      rule: { id: 'review', require: APPROVAL, do: 'change', class: { not: 'helper' }, ...unless, ask: 'team approvers' },
    },
  ];
  if (someAlone(basis)) {
    guards.push({
      comments: ['Who may do what is never changed alone, wherever it is; settings such as the policy of a queue count, too.'],
      rule: { id: 'access-review', require: APPROVAL, do: 'change', class: 'access', ask: 'team approvers' },
    });
  }
  if (kinds.runs) {
    guards.push({
      comments: ['Provisioners, actions and data sources such as `external` run code while the plan is made or applied.'],
      rule: { id: 'code-review', require: APPROVAL, do: 'invoke', ask: 'team approvers' },
    });
  }
  return guards;
}

/** What must hold whatever anybody adds later: `inlane lanes check` proves it. */
export function proposeNever(basis: RuleBasis): readonly ProposedRule[] {
  const production: Written = basis.environment === null ? {} : { environment: 'production' };
  return [
    {
      comments: [],
      rule: {
        id: 'data-stays',
        do: ['destroy', 'forget'],
        class: 'stateful',
        ...production,
        even_with_approval: true,
      },
    },
    { comments: [], rule: { id: 'never-alone', do: 'change', class: { not: 'helper' }, ...production } },
  ];
}

export function proposePrincipals({ answers }: RuleBasis): ProposedPrincipals {
  const comments = [
    'Ids are what `--as` says; `people` may add `{github: "1234567"}`, the number of an account, so that a pipeline knows who started it.',
  ];
  if (answers.placeholders.length > 0)
    comments.push(`Nobody is called ${answers.placeholders.join(' or ')}: put the ids of those who are meant.`);
  const teams = new Map([
    ['developers', answers.developers],
    ['approvers', answers.approvers],
  ]);
  const agents = new Map(answers.agents ? [[EXAMPLE_AGENT, answers.developers[0] ?? '']] : []);
  if (agents.size > 0) comments.push(`\`--as agent:${EXAMPLE_AGENT}\` is an example: name yours.`);
  return { comments, teams, agents };
}
