import type { Answers, Surroundings } from '../../src/initial/answers.ts';
import type { Evidence, SeenObject } from '../../src/initial/evidence.ts';
import type { Knowledge } from '../../src/initial/propose.ts';

/** An object of a plan, as little as a test has to say of it. */
export function object(
  over: Partial<SeenObject> & { readonly tagged?: Readonly<Record<string, string | null>> } = {},
): SeenObject {
  const { tagged, ...rest } = over;
  return {
    plan: 0,
    type: 'aws_sqs_queue',
    provider: 'hashicorp/aws',
    mode: 'managed',
    carrier: 'aws',
    taggable: true,
    tags: new Map(Object.entries(tagged ?? {})),
    account: null,
    namespace: null,
    classes: ['queue'],
    catalogued: true,
    operations: ['create'],
    made: true,
    ...rest,
  };
}

export function evidence(objects: readonly SeenObject[], variables: Readonly<Record<string, string>> = {}): Evidence {
  return { plans: [{ name: 'plan.json', variables: new Map(Object.entries(variables)) }], objects };
}

export const NOWHERE: Surroundings = { workspaces: [], stack: null, stacks: [], owners: [] };

export const ANSWERS: Answers = {
  developers: ['dana'],
  approvers: ['sam', 'noor'],
  placeholders: [],
  environment: null,
  alone: null,
  accountsConfirmed: false,
  agents: false,
};

/** Knows queues, databases, roles and helpers. */
export const KNOWN: Knowledge = {
  catalogs: {
    find: (type) => {
      const classes: Readonly<Record<string, readonly [string, ...string[]]>> = {
        aws_sqs_queue: ['queue'],
        aws_db_instance: ['database', 'stateful'],
        aws_iam_role: ['identity', 'access'],
        aws_region: ['network'],
      };
      const found = Object.hasOwn(classes, type) ? classes[type] : undefined;
      return found === undefined ? null : { class: found[0], also: found.slice(1), telling: new Set(['policy']) };
    },
  },
  guess: (type) => (type.startsWith('acme_') ? { class: 'database', certainty: 'likely', like: 'aws_db_instance' } : null),
  mirrored: (source) => (source === 'corp.example/hashicorp/aws' ? 'hashicorp/aws' : null),
};
