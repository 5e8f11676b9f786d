import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanReport } from '../../src/report/scan/model.ts';
import { missing, Stack } from './stack.ts';

if (process.env.INLANE_E2E === 'required') {
  test('the tools of the end-to-end scan are here', () => {
    expect(missing).toEqual([]);
  });
}

/** HCL -> terraform -> moto -> a tag removed behind Terraform's back -> the scan finds it and tells the access change. */
describe.skipIf(missing.length > 0)(
  'a scan of what Terraform made (needs terraform, moto_server, aws, INLANE_PLUGIN_DIR)',
  () => {
    let stack: Stack;
    beforeAll(async () => {
      stack = await Stack.made(STACK, LANES);
    }, 300_000);
    afterAll(() => stack?.end());

    async function scan(
      env: Record<string, string> = {},
    ): Promise<{ status: number | null; report: ScanReport; text: string; stderr: string }> {
      const args = ['tags', 'scan', 'orders.tfstate', '--lanes', 'inlane.yaml', '--now', '2026-11-20T12:00:00Z'];
      const json = await stack.inlane([...args, '--format', 'json'], env);
      const text = await stack.inlane([...args, '--format', 'text'], env);
      expect(text.status).toBe(json.status);
      return { status: json.status, report: JSON.parse(json.stdout) as ScanReport, text: text.stdout, stderr: text.stderr };
    }

    test('what was just applied is as wanted', async () => {
      const { status, report, stderr } = await scan();
      expect(stderr).toBe('');
      expect(report).toMatchObject({ verdict: 'clean', partial: false, findings: [], unread: [] });
      expect(report.summary).toMatchObject({ objects: 4, ok: 4 });
      expect(status).toBe(0);
    }, 60_000);

    test('a tag that is removed, and one that is changed, are found, with the access that they changed', async () => {
      const arn = JSON.parse(stack.aws('dynamodb', 'describe-table', '--table-name', 'orders')).Table.TableArn as string;
      stack.aws('dynamodb', 'untag-resource', '--resource-arn', arn, '--tag-keys', 'team');
      const jobs = JSON.parse(stack.aws('dynamodb', 'describe-table', '--table-name', 'jobs')).Table.TableArn as string;
      stack.aws('dynamodb', 'tag-resource', '--resource-arn', jobs, '--tags', 'Key=environment,Value=development');
      stack.aws('iam', 'untag-role', '--role-name', 'orders', '--tag-keys', 'environment');
      const { status, report, text } = await scan();
      expect(status).toBe(1);
      expect(report.verdict).toBe('drift');
      expect(report.findings.map(({ verdict, address, key, wanted, found }) => [verdict, address, key, wanted, found])).toEqual([
        ['extra-privileged', 'aws_dynamodb_table.jobs', 'environment', 'production', 'development'],
        ['missing', 'aws_dynamodb_table.orders', 'team', 'payments', null],
        ['missing', 'aws_iam_role.orders', 'environment', 'production', null],
      ]);
      expect(report.summary).toMatchObject({ objects: 4, ok: 1, missing: 2, 'extra-privileged': 1 });
      const jobsAccess = report.access.find(({ objects }) =>
        objects.some(({ address }) => address === 'aws_dynamodb_table.jobs'),
      );
      expect(jobsAccess?.widens).toBe(true);
      expect(jobsAccess?.rules).toContainEqual({
        kind: 'lane',
        id: 'developer',
        change: 'covers',
        operations: ['update', 'destroy', 'reclassify'],
      });
      expect(jobsAccess?.rules).toContainEqual({
        kind: 'guard',
        id: 'no-prod-drop',
        change: 'no-longer-covers',
        operations: ['destroy'],
      });
      expect(jobsAccess?.verdicts).toContainEqual({ principal: 'dana', operation: 'destroy', before: 'deny', after: 'allow' });
      expect(text).toContain('lane developer now covers it');
    }, 120_000);

    test('what is deleted behind Terraform is not called missing: the cloud cannot tell it from what was never tagged', async () => {
      stack.aws('dynamodb', 'delete-table', '--table-name', 'jobs');
      const { status, report } = await scan();
      expect(status).toBe(2);
      expect(report.partial).toBe(true);
      expect(report.unread).toMatchObject([{ what: 'objects', objects: 1, addresses: ['aws_dynamodb_table.jobs'] }]);
    }, 60_000);

    test('without credentials nothing is read, and one line says so', async () => {
      const { status, report } = await scan({
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_EC2_METADATA_DISABLED: 'true',
      });
      expect(status).toBe(2);
      expect(report.findings).toEqual([]);
      for (const { hint } of report.unread) expect(hint).not.toBe('');
      expect(report.unread.reduce((sum, { objects }) => sum + objects, 0)).toBe(4);
    }, 60_000);
  },
);

const TAGS = '{ environment = "production", team = "payments", service = "orders" }';

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
resource "aws_dynamodb_table" "jobs" {
  name         = "jobs"
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
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  tags               = ${TAGS}
}
`;

const LANES = `
inlane: 1
level: org
attributes:
  environment: {values: [production, development], from: [{tag: environment}], tag: environment, required: true}
  team: {values: {registry: teams}, from: [{tag: team}], tag: team, required: true}
lanes:
  developer:
    who: {kind: human, team: developers}
    may: [{do: [create, update, destroy, reclassify], environment: development}]
guards:
  - {id: no-prod-drop, deny: destroy, class: stateful, environment: production}
principals:
  teams: {developers: [dana], payments: [dana]}
  people: {dana: {github: "1"}}
`;
