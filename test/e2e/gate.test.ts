import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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
import { root } from '../stories.ts';

const tools = findTools() as { terraform: string; moto: string; plugins: string; missing: string[] };
const required = process.env.INLANE_E2E === 'required';

if (required) {
  test('the tools of the end-to-end run are here', () => {
    expect(tools.missing).toEqual([]);
  });
}

/** HCL -> real plan -> gate -> apply to the stand-in -> the next plan, with saved plan files. */
describe.skipIf(tools.missing.length > 0)(
  'the gate between plan and apply (needs terraform, moto_server, INLANE_PLUGIN_DIR)',
  () => {
    let folder = '';
    let place = '';
    let program = '';
    let moto: { endpoint: string; stop(): Promise<void> };
    let shim: { endpoint: string; stop(): Promise<void> };
    let terraform: {
      must(cwd: string, args: string[], seconds: number): Promise<unknown>;
      prepare(place: string, files: Map<string, string>, state: null): Promise<void>;
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'inlane-e2e-'));
      place = join(folder, 'stack');
      program = join(folder, 'dist', 'inlane.cjs');
      execFileSync(process.execPath, ['scripts/build.mjs', '--no-types', `--outdir=${join(folder, 'dist')}`], {
        cwd: root,
        stdio: 'pipe',
      });
      moto = await startMoto(tools.moto);
      shim = await startShim(moto.endpoint);
      terraform = terraformIn({ tools, folder, endpoint: shim.endpoint });
    }, 120_000);

    afterAll(async () => {
      await shim?.stop();
      await moto?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function plan(environment: string, ...args: string[]): Promise<void> {
      await terraform.prepare(place, new Map([['main.tf', stack(environment)]]), null);
      await terraform.must(place, ['plan', '-input=false', '-out=tfplan', ...args], 180);
    }

    /** Gates the saved plan file as the built program, which asks terraform for its JSON. */
    function gate(as: string): { status: number | null; first: string; stderr: string } {
      const args = [
        program,
        'gate',
        join(place, 'tfplan'),
        '--lanes',
        'fixtures/lanes/inlane.yaml',
        '--as',
        as,
        '--now',
        '2026-11-20T12:00:00Z',
      ];
      const env = { PATH: process.env.PATH, HOME: folder, INLANE_TERRAFORM: tools.terraform };
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env });
      return { status, first: stdout.split(' ')[0] ?? '', stderr };
    }

    const apply = () => terraform.must(place, ['apply', '-input=false', 'tfplan'], 180);

    test('a developer stands up a database in development, and it is applied', async () => {
      await plan('development');
      expect(gate('dana')).toEqual({ status: 0, first: 'ALLOW', stderr: '' });
      expect(gate('agent:stranger')).toMatchObject({ status: 1, first: 'DENY' });
      await apply();
    }, 240_000);

    test('retagging it as production is stopped', async () => {
      await plan('production');
      expect(gate('dana')).toMatchObject({ status: 1, first: 'DENY' });
      expect(gate('sam')).toMatchObject({ status: 3, first: 'NEEDS-APPROVAL' });
      await apply();
    }, 240_000);

    test('then nothing is left to do', async () => {
      await plan('production');
      expect(gate('nobody')).toMatchObject({ status: 0, first: 'ALLOW' });
    }, 240_000);

    test('dropping it in production is stopped for everybody', async () => {
      await plan('production', '-destroy');
      for (const as of ['dana', 'sam', 'agent:db-upgrader']) expect(gate(as)).toMatchObject({ status: 1, first: 'DENY' });
    }, 240_000);
  },
);

function stack(environment: string): string {
  return `
terraform {
  required_providers {
    aws = { source = "${PROVIDER.source}", version = "${PROVIDER.version}" }
  }
}
provider "aws" {
  region                      = "eu-central-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}
resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  tags = { environment = "${environment}", team = "payments", service = "orders" }
}
`;
}
