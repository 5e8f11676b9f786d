// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL spells its interpolations like this
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error plain modules of the recorder, without types
import { startMoto } from '../../fixtures/record/moto.mjs';
// @ts-expect-error
import { terraformIn } from '../../fixtures/record/record.mjs';
// @ts-expect-error
import { startShim } from '../../fixtures/record/shim.mjs';
// @ts-expect-error
import { findTools, PROVIDER } from '../../fixtures/record/tools.mjs';
import { gate } from '../../src/gate.ts';
import type { Report } from '../../src/report/report.ts';

const tools = findTools() as { terraform: string; moto: string; plugins: string; missing: string[] };
if (process.env.INLANE_E2E === 'required') {
  test('the tools of the end-to-end run are here', () => {
    expect(tools.missing).toEqual([]);
  });
}

const LANES = `
inlane: 1
level: org
attributes:
  environment:
    values: [production, development]
    from: [{workspace: {"*-dev": development}}, {module: {"module.live*": production, "module.test*": development}}, {tag: environment}]
    tag: environment
    required: {class: [queue, topic, database, machine-group]}
  team:
    values: [payments]
    from: [{workspace: {"payments-*": payments}}, {tag: team}]
    tag: team
    required: {class: [queue, topic, database, machine-group]}
lanes:
  everyone:
    who: anyone
    may:
      - {do: [create, destroy, update], environment: [production, development], team: payments}
`;

const VERSIONS = () => `terraform {
  required_providers {
    aws = { source = "${PROVIDER.source}", version = "${PROVIDER.version}" }
  }
}
`;
const PROVIDER_BLOCK = `provider "aws" {
  region                      = "eu-central-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
`;

interface Case {
  readonly files: Readonly<Record<string, string>>;
  /** Inside the provider's block. */
  readonly provider?: string;
  readonly workspace?: string;
  /** What is applied before. */
  readonly before?: Readonly<Record<string, string>>;
  /** Files that the patch changes. */
  readonly changes: readonly string[];
}

const table = (tags: string) => `resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
${tags}}
`;

const CASES: Readonly<Record<string, Case>> = {
  'a block without tags': { files: { 'main.tf': table('') }, changes: ['main.tf'] },
  'a block of one line, and an empty one without a line end behind it': {
    files: { 'main.tf': 'resource "aws_sqs_queue" "a" { name = "a" } # the first\n\nresource "aws_sqs_queue" "b" {}' },
    changes: ['main.tf'],
  },
  'an empty map': { files: { 'main.tf': table('  tags = {}\n') }, changes: ['main.tf'] },
  'a map of one line': { files: { 'main.tf': table('  tags = { cost = "42", } # by hand\n') }, changes: ['main.tf'] },
  'a map over several lines, with comments': {
    files: {
      'main.tf': table(
        '\n  tags = {\n    # }\n    cost    = "42" # cents\n    "a:b"   = <<E\n}\nE\n    owner = "x",\n    /* the last */\n  }\n',
      ),
    },
    changes: ['main.tf'],
  },
  'a map from a local': {
    files: { 'main.tf': `locals {\n  tags = { cost = "42" }\n}\n${table('  tags = local.tags\n')}` },
    changes: ['main.tf'],
  },
  'a merge over several lines': {
    files: {
      'main.tf': `locals {\n  tags = { cost = "42" }\n}\n${table('  tags = merge(\n    { name = "orders" },\n    local.tags,\n  )\n')}`,
    },
    changes: ['main.tf'],
  },
  'a merge that ends in a map': {
    files: { 'main.tf': `locals {\n  tags = { cost = "42" }\n}\n${table('  tags = merge(local.tags, { name = "orders" })\n')}` },
    changes: ['main.tf'],
  },
  'a variable that is null': {
    files: { 'main.tf': `variable "tags" {\n  type    = map(string)\n  default = null\n}\n${table('  tags = var.tags\n')}` },
    changes: ['main.tf'],
  },
  'a map that a condition or a loop makes': {
    files: {
      'main.tf': `${table('  tags = true ? { cost = "42" } : {}\n')}
resource "aws_sqs_queue" "q" {
  name = "q"
  tags = { for k in ["a"] : k => "b" }
}
`,
    },
    changes: ['main.tf'],
  },
  'line ends of Windows, in one of two files': {
    files: { 'main.tf': table(''), 'queue.tf': 'resource "aws_sqs_queue" "q" {\r\n  name = "q"\r\n}\r\n' },
    changes: ['main.tf', 'queue.tf'],
  },
  'every instance of a block in a module that is called twice': {
    files: {
      'main.tf':
        'module "a" {\n  source = "./queue"\n}\nmodule "b" {\n  source   = "./queue"\n  for_each = toset(["x", "y"])\n}\n',
      'queue/main.tf': 'resource "aws_sqs_queue" "q" {\n  count = 2\n}\n',
    },
    changes: ['queue/main.tf'],
  },
  'an override that holds the tags': {
    files: {
      'main.tf': table('  tags = { a = "b" }\n'),
      'override.tf': 'resource "aws_dynamodb_table" "orders" {\n  tags = { cost = "42" }\n}\n',
    },
    changes: ['override.tf'],
  },
  'tags in blocks of their own': {
    files: {
      'main.tf': `resource "aws_autoscaling_group" "web" {
  max_size             = 1
  min_size             = 1
  availability_zones   = ["eu-central-1a"]
  launch_configuration = "web"

  tag {
    key                 = "cost"
    value               = "42"
    propagate_at_launch = true
  }
}
`,
    },
    changes: ['main.tf'],
  },
  'a module that was fetched: the defaults of the provider': {
    files: { 'main.tf': 'module "queue" {\n  source = "FETCHED"\n}\n' },
    changes: ['provider.tf'],
  },
  'defaults that are there already': {
    files: { 'main.tf': 'module "queue" {\n  source = "FETCHED"\n}\n' },
    provider: '  default_tags {\n    tags = { cost = "42" }\n  }\n',
    changes: ['provider.tf'],
  },
  'defaults that come from a local': {
    files: { 'main.tf': 'module "queue" {\n  source = "FETCHED"\n}\nlocals {\n  tags = { cost = "42" }\n}\n' },
    provider: '  default_tags {\n    tags = local.tags\n  }\n',
    changes: ['provider.tf'],
  },
  'a map of one line in front of other arguments': {
    files: { 'main.tf': 'resource "aws_sqs_queue" "a" {\n  tags = { cost = "42" }\n  name = "a"\n  delay_seconds = 1\n}\n' },
    changes: ['main.tf'],
  },
  'JSON syntax: blocks without tags, with a map and with an expression': {
    files: {
      'locals.tf': 'locals {\n  tags = { cost = "42" }\n}\n',
      'main.tf.json': `{
  "resource": {
    "aws_sqs_queue": {
      "none": { "name": "none" },
      "map": {
        "name": "map",
        "tags": {
          "cost": "\${local.tags.cost}"
        },
        "delay_seconds": 1
      },
      "expression": { "name": "expression", "tags": "\${local.tags}", "delay_seconds": 1 }
    },
    "aws_dynamodb_table": {
      "orders": [
        {
          "name": "orders",
          "billing_mode": "PAY_PER_REQUEST",
          "hash_key": "id",
          "attribute": { "name": "id", "type": "S" }
        }
      ]
    }
  }
}
`,
    },
    changes: ['main.tf.json'],
  },
  'a replacement that loses its tags': {
    workspace: 'elsewhere',
    before: { 'main.tf': table('  tags = { environment = "development", team = "payments" }\n') },
    files: { 'main.tf': table('').replace('"orders"\n  billing', '"orders-2"\n  billing') },
    changes: ['main.tf'],
  },
};

describe.skipIf(tools.missing.length > 0)(
  'the edits that a report proposes (needs terraform, moto_server, INLANE_PLUGIN_DIR, git)',
  () => {
    let folder = '';
    let moto: { endpoint: string; stop(): Promise<void> };
    let shim: { endpoint: string; stop(): Promise<void> };
    let terraform: {
      must(cwd: string, args: string[], seconds: number): Promise<{ stdout: string }>;
      prepare(place: string, files: Map<string, string>, state: null): Promise<void>;
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'inlane-e2e-'));
      moto = await startMoto(tools.moto);
      shim = await startShim(moto.endpoint);
      terraform = terraformIn({ tools, folder, endpoint: shim.endpoint });
      mkdirSync(join(folder, 'fetched'));
      writeFileSync(join(folder, 'fetched/main.tf'), 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n');
      writeFileSync(join(folder, 'inlane.yaml'), LANES);
    }, 60_000);

    afterAll(async () => {
      await shim?.stop();
      await moto?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function planned(place: string, workspace: string): Promise<Report> {
      await terraform.must(place, ['plan', '-input=false', '-out=tfplan'], 180);
      const { stdout } = await terraform.must(place, ['show', '-json', 'tfplan'], 60);
      writeFileSync(join(place, 'plan.json'), stdout);
      const { reports } = await gate({
        plans: ['plan.json'],
        cwd: place,
        lanes: [join(folder, 'inlane.yaml')],
        as: 'dana',
        workspace,
      });
      return reports[0] as Report;
    }

    const names = Object.keys(CASES);
    // Every other one; all of them in the deep run.
    const some = names.filter((_, n) => process.env.INLANE_CASES !== undefined || n % 2 === 0);
    test.each(some)(
      '%s',
      async (name) => {
        const { files, provider = '', workspace = 'payments-dev', before, changes } = CASES[name] as Case;
        const place = join(folder, `case-${names.indexOf(name)}`);
        const common = { 'versions.tf': VERSIONS(), 'provider.tf': `${PROVIDER_BLOCK}${provider}}\n` };
        const written = (own: Readonly<Record<string, string>>) =>
          new Map(
            Object.entries({ ...common, ...own }).map(([path, text]) => [path, text.replace('FETCHED', join(folder, 'fetched'))]),
          );
        if (before !== undefined) {
          await terraform.prepare(place, written(before), null);
          await terraform.must(place, ['apply', '-auto-approve', '-input=false'], 180);
        }
        await terraform.prepare(place, written(files), null);

        const denied = await planned(place, workspace);
        expect(denied.verdict).toBe('deny');
        const missing = denied.findings.filter(({ severity }) => severity === 'deny');
        expect(missing.length).toBeGreaterThan(0);
        for (const { fix } of missing) expect(fix?.patch).toMatch(/^diff --git a\//);
        expect([...(denied.patch ?? '').matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, path]) => path)).toEqual(changes);

        const patched = (to: string, patch = '') =>
          execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: to, input: patch });
        // Each patch by itself: the place that is told is the place that is changed.
        for (const [index, { fix }] of missing.entries()) {
          const alone = join(folder, `case-${names.indexOf(name)}-fix-${index}`);
          cpSync(place, alone, { recursive: true, filter: (path) => !path.includes('.terraform') });
          patched(alone, fix?.patch);
          const now = readFileSync(join(alone, fix?.file ?? ''), 'utf8')
            .split(/\r?\n/)
            .slice((fix?.line ?? 0) - 1);
          const added = (fix?.insert ?? '').split('\n');
          while (now[0]?.trim() === '') now.shift();
          expect(now.slice(0, added.length).map((line) => line.trim())).toEqual(added.map((line) => line.trim()));
        }
        patched(place, denied.patch);
        await terraform.must(place, ['validate'], 60);
        const again = await planned(place, workspace);
        expect(again.findings.filter(({ severity }) => severity === 'deny')).toEqual([]);
        expect(again.verdict).toBe('allow');
        expect(again.patch).toBeUndefined();
      },
      240_000,
    );

    test('a block whose objects need different values gets no patch, only its place', async () => {
      const place = join(folder, 'different');
      await terraform.prepare(
        place,
        new Map([
          ['versions.tf', VERSIONS()],
          ['provider.tf', `${PROVIDER_BLOCK}}\n`],
          ['main.tf', 'module "live" {\n  source = "./queue"\n}\nmodule "test" {\n  source = "./queue"\n}\n'],
          ['queue/main.tf', 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'],
        ]),
        null,
      );
      const report = await planned(place, 'payments-x');
      const fixes = report.findings.filter(({ key }) => key === 'environment').map(({ fix }) => fix);
      expect(fixes.map((fix) => [fix?.file, fix?.line, fix?.patch])).toEqual([
        ['queue/main.tf', 1, undefined],
        ['queue/main.tf', 1, undefined],
      ]);
      expect(report.patch).toBeUndefined();
    }, 240_000);
  },
);
