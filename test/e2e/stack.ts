import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error plain modules of the recorder, without types
import { startMoto } from '../../fixtures/record/moto.mjs';
// @ts-expect-error
import { onPath } from '../../fixtures/record/process.mjs';
// @ts-expect-error
import { terraformIn } from '../../fixtures/record/record.mjs';
// @ts-expect-error
import { findTools, PROVIDER } from '../../fixtures/record/tools.mjs';
import { root } from '../stories.ts';

const found = findTools() as { terraform: string; moto: string; plugins: string; missing: string[] };
const tools = { ...found, aws: onPath('aws', process.env) as string | null };
/** Tools that are not here, by name; tests are skipped for want of them, or fail where INLANE_E2E=required. */
export const missing = [...found.missing, ...(tools.aws === null ? ['aws on PATH'] : [])];

/** Region of every stack, and the provider that makes it against moto. */
export const REGION = 'eu-central-1';
export const HEADER = `
terraform {
  required_providers {
    aws = { source = "${PROVIDER.source}", version = "${PROVIDER.version}" }
  }
}
provider "aws" {
  region                      = "${REGION}"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}
`;

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: REGION };

interface Terraform {
  must(cwd: string, args: string[], seconds: number): Promise<{ stdout: string }>;
  prepare(place: string, files: Map<string, string>, state: null): Promise<void>;
}

/** What real Terraform has made in moto, its state as `orders.tfstate` beside the lane file, and the built programme. */
export class Stack {
  readonly folder: string;
  readonly endpoint: string;
  readonly #moto: { endpoint: string; stop(): Promise<void> };
  readonly #terraform: Terraform;

  private constructor(folder: string, moto: { endpoint: string; stop(): Promise<void> }) {
    this.folder = folder;
    this.endpoint = moto.endpoint;
    this.#moto = moto;
    this.#terraform = terraformIn({ tools, folder, endpoint: moto.endpoint });
  }

  static async made(hcl: string, lanes: string): Promise<Stack> {
    const folder = mkdtempSync(join(tmpdir(), 'inlane-stack-'));
    execFileSync(process.execPath, ['scripts/build.mjs', '--no-types', `--outdir=${join(folder, 'dist')}`], {
      cwd: root,
      stdio: 'pipe',
    });
    const stack = new Stack(folder, await startMoto(tools.moto));
    try {
      await stack.#terraform.prepare(stack.#place, new Map([['main.tf', `${HEADER}${hcl}`]]), null);
      await stack.terraform(['apply', '-input=false', '-auto-approve']);
      copyFileSync(join(stack.#place, 'terraform.tfstate'), join(folder, 'orders.tfstate'));
      writeFileSync(join(folder, 'inlane.yaml'), lanes);
      return stack;
    } catch (error) {
      await stack.end();
      throw error;
    }
  }

  get #place(): string {
    return join(this.folder, 'stack');
  }

  async end(): Promise<void> {
    await this.#moto.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs Terraform in the stack; rejects where it ends with anything but 0. */
  async terraform(args: string[]): Promise<string> {
    return (await this.#terraform.must(this.#place, args, 240)).stdout;
  }

  /** The `aws` command, behind Terraform's back. */
  aws(...args: string[]): string {
    const env = { PATH: process.env.PATH, HOME: this.folder, AWS_ENDPOINT_URL: this.endpoint, AWS_PAGER: '', ...CREDENTIALS };
    return execFileSync(tools.aws as string, args, { encoding: 'utf8', env });
  }

  /** The built programme, with the credentials and the endpoint of its environment. */
  inlane(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    const own = {
      PATH: process.env.PATH,
      HOME: this.folder,
      AWS_ENDPOINT_URL: this.endpoint,
      NODE_PATH: join(root, 'node_modules'),
    };
    const options = { cwd: this.folder, env: { ...own, ...CREDENTIALS, ...env } };
    return new Promise((done) => {
      const program = join(this.folder, 'dist', 'inlane.cjs');
      const child = execFile(process.execPath, [program, ...args], options, (_, stdout, stderr) =>
        done({ status: child.exitCode, stdout, stderr }),
      );
    });
  }
}

export interface Ended {
  /** Null = it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
