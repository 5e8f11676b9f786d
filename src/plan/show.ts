import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { InlaneError } from '../errors.ts';
import { printable } from './printable.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** How long `show -json` may take, in milliseconds. */
const PATIENCE = 300_000;

/**
 * The JSON of a saved plan, through `terraform show -json` or `tofu show -json`: the one that INLANE_TERRAFORM names, else the first
 * on PATH that can read it. It runs without a shell in the folder of the plan, which is where that was initialised. Throws `plan-tool`.
 */
export async function showPlan(path: string, env: Env, cwd = '.'): Promise<Buffer> {
  const shown = printable(path);
  const byHand = `run \`terraform show -json FILE > plan.json\` (or \`tofu show -json\`) in the folder where the plan was made, and give inlane plan.json`;
  if (path === '-')
    throw new InlaneError('plan-tool', 'a saved plan on standard input cannot be shown', `pass its file name, or ${byHand}`);
  const tools = findTools(env);
  if (tools.length === 0) {
    const asked = env.INLANE_TERRAFORM;
    const missing = asked
      ? `\`${printable(asked)}\` (INLANE_TERRAFORM) is no program`
      : 'neither `terraform` nor `tofu` is on PATH';
    throw new InlaneError('plan-tool', `\`${shown}\` is a saved plan, and ${missing}`, byHand);
  }
  const failures: string[] = [];
  for (const tool of tools) {
    const result = await run(
      tool,
      ['show', '-json', join('.', basename(path)).replace(/^-/, './-')],
      dirname(resolve(cwd, path)),
      env,
    );
    if (result.ok) return result.output;
    failures.push(`\`${printable(basename(tool))} show -json\` ${result.why}`);
  }
  throw new InlaneError('plan-tool', `\`${shown}\` is a saved plan that could not be shown: ${failures.join('; ')}`, byHand);
}

/** Absolute paths of programs to try. Relative entries of PATH are left out: the folder of a plan must not bring its own `terraform`. */
export function findTools(env: Env): string[] {
  const asked = env.INLANE_TERRAFORM;
  if (asked && /[\\/]/.test(asked)) return isProgram(resolve(asked)) ? [resolve(asked)] : [];
  const names = asked ? [asked] : ['terraform', 'tofu'];
  const suffixes = process.platform === 'win32' ? ['.exe', ''] : [''];
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return names.flatMap((name) => {
    const found = folders.flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix))).find(isProgram);
    return found === undefined ? [] : [found];
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

type Outcome = { readonly ok: true; readonly output: Buffer } | { readonly ok: false; readonly why: string };

function run(tool: string, args: readonly string[], cwd: string, env: Env): Promise<Outcome> {
  return new Promise((done) => {
    const parts: Buffer[] = [];
    let errors = '';
    const child = spawn(tool, args, {
      cwd,
      env: { ...env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_LOG: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
      windowsHide: true,
    });
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stderr.on('data', (part: Buffer) => {
      if (errors.length < 20_000) errors += part.toString('utf8');
    });
    child.on('error', (error) => done({ ok: false, why: `did not start (${printable(error.message)})` }));
    child.on('close', (code, signal) => {
      if (code === 0) done({ ok: true, output: Buffer.concat(parts) });
      else done({ ok: false, why: `failed with ${code ?? printable(String(signal))}${summary(errors)}` });
    });
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with one
const COLOUR = /\u001b\[[0-9;]*m/g;

/** The `Error:` line alone: what follows it may quote the plan. */
function summary(errors: string): string {
  const line = errors
    .replace(COLOUR, '')
    .split('\n')
    .map((text) => text.replace(/^[\s│╷╵|]+/, '').trim())
    .find((text) => text.startsWith('Error'));
  return line === undefined ? '' : ` (${printable(line, 160)})`;
}
