import { createHash } from 'node:crypto';
import { relative, resolve, sep } from 'node:path';
import { loadClasses } from '../providers/classes.ts';
import { InlaneError } from './errors.ts';
import { repositoryRoot, stackDirectory } from './lanes/cascade.ts';
import { Git, rulesFromCommit } from './lanes/git.ts';
import { suggest } from './lanes/nearest.ts';
import type { Environment } from './lanes/principal.ts';
import { quoted } from './lanes/problems.ts';
import { rulesOf } from './lanes/rules-of.ts';
import type { Ruleset } from './lanes/ruleset.ts';
import { pullRequestSign } from './lanes/trust.ts';
import type { PlanFile } from './plan/model.ts';
import { readPlan } from './plan/read.ts';
import { type DoctorReport, doctorReport, type Examined, type State } from './report/doctor/examined.ts';
import { newestConfiguration, writtenAt } from './surroundings/age.ts';
import { credentialNames } from './surroundings/credentials.ts';
import { gitProgram, planTools } from './surroundings/programs.ts';
import { planFiles } from './surroundings/repository.ts';

export interface DoctorOptions {
  /** Plans to look at; empty = those that stand in the stack's directory. */
  readonly plans: readonly string[];
  readonly lanes?: readonly string[] | undefined;
  readonly stack?: string | undefined;
  readonly strict: boolean;
  /** Absolute. */
  readonly cwd: string;
  readonly env: Environment;
  /** Of the Node that runs this, as `process.versions.node`. */
  readonly node: string;
  /** Every variable that inlane reads. */
  readonly variables: readonly string[];
}

/** The oldest Node that inlane runs on. */
const NODE = [20, 19] as const;

/**
 * The flow of `inlane doctor`: what a gate would find here, in the order in which it would meet it, and what would be different in a
 * pipeline. It reads and changes nothing; of credentials it looks at the names of variables only. Throws `usage` for a stack that is none.
 */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const stack = stackDirectory(options.cwd, options.stack ?? '.');
  const root = repositoryRoot(stack);
  const tools = await planTools(options.env);
  const git = await gitProgram(options.env);
  const lines: Examined[] = [nodeLine(options.node), ...toolLines(tools, options.env)];
  lines.push(
    git === null
      ? line('git', 'warning', 'git is not on PATH', '--rules-from needs it')
      : line('git', 'ok', `git ${git.version}`),
  );
  const repository = git === null || root === null ? null : new Git(root, options.env);
  lines.push(...(await repositoryLines(root, repository)));
  lines.push(...(await planLines(options, stack, root, repository)));
  const rules = await rulesAt(options);
  lines.push(...rules.lines);
  if (rules.ruleset !== null) {
    if (root !== null && repository !== null) lines.push(...(await committedLines(options, rules.ruleset)));
    lines.push(...sourceLines(rules.ruleset, options), ...whoLines(rules.ruleset, options.env));
  }
  lines.push(...pipelineLines(options), ...variableLines(options));
  return doctorReport(lines, options.strict);
}

function line(code: string, state: State, message: string, hint: string | null = null): Examined {
  return { code, state, message, hint };
}

function nodeLine(version: string): Examined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = major > NODE[0] || (major === NODE[0] && minor >= NODE[1]);
  return fits
    ? line('node', 'ok', `node ${version}`)
    : line('node', 'problem', `node ${version} is too old`, `use ${NODE.join('.')} or later`);
}

function toolLines(tools: Awaited<ReturnType<typeof planTools>>, env: Environment): Examined[] {
  const asked = env.INLANE_TERRAFORM;
  if (tools.length === 0 && asked)
    return [line('terraform', 'problem', `INLANE_TERRAFORM is ${quoted(asked)}, which is no program`, 'name one, or unset it')];
  if (tools.length === 0)
    return [
      line(
        'terraform',
        'note',
        'neither terraform nor tofu is on PATH',
        'only saved plan files need one: `terraform show -json` makes JSON of them',
      ),
    ];
  return tools.map(({ name, version }) =>
    version === null
      ? line('terraform', 'warning', `${quoted(name)} does not say its version`, 'see whether it runs')
      : line('terraform', 'ok', `${name} ${version}`),
  );
}

async function repositoryLines(root: string | null, git: Git | null): Promise<Examined[]> {
  if (root === null)
    return [line('repository', 'warning', 'this is in no git repository', 'only the lane file of this very directory is read')];
  if (git === null) return [];
  const shallow = (await git.run(['rev-parse', '--is-shallow-repository'])).text().trim() === 'true';
  if (!shallow) return [line('repository', 'ok', 'in a git repository with its history')];
  return [
    line(
      'repository',
      'warning',
      'this clone is shallow',
      'fetch the commit that --rules-from names: `fetch-depth: 0`, or `git fetch --depth=1 origin BRANCH`',
    ),
  ];
}

async function planLines(options: DoctorOptions, stack: string, root: string | null, git: Git | null): Promise<Examined[]> {
  const { cwd } = options;
  const shownStack = options.stack ?? '.';
  const plans =
    options.plans.length > 0
      ? options.plans
      : planFiles(stack).map((name) => (shownStack === '.' ? name : `${shownStack}/${name}`));
  if (plans.length === 0)
    return [
      line(
        'plan',
        'note',
        `no plan stands in ${quoted(shownStack)}`,
        '`terraform plan -out=tfplan`, then `terraform show -json tfplan > plan.json`',
      ),
    ];
  const lines: Examined[] = [];
  const newest = newestConfiguration(stack);
  for (const plan of plans) {
    lines.push(await readable(plan, options));
    const at = writtenAt(resolve(cwd, plan));
    if (at !== null && newest !== null && newest.at > at)
      lines.push(
        line(
          'plan-age',
          'warning',
          `${quoted(plan)} is older than ${quoted(newest.file)}`,
          'plan again: it may say something else now',
        ),
      );
    if (git !== null && root !== null) lines.push(...(await kept(plan, resolve(cwd, plan), root, git)));
  }
  return lines;
}

async function readable(path: string, { env, cwd }: DoctorOptions): Promise<Examined> {
  try {
    const plan = await readPlan(path, { env, cwd });
    const rows = [...plan.rows()].length;
    const by = plan.version === null ? '' : ` of ${plan.tool ?? 'an unknown tool'} ${plan.version}`;
    const flaw = flawOf(plan);
    return flaw === null
      ? line('plan', 'ok', `${quoted(path)}: ${rows} rows${by}`)
      : line('plan', 'warning', `${quoted(path)}: ${flaw[0]}`, flaw[1]);
  } catch (error) {
    if (!(error instanceof InlaneError)) throw error;
    return line('plan', 'problem', error.message, error.hint);
  }
}

/** What denies a plan whatever the rules say, unless a lane lists it. */
function flawOf(plan: PlanFile): readonly [string, string] | null {
  if (plan.errored) return ['planning failed half-way', 'mend the configuration and plan again'];
  if (plan.complete === false) return ['the plan is not complete', 'plan without -target'];
  if (!plan.configuration.present)
    return ['the plan was trimmed: it has no `configuration`', 'give the whole output of `show -json`'];
  return null;
}

/** A plan holds secrets in clear. */
async function kept(plan: string, path: string, root: string, git: Git): Promise<Examined[]> {
  const inside = relative(root, path).split(sep).join('/');
  if (inside.startsWith('../')) return [];
  const listed = await git.run(['-c', 'core.fsmonitor=false', 'ls-files', '-z', '--', inside]);
  if (!listed.ok || listed.text() === '') return [];
  return [
    line(
      'plan-tracked',
      'warning',
      `${quoted(plan)} is tracked by git`,
      'plans hold secrets in clear: take it out and add it to .gitignore',
    ),
  ];
}

async function rulesAt(
  options: DoctorOptions,
): Promise<{ readonly ruleset: Ruleset | null; readonly lines: readonly Examined[] }> {
  const { lanes, stack, cwd, env } = options;
  try {
    const { ruleset, diagnostics } = await rulesOf({ lanes, stack, cwd, env, classNames: new Set(loadClasses().keys()) });
    const files = ruleset.files.map(({ path, level }) => `${quoted(path)} (${level})`).join(', ');
    const grants = new Set(ruleset.grants.filter(({ kind }) => kind === 'lane').map(({ id }) => id)).size;
    const guards = ruleset.denies.length + ruleset.obligations.length;
    const found = line('lanes', 'ok', `${files}: ${grants} lanes, ${guards} guards and freezes, ${ruleset.tests.length} tests`);
    // That this is in no repository has been said.
    const warnings = diagnostics.filter(({ message }) => !message.includes('in no git repository'));
    return { ruleset, lines: [found, ...warnings.map(({ message, hint }) => line('lanes', 'warning', message, hint))] };
  } catch (error) {
    if (!(error instanceof InlaneError)) throw error;
    return { ruleset: null, lines: [line('lanes', 'problem', error.message, error.hint)] };
  }
}

/** Pipelines read rules from a commit: what is not committed does not apply there. */
async function committedLines(options: DoctorOptions, { files }: Ruleset): Promise<Examined[]> {
  const { cwd, env } = options;
  try {
    const { read } = await rulesFromCommit({ ref: 'HEAD', stack: options.stack ?? '.', cwd, env });
    const lines: Examined[] = [];
    for (const { path, sha256: digest } of files) {
      const committed = await read(resolve(cwd, path), path);
      const hint = 'commit it: pipelines read rules from a commit';
      if (committed === null) lines.push(line('lanes-commit', 'warning', `${quoted(path)} is in no commit`, hint));
      else if (digestOf(committed) !== digest)
        lines.push(line('lanes-commit', 'warning', `${quoted(path)} differs from the last commit`, hint));
    }
    return lines.length > 0 ? lines : [line('lanes-commit', 'ok', 'the lane files are as the last commit has them')];
  } catch (error) {
    if (!(error instanceof InlaneError)) throw error;
    return [line('lanes-commit', 'warning', error.message, error.hint)];
  }
}

/** Sources that a plan does not hold, and nobody has given. */
function sourceLines({ attributes }: Ruleset, { env }: DoctorOptions): Examined[] {
  return [...attributes.values()].flatMap(({ name, sources }) =>
    sources.some(({ from }) => from === 'workspace') && !env.INLANE_WORKSPACE
      ? [
          line(
            'workspace',
            'note',
            `${quoted(name)} hangs on the workspace, which a plan does not say`,
            'give it: `--workspace "$(terraform workspace show)"`',
          ),
        ]
      : [],
  );
}

function whoLines({ registry }: Ruleset, env: Environment): Examined[] {
  const lines: Examined[] = [];
  if (!env.INLANE_AS)
    lines.push(
      line('who', 'note', 'nobody is named who acts', 'say it with --as or INLANE_AS; `anonymous` may do next to nothing'),
    );
  if (!registry.declared)
    return [...lines, line('registry', 'note', 'no lane file has `principals`', 'then nobody is in a team')];
  const ids = new Set([...registry.people.keys(), ...[...registry.teams.values()].flat()]);
  const unknown = [...ids].filter((id) => (registry.people.get(id)?.accounts.size ?? 0) === 0 && !registry.agents.has(id));
  if (unknown.length > 0 && unknown.length === ids.size)
    lines.push(
      line(
        'registry',
        'note',
        'nobody under `people` has an account of a CI host',
        'without one a pipeline is `anonymous` unless it says --as',
      ),
    );
  return lines;
}

function pipelineLines({ env }: DoctorOptions): Examined[] {
  const sign = pullRequestSign(env);
  const said = env.INLANE_RULES_FROM || isOn(env.INLANE_TRUST_WORKTREE);
  const hint = 'say --rules-from GITREF (the base branch), or --trust-worktree';
  if (sign !== null && !said)
    return [
      line('pull-request', 'problem', `${quoted(sign)} shows a pull request, whose working tree may rewrite the rules`, hint),
    ];
  if (said) return [line('pull-request', 'ok', 'where the rules come from in a pull request is said')];
  return [line('pull-request', 'note', 'in a pull request inlane asks where the rules come from', hint)];
}

function isOn(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

function variableLines({ env, variables }: DoctorOptions): Examined[] {
  const set = Object.keys(env)
    .filter((name) => name.startsWith('INLANE_') && env[name] !== undefined && env[name] !== '')
    .sort();
  const known = set.filter((name) => variables.includes(name));
  const lines = set
    .filter((name) => !variables.includes(name))
    .map((name) => line('variable', 'warning', `${quoted(name)} is read by nothing`, suggest(name, variables)));
  if (known.length > 0) lines.push(line('variable', 'note', `set here: ${known.join(', ')}`, 'a pipeline must set them, too'));
  const credentials = credentialNames(env);
  lines.push(
    credentials.length === 0
      ? line('credentials', 'ok', 'no credentials are set, and none are needed')
      : line(
          'credentials',
          'note',
          `set and not used: ${credentials.join(', ')}`,
          'a gate needs none: leave them out of its step',
        ),
  );
  return lines;
}

function digestOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
