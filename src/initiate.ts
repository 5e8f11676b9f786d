import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { loadClasses } from '../providers/classes.ts';
import { KNOWN_SOURCES } from '../providers/index.ts';
import { loadKnowledge, sourcesOf } from '../providers/knowledge.ts';
import { checkLanes } from './analyse.ts';
import { classifyPlan } from './classify/classify.ts';
import { InlaneError } from './errors.ts';
import { gateEach } from './gate.ts';
import type { Answers, Surroundings } from './initial/answers.ts';
import { proposeEnvironment } from './initial/environment.ts';
import { type Evidence, evidenceOf, planName } from './initial/evidence.ts';
import type { Catalogs } from './initial/kinds.ts';
import type { Proposal } from './initial/proposal.ts';
import { type Guess, propose } from './initial/propose.ts';
import { EXAMPLE_AGENT } from './initial/rules.ts';
import { LANE_FILE, type ReadRules, repositoryRoot, stackDirectory } from './lanes/cascade.ts';
import type { Environment } from './lanes/principal.ts';
import { quoted } from './lanes/problems.ts';
import type { PlanFile } from './plan/model.ts';
import { readPlan } from './plan/read.ts';
import type { StandardInput } from './plan/spool.ts';
import { loadTypes } from './prove/types.ts';
import { laneFileText } from './report/initial/lane-file.ts';
import { type InitialReport, initialCheck, initialGate } from './report/initial/proposed.ts';
import { TOOL } from './report/tool.ts';
import { codeOwners, stackFolders, workspacesOf } from './surroundings/repository.ts';

export interface InitiateOptions {
  readonly plans: readonly string[];
  /** Directory of the stack that the plans belong to; default `cwd`. */
  readonly stack?: string | undefined;
  readonly workspace?: string | undefined;
  /** Where the file goes; default: the root of the repository, else `cwd`. */
  readonly out?: string | undefined;
  /** Nothing is written. */
  readonly dryRun: boolean;
  /** Absolute. */
  readonly cwd: string;
  readonly env: Environment;
  readonly stdin: () => StandardInput;
  /** What a type may be, by its name. */
  readonly guess: Guess;
  /** Settles what the plans leave open: asks, or takes what was given. */
  readonly answer: (evidence: Evidence, around: Surroundings) => Promise<Answers>;
}

/**
 * The flow of `inlane init`: read -> classify -> evidence -> answers -> proposal -> text -> checked and gated -> written. Nothing is
 * written over, and nothing that its own check refuses is written. Throws InlaneError.
 */
export async function initiate(options: InitiateOptions): Promise<InitialReport> {
  const { cwd } = options;
  const stack = stackDirectory(cwd, options.stack ?? '.');
  const root = repositoryRoot(stack);
  const target = targetOf(options, stack, root);
  const builtin = loadClasses();
  const read: PlanFile[] = [];
  for (const path of options.plans) read.push(await readPlan(path, { stdin: options.stdin, env: options.env, cwd }));
  const classified = [];
  for (const plan of read) classified.push({ plan, rows: await classifyRows(plan) });
  const evidence = evidenceOf(classified, (name) => builtin.get(name)?.cross === false);
  const around = surroundings(options, stack, root);
  const answers = await options.answer(evidence, around);
  const catalogs = await catalogsOf();
  const known = { catalogs, guess: options.guess, mirrored };
  const proposal = propose(evidence, around, answers, known);
  const text = laneFileText(proposal, plansInWords(options.plans));
  const read_: ReadRules = (path) => (path === resolve(cwd, target.shown) || path === target.path ? text : null);
  const rules = { lanes: [target.shown], stack: options.stack, cwd, env: options.env };
  const check = await checkLanes({ ...rules, read: read_, strict: false });
  if (check.outcome !== 'passed') {
    const why =
      check.diagnostics[0]?.message ?? check.lint.find(({ severity }) => severity === 'error')?.message ?? 'a test of it fails';
    throw new InlaneError(
      'internal',
      `the proposal does not pass its own check: ${why}`,
      'this is a defect of inlane: report it',
    );
  }
  const [as] = answers.developers as readonly [string];
  const gated = await gateAll(options, rules.lanes, as, read_);
  if (!options.dryRun) write(target, text);
  return {
    format: 'inlane-init/1',
    tool: TOOL,
    outcome: options.dryRun ? 'shown' : 'written',
    exit: 0,
    file: target.shown,
    text,
    attributes: attributesOf(proposal),
    placeholders: [...answers.placeholders, ...(answers.agents ? [EXAMPLE_AGENT] : [])],
    check: initialCheck(check),
    gate: gated,
    next: nextSteps(options, target, as),
    diagnostics: [],
  };
}

/** The environment as it would be proposed, for questions about it. */
export { proposeEnvironment };

async function classifyRows(plan: PlanFile) {
  const rows = [...plan.rows()];
  const context = {
    attributes: new Map(),
    classes: new Map(),
    builtin: loadClasses(),
    knowledge: await loadKnowledge(sourcesOf(plan, rows), new Map()),
    options: { workspace: null, stack: null, accounts: new Map() },
  };
  return [...classifyPlan({ ...plan, rows: () => rows }, context).rows()];
}

async function gateAll(options: InitiateOptions, lanes: readonly string[], as: string, read: ReadRules) {
  const { plans, stack, workspace, cwd, env } = options;
  // Standard input has been read by now, and cannot be read again.
  const files = plans.filter((plan) => plan !== '-');
  const gated = [];
  const given = { ...(stack === undefined ? {} : { stack }), ...(workspace === undefined ? {} : { workspace }) };
  const run = { plans: files, lanes, as, cwd, env, trustWorktree: true, ...given };
  for await (const report of gateEach(run, read)) gated.push(initialGate(report, as));
  return gated;
}

interface Target {
  /** Absolute. */
  readonly path: string;
  /** Relative to where the run looks from. */
  readonly shown: string;
  /** Whether `gate` finds it by itself. */
  readonly discovered: boolean;
}

/** Throws `usage` where a lane file stands already: nothing is written over, and two org files would be one too many. */
function targetOf({ out, cwd, dryRun }: InitiateOptions, stack: string, root: string | null): Target {
  const from = realpathSync(cwd);
  const shownOf = (path: string) => relative(from, path).split(sep).join('/') || path;
  const there = (path: string, hint: string): never => {
    throw new InlaneError('usage', `${quoted(shownOf(path))} is there already`, hint);
  };
  const found = out === undefined && !dryRun ? existing(stack, root ?? stack) : null;
  if (found !== null)
    there(found, 'nothing is written over: `inlane lanes check` looks at it, --out FILE writes another one to compare with');
  const path = out === undefined ? join(root ?? stack, LANE_FILE) : resolve(from, out);
  if (!dryRun && existsSync(path)) there(path, 'nothing is written over: name a new file with --out');
  return { path, shown: shownOf(path), discovered: out === undefined };
}

/** The lane file, or what looks like one, from the stack upward. */
function existing(stack: string, top: string): string | null {
  for (let folder = stack; ; folder = dirname(folder)) {
    const found = [LANE_FILE, 'inlane.yml'].map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === top || dirname(folder) === folder) return null;
  }
}

function write({ path, shown }: Target, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new InlaneError(
      'io',
      `${quoted(shown)} cannot be written (${code})`,
      'name a new file with --out, in a folder that is there',
    );
  }
}

function surroundings({ workspace }: InitiateOptions, stack: string, root: string | null): Surroundings {
  const workspaces = [...(workspace === undefined ? [] : [workspace]), ...workspacesOf(stack)];
  return {
    workspaces: [...new Set(workspaces)],
    stack: root === null ? null : relative(root, stack).split(sep).join('/'),
    stacks: root === null ? [] : stackFolders(root),
    owners: root === null ? [] : codeOwners(root),
  };
}

async function catalogsOf(): Promise<Catalogs> {
  const types = await loadTypes();
  return {
    find(type, operation) {
      const row = types.find(type, operation)?.row ?? null;
      if (row === null) return null;
      const telling = [...(row.access_by ?? []), ...(row.exposure_by ?? [])].map(
        ({ attribute }) => attribute.split('.')[0] ?? '',
      );
      return { class: row.class, also: row.also ?? [], telling: new Set(telling) };
    },
  };
}

/** A known provider of the same name under another address: `corp.example/hashicorp/aws`. Null for one that is known. */
function mirrored(source: string): string | null {
  if (KNOWN_SOURCES.includes(source.toLowerCase())) return null;
  const own = source.toLowerCase().split('/').slice(-2).join('/');
  const name = own.split('/').at(-1) ?? '';
  return KNOWN_SOURCES.find((known) => known === own) ?? KNOWN_SOURCES.find((known) => known === `hashicorp/${name}`) ?? null;
}

function attributesOf({ attributes }: Proposal): InitialReport['attributes'] {
  return attributes.map(({ name, from }) => ({
    name,
    sources: from.map(({ from: kind, name: own, active }) => ({ from: kind, name: own, active })),
  }));
}

function plansInWords(plans: readonly string[]): string {
  const [only] = plans;
  return plans.length === 1 && only !== undefined ? planName(only) : `${plans.length} plans`;
}

function nextSteps({ plans, stack, workspace }: InitiateOptions, { shown, discovered }: Target, as: string): readonly string[] {
  const lanes = discovered ? '' : ` --lanes ${shellWord(shown)}`;
  const where = stack === undefined ? '' : ` --stack ${shellWord(stack)}`;
  const space = workspace === undefined ? '' : ` --workspace ${shellWord(workspace)}`;
  const plan = plans.find((name) => name !== '-') ?? 'plan.json';
  return [
    `inlane gate ${shellWord(plan)} --as ${shellWord(as)}${lanes}${where}${space}`,
    `inlane lanes check${lanes}${where}`,
    `inlane lanes show --as ${shellWord(as)}${lanes}${where}`,
  ];
}

/** As a shell takes it for one word. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
