import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RepairReport } from '../../src/report/repair/model.ts';
import type { ScanReport } from '../../src/report/scan/model.ts';
import { Recorder } from './recorder.ts';
import { missing, Stack } from './stack.ts';

if (process.env.INLANE_E2E === 'required') {
  test('the tools of the end-to-end repair are here', () => {
    expect(missing).toEqual([]);
  });
}

type Tags = Readonly<Record<string, string>>;

/** HCL -> terraform -> moto -> tags changed behind Terraform's back -> repaired, undone, repaired -> Terraform has nothing to do. */
describe.skipIf(missing.length > 0)(
  'a repair of what Terraform made (needs terraform, moto_server, aws, INLANE_PLUGIN_DIR)',
  () => {
    let stack: Stack;
    let recorder: Recorder;
    let arns: { readonly table: string; readonly lambda: string };
    beforeAll(async () => {
      stack = await Stack.made(STACK, LANES);
      recorder = await Recorder.before(stack.endpoint);
      arns = {
        table: JSON.parse(stack.aws('dynamodb', 'describe-table', '--table-name', 'orders')).Table.TableArn,
        lambda: JSON.parse(stack.aws('lambda', 'get-function', '--function-name', 'orders')).Configuration.FunctionArn,
      };
    }, 300_000);
    afterAll(async () => {
      await recorder?.close();
      await stack?.end();
    });

    const pairs = (list: readonly { Key: string; Value: string }[]): Tags =>
      Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));

    /** What stands, as each service itself says it. */
    const standing = (): Record<string, Tags> => ({
      table: pairs(JSON.parse(stack.aws('dynamodb', 'list-tags-of-resource', '--resource-arn', arns.table)).Tags),
      lambda: JSON.parse(stack.aws('lambda', 'list-tags', '--resource', arns.lambda)).Tags,
      role: pairs(JSON.parse(stack.aws('iam', 'list-role-tags', '--role-name', 'orders')).Tags),
      group: JSON.parse(stack.aws('logs', 'list-tags-log-group', '--log-group-name', 'orders')).tags,
    });

    async function run<R>(command: 'scan' | 'repair', ...more: string[]): Promise<{ status: number | null; report: R }> {
      const rules = ['--lanes', 'inlane.yaml', '--now', '2026-11-20T12:00:00Z', '--format', 'json'];
      const env = { AWS_ENDPOINT_URL: recorder.endpoint };
      const { status, stdout } = await stack.inlane(['tags', command, 'orders.tfstate', ...rules, ...more], env);
      return { status, report: JSON.parse(stdout) as R };
    }
    const repair = (...more: string[]) => run<RepairReport>('repair', '--as', 'ci:nightly', '--allow-widening', ...more);

    test('drift is planned without a write, mended, undone to the letter, mended again; Terraform has nothing to do', async () => {
      const made = standing();
      stack.aws('dynamodb', 'tag-resource', '--resource-arn', arns.table, '--tags', 'Key=environment,Value=development');
      stack.aws('logs', 'tag-log-group', '--log-group-name', 'orders', '--tags', 'team=payments,note=kept');
      stack.aws('lambda', 'untag-resource', '--resource', arns.lambda, '--tag-keys', 'team');
      stack.aws('iam', 'untag-role', '--role-name', 'orders', '--tag-keys', 'environment');
      const drifted = standing();
      expect(drifted).not.toEqual(made);
      const changed = [
        ['aws_cloudwatch_log_group.orders', { team: 'orders' }],
        ['aws_dynamodb_table.orders', { environment: 'production' }],
        ['aws_iam_role.orders', { environment: 'production' }],
        ['aws_lambda_function.orders', { team: 'orders' }],
      ];

      const dry = await repair();
      expect([dry.status, dry.report.verdict]).toEqual([1, 'planned']);
      expect(dry.report.edits.map(({ address, set }) => [address, set]).sort()).toEqual(changed);
      expect(recorder.calls.length).toBeGreaterThan(2);
      expect(recorder.writes()).toEqual([]);
      expect(standing()).toEqual(drifted);

      const done = await repair('--apply', '--journal', 'one.jsonl');
      expect([done.status, done.report.verdict, done.report.summary.done]).toEqual([0, 'applied', 4]);
      expect(new Set(recorder.writes())).toEqual(new Set(['tagging:TagResources', 'iam:TagRole']));
      expect(standing()).toEqual({ ...made, group: { ...made.group, note: 'kept' } });
      const scanned = await run<ScanReport>('scan');
      expect([scanned.status, scanned.report.verdict]).toEqual([0, 'clean']);
      expect(recorder.writes()).toEqual([]);

      // Keys that were added are taken off again only where moto's UntagResources can: of Lambda and IAM, not of tables and log groups.
      const undone = await repair('--apply', '--undo', 'one.jsonl');
      expect([undone.status, undone.report.verdict, undone.report.summary.done]).toEqual([0, 'applied', 4]);
      expect(standing()).toEqual(drifted);
      recorder.writes();

      const again = await repair('--apply', '--journal', 'two.jsonl');
      expect([again.status, again.report.summary.done]).toEqual([0, 4]);
      stack.aws('logs', 'untag-log-group', '--log-group-name', 'orders', '--tags', 'note');
      expect(standing()).toEqual(made);
      // Exit code 2 would say that there are changes, and is an error here.
      expect(await stack.terraform(['plan', '-input=false', '-detailed-exitcode'])).toContain('No changes');
    }, 240_000);
  },
);

const TAGS = '{ environment = "production", team = "orders" }';

const STACK = `
resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  tags = ${TAGS}
}
resource "aws_cloudwatch_log_group" "orders" {
  name = "orders"
  tags = ${TAGS}
}
resource "aws_iam_role" "orders" {
  name               = "orders"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
  tags               = ${TAGS}
}
resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = aws_iam_role.orders.arn
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders:1"
  tags          = ${TAGS}
  # moto answers an image_config that nobody has set.
  lifecycle {
    ignore_changes = [image_config]
  }
}
`;

const LANES = `
inlane: 1
level: org
attributes:
  environment: {values: [production, development], from: [{tag: environment}], tag: environment, required: true}
  team: {values: {registry: teams}, from: [{tag: team}], tag: team, required: true}
lanes:
  nightly:
    who: {kind: ci, id: nightly}
    may: [{do: [update, reclassify], changes: {only: ["tags.**"]}}]
principals:
  teams: {orders: [dana], payments: [erin]}
  people: {dana: {github: "1"}, erin: {github: "2"}}
`;
