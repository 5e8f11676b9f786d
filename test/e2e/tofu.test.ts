import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error plain modules of the recorder, without types
import { pluginDir } from '../../fixtures/record/tools.mjs';
import { gate } from '../../src/gate.ts';
import type { Report } from '../../src/report/report.ts';

/** INLANE_TOFU, else `tofu` in PATH. No registry of packages has it, so that a run which requires all other tools does without. */
const tofu = process.env.INLANE_TOFU ?? 'tofu';
const plugins = pluginDir() as string | null;
const isHere = plugins !== null && spawnSync(tofu, ['version']).status === 0;

const LANES = `inlane: 1
level: org
attributes:
  environment: {values: [production, development], from: [{workspace: {"*-dev": development}}, {tag: environment}], tag: environment, required: {class: queue}}
lanes:
  everyone: {who: anyone, may: [{do: [create, forget], class: queue, environment: development}]}
`;
const VERSIONS = `terraform {
  required_providers {
    aws = { source = "registry.terraform.io/hashicorp/aws" }
  }
}
`;
const PROVIDER = `provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
`;

describe.skipIf(!isHere)('a stack of OpenTofu, in its own files (needs tofu or INLANE_TOFU, INLANE_PLUGIN_DIR)', () => {
  let place = '';
  const run = (...args: string[]) =>
    execFileSync(tofu, args, { cwd: place, encoding: 'utf8', env: { ...process.env, TF_IN_AUTOMATION: '1' }, stdio: 'pipe' });

  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'inlane-tofu-'));
    mkdirSync(join(place, 'queue'));
    const files = {
      'inlane.yaml': LANES,
      'versions.tf': VERSIONS,
      'provider.tf': PROVIDER,
      'queue/versions.tofu': VERSIONS,
      // OpenTofu reads the file of its own instead of the other of that name.
      'main.tf': 'resource "aws_sqs_queue" "wrong" {\n  name = "wrong"\n}\n',
      'main.tofu':
        '\nresource "aws_sqs_queue" "orders" {\n  tags = { cost = "42" }\n  name = "orders"\n}\n\nmodule "other" {\n  source = "./queue"\n}\n',
      'queue/main.tofu.json': '{"resource": {"aws_sqs_queue": {"q": {"name": "q"}}}}\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
    run('init', '-input=false', `-plugin-dir=${plugins}`);
  }, 120_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  async function planned(): Promise<Report> {
    run('plan', '-input=false', '-out=tfplan');
    const env = { PATH: process.env.PATH, INLANE_TERRAFORM: tofu };
    const { reports } = await gate({
      plans: ['tfplan'],
      cwd: place,
      lanes: ['inlane.yaml'],
      as: 'dana',
      workspace: 'x-dev',
      env,
    });
    return reports[0] as Report;
  }

  test('has lines and patches, and OpenTofu takes them', async () => {
    const report = await planned();
    expect([report.plan?.tool, report.verdict]).toEqual(['opentofu', 'deny']);
    expect(report.changes.map(({ address, source }) => [address, source])).toEqual([
      ['aws_sqs_queue.orders', { file: 'main.tofu', line: 2 }],
      ['module.other.aws_sqs_queue.q', { file: 'queue/main.tofu.json', line: 1 }],
    ]);
    execFileSync('git', ['apply', '-'], { cwd: place, input: report.patch });
    expect(readFileSync(join(place, 'main.tofu'), 'utf8')).toContain('tags = { cost = "42", environment = "development" }');
    run('validate');
    const again = await planned();
    expect([again.verdict, again.findings, again.patch]).toEqual(['allow', [], undefined]);
  }, 240_000);
});
