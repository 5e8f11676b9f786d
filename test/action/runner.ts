import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../stories.ts';

export const ACTION = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly default?: string; readonly required?: boolean }>
  >;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly using: string; readonly main: string };
};

/** Numeric ids that fixtures/lanes/inlane.yaml knows: dana is a developer, sam is on call. */
export const DANA = { login: 'dana-on-github', id: 1234567 };
export const SAM = { login: 'sam-on-github', id: 3456789 };
const REPOSITORY = { id: 99, full_name: 'acme/shop' };
export const TOKEN = 'ghs_notARealToken';

export interface Workspace {
  readonly path: string;
  readonly base: string;
  readonly head: string;
  readonly temp: string;
  readonly git: (...args: string[]) => string;
  readonly done: () => void;
}

/** A checkout whose base has the rules of the fixtures, and whose head lets anybody do anything; `plan.json` is the story's. */
export function workspace(story: string): Workspace {
  const temp = realpathSync(mkdtempSync(join(tmpdir(), 'inlane-action-')));
  const path = join(temp, 'workspace');
  mkdirSync(path);
  const env = { PATH: process.env.PATH, HOME: temp, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      env,
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main');
  copyFileSync(join(root, 'fixtures/lanes/inlane.yaml'), join(path, 'inlane.yaml'));
  git('add', '.');
  git('commit', '-q', '-m', 'rules');
  const base = git('rev-parse', 'HEAD');
  writeFileSync(
    join(path, 'inlane.yaml'),
    'inlane: 1\nlevel: org\nlanes: {all: {who: anyone, may: [{do: [create, read, update, destroy, import, move, forget, invoke, reclassify]}]}}\n',
  );
  git('commit', '-q', '-am', 'loosen');
  copyFileSync(join(root, 'fixtures/stories', story, 'plan.json'), join(path, 'plan.json'));
  return { path, base, head: git('rev-parse', 'HEAD'), temp, git, done: () => rmSync(temp, { recursive: true, force: true }) };
}

/** What GitHub sends when a pull request is opened or pushed to. */
export function pullRequest({ base, head }: Workspace, { sender = DANA, author = DANA, fork = false, number = 42 } = {}): object {
  return {
    action: 'synchronize',
    number,
    pull_request: {
      number,
      user: author,
      head: { ref: 'topic', sha: head, repo: fork ? { id: 100, full_name: 'stranger/shop' } : REPOSITORY },
      base: { ref: 'main', sha: base, repo: REPOSITORY },
    },
    repository: REPOSITORY,
    sender,
  };
}

export interface Step {
  readonly event: string;
  readonly payload: object;
  /** Under `with:`. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly api?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

let steps = 0;

/** What the runner puts into the environment of a step, and the files that it names there. */
export function environmentOf({ path, temp, head }: Workspace, { event, payload, inputs = {}, api, env = {} }: Step) {
  const folder = join(temp, `step-${steps++}`);
  mkdirSync(folder);
  const file = (name: string, text = '') => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const { sender } = payload as { sender?: typeof DANA };
  const given = Object.entries(ACTION.inputs).map(([name, { default: value = '' }]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of a workflow
    inputs[name] ?? value.replace('${{ github.token }}', TOKEN),
  ]);
  return {
    PATH: process.env.PATH,
    HOME: temp,
    ...Object.fromEntries(given),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: sender?.login,
    GITHUB_TRIGGERING_ACTOR: sender?.login,
    ...(sender === undefined ? {} : { GITHUB_ACTOR_ID: String(sender.id) }),
    GITHUB_API_URL: api ?? 'http://127.0.0.1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: REPOSITORY.full_name,
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(payload)),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STEP_SUMMARY: file('summary'),
    GITHUB_REF: event === 'pull_request' ? 'refs/pull/42/merge' : 'refs/heads/main',
    GITHUB_SHA: head,
    GITHUB_RUN_ID: '17',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKSPACE: path,
    RUNNER_TEMP: folder,
    ...env,
  };
}

export interface Ran {
  readonly exit: number | null;
  readonly log: string;
  readonly stderr: string;
  readonly outputs: ReadonlyMap<string, string>;
  readonly summary: string;
  readonly commands: readonly { readonly name: string; readonly properties: string; readonly message: string }[];
}

/** Runs the bundled script as a runner does: in the workspace, with nothing but the environment. */
export async function runStep(script: string, place: Workspace, step: Step): Promise<Ran> {
  const env = environmentOf(place, step) as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [script], { cwd: place.path, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    log += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const exit = await new Promise<number | null>((done) => child.on('close', done));
  return { exit, log, stderr, ...read(env, log) };
}

export function read(
  env: Readonly<Record<string, string | undefined>>,
  log: string,
): Pick<Ran, 'outputs' | 'summary' | 'commands'> {
  return {
    outputs: readOutputs(existsSync(env.GITHUB_OUTPUT as string) ? readFileSync(env.GITHUB_OUTPUT as string, 'utf8') : ''),
    summary: readFileSync(env.GITHUB_STEP_SUMMARY as string, 'utf8'),
    commands: log.split('\n').flatMap((line) => {
      const [, name, properties = '', message = ''] = /^\s*::([^ :]+)(?: ([^:]*))?::(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [{ name, properties, message }];
    }),
  };
}

/** As actions/runner reads the file (FileCommandManager, SetOutputFileCommand). */
export function readOutputs(text: string): ReadonlyMap<string, string> {
  const outputs = new Map<string, string>();
  const lines = text.split('\n');
  while (lines.length > 0) {
    const line = lines.shift() as string;
    if (line === '') continue;
    const [equals, heredoc] = [line.indexOf('='), line.indexOf('<<')];
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      outputs.set(line.slice(0, equals), line.slice(equals + 1));
      continue;
    }
    if (heredoc < 0) throw new Error(`Invalid format '${line}'`);
    const end = lines.indexOf(line.slice(heredoc + 2));
    if (end < 0) throw new Error(`Matching delimiter not found '${line.slice(heredoc + 2)}'`);
    outputs.set(
      line.slice(0, heredoc),
      lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join('\n'),
    );
  }
  return outputs;
}

export function build(folder: string): string {
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--no-types', `--outdir=${join(folder, 'dist')}`], {
    stdio: 'pipe',
  });
  return join(folder, dirname(ACTION.runs.main), 'index.cjs');
}
