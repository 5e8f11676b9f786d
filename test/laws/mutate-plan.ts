import { isTreeObject, listAt, mutateTree, objectAt, oddValue, put, type Tree, type TreeObject } from './mutate.ts';
import type { Random } from './random.ts';

export const ROW_LISTS = ['resource_changes', 'deferred_changes', 'action_invocations', 'deferred_action_invocations'] as const;

const ACTIONS: readonly Tree[] = [
  ['no-op'],
  ['create'],
  ['read'],
  ['update'],
  ['delete'],
  ['delete', 'create'],
  ['create', 'delete'],
  ['forget'],
  ['create', 'forget'],
  ['forget', 'create'],
  ['open'],
  ['destroy'],
  ['create', 'create'],
  ['delete', 'no-op'],
  [],
  'create',
  null,
  ['CREATE'],
  [['create']],
  ['create', null],
];

const TYPES = [
  'aws_db_instance',
  'aws_sqs_queue',
  'aws_iam_role',
  'google_sql_database_instance',
  'random_id',
  'acme_unknown',
  'terraform_data',
  'aws_ec2_tag',
];
const PROVIDERS = [
  'registry.terraform.io/hashicorp/aws',
  'registry.opentofu.org/hashicorp/google',
  'aws',
  'corp.example/x/aws',
  '',
  '/',
  'a/b/c/d',
];

/** Changes one to three things of a plan; in place. Most changes are of the kind a plan's own shape suggests. */
export function mutatePlan(plan: TreeObject, random: Random): void {
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const rows = listAt(plan, 'resource_changes').filter(isTreeObject);
    if (rows.length === 0 || random.chance(35)) mutateTree(plan, random, 90);
    else mutateRow(plan, random.pick(rows), rows, random);
  }
}

function mutateRow(plan: TreeObject, row: TreeObject, rows: readonly TreeObject[], random: Random): void {
  const change = objectAt(row, 'change');
  if (change === null) {
    mutateTree(row, random);
    return;
  }
  const side = random.pick(['before', 'after']);
  switch (random.below(16)) {
    case 0:
      put(change, 'actions', structuredClone(random.pick(ACTIONS)));
      break;
    case 1:
      put(change, side, null);
      break;
    case 2:
      put(
        change,
        random.pick(['after_unknown', 'before_sensitive', 'after_sensitive']),
        random.chance(50) ? true : oddValue(random),
      );
      break;
    case 3: {
      const { before_sensitive, after_sensitive, after_unknown } = change;
      put(change, 'before_sensitive', after_unknown ?? null);
      put(change, 'after_sensitive', before_sensitive ?? null);
      put(change, 'after_unknown', after_sensitive ?? null);
      break;
    }
    case 4: {
      const { before, after } = change;
      put(change, 'before', after ?? null);
      put(change, 'after', before ?? null);
      break;
    }
    case 5:
      put(row, 'type', random.pick(TYPES));
      break;
    case 6:
      put(row, 'provider_name', random.pick(PROVIDERS));
      break;
    case 7: {
      const values = objectAt(change, side);
      if (values)
        put(
          values,
          random.pick(['tags', 'tags_all', 'labels']),
          random.chance(50) ? oddValue(random) : { environment: random.pick(['development', 'production', 'x']), team: 'orders' },
        );
      break;
    }
    case 8:
      put(
        row,
        random.pick(['address', 'previous_address', 'module_address', 'name', 'index', 'deposed', 'mode', 'action_reason']),
        oddValue(random),
      );
      break;
    case 9:
      put(
        plan,
        random.pick([
          'errored',
          'complete',
          'configuration',
          'prior_state',
          'variables',
          'resource_drift',
          'checks',
          'output_changes',
          'terraform_version',
          'format_version',
        ]),
        oddValue(random),
      );
      break;
    case 10:
      put(change, 'importing', random.pick([{}, { id: 'x' }, { unknown: true }, true, 'x', null]));
      break;
    case 11:
      put(change, 'replace_paths', random.pick([[], [['id']], [[0, 'a']], 'x', [[null]], [[]], [[{}]], null]));
      break;
    case 12:
      put(plan, random.pick(ROW_LISTS.slice(1)), [
        structuredClone(
          random.pick<Tree>([row, { reason: 'unknown', resource_change: row }, { reason: 1 }, null, { action_invocation: row }]),
        ),
      ]);
      break;
    case 13:
      put(row, 'change', structuredClone(random.pick(rows).change ?? null));
      break;
    case 14:
      target(plan, random);
      break;
    default:
      mutateTree(change, random);
  }
}

/** What -target does: rows that stay are not told; they are in prior state all the same. */
export function target(plan: TreeObject, random: Random): void {
  const told = listAt(plan, 'resource_changes').filter((row) => !(isTreeObject(row) && isIdle(row) && random.chance(70)));
  put(plan, 'resource_changes', told);
}

function isIdle(row: TreeObject): boolean {
  const actions = objectAt(row, 'change')?.actions;
  return Array.isArray(actions) && actions.length === 1 && actions[0] === 'no-op';
}
