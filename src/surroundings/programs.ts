import { execFile } from 'node:child_process';
import { type Env, findTools } from '../plan/show.ts';

/** A program that answered when it was asked for its version. */
export interface FoundProgram {
  /** `terraform`, `tofu` or `git`. */
  readonly name: string;
  /** As it says it; null where it did not say. */
  readonly version: string | null;
}

/** Milliseconds that a program has to say its version. */
const PATIENCE = 15_000;
const VERSION = /\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?/;

/** `terraform` and `tofu` as `gate` would find them for a saved plan: the one that INLANE_TERRAFORM names, else those on PATH. */
export async function planTools(env: Env): Promise<readonly FoundProgram[]> {
  return Promise.all(
    findTools(env).map(async (path) => ({ name: nameOf(path), version: await versionOf(path, ['version'], env) })),
  );
}

/** git on PATH, or null. */
export async function gitProgram(env: Env): Promise<FoundProgram | null> {
  const version = await versionOf('git', ['--version'], env);
  return version === null ? null : { name: 'git', version };
}

function nameOf(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.exe$/, '');
}

/** Without a shell; nothing is looked up on a network. */
function versionOf(program: string, args: readonly string[], env: Env): Promise<string | null> {
  return new Promise((done) => {
    const quiet = { ...env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_LOG: '', LC_ALL: 'C' };
    execFile(program, [...args], { env: quiet, timeout: PATIENCE, windowsHide: true }, (failure, stdout) => {
      done(failure === null ? (VERSION.exec(stdout)?.[0] ?? null) : null);
    });
  });
}
